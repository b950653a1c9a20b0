package cases

import (
	"fmt"
	"slices"
	"time"

	"recourse/cases/policy"
)

// fitting is an event whose payload leaves nothing to be desired, so that only state, record, time and
// actor can refuse it.
func (w *world) fitting(c Case, actor Actor, kind EventKind) Event {
	w.seq++
	ev := Event{Key: fmt.Sprintf("k%d", w.seq), Kind: kind, Actor: actor, Confirmed: true, Told: true, BuyerOK: true, ShopOK: true}
	switch actor {
	case Buyer:
		ev.By = c.Buyer
	case Merchant:
		ev.By = c.Shop
	case Agent:
		ev.By, ev.Role = w.agentFor(c, kind), "supervisor"
	}
	switch kind {
	case EvAmend:
		w.amend(c, &ev)
	case EvSubmit:
		line := w.line
		ev.Line = &line
	case EvUnstage:
		if len(c.Evidence) > 0 {
			ev.Evidence = []Evidence{{ID: c.Evidence[len(c.Evidence)-1].ID}}
		}
	case EvSupplement:
		ev.Evidence = w.evidence(c, actor)
	case EvReassign:
		ev.Text, ev.Assignee = "the agent is not at work this week", w.assignee(c)
	case EvRetryPayment:
		if !c.Refund.BalanceAt.IsZero() && w.pick(2) == 0 {
			ev.Method = Balance
		}
	case EvAgreeReturn, EvMerchantReverses:
		ev.Address = "2 Return Street, Hangzhou"
	case EvOffer, EvSettle:
		ev.AmountFen = c.AmountFen / 2
		if award := c.Arbitration.AwardFen; kind == EvOffer && award > 0 {
			ev.AmountFen = award / 2 // a ruling with a return may be worth less than was asked for
		}
		if c.State != ReturnInspection && w.pick(2) == 0 {
			ev.Type = policy.Reship
		}
		if kind == EvSettle && w.pick(3) == 0 {
			ev.Type, ev.Address, ev.Freight = policy.Exchange, "2 Return Street, Hangzhou", policy.PayerMerchant
		}
	case EvReject, EvRejectReturn, EvRefuseParcel:
		ev.Code, ev.Text = "MR03", "nothing is wrong with these goods"
		proof := policy.EvidenceKind("merchant_quality_proof")
		if kind != EvReject {
			ev.Code, ev.Text, proof = "MR12", "another item came back", "merchant_inspection"
		}
		ev.Evidence = []Evidence{w.item(proof, Merchant, "image/jpeg")}
	case EvEscalate:
		ev.Text = "please look at it"
	case EvFillTracking, EvFixTracking, EvSendRest, EvShip, EvGoodsSentBack:
		ev.Carrier, ev.Waybill = "SF", fmt.Sprintf("SF%013d", w.seq)
	case EvCarrierSigned, EvCarrierTrace, EvCarrierRefused, EvReportLost:
		ev.Waybill = c.Return.Waybill
	case EvRequestEvidence:
		ev.Party = w.whom(c)
		ev.Kinds, ev.Text = []policy.EvidenceKind{"statement"}, "please describe it"
	case EvRuleRefund, EvRuleReturnRefund, EvRuleMerchant, EvDismiss, EvUphold, EvOverturn, EvReopen:
		ev.Text, ev.Address = "reasons written out at some length", "2 Return Street, Hangzhou"
		ev.Type = []policy.RefundType{policy.RefundOnly, policy.ReturnRefund}[w.pick(2)]
		if kind != EvUphold && w.pick(4) == 0 {
			ev.AmountFen = c.AmountFen / 3
		}
	case EvPaymentSucceeded:
		ev.AmountFen, ev.Method = c.Refund.AmountFen, "original_route"
	case EvResubmit:
		ev.NewCase = ID(fmt.Sprintf("c_001_%d", w.seq))
		line := w.line
		ev.Line = &line
		ev.Reason = policy.NotAsDescribed
		ev.Evidence = []Evidence{w.item("statement", Buyer, "")}
	}
	return ev
}

// agentFor is an agent who may act: the one who has the case, or another than the first one.
func (w *world) agentFor(c Case, kind EventKind) string {
	switch kind {
	case EvUphold, EvOverturn:
		if c.Arbitration.Agent != "" {
			return c.Arbitration.Agent
		}
		fallthrough
	case EvClaim:
		for _, a := range []string{"a1", "a2"} {
			if a != c.Arbitration.FirstAgent {
				return a
			}
		}
	}
	if c.Arbitration.Agent != "" {
		return c.Arbitration.Agent
	}
	return "a1"
}

// whom to ask for evidence: of a round that runs, the party that was not asked.
func (w *world) whom(c Case) Actor {
	if c.State == EvidenceRequested {
		for _, r := range c.Arbitration.Asked {
			return other(r.Party)
		}
	}
	return []Actor{Buyer, Merchant, BothParties}[w.pick(3)]
}

// assignee is an agent who may take the case over.
func (w *world) assignee(c Case) string {
	for _, a := range []string{"a3", "a4"} {
		if a != c.Arbitration.Agent && a != c.Arbitration.FirstAgent {
			return a
		}
	}
	return "a5"
}

func (w *world) amend(c Case, ev *Event) {
	reasons := map[policy.Status][]policy.ReasonID{
		policy.PaidUnshipped: {policy.UnshippedCancel, "late_shipment"},
		policy.Shipped:       {policy.NotReceived},
		policy.Signed:        {policy.QualityDefect, policy.WrongItem, policy.NoReason7d, "agreed_with_merchant"},
	}[w.line.Status]
	types := []policy.RefundType{"", policy.RefundOnly, policy.ReturnRefund, policy.Exchange, policy.Reship, policy.Partial}
	ev.Reason, ev.Type = reasons[w.pick(len(reasons))], types[w.pick(len(types))]
	ev.Answers = &policy.Answers{
		Received: policy.Yes, Intact: policy.Yes, SpecDiff: policy.Yes, Pickup: policy.Yes, InChat: policy.Yes, Want: ev.Type, AskFen: 5000,
	}
	ev.Text = "it does not switch on"
	line := w.line
	ev.Line = &line
}

// evidence gives a draft what it still misses, an agent what he asked for, and else a statement.
func (w *world) evidence(c Case, actor Actor) []Evidence {
	if c.State == Draft && c.Verdict != nil {
		var out []Evidence
		for _, req := range c.Verdict.Missing {
			out = append(out, w.item(req.AnyOf[0], actor, "image/jpeg"))
		}
		if len(out) > 0 {
			return out
		}
	}
	return []Evidence{w.item("statement", actor, "")}
}

func (w *world) item(kind policy.EvidenceKind, party Actor, media string) Evidence {
	w.seq++
	e := Evidence{ID: EvidenceID(fmt.Sprintf("e_001_%d", w.seq)), Kind: kind, Party: party, Media: media, At: w.now, SHA256: fmt.Sprint(w.seq)}
	if media == "" || slices.Contains(policy.Default().Evidence[kind].Media, "text") {
		e.Media, e.Text = "", "what happened, in my own words"
	}
	return e
}

// at is an instant in Shanghai, "2006-01-02 15:04".
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, policy.Zone())
	if err != nil {
		panic(err)
	}
	return t.UTC()
}
