package nlu

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"recourse/cases/policy"
	"recourse/cases/waybill"
	"recourse/dialog"
)

var (
	numberToken = regexp.MustCompile(`[a-z0-9][a-z0-9-]{7,31}`)
	mobile      = regexp.MustCompile(`^1[3-9]\d{9}$`)
	onlyDigits  = regexp.MustCompile(`^\d+$`)
	sentWords   = []string{
		"单号", "运单", "快递", "物流", "已寄", "寄出", "寄了", "寄回", "发出", "发了", "tracking", "waybill", "shipped", "sent", "posted", "courier", "mailed",
	}
)

// waybillOf is the one waybill number of a text, and the carrier it names or whose number it must be. A number that is
// an order's, a phone's, or could be anything is none.
func waybillOf(s reading, lines []policy.Line) (number, carrier string) {
	if !s.digit {
		return "", ""
	}
	speaks := matchAny(s, sentWords)
	var found []string
	for _, tok := range numberToken.FindAllString(s.text, 8) {
		n := waybill.Clean(tok)
		if n == "" || mobile.MatchString(n) || slices.ContainsFunc(lines, func(l policy.Line) bool { return l.OrderID == n }) {
			continue
		}
		_, sure := waybill.Guess(n)
		alone := strings.TrimSpace(s.text) == tok && len(n) >= 10 && len(n) <= 15
		if (sure || (speaks || alone) && len(n) >= 10 && len(n) <= 18 || speaks && !onlyDigits.MatchString(n)) && !slices.Contains(found, n) {
			found = append(found, n)
		}
	}
	if len(found) != 1 || !strings.ContainsAny(found[0], "0123456789") || strings.Count(found[0], "-") > 2 {
		return "", ""
	}
	for _, c := range waybill.All() {
		short := strings.TrimSuffix(strings.TrimSuffix(c.ZH, "速运"), "快递")
		if strings.Contains(s.text, short) || contains(s.text, strings.ToLower(c.EN)) {
			return found[0], c.ZH
		}
	}
	if c, ok := waybill.Guess(found[0]); ok {
		carrier = c.ZH
	}
	return found[0], carrier
}

var (
	daysAgoZH = regexp.MustCompile(zhNum + ` ?天(?:前|以前|之前)`)
	nthDay    = regexp.MustCompile(`第 ?` + zhNum + ` ?天`)
	monthDay  = regexp.MustCompile(`(?:(\d{1,2}) ?月 ?)(\d{1,2}) ?[号日]?|(?:^|[^\d])(\d{1,2}) ?[号日]`)
	daysAgoEN = regexp.MustCompile(`\b` + enNum + ` days? ago`)
	monthEN   = regexp.MustCompile(`\b(?:(\d{1,2})(?:st|nd|rd|th)? (jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]* (\d{1,2})(?:st|nd|rd|th)?)\b`)
	monthsEN  = []string{"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}
	cameWords = []string{
		"收到", "签收", "到的", "到货", "拿到", "收的", "才到", "送到", "送达", "received", "arrived", "came", "got it", "delivered", "signed for", "signed",
	}
)

// daysAgo are words for a day by how long ago it was. A word of one line may hold one of a later line.
var daysAgo = []struct {
	ago   int
	words []string
}{
	{3, []string{"大前天"}},
	{2, []string{"前天", "the day before yesterday", "day before yesterday"}},
	{1, []string{"昨天", "昨晚", "昨日", "yesterday", "last night"}},
	{0, []string{"今天", "今早", "今日", "刚刚收到", "today", "this morning"}},
}

// dayOf is the day that a text names, as it names it; which date that is depends on when it was written.
func dayOf(s reading) dialog.Day {
	for _, w := range daysAgo {
		if matchAny(s, w.words) {
			return dialog.Day{Named: true, Ago: w.ago}
		}
	}
	if strings.Contains(s.text, "前") {
		if m := daysAgoZH.FindStringSubmatch(s.text); m != nil {
			return dialog.Day{Named: true, Ago: numeral(m[1])}
		}
	}
	if strings.Contains(s.text, " ago") {
		if m := daysAgoEN.FindStringSubmatch(s.text); m != nil {
			return dialog.Day{Named: true, Ago: numeral(m[1])}
		}
	}
	if strings.Contains(s.text, "第") {
		if m := nthDay.FindStringSubmatch(s.text); m != nil {
			return dialog.Day{Named: true, Nth: numeral(m[1])}
		}
	}
	if !s.digit {
		return dialog.Day{}
	}
	if m := monthDay.FindStringSubmatch(s.text); m != nil {
		month, _ := strconv.Atoi(m[1]) // the pattern lets only digits through
		day, _ := strconv.Atoi(m[2] + m[3])
		if month <= 12 && day >= 1 && day <= 31 {
			return dialog.Day{Named: true, Month: month, Day: day}
		}
	}
	if m := monthEN.FindStringSubmatch(s.text); m != nil {
		day, _ := strconv.Atoi(m[1] + m[4])
		if day >= 1 && day <= 31 {
			return dialog.Day{Named: true, Month: slices.Index(monthsEN, m[2]+m[3]) + 1, Day: day}
		}
	}
	return dialog.Day{}
}

// cameOn is the day on which he says that the goods came.
func cameOn(s reading) dialog.Day {
	if !matchAny(s, cameWords) || matchAny(s, notReceivedWords) {
		return dialog.Day{}
	}
	return dayOf(s)
}
