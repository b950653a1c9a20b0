package desk

import (
	"slices"
	"time"

	"recourse/dialog"
)

// enough is how many conversations must have been handled for an estimate to be made.
const enough = 5

// Wait is how long somebody will wait, as a range; the zero value is: there is too little to tell it from.
type Wait struct{ From, To time.Duration }

// Places is the place of everything that waits, from 1.
func (s *State) Places(now Now, r Rules) map[dialog.ID]int {
	out := map[dialog.ID]int{}
	for i, c := range s.Queue(now, r) {
		out[c.Conversation] = i + 1
	}
	return out
}

// Estimate is how long it takes from a place in the queue to an agent: as many conversations must end before, at the
// rate at which those agents who take any have ended theirs lately. It is rounded up to minutes.
func (s *State) Estimate(place int, now Now, r Rules) Wait {
	seats, free := 0, 0
	loads := s.Loads(now, r)
	for login, a := range s.Agents {
		if a.Free() {
			seats += a.Capacity
			free += max(0, a.Capacity-loads[login])
		}
	}
	if seats == 0 || place <= 0 {
		return Wait{}
	}
	if place <= free {
		return Wait{0, time.Minute}
	}
	if len(s.Handled) < enough {
		return Wait{}
	}
	sorted := slices.Sorted(slices.Values(s.Handled))
	turns := time.Duration(place - free)
	at := func(quarter int) time.Duration {
		return minutes(turns * sorted[(len(sorted)-1)*quarter/4] / time.Duration(seats))
	}
	return Wait{at(1), at(3)}
}

func minutes(d time.Duration) time.Duration {
	return max(time.Minute, (d + time.Minute - 1).Truncate(time.Minute))
}

// Promise is what somebody who begins to wait now can be told. He is last of his class; with no agent at work, he is
// told when the desk opens.
func (s *State) Promise(locale dialog.Locale, due time.Time, now Now, r Rules, h *Hours) dialog.Desk {
	c := Chat{Holder: dialog.HeldWaiting, Locale: locale, Since: now.Market, Due: due, Conversation: "~"}
	d := dialog.Desk{Known: true, Place: 1}
	for _, other := range s.Chats {
		if !other.Waits() {
			continue
		}
		d.Waiting++
		if before(other, c, now, r) < 0 {
			d.Place++
		}
	}
	d.Agents = s.AtWork()
	if d.Agents == 0 {
		d.Place = 0
		if next, ok := h.NextOpen(now.Market); ok && next.After(now.Market) {
			d.OpensAt = next
		}
		return d
	}
	if w := s.Estimate(d.Place, now, r); w.To > 0 {
		d.About = w.To
	}
	return d
}

// AtWork is how many agents are there and take conversations.
func (s *State) AtWork() int {
	n := 0
	for _, a := range s.Agents {
		if a.Free() {
			n++
		}
	}
	return n
}

// Skilled says whether somebody other than an agent takes conversations that need a skill now, and whether anybody else
// whom the desk knows has it at all.
func (s *State) Skilled(skill, but string) (now, ever bool) {
	for login, a := range s.Agents {
		if login == but || !slices.Contains(a.Skills, skill) {
			continue
		}
		ever = true
		now = now || a.Free()
	}
	return now, ever
}
