package policy

import (
	"reflect"
	"slices"
)

// The closed sets that a policy file may choose from.
var (
	bases    = []string{"seed", "ext", "ours", "seed+ext"}
	rules    = []string{"no_reason", "fault", "fresh", "stalled", "late", "unshipped", "agreed"}
	windows  = []string{"no_reason_days", "fault_days", "fresh_hours", "validity_days", "none"}
	freights = []string{"none", "merchant_fault", "no_reason"}
	statuses = []Status{PaidUnshipped, Shipped, Signed, Completed, Closed}
	types    = []RefundType{RefundOnly, ReturnRefund, Exchange, Partial, Reship}
	medias   = []string{"image", "video", "text"}
	parties  = []string{"buyer", "merchant"}
	asks     = []QuestionID{AskReceived, AskIntact, AskSpecDiff, AskPickup}

	allCodes = []Code{
		OKUnshipped, OKNoReason, OKAgreed, OKLogistics, NeedEvidence, NeedInfo, NotYet, NoWindowPassed,
		NoCategoryStatutory, NoCategoryConfirmed, NoNotIntact, NoStatus, NoOpenCase, NoAttempts, NoNotOwner,
		NoFinalRuling, NoOutOfScope, HumanAfterValidity, HumanHighValue, HumanSafety, HumanCounterfeit,
	}
)

type located interface {
	where() (line int, unit, basis string)
}

// checkValues wants every figure there, in its unit, with a basis, and in range.
func (p *Policy) checkValues(r *report) {
	groups := reflect.ValueOf(p.Values)
	for i := range groups.NumField() {
		group := groups.Type().Field(i).Tag.Get("yaml")
		g := groups.Field(i)
		for j := range g.NumField() {
			field := g.Type().Field(j)
			key := group + "." + field.Tag.Get("yaml")
			line, unit, basis := g.Field(j).Interface().(located).where()
			if line < 0 {
				continue
			}
			if line == 0 {
				r.at("values", group, "values.%s is missing", key)
				continue
			}
			if want := field.Tag.Get("unit"); unit != want {
				r.add(line, "values.%s is given in %q, must be in %q", key, unit, want)
			}
			if !slices.Contains(bases, basis) {
				r.add(line, "values.%s has basis %q, want one of %v", key, basis, bases)
			}
			switch v := g.Field(j).FieldByName("V"); v.Kind() {
			case reflect.Int, reflect.Int64:
				if v.Int() < 0 || v.Int() == 0 && unit != "count" {
					r.add(line, "values.%s must be above zero", key)
				}
			case reflect.String:
				if v.String() == "" {
					r.add(line, "values.%s is empty", key)
				}
			}
		}
	}
	oneOf := func(v Value[string], key string, allowed ...string) {
		if v.line > 0 && !slices.Contains(allowed, v.V) {
			r.add(v.line, "values.%s is %q, want one of %v", key, v.V, allowed)
		}
	}
	oneOf(p.Values.Merchant.ReviewProfile, "merchant.review_profile", "seed", "fast")
	oneOf(p.Values.Merchant.ReceiptRule, "merchant.receipt_deadline_rule", "min", "replace")
	oneOf(p.Values.Refund.Method, "refund.method", "original_route", "balance")
	oneOf(p.Values.Freight.NoReason, "freight.no_reason", "buyer", "merchant")
	oneOf(p.Values.Freight.MerchantFault, "freight.merchant_fault", "buyer", "merchant")
}

func (p *Policy) checkReasons(rep *report) {
	for _, id := range p.Order {
		r, line := p.Reasons[id], rep.lines["reasons."+string(id)]
		if r.ZH == "" || r.EN == "" {
			rep.add(line, "reason %s needs a zh and an en name", id)
		}
		if !slices.Contains(rules, r.Rule) {
			rep.add(line, "reason %s has rule %q, want one of %v", id, r.Rule, rules)
		}
		if !slices.Contains(windows, r.Window) {
			rep.add(line, "reason %s has window %q, want one of %v", id, r.Window, windows)
		}
		if !slices.Contains(freights, r.Freight) {
			rep.add(line, "reason %s has freight %q, want one of %v", id, r.Freight, freights)
		}
		if len(r.Types) == 0 || len(r.Status) == 0 {
			rep.add(line, "reason %s needs a status and a refund type", id)
		}
		for _, s := range r.Status {
			if !slices.Contains(statuses, s) {
				rep.add(line, "reason %s names the unknown status %q", id, s)
			}
		}
		for _, t := range r.Types {
			if !slices.Contains(types, t) {
				rep.add(line, "reason %s names the unknown refund type %q", id, t)
			}
		}
		for _, q := range r.Ask {
			if !slices.Contains(asks, q) {
				rep.add(line, "reason %s asks the unknown question %q", id, q)
			}
		}
		if r.Alert != "" && !slices.Contains(allCodes, r.Alert) {
			rep.add(line, "reason %s raises the unknown code %q", id, r.Alert)
		}
		for _, k := range slices.Concat(append(r.Required, r.Auto, r.Optional, r.AfterAgree)...) {
			if _, ok := p.Evidence[k]; !ok {
				rep.add(line, "reason %s names the unknown evidence kind %q", id, k)
			}
		}
	}
	for _, id := range []ReasonID{NoReason7d, NotAsDescribed, QualityDefect, WrongItem, NotReceived, UnshippedCancel} {
		if _, ok := p.Reasons[id]; !ok {
			rep.at("reasons", "", "reason %s is missing", id)
		}
	}
}

func (p *Policy) checkNames(r *report) {
	for _, c := range allCodes {
		if p.Codes[c] == "" {
			r.at("codes", string(c), "codes.%s is missing", c)
		}
	}
	for c := range p.Codes {
		if !slices.Contains(allCodes, c) {
			r.at("codes", string(c), "codes.%s is unknown", c)
		}
	}
	for _, id := range clauseIDs {
		if t := p.Clauses[id]; t.ZH == "" || t.EN == "" {
			r.at("clauses", id, "clauses.%s needs a zh and an en text", id)
		}
	}
	for k, e := range p.Evidence {
		if e.ZH == "" || e.EN == "" || len(e.Media) == 0 || len(e.By) == 0 || len(e.MustShow.ZH) == 0 || len(e.MustShow.EN) == 0 {
			r.at("evidence", string(k), "evidence.%s needs zh, en, media, by and must_show in both languages", k)
		}
		for _, m := range e.Media {
			if !slices.Contains(medias, m) {
				r.at("evidence", string(k), "evidence.%s names the unknown medium %q", k, m)
			}
		}
		for _, b := range e.By {
			if !slices.Contains(parties, b) {
				r.at("evidence", string(k), "evidence.%s names the unknown party %q", k, b)
			}
		}
	}
	for k, c := range p.Categories {
		if c.ZH == "" || c.EN == "" || c.Basis != "statutory" && c.Basis != "confirmed" {
			r.at("categories", k, "categories.%s needs zh, en and a basis of statutory or confirmed", k)
		}
	}
	for code, rc := range p.Rejects {
		if rc.ZH == "" || rc.EN == "" || rc.Phase != "application" && rc.Phase != "return" {
			r.at("reject_codes", code, "reject_codes.%s needs zh, en and a phase of application or return", code)
		}
		for _, k := range rc.Evidence {
			if _, ok := p.Evidence[k]; !ok {
				r.at("reject_codes", code, "reject_codes.%s names the unknown evidence kind %q", code, k)
			}
		}
	}
}

// checkComplaints wants kinds for both parties, each with names and evidence that its party may give.
func (p *Policy) checkComplaints(r *report) {
	seen := map[ComplaintKindID]bool{}
	has := map[string]bool{}
	for _, k := range p.Complaints {
		line := r.lines["complaint_kinds"]
		has[k.By] = true
		if k.ID == "" || seen[k.ID] {
			r.add(line, "complaint kind %q is missing its id or stands twice", k.ID)
		}
		seen[k.ID] = true
		if k.ZH == "" || k.EN == "" {
			r.add(line, "complaint kind %s needs a zh and an en name", k.ID)
		}
		if !slices.Contains(parties, k.By) {
			r.add(line, "complaint kind %s is by %q, want one of %v", k.ID, k.By, parties)
		}
		for _, e := range k.Evidence {
			if rule, ok := p.Evidence[e]; !ok || !slices.Contains(rule.By, k.By) {
				r.add(line, "complaint kind %s names evidence %q, which the %s cannot give", k.ID, e, k.By)
			}
		}
	}
	for _, party := range parties {
		if !has[party] {
			r.at("complaint_kinds", "", "complaint_kinds has none for the %s", party)
		}
	}
}
