package main

import (
	"fmt"
	"io"
	"math"
	"strings"

	"recourse/bot/faq"
	"recourse/bot/nlu"
	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// explained is what a text asks and why, as recourse faq ask shows it. Likelihoods are from 0 to 1, to two places: more
// say nothing, and change with each new example.
type explained struct {
	Text     string       `json:"text"`
	State    cases.State  `json:"state"`
	Decision faq.Decision `json:"decision"`
	Known    float64      `json:"known"`
	// KnownFrom and SureFrom are from where on a text is not refused, and is answered at once.
	KnownFrom float64          `json:"known_from"`
	SureFrom  float64          `json:"sure_from"`
	Exact     bool             `json:"exact,omitempty"`
	Rule      dialog.Topic     `json:"rule,omitempty"` // what the rules hear, which goes first in a chat
	Offered   []dialog.Topic   `json:"offered,omitempty"`
	Topics    []explainedTopic `json:"topics"`
	Examples  []explainedNear  `json:"examples"`
	Answers   int              `json:"answers,omitempty"`
	Answer    string           `json:"answer,omitempty"` // without a case
}

type explainedTopic struct {
	Topic dialog.Topic     `json:"topic"`
	P     float64          `json:"p"`
	Text  float64          `json:"by_text"`
	Why   []explainedPiece `json:"why"`
}

type explainedPiece struct {
	Piece string  `json:"piece"`
	Worth float64 `json:"worth"` // in log-odds
}

type explainedNear struct {
	Topic  dialog.Topic `json:"topic"`
	Cosine float64      `json:"cosine"`
	Text   string       `json:"text"`
}

func rounded(x float64) float64 { return math.Round(100*x) / 100 }

func explainAsked(book *faq.Book, f *faq.Finder, text string, state cases.State, locale dialog.Locale) explained {
	found, fit := f.Find(text, faq.Context{State: state}), faq.BuiltinFit()
	out := explained{
		Text: text, State: state, Decision: found.Decision, Exact: found.Exact, Rule: nlu.Understand(text, nil).Topic,
		Known: rounded(found.Known), KnownFrom: rounded(fit.Asks[found.Locale].From), SureFrom: rounded(fit.Sure),
	}
	if found.Decision == faq.Clarify {
		out.Offered = found.Question().Topics
	}
	for _, t := range found.Topics[:min(5, len(found.Topics))] {
		topic := explainedTopic{Topic: t.Topic, P: rounded(t.P), Text: rounded(t.Text)}
		for _, x := range f.Why(text, t.Topic, 5) {
			topic.Why = append(topic.Why, explainedPiece{strings.TrimSpace(x.Name), rounded(x.Worth)})
		}
		out.Topics = append(out.Topics, topic)
	}
	for _, n := range f.Nearest(text, 3) {
		out.Examples = append(out.Examples, explainedNear{dialog.Topic(n.Label), rounded(n.Cosine), book.Original(n.Text)})
	}
	if found.Decision == faq.Sure {
		list := book.Answers(found.Topics[0].Topic)
		out.Answers = len(list)
		out.Answer = replies.In(locale, policy.Default()).Fill(list[len(list)-1].Words, nil)
	}
	return out
}

func (e explained) print(w io.Writer) {
	fmt.Fprintf(w, "decision  %s in %s\n", e.Decision, e.State)
	fmt.Fprintf(w, "known     %.2f that it asks what is answered here (refused below %.2f)\n", e.Known, e.KnownFrom)
	if e.Exact {
		fmt.Fprintln(w, "          it is an example, word for word")
	}
	if e.Rule != "" {
		fmt.Fprintf(w, "rule      the rules hear %s, which goes first in a chat\n", e.Rule)
	}
	fmt.Fprintf(w, "topics    likelihood, by the text alone (answered at once from %.2f)\n", e.SureFrom)
	for i, t := range e.Topics {
		var why []string
		for _, x := range t.Why {
			why = append(why, fmt.Sprintf("%s %+.2f", x.Piece, x.Worth))
		}
		mark := " "
		if i < len(e.Offered) {
			mark = "?" // he is asked whether he means it
		}
		line := fmt.Sprintf("%s %-28s %.2f  %.2f  %s", mark, t.Topic, t.P, t.Text, strings.Join(why, ", "))
		fmt.Fprintln(w, strings.TrimRight(line, " "))
	}
	fmt.Fprintln(w, "examples  most like it")
	for _, n := range e.Examples {
		fmt.Fprintf(w, "  %-28s %.2f  %s\n", n.Topic, n.Cosine, n.Text)
	}
	if e.Answers > 0 {
		fmt.Fprintf(w, "answer    without a case, of %d\n  %s\n", e.Answers, e.Answer)
	}
}
