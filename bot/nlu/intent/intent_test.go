package intent

import (
	"bytes"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// few is a small set in both languages.
func few() Set {
	return Set{
		Examples: []Example{
			{"怎么申请退款", "refund"},
			{"我要退货退款", "refund"},
			{"钱能退给我吗", "refund"},
			{"i want my money back", "refund"},
			{"how do i get a refund", "refund"},
			{"快递到哪了", "parcel"},
			{"物流一直不更新", "parcel"},
			{"包裹什么时候到", "parcel"},
			{"where is my parcel", "parcel"},
			{"when will my package arrive", "parcel"},
			{"怎么开发票", "invoice"},
			{"发票抬头写错了", "invoice"},
			{"电子发票在哪里下载", "invoice"},
			{"can i have an invoice", "invoice"},
			{"the invoice has a wrong name", "invoice"},
		},
		Names: map[string][]string{"refund": {"退款", "refund"}},
		None:  []string{"今天天气怎么样", "tell me a joke", "你多大了", "what is the capital of france"},
	}
}

func trained(t testing.TB, s Set, o Options) *Model {
	t.Helper()
	m, err := Train(s, o)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// sound checks what must hold of every result.
func sane(t *testing.T, m *Model, text string) Result {
	t.Helper()
	r := m.Classify(text)
	sum, last := 0.0, math.Inf(1)
	for _, g := range r.Guesses {
		if math.IsNaN(g.P) || g.P < 0 || g.P > last {
			t.Fatalf("%.40q: guesses %v", text, r.Guesses)
		}
		sum += g.P
		last = g.P
	}
	if n := m.Nearest(text, 1); len(n) > 0 {
		i := slices.IndexFunc(r.Guesses, func(g Guess) bool { return g.Label == n[0].Label })
		if near := r.Guesses[i].Near; near < n[0].Cosine { // a name may be nearer
			t.Fatalf("%.40q: the nearest example is %v near, its label %v", text, n[0].Cosine, near)
		}
	}
	if len(r.Guesses) != len(m.labels) || math.Abs(sum-1) > 1e-6 || !(r.Known >= 0 && r.Known <= 1) {
		t.Fatalf("%.40q: %+v", text, r)
	}
	return r
}

func TestClassifies(t *testing.T) {
	m := trained(t, few(), Options{})
	for text, want := range map[string]string{
		"退款怎么弄": "refund", "Ｉ WANT A REFUND!!": "refund", "我要退貨": "refund", "我的快递呢": "parcel", "has my parcel arrived?": "parcel",
		"发票怎么开": "invoice", "發票開錯了": "invoice", "发漂怎么开": "invoice", "need invoices": "invoice",
	} {
		if r := sane(t, m, text); r.Guesses[0].Label != want {
			t.Errorf("%q: %v, want %s", text, r.Guesses, want)
		}
	}
}

func TestOddTexts(t *testing.T) {
	m := trained(t, few(), Options{})
	for _, text := range []string{
		"", " ", "?", "退", "x", "'", "'''s", "n't", "\x00\xff\xfe", "\u200b", "🤬🤬", "１", strings.Repeat("退款", 5000), strings.Repeat("refund my money ", 700),
		strings.Repeat("a", 10000), strings.Repeat("'", 10000), "𠀀𠀁", "é́́́",
	} {
		sane(t, m, text)
		for _, f := range m.Explain(text, "refund") {
			if math.IsNaN(f.Worth) || f.Name == "" {
				t.Errorf("%.20q: feature %+v", text, f)
			}
		}
	}
	if empty, clear := m.Classify(""), m.Classify("how do i get a refund"); empty.Known >= clear.Known {
		t.Errorf("nothing is known by %.3f, an example by %.3f", empty.Known, clear.Known)
	}
}

func TestSameSetSameModel(t *testing.T) {
	var a, b, c bytes.Buffer
	for _, x := range []struct {
		to   *bytes.Buffer
		seed uint64
	}{{&a, 7}, {&b, 7}, {&c, 8}} {
		if err := trained(t, few(), Options{Seed: x.seed}).Save(x.to); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the same seed makes two models")
	}
	if bytes.Equal(a.Bytes(), c.Bytes()) {
		t.Error("the seed changes nothing")
	}
}

func TestSaveAndLoad(t *testing.T) {
	m := trained(t, few(), Options{})
	var b bytes.Buffer
	if err := m.Save(&b); err != nil {
		t.Fatal(err)
	}
	whole := bytes.Clone(b.Bytes())
	back, err := Load(&b)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "我要退款", "where is the parcel", "开发票", "weather"} {
		if diff := cmp.Diff(m.Classify(text), back.Classify(text)); diff != "" {
			t.Errorf("%q (-saved +loaded):\n%s", text, diff)
		}
		if diff := cmp.Diff(m.Explain(text, "refund"), back.Explain(text, "refund")); diff != "" {
			t.Errorf("%q (-saved +loaded):\n%s", text, diff)
		}
		if diff := cmp.Diff(m.Nearest(text, 3), back.Nearest(text, 3)); diff != "" {
			t.Errorf("%q (-saved +loaded):\n%s", text, diff)
		}
	}
	for _, broken := range [][]byte{nil, []byte("text,label\n"), whole[:len(whole)/2]} {
		if _, err := Load(bytes.NewReader(broken)); !errors.Is(err, ErrFormat) {
			t.Errorf("%d bytes load with %v", len(broken), err)
		}
	}
}

func TestSetsThatAreHardlyOne(t *testing.T) {
	if _, err := Train(Set{}, Options{}); !errors.Is(err, ErrNoExamples) {
		t.Errorf("an empty set trains with %v", err)
	}
	for _, e := range []Example{{" ", "a"}, {"text", ""}} {
		if _, err := Train(Set{Examples: []Example{{"good", "a"}, e}}, Options{}); err == nil || !strings.Contains(err.Error(), "example 2") {
			t.Errorf("%+v trains with %v", e, err)
		}
	}
	one := trained(t, Set{Examples: []Example{{"退款", "refund"}}}, Options{})
	if r := sane(t, one, "退款"); r.Guesses[0].Label != "refund" || r.Guesses[0].P != 1 {
		t.Errorf("one label: %+v", r)
	}
	twice := Set{}
	for range 20 {
		twice.Examples = append(twice.Examples, Example{"退款", "a"}, Example{"退款", "b"}, Example{"物流", "b"})
	}
	m := trained(t, twice, Options{})
	if r := sane(t, m, "退款"); r.Guesses[0].P > 0.9 {
		t.Errorf("a text of two labels is taken for one: %+v", r)
	}
	sane(t, m, "物流")
	sane(t, trained(t, Set{Examples: []Example{{"?", "a"}, {"!", "b"}}}, Options{}), "?")
}

// Over what it learned from, weighted as it is to be met, Known is on average the share that is about a label.
func TestKnownKeepsTheShareItWasGiven(t *testing.T) {
	var in, no []signal
	for i := range 200 {
		x := float64(i%20) / 10
		in = append(in, signal{x, x, 2 * x, 1 - x, 0.1, 0.5, 0.5, 3, x / 2})
		no = append(no, signal{x - 0.8, x / 2, x, 2 - x, 0.3, 0.3, 0.3, 3, x / 3})
	}
	for _, outside := range []float64{0.05, 0.2, 0.5} {
		k := learnKnown(in, no, outside)
		mean := func(xs []signal) (p float64) {
			for _, x := range xs {
				p += k.p(x) / float64(len(xs))
			}
			return p
		}
		about, other := mean(in), mean(no)
		if got := (1-outside)*about + outside*other; math.Abs(got-(1-outside)) > 0.01 || about <= other {
			t.Errorf("of %.2f outside: known by %.3f, the others by %.3f, %.3f together", outside, about, other, got)
		}
		for j, w := range k.Weight {
			if w*usual[j] < 0 {
				t.Errorf("signal %d counts the wrong way: %.3f", j, w)
			}
		}
	}
}

func TestExplain(t *testing.T) {
	m := trained(t, few(), Options{})
	f := m.Explain("how do i get a refund", "refund")
	if len(f) == 0 || !strings.Contains(f[0].Name, "refund") || f[0].Worth <= 0 {
		t.Errorf("explained by %v", f[:min(3, len(f))])
	}
	if f := m.Explain("refund", "nothing"); f != nil {
		t.Errorf("a label that is none is explained by %v", f)
	}
	near := m.Nearest("i want the money back", 2)
	if len(near) != 2 || near[0].Text != "i want my money back" || near[0].Cosine < near[1].Cosine || near[0].Cosine > 1 {
		t.Errorf("nearest: %+v", near)
	}
}

func FuzzClassify(f *testing.F) {
	m := trained(f, few(), Options{})
	for _, s := range []string{"", "我要退款", "where's my parcel?", "n't", "\xff", "a1b2 ３四"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		sane(t, m, s)
		m.Nearest(s, 3)
	})
}
