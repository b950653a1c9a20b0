package guard

import (
	"errors"
	"math/rand/v2"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// reviewed are all wordings of a language, filled with facts as code fills them.
func reviewed(t testing.TB, file string) map[string]string {
	t.Helper()
	raw, err := os.ReadFile("../replies/" + file)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	if err := yaml.Unmarshal(raw, &out); err != nil {
		t.Fatal(err)
	}
	filling := strings.NewReplacer("{amount}", "¥129.00", "{deadline}", "12月3日 24:00", "{soft}", "11月30日 24:00", "{rejection}", "已签收，没问题", "{title}", "智能手环 B3", "{typical}", "1-3")
	slot := regexp.MustCompile(`\{\w+\}`)
	optional := regexp.MustCompile(`\{\w+\?((?:[^{}]|\{\w+\})*)\}`)
	for k, text := range out {
		text = optional.ReplaceAllString(text, "$1")
		out[k] = slot.ReplaceAllString(filling.Replace(text), "11月28日 10:00")
	}
	return out
}

// say runs sentences through a guard.
func say(w *Wording, sentences ...string) (string, error) {
	c := w.Check()
	for _, s := range sentences {
		if _, err := c.Sentence(s); err != nil {
			return "", err
		}
	}
	return c.Close()
}

func TestEveryReviewedWordingPassesAsItIs(t *testing.T) {
	for _, file := range []string{"zh.yaml", "en.yaml"} {
		n := 0
		for key, text := range reviewed(t, file) {
			if strings.TrimSpace(text) == "" {
				continue
			}
			w := Open(text)
			n++
			if got, err := say(w, w.Template()); err != nil || got != strings.TrimSpace(text) {
				t.Errorf("%s %s: %q came back as %q, %v (template %q)", file, key, text, got, err, w.Template())
			}
			if f := factsOf(w.Template(), nil); len(f) != strings.Count(w.Template(), "⟦") {
				t.Errorf("%s %s: %q holds facts besides its holes", file, key, w.Template())
			}
		}
		if n < 300 {
			t.Fatalf("only %d wordings in %s", n, file)
		}
	}
}

const (
	zhReturn = "可以申请七天无理由退货，请在 12月3日 24:00 前提交。"
	zhNo     = "很抱歉，七天无理由退货的时间已经过了（截止 12月3日 24:00），单纯不喜欢现在不能退。不过您还有别的办法："
	zhReject = "商家拒绝了您的申请，理由是：“已签收，没问题”。您可以在 11月28日 10:00 前申请平台介入。"
	zhMoney  = "退款 ¥129.00 支付渠道已受理，一般 1-3 个工作日到账。"
	enReturn = "You can apply for a no-reason return; please submit it before 3 Dec 24:00."
)

func TestAnHonestRewordingPasses(t *testing.T) {
	for _, c := range []struct {
		reviewed  string
		sentences []string
		want      string
	}{
		{zhReturn, []string{"我理解您着急。", "这一单可以申请⟦1⟧无理由退货，", "请您在 ⟦2⟧ 前提交哦。"}, "我理解您着急。这一单可以申请七天无理由退货，请您在 12月3日 24:00 前提交哦。"},
		{zhReject, []string{"商家拒绝了这次申请，理由是：⟦1⟧。", "您看，您可以在 ⟦2⟧ 前申请平台介入。"}, "商家拒绝了这次申请，理由是：“已签收，没问题”。您看，您可以在 11月28日 10:00 前申请平台介入。"},
		{zhMoney, []string{"您的退款 ⟦1⟧ 支付渠道已受理，", "一般 ⟦2⟧就到账了。"}, "您的退款 ¥129.00 支付渠道已受理，一般 1-3 个工作日就到账了。"},
		{enReturn, []string{"Thanks for letting us know. ", "You can apply for a no-reason return here; please submit it before ⟦1⟧."}, "Thanks for letting us know. You can apply for a no-reason return here; please submit it before 3 Dec 24:00."},
	} {
		w := Open(c.reviewed)
		got, err := say(w, c.sentences...)
		if err != nil || got != c.want {
			t.Errorf("%q: %q, %v; skeleton %q", c.reviewed, got, err, w.Skeleton())
		}
	}
}

func TestWhatTurnsOrAddsAFactIsRefused(t *testing.T) {
	for _, c := range []struct{ reviewed, said, why string }{
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，三天内到账。", "number"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，七个工作日。", "number"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，退一百二十元。", "number"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，退百分之五十。", "number"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，９折。", "number"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，③倍。", "number"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，明天见。", "number"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，周五见。", "number"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 12月9日 前提交。", "number"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 后提交。", "word"},
		{zhReturn, "可以申请⟦2⟧无理由退货，请在 ⟦1⟧ 前提交。", "word"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交。⟦2⟧", "word"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦3⟧ 前提交。", "hole"},
		{zhReturn, "可以申请⟦01⟧无理由退货，请在 ⟦2⟧ 前提交。", "hole"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请您看。", "missing"},
		{zhReturn, "不可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交。", "word"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，一定退。", "banned"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，保 证。", "banned"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，保證。", "script"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，审核通过。", "banned"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，加我微信。", "banned"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，OK。", "script"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交 http://x.cn", "script"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，半价。", "banned"},
		{zhReturn, "**可以**申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交。", "markup"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前点“确认”提交。", "markup"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，平台会帮您。", "word"},
		{zhReturn, "可以申请⟦1⟧无理由退货并退款，请在 ⟦2⟧ 前提交。", "word"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交。" + strings.Repeat("请您看一下这个问题，", 9), "length"},
		{zhReturn, "可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交，猪狗牛羊鸡鸭鹅鱼虾蟹龟蛇兔鼠虎龙马猴。", "new"},
		{zhNo, "很抱歉，⟦1⟧无理由退货的时间已经过了（截止 ⟦2⟧），单纯不喜欢现在能退。不过您还有别的办法：", "word"},
		{zhNo, "很抱歉，⟦1⟧无理由退货的时间没过（截止 ⟦2⟧），单纯不喜欢现在不能退。不过您还有别的办法：", "word"},
		{zhReject, "平台拒绝了您的申请，理由是：⟦1⟧。您可以在 ⟦2⟧ 前申请商家介入。", "word"},
		{zhReject, "商家同意了您的申请，理由是：⟦1⟧。您可以在 ⟦2⟧ 前申请平台介入。", "word"},
		{zhReject, "商家拒绝了您的申请，理由是：⟦1⟧。您在 ⟦2⟧ 前申请平台介入就行。", "word"},
		{zhMoney, "退款 ⟦1⟧ 支付渠道已受理，会在 ⟦2⟧到账。", "word"},
		{zhMoney, "退款 ⟦1⟧ 已到账，一般 ⟦2⟧。", "word"},
		{enReturn, "You can apply for a no-reason return; please submit it after ⟦1⟧.", "word"},
		{enReturn, "You can not apply for a no-reason return; please submit it before ⟦1⟧.", "word"},
		{enReturn, "You can apply for a no-reason return; please submit it before ⟦1⟧, in three days.", "number"},
		{enReturn, "You can apply for a no-reason return; please submit it before ⟦1⟧. Guaranteed.", "banned"},
		{enReturn, "Yoapprovedu can apply for a no-reason return; please submit it before ⟦1⟧.", "banned"},
		{enReturn, "You can apply for a no-reason return; please submit it before ⟦1⟧. 可以", "script"},
		{enReturn, "You can apply for a no-reason return; please submit it before ⟦1⟧. Refund will come.", "word"},
		{enReturn, "You cаn apply for a no-reason return; please submit it before ⟦1⟧.", "markup"},
		{zhReturn, "", "missing"},
	} {
		_, err := say(Open(c.reviewed), c.said)
		var no *Refusal
		if !errors.As(err, &no) || no.Why != c.why {
			t.Errorf("%q: %v, want %s", c.said, err, c.why)
		}
	}
}

// Texts that code filled in are facts wherever they stand, so that nothing of them reaches a model.
func TestFilledInTextIsAFact(t *testing.T) {
	w := Open("请寄到：北京市朝阳区1号 收件人王五。", "北京市朝阳区1号 收件人王五", "五")
	if w.Template() != "请寄到：⟦1⟧。" {
		t.Errorf("template %q", w.Template())
	}
}

// A sentence is refused for good: what comes after it does not heal it.
func TestARefusalIsForGood(t *testing.T) {
	c := Open(zhReturn).Check()
	if _, err := c.Sentence("一定退。"); err == nil {
		t.Fatal("passed")
	}
	if _, err := c.Sentence("可以申请⟦1⟧无理由退货，请在 ⟦2⟧ 前提交。"); err == nil {
		t.Error("healed")
	}
	if text, err := c.Close(); err == nil {
		t.Errorf("closed with %q", text)
	}
}

// hostile are pieces that a model under another's influence might put anywhere.
var hostile = []string{
	"退款999元", "¥999", "三天", "七个工作日", "百分之百", "明天到账", "一定", "保证", "已退款", "可以退", "不能退", "会赔", "微信 abc", "12315", "refund ¥999", "will be refunded", "two days",
	"approved", "⟦1⟧", "⟦9⟧", "⟦", "⟧", "１２", "②", "不", "能", "后", "前", "平台", "商家", "已经", "IX", "\n", "*", "全部", "十天", "半价", "一半", "两百", "twenty", "10%", "五折", "双倍", "半价", "对半",
}

// However pieces are put into a template, what passes has the numbers of the reviewed wording and no other.
func TestWhateverPassesHasTheReviewedNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	passed, tried, times := 0, 0, 40
	if testing.Short() {
		times = 8
	}
	for _, file := range []string{"zh.yaml", "en.yaml"} {
		for key, text := range reviewed(t, file) {
			w := Open(text)
			for range times {
				runes := []rune(w.Template())
				for range 1 + r.IntN(3) {
					at := r.IntN(len(runes) + 1)
					switch r.IntN(3) {
					case 0, 1:
						runes = slices.Insert(runes, at, []rune(hostile[r.IntN(len(hostile))])...)
					default:
						to := min(len(runes), at+1+r.IntN(4))
						runes = slices.Delete(runes, at, to)
					}
				}
				tried++
				got, err := say(w, string(runes))
				if err != nil {
					continue
				}
				passed++
				if a, b := Facts(text), Facts(got); !slices.Equal(a, b) {
					t.Fatalf("%s: %q became %q: %q, not %q", key, text, got, b, a)
				}
				if !slices.Equal(loaded(text), loaded(got)) {
					t.Fatalf("%s: %q became %q", key, text, got)
				}
			}
		}
	}
	if passed == 0 || passed > tried/4 {
		t.Errorf("%d of %d passed: the guard does not tell", passed, tried)
	}
	t.Logf("%d of %d passed", passed, tried)
}

func BenchmarkSentence(b *testing.B) {
	w := Open(zhReject)
	said := w.Template()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := say(w, said); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkOpen(b *testing.B) {
	for b.Loop() {
		Open(zhReject)
	}
}
