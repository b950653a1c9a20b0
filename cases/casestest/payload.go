package casestest

import (
	"fmt"
	"slices"

	"recourse/cases"
	"recourse/cases/policy"
)

// fitting is an event with a payload that its transition takes. pick chooses among what is possible.
func (d *desk) fitting(c cases.Case, actor cases.Actor, kind cases.EventKind, pick func(n int) int) cases.Event {
	d.seq++
	ev := cases.Event{
		Key: fmt.Sprintf("k%d", d.seq), Kind: kind, Actor: actor, Confirmed: true, Told: true, BuyerOK: true, ShopOK: true,
	}
	switch actor {
	case cases.Buyer:
		ev.By = c.Buyer
	case cases.Merchant:
		ev.By = c.Shop
	case cases.Agent:
		ev.By, ev.Role = agentFor(c, kind), "supervisor"
	}
	switch kind {
	case cases.EvAmend:
		reasons := []policy.ReasonID{policy.QualityDefect, policy.WrongItem, policy.NoReason7d}
		ev.Reason, ev.Text = reasons[pick(len(reasons))], "它开不了机"
		ev.Answers = &policy.Answers{Received: policy.Yes, Intact: policy.Yes, SpecDiff: policy.Yes, Pickup: policy.Yes}
	case cases.EvSupplement:
		ev.Evidence = d.evidence(c, actor)
	case cases.EvUnstage:
		if len(c.Evidence) > 0 {
			ev.Evidence = []cases.Evidence{{ID: c.Evidence[pick(len(c.Evidence))].ID}}
		}
	case cases.EvOffer, cases.EvSettle:
		ev.AmountFen = c.AmountFen / 2
	case cases.EvReject:
		ev.Code, ev.Text = "MR03", "nothing is wrong with these goods"
		ev.Evidence = []cases.Evidence{d.item("merchant_quality_proof", cases.Merchant)}
	case cases.EvRejectReturn, cases.EvRefuseParcel:
		ev.Code, ev.Text = "MR12", "another item came back"
		ev.Evidence = []cases.Evidence{d.item("merchant_inspection", cases.Merchant)}
	case cases.EvEscalate:
		ev.Text = "please look at it"
	case cases.EvFillTracking, cases.EvFixTracking, cases.EvSendRest, cases.EvShip, cases.EvGoodsSentBack:
		ev.Carrier, ev.Waybill = "SF", fmt.Sprintf("SF%013d", d.seq)
	case cases.EvCarrierSigned, cases.EvCarrierTrace, cases.EvCarrierRefused, cases.EvReportLost:
		ev.Waybill = c.Return.Waybill
	case cases.EvReassign:
		ev.Text, ev.Assignee = "the agent is not at work this week", "a3"
	case cases.EvRequestEvidence:
		ev.Party, ev.Text = []cases.Actor{cases.Buyer, cases.Merchant, cases.BothParties}[pick(3)], "please describe it"
		ev.Kinds = []policy.EvidenceKind{"statement"}
	case cases.EvRuleRefund, cases.EvRuleReturnRefund, cases.EvRuleMerchant, cases.EvDismiss, cases.EvUphold, cases.EvOverturn, cases.EvReopen:
		ev.Text, ev.Type = "reasons written out at some length", policy.RefundOnly
	case cases.EvPaymentSucceeded:
		ev.AmountFen, ev.Method = c.Refund.AmountFen, "original_route"
	case cases.EvResubmit:
		ev.NewCase = d.newID()
	}
	return ev
}

// agentFor is an agent who may act: the one who has the case, or another than the first one.
func agentFor(c cases.Case, kind cases.EventKind) string {
	if fresh := kind == cases.EvClaim || kind == cases.EvUphold || kind == cases.EvOverturn; !fresh && c.Arbitration.Agent != "" {
		return c.Arbitration.Agent
	}
	if c.Arbitration.FirstAgent == "a1" {
		return "a2"
	}
	return "a1"
}

// evidence gives a draft what it misses, and else a statement.
func (d *desk) evidence(c cases.Case, actor cases.Actor) []cases.Evidence {
	var out []cases.Evidence
	if c.State == cases.Draft && c.Verdict != nil {
		for _, req := range c.Verdict.Missing {
			out = append(out, d.item(req.AnyOf[0], actor))
		}
	}
	if len(out) == 0 {
		out = []cases.Evidence{d.item("statement", actor)}
	}
	return out
}

func (d *desk) item(kind policy.EvidenceKind, party cases.Actor) cases.Evidence {
	d.seq++
	e := cases.Evidence{
		ID: cases.EvidenceID(fmt.Sprintf("e_%s_%d", d.buyer, d.seq)), Kind: kind, Party: party, Media: "image/jpeg",
		At: d.clock(), SHA256: fmt.Sprint(d.seq),
	}
	if slices.Contains(policy.Default().Evidence[kind].Media, "text") {
		e.Media, e.Text = "", "what happened, in my own words"
	}
	return e
}
