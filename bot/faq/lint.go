package faq

import (
	"cmp"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// Level says what a finding is to whoever serves the book.
type Level int

// The levels.
const (
	Odd   Level = iota // worth a look
	Wrong              // a rule of the format is broken; it can be served
	Fatal              // a buyer would read something broken; it is not served
)

// Finding is something that a book should not have.
type Finding struct {
	Level Level
	Kind  string // what is wrong, one word: slot, number, length, answer, example, duplicate, contradiction, close, fact, near, means
	File  string
	Line  int
	Topic dialog.Topic
	What  string
}

func (f Finding) String() string {
	where := f.File
	if f.Line > 0 {
		where = fmt.Sprintf("%s:%d", f.File, f.Line)
	}
	return fmt.Sprintf("%s: %s: %s", where, f.Kind, f.What)
}

// What an answer and a label may be long (domain §6.2; a button of a clarifying question).
const (
	maxHan, maxWords     = 120, 60
	maxLabelZH           = 18
	maxLabelEN           = 55
	minZH, minEN         = 25, 12 // examples of a topic
	maxIn                = 4      // examples of a language that need a state
	maxButtons, zhDigits = 3, "一二两三四五六七八九十百"
)

var (
	slots     = regexp.MustCompile(`\{[^{}]*(?:\{\w+\}[^{}]*)*\}`)
	digits    = regexp.MustCompile(`[0-9]+`)
	named     = regexp.MustCompile(`12315|七天无理由|七日无理由|(?i)(?:7|seven)-day no-reason`)
	spelledZH = regexp.MustCompile(`第?[` + zhDigits + `]+个?(?:小时|天|日|工作日|分钟|个?月|周|星期)`)
	spelledEN = regexp.MustCompile(`(?i)\b(?:one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty-four|thirty|forty-eight)[- ](?:working |business )?(?:hours?|days?|workdays?|weeks?|months?|minutes?)\b`)
)

// linter gathers findings of one topic.
type linter struct {
	book *Book
	t    *Topic
	at   string // the file of what is looked at; an owner's single answer is not in the topic's own
	out  []Finding
}

func (l *linter) found(level Level, kind string, line int, format string, args ...any) {
	l.out = append(l.out, Finding{Level: level, Kind: kind, File: l.at, Line: line, Topic: l.t.ID, What: fmt.Sprintf(format, args...)})
}

// lint finds what is wrong with each topic by itself and with its examples among those of others.
func (b *Book) lint() []Finding {
	var out []Finding
	for _, id := range b.order {
		l := &linter{book: b, t: b.topics[id], at: b.topics[id].file}
		l.head()
		l.means()
		l.answers()
		l.examples()
		out = append(out, l.out...)
	}
	out = append(out, b.repeated()...)
	slices.SortStableFunc(out, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
	})
	return out
}

func (l *linter) head() {
	t := l.t
	if t.Audience != Buyer && t.Audience != Merchant {
		l.found(Fatal, "answer", 1, "audience %q is neither buyer nor merchant", t.Audience)
	}
	for what, s := range map[string]Said{"title": t.Title, "label": t.Label} {
		if s.ZH == "" || s.EN == "" {
			l.found(Fatal, "answer", 1, "the %s is not given in both languages", what)
		}
	}
	if n := len([]rune(t.Label.ZH)); n > maxLabelZH {
		l.found(Wrong, "length", 1, "the Chinese label has %d characters, at most %d fit a button", n, maxLabelZH)
	}
	if n := len([]rune(t.Label.EN)); n > maxLabelEN {
		l.found(Wrong, "length", 1, "the English label has %d characters, at most %d fit a button", n, maxLabelEN)
	}
	for _, id := range t.Near {
		if _, ok := l.book.topics[id]; !ok {
			l.found(Odd, "near", 1, "its neighbour %s is no topic", id)
		}
	}
	for _, s := range t.States {
		if !knownState(s) {
			l.found(Fatal, "answer", 1, "there is no state %q", s)
		}
	}
}

// means holds what else a topic means to what can be said.
func (l *linter) means() {
	t := l.t
	for _, s := range slices.Sorted(maps.Keys(t.Means)) {
		id := t.Means[s]
		switch other := l.book.topics[id]; {
		case !knownState(s):
			l.found(Fatal, "means", 1, "there is no state %q", s)
		case other == nil:
			l.found(Fatal, "means", 1, "in %s it means %s, which is no topic", s, id)
		case t.askedIn(s):
			l.found(Wrong, "means", 1, "in %s it means %s, and is asked there itself (states)", s, id)
		case other == t || other.Means[s] != "":
			l.found(Wrong, "means", 1, "in %s it means %s, which means something else there; name what is answered", s, id)
		}
	}
	for _, a := range t.Answers {
		states := a.When.States
		if len(states) > 0 && !slices.ContainsFunc(states, func(s cases.State) bool { return t.Means[s] == "" }) {
			l.at = a.file
			l.found(Wrong, "means", a.line, "it is never said: in %s the topic means another one", join(states))
			l.at = t.file
		}
	}
}

func (l *linter) answers() {
	t := l.t
	if len(t.Answers) == 0 {
		l.found(Fatal, "answer", 1, "there is no answer")
		return
	}
	l.named()
	used := map[string]bool{}
	for i, a := range t.Answers {
		l.at = a.file
		if a.Name == "" && a.always() != (i == len(t.Answers)-1) || a.Name != "" && i == len(t.Answers)-1 {
			l.found(Fatal, "answer", a.line, "the last answer, and no other, is without when: it is said where nothing else holds")
		}
		l.when(a)
		for _, earlier := range t.Answers[:i] {
			if covers(earlier, a) && !a.always() {
				l.found(Wrong, "answer", a.line, "it is never said: the answer of line %d holds wherever this one does", earlier.line)
			}
		}
		l.text(a, dialog.ZH, a.ZH)
		l.text(a, dialog.EN, a.EN)
		if diff := unlike(a.ZH, a.EN); diff != "" {
			l.found(Odd, "slot", a.line, "only one language has %s", diff)
		}
		if n := len(slices.DeleteFunc(slices.Clone(a.Buttons), aside)); n > maxButtons {
			l.found(Wrong, "answer", a.line, "%d buttons, at most %d", n, maxButtons)
		}
		for _, b := range a.Buttons {
			if !slices.Contains(dialog.AnswerButtons(), b) {
				l.found(Fatal, "answer", a.line, "there is no button %q for an answer", b)
			}
		}
		for _, f := range a.Facts {
			used[f] = true
			if !slices.Contains(t.Facts, f) {
				l.found(Wrong, "fact", a.line, "it rests on %s, which the topic does not list", f)
			}
		}
		if _, known := policy.Default().Codes[a.Code]; a.Code != "" && !known {
			l.found(Fatal, "answer", a.line, "the policy has no code %q", a.Code)
		}
	}
	l.at = t.file
	var idle []string
	for _, f := range t.Facts {
		if !slices.Contains(Facts(), f) {
			l.found(Wrong, "fact", 1, "there is no fact %s", f)
		} else if !used[f] {
			idle = append(idle, f)
		}
	}
	if len(idle) > 0 {
		l.found(Odd, "fact", 1, "no answer rests on %s", strings.Join(idle, ", "))
	}
}

// aside are those of an answer's buttons that do not count: a way to a person is always right, and a card is no button.
func aside(a dialog.Action) bool {
	return a == dialog.ActHuman || a == dialog.ActUpload || a == dialog.ActCase
}

// named holds the answers with a name to those that code says: all of them are there, where code says them and in the
// order in which it looks, and there are no others. A topic that an owner has put in the place of ours need not have
// them: his other answers hold there.
func (l *linter) named() {
	t := l.t
	var want []dialog.Named
	for _, n := range dialog.NamedAnswers() {
		if n.Topic == t.ID {
			want = append(want, n)
		}
	}
	next, plainAt := 0, 0
	for _, a := range t.Answers {
		l.at = a.file
		if a.Name == "" {
			plainAt = a.line
			continue
		}
		i := slices.IndexFunc(want, func(n dialog.Named) bool { return n.Name == a.Name })
		switch {
		case i < 0:
			l.found(Wrong, "answer", a.line, "nobody says the answer %q: the program has no such name in this topic", a.Name)
			continue
		case !a.When.equal(When(want[i].When)):
			l.found(Fatal, "answer", a.line, "the program says %q when %s; write the same", a.Name, When(want[i].When))
		case plainAt > 0:
			l.found(Fatal, "answer", a.line, "%q goes before the answers without a name; put it before line %d", a.Name, plainAt)
		case i < next:
			l.found(Fatal, "answer", a.line, "%q stands twice, or after one that the program looks at later", a.Name)
		}
		next = i + 1
	}
	l.at = t.file
	for _, n := range want {
		if slices.ContainsFunc(t.Answers, func(a Answer) bool { return a.Name == n.Name }) {
			continue
		}
		if t.replaced == nil {
			l.found(Fatal, "answer", 1, "the program says the answer %q of this topic when %s, and there is none", n.Name, When(n.When))
			continue
		}
		l.found(Odd, "answer", 1, "there is no answer %q, which the program would say when %s; the first other one that holds is said", n.Name, When(n.When))
	}
}

func (l *linter) when(a Answer) {
	for _, s := range a.When.States {
		if !knownState(s) {
			l.found(Fatal, "answer", a.line, "there is no state %q", s)
		}
	}
	if a.When.Flag != "" && !slices.Contains(dialog.Flags(), a.When.Flag) {
		l.found(Fatal, "answer", a.line, "there is no flag %q", a.When.Flag)
	}
	if e := a.When.May; e != "" && !slices.ContainsFunc(cases.Table(), func(r cases.Transition) bool {
		return r.Event == e && slices.Contains(r.Actors, cases.Buyer)
	}) {
		l.found(Fatal, "answer", a.line, "there is nothing a buyer does that is called %q", e)
	}
}

// covers says that an earlier answer holds wherever a later one does.
func covers(earlier, later Answer) bool {
	e, x := earlier.When, later.When
	if e.May != "" && e.May != x.May || e.Flag != "" && e.Flag != x.Flag {
		return false
	}
	if len(e.States) == 0 {
		return true
	}
	return len(x.States) > 0 && !slices.ContainsFunc(x.States, func(s cases.State) bool { return !slices.Contains(e.States, s) })
}

// where are the states in which an answer can hold, NoCase among them; none: anywhere.
func (a Answer) where() []cases.State {
	states := a.When.States
	switch {
	case len(states) == 0 && a.When.May != "":
		for _, r := range cases.Table() {
			if r.Event == a.When.May && slices.Contains(r.Actors, cases.Buyer) {
				states = append(states, r.From...)
			}
		}
	case len(states) == 0 && a.When.Flag != "":
		states = replies.Filed()
	}
	if a.When.Flag != "" {
		states = slices.DeleteFunc(slices.Clone(states), func(s cases.State) bool { return !slices.Contains(replies.Filed(), s) })
	}
	return states
}

func (l *linter) text(a Answer, locale dialog.Locale, text string) {
	if strings.TrimSpace(text) == "" {
		l.found(Fatal, "answer", a.line, "there is no answer in %s", locale)
		return
	}
	words := replies.In(locale, policy.Default())
	states := a.where()
	for _, u := range replies.SlotsOf(text) {
		certain, fact := replies.Fact(u.Name)
		switch {
		case words.SaidAnywhere(u.Name):
		case !fact:
			l.found(Fatal, "slot", a.line, "nothing fills {%s}", u.Name)
		case len(states) == 0 || slices.ContainsFunc(states, func(s cases.State) bool { return !factual(u.Name, s) }):
			l.found(Fatal, "slot", a.line, "{%s} is a fact of a case; the answer also holds where none is filed", u.Name)
		case !u.Optional:
			for _, s := range states {
				if !slices.Contains(certain, s) && !(u.Name == "appeal_until" && a.When.May == cases.EvAppeal) {
					l.found(Fatal, "slot", a.line, "{%s} may be empty in %s; write {%s?…}", u.Name, s, u.Name)
					break
				}
			}
		}
	}
	if strings.ContainsAny(slots.ReplaceAllString(text, ""), "{}") {
		l.found(Fatal, "slot", a.line, "a brace is not closed, or optional parts are nested (%s)", locale)
	}
	bare := named.ReplaceAllString(slots.ReplaceAllStringFunc(text, inside), "")
	for _, re := range []*regexp.Regexp{digits, spelledZH, spelledEN} {
		for _, n := range re.FindAllString(bare, -1) {
			if !strings.HasPrefix(n, "第") {
				l.found(Wrong, "number", a.line, "%q is typed in; figures come from slots (%s)", n, locale)
			}
		}
	}
	full := words.Fill(dialog.Wording{locale: slots.ReplaceAllStringFunc(text, printed)}, nil)
	if n := han(full); locale == dialog.ZH && n > maxHan {
		l.found(Wrong, "length", a.line, "%d characters, at most %d", n, maxHan)
	}
	if n := len(strings.Fields(full)); locale == dialog.EN && n > maxWords {
		l.found(Wrong, "length", a.line, "%d English words, at most %d", n, maxWords)
	}
}

// factual says that a case in a state has a fact of that name, if it may be empty. An application that is not filed
// has the sentence on where it stands and nothing else.
func factual(slot string, s cases.State) bool {
	return s != dialog.NoCase && (slot == "case" || !slices.Contains(dialog.Unfiled(), s))
}

// inside is what an optional part says when it is said.
func inside(slot string) string {
	if _, text, ok := strings.Cut(slot, "?"); ok {
		return slots.ReplaceAllString(strings.TrimSuffix(text, "}"), "")
	}
	return ""
}

// printed keeps what is said anywhere and lets a case's fact stand for about what it prints.
func printed(slot string) string {
	name := strings.Trim(slot, "{}")
	if _, text, ok := strings.Cut(slot, "?"); ok {
		return slots.ReplaceAllStringFunc(strings.TrimSuffix(text, "}"), printed)
	}
	if _, fact := replies.Fact(name); fact {
		return "事实"
	}
	return slot
}

func han(s string) int {
	n := 0
	for _, r := range s {
		if unicode.Is(unicode.Han, r) {
			n++
		}
	}
	return n
}

// unlike names the slots that only one of two texts has.
func unlike(zh, en string) string {
	names := func(s string) []string {
		var out []string
		for _, u := range replies.SlotsOf(s) {
			out = append(out, u.Name)
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	a, b := names(zh), names(en)
	var out []string
	for _, n := range slices.Concat(a, b) {
		if slices.Contains(a, n) != slices.Contains(b, n) {
			out = append(out, "{"+n+"}")
		}
	}
	return strings.Join(out, " ")
}

func (l *linter) examples() {
	for _, of := range []struct {
		locale dialog.Locale
		least  int
	}{{dialog.ZH, minZH}, {dialog.EN, minEN}} {
		list := l.t.examples(of.locale)
		if len(list) < of.least {
			l.found(Odd, "example", 1, "%d examples in %s, at least %d are wanted", len(list), of.locale, of.least)
		}
		in := 0
		for _, e := range list {
			if strings.TrimSpace(e.Text) == "" {
				l.found(Wrong, "example", e.line, "an example without text")
			}
			if len(e.In) > 0 {
				in++
			}
			for _, s := range e.In {
				if !knownState(s) {
					l.found(Fatal, "example", e.line, "there is no state %q", s)
				}
			}
		}
		if in > maxIn {
			l.found(Odd, "example", 1, "%d examples in %s need a state, at most %d are wanted", in, of.locale, maxIn)
		}
	}
}

// repeated finds examples that stand twice: in one topic they are duplicates, in two a contradiction, unless the
// states in which they mean this and that tell them apart.
func (b *Book) repeated() []Finding {
	type at struct {
		topic dialog.Topic
		e     Example
	}
	seen := map[string][]at{}
	var out []Finding
	look := func(topic dialog.Topic, list []Example) {
		for _, e := range list {
			key := plain(e.Text)
			for _, before := range seen[key] {
				f := Finding{Level: Wrong, File: e.file, Line: e.line, Topic: topic}
				where := fmt.Sprintf("%s:%d", before.e.file, before.e.line)
				switch {
				case before.topic == topic:
					f.Kind, f.What = "duplicate", fmt.Sprintf("%q stands in %s already", e.Text, where)
				case len(e.In) > 0 && len(before.e.In) > 0 && !slices.ContainsFunc(e.In, func(s cases.State) bool { return slices.Contains(before.e.In, s) }):
					continue // the state tells them apart
				default:
					f.Kind, f.What = "contradiction", fmt.Sprintf("%q asks %s in %s", e.Text, orNothing(before.topic), where)
				}
				out = append(out, f)
			}
			seen[key] = append(seen[key], at{topic, e})
		}
	}
	for _, id := range b.order {
		look(id, b.topics[id].Examples.ZH)
		look(id, b.topics[id].Examples.EN)
	}
	for _, l := range []dialog.Locale{dialog.ZH, dialog.EN} {
		look("", b.none[l])
		look("", b.pieces[l])
	}
	return out
}

func orNothing(t dialog.Topic) string {
	if t == "" {
		return "nothing"
	}
	return string(t)
}

// plain is a text without case, spaces and punctuation: two texts that differ in nothing else are one.
func plain(s string) string {
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}
