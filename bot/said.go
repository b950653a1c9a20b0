package bot

import (
	"slices"

	"recourse/dialog"
)

// said is what a turn says, and which of it is the current card.
type said struct {
	entries []dialog.Entry
	live    int
	shown   []string // client ids of entries whose text was perhaps shown before
}

// repeat says that the bot has said all of it since it has the floor again.
func (s said) repeat(later []dialog.Entry) bool {
	back := 0
	for i, e := range later {
		if e.Returns() {
			back = i + 1
		}
	}
	same := func(a, b dialog.Entry) bool {
		answers := a.Basis != nil && b.Basis != nil && a.Basis.Topic != "" && a.Basis.Topic == b.Basis.Topic // perhaps in other words
		return b.Author.Kind == dialog.FromBot && a.Key == b.Key && (answers || a.Text == b.Text && slices.Equal(offers(a), offers(b)))
	}
	return len(s.entries) > 0 && !slices.ContainsFunc(s.entries, func(e dialog.Entry) bool {
		return !slices.ContainsFunc(later[back:], func(l dialog.Entry) bool { return same(e, l) })
	})
}

// offers are the labels of an entry's buttons.
func offers(e dialog.Entry) []string {
	var out []string
	if e.Card != nil {
		for _, b := range e.Card.Buttons {
			out = append(out, b.Label)
		}
	}
	return out
}
