package policy

import (
	"fmt"
	"slices"
	"time"
)

// Reminders says who is told of a deadline before it ends (domain §3.4), and when nobody is to be
// disturbed (§3.8). Deadlines have the names of package cases; a test there holds the two lists together.
type Reminders struct {
	Quiet  Quiet                 `yaml:"quiet"`
	Before map[string][]Reminder `yaml:"before"`
}

// Quiet are the hours of the marketplace's zone in which only the last reminder of a deadline is sent.
type Quiet struct {
	From  string `yaml:"from"`  // "22:00"
	Until string `yaml:"until"` // "08:00", of the next day if it comes before From
}

// Reminder is one word to one party, a number of hours or of workdays before a deadline.
type Reminder struct {
	To       string `yaml:"to"` // buyer, merchant, supervisor
	Hours    int    `yaml:"hours,omitempty"`
	Workdays int    `yaml:"workdays,omitempty"`
}

// Lead names the time before the deadline: "24h", "1wd".
func (r Reminder) Lead() string {
	if r.Workdays > 0 {
		return fmt.Sprintf("%dwd", r.Workdays)
	}
	return fmt.Sprintf("%dh", r.Hours)
}

// RemindAt is the instant of a reminder of a deadline. Workdays are counted back to the 00:00 at which the last
// of them begins, so that the whole of it is left.
func (p *Policy) RemindAt(r Reminder, deadline time.Time) time.Time {
	if r.Workdays == 0 {
		return deadline.Add(-time.Duration(r.Hours) * time.Hour)
	}
	y, m, d := deadline.Add(-time.Nanosecond).In(p.zone).Date() // the day that ends with the deadline, or that it lies in
	day := time.Date(y, m, d, 0, 0, 0, 0, p.zone)
	for n := r.Workdays; ; day = day.AddDate(0, 0, -1) {
		if p.Workday(day) {
			if n--; n == 0 {
				return day.UTC()
			}
		}
	}
}

// AfterQuiet moves an instant of the quiet hours to their end; others stay.
func (p *Policy) AfterQuiet(t time.Time) time.Time {
	from, until := clockMinutes(p.Reminders.Quiet.From), clockMinutes(p.Reminders.Quiet.Until)
	if from < 0 || until < 0 || from == until {
		return t
	}
	local := t.In(p.zone)
	now := local.Hour()*60 + local.Minute()
	quiet := from <= now && now < until
	if from > until {
		quiet = now >= from || now < until
	}
	if !quiet {
		return t
	}
	y, m, d := local.Date()
	end := time.Date(y, m, d, until/60, until%60, 0, 0, p.zone)
	if !end.After(local) {
		end = end.AddDate(0, 0, 1)
	}
	return end.UTC()
}

// clockMinutes reads "HH:MM"; -1 if it is none.
func clockMinutes(s string) int {
	t, err := time.Parse("15:04", s)
	if err != nil {
		return -1
	}
	return t.Hour()*60 + t.Minute()
}

// reminded are the deadlines somebody may be reminded of, with whom (domain §3.4).
var reminded = map[string][]string{
	"merchant_soft": {"merchant"}, "merchant_hard": {"merchant"}, "offer": {"buyer"}, "buyer_ship": {"buyer"},
	"unsigned_return": {"merchant"}, "inspect": {"merchant"}, "escalate_window": {"buyer"},
	"platform_first_response": {"supervisor"}, "platform_decision": {"supervisor"},
	"evidence_buyer": {"buyer"}, "evidence_merchant": {"merchant"}, "ruling_execute": {"merchant"}, "appeal_window": {"buyer"},
}

// checkReminders reports what is wrong with the section.
func (p *Policy) checkReminders(r *report) {
	line := r.lines["reminders"]
	for _, s := range []string{p.Reminders.Quiet.From, p.Reminders.Quiet.Until} {
		if clockMinutes(s) < 0 {
			r.add(line, "reminders.quiet: %q is no time of day like \"22:00\"", s)
		}
	}
	for timer, list := range p.Reminders.Before {
		parties, known := reminded[timer]
		if !known {
			r.add(line, "reminders.before: nobody is reminded of %q", timer)
			continue
		}
		seen := map[Reminder]bool{}
		for _, rem := range list {
			switch {
			case !slices.Contains(parties, rem.To):
				r.add(line, "reminders.before.%s: to %q, want one of %v", timer, rem.To, parties)
			case (rem.Hours > 0) == (rem.Workdays > 0) || rem.Hours < 0 || rem.Workdays < 0:
				r.add(line, "reminders.before.%s: want either hours or workdays, above 0", timer)
			case seen[rem]:
				r.add(line, "reminders.before.%s: %s to %s stands twice", timer, rem.Lead(), rem.To)
			}
			seen[rem] = true
		}
	}
}
