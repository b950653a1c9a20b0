package web

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/web/wire"
)

// caseWrite is the input of an action on a case; B is the action's request.
type caseWrite[B any] struct {
	ID   string `path:"id" maxLength:"64" doc:"The case." example:"c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	Key  string `header:"Idempotency-Key" required:"true" minLength:"1" maxLength:"128" pattern:"^[ -~]+$" patternDescription:"printable ASCII" doc:"Yours, one for each intent: the same request with the same key is carried out once, however often it comes." example:"reject-6920251100010001-1"`
	Body B
}

// caseAnswer is a case after an action.
type caseAnswer struct {
	Replayed string `header:"Idempotent-Replayed" doc:"true: the action was carried out by an earlier request with this key; the case is as it stands now."`
	Body     dialog.CaseView
}

// expecting is any action's request.
type expecting interface{ Expected() int }

// An action is what a merchant or an agent may cause: an event of the table of cases.
type action struct {
	kind     cases.EventKind
	does     string // what it does, a sentence
	more     string // what else the document says
	may      []Code // codes besides those of every action
	takeback bool   // whether it can be taken back
}

// actionCodes may be answered to any action on a case.
var actionCodes = []Code{
	CodeKeyRequired, Code(cases.CodeNotFound), Code(cases.CodeNotParty), Code(cases.CodeStateConflict), Code(cases.CodeVersionConflict),
	Code(cases.CodeIdempotencyMismatch),
}

var (
	mayPass     = Code(cases.CodeDeadlinePassed)
	mayAmount   = Code(cases.CodeAmountInvalid)
	mayEvidence = []Code{Code(cases.CodeRejectReason), Code(cases.CodeEvidenceRequired), Code(cases.CodeEvidenceRejected)}
)

// merchantActions are the events that a merchant may cause (domain §3.1); a test holds them against the table.
func (a *rest) merchantActions() {
	plain := func(wire.Plain, *cases.Event) {}
	shopAction(a, action{kind: cases.EvAgreeRefund, does: "Agree to refund without a return.", more: "T03: for refund_only and unshipped cases. The refund is ordered at once."}, plain)
	shopAction(a, action{kind: cases.EvAgreeReship, does: "Agree to send a replacement.", more: "D11: for cases that ask for reship. The time to ship begins."}, plain)
	shopAction(a, action{kind: cases.EvAgreeReturn, does: "Agree to a return.", more: "T04: the buyer gets the address and the time to send the goods back. D12: also when the system agreed for a shop without an address."}, func(in wire.AgreeReturn, ev *cases.Event) {
		ev.Address = in.Address
	})
	shopAction(a, action{kind: cases.EvOffer, does: "Offer something else.", more: "T05, T21: a part of the money, or the goods again. The merchant's own clocks are paused until the buyer answers or the offer lapses.", may: []Code{mayAmount}, takeback: true}, func(in wire.MakeOffer, ev *cases.Event) {
		ev.Type, ev.AmountFen, ev.Text = policy.RefundType(in.Kind), in.AmountFen, in.Text
	})
	reject := func(in wire.Reject, ev *cases.Event) {
		ev.Code, ev.Text, ev.Told = in.Code, in.Text, in.Told
		for _, id := range in.Evidence {
			ev.Cites = append(ev.Cites, cases.EvidenceID(id))
		}
	}
	shopAction(a, action{kind: cases.EvReject, does: "Refuse the application.", more: "T06: with a code of phase application. The buyer has 48 hours to ask the platform to step in or to apply anew. An explanation that is nothing but a phrase like 已签收视为无误 is no ground: it is taken, and marked so for everybody (rejection.bare).", may: mayEvidence, takeback: true}, reject)
	shopAction(a, action{kind: cases.EvExtendReceipt, does: "Extend the time to wait for the return, once.", more: "T15: from the fifth day after the waybill, by seven days.", may: []Code{Code(cases.CodeExtendTooEarly), Code(cases.CodeExtendNotAllowed), mayPass}}, plain)
	shopAction(a, action{kind: cases.EvConfirmRefund, does: "Confirm the return and refund.", more: "T18: also while the parcel is still on its way."}, plain)
	shopAction(a, action{kind: cases.EvConfirmExchange, does: "Confirm the return and exchange.", more: "D16: for cases that ask for exchange. The time to ship the replacement begins; to pay instead, confirm the refund."}, plain)
	shopAction(a, action{kind: cases.EvRejectReturn, does: "Refuse the goods that came back.", more: "T19, T23: with a code of phase return. If the platform had ordered the return, it goes back to the platform.", may: mayEvidence, takeback: true}, reject)
	shopAction(a, action{kind: cases.EvRefuseParcel, does: "Refuse the parcel at the door.", more: "T22: with a code of phase return and a picture of what is wrong.", may: mayEvidence, takeback: true}, reject)
	shopAction(a, action{kind: cases.EvReportLost, does: "Report that the return does not arrive.", more: "T51: after five days without news of the parcel. The platform steps in; the automatic refund stops."}, func(in wire.ReportLost, ev *cases.Event) {
		ev.Text = in.Text
	})
	shopAction(a, action{kind: cases.EvSupplement, does: "Add a statement.", more: "D04, T32: words; files come by upload.", may: []Code{Code(cases.CodeEvidenceRejected), Code(cases.CodeEvidenceLocked), mayPass}, takeback: true}, func(in wire.Supplement, ev *cases.Event) {
		// The statement is an item of evidence; its id comes from the key, so that a repeat is the same item.
		sum := sha256.Sum256([]byte(ev.Key))
		ev.Evidence = []cases.Evidence{{ID: cases.EvidenceID("t_" + hex.EncodeToString(sum[:12])), Kind: "statement", Party: ev.Actor, Text: in.Text}}
	})
	shopAction(a, action{kind: cases.EvMerchantReverses, does: "Take the refusal back and agree.", more: "T27: as long as the buyer has not gone on."}, func(in wire.Reverse, ev *cases.Event) {
		ev.Address = in.Address
	})
	shopAction(a, action{kind: cases.EvMerchantPays, does: "Pay what the platform ruled.", more: "T39: otherwise the platform pays when the time is over, and the merchant bears it."}, plain)
	ship := func(in wire.Shipment, ev *cases.Event) { ev.Carrier, ev.Waybill = in.Carrier, in.Waybill }
	shopAction(a, action{kind: cases.EvShip, does: "Send the replacement.", more: "T48."}, ship)
	shopAction(a, action{kind: cases.EvAgreeGoodsBack, does: "Agree to send the goods back if the buyer withdraws.", more: "D06: a buyer whose goods are with the merchant can withdraw only then."}, plain)
	shopAction(a, action{kind: cases.EvGoodsSentBack, does: "Say that the goods are on their way back to the buyer.", more: "D09: meets the obligation that a lapsed or withdrawn return leaves behind (T25)."}, ship)
}

// agentActions are the events that an agent may cause; a test holds them against the table.
func (a *rest) agentActions() {
	plain := func(wire.Plain, *cases.Event) {}
	rule := func(in wire.Rule, ev *cases.Event) { ev.Text = in.Text }
	mine := []Code{Code(cases.CodeNotAssigned)}
	ruling := []Code{Code(cases.CodeNotAssigned), mayAmount}
	agentAction(a, action{kind: cases.EvClaim, does: "Take the case.", more: "T29.", may: mine, takeback: true}, plain)
	agentAction(a, action{kind: cases.EvRequestEvidence, does: "Ask a party, or both, for evidence.", more: "T31; D15: the other party of a round that runs.", may: mine, takeback: true}, func(in wire.RequestEvidence, ev *cases.Event) {
		ev.Party, ev.Text = cases.Actor(in.Party), in.Text
		for _, k := range in.Kinds {
			ev.Kinds = append(ev.Kinds, policy.EvidenceKind(k))
		}
	})
	refund := func(in wire.RuleRefund, ev *cases.Event) { ev.Text, ev.AmountFen = in.Text, in.AmountFen }
	agentAction(a, action{kind: cases.EvRuleRefund, does: "Rule for the buyer: refund.", more: "T35.", may: ruling}, refund)
	back := func(in wire.RuleReturn, ev *cases.Event) {
		refund(in.RuleRefund, ev)
		ev.Address, ev.Freight = in.Address, policy.Payer(in.FreightPayer)
	}
	agentAction(a, action{kind: cases.EvReassign, does: "Give the case to another agent.", more: "D14: supervisors.", may: mine, takeback: true}, func(in wire.Reassign, ev *cases.Event) {
		ev.Text, ev.Assignee = in.Text, in.Assignee
	})
	agentAction(a, action{kind: cases.EvRuleReturnRefund, does: "Rule for the buyer: return and refund.", more: "T36.", may: ruling}, back)
	agentAction(a, action{kind: cases.EvRuleMerchant, does: "Rule for the merchant.", more: "T37.", may: mine}, rule)
	agentAction(a, action{kind: cases.EvDismiss, does: "Dismiss the application.", more: "T37.", may: mine}, rule)
	agentAction(a, action{kind: cases.EvSettle, does: "Write down what both parties agreed to.", more: "T34.", may: append(ruling, Code(cases.CodeConfirmation))}, func(in wire.Settle, ev *cases.Event) {
		ev.Text, ev.Type, ev.AmountFen, ev.BuyerOK, ev.ShopOK = in.Text, policy.RefundType(in.Kind), in.AmountFen, in.BuyerOK, in.ShopOK
		ev.Address, ev.Freight = in.Address, policy.Payer(in.FreightPayer)
	})
	agentAction(a, action{kind: cases.EvRetryPayment, does: "Order a failed refund again.", more: "T43.", may: []Code{Code(cases.CodeConfirmation)}}, func(in wire.Retry, ev *cases.Event) {
		ev.Method = in.Method
	})
	agentAction(a, action{kind: cases.EvReopen, does: "Open an expired case again.", more: "T47: supervisors.", may: []Code{mayPass}, takeback: true}, rule)
	agentAction(a, action{kind: cases.EvUphold, does: "Uphold the ruling that is appealed.", more: "T45: another agent than the first.", may: mine}, rule)
	agentAction(a, action{kind: cases.EvOverturn, does: "Overturn the ruling for the buyer.", more: "T46: another agent than the first.", may: ruling}, func(in wire.Overturn, ev *cases.Event) {
		back(in.RuleReturn, ev)
		ev.Type = policy.RefundType(in.Type)
	})
}

// operation is how the document shows an action of a side, "merchant" or "agent".
func (x action) operation(side, tag string) huma.Operation {
	op := huma.Operation{
		OperationID: side + camel(string(x.kind)), Method: http.MethodPost, Path: "/api/" + side + "/cases/{id}/" + string(x.kind), Tags: []string{tag},
		Summary: strings.TrimSuffix(x.does, "."), Description: x.more,
	}
	if !x.takeback {
		op.Description += " It cannot be taken back."
	}
	return may(may(op, actionCodes...), x.may...)
}

// show is a case for a reader of the API, with what each allowed action takes.
func (a *rest) show(ctx context.Context, c cases.Case, who cases.Party, reader string) (dialog.CaseView, error) {
	v, err := a.viewOf(ctx, c, who, reader, localeIn(ctx))
	if err != nil {
		return v, err
	}
	for _, name := range v.Allowed {
		if offer, ok := a.offers[string(who.Actor)+" "+name]; ok {
			offer.Href = strings.Replace(offer.Href, "{id}", string(c.ID), 1)
			v.Actions = append(v.Actions, offer)
		}
	}
	return v, nil
}

// offer notes what an action takes, from the schema of its request.
func (a *rest) offer(x action, side, path string, request reflect.Type) {
	offer := dialog.ActionView{Action: string(x.kind), Href: path, Required: []string{}, Final: !x.takeback}
	schema := a.api.OpenAPI().Components.Schemas.Schema(request, false, "")
	for name := range schema.Properties {
		if slices.Contains(schema.Required, name) {
			offer.Required = append(offer.Required, name)
		} else {
			offer.Optional = append(offer.Optional, name)
		}
	}
	slices.Sort(offer.Required)
	slices.Sort(offer.Optional)
	a.offers[side+" "+offer.Action] = offer
}

// shopAction registers an action of merchants; fill puts what the request says into the event.
func shopAction[B expecting](a *rest, x action, fill func(B, *cases.Event)) {
	op := x.operation("merchant", tagActions)
	defer a.offer(x, string(cases.Merchant), op.Path, reflect.TypeFor[B]())
	shopOperation(a, op, func(ctx context.Context, shop string, in *caseWrite[B]) (*caseAnswer, error) {
		if _, err := a.ofShop(ctx, shop, in.ID); err != nil {
			return nil, err
		}
		ev := cases.Event{Kind: x.kind, Actor: cases.Merchant, By: shop, Key: "merchant:" + shop + ":" + in.Key, Expect: in.Body.Expected()}
		fill(in.Body, &ev)
		return a.act(ctx, cases.ID(in.ID), ev, "shop:"+shop)
	})
}

// agentAction registers an action of agents.
func agentAction[B expecting](a *rest, x action, fill func(B, *cases.Event)) {
	op := x.operation("agent", tagDesk)
	defer a.offer(x, string(cases.Agent), op.Path, reflect.TypeFor[B]())
	agentOperation(a, op, func(ctx context.Context, agent Agent, in *caseWrite[B]) (*caseAnswer, error) {
		ev := cases.Event{
			Kind: x.kind, Actor: cases.Agent, By: agent.Login, Role: agent.Role, Key: "agent:" + agent.Login + ":" + in.Key, Expect: in.Body.Expected(),
		}
		fill(in.Body, &ev)
		return a.act(ctx, cases.ID(in.ID), ev, "agent:"+agent.Login)
	})
}

// act applies an event once per key and answers with the case as it stands then.
func (a *rest) act(ctx context.Context, id cases.ID, ev cases.Event, reader string) (*caseAnswer, error) {
	out, err := a.Ledger.Apply(ctx, id, ev)
	if err != nil {
		return nil, err
	}
	trailIn(ctx).about(out.Case.Conversation, "")
	if out.Repeat {
		trailIn(ctx).detail("replayed", "true")
	}
	v, err := a.show(ctx, out.Case, cases.Party{Actor: ev.Actor, By: ev.By, Role: ev.Role}, reader)
	if err != nil {
		return nil, err
	}
	res := &caseAnswer{Body: v}
	if out.Repeat {
		res.Replayed = "true"
	}
	return res, nil
}

// camel makes agree_refund AgreeRefund.
func camel(s string) string {
	var b strings.Builder
	for _, word := range strings.Split(s, "_") {
		b.WriteString(strings.ToUpper(word[:1]) + word[1:])
	}
	return b.String()
}
