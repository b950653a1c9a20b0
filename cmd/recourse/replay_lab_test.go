package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"recourse/bot/replay"
)

const labTalk = `conversation: first-steps
langs: [zh, en]
fixture:
  clock: "2026-11-10 09:00"
  orders: [{order: o1, title: {zh: 智能手环, en: Smart band}, goods_fen: 19900, status: signed, signed: "2026-11-09 14:00"}]
steps:
  - say: {zh: 手环充了一晚上电都开不了机，我要退款, en: My smart band does not turn on. I want a refund}
    expect: {card: orders}
  - press: pick_order
  - press: pick_reason
  - upload: [item_photo, fault_video]
  - press: submit
    expect: {state: merchant_review}
  - merchant: reject
    event: {code: MR04, text: 没有问题}
    expect: {state: merchant_rejected, buttons: [escalate]}
  - pass: 47h
  - press: escalate
    expect: {state: platform_queued, holder: waiting_human}
`

// The real bot, on the stores in memory and on the embedded one, says the same, to the byte but for times, ids and all.
func TestReplayOnTheRealBotIsTheSameOnBothStores(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "talk.yaml"), []byte(labTalk), 0o600); err != nil {
		t.Fatal(err)
	}
	times := regexp.MustCompile(`,?"(started|took_ms|took_us)":("[^"]*"|\d+)`)
	played := func(args ...string) string {
		t.Helper()
		file := filepath.Join(dir, "run.json")
		out, code := replayWith(t, t.Context(), &inProcess{}, append([]string{dir, "--json", file}, args...)...)
		if code != 0 {
			t.Fatalf("exit %d\n%s", code, out)
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		run, err := replay.Read(bytes.NewReader(raw))
		if err != nil || len(run.Cases) != 2 {
			t.Fatalf("%d cases, %v", len(run.Cases), err)
		}
		if run.Started.IsZero() || !times.Match(raw) {
			t.Error("there are no times to leave out")
		}
		return times.ReplaceAllString(string(raw), "")
	}
	memory := played()
	if again := played("--workers", "1"); again != memory {
		t.Error("the same run is another with one worker")
	}
	for range 2 {
		embedded := played("--store", "embedded")
		if embedded == memory {
			continue
		}
		t.Error("the same run is another on the embedded store")
		a, b := strings.Split(memory, "\n"), strings.Split(embedded, "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				from := 0
				for from < min(len(a[i]), len(b[i])) && a[i][from] == b[i][from] {
					from++
				}
				t.Errorf("line %d: in memory …%.200s, embedded …%.200s", i+1, a[i][from:], b[i][from:])
				break
			}
		}
	}
}

// What is held back is asked of answers that have not learned it: those that have would be sure of every word.
func TestHeldBackExamplesAreAskedOfAnswersThatDoNotKnowThem(t *testing.T) {
	file := filepath.Join(t.TempDir(), "run.json")
	var out bytes.Buffer
	cmd := replayRunCommand(&inProcess{})
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs([]string{"--held-back", "--filter", "topic:pay-arrival", "--filter", "topic:none", "--json", file})
	cmd.SetOut(&out)
	if err := cmd.ExecuteContext(t.Context()); code(err) != exitFailures {
		t.Fatalf("not all are right, and yet: %v\n%s", err, out.String())
	}
	run := readRun(t, file)
	sure, of := 0, 0
	for _, c := range run.Cases {
		if c.Question.Topic == "pay-arrival" {
			of++
			if a := c.Trials[0].Answer; a.Confidence == 1 {
				sure++
			}
		}
	}
	if of < 5 || sure > of/2 || len(run.Cases) <= of || !strings.HasSuffix(run.About.FAQ, "-held-back") {
		t.Errorf("of %d questions of %s, %d of pay-arrival: quite sure of %d", len(run.Cases), run.About.FAQ, of, sure)
	}
}

func TestABrokenSuiteSaysNothingOfTheBot(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "talk.yaml"), []byte(strings.Replace(labTalk, "pick_reason", "pick_raeson", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, code := replayWith(t, t.Context(), &inProcess{}, dir); code != exitUnreliable || !strings.Contains(out, `did you mean "pick_reason"?`) {
		t.Errorf("exit %d: %s", code, out)
	}
}

const threeCases = `conversation: when-the-money-comes
fixture:
  clock: "2026-11-10 09:00"
  orders: [{order: o1, title: {zh: 智能手环, en: Smart band}, goods_fen: 19900, status: signed, signed: "2026-11-09 14:00"}]
steps:
  - say: {zh: 退款要几天才到账}
    expect: {topic: pay-arrival, says: [工作日], lang: zh}
`

// As somebody new would: a suite of three cases, an answer broken, and the report.
func TestThreeCasesNoticeABrokenAnswer(t *testing.T) {
	dir, faqs := t.TempDir(), t.TempDir()
	put := func(dir, name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put(dir, "talk.yaml", threeCases)
	put(dir, "questions.jsonl", `{"text":"退款要几天才到账","topic":"pay-arrival"}`+"\n"+`{"text":"今天天气怎么样","topic":"none"}`+"\n")
	if out, err := command(t, nil, "replay", "run", dir); err != nil || !strings.Contains(out, "3 cases: 3 passed") {
		t.Fatalf("%v\n%s", err, out)
	}

	raw, err := os.ReadFile("../../bot/faq/pay-arrival.yaml")
	if err != nil {
		t.Fatal(err)
	}
	put(faqs, "pay-arrival.yaml", strings.ReplaceAll(string(raw), "} 个工作日", "} 天"))
	stored := func(args ...string) string {
		t.Helper()
		file := filepath.Join(t.TempDir(), "run.json")
		out, err := command(t, nil, append([]string{"replay", "run", dir, "--faq", faqs, "--no-times", "--json", file}, args...)...)
		if err == nil || code(err) != exitFailures {
			t.Fatalf("%v\n%s", err, out)
		}
		for _, want := range []string{"FAILED when-the-money-comes", "talk.yaml:7  says\n         want 工作日\n         got  [faq.pay-arrival]", "3 cases: 2 passed, 1 failed\n"} {
			if !strings.Contains(out, want) {
				t.Errorf("want %q in:\n%s", want, out)
			}
		}
		raw, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(raw)
	}
	one := stored()
	if stored() != one || stored("--workers", "1") != one || stored("--workers", "7") != one {
		t.Error("the same run is written otherwise")
	}

	empty := t.TempDir()
	put(empty, "questions.jsonl", "")
	put(dir, "more.yaml", threeCases)
	for want, suite := range map[string]string{"holds no question": empty, "is taken": dir} {
		if out, err := command(t, nil, "replay", "run", suite); err == nil || code(err) != exitUnreliable || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q: %v\n%s", want, err, out)
		}
	}
}
