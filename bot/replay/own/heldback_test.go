package own_test

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"recourse/bot/faq"
	"recourse/bot/replay"
	"recourse/bot/replay/own"
	"recourse/bot/replay/report"
	"recourse/bot/replay/stage"
	"recourse/bot/replay/suite"
)

// heldBackBaseline is what the answers to held-back examples were when somebody last said so.
const heldBackBaseline = "heldback.baseline.json"

// Texts that nobody has written down are answered no worse than when heldback.baseline.json was blessed: what fails
// there may go on failing, what fails newly is an error here. It runs without the race detector (see the Makefile).
func TestHeldBackQuestionsAreAnsweredAsBefore(t *testing.T) {
	book, list := own.HeldBack(faq.Builtin())
	if _, err := book.Learn(""); err != nil {
		t.Fatal(err)
	}
	run, err := replay.Play(t.Context(), stage.New(stage.Options{FAQ: book}), list, replay.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(heldBackBaseline)
	if err != nil {
		t.Fatal(err)
	}
	b, err := replay.ReadBaseline(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	v := replay.Gate(b, run)
	drop := ""
	for _, f := range v.Findings {
		switch {
		case f.Rule == replay.Rule(replay.Vanished):
			drop += " --drop " + f.ID
			t.Errorf("%s: %s", f.ID, f.Text)
		case f.Effect == replay.Spoils || f.Effect == replay.Stops:
			r := result(run, f.ID)
			t.Errorf("%s: %s: %s: %s%s", r.Pos, f.ID, quoted(r), f.Text, failures(r))
		}
	}
	s := report.Score(run)
	t.Logf("%d questions: %d right, %d asked back with the right topic, %d without, %d wrong, %d not answered; %d fixed since the baseline",
		s.Questions, s.Right, s.AskedRight, s.AskedWrong, s.Wrong, s.Refused, v.Comparison.Count[replay.Fixed])
	if v.Code == 0 {
		return
	}
	t.Logf("see what changed, and if that is wanted, bless it:\n"+
		"  recourse replay run --held-back --baseline bot/replay/own/%[1]s --json /tmp/heldback.json\n"+
		"  recourse replay bless /tmp/heldback.json --baseline bot/replay/own/%[1]s%[2]s", heldBackBaseline, drop)
}

func result(run replay.Run, id string) replay.Result {
	for _, r := range run.Cases {
		if r.ID == id {
			return r
		}
	}
	return replay.Result{}
}

func quoted(r replay.Result) string {
	if r.Question == nil {
		return ""
	}
	return `"` + r.Question.Text + `"`
}

// Nothing that is asked was taught, everything else was, and nothing is asked twice.
func TestNothingThatIsHeldBackWasTaught(t *testing.T) {
	all := faq.Builtin()
	book, list := own.HeldBack(all)
	again, twice := own.HeldBack(all)
	if len(list) != len(twice) || again.Version() != book.Version() || book.Version() == all.Version() {
		t.Fatalf("%d questions of %s, then %d of %s", len(list), book.Version(), len(twice), again.Version())
	}
	taught := map[string]bool{}
	for _, id := range book.Topics() {
		for _, e := range append(book.Topic(id).Examples.ZH, book.Topic(id).Examples.EN...) {
			taught[strings.ToLower(e.Text)] = true
		}
	}
	topics, none := map[string]bool{}, 0
	for i, c := range list {
		if taught[strings.ToLower(c.Question.Text)] {
			t.Errorf("%s: %q was taught", c.Pos, c.Question.Text)
		}
		if c.ID != twice[i].ID || c.Pos.File == "" || c.Pos.Line == 0 {
			t.Errorf("%+v, then %+v", c, twice[i])
		}
		topics[string(c.Question.Topic)] = true
		if c.Question.Topic == suite.None {
			none++
		}
	}
	zh, en := all.Examples()
	lessZH, lessEN := book.Examples()
	held := zh + en - lessZH - lessEN
	// Some stand twice, in other states or with other punctuation.
	if share := float64(held) / float64(zh+en); share < 0.17 || share > 0.23 {
		t.Errorf("%d of %d examples are held back", held, zh+en)
	}
	if asked := len(list) - none; asked < held-held/50 || asked > held || none < 100 {
		t.Errorf("%d questions and %d that ask nothing, of %d held back", asked, none, held)
	}
	for _, id := range all.Topics() {
		if !topics[string(id)] {
			t.Errorf("nothing of %s is held back", id)
		}
	}
}
