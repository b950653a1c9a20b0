package replies

import (
	"slices"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/dialog"
)

// Filled are the texts that code fills into a reply: facts, and what buyers, merchants and agents wrote. Whoever
// words a reply again must leave them alone.
func (w Words) Filled(r dialog.Reply) []string {
	var out []string
	for _, v := range w.withCase(r.Slots) {
		switch v := v.(type) {
		case *cases.Case:
			out = append(out, w.texts(w.slots(*v))...)
		case *complaints.Complaint:
			out = append(out, w.texts(w.complaintSlots(*v))...)
		default:
			out = append(out, w.texts(dialog.Slots{"": v})...)
		}
	}
	return out
}

// texts are the words of slots, of each for itself.
func (w Words) texts(slots dialog.Slots) []string {
	var out []string
	for _, v := range slots {
		switch v.(type) {
		case bool, dialog.Key, *cases.Case, *complaints.Complaint:
			continue // reviewed words, whose own slots are looked at where they are filled
		}
		if text := w.slot(v); text != "" {
			out = append(out, text)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
