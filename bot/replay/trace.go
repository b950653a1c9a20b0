package replay

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// trace is what a comparison looks at of a case. It comes from a run, or from a baseline, which holds less.
type trace struct {
	id     string
	pos    suite.Pos
	lang   dialog.Locale
	tags   []string
	topics []dialog.Topic // wanted
	tier   suite.Tier

	status     Status
	why        string
	passed, of int
	question   bool
	text       string // of a question
	asked      string // what was played, "" if unknown: two that differ were not asked the same
	failures   []Failure

	shown trial
	// others are the wordings of all trials: with draws, or a model, a case can be said in several ways.
	others []string
	full   bool // acts, likeliest and confidence are known
}

// trial is what a case said and did in the trial that is shown: the commonest of those that failed, or of all.
type trial struct {
	took       string       // what became of a question; the topics that answered in a conversation
	likeliest  dialog.Topic // of a question
	confidence float64      // of the likeliest
	said       []string     // of each step, as the buyer reads it
	acts       []string     // of each step: what else can be seen of it
	answer     *Answer
	views      []View
}

func (t *trace) scored() bool { return t != nil && Result{Status: t.status}.Scored() }

// asCase is a case that filters see as they see the real one.
func (t *trace) asCase() suite.Case {
	conv := &suite.Conversation{}
	for _, topic := range t.topics {
		conv.Steps = append(conv.Steps, suite.Step{Expect: &suite.Expect{Topic: topic}})
	}
	return suite.Case{ID: t.id, Locale: t.lang, Tags: t.tags, Tier: t.tier, Conversation: conv}
}

// traceOf reads a result of a run.
func traceOf(r *Result) *trace {
	t := &trace{
		id: r.ID, pos: r.Pos, lang: r.Lang, tags: r.Tags, topics: r.Wants(), tier: cmp.Or(r.Tier, suite.Regression),
		status: r.Status, why: r.Why, asked: r.Input, full: true,
	}
	t.passed, t.of = r.Passes()
	if q := r.Question; q != nil {
		t.question, t.text, t.asked = true, q.Text, q.Text+"\n"+q.State
	}
	best, seen := -1, map[string]bool{}
	for i, tr := range r.Trials {
		for _, f := range tr.Failures {
			if k := f.key(); !seen[k] {
				seen[k] = true
				t.failures = append(t.failures, f)
			}
		}
		if best < 0 || shownBefore(tr, r.Trials[best]) {
			best = i
		}
	}
	if best < 0 {
		return t
	}
	for i, tr := range r.Trials {
		one := seeTrial(tr)
		t.others = append(t.others, strings.Join(one.said, "\n\n"))
		if i == best {
			t.shown = one
		}
	}
	return t
}

// shownBefore says that a trial is rather shown than another: one that failed, then the commoner one, then the first.
func shownBefore(a, b Trial) bool {
	if a.Passed() != b.Passed() {
		return !a.Passed()
	}
	return a.Times > b.Times
}

func seeTrial(tr Trial) trial {
	ids := renamer{}
	if a := tr.Answer; a != nil {
		out := trial{took: a.took(), confidence: a.Confidence, said: []string{ids.rename(spoken(a.Said))}, answer: a}
		if len(a.Ranked) > 0 {
			out.likeliest = a.Ranked[0].Topic
		}
		return out
	}
	out := trial{views: tr.Views}
	var topics []string
	for _, v := range tr.Views {
		out.said = append(out.said, ids.rename(spoken(v.Said)))
		out.acts = append(out.acts, ids.rename(acts(v)))
		for _, s := range v.Said {
			if s.Topic != "" && !slices.Contains(topics, string(s.Topic)) {
				topics = append(topics, string(s.Topic))
			}
		}
	}
	out.took = strings.Join(topics, ", ")
	return out
}

// took is what became of a question in a word: the topic that answered, or the decision.
func (a Answer) took() string {
	if a.Topic != "" && a.Decision == Answers {
		return string(a.Topic)
	}
	if a.Topic != "" && a.Decision != AsksBack {
		return string(a.Decision) + " " + string(a.Topic)
	}
	return string(a.Decision)
}

// spoken is what was said, one entry a line, as the buyer reads it.
func spoken(said []Said) string {
	lines := make([]string, 0, len(said))
	for _, s := range said {
		line := strings.Join(s.parts(), " | ")
		if line == "" {
			line = "[" + cmp.Or(s.Key, string(s.Kind)) + "]"
		}
		if !s.ours() {
			line = string(s.By) + ": " + line
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}

// acts is what can be seen of a step besides its words: who has the floor, what can be pressed, the case, what is known.
func acts(v View) string {
	type button struct {
		Action dialog.Action
		Args   dialog.Args
	}
	var buttons []button
	for _, b := range v.Buttons {
		buttons = append(buttons, button{b.Action, b.Args})
	}
	raw, err := marshal(struct {
		Holder  dialog.Holder
		Step    dialog.Step
		Buttons []button
		Case    *CaseSeen
		Moves   []string
		Slots   map[string]string
	}{v.Holder, v.Step, buttons, v.Case, v.Moves, v.Slots})
	if err != nil {
		return err.Error() // a View is plain data; there is none that cannot be written
	}
	return string(raw)
}

// renamer numbers drawn ids as they appear, so that two runs with other draws say the same.
type renamer map[string]string

func (r renamer) rename(s string) string {
	if !strings.Contains(s, "_") {
		return s
	}
	return drawn.ReplaceAllStringFunc(s, func(id string) string {
		if _, ok := r[id]; !ok {
			r[id] = fmt.Sprintf("id#%d", len(r)+1)
		}
		return r[id]
	})
}

// Wants are the topics that a case wants: its question's, or those that steps of the conversation expect.
func (r Result) Wants() []dialog.Topic {
	if r.Question != nil {
		return []dialog.Topic{r.Question.Topic}
	}
	return r.Topics
}

// wantLimit is how many characters of what was wanted stand in a failure's key.
const wantLimit = 80

// key says which expectation it is that did not hold, whatever was seen instead. A question has only one; what will do
// as its answer may change without making its failure a new one.
func (f Failure) key() string {
	if f.What == "topic" && f.Step == 0 {
		return "0 topic"
	}
	return fmt.Sprintf("%d %s %s", f.Step, f.What, short(squeeze(f.Want), wantLimit))
}

// fresh are failures that the old trace did not have although it got as far. What lies behind the step where it stopped
// was not judged then, so that getting further is not counted as failing anew.
func fresh(old, now *trace) []Failure {
	known, stopped := map[string]bool{}, 0
	for _, f := range old.failures {
		known[f.key()] = true
		if f.What == "played" {
			stopped = max(stopped, f.Step)
		}
	}
	var out []Failure
	for _, f := range now.failures {
		if !known[f.key()] && (stopped == 0 || f.Step < stopped) {
			out = append(out, f)
		}
	}
	return out
}
