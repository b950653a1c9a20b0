package policy

import (
	"cmp"
	"maps"
	"reflect"
	"regexp"
	"slices"
)

// The closed sets that a policy file may choose from.
var (
	bases    = []string{"seed", "ext", "ours", "seed+ext"}
	windows  = []string{"no_reason_days", "fault_days", "fresh_hours", "validity_days", "shelf_life", "after_return", "none"}
	freights = []string{"none", "merchant_fault", "no_reason"}
	statuses = []Status{PaidUnshipped, Shipped, Signed, Completed, Closed}
	types    = []RefundType{RefundOnly, ReturnRefund, Exchange, Partial, Reship}
	slots    = []string{"days", "hours", "count", "typical", "soft", "reason", "category", "parts", "excluded"} // of clause texts
	medias   = []string{"image", "video", "pdf", "text"}
	parties  = []string{"buyer", "merchant"}
	classes  = []string{"merchant_fault", "buyer_choice", "logistics", "neutral"}
	alts     = []Alternative{
		AltFaultReason, AltNegotiate, AltHuman, AltOpenCase, AltEscalate, AltWait, AltCancel, AltComplaint, AltOutside,
		AltNoReason, AltRefuse, AltProtection, AltInsurance,
	}
	reasonIDs = []ReasonID{
		NoReason7d, NotAsDescribed, QualityDefect, DamagedInTransit, WrongItem, MissingParts, EmptyParcel, NotReceived,
		SignedNotReceived, LateShipment, UnshippedCancel, SpoiledOrExpired, Counterfeit, FalseAdvertising, AllergyOrInjury,
		PriceDifference, FreightOnly, AgreedWithMerchant, OtherReason,
	}

	allCodes = []Code{
		OKUnshipped, OKNoReason, OKAgreed, OKLogistics, NeedEvidence, NeedInfo, NotYet, NoWindowPassed,
		NoCategoryStatutory, NoCategoryConfirmed, NoNotIntact, NoStatus, NoOpenCase, NoAttempts, NoNotOwner,
		NoFinalRuling, NoOutOfScope, HumanAfterValidity, HumanHighValue, HumanSafety, HumanCounterfeit,
	}
)

var slotPattern = regexp.MustCompile(`\{(\w*)\}`)

type located interface {
	where() (line int, unit, basis string)
}

// checkValues wants every figure there, in its unit, with a basis, and in range.
func (p *Policy) checkValues(r *report) {
	p.Values.each(func(group, key, want string, field reflect.Value) {
		line, unit, basis := field.Interface().(located).where()
		if line < 0 {
			return
		}
		if line == 0 {
			r.at("values", group, "values.%s is missing", key)
			return
		}
		if unit != want {
			r.add(line, "values.%s is given in %q, must be in %q", key, unit, want)
		}
		if !slices.Contains(bases, basis) {
			r.add(line, "values.%s has basis %q, want one of %v", key, basis, bases)
		}
		switch v := field.FieldByName("V"); v.Kind() {
		case reflect.Int, reflect.Int64:
			if v.Int() < 0 || v.Int() == 0 && unit != "count" {
				r.add(line, "values.%s must be above zero", key)
			}
		case reflect.String:
			if v.String() == "" {
				r.add(line, "values.%s is empty", key)
			}
		}
	})
	oneOf := func(v Value[string], key string, allowed ...string) {
		if v.line > 0 && !slices.Contains(allowed, v.V) {
			r.add(v.line, "values.%s is %q, want one of %v", key, v.V, allowed)
		}
	}
	oneOf(p.Values.Merchant.ReviewProfile, "merchant.review_profile", ProfileSeed, ProfileFast)
	oneOf(p.Values.Merchant.ReceiptRule, "merchant.receipt_deadline_rule", "min", "replace")
	oneOf(p.Values.Refund.Method, "refund.method", "original_route", "balance")
	oneOf(p.Values.Freight.NoReason, "freight.no_reason", "buyer", "merchant")
	oneOf(p.Values.Freight.MerchantFault, "freight.merchant_fault", "buyer", "merchant")
	eachOf := func(v Value[[]string], key string, allowed ...string) {
		for _, s := range v.V {
			if v.line > 0 && !slices.Contains(allowed, s) {
				r.add(v.line, "values.%s names %q, want some of %v", key, s, allowed)
			}
		}
	}
	eachOf(p.Values.Refund.Components, "refund.amount_components", "goods_paid", "freight_paid")
	eachOf(p.Values.Refund.Exclude, "refund.exclude", "coupon", "discount")
	eachOf(p.Values.Evidence.Types, "evidence.types", "image/jpeg", "image/png", "image/webp", "image/heic", "image/heif",
		"video/mp4", "video/quicktime", "application/pdf")
	if v := p.Values.Refund.AutoAfterAgree; v.line > 0 && !v.V {
		r.add(v.line, "values.refund.auto_after_agree must be true: a refund that a merchant agreed to has no other way (T03)")
	}
}

// each visits every value with its group, its key and the unit it must have.
func (v Values) each(visit func(group, key, unit string, field reflect.Value)) {
	all := reflect.ValueOf(v)
	for i := range all.NumField() {
		tag, g := all.Type().Field(i).Tag, all.Field(i)
		group := tag.Get("yaml")
		if _, single := g.Interface().(located); single {
			visit(group, group, tag.Get("unit"), g)
			continue
		}
		for k := range g.NumField() {
			field := g.Type().Field(k)
			visit(group, group+"."+field.Tag.Get("yaml"), field.Tag.Get("unit"), g.Field(k))
		}
	}
}

func (p *Policy) checkReasons(rep *report) {
	for _, id := range p.Order {
		r, line := p.Reasons[id], rep.lines["reasons."+string(id)]
		bad := func(format string, args ...any) { rep.add(line, "reason %s "+format, append([]any{id}, args...)...) }
		if !slices.Contains(reasonIDs, id) {
			bad("is not one of the reasons of the domain: %v", reasonIDs)
		}
		if r.ZH == "" || r.EN == "" {
			bad("needs a zh and an en name")
		}
		if !slices.Contains(classes, r.Class) {
			bad("has class %q, want one of %v", r.Class, classes)
		}
		if !slices.Contains(windows, r.Window) {
			bad("has window %q, want one of %v", r.Window, windows)
		}
		for flag, w := range r.WindowBy {
			if _, ok := p.Categories[flag]; !ok || !slices.Contains(windows, w) {
				bad("has window_by %s: %s, want a flag of categories and one of %v", flag, w, windows)
			}
		}
		if !slices.Contains(freights, r.Freight) {
			bad("has freight %q, want one of %v", r.Freight, freights)
		}
		if len(r.Types) == 0 || len(r.Status) == 0 {
			bad("needs a status and a refund type")
		}
		for _, s := range r.Status {
			if !slices.Contains(statuses, s) || s == Closed {
				bad("names the unknown status %q", s)
			}
		}
		for s, use := range r.Use {
			if _, ok := p.Reasons[use]; !ok || !slices.Contains(statuses, s) || slices.Contains(r.Status, s) {
				bad("means %q while %q: want another reason, in a status it does not take itself", use, s)
			}
		}
		for _, t := range slices.Concat(r.Types, r.ByDecision) {
			if !slices.Contains(types, t) {
				bad("names the unknown refund type %q", t)
			}
		}
		for _, c := range []struct {
			code Code
			kind Kind
			key  string
		}{{r.OK, Eligible, "ok"}, {r.Alert, Human, "alert"}} {
			if c.code != "" && kinds[c.code] != c.kind {
				bad("has %s %q, want a code that is %s", c.key, c.code, c.kind)
			}
		}
		if r.Over != "" && kinds[r.Over] != NotEligible && kinds[r.Over] != Human {
			bad("has over %q, want a code that is not_eligible or human", r.Over)
		}
		if _, ok := p.Clauses[r.Clause]; r.Clause != "" && !ok {
			bad("rests on the unknown clause %q", r.Clause)
		}
		for _, a := range slices.Concat(r.Elsewhere, r.AfterOver, r.Offer) {
			if !slices.Contains(alts, a) {
				bad("offers %q, want some of %v", a, alts)
			}
		}
		for i, rule := range r.Rules {
			p.checkRule(rule, func(format string, args ...any) {
				rep.add(line, "reason %s, rule %d "+format, append([]any{id, i + 1}, args...)...)
			})
		}
		for _, k := range slices.Concat(append(r.Required, r.Auto, r.Optional, r.AfterAgree)...) {
			if _, ok := p.Evidence[k]; !ok {
				bad("names the unknown evidence kind %q", k)
			}
		}
	}
	for _, id := range reasonIDs {
		if _, ok := p.Reasons[id]; !ok {
			rep.at("reasons", "", "reason %s is missing", id)
		}
	}
}

// checkRule wants known conditions and exactly one outcome.
func (p *Policy) checkRule(r Rule, bad func(format string, args ...any)) {
	for _, c := range r.If {
		pred, value, ok := condition(c)
		if !ok {
			bad("looks at %q, want one of %v with =value", c, sortedKeys(predicates))
			continue
		}
		if allowed := pred.values(p); !slices.Contains(allowed, value) {
			bad("looks at %q, want one of %v", c, allowed)
		}
	}
	outcomes := 0
	for _, given := range []bool{r.Code != "", r.Ask != "", r.Use != "", r.Alert != ""} {
		if given {
			outcomes++
		}
	}
	if outcomes != 1 {
		bad("needs exactly one of code, ask, use and alert")
	}
	if k := kinds[r.Code]; r.Code != "" && k != NotEligible && k != Wait && k != Human {
		bad("decides %q, want a code that is not_eligible, wait or human", r.Code)
	}
	if _, ok := answers[r.Ask]; r.Ask != "" && r.Ask != AskReason && (!ok || r.Ask == "harm") {
		bad("asks the unknown question %q", r.Ask)
	}
	if _, ok := p.Reasons[r.Use]; r.Use != "" && !ok {
		bad("means the unknown reason %q", r.Use)
	}
	if r.Alert != "" && kinds[r.Alert] != Human {
		bad("raises %q, want a code that is human", r.Alert)
	}
	if _, ok := p.Clauses[r.Clause]; r.Clause != "" && !ok {
		bad("rests on the unknown clause %q", r.Clause)
	}
	for _, a := range r.Offer {
		if !slices.Contains(alts, a) {
			bad("offers %q, want some of %v", a, alts)
		}
	}
}

func sortedKeys[K cmp.Ordered, V any](m map[K]V) []K { return slices.Sorted(maps.Keys(m)) }

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
	for id, t := range p.Clauses {
		for _, text := range []string{t.ZH, t.EN} {
			for _, m := range slotPattern.FindAllStringSubmatch(text, -1) {
				if !slices.Contains(slots, m[1]) {
					r.at("clauses", id, "clauses.%s has the slot {%s}, want one of %v", id, m[1], slots)
				}
			}
		}
	}
	for k, e := range p.Evidence {
		if e.ZH == "" || e.EN == "" || len(e.Media) == 0 || len(e.By) == 0 || len(e.MustShow.ZH) == 0 || len(e.MustShow.EN) == 0 || len(e.RefusedIf.ZH) != len(e.RefusedIf.EN) {
			r.at("evidence", string(k), "evidence.%s needs zh, en, media, by and must_show in both languages, and as many refused_if in both", k)
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
		if c.ZH == "" || c.EN == "" || !slices.Contains([]string{"statutory", "confirmed", "none"}, c.Basis) {
			r.at("categories", k, "categories.%s needs zh, en and a basis of statutory, confirmed or none", k)
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
	for i, g := range p.BareGrounds {
		if onlyLetters(g) == "" {
			r.at("bare_grounds", "", "bare_grounds holds an empty phrase (number %d)", i+1)
		}
	}
	p.checkPaths(r)
}

// checkPaths wants of every thing that has ways in the app exactly one that is shown (C-12).
func (p *Policy) checkPaths(r *report) {
	shown := map[string]int{}
	for id, u := range p.UIPaths {
		if u.ZH == "" || u.For == "" {
			r.at("ui_paths", id, "ui_paths.%s needs zh and what it is for", id)
		}
		if u.Show {
			shown[u.For]++
		} else {
			shown[u.For] += 0
		}
	}
	for what, n := range shown {
		if n != 1 {
			r.at("ui_paths", "", "of the ui_paths for %q %d are shown, want one", what, n)
		}
	}
	for _, what := range []string{"apply", "escalate", "cs", "complaint", "progress"} {
		if _, ok := shown[what]; !ok {
			r.at("ui_paths", "", "ui_paths has no way for %q", what)
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
