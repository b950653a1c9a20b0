package replay

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// Score judges what was seen of a case: the views of a conversation, or the answer to a question. It is pure, so that
// stored runs can be judged anew. Failures come in the order of the steps; what holds of the whole conversation comes last.
// A conversation of fewer views than steps stopped on the way, which is a failure of its own.
func Score(c suite.Case, views []View, a *Answer) []Failure {
	switch {
	case c.Question != nil && a != nil:
		return scoreAnswer(c, *a)
	case c.Conversation != nil:
		return scoreViews(c, views)
	}
	return []Failure{{Pos: c.Pos, What: "played", Want: "something to judge", Got: "nothing was seen of it"}}
}

// Score judges a stored trial under the expectations of a case, which may have changed since.
func (t Trial) Score(c suite.Case) []Failure {
	out := Score(c, t.Views, t.Answer)
	for i := range out {
		if out[i].What == "played" && out[i].Step == len(t.Views)+1 && out[i].Got == notPlayed && t.Stopped != "" {
			out[i].Got = t.Stopped
		}
	}
	return out
}

const notPlayed = "it was not played"

func scoreViews(c suite.Case, views []View) []Failure {
	conv := c.Conversation
	s := scorer{c: c, names: names(c)}
	for i, v := range views {
		if i == len(conv.Steps) {
			break // of a suite that has lost steps since
		}
		if e := conv.Steps[i].Expect; e != nil {
			s.at(i, cmp.Or(e.Pos, conv.Steps[i].Pos, c.Pos))
			s.expect(*e, v)
		}
	}
	if n := len(views); n < len(conv.Steps) {
		s.at(n, cmp.Or(conv.Steps[n].Pos, c.Pos))
		s.fail("played", conv.Steps[n].Name(), notPlayed)
	}
	s.whole(views)
	return s.failures
}

// scorer gathers the failures of a conversation.
type scorer struct {
	c        suite.Case
	names    []string
	step     int
	pos      suite.Pos
	failures []Failure
}

func (s *scorer) at(i int, pos suite.Pos) { s.step, s.pos = i+1, pos }

func (s *scorer) fail(what, want, got string) {
	s.failures = append(s.failures, Failure{Step: s.step, Pos: s.pos, What: what, Want: want, Got: got})
}

// equal fails if something is wanted and it is not that.
func equal[T ~string](s *scorer, what string, want, got T, none string) {
	if want != "" && want != got {
		s.fail(what, string(want), cmp.Or(string(got), none))
	}
}

// among fails if something is wanted and nothing of what was seen is that.
func among[T ~string](s *scorer, what string, want T, got []T, none string) {
	if want != "" && !slices.Contains(got, want) {
		s.fail(what, string(want), cmp.Or(list(got), none))
	}
}

func (s *scorer) expect(e suite.Expect, v View) {
	e, _ = hide(e, v.Unseen)
	seen := see(v)

	switch {
	case e.Topic == suite.None:
		if len(seen.topics) > 0 {
			s.fail("topic", "none: no topic answers", "answered by "+list(seen.topics))
		}
	case e.Topic != "" && !slices.Contains(seen.topics, e.Topic):
		s.fail("topic", string(e.Topic), cmp.Or(list(seen.topics), seen.orSaid("no topic answered")))
	}
	among(s, "key", e.Key, seen.keys, "nothing was said")
	if e.NotKey != "" && slices.Contains(seen.keys, e.NotKey) {
		s.fail("not_key", "not "+e.NotKey, list(seen.keys))
	}
	intent := dialog.Intent("")
	if v.Heard != nil {
		intent = v.Heard.Intent
	}
	equal(s, "intent", e.Intent, intent, "no intent was understood")
	if e.Step != nil && *e.Step != v.Step {
		s.fail("step", cmp.Or(string(*e.Step), `"": nothing is asked`), cmp.Or(string(v.Step), `"": nothing is asked`))
	}
	among(s, "card", e.Card, seen.cards, "no card")
	s.buttons(e, v)
	for _, k := range sortedKeys(e.Slots) {
		if got := v.Slots[k]; got != e.Slots[k] {
			s.fail("slots", k+": "+cmp.Or(e.Slots[k], "not known"), k+": "+cmp.Or(got, "not known"))
		}
	}
	s.texts(e, seen)
	equal(s, "holder", e.Holder, v.Holder, "nobody")
	s.caseSeen(e, v, seen)
	if e.Moves != nil && !slices.Equal(e.Moves, v.Moves) {
		s.fail("moves", cmp.Or(strings.Join(e.Moves, ", "), "no transition"), cmp.Or(strings.Join(v.Moves, ", "), "no transition"))
	}
	if e.Once {
		if twice, ok := repeated(v.Said); ok {
			s.fail("once", "nothing is said twice", "twice: "+twice.String())
		}
	}
	if e.Lang != "" {
		s.language(e.Lang, v.Said)
	}
	if e.Entries != nil && *e.Entries != len(v.Said) {
		s.fail("entries", strconv.Itoa(*e.Entries), fmt.Sprintf("%d: %s", len(v.Said), seen.orSaid("nothing was said")))
	}
}

func (s *scorer) buttons(e suite.Expect, v View) {
	var can []dialog.Action
	for _, b := range v.Buttons {
		if !slices.Contains(can, b.Action) {
			can = append(can, b.Action)
		}
	}
	for _, a := range e.Buttons {
		if !slices.Contains(can, a) {
			s.fail("buttons", string(a), cmp.Or(list(can), "no buttons"))
		}
	}
	for _, a := range e.NoButton {
		if slices.Contains(can, a) {
			s.fail("no_button", "no "+string(a), list(can))
		}
	}
}

func (s *scorer) texts(e suite.Expect, seen sights) {
	all := squeeze(strings.Join(seen.parts, "\n"))
	for _, want := range e.Says.In(s.c.Locale) {
		if !strings.Contains(all, squeeze(want)) {
			s.fail("says", want, seen.orSaid("nothing was said"))
		}
	}
	for _, bad := range e.SaysNot.In(s.c.Locale) {
		bad = squeeze(bad)
		if i := strings.Index(all, bad); i >= 0 && bad != "" {
			s.fail("says_not", "not "+bad, around(all, i, i+len(bad)))
		}
	}
	for _, p := range e.Matches.In(s.c.Locale) {
		re, err := compiled(p)
		switch {
		case err != nil:
			s.fail("matches", p, err.Error())
		case !slices.ContainsFunc(seen.parts, re.MatchString):
			s.fail("matches", p, seen.orSaid("nothing was said"))
		}
	}
	if e.Silent && len(seen.keys)+len(seen.parts) > 0 {
		s.fail("silent", "nothing is said", seen.orSaid(list(seen.keys)))
	}
}

// caseSeen judges the case. A verdict is that of the card said last in the step, or else the case's own.
func (s *scorer) caseSeen(e suite.Expect, v View, seen sights) {
	k, none := v.Case, ""
	if k == nil {
		k, none = &CaseSeen{}, "there is no case"
	}
	equal(s, "state", e.State, k.State, cmp.Or(none, "no state"))
	verdict, codes := k.Verdict, seen.codes
	if seen.verdict != "" {
		verdict = seen.verdict
	}
	if k.Code != "" && seen.verdict == "" {
		codes = append(slices.Clip(codes), k.Code)
	}
	equal(s, "verdict", e.Verdict, verdict, cmp.Or(none, "no verdict"))
	among(s, "code", e.Code, codes, cmp.Or(none, "no code"))
	for _, name := range sortedKeys(e.Deadline) {
		want, got := e.Deadline[name].Time, k.Deadlines[name]
		if want.IsZero() && got.IsZero() || want.Truncate(time.Minute).Equal(got.Truncate(time.Minute)) {
			continue
		}
		s.fail("deadline", string(name)+" "+clock(want), cmp.Or(none, string(name)+" "+clock(got)+running(k.Deadlines, name)))
	}
}

// language judges what the program said in a step, entry by entry and part by part.
func (s *scorer) language(lang string, said []Said) {
	l := dialog.ParseLocale(lang)
	for _, e := range said {
		if !e.ours() {
			continue
		}
		for _, part := range e.own() {
			if foreign(part, l, s.names) {
				s.fail("lang", lang, short(part, gotLimit))
				return
			}
		}
	}
}

// whole judges what must hold over the conversation: never and once.
func (s *scorer) whole(views []View) {
	var texts [][]string // of each view
	if len(s.c.Conversation.Never) > 0 {
		for _, v := range views {
			texts = append(texts, ownTexts(v))
		}
	}
	for _, p := range s.c.Conversation.Never {
		s.at(-1, s.c.Pos)
		re, err := compiled(p)
		if err != nil {
			s.fail("never", "never "+p, err.Error())
			continue
		}
		if step, got := firstMatch(re, texts); step >= 0 {
			if step < len(s.c.Conversation.Steps) {
				s.at(step, cmp.Or(s.c.Conversation.Steps[step].Pos, s.c.Pos))
			}
			s.fail("never", "never "+p, got)
		}
	}
	if s.c.Conversation.Once {
		var all []Said
		for _, v := range views {
			all = append(all, v.Said...)
		}
		if twice, ok := repeated(all); ok {
			s.at(-1, s.c.Pos)
			s.fail("once", "nothing is said twice in the whole conversation", "twice: "+twice.String())
		}
	}
}

// ownTexts are a view's texts but for an agent's own words: what was said, and the labels of what can be pressed.
func ownTexts(v View) []string {
	var out []string
	for _, e := range v.Said {
		if e.ours() {
			out = append(out, e.parts()...)
		}
	}
	for _, b := range v.Buttons {
		if !slices.Contains(out, b.Label) {
			out = append(out, b.Label)
		}
	}
	return out
}

// firstMatch finds where a text matches, counted from 0; -1 if none does.
func firstMatch(re *regexp.Regexp, views [][]string) (step int, got string) {
	for i, texts := range views {
		for _, t := range texts {
			if at := re.FindStringIndex(t); at != nil {
				return i, around(t, at[0], at[1])
			}
		}
	}
	return -1, ""
}

// sights are what expectations look for, gathered from everything that was said.
type sights struct {
	parts   []string
	said    []Said
	topics  []dialog.Topic
	keys    []string
	cards   []dialog.CardKind
	codes   []policy.Code
	verdict policy.Kind
}

func see(v View) sights {
	out := sights{said: v.Said}
	for _, e := range v.Said {
		out.parts = append(out.parts, e.parts()...)
		if e.Key != "" {
			out.keys = append(out.keys, e.Key)
		}
		if e.Topic != "" && !slices.Contains(out.topics, e.Topic) {
			out.topics = append(out.topics, e.Topic)
		}
		if e.Code != "" {
			out.codes = append(out.codes, policy.Code(e.Code))
		}
		if e.Card == nil {
			continue
		}
		out.cards = append(out.cards, e.Card.Kind)
		if vv := e.Card.Verdict; vv != nil {
			out.verdict = policy.Kind(vv.Kind)
			out.codes = append(out.codes, policy.Code(vv.Code))
		}
	}
	return out
}

// orSaid is what was said, shortened, with the keys; otherwise says that there was nothing.
func (s sights) orSaid(otherwise string) string {
	if len(s.said) == 0 {
		return otherwise
	}
	each := make([]string, len(s.said))
	for i, e := range s.said {
		each[i] = e.String()
	}
	return short(strings.Join(each, " / "), gotLimit)
}

// String is an entry in one line: its key and its words, the card's title if it has none.
func (s Said) String() string {
	text := s.Text
	if parts := s.parts(); text == "" && len(parts) > 0 {
		text = parts[0]
	}
	text = short(squeeze(text), gotLimit/2)
	if s.Key == "" {
		return cmp.Or(text, string(s.Kind))
	}
	return strings.TrimSpace("[" + s.Key + "] " + text)
}

// repeated finds an entry that stands twice.
func repeated(said []Said) (Said, bool) {
	for i, a := range said {
		for _, b := range said[:i] {
			if a.Text == b.Text && a.Key == b.Key && reflect.DeepEqual(a, b) {
				return a, true
			}
		}
	}
	return Said{}, false
}

// patterns are the compiled expressions of suites, which are few and judged many times.
var patterns sync.Map // string → *regexp.Regexp

func compiled(p string) (*regexp.Regexp, error) {
	if re, ok := patterns.Load(p); ok {
		return re.(*regexp.Regexp), nil
	}
	re, err := regexp.Compile(p)
	if err != nil {
		return nil, fmt.Errorf("not a regular expression: %w", err)
	}
	patterns.Store(p, re)
	return re, nil
}

func list[T ~string](items []T) string {
	out := make([]string, len(items))
	for i, it := range items {
		out[i] = string(it)
	}
	return short(strings.Join(out, ", "), gotLimit)
}

func sortedKeys[M ~map[K]V, K cmp.Ordered, V any](m M) []K { return slices.Sorted(maps.Keys(m)) }

// shanghai is where the times of suites are read; it has had no summer time since 1991.
var shanghai = time.FixedZone("Asia/Shanghai", 8*60*60)

func clock(t time.Time) string {
	if t.IsZero() {
		return "not set"
	}
	return t.In(shanghai).Format("2006-01-02 15:04")
}

// running are the other deadlines that are set, so that a mistaken name is seen.
func running(m map[cases.Timer]time.Time, but cases.Timer) string {
	var out []string
	for _, name := range sortedKeys(m) {
		if name != but {
			out = append(out, string(name)+" "+clock(m[name]))
		}
	}
	if len(out) == 0 {
		return ""
	}
	return " (set: " + strings.Join(out, ", ") + ")"
}
