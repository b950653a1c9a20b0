package replies

import (
	"slices"
	"strings"

	"recourse/cases"
	"recourse/dialog"
)

// timeline is what happened to a case, as a reader may see it.
func (w Words) timeline(marks []cases.Mark, reader cases.Actor) []dialog.TimelineView {
	var out []dialog.TimelineView
	for _, m := range marks {
		if reader == cases.Merchant && (m.From == "" || m.From == cases.Draft && m.ID != "T01") {
			continue // how the buyer filled his draft in is his own
		}
		line := dialog.TimelineView{
			At: m.At, Kind: sortOf(m), Who: w.partyTo(m.Event.Actor, reader), What: w.Say("did."+m.ID, nil), Rule: m.ID, Text: textFor(m, reader),
		}
		if reader == cases.Agent && m.Event.Actor == cases.Agent {
			line.By = m.Event.By
		}
		if t := mainClock(m); t != "" {
			line.Until, line.Then = m.Deadlines[t], w.Say("then."+string(t), nil)
		}
		for _, key := range m.Clause {
			line.Clauses = append(line.Clauses, dialog.ClauseView{ID: key, Text: w.Clause(key)})
		}
		out = append(out, line)
	}
	return out
}

// sorts are the kinds of events that are neither plain steps nor deadlines.
var sorts = map[cases.EventKind]string{
	cases.EvSupplement: "evidence", cases.EvUnstage: "evidence", cases.EvRequestEvidence: "evidence",
	cases.EvClaim: "decision", cases.EvReassign: "decision", cases.EvSettle: "decision", cases.EvRuleRefund: "decision", cases.EvRuleReturnRefund: "decision",
	cases.EvRuleMerchant: "decision", cases.EvDismiss: "decision", cases.EvUphold: "decision", cases.EvOverturn: "decision", cases.EvReopen: "decision",
	cases.EvReject: "decision", cases.EvRejectReturn: "decision", cases.EvRefuseParcel: "decision", cases.EvMerchantReverses: "decision", cases.EvAgreeReturn: "decision", cases.EvAgreeReship: "decision",
	cases.EvAgreeRefund: "money", cases.EvConfirmRefund: "money", cases.EvMerchantPays: "money", cases.EvPaymentSucceeded: "money", cases.EvPaymentFailed: "money",
	cases.EvRetryPayment: "money", cases.EvConsentBalance: "money",
}

// sortOf says what sort of thing happened, for those who look for one sort.
func sortOf(m cases.Mark) string {
	switch sort := sorts[m.Event.Kind]; {
	case sort != "":
		return sort
	case strings.HasPrefix(string(m.Event.Kind), string(cases.TimerEvent(""))):
		return "deadline"
	}
	return "step"
}

// partyTo names who did something to who reads it.
func (w Words) partyTo(who, reader cases.Actor) string {
	if who == reader && who == cases.Buyer {
		return w.Say("party.you", nil)
	}
	return w.Say("party."+string(who), nil)
}

// mainClock is the clock of a mark that matters most: the one of the state it led to, else the first to run out.
func mainClock(m cases.Mark) cases.Timer {
	if t := m.To.Info().Timer; t != "" && !m.Deadlines[t].IsZero() {
		return t
	}
	var first cases.Timer
	for t, at := range m.Deadlines {
		if first == "" || at.Before(m.Deadlines[first]) || at.Equal(m.Deadlines[first]) && t < first {
			first = t
		}
	}
	return first
}

// shared are the transitions whose text was written for both parties: a merchant's explanation, a ruling's reasons.
var shared = []string{"T05", "T06", "T19", "T21", "T22", "T23", "T34", "T35", "T36", "T37", "T37d", "T45", "T46"}

// untold are those whose text is technical, or the story told elsewhere.
var untold = []string{"D00", "D01"}

// textFor is what was written with an event, if it is for the reader. Whatever is not known to be for everybody
// is for agents and its writer: what a buyer tells the platform, or a supervisor notes, is not the other side's.
func textFor(m cases.Mark, reader cases.Actor) string {
	switch {
	case slices.Contains(untold, m.ID):
		return ""
	case m.ID == "D23" && m.Event.Waybill != "": // which parcel, for whoever must look for it
		return m.Event.Carrier + " " + m.Event.Waybill
	case slices.Contains(shared, m.ID), reader == cases.Agent, reader == m.Event.Actor:
		return m.Event.Text
	case m.ID == "T31" && reader == m.Event.Party: // the agent writes to whom he asks
		return m.Event.Text
	}
	return ""
}

// Clause is a policy key in words, with its figure; a switch has a sentence for each of its values.
func (w Words) Clause(key string) string {
	value, ok := w.Policy.Figure(key)
	if !ok || !w.Has("clause."+key) {
		return key
	}
	if w.Has("clause." + key + "." + value) {
		return w.Say("clause."+key+"."+value, nil)
	}
	return w.Say("clause."+key, dialog.Slots{"value": value})
}
