package main

import (
	"bytes"
	"os"
	"testing"
)

func TestTheTypeScriptTypesAreFresh(t *testing.T) {
	got, err := os.ReadFile("../../ui/shared/wire.ts")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, generate()) {
		t.Error("web/ui/shared/wire.ts is stale: run go generate ./web/wire")
	}
}

func TestTheProtocolDocumentIsFresh(t *testing.T) {
	old, err := os.ReadFile("../../PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	d, err := readDocs("..", "../../../dialog")
	if err != nil {
		t.Fatal(err)
	}
	want, err := protocol(old, d)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(old, want) {
		t.Error("web/PROTOCOL.md is stale: run go generate ./web/wire")
	}
}
