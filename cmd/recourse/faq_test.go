package main

import (
	"bytes"
	"encoding/csv"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"recourse/bot/faq"
	"recourse/cases"
	"recourse/dialog"
)

// What is asked is shown with its likelihoods, what speaks for each topic, and the examples behind it.
func TestFaqAskSaysWhatAndWhy(t *testing.T) {
	book, err := faq.Pick("mer-no-response", "ret-silent-after-tracking", "ret-freight", "pay-amount")
	if err != nil {
		t.Fatal(err)
	}
	f, err := book.Learn("")
	if err != nil {
		t.Fatal(err)
	}
	show := func(text string, state cases.State) string {
		var b bytes.Buffer
		explainAsked(book, f, text, state, dialog.ZH).print(&b)
		return b.String()
	}
	out := show("退货的邮费谁来付", dialog.NoCase)
	for _, want := range []string{"decision  answer in none", "  ret-freight  ", "meaning postage +", "  mer-no-response  ", "examples  most like it", "answer    without a case"} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not shown:\n%s", want, out)
		}
	}
	if strings.ContainsAny(out[strings.Index(out, "answer    without"):], "{}") {
		t.Errorf("the answer has an open slot:\n%s", out)
	}
	likeliest := regexp.MustCompile(`(?m)^topics .*\n  (\S+)`)
	first := func(out string) string { return likeliest.FindStringSubmatch(out)[1] }
	if a, b := show("卖家一直不处理呢", cases.MerchantReview), show("卖家一直不处理呢", cases.ReturnInTransit); first(a) == first(b) {
		t.Errorf("the state decides nothing:\n%s\n%s", a, b)
	}
	if out := show("商家一直不处理", cases.MerchantReview); !strings.Contains(out, "it is an example, word for word") || !strings.Contains(out, "the rules hear mer-no-response") {
		t.Error(out)
	}
}

// A directory with faults is named with file and line, and one with topics of its own is laid over.
func TestFaqCheckLooksAtADirectory(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "ret-freight.yaml")
	check := func(text string) (string, error) {
		t.Helper()
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		err := run(t.Context(), []string{"faq", "check", "--faq", dir}, func(string) string { return "" }, &out, &out)
		return out.String(), err
	}
	if out, err := check("id: ret-freight\nextends: true\nexamples: {zh: [邮费到底算谁头上], en: [postage on whom]}\n"); err != nil || !strings.Contains(out, "90 topics") {
		t.Errorf("%v\n%s", err, out)
	}
	if _, err := check("id: ret-freight\nextends: true\nexamples: {zh: [甲], en: [b]}\nanswer: x\n"); err == nil || !strings.Contains(err.Error(), file+":4: field answer not found") {
		t.Errorf("a fault: %v", err)
	}
	taken := faq.Builtin().Topic("oos-coins-gifts").Examples.ZH[0].Text
	out, err := check("id: ret-freight\nextends: true\nexamples: {zh: [" + strconv.Quote(taken) + "], en: []}\n")
	if err == nil || code(err) != 1 || !strings.Contains(out, file+":3: contradiction: ") && !strings.Contains(out, "asks ret-freight in "+file) {
		t.Errorf("a contradiction: %v\n%s", err, out)
	}
}

// A topic that asks what another asks is named with some of the examples that nobody could tell apart.
func TestFaqCheckFindsTopicsThatAreTooClose(t *testing.T) {
	if testing.Short() {
		t.Skip("it learns all topics several times")
	}
	dir := t.TempDir()
	var zh, en []string
	topic := faq.Builtin().Topic("ret-freight")
	seen := map[string]bool{} // two that differ in their last character only become one
	for _, e := range topic.Examples.ZH {
		_, cut := utf8.DecodeLastRuneInString(e.Text)
		if text := strconv.Quote(e.Text[:len(e.Text)-cut]); !seen[text] {
			seen[text] = true
			zh = append(zh, text)
		}
	}
	for _, e := range topic.Examples.EN {
		_, rest, _ := strings.Cut(e.Text, " ")
		if text := strconv.Quote(rest); !seen[text] {
			seen[text] = true
			en = append(en, text)
		}
	}
	text := "id: zz-postage\naudience: buyer\ntitle: {zh: 邮费, en: Postage}\nlabel: {zh: 邮费谁出, en: Who pays the postage}\nfacts: []\nnear: []\n" +
		"answers:\n- {zh: 看情况。, en: It depends., buttons: [human]}\nexamples:\n  zh: [" + strings.Join(zh, ", ") + "]\n  en: [" + strings.Join(en, ", ") + "]\n"
	if err := os.WriteFile(filepath.Join(dir, "zz-postage.yaml"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	check := func(args ...string) (string, error) {
		var out bytes.Buffer
		err := run(t.Context(), append([]string{"faq", "check", "--faq", dir}, args...), func(string) string { return "" }, &out, &out)
		return out.String(), err
	}
	if out, err := check(); err != nil || strings.Contains(out, ": close: ") {
		t.Errorf("unasked: %v\n%s", err, out)
	}
	out, err := check("--close")
	if err != nil {
		t.Fatalf("remarks fail: %v\n%s", err, out)
	}
	if !regexp.MustCompile(`(?m)^remark: .*zz-postage\.yaml:1: close: \d+ of its \d+ examples are taken for ret-freight by a model that has not seen them, such as "`).MatchString(out) {
		t.Errorf("the twin is not found:\n%s", out)
	}
	if n := strings.Count(out, ": close: "); n > 2 {
		t.Errorf("%d pairs are too close; only the twins are:\n%s", n, out)
	}
}

func TestFaqSetsAreWrittenAsTheClassifierReadsThem(t *testing.T) {
	file := filepath.Join(t.TempDir(), "set.csv")
	if err := writeSet(file, []faq.Asked{{Text: "运费, 谁出", Topic: "ret-freight"}, {Text: "天气"}}); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil || len(rows) != 2 || rows[1][0] != "运费, 谁出" || rows[1][1] != "ret-freight" {
		t.Errorf("%v %v", rows, err)
	}
}
