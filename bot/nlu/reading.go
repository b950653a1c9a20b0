package nlu

import (
	"slices"
	"sync"
	"unicode"

	"recourse/bot/nlu/spot"
)

// reading is a text as the rules read it.
type reading struct {
	text  string // normalised
	runes int
	han   bool     // it has a Chinese character
	digit bool     // it has one of 0 to 9
	has   []uint64 // a bit for each list of the lexicon that has a word in it
}

func read(text string) reading {
	all := lexicon()
	r := reading{text: Normalise(text), has: make([]uint64, len(all.lists)/64+1)}
	for _, c := range r.text {
		r.runes++
		r.han = r.han || unicode.Is(unicode.Han, c)
		r.digit = r.digit || c >= '0' && c <= '9'
	}
	all.words.Find(r.text, func(n, at int) {
		if w := all.of[n]; alone(r.text, at, at+w.size) {
			for _, list := range w.lists {
				r.has[list/64] |= 1 << (list % 64)
			}
		}
	})
	return r
}

// index finds the words of all lists of the lexicon at once. A list is known by where it stands in memory, so that the
// tables of the lexicon stay plain lists of words.
type index struct {
	words *spot.Words
	of    []indexed // by word
	lists map[*string]int
}

type indexed struct {
	size  int
	lists []int // that have the word
}

var lexicon = sync.OnceValue(func() *index {
	all := &index{lists: map[*string]int{}}
	var words []string
	number := map[string]int{}
	add := func(lists ...[]string) {
		for _, list := range lists {
			if len(list) == 0 {
				continue
			}
			if _, known := all.lists[&list[0]]; known {
				continue
			}
			at := len(all.lists)
			all.lists[&list[0]] = at
			for _, w := range list {
				n, known := number[w]
				if !known {
					n = len(words)
					number[w], words, all.of = n, append(words, w), append(all.of, indexed{size: len(w)})
				}
				all.of[n].lists = append(all.of[n].lists, at)
			}
		}
	}
	for _, r := range slices.Concat(intents, moves, []intentRule{complaintWords}) {
		add(r.words, r.not)
	}
	for _, r := range reasons {
		add(r.strong, r.weak, r.not)
		for _, groups := range r.all {
			add(groups...)
		}
	}
	for _, r := range topics {
		add(r.any, r.not)
		add(r.all...)
	}
	for _, r := range corrections {
		add(r.words)
	}
	for _, r := range wants {
		add(r.words)
	}
	for _, r := range conduct {
		add(r.words)
	}
	for _, r := range troubles {
		add(r.words)
	}
	for _, r := range pointers {
		add(r.words)
	}
	for _, r := range daysAgo {
		add(r.words)
	}
	add(otherThanOrdered...)
	add(pickupPlaces...)
	add(
		angry, receivedWords, notReceivedWords, intactWords, usedWords, usedFor, promisedWords, harmWords, noHarmWords, moneyWords,
		sentWords, cameWords, notHis, theShop, goods, asking, askingAnywhere, wanting, distress, exempt, threats, threatens, violence, harmless, didToHim,
	)
	all.words = spot.New(words)
	return all
})

// matchAny says that a text has a word of a list. A list that is not in the lexicon's index is looked through.
func matchAny(s reading, list []string) bool {
	if len(list) == 0 {
		return false
	}
	if n, ok := lexicon().lists[&list[0]]; ok {
		return s.has[n/64]&(1<<(n%64)) != 0
	}
	return slices.ContainsFunc(list, func(w string) bool { return contains(s.text, w) })
}
