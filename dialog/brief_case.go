package dialog

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// caseFacts are the facts of a case in the order in which somebody who rules on it asks for them: what was bought,
// what became of the parcel, what the buyer says, what the merchant says, what was decided, where the money is.
func caseFacts(c cases.Case, v CaseView) []BriefFact {
	facts := []BriefFact{
		{Key: "item", Source: ByOrder, Text: strings.TrimSpace(c.Line.Title + " " + c.Line.Spec)},
		{Key: "order", Source: ByOrder, Text: c.Line.OrderID},
		{Key: "shop", Source: ByOrder, Text: c.Line.ShopName},
		{Key: "paid", Source: ByOrder, AmountFen: v.Order.PaidFen, At: c.Line.PaidAt},
		{Key: "order_status", Source: ByOrder, Text: v.Order.Status},
	}
	add := func(f BriefFact) {
		if f.Text != "" || f.AmountFen != 0 || !f.At.IsZero() {
			facts = append(facts, f)
		}
	}
	add(BriefFact{Key: "shipped", Source: ByLogistics, Text: parcelOf(c.Line.Carrier, c.Line.Waybill), At: c.Line.ShippedAt})
	add(BriefFact{Key: "signed", Source: ByLogistics, At: c.Line.SignedAt})

	add(BriefFact{Key: "reason", Source: ByBuyer, Text: v.ReasonName})
	add(BriefFact{Key: "type", Source: ByBuyer, Text: v.TypeName})
	add(BriefFact{Key: "asked", Source: ByBuyer, AmountFen: c.AmountFen})
	facts = append(facts, answerFacts(c.Answers)...)
	add(BriefFact{Key: "story", Source: ByBuyer, Text: c.Story})
	add(BriefFact{Key: "statement", Source: ByBuyer, Text: c.Statement})
	add(BriefFact{Key: "returned", Source: ByBuyer, Text: parcelOf(c.Return.Carrier, c.Return.Waybill), At: c.Return.WaybillAt})
	add(BriefFact{Key: "return_signed", Source: ByLogistics, At: c.Return.SignedAt})
	if c.Attempt > 1 {
		add(BriefFact{Key: "attempt", Source: ByPlatform, Text: strconv.Itoa(c.Attempt)})
	}

	if r := v.Rejection; r != nil {
		add(BriefFact{Key: "rejection", Source: ByMerchant, Text: r.Code + " " + r.Name + ": " + r.Text, At: r.At})
	}
	if o := c.Offer; o != nil {
		add(BriefFact{Key: "offer." + string(o.Kind), Source: ByMerchant, Text: o.Text, AmountFen: o.AmountFen, At: o.At})
	}
	if c.Overdue {
		add(BriefFact{Key: "merchant_overdue", Source: ByPlatform, At: c.OverdueAt})
	}
	add(BriefFact{Key: "escalated", Source: ByPlatform, At: c.Arbitration.EscalatedAt})
	if r := v.Ruling; r != nil {
		add(BriefFact{Key: "ruling", Source: ByPlatform, Text: r.Name + ": " + r.Reasons, At: r.At})
	}
	if c.GoodsBack {
		add(BriefFact{Key: "goods_back", Source: ByPlatform, At: c.Deadlines[cases.TimerGoodsBack]})
	}
	if r := v.Refund; r != nil {
		at := r.IssuedAt
		if !r.PaidAt.IsZero() {
			at = r.PaidAt
		}
		add(BriefFact{Key: "refund." + r.Status, Source: ByPayment, AmountFen: r.AmountFen, At: at})
	}
	return facts
}

func parcelOf(carrier, number string) string { return strings.TrimSpace(carrier + " " + number) }

// answerFacts are what the buyer was asked and pressed, in a fixed order.
func answerFacts(a policy.Answers) []BriefFact {
	var out []BriefFact
	for _, q := range append(policy.YesNo(), "harm") {
		if q == policy.AskPickupAgain || q == policy.AskInChatAgain {
			continue // the same fact, asked again
		}
		if v := answerIn(a, q); v != policy.Unknown {
			out = append(out, BriefFact{Key: "answer." + string(q), Source: ByBuyer, Text: string(v)})
		}
	}
	return out
}

// briefVerdict is the verdict with the facts of the domain that its clauses name.
func briefVerdict(c cases.Case, v CaseView) *BriefVerdict {
	if v.Verdict == nil || c.Verdict == nil {
		return nil
	}
	return &BriefVerdict{VerdictView: *v.Verdict, Facts: citedFacts(c.Verdict)}
}

// missing is what the platform asked for and has not got, then what the policy's checklist wants of the buyer, with
// what only helps last.
func missing(c cases.Case, v CaseView, kinds map[policy.EvidenceKind]string) []BriefMissing {
	var out []BriefMissing
	asked := map[policy.EvidenceKind]bool{} // of the buyer
	for _, r := range c.Arbitration.Asked {
		timer := cases.TimerEvidenceBuyer
		if r.Party == cases.Merchant {
			timer = cases.TimerEvidenceShop
		}
		for _, k := range r.Kinds {
			if r.Party == cases.Buyer {
				asked[k] = true
			}
			if !r.Answered && !came(c, r.Party, k, r.At) {
				label := kinds[k]
				if label == "" {
					label = string(k)
				}
				out = append(out, BriefMissing{Labels: []string{label}, Party: string(r.Party), Required: true, Asked: true, Until: c.Deadlines[timer]})
			}
		}
	}
	for _, required := range []bool{true, false} {
		for _, row := range v.Checklist {
			if row.Done || row.Required != required || len(row.Kinds) == 1 && asked[policy.EvidenceKind(row.Kinds[0].Kind)] {
				continue
			}
			m := BriefMissing{Party: string(cases.Buyer), Required: row.Required}
			for _, k := range row.Kinds {
				m.Labels = append(m.Labels, k.Label)
			}
			out = append(out, m)
		}
	}
	return out
}

// came says whether a party gave a kind of evidence since a time.
func came(c cases.Case, party cases.Actor, kind policy.EvidenceKind, since time.Time) bool {
	return slices.ContainsFunc(c.Evidence, func(e cases.Evidence) bool {
		return e.Party == party && e.Kind == kind && !e.At.Before(since)
	})
}
