// Package demolab lets suites be played against a demo server over its own doors: it sets up a buyer of his own with the
// orders of a fixture and a case in the wanted state, lets others act who have no door, and lets time pass.
//
// It is mounted only with --demo, below /demo/api/lab. What it does to a case goes through the ledger like anything
// else; what happens is said by package stage, as when suites are played in one process.
package demolab

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/labwire"
	"recourse/bot/replay/stage"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/cases/timer"
	"recourse/dialog"
	"recourse/internal/ids"
	"recourse/internal/outbox"
	"recourse/web"
	"recourse/web/demo"
)

// Parts are what the lab works on: the server's own.
type Parts struct {
	Dialogs    dialog.Store
	Ledger     *cases.Ledger
	Complaints *complaints.Ledger
	Due        timer.Index // its lanes are shards
	Outbox     *outbox.Relay
	Orders     *Orders
	Clock      demo.Clock
	// Paid is when the next payment of a case comes due, up to an instant.
	Paid func(ctx context.Context, id cases.ID, to time.Time) (at time.Time, found bool, err error)
	// Moved fires what has come due after the clock was pushed.
	Moved func(ctx context.Context)
	// Token is what a shop would sign for a buyer, ShopKey makes a key good for a shop.
	Token   func(buyer string) (string, error)
	ShopKey func(ctx context.Context, shop, key string) error
	// About is what is played on, and whether its answers have learned.
	About  func() (on replay.About, ready bool)
	Refuse func(w http.ResponseWriter, r *http.Request, err error)
}

// Lab serves the routes.
type Lab struct {
	Parts
	shops sync.Map // whose key is good
	// building keeps deadlines from firing while the past of a case is being made, when they still stand where the
	// next event moves them away from; by shard.
	building [ids.Shards]sync.RWMutex
}

// New makes a lab.
func New(p Parts) *Lab { return &Lab{Parts: p} }

// maxBody is larger than any fixture.
const maxBody = 1 << 20

// settleWait is how long all that follows may take: more means that something hangs.
const settleWait = 10 * time.Second

// desk are the demo's agents in the parts that they have in suites.
func desk() stage.Desk {
	of := func(i int) stage.Staff { return stage.Staff{Login: demo.Agents[i].Login, Name: demo.Agents[i].Name} }
	return stage.Desk{First: of(0), Second: of(1), Third: of(2)}
}

// Mux is the lab's routes.
func (l *Lab) Mux() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+labwire.Path, func(w http.ResponseWriter, _ *http.Request) { answer(w, l.about()) })
	route(l, mux, "open", l.open)
	route(l, mux, "settle", func(ctx context.Context, in labwire.Settle) (labwire.Stands, error) {
		return l.settle(ctx, dialog.ID(in.Conversation))
	})
	route(l, mux, "event", l.event)
	route(l, mux, "pass", l.pass)
	return mux
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_ = json.NewEncoder(w).Encode(v) // whoever asked has gone
}

// route registers what is posted to a name.
func route[I, O any](l *Lab, mux *http.ServeMux, name string, f func(context.Context, I) (O, error)) {
	mux.HandleFunc("POST "+labwire.Path+"/"+name, func(w http.ResponseWriter, r *http.Request) {
		var in I
		if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody)).Decode(&in); err != nil {
			l.Refuse(w, r, web.ErrBadRequest)
			return
		}
		out, err := f(r.Context(), in)
		switch {
		case errors.Is(err, replay.ErrSuite):
			problem(w, labwire.BrokenCase, err)
		case errors.Is(err, replay.ErrNotOffered):
			problem(w, labwire.NotOffered, err)
		case err != nil:
			l.Refuse(w, r, fmt.Errorf("lab %s: %w", name, err))
		default:
			answer(w, out)
		}
	})
}

func problem(w http.ResponseWriter, kind string, err error) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(http.StatusUnprocessableEntity)
	_ = json.NewEncoder(w).Encode(labwire.Problem{Kind: kind, Text: err.Error()}) // as above
}

func (l *Lab) about() labwire.About {
	a := labwire.About{Format: labwire.Format, Now: l.Clock.Now().UTC(), Speed: l.Clock.Speed()}
	a.On, a.Ready = l.About()
	for _, agent := range demo.Agents {
		a.Desk = append(a.Desk, labwire.Account{Login: agent.Login, Password: agent.Password, Name: agent.Name})
	}
	return a
}

// Hold makes a timer's Fire wait for a case whose past is being made.
func (l *Lab) Hold(fire func(context.Context, cases.ID, cases.Event) error) func(context.Context, cases.ID, cases.Event) error {
	return func(ctx context.Context, id cases.ID, ev cases.Event) error {
		for _, prefix := range []string{"c", complaints.Prefix} {
			if s, err := ids.ShardOf(prefix, string(id)); err == nil {
				l.building[s].RLock()
				defer l.building[s].RUnlock()
			}
		}
		return fire(ctx, id, ev)
	}
}

// open sets a buyer up.
func (l *Lab) open(ctx context.Context, in labwire.Open) (labwire.Opened, error) {
	f := in.Fixture
	if f == nil {
		road, ok := stage.Road(in.State)
		if !ok {
			return labwire.Opened{}, fmt.Errorf("%w: there is no case in state %q", replay.ErrSuite, in.State)
		}
		f = &road
	}
	if f.Clock.IsZero() {
		return labwire.Opened{}, fmt.Errorf("%w: the fixture needs a clock", replay.ErrSuite)
	}
	now := l.Clock.Now().UTC().Truncate(time.Second) // as instants are kept: none may move by less
	shift := now.Sub(f.Clock.Time)
	out := labwire.Opened{Buyer: Prefix + rand.Text(), Shops: map[string]string{}, Now: now}
	lines := make(stage.Lines, len(f.Orders))
	for i, o := range f.Orders {
		lines[i] = moved(stage.Line(o, in.Locale), shift)
		lines[i].BuyerID, lines[i].ShopID = out.Buyer, Prefix+lines[i].ShopID
		out.Shops[lines[i].ShopID] = demo.ShopKey(lines[i].ShopID)
	}
	if len(lines) > 0 {
		out.Shop = lines[0].ShopID
	}
	if err := l.keys(ctx, out.Shops); err != nil {
		return out, err
	}
	if err := l.Orders.put(ctx, out.Buyer, lines); err != nil {
		return out, err
	}
	conv, err := l.Dialogs.Open(ctx, out.Buyer, in.Locale, now)
	if err != nil {
		return out, err
	}
	out.Conversation = string(conv.ID)
	if len(f.Past) > 0 {
		if err := l.past(ctx, conv, lines, later(f.Past, shift), now); err != nil {
			return out, err
		}
		if _, due, err := l.nextDue(ctx, conv.ID, now); err != nil {
			return out, err
		} else if due {
			l.Moved(ctx)
		}
		if out.Stands, err = l.settle(ctx, conv.ID); err != nil {
			return out, err
		}
	}
	out.Token, err = l.Token(out.Buyer)
	return out, err
}

// keys makes the keys of shops good, once.
func (l *Lab) keys(ctx context.Context, shops map[string]string) error {
	for shop, key := range shops {
		if _, done := l.shops.Load(shop); done {
			continue
		}
		if err := l.ShopKey(ctx, shop, key); err != nil {
			return err
		}
		l.shops.Store(shop, true)
	}
	return nil
}

// past plays the past of a fixture with a ledger whose clock stands in it.
func (l *Lab) past(ctx context.Context, conv dialog.Conversation, lines stage.Lines, past []suite.Event, now time.Time) error {
	d := l.doer(conv, lines, now)
	hold := &l.building[ids.Of(conv.Buyer)]
	hold.Lock()
	defer hold.Unlock()
	return d.Past(ctx, past)
}

// doer acts at an instant on the server's stores.
func (l *Lab) doer(conv dialog.Conversation, lines stage.Lines, at time.Time) *stage.Doer {
	d := &stage.Doer{
		Dialogs: l.Dialogs, Policy: l.Ledger.Policy(""), Buyer: conv.Buyer, Conversation: conv.ID, Locale: conv.Locale, Lines: lines, Desk: desk(), At: at,
	}
	d.Ledger = &cases.Ledger{Store: l.Ledger.Store, Orders: l.Ledger.Orders, Policy: l.Ledger.Policy, Now: d.Now}
	d.Complaints = &complaints.Ledger{Store: l.Complaints.Store, Policy: l.Complaints.Policy, Now: d.Now}
	return d
}

// later moves events.
func later(past []suite.Event, by time.Duration) []suite.Event {
	out := make([]suite.Event, len(past))
	for i, e := range past {
		if !e.At.IsZero() {
			e.At.Time = e.At.Add(by)
		}
		out[i] = e
	}
	return out
}

// moved moves the instants of an order.
func moved(l policy.Line, by time.Duration) policy.Line {
	for _, at := range []*time.Time{&l.PaidAt, &l.PromisedShipAt, &l.ShippedAt, &l.LastLogisticAt, &l.SignedAt} {
		if !at.IsZero() {
			*at = at.Add(by)
		}
	}
	for i := range l.OtherParcels { // they are this line's own: stage.Line has just made them
		if at := &l.OtherParcels[i].LastLogisticAt; !at.IsZero() {
			*at = at.Add(by)
		}
	}
	return l
}

// event is what somebody does who has no door of his own.
func (l *Lab) event(ctx context.Context, in labwire.Event) (labwire.Stands, error) {
	conv, err := l.own(ctx, in.Conversation)
	if err != nil {
		return labwire.Stands{}, err
	}
	lines, err := l.Orders.Lines(ctx, conv.Buyer)
	if err != nil {
		return labwire.Stands{}, err
	}
	d := l.doer(conv, lines, l.Clock.Now().UTC())
	d.N = in.N
	if err := d.Do(ctx, in.Event); err != nil {
		return labwire.Stands{}, err
	}
	return l.settle(ctx, conv.ID)
}

// own loads a conversation of a buyer of the lab; any other's is not the lab's to act on.
func (l *Lab) own(ctx context.Context, id string) (dialog.Conversation, error) {
	conv, err := l.Dialogs.Load(ctx, dialog.ID(id))
	if err == nil && !ours(conv.Buyer) {
		err = dialog.ErrNotFound
	}
	return conv, err
}
