// Package policy says whether an order line can be refunded, for which reason, until when, with what
// evidence and on which rule that rests — as data (default.yaml) and pure functions.
//
// The file holds the figures with their units and sources (domain §2.1), the reasons with their conditions (§2.4),
// what can be shown (§2.3) and why a merchant may refuse (§2.6). A condition is one of a closed set of predicates
// (rules.go), so that whoever owns the rules changes them without the program. Evaluate makes the checks in the
// order of §2.2; Explain gives the path; Lint finds what does not go together; Compare judges the same facts
// under two policies. Workdays come from a calendar (calendar/, a file a year) that a file beside the policy
// extends. A version is the declared one and a hash of file and calendar.
//
// It does not know cases, storage, conversations or who asks; the only words it has are the names and
// clause texts of the policy file. A fact that is not known gives a question, never a guess, and no
// function reads a clock: the time comes in.
package policy
