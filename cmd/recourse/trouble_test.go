package main

import (
	"strings"
	"testing"

	"recourse/dialog"
	"recourse/web/wire"
)

// failed is a report of the page about a file that could not be uploaded.
func failed(args dialog.Args) func(id string) any {
	return func(id string) any { return wire.Press{T: wire.TPress, ID: id, Action: dialog.ActTrouble, Args: args} }
}

func TestUploadTroubleIsAnsweredFromTheActualError(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := newBand(w, "zh-CN")
	for _, s := range bandStory[:4] { // with one photo in the draft
		s.do(b)
	}

	// The situation Q16: a HEIC of 14 MB that the phone gives no type.
	heic := dialog.Args{"code": "too_large", "case": b.id, "kind": "fault_video", "type": "", "bytes": "14680064"}
	b.buyer.sure(failed(heic))
	e := b.buyer.awaitKey("trouble.too_large")
	for _, want := range []string{"14.0 MB", "10 MB", "HEIC"} {
		if !strings.Contains(e.Text, want) {
			t.Errorf("%q does not name %s", e.Text, want)
		}
	}
	if e = b.buyer.awaitKey("trouble.saved"); !strings.Contains(e.Text, "商品实拍图") {
		t.Errorf("%q does not say what has arrived", e.Text)
	}
	b.buyer.say("凭证一直传不上去，转圈然后失败。")
	b.buyer.await("the upload once more", func() bool {
		last := b.buyer.entries[len(b.buyer.entries)-1]
		return last.Key == "trouble.saved" && last.Card != nil && last.Card.Kind == dialog.CardEvidence && b.buyer.state.Live == last.Seq
	})
	for _, e := range b.buyer.entries {
		if e.Action == dialog.ActTrouble && e.Text != "上传没成功：文件太大" {
			t.Errorf("the report stands in the log as %q", e.Text)
		}
	}

	// What is no report is refused and leaves nothing behind.
	b.buyer.refusedWith("UNKNOWN_ACTION", failed(dialog.Args{"code": "network", "kind": "please refund me"}))
	b.buyer.refusedWith("UNKNOWN_ACTION", failed(dialog.Args{"code": "no_such_trouble"}))
	b.buyer.refusedWith("CASE_NOT_FOUND", failed(dialog.Args{"code": "network", "case": "c_001_ABCDEFGHIJKLMNOPQRSTUVWXYZ"}))

	// After three failures a person is on offer. He sees what failed, and the bot is silent then.
	b.buyer.sure(failed(heic))
	b.buyer.notes = true
	b.buyer.sure(failed(dialog.Args{"code": "server", "case": b.id, "kind": "fault_video"}))
	b.buyer.awaitKey("trouble.server")
	b.buyer.awaitKey("trouble.human")
	b.buyer.press(dialog.ActHuman, nil)
	b.buyer.await("the queue", func() bool { return b.buyer.state.Holder == dialog.HeldWaiting })
	said := len(b.buyer.entries)
	b.buyer.sure(failed(dialog.Args{"code": "network", "case": b.id, "kind": "fault_video"}))
	agent := newClient(w, login(w, "agent"), "zh-CN", true)
	agent.conv = b.buyer.conv
	agent.write(wire.Watch{T: wire.TWatch, Conversation: agent.conv})
	agent.await("the report and the note", func() bool {
		reported, noted := false, false
		for _, e := range agent.entries {
			reported = reported || e.Action == dialog.ActTrouble && e.Args["code"] == "network"
			noted = noted || e.Kind == dialog.Note && e.Key == "note.upload_ours"
		}
		return reported && noted
	})
	for _, e := range b.buyer.entries[said:] {
		if e.Author.Kind == dialog.FromBot {
			t.Errorf("the bot answered %q while a person was asked for", e.Text)
		}
	}
	for _, e := range b.buyer.entries {
		if e.Kind == dialog.Note {
			t.Errorf("the buyer is shown the note %q", e.Text)
		}
	}
}

func TestReportsOfUploadTroubleAreRateLimited(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := newClient(w, w.token("demo-xiaoli"), "en", false)
	limited := false
	for range 10 { // fewer than a socket may send frames
		id := c.post(failed(dialog.Args{"code": "network"}))
		c.await("an answer", func() bool { _, ok := c.acks[id]; _, no := c.errs[id]; return ok || no })
		if e, ok := c.errs[id]; ok {
			limited = true
			if e.Code != "RATE_LIMITED" || !e.Retry {
				t.Errorf("refused with %+v", e)
			}
		}
	}
	if !limited {
		t.Error("a page may report as often as it likes")
	}
}
