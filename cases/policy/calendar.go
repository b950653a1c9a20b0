package policy

import (
	"sync"
	"time"
	_ "time/tzdata" // deadlines are computed in Asia/Shanghai on machines without a zone database too
)

// shanghai is the zone in which days and workdays are counted (values: timezone).
var shanghai = sync.OnceValue(func() *time.Location {
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		panic(err) // embedded above
	}
	return zone
})

// Zone is the zone of the marketplace.
func Zone() *time.Location { return shanghai() }

// workdays2026 follows the State Council's notice for 2026: days off that fall on a workday, and
// make-up workdays (调休) that fall on a weekend. To add a year, add its exceptions here and move
// coveredUntil; a year that is not covered counts Monday to Friday.
var (
	daysOff = span("2026-01-01", "2026-01-03", "2026-02-15", "2026-02-23", "2026-04-04", "2026-04-06",
		"2026-05-01", "2026-05-05", "2026-06-19", "2026-06-21", "2026-09-25", "2026-09-27", "2026-10-01", "2026-10-07")
	makeUp = map[string]bool{
		"2026-01-04": true, "2026-02-14": true, "2026-02-28": true, "2026-05-09": true, "2026-09-20": true, "2026-10-10": true,
	}
	coveredFrom  = time.Date(2026, 1, 1, 0, 0, 0, 0, shanghai())
	coveredUntil = time.Date(2027, 1, 1, 0, 0, 0, 0, shanghai())
)

// span lists the days of pairs first..last.
func span(bounds ...string) map[string]bool {
	days := map[string]bool{}
	for i := 0; i < len(bounds); i += 2 {
		first, err := time.Parse(time.DateOnly, bounds[i])
		if err != nil {
			panic(err) // a typo in the table above
		}
		last, err := time.Parse(time.DateOnly, bounds[i+1])
		if err != nil {
			panic(err)
		}
		for d := first; !d.After(last); d = d.AddDate(0, 0, 1) {
			days[d.Format(time.DateOnly)] = true
		}
	}
	return days
}

// Covered says whether the calendar knows the holidays of an instant's year.
func Covered(t time.Time) bool { return !t.Before(coveredFrom) && t.Before(coveredUntil) }

// Workday says whether people work on the day of an instant.
func Workday(t time.Time) bool {
	t = t.In(shanghai())
	day := t.Format(time.DateOnly)
	if makeUp[day] {
		return true
	}
	if daysOff[day] {
		return false
	}
	return t.Weekday() != time.Saturday && t.Weekday() != time.Sunday
}

// dayAfter is 00:00 of the day after an instant, n days later.
func dayAfter(t time.Time, n int) time.Time {
	y, m, d := t.In(shanghai()).Date()
	return time.Date(y, m, d+1+n, 0, 0, 0, 0, shanghai())
}

// AddWorkdays is 24:00 of the n-th workday after the day of an instant.
func AddWorkdays(from time.Time, n int) time.Time {
	day := dayAfter(from, 0)
	for {
		if Workday(day) {
			n--
		}
		if n <= 0 {
			return dayAfter(day, 0)
		}
		day = day.AddDate(0, 0, 1)
	}
}

// WorkdaysBetween counts the workdays after the day of an instant up to the day of another: of something done on
// Friday one has passed on Monday.
func WorkdaysBetween(from, to time.Time) int {
	n := 0
	for day, end := dayAfter(from, 0), dayAfter(to, 0); day.Before(end); day = day.AddDate(0, 0, 1) {
		if Workday(day) {
			n++
		}
	}
	return n
}

// Shift moves a merchant clock that ends on a day off to 24:00 of the next workday, if the policy says so (F1-35).
func (p *Policy) Shift(t time.Time) time.Time {
	if !p.Values.Calendar.HolidayShift.V || Workday(t) {
		return t
	}
	return AddWorkdays(t, 1)
}

// ReviewClocks are the soft and the hard end of the merchant's time to answer an application filed now
// (C-01). The soft one never comes after the hard one.
func (p *Policy) ReviewClocks(now time.Time) (soft, hard time.Time) {
	m := p.Values.Merchant
	if m.ReviewProfile.V == "fast" {
		return now.Add(24 * time.Hour), now.Add(48 * time.Hour)
	}
	hard = p.Shift(now.AddDate(0, 0, m.ReviewHardDays.V))
	soft = AddWorkdays(now, m.ReviewSoft.V)
	if soft.After(hard) {
		soft = hard
	}
	return soft, hard
}
