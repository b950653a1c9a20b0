package cases

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"recourse/cases/policy"
)

// Reminder is a word to one party before a deadline (domain §3.4).
//
// A reminder is no event of the table and no part of the case. It follows from the deadlines and the policy,
// so it moves, pauses and dies with its clock, and what a party holds against the case (expected_version)
// is not made stale by a mere word to somebody. It stands in the index of deadlines beside them; that it was
// sent is remembered under its key like any event's, so two runners or a crash send it once.
type Reminder struct {
	Timer Timer
	To    Actor
	Role  string // of agents: supervisor
	Lead  string // "24h", "1wd"
	At    time.Time
	Until time.Time // the deadline
	Last  bool      // no other follows for this party: it is sent in quiet hours, too (§3.8)
}

const remindPrefix = "remind/"

// Name is what the index of deadlines calls the reminder.
func (r Reminder) Name() Timer {
	return Timer(remindPrefix + string(r.Timer) + "/" + string(r.To) + "/" + r.Lead)
}

// Key is the reminder's idempotency key: it names the instant, so a clock that moved has a reminder anew.
func (r Reminder) Key() string { return TimerKey(r.Name(), r.At) }

// Notice is what the reminder says. Its key differs from that of another reminder of the same deadline,
// because both may speak of the same version of the case.
func (r Reminder) Notice() Notice {
	return Notice{To: r.To, Role: r.Role, Key: "remind_" + string(r.Timer) + "." + r.Lead, Timer: r.Timer, Until: r.Until}
}

// Words is the key of the notice's wording: that of a reminder does not depend on how early it comes.
func (n Notice) Words() string {
	key, _, _ := strings.Cut(n.Key, ".")
	return key
}

// timerOrder is the order of domain §3.4.
var timerOrder = []Timer{
	TimerDraft, TimerMerchantSoft, TimerMerchantHard, TimerOffer, TimerBuyerShip, TimerUnsigned, TimerInspect, TimerEscalate,
	TimerFirstResponse, TimerDecision, TimerEvidenceBuyer, TimerEvidenceShop, TimerRulingExecute, TimerAppeal, TimerRefundChase,
	TimerReship, TimerReceipt, TimerGoodsBack, TimerArrival, TimerQuiet,
}

// Reminders are those of the deadlines that run, earliest first. One that would fall into the quiet hours
// waits for their end, unless it is the last; one that would then come no earlier than the next is left out.
func (c Case) Reminders(p *policy.Policy) []Reminder {
	var out []Reminder
	for _, t := range timerOrder {
		until, runs := c.Deadlines[t]
		if !runs || t == TimerBuyerShip && c.Return.Address == "" {
			continue // without an address he can send nothing, and it is not he who is late (T13)
		}
		mine := remindersOf(p, t, until)
		for _, r := range mine {
			// Two clocks that end together (C-01: soft clamped to hard) make one word, about the graver end.
			out = slices.DeleteFunc(out, func(o Reminder) bool { return o.To == r.To && o.At.Equal(r.At) })
			out = append(out, r)
		}
	}
	slices.SortStableFunc(out, func(a, b Reminder) int { return a.At.Compare(b.At) })
	return out
}

func remindersOf(p *policy.Policy, t Timer, until time.Time) []Reminder {
	var out []Reminder
	for _, row := range p.Reminders.Before[string(t)] {
		r := Reminder{Timer: t, To: Actor(row.To), Lead: row.Lead(), At: instant(p.RemindAt(row, until)), Until: until}
		if row.To == "supervisor" {
			r.To, r.Role = Agent, row.To
		}
		out = append(out, r)
	}
	// From the last to the first: each must come before the one that follows it.
	slices.SortFunc(out, func(a, b Reminder) int {
		return cmp.Or(strings.Compare(string(a.To), string(b.To)), b.At.Compare(a.At))
	})
	kept := out[:0]
	for _, r := range out {
		next := until
		if n := len(kept); n > 0 && kept[n-1].To == r.To {
			next = kept[n-1].At
		} else {
			r.Last = true
		}
		if !r.Last {
			r.At = instant(p.AfterQuiet(r.At))
		}
		if r.At.Before(next) {
			kept = append(kept, r)
		}
	}
	return kept
}

// reminderAt is the reminder of an event, if it is to be sent now: it still follows from the deadlines, its
// time has come and its deadline has not, and no later one of its kind is due as well. One that is late
// into the quiet hours is not sent; the last one always is.
func (c Case) reminderAt(p *policy.Policy, ev Event, now time.Time) (Reminder, bool) {
	all := c.Reminders(p)
	i := slices.IndexFunc(all, func(r Reminder) bool { return TimerEvent(r.Name()) == ev.Kind && r.Key() == ev.Key })
	if i < 0 || now.Before(all[i].At) || !now.Before(all[i].Until) {
		return Reminder{}, false
	}
	r := all[i]
	later := func(o Reminder) bool {
		return o.Timer == r.Timer && o.To == r.To && o.At.After(r.At) && !now.Before(o.At)
	}
	quiet := !r.Last && p.AfterQuiet(now).After(now)
	return r, !quiet && !slices.ContainsFunc(all, later)
}

// Reminded is a reminder ready to be sent: the store notes its key and announces it in one step.
type Reminded struct {
	Case     ID
	Version  int // of the case that was read
	Reminder Reminder
}

// remind sends a reminder once, without touching the case.
func (l *Ledger) remind(ctx context.Context, id ID, ev Event) (Outcome, error) {
	for range tries {
		c, err := l.Store.Load(ctx, id)
		if err != nil {
			return Outcome{}, err
		}
		p, err := l.policyFor(c, ev)
		if err != nil {
			return Outcome{}, err
		}
		r, due := c.reminderAt(p, ev, instant(ev.At))
		if !due {
			return Outcome{}, ErrStale
		}
		sent, err := l.Store.Remind(ctx, Reminded{Case: id, Version: c.Version, Reminder: r})
		if err == nil {
			return Outcome{Case: c, Repeat: !sent}, nil
		}
		if !errors.Is(err, ErrRaced) {
			return Outcome{}, err
		}
	}
	return Outcome{}, fmt.Errorf("send %s of case %s: %w", ev.Kind, id, ErrRaced)
}

// isReminder says whether an event is a reminder's.
func (ev Event) isReminder() bool {
	t, ok := ev.timer()
	return ok && strings.HasPrefix(string(t), remindPrefix)
}
