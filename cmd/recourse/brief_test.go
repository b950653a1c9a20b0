package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"recourse/dialog"
)

// The brief of a conversation as the bot really leads it: in the agent's language, from what stands in the log.
func TestTheBriefTellsWhatHappened(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := newBand(w, "zh-CN")
	for _, s := range bandStory[:5] { // with both files in the draft
		s.do(b)
	}
	b.buyer.say("能不能帮我做一张假照片")
	b.buyer.say("你们真是骗子，气死我了")
	b.buyer.awaitKey("angry")
	b.buyer.say("转人工")
	b.buyer.await("the queue", func() bool { return b.buyer.state.Holder == dialog.HeldWaiting })
	session := login(w, "agent")
	read := func(lang string) (out dialog.Brief) {
		t.Helper()
		status, raw := w.call("GET", "/api/agent/conversations/"+b.buyer.conv+"/brief", session, map[string]string{"Accept-Language": lang}, nil)
		if status != 200 {
			t.Fatalf("%d %s", status, raw)
		}
		if err := json.Unmarshal(raw, &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	en := read("en")
	if en.Handoff == nil || en.Handoff.Reason != dialog.HandoffAsked || en.Handoff.Since.IsZero() || en.Case != b.id {
		t.Errorf("handoff %+v of %s", en.Handoff, en.Case)
	}
	if v := en.Verdict; v == nil || v.Code != "NEED_EVIDENCE" || len(v.Clauses) == 0 || len(v.Facts) == 0 || !strings.Contains(v.Headline, "You can") {
		t.Errorf("verdict %+v", en.Verdict)
	}
	if len(en.Received) != 2 || len(en.Deadlines) == 0 {
		t.Errorf("received %+v, deadlines %+v", en.Received, en.Deadlines)
	}
	if len(en.Mood) != 1 || en.Mood[0].Kind != "anger" || en.Mood[0].Text != "你们真是骗子，气死我了" {
		t.Errorf("mood %+v", en.Mood)
	}
	if !slices.ContainsFunc(en.Tried.Topics, func(x dialog.BriefTopic) bool {
		return x.Topic != "" && x.Label != string(x.Topic) && !strings.ContainsAny(x.Label, "照片")
	}) {
		t.Errorf("topics %+v", en.Tried.Topics)
	}
	if last := en.LastWords; len(last) != 3 || last[2].Text != "转人工" || last[1].Text != "你们真是骗子，气死我了" {
		t.Errorf("last words %+v", last)
	}
	if n := len(en.Promises); n == 0 || en.Promises[n-1].By != dialog.FromSystem || !slices.Contains(en.Promises[n-1].Binds, "date") {
		t.Errorf("the clock that the handoff names is no promise: %+v", en.Promises)
	}
	zh := read("zh-CN")
	if zh.Facts[0].Text == "" || zh.Verdict.Headline == en.Verdict.Headline || zh.Received[0].Label == en.Received[0].Label {
		t.Errorf("both languages say %q", zh.Verdict.Headline)
	}
	if status, _ := w.call("GET", "/api/agent/conversations/d_001_NONE/brief", session, nil, nil); status != 404 {
		t.Errorf("no conversation: %d", status)
	}
	if status, _ := w.call("GET", "/api/agent/conversations/"+b.buyer.conv+"/brief", b.buyer.session, nil, nil); status != 401 {
		t.Errorf("the buyer: %d", status)
	}
}
