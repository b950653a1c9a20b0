package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// file writes a file of a test.
func textFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

const (
	intentTrain = "text,label\n我要退款,退款\n退款怎么申请,退款\n把钱退给我,退款\n快递到哪了,物流\n物流不更新,物流\n包裹什么时候到,物流\n怎么开发票,发票\n发票抬头错了,发票\n电子发票下载,发票\n"
	intentTest  = "text,label\n申请退款,退款\n快递呢,物流\n开发票,发票\n"
	intentOOS   = "id,text\n1,今天天气如何\n2,讲个笑话\n"
)

func TestIntentSetsAreMeasured(t *testing.T) {
	train, test, oos := textFile(t, "train.csv", intentTrain), textFile(t, "test.csv", intentTest), textFile(t, "oos.csv", intentOOS)
	out, err := command(t, nil, "nlu", "eval", "--train", train, "--test", test, "--oos", oos, "--json")
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatal(err)
	}
	var keys []string
	for k := range got {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	want := []string{
		"calibration", "ece", "labels", "macro_f1", "oos_auroc", "oos_rejected_at_90", "oos_rejected_at_95", "oos_texts", "p50_us", "p99_us", "texts",
		"top1", "top3", "train_seconds", "unseen_labels",
	}
	if !slices.Equal(keys, want) {
		t.Errorf("keys %v, want %v", keys, want)
	}
	if got["top1"] != 1.0 || got["top3"] != 1.0 || got["macro_f1"] != 1.0 || got["oos_auroc"] != 1.0 || got["texts"] != 3.0 || got["oos_texts"] != 2.0 {
		t.Errorf("measured %v", out)
	}
	if s, _ := got["train_seconds"].(float64); s <= 0 {
		t.Errorf("training took %v", got["train_seconds"])
	}

	model := filepath.Join(t.TempDir(), "model")
	if out, err := command(t, nil, "nlu", "train", "--train", train, "--out", model); err != nil || !strings.Contains(out, "3 labels from 9 texts") {
		t.Fatalf("%q, %v", out, err)
	}
	again, err := command(t, nil, "nlu", "eval", "--model", model, "--test", test, "--oos", oos, "--json")
	if err != nil {
		t.Fatal(err)
	}
	var loaded map[string]any
	if err := json.Unmarshal([]byte(again), &loaded); err != nil {
		t.Fatal(err)
	}
	for _, k := range []string{"top1", "macro_f1", "ece", "oos_auroc"} {
		if loaded[k] != got[k] {
			t.Errorf("%s is %v from the file, %v without", k, loaded[k], got[k])
		}
	}
	if loaded["train_seconds"] != 0.0 {
		t.Errorf("a trained model trains for %v s", loaded["train_seconds"])
	}
}

func TestIntentReportNamesWhatTrainingHasNot(t *testing.T) {
	// A byte order mark, CRLF, quoted newlines and commas, a further column.
	train := textFile(t, "train.csv", "\ufeff"+strings.ReplaceAll(strings.ReplaceAll(intentTrain, "label\n", "label\n\"订单号：1,\n帮我退款\",退款\n"), "\n", "\r\n"))
	test := textFile(t, "test.csv", "question,answer,id\n申请退款,退款,1\n天气,天气,2\n")
	out, err := command(t, nil, "nlu", "eval", "--train", train, "--test", test)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"top-1      50.00 %", "training has not, whose texts count as wrong: 天气", "calibration, ECE", "most often taken for"} {
		if !strings.Contains(out, want) {
			t.Errorf("the report lacks %q:\n%s", want, out)
		}
	}
	if strings.Contains(out, "out of scope") {
		t.Errorf("nothing was out of scope:\n%s", out)
	}
}

func TestBadIntentSetsAreNamedWithTheirLine(t *testing.T) {
	good := textFile(t, "good.csv", intentTrain)
	for _, tc := range []struct{ name, train, oos, says string }{
		{"empty", "", "", "train.csv:1: empty"},
		{"only a header", "text,label\n", "", "train.csv:1: no texts"},
		{"no header", "我要退款,退款\n退钱,退款\n快递呢,物流\n", "", "train.csv:1: \"退款\" is a label of other lines"},
		{"one column", "text\n我要退款\n", "", "train.csv:1: one column"},
		{"columns the other way", "label,text\n退款,我要退款\n", "", "train.csv:1: the text is in the second column"},
		{"an empty text", "text,label\n\"a\nb\",x\n  ,y\n", "", "train.csv:4: the text is empty"},
		{"an empty label", "text,label\na,x\nb,\n", "", "train.csv:3: the label is empty"},
		{"a short line", "text,label\na,x\nb\n", "", "train.csv:3: wrong number of fields"},
		{"an open quote", "text,label\na,x\n\"b,y\n", "", "train.csv:"},
		{"GBK", "text,label\na,x\n\xcd\xcb\xbf\xee,y\n", "", "train.csv:3: not UTF-8"},
		{"one label", "text,label\na,x\nb,x\n", "", "every text has the label \"x\""},
		{"no column text", "", "question\na\n", "oos.csv:1: no column text, only question"},
		{"an empty text outside", "", "text\na\n\"\"\n", "oos.csv:3: the text is empty"},
	} {
		args := []string{"nlu", "eval", "--test", good, "--train", good}
		if tc.oos != "" {
			args = append(args, "--oos", textFile(t, "oos.csv", tc.oos))
		} else {
			args[len(args)-1] = textFile(t, "train.csv", tc.train)
		}
		out, err := command(t, nil, args...)
		if err == nil || code(err) != 1 || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v, want %q\n%s", tc.name, err, tc.says, out)
		}
	}
}

func TestIntentCommandsRefuseWhatDoesNotGoTogether(t *testing.T) {
	good := textFile(t, "good.csv", intentTrain)
	for _, tc := range []struct {
		says string
		args []string
	}{
		{"--test must be given", []string{"eval", "--train", good}},
		{"either --train or --model", []string{"eval", "--test", good}},
		{"either --train or --model", []string{"eval", "--test", good, "--train", good, "--model", good}},
		{"for training", []string{"eval", "--test", good, "--model", good, "--seed", "3"}},
		{"not a model of this version", []string{"eval", "--test", good, "--model", good}},
		{"--train and --out", []string{"train", "--train", good}},
		{"no such file", []string{"eval", "--test", good, "--train", good + ".not"}},
		{"no such file", []string{"train", "--train", good, "--out", filepath.Join(t.TempDir(), "no", "model")}},
	} {
		if out, err := command(t, nil, append([]string{"nlu"}, tc.args...)...); err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%v: %v, want %q\n%s", tc.args, err, tc.says, out)
		}
	}
}
