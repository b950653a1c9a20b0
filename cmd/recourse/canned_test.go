package main

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"

	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/web"
	"recourse/web/wire"
)

// Canned replies are the desk's or an agent's own, and say what the case says, in the buyer's language.
func TestCannedRepliesAreKeptAndFilled(t *testing.T) {
	var dialogs dialog.Store
	y := newYard(t, func(cfg *web.Config) { dialogs = cfg.Dialogs })
	li, wang, boss := y.session("li", "agent"), y.session("wang", "senior"), y.session("boss", "supervisor")
	wants := func(what string, want int, code, method, path, session string, body, into any) {
		t.Helper()
		status, _, raw := y.ask(method, path, session, "", body)
		var refused wire.APIError
		if status != want || code != "" && (json.Unmarshal(raw, &refused) != nil || refused.Error.Code != code) {
			t.Errorf("%s: %d, want %d %s: %s", what, status, want, code, raw)
		}
		if status == http.StatusOK && into != nil {
			if err := json.Unmarshal(raw, into); err != nil {
				t.Error(err)
			}
		}
	}
	photos := wire.PutCanned{Shortcut: "photos", Title: "要照片", ZH: "订单 {{order}} 可退 {{amount}}，请在 {{deadline}} 前补充。", EN: "Order {{order}}: {{amount}}, by {{deadline}}."}
	wants("agents do not keep the desk's", 403, "FORBIDDEN", "PUT", "/api/agent/canned/photos", li, photos, nil)
	wants("supervisors do", 200, "", "PUT", "/api/agent/canned/photos", boss, photos, nil)
	wants("the same again", 200, "", "PUT", "/api/agent/canned/photos", boss, photos, nil)
	wants("its shortcut is taken", 409, "SHORTCUT_TAKEN", "PUT", "/api/agent/canned/other", boss, wire.PutCanned{Shortcut: "Photos", Title: "x", ZH: "x"}, nil)
	own := wire.PutCanned{Shortcut: "photos", Title: "hello", EN: "Hello, about {{item}}.", Own: true, Macro: &wire.Macro{Note: "asked about {{order}}", Tags: []string{"hi"}, Then: "snooze", Minutes: 5}}
	wants("an agent's own may have it", 200, "", "PUT", "/api/agent/canned/photos", li, own, nil)
	wants("a slot that is none", 422, "SLOT_UNKNOWN", "PUT", "/api/agent/canned/x", li, wire.PutCanned{Shortcut: "x", Title: "x", ZH: "{{ordre}}", Own: true}, nil)
	wants("nothing to say", 422, "TEXT_EMPTY", "PUT", "/api/agent/canned/x", li, wire.PutCanned{Shortcut: "x", Title: "x", ZH: "  ", Own: true}, nil)
	wants("no shortcut that can be typed", 422, "FIELD_REQUIRED", "PUT", "/api/agent/canned/x", li, wire.PutCanned{Shortcut: "a b", Title: "x", ZH: "x", Own: true}, nil)

	titles := func(session string) []string {
		var list wire.CannedList
		wants("list", 200, "", "GET", "/api/agent/canned", session, nil, &list)
		var out []string
		for _, c := range list.Replies {
			out = append(out, c.Owner+":"+c.Title)
		}
		slices.Sort(out)
		return out
	}
	if got, want := titles(li), []string{":要照片", "li:hello"}; !slices.Equal(got, want) {
		t.Errorf("li has %q, want %q", got, want)
	}
	if got, want := titles(wang), []string{":要照片"}; !slices.Equal(got, want) {
		t.Errorf("wang has %q, want %q", got, want)
	}

	y.file(policy.RefundOnly)
	conv, err := dialogs.Open(t.Context(), yardBuyer, dialog.ZH, y.now)
	if err != nil {
		t.Fatal(err)
	}
	// It waits for a person, so that agents see it.
	if _, err = dialogs.Commit(t.Context(), conv.ID, dialog.Change{Expect: conv.Version, Next: dialog.Wait(conv, dialog.HandoffAsked, y.now), LiveAt: -1}); err != nil {
		t.Fatal(err)
	}
	filled := func() map[string]wire.Filled {
		var list wire.FilledList
		wants("fill", 200, "", "GET", "/api/agent/conversations/"+string(conv.ID)+"/canned", li, nil, &list)
		out := map[string]wire.Filled{}
		for _, f := range list.Replies {
			out[f.Title] = f
		}
		return out
	}
	got := filled()
	if f := got["要照片"]; !slices.Equal(f.Missing, []string{"order", "amount", "deadline"}) || !strings.Contains(f.Text, "{{order}}") {
		t.Errorf("without a case: %+v", f)
	}
	if f := got["hello"]; !f.Other || !f.Own || f.Text != "Hello, about {{item}}." || !slices.Equal(f.Missing, []string{"item", "order"}) {
		t.Errorf("own, in the other language: %+v", f)
	}
	if conv, err = dialogs.Load(t.Context(), conv.ID); err != nil {
		t.Fatal(err)
	}
	next := conv
	next.Flow.Case = y.id
	if _, err = dialogs.Commit(t.Context(), conv.ID, dialog.Change{Expect: conv.Version, Next: next, LiveAt: -1}); err != nil {
		t.Fatal(err)
	}
	got = filled()
	if f := got["要照片"]; len(f.Missing) > 0 || !strings.Contains(f.Text, "¥199.00") || strings.Contains(f.Text, "{{") {
		t.Errorf("with a case: %+v", f)
	}
	if m := got["hello"].Macro; m == nil || strings.Contains(m.Note, "{{") || m.Then != "snooze" || m.Minutes != 5 {
		t.Errorf("its macro: %+v", m)
	}
	wants("no such conversation", 404, "CONVERSATION_NOT_FOUND", "GET", "/api/agent/conversations/d_001_X/canned", li, nil, nil)

	wants("agents do not forget the desk's", 403, "FORBIDDEN", "DELETE", "/api/agent/canned/photos", li, nil, nil)
	wants("his own goes", 200, "", "DELETE", "/api/agent/canned/photos?own=true", li, nil, nil)
	wants("again", 200, "", "DELETE", "/api/agent/canned/photos?own=true", li, nil, nil)
	if got, want := titles(li), []string{":要照片"}; !slices.Equal(got, want) {
		t.Errorf("li has %q, want %q", got, want)
	}
	photos.Shortcut = "pics"
	wants("another shortcut", 200, "", "PUT", "/api/agent/canned/photos", boss, photos, nil)
	wants("the old one is free", 200, "", "PUT", "/api/agent/canned/other", boss, wire.PutCanned{Shortcut: "photos", Title: "x", ZH: "x"}, nil)
}
