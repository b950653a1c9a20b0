package desk

import (
	"slices"
	"time"

	"recourse/dialog"
)

// keepHandled is how many of the latest conversations an estimate is made from.
const keepHandled = 50

// Follow makes the desk say what a conversation says, whose case is due at a time (zero: never). It may be repeated,
// and an older state of the conversation than the one that was followed changes nothing.
func (s *State) Follow(conv dialog.Conversation, due time.Time, now Now) {
	was, known := s.Chats[conv.ID]
	if known && (conv.Version < was.Version || conv.Last < was.Last) {
		return
	}
	c := Chat{
		Conversation: conv.ID, Version: conv.Version, Last: conv.Last, Holder: conv.Holder, Epoch: conv.Epoch, Agent: conv.Agent,
		Locale: conv.Locale, Skill: conv.Work.Skill, Reason: conv.Handoff, For: conv.Work.For, LastAgent: conv.Work.LastAgent,
		Since: conv.WaitingSince, Due: due,
	}
	switch {
	case conv.Holder == dialog.HeldByBot:
	case c.Waits():
		if known && was.Epoch == c.Epoch {
			c.Offer, c.Passed = was.Offer, was.Passed
			if !was.Passed[c.For].IsZero() {
				c.For = ""
			}
		} else if by := conv.Work.PassedBy; by != "" {
			c.Passed = map[string]time.Time{by: now.Wall} // as if it had been offered to him
		}
	default:
		c.Taken = now.Wall
		if known && was.Epoch == c.Epoch {
			c.Taken = was.Taken
		}
		if conv.Inbound <= conv.Answered {
			c.Quiet = now.Wall
			if known && was.Epoch == c.Epoch && !was.Quiet.IsZero() && was.Last == c.Last {
				c.Quiet = was.Quiet
			}
		}
	}
	s.settle(was, c, known, now)
	if conv.Holder == dialog.HeldByBot {
		delete(s.Chats, conv.ID)
		return
	}
	s.Chats[conv.ID] = c
}

// settle notes with the agents what has become of a conversation.
func (s *State) settle(was, is Chat, known bool, now Now) {
	took := is.Holder == dialog.HeldByHuman && (!known || was.Epoch != is.Epoch)
	if known && !was.Waits() && was.Epoch != is.Epoch && !was.Taken.IsZero() {
		s.Handled = append([]time.Duration{now.Wall.Sub(was.Taken)}, s.Handled[:min(len(s.Handled), keepHandled-1)]...)
	}
	touched := []string{}
	if known && was.Offer != nil && is.Offer == nil {
		touched = append(touched, was.Offer.To)
	}
	if known && !was.Waits() {
		touched = append(touched, was.Agent)
	}
	if is.Agent != "" {
		touched = append(touched, is.Agent)
	}
	slices.Sort(touched)
	for _, login := range slices.Compact(touched) {
		a, at := s.Agents[login]
		if !at { // the desk forgot him; if he does not come back, what he has goes on
			a = Agent{Login: login, Status: Away, Gone: now.Wall}
		}
		if took && login == is.Agent {
			a.Misses, a.Assigned = 0, now.Wall
		}
		a.Rev++
		s.Agents[login] = a
	}
}

// Arrive notes that a console of an agent is connected. His status is the one that he left; who is new is online.
func (s *State) Arrive(a Agent, r Rules) {
	was, known := s.Agents[a.Login]
	a.Status, a.Misses, a.Assigned, a.Rev = Online, was.Misses, was.Assigned, was.Rev+1
	if known && was.Name != "" {
		a.Status = was.Status
	}
	if a.Capacity < 0 {
		a.Capacity = r.Capacity
	}
	a.Gone = time.Time{}
	s.Agents[a.Login] = a
}

// Present notes whether a console of an agent is connected.
func (s *State) Present(login string, there bool, now Now) {
	a, known := s.Agents[login]
	if !known || there == a.There() {
		return
	}
	if a.Gone = now.Wall; there {
		a.Gone = time.Time{}
	}
	a.Rev++
	s.Agents[login] = a
}

// Set is an agent's word on whether he wants to be offered conversations. Online, his misses are forgotten.
func (s *State) Set(login string, st Status) bool {
	a, known := s.Agents[login]
	if !known {
		return false
	}
	if st == Online {
		a.Misses = 0
	}
	a.Status, a.Rev = st, a.Rev+1
	s.Agents[login] = a
	return true
}
