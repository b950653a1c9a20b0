package faq

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"recourse/dialog"
)

// When a topic is too close to another: this share of its examples, and as many, are taken for the other's. The
// topics that are built in are all below it, the closest just so.
const (
	tooClose  = 0.15
	leastWere = 3
	shown     = 3 // of them in a finding
)

// CheckClose finds topics that are too close to each other, the closest first. It learns several times and takes
// seconds.
func (b *Book) CheckClose() ([]Finding, error) {
	seen, err := b.crossValidate(b.asked())
	if err != nil {
		return nil, err
	}
	return b.close(seen), nil
}

// close are topics whose examples are too often taken for each other's by models that have not seen them.
func (b *Book) close(seen []outOfFold) []Finding {
	n, taken := map[dialog.Topic]int{}, map[[2]dialog.Topic][]string{}
	for _, s := range seen {
		if s.Topic == "" || s.State != "" { // where the case stands tells those apart
			continue
		}
		n[s.Topic]++
		// What is taken for nothing that is answered here is the thresholds' to weigh, and no topic to be told apart from.
		if got := dialog.Topic(s.Guesses[0].Label); got != s.Topic && got != other {
			pair := [2]dialog.Topic{s.Topic, got}
			taken[pair] = append(taken[pair], s.Text)
		}
	}
	type found struct {
		Finding
		share float64
	}
	var out []found
	for pair, texts := range taken {
		share := float64(len(texts)) / float64(n[pair[0]])
		if len(texts) < leastWere || share < tooClose {
			continue
		}
		var some []string
		for _, t := range texts[:shown] {
			some = append(some, fmt.Sprintf("%q", t))
		}
		out = append(out, found{Finding{
			Level: Odd, Kind: "close", File: b.topics[pair[0]].file, Line: 1, Topic: pair[0],
			What: fmt.Sprintf("%d of its %d examples are taken for %s by a model that has not seen them, such as %s", len(texts), n[pair[0]], pair[1], strings.Join(some, ", ")),
		}, share})
	}
	slices.SortFunc(out, func(a, b found) int { return cmp.Or(cmp.Compare(b.share, a.share), cmp.Compare(a.What, b.What)) })
	var list []Finding
	for _, f := range out {
		list = append(list, f.Finding)
	}
	return list
}
