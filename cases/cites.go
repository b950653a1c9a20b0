package cases

import "slices"

// RejectNotInCase: a piece that a refusal rests on is not on the case.
const RejectNotInCase RejectReason = "not_in_the_case"

// citesSound: a refusal may rest on evidence that is on the case already, if it is the merchant's own.
func citesSound(s *step) *Error {
	var bad []RejectedItem
	for _, id := range s.ev.Cites {
		i := slices.IndexFunc(s.c.Evidence, func(e Evidence) bool { return e.ID == id })
		switch {
		case i < 0:
			bad = append(bad, RejectedItem{ID: id, Reason: RejectNotInCase})
		case s.c.Evidence[i].Party != Merchant:
			bad = append(bad, RejectedItem{ID: id, Kind: s.c.Evidence[i].Kind, Reason: RejectNotYours})
		}
	}
	if len(bad) > 0 {
		return &Error{Code: CodeEvidenceRejected, Items: bad}
	}
	return nil
}
