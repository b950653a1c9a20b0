package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"testing"
	"time"

	"recourse/dialog"
	"recourse/web"
	"recourse/web/wire"
)

// Agents tag conversations, put off those they have, and read them backwards.
func TestAgentsKeepTheirWork(t *testing.T) {
	var dialogs dialog.Store
	y := newYard(t, func(cfg *web.Config) { dialogs = cfg.Dialogs })
	conv, err := dialogs.Open(t.Context(), "b1", dialog.ZH, y.now)
	if err != nil {
		t.Fatal(err)
	}
	next, err := dialog.Claim(dialog.Wait(conv, dialog.HandoffAsked, y.now), "li", "小李", conv.Epoch+1, y.now)
	if err != nil {
		t.Fatal(err)
	}
	var entries []dialog.Entry
	for i := range 12 {
		entries = append(entries, dialog.Entry{At: y.now, Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Text, Text: fmt.Sprint("text ", i+1)})
	}
	if _, err := dialogs.Commit(t.Context(), conv.ID, dialog.Change{Expect: conv.Version, Next: next, Entries: entries, LiveAt: -1}); err != nil {
		t.Fatal(err)
	}
	li, wang := y.session("li", "supervisor"), y.session("wang", "supervisor")
	path := "/api/agent/conversations/" + string(conv.ID)
	set := func(what string, want int, session string, body wire.SetWork) (v wire.WorkView) {
		t.Helper()
		status, _, raw := y.ask("PUT", path+"/work", session, "", body)
		if status != want {
			t.Errorf("%s: %d, want %d: %s", what, status, want, raw)
		}
		if status == http.StatusOK {
			if err := json.Unmarshal(raw, &v); err != nil {
				t.Error(err)
			}
		}
		return v
	}
	tags, hour, none := []string{" 补照片 ", "VIP"}, 60, 0
	if v := set("a colleague tags", 200, wang, wire.SetWork{Tags: &tags}); !slices.Equal(v.Tags, []string{"补照片", "VIP"}) {
		t.Errorf("tags: %q", v.Tags)
	}
	set("a colleague does not put it off", 409, wang, wire.SetWork{Snooze: &hour})
	if v := set("its agent does", 200, li, wire.SetWork{Snooze: &hour}); !v.SnoozedUntil.Equal(y.now.Add(time.Hour)) || len(v.Tags) != 2 {
		t.Errorf("put off: %+v", v)
	}
	if v := set("and not any more", 200, li, wire.SetWork{Snooze: &none}); !v.SnoozedUntil.IsZero() {
		t.Errorf("put off until %s", v.SnoozedUntil)
	}
	long := []string{"123456789012345678901234567890"}
	set("too long a tag", 422, li, wire.SetWork{Tags: &long})
	if v := set("no tags", 200, li, wire.SetWork{Tags: &[]string{}}); len(v.Tags) != 0 {
		t.Errorf("tags: %q", v.Tags)
	}
	set("nobody", 401, "", wire.SetWork{})

	read := func(query string) (seqs []int64, more bool) {
		t.Helper()
		status, _, raw := y.ask("GET", path+"/entries?"+query, li, "", nil)
		var list wire.EntryList
		if err := json.Unmarshal(raw, &list); err != nil || status != http.StatusOK {
			t.Fatalf("%s: %d, %v: %s", query, status, err, raw)
		}
		for _, e := range list.Entries {
			seqs = append(seqs, e.Seq)
		}
		return seqs, list.More
	}
	for query, want := range map[string]struct {
		seqs []int64
		more bool
	}{
		"before=13&limit=5":  {[]int64{8, 9, 10, 11, 12}, true},
		"before=5&limit=100": {[]int64{1, 2, 3, 4}, false},
		"before=1":           {nil, false},
		"before=6&limit=5":   {[]int64{1, 2, 3, 4, 5}, false},
	} {
		if seqs, more := read(query); !slices.Equal(seqs, want.seqs) || more != want.more {
			t.Errorf("%s: %d, more %v; want %d, %v", query, seqs, more, want.seqs, want.more)
		}
	}
}

// A note calls whom it names until he has read it. Reading moves the mark that the buyer sees for the agent who has the
// floor only.
func TestANoteCallsWhomItNamesUntilHeHasRead(t *testing.T) {
	s := newSight(t)
	s.change(func(c dialog.Conversation) dialog.Conversation { return dialog.Wait(c, dialog.HandoffAsked, s.now) })
	s.change(func(c dialog.Conversation) dialog.Conversation {
		next, err := dialog.Claim(c, "bo", "小博", c.Epoch, s.now)
		if err != nil {
			t.Fatal(err)
		}
		return next
	})
	note := wire.Note{T: wire.TNote, ID: "n1", Conversation: string(s.conv), Text: "@zhou 请看一下"}
	var ack wire.Ack
	if err := json.Unmarshal(s.frame("bo", note), &ack); err != nil || ack.T != wire.TAck {
		t.Fatalf("%+v, %v", ack, err)
	}
	calls := func() int64 { return s.lines("bo")[string(s.conv)].Mentions["zhou"] }
	if calls() != ack.Seq {
		t.Fatalf("called at %d, want %d", calls(), ack.Seq)
	}
	// Frames of a socket are carried out one after the other: what is acknowledged comes after what was read.
	reads := func(login string, seq int64) {
		t.Helper()
		ws, _ := s.socket(login)
		defer ws.Close()
		for _, f := range []any{
			wire.Seen{T: wire.TSeen, Conversation: string(s.conv), Seq: seq},
			wire.Note{T: wire.TNote, ID: fmt.Sprint(login, seq), Conversation: string(s.conv), Text: "x"},
		} {
			if err := ws.WriteJSON(f); err != nil {
				t.Fatal(err)
			}
		}
		for got := (wire.Ack{}); got.T != wire.TAck; {
			if err := json.Unmarshal(s.read(ws), &got); err != nil {
				t.Fatal(err)
			}
		}
	}
	reads("zhou", ack.Seq-1)
	if calls() != ack.Seq {
		t.Error("he has not read so far, and is called no more")
	}
	reads("zhou", ack.Seq)
	if n := calls(); n != 0 {
		t.Errorf("he has read it, and is called at %d", n)
	}
	if seen := s.lines("bo")[string(s.conv)].Seen; seen != 0 {
		t.Errorf("the buyer is told that his agent has read up to %d, but that was somebody else", seen)
	}
	reads("bo", ack.Seq)
	if seen := s.lines("bo")[string(s.conv)].Seen; seen != ack.Seq {
		t.Errorf("its agent has read up to %d, want %d", seen, ack.Seq)
	}
}
