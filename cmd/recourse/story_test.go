package main

import (
	"encoding/json"
	"strings"
	"testing"

	"recourse/dialog"
	"recourse/web/wire"
)

// band is the first story (the case study of 002_accebd9f2fab02c4.txt), step by step, in a language. Every
// step says which state it leaves, and may be cut off anywhere: step names are where tests cut.
type band struct {
	w     *world
	buyer *client
	agent *client
	id    string // of the case
}

const shopKey = "rk_demo_shop-shuma"

type storyStep struct {
	name string
	do   func(b *band)
}

var bandStory = []storyStep{
	{"says what happened", func(b *band) {
		b.buyer.say(map[string]string{
			"zh-CN": "前天在直播间买的手环充了一晚上电都开不了机，盒子也磨破了",
			"en":    "The band I bought in the live room won't turn on after charging all night, and the box is worn",
		}[b.buyer.locale])
		b.buyer.awaitKey("refund.start")
	}},
	{"picks the band", func(b *band) {
		b.buyer.pick(map[string]string{"zh-CN": "手环", "en": "band"}[b.buyer.locale])
		b.buyer.awaitKey("reason.confirm")
	}},
	{"confirms the reason", func(b *band) {
		b.buyer.press(dialog.ActPickReason, dialog.Args{"reason": "quality_defect"})
		e := b.buyer.awaitKey("verdict.NEED_EVIDENCE")
		if len(e.Card.Verdict.Clauses) == 0 || e.Card.Deadline.IsZero() {
			b.w.t.Fatalf("the verdict names no clause or no deadline: %+v", e.Card)
		}
		list := b.buyer.awaitKey("evidence.ask").Card.Checklist
		if len(list) < 2 || !list[0].Required || !list[1].Required {
			b.w.t.Fatalf("checklist %+v", list)
		}
		b.buyer.await("the draft", func() bool { return b.buyer.state.Case != nil && b.buyer.state.Case.State == "draft" })
		b.id = b.buyer.state.Case.ID
	}},
	{"uploads a photo", func(b *band) {
		b.buyer.upload(b.id, "item_photo", photo(1), nil)
		b.buyer.awaitKey("evidence.got_more")
	}},
	{"uploads the fault", func(b *band) {
		b.buyer.upload(b.id, "fault_video", photo(2), nil)
		b.buyer.awaitKey("summary.ready")
	}},
	{"confirms and submits", func(b *band) {
		b.buyer.press(dialog.ActSubmit, nil)
		b.buyer.awaitKey("notice.submitted")
		b.buyer.awaitState("merchant_review")
	}},
	{"merchant refuses", func(b *band) {
		_, raw := b.w.call("GET", "/api/merchant/cases/"+b.id, shopKey, nil, nil)
		v := view(b.w.t, raw)
		if v.State == "merchant_review" {
			b.w.caseAct("merchant", shopKey, b.id, "reject", "refuse-1", wire.CaseAction{
				ExpectedVersion: v.Version, Code: "MR04", Text: "已签收视为无误", Told: true,
			})
		}
		e := b.buyer.awaitKey("notice.rejected")
		v = b.buyer.awaitState("merchant_rejected")
		if e.Card.Deadline.IsZero() || !v.Deadline.Equal(e.Card.Deadline) || len(v.Buttons) < 2 {
			b.w.t.Fatalf("the refusal shows no clock or no buttons: %+v", v)
		}
	}},
	{"escalates", func(b *band) {
		b.buyer.press(dialog.ActEscalate, nil)
		b.buyer.awaitKey("handoff.escalation")
		b.buyer.awaitState("platform_queued")
		b.buyer.await("the queue", func() bool { return b.buyer.state.Holder == dialog.HeldWaiting })
	}},
	{"agent takes the chat", func(b *band) {
		if b.agent == nil {
			b.agent = newClient(b.w, login(b.w, "agent"), b.buyer.locale, true)
		}
		b.agent.await("the waiting chat", func() bool { _, ok := b.agent.inbox[b.buyer.conv]; return ok })
		b.agent.conv = b.buyer.conv
		b.agent.write(wire.Watch{T: wire.TWatch, Conversation: b.agent.conv})
		b.agent.await("the view", func() bool { return b.agent.state.Conversation == b.agent.conv })
		epoch := b.agent.state.Epoch
		b.agent.sure(func(id string) any {
			return wire.Claim{T: wire.TClaim, ID: id, Conversation: b.agent.conv, Epoch: epoch}
		})
		b.buyer.awaitKey("handoff.joined")
		b.buyer.awaitState("platform_review")
	}},
	{"they talk, the bot is silent", func(b *band) {
		b.agent.say("您好，我在看您的凭证。")
		b.buyer.say("好的，麻烦了，什么时候能退款？")
		b.agent.say("再补一张包装的照片就可以判断了。")
		b.buyer.await("the agent's word", func() bool {
			for _, e := range b.buyer.entries {
				if e.Author.Kind == dialog.FromAgent && e.Text == "再补一张包装的照片就可以判断了。" {
					return true
				}
			}
			return false
		})
	}},
	{"agent asks for one more picture", func(b *band) {
		if v := agentView(b); v.State == "platform_review" && len(v.AskedKinds) == 0 && !hasKind(v, "packaging_photo") {
			b.w.caseAct("agent", b.agent.token, b.id, "request_evidence", "ask-1", wire.CaseAction{
				ExpectedVersion: v.Version, Kinds: []string{"packaging_photo"}, Party: "buyer", Text: "请拍外箱磨损处",
			})
		}
		e := b.buyer.awaitKey("notice.evidence_requested")
		if len(e.Card.Checklist) != 1 || e.Card.Checklist[0].Kinds[0].Kind != "packaging_photo" {
			b.w.t.Fatalf("asked for %+v", e.Card.Checklist)
		}
	}},
	{"buyer adds it", func(b *band) {
		b.buyer.upload(b.id, "packaging_photo", photo(3), nil)
		b.buyer.awaitState("platform_review")
	}},
	{"agent rules for the buyer", func(b *band) {
		if v := agentView(b); v.State == "platform_review" {
			b.w.caseAct("agent", b.agent.token, b.id, "rule_refund", "rule-1", wire.CaseAction{
				ExpectedVersion: v.Version, Text: "故障视频显示充电后无法开机，签收不代表质量无误。",
			})
		}
		b.buyer.awaitKey("notice.ruled_refund")
		b.buyer.awaitState("ruling_execution")
	}},
	{"agent returns the chat", func(b *band) {
		epoch := b.agent.state.Epoch
		b.agent.sure(func(id string) any {
			return wire.Release{T: wire.TRelease, ID: id, Conversation: b.agent.conv, Epoch: epoch}
		})
		b.buyer.awaitKey("handoff.returned")
		b.buyer.await("the bot", func() bool { return b.buyer.state.Holder == dialog.HeldByBot })
	}},
	{"the bot is back", func(b *band) {
		b.buyer.say(map[string]string{"zh-CN": "现在到哪一步了？", "en": "any update?"}[b.buyer.locale])
		b.buyer.awaitKey("status")
	}},
	{"the merchant lets the time pass", func(b *band) {
		b.w.advance("48h")
		b.buyer.awaitKey("notice.platform_paid")
		b.buyer.awaitState("refund_pending")
	}},
	{"the money arrives", func(b *band) {
		b.w.advance("6h")
		b.buyer.awaitKey("notice.refunded")
		v := b.buyer.awaitState("refunded")
		if v.Refund == nil || v.Refund.AmountFen != 19900 {
			b.w.t.Fatalf("refund %+v", v.Refund)
		}
	}},
}

func login(w *world, who string) string {
	w.t.Helper()
	status, raw := w.call("POST", "/api/agent/login", "", nil, wire.Login{Login: who, Password: "recourse-demo"})
	var out wire.LoginResult
	if err := json.Unmarshal(raw, &out); err != nil || status != 200 {
		w.t.Fatalf("login: %d %s", status, raw)
	}
	return out.Session
}

func agentView(b *band) dialog.CaseView {
	_, raw := b.w.call("GET", "/api/agent/cases/"+b.id, b.agent.token, nil, nil)
	return view(b.w.t, raw)
}

func hasKind(v dialog.CaseView, kind string) bool {
	for _, e := range v.Evidence {
		if e.Kind == kind {
			return true
		}
	}
	return false
}

func newBand(w *world, locale string) *band {
	buyer := map[string]string{"zh-CN": "demo-xiaoli", "en": "demo-anna"}[locale]
	return &band{w: w, buyer: newClient(w, w.token(buyer), locale, false)}
}

// checkLog holds the whole log to what every story must leave behind.
func (b *band) checkLog() {
	t := b.w.t
	t.Helper()
	seen := map[string]bool{}
	human := false
	for i, e := range b.buyer.entries {
		if e.Seq != int64(i)+1 {
			t.Errorf("entry %d has seq %d", i+1, e.Seq)
		}
		if key := string(e.Author.Kind) + ":" + e.Client; e.Client != "" {
			if seen[key] {
				t.Errorf("entry %d doubles %s", e.Seq, key)
			}
			seen[key] = true
		}
		switch e.Key {
		case "handoff.joined":
			human = true
		case "handoff.returned":
			human = false
		}
		if human && e.Author.Kind == dialog.FromBot {
			t.Errorf("the bot spoke at %d while a human had the floor: %s", e.Seq, e.Text)
		}
	}
	for _, id := range b.buyer.order {
		if _, ok := b.buyer.acks[id]; ok && !seen["buyer:"+id] {
			t.Errorf("message %s was acknowledged and is not in the log", id)
		}
	}
	count := map[string]int{}
	for _, e := range b.buyer.entries {
		if e.Key == "" || e.Author.Kind != dialog.FromSystem {
			continue
		}
		if strings.HasPrefix(e.Key, "notice.remind_") {
			count[e.Client]++ // a deadline may be reminded of at several times, each once
			continue
		}
		count[e.Key]++
	}
	for key, n := range count {
		if n > 1 {
			t.Errorf("%s was told %d times", key, n)
		}
	}
}

func TestTheSmartBandStory(t *testing.T) {
	for _, locale := range []string{"zh-CN", "en"} {
		t.Run(locale, func(t *testing.T) {
			t.Parallel()
			b := newBand(newWorld(t), locale)
			for _, s := range bandStory {
				s.do(b)
			}
			b.checkLog()
		})
	}
}

// The second story: out of the seven days, and the colour is simply not liked.
func TestTheColourAfterSevenDaysStory(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := newClient(w, w.token("demo-xiaoli"), "zh-CN", false)
	c.say("那件毛衣颜色不喜欢，想退货")
	c.pick("毛衣")
	c.press(dialog.ActPickReason, dialog.Args{"reason": "no_reason_7d"})
	e := c.awaitKey("verdict.NO_WINDOW_PASSED")
	v := e.Card.Verdict
	if v.Kind != "not_eligible" || len(v.Clauses) == 0 || len(v.StillOpen) < 2 || v.Deadline.IsZero() {
		t.Fatalf("verdict %+v", v)
	}
	// What is still open is one press away: a true fault may still be claimed.
	c.press(dialog.ActOtherReason, nil)
	c.await("the reasons", func() bool {
		_, _, ok := c.button(dialog.ActPickReason, dialog.Args{"reason": "quality_defect"})
		return ok
	})
	c.press(dialog.ActPickReason, dialog.Args{"reason": "no_reason_7d"})
	c.press(dialog.ActCancel, nil)
	c.awaitKey("cancel.done")
	// Nothing was filed and no attempt used up: the line can be applied for again.
	status, raw := w.call("GET", "/api/merchant/cases", "rk_demo_shop-yichu", nil, nil)
	var list wire.CaseList
	if err := json.Unmarshal(raw, &list); err != nil || status != 200 || len(list.Cases) != 0 {
		t.Fatalf("the merchant sees %d %s", status, raw)
	}
}
