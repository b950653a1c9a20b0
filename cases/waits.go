package cases

import "slices"

// WaitsOn says whether a party must do something: it is its turn, the platform asked it for evidence, or it
// owes the buyer his goods (T25), which outlives the case.
func (c Case) WaitsOn(a Actor) bool {
	if a == Merchant && c.GoodsBack {
		return true
	}
	if c.State == EvidenceRequested {
		return slices.ContainsFunc(c.Arbitration.Asked, func(r EvidenceRequest) bool { return r.Party == a && !r.Answered })
	}
	return c.Turn().Who == a
}

// Outcome is how the case ended, as domain §3.2 names it; "" as long as it has not.
func (c Case) Outcome() string {
	switch c.State {
	case Refunded:
		if c.Refund.AmountFen < c.AmountFen {
			return "refunded_partial"
		}
		return "refunded_full"
	case SettledNoRefund:
		return "settled"
	case ClosedWithdrawn:
		return "withdrawn"
	case ClosedExpired:
		return "expired"
	case ClosedIneligible:
		return "ineligible"
	}
	return c.Arbitration.Outcome
}
