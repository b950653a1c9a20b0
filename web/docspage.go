package web

import (
	"embed"
	"io/fs"
	"net/http"
)

// docs is the page that draws /openapi.json for people: written by hand, built by nothing, with nothing from
// other hosts.
//
//go:embed docs
var docs embed.FS

// docsPage serves the page and its two files.
func (a *rest) docsPage() {
	root, err := fs.Sub(docs, "docs")
	if err != nil {
		panic(err) // the directory is embedded above
	}
	files := http.StripPrefix("/docs/", http.FileServerFS(root))
	a.mux.Handle("GET /docs/docs.js", files)
	a.mux.Handle("GET /docs/docs.css", files)
	a.mux.HandleFunc("GET /docs", func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, root, "index.html") })
}
