package complaints

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// ErrNotFound: there is no complaint of that id, or not for whoever asks. The two are not told apart. It is a
// cases.ErrNoCase as well, so that the runner of deadlines forgets a deadline of it.
var ErrNotFound = fmt.Errorf("no such complaint: %w", cases.ErrNoCase)

// Commit is one applied event, ready to be stored in one step: the complaint, its mark, the record of its
// order line, its deadlines and what others must hear of it.
type Commit struct {
	Complaint Complaint
	Mark      Mark
	Key       string // of the event
	Digest    string // of its content
	Line      LineRecord
	LineFrom  int // version of the line record that was read
	Notices   []cases.Notice
	Measure   Measure
}

// Store keeps complaints. Every method may be repeated safely.
type Store interface {
	// Load answers ErrNotFound for an id that does not exist.
	Load(ctx context.Context, id ID) (Complaint, error)
	// Line returns the record of an order line of a buyer, empty if there is none yet.
	Line(ctx context.Context, buyer, order, line string) (LineRecord, error)
	// Applied tells what an event key did to a complaint before.
	Applied(ctx context.Context, id ID, key string) (cases.Applied, bool, error)
	// Commit stores an applied event. Errors: cases.ErrRaced; a key stored meanwhile is cases.ErrRaced too.
	Commit(ctx context.Context, c Commit) error
	// Marks returns the timeline of a complaint.
	Marks(ctx context.Context, id ID) ([]Mark, error)
	// OfBuyer lists the complaints on the buyer's orders, newest first, whoever complained.
	OfBuyer(ctx context.Context, buyer string, limit int) ([]ID, error)
}

// Ledger applies events to stored complaints: the key is checked before the transition, the commit is a
// compare-and-set, and a race is decided by reading again. It keeps no state.
type Ledger struct {
	Store Store
	// Policy returns the policy of a version, or the current one for "".
	Policy func(version string) *policy.Policy
	Now    func() time.Time
}

// tries bounds how often an event is applied again after it lost a race.
const tries = 8

// Open begins a complaint. The same id opens it once; the same id with other content is refused.
func (l *Ledger) Open(ctx context.Context, id ID, o Opening) (Complaint, error) {
	for range tries {
		have, err := l.Store.Load(ctx, id)
		if err == nil {
			return have, l.sameOpening(ctx, id, o)
		}
		if !errors.Is(err, ErrNotFound) {
			return Complaint{}, err
		}
		rec, err := l.Store.Line(ctx, o.Line.BuyerID, o.Line.OrderID, o.Line.LineID)
		if err != nil {
			return Complaint{}, err
		}
		res, err := Open(id, o, Env{Policy: l.Policy(""), Line: rec, Now: l.Now()})
		if err != nil {
			return Complaint{}, err
		}
		err = l.commit(ctx, res, rec)
		if err == nil {
			return res.Complaint, nil
		}
		if !errors.Is(err, cases.ErrRaced) {
			return Complaint{}, err
		}
	}
	return Complaint{}, fmt.Errorf("open complaint %s: %w", id, cases.ErrRaced)
}

// sameOpening tells a repeat of an opening from another one under the same id.
func (l *Ledger) sameOpening(ctx context.Context, id ID, o Opening) error {
	was, ok, err := l.Store.Applied(ctx, id, "open:"+string(id))
	if err != nil {
		return err
	}
	line := o.Line
	now := Event{
		Kind: EvOpen, Actor: o.By, By: o.Who, Line: &line, Conversation: o.Conversation,
		Complaint: o.Kind, Text: o.Text, Case: o.Case, Evidence: o.Evidence,
	}
	if !ok || was.Digest != Digest(now) {
		return refusal(cases.CodeIdempotencyMismatch)
	}
	return nil
}

func (l *Ledger) commit(ctx context.Context, r Result, read LineRecord) error {
	return l.Store.Commit(ctx, Commit{
		Complaint: r.Complaint, Mark: r.Mark, Key: r.Mark.Event.Key, Digest: Digest(r.Mark.Event), Line: r.Line, LineFrom: read.Version,
		Notices: r.Notices, Measure: r.Measure,
	})
}

// Apply applies an event to a complaint and returns it as it stands now, also for a key that was applied
// before. A refusal is a *cases.Error with a public code; cases.ErrStale means that a timer no longer applies.
func (l *Ledger) Apply(ctx context.Context, id ID, ev Event) (Complaint, error) {
	if ev.Key == "" {
		return Complaint{}, fmt.Errorf("apply %s to complaint %s: event without a key", ev.Kind, id)
	}
	ev.At = l.Now().UTC()
	digest := Digest(ev)
	for range tries {
		// The complaint is read before its keys: whatever happens after, this key is found, or the commit is raced.
		c, err := l.Store.Load(ctx, id)
		if err != nil {
			return Complaint{}, err
		}
		was, ok, err := l.Store.Applied(ctx, id, ev.Key)
		if err != nil {
			return Complaint{}, err
		}
		if ok && was.Digest != digest {
			return Complaint{}, &cases.Error{Code: cases.CodeIdempotencyMismatch, State: cases.State(c.State), Version: c.Version}
		}
		if ok {
			if c.Version < was.Version {
				return l.Store.Load(ctx, id) // it was applied between the two readings
			}
			return c, nil
		}
		rec, err := l.Store.Line(ctx, c.Buyer, c.Line.OrderID, c.Line.LineID)
		if err != nil {
			return Complaint{}, err
		}
		res, err := c.Apply(Env{Policy: l.Policy(c.Policy), Line: rec, Now: ev.At}, ev)
		if err != nil {
			return Complaint{}, err
		}
		err = l.commit(ctx, res, rec)
		if err == nil {
			return res.Complaint, nil
		}
		if !errors.Is(err, cases.ErrRaced) {
			return Complaint{}, err
		}
	}
	return Complaint{}, fmt.Errorf("apply %s to complaint %s: %w", ev.Kind, id, cases.ErrRaced)
}

// Digest is what "the same request" means for an idempotency key: everything the actor said, not
// when it came nor what the order system said meanwhile.
func Digest(ev Event) string {
	ev.At, ev.Key = time.Time{}, ""
	if ev.Line != nil { // where the order stands may change between two runs of a step
		ev.Line = &policy.Line{OrderID: ev.Line.OrderID, LineID: ev.Line.LineID}
	}
	ev.Evidence = slices.Clone(ev.Evidence)
	for i := range ev.Evidence {
		ev.Evidence[i].At = time.Time{}
	}
	raw, err := json.Marshal(ev)
	if err != nil {
		panic(fmt.Sprintf("complaints: event cannot be encoded: %v", err)) // plain data, cannot happen
	}
	sum := sha256.Sum256(raw)
	return base64.RawStdEncoding.EncodeToString(sum[:12])
}
