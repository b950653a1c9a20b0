package redact

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// rules are in the order in which they win.
var rules = []func(string) []Span{
	all(Email, `[A-Za-z0-9._%+\-]+ ?@ ?[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+)+`, nil),
	all(Identity, `\d{6} ?(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]) ?\d{3}[\dXx]`, alone),
	after(Identity, `(?i)身份证(?:号码|号)?|护照(?:号码|号)?|passport(?: number| no\.?)?|id (?:card|number)`, `(?:[A-Za-z]{0,2}\d[\d ]{5,19}[\dXx])`),
	all(Card, `\d(?:[ \-]?\d){12,18}`, func(s string, from, to int) bool { return alone(s, from, to) && luhn(s[from:to]) }),
	all(Phone, `(?:(?:\+|00)?86[ \-]?)?1[3-9]\d(?:[ \-.]?\d{4}){2}`, alone),
	all(Phone, `(?:(?:\+|00)?86[ \-]?)?1[3-9](?:[ \-.]?\d){9}`, alone),
	all(Phone, `\(?0\d{2,3}\)?[ \-]?[2-9]\d{6,7}(?:-\d{1,5})?`, alone),
	all(Phone, `\+\d{1,3}(?:[ \-.()]{0,2}\d){7,12}`, alone),
	after(Phone, `(?i)电话|手机号?|手机|联系方式|座机|tel(?:ephone)?|phone(?: number)?|mobile|call me (?:at|on)`, `(?:\d[ \-]?){6,14}\d`),
	after(Secret, `验证码|校验码|密码|口令`, `[A-Za-z0-9!@#$%^&*_]{4,24}`),
	// A word that follows is a code or a name in English only if something says so; else what follows has a digit.
	after(Secret, `(?i)\b(?:`+codes+`)(?: ?[:=]| is| was)`, `[A-Za-z0-9!@#$%^&*_]{4,24}`),
	after(Secret, `(?i)\b(?:`+codes+`)`, `\d[A-Za-z0-9!@#$%^&*_]{3,23}|[A-Za-z!@#$%^&*_]{1,16}\d[A-Za-z0-9!@#$%^&*_]{0,16}`),
	after(Account, `(?i)微信号?|威信|薇信|\bv信|\bvx|\bwx|\bqq号?|支付宝(?:账号|号)?`, `(?:[A-Za-z][A-Za-z0-9_\-]{4,19}|\d{5,12})`),
	after(Account, `(?i)\b(?:`+messengers+`)(?: ?[:=]| id)|\bmy (?:`+messengers+`)(?: id)?(?: is)?|\bline id`, `(?:[A-Za-z][A-Za-z0-9_\-]{4,19}|\d{5,12})`),
	after(Account, `(?i)\b(?:`+messengers+`)`, `(?:[A-Za-z][A-Za-z_\-]{0,16}\d[A-Za-z0-9_\-]{0,18}|\d{5,12})`),
	all(Waybill, `[A-Za-z]{2,4}-?\d{8,18}`, alone),
	after(Order, `(?i)订单编?号?|单号|运单号?|快递号|物流号|流水号|编号|order(?: number| no\.?| id)?|waybill|tracking(?: number| no\.?)?|parcel number`, `#?[A-Za-z]{0,4}\d[A-Za-z0-9\-]{4,30}`),
	all(Order, `\d(?:[ \-]?\d){9,29}`, alone),
	addresses,
	all(Address, `(?i)\b(?:flat|apt|unit|room) \w{1,5}, ?`+street, nil),
	all(Address, `\b`+street+place, nil),
	names,
	all(Name, `(?i:\b(?:mr|mrs|ms|miss|dr)\.? )[A-Z][a-z]+(?: [A-Z][a-z]+)?`, nil),
	after(Name, `(?i)\bmy (?:full )?name is|\bname's|\brecipient(?: name)?|\bconsignee|\bfull name|\bcalled|\bregards,|\bthis is|\bi am|\bi'm|\bcontact(?: person)?|\bname`, `[A-Z][a-z]+(?:[ \-][A-Z][a-z]+){1,2}`),
	after(Name, `(?i)\bmy name is|\bname's|\brecipient(?: name)?`, `[A-Z][a-z]+`),
}

const (
	codes      = `password|passcode|verification code|pin`
	messengers = `wechat|whatsapp|telegram`
)

const (
	street = `\d{1,5}[A-Za-z]? (?:[A-Z][A-Za-z']+ ){1,4}(?:Street|St|Road|Rd|Avenue|Ave|Lane|Ln|Drive|Dr|Boulevard|Blvd|Way|Court|Ct|Close|Square|Sq|Terrace|Place)\b\.?`
	place  = `(?:,? ?(?:Apt|Unit|Room|Flat|Suite)\.? ?#?\w{1,6})?(?:, ?[A-Z][a-z]+(?: [A-Z][a-z]+)?){0,2}(?: \d{5,6})?`
)

// all finds what matches a pattern and, if given, passes a look at its surroundings.
func all(kind Kind, pattern string, fits func(s string, from, to int) bool) func(string) []Span {
	re := regexp.MustCompile(pattern)
	return func(s string) []Span {
		var out []Span
		for from := 0; from < len(s); {
			m := re.FindStringIndex(s[from:])
			if m == nil {
				break
			}
			a, b := from+m[0], from+m[1]
			if fits == nil || fits(s, a, b) {
				out = append(out, Span{a, b, kind})
				from = b
				continue
			}
			_, size := utf8.DecodeRuneInString(s[a:])
			from = a + size
		}
		return out
	}
}

// after finds a value that a word before it says the kind of; only the value is found.
func after(kind Kind, word, value string) func(string) []Span {
	re := regexp.MustCompile(`(?:` + word + `)(?:[ :=,()"'“”，是为叫就]|is |was ){0,6}(` + value + `)`)
	return func(s string) []Span {
		var out []Span
		for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
			out = append(out, Span{m[2], m[3], kind})
		}
		return out
	}
}

// alone says that a number is not a part of a longer one.
func alone(s string, from, to int) bool {
	before, _ := utf8.DecodeLastRuneInString(s[:from])
	next, _ := utf8.DecodeRuneInString(s[to:])
	return !word(before) && !word(next)
}

func word(r rune) bool { return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' }

// luhn is the check digit of cards.
func luhn(s string) bool {
	sum, double := 0, false
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] < '0' || s[i] > '9' {
			continue
		}
		n := int(s[i] - '0')
		if double {
			if n *= 2; n > 9 {
				n -= 9
			}
		}
		sum, double = sum+n, !double
	}
	return sum%10 == 0
}

// An address in Chinese is a row of places, each named by its last character; stops end a name. At least two of
// them, of which one is a town or a road, or one with a number.
const (
	stops  = `\s\pP\pS的了我你您他她是们有没不买卖退这那个想要请把被给跟和就也还都在到住寄送发从来去`
	areas  = `特别行政区|自治区|自治州|新区|开发区|省|市|区|县|旗|镇|乡|街道|村`
	ways   = `大道|大街|路|街|巷|弄|胡同|里`
	houses = `小区|花园|公寓|大厦|广场|苑|园|府|城|庄|号楼|栋|幢|座|单元|层|楼|室|号院|号|房|户`
)

var (
	addressRow = regexp.MustCompile(`(?:[^` + stops + `]{1,12}?(?:` + areas + `|` + ways + `|` + houses + `)\s?-?){2,}(?:[A-Za-z]?\d{1,5}(?:-\d{1,5}){0,3}(?:室|号|户|房)?)?`)
	addressNum = regexp.MustCompile(`[A-Za-z0-9一二三四五六七八九十]+(?:` + houses + `)|\d{2,5}$`)
	addressBig = regexp.MustCompile(`(?:` + areas + `|` + ways + `)`)
	addressSay = regexp.MustCompile(`(?:收货地址|收件地址|家庭住址|住址|地址|寄到|寄往|送到|发到|搬到|家住|住在|住)[ :是为在]{0,3}([^\s，。！？；、"“”!?;]{4,40})`)
	addressEnd = regexp.MustCompile(`(?:` + areas + `|` + ways + `|` + houses + `)(?:[A-Za-z0-9\-]{0,9})`)
)

func addresses(s string) []Span {
	var out []Span
	for _, m := range addressSay.FindAllStringSubmatchIndex(s, -1) {
		said := s[m[2]:m[3]]
		ends := addressEnd.FindAllStringIndex(said, -1)
		if len(ends) >= 2 && addressBig.MatchString(said) {
			out = append(out, Span{m[2], m[2] + ends[len(ends)-1][1], Address})
		}
	}
	for _, m := range addressRow.FindAllStringIndex(s, -1) {
		row := s[m[0]:m[1]]
		numbered := addressNum.MatchString(row)
		if big := len(addressBig.FindAllString(row, -1)); big >= 1 && numbered || big >= 3 {
			out = append(out, Span{m[0], m[1], Address})
		}
	}
	return out
}

// surnames are the hundred or so commonest, and the common double ones.
const surnames = `欧阳|上官|司马|诸葛|夏侯|东方|皇甫|尉迟|公孙|慕容|司徒|令狐|端木|` +
	`[王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚汤陶黎温莫易樊乔文安殷颜庄章鲁倪庞邢俞翟蓝聂齐向申葛柴伍覃骆关焦柳欧祝纪尚毕耿芦左季管符辛苗詹曲欧靳祁路涂兰甘裴梅童翁霍游阮尤岳柯牟滕谷舒卜成饶宁凌盛查单冉鲍华包屈房喻解蒲卫简时连车项闵邬吉党阳司费蒙席晏隋古强穆姬申付肖闫涂代]`

var (
	nameSay  = regexp.MustCompile(`(?:我叫|名叫|名字叫|名字是|名字[ :]|姓名|收件人|收货人|寄件人|联系人|户名|持卡人|本人|真名|大名|实名|署名|机主|我的名字)[ :是叫为写的]{0,3}((?:` + surnames + `)\p{Han}{1,3})`)
	nameIs   = regexp.MustCompile(`(?:我是|这是|我就是|找|叫|寄给|转给)((?:` + surnames + `)\p{Han}{1,2})(?:[\s\pP]|$|电话|手机)`)
	nameSir  = regexp.MustCompile(`((?:` + surnames + `)\p{Han}{0,2}?)(?:先生|女士|小姐|同学|阿姨|大爷|师傅|经理|老板)`)
	nameFar  = regexp.MustCompile(`(?:我叫|姓名|收件人|收货人|联系人)[ :是]{0,2}(\p{Han}{2,6}[·•.]\p{Han}{1,8})`) // 艾力·买买提
	nameTail = regexp.MustCompile(`^(?:电话|手机|地址|身份|住在|先生|女士|收件|联系|订单|的|是|在|和|吗|吧|呢|了|啊|哦|收|住|买|申|想|要|于|今|昨|就|已|也|请|我|你|他|您)`)
)

// notNames begin like a name and are none.
var notNames = regexp.MustCompile(`^(?:安装|时候|任何|方便|方法|方式|全部|于是|文字|文件|金额|金色|车厘|花了|包裹|包装|包邮|成功|单号|单子|连接|石头|白色|黄色|蓝色|叶子|简单|程序|高级|高兴|谢谢|马上|温度|成色|查询|查一|万一|莫名|古怪|卫生|乔迁|康复|党|解决|解释|章|曲)`)

func names(s string) []Span {
	var out []Span
	for _, m := range nameFar.FindAllStringSubmatchIndex(s, -1) {
		out = append(out, Span{m[2], m[3], Name})
	}
	for _, re := range []*regexp.Regexp{nameSay, nameIs, nameSir} {
		for _, m := range re.FindAllStringSubmatchIndex(s, -1) {
			if notNames.MatchString(s[m[2]:m[3]]) {
				continue
			}
			if to := m[2] + nameLen(s[m[2]:m[3]], s[m[3]:]); to > m[2] {
				out = append(out, Span{m[2], to, Name})
			}
		}
	}
	return out
}

// nameLen is how much of what begins with a surname is the name: it ends where the sentence goes on.
func nameLen(said, rest string) int {
	least := 2 // a surname and one character more
	for _, double := range []string{"欧阳", "上官", "司马", "诸葛", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容", "司徒", "令狐", "端木"} {
		if strings.HasPrefix(said, double) {
			least = 3
		}
	}
	n, size := 0, 0
	for i, r := range said {
		if !unicode.Is(unicode.Han, r) || n == least+1 || n >= least && nameTail.MatchString(said[i:]+rest) {
			break
		}
		n++
		size = i + utf8.RuneLen(r)
	}
	return size
}
