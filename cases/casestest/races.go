package casestest

import (
	"errors"
	"sync"

	"recourse/cases"
	"recourse/cases/policy"
)

// contest is a moment at which two or more act at once and one alone can be right.
type contest struct {
	name string
	// set brings a case to that moment and gives the rivals. Those who act on what they saw say so (Expect).
	set func(r *desk) (cases.Case, []cases.Event)
}

// contests are the moments of domain §3.5, invariant 8, and those that a marketplace sees every day.
var contests = []contest{
	{"two answers of the merchant, the buyer who withdraws and the hard deadline", func(r *desk) (cases.Case, []cases.Event) {
		r.file()
		r.fire(cases.TimerMerchantSoft)
		c := r.load(r.id)
		r.pass(c.Deadlines[cases.TimerMerchantHard])
		return c, append(r.seeing(c,
			r.fitting(c, cases.Merchant, cases.EvReject, first), r.fitting(c, cases.Merchant, cases.EvAgreeReturn, first),
			r.fitting(c, cases.Buyer, cases.EvWithdraw, first)), timerOf(c, cases.TimerMerchantHard), timerOf(c, cases.TimerMerchantHard))
	}},
	{"the merchant agrees as the buyer withdraws", func(r *desk) (cases.Case, []cases.Event) {
		c := r.file()
		return c, r.seeing(c, r.fitting(c, cases.Merchant, cases.EvAgreeReturn, first), r.fitting(c, cases.Buyer, cases.EvWithdraw, first))
	}},
	{"the merchant refuses as the buyer withdraws", func(r *desk) (cases.Case, []cases.Event) {
		c := r.file()
		ev := r.fitting(c, cases.Merchant, cases.EvReject, first)
		return c, r.seeing(c, ev, ev, r.fitting(c, cases.Buyer, cases.EvWithdraw, first)) // he sends it twice
	}},
	{"two agents take one case", func(r *desk) (cases.Case, []cases.Event) {
		c := r.escalated()
		one, two := r.fitting(c, cases.Agent, cases.EvClaim, first), r.fitting(c, cases.Agent, cases.EvClaim, first)
		two.By = "a2"
		return c, []cases.Event{one, two}
	}},
	{"an agent takes the case as the buyer withdraws", func(r *desk) (cases.Case, []cases.Event) {
		c := r.escalated()
		return c, r.seeing(c, r.fitting(c, cases.Agent, cases.EvClaim, first), r.fitting(c, cases.Buyer, cases.EvWithdraw, first))
	}},
	{"the buyer escalates at the last instant", func(r *desk) (cases.Case, []cases.Event) {
		c := r.file()
		c = r.apply(r.id, r.fitting(c, cases.Merchant, cases.EvReject, first)).Case
		r.pass(c.Deadlines[cases.TimerEscalate])
		return c, []cases.Event{r.fitting(c, cases.Buyer, cases.EvEscalate, first), timerOf(c, cases.TimerEscalate), timerOf(c, cases.TimerEscalate)}
	}},
	{"a new application as the merchant thinks better of it", func(r *desk) (cases.Case, []cases.Event) {
		c := r.file()
		c = r.apply(r.id, r.fitting(c, cases.Merchant, cases.EvReject, first)).Case
		return c, []cases.Event{r.fitting(c, cases.Buyer, cases.EvResubmit, first), r.fitting(c, cases.Merchant, cases.EvMerchantReverses, first)}
	}},
	{"the merchant confirms as his time to inspect ends", func(r *desk) (cases.Case, []cases.Event) {
		c := r.returned()
		r.pass(c.Deadlines[cases.TimerInspect])
		return c, []cases.Event{r.fitting(c, cases.Merchant, cases.EvConfirmRefund, first), r.fitting(c, cases.Merchant, cases.EvRejectReturn, first), timerOf(c, cases.TimerInspect)}
	}},
	{"two supervisors of one closed case", func(r *desk) (cases.Case, []cases.Event) {
		c := r.file()
		r.apply(r.id, r.fitting(c, cases.Merchant, cases.EvReject, first))
		r.fire(cases.TimerEscalate)
		c = r.load(r.id)
		one, two := r.fitting(c, cases.Agent, cases.EvReopen, first), r.fitting(c, cases.Agent, cases.EvReopen, first)
		two.By = "a2"
		return c, []cases.Event{one, two}
	}},
}

// rounds is how often each contest is held; each time another rival is let go first.
const rounds = 8

// oneWins holds the contests: one event takes effect, and the others hear in a typed way what is so now.
func oneWins(d *desk) {
	for _, x := range contests {
		for round := range rounds {
			x.hold(newDesk(d.t, d.ctx, d.Backend), round)
		}
	}
}

func (x contest) hold(r *desk, round int) {
	r.t.Helper()
	before, rivals := x.set(r)
	outs, errs := make([]cases.Outcome, len(rivals)), make([]error, len(rivals))
	start := make(chan struct{})
	var wg sync.WaitGroup
	for i := range rivals {
		i = (i + round) % len(rivals)
		wg.Go(func() {
			<-start
			outs[i], errs[i] = r.Apply(r.ctx, r.id, rivals[i])
		})
	}
	close(start)
	wg.Wait()
	is, winners := r.load(r.id), map[string]bool{}
	for i, err := range errs {
		var e *cases.Error
		switch {
		case err == nil && !outs[i].Repeat:
			if winners[rivals[i].Key] {
				r.t.Errorf("%s: %s took effect twice", x.name, rivals[i].Kind)
			}
			winners[rivals[i].Key] = true
		case err == nil, errors.Is(err, cases.ErrStale):
		case errors.As(err, &e):
			if e.State != is.State || e.Version != is.Version {
				r.t.Errorf("%s: %s was told of %s at version %d, it is %s at %d", x.name, rivals[i].Kind, e.State, e.Version, is.State, is.Version)
			}
			if diff := missingOf(is.AllowedTo(cases.Party{Actor: rivals[i].Actor, By: rivals[i].By, Role: rivals[i].Role}, r.env()), e.Allowed); diff != nil {
				r.t.Errorf("%s: %s was not told of %v", x.name, rivals[i].Kind, diff)
			}
		default:
			r.t.Errorf("%s: %s: %v", x.name, rivals[i].Kind, err)
		}
	}
	if len(winners) != 1 || is.Version != before.Version+1 {
		r.t.Errorf("%s, round %d: %d took effect, version %d after %d", x.name, round, len(winners), is.Version, before.Version)
	}
	r.consistent(r.id)
}

func missingOf(want, got []cases.EventKind) []cases.EventKind {
	var out []cases.EventKind
	for _, k := range want {
		found := false
		for _, g := range got {
			found = found || g == k
		}
		if !found {
			out = append(out, k)
		}
	}
	return out
}

func (d *desk) env() cases.Env {
	return cases.Env{Policy: policy.Default(), Line: d.record(), Now: d.clock()}
}

// seeing makes events depend on what their actors saw.
func (d *desk) seeing(c cases.Case, evs ...cases.Event) []cases.Event {
	for i := range evs {
		evs[i].Expect = c.Version
	}
	return evs
}

// timerOf is a deadline's own event, as any runner on any node fires it.
func timerOf(c cases.Case, t cases.Timer) cases.Event {
	return cases.Event{Key: cases.TimerKey(t, c.Deadlines[t]), Kind: cases.TimerEvent(t), Actor: cases.System}
}

// fire lets a deadline come and fires it.
func (d *desk) fire(t cases.Timer) {
	d.t.Helper()
	c := d.load(d.id)
	d.pass(c.Deadlines[t])
	d.apply(d.id, timerOf(c, t))
}

func (d *desk) escalated() cases.Case {
	d.t.Helper()
	c := d.file()
	c = d.apply(d.id, d.fitting(c, cases.Merchant, cases.EvReject, first)).Case
	return d.apply(d.id, d.fitting(c, cases.Buyer, cases.EvEscalate, first)).Case
}

func (d *desk) returned() cases.Case {
	d.t.Helper()
	c := d.file()
	for _, step := range []struct {
		actor cases.Actor
		kind  cases.EventKind
	}{{cases.Merchant, cases.EvAgreeReturn}, {cases.Buyer, cases.EvFillTracking}, {cases.Carrier, cases.EvCarrierSigned}} {
		c = d.apply(d.id, d.fitting(c, step.actor, step.kind, first)).Case
	}
	return c
}
