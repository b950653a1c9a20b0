package desk

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"recourse/cases/policy"
)

// Hours are when agents are to be expected. They decide what a buyer is told, and nothing else: an agent who is there
// outside them is offered conversations all the same, and no deadline of a case knows them. The nil *Hours is a desk
// that is always open.
type Hours struct {
	zone   *time.Location
	week   [7][]span // by time.Weekday
	days   *policy.Calendar
	off    []span            // of a day off
	makeUp []span            // of a make-up workday
	dates  map[string][]span // by day; they go before everything else
}

// span is from a time of the day to another, in minutes from midnight; to may be past 24:00, on the next day.
type span struct{ from, to int }

var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"} // by time.Weekday

// ParseHours reads a file of hours strictly:
//
//	zone: Asia/Shanghai
//	week:
//	  mon: [09:00-12:00, 13:00-22:00]   # a day that is not given is closed
//	  fri: [09:00-24:00]
//	  sat: [20:00-02:00]                # until two on Sunday
//	calendar: builtin                   # the days off and make-up workdays of mainland China; without it, none
//	off: [10:00-18:00]                  # the hours of days off; without them, closed
//	make_up: [09:00-18:00]              # the hours of make-up workdays; without them, those of a Monday
//	dates:                              # single days go before everything else
//	  2026-12-31: [09:00-12:00]
//	  2027-01-01: []
//
// Each time is of the zone's clock. The error names the file and everything that is wrong with it.
func ParseHours(name string, raw []byte) (*Hours, error) {
	var f struct {
		Zone     string              `yaml:"zone"`
		Week     map[string][]string `yaml:"week"`
		Calendar string              `yaml:"calendar"`
		Off      []string            `yaml:"off"`
		MakeUp   *[]string           `yaml:"make_up"`
		Dates    map[string][]string `yaml:"dates"`
	}
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	h := &Hours{dates: map[string][]span{}}
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(name+": "+format, args...)) }
	spans := func(of string, list []string) []span {
		out, err := parseSpans(list)
		if err != nil {
			wrong("%s: %w", of, err)
		}
		return out
	}
	zone, err := time.LoadLocation(f.Zone)
	if err != nil || f.Zone == "" || f.Zone == "Local" {
		wrong("zone %q is none, want a name like Asia/Shanghai", f.Zone)
	}
	h.zone = zone
	for day, list := range f.Week {
		at := slices.Index(weekdays, day)
		if at < 0 {
			wrong("week: %q is no day, want one of %s", day, strings.Join(weekdays, ", "))
			continue
		}
		h.week[at] = spans("week: "+day, list)
	}
	switch f.Calendar {
	case "":
	case policy.BuiltinCalendar:
		h.days = policy.Builtin()
	default:
		wrong("calendar: want %s, or nothing", policy.BuiltinCalendar)
	}
	h.off, h.makeUp = spans("off", f.Off), h.week[time.Monday]
	if f.MakeUp != nil {
		h.makeUp = spans("make_up", *f.MakeUp)
	}
	if h.days == nil && (f.Off != nil || f.MakeUp != nil) {
		wrong("off and make_up say nothing without a calendar")
	}
	for day, list := range f.Dates {
		if _, err := time.Parse(time.DateOnly, day); err != nil {
			wrong("dates: %q is no day, want YYYY-MM-DD", day)
		}
		h.dates[day] = spans("dates: "+day, list)
	}
	if len(errs) == 0 && !slices.ContainsFunc(h.week[:], func(s []span) bool { return len(s) > 0 }) {
		wrong("week: the desk would never be open")
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return h, nil
}

func parseSpans(list []string) ([]span, error) {
	out := []span{}
	for _, s := range list {
		from, to, ok := strings.Cut(s, "-")
		a, okA := minute(from)
		b, okB := minute(to)
		if !ok || !okA || !okB || a == b || a == 24*60 {
			return nil, fmt.Errorf("%q is no range of hours, want 09:00-18:00", s)
		}
		if b < a {
			b += 24 * 60
		}
		out = append(out, span{a, b})
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(out); i++ {
		if out[i].from < out[i-1].to {
			return nil, fmt.Errorf("%q overlaps another range", list[i])
		}
	}
	return out, nil
}

func minute(s string) (int, bool) {
	if s == "24:00" {
		return 24 * 60, true
	}
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil && len(s) == 5
}

// on are the hours that begin on a day.
func (h *Hours) on(day time.Time) []span {
	date := day.Format(time.DateOnly)
	if s, ok := h.dates[date]; ok {
		return s
	}
	if h.days != nil && h.days.Off(date) {
		return h.off
	}
	if h.days != nil && h.days.MakeUp(date) {
		return h.makeUp
	}
	return h.week[day.Weekday()]
}

// at is a minute of a day by the zone's clock; on a day when clocks change, the one that they show.
func (h *Hours) at(day time.Time, min int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, min, 0, 0, h.zone)
}

// Open says whether the desk is open at an instant.
func (h *Hours) Open(t time.Time) bool {
	if h == nil {
		return true
	}
	day := t.In(h.zone)
	for _, d := range []time.Time{h.at(day, -12*60), day} { // what began yesterday may last past midnight
		for _, s := range h.on(d) {
			if !t.Before(h.at(d, s.from)) && t.Before(h.at(d, s.to)) {
				return true
			}
		}
	}
	return false
}

// NextOpen is when the desk is open from an instant on: then itself if it is open, else when it opens next, in the
// desk's zone; false if it does not within a year.
func (h *Hours) NextOpen(t time.Time) (time.Time, bool) {
	if h.Open(t) {
		return t, true
	}
	day := t.In(h.zone)
	for range 366 {
		for _, s := range h.on(day) {
			if opens := h.at(day, s.from); opens.After(t) {
				return opens, true
			}
		}
		day = h.at(day, 36*60) // noon of the next day
	}
	return time.Time{}, false
}
