package cases

import (
	"slices"

	"recourse/cases/policy"
)

// Judged are the facts on which a case was last judged, by its timeline: when it was filed (T01), or else when
// its draft was last amended (D01). False if it never was.
func Judged(marks []Mark, policyOf func(version string) *policy.Policy) (policy.Situation, bool) {
	last := -1
	for i, m := range marks {
		if m.ID == "T01" || m.ID == "D01" && (last < 0 || marks[last].ID != "T01") {
			last = i
		}
	}
	if last < 0 {
		return policy.Situation{}, false
	}
	// The case as the event left it has the answers and the evidence that were judged; the record of the line is the
	// one that the event found.
	c, err := Replay(slices.Clone(marks[:last+1]), policyOf)
	if err != nil {
		return policy.Situation{}, false
	}
	m := marks[last]
	facts := c.Facts(c.Line, LineRecord{LineHistory: m.History})
	return policy.Situation{ID: string(c.ID), At: m.At, Facts: facts}, true
}
