// Package dialog is the conversation: its log, who holds the floor, the guided flow a buyer is in,
// and the desk where agents pick conversations up.
//
// Glossary. A handoff changes who talks (bot, waiting, human); an escalation changes who decides the
// case (merchant, platform) and is an event of package cases. Neither implies the other by itself:
// an escalation asks for a handoff, a handoff never escalates.
//
// The package is pure: Next and the desk's moves are functions of (conversation, case, input, now) and
// return what to commit. It does not know Redis, sockets, models, wordings or clocks, and it cannot
// change a case: it returns the event a press confirmed, for the ledger to apply or refuse.
package dialog
