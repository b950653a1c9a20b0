package suite

import (
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"go.yaml.in/yaml/v3"

	"recourse/cases/policy"
	"recourse/dialog"
)

// checker says what makes no sense in what could be read.
type checker struct {
	*found
	topics []dialog.Topic
	policy *policy.Policy
	bad    map[int]bool // lines of structs of which something could not be read: what is missing there only follows
	doc    *yaml.Node
}

// line is where a field of the document stands.
func (k *checker) line(field string) int {
	for i := 0; k.doc.Kind == yaml.MappingNode && i+1 < len(k.doc.Content); i += 2 {
		if k.doc.Content[i].Value == field {
			return k.doc.Content[i].Line
		}
	}
	return k.doc.Line
}

func (k *checker) conversation(c Case) {
	t := c.Conversation
	if at := k.line("fixture"); t.Fixture.Clock.IsZero() && !k.bad[c.Pos.Line] && child(child(k.doc, "fixture"), "clock") == nil {
		k.at(at, "the fixture needs a clock: when the conversation begins")
	}
	if len(t.Steps) == 0 && !k.bad[c.Pos.Line] && kindOfSteps(k.doc) {
		k.at(k.line("steps"), "a conversation needs steps")
	}
	for i, o := range t.Fixture.Orders {
		if (o.Order == "" || o.Status == "") && o.Pos.Line > 0 && !k.bad[o.Pos.Line] {
			k.at(o.Pos.Line, "order %d of the fixture needs order and status", i+1)
		}
	}
	last := time.Time{}
	for _, e := range t.Fixture.Past {
		if e.Pos.Line == 0 || k.bad[e.Pos.Line] {
			continue
		}
		k.event(e.Pos.Line, e.Do, e)
		switch {
		case e.At.IsZero():
			continue
		case e.At.Before(last):
			k.at(e.Pos.Line, "the past is told oldest first: %s is before %s", e.At, Time{last})
		case !t.Fixture.Clock.IsZero() && e.At.After(t.Fixture.Clock.Time):
			k.at(e.Pos.Line, "%s is not past: the clock says %s", e.At, t.Fixture.Clock)
		}
		last = e.At.Time
	}
	patterns(k.found, k.line("never"), "never", t.Never)
	for _, s := range t.Steps {
		if s.Pos.Line > 0 {
			k.step(s, t.Fixture, c.Locale)
		}
	}
}

// kindOfSteps says that the steps are a list or missing, not something else, which has been said.
func kindOfSteps(doc *yaml.Node) bool {
	n := child(doc, "steps")
	return doc.Kind == yaml.MappingNode && (n == nil || n.Kind == yaml.SequenceNode)
}

func patterns(f *found, line int, where string, list []string) {
	for _, p := range list {
		if _, err := regexp.Compile(p); err != nil {
			f.at(line, "%s: %q is no regular expression: %v", where, p, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
	}
}

func (k *checker) event(line int, kind string, e Event) {
	if kind == "" {
		k.at(line, "an event needs do: what happened")
	} else if known := events(e.Complain); !slices.Contains(known, kind) {
		k.at(line, "there is no event %q%s", kind, nearest(kind, known))
	}
	if e.By != "" && !slices.Contains(parties, e.By) {
		k.at(line, "by: nobody is called %q; it is one of %s", e.By, list(parties))
	}
	for _, one := range e.Kinds {
		if known := evidence(k.policy); !slices.Contains(known, one) {
			k.at(line, "kinds: there is no evidence kind %q%s", one, nearest(one, known))
		}
	}
}

// doings are what a step does, by the names of the fields that say it.
func doings(s Step) []string {
	var out []string
	for _, d := range []struct {
		name string
		is   bool
	}{
		{"say", s.Say != nil},
		{"press", s.Press != ""},
		{"upload", len(s.Upload) > 0},
		{"report", len(s.Report) > 0},
		{"disconnect", s.Disconnect},
		{"reconnect", s.Reconnect},
		{"merchant", s.Merchant != ""},
		{"other", s.Other != ""},
		{"pass", s.Pass > 0},
		{"agent", s.Agent != ""},
		{"model", s.Model != nil},
		{"look", s.Look},
	} {
		if d.is {
			out = append(out, d.name)
		}
	}
	return out
}

func (k *checker) step(s Step, fix Fixture, locale dialog.Locale) {
	line := s.Pos.Line
	switch does := doings(s); {
	case len(does) == 0 && k.bad[line]:
	case len(does) == 0:
		k.at(line, "a step must do one thing (say, press, upload, …); to look only, say look: true")
	case len(does) > 1:
		k.at(line, "a step does one thing, this one does %d: %s", len(does), strings.Join(does, ", "))
	}
	if (len(s.Args) > 0 || len(s.Form) > 0 || s.OldCard || s.Refused) && s.Press == "" {
		k.at(line, "args, form, old_card and refused belong to a press")
	}
	if s.Again != "" && (s.Say == nil && s.Press == "" || s.Refused || s.Again != Resent && s.Again != Double) {
		k.at(line, "again is %s or %s, of something that he says or presses", Resent, Double)
	}
	if s.Found != nil && len(s.Upload) == 0 {
		k.at(line, "found belongs to an upload")
	}
	if s.Event != nil && s.Merchant == "" && s.Other == "" {
		k.at(line, "event says more about merchant or other; this step has neither")
	}
	if kind := s.Merchant + s.Other; kind != "" && (s.Merchant == "" || s.Other == "") {
		var e Event
		if s.Event != nil {
			e = *s.Event
		}
		k.event(line, kind, e)
		if e.Do != "" || !e.At.IsZero() {
			k.at(line, "do and at belong to the past; a step says what happens by merchant or other, and it happens now")
		}
	}
	if s.Agent != "" && !slices.Contains(agentDoes, s.Agent) {
		k.at(line, "an agent does one of %s, not %q", list(agentDoes), s.Agent)
	}
	if (s.Agent == "say") != (s.Text != nil) {
		k.at(line, "text is what an agent says: agent: say needs it, and nothing else has it")
	}
	if m := s.Model; m != nil {
		if !fix.Model {
			k.at(line, "there is no model to script: the fixture must say model: true")
		}
		if m.Fails != "" && !slices.Contains(failing, m.Fails) {
			k.at(line, "a model fails by one of %s, not by %q", list(failing), m.Fails)
		}
	}
	if s.Expect != nil {
		k.expect(*s.Expect, locale)
	}
}

func (k *checker) expect(e Expect, locale dialog.Locale) {
	line := e.Pos.Line
	patterns(k.found, line, "matches", e.Matches.In(locale))
	k.topic(line, e.Topic)
	for _, m := range e.Moves {
		if !slices.Contains(transitions(), m) {
			k.at(line, "moves: there is no transition %q%s", m, nearest(m, transitions()))
		}
	}
	if e.Lang != "" && e.Lang != "zh" && e.Lang != "en" {
		k.at(line, "lang is zh or en, not %q", e.Lang)
	}
	if e.Silent && (e.Key != "" || e.Topic != "" || e.Card != "" || len(e.Says.In(locale)) > 0 || e.Entries != nil && *e.Entries > 0) {
		k.at(line, "silent, and yet something is expected to be said")
	}
	for _, b := range e.Buttons {
		if slices.Contains(e.NoButton, b) {
			k.at(line, "the button %s is wanted and not wanted", b)
		}
	}
}

func (k *checker) topic(line int, t dialog.Topic) {
	if t == "" || t == None || len(k.topics) == 0 || slices.Contains(k.topics, t) {
		return
	}
	all := make([]string, len(k.topics))
	for i, id := range k.topics {
		all[i] = string(id)
	}
	k.at(line, "there is no topic %q%s", t, nearest(string(t), all))
}

// decisions may stand among the topics that will do (replay.Decision).
var decisions = []dialog.Topic{"answers", "asks", "flow", "human", "declines"}

func (k *checker) question(line int, c Case) {
	q := c.Question
	if strings.TrimSpace(q.Text) == "" {
		k.at(line, "a question needs a text")
	}
	if q.Topic == "" {
		k.at(line, "a question needs the topic that must answer it, or none")
	}
	for _, t := range append([]dialog.Topic{q.Topic}, q.Accept...) {
		if !slices.Contains(decisions, t) {
			k.topic(line, t)
		}
	}
	if strings.ContainsFunc(c.ID, unicode.IsSpace) {
		k.at(line, "an id has no blanks, not %q", c.ID)
	}
}
