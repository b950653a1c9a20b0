package nlu

import (
	"regexp"
	"strconv"
	"strings"
)

// maxFen is beyond what anybody pays for an order line: a longer number is an order's or a waybill's.
const maxFen = 100_000_000

var (
	withUnit = regexp.MustCompile(`(?:^|[^\d.])(?:[¥￥]|rmb ?)(\d{1,9}(?:\.\d{1,2})?)|(?:^|[^\d.])(\d{1,9}(?:\.\d{1,2})?) ?(?:元|块钱?|yuan|rmb)(\d)?`)
	bareSum  = regexp.MustCompile(`^(\d{1,9}(?:\.\d{1,2})?)$`)
)

// amountOf is the one sum of money in a text, in fen: "¥12.5", "12元", "12块5", or a number that is all there is.
// Two sums are no answer to "how much?"; then it is 0.
func amountOf(s reading) int64 {
	if !s.digit {
		return 0
	}
	found := withUnit.FindAllStringSubmatch(s.text, -1)
	if len(found) > 1 {
		return 0
	}
	sum, tenth := "", ""
	if len(found) == 1 {
		sum, tenth = found[0][1]+found[0][2], found[0][3]
	} else if m := bareSum.FindStringSubmatch(strings.TrimSpace(s.text)); m != nil {
		sum = m[1]
	}
	if sum == "" {
		return 0
	}
	yuan, cents, _ := strings.Cut(sum, ".")
	if tenth != "" && cents == "" {
		cents = tenth // 12块5
	}
	fen, err := strconv.ParseInt(yuan+(cents + "00")[:2], 10, 64)
	if err != nil || fen > maxFen {
		return 0
	}
	return fen
}
