package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recourse/bot/faq"
	"recourse/cases"
	"recourse/dialog"
)

var update = flag.Bool("update", false, "write the golden files anew")

// How what was found is laid out. The figures are made up: those of the built-in topics change with each new example.
func TestFaqAskLayout(t *testing.T) {
	topic := func(id dialog.Topic, p, text float64, why ...explainedPiece) explainedTopic {
		return explainedTopic{Topic: id, P: p, Text: text, Why: why}
	}
	for name, e := range map[string]explained{
		"sure_zh": {
			Text: "退货的邮费谁来付", State: dialog.NoCase, Decision: faq.Sure, Known: 0.98, KnownFrom: 0.11, SureFrom: 0.74,
			Topics:   []explainedTopic{topic("ret-freight", 0.93, 0.9, explainedPiece{"meaning postage", 2.1}, explainedPiece{"邮费", 0.4}), topic("pay-amount", 0.03, 0.05, explainedPiece{"付", -0.2})},
			Examples: []explainedNear{{"ret-freight", 0.83, "退货运费谁付"}}, Answers: 2, Answer: "商家责任由商家出。",
		},
		"exact_in_state_zh": {
			Text: "商家一直不处理", State: cases.MerchantReview, Decision: faq.Sure, Known: 1, KnownFrom: 0.11, SureFrom: 0.74, Exact: true, Rule: "mer-no-response",
			Topics:   []explainedTopic{topic("mer-no-response", 1, 0.8, explainedPiece{"meaning silent", 1.9})},
			Examples: []explainedNear{{"mer-no-response", 1, "商家一直不处理"}}, Answers: 3, Answer: "商家一般会处理。",
		},
		"unsure_en": {
			Text: "who decides about the postage", State: dialog.NoCase, Decision: faq.Clarify, Known: 0.64, KnownFrom: 0.14, SureFrom: 0.74,
			Offered:  []dialog.Topic{"ret-freight", "plat-what-is"},
			Topics:   []explainedTopic{topic("ret-freight", 0.41, 0.4, explainedPiece{"postag", 0.9}), topic("plat-what-is", 0.33, 0.3), topic("pay-amount", 0.08, 0.1)},
			Examples: []explainedNear{{"ret-freight", 0.44, "who pays the postage"}, {"plat-what-is", 0.31, "who decides in the end"}},
		},
		"outside_en": {
			Text: "what is the capital of France", State: dialog.NoCase, Decision: faq.None, Known: 0.02, KnownFrom: 0.14, SureFrom: 0.74,
			Topics:   []explainedTopic{topic("plat-what-is", 0.2, 0.18, explainedPiece{"what is", 0.3})},
			Examples: []explainedNear{{"plat-what-is", 0.22, "what is platform intervention"}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			e.print(&got)
			file := filepath.Join("testdata", "faq_ask", name+".golden")
			if *update {
				if err := os.WriteFile(file, got.Bytes(), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got.Bytes(), want) {
				t.Errorf("it is laid out as\n%s\nnot as in %s:\n%s", got.Bytes(), file, want)
			}
		})
	}
}

// What the command says of texts whose answer is not in doubt, in both languages, with the topics that are built in.
func TestFaqAskAsOneObject(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	ask := func(args ...string) explained {
		t.Helper()
		var out bytes.Buffer
		if err := run(t.Context(), append([]string{"faq", "ask", "--json"}, args...), func(string) string { return "" }, &out, &out); err != nil {
			t.Fatal(err)
		}
		dec := json.NewDecoder(&out)
		dec.DisallowUnknownFields()
		var e explained
		if err := dec.Decode(&e); err != nil {
			t.Fatal(err)
		}
		sum := 0.0
		for i, topic := range e.Topics {
			sum += topic.P
			if i > 0 && topic.P > e.Topics[i-1].P {
				t.Errorf("%v: %s is likelier than what stands before it", args, topic.Topic)
			}
		}
		if len(e.Topics) != 5 || sum > 1.05 && !e.Exact || len(e.Examples) == 0 || e.KnownFrom <= 0 || e.SureFrom <= 0 {
			t.Errorf("%v: %+v", args, e)
		}
		return e
	}
	text := faq.Builtin().Topic("ret-freight").Examples.ZH[0].Text
	if e := ask(text); e.Decision != faq.Sure || !e.Exact || e.Topics[0].Topic != "ret-freight" || e.Answer == "" || strings.ContainsAny(e.Answer, "{}") {
		t.Errorf("an example: %+v", e)
	}
	if e := ask("--lang", "en", "who has to pay the postage for the return"); e.Decision != faq.Sure || e.Topics[0].Topic != "ret-freight" || !strings.Contains(e.Answer, " ") {
		t.Errorf("in English: %+v", e)
	}
	for _, text := range []string{"法国的首都是哪里", "qwxz vbnm plok"} {
		// It is refused, or told where such things are answered.
		if e := ask(text); !(e.Decision == faq.None && e.Answer == "") && !strings.HasPrefix(string(e.Topics[0].Topic), "oos-") || len(e.Offered) > 0 {
			t.Errorf("out of scope: %+v", e)
		}
	}
	silent := "商家一直不处理"
	for state, want := range map[cases.State]dialog.Topic{cases.MerchantReview: "mer-no-response", cases.ReturnInTransit: "ret-silent-after-tracking"} {
		if e := ask("--state", string(state), silent); e.State != state || e.Topics[0].Topic != want || e.Rule != "mer-no-response" || e.Decision != faq.Sure {
			t.Errorf("%s: %+v, want %s", state, e, want)
		}
	}
	e := ask(unsureText(t))
	if e.Decision != faq.Clarify || len(e.Offered) < 2 || e.Offered[0] != e.Topics[0].Topic || e.Offered[1] != e.Topics[1].Topic || e.Answer != "" || e.Topics[0].P >= e.SureFrom {
		t.Errorf("unsure: %+v", e)
	}
}

// unsureText is a text that asks two things at once, and that is asked back about.
func unsureText(t *testing.T) string {
	book, err := faq.Load()
	if err != nil {
		t.Fatal(err)
	}
	f, err := book.Learn(faqCache())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range book.Topic("ret-freight").Examples.ZH {
		for _, b := range book.Topic("pay-arrival").Examples.ZH {
			if text := a.Text + "，" + b.Text; f.Find(text, faq.Context{}).Decision == faq.Clarify {
				return text
			}
		}
	}
	t.Fatal("no two questions at once are asked back about")
	return ""
}
