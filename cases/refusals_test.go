package cases

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"
	"time"

	"recourse/cases/policy"
)

// Where the stories below begin. Each is a day or so of one case.
func aDraft(t *testing.T) *told {
	return tell(t, "2026-03-02 15:20", "2026-03-03 09:00", nil)
}

func aFiledCase(t *testing.T) *told {
	s := aDraft(t)
	s.filed("2026-03-03 09:00")
	return s
}

func aRejectedCase(t *testing.T) *told {
	s := aFiledCase(t)
	s.do("2026-03-04 09:00", Merchant, EvReject, nil)
	return s
}

func aReviewedCase(t *testing.T) *told {
	s := aRejectedCase(t)
	s.do("2026-03-04 10:00", Buyer, EvEscalate, nil)
	s.do("2026-03-04 11:00", Agent, EvClaim, nil)
	return s
}

func aLostCase(t *testing.T) *told {
	s := aReviewedCase(t)
	s.do("2026-03-09 11:00", Agent, EvRuleMerchant, nil)
	return s
}

func anAgreedReturn(t *testing.T) *told {
	s := aFiledCase(t)
	s.do("2026-03-04 09:00", Merchant, EvAgreeReturn, nil)
	return s
}

func aReturnUnderWay(t *testing.T) *told {
	s := anAgreedReturn(t)
	s.do("2026-03-04 10:00", Buyer, EvFillTracking, nil)
	return s
}

func anInspection(t *testing.T) *told {
	s := aReturnUnderWay(t)
	s.do("2026-03-05 10:00", Carrier, EvCarrierSigned, nil)
	return s
}

func anOffer(t *testing.T) *told {
	s := aFiledCase(t)
	s.do("2026-03-04 09:00", Merchant, EvOffer, func(ev *Event) { ev.Type = "" })
	return s
}

func expired(t *testing.T) *told {
	s := aRejectedCase(t)
	s.fires("2026-03-06 09:00", TimerEscalate)
	return s
}

func anUpheldAppeal(t *testing.T) *told {
	s := aLostCase(t)
	s.do("2026-03-10 11:00", Buyer, EvSupplement, nil)
	s.do("2026-03-10 11:01", Buyer, EvAppeal, nil)
	s.do("2026-03-11 11:00", Agent, EvUphold, nil)
	return s
}

func TestEveryPublicCodeIsReached(t *testing.T) {
	plus := func(n int64) func(*Event) { return func(ev *Event) { ev.AmountFen += n } }
	offers := func(fen int64) func(*Event) { return func(ev *Event) { ev.AmountFen, ev.Type = fen, "" } }
	reached := map[Code]bool{}
	for _, tc := range []struct {
		code   Code
		name   string
		story  func(*testing.T) *told
		when   string
		actor  Actor
		kind   EventKind
		change func(*Event)
	}{
		{CodeNotParty, "another buyer submits", aDraft, "2026-03-03 10:00", Buyer, EvAmend, func(ev *Event) { ev.By = "b2" }},
		{CodeNotParty, "another shop answers", aFiledCase, "2026-03-03 10:00", Merchant, EvReject, func(ev *Event) { ev.By = "s2" }},
		{CodeNotParty, "the buyer agrees in the merchant's place", aFiledCase, "2026-03-03 10:00", Buyer, EvAgreeReturn, nil},
		{CodeNotParty, "the merchant rules", aReviewedCase, "2026-03-05 10:00", Merchant, EvRuleRefund, nil},
		{CodeNotParty, "the system rules", aReviewedCase, "2026-03-05 10:00", System, EvRuleRefund, nil},
		{CodeNotParty, "an agent without a name claims", aRejectedCaseQueued, "2026-03-04 12:00", Agent, EvClaim, func(ev *Event) { ev.By = "" }},
		{CodeNotParty, "an agent reopens who is no supervisor", expired, "2026-03-06 10:00", Agent, EvReopen, func(ev *Event) { ev.Role = "agent" }},
		{CodeStateConflict, "submitted twice", aFiledCase, "2026-03-03 10:00", Buyer, EvSubmit, nil},
		{CodeStateConflict, "money without return where a return was asked for", aFiledCase, "2026-03-03 10:00", Merchant, EvAgreeRefund, nil},
		{CodeStateConflict, "a signature for another parcel", aReturnUnderWay, "2026-03-05 10:00", Carrier, EvCarrierSigned, func(ev *Event) { ev.Waybill = "SF99999999" }},
		{CodeStateConflict, "a replacement for goods that came back", anInspection, "2026-03-05 11:00", Merchant, EvOffer, func(ev *Event) { ev.Type = policy.Reship }},
		{CodeStateConflict, "withdrawn while the merchant has the goods", anInspection, "2026-03-05 11:00", Buyer, EvWithdraw, nil},
		{CodeStateConflict, "withdrawn after a ruling", aLostCase, "2026-03-10 11:00", Buyer, EvWithdraw, nil},
		{CodeVersionConflict, "a view that is no longer current", aFiledCase, "2026-03-03 10:00", Merchant, EvReject, func(ev *Event) { ev.Expect = 2 }},
		{CodeVersionConflict, "a view from the future", aFiledCase, "2026-03-03 10:00", Merchant, EvReject, func(ev *Event) { ev.Expect = 99 }},
		{CodeDeadlinePassed, "a waybill after the time to ship", anAgreedReturn, "2026-03-11 09:00", Buyer, EvFillTracking, nil},
		{CodeDeadlinePassed, "an offer accepted when it has lapsed", anOffer, "2026-03-06 09:00", Buyer, EvAcceptOffer, nil},
		{CodeDeadlinePassed, "an appeal after its week", aLostCase, "2026-03-16 11:00", Buyer, EvAppeal, nil},
		{CodeDeadlinePassed, "reopened after the after-sale period", expired, "2026-03-18 00:00", Agent, EvReopen, nil},
		{CodeEligibilityFailed, "submitted without a reason", aDraft, "2026-03-03 10:00", Buyer, EvSubmit, nil},
		{CodeEvidenceRequired, "submitted without pictures", amended, "2026-03-03 10:00", Buyer, EvSubmit, nil},
		{CodeEvidenceRequired, "rejected without the proof that the code needs", aFiledCase, "2026-03-03 10:00", Merchant, EvReject, func(ev *Event) { ev.Evidence = nil }},
		{CodeEvidenceRejected, "a kind nobody knows", aDraft, "2026-03-03 10:00", Buyer, EvSupplement, func(ev *Event) { ev.Evidence[0].Kind = "horoscope" }},
		{CodeEvidenceLocked, "after a ruling for the buyer", ruledFor, "2026-03-09 12:00", Buyer, EvSupplement, nil},
		{CodeEvidenceLocked, "the merchant after a ruling against him", ruledFor, "2026-03-09 12:00", Merchant, EvSupplement, nil},
		{CodeEvidenceLocked, "the merchant after a ruling for him", aLostCase, "2026-03-10 11:00", Merchant, EvSupplement, nil},
		{CodeEvidenceLocked, "the buyer after the time to appeal", aLostCase, "2026-03-16 11:00", Buyer, EvSupplement, nil},
		{CodeEvidenceLocked, "the buyer after an appeal that upheld", anUpheldAppeal, "2026-03-12 11:00", Buyer, EvSupplement, nil},
		{CodeNotParty, "another shop after a ruling", aLostCase, "2026-03-10 11:00", Merchant, EvSupplement, func(ev *Event) { ev.By = "s2" }},
		{CodeStateConflict, "the merchant adds to the buyer's draft", aDraft, "2026-03-03 09:30", Merchant, EvSupplement, nil},
		{CodeAmountInvalid, "an offer of all", aFiledCase, "2026-03-03 10:00", Merchant, EvOffer, offers(20700)},
		{CodeAmountInvalid, "an offer of nothing", aFiledCase, "2026-03-03 10:00", Merchant, EvOffer, offers(0)},
		{CodeAmountInvalid, "a ruling above what was asked", aReviewedCase, "2026-03-05 10:00", Agent, EvRuleRefund, plus(20701)},
		{CodeAmountInvalid, "a ruling below nothing", aReviewedCase, "2026-03-05 10:00", Agent, EvRuleRefund, plus(-1)},
		{CodeAmountInvalid, "a settlement above what was asked", aReviewedCase, "2026-03-05 10:00", Agent, EvSettle, offers(20701)},
		{CodeAmountInvalid, "the channel paid something else", beingPaid, "2026-03-05 10:00", PaymentCh, EvPaymentSucceeded, plus(-1)},
		{CodeRejectReason, "rejected without a code", aFiledCase, "2026-03-03 10:00", Merchant, EvReject, func(ev *Event) { ev.Code = "" }},
		{CodeRejectReason, "rejected with a code of the other phase", aFiledCase, "2026-03-03 10:00", Merchant, EvReject, func(ev *Event) { ev.Code = "MR12" }},
		{CodeRejectReason, "rejected without a word", aFiledCase, "2026-03-03 10:00", Merchant, EvReject, func(ev *Event) { ev.Text = " " }},
		{CodeRejectReason, "rejected and the buyer not told of the platform", aFiledCase, "2026-03-03 10:00", Merchant, EvReject, func(ev *Event) { ev.Told = false }},
		{CodeRejectReason, "a return rejected with a code of the application", anInspection, "2026-03-05 11:00", Merchant, EvRejectReturn, func(ev *Event) { ev.Code = "MR04" }},
		{CodeExtendTooEarly, "the last instant of day five", aReturnUnderWay, "2026-03-09 09:59", Merchant, EvExtendReceipt, nil},
		{CodeExtendNotAllowed, "signed for", anInspection, "2026-03-06 10:00", Merchant, EvExtendReceipt, nil},
		{CodeEscalationNotOpen, "the merchant still has time", aFiledCase, "2026-03-03 10:00", Buyer, EvEscalate, nil},
		{CodeEscalationClosed, "forty-eight hours are over", aRejectedCase, "2026-03-06 09:01", Buyer, EvEscalate, nil},
		{CodeAttemptsExhausted, "a sixth application", afterAttempts(5), "2026-03-03 10:00", Buyer, EvSubmit, nil},
		{CodeAttemptsExhausted, "a sixth application instead of the fifth", rejectedAfterAttempts(4), "2026-03-04 10:00", Buyer, EvResubmit, nil},
		{CodeAlreadyOpen, "another case came in between", overtaken, "2026-03-03 10:00", Buyer, EvSubmit, nil},
		{CodeNothingNew, "the same application once more", theSameAgain, "2026-03-04 11:00", Buyer, EvSubmit, nil},
		{CodeAppealEvidence, "an appeal with nothing new", aLostCase, "2026-03-10 11:00", Buyer, EvAppeal, nil},
		{CodeConfirmation, "submitted without a press", complete, "2026-03-03 10:00", Buyer, EvSubmit, func(ev *Event) { ev.Confirmed = false }},
		{CodeConfirmation, "withdrawn without a press", aFiledCase, "2026-03-03 10:00", Buyer, EvWithdraw, func(ev *Event) { ev.Confirmed = false }},
		{CodeConfirmation, "an offer accepted without a press", anOffer, "2026-03-04 10:00", Buyer, EvAcceptOffer, func(ev *Event) { ev.Confirmed = false }},
		{CodeConfirmation, "the balance without the buyer's word", unpaid, "2026-03-05 13:00", Agent, EvRetryPayment, func(ev *Event) { ev.Method = Balance }},
		{CodeFieldRequired, "a way of payment nobody knows", unpaid, "2026-03-05 13:00", Agent, EvRetryPayment, func(ev *Event) { ev.Method = "cash" }},
		{CodeStateConflict, "a lost parcel that is another one", aReturnUnderWay, "2026-03-05 10:00", System, EvReportLost, func(ev *Event) { ev.Waybill = "SF99999999" }},
		{CodeEvidenceRequired, "a parcel refused at the door without a picture", aReturnUnderWay, "2026-03-05 10:00", Merchant, EvRefuseParcel, func(ev *Event) { ev.Code, ev.Evidence = "MR11", nil }},
		{CodeNotAssigned, "an appeal that a colleague has", anAppealTaken, "2026-03-11 11:00", Agent, EvUphold, func(ev *Event) { ev.By = "a3" }},
		{CodeStateConflict, "an appeal claimed twice", anAppealTaken, "2026-03-11 11:00", Agent, EvClaim, func(ev *Event) { ev.By = "a3" }},
		{CodeNotParty, "reassigned by an agent", aReviewedCase, "2026-03-05 10:00", Agent, EvReassign, func(ev *Event) { ev.Role = "senior" }},
		{CodeFieldRequired, "reassigned to nobody", aReviewedCase, "2026-03-05 10:00", Agent, EvReassign, func(ev *Event) { ev.Assignee = "" }},
		{CodeNotAssigned, "an appeal reassigned to the agent of the ruling", anAppealTaken, "2026-03-11 11:00", Agent, EvReassign, func(ev *Event) { ev.Assignee = "a1" }},
		{CodeFieldRequired, "postage to be paid by the postman", aReviewedCase, "2026-03-05 10:00", Agent, EvRuleReturnRefund, func(ev *Event) { ev.Freight = "postman" }},
		{CodeConfirmation, "settled without the shop", aReviewedCase, "2026-03-05 10:00", Agent, EvSettle, func(ev *Event) { ev.ShopOK = false }},
		{CodeConfirmation, "settled without the buyer", aReviewedCase, "2026-03-05 10:00", Agent, EvSettle, func(ev *Event) { ev.BuyerOK = false }},
		{CodeFieldRequired, "a return to nowhere", aFiledCase, "2026-03-03 10:00", Merchant, EvAgreeReturn, func(ev *Event) { ev.Address = "here" }},
		{CodeFieldRequired, "the waybill the goods came with", anAgreedReturn, "2026-03-05 10:00", Buyer, EvFillTracking, func(ev *Event) { ev.Waybill = "OUT12345678" }},
		{CodeFieldRequired, "a waybill that is a sentence", anAgreedReturn, "2026-03-05 10:00", Buyer, EvFillTracking, func(ev *Event) { ev.Waybill = "I sent it" }},
		{CodeFieldRequired, "no carrier", anAgreedReturn, "2026-03-05 10:00", Buyer, EvFillTracking, func(ev *Event) { ev.Carrier = "" }},
		{CodeFieldRequired, "a ruling in nine characters", aReviewedCase, "2026-03-05 10:00", Agent, EvRuleMerchant, func(ev *Event) { ev.Text = " 买家证据不足不支持 " }},
		{CodeFieldRequired, "evidence asked of nobody", aReviewedCase, "2026-03-05 10:00", Agent, EvRequestEvidence, func(ev *Event) { ev.Party = Agent }},
		{CodeFieldRequired, "a picture asked of one who cannot have it", aReviewedCase, "2026-03-05 10:00", Agent, EvRequestEvidence, func(ev *Event) { ev.Kinds = []policy.EvidenceKind{"merchant_inspection"}; ev.Party = Buyer }},
		{CodeFieldRequired, "no evidence in a supplement", aDraft, "2026-03-03 10:00", Buyer, EvSupplement, func(ev *Event) { ev.Evidence = nil }},
		{CodeNotAssigned, "an agent rules on a colleague's case", aReviewedCase, "2026-03-05 10:00", Agent, EvRuleRefund, func(ev *Event) { ev.By = "a2" }},
		{CodeNotAssigned, "an agent asks in a colleague's case", aReviewedCase, "2026-03-05 10:00", Agent, EvRequestEvidence, func(ev *Event) { ev.By = "a2" }},
	} {
		t.Run(string(tc.code)+"/"+tc.name, func(t *testing.T) {
			s := tc.story(t)
			before := snapshot(s.c)
			err := s.try(tc.when, tc.actor, tc.kind, tc.change)
			reached[CodeOf(err)] = true
			var e *Error
			if !errors.As(err, &e) || e.Code != tc.code {
				t.Fatalf("%s by %s: %v, want %s", tc.kind, tc.actor, err, tc.code)
			}
			if e.State != s.found.State || e.Version != s.found.Version || len(e.Deadlines) != len(s.found.Deadlines) {
				t.Errorf("the refusal does not say where the case stands: %+v", e)
			}
			if !errors.Is(fmt.Errorf("wrapped: %w", err), &Error{Code: tc.code}) {
				t.Error("errors.Is does not know the code")
			}
			if snapshot(s.c) != before {
				t.Error("a refused event changed the case")
			}
		})
	}
	// The two that only the ledger can tell have their tests in ledger_test.go.
	reached[CodeIdempotencyMismatch], reached[CodeNotFound] = true, true
	for _, code := range declaredCodes(t) {
		if !reached[code] {
			t.Errorf("nothing above is refused with %s", code)
		}
	}
}

// declaredCodes reads the constants of type Code, so that a new one cannot be forgotten here.
func declaredCodes(t *testing.T) []Code {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "errors.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []Code
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		if typ, ok := spec.Type.(*ast.Ident); ok && typ.Name == "Code" {
			text, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, Code(text))
		}
		return true
	})
	if len(out) < 20 {
		t.Fatalf("found only %v", out)
	}
	return out
}

func amended(t *testing.T) *told {
	s := aDraft(t)
	s.do("2026-03-03 09:00", Buyer, EvAmend, because(policy.QualityDefect, policy.ReturnRefund))
	return s
}

func complete(t *testing.T) *told {
	s := amended(t)
	s.do("2026-03-03 09:00", Buyer, EvSupplement, nil)
	return s
}

func aRejectedCaseQueued(t *testing.T) *told {
	s := aRejectedCase(t)
	s.do("2026-03-04 10:00", Buyer, EvEscalate, nil)
	return s
}

func ruledFor(t *testing.T) *told {
	s := aReviewedCase(t)
	s.do("2026-03-09 11:00", Agent, EvRuleRefund, nil)
	return s
}

func unpaid(t *testing.T) *told {
	s := beingPaid(t)
	s.do("2026-03-05 12:00", PaymentCh, EvPaymentFailed, nil)
	return s
}

func anAppealTaken(t *testing.T) *told {
	s := aLostCase(t)
	s.do("2026-03-10 11:00", Buyer, EvSupplement, nil)
	s.do("2026-03-10 11:01", Buyer, EvAppeal, nil)
	s.do("2026-03-10 12:00", Agent, EvClaim, func(ev *Event) { ev.By = "a2" })
	return s
}

func beingPaid(t *testing.T) *told {
	s := anInspection(t)
	s.do("2026-03-05 09:00", Merchant, EvConfirmRefund, nil)
	return s
}

func afterAttempts(n int) func(*testing.T) *told {
	return func(t *testing.T) *told {
		s := complete(t)
		s.rec.Attempts = n
		return s
	}
}

// theSameAgain replaces a refused application by one with the same reason and the same pictures.
func theSameAgain(t *testing.T) *told {
	s := aRejectedCase(t)
	old := s.c
	s.do("2026-03-04 10:00", Buyer, EvResubmit, func(ev *Event) { ev.NewCase = "c_001_NEXT" })
	s.succeed(old)
	s.do("2026-03-04 10:30", Buyer, EvAmend, because(policy.QualityDefect, policy.ReturnRefund))
	s.do("2026-03-04 10:40", Buyer, EvSupplement, func(ev *Event) {
		for i := range ev.Evidence {
			ev.Evidence[i].SHA256 = old.Evidence[i].SHA256
		}
	})
	return s
}

func rejectedAfterAttempts(n int) func(*testing.T) *told {
	return func(t *testing.T) *told {
		s := afterAttempts(n)(t)
		s.do("2026-03-03 09:00", Buyer, EvSubmit, nil)
		s.do("2026-03-04 09:00", Merchant, EvReject, nil)
		return s
	}
}

func overtaken(t *testing.T) *told {
	s := complete(t)
	s.rec.OpenCase = "c_001_OTHER"
	return s
}

func TestASecondDraftOnABusyLineNamesTheOpenCase(t *testing.T) {
	s := aFiledCase(t)
	_, err := NewDraft("c_001_TWO", "b1", "d_001_A", s.line, s.env())
	var e *Error
	if !errors.As(err, &e) || e.Code != CodeAlreadyOpen || e.OpenCase != s.c.ID {
		t.Errorf("%v, want %s naming %s", err, CodeAlreadyOpen, s.c.ID)
	}
	// apply.one_open_case_per_line tells what a verdict says of it; the ledger holds to one case in any event.
	several := *s.p
	several.Values.Apply.OneOpenCase.V = false
	if _, err := NewDraft("c_001_TWO", "b1", "d_001_A", s.line, Env{Policy: &several, Line: s.rec, Now: s.now}); CodeOf(err) != CodeAlreadyOpen {
		t.Errorf("a second draft on a busy line under a policy that lets it: %v", err)
	}
	if _, err := NewDraft("c_001_TWO", "b2", "d_001_A", s.line, Env{Policy: s.p, Now: s.now}); CodeOf(err) != CodeNotParty {
		t.Errorf("a draft on somebody else's line: %v", err)
	}
}

func TestWhatIsNoEvidence(t *testing.T) {
	long := strings.Repeat("字", 501)
	many := func(n int, kind policy.EvidenceKind, media string) []Evidence {
		var out []Evidence
		for i := range n {
			out = append(out, Evidence{ID: EvidenceID(fmt.Sprintf("m%d", i)), Kind: kind, Media: media})
		}
		return out
	}
	for _, tc := range []struct {
		name  string
		items []Evidence
		want  Code
	}{
		{"a picture", []Evidence{{ID: "x", Kind: "item_photo", Media: "image/png"}}, ""},
		{"a video where one is meant", []Evidence{{ID: "x", Kind: "fault_video", Media: "video/mp4"}}, ""},
		{"five hundred characters", []Evidence{{ID: "x", Kind: "statement", Text: long[:1500]}}, ""},
		{"one more", []Evidence{{ID: "x", Kind: "statement", Text: long}}, CodeEvidenceRejected},
		{"an empty statement", []Evidence{{ID: "x", Kind: "statement"}}, CodeEvidenceRejected},
		{"words instead of a picture", []Evidence{{ID: "x", Kind: "item_photo", Text: "trust me"}}, CodeEvidenceRejected},
		{"a picture instead of words", []Evidence{{ID: "x", Kind: "statement", Media: "image/png"}}, CodeEvidenceRejected},
		{"a video instead of a picture", []Evidence{{ID: "x", Kind: "item_photo", Media: "video/mp4"}}, CodeEvidenceRejected},
		{"a program", []Evidence{{ID: "x", Kind: "item_photo", Media: "application/x-executable"}}, CodeEvidenceRejected},
		{"the merchant's kind", []Evidence{{ID: "x", Kind: "merchant_inspection", Media: "image/png"}}, CodeEvidenceRejected},
		{"one item twice in one event", []Evidence{{ID: "x", Kind: "item_photo", Media: "image/png"}, {ID: "x", Kind: "item_photo", Media: "image/png"}}, CodeEvidenceRejected},
		{"an item that is there", []Evidence{{ID: "old", Kind: "item_photo", Media: "image/png"}}, CodeEvidenceRejected},
		{"up to eight pictures", many(7, "item_photo", "image/png"), ""},
		{"a ninth picture", many(8, "item_photo", "image/png"), CodeEvidenceRejected},
		{"a second video", many(2, "unboxing_video", "video/mp4"), CodeEvidenceRejected},
	} {
		s := amended(t)
		s.do("2026-03-03 09:05", Buyer, EvSupplement, func(ev *Event) {
			ev.Evidence = []Evidence{{ID: "old", Kind: "item_photo", Media: "image/jpeg"}}
		})
		err := s.try("2026-03-03 09:10", Buyer, EvSupplement, func(ev *Event) { ev.Evidence = tc.items })
		if CodeOf(err) != tc.want || tc.want == "" && err != nil {
			t.Errorf("%s: %v, want %q", tc.name, err, tc.want)
		}
	}
	// What is given belongs to the one who gave it, whatever he says.
	s := aFiledCase(t)
	s.do("2026-03-03 10:00", Merchant, EvSupplement, func(ev *Event) { ev.Evidence[0].Party, ev.Evidence[0].Locked = Buyer, true })
	if last := s.c.Evidence[len(s.c.Evidence)-1]; last.Party != Merchant || last.Locked {
		t.Errorf("taken as %+v", last)
	}
}

// Every reject code of §2.6, in its phase, with and without the evidence it needs.
func TestRejectCodes(t *testing.T) {
	for id, code := range policy.Default().Rejects {
		for _, proof := range []bool{true, false} {
			s, kind, when := aFiledCase(t), EvReject, "2026-03-03 10:00"
			if code.Phase == "return" {
				s, kind, when = anInspection(t), EvRejectReturn, "2026-03-05 11:00"
			}
			var want Code
			switch mine := merchantsKinds(code.Evidence); {
			case len(code.Evidence) == 0:
			case !proof || len(mine) == 0:
				want = CodeEvidenceRequired
			}
			err := s.try(when, Merchant, kind, func(ev *Event) {
				ev.Code, ev.Evidence = id, nil
				if mine := merchantsKinds(code.Evidence); proof && len(mine) > 0 {
					ev.Evidence = []Evidence{s.item(mine[0], Merchant, "image/jpeg")}
				}
			})
			if CodeOf(err) != want || want == "" && err != nil {
				t.Errorf("%s, proof %v: %v, want %q", id, proof, err, want)
			}
		}
	}
	// Evidence that was uploaded before counts too; the buyer's does not.
	s := aFiledCase(t)
	s.do("2026-03-03 10:00", Merchant, EvSupplement, func(ev *Event) {
		ev.Evidence = []Evidence{{ID: "q", Kind: "merchant_quality_proof", Media: "image/png"}}
	})
	s.do("2026-03-03 10:05", Merchant, EvReject, func(ev *Event) { ev.Evidence = nil })
}

// merchantsKinds are the kinds a merchant can give.
func merchantsKinds(kinds []policy.EvidenceKind) []policy.EvidenceKind {
	var out []policy.EvidenceKind
	for _, k := range kinds {
		for _, party := range policy.Default().Evidence[k].By {
			if party == "merchant" {
				out = append(out, k)
			}
		}
	}
	return out
}

func TestARejectionTakesNoForeignEvidence(t *testing.T) {
	s := aFiledCase(t)
	have := s.c.Evidence[0].ID
	for name, e := range map[string]Evidence{
		"the buyer's kind": {ID: "n", Kind: "item_photo", Party: Merchant, Media: "image/png"},
		"the buyer's item": {ID: have, Kind: "merchant_quality_proof", Party: Merchant, Media: "image/png"},
		"words":            {ID: "n", Kind: "merchant_quality_proof", Party: Merchant, Text: "it is fine"},
	} {
		if err := s.try("2026-03-03 10:00", Merchant, EvReject, func(ev *Event) { ev.Evidence = []Evidence{e} }); CodeOf(err) != CodeEvidenceRejected {
			t.Errorf("%s: %v, want %s", name, err, CodeEvidenceRejected)
		}
	}
}

func TestATimerThatNoLongerAppliesIsStale(t *testing.T) {
	s := aFiledCase(t)
	hard := s.c.Deadlines[TimerMerchantHard]
	for name, tc := range map[string]struct {
		now   time.Time
		timer Timer
	}{
		"an instant early":   {hard.Add(-time.Millisecond), TimerMerchantHard},
		"never started":      {hard, TimerInspect},
		"met by the submit":  {hard, TimerDraft},
		"a name nobody uses": {hard, "coffee"},
	} {
		_, err := s.c.Apply(Env{Policy: s.p, Line: s.rec, Now: tc.now}, Event{Key: "t", Kind: TimerEvent(tc.timer), Actor: System})
		if !errors.Is(err, ErrStale) || CodeOf(err) != "" {
			t.Errorf("%s: %v, want ErrStale", name, err)
		}
	}
	if _, err := s.c.Apply(Env{Policy: s.p, Line: s.rec, Now: hard}, Event{Key: "t", Kind: TimerEvent(TimerMerchantHard), Actor: Merchant, By: "s1"}); err == nil {
		t.Error("a merchant fires a timer")
	}
}
