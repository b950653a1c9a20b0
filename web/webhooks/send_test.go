package webhooks_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	oracle "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"go.uber.org/goleak"

	"recourse/web/webhooks"
)

func endpoint(t *testing.T, url string) webhooks.Endpoint {
	t.Helper()
	secret, err := webhooks.NewSecret()
	if err != nil {
		t.Fatal(err)
	}
	return webhooks.Endpoint{ID: "we_000_X", Owner: "shop", URL: url, Secrets: []webhooks.Secret{{Key: secret}}}
}

func delivery(id, lane string) webhooks.Delivery {
	return webhooks.Delivery{
		ID: webhooks.DeliveryID("wd_" + id), Seq: 1,
		Event: webhooks.Event{ID: id, Type: "case.submitted", At: noon, Lane: lane, Data: json.RawMessage(`{"case":"c_1"}`)},
	}
}

func TestWhatAReceiverGets(t *testing.T) {
	var got *http.Request
	var body []byte
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		got = r
		body, _ = io.ReadAll(r.Body)
	}))
	defer srv.Close()
	s := webhooks.NewSender(webhooks.WithLoopback, webhooks.SystemLookup, time.Now)
	defer s.Close()
	ep := endpoint(t, srv.URL+"/hooks?a=b")
	if a := s.Send(t.Context(), ep, delivery("msg_1", "c_1")); !a.OK() || a.Status != 200 || a.At.IsZero() {
		t.Fatalf("attempt %+v", a)
	}
	wh, err := oracle.NewWebhook(ep.Secrets[0].Key)
	if err != nil {
		t.Fatal(err)
	}
	if err := wh.Verify(body, got.Header); err != nil {
		t.Errorf("the standard's library: %v", err)
	}
	if got.Method != "POST" || got.URL.RequestURI() != "/hooks?a=b" || got.Header.Get("Content-Type") != "application/json" || got.Header.Get("webhook-id") != "msg_1" {
		t.Errorf("%s %s %v", got.Method, got.URL, got.Header)
	}
	if !json.Valid(body) || got.Header.Get("User-Agent") == "" {
		t.Errorf("body %s", body)
	}
}

func TestWhatIsMadeOfAnswers(t *testing.T) {
	elsewhere := 0
	mux := http.NewServeMux()
	answer := func(status int, header ...string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			for i := 0; i < len(header); i += 2 {
				w.Header().Set(header[i], header[i+1])
			}
			w.WriteHeader(status)
		}
	}
	mux.HandleFunc("/204", answer(204))
	mux.HandleFunc("/299", answer(299))
	mux.HandleFunc("/302", answer(302, "Location", "/elsewhere"))
	mux.HandleFunc("/308", answer(308, "Location", "/elsewhere"))
	mux.HandleFunc("/elsewhere", func(http.ResponseWriter, *http.Request) { elsewhere++ })
	mux.HandleFunc("/400", answer(400))
	mux.HandleFunc("/410", answer(410))
	mux.HandleFunc("/429", answer(429, "Retry-After", "120"))
	mux.HandleFunc("/503", answer(503, "Retry-After", noon.Add(time.Hour).Format(http.TimeFormat)))
	mux.HandleFunc("/503past", answer(503, "Retry-After", noon.Add(-time.Hour).Format(http.TimeFormat)))
	mux.HandleFunc("/503odd", answer(503, "Retry-After", "-5"))
	mux.HandleFunc("/cut", func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	})
	mux.HandleFunc("/header", answer(200, "X", strings.Repeat("x", 64<<10)))
	srv := httptest.NewServer(mux)
	defer srv.Close()
	tlsSrv := httptest.NewTLSServer(mux)
	defer tlsSrv.Close()
	tlsSrv.Config.ErrorLog = nil
	closed := httptest.NewServer(mux)
	closed.Close()
	s := webhooks.NewSender(webhooks.WithLoopback, webhooks.SystemLookup, func() time.Time { return noon })
	defer s.Close()
	for url, want := range map[string]webhooks.Attempt{
		srv.URL + "/204":                      {Status: 204},
		srv.URL + "/299":                      {Status: 299},
		srv.URL + "/302":                      {Status: 302, Class: webhooks.ClassRedirect},
		srv.URL + "/308":                      {Status: 308, Class: webhooks.ClassRedirect},
		srv.URL + "/400":                      {Status: 400, Class: webhooks.ClassClient},
		srv.URL + "/410":                      {Status: 410, Class: webhooks.ClassGone},
		srv.URL + "/429":                      {Status: 429, Class: webhooks.ClassClient, RetryAfter: 2 * time.Minute},
		srv.URL + "/503":                      {Status: 503, Class: webhooks.ClassServer, RetryAfter: time.Hour},
		srv.URL + "/503past":                  {Status: 503, Class: webhooks.ClassServer},
		srv.URL + "/503odd":                   {Status: 503, Class: webhooks.ClassServer},
		srv.URL + "/cut":                      {Class: webhooks.ClassConnect},
		srv.URL + "/header":                   {Class: webhooks.ClassConnect},
		closed.URL:                            {Class: webhooks.ClassConnect},
		tlsSrv.URL + "/204":                   {Class: webhooks.ClassTLS}, // its certificate is its own
		"https://" + srv.URL[len("http://"):]: {Class: webhooks.ClassTLS},
		"http://10.1.2.3/":                    {Class: webhooks.ClassBlocked},
	} {
		got := s.Send(t.Context(), endpoint(t, url), delivery("msg_1", "c_1"))
		want.At = noon
		if got != want {
			t.Errorf("%s: %+v, want %+v", url, got, want)
		}
	}
	if elsewhere != 0 {
		t.Error("a redirect was followed")
	}
}

// Answers that are endless, slow or hang cost the receiver his delivery and us no more than the time-out.
func TestAnswersAreBounded(t *testing.T) {
	wrote := make(chan int64, 1)
	release := make(chan struct{})
	mux := http.NewServeMux()
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		var n int64
		chunk := make([]byte, 64<<10)
		for r.Context().Err() == nil && n < 1<<30 {
			k, err := w.Write(chunk)
			n += int64(k)
			if err != nil {
				break
			}
		}
		wrote <- n
	})
	mux.HandleFunc("/hangs", func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-release:
		}
	})
	mux.HandleFunc("/drips", func(w http.ResponseWriter, r *http.Request) {
		tick := time.NewTicker(5 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-r.Context().Done():
				return
			case <-tick.C:
				_, _ = fmt.Fprint(w, ".")
				w.(http.Flusher).Flush()
			}
		}
	})
	before := goleak.IgnoreCurrent()
	srv := httptest.NewServer(mux)
	// A listener whose connections nobody accepts.
	deaf, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := webhooks.NewSender(webhooks.WithLoopback, webhooks.SystemLookup, time.Now)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	if a := s.Send(ctx, endpoint(t, srv.URL+"/endless"), delivery("msg_1", "c_1")); !a.OK() {
		t.Errorf("a long answer with a good status: %+v", a)
	}
	if n := <-wrote; n > 64<<20 {
		t.Errorf("%d bytes of the answer were let through", n)
	}
	s.Timeout = 100 * time.Millisecond
	for _, url := range []string{srv.URL + "/hangs", srv.URL + "/drips", "http://" + deaf.Addr().String()} {
		if a := s.Send(ctx, endpoint(t, url), delivery("msg_1", "c_1")); a.Class != webhooks.ClassTimeout {
			t.Errorf("%s: %+v", url, a)
		}
	}
	close(release)
	_ = deaf.Close()
	s.Close()
	srv.Close()
	goleak.VerifyNone(t, before)
}
