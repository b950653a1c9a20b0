package guard

import (
	"strings"
	"testing"
)

// A pattern is passed over only where it finds nothing.
func FuzzNoFactIsPassedOver(f *testing.F) {
	for _, text := range []string{
		zhReject, "", "3天", "第3-5个工作日", "三天内", "二十多天", "百分之五", "第一次", "十万元", "周三下午", "下个月", "月底前", "11月28日 10:00 前", "2026年 1 月 2 号",
		"12 Nov 2026, 15:04", "november 3", "Mar 3", "3,000.5 yuan", "5 working days", "3 %", "Photos 3", "days5", "9 KiB", "\u212aiB 5", "3 day\u017f", "Minute 1",
		"twenty-one days", "a few photos", "oneday", "one day", "One Week", "TODAY", "next week", "todayx", "half", "¥ 12.5", "$3", "“a” ‘b’", "《书》", "我的 > 订单", "a@b", "x.com", "HTTPS://a", "www.a",
		"2026-11-28 10:00", "①", "٣", "1. yuan", "3\tdays", "İ 3 days", "7\u00a0天", "no facts at all", "1２3天", "6MB",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		worth := worth(text)
		for n, p := range facts {
			if worth[n] {
				continue
			}
			for _, m := range p.re.FindAllString(text, -1) {
				if m != "" {
					t.Errorf("%q: %q is passed over by %.40s", text, m, p.re)
				}
			}
		}
	})
}

// What is said of a word does not depend on how the words are looked for.
func FuzzBanned(f *testing.F) {
	for _, text := range []string{"我保 证", "保…证", "unapproved", "a paid card", "discard", "sued", "sue", "包您", "Guarantee", "不会退错", "I am sure", "半天", "整"} {
		f.Add(text, "")
		f.Add("好的，"+text, text)
	}
	f.Fuzz(func(t *testing.T, text, reviewed string) {
		words, honest := latinWords(text), latinWords(reviewed)
		has := func(list []string, w string) bool {
			for _, x := range list {
				if x == w {
					return true
				}
			}
			return false
		}
		want := ""
		for _, w := range bannedWords {
			in, said := strings.Contains(strings.ToLower(text), w), strings.Contains(strings.ToLower(reviewed), w)
			switch {
			case w[0] >= 0x80:
				in = in || strings.Contains(squeeze(strings.ToLower(text)), w)
			case len(w) < long:
				in, said = has(words, w), has(honest, w)
			}
			if in && !said {
				want = w
				break
			}
		}
		if got := banned(text, reviewed); got != want {
			t.Errorf("%q instead of %q: %q is banned, want %q", text, reviewed, got, want)
		}
	})
}

func BenchmarkReply(b *testing.B) {
	for name, reviewed := range map[string]string{
		"zh": zhReject,
		"en": "The merchant refused your application on 12 Nov 2026 at 15:04: “the goods were used”. You can ask the platform to decide until 15 Nov 15:04; it usually answers within 24 hours, and the amount is ¥129.00.",
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				w := Open(reviewed, "the goods were used", "¥129.00")
				if _, err := say(w, w.Template()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
