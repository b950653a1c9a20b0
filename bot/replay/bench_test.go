package replay_test

import (
	"fmt"
	"io"
	"testing"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
)

// What playing and judging cost besides the stage: a stage that answers at once.
func BenchmarkPlayQuestions(b *testing.B) {
	var cases []suite.Case
	for i := range 10_000 {
		cases = append(cases, question(fmt.Sprintf("q%05d", i), "t", "t"))
	}
	for b.Loop() {
		if _, err := replay.Play(b.Context(), &echo{}, cases, replay.Options{}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(cases)*b.N)/b.Elapsed().Seconds(), "questions/s")
}

// Judging a conversation of six steps, each with expectations of several kinds, and writing the run.
func BenchmarkScoreSixSteps(b *testing.B) {
	e := suite.Expect{
		Topic: "elig-window", Key: "show.verdict", State: "rejected", Says: texts("七天无理由"), SaysNot: texts("48 小时"), Matches: texts(`\d+ 天`),
		Once: true, Lang: "zh", Moves: []string{"T7", "T9"},
	}
	c := conversation(e)
	c.Conversation.Never = []string{"保证", "(?i)guarantee"}
	views := []replay.View{shown()}
	for range 5 {
		c.Conversation.Steps = append(c.Conversation.Steps, c.Conversation.Steps[0])
		views = append(views, shown())
	}
	b.ReportAllocs()
	for b.Loop() {
		if got := replay.Score(c, views, nil); len(got) > 0 {
			b.Fatal(got)
		}
	}
}

func BenchmarkWriteRun(b *testing.B) {
	run := replay.Run{Format: replay.Format}
	views := []replay.View{shown(), shown(), shown(), shown(), shown(), shown()}
	for i := range 1000 {
		run.Cases = append(run.Cases, replay.Result{ID: fmt.Sprint(i), Status: replay.Passed, Trials: []replay.Trial{{Times: 1, Views: views}}})
	}
	for b.Loop() {
		if err := replay.Write(io.Discard, run); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(run.Cases)*b.N)/b.Elapsed().Seconds(), "conversations/s")
}
