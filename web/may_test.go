package web

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/web/wire"
)

func TestThePermissionsDocumentIsTheOneThatIsCommitted(t *testing.T) {
	got := permissionsDocument()
	if *update {
		if err := os.WriteFile("MAY.md", []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile("MAY.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("MAY.md is not what may.go says; if that is meant: go test ./web -run Permissions -update\n%s", diff)
	}
}

// Every operation of agents and every frame that an agent's socket takes is in the tables, and nothing else is.
func TestEveryOperationOfAgentsAsksForAPermission(t *testing.T) {
	a := registered(t)
	inDocument := map[string]bool{"agentUnknownAction": true} // hidden: it answers for what is no action
	for path, item := range a.api.OpenAPI().Paths {
		for _, op := range operationsOf(item) {
			if !strings.HasPrefix(path, "/api/agent/") || op.Security == nil {
				continue
			}
			inDocument[op.OperationID] = true
			if _, ok := operations[op.OperationID]; !ok {
				t.Errorf("%s %s (%s) is not in may.go: it is refused to everybody", op.Method, path, op.OperationID)
			}
			if !slices.Contains(codesOf(op), CodeForbidden) {
				t.Errorf("%s does not say that it may be FORBIDDEN", op.OperationID)
			}
		}
	}
	for id, r := range operations {
		if !inDocument[id] {
			t.Errorf("may.go has a rule for %s, which is no operation", id)
		}
		if _, ok := leastRole[r.may]; !ok {
			t.Errorf("%s asks for %q, which nobody has", id, r.may)
		}
		if r.first && r.audit == "" {
			t.Errorf("%s is recorded first under no name", id)
		}
	}
	for frame, r := range agentFrames {
		if _, ok := leastRole[r.may]; !ok {
			t.Errorf("frame %s asks for %q, which nobody has", frame, r.may)
		}
		if _, ok := wire.Frames[frame]; !ok {
			t.Errorf("frame %s is no frame", frame)
		}
	}
}

// What cannot be taken back at the API says so, and is recorded before it is done.
func TestWhatCannotBeTakenBackIsRecordedFirst(t *testing.T) {
	for _, item := range registered(t).api.OpenAPI().Paths {
		for _, op := range operationsOf(item) {
			r, ok := operations[op.OperationID]
			if ok && strings.Contains(op.Description, "cannot be taken back") && !r.first {
				t.Errorf("%s cannot be taken back and is not recorded first", op.OperationID)
			}
		}
	}
}

func TestEachRoleMayWhatTheOneBeforeItMayAndMore(t *testing.T) {
	for i, role := range Roles() {
		for p, least := range leastRole {
			want := i >= slices.Index(Roles(), least)
			if got := (Agent{Role: role}).May(p); got != want {
				t.Errorf("%s, %s: %v", role, p, got)
			}
		}
	}
	for p := range leastRole {
		if (Agent{Role: "intern"}).May(p) || (Agent{}).May(p) {
			t.Errorf("an unknown role may %s", p)
		}
	}
	if (Agent{Role: RoleAdmin}).May(ruleOf("noSuchOperation").may) {
		t.Error("an admin may what is in no table")
	}
}
