package policy

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// line is b1's lamp, signed for on Mon 2026-03-02 15:20, changed as a test needs it.
func line(change func(*Line)) Line {
	l := Line{
		OrderID: "o1", LineID: "l1", BuyerID: "b1", ShopID: "s1", Title: "lamp", Spec: "blue", Quantity: 1,
		PaidGoodsFen: 19900, PaidFreightFen: 800, CouponFen: 500, Status: Signed, Waybill: "OUT12345678",
		PaidAt: sh("2026-02-26 10:00"), PromisedShipAt: sh("2026-02-28 10:00"), ShippedAt: sh("2026-02-27 10:00"),
		LastLogisticAt: sh("2026-03-02 15:20"), Logistics: LogisticsSigned, SignedAt: sh("2026-03-02 15:20"),
	}
	if change != nil {
		change(&l)
	}
	return l
}

// asked are b1's facts about a reason on the lamp.
func asked(r ReasonID, change func(*Facts)) Facts {
	f := Facts{Buyer: "b1", Line: line(nil), Reason: r}
	if change != nil {
		change(&f)
	}
	return f
}

func unshipped(f *Facts) {
	f.Line.Status, f.Line.SignedAt, f.Line.ShippedAt = PaidUnshipped, time.Time{}, time.Time{}
	f.Line.Logistics, f.Line.LastLogisticAt = LogisticsNone, time.Time{}
}

// onItsWay is a parcel on its way, last seen on 03-03 12:00.
func onItsWay(f *Facts) {
	f.Line.Status, f.Line.SignedAt = Shipped, time.Time{}
	f.Line.Logistics, f.Line.LastLogisticAt = LogisticsMoving, sh("2026-03-03 12:00")
}

func with(fs ...func(*Facts)) func(*Facts) {
	return func(f *Facts) {
		for _, g := range fs {
			g(f)
		}
	}
}

func answer(q QuestionID, a Tri) func(*Facts) {
	return func(f *Facts) { f.Answers = f.Answers.With(q, a) }
}
func intact(a Tri) func(*Facts)            { return answer(AskIntact, a) }
func flagged(flags ...string) func(*Facts) { return func(f *Facts) { f.Line.Categories = flags } }
func confirmedAtPurchase(f *Facts)         { f.Line.ExclusionConfirmed = true }
func priced(fen int64) func(*Facts)        { return func(f *Facts) { f.Line.PaidGoodsFen = fen } }
func shown(k ...EvidenceKind) func(*Facts) {
	return func(f *Facts) { f.Evidence = append(f.Evidence, k...) }
}

func TestEveryVerdictCode(t *testing.T) {
	const now = "2026-03-04 09:00"
	seen := map[Code]bool{}
	for _, tc := range []struct {
		name   string
		facts  Facts
		now    string
		kind   Kind
		code   Code
		alert  Code
		clause string
	}{
		{"paid and not shipped", asked(UnshippedCancel, unshipped), now, Eligible, OKUnshipped, "", "unshipped.cancel"},
		{"inside the seven days and intact", asked(NoReason7d, intact(Yes)), now, Eligible, OKNoReason, "", "no_reason.intact"},
		{"an agreement that is shown", asked("agreed_with_merchant", with(answer(AskInChat, Yes), shown("chat_screenshot"))), now, Eligible, OKAgreed, "", "agreed"},
		{"an agreement that is not shown", asked("agreed_with_merchant", answer(AskInChat, Yes)), now, EligibleIfEvidence, NeedEvidence, "", "agreed"},
		{"a parcel reported lost", asked(NotReceived, with(onItsWay, func(f *Facts) { f.Line.Logistics = LogisticsLost })), now, Eligible, OKLogistics, "", "not_received.stalled"},
		{"not shipped by the promised time", asked("late_shipment", unshipped), now, Eligible, OKUnshipped, "", "late.promised"},
		{"a defect without evidence", asked(QualityDefect, nil), now, EligibleIfEvidence, NeedEvidence, "", "reason.fault"},
		{"a defect with evidence", asked(QualityDefect, shown("item_photo", "fault_video")), now, EligibleIfEvidence, NeedEvidence, "", "reason.fault"},
		{"no reason yet", asked("", nil), now, Ask, NeedInfo, "", ""},
		{"a reason nobody knows", asked("bored", nil), now, Ask, NeedInfo, "", ""},
		{"not yet known whether intact", asked(NoReason7d, nil), now, Ask, NeedInfo, "", "no_reason.intact"},
		{"a parcel that still moves", asked(NotReceived, onItsWay), now, Wait, NotYet, "", "not_received.stalled"},
		{"promised later", asked("late_shipment", unshipped), "2026-02-27 09:00", Wait, NotYet, "", "late.promised"},
		{"disliked after the seven days", asked(NoReason7d, intact(Yes)), "2026-03-10 00:00", NotEligible, NoWindowPassed, "", "apply.no_reason_days"},
		{"fresh food is excluded by law", asked(NoReason7d, flagged("fresh_perishable")), now, NotEligible, NoCategoryStatutory, "", "category.statutory"},
		{"activated and confirmed at purchase", asked(NoReason7d, with(flagged("activation_loss"), confirmedAtPurchase)), now, NotEligible, NoCategoryConfirmed, "", "category.confirmed"},
		{"used", asked(NoReason7d, intact(No)), now, NotEligible, NoNotIntact, "", "no_reason.intact"},
		{"a defect of goods not shipped yet", asked(QualityDefect, unshipped), now, NotEligible, NoStatus, "", "status.fit"},
		{"another case is open", asked(QualityDefect, func(f *Facts) { f.History.OpenCase, f.OwnCase = "c_2", "c_1" }), now, NotEligible, NoOpenCase, "", "apply.one_open_case"},
		{"five applications are used", asked(QualityDefect, func(f *Facts) { f.History.Attempts = 5 }), now, NotEligible, NoAttempts, "", "apply.max_attempts"},
		{"somebody else's order", asked(QualityDefect, func(f *Facts) { f.Buyer = "b2" }), now, NotEligible, NoNotOwner, "", "owner"},
		{"nobody's question", asked(QualityDefect, func(f *Facts) { f.Buyer, f.Line.BuyerID = "", "" }), now, NotEligible, NoNotOwner, "", "owner"},
		{"a final ruling", asked(QualityDefect, func(f *Facts) { f.History.FinalRuling = true }), now, NotEligible, NoFinalRuling, "", "ruling.final"},
		{"a closed order", asked(QualityDefect, func(f *Facts) { f.Line.Status = Closed }), now, OutOfScope, NoOutOfScope, "", "scope"},
		{"a defect after fifteen days", asked(QualityDefect, nil), "2026-03-18 00:00", Human, HumanAfterValidity, "", "apply.fault_days"},
		{"rotten after forty-eight hours", asked("spoiled_or_expired", flagged("fresh_perishable")), "2026-03-04 15:20", Human, HumanAfterValidity, "", "apply.fresh_hours"},
		{"a great sum", asked(QualityDefect, priced(499200)), now, EligibleIfEvidence, NeedEvidence, HumanHighValue, "high_value"},
		{"somebody was hurt", asked("allergy_or_injury", nil), now, EligibleIfEvidence, NeedEvidence, HumanSafety, "safety"},
		{"perhaps a counterfeit", asked("counterfeit", nil), now, EligibleIfEvidence, NeedEvidence, HumanCounterfeit, "counterfeit"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			v := Default().Evaluate(tc.facts, sh(tc.now))
			seen[v.Code] = true
			for _, a := range v.Alerts {
				seen[a] = true
			}
			if v.Kind != tc.kind || v.Code != tc.code {
				t.Errorf("%s %s, want %s %s", v.Kind, v.Code, tc.kind, tc.code)
			}
			if tc.alert != "" && !slices.Contains(v.Alerts, tc.alert) || tc.alert == "" && len(v.Alerts) > 0 {
				t.Errorf("alerts %v, want %q", v.Alerts, tc.alert)
			}
			if tc.clause != "" && !slices.ContainsFunc(v.Clauses, func(c Clause) bool { return c.ID == tc.clause }) {
				t.Errorf("clauses %v do not cite %s", v.Clauses, tc.clause)
			}
			if v.Policy != Default().Version {
				t.Errorf("judged by %q", v.Policy)
			}
		})
	}
	for _, c := range allCodes {
		if !seen[c] {
			t.Errorf("no row reaches %s", c)
		}
	}
}

// The checks of §2.2 come in one order: whoever breaks several hears of the first.
func TestTheFirstFailedCheckDecides(t *testing.T) {
	wrongs := []struct {
		code  Code
		spoil func(*Facts)
	}{
		{NoNotOwner, func(f *Facts) { f.Buyer = "b2" }},
		{NoOutOfScope, func(f *Facts) { f.Line.Status = Closed }},
		{NoOpenCase, func(f *Facts) { f.History.OpenCase = "c_2" }},
		{NoAttempts, func(f *Facts) { f.History.Attempts = 5 }},
		{NoFinalRuling, func(f *Facts) { f.History.FinalRuling = true }},
		{NoStatus, nil},
		{NoWindowPassed, func(f *Facts) { f.Line.SignedAt = sh("2026-02-01 12:00") }},
		{NoCategoryStatutory, func(f *Facts) { f.Line.Categories = []string{"custom_made"} }},
		{NoNotIntact, func(f *Facts) { f.Answers.Intact = No }},
	}
	for i, w := range wrongs {
		f := asked(NoReason7d, intact(Yes))
		for _, later := range slices.Backward(wrongs[i:]) { // the earlier check has the last word on the status
			if later.spoil != nil {
				later.spoil(&f)
			}
		}
		if w.code == NoStatus { // its own fault, and all that come after it: unshipped is cancelled, and not for a no-reason return
			f.Reason, f.Line.Status = QualityDefect, PaidUnshipped
		}
		if v := Default().Evaluate(f, sh("2026-03-04 09:00")); v.Code != w.code {
			t.Errorf("all from %s on are wrong: %s", w.code, v.Code)
		}
	}
	own := asked(NoReason7d, with(intact(Yes), func(f *Facts) { f.History.OpenCase, f.OwnCase = "c_1", "c_1" }))
	if v := Default().Evaluate(own, sh("2026-03-04 09:00")); v.Code != OKNoReason {
		t.Errorf("a case is blocked by itself: %s", v.Code)
	}
}

func TestBoundaries(t *testing.T) {
	lost72 := with(onItsWay, func(f *Facts) {})
	for _, tc := range []struct {
		name          string
		facts         Facts
		edge          string // first instant after
		before, after Code
	}{
		{"seven days without reason", asked(NoReason7d, intact(Yes)), "2026-03-10 00:00", OKNoReason, NoWindowPassed},
		{"fifteen days for a fault", asked(QualityDefect, nil), "2026-03-18 00:00", NeedEvidence, HumanAfterValidity},
		{"fifteen days of after-sale period", asked("other", answer(AskUnlisted, Yes)), "2026-03-18 00:00", NeedEvidence, HumanAfterValidity},
		{"forty-eight hours for fresh food", asked("spoiled_or_expired", flagged("fresh_perishable")), "2026-03-04 15:20", NeedEvidence, HumanAfterValidity},
		{"packaged food has the window of a fault", asked("spoiled_or_expired", nil), "2026-03-18 00:00", NeedEvidence, HumanAfterValidity},
		{"the promised time of shipping", asked("late_shipment", unshipped), "2026-02-28 10:00", NotYet, OKUnshipped},
		{"seventy-two hours without a trace", asked(NotReceived, lost72), "2026-03-06 12:00", NotYet, OKLogistics},
	} {
		t.Run(tc.name, func(t *testing.T) {
			edge := sh(tc.edge)
			if v := Default().Evaluate(tc.facts, edge.Add(-time.Nanosecond)); v.Code != tc.before {
				t.Errorf("last instant: %s, want %s", v.Code, tc.before)
			} else if v.Code == NotYet && !v.NotBefore.Equal(edge) {
				t.Errorf("asked to wait until %s, want %s", v.NotBefore, edge)
			} else if v.Code != NotYet && !v.Deadline.Equal(edge) {
				t.Errorf("deadline %s, want %s", v.Deadline, edge)
			}
			if v := Default().Evaluate(tc.facts, edge); v.Code != tc.after {
				t.Errorf("first instant after: %s, want %s", v.Code, tc.after)
			}
		})
	}
	for fen, want := range map[int64]bool{499199: false, 499200: true, 499201: true} { // and 800 of freight
		v := Default().Evaluate(asked(QualityDefect, priced(fen)), sh("2026-03-04 09:00"))
		if got := slices.Contains(v.Alerts, HumanHighValue); got != want {
			t.Errorf("%d fen with freight: looked at by a person %v, want %v", v.AmountFen, got, want)
		}
	}
	for n, want := range map[int]Code{4: NeedEvidence, 5: NoAttempts, 6: NoAttempts} {
		f := asked(QualityDefect, func(f *Facts) { f.History.Attempts = n })
		if v := Default().Evaluate(f, sh("2026-03-04 09:00")); v.Code != want {
			t.Errorf("%d attempts used: %s, want %s", n, v.Code, want)
		}
	}
}

// The category table of §2.2 speaks of no-reason returns only.
func TestCategoryTable(t *testing.T) {
	for _, tc := range []struct {
		flag      string
		confirmed bool
		want      Code
	}{
		{"custom_made", false, NoCategoryStatutory},
		{"fresh_perishable", false, NoCategoryStatutory},
		{"digital_opened", false, NoCategoryStatutory},
		{"newspaper", true, NoCategoryStatutory},
		{"hygiene_seal", false, OKNoReason},
		{"hygiene_seal", true, NoCategoryConfirmed},
		{"activation_loss", false, OKNoReason},
		{"activation_loss", true, NoCategoryConfirmed},
		{"near_expiry_or_flawed", false, OKNoReason},
		{"near_expiry_or_flawed", true, NoCategoryConfirmed},
		{"flag_of_tomorrow", true, OKNoReason},
		{"", true, OKNoReason},
	} {
		f := asked(NoReason7d, with(intact(Yes), func(f *Facts) { f.Line.ExclusionConfirmed = tc.confirmed }))
		if tc.flag != "" {
			f.Line.Categories = []string{tc.flag}
		}
		v := Default().Evaluate(f, sh("2026-03-04 09:00"))
		if v.Code != tc.want {
			t.Errorf("%q, confirmed %v: %s, want %s", tc.flag, tc.confirmed, v.Code, tc.want)
		}
		if v.Kind == NotEligible && (!slices.Contains(v.Alternatives, AltFaultReason) || !v.FaultUntil.Equal(sh("2026-03-18 00:00"))) {
			t.Errorf("%q: alternatives %v until %s, want a fault reason until 03-18", tc.flag, v.Alternatives, v.FaultUntil)
		}
		f.Reason = QualityDefect
		if v := Default().Evaluate(f, sh("2026-03-04 09:00")); v.Code != NeedEvidence {
			t.Errorf("%q: a fault is excluded by category: %s", tc.flag, v.Code)
		}
	}
	several := asked(NoReason7d, with(intact(Yes), flagged("hygiene_seal", "custom_made")))
	if v := Default().Evaluate(several, sh("2026-03-04 09:00")); v.Code != NoCategoryStatutory {
		t.Errorf("one of two flags excludes by law: %s", v.Code)
	}
}

func TestAmounts(t *testing.T) {
	without := *Default()
	without.Values.Refund.OutboundFreight.V = false
	refunded := func(fen int64) func(*Facts) { return func(f *Facts) { f.History.RefundedFen = fen } }
	for _, tc := range []struct {
		name string
		p    *Policy
		f    Facts
		want int64
	}{
		{"goods and freight, no coupon", Default(), asked(QualityDefect, nil), 20700},
		{"no reason, freight switched on", Default(), asked(NoReason7d, intact(Yes)), 20700},
		{"no reason, freight switched off", &without, asked(NoReason7d, intact(Yes)), 19900},
		{"a fault gets the freight though it is switched off", &without, asked(QualityDefect, nil), 20700},
		{"the right item called wrong is judged as no reason", &without, asked(WrongItem, with(intact(Yes), func(f *Facts) { f.Answers.SpecDiff = No })), 19900},
		{"less what came back already", Default(), asked(QualityDefect, refunded(5000)), 15700},
		{"nothing is left", Default(), asked(QualityDefect, refunded(20700)), 0},
		{"never below nothing", Default(), asked(QualityDefect, refunded(99999)), 0},
	} {
		if v := tc.p.Evaluate(tc.f, sh("2026-03-04 09:00")); v.AmountFen != tc.want {
			t.Errorf("%s: %d fen, want %d", tc.name, v.AmountFen, tc.want)
		}
	}
}

func TestWhoPaysTheReturn(t *testing.T) {
	insured := func(f *Facts) { f.Line.Tags = []string{"freight_insurance"} }
	want := func(r RefundType) func(*Facts) { return func(f *Facts) { f.Answers.Want = r } }
	off := *Default()
	off.Values.Freight.InsuranceFirst.V = false
	for _, tc := range []struct {
		name string
		p    *Policy
		f    Facts
		want Payer
	}{
		{"a fault: the merchant", Default(), asked(QualityDefect, nil), PayerMerchant},
		{"a fault with insurance: still the merchant", Default(), asked(QualityDefect, insured), PayerMerchant},
		{"an exchange travels too", Default(), asked(QualityDefect, want(Exchange)), PayerMerchant},
		{"a refund without return: nobody", Default(), asked(EmptyParcel, nil), PayerNone},
		{"a refund without return cannot be asked for after receipt", Default(), asked(QualityDefect, want(RefundOnly)), PayerMerchant},
		{"no reason: the buyer", Default(), asked(NoReason7d, intact(Yes)), PayerBuyer},
		{"no reason with insurance: the insurer in the end", Default(), asked(NoReason7d, with(intact(Yes), insured)), PayerInsurance},
		{"insurance switched off", &off, asked(NoReason7d, with(intact(Yes), insured)), PayerBuyer},
		{"cancelled before shipping: nothing travels", Default(), asked(UnshippedCancel, unshipped), PayerNone},
	} {
		if v := tc.p.Evaluate(tc.f, sh("2026-03-04 09:00")); v.Freight != tc.want {
			t.Errorf("%s: %q, want %q", tc.name, v.Freight, tc.want)
		}
	}
}

func TestWrongItemOfTheRightSpecIsAMatterOfTaste(t *testing.T) {
	for answer, want := range map[Tri]ReasonID{Unknown: WrongItem, Yes: WrongItem, No: NoReason7d} {
		v := Default().Evaluate(asked(WrongItem, func(f *Facts) { f.Answers.SpecDiff = answer }), sh("2026-03-04 09:00"))
		if v.Reason != want {
			t.Errorf("spec differs %q: judged as %s, want %s", answer, v.Reason, want)
		}
		if answer == Unknown && v.Question != AskSpecDiff {
			t.Errorf("asked %q, want %q", v.Question, AskSpecDiff)
		}
	}
}

func TestTheTypeIsWhatTheBuyerWantsIfTheReasonAllowsIt(t *testing.T) {
	for want, got := range map[RefundType]RefundType{"": ReturnRefund, Exchange: Exchange, Partial: Partial, Reship: ReturnRefund} {
		v := Default().Evaluate(asked(QualityDefect, func(f *Facts) { f.Answers.Want = want }), sh("2026-03-04 09:00"))
		if v.Type != got {
			t.Errorf("wants %q: %s, want %s", want, v.Type, got)
		}
	}
}

func TestEvidenceListsWhatIsMissing(t *testing.T) {
	photo := Requirement{AnyOf: []EvidenceKind{"item_photo"}}
	fault := Requirement{AnyOf: []EvidenceKind{"fault_video", "defect_closeup"}}
	for _, tc := range []struct {
		name  string
		shown []EvidenceKind
		want  []Requirement
	}{
		{"nothing", nil, []Requirement{photo, fault}},
		{"something optional", []EvidenceKind{"unboxing_video"}, []Requirement{photo, fault}},
		{"one of two", []EvidenceKind{"item_photo"}, []Requirement{fault}},
		{"any of the kinds will do", []EvidenceKind{"item_photo", "defect_closeup"}, nil},
	} {
		v := Default().Evaluate(asked(QualityDefect, shown(tc.shown...)), sh("2026-03-04 09:00"))
		if diff := cmp.Diff(tc.want, v.Missing); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
	v := Default().Evaluate(asked(NoReason7d, intact(Yes)), sh("2026-03-04 09:00"))
	if len(v.Missing) > 0 || len(v.Required) != 1 || !v.Required[0].Auto {
		t.Errorf("required %v, missing %v: the order is known and must not be asked for", v.Required, v.Missing)
	}
}

func TestClosedRoadsNameWhatIsStillOpen(t *testing.T) {
	for _, tc := range []struct {
		name string
		f    Facts
		now  string
		want []Alternative
	}{
		{"after seven days", asked(NoReason7d, intact(Yes)), "2026-03-10 00:00", []Alternative{AltFaultReason, AltNegotiate}},
		{"after fifteen days", asked(NoReason7d, intact(Yes)), "2026-03-18 00:00", []Alternative{AltNegotiate}},
		{"a fault after fifteen days", asked(QualityDefect, nil), "2026-03-18 00:00", []Alternative{AltHuman, AltNegotiate, AltOutside}},
		{"used", asked(NoReason7d, intact(No)), "2026-03-04 09:00", []Alternative{AltFaultReason, AltNegotiate}},
		{"not shipped", asked(QualityDefect, unshipped), "2026-03-04 09:00", []Alternative{AltCancel, AltHuman}},
		{"on its way", asked(QualityDefect, onItsWay), "2026-03-04 09:00", []Alternative{AltWait, AltHuman}},
		{"already signed for", asked(UnshippedCancel, nil), "2026-03-04 09:00", []Alternative{AltNoReason, AltFaultReason, AltHuman}},
		{"already signed for, long ago", asked(UnshippedCancel, nil), "2026-03-18 00:00", []Alternative{AltHuman}},
		{"still moving", asked(NotReceived, onItsWay), "2026-03-04 09:00", []Alternative{AltWait}},
		{"promised later", asked("late_shipment", unshipped), "2026-02-27 09:00", []Alternative{AltWait, AltCancel}},
		{"open case", asked(QualityDefect, func(f *Facts) { f.History.OpenCase = "c_2" }), "2026-03-04 09:00", []Alternative{AltOpenCase}},
		{"attempts used", asked(QualityDefect, func(f *Facts) { f.History.Attempts = 5 }), "2026-03-04 09:00", []Alternative{AltHuman, AltComplaint, AltOutside}},
		{"final ruling", asked(QualityDefect, func(f *Facts) { f.History.FinalRuling = true }), "2026-03-04 09:00", []Alternative{AltOutside}},
	} {
		v := Default().Evaluate(tc.f, sh(tc.now))
		if diff := cmp.Diff(tc.want, v.Alternatives); diff != "" {
			t.Errorf("%s, %s (-want +got):\n%s", tc.name, v.Code, diff)
		}
	}
}

func TestClauseTextsHaveTheirSlotsFilled(t *testing.T) {
	p := Default()
	check := func(f Facts, now time.Time) {
		for _, c := range p.Evaluate(f, now).Clauses {
			if c.TextZH == "" || c.TextEN == "" || strings.ContainsAny(c.TextZH+c.TextEN, "{}") {
				t.Errorf("%s: %q / %q", c.ID, c.TextZH, c.TextEN)
			}
		}
	}
	for _, id := range p.Order {
		for _, change := range []func(*Facts){nil, unshipped, onItsWay, intact(Yes), intact(No), flagged("newspaper"), with(flagged("hygiene_seal"), confirmedAtPurchase)} {
			for _, now := range []string{"2026-03-04 09:00", "2026-03-30 09:00"} {
				check(asked(id, change), sh(now))
			}
		}
	}
	v := p.Evaluate(asked(NoReason7d, flagged("newspaper")), sh("2026-03-04 09:00"))
	i := slices.IndexFunc(v.Clauses, func(c Clause) bool { return c.ID == "category.statutory" })
	if i < 0 || !strings.Contains(v.Clauses[i].TextZH, "报纸期刊") || !strings.Contains(v.Clauses[i].TextEN, "newspapers") {
		t.Errorf("the category is not named: %+v", v.Clauses)
	}
	i = slices.IndexFunc(v.Clauses, func(c Clause) bool { return c.ID == "apply.no_reason_days" })
	if i < 0 || v.Clauses[i].Value != "7" || !strings.Contains(v.Clauses[i].TextZH, " 7 天") || len(v.Clauses[i].Facts) == 0 {
		t.Errorf("the window is not stated with its facts: %+v", v.Clauses)
	}
}

func TestEvaluateHoldsOnAnyFacts(t *testing.T) {
	p := Default()
	reasons := append(slices.Clone(p.Order), "", "bored")
	flags := []string{"tomorrow"}
	for f := range p.Categories {
		flags = append(flags, f)
	}
	slices.Sort(flags)
	var kinds []EvidenceKind
	for k := range p.Evidence {
		kinds = append(kinds, k)
	}
	slices.Sort(kinds)
	rapid.Check(t, func(t *rapid.T) {
		instant := func(name string) time.Time {
			if rapid.Bool().Draw(t, name+" known") {
				return time.Time{}
			}
			return sh("2026-01-01 00:00").Add(time.Duration(rapid.IntRange(0, 200*24*60).Draw(t, name)) * time.Minute)
		}
		tri := rapid.SampledFrom([]Tri{Unknown, Yes, No, "perhaps"})
		fen := rapid.Int64Range(0, 1_000_000)
		f := Facts{
			Buyer: rapid.SampledFrom([]string{"b1", "b1", "b1", "b2", ""}).Draw(t, "buyer"), Reason: rapid.SampledFrom(reasons).Draw(t, "reason"),
			Line: Line{
				BuyerID: "b1", Status: rapid.SampledFrom(append(slices.Clone(statuses), "", "strange")).Draw(t, "status"),
				PaidGoodsFen: fen.Draw(t, "goods"), PaidFreightFen: fen.Draw(t, "freight"), CouponFen: fen.Draw(t, "coupon"),
				SignedAt: instant("signed"), ShippedAt: instant("shipped"), PromisedShipAt: instant("promised"), LastLogisticAt: instant("trace"),
				Logistics:  rapid.SampledFrom([]Logistics{LogisticsNone, LogisticsMoving, LogisticsStalled, LogisticsLost, LogisticsSigned, LogisticsRefused}).Draw(t, "logistics"),
				Categories: rapid.SliceOfN(rapid.SampledFrom(flags), 0, 2).Draw(t, "flags"), ExclusionConfirmed: rapid.Bool().Draw(t, "confirmed"),
				Tags: rapid.SliceOfN(rapid.SampledFrom([]string{"freight_insurance", "price_protection"}), 0, 2).Draw(t, "tags"),
			},
			Answers:  Answers{Want: rapid.SampledFrom(append(slices.Clone(types), "", "gold")).Draw(t, "want"), AskFen: fen.Draw(t, "claim")},
			Evidence: rapid.SliceOfN(rapid.SampledFrom(kinds), 0, 5).Draw(t, "evidence"),
			History: LineHistory{
				OpenCase: rapid.SampledFrom([]string{"", "", "c_1", "c_2"}).Draw(t, "open"), Attempts: rapid.IntRange(0, 6).Draw(t, "attempts"),
				FinalRuling: rapid.Bool().Draw(t, "final"), RefundedFen: fen.Draw(t, "refunded"), Rejections: rapid.IntRange(0, 3).Draw(t, "rejections"),
				ReturnReason: rapid.SampledFrom(reasons).Draw(t, "return reason"), ReturnAt: instant("returned"),
			},
			OwnCase: "c_1",
		}
		for _, q := range YesNo() {
			f.Answers = f.Answers.With(q, tri.Draw(t, string(q)))
		}
		f.Answers.Harm = tri.Draw(t, "harm")
		now := sh("2026-01-01 00:00").Add(time.Duration(rapid.IntRange(0, 300*24*60).Draw(t, "now")) * time.Minute)
		frozen := fmt.Sprintf("%#v", f)
		v := p.Evaluate(f, now)
		if explained, steps := p.Explain(f, now); !reflect.DeepEqual(v, explained) || len(steps) == 0 {
			t.Fatalf("explained, it is another verdict: %s", cmp.Diff(v, explained))
		}
		if again := p.Evaluate(f, now.UTC()); !reflect.DeepEqual(v, again) {
			t.Fatalf("not deterministic: %s", cmp.Diff(v, again))
		}
		if fmt.Sprintf("%#v", f) != frozen {
			t.Fatal("the facts were changed")
		}
		if !slices.Contains(allCodes, v.Code) {
			t.Fatalf("code %q", v.Code)
		}
		if paid := f.Line.PaidGoodsFen + f.Line.PaidFreightFen; v.AmountFen < 0 || v.AmountFen > max(0, paid-f.History.RefundedFen) {
			t.Fatalf("%d fen of %d paid, %d refunded", v.AmountFen, paid, f.History.RefundedFen)
		}
		if (v.Kind == Ask) != (v.Question != "") || (v.Kind == Ask) != (v.Code == NeedInfo) {
			t.Fatalf("%s %s asks %q", v.Kind, v.Code, v.Question)
		}
		if v.Kind != Eligible && v.Kind != EligibleIfEvidence {
			return
		}
		switch h := f.History; {
		case !slices.Contains(p.Reasons[v.Reason].Status, f.Line.Status):
			t.Fatalf("%s is eligible while %s", v.Reason, f.Line.Status)
		case f.Buyer != f.Line.BuyerID, h.OpenCase != "" && h.OpenCase != f.OwnCase, h.Attempts >= 5, h.Rejections >= 2, h.FinalRuling:
			t.Fatalf("%s against %+v", v.Code, h)
		case !v.Deadline.IsZero() && !now.Before(v.Deadline):
			t.Fatalf("eligible at %s, the window ended %s", now, v.Deadline)
		case v.Kind == Eligible && len(v.Missing) > 0:
			t.Fatalf("eligible without %v", v.Missing)
		case !slices.Contains(p.Reasons[v.Reason].Types, v.Type):
			t.Fatalf("%s of %s", v.Type, v.Reason)
		}
	})
}
