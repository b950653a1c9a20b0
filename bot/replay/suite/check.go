package suite

import (
	"regexp"
	"slices"
	"strings"

	"recourse/dialog"
)

// check says what makes no sense in a conversation whose fields are readable.
func (l *loader) check(f *found, c Case) {
	t := c.Conversation
	if t.Fixture.Clock.IsZero() {
		f.at(c.Pos.Line, "the fixture needs a clock: when the conversation begins")
	}
	if len(t.Steps) == 0 {
		f.at(c.Pos.Line, "a conversation needs steps")
	}
	for i, o := range t.Fixture.Orders {
		if o.Order == "" || o.Status == "" {
			f.at(c.Pos.Line, "order %d of the fixture needs order and status", i+1)
		}
	}
	for _, e := range t.Fixture.Past {
		l.event(f, c.Pos.Line, e.Do, e.By, e.Complain)
	}
	patterns(f, c.Pos.Line, "never", t.Never)
	for _, s := range t.Steps {
		l.step(f, s, t.Fixture, c.Locale)
	}
}

func patterns(f *found, line int, where string, list []string) {
	for _, p := range list {
		if _, err := regexp.Compile(p); err != nil {
			f.at(line, "%s: %q is no regular expression: %v", where, p, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
		}
	}
}

func (l *loader) event(f *found, line int, kind, by string, complaint bool) {
	if known := events(complaint); !slices.Contains(known, kind) {
		f.at(line, "there is no event %q%s", kind, nearest(kind, known))
	}
	if by != "" && !slices.Contains(parties, by) {
		f.at(line, "by: nobody is called %q; it is one of %s", by, list(parties))
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

func (l *loader) step(f *found, s Step, fix Fixture, locale dialog.Locale) {
	line := s.Pos.Line
	switch does := doings(s); {
	case len(does) == 0:
		f.at(line, "a step must do one thing (say, press, upload, …); to look only, say look: true")
	case len(does) > 1:
		f.at(line, "a step does one thing, this one does %d: %s", len(does), strings.Join(does, ", "))
	}
	if (len(s.Args) > 0 || len(s.Form) > 0 || s.OldCard) && s.Press == "" {
		f.at(line, "args, form and old_card belong to a press")
	}
	if s.Event != nil && s.Merchant == "" && s.Other == "" {
		f.at(line, "event says more about merchant or other; this step has neither")
	}
	if kind := s.Merchant + s.Other; kind != "" && (s.Merchant == "" || s.Other == "") {
		by, complaint := "", false
		if s.Event != nil {
			by, complaint = s.Event.By, s.Event.Complain
		}
		l.event(f, line, kind, by, complaint)
	}
	if s.Agent != "" && !slices.Contains(agentDoes, s.Agent) {
		f.at(line, "an agent does one of %s, not %q", list(agentDoes), s.Agent)
	}
	if (s.Agent == "say") != (s.Text != nil) {
		f.at(line, "text is what an agent says: agent: say needs it, and nothing else has it")
	}
	if m := s.Model; m != nil {
		if !fix.Model {
			f.at(line, "there is no model to script: the fixture must say model: true")
		}
		if m.Fails != "" && !slices.Contains(failing, m.Fails) {
			f.at(line, "a model fails by one of %s, not by %q", list(failing), m.Fails)
		}
	}
	if s.Expect != nil {
		l.expect(f, *s.Expect, locale)
	}
}

func (l *loader) expect(f *found, e Expect, locale dialog.Locale) {
	line := e.Pos.Line
	patterns(f, line, "matches", e.Matches.In(locale))
	l.topic(f, line, e.Topic)
	for _, m := range e.Moves {
		if !slices.Contains(transitions(), m) {
			f.at(line, "moves: there is no transition %q%s", m, nearest(m, transitions()))
		}
	}
	if e.Lang != "" && e.Lang != "zh" && e.Lang != "en" {
		f.at(line, "lang is zh or en, not %q", e.Lang)
	}
	if e.Silent && (e.Key != "" || e.Topic != "" || e.Card != "" || len(e.Says.In(locale)) > 0 || e.Entries != nil && *e.Entries > 0) {
		f.at(line, "silent, and yet something is expected to be said")
	}
	for _, b := range e.Buttons {
		if slices.Contains(e.NoButton, b) {
			f.at(line, "the button %s is wanted and not wanted", b)
		}
	}
}

func (l *loader) topic(f *found, line int, t dialog.Topic) {
	if t == "" || t == None || len(l.topics) == 0 || slices.Contains(l.topics, t) {
		return
	}
	all := make([]string, len(l.topics))
	for i, id := range l.topics {
		all[i] = string(id)
	}
	f.at(line, "there is no topic %q%s", t, nearest(string(t), all))
}

// decisions may stand among the topics that will do (replay.Decision).
var decisions = []dialog.Topic{"answers", "asks", "flow", "human", "declines"}

func (l *loader) question(f *found, line int, c Case) {
	q := c.Question
	if strings.TrimSpace(q.Text) == "" {
		f.at(line, "a question needs a text")
	}
	if q.Topic == "" {
		f.at(line, "a question needs the topic that must answer it, or none")
	}
	for _, t := range append([]dialog.Topic{q.Topic}, q.Accept...) {
		if !slices.Contains(decisions, t) {
			l.topic(f, line, t)
		}
	}
	if known := states(); q.State != "" && !slices.Contains(known, string(q.State)) {
		f.at(line, "case_state: there is no state %q%s", q.State, nearest(string(q.State), known))
	}
	if known := []string{string(Regression), string(Soft), string(Unreliable)}; !slices.Contains(known, string(c.Tier)) {
		f.at(line, "tier: there is no tier %q%s", c.Tier, nearest(string(c.Tier), known))
	}
	if known := []string{"", string(Pending), string(Reviewed), string(Rejected)}; !slices.Contains(known, string(c.Review)) {
		f.at(line, "review: there is no review %q%s", c.Review, nearest(string(c.Review), known))
	}
}
