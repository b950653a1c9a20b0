package policy

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// sh is an instant in Shanghai, "2006-01-02 15:04"; "24:00" of a day is "00:00" of the next.
func sh(s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, Zone())
	if err != nil {
		panic(err)
	}
	return at
}

func same(t *testing.T, what string, got, want time.Time) {
	t.Helper()
	if !got.Equal(want) {
		t.Errorf("%s: %s, want %s", what, got.In(Zone()).Format(time.DateTime), want.Format(time.DateTime))
	}
}

func TestWorkdaysOf2026(t *testing.T) {
	for _, tc := range []struct {
		day  string
		work bool
		why  string
	}{
		{"2026-01-01", false, "New Year"},
		{"2026-01-02", false, "New Year, a Friday"},
		{"2026-01-04", true, "make-up Sunday"},
		{"2026-01-05", true, "Monday"},
		{"2026-01-10", false, "plain Saturday"},
		{"2026-02-14", true, "make-up Saturday"},
		{"2026-02-15", false, "first day of Spring Festival, a Sunday"},
		{"2026-02-16", false, "Spring Festival, a Monday"},
		{"2026-02-23", false, "last day of Spring Festival, a Monday"},
		{"2026-02-24", true, "Tuesday after Spring Festival"},
		{"2026-02-28", true, "make-up Saturday"},
		{"2026-03-01", false, "plain Sunday"},
		{"2026-04-03", true, "Friday before Qingming"},
		{"2026-04-06", false, "Qingming, a Monday"},
		{"2026-04-07", true, "Tuesday after Qingming"},
		{"2026-05-01", false, "Labour Day"},
		{"2026-05-05", false, "Labour Day, a Tuesday"},
		{"2026-05-09", true, "make-up Saturday"},
		{"2026-06-19", false, "Dragon Boat, a Friday"},
		{"2026-06-22", true, "Monday after Dragon Boat"},
		{"2026-09-20", true, "make-up Sunday"},
		{"2026-09-25", false, "Mid-Autumn, a Friday"},
		{"2026-10-01", false, "National Day"},
		{"2026-10-07", false, "National Day, a Wednesday"},
		{"2026-10-08", true, "Thursday after National Day"},
		{"2026-10-10", true, "make-up Saturday"},
		{"2027-01-01", true, "a Friday the calendar does not cover"},
		{"2027-01-02", false, "a Saturday the calendar does not cover"},
	} {
		for _, clock := range []string{" 00:00", " 23:59"} {
			if got := Default().Workday(sh(tc.day + clock)); got != tc.work {
				t.Errorf("%s%s (%s): workday %v, want %v", tc.day, clock, tc.why, got, tc.work)
			}
		}
	}
}

func TestWorkdayIsThatOfShanghai(t *testing.T) {
	if !Default().Workday(time.Date(2026, 3, 8, 16, 0, 0, 0, time.UTC)) {
		t.Error("Sunday 16:00 UTC is Monday in Shanghai")
	}
	if Default().Workday(time.Date(2026, 3, 6, 16, 0, 0, 0, time.UTC)) {
		t.Error("Friday 16:00 UTC is Saturday in Shanghai")
	}
}

func TestCalendarSaysWhatItCovers(t *testing.T) {
	for day, want := range map[string]bool{
		"2024-12-31 12:00": false, "2025-01-01 12:00": true, "2026-01-01 12:00": true, "2026-12-31 12:00": true, "2027-01-01 12:00": false,
	} {
		if got := Default().Covered(sh(day)); got != want {
			t.Errorf("%s: covered %v, want %v", day, got, want)
		}
	}
	for _, edge := range []struct {
		day  string
		want bool
	}{{"2026-01-01 00:00", true}, {"2024-12-31 23:59", false}, {"2026-12-31 23:59", true}, {"2027-01-01 00:00", false}} {
		if got := Default().Covered(sh(edge.day)); got != edge.want {
			t.Errorf("%s in Shanghai: covered %v, want %v", edge.day, got, edge.want)
		}
	}
}

func TestAddWorkdaysEndsAtMidnight(t *testing.T) {
	for _, tc := range []struct {
		name string
		from string
		n    int
		want string
	}{
		{"one workday from a Monday", "2026-03-02 10:00", 1, "2026-03-04 00:00"},
		{"from the last minute of a day", "2026-03-02 23:59", 1, "2026-03-04 00:00"},
		{"from the first instant of a day", "2026-03-02 00:00", 1, "2026-03-04 00:00"},
		{"from a Friday over the weekend", "2026-03-06 10:00", 1, "2026-03-10 00:00"},
		{"three from a Friday (§2.7)", "2026-03-06 10:00", 3, "2026-03-12 00:00"},
		{"from a Saturday", "2026-03-07 10:00", 1, "2026-03-10 00:00"},
		{"three over Spring Festival, a make-up Saturday counts (§2.7)", "2026-02-13 10:00", 3, "2026-02-26 00:00"},
		{"seven over Spring Festival, both make-up Saturdays count (§2.7)", "2026-02-13 10:00", 7, "2026-03-03 00:00"},
		{"from inside Spring Festival", "2026-02-18 10:00", 1, "2026-02-25 00:00"},
		{"over National Day", "2026-09-30 10:00", 2, "2026-10-10 00:00"},
		{"into a year that is not covered", "2026-12-31 10:00", 1, "2027-01-02 00:00"},
	} {
		same(t, tc.name, Default().AddWorkdays(sh(tc.from), tc.n), sh(tc.want))
		same(t, tc.name+", given in UTC", Default().AddWorkdays(sh(tc.from).UTC(), tc.n), sh(tc.want))
	}
}

func TestReviewClocks(t *testing.T) {
	fast := *Default()
	fast.Values.Merchant.ReviewProfile.V = "fast"
	shifted := *Default()
	shifted.Values.Calendar.HolidayShift.V = true
	for _, tc := range []struct {
		name             string
		p                *Policy
		now, soft, wants string
	}{
		{"an ordinary Friday (§2.7)", Default(), "2026-03-06 10:00", "2026-03-12 00:00", "2026-03-13 10:00"},
		{"Spring Festival: soft is clamped to hard (§2.7)", Default(), "2026-02-13 10:00", "2026-02-20 10:00", "2026-02-20 10:00"},
		{"the fast profile counts hours", &fast, "2026-02-13 10:00", "2026-02-14 10:00", "2026-02-15 10:00"},
		{"with the holiday rule the hard end leaves the holiday", &shifted, "2026-02-13 10:00", "2026-02-25 00:00", "2026-02-25 00:00"},
		{"with the holiday rule a workday stays", &shifted, "2026-03-06 10:00", "2026-03-12 00:00", "2026-03-13 10:00"},
	} {
		soft, hard := tc.p.ReviewClocks(sh(tc.now))
		same(t, tc.name+", soft", soft, sh(tc.soft))
		same(t, tc.name+", hard", hard, sh(tc.wants))
	}
}

func TestSoftNeverComesAfterHard(t *testing.T) {
	for day := sh("2026-01-01 15:04"); day.Year() < 2027; day = day.AddDate(0, 0, 1) {
		if soft, hard := Default().ReviewClocks(day); soft.After(hard) || !soft.After(day) {
			t.Errorf("filed %s: soft %s, hard %s", day, soft, hard)
		}
	}
}

func TestHolidayShiftIsASwitch(t *testing.T) {
	off, on := Default(), *Default()
	on.Values.Calendar.HolidayShift.V = true
	same(t, "switched off", off.Shift(sh("2026-02-18 09:00")), sh("2026-02-18 09:00"))
	same(t, "switched on, in a holiday", on.Shift(sh("2026-02-18 09:00")), sh("2026-02-25 00:00"))
	same(t, "switched on, on a plain Sunday", on.Shift(sh("2026-03-08 09:00")), sh("2026-03-08 09:00"))
	same(t, "switched on, at 24:00 of the day before the holiday", on.Shift(sh("2026-02-15 00:00")), sh("2026-02-15 00:00"))
	same(t, "switched on, at 24:00 of its last day", on.Shift(sh("2026-02-24 00:00")), sh("2026-02-25 00:00"))
	same(t, "switched on, on a workday", on.Shift(sh("2026-02-24 09:00")), sh("2026-02-24 09:00"))
	same(t, "switched on, on a make-up Saturday", on.Shift(sh("2026-02-28 09:00")), sh("2026-02-28 09:00"))
}

// The windows of §2.7: signed Mon 2026-03-02 15:20, day 1 is 03-03.
func TestWindowsCountFromTheDayAfterSigning(t *testing.T) {
	for _, signed := range []string{"2026-03-02 15:20", "2026-03-02 00:00", "2026-03-02 23:59"} {
		l := line(func(l *Line) { l.SignedAt = sh(signed) })
		same(t, signed+", new applications", Default().ValidUntil(l), sh("2026-03-18 00:00"))
		for reason, want := range map[ReasonID]string{NoReason7d: "2026-03-10 00:00", QualityDefect: "2026-03-18 00:00"} {
			v := Default().Evaluate(Facts{Buyer: "b1", Line: l, Reason: reason}, sh("2026-03-03 09:00"))
			same(t, signed+", "+string(reason), v.Deadline, sh(want))
		}
	}
	if got := Default().ValidUntil(Line{}); !got.IsZero() {
		t.Errorf("unsigned: valid until %s, want no end", got)
	}
}

// The data of chinese-days 1.5.7 (MIT), gathered independently of our files.
func TestTheCalendarAgreesWithChineseDays(t *testing.T) {
	for _, y := range []int{2025, 2026} {
		raw, err := os.ReadFile(fmt.Sprintf("testdata/chinese-days-%d.json", y))
		if err != nil {
			t.Fatal(err)
		}
		var want struct{ Holidays, Workdays []string }
		if err := json.Unmarshal(raw, &want); err != nil {
			t.Fatal(err)
		}
		for d := time.Date(y, 1, 1, 12, 0, 0, 0, Zone()); d.Year() == y; d = d.AddDate(0, 0, 1) {
			day := d.Format(time.DateOnly)
			weekend := d.Weekday() == time.Saturday || d.Weekday() == time.Sunday
			off := slices.Contains(want.Holidays, day)
			works := !off && !weekend || slices.Contains(want.Workdays, day)
			if Default().Workday(d) != works || Default().Holiday(d) != off {
				t.Errorf("%s: workday %v, holiday %v; want %v, %v", day, Default().Workday(d), Default().Holiday(d), works, off)
			}
		}
	}
}

func TestACalendarFileAddsAndReplacesYears(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	own := strings.Replace(string(defaultYAML), `workdays: {value: "builtin"`, `workdays: {value: "days.yaml"`, 1)
	file := write("policy.yaml", own)
	if _, err := Load(file); err == nil || !strings.Contains(err.Error(), "days.yaml") {
		t.Errorf("the calendar is missing: %v", err)
	}
	write("days.yaml", "year: 2027\noff:\n  - {from: 2027-01-01, to: 2027-01-03, name: 元旦}\nwork: [2027-01-10]\n---\nyear: 2026\noff:\n  - {from: 2026-11-30, to: 2026-11-30, name: 停电}\n")
	p, err := Load(file)
	if err != nil {
		t.Fatal(err)
	}
	for day, want := range map[string]bool{
		"2027-01-01": false, "2027-01-10": true, "2027-01-09": false, "2026-11-30": false, "2026-10-01": true /* replaced */, "2025-10-01": false,
	} {
		if p.Workday(sh(day+" 12:00")) != want {
			t.Errorf("%s: workday %v, want %v", day, !want, want)
		}
	}
	same(t, "covered", p.CoveredUntil(sh("2026-11-25 12:00")), sh("2028-01-01 00:00"))
	same(t, "the built-in one", Default().CoveredUntil(sh("2026-11-25 12:00")), sh("2027-01-01 00:00"))
	same(t, "past it", Default().CoveredUntil(sh("2027-05-01 12:00")), sh("2027-05-01 12:00"))

	// What is kept of a policy is the whole of it: another program reads the same days and the same version from it.
	again, err := p.Source().Parse()
	if err != nil || again.Version != p.Version || again.Workday(sh("2026-11-30 12:00")) {
		t.Errorf("read back: %v, %+v", err, again)
	}
	write("days.yaml", "year: 2027\noff:\n  - {from: 2027-01-01, to: 2027-01-04, name: 元旦}\n")
	if other, err := Load(file); err != nil || other.Version == p.Version {
		t.Errorf("another calendar has the same version: %v", err)
	}
	for name, text := range map[string]string{
		"no year": "off: []\n", "a day of another year": "year: 2027\noff:\n  - {from: 2026-01-01, to: 2026-01-03}\n", "no days off": "year: 2027\n",
		"backwards": "year: 2027\noff:\n  - {from: 2027-01-03, to: 2027-01-01}\n", "off and on": "year: 2027\noff:\n  - {from: 2027-01-01, to: 2027-01-03}\nwork: [2027-01-02]\n",
		"a make-up Monday": "year: 2027\noff:\n  - {from: 2027-01-01, to: 2027-01-03}\nwork: [2027-01-11]\n", "twice": "year: 2027\noff:\n  - {from: 2027-01-01, to: 2027-01-01}\n---\nyear: 2027\noff:\n  - {from: 2027-01-01, to: 2027-01-01}\n",
		"unknown key": "year: 2027\nofff: []\n", "empty": "", "no YAML": "year: [", "a long one": "year: 2027\noff:\n  - {from: 2027-01-01, to: 2027-12-01}\n", "two at once": "year: 2027\noff:\n  - {from: 2027-01-01, to: 2027-01-02}\n  - {from: 2027-01-02, to: 2027-01-03}\n",
	} {
		write("days.yaml", text)
		if _, err := Load(file); err == nil || !strings.Contains(err.Error(), "days.yaml") {
			t.Errorf("%s: %v, want an error that names the file", name, err)
		}
	}
	elsewhere := write("elsewhere.yaml", strings.Replace(own, `"days.yaml"`, `"../days.yaml"`, 1))
	if _, err := Load(elsewhere); err == nil || !strings.Contains(err.Error(), "beside the policy") {
		t.Errorf("a file of another directory: %v", err)
	}
}

func TestEveryReviewClockOfTheFastProfileIsShifted(t *testing.T) {
	p := *Default()
	p.Values.Merchant.ReviewProfile.V, p.Values.Calendar.HolidayShift.V = ProfileFast, true
	soft, hard := p.ReviewClocks(sh("2026-02-13 10:00"))
	same(t, "soft", soft, sh("2026-02-14 10:00"))
	same(t, "hard, from a holiday", hard, sh("2026-02-25 00:00"))
	p.Values.Merchant.FastSoftHours.V = 90
	soft, hard = p.ReviewClocks(sh("2026-03-04 10:00"))
	same(t, "soft is clamped to hard", soft, hard)
	if s, h := p.ReviewKeys(); s != "merchant.fast_soft_hours" || h != "merchant.fast_hard_hours" {
		t.Errorf("the clocks are said to come from %s and %s", s, h)
	}
	v := p.Evaluate(asked(QualityDefect, nil), sh("2026-03-04 09:00"))
	i := slices.IndexFunc(v.Clauses, func(c Clause) bool { return c.ID == "merchant.review_fast" })
	if i < 0 || !strings.Contains(v.Clauses[i].TextZH, "48 小时") {
		t.Errorf("the merchant's time is not told: %+v", v.Clauses)
	}
}
