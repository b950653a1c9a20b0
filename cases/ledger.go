package cases

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"recourse/cases/policy"
)

// What a case store may answer besides the public errors.
var (
	// ErrNoCase: there is no case of that id.
	ErrNoCase = errors.New("no such case")
	// ErrNoPolicy: the policy that judged a case cannot be read now. No other is put in its place; try again later.
	ErrNoPolicy = errors.New("the policy that judged the case cannot be read")
	// ErrRaced: the case or its line changed between read and write; read again.
	ErrRaced = errors.New("case changed while it was being written")
)

// Commit is one applied event, ready to be stored in one step: the case, its mark, its line, its
// deadlines and what others must hear of it.
type Commit struct {
	Case     Case
	Mark     Mark
	Key      string // of the event
	Digest   string // of its content
	Line     LineRecord
	LineFrom int // version of the line record that was read
	Notices  []Notice
	Orders   []Order
	// Reminders follow from the case's deadlines. One whose instant is over is not made anew: the store keeps
	// it only if it still waits to be sent.
	Reminders    []Reminder
	New          *Case // the case that replaces this one, if any
	NewMark      *Mark
	NewReminders []Reminder
}

// Applied is what an event key did when it was applied first.
type Applied struct {
	Digest  string
	Version int // of the case after it
}

// LineID names an order line of a buyer.
type LineID struct{ Order, Line string }

// Whole is a case with what is kept beside it. It is not changed by who has it.
type Whole struct {
	Case  Case
	Marks []Mark     // its timeline
	Line  LineRecord // of its order line
}

// Store keeps cases. Every method may be repeated safely.
type Store interface {
	// Load answers ErrNoCase for an id that does not exist.
	Load(ctx context.Context, id ID) (Case, error)
	// Line returns the record of an order line of a buyer, empty if there is none yet.
	Line(ctx context.Context, buyer, order, line string) (LineRecord, error)
	// Lines returns the records of several order lines of a buyer, in their order, empty where there is none yet.
	Lines(ctx context.Context, buyer string, of []LineID) ([]LineRecord, error)
	// Whole reads a case with its timeline and its line's record, of one moment or the case the oldest. If nothing has
	// changed since they were read last, it returns what was read then: the same pointer. ErrNoCase like Load.
	Whole(ctx context.Context, id ID, last *Whole) (*Whole, error)
	// Look reads a case and what an event key did to it before, nil if nothing. The two are of one moment, or the
	// case is the older. ErrNoCase like Load.
	Look(ctx context.Context, id ID, key string) (Case, *Applied, error)
	// Commit stores an applied event. Errors: ErrRaced; a key stored meanwhile is ErrRaced too.
	Commit(ctx context.Context, c Commit) error
	// Remind notes and announces a reminder; false if it was sent before. ErrRaced if the case has changed.
	Remind(ctx context.Context, r Reminded) (sent bool, err error)
	// Marks returns the timeline of a case.
	Marks(ctx context.Context, id ID) ([]Mark, error)
	// OfBuyer lists the buyer's cases, newest first.
	OfBuyer(ctx context.Context, buyer string, limit int) ([]ID, error)
}

// Orders is the marketplace's order system.
type Orders interface {
	// Lines returns the buyer's order lines, newest first.
	Lines(ctx context.Context, buyer string) ([]policy.Line, error)
	// Line returns one line of one order of the buyer; ErrNoLine if it is not his or does not exist.
	Line(ctx context.Context, buyer, order, line string) (policy.Line, error)
}

// ErrNoLine: the order line does not exist, or not for this buyer. The two are not told apart.
var ErrNoLine = errors.New("no such order line for this buyer")

// RefundRecord is what the payment channel says of a refund that it was ordered to make. It moves no case: the
// channel's own news does (EvPaymentSucceeded, EvPaymentFailed).
type RefundRecord struct {
	Status     RefundStatus `json:"status"`
	Method     string       `json:"method,omitempty"`     // the route as the channel names it, as in EvPaymentSucceeded
	AcceptedAt time.Time    `json:"accepted_at,omitzero"` // when the channel took the order
	ArrivedAt  time.Time    `json:"arrived_at,omitzero"`  // when it was credited, if the channel knows
}

// RefundStatus is where a refund is.
type RefundStatus string

// What the payment channel may say of a refund.
const (
	RefundProcessing RefundStatus = "processing" // it is still with the channel
	RefundArrived    RefundStatus = "arrived"    // credited to the account, as far as the channel knows
	RefundRefused    RefundStatus = "failed"
	RefundUnknown    RefundStatus = "unknown" // the channel has no such refund
)

// Ledger applies events to stored cases: the key is checked before the transition, the commit is a
// compare-and-set, and a race is decided by reading again. It keeps no state.
type Ledger struct {
	Store  Store
	Orders Orders
	// Policy returns the policy of a version, or the current one for "". If it cannot read a version it may return
	// another; then the event is not applied (ErrNoPolicy).
	Policy func(version string) *policy.Policy
	Now    func() time.Time
}

// tries bounds how often an event is applied again after it lost a race; each loss means that
// another event has won, so more than a few in a row means something is wrong.
const tries = 8

// Open begins a draft on an order line. The same key opens it once.
func (l *Ledger) Open(ctx context.Context, id ID, buyer, conversation string, line policy.Line) (Case, error) {
	if have, err := l.Store.Load(ctx, id); err == nil {
		return have, nil // the step ran before
	} else if !errors.Is(err, ErrNoCase) {
		return Case{}, err
	}
	for range tries {
		rec, err := l.Store.Line(ctx, buyer, line.OrderID, line.LineID)
		if err != nil {
			return Case{}, err
		}
		if rec.OpenCase == string(id) {
			return l.Store.Load(ctx, id) // another run of this step opened it meanwhile
		}
		res, err := NewDraft(id, buyer, conversation, line, Env{Policy: l.Policy(""), Line: rec, Now: l.Now()})
		if err != nil {
			return Case{}, err
		}
		err = l.Store.Commit(ctx, Commit{
			Case: res.Case, Mark: res.Mark, Key: res.Mark.Event.Key, Digest: Digest(res.Mark.Event), Line: res.Line, LineFrom: rec.Version,
			Reminders: res.Case.Reminders(l.Policy(res.Case.Policy)),
		})
		if err == nil {
			return res.Case, nil
		}
		if !errors.Is(err, ErrRaced) {
			return Case{}, err
		}
		if have, err := l.Store.Load(ctx, id); err == nil {
			return have, nil
		}
	}
	return Case{}, fmt.Errorf("open case %s: %w", id, ErrRaced)
}

// Outcome is what an event did.
type Outcome struct {
	Case Case
	// Repeat says that the key had been applied before; Case is as it stands now.
	Repeat     bool
	Transition string
	New        *Case
}

// Apply applies an event to a case. A refusal is an *Error with a public code; ErrStale means that a
// timer no longer applies.
func (l *Ledger) Apply(ctx context.Context, id ID, ev Event) (Outcome, error) {
	if ev.Key == "" {
		return Outcome{}, fmt.Errorf("apply %s to case %s: event without a key", ev.Kind, id)
	}
	ev.At = l.Now().UTC()
	if ev.isReminder() {
		return l.remind(ctx, id, ev)
	}
	digest := Digest(ev)
	for range tries {
		// The case is read before its keys: whatever happens after, this key is found, or the commit is raced.
		// The other way round, a second run of the same step could be told that the first one's effect
		// forbids it.
		c, was, err := l.Store.Look(ctx, id, ev.Key)
		if err != nil {
			return Outcome{}, err
		}
		if was != nil {
			if was.Digest != digest {
				return Outcome{}, &Error{Code: CodeIdempotencyMismatch, State: c.State, Version: c.Version}
			}
			if c.Version < was.Version {
				if c, err = l.Store.Load(ctx, id); err != nil { // it was applied between the two readings
					return Outcome{}, err
				}
			}
			return Outcome{Case: c, Repeat: true}, nil
		}
		rec, err := l.Store.Line(ctx, c.Buyer, c.Line.OrderID, c.Line.LineID)
		if err != nil {
			return Outcome{}, err
		}
		if ev.Kind == EvAmend || ev.Kind == EvSubmit {
			// The order may have moved on since the draft was made: judge what is true now.
			line, err := l.Orders.Line(ctx, c.Buyer, c.Line.OrderID, c.Line.LineID)
			if err != nil {
				return Outcome{}, err
			}
			ev.Line = &line
		}
		if _, isTimer := ev.timer(); !isTimer {
			if c, rec, err = l.settle(ctx, c, rec, ev.At); errors.Is(err, ErrRaced) {
				continue
			} else if err != nil {
				return Outcome{}, err
			}
		}
		res, err := l.commit(ctx, c, rec, ev, digest)
		if err == nil {
			return Outcome{Case: res.Case, Transition: res.Transition, New: res.NewCase}, nil
		}
		if !errors.Is(err, ErrRaced) {
			return Outcome{}, err
		}
	}
	return Outcome{}, fmt.Errorf("apply %s to case %s: %w", ev.Kind, id, ErrRaced)
}

// policyFor is the policy that an event of a case is judged by: the one that judged the case, whose deadlines it
// keeps, but the newest where the buyer amends a draft.
func (l *Ledger) policyFor(c Case, ev Event) (*policy.Policy, error) {
	if c.State == Draft && ev.Kind == EvAmend {
		return l.Policy(""), nil
	}
	p := l.Policy(c.Policy)
	if p == nil || p.Version != c.Policy {
		return nil, fmt.Errorf("apply %s to case %s, policy %s: %w", ev.Kind, c.ID, c.Policy, ErrNoPolicy)
	}
	return p, nil
}

// settle carries out the deadlines that had passed before now, so that an event finds the case as they
// left it, whether or not the runner has come by. Each is applied under its own key, like the runner does.
func (l *Ledger) settle(ctx context.Context, c Case, rec LineRecord, now time.Time) (Case, LineRecord, error) {
	for {
		due := c.overdueIn(table, instant(now))
		if len(due) == 0 {
			return c, rec, nil
		}
		ev := c.timerEvent(due[0])
		ev.At = now
		res, err := l.commit(ctx, c, rec, ev, Digest(ev))
		if err != nil {
			return c, rec, fmt.Errorf("settle %s of case %s: %w", due[0], c.ID, err)
		}
		c, rec = res.Case, res.Line
		rec.Version++ // as the store has it now
	}
}

// commit applies an event to what was read and stores what comes of it.
func (l *Ledger) commit(ctx context.Context, c Case, rec LineRecord, ev Event, digest string) (Result, error) {
	p, err := l.policyFor(c, ev)
	if err != nil {
		return Result{}, err
	}
	res, err := c.Apply(Env{Policy: p, Line: rec, Now: ev.At}, ev)
	if err != nil {
		return res, err
	}
	commit := Commit{
		Case: res.Case, Mark: res.Mark, Key: ev.Key, Digest: digest, Line: res.Line, LineFrom: rec.Version,
		Notices: res.Notices, Orders: res.Orders, Reminders: res.Case.Reminders(p), New: res.NewCase, NewMark: res.NewMark,
	}
	if res.NewCase != nil {
		commit.NewReminders = res.NewCase.Reminders(l.Policy(res.NewCase.Policy))
	}
	return res, l.Store.Commit(ctx, commit)
}

// Digest is what "the same request" means for an idempotency key: everything the actor said, not
// when it came nor what the order system said meanwhile.
func Digest(ev Event) string {
	ev.At, ev.Line, ev.Key = time.Time{}, nil, ""
	raw, err := json.Marshal(ev)
	if err != nil {
		panic(fmt.Sprintf("cases: event cannot be encoded: %v", err)) // plain data, cannot happen
	}
	sum := sha256.Sum256(raw)
	return base64.RawStdEncoding.EncodeToString(sum[:12])
}
