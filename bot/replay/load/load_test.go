package load

import (
	"context"
	"errors"
	"testing"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// echo answers a question by the topic that it names; one that says "hang" waits until it is interrupted.
type echo struct{}

func (echo) About() replay.About { return replay.About{Stage: "echo"} }

func (echo) Ask(ctx context.Context, _ dialog.Locale, q suite.Question) (replay.Answer, error) {
	if q.Text == "hang" {
		<-ctx.Done()
		return replay.Answer{}, ctx.Err()
	}
	return replay.Answer{Decision: replay.Answers, Topic: dialog.Topic(q.Text)}, nil
}

func (echo) Open(context.Context, suite.Case, uint64) (replay.Seat, error) {
	return nil, errors.New("no conversations here")
}

func (echo) Cannot(c suite.Case) error {
	if c.ID == "no" {
		return replay.ErrCannot
	}
	return nil
}

func question(id, text string, tier suite.Tier) suite.Case {
	return suite.Case{ID: id, Locale: dialog.ZH, Tier: tier, Question: &suite.Question{Text: text, Topic: "t"}}
}

func TestEachRoundPlaysEveryCaseOnce(t *testing.T) {
	cases := []suite.Case{
		question("a", "t", suite.Regression), question("b", "u", suite.Regression), question("c", "u", suite.Soft), question("no", "t", suite.Regression),
		{ID: "d", Locale: dialog.ZH, Tier: suite.Regression, Conversation: &suite.Conversation{}},
	}
	rep, err := Run(t.Context(), echo{}, &Meter{}, cases, Options{Connections: 3, Rounds: 5, Timeout: time.Minute})
	if err != nil {
		t.Fatal(err)
	}
	if rep.Conversations != 15 || rep.Failed != 5 || rep.Soft != 5 || rep.Errored != 5 || rep.Interrupted {
		t.Errorf("%+v", rep)
	}
	if len(rep.Failures) != 2 || rep.Failures[0].N != 5 || len(rep.Errors) != 1 || len(rep.Skipped) != 1 || rep.Skipped[0].N != 1 {
		t.Errorf("%+v", rep)
	}
}

func TestNothingToPlayIsAnError(t *testing.T) {
	rep, err := Run(t.Context(), echo{}, &Meter{}, []suite.Case{question("no", "t", suite.Regression)}, Options{Connections: 1, Rounds: 1})
	if !errors.Is(err, ErrNothing) || len(rep.Skipped) != 1 {
		t.Errorf("%v, %+v", err, rep)
	}
}

// Interrupted, it says what it has, and what was under way does not count.
func TestAnInterruptedLoadSaysWhatItHas(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	o := Options{Connections: 2, Timeout: time.Minute, Every: time.Millisecond, Progress: func(r Report) {
		if r.Conversations > 0 {
			cancel()
		}
	}}
	rep, err := Run(ctx, echo{}, &Meter{}, []suite.Case{question("a", "t", suite.Regression), question("h", "hang", suite.Regression)}, o)
	if err != nil || !rep.Interrupted || rep.Conversations == 0 || rep.Errored != 0 {
		t.Errorf("%v, %+v", err, rep)
	}
}

func TestDifferentErrorsAreBounded(t *testing.T) {
	m := map[string]int64{}
	for i := range 3 * maxKinds {
		add(m, string(rune('a'+i)))
	}
	if len(m) != maxKinds+1 || m[others] != 2*maxKinds {
		t.Errorf("%d kinds, %d others", len(m), m[others])
	}
}
