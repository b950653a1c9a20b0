package cases

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/cases/policy"
)

// reminders are those of a story's case now, "timer lead party date".
func (s *told) reminders() []string {
	var out []string
	for _, r := range s.c.Reminders(s.p) {
		who := string(r.To)
		if r.Role != "" {
			who = r.Role
		}
		out = append(out, fmt.Sprintf("%s %s %s %s", r.Timer, r.Lead, who, r.At.In(policy.Zone()).Format("01-02 15:04")))
	}
	return out
}

// The column "reminders" of domain §3.4.
func TestReminders(t *testing.T) {
	asked := func(t *testing.T) *told {
		s := aReviewedCase(t)
		s.do("2026-03-05 15:00", Agent, EvRequestEvidence, func(ev *Event) { ev.Party, ev.Kinds = BothParties, []policy.EvidenceKind{"statement"} })
		return s
	}
	rejected := func(t *testing.T) *told {
		s := aFiledCase(t)
		s.do("2026-03-05 18:00", Merchant, EvReject, nil)
		return s
	}
	for _, tc := range []struct {
		name  string
		story func(*testing.T) *told
		want  []string
	}{
		{"a draft", aDraft, nil},
		{"filed 03-03 09:00: soft 03-07 00:00, hard 03-10 09:00", aFiledCase, []string{
			"merchant_soft 24h merchant 03-06 00:00", "merchant_hard 24h merchant 03-09 09:00", "merchant_hard 4h merchant 03-10 05:00",
		}},
		{"an offer until 03-06 09:00", anOffer, []string{"offer 12h buyer 03-05 21:00"}},
		{"to be sent back by 03-11 09:00", anAgreedReturn, []string{"buyer_ship 48h buyer 03-09 09:00", "buyer_ship 24h buyer 03-10 09:00"}},
		{"under way until 03-11 10:00", aReturnUnderWay, []string{"unsigned_return 24h merchant 03-10 10:00"}},
		{"inspected until 03-07 10:00", anInspection, []string{"inspect 24h merchant 03-06 10:00", "inspect 4h merchant 03-07 06:00"}},
		{"rejected 03-05 18:00 (§2.7)", rejected, []string{"escalate_window 24h buyer 03-06 18:00", "escalate_window 4h buyer 03-07 14:00"}},
		{"escalated 03-04 10:00: decision by Fri 03-13 24:00", aRejectedCaseQueued, []string{
			"platform_first_response 4h supervisor 03-05 06:00", "platform_decision 1wd supervisor 03-13 00:00",
		}},
		{"both asked until 03-07 15:00", asked, []string{
			"evidence_buyer 24h buyer 03-06 15:00", "evidence_merchant 24h merchant 03-06 15:00",
			"evidence_buyer 4h buyer 03-07 11:00", "evidence_merchant 4h merchant 03-07 11:00", "platform_decision 1wd supervisor 03-13 00:00",
		}},
		{"to be executed by 03-11 11:00", ruledFor, []string{"ruling_execute 24h merchant 03-10 11:00"}},
		{"to be appealed by 03-16 11:00", aLostCase, []string{"appeal_window 24h buyer 03-15 11:00"}},
		{"being paid", beingPaid, nil},
	} {
		if diff := cmp.Diff(tc.want, tc.story(t).reminders()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tc.name, diff)
		}
	}
}

// §3.8: in quiet hours only the last one is sent; another waits for their end, and is left out if the next one
// comes no later.
func TestQuietHours(t *testing.T) {
	for _, tc := range []struct {
		rejected string
		want     []string
	}{
		{"2026-03-05 21:59", []string{"escalate_window 24h buyer 03-06 21:59", "escalate_window 4h buyer 03-07 17:59"}},
		{"2026-03-05 22:00", []string{"escalate_window 24h buyer 03-07 08:00", "escalate_window 4h buyer 03-07 18:00"}},
		{"2026-03-06 03:30", []string{"escalate_window 24h buyer 03-07 08:00", "escalate_window 4h buyer 03-07 23:30"}}, // the last one at night, too
		{"2026-03-06 07:59", []string{"escalate_window 24h buyer 03-07 08:00", "escalate_window 4h buyer 03-08 03:59"}},
		{"2026-03-06 08:00", []string{"escalate_window 24h buyer 03-07 08:00", "escalate_window 4h buyer 03-08 04:00"}},
	} {
		s := aFiledCase(t)
		s.do(tc.rejected, Merchant, EvReject, nil)
		if diff := cmp.Diff(tc.want, s.reminders()); diff != "" {
			t.Errorf("rejected %s (-want +got):\n%s", tc.rejected, diff)
		}
	}
	s := tell(t, "2026-03-02 15:20", "2026-03-03 09:00", func(p *policy.Policy) {
		p.Reminders.Before = map[string][]policy.Reminder{"escalate_window": {{To: "buyer", Hours: 20}, {To: "buyer", Hours: 12}}}
	})
	s.filed("2026-03-03 09:00")
	s.do("2026-03-05 20:00", Merchant, EvReject, nil) // 20 h before is midnight, 12 h before is 08:00
	if got := s.reminders(); !slices.Equal(got, []string{"escalate_window 12h buyer 03-07 08:00"}) {
		t.Errorf("two words at one instant: %v", got)
	}
}

// Reminders move, pause and die with their clock, and two clocks that end together make one.
func TestRemindersFollowTheirClock(t *testing.T) {
	s := aReturnUnderWay(t)
	s.do("2026-03-09 10:00", Merchant, EvExtendReceipt, nil)
	if got := s.reminders(); !slices.Equal(got, []string{"unsigned_return 24h merchant 03-17 10:00"}) {
		t.Errorf("extended: %v", got)
	}
	o := anOffer(t)
	for _, r := range o.reminders() {
		if strings.HasPrefix(r, "merchant_") {
			t.Errorf("paused, and still: %s", r)
		}
	}
	o.do("2026-03-05 10:00", Buyer, EvDeclineOffer, nil)
	if got := o.reminders(); len(got) != 3 {
		t.Errorf("resumed: %v", got)
	}
	clamped := tell(t, "2026-02-12 15:20", "2026-02-13 09:00", nil)
	clamped.filed("2026-02-13 10:00")
	want := []string{"merchant_hard 24h merchant 02-19 10:00", "merchant_hard 4h merchant 02-20 06:00"}
	if diff := cmp.Diff(want, clamped.reminders()); diff != "" {
		t.Errorf("soft clamped to hard (-want +got):\n%s", diff)
	}
}

// The names of the policy's section are those of the timers here.
func TestThePolicyRemindsOfTimersThatExist(t *testing.T) {
	for name := range policy.Default().Reminders.Before {
		if !slices.Contains(timerOrder, Timer(name)) {
			t.Errorf("no timer is called %s", name)
		}
	}
	for _, x := range timers {
		if !slices.Contains(timerOrder, x) {
			t.Errorf("%s has no place in the order of §3.4", x)
		}
	}
}

func TestAReminderIsSentOnceAndLeavesTheCaseAlone(t *testing.T) {
	d := newDesk(t)
	d.file(t)
	d.must(t, Merchant, EvReject, nil)
	is, err := d.store.Load(t.Context(), d.id)
	if err != nil {
		t.Fatal(err)
	}
	list := is.Reminders(policy.Default())
	if len(list) != 2 {
		t.Fatalf("reminders %v", list)
	}
	send := func(r Reminder, now time.Time) error {
		d.now = now
		_, err := d.Apply(context.WithoutCancel(t.Context()), d.id, Event{Key: r.Key(), Kind: TimerEvent(r.Name()), Actor: System})
		return err
	}
	first, last := list[0], list[1]
	if err := send(first, first.At.Add(-time.Millisecond)); !errors.Is(err, ErrStale) {
		t.Errorf("early: %v", err)
	}
	moved := first
	moved.At = moved.At.Add(-time.Hour)
	if err := send(moved, first.At); !errors.Is(err, ErrStale) {
		t.Errorf("of a clock that has moved: %v", err)
	}
	for range 2 {
		if err := send(first, first.At); err != nil {
			t.Error(err)
		}
	}
	want := []Notice{{To: Buyer, Key: "remind_escalate_window.24h", Timer: TimerEscalate, Until: first.Until}}
	if diff := cmp.Diff(want, d.store.told); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	after, err := d.store.Load(t.Context(), d.id)
	if err != nil || after.Version != is.Version || same(is, after) != "" {
		t.Errorf("a word to the buyer changed the case to version %d: %v", after.Version, err)
	}
	// Late beyond its deadline it is not sent.
	if err := send(last, last.Until); !errors.Is(err, ErrStale) || len(d.store.told) != 1 {
		t.Errorf("too late: %v, sent %v", err, d.store.told)
	}
}

// A server that was away sends one word for several that it missed, and none into the night but the last.
func TestRemindersThatAreLate(t *testing.T) {
	s := aFiledCase(t)
	s.do("2026-03-05 18:00", Merchant, EvReject, nil)
	list := s.c.Reminders(s.p)
	for _, tc := range []struct {
		now  string
		want []bool
	}{
		{"2026-03-06 19:00", []bool{true, false}},
		{"2026-03-06 23:00", []bool{false, false}}, // late into the night
		{"2026-03-07 15:00", []bool{false, true}},  // both are due: the later one speaks
		{"2026-03-07 18:00", []bool{false, false}},
	} {
		for i, r := range list {
			_, got := s.c.reminderAt(s.p, Event{Key: r.Key(), Kind: TimerEvent(r.Name())}, at(tc.now))
			if got != tc.want[i] {
				t.Errorf("at %s the %s one is sent: %v", tc.now, r.Lead, got)
			}
		}
	}
}

// At every point of every walk: a reminder comes before its deadline, no party hears twice at one instant,
// and none speaks of a clock that does not run.
func TestRemindersOnEveryWalk(t *testing.T) {
	p := policy.Default()
	for seed := range uint64(25) {
		w := newWorld(seeded(seed), table)
		w.told = func(res Result) {
			heard := map[string]bool{}
			for _, r := range res.Case.Reminders(p) {
				if until, runs := res.Case.Deadlines[r.Timer]; !runs || !until.Equal(r.Until) || !r.At.Before(until) {
					t.Errorf("%s: %+v of deadlines %v", res.Transition, r, res.Case.Deadlines)
				}
				key := fmt.Sprint(r.To, r.Role, r.At)
				if heard[key] {
					t.Errorf("%s: %s hears twice at %s", res.Transition, r.To, r.At)
				}
				heard[key] = true
			}
		}
		if err := w.walk(60); err != nil {
			t.Fatal(err)
		}
	}
}
