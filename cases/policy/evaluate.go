package policy

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// clauseIDs are the clauses that Evaluate may cite; the file must have a text for each.
var clauseIDs = []string{
	"reason.fault", "apply.no_reason_days", "apply.fault_days", "apply.validity_days", "apply.fresh_hours",
	"apply.max_attempts", "apply.one_open_case", "merchant.review", "category.statutory", "category.confirmed",
	"no_reason.intact", "not_received.stalled", "unshipped.cancel", "late.promised", "status.fit", "owner",
	"ruling.final", "agreed", "safety", "counterfeit", "high_value", "freight.merchant_fault", "freight.no_reason",
	"freight.insurance_first", "refund.amount",
}

// judge is one evaluation under way.
type judge struct {
	p   *Policy
	f   Facts
	now time.Time
	r   Reason
	v   Verdict
}

// Evaluate says whether the line can be refunded for the reason, on the facts and at the time given.
// The checks come in the order of domain §2.2: owner, scope, open case, attempts, final ruling, status,
// window, category, intact, evidence. The first that fails decides.
func (p *Policy) Evaluate(f Facts, now time.Time) Verdict {
	j := judge{p: p, f: f, now: now, v: Verdict{Policy: p.Version, Reason: f.Reason}}
	j.run()
	return j.v
}

func (j *judge) run() {
	l, h := j.f.Line, j.f.History
	switch {
	case l.BuyerID != j.f.Buyer || j.f.Buyer == "":
		j.refuse(NoNotOwner, "owner")
		return
	case l.Status == Closed:
		j.refuse(NoOutOfScope, "status.fit")
		return
	case j.p.Values.Apply.OneOpenCase.V && h.OpenCase != "" && h.OpenCase != j.f.OwnCase:
		j.refuse(NoOpenCase, "apply.one_open_case")
		j.v.OpenCase = h.OpenCase
		j.open(AltOpenCase)
		return
	case h.Attempts >= j.p.Values.Apply.MaxAttempts.V:
		j.refuse(NoAttempts, "apply.max_attempts")
		j.open(AltHuman, AltComplaint, AltOutside)
		return
	case h.FinalRuling:
		j.refuse(NoFinalRuling, "ruling.final")
		j.open(AltOutside)
		return
	}
	r, ok := j.p.Reasons[j.f.Reason]
	if !ok {
		j.ask(AskReason)
		return
	}
	j.r = r
	// "Wrong item" of the right spec is a matter of taste (domain §2.4, wrong_item).
	if j.f.Reason == WrongItem && j.f.Answers.SpecDiff == No {
		j.f.Reason, j.v.Reason, j.r = NoReason7d, NoReason7d, j.p.Reasons[NoReason7d]
	}
	j.v.Types = j.r.Types
	j.v.Type = j.r.Types[0]
	if slices.Contains(j.r.Types, j.f.Answers.Want) {
		j.v.Type = j.f.Answers.Want
	}
	j.amount()
	j.rule()
}

func (j *judge) rule() {
	if !slices.Contains(j.r.Status, j.f.Line.Status) {
		j.wrongStatus()
		return
	}
	if !j.inWindow() {
		return
	}
	switch j.r.Rule {
	case "unshipped":
		j.cite("unshipped.cancel")
		j.v.Kind, j.v.Code = Eligible, OKUnshipped
		j.done()
		return
	case "late":
		j.cite("late.promised")
		if due := j.f.Line.PromisedShipAt; due.IsZero() || j.now.Before(due) {
			j.wait(due)
			j.open(AltCancel)
			return
		}
		j.v.Kind, j.v.Code = Eligible, OKLogistics
		j.done()
		return
	case "stalled":
		if !j.stalled() {
			return
		}
		j.v.Kind, j.v.Code = Eligible, OKLogistics
		j.done()
		return
	case "no_reason":
		if !j.noReason() {
			return
		}
		j.v.Kind, j.v.Code = Eligible, OKNoReason
		j.done()
		return
	case "agreed":
		j.cite("agreed")
	default:
		j.cite("reason.fault")
	}
	for _, q := range j.r.Ask {
		if j.answer(q) == Unknown {
			j.ask(q)
			return
		}
	}
	j.v.Kind, j.v.Code = EligibleIfEvidence, NeedEvidence
	j.done()
	if j.r.Rule == "agreed" && len(j.v.Missing) == 0 {
		j.v.Kind, j.v.Code = Eligible, OKAgreed
	}
}

// done adds what every application has: evidence, freight, alerts, and the merchant's time.
func (j *judge) done() {
	j.evidence()
	j.freight()
	j.cite("refund.amount", "merchant.review")
	if j.r.Alert != "" {
		j.alert(j.r.Alert)
	}
	if j.v.AmountFen >= j.p.Values.Refund.HumanReviewFen.V {
		j.alert(HumanHighValue)
	}
}

func (j *judge) alert(c Code) {
	j.v.Alerts = append(j.v.Alerts, c)
	j.open(AltHuman)
	switch c {
	case HumanSafety:
		j.cite("safety")
	case HumanCounterfeit:
		j.cite("counterfeit")
	case HumanHighValue:
		j.cite("high_value")
	}
}

func (j *judge) wrongStatus() {
	l := j.f.Line
	j.refuse(NoStatus, "status.fit")
	switch l.Status {
	case PaidUnshipped:
		j.open(AltCancel)
	case Shipped:
		j.open(AltWait)
	default:
		if until := j.faultUntil(); j.now.Before(until) {
			j.v.FaultUntil = until
			j.open(AltFaultReason)
		}
	}
	j.open(AltHuman)
}

// inWindow checks the reason's window, counted from 00:00 of the day after signing (C-23).
func (j *judge) inWindow() bool {
	l := j.f.Line
	if l.SignedAt.IsZero() {
		return true // not signed: no clock has started
	}
	vals := j.p.Values.Apply
	window := j.r.Window
	if window == "fresh_hours" && !slices.Contains(l.Categories, "fresh_perishable") {
		window = "fault_days" // packaged food: the shelf life is a matter of evidence
	}
	var until time.Time
	switch window {
	case "none":
		return true
	case "no_reason_days":
		until = dayAfter(l.SignedAt, vals.NoReasonDays.V)
		j.cite("apply.no_reason_days")
	case "fault_days":
		until = j.faultUntil()
		j.cite("apply.fault_days")
	case "fresh_hours":
		until = l.SignedAt.Add(time.Duration(vals.FreshHours.V) * time.Hour)
		j.cite("apply.fresh_hours")
	case "validity_days":
		until = j.p.ValidUntil(l)
		j.cite("apply.validity_days")
	}
	if j.now.Before(until) {
		j.v.Deadline = until
		return true
	}
	if window == "no_reason_days" {
		j.v.Kind, j.v.Code, j.v.Deadline = NotEligible, NoWindowPassed, until
		if fault := j.faultUntil(); j.now.Before(fault) {
			j.v.FaultUntil = fault
			j.cite("apply.fault_days")
			j.open(AltFaultReason)
		}
		j.open(AltNegotiate)
		return false
	}
	j.v.Kind, j.v.Code, j.v.Deadline = Human, HumanAfterValidity, until
	j.open(AltHuman, AltNegotiate, AltOutside)
	return false
}

// noReason checks category and condition (domain §2.2, category table).
func (j *judge) noReason() bool {
	for _, flag := range j.f.Line.Categories {
		c, ok := j.p.Categories[flag]
		if !ok {
			continue
		}
		switch {
		case c.Basis == "statutory":
			j.refuseCategory(NoCategoryStatutory, "category.statutory", c)
			return false
		case j.f.Line.ExclusionConfirmed:
			j.refuseCategory(NoCategoryConfirmed, "category.confirmed", c)
			return false
		}
	}
	j.cite("no_reason.intact")
	switch j.f.Answers.Intact {
	case No:
		j.v.Kind, j.v.Code = NotEligible, NoNotIntact
		j.faultStaysOpen()
		j.open(AltNegotiate)
		return false
	case Unknown:
		j.ask(AskIntact)
		return false
	}
	return true
}

func (j *judge) refuseCategory(code Code, clause string, c Category) {
	j.v.Kind, j.v.Code = NotEligible, code
	j.citeWith(clause, map[string]Name{"category": c.Name})
	j.faultStaysOpen()
	j.open(AltNegotiate)
}

func (j *judge) faultStaysOpen() {
	if until := j.faultUntil(); until.IsZero() || j.now.Before(until) {
		j.v.FaultUntil = until
		j.open(AltFaultReason)
	}
}

// stalled wants a parcel that is lost or has not moved for long enough.
func (j *judge) stalled() bool {
	l := j.f.Line
	j.cite("not_received.stalled")
	if l.Logistics == LogisticsLost || l.Logistics == LogisticsStalled {
		return true
	}
	last := l.LastLogisticAt
	if last.IsZero() {
		last = l.ShippedAt
	}
	again := last.Add(time.Duration(j.p.Values.Logistics.StalledHours.V) * time.Hour)
	if j.now.Before(again) {
		j.wait(again)
		return false
	}
	return true
}

func (j *judge) wait(until time.Time) {
	j.v.Kind, j.v.Code, j.v.NotBefore = Wait, NotYet, until
	j.open(AltWait)
}

func (j *judge) refuse(code Code, clause string) {
	j.v.Kind, j.v.Code = NotEligible, code
	if code == NoOutOfScope {
		j.v.Kind = OutOfScope
	}
	j.cite(clause)
}

func (j *judge) ask(q QuestionID) {
	j.v.Kind, j.v.Code, j.v.Question = Ask, NeedInfo, q
}

func (j *judge) open(alts ...Alternative) {
	for _, a := range alts {
		if !slices.Contains(j.v.Alternatives, a) {
			j.v.Alternatives = append(j.v.Alternatives, a)
		}
	}
}

func (j *judge) answer(q QuestionID) Tri {
	switch q {
	case AskReceived:
		return j.f.Answers.Received
	case AskIntact:
		return j.f.Answers.Intact
	case AskSpecDiff:
		return j.f.Answers.SpecDiff
	case AskPickup:
		return j.f.Answers.Pickup
	default:
		return Unknown
	}
}

// amount is what was paid, less what came back already (F4-08; C-08).
func (j *judge) amount() {
	l := j.f.Line
	var fen int64
	for _, part := range j.p.Values.Refund.Components.V {
		switch part {
		case "goods_paid":
			fen += l.PaidGoodsFen
		case "freight_paid":
			if j.f.Reason != NoReason7d || j.p.Values.Refund.OutboundFreight.V {
				fen += l.PaidFreightFen
			}
		}
	}
	j.v.MaxFen = max(0, fen-j.f.History.RefundedFen)
	j.v.AmountFen = j.v.MaxFen
	if ask := j.f.Answers.AskFen; j.v.Type == Partial && ask > 0 {
		j.v.AmountFen = min(ask, j.v.MaxFen)
	}
}

func (j *judge) evidence() {
	j.v.Optional = j.r.Optional
	for _, k := range j.r.Auto {
		j.v.Required = append(j.v.Required, Requirement{AnyOf: []EvidenceKind{k}, Auto: true})
	}
	for _, row := range j.r.Required {
		req := Requirement{AnyOf: row}
		j.v.Required = append(j.v.Required, req)
		if !slices.ContainsFunc(row, func(k EvidenceKind) bool { return slices.Contains(j.f.Evidence, k) }) {
			j.v.Missing = append(j.v.Missing, req)
		}
	}
}

func (j *judge) freight() {
	if j.v.Type != ReturnRefund && j.v.Type != Exchange {
		return // nothing travels back
	}
	vals := j.p.Values.Freight
	payer, clause := "", ""
	switch j.r.Freight {
	case "merchant_fault":
		payer, clause = vals.MerchantFault.V, "freight.merchant_fault"
	case "no_reason":
		payer, clause = vals.NoReason.V, "freight.no_reason"
	default:
		return
	}
	j.v.Freight = Payer(payer)
	j.cite(clause)
	if j.v.Freight == PayerBuyer && vals.InsuranceFirst.V && slices.Contains(j.f.Line.Tags, "freight_insurance") {
		j.v.Freight = PayerInsurance
		j.cite("freight.insurance_first")
	}
}

// faultUntil is the end of the window of fault reasons; zero while unsigned.
func (j *judge) faultUntil() time.Time {
	if j.f.Line.SignedAt.IsZero() {
		return time.Time{}
	}
	return dayAfter(j.f.Line.SignedAt, j.p.Values.Apply.FaultDays.V)
}

// ValidUntil is the end of the after-sale period: the last instant of a new application (F1-30).
func (p *Policy) ValidUntil(l Line) time.Time {
	if l.SignedAt.IsZero() {
		return time.Time{}
	}
	return dayAfter(l.SignedAt, p.Values.Apply.ValidityDays.V)
}

func (j *judge) cite(ids ...string) {
	for _, id := range ids {
		j.citeWith(id, nil)
	}
}

// citeWith adds a clause once, with its slots filled from the policy's own figures.
func (j *judge) citeWith(id string, names map[string]Name) {
	if slices.ContainsFunc(j.v.Clauses, func(c Clause) bool { return c.ID == id }) {
		return
	}
	t, v := j.p.Clauses[id], j.p.Values
	value := map[string]string{
		"apply.no_reason_days": strconv.Itoa(v.Apply.NoReasonDays.V), "apply.fault_days": strconv.Itoa(v.Apply.FaultDays.V),
		"apply.validity_days": strconv.Itoa(v.Apply.ValidityDays.V), "apply.fresh_hours": strconv.Itoa(v.Apply.FreshHours.V),
		"apply.max_attempts": strconv.Itoa(v.Apply.MaxAttempts.V), "not_received.stalled": strconv.Itoa(v.Logistics.StalledHours.V),
		"merchant.review": strconv.Itoa(v.Merchant.ReviewHardDays.V),
	}[id]
	fill := func(text, lang string) string {
		pairs := []string{
			"{days}", value, "{hours}", value, "{count}", value,
			"{typical}", v.Merchant.ReviewTypical.V, "{reason}", j.r.In(lang),
		}
		for slot, n := range names {
			pairs = append(pairs, "{"+slot+"}", n.In(lang))
		}
		return strings.NewReplacer(pairs...).Replace(text)
	}
	j.v.Clauses = append(j.v.Clauses, Clause{ID: id, TextZH: fill(t.ZH, "zh"), TextEN: fill(t.EN, "en"), Value: value, Facts: t.Facts})
}
