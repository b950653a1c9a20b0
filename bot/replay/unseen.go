package replay

import (
	"regexp"
	"slices"
	"strings"

	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// UnseenDates in View.Unseen says that dates and hours are others than the suite's, because the conversation was played
// at another time: texts that have one, and deadlines, are not judged.
const UnseenDates = "dates"

// dated finds a date or an hour in an expected text, or in an expression for one.
var dated = regexp.MustCompile(`\d{1,2}月|\d{1,2}日|\d{1,2} ?(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)\b|\d{1,2}:\d{2}`)

// hide takes out of an expectation what a stage cannot see, and names what it took out, once for each.
func hide(e suite.Expect, unseen []string) (suite.Expect, []string) {
	if len(unseen) == 0 {
		return e, nil
	}
	var out []string
	drop := func(field string, said bool, clear func()) {
		if said && slices.Contains(unseen, field) {
			clear()
			out = append(out, field)
		}
	}
	drop("topic", e.Topic != "", func() { e.Topic = "" })
	drop("key", e.Key != "", func() { e.Key = "" })
	drop("intent", e.Intent != "", func() { e.Intent = "" })
	drop("step", e.Step != nil, func() { e.Step = nil })
	drop("state", e.State != "", func() { e.State = "" })
	drop("card", e.Card != "", func() { e.Card = "" })
	drop("buttons", len(e.Buttons) > 0, func() { e.Buttons = nil })
	drop("no_button", len(e.NoButton) > 0, func() { e.NoButton = nil })
	drop("holder", e.Holder != "", func() { e.Holder = "" })
	drop("verdict", e.Verdict != "", func() { e.Verdict = "" })
	drop("code", e.Code != "", func() { e.Code = "" })
	drop("moves", e.Moves != nil, func() { e.Moves = nil })
	drop("deadline", len(e.Deadline) > 0, func() { e.Deadline = nil })
	drop("slots", len(e.Slots) > 0, func() { e.Slots = nil })
	e.Slots, out = hideSlots(e.Slots, unseen, out)
	if slices.Contains(unseen, UnseenDates) {
		if len(e.Deadline) > 0 {
			e.Deadline = nil
			out = append(out, "deadline (moved)")
		}
		for _, t := range []*suite.Texts{&e.Says, &e.SaysNot, &e.Matches} {
			var cut bool
			if *t, cut = undated(*t); cut {
				out = append(out, "texts with a date (moved)")
			}
		}
	}
	return e, out
}

func hideSlots(slots map[string]string, unseen, out []string) (map[string]string, []string) {
	kept := map[string]string{}
	for _, k := range sortedKeys(slots) {
		if slices.Contains(unseen, "slots."+k) {
			out = append(out, "slots."+k)
			continue
		}
		kept[k] = slots[k]
	}
	return kept, out
}

// undated leaves out the texts that have a date.
func undated(t suite.Texts) (suite.Texts, bool) {
	keep := func(list []string) []string {
		return slices.DeleteFunc(slices.Clone(list), func(s string) bool { return dated.MatchString(strings.ReplaceAll(s, `\`, "")) })
	}
	out := suite.Texts{ZH: keep(t.ZH), EN: keep(t.EN)}
	return out, len(out.ZH) < len(t.ZH) || len(out.EN) < len(t.EN)
}

// unjudged counts what a case expects and its stage could not see, by field, and says whether anything was left to judge.
func unjudged(c suite.Case, views []View, a *Answer) (by map[string]int, judged bool) {
	if c.Conversation == nil {
		if c.Question != nil && a != nil {
			if _, hidden := hide(wanted(*c.Question), a.Unseen); len(hidden) > 0 {
				by = map[string]int{hidden[0]: len(hidden)}
			}
		}
		return by, true // its topic always is
	}
	judged = len(c.Conversation.Never) > 0 || c.Conversation.Once
	for i, step := range c.Conversation.Steps[:min(len(views), len(c.Conversation.Steps))] {
		if step.Expect == nil {
			continue
		}
		rest, hidden := hide(*step.Expect, views[i].Unseen)
		for _, field := range hidden {
			if by == nil {
				by = map[string]int{}
			}
			by[field]++
		}
		judged = judged || expects(rest, c.Locale)
	}
	return by, judged
}

// expects says that an expectation says anything.
func expects(e suite.Expect, l dialog.Locale) bool {
	return e.Topic != "" || e.Key != "" || e.NotKey != "" || e.Intent != "" || e.Step != nil || e.State != "" || e.Card != "" ||
		len(e.Buttons)+len(e.NoButton)+len(e.Slots)+len(e.Deadline) > 0 || len(e.Says.In(l))+len(e.SaysNot.In(l))+len(e.Matches.In(l)) > 0 ||
		e.Silent || e.Holder != "" || e.Verdict != "" || e.Code != "" || e.Moves != nil || e.Once || e.Lang != "" || e.Entries != nil
}

// Met says that all that a step expects, as far as it can be seen, holds.
func Met(c suite.Case, e suite.Expect, v View) bool {
	s := scorer{c: c, names: names(c)}
	s.expect(e, v)
	return len(s.failures) == 0
}

// Hidden counts the expectations of a run that could not be judged, by what they are about.
func (r Run) Hidden() map[string]int {
	out := map[string]int{}
	for _, c := range r.Cases {
		for _, t := range c.Trials {
			for field, n := range t.Unseen {
				out[field] += n * max(t.Times, 1)
			}
		}
	}
	return out
}
