// Package policy says whether an order line can be refunded, for which reason, until when, with what
// evidence and on which rule that rests — as data (default.yaml) and pure functions.
//
// It does not know cases, storage, conversations or who asks; the only words it has are the names and
// clause texts of the policy file. A fact that is not known gives a question, never a guess, and no
// function reads a clock: the time comes in.
package policy
