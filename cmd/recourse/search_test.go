package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/web"
	"recourse/web/wire"
)

// Agents find a conversation by what people wrote in it, by its order, case and buyer, and by how it stands.
func TestAgentsFindConversations(t *testing.T) {
	var dialogs dialog.Store
	y := newYard(t, func(cfg *web.Config) { dialogs = cfg.Dialogs })
	y.file(policy.RefundOnly)
	c, err := y.ledger.Store.Load(t.Context(), y.id)
	if err != nil {
		t.Fatal(err)
	}
	talk := func(buyer string, about *cases.Case, tags []string, entries ...dialog.Entry) dialog.ID {
		t.Helper()
		conv, err := dialogs.Open(t.Context(), buyer, dialog.ZH, y.now)
		if err != nil {
			t.Fatal(err)
		}
		for i := range entries {
			y.pass(time.Second)
			entries[i].At, entries[i].Kind = y.clock(), dialog.Text
		}
		next := dialog.Wait(conv, dialog.HandoffAsked, y.clock())
		next.Work.Tags, next.Work.LastAgent, next.UpdatedAt = tags, "li", y.clock()
		order := ""
		if about != nil {
			next.Flow.Case, order = about.ID, about.Line.OrderID
		}
		for range 2 { // again it changes nothing
			conv, err = dialogs.Load(t.Context(), conv.ID)
			if err == nil && len(tags) >= 0 && conv.Version <= 1 {
				conv, err = dialogs.Commit(t.Context(), conv.ID, dialog.Change{Expect: conv.Version, Next: next, Entries: entries, LiveAt: -1})
			}
			if err == nil {
				err = y.shared.IndexConversation(t.Context(), dialogs, conv, order)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		return conv.ID
	}
	buyer, agent, system := dialog.Author{Kind: dialog.FromBuyer}, dialog.Author{Kind: dialog.FromAgent, Name: "小周"}, dialog.Author{Kind: dialog.FromSystem}
	first := talk(yardBuyer, &c, []string{"photos"}, dialog.Entry{Author: buyer, Text: "我打开包装，盒子是空的！能退吗"}, dialog.Entry{Author: agent, Text: "The box was EMPTY?"})
	second := talk("b-2002", nil, nil, dialog.Entry{Author: buyer, Text: "盒子破了 phone 13800001111"}, dialog.Entry{Author: system, Text: "机密通知"})
	li := y.session("li", "supervisor")
	find := func(q string) (ids []dialog.ID, list wire.FoundList) {
		t.Helper()
		status, _, raw := y.ask("GET", "/api/agent/search?"+q, li, "", nil)
		if err := json.Unmarshal(raw, &list); err != nil || status != http.StatusOK {
			t.Fatalf("%s: %d, %v: %s", q, status, err, raw)
		}
		for _, f := range list.Found {
			ids = append(ids, dialog.ID(f.Conversation))
		}
		return ids, list
	}
	q := func(text string) string { return "q=" + url.QueryEscape(text) }
	for _, tt := range []struct {
		what, query string
		want        []dialog.ID
	}{
		{"everything, the latest first", "", []dialog.ID{second, first}},
		{"a phrase", q("盒子是空的"), []dialog.ID{first}},
		{"two characters of both", q("盒子"), []dialog.ID{second, first}},
		{"all terms but not together", q("盒子空的"), nil},
		{"one character", q("破"), []dialog.ID{second}},
		{"English, any case, full-width", q("ｅmpty"), []dialog.ID{first}},
		{"the order", q(c.Line.OrderID), []dialog.ID{first}},
		{"the case", q(string(c.ID)), []dialog.ID{first}},
		{"the buyer", q("b-2002"), []dialog.ID{second}},
		{"the conversation", q(string(second)), []dialog.ID{second}},
		{"what the system says to everybody", q("机密通知"), nil},
		{"the state", "state=merchant_review", []dialog.ID{first}},
		{"another state", "state=refunded", nil},
		{"the tag", "tag=photos", []dialog.ID{first}},
		{"the agent", "agent=li", []dialog.ID{second, first}},
		{"nobody's", "agent=wang", nil},
		{"what nobody wrote", q("退货地址"), nil},
	} {
		if got, _ := find(tt.query); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %q, want %q", tt.what, got, tt.want)
		}
	}
	_, list := find(q("盒子是空的"))
	if f := list.Found[0]; f.Line != "我打开包装，盒子是空的！能退吗" || f.Entry != 1 || f.Order != c.Line.OrderID || f.CaseState != string(c.State) || !slices.Equal(f.Tags, []string{"photos"}) {
		t.Errorf("shown: %+v", f)
	}
	if status, _, raw := y.ask("GET", "/api/agent/search?cursor=bad", li, "", nil); status != 422 {
		t.Errorf("a cursor of somebody else: %d %s", status, raw)
	}
	// An agent finds what he may see: here nothing, for he waits on nobody's list and had no part in it.
	wang := y.session("wang", "agent")
	conv, err := dialogs.Load(t.Context(), first)
	if err != nil {
		t.Fatal(err)
	}
	next := dialog.Return(conv, y.clock())
	if _, err := dialogs.Commit(t.Context(), first, dialog.Change{Expect: conv.Version, Next: next, LiveAt: -1}); err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]int{q("盒子是空的"): 0, q("盒子破了"): 1} {
		status, _, raw := y.ask("GET", "/api/agent/search?"+query, wang, "", nil)
		var list wire.FoundList
		if err := json.Unmarshal(raw, &list); err != nil || status != 200 || len(list.Found) != want {
			t.Errorf("%s: %d, %v: %s, want %d", query, status, err, raw, want)
		}
	}
	if status, _, _ := y.ask("GET", "/api/agent/search?q=x", "", "", nil); status != 401 {
		t.Errorf("nobody: %d", status)
	}
}

// Pages of what was found hold every conversation once, whether a term is rare or not.
func TestPagesOfWhatWasFoundAreWhole(t *testing.T) {
	var dialogs dialog.Store
	y := newYard(t, func(cfg *web.Config) { dialogs = cfg.Dialogs })
	li := y.session("li", "supervisor")
	want := map[string]bool{}
	for i := range 75 {
		conv, err := dialogs.Open(t.Context(), fmt.Sprint("buyer", i), dialog.ZH, y.now)
		if err != nil {
			t.Fatal(err)
		}
		next := dialog.Wait(conv, dialog.HandoffAsked, y.now) // many of one and the same moment
		next.UpdatedAt = y.now.Add(time.Duration(i/20) * time.Second)
		entry := dialog.Entry{At: y.now, Kind: dialog.Text, Author: dialog.Author{Kind: dialog.FromBuyer}, Text: strings.Repeat("找人工 ", 1+i%3)}
		if conv, err = dialogs.Commit(t.Context(), conv.ID, dialog.Change{Expect: conv.Version, Next: next, Entries: []dialog.Entry{entry}, LiveAt: -1}); err == nil {
			err = y.shared.IndexConversation(t.Context(), dialogs, conv, "")
		}
		if err != nil {
			t.Fatal(err)
		}
		want[string(conv.ID)] = true
	}
	for _, query := range []string{"", "q=" + url.QueryEscape("找人工"), "q=" + url.QueryEscape("人")} {
		got, cursor := map[string]bool{}, ""
		for pages := 0; ; pages++ {
			status, _, raw := y.ask("GET", "/api/agent/search?"+query+"&cursor="+cursor, li, "", nil)
			var list wire.FoundList
			if err := json.Unmarshal(raw, &list); err != nil || status != http.StatusOK || pages > 10 {
				t.Fatalf("%q, page %d: %d, %v", query, pages, status, err)
			}
			for _, f := range list.Found {
				if got[f.Conversation] {
					t.Fatalf("%q: %s twice", query, f.Conversation)
				}
				got[f.Conversation] = true
			}
			if cursor = list.Next; cursor == "" {
				break
			}
		}
		if len(got) != len(want) {
			t.Errorf("%q: %d of %d", query, len(got), len(want))
		}
	}
}
