package guard

import (
	"cmp"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

type span struct{ from, to int }

const (
	han      = `[零〇一二两三四五六七八九十百千万亿半几数壹贰叁肆伍陆柒捌玖拾佰仟]`
	zhUnits  = `个?工作日|个?自然日|天|日|个?小时|个?钟头|分钟|刻钟|秒|周|个?星期|个?礼拜|个?月|年|元|块钱?|毛|角|分钱?|次|成|倍|折|张|段|件|份|遍|号|点钟?|位|条|[%％]`
	enUnits  = `(?:working |business |natural |calendar )?(?:days?|hours?|weeks?|months?|years?|minutes?|seconds?|times?|yuan|rmb|cny|dollars?|percent|pictures?|photos?|videos?|pieces?|items?)|workdays?|%|[MGK]i?B`
	months   = `(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*`
	enNumber = `zero|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|dozen|half|twice|double|triple|couple|several|few`
)

// pattern is a way to write a fact; only a text with one of the characters of needs can hold one ("": of all
// numbers).
type pattern struct {
	needs string
	re    *regexp.Regexp
}

const (
	digits   = "0123456789"
	numerals = "零〇一二两三四五六七八九十百千万亿半几数壹贰叁肆伍陆柒捌玖拾佰仟"
	latin    = "aeiouAEIOU"
)

// facts are tried in this order; an earlier one wins where two overlap.
var facts = []pattern{
	{`“「"《`, regexp.MustCompile(`“[^”]*”|「[^」]*」|"[^"]*"|《[^》]*》`)},
	{`@:.`, regexp.MustCompile(`(?i)https?://\S+|www\.\S+|\S+@\S+|[a-z0-9\-]+\.(?:com|cn|net|org|shop|top|xyz|cc|io|app)\b\S*`)},
	{`>›→`, regexp.MustCompile(`[^\s，。；（）()：:“”]+(?: ?[>›→] ?[^\s，。；（）()：:“”]+)+`)}, // a path in the app
	{`-`, regexp.MustCompile(`\d{4}-\d{1,2}-\d{1,2}(?:[ T]\d{1,2}:\d{2})?`)},
	{`月`, regexp.MustCompile(`(?:\d{2,4} ?年 ?)?\d{1,2} ?月 ?\d{1,2} ?[日号](?: ?\d{1,2}[:：]\d{2})?`)},
	{digits, regexp.MustCompile(`(?i)\d{1,2} ` + months + `(?: \d{4})?(?:,? \d{1,2}:\d{2})?|` + months + ` \d{1,2}`)},
	{`¥￥$€£`, regexp.MustCompile(`[¥￥$€£]\s?\d[\d,.]*\d|[¥￥$€£]\s?\d`)},
	{`:：`, regexp.MustCompile(`\d{1,2}[:：]\d{2}(?:[:：]\d{2})?`)},
	{digits, regexp.MustCompile(`(?i)第?\d[\d,.]*(?:\s?[-–~至到]\s?\d[\d,.]*)?\s?(?:` + zhUnits + `|` + enUnits + `)`)},
	{digits, regexp.MustCompile(`(?i)(?:` + enUnits + `) ?\d+`)},
	{"", regexp.MustCompile(`[\p{Nd}\p{Nl}\p{No}]+(?:[.,:/\-][\p{Nd}]+)*`)},
	{`百第`, regexp.MustCompile(`百分之` + han + `+(?:点` + han + `+)?|第` + han + `+(?:` + zhUnits + `)?`)},
	{numerals, regexp.MustCompile(han + `+(?:点` + han + `+)?(?:[至到、]` + han + `+)?多?来?(?:` + zhUnits + `)`)},
	{`十百千万亿`, regexp.MustCompile(han + `*[十百千万亿]` + han + `*`)},
	{`天日上下中晚末今明昨后前当底周月`, regexp.MustCompile(`(?:星期|周|礼拜)[一二三四五六日天末]|上午|下午|晚上|中午|凌晨|今天|明天|昨天|后天|前天|当天|今晚|明早|月底|年底|下周|本周|下个月`)},
	{latin, regexp.MustCompile(`(?i)\b(?:` + enNumber + `)(?:[ -](?:` + enNumber + `))*\b(?: (?:` + enUnits + `))?`)},
	{latin, regexp.MustCompile(`(?i)\bone (?:` + enUnits + `)|\b(?:today|tomorrow|yesterday|tonight|monday|tuesday|wednesday|thursday|friday|saturday|sunday|next week|noon|midnight)\b`)},
}

// articles look like a number and are none: 一个问题.
var (
	articles = regexp.MustCompile(`^一(?:份|张|段|位|条|点)$`)
	// A few words hold a numeral.
	sayings = regexp.MustCompile(`万一|十分|千万别|百分百|半天没|一一|三包`)
)

// factsOf finds the facts of a text, in order. data are texts that code filled in.
func factsOf(text string, data []string) []span {
	var out []span
	take := func(from, to int) {
		if !slices.ContainsFunc(out, func(o span) bool { return from < o.to && o.from < to }) {
			out = append(out, span{from, to})
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
			take(from+i, from+i+len(d))
			from += i + len(d)
		}
	}
	var neutral [][]int
	if strings.ContainsAny(text, numerals) {
		neutral = sayings.FindAllStringIndex(text, -1)
	}
	for _, p := range facts {
		if p.needs != "" && !strings.ContainsAny(text, p.needs) || p.needs == "" && strings.IndexFunc(text, unicode.IsNumber) < 0 {
			continue
		}
		for _, m := range p.re.FindAllStringIndex(text, -1) {
			within := func(o []int) bool { return m[0] >= o[0] && m[1] <= o[1] }
			if m[0] == m[1] || articles.MatchString(text[m[0]:m[1]]) || slices.ContainsFunc(neutral, within) {
				continue
			}
			take(m[0], m[1])
		}
	}
	slices.SortFunc(out, func(a, b span) int { return cmp.Compare(a.from, b.from) })
	return out
}

// Facts are the facts that stand in a text, as they are written there.
func Facts(text string) []string {
	var out []string
	for _, f := range factsOf(text, nil) {
		out = append(out, text[f.from:f.to])
	}
	return out
}
