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
