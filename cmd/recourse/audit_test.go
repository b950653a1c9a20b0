package main

import (
	"encoding/csv"
	"net/http"
	"slices"
	"strings"
	"testing"

	"recourse/web/wire"
)

// Supervisors check the trail and save a part of it; both stand in it afterwards.
func TestTheTrailIsCheckedAndSaved(t *testing.T) {
	y := newYard(t, nil)
	boss, lead, bo := y.session("boss", "admin"), y.session("lead", "supervisor"), y.session("bo", "agent")
	y.ask("POST", "/api/agent/accounts", boss, "", wire.AddAccount{Login: "li.na", PutAccount: wire.PutAccount{Role: "agent"}})
	y.ask("POST", "/api/agent/accounts/li.na/disable", boss, "", nil)
	check := func() wire.AuditCheck {
		t.Helper()
		status, _, raw := y.ask("GET", "/api/agent/audit/check", lead, "", nil)
		return into[wire.AuditCheck](t, status, raw)
	}
	// The look itself is recorded when it is over.
	if got := check(); got.N != 2 || got.All != 2 || got.Fault != "" || got.Next != "" || len(got.Hash) != 64 {
		t.Errorf("checked: %+v", got)
	}
	status, head, raw := y.ask("GET", "/api/agent/audit.csv?action=account&actor=boss", lead, "", nil)
	if status != http.StatusOK || !strings.HasPrefix(head.Get("Content-Type"), "text/csv") || !strings.Contains(head.Get("Content-Disposition"), `attachment; filename="recourse-audit-`) {
		t.Fatalf("saved: %d %v", status, head)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff"))).ReadAll()
	if err != nil || len(lines) != 3 {
		t.Fatalf("the file has %d lines, %v", len(lines), err)
	}
	at := func(name string) int { return slices.Index(lines[0], name) }
	if l := lines[1]; l[at("n")] != "2" || l[at("action")] != "account.disable" || l[at("object")] != "li.na" || l[at("actor")] != "boss" || len(l[at("hash")]) != 64 {
		t.Errorf("the newest: %v", l)
	}
	if l := lines[2]; l[at("action")] != "account.add" || l[at("details")] != `{"role":"agent"}` {
		t.Errorf("the one before: %v", l)
	}
	for _, path := range []string{"/api/agent/audit/check", "/api/agent/audit.csv"} {
		if _, _, raw := y.ask("GET", path, bo, "", nil); errorCode(t, raw) != "FORBIDDEN" {
			t.Errorf("%s for an agent: %s", path, raw)
		}
	}
	if _, _, raw := y.ask("GET", "/api/agent/audit/check?cursor=x", lead, "", nil); errorCode(t, raw) != "FIELD_REQUIRED" {
		t.Errorf("a cursor that was never given: %s", raw)
	}

	status, _, raw = y.ask("GET", "/api/agent/audit?action=audit", lead, "", nil)
	var got []string
	for _, e := range slices.Backward(into[wire.AuditList](t, status, raw).Entries) {
		got = append(got, e.Actor+" "+e.Action+" "+e.Outcome)
	}
	want := []string{
		"lead audit.check done", "lead audit.export begun", "lead audit.export done", "bo audit.check FORBIDDEN", "bo audit.export FORBIDDEN", "lead audit.check FIELD_REQUIRED",
	}
	if !slices.Equal(got, want) {
		t.Errorf("the trail says %q", got)
	}

	// Whoever changes an entry is found out; the one who looks reads where, and the trail goes on.
	list, err := y.shared.RDB.XRange(t.Context(), "recourse:{audit}", "-", "+").Result()
	if err != nil {
		t.Fatal(err)
	}
	y.shared.RDB.XDel(t.Context(), "recourse:{audit}", list[1].ID)
	if got := check(); got.Fault != "missing" || got.At != 2 || got.N != 1 || got.All <= 2 {
		t.Errorf("an entry is taken out: %+v", got)
	}
	status, _, raw = y.ask("GET", "/api/agent/audit?action=audit.check&limit=1", lead, "", nil)
	if e := into[wire.AuditList](t, status, raw).Entries[0]; e.Details["fault"] != "missing" || e.Details["at"] != "2" {
		t.Errorf("the look that found it: %+v", e)
	}
}
