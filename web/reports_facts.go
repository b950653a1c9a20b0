package web

import (
	"time"

	"recourse/cases"
	"recourse/dialog"
)

// Thread is how far the log of a conversation was counted, and what of it matters for what comes.
type Thread struct {
	Seq int64 `json:"n"` // entries up to here are counted
	// Floor is who has it after them; "" is the bot.
	Floor dialog.Holder `json:"f,omitempty"`
	// Since is when a person was wanted; Had says that an agent has had it since, Spoke that one has written.
	Since time.Time `json:"s,omitzero"`
	Had   bool      `json:"a,omitempty"`
	Spoke bool      `json:"w,omitempty"`
	// Talked and Handed are the days on which the conversation was counted last as talked in, and as handed off.
	Talked string `json:"t,omitempty"`
	Handed string `json:"h,omitempty"`
}

// Follow counts the entries after those that were counted. What it answers depends on nothing but the log, so that it
// may be done again, and by anybody.
func (t Thread) Follow(entries []dialog.Entry, zone *time.Location) (Thread, []Fact) {
	var facts []Fact
	count := func(e dialog.Entry, name string, value time.Duration) {
		facts = append(facts, Fact{Day: dayIn(e.At, zone), Name: name, Value: int64(max(0, value) / time.Second)})
	}
	for _, e := range entries {
		if e.Seq <= t.Seq {
			continue
		}
		t.Seq = e.Seq
		if e.Floor != nil && e.Floor.From != e.Floor.To {
			t.cross(e, count)
		}
		switch {
		case e.Author.Kind == dialog.FromBuyer:
			if day := dayIn(e.At, zone); t.Talked != day {
				t.Talked = day
				count(e, CountTalks, 0)
			}
		case e.Author.Kind == dialog.FromAgent && e.Kind == dialog.Text && !t.Since.IsZero() && !t.Spoke:
			t.Spoke = true
			count(e, CountFirstResponse, e.At.Sub(t.Since))
		}
		// A day is handed once the buyer has written in it and a person is or was there, whatever came first.
		if day := dayIn(e.At, zone); t.Talked == day && t.Handed != day && !t.Since.IsZero() {
			t.Handed = day
			count(e, CountHanded, 0)
		}
	}
	return t, facts
}

// cross follows a change of who has the floor.
func (t *Thread) cross(e dialog.Entry, count func(dialog.Entry, string, time.Duration)) {
	b := e.Floor
	t.Floor = b.To
	if b.To == dialog.HeldByBot {
		switch {
		case t.Since.IsZero():
		case t.Had:
			count(e, CountResolution, e.At.Sub(t.Since))
		case b.By == dialog.FromBuyer:
			count(e, CountLeft, 0)
		}
		t.Since, t.Had, t.Spoke = time.Time{}, false, false
		return
	}
	if t.Since.IsZero() {
		t.Since = e.At
		why := string(b.Why)
		if why == "" {
			why = reasonTaken
		}
		count(e, CountHandoff+":"+why, 0)
	}
	t.Had = t.Had || b.To == dialog.HeldByHuman
}

// CaseFacts counts the marks of a case after the one with a number.
func CaseFacts(marks []cases.Mark, after int, zone *time.Location) (last int, facts []Fact) {
	last = after
	for _, m := range marks {
		if m.Seq <= after {
			continue
		}
		last = max(last, m.Seq)
		count := func(name string) { facts = append(facts, Fact{Day: dayIn(m.At, zone), Name: name}) }
		if m.To == cases.PlatformQueued && m.From != cases.PlatformQueued {
			count(CountEscalated)
		}
		switch m.Event.Kind {
		case cases.EvSubmit:
			if m.From == cases.Draft && m.To != cases.ClosedIneligible {
				count(CountFiled)
			}
		case cases.EvRuleRefund, cases.EvRuleReturnRefund, cases.EvRuleMerchant, cases.EvDismiss:
			count(CountRuling + ":" + string(m.Event.Kind))
		case cases.EvUphold:
			count(CountAppeal)
		case cases.EvOverturn:
			count(CountAppeal)
			count(CountOverturned)
		}
	}
	return last, facts
}

func dayIn(at time.Time, zone *time.Location) string { return at.In(zone).Format(time.DateOnly) }
