package web

import (
	"encoding/json"
	"flag"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/cases"
)

var update = flag.Bool("update", false, "write openapi.json anew")

// registered is the API of a server that has nothing behind it: enough to look at its document.
func registered(t *testing.T) *rest {
	t.Helper()
	return New(Config{}, nil).newREST(http.NewServeMux())
}

func TestTheDocumentIsTheOneThatIsCommitted(t *testing.T) {
	got := string(registered(t).document())
	if *update {
		if err := os.WriteFile("openapi.json", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	if string(want) == got {
		return
	}
	was, is := strings.Split(string(want), "\n"), strings.Split(got, "\n")
	for i := range min(len(was), len(is)) {
		if was[i] != is[i] {
			t.Fatalf("openapi.json is not what the program serves; if that is meant: go test ./web -run Document -update\nline %d\n-%s\n+%s", i+1, was[i], is[i])
		}
	}
	t.Fatalf("openapi.json has %d lines, the program serves %d", len(was), len(is))
}

// Every event of merchants and agents in the table of cases can be caused over the API, and nothing else can.
func TestTheDocumentHasEveryEventOfMerchantsAndAgents(t *testing.T) {
	paths := registered(t).api.OpenAPI().Paths
	for side, actor := range map[string]cases.Actor{"merchant": cases.Merchant, "agent": cases.Agent} {
		var want, got []string
		for _, row := range cases.Table() {
			if slices.Contains(row.Actors, actor) && !slices.Contains(want, string(row.Event)) {
				want = append(want, string(row.Event))
			}
		}
		for path, item := range paths {
			if name, ok := strings.CutPrefix(path, "/api/"+side+"/cases/{id}/"); ok && item.Post != nil {
				got = append(got, name)
			}
		}
		slices.Sort(want)
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("actions of %s (-table +document):\n%s", side, diff)
		}
	}
}

func TestTheDocumentDescribesEverything(t *testing.T) {
	raw := registered(t).document()
	var doc struct {
		Paths      map[string]map[string]map[string]any
		Components struct {
			Schemas map[string]struct {
				Description string
				Properties  map[string]struct{ Description string }
			}
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	for path, item := range doc.Paths {
		for method, op := range item {
			if op["summary"] == nil || op["operationId"] == nil || op["tags"] == nil {
				t.Errorf("%s %s lacks a summary, an id or a tag", method, path)
			}
		}
	}
	for name, s := range doc.Components.Schemas {
		if s.Description == "" {
			t.Errorf("schema %s has no description", name)
		}
		for field, p := range s.Properties {
			if p.Description == "" {
				t.Errorf("%s.%s has no description", name, field)
			}
		}
	}
}
