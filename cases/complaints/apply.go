package complaints

import (
	"maps"
	"slices"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// Env is what an event is judged in besides the complaint: the policy, what is kept of its order line, and
// the time.
type Env struct {
	Policy *policy.Policy
	Line   LineRecord
	Now    time.Time
}

// Result is what an event did. There is no money in it, and no order to pay any.
type Result struct {
	Complaint Complaint
	Mark      Mark
	Line      LineRecord
	Notices   []cases.Notice
	// Measure is what another system is to carry out against Complaint.Other(), "" for nothing.
	Measure    Measure
	Transition string
}

// step is one application under way: a private copy of the complaint and what comes of it.
type step struct {
	c       Complaint
	env     Env
	ev      Event
	to      State
	line    LineRecord
	notices []cases.Notice
	measure Measure
	clauses []string
}

// Opening is what a complaint begins with. A buyer's is a draft, whose kind and words come when it is filed;
// a merchant files in one go.
type Opening struct {
	By           cases.Actor
	Who          string // buyer id or shop id
	Conversation string // buyer's: where he is told
	Line         policy.Line
	Case         cases.ID // the case it has to do with, if any
	// A merchant's content.
	Kind     policy.ComplaintKindID
	Text     string
	Evidence []cases.Evidence
}

// Open begins a complaint on an order line.
func Open(id ID, o Opening, env Env) (Result, error) {
	line := o.Line
	ev := Event{
		Key: "open:" + string(id), Kind: EvOpen, Actor: o.By, By: o.Who, Line: &line, Conversation: o.Conversation,
		Complaint: o.Kind, Text: o.Text, Case: o.Case, Evidence: o.Evidence,
	}
	s := opening(ev, env)
	switch {
	case o.By != cases.Buyer && o.By != cases.Merchant, !s.isParty():
		return Result{}, refusal(cases.CodeNotParty)
	case o.By == cases.Merchant:
		if err := s.contentSound(); err != nil {
			return Result{}, err
		}
	}
	return s.opened(), nil
}

func opening(ev Event, env Env) *step {
	env.Now = instant(env.Now)
	ev.At = env.Now
	line := *ev.Line
	s := &step{env: env, ev: ev, line: env.Line.clone(), to: Draft}
	s.c = Complaint{
		ID: ID(ev.Key[len("open:"):]), State: Draft, By: ev.Actor, Buyer: line.BuyerID, Shop: line.ShopID, Conversation: ev.Conversation,
		Line: line, Case: ev.Case, Policy: env.Policy.Version, CreatedAt: env.Now, Deadlines: map[cases.Timer]time.Time{},
	}
	return s
}

func (s *step) opened() Result {
	if s.c.By == cases.Merchant {
		file(s)
	} else {
		s.setAt(TimerDraft, s.env.Now.AddDate(0, 0, s.env.Policy.Values.Apply.DraftDays.V), "apply.draft_days")
	}
	return s.result("K00", "")
}

// Apply applies an event. It is pure: c is not changed, and nothing it holds is shared with the result.
func (c Complaint) Apply(env Env, ev Event) (Result, error) {
	return c.applyWith(table, env, ev)
}

func (c Complaint) applyWith(rows []Transition, env Env, ev Event) (Result, error) {
	if ev.Expect != 0 && ev.Expect != c.Version {
		return Result{}, c.refused(rows, env, ev, refusal(cases.CodeVersionConflict))
	}
	s := c.step(env, ev)
	t, isTimer := ev.timer()
	if at, running := s.c.Deadlines[t]; isTimer && (!running || s.env.Now.Before(at)) {
		return Result{}, cases.ErrStale
	}
	row, err := s.find(rows)
	if err != nil && isTimer {
		return Result{}, cases.ErrStale
	}
	if err != nil {
		return Result{}, c.refused(rows, env, ev, err)
	}
	return s.run(row), nil
}

func (c Complaint) step(env Env, ev Event) *step {
	s := &step{c: c.clone(), env: env, ev: ev, line: env.Line.clone()}
	s.env.Now = instant(env.Now)
	s.ev.At = s.env.Now
	return s
}

// find is the row that takes the event, with its guards passed.
func (s *step) find(rows []Transition) (Transition, *cases.Error) {
	var refused *cases.Error
	for _, row := range rows {
		if row.Event != s.ev.Kind || !slices.Contains(row.From, s.c.State) {
			continue
		}
		if !slices.Contains(row.Actors, s.ev.Actor) || !s.isParty() {
			refused = refusal(cases.CodeNotParty)
			continue
		}
		err := row.open(s)
		if err == nil && row.Check != nil {
			err = row.Check(s)
		}
		if err == nil {
			return row, nil
		}
		refused = err
	}
	if refused == nil {
		refused = refusal(cases.CodeStateConflict)
		if s.ev.Kind == EvSupplement && s.c.Audit.Outcome != "" {
			refused = refusal(cases.CodeEvidenceLocked)
		}
	}
	return Transition{}, refused
}

func (t Transition) open(s *step) *cases.Error {
	if t.Open == nil {
		return nil
	}
	return t.Open(s)
}

// isParty holds buyers and shops to their own complaints. A draft is the complainant's alone.
func (s *step) isParty() bool {
	switch s.ev.Actor {
	case cases.Buyer:
		return s.ev.By == s.c.Buyer
	case cases.Merchant:
		return s.ev.By == s.c.Shop
	case cases.Agent:
		return s.ev.By != ""
	default:
		return s.ev.Actor == cases.System
	}
}

// run carries a row out. A timer that has fired is gone before the row may set it anew.
func (s *step) run(row Transition) Result {
	was := s.c.State
	s.to = was
	if len(row.To) > 0 {
		s.to = row.To[0]
	}
	if t, ok := s.ev.timer(); ok {
		delete(s.c.Deadlines, t)
	}
	if row.Do != nil {
		row.Do(s)
	}
	return s.result(row.ID, was)
}

func (s *step) result(id string, was State) Result {
	s.c.State = s.to
	s.c.Version++
	s.c.UpdatedAt = s.env.Now
	if s.to == ClosedWithdrawn || s.c.Audit.Final {
		clear(s.c.Deadlines)
	}
	if key := openKey(s.c.By, s.c.Kind); s.to.Terminal() && s.line.Open[key] == s.c.ID {
		delete(s.line.Open, key)
	} else if s.to == AppealReview && s.line.Open[key] == "" {
		s.line.Open[key] = s.c.ID
	}
	return Result{
		Complaint: s.c, Line: s.line, Notices: s.notices, Measure: s.measure, Transition: id,
		Mark: Mark{Seq: s.c.Version, At: s.env.Now, ID: id, Event: s.ev, From: was, To: s.to, Clause: s.clauses},
	}
}

// refused completes a refusal with what is possible now.
func (c Complaint) refused(rows []Transition, env Env, ev Event, e *cases.Error) *cases.Error {
	e.State, e.Version = cases.State(c.State), c.Version
	e.Allowed = c.allowedIn(rows, ev.Actor, env)
	e.Deadlines = maps.Clone(c.Deadlines)
	return e
}

// Allowed lists the events that an actor may cause now: exactly those whose guards, as far as they do not
// depend on what he would say, pass.
func (c Complaint) Allowed(actor cases.Actor, env Env) []cases.EventKind {
	return c.allowedIn(table, actor, env)
}

func (c Complaint) allowedIn(rows []Transition, actor cases.Actor, env Env) []cases.EventKind {
	var out []cases.EventKind
	s := c.step(env, Event{Actor: actor})
	for _, row := range rows {
		if !slices.Contains(row.From, c.State) || !slices.Contains(row.Actors, actor) || slices.Contains(out, row.Event) {
			continue
		}
		if actor != cases.System && row.open(s) == nil {
			out = append(out, row.Event)
		}
	}
	return out
}

// clone copies all that a row may change in place.
func (c Complaint) clone() Complaint {
	c.Evidence = slices.Clone(c.Evidence)
	c.Deadlines = maps.Clone(c.Deadlines)
	if c.Deadlines == nil {
		c.Deadlines = map[cases.Timer]time.Time{}
	}
	return c
}

func (r LineRecord) clone() LineRecord {
	r.Open, r.All = maps.Clone(r.Open), slices.Clone(r.All)
	if r.Open == nil {
		r.Open = map[string]ID{}
	}
	return r
}

// Replay rebuilds a complaint from its timeline. Guards were held when a mark was made; replaying applies
// the row that was chosen.
func Replay(marks []Mark, p *policy.Policy) (Complaint, error) {
	var c Complaint
	for i, m := range marks {
		env := Env{Policy: p, Now: m.At}
		if i == 0 {
			if m.ID != "K00" || m.Event.Line == nil {
				return Complaint{}, refusal(cases.CodeStateConflict)
			}
			c = opening(m.Event, env).opened().Complaint
			continue
		}
		j := slices.IndexFunc(table, func(t Transition) bool { return t.ID == m.ID })
		if j < 0 {
			return Complaint{}, &cases.Error{Code: cases.CodeStateConflict, State: cases.State(c.State), Version: c.Version}
		}
		c = c.step(env, m.Event).run(table[j]).Complaint
	}
	return c, nil
}

// instant is a time as complaints keep it: whole milliseconds, like the index of deadlines.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }
