package web

import (
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// dist are the built pages. They are committed, so that the program needs no Node to be built or run.
//
//go:embed all:dist
var dist embed.FS

// pages are the addresses of the pages among the built files. Those of the demo are served only with it.
var pages = map[string]struct {
	file string
	demo bool
}{
	"/":              {"demo/index.html", true},
	"/demo/merchant": {"demo/merchant.html", true},
	"/console":       {"console/index.html", false},
	"/widget":        {"widget/index.html", false},
	"/widget/":       {"widget/index.html", false},
}

// Static serves the built pages, each with an ETag of its content.
func Static(demo bool) http.Handler {
	root, err := fs.Sub(dist, "dist")
	if err != nil {
		panic(err) // the directory is embedded above
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet && r.Method != http.MethodHead {
			http.Error(w, "405 method not allowed", http.StatusMethodNotAllowed)
			return
		}
		name := strings.TrimPrefix(path.Clean(r.URL.Path), "/")
		if p, ok := pages[strings.TrimSuffix(r.URL.Path, "/")]; ok {
			name = p.file
		} else if p, ok := pages[r.URL.Path]; ok {
			name = p.file
		} else if strings.HasSuffix(name, ".html") {
			name = "" // pages have one address each
		}
		raw, err := fs.ReadFile(root, name)
		if err != nil || !demo && strings.HasPrefix(name, "demo/") {
			http.NotFound(w, r)
			return
		}
		sum := sha256.Sum256(raw)
		etag := `"` + hex.EncodeToString(sum[:12]) + `"`
		h := w.Header()
		h.Set("Content-Type", mime.TypeByExtension(path.Ext(name)))
		h.Set("Cache-Control", "no-cache") // ask each time; unchanged files cost no bytes
		h.Set("ETag", etag)
		if r.Header.Get("If-None-Match") == etag {
			w.WriteHeader(http.StatusNotModified)
			return
		}
		_, _ = w.Write(raw) // the client has gone; there is nobody to tell
	})
}
