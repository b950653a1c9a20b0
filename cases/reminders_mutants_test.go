package cases

import (
	"fmt"
	"testing"
	"time"

	"recourse/cases/policy"
)

// reminding is how reminders are made and sent, so that it can be broken.
type reminding struct {
	list func(Case, *policy.Policy) []Reminder
	due  func(c Case, p *policy.Policy, ev Event, now time.Time) (Reminder, bool)
	key  func(Case, Reminder) string
}

func asTheyAre() reminding {
	return reminding{
		list: Case.Reminders, due: Case.reminderAt, key: func(_ Case, r Reminder) string { return r.Key() },
	}
}

// The rules of reminders (domain §3.4, §3.8) that a walk holds them to.
const (
	sentOnce    = "sent once"
	quietAtDusk = "none planned for quiet hours but the last"
	quietLate   = "none sent late into quiet hours but the last"
	diesWithIt  = "dies with its clock"
	pausesToo   = "pauses with its clock"
)

// reminded walks once and sends after every step what is due, as the runner does. It returns the rules that
// were broken, and how many reminders were sent.
func reminded(seed uint64, how reminding) (broke map[string]string, sent int, err error) {
	p := policy.Default()
	broke = map[string]string{}
	keys := map[string]bool{}  // as the store keeps them
	heard := map[string]bool{} // by party and deadline
	quiet := func(at time.Time) bool { return p.AfterQuiet(at).After(at) }
	w := newWorld(seeded(seed), table)
	w.told = func(res Result) {
		c := res.Case
		for _, r := range how.list(c, p) {
			if _, stopped := c.Paused[r.Timer]; stopped {
				broke[pausesToo] = fmt.Sprintf("%s after %s", r.Name(), res.Transition)
			} else if until, runs := c.Deadlines[r.Timer]; !runs || !until.Equal(r.Until) {
				broke[diesWithIt] = fmt.Sprintf("%s after %s", r.Name(), res.Transition)
			}
			if !r.Last && quiet(r.At) {
				broke[quietAtDusk] = fmt.Sprintf("%s at %s", r.Name(), r.At)
			}
		}
	}
	step := func(k *walked) {
		for _, r := range how.list(k.c, p) {
			// The runner names the reminder by the instant under which it stands in the index.
			if _, due := how.due(k.c, p, Event{Key: r.Key(), Kind: TimerEvent(r.Name())}, w.now); !due {
				continue
			}
			key := string(k.c.ID) + how.key(k.c, r)
			if keys[key] {
				continue // the store knows it
			}
			keys[key] = true
			sent++
			said := fmt.Sprint(k.c.ID, r.Name(), r.Until.UnixMilli())
			if heard[said] {
				broke[sentOnce] = said
			}
			heard[said] = true
			if !r.Last && quiet(w.now) {
				broke[quietLate] = fmt.Sprintf("%s at %s", r.Name(), w.now)
			}
		}
	}
	for range 60 {
		if err := w.walk(1); err != nil {
			return nil, 0, err
		}
		for _, k := range w.cases {
			step(k)
		}
	}
	return broke, sent, nil
}

func TestRemindersKeepTheirRules(t *testing.T) {
	t.Parallel()
	all := 0
	for seed := range uint64(40) {
		broke, sent, err := reminded(seed, asTheyAre())
		if err != nil {
			t.Fatal(err)
		}
		for rule, what := range broke {
			t.Errorf("seed %d: %s: %s", seed, rule, what)
		}
		all += sent
	}
	if all == 0 {
		t.Error("no walk sends a reminder")
	}
}

// TestBrokenRemindersAreNoticed is the canary of TestRemindersKeepTheirRules: with a rule taken out of how
// reminders are made or sent, some of the same walks must show it.
func TestBrokenRemindersAreNoticed(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		rule  string
		spoil func(*reminding)
	}{
		{sentOnce, func(h *reminding) {
			h.key = func(c Case, r Reminder) string { return fmt.Sprint(r.Key(), "@", c.Version) }
		}},
		{quietAtDusk, func(h *reminding) {
			h.list = func(c Case, p *policy.Policy) []Reminder { return c.Reminders(awake(p)) }
		}},
		{quietLate, func(h *reminding) {
			h.due = func(c Case, p *policy.Policy, ev Event, now time.Time) (Reminder, bool) {
				for _, r := range c.Reminders(p) {
					if r.Key() == ev.Key {
						return r, !now.Before(r.At) && now.Before(r.Until)
					}
				}
				return Reminder{}, false
			}
		}},
		{diesWithIt, func(h *reminding) {
			before := map[ID][]Reminder{}
			h.list = func(c Case, p *policy.Policy) []Reminder { // what stood in the index before is not taken out
				before[c.ID] = append(before[c.ID], c.Reminders(p)...)
				return before[c.ID]
			}
		}},
		{pausesToo, func(h *reminding) {
			h.list = func(c Case, p *policy.Policy) []Reminder {
				c = c.clone()
				for timer, left := range c.Paused {
					c.Deadlines[timer] = c.UpdatedAt.Add(left)
				}
				return c.Reminders(p)
			}
		}},
	} {
		t.Run(tc.rule, func(t *testing.T) {
			for seed := range uint64(40) {
				how := asTheyAre()
				tc.spoil(&how)
				broke, _, err := reminded(seed, how)
				if err != nil {
					t.Fatal(err)
				}
				if broke[tc.rule] != "" {
					return
				}
			}
			t.Error("no walk noticed it")
		})
	}
}

// awake is the policy without quiet hours.
func awake(p *policy.Policy) *policy.Policy {
	q := *p
	q.Reminders.Quiet.From = q.Reminders.Quiet.Until
	return &q
}
