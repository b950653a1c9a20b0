// Package complaints is the complaint (投诉): its states, the table of transitions, and the ledger that
// applies events to it.
//
// A complaint is about conduct. It is a record of its own beside the refund case (C-15): it never moves
// money, is no escalation, and uses up no application; a warning or a penalty is all that can come of it
// (F3-15). A buyer complains about a shop: the shop answers, the platform audits what it proposes, the buyer
// confirms (F3-36 to F3-40). A shop complains about a buyer of an order of its own (F3-14): the buyer may
// answer, the platform audits, and nothing is left to confirm. Whoever complained may appeal once (F3-11),
// and another agent decides.
//
// The package is pure but for the Ledger, which reads and writes through interfaces. It does not know
// Redis, HTTP, conversations, wordings or models. Nothing but Apply changes a complaint, and Apply is a
// function of (complaint, environment, event): STATES.md is rendered from the table that it runs. Parties,
// evidence, refusals and names of events and timers are those of package cases, so that one runner fires
// both records' deadlines and one API words both records' refusals.
package complaints
