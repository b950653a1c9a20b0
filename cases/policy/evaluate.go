package policy

import (
	"slices"
	"strconv"
	"time"
)

// judge is one evaluation under way.
type judge struct {
	p        *Policy
	f        Facts
	now      time.Time
	r        Reason
	v        Verdict
	category Name       // of the flag that excludes a no-reason return
	judged   []ReasonID // the reasons looked at so far: one may stand for another, but not in a circle
	trace    *[]Step
}

// Evaluate says whether the line can be refunded for the reason, on the facts and at the time given.
// The checks come in the order of domain §2.2: owner, scope, open case, attempts, final ruling, status,
// window, category, intact, evidence. The first that fails decides. A fact that is not known gives Ask.
func (p *Policy) Evaluate(f Facts, now time.Time) Verdict {
	j := judge{p: p, f: f, now: now, v: Verdict{Policy: p.Version, Reason: f.Reason}}
	j.run()
	return j.v
}

func (j *judge) run() {
	if !j.mayAsk() {
		return
	}
	for {
		r, ok := j.p.Reasons[j.f.Reason]
		j.judged = append(j.judged, j.f.Reason)
		if !ok {
			j.step("reason", "ask", "", look("reason", j.f.Reason))
			j.ask(AskReason)
			return
		}
		j.r, j.v.Reason = r, j.f.Reason
		j.step("reason", "ok", "", look("reason", j.f.Reason), look("class", r.Class))
		use := j.judgeReason()
		if use == "" {
			return
		}
		// Another reason is meant: begin again with it, as if the buyer had said so.
		j.f.Reason = use
		j.v = Verdict{Policy: j.v.Policy}
	}
}

// mayAsk are the checks that come before the reason: owner, scope, open case, attempts, final ruling.
func (j *judge) mayAsk() bool {
	l, h, a := j.f.Line, j.f.History, j.p.Values.Apply
	switch {
	case !j.passes("owner", l.BuyerID == j.f.Buyer && j.f.Buyer != "", "owner", look("buyer", j.f.Buyer), look("line.buyer_id", l.BuyerID)):
		j.refuse(NoNotOwner, "owner")
	case !j.passes("scope", slices.Contains(statuses, l.Status) && l.Status != Closed, "scope", look("line.status", l.Status)):
		j.refuse(NoOutOfScope, "scope")
	case !j.passes("open_case", !a.OneOpenCase.V || h.OpenCase == "" || h.OpenCase == j.f.OwnCase, "apply.one_open_case", look("history.open_case", h.OpenCase), look("own_case", j.f.OwnCase)):
		j.refuse(NoOpenCase, "apply.one_open_case")
		j.v.OpenCase = h.OpenCase
		j.open(AltOpenCase)
	case !j.passes("attempts", h.Attempts < a.MaxAttempts.V, "apply.max_attempts", look("history.attempts", strconv.Itoa(h.Attempts)), look("max", strconv.Itoa(a.MaxAttempts.V))):
		j.refuse(NoAttempts, "apply.max_attempts")
		j.open(AltHuman, AltComplaint, AltOutside)
	case !j.passes("attempts", h.Rejections < a.MaxRejections.V, "apply.max_rejections", look("history.rejections", strconv.Itoa(h.Rejections)), look("max", strconv.Itoa(a.MaxRejections.V))):
		j.refuse(NoAttempts, "apply.max_rejections")
		j.open(AltEscalate, AltHuman, AltComplaint, AltOutside)
	case !j.passes("final_ruling", !h.FinalRuling, "ruling.final", look("history.final_ruling", strconv.FormatBool(h.FinalRuling))):
		j.refuse(NoFinalRuling, "ruling.final")
		j.open(AltOutside)
	default:
		return true
	}
	return false
}

// judgeReason judges the reason at hand. It returns the reason that is meant instead, if any.
func (j *judge) judgeReason() ReasonID {
	j.v.Types = j.r.Types
	j.v.Type = j.r.Types[0]
	if slices.Contains(j.r.Types, j.f.Answers.Want) {
		j.v.Type = j.f.Answers.Want
	}
	j.amount()
	if j.r.Alert != "" {
		j.alert(j.r.Alert, "")
	}
	for _, rule := range j.r.Rules {
		if rule.Alert != "" && j.holds(rule) {
			j.stepRule(rule, "alert")
			j.alert(rule.Alert, rule.Clause)
		}
	}
	if ok := slices.Contains(j.r.Status, j.f.Line.Status); !j.passes("status", ok, "status.fit", look("line.status", j.f.Line.Status), lookAll("fits", j.r.Status)) {
		if use := j.r.Use[j.f.Line.Status]; use != "" && !slices.Contains(j.judged, use) {
			j.step("status", "use "+string(use), "")
			return use
		}
		j.wrongStatus()
		return ""
	}
	if !j.inWindow() {
		return ""
	}
	if j.r.Clause != "" {
		j.cite(j.r.Clause)
	}
	for _, rule := range j.r.Rules {
		if rule.Alert != "" {
			continue
		}
		if !j.holds(rule) {
			j.stepRule(rule, "no")
			continue
		}
		if rule.Clause != "" {
			j.cite(rule.Clause)
		}
		switch {
		case rule.Use != "" && !slices.Contains(j.judged, rule.Use):
			j.stepRule(rule, "use "+string(rule.Use))
			return rule.Use
		case rule.Ask != "":
			j.stepRule(rule, "ask")
			j.ask(rule.Ask)
			j.open(rule.Offer...)
			return ""
		case rule.Code != "":
			j.stepRule(rule, "refused")
			j.decide(rule)
			return ""
		}
	}
	j.open(j.r.Offer...)
	if !j.claimed() {
		return ""
	}
	j.evidence()
	j.v.Code = NeedEvidence
	if j.r.OK != "" && len(j.v.Missing) == 0 {
		j.v.Code = j.r.OK
	}
	j.v.Kind = kinds[j.v.Code]
	j.step("evidence", string(j.v.Code), "", lookAll("evidence", j.f.Evidence), look("missing", strconv.Itoa(len(j.v.Missing))))
	j.freight()
	j.cite("refund.amount", j.reviewClause())
	if j.v.AmountFen >= j.p.Values.Refund.HumanReviewFen.V {
		j.alert(HumanHighValue, "high_value")
	}
	return ""
}

// decide ends the checks with a rule's verdict.
func (j *judge) decide(r Rule) {
	j.v.Kind, j.v.Code = kinds[r.Code], r.Code
	if r.Code == NotYet {
		j.v.NotBefore = j.changes(r)
	}
	j.open(r.Offer...)
}

// alert offers a person without blocking anything (§2.2).
func (j *judge) alert(c Code, clause string) {
	if slices.Contains(j.v.Alerts, c) {
		return
	}
	j.v.Alerts = append(j.v.Alerts, c)
	j.step("alert", string(c), clause)
	j.open(AltHuman)
	if clause == "" {
		clause = map[Code]string{HumanSafety: "safety", HumanCounterfeit: "counterfeit", HumanHighValue: "high_value"}[c]
	}
	j.cite(clause)
}

func (j *judge) wrongStatus() {
	j.refuse(NoStatus, "status.fit")
	j.open(j.r.Elsewhere...)
	switch j.f.Line.Status {
	case PaidUnshipped:
		j.open(AltCancel)
	case Shipped:
		j.open(AltWait)
	default:
		j.open(AltFaultReason)
	}
	j.open(AltHuman)
}

// inWindow checks until when the reason can be claimed.
func (j *judge) inWindow() bool {
	until, clause := j.windowEnd()
	if until.IsZero() {
		j.step("window", "ok", "", look("window", j.r.Window))
		return true
	}
	j.cite(clause)
	j.v.Deadline = until
	if j.passes("window", j.now.Before(until), clause, look("now", j.at(j.now)), look("until", j.at(until))) {
		return true
	}
	j.v.Code = j.r.Over
	if j.v.Code == "" {
		j.v.Code = HumanAfterValidity
		j.open(AltHuman, AltNegotiate, AltOutside)
	}
	j.v.Kind = kinds[j.v.Code]
	j.open(j.r.AfterOver...)
	return false
}

// windowEnd is the end of the reason's window and the clause that sets it; zero if no clock runs. Some goods
// have a shorter one (window_by): of several, the one that ends first.
func (j *judge) windowEnd() (time.Time, string) {
	until, clause := j.window(j.r.Window)
	for i, flag := range j.f.Line.Categories {
		name, ok := j.r.WindowBy[flag]
		if !ok {
			continue
		}
		if at, c := j.window(name); !at.IsZero() && (i == 0 || until.IsZero() || at.Before(until)) {
			until, clause = at, c
		}
	}
	return until, clause
}

func (j *judge) window(name string) (time.Time, string) {
	l, apply := j.f.Line, j.p.Values.Apply
	if name == "after_return" {
		if at := j.f.History.ReturnAt; !at.IsZero() {
			return j.p.dayAfter(at, apply.FaultDays.V), "apply.after_return"
		}
		return time.Time{}, ""
	}
	if l.SignedAt.IsZero() {
		return time.Time{}, "" // not signed for: no clock has started
	}
	switch name {
	case "no_reason_days":
		return j.noReasonUntil(), "apply.no_reason_days"
	case "fault_days":
		return j.faultUntil(), "apply.fault_days"
	case "fresh_hours":
		return l.SignedAt.Add(hours(apply.FreshHours.V)), "apply.fresh_hours"
	case "validity_days":
		return j.p.ValidUntil(l), "apply.validity_days"
	case "shelf_life":
		// What goes off while its shelf life runs is a fault, until no new application is taken at all. What came
		// past its shelf life, or says none, has the window of a fault.
		end := l.BestBefore
		if !end.After(l.SignedAt) {
			return j.faultUntil(), "apply.fault_days"
		}
		if valid := j.p.ValidUntil(l); valid.Before(end) {
			end = valid
		}
		return end, "apply.shelf_life"
	}
	return time.Time{}, ""
}

// noReasonUntil and faultUntil are the ends of the two windows from signing; zero while unsigned.
func (j *judge) noReasonUntil() time.Time {
	return j.p.afterSigning(j.f.Line, j.p.Values.Apply.NoReasonDays.V)
}

func (j *judge) faultUntil() time.Time {
	return j.p.afterSigning(j.f.Line, j.p.Values.Apply.FaultDays.V)
}

// ValidUntil is the end of the after-sale period: the last instant of a new application (F1-30).
func (p *Policy) ValidUntil(l Line) time.Time {
	return p.afterSigning(l, p.Values.Apply.ValidityDays.V)
}

// afterSigning counts from 00:00 of the day after signing (C-23).
func (p *Policy) afterSigning(l Line, n int) time.Time {
	if l.SignedAt.IsZero() {
		return time.Time{}
	}
	return p.dayAfter(l.SignedAt, n)
}

func (j *judge) refuse(code Code, clause string) {
	j.v.Kind, j.v.Code = kinds[code], code
	j.cite(clause)
}

func (j *judge) ask(q QuestionID) {
	j.v.Kind, j.v.Code, j.v.Question = Ask, NeedInfo, q
}

// open adds roads that are open to the buyer. Those that are only sometimes are looked at first.
func (j *judge) open(alts ...Alternative) {
	for _, a := range alts {
		if slices.Contains(j.v.Alternatives, a) {
			continue
		}
		switch a {
		case AltFaultReason:
			until := j.faultUntil()
			if !until.IsZero() && !j.now.Before(until) {
				continue
			}
			if !until.IsZero() {
				j.v.FaultUntil = until
				j.cite("apply.fault_days")
			}
		case AltNoReason:
			until := j.noReasonUntil()
			if j.f.Line.Status == PaidUnshipped || !until.IsZero() && !j.now.Before(until) || j.excludedBy() != "" {
				continue
			}
		case AltRefuse:
			if j.f.Line.Status != Shipped {
				continue
			}
		case AltCancel:
			if j.f.Line.Status != PaidUnshipped {
				continue
			}
		case AltInsurance:
			if !slices.Contains(j.f.Line.Tags, "freight_insurance") {
				continue
			}
		}
		j.v.Alternatives = append(j.v.Alternatives, a)
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
}

// claimed puts the buyer's own figure in place of the whole where only a part is asked for, and asks for it.
func (j *judge) claimed() bool {
	if j.v.Type != Partial {
		return true
	}
	ask := j.f.Answers.AskFen
	if !j.passes("amount", ask > 0, "", look("ask_fen", strconv.FormatInt(ask, 10)), look("at_most_fen", strconv.FormatInt(j.v.MaxFen, 10))) {
		j.ask(AskAmount)
		return false
	}
	j.v.AmountFen = min(ask, j.v.MaxFen)
	return true
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
	j.step("freight", string(j.v.Freight), clause)
}

// reviewClause is what to say of the merchant's time, by the profile in force.
func (j *judge) reviewClause() string {
	if j.p.Values.Merchant.ReviewProfile.V == ProfileFast {
		return "merchant.review_fast"
	}
	return "merchant.review"
}
