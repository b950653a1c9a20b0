package desk

import (
	"strings"
	"testing"
	"time"
)

const shop = `
zone: Asia/Shanghai
week:
  mon: [09:00-12:00, 13:00-22:00]
  tue: [09:00-22:00]
  wed: [09:00-22:00]
  thu: [09:00-22:00]
  fri: [09:00-24:00]
  sat: [20:00-02:00]
calendar: builtin
off: [10:00-18:00]
make_up: [09:00-18:00]
dates:
  2026-12-31: [09:00-12:00]
  2027-01-01: []
`

func TestHoursKnowTheWeekHolidaysAndMakeUpDays(t *testing.T) {
	h, err := ParseHours("hours.yaml", []byte(shop))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ name, at, next string }{
		{"on a working day", "2026-11-26 10:00", "2026-11-26 10:00"},
		{"before it opens", "2026-11-26 08:59", "2026-11-26 09:00"},
		{"after it has closed", "2026-11-26 22:00", "2026-11-27 09:00"},
		{"at lunch", "2026-11-30 12:00", "2026-11-30 13:00"},
		{"late on Friday, up to midnight", "2026-11-27 23:59", "2026-11-27 23:59"},
		{"after midnight on Saturday", "2026-11-28 00:00", "2026-11-28 20:00"},
		{"past midnight from Saturday", "2026-11-29 01:59", "2026-11-29 01:59"},
		{"on Sunday", "2026-11-29 02:00", "2026-11-30 09:00"},
		{"on a holiday that is a Thursday", "2026-10-01 09:30", "2026-10-01 10:00"},
		{"in the evening of a holiday", "2026-10-01 18:00", "2026-10-02 10:00"},
		{"on a Saturday that is worked", "2026-10-10 09:00", "2026-10-10 09:00"},
		{"in the evening of a Saturday that is worked", "2026-10-10 21:00", "2026-10-12 09:00"},
		{"on a day of its own", "2026-12-31 12:00", "2027-01-02 20:00"},
	} {
		at := shanghaiTime(t, c.at)
		next, ok := h.NextOpen(at)
		if want := shanghaiTime(t, c.next); !ok || !next.Equal(want) {
			t.Errorf("%s: opens %s (%v), want %s", c.name, next, ok, want)
		}
		if open := h.Open(at); open != (c.at == c.next) {
			t.Errorf("%s: open %v", c.name, open)
		}
	}
}

func TestHoursKeepToTheClockWhereClocksChange(t *testing.T) {
	h, err := ParseHours("h", []byte("zone: Europe/Berlin\nweek: {sun: [\"08:00-18:00\"]}\n"))
	if err != nil {
		t.Fatal(err)
	}
	next, ok := h.NextOpen(time.Date(2026, 3, 28, 23, 0, 0, 0, time.UTC)) // the night before clocks go forward
	if want := time.Date(2026, 3, 29, 6, 0, 0, 0, time.UTC); !ok || !next.Equal(want) {
		t.Errorf("opens %s, want %s", next, want)
	}
}

func TestWithoutHoursTheDeskIsAlwaysOpen(t *testing.T) {
	var h *Hours
	now := shanghaiTime(t, "2026-11-26 03:00")
	if next, ok := h.NextOpen(now); !ok || !next.Equal(now) || !h.Open(now) {
		t.Errorf("opens %s %v", next, ok)
	}
}

func TestAFileOfHoursIsReadStrictly(t *testing.T) {
	for name, c := range map[string]struct{ file, wants string }{
		"no zone":             {"week: {mon: [09:00-18:00]}", `zone "" is none`},
		"a zone nobody has":   {"zone: Asia/Peking2\nweek: {mon: [09:00-18:00]}", `zone "Asia/Peking2" is none`},
		"never open":          {"zone: UTC", "never be open"},
		"a day nobody has":    {"zone: UTC\nweek: {monday: [09:00-18:00]}", `"monday" is no day`},
		"an hour nobody has":  {"zone: UTC\nweek: {mon: [09:00-25:00]}", `"09:00-25:00" is no range`},
		"no length":           {"zone: UTC\nweek: {mon: [09:00-09:00]}", "is no range"},
		"an overlap":          {"zone: UTC\nweek: {mon: [09:00-13:00, 12:00-18:00]}", "overlaps"},
		"a field nobody has":  {"zone: UTC\nweeks: {}", "weeks"},
		"another calendar":    {"zone: UTC\nweek: {mon: [09:00-18:00]}\ncalendar: lunar", "want builtin"},
		"off without days":    {"zone: UTC\nweek: {mon: [09:00-18:00]}\noff: [09:00-10:00]", "without a calendar"},
		"a date that is none": {"zone: UTC\nweek: {mon: [09:00-18:00]}\ndates: {2026-02-30: []}", `"2026-02-30" is no day`},
	} {
		if _, err := ParseHours("hours.yaml", []byte(c.file)); err == nil || !strings.Contains(err.Error(), c.wants) || !strings.Contains(err.Error(), "hours.yaml") {
			t.Errorf("%s: %v, want %q", name, err, c.wants)
		}
	}
}

func shanghaiTime(t *testing.T, s string) time.Time {
	t.Helper()
	zone, err := time.LoadLocation("Asia/Shanghai")
	if err != nil {
		t.Fatal(err)
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", s, zone)
	if err != nil {
		t.Fatal(err)
	}
	return at
}
