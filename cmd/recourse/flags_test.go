package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"recourse/dialog"
	"recourse/web"
	"recourse/web/wire"
)

// What an agent says of an answer is there for every agent, once, until it is taken back or settled.
func TestAgentsFlagWrongAnswers(t *testing.T) {
	var dialogs dialog.Store
	y := newYard(t, func(cfg *web.Config) {
		dialogs = cfg.Dialogs
		cfg.Topics = func(l dialog.Locale) []wire.TopicName {
			return []wire.TopicName{{ID: "pay-arrival", Label: "in " + string(l)}}
		}
	})
	conv, err := dialogs.Open(t.Context(), "b1", dialog.ZH, y.now)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range []dialog.Entry{
		{At: y.now, Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Text, Text: "退货地址在哪"},
		{At: y.now, Author: dialog.Author{Kind: dialog.FromBot}, Kind: dialog.Text, Text: "一般三天到账"},
	} {
		if e.Author.Kind == dialog.FromBot {
			if conv, err = dialogs.Load(t.Context(), conv.ID); err == nil {
				_, err = dialogs.Commit(t.Context(), conv.ID, dialog.Change{Expect: conv.Version, Next: conv, Entries: []dialog.Entry{e}})
			}
		} else {
			_, err = dialogs.Append(t.Context(), conv.ID, dialog.Append{Entry: e})
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	// It waits for a person, so that agents see it.
	if conv, err = dialogs.Load(t.Context(), conv.ID); err == nil {
		_, err = dialogs.Commit(t.Context(), conv.ID, dialog.Change{Expect: conv.Version, Next: dialog.Wait(conv, dialog.HandoffAsked, y.now), LiveAt: -1})
	}
	if err != nil {
		t.Fatal(err)
	}
	li, wang, boss := y.session("li", "agent"), y.session("wang", "agent"), y.session("boss", "supervisor")
	at := func(seq int) string {
		return fmt.Sprintf("/api/agent/conversations/%s/entries/%d/flag", conv.ID, seq)
	}
	wants := func(what string, want int, method, path, session string, body any) (out wire.Ticket) {
		t.Helper()
		status, _, raw := y.ask(method, path, session, "", body)
		if status != want {
			t.Errorf("%s: %d, want %d: %s", what, status, want, raw)
		}
		if status == http.StatusOK {
			if err := json.Unmarshal(raw, &out); err != nil {
				t.Error(err)
			}
		}
		return out
	}
	open := func(what, session string, want int) {
		t.Helper()
		for _, path := range []string{"/api/agent/tickets?kind=wrong_answer", "/api/agent/conversations/" + string(conv.ID) + "/flags"} {
			status, _, raw := y.ask("GET", path, session, "", nil)
			var list wire.TicketList
			if err := json.Unmarshal(raw, &list); err != nil || status != http.StatusOK {
				t.Fatalf("%s: %d, %v: %s", path, status, err, raw)
			}
			n := 0
			for _, x := range list.Tickets {
				if x.DoneAt.IsZero() {
					n++
				}
			}
			if n != want {
				t.Errorf("%s: %d open in %s, want %d", what, n, path, want)
			}
		}
	}
	flag := wire.FlagAnswer{Why: "wrong_topic", Topic: "ret-address", Text: "他问的是退货地址"}
	wants("nobody", 401, "PUT", at(2), "", flag)
	wants("what the buyer said", 404, "PUT", at(1), li, flag)
	wants("an entry that is not there", 404, "PUT", at(3), li, flag)
	wants("no conversation", 404, "PUT", "/api/agent/conversations/d_001_X/entries/1/flag", li, flag)
	wants("no reason that there is", 422, "PUT", at(2), li, wire.FlagAnswer{Why: "bad"})
	wants("no topic's name", 422, "PUT", at(2), li, wire.FlagAnswer{Why: "other", Topic: "Pay arrival"})
	open("nothing was flagged", li, 0)
	first := wants("flag", 200, "PUT", at(2), li, flag)
	if first.By != "li" || !first.At.Equal(y.now) || first.Conversation != string(conv.ID) || first.Entry != 2 || first.Topic != "ret-address" {
		t.Errorf("kept: %+v", first)
	}
	y.pass(1)
	if again := wants("the same again", 200, "PUT", at(2), li, flag); again != first {
		t.Errorf("the same again made %+v of %+v", again, first)
	}
	open("another agent sees it", wang, 1)
	wants("another's", 403, "DELETE", at(2), wang, nil)
	if back := wants("take back", 200, "DELETE", at(2), li, nil); back.Outcome != "taken_back" || back.DoneBy != "li" {
		t.Errorf("taken back: %+v", back)
	}
	open("it was taken back", wang, 0)
	wants("nothing to take back", 404, "DELETE", at(1), li, nil)
	wants("flag again", 200, "PUT", at(2), wang, flag)
	open("flagged again", li, 1)
	wants("a supervisor may", 200, "DELETE", at(2), boss, nil)
	wants("flag a third time", 200, "PUT", at(2), wang, flag)
	if settled := wants("settle", 200, "POST", "/api/agent/tickets/"+first.ID+"/done", li, struct{}{}); settled.DoneBy != "li" || settled.Outcome != "" {
		t.Errorf("settled: %+v", settled)
	}
	open("settled", boss, 0)
	status, _, raw := y.ask("GET", "/api/agent/topics", li, "", nil)
	if want := `{"topics":[{"id":"pay-arrival","label":"in zh-CN"}]}`; status != 200 || string(raw) != want {
		t.Errorf("topics: %d %s", status, raw)
	}
}
