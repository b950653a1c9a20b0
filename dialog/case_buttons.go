package dialog

import (
	"slices"
	"strconv"

	"recourse/cases"
	"recourse/cases/policy"
)

// caseArgs name the case a button is about, and its version where the buyer confirms what he sees.
func caseArgs(c *cases.Case, version bool) Args {
	a := Args{"case": string(c.ID)}
	if version {
		a["version"] = strconv.Itoa(c.Version)
	}
	return a
}

// caseButton is a button of a right on the case.
type caseButton struct {
	event  cases.EventKind
	action Action
	style  string
}

// buttonOf says which button lets a buyer cause an event, and how it looks.
var buttonOf = []caseButton{
	{cases.EvEscalate, ActEscalate, "primary"},
	{cases.EvAcceptOffer, ActAccept, "primary"},
	{cases.EvDeclineOffer, ActDecline, ""},
	{cases.EvFillTracking, ActTracking, "primary"},
	{cases.EvFixTracking, ActTracking, ""},
	{cases.EvSendRest, ActSendRest, ""},
	{cases.EvReceived, ActReceived, "primary"},
	{cases.EvConsentBalance, ActBalance, ""},
	{cases.EvResubmit, ActResubmit, ""},
	{cases.EvAppeal, ActAppeal, ""},
	{cases.EvWithdraw, ActWithdraw, "danger"},
}

// CaseButtons are what the buyer may do with a case now.
func CaseButtons(c cases.Case, env cases.Env) []ButtonSpec {
	allowed := c.Allowed(cases.Buyer, env)
	var out []ButtonSpec
	for _, b := range buttonOf {
		if slices.Contains(allowed, b.event) {
			spec := ButtonSpec{Action: b.action, Args: caseArgs(&c, false), Style: b.style}
			if b.action == ActAccept && c.Offer != nil && c.Offer.Kind == policy.Partial {
				spec.Label, spec.Slots = "button.accept_offer.amount", Slots{"amount": Fen(c.Offer.AmountFen)}
			}
			out = append(out, spec)
		}
	}
	return out
}

// OfCase says whether a press of this action is a right on the case, which stands as long as CaseButtons has it.
func (a Action) OfCase() bool {
	return slices.ContainsFunc(buttonOf, func(b caseButton) bool { return b.action == a })
}
