package faq

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Check finds what a book should not have: what is wrong with a topic by itself, examples that stand twice or
// contradict each other, and facts that no answer rests on.
func (b *Book) Check() []Finding {
	out := append(b.lint(), b.unused()...)
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return out
}

// unused are the facts of the domain that no topic lists.
func (b *Book) unused() []Finding {
	used := map[string]bool{}
	for _, t := range b.topics {
		for _, f := range t.Facts {
			used[f] = true
		}
	}
	var idle []string
	for _, f := range Facts() {
		if !used[f] {
			idle = append(idle, f)
		}
	}
	if len(idle) == 0 {
		return nil
	}
	return []Finding{{Level: Odd, Kind: "fact", File: "all topics", What: fmt.Sprintf("no topic uses %s", strings.Join(idle, ", "))}}
}
