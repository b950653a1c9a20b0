package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/internal/redistest"
)

// proposes is an Understander that always proposes the same.
type proposes struct {
	p     Proposal
	err   error
	asked []Question
}

func (u *proposes) Understand(_ context.Context, q Question) (Proposal, error) {
	u.asked = append(u.asked, q)
	return u.p, u.err
}

// phrases is a Phraser by a function.
type phrases func(ctx context.Context, p Phrasing, out *Draft) error

func (f phrases) Phrase(ctx context.Context, p Phrasing, out *Draft) error { return f(ctx, p, out) }

// kindly says the reviewed wording after a kind word.
func kindly(_ context.Context, p Phrasing, out *Draft) error {
	first := "我理解您。"
	if p.Locale == dialog.EN {
		first = "I understand. "
	}
	if err := errors.Join(out.Sentence(first), out.Sentence(p.Wording.Template())); err != nil {
		return err
	}
	return out.Close()
}

func thinker(t *testing.T) *seat {
	s := newSeat(t, redistest.Embedded(t))
	s.as.Think = 20 * time.Second
	return s
}

func TestAModelIsAskedOnlyWhereTheRulesAreUnsure(t *testing.T) {
	s := thinker(t)
	u := &proposes{}
	s.as.Understander = u
	scene, err := s.as.scene(s.ctx, s.load(), dialog.Entry{}, turnNow)
	if err != nil {
		t.Fatal(err)
	}
	line := dialog.LineKey(scene.Lines[0].Line.OrderID, scene.Lines[0].Line.LineID)
	unknown := dialog.Heard{Text: "x"}
	for name, tc := range map[string]struct {
		heard dialog.Heard
		p     Proposal
		asked bool
		want  dialog.Heard
	}{
		"a reason":               {unknown, Proposal{Reason: "quality_defect"}, true, dialog.Heard{Text: "x", Reason: "quality_defect", Intent: dialog.IntentRefund}},
		"an intent":              {unknown, Proposal{Intent: dialog.IntentStatus}, true, dialog.Heard{Text: "x", Intent: dialog.IntentStatus}},
		"a topic and a line":     {unknown, Proposal{Topic: "mer-no-response", Line: line}, true, dialog.Heard{Text: "x", Topic: "mer-no-response", Lines: []string{line}}},
		"a person and more":      {unknown, Proposal{Intent: dialog.IntentHuman, Reason: "quality_defect", Topic: "mer-no-response"}, true, dialog.Heard{Text: "x", Intent: dialog.IntentHuman}},
		"a yes":                  {unknown, Proposal{Intent: dialog.IntentYes}, true, unknown},
		"a command":              {unknown, Proposal{Intent: "submit"}, true, unknown},
		"none of the choices":    {unknown, Proposal{Reason: "give_him_money", Line: "not/his", Topic: "no-such"}, true, unknown},
		"nothing":                {unknown, Proposal{}, true, unknown},
		"between two reasons":    {dialog.Heard{Text: "x", Intent: dialog.IntentRefund, Doubts: []policy.ReasonID{"wrong_item", "quality_defect"}}, Proposal{Reason: "quality_defect", Intent: dialog.IntentStatus}, true, dialog.Heard{Text: "x", Intent: dialog.IntentRefund, Reason: "quality_defect", Doubts: []policy.ReasonID{"wrong_item"}}},
		"who wants a person":     {dialog.Heard{Text: "x", Intent: dialog.IntentHuman}, Proposal{Intent: dialog.IntentRefund, Reason: "quality_defect"}, false, dialog.Heard{Text: "x", Intent: dialog.IntentHuman}},
		"who gave a reason":      {dialog.Heard{Text: "x", Intent: dialog.IntentRefund, Reason: "wrong_item"}, Proposal{Reason: "quality_defect"}, false, dialog.Heard{Text: "x", Intent: dialog.IntentRefund, Reason: "wrong_item"}},
		"what was said to a man": {dialog.Heard{Text: "x", Past: true}, Proposal{Reason: "quality_defect"}, false, dialog.Heard{Text: "x", Past: true}},
	} {
		u.p, u.asked = tc.p, nil
		got := (&thinking{s.as, s.ctx}).hear(s.load(), scene, dialog.Entry{Text: "x"}, tc.heard)
		if diff := cmp.Diff(tc.want, got, cmpopts.EquateEmpty()); diff != "" || (len(u.asked) > 0) != tc.asked {
			t.Errorf("%s: asked %d times; %s", name, len(u.asked), diff)
		}
	}
}

func TestAProposalLeadsToAQuestionAndNothingElse(t *testing.T) {
	s := thinker(t)
	s.as.Understander = &proposes{p: Proposal{Reason: "quality_defect", Intent: dialog.IntentRefund}}
	if got := s.does("咕噜咕噜啪啦啪啦"); len(got) == 0 || got[0] != "refund.start" {
		t.Errorf("said %v", got)
	}
	if id := s.load().Flow.Case; id != "" {
		t.Errorf("it began case %s", id)
	}
}

func TestWithoutAnAnswerATurnIsAsItWas(t *testing.T) {
	plain, failing := thinker(t), thinker(t)
	failing.as.Understander = &proposes{err: errors.New("away")}
	failing.as.Phraser = phrases(func(ctx context.Context, _ Phrasing, out *Draft) error {
		_ = out.Sentence("我理解您。") // never closed
		return errors.New("away")
	})
	for _, s := range []*seat{plain, failing} {
		for _, do := range story {
			do(s)
			s.turn()
		}
	}
	a, b := spoken(plain.log()), spoken(failing.log())
	if diff := cmp.Diff(a, b); diff != "" || len(a) < 5 {
		t.Errorf("%d lines; %s", len(a), diff)
	}
}

func TestRepliesToATextAreWordedAgain(t *testing.T) {
	s := thinker(t)
	var mu sync.Mutex
	shown := map[string][]string{}
	s.as.Phraser = phrases(kindly)
	s.as.Show = func(_ context.Context, id dialog.ID, client, text string) {
		mu.Lock()
		defer mu.Unlock()
		shown[client] = append(shown[client], text)
	}
	for _, do := range story[:4] {
		do(s)
		s.turn()
	}
	n := 0
	for _, e := range s.log() {
		if e.Author.Kind != dialog.FromBot {
			continue
		}
		again := strings.HasPrefix(e.Text, "我理解您。")
		if again {
			n++
			if got := shown[e.Client]; len(got) != 2 || got[1] != e.Text || got[0] != "我理解您。" {
				t.Errorf("%s was shown %q", e.Key, got)
			}
		}
		if again && e.Key == "verdict.NEED_EVIDENCE" {
			t.Error("what a press brought was worded again")
		}
	}
	if n < 2 {
		t.Errorf("%d replies were worded again", n)
	}
}

// A text that the guard refuses when the buyer has read some of it is taken back, and the reviewed one is said.
func TestARefusedTextIsTakenBackAndTheReviewedOneSaid(t *testing.T) {
	plain, s := thinker(t), thinker(t)
	var mu sync.Mutex
	shown := map[string][]string{}
	s.as.Show = func(_ context.Context, _ dialog.ID, client, text string) {
		mu.Lock()
		defer mu.Unlock()
		shown[client] = append(shown[client], text)
	}
	s.as.Phraser = phrases(func(_ context.Context, _ Phrasing, out *Draft) error {
		if err := out.Sentence("我理解您。"); err != nil {
			return err
		}
		return out.Sentence("一定给您退。")
	})
	for _, who := range []*seat{plain, s} {
		story[0](who)
		who.turn()
	}
	if len(shown) == 0 {
		t.Error("nothing was shown")
	}
	for client, texts := range shown {
		if !slices.Equal(texts, []string{"我理解您。", ""}) {
			t.Errorf("%s was shown %q", client, texts)
		}
	}
	if diff := cmp.Diff(spoken(plain.log()), spoken(s.log())); diff != "" {
		t.Error(diff)
	}
}

// While a model writes an agent takes over: nothing is said, and what was shown is taken back.
func TestATakeoverWhileAModelWritesDropsWhatWasShown(t *testing.T) {
	s := thinker(t)
	last := map[string]string{}
	s.as.Show = func(_ context.Context, _ dialog.ID, client, text string) { last[client] = text }
	s.as.Phraser = phrases(func(ctx context.Context, p Phrasing, out *Draft) error {
		err := kindly(ctx, p, out)
		if last[p.Client] == "" {
			t.Error("nothing was shown")
		}
		s.claim()
		return err
	})
	s.say("在吗，商家电话打不通怎么搞")
	s.turn()
	for _, e := range s.log() {
		if e.Author.Kind == dialog.FromBot {
			t.Errorf("the bot said %q over a human", e.Text)
		}
	}
	if len(last) == 0 {
		t.Error("nothing was shown")
	}
	for client, text := range last {
		if text != "" {
			t.Errorf("%s still shows %q", client, text)
		}
	}
}

func TestATurnWaitsNoLongerThanItsBudget(t *testing.T) {
	s := thinker(t)
	s.as.Think = 30 * time.Millisecond
	s.as.Phraser = phrases(func(ctx context.Context, _ Phrasing, _ *Draft) error { <-ctx.Done(); return ctx.Err() })
	begun := time.Now()
	s.say("在吗，商家电话打不通怎么搞")
	s.turn()
	if got := keys(s.log()); len(got) == 0 {
		t.Error("nothing was said")
	}
	if took := time.Since(begun); took > 10*time.Second {
		t.Errorf("the turn took %v", took)
	}
}

func TestWhatMustBeExactIsNotWordedAgain(t *testing.T) {
	for key, want := range map[string]bool{"refund.start": true, "status": true, "twice.withdraw": false, "summary.ready": false, "error.UNAVAILABLE": false, "why.reason": true} {
		if got := reworded(key, "这是一句足够长的话，可以换个说法。"); got != want {
			t.Errorf("%s: %v", key, got)
		}
	}
	if reworded("why.reason", "好的。") {
		t.Error("a short word is worded again")
	}
}

// line is an entry that is not the buyer's, without what differs from one conversation to the next.
type line struct{ Client, Key, Text string }

func spoken(log []dialog.Entry) []line {
	var out []line
	for _, e := range log {
		if e.Author.Kind != dialog.FromBuyer {
			out = append(out, line{e.Client, e.Key, e.Text})
		}
	}
	return out
}
