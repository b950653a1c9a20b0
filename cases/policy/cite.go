package policy

import (
	"slices"
	"strconv"
	"strings"
)

// clauseIDs are the clauses that the program cites by itself; the file must have a text for each. Reasons and
// rules of the file may cite more, which must be there too.
var clauseIDs = []string{
	"apply.no_reason_days", "apply.fault_days", "apply.validity_days", "apply.fresh_hours", "apply.after_return",
	"apply.shelf_life", "apply.max_attempts", "apply.max_rejections", "apply.one_open_case", "merchant.review",
	"merchant.review_fast", "status.fit", "owner", "scope", "ruling.final", "safety", "counterfeit", "high_value",
	"freight.merchant_fault", "freight.no_reason", "freight.insurance_first", "refund.amount",
}

// partNames are what amount_components and exclude speak of, for sentences.
var partNames = map[string]Name{
	"goods_paid": {ZH: "商品款", EN: "goods"}, "freight_paid": {ZH: "运费", EN: "postage"},
	"coupon": {ZH: "优惠券", EN: "coupons"}, "discount": {ZH: "优惠减免", EN: "discounts"},
}

func (j *judge) cite(ids ...string) {
	for _, id := range ids {
		if slices.ContainsFunc(j.v.Clauses, func(c Clause) bool { return c.ID == id }) {
			continue
		}
		t := j.p.Clauses[id]
		value := j.p.figure(id)
		j.v.Clauses = append(j.v.Clauses, Clause{
			ID: id, TextZH: j.fill(t.ZH, value, "zh"), TextEN: j.fill(t.EN, value, "en"), Value: value, Facts: t.Facts,
		})
	}
}

// figure is the value that a clause states, as text; "" if it states none.
func (p *Policy) figure(clause string) string {
	v := p.Values
	switch clause {
	case "apply.no_reason_days":
		return strconv.Itoa(v.Apply.NoReasonDays.V)
	case "apply.fault_days", "apply.after_return":
		return strconv.Itoa(v.Apply.FaultDays.V)
	case "apply.validity_days", "apply.shelf_life":
		return strconv.Itoa(v.Apply.ValidityDays.V)
	case "apply.fresh_hours":
		return strconv.Itoa(v.Apply.FreshHours.V)
	case "apply.max_attempts":
		return strconv.Itoa(v.Apply.MaxAttempts.V)
	case "apply.max_rejections":
		return strconv.Itoa(v.Apply.MaxRejections.V)
	case "not_received.stalled":
		return strconv.Itoa(v.Logistics.StalledHours.V)
	case "merchant.review":
		return strconv.Itoa(v.Merchant.ReviewHardDays.V)
	case "merchant.review_fast":
		return strconv.Itoa(v.Merchant.FastHardHours.V)
	}
	return ""
}

// fill puts the policy's figures into a clause.
func (j *judge) fill(text, value, lang string) string {
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		slot, after, closed := strings.Cut(rest, "}")
		if !closed {
			b.WriteString("{" + rest)
			return b.String()
		}
		b.WriteString(j.slot(slot, value, lang))
		text = after
	}
}

// slot is what stands for a {slot} of a clause.
func (j *judge) slot(name, value, lang string) string {
	v := j.p.Values
	switch name {
	case "days", "hours", "count":
		return value
	case "typical":
		return v.Merchant.ReviewTypical.V
	case "soft":
		return strconv.Itoa(v.Merchant.FastSoftHours.V)
	case "reason":
		return j.r.In(lang)
	case "category":
		return j.category.In(lang)
	case "parts":
		return partList(v.Refund.Components.V, lang)
	case "excluded":
		return partList(v.Refund.Exclude.V, lang)
	}
	return "{" + name + "}" // the check of the file refuses it
}

func partList(parts []string, lang string) string {
	names := make([]string, len(parts))
	for i, p := range parts {
		names[i] = partNames[p].In(lang)
	}
	if strings.HasPrefix(lang, "en") {
		return strings.Join(names, " and ")
	}
	return strings.Join(names, "、")
}
