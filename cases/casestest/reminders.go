package casestest

import (
	"errors"
	"slices"
	"sync"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

func reminderOf(c cases.Case, t cases.Timer) cases.Reminder {
	list := c.Reminders(policy.Default())
	return list[slices.IndexFunc(list, func(r cases.Reminder) bool { return r.Timer == t })]
}

// sending is the event of a reminder, as any runner on any node fires it.
func sending(r cases.Reminder) cases.Event {
	return cases.Event{Key: r.Key(), Kind: cases.TimerEvent(r.Name()), Actor: cases.System}
}

// remindOnce lets many runners send one reminder while the case itself changes.
func remindOnce(d *desk) {
	c := d.file()
	c = d.apply(d.id, d.fitting(c, cases.Merchant, cases.EvReject, first)).Case
	r := reminderOf(c, cases.TimerEscalate)
	d.pass(r.At)
	records := len(d.records(d.id))
	sent := make([]bool, 8)
	var wg sync.WaitGroup
	for i := range sent {
		wg.Go(func() {
			out, err := d.Apply(d.ctx, d.id, sending(r))
			if err != nil {
				d.t.Error(err)
			}
			sent[i] = err == nil && !out.Repeat
		})
	}
	supplement := d.fitting(c, cases.Buyer, cases.EvSupplement, first)
	wg.Go(func() {
		if _, err := d.Apply(d.ctx, d.id, supplement); err != nil {
			d.t.Error(err)
		}
	})
	wg.Wait()
	n := 0
	for _, s := range sent {
		if s {
			n++
		}
	}
	told := 0
	for _, rec := range d.records(d.id)[records:] {
		if rec.Kind == "notice" && rec.What == r.Notice().Key {
			told++
		}
	}
	if is := d.load(d.id); n != 1 || told != 1 || is.Version != c.Version+1 {
		d.t.Errorf("sent %d times, announced %d times, version %d after %d", n, told, is.Version, c.Version)
	}
	due, err := d.Due(d.ctx, d.id)
	if err != nil {
		d.t.Fatal(err)
	}
	if _, there := due[r.Name()]; there {
		d.t.Error("it is still to be sent")
	}
	d.consistent(d.id)
}

// remindersFollow: an event at the very moment of a reminder leaves it in the index, a clock that stops takes
// it out, and one that was sent does not come back.
func remindersFollow(d *desk) {
	c := d.file()
	soft := reminderOf(c, cases.TimerMerchantSoft)
	has := func(name cases.Timer) bool {
		d.t.Helper()
		due, err := d.Due(d.ctx, d.id)
		if err != nil {
			d.t.Fatal(err)
		}
		_, there := due[name]
		return there
	}
	d.pass(soft.At)
	c = d.apply(d.id, d.fitting(c, cases.Buyer, cases.EvSupplement, first)).Case
	if !has(soft.Name()) {
		d.t.Error("an event that came first took the reminder away")
	}
	d.apply(d.id, sending(soft))
	c = d.apply(d.id, d.fitting(c, cases.Buyer, cases.EvSupplement, first)).Case
	if has(soft.Name()) {
		d.t.Error("a reminder that was sent is back")
	}
	hard := reminderOf(c, cases.TimerMerchantHard)
	if !has(hard.Name()) {
		d.t.Error("the next reminder is not in the index")
	}
	c = d.apply(d.id, d.fitting(c, cases.Merchant, cases.EvOffer, first)).Case
	if has(hard.Name()) {
		d.t.Error("the clock stands still and the reminder does not")
	}
	if _, err := d.Apply(d.ctx, d.id, sending(hard)); !errors.Is(err, cases.ErrStale) {
		d.t.Errorf("a reminder of a clock that stands still: %v", err)
	}
	d.apply(d.id, d.fitting(c, cases.Buyer, cases.EvDeclineOffer, first))
	if !has(hard.Name()) {
		d.t.Error("the clock runs on and the reminder does not")
	}
	d.consistent(d.id)
}

// arrivalAsked: the question after paid money outlives the case in the index of deadlines, is put once by whoever
// comes first, and is gone then.
func arrivalAsked(d *desk) {
	c := d.returned()
	c = d.apply(d.id, d.fitting(c, cases.Merchant, cases.EvConfirmRefund, first)).Case
	c = d.apply(d.id, d.fitting(c, cases.PaymentCh, cases.EvPaymentSucceeded, first)).Case
	d.consistent(d.id)
	at, ask := c.Deadlines[cases.TimerArrival], timerOf(c, cases.TimerArrival)
	d.pass(at.Add(72 * time.Hour)) // late
	records := len(d.records(d.id))
	took := make([]bool, 8)
	var wg sync.WaitGroup
	for i := range took {
		wg.Go(func() {
			out, err := d.Apply(d.ctx, d.id, ask)
			if err != nil {
				d.t.Error(err)
			}
			took[i] = err == nil && !out.Repeat
		})
	}
	wg.Wait()
	n, told := 0, 0
	for _, t := range took {
		if t {
			n++
		}
	}
	for _, rec := range d.records(d.id)[records:] {
		if rec.Kind == "notice" && rec.What == "arrival_asked" {
			told++
		}
	}
	if is := d.load(d.id); n != 1 || told != 1 || is.State != cases.Refunded || is.Version != c.Version+1 {
		d.t.Errorf("asked %d times, announced %d times, %s at version %d after %d", n, told, is.State, is.Version, c.Version)
	}
	due, err := d.Due(d.ctx, d.id)
	if err != nil {
		d.t.Fatal(err)
	}
	if len(due) != 0 {
		d.t.Errorf("still to come: %v", due)
	}
	d.consistent(d.id)
}
