package web

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestTheDocumentAndItsPageAreServedFromHereAlone(t *testing.T) {
	mux := http.NewServeMux()
	New(Config{}, nil).newREST(mux)
	for path, want := range map[string][2]string{
		"/openapi.json":  {"application/openapi+json", `"openapi": "3.1.0"`},
		"/docs":          {"text/html", "/docs/docs.js"},
		"/docs/docs.js":  {"text/javascript", "/openapi.json"},
		"/docs/docs.css": {"text/css", "--accent"},
	} {
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, httptest.NewRequest("GET", path, nil))
		body := rec.Body.String()
		if rec.Code != 200 || !strings.HasPrefix(rec.Header().Get("Content-Type"), want[0]) || !strings.Contains(body, want[1]) {
			t.Errorf("%s: %d %s", path, rec.Code, rec.Header().Get("Content-Type"))
		}
		if path != "/openapi.json" && (strings.Contains(body, "https://") || strings.Contains(body, "http://") || strings.Contains(body, "innerHTML")) {
			t.Errorf("%s fetches from elsewhere, or puts texts in as HTML", path)
		}
	}
}
