package replay

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// Judge says what an answer is worth.
//
// A topic is right if it is the one wanted or one that will do, however it was said: at once, as an honest refusal of an
// out-of-scope topic, at the start of a flow. A question that nothing must answer (suite.None) is right when it was
// declined, given to a person, or asked back: none of these claims to know. It is wrong when a topic answers, and when a
// flow begins by itself. A name of a Decision among the topics makes that decision right.
func Judge(q suite.Question, a Answer) Outcome {
	wanted := append([]dialog.Topic{q.Topic}, q.Accept...)
	topic := a.Topic
	if a.Decision == AsksBack {
		topic = ""
	}
	none := slices.Contains(wanted, suite.None)
	switch {
	case topic != "" && slices.Contains(wanted, topic), slices.Contains(wanted, dialog.Topic(a.Decision)):
		return Right
	case none && (a.Decision == Declines || a.Decision == Human || a.Decision == AsksBack):
		return Right
	case a.Decision == AsksBack:
		if slices.ContainsFunc(a.offered(), func(t dialog.Topic) bool { return slices.Contains(wanted, t) }) {
			return Offered
		}
		return Astray
	case topic != "", a.Decision == Answers, none:
		return Wrong
	}
	return Refused
}

// offered are the topics that he can press when he is asked back; where the stage shows no buttons, the likeliest ones.
func (a Answer) offered() []dialog.Topic {
	var out []dialog.Topic
	for _, s := range a.Said {
		if s.Card == nil {
			continue
		}
		for _, b := range s.Card.Buttons {
			if b.Action == dialog.ActTopic {
				out = append(out, dialog.Topic(b.Args["topic"]))
			}
		}
	}
	if len(out) == 0 {
		for _, r := range a.Ranked {
			out = append(out, r.Topic)
		}
	}
	return out
}

func scoreAnswer(c suite.Case, a Answer) []Failure {
	if Judge(*c.Question, a) == Right {
		s := scorer{c: c, pos: c.Pos}
		e, _ := hide(wanted(*c.Question), a.Unseen)
		s.texts(e, see(View{Said: a.Said}))
		return s.failures
	}
	want := string(c.Question.Topic)
	if c.Question.Topic == suite.None {
		want = "none: no topic answers"
	}
	for _, t := range c.Question.Accept {
		want += " or " + string(t)
	}
	return []Failure{{Pos: c.Pos, What: "topic", Want: want, Got: a.String()}}
}

// wanted is what the words of an answer must hold.
func wanted(q suite.Question) suite.Expect {
	return suite.Expect{Says: suite.Texts{ZH: q.Says, EN: q.Says}}
}

// String is an answer in one line: what became of the question, and what it was taken for.
func (a Answer) String() string {
	var b strings.Builder
	switch a.Decision {
	case Answers:
		b.WriteString("answered by " + cmp.Or(string(a.Topic), "no topic"))
	case AsksBack:
		b.WriteString("asked back:")
		for i, t := range a.offered() {
			b.WriteString([]string{" ", ", "}[min(i, 1)] + string(t))
		}
	case Flows:
		b.WriteString("a flow began")
	case Human:
		b.WriteString("given to a person")
	case Declines:
		b.WriteString("declined")
	default:
		b.WriteString(string(a.Decision))
	}
	if a.Topic != "" && a.Decision != Answers && a.Decision != AsksBack {
		b.WriteString(" (" + string(a.Topic) + ")")
	}
	if len(a.Ranked) > 0 {
		b.WriteString("; likeliest")
		for i, r := range a.Ranked[:min(3, len(a.Ranked))] {
			fmt.Fprintf(&b, "%s %s %.2f", []string{"", ","}[min(i, 1)], r.Topic, r.P)
		}
	}
	return b.String()
}
