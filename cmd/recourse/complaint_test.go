package main

import (
	"encoding/json"
	"net/http"
	"testing"

	"recourse/dialog"
	"recourse/internal/redistest"
	"recourse/web/wire"
)

// complaintWrite is a write on complaints; want is the status that must come.
func (w *world) complaintWrite(want int, path, token, key string, in any) (dialog.ComplaintView, string) {
	w.t.Helper()
	status, raw := w.call("POST", path, token, map[string]string{"Idempotency-Key": key}, in)
	if status != want {
		w.t.Fatalf("%s: %d %s, want %d", path, status, raw, want)
	}
	if status != http.StatusOK {
		return dialog.ComplaintView{}, errorCode(w.t, raw)
	}
	var v dialog.ComplaintView
	if err := json.Unmarshal(raw, &v); err != nil {
		w.t.Fatal(err)
	}
	return v, ""
}

func (w *world) complaints(path, token string) []dialog.ComplaintView {
	w.t.Helper()
	status, raw := w.call("GET", path, token, nil, nil)
	var list wire.ComplaintList
	if err := json.Unmarshal(raw, &list); err != nil || status != http.StatusOK {
		w.t.Fatalf("%s: %d %s", path, status, raw)
	}
	return list.Complaints
}

// awaitComplaint waits until the buyer sees his complaint in a state.
func (c *client) awaitComplaint(state string) dialog.ComplaintView {
	c.t.Helper()
	c.await("complaint state "+state, func() bool { return len(c.state.Complaints) > 0 && c.state.Complaints[0].State == state })
	return c.state.Complaints[0]
}

// A complaint from the chat to the appeal, through every party's real door, on either store and on a cluster.
func TestAComplaintThroughEveryDoor(t *testing.T) {
	for name, args := range map[string][]string{"embedded": nil, "cluster": {"--redis", ""}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if args != nil {
				args[1] = redistest.Cluster(t).URL()
			}
			complaintStory(newWorld(t, args...))
		})
	}
}

func complaintStory(w *world) {
	t := w.t
	buyer := newClient(w, w.token("demo-xiaoli"), "zh-CN", false)
	buyer.say("我要投诉商家，客服态度差，问了三天不回还骂我")
	buyer.awaitKey("complaint.order")
	buyer.pick("手环")
	buyer.press(dialog.ActPickKind, dialog.Args{"kind": "service_attitude"})
	card := buyer.awaitKey("complaint.evidence").Card
	if card.Complaint == "" || len(card.Checklist) == 0 || card.Checklist[0].Required {
		t.Fatalf("the evidence card is %+v", card)
	}
	id := card.Complaint
	buyer.upload(id, "chat_screenshot", photo(3), nil)
	buyer.awaitKey("evidence.got")
	buyer.press(dialog.ActComplaintReady, nil)
	buyer.awaitKey("complaint.summary")
	if list := w.complaints("/api/merchant/complaints", shopKey); len(list) != 0 {
		t.Fatalf("a draft is the buyer's alone: %+v", list)
	}
	buyer.press(dialog.ActFileComplaint, nil)
	buyer.awaitKey("complaint.notice.filed")
	v := buyer.awaitComplaint("merchant_reply_due") // passed on
	if v.ID != id || v.Deadline.IsZero() || v.WaitingOnYou || len(v.Evidence) != 1 || v.Evidence[0].URL == "" {
		t.Fatalf("the buyer sees %+v", v)
	}

	// The shop: its own only, versions and keys as for cases.
	mine := w.complaints("/api/merchant/complaints?state=merchant_reply_due", shopKey)
	if len(mine) != 1 || mine[0].ID != id || !mine[0].WaitingOnYou || mine[0].Buyer != "" {
		t.Fatalf("the shop sees %+v", mine)
	}
	path := "/api/merchant/complaints/" + id
	other := "rk_demo_shop-yichu"
	if list := w.complaints("/api/merchant/complaints", other); len(list) != 0 {
		t.Errorf("another shop sees %+v", list)
	}
	for _, stranger := range []string{path, "/api/merchant/complaints/k_000_AAAAAAAAAA", "/api/merchant/complaints/nonsense"} {
		if status, raw := w.call("GET", stranger, other, nil, nil); status != http.StatusNotFound || errorCode(t, raw) != "COMPLAINT_NOT_FOUND" {
			t.Errorf("%s: %d %s", stranger, status, raw)
		}
	}
	reply := wire.ComplaintReply{Expect: wire.Expect{ExpectedVersion: mine[0].Version}, Text: "已批评客服并向您致歉"}
	if _, code := w.complaintWrite(http.StatusNotFound, path+"/reply", other, "r0", reply); code != "COMPLAINT_NOT_FOUND" {
		t.Errorf("another shop's reply: %s", code)
	}
	stale := reply
	stale.ExpectedVersion--
	if _, code := w.complaintWrite(http.StatusConflict, path+"/reply", shopKey, "r1", stale); code != "VERSION_CONFLICT" {
		t.Errorf("a stale view: %s", code)
	}
	for range 2 {
		if v, _ := w.complaintWrite(http.StatusOK, path+"/reply", shopKey, "r2", reply); v.State != "solution_proposed" {
			t.Fatalf("after the reply: %s", v.State)
		}
	}
	again := reply
	again.Text = "别的话"
	if _, code := w.complaintWrite(http.StatusConflict, path+"/reply", shopKey, "r2", again); code != "IDEMPOTENCY_MISMATCH" {
		t.Errorf("another request under the same key: %s", code)
	}
	buyer.awaitKey("complaint.notice.replied")
	file := uploadAs(w, shopKey, id, "merchant_notice", photo(4), nil)
	until(t, "the shop's file", func() bool {
		for _, e := range w.complaints("/api/merchant/complaints", shopKey)[0].Evidence {
			if e.ID == file {
				return true
			}
		}
		return false
	})

	// The platform: nobody decides what he does not have; reasons and a measure are wanted.
	first, second, lead := login(w, "agent"), login(w, "senior"), login(w, "lead")
	waiting := w.complaints("/api/agent/complaints", first)
	if len(waiting) != 1 || waiting[0].ID != id || waiting[0].Buyer == "" {
		t.Fatalf("the platform sees %+v", waiting)
	}
	desk := "/api/agent/complaints/" + id
	now := func() wire.Expect {
		return wire.Expect{ExpectedVersion: w.complaints("/api/agent/complaints?all=true", first)[0].Version}
	}
	rule := func(text string) wire.UpholdComplaint {
		return wire.UpholdComplaint{Rule: wire.Rule{Expect: now(), Text: text}, Measure: "warning"}
	}
	if _, code := w.complaintWrite(http.StatusConflict, desk+"/uphold", first, "u0", rule("聊天记录显示确有不当言辞")); code != "STATE_CONFLICT" {
		t.Errorf("decided before it was claimed: %s", code)
	}
	w.complaintWrite(http.StatusOK, desk+"/claim", first, "c1", wire.Plain{Expect: now()})
	if _, code := w.complaintWrite(http.StatusConflict, desk+"/uphold", lead, "u1", rule("聊天记录显示确有不当言辞")); code != "NOT_ASSIGNED" {
		t.Errorf("decided by another: %s", code)
	}
	if _, code := w.complaintWrite(http.StatusNotFound, desk+"/uphold", second, "u5", rule("聊天记录显示确有不当言辞")); code != "COMPLAINT_NOT_FOUND" {
		t.Errorf("decided by another who does not see it: %s", code)
	}
	if _, code := w.complaintWrite(http.StatusUnprocessableEntity, desk+"/uphold", first, "u2", rule("嗯")); code != "FIELD_REQUIRED" {
		t.Errorf("decided without reasons: %s", code)
	}
	none := rule("聊天记录显示确有不当言辞")
	none.Measure = "fine"
	if _, code := w.complaintWrite(http.StatusUnprocessableEntity, desk+"/uphold", first, "u3", none); code != "FIELD_REQUIRED" {
		t.Errorf("an unknown measure: %s", code)
	}
	w.complaintWrite(http.StatusOK, desk+"/uphold", first, "u4", rule("聊天记录显示确有不当言辞"))
	buyer.awaitKey("complaint.notice.upheld")
	if v := buyer.awaitComplaint("user_confirm"); !v.WaitingOnYou || v.Audit == nil || v.Audit.Measure != "warning" || len(v.Buttons) != 2 {
		t.Fatalf("to be confirmed: %+v", v)
	}

	// Not satisfied, appealed in his words, decided by another agent.
	buyer.press(dialog.ActComplaintUnhappy, nil)
	buyer.awaitComplaint("closed_resolved")
	buyer.press(dialog.ActComplaintAppeal, nil)
	buyer.awaitKey("complaint.say.complaint_appeal")
	buyer.say("警示太轻，之后又骂了我一次")
	buyer.awaitKey("complaint.said.complaint_appeal")
	buyer.press(dialog.ActComplaintSend, nil)
	buyer.awaitComplaint("appeal_review")
	if _, code := w.complaintWrite(http.StatusConflict, desk+"/claim", first, "c2", wire.Plain{Expect: now()}); code != "NOT_ASSIGNED" {
		t.Errorf("the first agent took the appeal: %s", code)
	}
	w.complaintWrite(http.StatusOK, desk+"/claim", second, "c3", wire.Plain{Expect: now()})
	final := rule("复核后认为应加重处理，理由如上")
	final.Measure = "penalty"
	w.complaintWrite(http.StatusOK, desk+"/overturn", second, "o1", final)
	buyer.awaitKey("complaint.notice.overturned")
	if v := buyer.awaitComplaint("closed_resolved"); !v.Terminal || !v.Audit.Final || len(v.Buttons) != 0 || v.Audit.Measure != "penalty" {
		t.Errorf("in the end: %+v", v)
	}
	if buyer.state.Case != nil {
		t.Errorf("a complaint about conduct left a case: %+v", buyer.state.Case)
	}
	if list := w.complaints("/api/agent/complaints", first); len(list) != 0 {
		t.Errorf("still waiting: %+v", list)
	}
	silentShop(w, buyer)
	aboutTheBuyer(w, buyer)
	withARefund(w, buyer)
}

// silentShop: deadlines pass; the runner moves the complaint on, and flags it.
func silentShop(w *world, buyer *client) {
	buyer.say("我还要投诉，商家好评返现，逼我给好评")
	buyer.pick("毛衣")
	buyer.press(dialog.ActPickKind, dialog.Args{"kind": "induced_review"})
	buyer.press(dialog.ActComplaintReady, nil)
	buyer.press(dialog.ActFileComplaint, nil)
	buyer.awaitComplaint("merchant_reply_due")
	w.advance("49h")
	if v := buyer.awaitComplaint("platform_audit"); !v.Silent {
		w.t.Errorf("silence is not flagged: %+v", v)
	}
	buyer.awaitKey("complaint.notice.silent")
}

// withARefund: he wants his money back as well; with his consent a refund draft is opened, and each names the other.
func withARefund(w *world, buyer *client) {
	buyer.say("我要投诉商家虚假宣传，直播间说防水，下雨就坏了，要求退款")
	buyer.pick("耳机")
	buyer.press(dialog.ActPickKind, dialog.Args{"kind": "false_advertising"})
	buyer.awaitKey("complaint.money")
	buyer.press(dialog.ActRefundToo, nil)
	buyer.press(dialog.ActComplaintReady, nil)
	buyer.press(dialog.ActFileComplaint, nil)
	buyer.awaitKey("complaint.now_refund")
	v := buyer.awaitState("draft")
	buyer.await("the complaint of the draft", func() bool {
		c, list := buyer.state.Case, buyer.state.Complaints
		return c != nil && len(c.Complaints) == 1 && len(list) > 0 && list[0].ID == c.Complaints[0] && list[0].Case == v.ID
	})
}

// aboutTheBuyer: a shop complains about the buyer of an order of its own; he is told and heard.
func aboutTheBuyer(w *world, buyer *client) {
	t := w.t
	in := wire.FileComplaint{Order: "6920251100010001", Line: "1", Buyer: "demo-xiaoli", Kind: "malicious_claim", Text: "反复申请又撤销，商品完好"}
	if _, code := w.complaintWrite(http.StatusNotFound, "/api/merchant/complaints", "rk_demo_shop-yichu", "f0", in); code != "NOT_FOUND" {
		t.Errorf("about an order of another shop: %s", code)
	}
	wrong := in
	wrong.Kind = "service_attitude"
	if _, code := w.complaintWrite(http.StatusUnprocessableEntity, "/api/merchant/complaints", shopKey, "f1", wrong); code != "FIELD_REQUIRED" {
		t.Errorf("a buyer's kind: %s", code)
	}
	v, _ := w.complaintWrite(http.StatusOK, "/api/merchant/complaints", shopKey, "f2", in)
	if again, _ := w.complaintWrite(http.StatusOK, "/api/merchant/complaints", shopKey, "f2", in); again.ID != v.ID {
		t.Errorf("filed twice: %s and %s", v.ID, again.ID)
	}
	if _, code := w.complaintWrite(http.StatusConflict, "/api/merchant/complaints", shopKey, "f3", in); code != "CASE_ALREADY_OPEN" {
		t.Errorf("the same grievance again: %s", code)
	}
	got := buyer.awaitComplaint("buyer_answer_due")
	if got.ID != v.ID || !got.WaitingOnYou || got.By != "merchant" {
		t.Fatalf("the buyer sees %+v", got)
	}
	buyer.awaitKey("complaint.notice.received")
	buyer.press(dialog.ActComplaintAnswer, dialog.Args{"complaint": v.ID})
	buyer.say("商品确实坏了，我只申请过一次")
	buyer.press(dialog.ActComplaintSend, nil)
	if got := buyer.awaitComplaint("platform_audit"); got.Answer == nil {
		t.Errorf("not heard: %+v", got)
	}
	if _, code := w.complaintWrite(http.StatusUnprocessableEntity, "/api/merchant/complaints/"+v.ID+"/withdraw", shopKey, "w0",
		wire.ComplaintWithdraw{Expect: wire.Expect{ExpectedVersion: buyer.state.Complaints[0].Version}}); code != "CONFIRMATION_REQUIRED" {
		t.Errorf("withdrawn without meaning it: %s", code)
	}
}
