package cases

import (
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/cases/policy"
)

// told is a story: one case on one line, events at given instants, each taken or the test ends.
type told struct {
	*world
	t *testing.T
	p *policy.Policy
	c Case
	// found is the case as the last event found it, once passed deadlines were carried out.
	found Case
	log   []Mark
	all   []Order
}

// tell begins a story with a draft on a line signed for at the given instant ("" = not signed).
func tell(t *testing.T, signed, opened string, change func(*policy.Policy)) *told {
	t.Helper()
	p := *policy.Default()
	if change != nil {
		change(&p)
	}
	s := &told{world: newWorld(func(n int) int { return min(2, n-1) }, table), t: t, p: &p}
	s.line.SignedAt = time.Time{}
	if signed != "" {
		s.line.SignedAt = at(signed)
	}
	s.now = at(opened)
	res, err := NewDraft("c_001_STORY", "b1", "d_001_A", s.line, s.env())
	if err != nil {
		t.Fatal(err)
	}
	s.take(res)
	return s
}

// always is a ledger's Policy where there is one policy only.
func always(p *policy.Policy) func(string) *policy.Policy {
	return func(string) *policy.Policy { return p }
}

func (s *told) env() Env { return Env{Policy: s.p, Line: s.rec, Now: s.now} }

func (s *told) take(res Result) {
	s.c, s.rec = res.Case, res.Line
	s.log = append(s.log, res.Mark)
	s.all = append(s.all, res.Orders...)
}

// try applies a fitting event after change; the story goes on only if it is taken.
func (s *told) try(when string, actor Actor, kind EventKind, change func(*Event)) error {
	s.t.Helper()
	s.now = at(when)
	ev := s.fitting(s.c, actor, kind)
	if change != nil {
		change(&ev)
	}
	// As the ledger: deadlines that have passed come first.
	c, rec, settled := s.c, s.rec, []Result(nil)
	for due := c.overdueIn(table, s.now); len(due) > 0 && !isTimer(ev); due = c.overdueIn(table, s.now) {
		res, err := c.Apply(Env{Policy: s.p, Line: rec, Now: s.now}, c.timerEvent(due[0]))
		if err != nil {
			s.t.Fatalf("%s: %v", due[0], err)
		}
		c, rec, settled = res.Case, res.Line, append(settled, res)
	}
	s.found = c
	res, err := c.Apply(Env{Policy: s.p, Line: rec, Now: s.now}, ev)
	if err == nil {
		for _, was := range settled {
			s.take(was)
		}
		s.take(res)
	}
	return err
}

func isTimer(ev Event) bool {
	_, is := ev.timer()
	return is
}

// succeed goes on with the case that replaced old.
func (s *told) succeed(old Case) {
	s.t.Helper()
	prior := &Prior{Reason: old.Reason}
	for _, e := range old.Evidence {
		prior.Seen = append(prior.Seen, content(e))
	}
	next := newDraft(s.c.SupersededBy, s.c.ID, prior, "b1", "d_001_A", s.line, s.env())
	s.c, s.log = next.Case, []Mark{next.Mark}
}

func (s *told) do(when string, actor Actor, kind EventKind, change func(*Event)) {
	s.t.Helper()
	if err := s.try(when, actor, kind, change); err != nil {
		s.t.Fatalf("%s at %s: %v", kind, when, err)
	}
}

func (s *told) fires(when string, timer Timer) {
	s.t.Helper()
	s.do(when, System, TimerEvent(timer), nil)
}

func (s *told) refuses(want Code, when string, actor Actor, kind EventKind, change func(*Event)) {
	s.t.Helper()
	before := snapshot(s.c)
	if got := CodeOf(s.try(when, actor, kind, change)); got != want {
		s.t.Errorf("%s at %s: refused with %q, want %q", kind, when, got, want)
	}
	if snapshot(s.c) != before {
		s.t.Errorf("%s at %s changed the case though it was refused", kind, when)
	}
}

func (s *told) road() []string {
	var out []string
	for _, m := range s.log[1:] {
		out = append(out, m.ID+" "+string(m.To))
	}
	return out
}

func because(r policy.ReasonID, want policy.RefundType) func(*Event) {
	return func(ev *Event) { ev.Reason, ev.Type, ev.Answers.Want = r, want, want }
}

func (s *told) filed(when string) {
	s.t.Helper()
	s.do(when, Buyer, EvAmend, because(policy.QualityDefect, policy.ReturnRefund))
	s.do(when, Buyer, EvSupplement, nil)
	s.do(when, Buyer, EvSubmit, nil)
}

func TestQualityDefectIsRejectedEscalatedRuledAndPaid(t *testing.T) {
	for _, tc := range []struct {
		name  string
		pays  func(s *told)
		rows  []string
		funds string
	}{
		{
			"the merchant pays", func(s *told) { s.do("2026-03-10 09:00", Merchant, EvMerchantPays, nil) },
			[]string{"T39 refund_pending", "T41 refunded"},
			"merchant",
		},
		{
			"the platform pays in his place", func(s *told) { s.fires("2026-03-11 11:00", TimerRulingExecute) },
			[]string{"T40 refund_pending", "T41 refunded"},
			"platform",
		},
	} {
		t.Run(tc.name, func(t *testing.T) {
			s := tell(t, "2026-03-02 15:20", "2026-03-03 09:00", nil)
			s.do("2026-03-03 09:01", Buyer, EvAmend, because(policy.QualityDefect, policy.ReturnRefund))
			s.refuses(CodeEvidenceRequired, "2026-03-03 09:02", Buyer, EvSubmit, nil)
			s.do("2026-03-03 09:05", Buyer, EvSupplement, nil)
			s.refuses(CodeConfirmation, "2026-03-03 09:06", Buyer, EvSubmit, func(ev *Event) { ev.Confirmed = false })
			s.do("2026-03-03 09:07", Buyer, EvSubmit, nil)
			s.refuses(CodeEscalationNotOpen, "2026-03-04 09:00", Buyer, EvEscalate, nil)
			s.refuses(CodeRejectReason, "2026-03-05 18:00", Merchant, EvReject, func(ev *Event) { ev.Told = false })
			s.refuses(CodeEvidenceRequired, "2026-03-05 18:00", Merchant, EvReject, func(ev *Event) { ev.Evidence = nil })
			s.do("2026-03-05 18:00", Merchant, EvReject, nil)
			s.do("2026-03-06 09:00", Buyer, EvEscalate, nil)
			s.do("2026-03-06 10:00", Agent, EvClaim, func(ev *Event) { ev.By = "a1" })
			s.do("2026-03-06 11:00", Agent, EvRequestEvidence, func(ev *Event) { ev.Party = Buyer })
			s.do("2026-03-07 11:00", Buyer, EvSupplement, nil)
			s.refuses(CodeNotAssigned, "2026-03-09 11:00", Agent, EvRuleRefund, func(ev *Event) { ev.By = "a2" })
			s.refuses(CodeFieldRequired, "2026-03-09 11:00", Agent, EvRuleRefund, func(ev *Event) { ev.Text = "short" })
			s.do("2026-03-09 11:00", Agent, EvRuleRefund, nil)
			s.refuses(CodeStateConflict, "2026-03-09 12:00", Buyer, EvWithdraw, nil)
			tc.pays(s)
			s.refuses(CodeAmountInvalid, "2026-03-12 09:00", PaymentCh, EvPaymentSucceeded, func(ev *Event) { ev.AmountFen-- })
			s.do("2026-03-12 10:00", PaymentCh, EvPaymentSucceeded, nil)

			want := append([]string{
				"D01 draft", "D02 draft", "T01 merchant_review", "T06 merchant_rejected", "T24 platform_queued", "T29 platform_review",
				"T31 evidence_requested", "T32 platform_review", "T35 ruling_execution",
			}, tc.rows...)
			if diff := cmp.Diff(want, s.road()); diff != "" {
				t.Errorf("road (-want +got):\n%s", diff)
			}
			if s.rec.RefundedFen != 20700 || s.rec.OpenCase != "" || s.rec.Attempts != 1 || s.rec.Rejections != 1 {
				t.Errorf("line record %+v", s.rec)
			}
			i := slices.IndexFunc(s.all, func(o Order) bool { return o.Kind == "refund" })
			if i < 0 || s.all[i].AmountFen != 20700 || s.all[i].FundedBy != tc.funds || s.all[i].Method != "original_route" {
				t.Errorf("orders %+v, want one refund of 20700 fen by the original route, funded by %s", s.all, tc.funds)
			}
			if !slices.ContainsFunc(s.all, func(o Order) bool { return o.Kind == "merchant_liability" }) {
				t.Errorf("orders %+v lack the merchant's liability (F1-31)", s.all)
			}
			for _, e := range s.c.Evidence {
				if !e.Locked {
					t.Errorf("evidence %s is not locked by the ruling", e.ID)
				}
			}
		})
	}
}

func TestDislikedColourAfterSevenDaysIsClosedWithWhatElseIsPossible(t *testing.T) {
	s := tell(t, "2026-03-02 15:20", "2026-03-10 00:00", nil)
	s.do("2026-03-10 00:01", Buyer, EvAmend, because(policy.NoReason7d, policy.ReturnRefund))
	v := s.c.Verdict
	if v.Code != policy.NoWindowPassed || v.Kind != policy.NotEligible {
		t.Fatalf("verdict %s %s", v.Kind, v.Code)
	}
	if want := at("2026-03-18 00:00"); !slices.Contains(v.Alternatives, policy.AltFaultReason) || !v.FaultUntil.Equal(want) {
		t.Errorf("alternatives %v until %v, want a fault reason until %v", v.Alternatives, v.FaultUntil, want)
	}
	var e *Error
	if err := s.try("2026-03-10 00:02", Buyer, EvSubmit, nil); !errors.As(err, &e) || e.Code != CodeEligibilityFailed || e.Verdict == nil {
		t.Errorf("submit: %v, want %s with its verdict", err, CodeEligibilityFailed)
	}
	s.do("2026-03-10 00:03", System, EvCloseIneligible, nil)
	if s.c.State != ClosedIneligible || s.rec.Attempts != 0 || s.rec.OpenCase != "" {
		t.Errorf("%s, record %+v: want no attempt used and a free line", s.c.State, s.rec)
	}
}

func TestAnAppealNeedsNewEvidenceAndAnotherAgent(t *testing.T) {
	s := tell(t, "2026-03-02 15:20", "2026-03-03 09:00", nil)
	s.filed("2026-03-03 09:00")
	s.do("2026-03-04 09:00", Merchant, EvReject, nil)
	s.do("2026-03-04 10:00", Buyer, EvEscalate, nil)
	s.do("2026-03-04 11:00", Agent, EvClaim, nil)
	s.do("2026-03-09 11:00", Agent, EvRuleMerchant, nil)
	s.refuses(CodeAppealEvidence, "2026-03-10 11:00", Buyer, EvAppeal, nil)
	s.do("2026-03-10 11:00", Buyer, EvSupplement, nil)
	s.do("2026-03-10 11:01", Buyer, EvAppeal, nil)
	s.refuses(CodeNotAssigned, "2026-03-11 11:00", Agent, EvOverturn, func(ev *Event) { ev.By = "a1" })
	s.refuses(CodeAmountInvalid, "2026-03-11 11:00", Agent, EvOverturn, func(ev *Event) { ev.AmountFen = 20701 })
	s.do("2026-03-11 11:00", Agent, EvUphold, nil)
	if !s.c.Arbitration.Final || !s.rec.FinalRuling || len(s.c.Deadlines) > 0 {
		t.Errorf("final %v, record %+v, deadlines %v", s.c.Arbitration.Final, s.rec, s.c.Deadlines)
	}
	s.refuses(CodeDeadlinePassed, "2026-03-11 12:00", Buyer, EvAppeal, nil)
}

// Invariant 14: whoever loses after the merchant took the goods gets the goods back.
func TestARefusedReturnThatIsNotPaidGoesBackToTheBuyer(t *testing.T) {
	s := tell(t, "2026-03-02 15:20", "2026-03-03 09:00", nil)
	s.filed("2026-03-03 09:00")
	s.do("2026-03-04 09:00", Merchant, EvAgreeReturn, nil)
	s.do("2026-03-04 10:00", Buyer, EvFillTracking, nil)
	s.do("2026-03-05 10:00", Carrier, EvCarrierSigned, nil)
	s.refuses(CodeStateConflict, "2026-03-05 10:30", Buyer, EvWithdraw, nil) // his goods are there
	s.do("2026-03-05 11:00", Merchant, EvRejectReturn, nil)
	s.do("2026-03-05 12:00", Buyer, EvEscalate, nil)
	s.refuses(CodeStateConflict, "2026-03-05 12:30", Buyer, EvWithdraw, nil)
	s.do("2026-03-05 13:00", Agent, EvClaim, nil)
	s.do("2026-03-09 11:00", Agent, EvRuleMerchant, nil)
	if due := at("2026-03-12 11:00"); !s.c.GoodsBack || !s.c.Deadlines[TimerGoodsBack].Equal(due) {
		t.Fatalf("goods back %v until %v, want until %v", s.c.GoodsBack, s.c.Deadlines[TimerGoodsBack], due)
	}
	s.fires("2026-03-12 11:00", TimerGoodsBack)
	if !slices.ContainsFunc(s.all, func(o Order) bool { return o.Kind == "ticket" }) {
		t.Error("nobody is asked to look after goods that did not come back")
	}
	s.do("2026-03-13 11:00", Merchant, EvGoodsSentBack, nil)
	if _, runs := s.c.Deadlines[TimerGoodsBack]; runs || s.c.GoodsBack {
		t.Error("the obligation outlives the shipment")
	}
}

func TestAReplacedCaseNeedsAnIdForItsSuccessor(t *testing.T) {
	s := tell(t, "2026-03-02 15:20", "2026-03-03 09:00", nil)
	s.filed("2026-03-03 09:00")
	s.do("2026-03-04 09:00", Merchant, EvReject, nil)
	s.refuses(CodeFieldRequired, "2026-03-04 10:00", Buyer, EvResubmit, func(ev *Event) { ev.NewCase = "" })
	s.do("2026-03-04 10:00", Buyer, EvResubmit, func(ev *Event) { ev.NewCase = "c_001_NEXT" })
	if s.c.State != ClosedWithdrawn || s.c.SupersededBy != "c_001_NEXT" || s.rec.OpenCase != "c_001_NEXT" {
		t.Errorf("%s, superseded by %q, open %q", s.c.State, s.c.SupersededBy, s.rec.OpenCase)
	}
}

// A merchant must not be able to stop the automatic refund by calling a parcel lost the day it left.
func TestAParcelIsLostOnlyAfterSilence(t *testing.T) {
	s := tell(t, "2026-02-20 15:20", "2026-02-21 09:00", nil)
	s.filed("2026-02-21 09:00")
	s.do("2026-02-23 09:00", Merchant, EvAgreeReturn, nil)
	s.do("2026-03-01 09:00", Buyer, EvFillTracking, nil)
	s.refuses(CodeStateConflict, "2026-03-06 08:59", Merchant, EvReportLost, nil)
	s.do("2026-03-06 09:00", Merchant, EvReportLost, nil)
	if s.c.Arbitration.Ground != "parcel_lost" {
		t.Errorf("ground %q", s.c.Arbitration.Ground)
	}
}

// The index of deadlines keeps milliseconds. A timer that is fired in the very millisecond of its
// deadline must take effect: if it were stale, the index would drop it and the deadline would be lost.
func TestATimerFiredInTheMillisecondOfItsDeadlineTakesEffect(t *testing.T) {
	s := tell(t, "2026-03-02 15:20", "2026-03-03 09:00", nil)
	s.now = s.now.Add(777 * time.Microsecond)
	res, err := NewDraft("c_001_FINE", "b1", "d_001_A", s.line, Env{Policy: s.p, Now: s.now})
	if err != nil {
		t.Fatal(err)
	}
	indexed := time.UnixMilli(res.Case.Deadlines[TimerDraft].UnixMilli())
	_, err = res.Case.Apply(Env{Policy: s.p, Line: res.Line, Now: indexed}, Event{Key: "t", Kind: TimerEvent(TimerDraft), Actor: System})
	if err != nil {
		t.Errorf("at %v: %v", indexed, err)
	}
}

// Invariant 12 where it is easy to lose: the amount rests on what earlier cases of the line paid back.
func TestReplayKnowsWhatEarlierCasesLeftOnTheLine(t *testing.T) {
	s := tell(t, "2026-03-02 15:20", "2026-03-03 09:00", nil)
	s.rec.LineHistory = policy.LineHistory{OpenCase: string(s.c.ID), Attempts: 1, RefundedFen: 5000, LastCase: "c_001_OLD"}
	s.filed("2026-03-03 09:00")
	if s.c.AmountFen != 15700 {
		t.Fatalf("asks for %d fen", s.c.AmountFen)
	}
	again, err := Replay(stored(s.log), always(s.p))
	if err != nil {
		t.Fatal(err)
	}
	if diff := same(s.c, again); diff != "" {
		t.Errorf("replayed (-is +replayed):\n%s", diff)
	}
}
