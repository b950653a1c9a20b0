package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

func TestTheConstantsAreThoseOfThePackages(t *testing.T) {
	want, err := generate("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, types := range wanted {
		for _, name := range types {
			if !bytes.Contains(want, []byte(`"`+name+`":`)) {
				t.Errorf("no constant of type %s was found", name)
			}
		}
	}
	got, err := os.ReadFile(filepath.Join("..", "constants.go"))
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("constants.go is stale: run go generate ./bot/replay/suite")
	}
}
