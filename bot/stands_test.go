package bot

import (
	"context"
	"slices"
	"strings"
	"testing"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/dialog"
)

// stands are conversations that stand where something is asked, by the name of the asking. They are found by playing
// on from the start, so that they follow the flows and the policy.
type stands struct {
	locale dialog.Locale
	at     map[string]*talk
}

// askingOf is what a conversation is asked now; at rest, nothing.
func askingOf(k *talk) (dialog.Asking, bool) {
	f := k.conv.Flow
	for _, a := range dialog.Askings() {
		if a.Step != f.Step || a.Step == dialog.StepIdle || a.Question != "" && a.Question != f.Asked {
			continue
		}
		if a.Step == dialog.StepTwice && a.Pending != f.Pending || a.Step == dialog.StepComplaintSay && a.Pending != f.Complaint.Pending {
			continue
		}
		return a, true
	}
	return dialog.Asking{}, false
}

// keep notes where a conversation stands, if nothing stood there yet.
func (s *stands) keep(k *talk) {
	if a, ok := askingOf(k); ok && s.at[a.String()] == nil {
		s.at[a.String()] = k.copy(k.t)
	}
}

// rest notes a conversation that waits at rest for an event.
func (s *stands) rest(k *talk, flow dialog.FlowID, event cases.EventKind) {
	name := dialog.Asking{Flow: flow, Event: event}.String()
	if k.conv.Flow.Step == dialog.StepIdle && s.at[name] == nil {
		s.at[name] = k.copy(k.t)
	}
}

func (k *talk) in(zh, en string) string {
	if k.locale == dialog.EN {
		return en
	}
	return zh
}

func findStands(t testing.TB, locale dialog.Locale) *stands {
	s := &stands{locale: locale, at: map[string]*talk{}}
	begin := func() *talk { return newTalk(t, locale, goods(locale), roadTime("2026-11-10 09:00")) }

	k := begin()
	k.say(k.in("手环充了一晚上电都开不了机", "The smart band won't turn on"))
	s.keep(k)
	k.press(dialog.ActPickOrder, dialog.Args{"order": k.lines[0].OrderID}, nil)
	s.keep(k)
	s.explore(k, 3)

	k = begin()
	k.say(k.in("我要退款", "I want a refund"))
	s.keep(k)
	for _, line := range k.lines {
		at := k.copy(t)
		at.press(dialog.ActPickOrder, dialog.Args{"order": line.OrderID}, nil)
		s.keep(at)
		s.explore(at, 6)
	}
	s.fromFiled(t)
	s.ofComplaints(t, begin)
	return s
}

// explore presses on in a draft until its summary, each way that the cards offer.
func (s *stands) explore(k *talk, depth int) {
	if depth == 0 {
		return
	}
	step := k.conv.Flow.Step
	switch step {
	case dialog.StepEvidence:
		if c := k.copy(k.t); true {
			for range 8 {
				missing := c.theCase().Verdict.Missing
				if len(missing) == 0 || c.conv.Flow.Step != dialog.StepEvidence {
					break
				}
				c.supply(missing[0])
			}
			s.keep(c)
		}
		trouble := k.copy(k.t)
		trouble.say(k.in("照片传不上去", "I can't upload the photo"))
		s.keep(trouble)
	case dialog.StepSummary:
		return
	}
	cancel := k.copy(k.t)
	cancel.say(k.in("算了", "never mind"))
	s.keep(cancel)
	for _, o := range k.offers() {
		if o.on != k.conv.Flow.Live || !slices.Contains([]dialog.Action{dialog.ActPickReason, dialog.ActAnswer, dialog.ActAsk}, o.action) {
			continue
		}
		next := k.copy(k.t)
		form := dialog.Args{}
		if o.action == dialog.ActAsk && o.args["type"] == string(policy.Partial) && o.args["amount_fen"] == "" {
			form["amount_fen"] = "1000"
		}
		next.press(o.action, o.args, form)
		seen := len(s.at)
		s.keep(next)
		if o.action != dialog.ActPickReason || len(s.at) > seen || next.conv.Flow.Step == dialog.StepAnswer || next.conv.Flow.Step == dialog.StepClaim {
			s.explore(next, depth-1)
		}
	}
}

// supply gives one of the pieces that a requirement takes.
func (k *talk) supply(r policy.Requirement) {
	kind := r.AnyOf[0]
	if policy.Default().Evidence[kind].Media[0] == "text" {
		k.say(k.in("我找过驿站和门卫，都没有这个包裹，家里人也没有签收过", "Nobody at the station or the gate has seen the parcel and my family did not sign for it"))
		k.press(dialog.ActStatement, nil, nil)
		return
	}
	k.upload(kind)
}

// fromFiled are the stands of a case that is filed, at the ends of the roads to its states.
func (s *stands) fromFiled(t testing.TB) {
	for _, r := range roads() {
		k := newTalk(t, s.locale, goods(s.locale), roadTime("2026-11-10 09:00"))
		k.walk(r)
		k.say(k.in("现在什么进度了", "what is the status"))
		c := k.theCase()
		if c == nil || c.State == cases.Draft {
			continue
		}
		allowed := c.Allowed(cases.Buyer, cases.Env{Policy: policy.Default(), Line: k.line(), Now: k.now})
		for _, a := range dialog.Askings() {
			if a.Event != "" && a.Flow != dialog.FlowComplaint && slices.Contains(allowed, a.Event) {
				s.rest(k, a.Flow, a.Event)
			}
			if a.Step == dialog.StepTwice {
				twice := k.copy(t)
				twice.press(a.Pending, nil, nil)
				s.keep(twice)
			}
		}
		if slices.Contains(allowed, cases.EvAcceptOffer) {
			typed := k.copy(t)
			typed.say(k.in("我接受", "I accept"))
			if a, ok := askingOf(typed); !ok || a.Pending != dialog.ActAccept {
				t.Errorf("a typed acceptance asks %s", a)
			}
		}
		if c.State == cases.Refunded { // what is asked only of goods that went back
			again := k.copy(t)
			again.press(dialog.ActStart, nil, nil)
			again.press(dialog.ActPickOrder, dialog.Args{"order": again.lines[0].OrderID}, nil)
			s.explore(again, 2)
		}
	}
}

func (k *talk) line() cases.LineRecord {
	c := k.theCase()
	rec, err := k.cases.Line(context.Background(), buyer, c.Line.OrderID, c.Line.LineID)
	if err != nil {
		k.t.Fatal(err)
	}
	return rec
}

func (s *stands) ofComplaints(t testing.TB, begin func() *talk) {
	step := func(k *talk, a dialog.Action, args dialog.Args) {
		if !k.press(a, args, nil) {
			t.Fatalf("no card offers %s %v at %q", a, args, k.conv.Flow.Step)
		}
		s.keep(k)
	}
	k := begin()
	k.press(dialog.ActComplain, nil, nil)
	s.keep(k)
	step(k, dialog.ActPickOrder, dialog.Args{"order": k.lines[0].OrderID})
	step(k, dialog.ActPickKind, dialog.Args{"kind": "false_advertising"})
	k.say(k.in("直播间说防水，下了一场雨就进水了，客服还不承认说过", "The host said it was waterproof, it let in water and now they deny it"))
	s.keep(k)
	step(k, dialog.ActComplainOnly, nil)
	step(k, dialog.ActComplaintReady, nil)
	drop := k.copy(t)
	drop.say(k.in("算了", "never mind"))
	s.keep(drop)
	step(k, dialog.ActFileComplaint, nil)
	s.restComplaint(k)
	by := func(ev complaints.Event) {
		if err := k.complaintHappens(ev); err != nil {
			t.Fatalf("%s: %v", ev.Kind, err)
		}
		k.say(k.in("我的投诉怎么样了", "what is the status of my complaint"))
		s.restComplaint(k)
	}
	by(complaints.Event{Kind: complaints.EvForward, Actor: cases.System})
	by(complaints.Event{Kind: complaints.EvReply, Actor: cases.Merchant, By: "s1", Text: k.in("已向买家说明", "we have explained it to the buyer")})
	by(complaints.Event{Kind: complaints.EvClaim, Actor: cases.Agent, By: "a1"})
	upheld := k.copy(t)
	by(complaints.Event{Kind: complaints.EvNotUphold, Actor: cases.Agent, By: "a1", Text: k.in("聊天记录里没有能证明这一点的内容", "the records do not show what was said")})
	k = upheld // only what was upheld is his to confirm
	by(complaints.Event{Kind: complaints.EvUphold, Actor: cases.Agent, By: "a1", Text: k.in("聊天记录显示的情况属实，已核对", "the records show that it is so"), Measure: complaints.Warning})
	s.aboutHim(t, begin)
}

// restComplaint notes what a filed complaint waits for from the buyer, and what he is asked when he does it.
func (s *stands) restComplaint(k *talk) {
	c := k.complaint()
	rec, err := k.filed.Line(context.Background(), buyer, c.Line.OrderID, c.Line.LineID)
	if err != nil {
		k.t.Fatal(err)
	}
	allowed := c.Allowed(cases.Buyer, complaints.Env{Policy: policy.Default(), Line: rec, Now: k.now})
	for _, a := range dialog.Askings() {
		if a.Flow == dialog.FlowComplaint && a.Event != "" && slices.Contains(allowed, a.Event) {
			s.rest(k, a.Flow, a.Event)
		}
	}
	for _, a := range []dialog.Action{dialog.ActComplaintAppeal, dialog.ActComplaintAnswer, dialog.ActComplaintWithdraw} {
		next := k.copy(k.t)
		next.press(a, nil, nil)
		s.keep(next)
	}
}

// aboutHim is a complaint of the shop's, which the buyer may answer.
func (s *stands) aboutHim(t testing.TB, begin func() *talk) {
	k := begin()
	id := complaints.ID(strings.Replace(string(k.conv.ID), "d_", complaints.Prefix+"_", 1))
	c, err := k.as.Complaints.Open(t.Context(), id, complaints.Opening{
		By: cases.Merchant, Who: "s1", Conversation: string(k.conv.ID), Line: k.lines[0], Kind: "malicious_claim",
		Text: k.in("买家多次恶意退货", "the buyer returns goods in bad faith"),
	})
	if err != nil {
		t.Fatal(err)
	}
	k.conv.Flow.Complaint.ID = c.ID
	if err := k.complaintHappens(complaints.Event{Kind: complaints.EvForward, Actor: cases.System}); err != nil {
		t.Fatal(err)
	}
	k.say(k.in("我的投诉怎么样了", "what is the status of my complaint"))
	s.restComplaint(k)
}

// finish drives a conversation to the end of its flow by right presses, and says what is in the way. since is where
// it stood when the flow was not at its end yet.
func (k *talk) finish(a dialog.Asking, since *talk) string {
	before, filed := len(since.cases.did), len(since.filed.did)
	for range 30 {
		for _, ev := range k.cases.did[before:] {
			if a.Event != "" || !slices.Contains([]cases.EventKind{cases.EvOpen, cases.EvAmend, cases.EvSupplement, cases.EvUnstage}, ev.Kind) {
				return ""
			}
		}
		for _, ev := range k.filed.did[filed:] {
			if ev.Kind != complaints.EvOpen {
				return ""
			}
		}
		if why := k.next(a); why != "" {
			return why
		}
		if a.Event == cases.EvSupplement && k.heard("evidence.got", "evidence.got_more") {
			return ""
		}
	}
	return "it goes round in circles at " + string(k.conv.Flow.Step)
}

// next makes the right press, or what the step takes in its place.
func (k *talk) next(a dialog.Asking) string {
	k.t.Helper()
	if k.conv.Holder != dialog.HeldByBot {
		k.conv = dialog.Return(k.conv, k.now) // the agent gives the floor back
		return ""
	}
	try := func(a dialog.Action, args, form dialog.Args) string {
		if !k.press(a, args, form) {
			return "no card offers " + string(a) + " at " + string(k.conv.Flow.Step)
		}
		return ""
	}
	switch k.conv.Flow.Step {
	case dialog.StepIdle:
		return k.begin(a)
	case dialog.StepOrder, dialog.StepComplaintOrder:
		return try(dialog.ActPickOrder, dialog.Args{"order": k.lines[0].OrderID}, nil)
	case dialog.StepReason, dialog.StepConfirm, dialog.StepClosed:
		if why := try(dialog.ActPickReason, nil, nil); why == "" {
			return ""
		}
		return try(dialog.ActCancel, nil, nil)
	case dialog.StepAnswer:
		return try(dialog.ActAnswer, dialog.Args{"value": "yes"}, nil)
	case dialog.StepClaim:
		return try(dialog.ActAsk, nil, dialog.Args{"amount_fen": "500"})
	case dialog.StepEvidence:
		if missing := k.theCase().Verdict.Missing; len(missing) > 0 {
			k.supply(missing[0])
			return ""
		}
		return try(dialog.ActReady, nil, nil)
	case dialog.StepSummary:
		return try(dialog.ActSubmit, nil, nil)
	case dialog.StepCancel:
		return try(dialog.ActGoOn, nil, nil)
	case dialog.StepTrouble:
		return try(dialog.ActTrouble, nil, nil)
	case dialog.StepTwice:
		for _, o := range k.offers() {
			if o.on == k.conv.Flow.Live && o.action.FlowBound() {
				return try(o.action, o.args, nil)
			}
		}
		return "nothing confirms " + string(k.conv.Flow.Pending)
	case dialog.StepComplaintKind:
		return try(dialog.ActPickKind, nil, nil)
	case dialog.StepComplaintStory:
		k.say(k.in("客服在聊天里骂我，说话很难听，还把我拉黑了", "The shop's clerk insulted me in the chat and then blocked me"))
		return ""
	case dialog.StepComplaintMoney:
		return try(dialog.ActComplainOnly, nil, nil)
	case dialog.StepComplaintEvidence:
		return try(dialog.ActComplaintReady, nil, nil)
	case dialog.StepComplaintSummary:
		return try(dialog.ActFileComplaint, nil, nil)
	case dialog.StepComplaintDrop:
		return try(dialog.ActComplaintOn, nil, nil)
	case dialog.StepComplaintSay:
		if k.conv.Flow.Complaint.Say == "" {
			k.say(k.in("聊天记录里有他们的原话，请再看一次记录", "Their own words are in the chat, please look at it again"))
			return ""
		}
		return try(dialog.ActComplaintSend, nil, nil)
	case dialog.StepComplaintTwice:
		return try(dialog.ActComplaintWithdrawYes, nil, nil)
	}
	return "nobody knows the step " + string(k.conv.Flow.Step)
}

// begin takes up a flow where the conversation is at rest.
func (k *talk) begin(a dialog.Asking) string {
	switch {
	case a.Event == cases.EvSupplement:
		k.upload("packaging_photo")
	case a.Event == cases.EvAppeal && a.Flow == dialog.FlowAppeal || a.Pending == dialog.ActAppeal:
		k.upload("inspection_report")
		k.press(dialog.ActAppeal, nil, nil)
	case a.Event == cases.EvFillTracking || a.Event == cases.EvFixTracking || a.Event == cases.EvSendRest:
		k.press(a.Answers[0], nil, dialog.Args{"carrier": "顺丰速运", "waybill": "SF1234567890123"})
	case a.Event != "":
		k.press(a.Answers[0], nil, nil)
	case a.Pending != "":
		if a.Pending == dialog.ActResubmit {
			k.upload("packaging_photo")
		}
		k.press(a.Pending, nil, nil)
	case a.Step == dialog.StepComplaintTwice:
		k.press(dialog.ActComplaintWithdraw, nil, nil)
	case a.Flow == dialog.FlowComplaint:
		k.press(dialog.ActComplain, nil, nil)
	default:
		k.press(dialog.ActStart, nil, nil)
	}
	return ""
}
