package bot

import (
	"slices"
	"testing"
	"time"

	"recourse/cases"
	"recourse/dialog"
)

// stand is a conversation at an asking, to be played on.
func stand(t *testing.T, name string) *talk {
	t.Helper()
	at := findStands(t, dialog.ZH).at[name]
	if at == nil {
		t.Fatalf("%s is never asked", name)
	}
	return at.copy(t)
}

func (k *talk) keys() []string { return keys(k.answers()) }

func (k *talk) expect(step dialog.Step, said ...string) {
	k.t.Helper()
	for _, key := range said {
		if !slices.Contains(k.keys(), key) {
			k.t.Errorf("said %v, want %s", k.keys(), key)
		}
	}
	if k.conv.Flow.Step != step {
		k.t.Errorf("it stands at %q, want %q", k.conv.Flow.Step, step)
	}
}

// Who comes back to a draft that has closed meanwhile is told so, and begins again.
func TestWhoComesBackToAClosedDraftIsToldSo(t *testing.T) {
	for _, name := range []string{"apply/evidence", "apply/answer/intact", "apply/summary", "apply/cancel"} {
		k := stand(t, name)
		due := k.theCase().Deadlines[cases.TimerDraft]
		k.now = due.Add(time.Hour)
		if err := k.happens(cases.Event{Kind: cases.TimerEvent(cases.TimerDraft), Actor: cases.System}); err != nil {
			t.Fatal(err)
		}
		k.say("好的")
		k.expect(dialog.StepIdle, "moved.closed")
		if !k.press(dialog.ActStart, nil, nil) || k.conv.Flow.Step != dialog.StepOrder {
			t.Errorf("%s: it does not begin again", name)
		}
	}
}

// After days the draft is judged by what is so then.
func TestWhoComesBackLateIsJudgedByWhatIsSoThen(t *testing.T) {
	k := stand(t, "apply/evidence")
	k.lines = slices.Clone(k.lines)
	k.lines[0].SignedAt = k.lines[0].SignedAt.AddDate(0, -3, 0) // the order system has it right now
	k.wired()
	k.say("我回来了，接着弄")
	k.expect(dialog.StepClosed, "moved.verdict")
	if len(k.cases.did) != len(stand(t, "apply/evidence").cases.did) {
		t.Error("looking at it anew changed the case")
	}
}

// The merchant answers while the buyer is asked whether he means it: he is asked again, about the case as it is now.
func TestAConfirmationIsOfTheCaseAsItIsNow(t *testing.T) {
	k := stand(t, "withdraw/twice/withdraw")
	reject := pastStep{Do: "reject", By: "merchant", Code: "MR04", Text: "没有问题"}
	for k.theCase().State != cases.MerchantReview {
		t.Fatalf("the stand is in %s", k.theCase().State)
	}
	if err := k.happens(reject.event(1, k.now)); err != nil {
		t.Fatal(err)
	}
	said := k.copy(t)
	said.say("嗯嗯")
	said.expect(dialog.StepTwice, "moved.again", "twice.withdraw")

	k.press(dialog.ActWithdrawYes, nil, nil)
	k.expect(dialog.StepTwice, "moved.again", "twice.withdraw")
	if k.theCase().State != cases.MerchantRejected {
		t.Fatalf("a confirmation of another version was carried out: %s", k.theCase().State)
	}
	k.press(dialog.ActWithdrawYes, nil, nil)
	if k.theCase().State != cases.ClosedWithdrawn {
		t.Errorf("the second press leaves it %s", k.theCase().State)
	}
}

// What was to be confirmed is over: nothing is done, and he is told how it stands.
func TestAnOfferThatIsOverIsNotAcceptedLater(t *testing.T) {
	for _, how := range []string{"接受吧", "那就同意"} {
		k := stand(t, "offer/twice/accept_offer")
		k.now = k.theCase().Deadlines[cases.TimerOffer].Add(time.Hour)
		if err := k.happens(cases.Event{Kind: cases.TimerEvent(cases.TimerOffer), Actor: cases.System}); err != nil {
			t.Fatal(err)
		}
		k.say(how)
		k.expect(dialog.StepIdle, "moved.case", "status")
		if k.theCase().State == cases.OfferPending || len(k.theCase().Arbitration.Outcome) > 0 {
			t.Errorf("the case is %s", k.theCase().State)
		}
	}
}

func TestTheLanguageFollowsTheBuyer(t *testing.T) {
	k := stand(t, "apply/evidence")
	k.say("ok")
	if k.conv.Locale != dialog.ZH {
		t.Fatal("a short word switched the language")
	}
	k.say("why do you need this from me?")
	if k.conv.Locale != dialog.EN {
		t.Fatal("a clear sentence did not switch the language")
	}
	k.locale = dialog.EN
	for _, e := range k.answers() {
		if why := unfit(e, dialog.EN, k); why != "" && e.Key == "why.evidence" {
			t.Errorf("%s: %q", why, e.Text)
		}
	}
	k.say("ok")
	if k.conv.Locale != dialog.EN {
		t.Error("a short word switched it back")
	}
	k.say("还是说中文吧")
	if k.conv.Locale != dialog.ZH {
		t.Error("it does not come back to Chinese")
	}
}

// He says another day than the order system shows: he is told which, a person is offered, and nothing is changed.
func TestADateThatTheOrderSystemDoesNotShowIsNotTaken(t *testing.T) {
	k := stand(t, "apply/evidence")
	before := k.theCase()
	k.say("应该是11月2号收到的")
	k.expect(dialog.StepEvidence, "date.differs", "evidence.ask")
	if !slices.ContainsFunc(k.offers(), func(o offer) bool { return o.action == dialog.ActHuman }) {
		t.Error("no person is offered")
	}
	if asJSON(t, before) != asJSON(t, k.theCase()) {
		t.Error("the case was changed")
	}
	k = stand(t, "apply/evidence")
	k.say("昨天收到的") // as it was
	if slices.Contains(k.keys(), "date.differs") {
		t.Error("the day that the order system shows is contradicted")
	}
}

func TestWhatIsTypedIsPreparedForThePress(t *testing.T) {
	k := stand(t, "return/fill_tracking")
	k.say("SF1234567890123 已寄出")
	k.expect(dialog.StepIdle, "waybill.typed_carrier")
	if !k.press(dialog.ActTracking, dialog.Args{"waybill": "SF1234567890123", "carrier": "顺丰速运"}, nil) || k.theCase().State != cases.ReturnInTransit {
		t.Errorf("the case is %s", k.theCase().State)
	}
	k = stand(t, "return/fill_tracking")
	k.say("单号 7300123456789") // the parcel that came
	k.expect(dialog.StepIdle, "waybill.typed_outbound")

	k = stand(t, "apply/order")
	k.say("6920251100030006")
	if o := k.offers(); len(o) == 0 || o[0].args["order"] != "6920251100030006" && !slices.ContainsFunc(o, func(o offer) bool { return o.style == "primary" && o.args["order"] == "6920251100030006" }) {
		t.Errorf("the order that he named is not the first: %+v", o)
	}
}
