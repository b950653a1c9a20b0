package main

import (
	"bytes"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// document is the OpenAPI document that integrators have, read as they would: every answer that any test of this
// package gets over HTTP is held to it.
type document struct {
	c     *jsonschema.Compiler
	paths map[string]any

	mu      sync.Mutex
	schemas map[string]*jsonschema.Schema // by place, compiled once; guarded by mu
}

var theDocument = sync.OnceValues(func() (*document, error) {
	raw, err := os.ReadFile("../../web/openapi.json")
	if err != nil {
		return nil, err
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	paths, _ := v.(map[string]any)["paths"].(map[string]any)
	return &document{c: c, paths: paths, schemas: map[string]*jsonschema.Schema{}}, c.AddResource("doc.json", v)
})

// checkAnswer holds an answer to the document: the status is one that the operation has, the body fits its schema.
func checkAnswer(t testing.TB, method, path string, status int, header http.Header, body []byte) {
	t.Helper()
	if !strings.HasPrefix(path, "/api/") || status >= 500 {
		return
	}
	d, err := theDocument()
	if err != nil {
		t.Fatal(err)
	}
	path, _, _ = strings.Cut(path, "?")
	template, op := d.operation(method, path)
	if op == nil {
		if status != http.StatusNotFound && status != http.StatusMethodNotAllowed && status != http.StatusUnauthorized && status != http.StatusUnprocessableEntity {
			t.Errorf("%s %s answers %d and is not in the document", method, path, status)
		}
		return
	}
	responses, _ := op["responses"].(map[string]any)
	res, _ := responses[strconv.Itoa(status)].(map[string]any)
	if res == nil {
		t.Errorf("%s %s answers %d, which the document does not name: %s", method, template, status, body)
		return
	}
	content, _ := res["content"].(map[string]any)
	if _, ok := content["application/json"]; !ok || !strings.HasPrefix(header.Get("Content-Type"), "application/json") {
		return
	}
	at := "/paths/" + pointer(template) + "/" + strings.ToLower(method) + "/responses/" + strconv.Itoa(status) + "/content/application~1json/schema"
	s, err := d.schema(at)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err == nil {
		err = s.Validate(v)
	}
	if err != nil {
		t.Errorf("%s %s answers %d with what the document does not say: %v\n%s", method, template, status, err, body)
	}
}

func (d *document) schema(at string) (*jsonschema.Schema, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if s, ok := d.schemas[at]; ok {
		return s, nil
	}
	s, err := d.c.Compile("doc.json#" + at)
	if err == nil {
		d.schemas[at] = s
	}
	return s, err
}

// operation finds the path of the document that a path fits; one without a parameter there goes first.
func (d *document) operation(method, path string) (string, map[string]any) {
	best, found := "", map[string]any(nil)
	for template, item := range d.paths {
		op, _ := item.(map[string]any)[strings.ToLower(method)].(map[string]any)
		if op == nil || !fits(template, path) {
			continue
		}
		if found == nil || strings.Count(template, "{") < strings.Count(best, "{") {
			best, found = template, op
		}
	}
	return best, found
}

func fits(template, path string) bool {
	want, have := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(have) {
		return false
	}
	for i := range want {
		if want[i] != have[i] && !strings.HasPrefix(want[i], "{") {
			return false
		}
	}
	return true
}

// pointer makes a path a part of a JSON pointer inside a URL.
func pointer(path string) string {
	return strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D").Replace(path)
}
