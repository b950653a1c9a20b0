package guard

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"recourse/bot/nlu/spot"
)

type span struct{ from, to int }

const (
	han      = `[零〇一二两三四五六七八九十百千万亿半几数壹贰叁肆伍陆柒捌玖拾佰仟]`
	zhUnits  = `个?工作日|个?自然日|天|日|个?小时|个?钟头|分钟|刻钟|秒|周|个?星期|个?礼拜|个?月|年|元|块钱?|毛|角|分钱?|次|成|倍|折|张|段|件|份|遍|号|点钟?|位|条|[%％]`
	enUnits  = `(?:working |business |natural |calendar )?(?:days?|hours?|weeks?|months?|years?|minutes?|seconds?|times?|yuan|rmb|cny|dollars?|percent|pictures?|photos?|videos?|pieces?|items?)|workdays?|%|[MGK]i?B`
	months   = `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*`
	enNumber = `zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen|half|twice|double|triple|couple|several|few`
)

const (
	numerals = "零〇一二两三四五六七八九十百千万亿半几数壹贰叁肆伍陆柒捌玖拾佰仟"
	weekdays = "monday tuesday wednesday thursday friday saturday sunday"
)

// pattern is a way to write a fact. It is slow to look for; a text is worth it only if it holds what every such fact has:
// one of the pieces of needs, or digits for which beside is true.
type pattern struct {
	re     *regexp.Regexp
	needs  []string                        // lower case
	alone  bool                            // the pieces count only if they are no part of a Latin word
	beside func(before, after string) bool // what stands before and after some digits, lower case
	number bool                            // a number of any script is worth it
}

// facts are tried in this order; an earlier one wins where two overlap.
var facts = []pattern{
	{re: regexp.MustCompile(`“[^”]*”|「[^」]*」|"[^"]*"|《[^》]*》`), needs: strings.Split("“「\"《", "")},
	{
		re:    regexp.MustCompile(`(?i)https?://\S+|www\.\S+|\S+@\S+|[a-z0-9\-]+\.(?:com|cn|net|org|shop|top|xyz|cc|io|app)\b\S*`),
		needs: strings.Fields("http:// https:// www. @ .com .cn .net .org .shop .top .xyz .cc .io .app"),
	},
	{re: regexp.MustCompile(`[^\s，。；（）()：:“”]+(?: ?[>›→] ?[^\s，。；（）()：:“”]+)+`), needs: strings.Split(">›→", "")}, // a path in the app
	{re: regexp.MustCompile(`\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2})?`), needs: []string{"-"}},
	{re: regexp.MustCompile(`(?:\d{2,4} ?年 ?)?\d{1,2} ?月 ?\d{1,2} ?[日号](?: ?\d{1,2}[:：]\d{2})?`), needs: []string{"月"}},
	{re: regexp.MustCompile(`(?i)\d{1,2} ` + months + `(?: \d{4})?(?:,? \d{1,2}:\d{2})?|` + months + ` \d{1,2}`), beside: aMonth},
	{re: regexp.MustCompile(`[¥￥$€£]\s?\d[\d,.]*\d|[¥￥$€£]\s?\d`), needs: strings.Split("¥￥$€£", "")},
	{re: regexp.MustCompile(`\d{1,2}[:：]\d{2}(?:[:：]\d{2})?`), needs: strings.Split(":：", "")},
	{re: regexp.MustCompile(`(?i)第?\d[\d,.]*(?:\s?[-–~至到]\s?\d[\d,.]*)?\s?(?:` + zhUnits + `|` + enUnits + `)`), beside: aUnitAfter},
	{re: regexp.MustCompile(`(?i)(?:` + enUnits + `) ?\d+`), beside: aUnitBefore},
	{re: regexp.MustCompile(`[\p{Nd}\p{Nl}\p{No}]+(?:[.,:/\-][\p{Nd}]+)*`), number: true},
	{re: regexp.MustCompile(`百分之` + han + `+(?:点` + han + `+)?|第` + han + `+(?:` + zhUnits + `)?`), needs: strings.Split("百第", "")},
	{re: regexp.MustCompile(han + `+(?:点` + han + `+)?(?:[至到、]` + han + `+)?多?来?(?:` + zhUnits + `)`), needs: strings.Split(numerals, "")},
	{re: regexp.MustCompile(han + `*[十百千万亿]` + han + `*`), needs: strings.Split("十百千万亿", "")},
	{
		re:    regexp.MustCompile(`(?:星期|周|礼拜)[一二三四五六日天末]|` + strings.Join(zhTimes, "|")),
		needs: append([]string{"星期", "周", "礼拜"}, zhTimes...),
	},
	{
		re:    regexp.MustCompile(`(?i)\b(?:` + enNumber + `)(?:[ -](?:` + enNumber + `))*\b(?: (?:` + enUnits + `))?`),
		needs: strings.Split(enNumber, "|"), alone: true,
	},
	{
		re:    regexp.MustCompile(`(?i)\bone (?:` + enUnits + `)|\b(?:` + strings.Join(enTimes, "|") + `)\b`),
		needs: append([]string{"one"}, enTimes...), alone: true,
	},
}

var (
	zhTimes = strings.Fields("上午 下午 晚上 中午 凌晨 今天 明天 昨天 后天 前天 当天 今晚 明早 月底 年底 下周 本周 下个月")
	enTimes = append(strings.Fields("today tomorrow yesterday tonight noon midnight "+weekdays), "next week")
)

// enUnitWords are what enUnits matches with, in the singular, and what may stand before one.
var (
	enUnitWords  = strings.Fields("day hour week month year minute second time yuan rmb cny dollar percent picture photo video piece item workday % mb mib gb gib kb kib")
	enUnitBegins = append(strings.Fields("working business natural calendar"), enUnitWords...)
	zhUnitRunes  = "个工自天日小钟分刻秒周星礼月年元块毛角次成倍折张段件份遍号点位条%％"
	monthNames   = strings.Fields("jan feb mar apr may jun jul aug sep oct nov dec")
)

func aMonth(before, after string) bool {
	if after, ok := strings.CutPrefix(after, " "); ok && slices.ContainsFunc(monthNames, func(m string) bool { return strings.HasPrefix(after, m) }) {
		return true
	}
	before, ok := strings.CutSuffix(before, " ")
	word := before[len(strings.TrimRightFunc(before, func(r rune) bool { return r >= 'a' && r <= 'z' })):]
	return ok && slices.ContainsFunc(monthNames, func(m string) bool { return strings.Contains(word, m) })
}

func aUnitAfter(_, after string) bool {
	after = strings.TrimLeft(after, ",.")
	if after != "" && strings.IndexByte("\t\n\f\r ", after[0]) >= 0 {
		after = after[1:]
	}
	r, _ := utf8.DecodeRuneInString(after)
	return after != "" && strings.ContainsRune(zhUnitRunes, r) || slices.ContainsFunc(enUnitBegins, func(u string) bool { return strings.HasPrefix(after, u) })
}

func aUnitBefore(before, _ string) bool {
	before = strings.TrimSuffix(before, " ")
	one := strings.TrimSuffix(before, "s")
	return slices.ContainsFunc(enUnitWords, func(u string) bool { return strings.HasSuffix(one, u) || strings.HasSuffix(before, u) })
}

// pieces finds what patterns need, and of says which pattern needs each.
var pieces, of = func() (*spot.Words, []int) {
	var words []string
	var of []int
	for n, p := range facts {
		for _, w := range p.needs {
			words, of = append(words, w), append(of, n)
		}
	}
	return spot.New(words), of
}()

// worth says for each pattern whether it is worth looking for in a text.
func worth(text string) (out [32]bool) {
	if strings.ContainsAny(text, "\u017f\u212a") { // letters that fold to an s and a k
		for n := range out {
			out[n] = true
		}
		return out
	}
	lower := strings.ToLower(text)
	pieces.Find(lower, func(word, at int) {
		p := of[word]
		out[p] = out[p] || !facts[p].alone || standsAlone(lower, at, at+len(pieces.Word(word)))
	})
	number := strings.IndexFunc(text, unicode.IsNumber) >= 0
	for n, p := range facts {
		out[n] = out[n] || p.number && number
	}
	for at := 0; at < len(lower); at++ {
		if !digit(lower[at]) {
			continue
		}
		to := at + 1
		for to < len(lower) && digit(lower[to]) {
			to++
		}
		for n, p := range facts {
			out[n] = out[n] || p.beside != nil && p.beside(lower[:at], lower[to:])
		}
		at = to
	}
	return out
}

func digit(b byte) bool { return b >= '0' && b <= '9' }

// standsAlone says that no letter, digit or _ of ASCII stands before or after a piece of a text.
func standsAlone(s string, from, to int) bool {
	part := func(b byte) bool { return digit(b) || b >= 'a' && b <= 'z' || b == '_' }
	return (from == 0 || !part(s[from-1])) && (to == len(s) || !part(s[to]))
}

// articles look like a number and are none: 一个问题.
var (
	articles = regexp.MustCompile(`^一(?:份|张|段|位|条|点)$`)
	// A few words hold a numeral.
	sayings = regexp.MustCompile(`万一|十分|千万别|百分百|半天没|一一|三包`)
)

// factsOf finds the facts of a text, in order. data are texts that code filled in.
func factsOf(text string, data []string) []span {
	return factsAmong(text, data, written(text))
}

// written are the pieces of a text that are written as facts are, the likeliest first; they may overlap.
func written(text string) []span {
	var out []span
	var neutral [][]int
	if strings.ContainsAny(text, numerals) {
		neutral = sayings.FindAllStringIndex(text, -1)
	}
	worth := worth(text)
	for n, p := range facts {
		if !worth[n] {
			continue
		}
		for _, m := range p.re.FindAllStringIndex(text, -1) {
			within := func(o []int) bool { return m[0] >= o[0] && m[1] <= o[1] }
			if m[0] == m[1] || articles.MatchString(text[m[0]:m[1]]) || slices.ContainsFunc(neutral, within) {
				continue
			}
			out = append(out, span{m[0], m[1]})
		}
	}
	return out
}

// factsAmong takes the data first, then what is written as facts are.
func factsAmong(text string, data []string, written []span) []span {
	var out []span
	take := func(s span) {
		if !slices.ContainsFunc(out, func(o span) bool { return s.from < o.to && o.from < s.to }) {
			out = append(out, s)
		}
	}
	data = slices.Clone(data)
	slices.SortFunc(data, func(a, b string) int { return cmp.Compare(len(b), len(a)) })
	for _, d := range data {
		if utf8.RuneCountInString(d) < 2 {
			continue
		}
		for from := 0; ; {
			i := strings.Index(text[from:], d)
			if i < 0 {
				break
			}
			take(span{from + i, from + i + len(d)})
			from += i + len(d)
		}
	}
	for _, s := range written {
		take(s)
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return out
}

// textsOf are pieces of a text.
func textsOf(text string, list []span) []string {
	var out []string
	for _, f := range list {
		out = append(out, text[f.from:f.to])
	}
	return out
}

// Facts are the facts that stand in a text, as they are written there.
func Facts(text string) []string { return textsOf(text, factsOf(text, nil)) }
