// Package cases is the refund case: its states, the table of transitions, and the ledger that applies
// events to it.
//
// Glossary. An escalation changes who decides a case (from the merchant to the platform) and is an event
// of the table; a handoff changes who talks in a conversation and is no business of this package. A ruling
// is the platform's decision; a settlement is one that both sides agreed to. A deadline is an instant with
// a name; when it has passed, its timer event is applied like any other and may be refused as stale.
//
// The package is pure but for the Ledger, which reads and writes through interfaces. It does not know
// Redis, HTTP, conversations, wordings or models. Nothing but Apply changes a case, and Apply is a function
// of (case, environment, event): STATES.md is rendered from the same table that it runs.
package cases
