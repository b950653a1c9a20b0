package evidence

import (
	"context"
	"time"

	"recourse/cases"
)

// Similar is the index in which files of all cases are looked for again. Every method may be repeated safely.
type Similar interface {
	// Add notes a file. Of two files that are added and then looked for at the same time at least one finds the other.
	Add(ctx context.Context, s Seen) error
	// Find lists other files with the same bytes or the same look, the most alike first.
	Find(ctx context.Context, s Seen) ([]Match, error)
	// Remove forgets a file.
	Remove(ctx context.Context, s Seen) error
}

// Seen is a file as the index knows it.
type Seen struct {
	ID     cases.EvidenceID `json:"id"`
	Case   cases.ID         `json:"case"`
	Party  Party            `json:"party"`
	SHA256 string           `json:"sha256"`
	Like   Likeness         `json:"like,omitzero"`
	At     time.Time        `json:"at"`
}

// Match is a file that another one is like.
type Match struct {
	ID    cases.EvidenceID `json:"id"`
	Case  cases.ID         `json:"case"`
	Party Party            `json:"party"`
	Exact bool             `json:"exact,omitempty"` // the same bytes
	Bits  int              `json:"bits"`            // of the 64 of the perceptual hash that differ
	At    time.Time        `json:"at"`
}

// matchesMax bounds what is kept with a file: a picture from the net may have been used a thousand times.
const matchesMax = 20

// judge turns matches into flags for agents, and a hint where the uploader repeats himself. Within a case both parties
// may well show the same chat, so the same case counts for nothing but that hint; a merchant's certificates are the
// same in all his cases.
func (f *Finding) judge(s Seen, matches []Match) {
	f.Matches = matches[:min(len(matches), matchesMax)]
	for _, m := range matches {
		switch {
		case m.Case == s.Case && m.Party == s.Party:
			f.hint(cases.HintSeenBefore)
		case m.Case == s.Case:
		case m.Party == s.Party:
			if s.Party.Actor == cases.Buyer {
				f.flag(cases.FlagOwnDuplicate)
			}
		case m.Exact:
			f.flag(cases.FlagExactDuplicate)
		default:
			f.flag(cases.FlagNearDuplicate)
		}
	}
}

func (u *upload) seen() Seen {
	return Seen{ID: u.ID, Case: u.Meta.Case, Party: u.Party, SHA256: u.SHA256, Like: u.Found.Like, At: u.At}
}
