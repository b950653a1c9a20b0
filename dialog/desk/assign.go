package desk

import (
	"cmp"
	"slices"
	"time"

	"recourse/dialog"
)

// Assign offers what waits, in its order, to agents who are free for it, and says what it offered. Nobody is offered
// more than he has room for, and nothing waits beside an agent who could have it.
func (s *State) Assign(now Now, r Rules) []Chat {
	pool := s.newPool(now, r)
	var offered []Chat
	for _, c := range s.Queue(now, r) {
		if c.Offer != nil {
			continue
		}
		login := pool.pick(c)
		if login == "" {
			continue
		}
		c.Offer = &Offer{To: login, Until: now.Wall.Add(r.Accept)}
		a := s.Agents[login]
		a.Assigned, a.Rev = now.Wall, a.Rev+1
		s.Chats[c.Conversation], s.Agents[login] = c, a
		pool.loads[login]++
		offered = append(offered, c)
	}
	return offered
}

// pool is the agents of one look at the desk.
type pool struct {
	s     *State
	now   Now
	rules Rules
	loads map[string]int
	able  map[need][]string // logins, sorted
}

// need is what an agent must have for a conversation.
type need struct {
	locale dialog.Locale
	skill  string
}

func (s *State) newPool(now Now, r Rules) *pool {
	return &pool{s: s, now: now, rules: r, loads: s.Loads(now, r), able: map[need][]string{}}
}

// pick is who is offered a conversation; "" if nobody is free for it.
func (p *pool) pick(c Chat) string {
	var best string
	for _, login := range p.eligible(c) {
		if p.loads[login] < p.s.Agents[login].Capacity && (best == "" || p.prefer(c, login, best)) {
			best = login
		}
	}
	return best
}

// prefer orders agents: whom it was passed on to, who had it last, who has least to do, who has had nothing longest.
func (p *pool) prefer(c Chat, a, b string) bool {
	if (a == c.For) != (b == c.For) {
		return a == c.For
	}
	if (a == c.LastAgent) != (b == c.LastAgent) {
		return a == c.LastAgent
	}
	x, y := p.s.Agents[a], p.s.Agents[b]
	return cmp.Or(cmp.Compare(p.loads[a], p.loads[b]), x.Assigned.Compare(y.Assigned), cmp.Compare(a, b)) < 0
}

// eligible are the free agents who are able and have not let it pass. If all of them have, they are asked anew after
// a while: a buyer is not left because everybody was busy once.
func (p *pool) eligible(c Chat) []string {
	able := p.ableFor(c)
	if len(c.Passed) == 0 {
		return able
	}
	left := slices.DeleteFunc(slices.Clone(able), func(login string) bool { return !c.Passed[login].IsZero() })
	if len(left) == 0 && !p.now.Wall.Before(c.again(p.rules)) {
		return able
	}
	return left
}

// again is when those who let it pass are asked anew.
func (c Chat) again(r Rules) time.Time {
	var last time.Time
	for _, at := range c.Passed {
		if at.After(last) {
			last = at
		}
	}
	return last.Add(r.Again)
}

// ableFor are the agents who are free and have the language and the skill of a conversation. A language or a skill
// that nobody at work has is not asked for: then somebody else is better than nobody.
func (p *pool) ableFor(c Chat) []string {
	n := need{c.Locale, c.Skill}
	if known, ok := p.able[n]; ok {
		return known
	}
	for _, n := range []need{n, {skill: c.Skill}, {locale: c.Locale}, {}} {
		someone, free := false, []string(nil)
		for login, a := range p.s.Agents {
			if a.Capacity <= 0 || !a.There() || !a.has(n) {
				continue
			}
			someone = true
			if a.Free() {
				free = append(free, login)
			}
		}
		if someone {
			slices.Sort(free)
			p.able[need{c.Locale, c.Skill}] = free
			return free
		}
	}
	p.able[n] = nil
	return nil
}

func (a Agent) has(n need) bool {
	return (n.locale == "" || len(a.Languages) == 0 || slices.Contains(a.Languages, n.locale)) &&
		(n.skill == "" || slices.Contains(a.Skills, n.skill))
}

// Expire takes back the offers that ran out, and those to agents who are away or gone: the agent has let it pass, and
// who does so too often is set away. It says which conversations go on. Only an offer that ran out is a miss.
func (s *State) Expire(now Now, r Rules) []Chat {
	var gone []Chat
	for _, c := range s.sorted() {
		if c.Offer == nil {
			continue
		}
		a, known := s.Agents[c.Offer.To]
		out := !now.Wall.Before(c.Offer.Until)
		if known && a.Status == Online && !out {
			continue
		}
		if s.missed(c, now) {
			a.Misses++
			if a.Misses >= r.Misses {
				a.Status = Away
			}
		}
		gone = append(gone, s.pass(c, a, known, now))
	}
	return gone
}

// missed says that an offer ran out though its agent was there.
func (s *State) missed(c Chat, now Now) bool {
	if c.Offer == nil {
		return false
	}
	a, known := s.Agents[c.Offer.To]
	return known && a.There() && !now.Wall.Before(c.Offer.Until)
}

// Missed are the conversations whose offer ran out though its agent was there, before Expire takes it back.
func (s *State) Missed(now Now) []Chat {
	return slices.DeleteFunc(s.sorted(), func(c Chat) bool { return !s.missed(c, now) })
}

// Decline is an agent's word that he does not take what he is offered. It says whether it was offered to him.
func (s *State) Decline(id dialog.ID, login string, now Now) bool {
	c, ok := s.Chats[id]
	if !ok || c.Offer == nil || c.Offer.To != login {
		return false
	}
	a, known := s.Agents[login]
	a.Misses = 0
	s.pass(c, a, known, now)
	return true
}

func (s *State) pass(c Chat, a Agent, known bool, now Now) Chat {
	passed := map[string]time.Time{c.Offer.To: now.Wall}
	for login, at := range c.Passed {
		if login != c.Offer.To {
			passed[login] = at
		}
	}
	if c.For == c.Offer.To {
		c.For = ""
	}
	c.Passed, c.Offer = passed, nil
	s.Chats[c.Conversation] = c
	if known {
		a.Rev++
		s.Agents[a.Login] = a
	}
	return c
}

// Lost are the conversations whose agent is gone for longer than the grace: they go back into the queue, which is
// done to the conversation (dialog.Requeue) and then followed.
func (s *State) Lost(now Now, r Rules) []Chat {
	var lost []Chat
	for _, c := range s.sorted() {
		if a, known := s.Agents[c.Agent]; !c.Waits() && known && !a.There() && !now.Wall.Before(a.Gone.Add(r.Grace)) {
			lost = append(lost, c)
		}
	}
	return lost
}

// Next is when something happens though nobody does anything: an offer runs out, a slot is freed, an agent's grace is
// over, those who let something pass are asked anew. Zero: nothing does.
func (s *State) Next(now Now, r Rules) time.Time {
	var next time.Time
	at := func(t time.Time) {
		if t.After(now.Wall) && (next.IsZero() || t.Before(next)) {
			next = t
		}
	}
	for _, c := range s.Chats {
		switch {
		case c.Waits() && c.Offer != nil:
			at(c.Offer.Until)
		case c.Waits() && len(c.Passed) > 0:
			at(c.again(r))
		case !c.Waits() && !c.Quiet.IsZero():
			at(c.Quiet.Add(r.Quiet))
		}
		if a, known := s.Agents[c.Agent]; !c.Waits() && known && !a.There() {
			at(a.Gone.Add(r.Grace))
		}
	}
	return next
}

// sorted are the conversations by id, so that the same state gives the same answer.
func (s *State) sorted() []Chat {
	out := make([]Chat, 0, len(s.Chats))
	for _, c := range s.Chats {
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Chat) int { return cmp.Compare(a.Conversation, b.Conversation) })
	return out
}
