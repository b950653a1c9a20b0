package replies

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"recourse/cases"
	"recourse/dialog"
)

// SlotUse is one use of a slot in a text.
type SlotUse struct {
	Name string
	// Optional: the text does without it, as {name?…} or inside such a part.
	Optional bool
}

var anySlot = regexp.MustCompile(`\{(\w+)(\?)?`)

// SlotsOf lists the slots of a text. What stands inside an optional part is optional if the part hangs on it.
func SlotsOf(text string) []SlotUse {
	var out []SlotUse
	for _, m := range optional.FindAllStringSubmatch(text, -1) {
		out = append(out, SlotUse{m[1], true})
		for _, inner := range plain.FindAllStringSubmatch(m[2], -1) {
			out = append(out, SlotUse{inner[1], inner[1] == m[1]})
		}
	}
	for _, m := range anySlot.FindAllStringSubmatch(optional.ReplaceAllString(text, ""), -1) {
		out = append(out, SlotUse{m[1], m[2] != ""})
	}
	return out
}

// caseFacts are the slots that the facts of a case fill (func slots, and what an answer reckons), each with the
// states in which it is never empty. A test walks cases through all states and holds this to what they have.
var caseFacts = map[string][]cases.State{
	"case": anyState, "title": filed, "amount": filed, "typical": filed, "arrival": filed, "inspect_hours": filed, "first_response_hours": filed,
	"paid_by": filed, "extend_after": filed, "extend_days": filed, "decision_days": filed, "keep": filed,
	"soft": {cases.MerchantReview}, "hard": {cases.MerchantReview}, "merchant_hard": {cases.MerchantReview}, "merchant_soft": {},
	"escalate": {cases.MerchantRejected}, "escalate_window": {cases.MerchantRejected},
	"offer": {cases.OfferPending}, "offer_until": {cases.OfferPending}, "deduction": {},
	"buyer_ship": {cases.AwaitingReturn}, "address": {cases.AwaitingReturn, cases.ReturnInTransit, cases.ReturnInspection},
	"unsigned_return": {cases.ReturnInTransit}, "inspect": {cases.ReturnInspection}, "extend_from": {cases.ReturnInTransit},
	"rejection": {cases.MerchantRejected}, "platform_first_response": {cases.PlatformQueued},
	"platform_decision": {cases.PlatformQueued, cases.PlatformReview, cases.EvidenceRequested, cases.AppealReview}, "evidence_buyer": {}, "evidence_merchant": {}, "asked": {}, "asked_text": {},
	"ruling_execute": {cases.RulingExecution}, "refund": {cases.RulingExecution, cases.RefundPending, cases.RefundFailed, cases.Refunded}, "method": {}, "refund_chase": {},
	"reasons": {cases.ClosedNotSupported, cases.RulingExecution}, "appeal_until": {}, "appeal_window": {}, "validity_end": {}, "reship": {cases.AwaitingReship}, "receipt": {cases.ReshipInTransit},
	"overdue": {}, "bare": {}, "again": {}, "freight": {}, "still_open": {}, "goods_back": {}, "return_quiet": {}, "draft_ttl": {},
	"since": paying, "passed": paying, "chase": paying, "record": paying, "route": {}, "helps": {},
	"accepted": {}, "ordered": {}, "processing": {}, "refused": {}, "unknown": {}, "arrived": {}, "chase_asked": {},
}

// paying are the states in which the money was ordered.
var paying = []cases.State{cases.RefundPending, cases.RefundFailed, cases.Refunded}

// filed are the states of a case that was filed.
var filed = func() []cases.State {
	var out []cases.State
	for _, s := range cases.States() {
		if !slices.Contains(dialog.Unfiled(), s.State) {
			out = append(out, s.State)
		}
	}
	return out
}()

// FactNames lists the slots that facts of a case fill.
func FactNames() []string { return slices.Sorted(maps.Keys(caseFacts)) }

// anyState are all states of a case.
var anyState = slices.Concat(filed, dialog.Unfiled())

// Filed lists the states of a case that was filed, over or not.
func Filed() []cases.State { return slices.Clone(filed) }

// Fact says in which states a case fills a slot for certain; false if no case ever does.
func Fact(slot string) (certain []cases.State, ok bool) {
	certain, ok = caseFacts[slot]
	return slices.Clone(certain), ok
}

// SaidAnywhere says that a slot needs no case: a way in the app or a figure of the policy.
func (w Words) SaidAnywhere(slot string) bool {
	if what, ok := strings.CutPrefix(slot, "path_"); ok {
		_, known := w.Policy.UIPath(what)
		return known
	}
	_, _, ok := w.Policy.Spoken(slot)
	return ok
}

// Empty lists the slots of a text that would be left empty, optional ones not counted.
func (w Words) Empty(text dialog.Wording, slots dialog.Slots) []string {
	all := w.withCase(slots)
	var out []string
	for _, u := range SlotsOf(text[w.Locale]) {
		if !u.Optional && w.named(u.Name, all) == "" {
			out = append(out, u.Name)
		}
	}
	return out
}
