package policy

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"sync"
	"time"
	_ "time/tzdata" // deadlines are computed in Asia/Shanghai on machines without a zone database too

	"go.yaml.in/yaml/v3"
)

// BuiltinCalendar is the value of calendar.workdays that means the years this program carries, and no file beside the policy.
const BuiltinCalendar = "builtin"

//go:embed calendar/*.yaml
var calendarFiles embed.FS

// year is one year of a calendar file: the days off and the make-up workdays of the State Council's notice.
type year struct {
	Year int `yaml:"year"`
	Off  []struct {
		From string `yaml:"from"`
		To   string `yaml:"to"`
		Name string `yaml:"name"`
	} `yaml:"off"`
	Work []string `yaml:"work"`
}

// Calendar knows on which days of its years people in mainland China work (X-CAL). A year that it does not
// know counts Monday to Friday; Covered tells.
type Calendar struct {
	years map[int]year
	off   map[string]bool // workdays of the week on which nobody works
	work  map[string]bool // weekend days on which people do
}

// builtinCalendar is the calendar that the program carries.
var builtinCalendar = sync.OnceValue(func() *Calendar {
	c := &Calendar{years: map[int]year{}}
	names, err := calendarFiles.ReadDir("calendar")
	if err != nil {
		panic(err) // embedded above
	}
	for _, n := range names {
		raw, err := calendarFiles.ReadFile("calendar/" + n.Name())
		if err != nil {
			panic(err)
		}
		part, err := ParseCalendar(n.Name(), raw)
		if err != nil {
			panic(err) // a test holds the embedded files valid
		}
		maps.Copy(c.years, part.years)
	}
	return c.indexed()
})

// ParseCalendar reads a calendar file strictly: one YAML document a year, separated by "---". The error
// names the file and everything that is wrong with it.
func ParseCalendar(name string, data []byte) (*Calendar, error) {
	c := &Calendar{years: map[int]year{}}
	dec := yaml.NewDecoder(bytes.NewReader(data))
	dec.KnownFields(true)
	var errs []error
	wrong := func(format string, args ...any) { errs = append(errs, fmt.Errorf(name+": "+format, args...)) }
	for {
		var y year
		err := dec.Decode(&y)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			for _, p := range problems(err) {
				wrong("%s", p)
			}
			break
		}
		if _, twice := c.years[y.Year]; twice {
			wrong("year %d stands twice", y.Year)
		}
		for _, p := range y.check() {
			wrong("year %d: %s", y.Year, p)
		}
		c.years[y.Year] = y
	}
	if len(c.years) == 0 && len(errs) == 0 {
		wrong("no year is given")
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return c.indexed(), nil
}

// check says what is wrong with a year.
func (y year) check() []string {
	var out []string
	day := func(s string) (time.Time, bool) {
		t, err := time.Parse(time.DateOnly, s)
		if err != nil || t.Year() != y.Year {
			out = append(out, fmt.Sprintf("%q is no day of the year, want YYYY-MM-DD", s))
			return t, false
		}
		return t, true
	}
	if y.Year < 2000 || y.Year > 2100 {
		return []string{"want a year between 2000 and 2100"}
	}
	if len(y.Off) == 0 {
		out = append(out, "no days off are given; a year always has some")
	}
	off := map[string]bool{}
	for _, s := range y.Off {
		first, ok1 := day(s.From)
		last, ok2 := day(s.To)
		if !ok1 || !ok2 {
			continue
		}
		if last.Before(first) || last.Sub(first) > 31*24*time.Hour {
			out = append(out, fmt.Sprintf("the days off from %s to %s end before they begin, or last over a month", s.From, s.To))
			continue
		}
		for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
			if off[d.Format(time.DateOnly)] {
				out = append(out, fmt.Sprintf("%s is off twice", d.Format(time.DateOnly)))
			}
			off[d.Format(time.DateOnly)] = true
		}
	}
	for _, s := range y.Work {
		d, ok := day(s)
		switch {
		case !ok:
		case off[s]:
			out = append(out, fmt.Sprintf("%s is both a day off and a make-up workday", s))
		case d.Weekday() != time.Saturday && d.Weekday() != time.Sunday:
			out = append(out, fmt.Sprintf("%s is a %s: a make-up workday falls on a weekend", s, d.Weekday()))
		}
	}
	return out
}

// indexed fills the look-up tables from the years, which are valid.
func (c *Calendar) indexed() *Calendar {
	c.off, c.work = map[string]bool{}, map[string]bool{}
	for _, y := range c.years {
		for _, s := range y.Off {
			first, _ := time.Parse(time.DateOnly, s.From) // checked
			last, _ := time.Parse(time.DateOnly, s.To)
			for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
				c.off[d.Format(time.DateOnly)] = true
			}
		}
		for _, s := range y.Work {
			c.work[s] = true
		}
	}
	return c
}

// With is the calendar with the years of another added; of a year in both, the other's counts.
func (c *Calendar) With(other *Calendar) *Calendar {
	out := &Calendar{years: maps.Clone(c.years)}
	maps.Copy(out.years, other.years)
	return out.indexed()
}

// Text is the calendar as one file that ParseCalendar reads back, always the same for the same days.
func (c *Calendar) Text() []byte {
	var b bytes.Buffer
	enc := yaml.NewEncoder(&b)
	for _, y := range slices.Sorted(maps.Keys(c.years)) {
		if err := enc.Encode(c.years[y]); err != nil {
			panic(err) // plain data into memory
		}
	}
	if err := enc.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// Builtin is the calendar that the program carries.
func Builtin() *Calendar { return builtinCalendar() }

// Off says whether a day of the week's workdays is off, MakeUp whether a day of a weekend is worked, on a day as
// YYYY-MM-DD. Of a year that it does not know, neither is.
func (c *Calendar) Off(day string) bool { return c.off[day] }

// MakeUp says whether a day that would be a weekend's is worked to make up for one that is off.
func (c *Calendar) MakeUp(day string) bool { return c.work[day] }

// Years are the years it knows, oldest first.
func (c *Calendar) Years() []int { return slices.Sorted(maps.Keys(c.years)) }

// shanghai is the zone in which days and workdays are counted unless the policy says otherwise (values.timezone).
var shanghai = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err) // embedded above
	}
	return zone
})

// Zone is the zone of the built-in policy. Policy.Zone is that of a policy at hand.
func Zone() *time.Location { return shanghai() }

// Zone is where the policy counts its days (values.timezone).
func (p *Policy) Zone() *time.Location { return p.zone }

// Covered says whether the policy's calendar knows the holidays of an instant's year.
func (p *Policy) Covered(t time.Time) bool {
	_, ok := p.calendar.years[t.In(p.zone).Year()]
	return ok
}

// CoveredUntil is the first instant after now whose holidays the calendar does not know; now itself if it
// does not know even those of today.
func (p *Policy) CoveredUntil(now time.Time) time.Time {
	y := now.In(p.zone).Year()
	if !p.Covered(now) {
		return now
	}
	for {
		y++
		if _, ok := p.calendar.years[y]; !ok {
			return time.Date(y, 1, 1, 0, 0, 0, 0, p.zone)
		}
	}
}

// Workday says whether people work on the day of an instant.
func (p *Policy) Workday(t time.Time) bool {
	t = t.In(p.zone)
	day := t.Format(time.DateOnly)
	switch {
	case p.calendar.work[day]:
		return true
	case p.calendar.off[day]:
		return false
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

// dayAfter is 00:00 of the day after an instant, n days later (C-23).
func (p *Policy) dayAfter(t time.Time, n int) time.Time {
	y, m, d := t.In(p.zone).Date()
	return time.Date(y, m, d+1+n, 0, 0, 0, 0, p.zone)
}

// AddWorkdays is 24:00 of the n-th workday after the day of an instant.
func (p *Policy) AddWorkdays(from time.Time, n int) time.Time {
	day := p.dayAfter(from, 0)
	for {
		if p.Workday(day) {
			n--
		}
		if n <= 0 {
			return p.dayAfter(day, 0)
		}
		day = p.dayAfter(day, 0)
	}
}

// WorkdaysBetween counts the workdays after the day of an instant up to the day of another: of something done on
// Friday one has passed on Monday.
func (p *Policy) WorkdaysBetween(from, to time.Time) int {
	n := 0
	for day, end := p.dayAfter(from, 0), p.dayAfter(to, 0); day.Before(end); day = p.dayAfter(day, 0) {
		if p.Workday(day) {
			n++
		}
	}
	return n
}

// Holiday says whether an instant lies in a public holiday of the calendar; a plain weekend is none.
func (p *Policy) Holiday(t time.Time) bool { return p.calendar.off[t.In(p.zone).Format(time.DateOnly)] }

// Shift moves a clock of the merchant's that ends on a public holiday to 24:00 of the next workday, if
// calendar.holiday_shift says so (C-25, F1-35). A clock that ends at 24:00 ends on the day before.
func (p *Policy) Shift(t time.Time) time.Time {
	last := t.Add(-time.Nanosecond)
	if !p.Values.Calendar.HolidayShift.V || !p.Holiday(last) {
		return t
	}
	return p.AddWorkdays(last, 1)
}

// ReviewClocks are the soft and the hard end of the merchant's time to answer an application filed now, by
// the profile of merchant.review_profile (C-01). The soft one never comes after the hard one.
func (p *Policy) ReviewClocks(now time.Time) (soft, hard time.Time) {
	m := p.Values.Merchant
	if m.ReviewProfile.V == ProfileFast {
		soft, hard = now.Add(hours(m.FastSoftHours.V)), p.Shift(now.Add(hours(m.FastHardHours.V)))
	} else {
		soft, hard = p.AddWorkdays(now, m.ReviewSoft.V), p.Shift(now.Add(days(m.ReviewHardDays.V)))
	}
	if soft.After(hard) {
		soft = hard
	}
	return soft, hard
}

// The review profiles.
const (
	ProfileSeed = "seed" // workdays, then natural days (F0-14, F4-02)
	ProfileFast = "fast" // hours, as TikTok and Kuaishou do
)

// ReviewKeys name the values that ReviewClocks went by.
func (p *Policy) ReviewKeys() (soft, hard string) {
	if p.Values.Merchant.ReviewProfile.V == ProfileFast {
		return "merchant.fast_soft_hours", "merchant.fast_hard_hours"
	}
	return "merchant.review_soft_workdays", "merchant.review_hard_days"
}

func hours(n int) time.Duration { return time.Duration(n) * time.Hour }
func days(n int) time.Duration  { return 24 * hours(n) }
