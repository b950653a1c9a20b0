package nlu

import (
	"regexp"
	"strconv"
	"strings"

	"recourse/cases/policy"
	"recourse/dialog"
)

// numerals as people write small numbers.
var numerals = map[string]int{
	"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9, "十": 10,
	"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12, "a": 1,
}

const (
	zhNum  = `(\d{1,3}|[一二两三四五六七八九十])`
	zhUnit = `[个只件颗瓶袋斤盒枚箱包双块片朵根条罐串]`
	enNum  = `(\d{1,3}|one|two|three|four|five|six|seven|eight|nine|ten|twelve)`
)

var (
	// 碎了两个, 有3颗烂了
	zhHarmed = regexp.MustCompile(`(?:碎|坏|烂|破|裂|少|死|缺|漏|霉|臭)(?:掉)?了?` + zhNum + zhUnit + `|` + zhNum + zhUnit + `(?:都|全|已经|是)?(?:碎|坏|烂|破|裂|死|发霉|霉|臭)`)
	// 六个里, 一共6个, 买了六个
	zhWhole    = regexp.MustCompile(`(?:一共|总共|共|买了|拍了|订了|全部)` + zhNum + zhUnit + `|` + zhNum + zhUnit + `(?:里|中|当中|装)`)
	zhFraction = regexp.MustCompile(zhNum + `分之` + zhNum)
	enOf       = regexp.MustCompile(`\b` + enNum + ` (?:out )?of (?:the |my |these |them|those )?(?:` + enNum + `\b)?`)
	enThird    = regexp.MustCompile(`\b(one|two|three|a) (thirds?|quarters?|fifths?)\b`)
	// 用过两次. usedFor are all ways in which it begins.
	usedFor   = []string{"用过", "用了", "穿过", "穿了", "戴过", "戴了", "吃过", "吃了", "喝过", "喝了", "试过", "试了"}
	usedTimes = regexp.MustCompile(`(?:用|穿|戴|吃|喝|试)(?:过|了).{0,4}(?:次|天|回|下|周|个月)`)
)

func numeral(s string) int {
	if n, ok := numerals[s]; ok {
		return n
	}
	n, _ := strconv.Atoi(s) // the patterns above let only digits through
	return n
}

// first is the first submatch that took part.
func first(m []string) string {
	for _, s := range m[1:] {
		if s != "" {
			return s
		}
	}
	return ""
}

// shareOf reads which part of the goods a text says is affected. It only reads figures; what they come to is
// arithmetic of the flow.
func shareOf(s string) dialog.Share {
	if strings.Contains(s, "一半") || contains(s, "half") {
		return dialog.Share{N: 1, Of: 2}
	}
	// A pattern is tried only where what it cannot do without is there: on a long text it costs much more to try.
	if strings.Contains(s, "分之") {
		if m := zhFraction.FindStringSubmatch(s); m != nil {
			return dialog.Share{N: numeral(m[2]), Of: numeral(m[1])}
		}
	}
	if strings.Contains(s, " third") || strings.Contains(s, " quarter") || strings.Contains(s, " fifth") {
		if m := enThird.FindStringSubmatch(s); m != nil {
			return dialog.Share{N: numeral(m[1]), Of: map[byte]int{'t': 3, 'q': 4, 'f': 5}[m[2][0]]}
		}
	}
	if strings.Contains(s, " of ") {
		if m := enOf.FindStringSubmatch(s); m != nil {
			return dialog.Share{N: numeral(m[1]), Of: numeral(m[2])}
		}
	}
	if !counted(s) {
		return dialog.Share{}
	}
	if m := zhHarmed.FindStringSubmatch(s); m != nil {
		share := dialog.Share{N: numeral(first(m))}
		if w := zhWhole.FindStringSubmatch(s); w != nil {
			share.Of = numeral(first(w))
		}
		return share
	}
	return dialog.Share{}
}

// counted says whether a number stands before a measure word anywhere: 两个, 3颗.
func counted(s string) bool {
	number := false
	for _, r := range s {
		if number && strings.ContainsRune(zhUnit, r) {
			return true
		}
		switch r {
		case '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '一', '二', '两', '三', '四', '五', '六', '七', '八', '九', '十':
			number = true
		default:
			number = false
		}
	}
	return false
}

// pointers say which words point at which kind of evidence.
var pointers = []struct {
	kind  policy.EvidenceKind
	words []string
}{
	{"packaging_photo", []string{"盒子", "箱子", "包装", "外箱", "纸箱", "快递盒", "box", "packaging", "carton"}},
	{"chat_screenshot", []string{"商家说", "卖家说", "店家说", "老板说", "客服说", "商家回", "商家不承认", "聊天", "seller says", "seller said", "merchant says", "merchant said", "shop says", "shop said", "store says", "store said"}},
	{"promise_screenshot", []string{"直播间说", "主播说", "承诺", "答应", "保证过", "promised"}},
	{"unboxing_video", []string{"开箱视频", "拆箱视频", "unboxing"}},
	{"inspection_report", []string{"检测报告", "鉴定", "报告", "test report", "inspection report", "lab report", "appraisal"}},
	{"courier_statement", []string{"快递员说", "快递说", "courier says", "courier said"}},
	{"medical_record", []string{"医院", "病历", "诊断", "hospital", "doctor's"}},
}

func pointsOf(s reading) []policy.EvidenceKind {
	var out []policy.EvidenceKind
	for _, p := range pointers {
		if matchAny(s, p.words) {
			out = append(out, p.kind)
		}
	}
	return out
}
