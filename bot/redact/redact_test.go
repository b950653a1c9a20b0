package redact

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// corpus makes texts as buyers write them, each with what must not be left in it.
type corpus struct{ *rand.Rand }

func (c corpus) pick(list ...string) string { return list[c.IntN(len(list))] }

func (c corpus) digits(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte('0' + c.IntN(10))
	}
	return string(b)
}

func (c corpus) group(s, sep string, sizes ...int) string {
	var parts []string
	for _, n := range sizes {
		parts, s = append(parts, s[:n]), s[n:]
	}
	if s != "" {
		parts = append(parts, s)
	}
	return strings.Join(parts, sep)
}

func (c corpus) mobile() string {
	s := "1" + c.pick("3", "5", "7", "8", "9") + c.digits(9)
	switch c.IntN(8) {
	case 0:
		return c.group(s, " ", 3, 4)
	case 1:
		return c.group(s, "-", 3, 4)
	case 2:
		return c.pick("+86 ", "+86", "86-", "0086") + s
	case 3:
		return strings.Map(func(r rune) rune { return r + '０' - '0' }, s)
	case 4:
		said := []rune("零一二三四五六七八九")
		if c.IntN(2) == 0 {
			said = []rune("〇幺两三四五六七八九")
		}
		return strings.Map(func(r rune) rune { return said[r-'0'] }, s)
	default:
		return s
	}
}

func (c corpus) identity() string {
	s := c.pick("110105", "310101", "440306", "510107", "330106") + fmt.Sprintf("%d%02d%02d", 1950+c.IntN(60), 1+c.IntN(12), 1+c.IntN(28)) + c.digits(3) + c.pick("X", "x", "1", "7", "0")
	if c.IntN(4) == 0 {
		return c.group(s, " ", 6, 8)
	}
	return s
}

func (c corpus) card() string {
	s := c.pick("6222", "6228", "4367", "5288") + c.digits(c.pickInt(11, 14))
	for d := '0'; d <= '9'; d++ {
		if luhn(s + string(d)) {
			s += string(d)
			break
		}
	}
	switch c.IntN(3) {
	case 0:
		return c.group(s, " ", 4, 4, 4)
	case 1:
		return c.group(s, "-", 4, 4, 4)
	}
	return s
}

func (c corpus) pickInt(list ...int) int { return list[c.IntN(len(list))] }

func (c corpus) name() string {
	return c.pick("王", "李", "张", "刘", "陈", "杨", "黄", "赵", "吴", "周", "欧阳", "郭", "沈", "蒋", "邹", "熊", "侯", "龙") +
		c.pick("伟", "芳", "秀英", "娜", "敏", "静", "丽娟", "强", "磊", "洋洋", "艳", "勇", "军", "杰", "思雨", "子涵", "一鸣", "晓明", "玉兰", "建国")
}

func (c corpus) address() string {
	town := c.pick("北京市朝阳区", "上海市浦东新区", "浙江省杭州市西湖区", "广东省深圳市南山区", "四川省成都市武侯区", "江苏省苏州市工业园区", "湖南省长沙市岳麓区", "内蒙古自治区呼和浩特市新城区", "福建省泉州市晋江市青阳街道", "河南省郑州市金水区")
	way := c.pick("建国路", "文一西路", "科技园南路", "人民南路四段", "星湖街", "解放东路", "中山大道", "阳光巷", "梅林一村", "龙湖镇") + fmt.Sprint(1+c.IntN(999)) + c.pick("号", "号院")
	house := c.pick("", "阳光花园", "世纪大厦", "翠苑小区", "恒大华府") + fmt.Sprint(1+c.IntN(30)) + c.pick("栋", "号楼", "幢", "座") + c.pick("", fmt.Sprint(1+c.IntN(5))+"单元") + fmt.Sprint(101+c.IntN(2900)) + c.pick("室", "", "号")
	if c.IntN(5) == 0 {
		return town + way
	}
	return town + way + house
}

// a frame is a sentence around one value.
func (c corpus) sample() (text string, kind Kind, value string) {
	tail := c.pick("", "，谢谢", "。麻烦快点", "，到底什么时候退", " 急", "，商家一直不理我", "！！", "，手环开不了机")
	zh := func(v string, frames ...string) (string, string) {
		return strings.Replace(c.pick(frames...), "%", v, 1) + tail, v
	}
	switch c.IntN(14) {
	case 0, 1:
		text, value = zh(c.mobile(), "我手机号%", "打我电话 %", "%这个是我号码", "联系%就行", "收货电话:%", "电话是%，别打错", "你加%", "My number is %", "call me at % please", "手机：%")
		return text, Phone, value
	case 2:
		text, value = zh("0"+c.pick("10", "21", "571", "755")+c.pick("-", "", " ")+c.pick("2", "6", "8")+c.digits(7), "座机%", "我家座机是%", "打%找我", "office %")
		return text, Phone, value
	case 3:
		text, value = zh(c.identity(), "身份证%", "我的身份证号是%", "证件 %", "%，实名的", "ID card: %", "要核验的话%")
		return text, Identity, value
	case 4:
		text, value = zh(c.card(), "退到这张卡 %", "银行卡号%", "卡号：%，工行", "钱打到%", "refund to card %", "我的卡是%")
		return text, Card, value
	case 5:
		text, value = zh(c.digits(c.pickInt(16, 19, 18, 13)), "订单号%", "订单%一直没发货", "单号：%", "order number %", "编号 %", "就是%这一单", "流水号%")
		return text, Order, value
	case 6:
		text, value = zh(c.pick("SF", "YT", "JDVA", "ZTO", "sf", "JT", "EMS")+c.digits(c.pickInt(10, 12, 13)), "运单号%", "退货单号 %", "快递%显示签收了", "寄出了，%", "tracking number %", "单号是%")
		return text, Waybill, value
	case 7:
		text, value = zh(c.pick("zhang.wei", "li_na88", "buyer2024", "xiaoli", "WangFang")+"@"+c.pick("qq.com", "163.com", "gmail.com", "outlook.com", "sina.com.cn"), "邮箱%", "发到%", "my email is %", "%，发票发这里", "mail me: %")
		return text, Email, value
	case 8, 9:
		text, value = zh(c.address(), "地址：%", "寄到%", "我住%", "收货地址是%", "%，别送错了", "送到%门口", "搬到%了", "发到%谢谢")
		return text, Address, value
	case 10:
		text, value = zh(c.name(), "我叫%", "收件人%", "收件人：%，电话晚点给", "姓名%", "联系人 %", "收货人是%", "本人%", "户名%", "我是%，", "我的名字是%", "寄件人写的%", "我叫%的")
		return text, Name, value
	case 11:
		text, value = zh(c.pick("王", "李", "陈", "刘", "赵")+c.pick("", "伟", "丽"), "请问%经理在吗", "我是%先生", "请联系%女士", "%小姐收", "叫%师傅来拿")
		return text, Name, value
	case 12:
		if c.IntN(2) == 0 {
			text, value = zh(c.pick("James", "Maria", "Li", "Anna", "Peter")+" "+c.pick("Smith", "Garcia", "Wei", "Miller", "Brown"), "My name is %", "Recipient: %", "this is %, order late", "I am % and I want my money", "Mr. %", "contact person: %")
			return text, Name, value
		}
		text, value = zh(fmt.Sprint(1+c.IntN(900))+" "+c.pick("Nanjing West", "Baker", "Green Lake", "Fifth", "Old Mill")+" "+c.pick("Road", "Street", "Ave", "Lane")+c.pick("", ", Apt 5B", ", Room 302"), "send it to %", "address: %", "I live at %", "% is where it went")
		return text, Address, value
	default:
		if c.IntN(2) == 0 {
			text, value = zh(c.digits(c.pickInt(4, 6)), "验证码%", "验证码是%", "密码：%", "verification code %", "my PIN: %", "the password is %", "PIN%", "我的密码%", "校验码为%")
			return text, Secret, value
		}
		text, value = zh(c.pick("wxid_a8k2", "lina_1990", "zhangwei66", c.digits(9)), "微信%", "微信号：%", "加我vx %", "qq号%", "wechat: %", "QQ %", "my wechat is %", "add me on whatsapp %", "telegram id %")
		return text, Account, value
	}
}

// left says whether a value, or most of its digits in a row, can still be read.
func left(masked, value string) bool {
	if strings.Contains(canonical(masked), canonical(value)) {
		return true
	}
	var digits strings.Builder
	for _, r := range canonical(value) {
		if r >= '0' && r <= '9' {
			digits.WriteRune(r)
		}
	}
	const tell = 7
	d, m := digits.String(), canonical(masked)
	for i := 0; i+tell <= len(d); i++ {
		if strings.Contains(m, d[i:i+tell]) {
			return true
		}
	}
	return false
}

func TestWhatTellsAPersonIsFound(t *testing.T) {
	const n, worst = 20000, 0.01
	c := corpus{rand.New(rand.NewPCG(20261126, 7))}
	missed, total := map[Kind]int{}, map[Kind]int{}
	shown := 0
	for range n {
		text, kind, value := c.sample()
		total[kind]++
		m := New([]byte("k"))
		masked := m.Mask(text)
		if left(masked, value) {
			missed[kind]++
			if shown++; shown <= 20 {
				t.Logf("%s left: %s → %s", kind, text, masked)
			}
		}
		if m.Unmask(masked) != text {
			t.Fatalf("%q does not come back from %q: %q", text, masked, m.Unmask(masked))
		}
	}
	all := 0
	for kind, k := range total {
		all += missed[kind]
		if float64(missed[kind]) > 0.02*float64(k) {
			t.Errorf("%s: %d of %d left", kind, missed[kind], k)
		}
		t.Logf("%-8s %5d, left %d", kind, k, missed[kind])
	}
	if float64(all) > worst*n {
		t.Errorf("%d of %d left, more than %v", all, n, worst)
	}
}

// What buyers say of their trouble holds nobody's data, and must reach whoever is to understand it.
func TestWhatTellsNobodyIsLeft(t *testing.T) {
	raw, err := os.ReadFile("../testdata/situations.json")
	if err != nil {
		t.Fatal(err)
	}
	words, err := os.ReadFile("../replies/zh.yaml")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]string{}
	if err := yaml.Unmarshal(words, &said); err != nil {
		t.Fatal(err)
	}
	var texts []string
	for _, m := range regexp.MustCompile(`"([^"\\]*\p{Han}[^"\\]*)"`).FindAllStringSubmatch(string(raw), -1) {
		texts = append(texts, m[1])
	}
	for _, text := range said {
		texts = append(texts, text)
	}
	texts = append(texts, "买了3件，坏了2件，退120元", "11月26日签收，到现在8天了", "¥1299.00 什么时候到账", "打12315投诉", "七天无理由", "超市里也能买到", "第2次申请了，1-3个工作日早过了", "尺码 XXL 170/92A", "型号 HW-B320 开不了机", "the 2nd time in 7 days", "I paid 1,299.00 on 3 March 2026", "在小区门口放着没人签收", "我是会员", "我是买家，这是第3次了", "叫快递员来拿", "找人工")
	if len(texts) < 300 {
		t.Fatalf("only %d texts", len(texts))
	}
	bad := 0
	for _, text := range texts {
		for _, s := range Find(text) {
			bad++
			t.Logf("%s found in %q: %q", s.Kind, text, text[s.From:s.To])
		}
	}
	if float64(bad) > 0.01*float64(len(texts)) {
		t.Errorf("%d finds in %d texts that tell nobody", bad, len(texts))
	}
}

// What is taken too much is missed by whoever is to understand a text: of the examples of all topics, as buyers write
// them and with nobody's data in them, next to nothing may be taken.
func TestLittleIsTakenFromWhatTellsNobody(t *testing.T) {
	const worst = 0.002 // of the texts
	files, err := filepath.Glob("../faq/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	texts, taken := map[string]int{}, map[string]int{}
	for _, file := range files {
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var topic struct {
			Examples map[string][]yaml.Node `yaml:"examples"`
		}
		if err := yaml.Unmarshal(raw, &topic); err != nil {
			t.Fatal(err)
		}
		for lang, list := range topic.Examples {
			for _, n := range list {
				text := n.Value
				if n.Kind == yaml.MappingNode {
					var said struct {
						Text string `yaml:"text"`
					}
					if err := n.Decode(&said); err != nil {
						t.Fatal(err)
					}
					text = said.Text
				}
				texts[lang]++
				found := Find(text)
				if len(found) > 0 {
					taken[lang]++
				}
				for _, s := range found {
					t.Logf("%s found in %q: %q", s.Kind, text, text[s.From:s.To])
				}
			}
		}
	}
	for _, lang := range []string{"zh", "en"} {
		t.Logf("%s: taken from %d of %d texts", lang, taken[lang], texts[lang])
		if texts[lang] < 2000 {
			t.Errorf("%s: only %d texts were looked at", lang, texts[lang])
		}
		if float64(taken[lang]) > worst*float64(texts[lang]) {
			t.Errorf("%s: taken from %d of %d texts, more than %v", lang, taken[lang], texts[lang], worst)
		}
	}
}

func TestPseudonymsAreStable(t *testing.T) {
	a, b, other := New([]byte("one")), New([]byte("one")), New([]byte("two"))
	first := a.Mask("电话13800138000")
	if again := b.Mask("打138 0013 8000给我"); !strings.Contains(again, strings.TrimPrefix(first, "电话")) {
		t.Errorf("the same number is %s and %s", first, again)
	}
	if first == other.Mask("电话13800138000") {
		t.Error("another conversation gives the same pseudonym")
	}
	if a.Mask("电话13800138000") == a.Mask("电话13800138001") {
		t.Error("two numbers have one pseudonym")
	}
	if strings.ContainsAny(first, "0123456789") || !pseudonyms.MatchString(first) {
		t.Errorf("%s is no pseudonym", first)
	}
	if got := b.Unmask("<phone:aaaaa> " + strings.TrimPrefix(first, "电话")); got != "<phone:aaaaa> 138 0013 8000" {
		t.Errorf("back came %q", got)
	}
}

func FuzzMask(f *testing.F) {
	for _, s := range []string{"电话１３８００１３８０００", "我叫欧阳娜娜的", "<phone:abcde>", "寄到北京市朝阳区1号", "\xff\xfe123456789012", "幺三八零零幺三八零零零"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m := New([]byte("k"))
		last := 0
		for _, span := range Find(s) {
			if span.From < last || span.To <= span.From || span.To > len(s) {
				t.Fatalf("span %+v after %d in %q", span, last, s)
			}
			last = span.To
		}
		if masked := m.Mask(s); !strings.Contains(s, "<") && canonical(m.Unmask(masked)) != canonical(s) {
			t.Fatalf("%q came back as %q", s, m.Unmask(masked))
		}
	})
}

func BenchmarkMask(b *testing.B) {
	c := corpus{rand.New(rand.NewPCG(1, 2))}
	texts := make([]string, 256)
	for i := range texts {
		texts[i], _, _ = c.sample()
	}
	for i := 0; b.Loop(); i++ {
		New([]byte("k")).Mask(texts[i%len(texts)])
	}
}
