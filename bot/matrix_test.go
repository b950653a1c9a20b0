package bot

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"recourse/cases/policy"
	"recourse/dialog"
)

// The repair matrix: every asking of every flow × every move × both languages. Nothing in it is picked by hand: the
// askings are those of dialog.Askings, the stands are found by playing, the utterances come in turn from
// testdata/moves.yaml, and what is expected follows from the asking.

// moves of the matrix, with what each says. A move that is said in two turns says the second in then.
var matrixMoves = []struct {
	name string
	do   func(c *cell)
}{
	{"correct", func(c *cell) { c.correct(c.datum(0)) }},
	{"correct twice", func(c *cell) { c.correct(c.datum(0)); c.correct(c.datum(1)) }},
	{"correct late", (*cell).correctLate},
	{"cancel", (*cell).cancel},
	{"cancel within a correction", func(c *cell) { c.correct(c.datum(0)); c.cancel() }},
	{"digression and return", (*cell).digress},
	{"answer and ask", (*cell).answerAndAsk},
	{"refuse", func(c *cell) { c.leaveOut("refuse") }},
	{"skip", func(c *cell) { c.leaveOut("skip") }},
	{"why", (*cell).why},
	{"wait", (*cell).wait},
	{"repeat", func(c *cell) { c.say("repeat"); c.asksTheSame() }},
	{"noun only", (*cell).noun},
	{"empty", (*cell).empty},
	{"2000 characters", (*cell).long},
	{"off topic", func(c *cell) { c.say("off_topic"); c.saidOne("outside"); c.asksTheSame() }},
	{"human", (*cell).human},
	// Beyond the seventeen: these have their own ways to go wrong.
	{"back", (*cell).back},
	{"stale press", (*cell).stalePress},
}

type pool struct{ ZH, EN []string }

// pools hands out utterances in turn, so that all of them are said.
type pools struct {
	list map[string]pool
	used map[string]int
}

func readPools(t *testing.T) *pools {
	t.Helper()
	raw, err := os.ReadFile("testdata/moves.yaml")
	if err != nil {
		t.Fatal(err)
	}
	p := &pools{used: map[string]int{}}
	if err := yaml.Unmarshal(raw, &p.list); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *pools) next(t testing.TB, move string, locale dialog.Locale) string {
	t.Helper()
	list := p.list[move].ZH
	if locale == dialog.EN {
		list = p.list[move].EN
	}
	if len(list) == 0 {
		t.Fatalf("nothing is said for %q in %s", move, locale)
	}
	key := move + "/" + string(locale)
	p.used[key]++
	return list[(p.used[key]-1)%len(list)]
}

// cell is one asking, one move, one language.
type cell struct {
	*talk
	t      testing.TB
	spoil  func(*talk) // what a mutant does after each turn
	a      dialog.Asking
	before *talk
	pools  *pools
	// presses and filings are the events of presses that the move itself made, if it went on.
	presses, filings int
	wentOn           bool
}

func TestTheRepairMatrix(t *testing.T) {
	p := readPools(t)
	cells, askings := 0, dialog.Askings()
	for _, locale := range []dialog.Locale{dialog.ZH, dialog.EN} {
		found := findStands(t, locale)
		for _, a := range askings {
			at := found.at[a.String()]
			if at == nil {
				t.Errorf("%s is never asked in %s", a, locale)
				continue
			}
			for _, m := range matrixMoves {
				cells++
				t.Run(fmt.Sprintf("%s/%s/%s", a, m.name, locale), func(t *testing.T) {
					c := &cell{talk: at.copy(t), t: t, a: a, before: at, pools: p}
					defer func() {
						if t.Failed() {
							t.Log("\n" + c.transcript())
						}
					}()
					m.do(c)
					c.nothingDone()
					if t.Failed() {
						return
					}
					if why := c.finish(a, at); why != "" {
						t.Errorf("the flow cannot be finished: %s", why)
					}
				})
			}
		}
	}
	t.Logf("%d cells: %d askings × %d moves × 2 languages", cells, len(askings), len(matrixMoves))
	for move, list := range p.list {
		if p.used[move+"/"+string(dialog.ZH)] < len(list.ZH) || p.used[move+"/"+string(dialog.EN)] < len(list.EN) {
			t.Errorf("not everything in the pool %q was said", move)
		}
	}
}

func (c *cell) transcript() string {
	var b strings.Builder
	for _, e := range c.log[max(0, len(c.before.log)-2):] {
		fmt.Fprintf(&b, "%3d %-6s %s %s %s %v", e.Seq, e.Author.Kind, e.Key, e.Text, e.Action, e.Args)
		if e.Card != nil {
			for _, btn := range e.Card.Buttons {
				fmt.Fprintf(&b, " [%s %s]", btn.Action, btn.Label)
			}
		}
		b.WriteString("\n")
	}
	fmt.Fprintf(&b, "step %q asked %q pending %q live %d holder %s", c.conv.Flow.Step, c.conv.Flow.Asked, c.conv.Flow.Pending, c.conv.Flow.Live, c.conv.Holder)
	return b.String()
}

// say says the next utterance of a pool; what comes back must be fit to be read.
func (c *cell) say(move string) { c.sayText(c.pools.next(c.t, move, c.locale)) }

func (c *cell) sayText(text string) {
	c.t.Helper()
	events := len(c.cases.did) + len(c.filed.did)
	c.talk.say(text)
	if c.spoil != nil {
		c.spoil(c.talk)
	}
	if len(c.cases.did)+len(c.filed.did) != events {
		c.t.Fatalf("the words %q changed a case", text)
	}
	if len(c.answers()) == 0 && c.conv.Holder == dialog.HeldByBot {
		c.t.Fatalf("%q gets no answer", text)
	}
	for _, e := range c.answers() {
		if why := unfit(e, c.locale, c.talk); why != "" {
			c.t.Errorf("%s: %s: %q", e.Key, why, e.Text)
		}
	}
}

var (
	quoted = regexp.MustCompile(`(?s)“.*?”|".*?"`)
	gaps   = regexp.MustCompile(`[{}]|“”|""|[，：、（]。|，，|：，|（）|\(\)|  | [,.;:]|<nil>`)
)

// What one entry may say at most (domain §6.2: under 120 characters; a case's own sentence may be longer).
const (
	mostHan   = 160
	mostWords = 90
)

// unfit says why a text is not fit to be read: a gap where a slot was, the wrong language, a wall of words.
func unfit(e dialog.Entry, locale dialog.Locale, k *talk) string {
	text := e.Text
	if text == "" && e.Card == nil {
		return "nothing is said"
	}
	if m := gaps.FindString(text); m != "" {
		return fmt.Sprintf("there is a gap %q", m)
	}
	plain := quoted.ReplaceAllString(text, "")
	for _, u := range policy.Default().UIPaths {
		plain = strings.ReplaceAll(plain, u.ZH, "") // the app's labels are Chinese in every language
	}
	han := 0
	for _, r := range plain {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	switch {
	case locale == dialog.EN && han > 0:
		return "it is not English"
	case locale == dialog.ZH && han == 0 && len(strings.Fields(plain)) > 2:
		return "it is not Chinese"
	case locale == dialog.ZH && utf8.RuneCountInString(plain) > mostHan, locale == dialog.EN && len(strings.Fields(plain)) > mostWords:
		return "it is too long"
	}
	return ""
}

// saidOne says that one of these was said.
func (c *cell) saidOne(keys ...string) {
	c.t.Helper()
	if !c.heard(keys...) {
		c.t.Errorf("none of %v was said", keys)
	}
}

// asksTheSame: the question that was open is asked again, with a card that answers it; at rest there is a next step.
func (c *cell) asksTheSame() {
	c.t.Helper()
	c.at(c.before.conv.Flow)
	c.canAnswer()
}

// at: the conversation stands where it stood then.
func (c *cell) at(f dialog.Flow) {
	c.t.Helper()
	is := c.conv.Flow
	if is.Step != f.Step || f.Step == dialog.StepAnswer && is.Asked != f.Asked || f.Step == dialog.StepTwice && is.Pending != f.Pending ||
		f.Step == dialog.StepComplaintSay && is.Complaint.Pending != f.Complaint.Pending {
		c.t.Errorf("it stands at %q %s%s, want %q %s%s", is.Step, is.Asked, is.Pending, f.Step, f.Asked, f.Pending)
	}
}

// canAnswer: the newest card of what is asked now is in the last answers and offers a press that answers it.
func (c *cell) canAnswer() {
	c.t.Helper()
	a, asks := askingOf(c.talk)
	if asks && (len(a.Answers) == 0 || a.Step == dialog.StepComplaintStory || a.Step == dialog.StepComplaintSay && c.conv.Flow.Complaint.Say == "") {
		return // his own words answer it
	}
	for _, e := range c.answers() {
		if e.Card == nil {
			continue
		}
		for _, b := range e.Card.Buttons {
			if !asks || slices.Contains(a.Answers, b.Action) {
				if err := dialog.CheckPress(c.conv, &e, dialog.Pressed{On: e.Seq, Action: b.Action, Args: b.Args}); err == nil {
					return
				}
			}
		}
		if len(e.Card.Orders) > 0 && slices.Contains(a.Answers, dialog.ActPickOrder) && c.conv.Flow.Live == e.Seq {
			return
		}
	}
	c.t.Errorf("no card answers %s", a)
}

// nothingDone: no case, no complaint and nothing that he gave was changed by his words.
func (c *cell) nothingDone() {
	c.t.Helper()
	if len(c.cases.did) != len(c.before.cases.did)+c.presses || len(c.filed.did) != len(c.before.filed.did)+c.filings {
		c.t.Errorf("the ledgers did %v and %v", c.cases.did[len(c.before.cases.did):], c.filed.did[len(c.before.filed.did):])
	}
	was, is := c.before.conv.Flow, c.conv.Flow
	if was.Complaint.Text != "" && !strings.HasPrefix(is.Complaint.Text, was.Complaint.Text) && is.Complaint.ID == was.Complaint.ID && is.Step.Complaining() && was.Step != dialog.StepComplaintStory {
		c.t.Errorf("his story was %q and is %q", was.Complaint.Text, is.Complaint.Text)
	}
	if c.wentOn {
		return
	}
	for _, doc := range c.before.cases.all() {
		if diff := cmp.Diff(asJSON(c.t, doc), asJSON(c.t, c.cases.doc(doc.ID))); diff != "" {
			c.t.Errorf("case %s (-was +is):\n%s", doc.ID, diff)
		}
	}
}

func asJSON(t testing.TB, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}
