package cases

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"recourse/cases/policy"
)

// Env is what an event is applied in: the policy of the case, the record of its order line, the time.
type Env struct {
	Policy *policy.Policy
	Line   LineRecord
	Now    time.Time
}

// Notice tells a party that something happened. Its key names a wording; what it says is read from the case.
type Notice struct {
	To  Actor  `json:"to"`
	Key string `json:"key"`
	// Role narrows agents down: "supervisor".
	Role string `json:"role,omitempty"`
	// Timer and Until belong to reminders: which deadline is near, and when it is.
	Timer Timer     `json:"timer,omitempty"`
	Until time.Time `json:"until,omitzero"`
}

// Order is a command to a system outside. Key makes it idempotent there.
type Order struct {
	Kind      string `json:"kind"` // refund, merchant_liability, merchant_penalty, ticket, discard_evidence
	Key       string `json:"key"`
	Why       string `json:"why,omitempty"` // of a ticket: what somebody must look at
	AmountFen int64  `json:"amount_fen,omitempty"`
	Method    string `json:"method,omitempty"`
	FundedBy  string `json:"funded_by,omitempty"`
	// Evidence is the file that OrderDiscard throws away.
	Evidence EvidenceID `json:"evidence,omitempty"`
}

// OrderDiscard is the kind of an order that a file be thrown away which its buyer took out of his draft.
const OrderDiscard = "discard_evidence"

// Result is what an event did.
type Result struct {
	Case       Case
	Mark       Mark
	Line       LineRecord
	Notices    []Notice
	Orders     []Order
	Transition string
	NewCase    *Case // the case that replaces this one (T26)
	NewMark    *Mark
}

// step is one application under way: a private copy of the case and what comes of it.
type step struct {
	c       Case
	env     Env
	ev      Event
	to      State
	line    LineRecord
	notices []Notice
	orders  []Order
	clauses []string
	next    *Result      // of the replacing case
	rows    []Transition // the table in force
}

// NewDraft begins a case on an order line. The line's record must not have an open case.
func NewDraft(id ID, buyer, conversation string, line policy.Line, env Env) (Result, error) {
	if env.Line.OpenCase != "" {
		return Result{}, &Error{Code: CodeAlreadyOpen, OpenCase: ID(env.Line.OpenCase)}
	}
	if line.BuyerID != buyer {
		return Result{}, refusal(CodeNotParty)
	}
	return newDraft(id, "", nil, buyer, conversation, line, env), nil
}

func newDraft(id, previous ID, prior *Prior, buyer, conversation string, line policy.Line, env Env) Result {
	now := instant(env.Now)
	ev := Event{
		Key: "open:" + string(id), Kind: EvOpen, Actor: Buyer, By: buyer, At: now, Line: &line, Text: conversation,
		NewCase: previous, Prior: prior,
	}
	c := Case{
		ID: id, Version: 1, State: Draft, Buyer: buyer, Shop: line.ShopID, Conversation: conversation, Line: line,
		Refund: Refund{Status: "none"}, Arbitration: Arbitration{Status: "none"}, Previous: previous, Prior: prior,
		Policy: env.Policy.Version, CreatedAt: now, UpdatedAt: now, ValidUntil: env.Policy.ValidUntil(line).UTC(),
		Deadlines: map[Timer]time.Time{TimerDraft: now.Add(days(env.Policy.Values.Apply.DraftDays.V))},
	}
	if line.SignedAt.IsZero() {
		c.ValidUntil = time.Time{}
	}
	rec := env.Line
	rec.OpenCase = string(id)
	return Result{
		Case: c, Line: rec, Transition: "D00",
		Mark: Mark{Seq: 1, At: now, ID: "D00", Event: ev, To: Draft, Policy: env.Policy.Version, Deadlines: maps.Clone(c.Deadlines)},
	}
}

// Apply applies an event. It is pure: c is not changed, and nothing it holds is shared with the result.
func (c Case) Apply(env Env, ev Event) (Result, error) {
	return c.applyWith(table, env, ev)
}

func (c Case) applyWith(rows []Transition, env Env, ev Event) (Result, error) {
	if ev.Expect != 0 && ev.Expect != c.Version {
		return Result{}, c.refused(rows, env, ev, refusal(CodeVersionConflict))
	}
	s := &step{c: c.clone(), env: env, ev: ev, line: env.Line, rows: rows}
	s.env.Now = instant(env.Now)
	if s.stale() {
		return Result{}, ErrStale
	}
	if _, isTimer := ev.timer(); !isTimer && len(c.overdueIn(rows, s.env.Now)) > 0 {
		return Result{}, ErrDeadlineDue
	}
	row, err := s.find(rows)
	if err != nil {
		if _, isTimer := ev.timer(); isTimer {
			return Result{}, ErrStale
		}
		return Result{}, c.refused(rows, env, ev, err)
	}
	return s.run(row), nil
}

// stale says that the event is a timer's whose deadline was met, moved, or has not come yet.
func (s *step) stale() bool {
	t, isTimer := s.ev.timer()
	at, running := s.c.Deadlines[t]
	return isTimer && (!running || s.env.Now.Before(at))
}

// find is the row that takes the event, with its guards passed.
func (s *step) find(rows []Transition) (Transition, *Error) {
	var refused *Error
	for _, row := range rows {
		if row.Event != s.ev.Kind || !slices.Contains(row.From, s.c.State) {
			continue
		}
		if !s.isParty() || !s.everHis(rows) {
			return Transition{}, refusal(CodeNotParty)
		}
		if !slices.Contains(row.Actors, s.ev.Actor) {
			continue // another's here, his elsewhere: out of place
		}
		err := row.open(s)
		if err == nil && row.Check != nil {
			err = row.Check(s)
		}
		if err == nil {
			return row, nil
		}
		if refused == nil || refused.Code == CodeStateConflict {
			refused = err
		}
	}
	if refused == nil {
		refused = s.outOfPlace()
	}
	return Transition{}, refused
}

// everHis says whether some state lets the actor do this at all. Who may do it elsewhere is a party in the wrong
// place (§3.7: he is told what he may do now); who never may acts in another's stead.
func (s *step) everHis(rows []Transition) bool {
	return slices.ContainsFunc(rows, func(r Transition) bool { return r.Event == s.ev.Kind && slices.Contains(r.Actors, s.ev.Actor) })
}

// outOfPlace is the refusal of an event that no row of the state takes: where §3.7 has a code that says
// more than STATE_CONFLICT, that one.
func (s *step) outOfPlace() *Error {
	switch {
	case s.ev.Kind == EvSupplement && !s.c.Arbitration.RuledAt.IsZero():
		return refusal(CodeEvidenceLocked)
	case s.ev.Kind == EvExtendReceipt && s.c.State == ReturnInspection:
		return refusal(CodeExtendNotAllowed) // signed for
	}
	// It was possible until a deadline brought the case here. Who acts at its very instant has lost a race,
	// not missed a deadline (invariant 8).
	lapsed := func(row Transition) bool {
		return row.Event == s.ev.Kind && slices.Contains(row.Actors, s.ev.Actor) && slices.Contains(row.From, s.c.Lapsed.From)
	}
	if s.c.Lapsed == nil || !s.env.Now.After(s.c.Lapsed.At) || !s.isParty() || !slices.ContainsFunc(s.rows, lapsed) {
		return refusal(CodeStateConflict)
	}
	if s.ev.Kind == EvEscalate && s.c.Lapsed.Timer == TimerEscalate {
		return &Error{Code: CodeEscalationClosed, Passed: s.c.Lapsed}
	}
	return &Error{Code: CodeDeadlinePassed, Passed: s.c.Lapsed}
}

// open are the guards that do not look at the payload: they decide what is offered at all.
func (t Transition) open(s *step) *Error {
	if t.Open == nil {
		return nil
	}
	return t.Open(s)
}

// isParty holds buyers and merchants to their own cases.
func (s *step) isParty() bool {
	switch s.ev.Actor {
	case Buyer:
		return s.ev.By == s.c.Buyer
	case Merchant:
		return s.ev.By == s.c.Shop
	case Agent:
		return s.ev.By != ""
	default:
		return true
	}
}

func (ev Event) timer() (Timer, bool) {
	if name, ok := cutPrefix(string(ev.Kind), "timer:"); ok {
		return Timer(name), true
	}
	return "", false
}

func cutPrefix(s, p string) (string, bool) {
	if len(s) > len(p) && s[:len(p)] == p {
		return s[len(p):], true
	}
	return "", false
}

// run carries a row out. A timer that has fired is gone before the row may set it anew.
func (s *step) run(row Transition) Result {
	from, before := s.c.State, maps.Clone(s.c.Deadlines)
	s.to = from
	if len(row.To) > 0 {
		s.to = row.To[0]
	}
	fired, isTimer := s.ev.timer()
	due := s.c.Deadlines[fired]
	if isTimer {
		delete(s.c.Deadlines, fired)
	}
	if row.Do != nil {
		row.Do(s)
	}
	if s.to != from {
		s.c.Lapsed = nil
		if isTimer {
			s.c.Lapsed = &Lapse{Timer: fired, At: due, From: from}
		}
	}
	s.c.State = s.to
	s.c.Version++
	s.c.UpdatedAt = s.env.Now
	if s.to.Terminal() && !from.Terminal() {
		s.returnGoods()
	}
	if s.to.Terminal() && !s.to.Soft() || s.c.Arbitration.Final {
		maps.DeleteFunc(s.c.Deadlines, func(t Timer, _ time.Time) bool { return !slices.Contains(outlive, t) })
		if s.line.OpenCase == string(s.c.ID) {
			s.line.OpenCase = ""
		}
		if !from.Terminal() {
			s.line.LastCase = string(s.c.ID) // what comes after the end (D08, D09) does not make it the last again
		}
	}
	ev := s.ev
	ev.At = s.env.Now
	r := Result{
		Case: s.c, Line: s.line, Notices: s.notices, Orders: s.orders, Transition: row.ID,
		Mark: Mark{
			Seq: s.c.Version, At: s.env.Now, ID: row.ID, Event: ev, From: from, To: s.to, Clause: s.clauses,
			History: s.env.Line.LineHistory, Policy: s.env.Policy.Version, Deadlines: moved(before, s.c.Deadlines),
		},
	}
	if s.next != nil {
		r.NewCase, r.NewMark = &s.next.Case, &s.next.Mark
	}
	return r
}

// moved are the deadlines that are not as they were; nil if none is.
func moved(before, after map[Timer]time.Time) map[Timer]time.Time {
	var out map[Timer]time.Time
	for t, at := range after {
		if was, ok := before[t]; ok && was.Equal(at) {
			continue
		}
		if out == nil {
			out = map[Timer]time.Time{}
		}
		out[t] = at
	}
	return out
}

// refused completes a refusal with what is possible now.
func (c Case) refused(rows []Transition, env Env, ev Event, e *Error) *Error {
	e.State, e.Version = c.State, c.Version
	e.Allowed = c.allowedIn(rows, Party{Actor: ev.Actor, By: ev.By, Role: ev.Role}, env)
	e.Deadlines = maps.Clone(c.Deadlines)
	return e
}

// Party is who asks what he may do: what an agent may do depends on who he is.
type Party struct {
	Actor Actor
	By    string // "": any of them
	Role  string
}

// Allowed lists the events that an actor may cause now: exactly those whose guards, as far as they do not
// depend on what he would say, pass. Of agents it lists what one of them may do; AllowedTo asks for one.
func (c Case) Allowed(actor Actor, env Env) []EventKind {
	return c.allowedIn(table, Party{Actor: actor}, env)
}

// AllowedTo lists the events that this very party may cause now.
func (c Case) AllowedTo(p Party, env Env) []EventKind { return c.allowedIn(table, p, env) }

func (c Case) allowedIn(rows []Transition, p Party, env Env) []EventKind {
	var out []EventKind
	c, env.Line = c.settled(rows, env) // what the Ledger would do first
	s := &step{c: c, env: env, ev: Event{Actor: p.Actor, By: p.By, Role: p.Role}, line: env.Line, rows: rows}
	s.env.Now = instant(env.Now)
	for _, row := range rows {
		if !slices.Contains(row.From, c.State) || !slices.Contains(row.Actors, p.Actor) || slices.Contains(out, row.Event) {
			continue
		}
		if _, isTimer := (Event{Kind: row.Event}).timer(); isTimer {
			continue
		}
		if row.open(s) == nil {
			out = append(out, row.Event)
		}
	}
	return out
}

// clone copies all that a row may change in place.
func (c Case) clone() Case {
	c.Evidence = slices.Clone(c.Evidence)
	c.Deadlines = maps.Clone(c.Deadlines)
	c.Paused = maps.Clone(c.Paused)
	c.Return.Rest = slices.Clone(c.Return.Rest)
	c.Arbitration.Asked = slices.Clone(c.Arbitration.Asked)
	c.Arbitration.Defaulted = slices.Clone(c.Arbitration.Defaulted)
	if c.Deadlines == nil {
		c.Deadlines = map[Timer]time.Time{}
	}
	if c.Offer != nil {
		offer := *c.Offer // a row may change it
		c.Offer = &offer
	}
	if c.Rejection != nil {
		rejection := *c.Rejection
		c.Rejection = &rejection
	}
	return c
}

// Replay rebuilds a case from its timeline (invariant 12), each event by the policy that judged it.
func Replay(marks []Mark, policyOf func(version string) *policy.Policy) (Case, error) {
	var c Case
	for i, m := range marks {
		env := Env{Policy: policyOf(cmp.Or(m.Policy, c.Policy)), Now: m.At}
		if i == 0 {
			ev := m.Event
			c = newDraft(ev.caseOpened(), ev.NewCase, ev.Prior, ev.By, ev.Text, *ev.Line, env).Case
			continue
		}
		// Guards were held when the mark was made and may rest on what only the ledger knew then;
		// replaying applies the row that was chosen.
		row, ok := rowByID(m.ID)
		if !ok {
			return Case{}, &Error{Code: CodeStateConflict, State: c.State, Version: c.Version}
		}
		env.Line.LineHistory = m.History
		s := &step{c: c.clone(), env: env, ev: m.Event, line: env.Line, rows: table}
		c = s.run(row).Case
	}
	return c, nil
}

func (ev Event) caseOpened() ID {
	id, _ := cutPrefix(ev.Key, "open:")
	return ID(id)
}

func rowByID(id string) (Transition, bool) {
	i := slices.IndexFunc(table, func(t Transition) bool { return t.ID == id })
	if i < 0 {
		return Transition{}, false
	}
	return table[i], true
}

// instant is a time as cases keep it: whole milliseconds, like the index of deadlines. A finer deadline
// would be found due a moment before it is, be refused as stale, and be dropped from the index for good.
func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Millisecond) }

func days(n int) time.Duration  { return time.Duration(n) * 24 * time.Hour }
func hours(n int) time.Duration { return time.Duration(n) * time.Hour }

// overdueIn lists the deadlines that had passed before an instant and whose events the state takes, in
// the order in which they passed. At the very instant of a deadline its event and others race (invariant 8).
func (c Case) overdueIn(rows []Transition, now time.Time) []Timer {
	var out []Timer
	for t, at := range c.Deadlines {
		takes := func(row Transition) bool { return row.Event == TimerEvent(t) && slices.Contains(row.From, c.State) }
		if at.Before(now) && slices.ContainsFunc(rows, takes) {
			out = append(out, t)
		}
	}
	slices.SortFunc(out, func(a, b Timer) int {
		return cmp.Or(c.Deadlines[a].Compare(c.Deadlines[b]), -strings.Compare(string(a), string(b))) // merchant_soft before merchant_hard
	})
	return out
}

// settled is the case, and its line's record, once the deadlines that have passed are carried out.
func (c Case) settled(rows []Transition, env Env) (Case, LineRecord) {
	for {
		due := c.overdueIn(rows, instant(env.Now))
		if len(due) == 0 {
			return c, env.Line
		}
		res, err := c.applyWith(rows, env, c.timerEvent(due[0]))
		if err != nil {
			return c, env.Line
		}
		c, env.Line = res.Case, res.Line
	}
}

// timerEvent is the event of a running deadline. Its key is the deadline's own, whoever applies it.
func (c Case) timerEvent(t Timer) Event {
	return Event{Key: TimerKey(t, c.Deadlines[t]), Kind: TimerEvent(t), Actor: System}
}

// TimerKey is the idempotency key of a deadline: firing it twice is firing it once.
func TimerKey(t Timer, at time.Time) string { return fmt.Sprintf("timer:%s:%d", t, at.UnixMilli()) }

func orderKey(c Case, kind string) string {
	return string(c.ID) + "/" + kind + "/" + strconv.Itoa(c.Version+1)
}
