package dialog_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/dialog"
)

var propNow = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

var (
	allSteps = []dialog.Step{
		dialog.StepIdle, dialog.StepOrder, dialog.StepReason, dialog.StepConfirm, dialog.StepAnswer, dialog.StepClaim, dialog.StepEvidence,
		dialog.StepSummary, dialog.StepClosed, dialog.StepTwice, dialog.StepCancel, dialog.StepTrouble,
		dialog.StepComplaintOrder, dialog.StepComplaintKind, dialog.StepComplaintStory, dialog.StepComplaintMoney, dialog.StepComplaintEvidence,
		dialog.StepComplaintSummary, dialog.StepComplaintDrop, dialog.StepComplaintSay, dialog.StepComplaintTwice,
	}
	allIntents = []dialog.Intent{
		dialog.IntentUnknown, dialog.IntentGreet, dialog.IntentRefund, dialog.IntentStatus, dialog.IntentEscalate, dialog.IntentWithdraw,
		dialog.IntentEvidence, dialog.IntentHuman, dialog.IntentBot, dialog.IntentYes, dialog.IntentNo, dialog.IntentThanks,
		dialog.IntentCancel, dialog.IntentRepeat, dialog.IntentWhy, dialog.IntentOutside, dialog.IntentTrouble, dialog.IntentComplaint, dialog.IntentNoun,
		dialog.IntentEmpty, dialog.IntentAccept, dialog.IntentDecline, dialog.IntentCorrect, dialog.IntentBack, dialog.IntentSkip, dialog.IntentRefuse, dialog.IntentWait, dialog.IntentDistress,
		"an intent of a later version",
	}
	allActions = []dialog.Action{
		dialog.ActStart, dialog.ActStatus, dialog.ActPickOrder, dialog.ActMoreOrders, dialog.ActPickReason, dialog.ActOtherReason,
		dialog.ActAnswer, dialog.ActReady, dialog.ActSubmit, dialog.ActEdit, dialog.ActCancel, dialog.ActEscalate, dialog.ActResubmit,
		dialog.ActResubmitYes, dialog.ActWait, dialog.ActWithdraw, dialog.ActWithdrawYes, dialog.ActAccept, dialog.ActAcceptYes,
		dialog.ActDecline, dialog.ActAppeal, dialog.ActAppealYes, dialog.ActTracking, dialog.ActReceived, dialog.ActHuman, dialog.ActBot,
		dialog.ActTrouble,
		dialog.ActComplain, dialog.ActPickKind, dialog.ActOtherKind, dialog.ActRetell, dialog.ActComplainOnly, dialog.ActRefundToo,
		dialog.ActRefundInstead, dialog.ActComplaintReady, dialog.ActFileComplaint, dialog.ActDropComplaint, dialog.ActComplaintOn,
		dialog.ActComplaintStatus, dialog.ActComplaintConfirm, dialog.ActComplaintUnhappy, dialog.ActComplaintAppeal, dialog.ActComplaintAnswer,
		dialog.ActComplaintSend, dialog.ActComplaintWithdraw, dialog.ActComplaintWithdrawYes,
		dialog.ActGoOn, dialog.ActKeepStory, dialog.ActUnstage, dialog.ActBalance, dialog.ActBalanceYes, dialog.ActClaim, dialog.ActAsk, dialog.ActStatement, dialog.ActSendRest,
	}
	allTopics = []dialog.Topic{
		"", dialog.TopicSignedAccepted, dialog.TopicNoResponse, dialog.TopicExtended, dialog.TopicItemsMissing, dialog.TopicNotArrived,
		dialog.TopicUploadFailed, dialog.TopicAppeal, dialog.TopicForgery, dialog.TopicCoins, "a topic of a later version",
	}
	allReasons = append(slices.Clone(policy.Default().Order), "", "no_such_reason")
	pendings   = []dialog.Action{dialog.ActWithdraw, dialog.ActResubmit, dialog.ActAccept, dialog.ActAppeal}
)

// anyLine is an order line in some status.
func anyLine(t *rapid.T, order string) policy.Line {
	l := policy.Line{
		OrderID: order, LineID: "1", BuyerID: "b1", ShopID: "s1", Title: "智能手环", PaidGoodsFen: 19900, ReturnAddress: "示例路 8 号售后部",
		Status: rapid.SampledFrom([]policy.Status{policy.PaidUnshipped, policy.Shipped, policy.Signed, policy.Completed, policy.Closed}).Draw(t, "status"),
		PaidAt: propNow.AddDate(0, 0, -12),
	}
	if l.Status == policy.Signed || l.Status == policy.Completed {
		l.SignedAt = propNow.AddDate(0, 0, -rapid.IntRange(0, 20).Draw(t, "signed"))
	}
	return l
}

// anyCase is a case in some state: a draft made by the rules, then perhaps put elsewhere with whatever a
// case there may carry.
func anyCase(t *rapid.T, line policy.Line) *cases.Case {
	env := cases.Env{Policy: policy.Default(), Now: propNow}
	res, err := cases.NewDraft("c_000_A", "b1", "d_000_A", line, env)
	if err != nil {
		t.Fatal(err)
	}
	c := res.Case
	if reason := rapid.SampledFrom(allReasons).Draw(t, "reason"); slices.Contains(policy.Default().Order, reason) {
		answers := anyAnswers(t)
		amended, err := c.Apply(env, cases.Event{Key: "k", Kind: cases.EvAmend, Actor: cases.Buyer, By: "b1", Reason: reason, Answers: &answers})
		if err == nil {
			c = amended.Case
		}
	}
	var all []cases.State
	for _, s := range cases.States() {
		all = append(all, s.State)
	}
	c.State = rapid.SampledFrom(all).Draw(t, "state")
	if c.State == cases.Draft {
		return &c
	}
	if c.Verdict == nil { // only drafts have none
		v := policy.Default().Evaluate(c.Facts(c.Line, cases.LineRecord{}), propNow)
		c.Verdict = &v
	}
	c.Deadlines = map[cases.Timer]time.Time{}
	for _, s := range cases.States() {
		if s.Timer != "" && rapid.Bool().Draw(t, string(s.Timer)) {
			c.Deadlines[s.Timer] = propNow.Add(time.Duration(rapid.IntRange(-50, 50).Draw(t, "hours")) * time.Hour)
		}
	}
	if c.State == cases.EvidenceRequested { // somebody was asked, and has a clock
		asked := cases.EvidenceRequest{Party: cases.Buyer, Kinds: []policy.EvidenceKind{"packaging_photo"}, Text: "请拍外箱", At: propNow}
		timer := cases.TimerEvidenceBuyer
		if rapid.Bool().Draw(t, "merchant asked") {
			asked.Party, timer = cases.Merchant, cases.TimerEvidenceShop
		}
		c.Arbitration.Asked = []cases.EvidenceRequest{asked}
		c.Deadlines[timer] = propNow.Add(time.Hour)
	}
	c.Rejection = &cases.Rejection{Code: "MR03", Text: "没有问题", Phase: cases.PhaseApplication, At: propNow}
	c.Offer = &cases.Offer{Kind: policy.Partial, AmountFen: 500, From: cases.MerchantReview, At: propNow}
	c.Overdue, c.Arbitration.Final = rapid.Bool().Draw(t, "overdue"), rapid.Bool().Draw(t, "final")
	return &c
}

func anyAnswers(t *rapid.T) policy.Answers {
	tri := rapid.SampledFrom([]policy.Tri{policy.Unknown, policy.Yes, policy.No})
	var a policy.Answers
	for _, q := range policy.YesNo() {
		a = a.With(q, tri.Draw(t, string(q)))
	}
	return a
}

// anyTalk is a conversation at some point and what it may look at.
func anyTalk(t *rapid.T) (dialog.Conversation, dialog.Scene) {
	scene := dialog.Scene{Policy: policy.Default(), Now: propNow}
	for i := range rapid.IntRange(0, 3).Draw(t, "lines") {
		l := dialog.LineScene{Line: anyLine(t, fmt.Sprint("o", i))}
		if rapid.IntRange(0, 3).Draw(t, "open") == 0 {
			l.History.OpenCase = "c_000_A"
		}
		scene.Lines = append(scene.Lines, l)
	}
	conv := dialog.Conversation{ID: "d_000_A", Buyer: "b1", Holder: dialog.HeldByBot, Epoch: 1}
	conv.Flow = dialog.Flow{
		Step: rapid.SampledFrom(allSteps).Draw(t, "step"), Live: int64(rapid.IntRange(0, 3).Draw(t, "live")),
		Reason: rapid.SampledFrom(allReasons).Draw(t, "flow reason"), Pending: rapid.SampledFrom(pendings).Draw(t, "pending"),
		From: rapid.SampledFrom(allSteps).Draw(t, "from"), Asked: rapid.SampledFrom(append(policy.YesNo(), "", "nonsense")).Draw(t, "asked"),
		Answered: rapid.SampledFrom([][]policy.QuestionID{nil, {policy.AskReceived}, {policy.AskReceived, policy.AskIntact}}).Draw(t, "answered"),
		Summed:   rapid.IntRange(0, 2).Draw(t, "summed"),
		Misses:   rapid.IntRange(0, 5).Draw(t, "misses"), Story: "手环坏了", Answers: anyAnswers(t),
	}
	if rapid.Bool().Draw(t, "in trouble") {
		before := dialog.Pressed{Action: dialog.ActTrouble, Args: dialog.Args{"code": rapid.SampledFrom([]string{"network", "server", "too_large", "other"}).Draw(t, "failed")}}
		conv.Flow.Trouble = dialog.Next(conv, scene, before, propNow).Flow.Trouble
	}
	if rapid.Bool().Draw(t, "with case") {
		scene.Case = anyCase(t, anyLine(t, "o0"))
		conv.Flow.Case = scene.Case.ID
	}
	if rapid.Bool().Draw(t, "with complaint") {
		anyComplaint(t, &conv, &scene)
	}
	return conv, scene
}

// anyComplaint puts a complaint in some state into the scene, and what was said towards it into the flow.
func anyComplaint(t *rapid.T, conv *dialog.Conversation, scene *dialog.Scene) {
	var states []complaints.State
	for _, s := range complaints.States() {
		states = append(states, s.State)
	}
	c := complaints.Complaint{
		ID: "k_000_A", Version: 1, State: rapid.SampledFrom(states).Draw(t, "complaint state"), Buyer: "b1", Shop: "s1", Line: anyLine(t, "o0"),
		By: rapid.SampledFrom([]cases.Actor{cases.Buyer, cases.Merchant}).Draw(t, "complains"), Kind: "service_attitude", Text: "骂人",
		Deadlines: map[cases.Timer]time.Time{complaints.TimerReply: propNow.Add(time.Hour), complaints.TimerAudit: propNow.AddDate(0, 0, 5)},
	}
	if c.State != complaints.Draft {
		c.FiledAt = propNow
		scene.Complaints.Filed = &c
	}
	scene.Complaints.At = &c
	kinds := rapid.SampledFrom([]policy.ComplaintKindID{"", "service_attitude", "false_advertising", "no such kind"})
	conv.Flow.Complaint = dialog.ComplaintFlow{
		ID: c.ID, Kind: kinds.Draw(t, "kind"), Picked: rapid.Bool().Draw(t, "picked"), Text: rapid.SampledFrom([]string{"", "骂人"}).Draw(t, "story"),
		Money:  rapid.SampledFrom([]policy.Tri{policy.Unknown, policy.Yes, policy.No}).Draw(t, "money"),
		Talked: rapid.Bool().Draw(t, "talked"), Ready: rapid.Bool().Draw(t, "ready"),
		Pending: rapid.SampledFrom([]dialog.Action{dialog.ActComplaintAppeal, dialog.ActComplaintAnswer}).Draw(t, "to say"),
		Say:     rapid.SampledFrom([]string{"", "不同意"}).Draw(t, "said"), Resume: rapid.SampledFrom(allSteps).Draw(t, "resume"),
	}
}

func anyHeard(t *rapid.T) dialog.Heard {
	h := anySaid(t)
	if rapid.Bool().Draw(t, "asks besides") {
		said := anySaid(t)
		h.Tail = dialog.Tail{Text: rapid.String().Draw(t, "tail"), Topic: rapid.SampledFrom(allTopics).Draw(t, "tail topic"), Said: &said}
	}
	return h
}

func anySaid(t *rapid.T) dialog.Heard {
	return dialog.Heard{
		Text: rapid.String().Draw(t, "text"), Intent: rapid.SampledFrom(allIntents).Draw(t, "intent"),
		Reason: rapid.SampledFrom(allReasons).Draw(t, "heard"), Doubts: rapid.SliceOfN(rapid.SampledFrom(allReasons), 0, 2).Draw(t, "doubts"),
		Lines: rapid.SampledFrom([][]string{nil, {"o0/1"}, {"o1/1", "o0/1"}, {"gone/1"}}).Draw(t, "about"),
		Angry: rapid.Bool().Draw(t, "angry"), Answers: anyAnswers(t), Topic: rapid.SampledFrom(allTopics).Draw(t, "topic"),
		Share:     rapid.SampledFrom([]dialog.Share{{}, {N: 1, Of: 2}, {N: 2}, {N: 3, Of: 3}, {N: -1, Of: 7}}).Draw(t, "share"),
		Complaint: rapid.SampledFrom([]policy.ComplaintKindID{"", "harassment"}).Draw(t, "conduct"),
		Corrects:  rapid.SampledFrom([]dialog.Datum{"", dialog.DatumOrder, dialog.DatumReason, dialog.DatumClaim, dialog.DatumEvidence, dialog.DatumFact, dialog.DatumWaybill}).Draw(t, "corrects"),
		CameOn:    rapid.SampledFrom([]dialog.Day{{}, {Named: true, Ago: 1}, {Named: true, Nth: 9}, {Named: true, Month: 2, Day: 29}, {Named: true, Day: 31}}).Draw(t, "came"),
		Waybill:   rapid.SampledFrom([]string{"", "SF1234567890123", "7300123456789"}).Draw(t, "waybill"), Carrier: rapid.SampledFrom([]string{"", "顺丰速运", "a pigeon"}).Draw(t, "carrier"),
		Want:      rapid.SampledFrom([]policy.RefundType{"", policy.Partial, policy.Reship, policy.RefundOnly}).Draw(t, "want"),
		AmountFen: rapid.SampledFrom([]int64{0, 1, 1200, 100_000_000}).Draw(t, "amount"),
		Money:     rapid.Bool().Draw(t, "wants money"), Asks: rapid.Bool().Draw(t, "asks"),
		Points: rapid.SampledFrom([][]policy.EvidenceKind{nil, {"packaging_photo"}, {"no such kind", "chat_screenshot"}}).Draw(t, "points"),
	}
}

// worded renders a plan in both languages: it must have words for every key, and a card for every spec.
func worded(t *rapid.T, p dialog.Plan, scene dialog.Scene) {
	for _, locale := range []dialog.Locale{dialog.ZH, dialog.EN} {
		words := replies.In(locale, scene.Policy)
		for i, r := range p.Replies {
			if !words.Has(r.Key) {
				t.Fatalf("%s has no words for %q", locale, r.Key)
			}
			e := words.Render(r, dialog.Author{Kind: dialog.FromBot}, fmt.Sprint(i), propNow, scene)
			if e.Text == "" {
				t.Fatalf("%s says nothing for %q with %v", locale, r.Key, r.Slots)
			}
			if e.Card == nil {
				continue
			}
			for _, b := range e.Card.Buttons {
				if !b.Action.Known() || b.Label == "" {
					t.Fatalf("%s offers the button %+v", r.Key, b)
				}
			}
		}
	}
	for _, n := range p.Notes {
		if !replies.In(dialog.EN, scene.Policy).Has(n.Key) {
			t.Fatalf("no words for the note %q", n.Key)
		}
	}
	if at := p.LiveAt(); at >= len(p.Replies) {
		t.Fatalf("the live card is reply %d of %d", at, len(p.Replies))
	}
}

// Whatever is written or uploaded, wherever the conversation stands, the ledger is asked for nothing, and
// the buyer is never left without an answer.
func TestWordsAndUploadsNeverCauseACommandAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		conv, scene := anyTalk(t)
		var in dialog.Input = anyHeard(t)
		if rapid.IntRange(0, 4).Draw(t, "upload") == 0 {
			in = dialog.Uploaded{Item: dialog.EvidenceItem{ID: "e", Kind: "item_photo"}, Case: rapid.SampledFrom([]cases.ID{"c_000_A", "c_000_B", ""}).Draw(t, "of")}
		}
		p := dialog.Next(conv, scene, in, propNow)
		if p.Do != nil {
			t.Fatalf("%+v caused %+v", in, p.Do)
		}
		if len(p.Replies) == 0 && p.Handoff == "" {
			t.Fatalf("%+v at %q gets no answer", in, conv.Flow.Step)
		}
		if h, ok := in.(dialog.Heard); ok && h.Intent == dialog.IntentHuman && p.Handoff != dialog.HandoffAsked {
			t.Fatalf("whoever asks for a person gets %+v", p)
		}
		worded(t, p, scene)
	})
}

// Whatever is pressed, nothing breaks; a command is the buyer's own, about the case at hand or one of his
// lines; and the ledger's answer, whatever it is, has words.
func TestAnyPressIsSurvivedAndWorded(t *testing.T) {
	codes := []error{
		nil, &cases.Error{Code: cases.CodeStateConflict}, &cases.Error{Code: cases.CodeVersionConflict}, &cases.Error{Code: cases.CodeEvidenceRequired},
		&cases.Error{Code: cases.CodeEligibilityFailed}, &cases.Error{Code: cases.CodeAlreadyOpen}, &cases.Error{Code: cases.CodeConfirmation},
		&cases.Error{Code: cases.CodeFieldRequired}, &cases.Error{Code: cases.CodeAttemptsExhausted}, &cases.Error{Code: cases.CodeAppealEvidence},
		&cases.Error{Code: cases.CodeEscalationClosed}, &cases.Error{Code: cases.CodeEscalationNotOpen}, &cases.Error{Code: cases.CodeDeadlinePassed},
		&cases.Error{Code: cases.CodeAmountInvalid}, &cases.Error{Code: cases.CodeNotParty},
	}
	rapid.Check(t, func(t *rapid.T) {
		conv, scene := anyTalk(t)
		p := dialog.Pressed{On: int64(rapid.IntRange(0, 3).Draw(t, "on")), Action: rapid.SampledFrom(allActions).Draw(t, "action"), Args: dialog.Args{}}
		for _, arg := range [][]string{
			{"case", "c_000_A", "c_000_A", "c_000_B", ""},
			{"complaint", "k_000_A", "k_000_A", "k_000_B", ""},
			{"kind", "service_attitude", "malicious_claim", "nonsense", ""},
			{"order", "o0", "o1", "gone"},
			{"line", "1", "2"},
			{"version", "1", "2", "x"},
			{"reason", "quality_defect", "no_reason_7d", "nonsense", ""},
			{"question", "received", "spec_diff", "nonsense"},
			{"value", "yes", "no", "perhaps"},
			{"type", "partial", "return_refund", "reship", "nonsense", ""},
			{"amount_fen", "1", "-1", "99999999999999999999", "x", ""},
			{"carrier", "SF", ""},
			{"waybill", "SF1", ""},
			{"code", "network", "server", "too_large", "case_moved", "deadline_passed", "told_picker", "nonsense"},
			{"type", "video/mp4", "image/heic", ""},
		} {
			if rapid.IntRange(0, 3).Draw(t, arg[0]) > 0 {
				p.Args[arg[0]] = rapid.SampledFrom(arg[1:]).Draw(t, arg[0])
			}
		}
		plan := dialog.Next(conv, scene, p, propNow)
		worded(t, plan, scene)
		do := plan.Do
		if do == nil {
			if len(plan.Replies) == 0 && plan.Handoff == "" && !plan.Return {
				t.Fatalf("%+v at %q gets no answer", p, conv.Flow.Step)
			}
			return
		}
		if p.Action.FlowBound() && p.On != conv.Flow.Live {
			t.Fatalf("a press on card %d caused %+v while %d is current", p.On, do, conv.Flow.Live)
		}
		switch ev := do.Event; {
		case do.Complaint != nil && do.Complaint.Open != nil:
			if do.Complaint.Open.BuyerID != conv.Buyer {
				t.Fatalf("complains about the line of %s", do.Complaint.Open.BuyerID)
			}
		case do.Complaint != nil:
			if ev := do.Complaint.Event; ev.Actor != cases.Buyer || ev.By != conv.Buyer || scene.Complaints.At == nil || do.Complaint.ID != scene.Complaints.At.ID {
				t.Fatalf("%+v causes %+v", p, do.Complaint)
			}
		case do.Open != nil:
			if do.Open.BuyerID != conv.Buyer {
				t.Fatalf("opens on the line of %s", do.Open.BuyerID)
			}
		case ev.Kind != "":
			if ev.Actor != cases.Buyer || ev.By != conv.Buyer || scene.Case == nil || do.Case != scene.Case.ID {
				t.Fatalf("%+v causes %+v", p, do)
			}
		}
		answer := rapid.SampledFrom(codes).Draw(t, "answer")
		after := scene
		switch {
		case do.Complaint != nil:
			c := complaints.Complaint{ID: "k_000_A", Version: 2, State: complaints.Draft, By: cases.Buyer, Buyer: "b1", Shop: "s1", Line: anyLine(t, "o0")}
			if do.Complaint.Open == nil {
				c = *scene.Complaints.At
			}
			after.Complaints.At = &c
		case answer == nil && do.Open != nil:
			after.Case = anyDraft(t, *do.Open)
		case answer == nil && do.Event.Kind == cases.EvAmend, answer == nil && do.Event.Kind == "" && after.Case == nil:
			after.Case = anyDraft(t, anyLine(t, "o0"))
		}
		done := dialog.After(conv, after, plan, answer)
		worded(t, done, after)
		if done.Do != nil {
			t.Fatalf("one press caused two commands, the second %+v", done.Do)
		}
	})
}

// anyDraft is a draft as an amendment leaves it.
func anyDraft(t *rapid.T, line policy.Line) *cases.Case {
	c := anyCase(t, line)
	c.State = cases.Draft
	if c.Verdict == nil {
		v := policy.Default().Evaluate(c.Facts(line, cases.LineRecord{}), propNow)
		c.Verdict = &v
	}
	return c
}
