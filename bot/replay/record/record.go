// Package record turns what happened into what can be played again: a stored conversation into a case, masked, with the
// time between its steps in place of instants, waiting for somebody to read it.
//
// It is pure. It does not know where conversations are stored, and does not judge whether what the bot said was right:
// a recorded case says that the same comes again, and who reviews it says whether that is wanted.
package record

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"recourse/bot/redact"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/dialog"
)

// Source is a stored conversation with what happened around it.
type Source struct {
	Conversation dialog.Conversation
	Entries      []dialog.Entry // all of them, in order
	Cases        []Past
	Complaints   []PastComplaint
	// Lines are the buyer's order lines as the order system has them, if it was asked (see recorder.lines).
	Lines []policy.Line
}

// Past is a case with what happened to it.
type Past struct {
	Case  cases.Case
	Marks []cases.Mark
}

// PastComplaint is a complaint with what happened to it.
type PastComplaint struct {
	ID    complaints.ID
	Marks []complaints.Mark
}

// ErrEmpty: the buyer never did anything in the conversation.
var ErrEmpty = errors.New("nothing to record: the buyer did nothing in this conversation")

// Case records a conversation. The same key gives the same pseudonyms, also in other conversations.
func Case(src Source, key []byte) (c suite.Case, err error) {
	r := &recorder{src: src, mask: redact.New(key), now: src.Conversation.CreatedAt}
	r.mask.Alike(redact.Order, redact.Waybill)
	if i := slices.IndexFunc(src.Entries, func(e dialog.Entry) bool { return e.Author.Kind == dialog.FromBuyer }); i < 0 {
		return c, fmt.Errorf("conversation %s: %w", src.Conversation.ID, ErrEmpty)
	}
	r.start = src.Entries[0].At.Truncate(time.Minute)
	r.now = r.start
	orders := r.orders()
	for _, it := range r.items() {
		r.play(it)
	}
	mac := hmac.New(sha256.New, key)
	mac.Write([]byte(src.Conversation.ID))
	talk := &suite.Conversation{
		About:   fmt.Sprintf("Recorded, %d steps.", len(r.steps)),
		Fixture: suite.Fixture{Clock: suite.Time{Time: r.start}, Orders: orders, Unpaid: true},
		Steps:   r.steps,
	}
	return suite.Case{
		ID: "recorded-" + hex.EncodeToString(mac.Sum(nil)[:5]), Locale: r.locale(), Tags: []string{"recorded"}, Tier: suite.Regression, Review: suite.Pending,
		Conversation: talk,
	}, nil
}

// recorder writes steps down as it reads what happened in order.
type recorder struct {
	src   Source
	mask  *redact.Masker
	start time.Time
	now   time.Time // of the conversation as it will be played
	steps []suite.Step
	agent bool     // an agent has the floor
	at    cases.ID // the case that was opened or pressed on last
}

// locale is the language that the buyer began in.
func (r *recorder) locale() dialog.Locale {
	if r.src.Conversation.Locale == dialog.EN {
		return dialog.EN
	}
	return dialog.ZH
}

// item is an entry of the log or a mark of a case or complaint.
type item struct {
	at    time.Time
	entry *dialog.Entry
	mark  *mark
}

// items are what happened, in order. What the chat itself did to a case follows from its presses, and what a clock did
// from the time that passes: neither has a step.
func (r *recorder) items() []item {
	marks := make([][]item, len(r.src.Entries)+1) // by the entry before which they come
	for _, p := range r.pasts() {
		at := 0
		for _, m := range p {
			at = max(at, r.before(m, at))
			marks[at] = append(marks[at], item{at: m.at, mark: &m})
		}
	}
	var list []item
	for i, ms := range marks {
		slices.SortStableFunc(ms, func(a, b item) int { return a.at.Compare(b.at) })
		list = append(list, ms...)
		if i < len(r.src.Entries) {
			list = append(list, item{at: r.src.Entries[i].At, entry: &r.src.Entries[i]})
		}
	}
	return list
}

// play writes one item down.
func (r *recorder) play(it item) {
	switch {
	case it.mark != nil && it.mark.step != nil:
		r.add(it.at, *it.mark.step)
		r.moved(*it.mark)
	case it.mark != nil: // a clock's, or what he did in the chat
		if it.mark.clock {
			r.pass(it.at) // also if it is close: it fires when its time has come
		} else if it.mark.to != "" {
			r.at = cases.ID(it.mark.of)
		}
		r.catchUp(it.at)
		r.moved(*it.mark)
	case it.entry.Author.Kind == dialog.FromBuyer:
		r.does(*it.entry)
	case it.entry.Kind == dialog.Note:
	case it.entry.Author.Kind == dialog.FromAgent:
		r.add(it.at, suite.Step{Agent: "say", Text: r.said(it.entry.Text)})
	case it.entry.Key == "handoff.joined":
		r.agent = true
		r.add(it.at, suite.Step{Agent: "join"})
		r.hears(*it.entry)
	case it.entry.Key == dialog.ReturnedKey:
		if r.agent {
			r.agent = false
			r.add(it.at, suite.Step{Agent: "leave"})
		}
		r.hears(*it.entry)
	case it.entry.Key == "handoff.resolved":
		if r.agent {
			r.agent = false
			r.add(it.at, suite.Step{Agent: "resolve"})
		}
		r.hears(*it.entry)
	default:
		r.catchUp(it.at)
		r.hears(*it.entry)
	}
}

// moved expects the case at hand to be where it then was.
func (r *recorder) moved(m mark) {
	if len(r.steps) > 0 && cases.ID(m.of) == r.at {
		r.expect().State = m.to
	}
}

// soon is how long after a step what is said still follows from it.
const soon = time.Minute

// catchUp lets the time pass up to something that nothing in the chat caused.
func (r *recorder) catchUp(at time.Time) {
	if at.Sub(r.now) > soon {
		r.pass(at)
	}
}

// pass moves the clock to the next whole minute at or after an instant.
func (r *recorder) pass(at time.Time) {
	to := at.Add(time.Minute - 1).Truncate(time.Minute)
	if d := to.Sub(r.now); d > 0 {
		r.steps = append(r.steps, suite.Step{Pass: suite.Duration(d)})
		r.now = to
	}
}

// add writes a step down, at its time.
func (r *recorder) add(at time.Time, s suite.Step) {
	r.catchUp(at)
	r.steps = append(r.steps, s)
}

// does is what the buyer does.
func (r *recorder) does(e dialog.Entry) {
	switch e.Kind {
	case dialog.Text:
		r.add(e.At, suite.Step{Say: r.said(e.Text)})
	case dialog.Upload:
		if e.Evidence == nil {
			return
		}
		r.add(e.At, suite.Step{Upload: []policy.EvidenceKind{policy.EvidenceKind(e.Evidence.Kind)}})
	case dialog.Press:
		args, form := r.args(e.Args)
		if e.Action == dialog.ActTrouble && e.On == 0 {
			r.add(e.At, suite.Step{Report: args})
			return
		}
		r.add(e.At, suite.Step{Press: e.Action, Args: args, Form: form, OldCard: r.older(e)})
	}
}

// formed are arguments that the buyer fills in; ofThisRun are ids that another run gives anew.
var (
	formed    = []string{"waybill", "carrier", "amount_fen", "text", "story"}
	ofThisRun = []string{"case", "complaint", "version", "evidence"}
)

// args are a press's arguments as they can be pressed again, and what he filled in.
func (r *recorder) args(was dialog.Args) (args, form dialog.Args) {
	for _, k := range slices.Sorted(maps.Keys(was)) {
		v := was[k]
		switch {
		case k == "evidence" && r.taken(v) != "":
			k, v = "kind", string(r.taken(v))
		case slices.Contains(ofThisRun, k):
			continue
		case k == "order":
			v = r.mask.ID(redact.Order, v)
		case k == "waybill":
			v = r.mask.ID(redact.Waybill, v)
		default:
			v = r.mask.Mask(v)
		}
		into := &args
		if slices.Contains(formed, k) {
			into = &form
		}
		if *into == nil {
			*into = dialog.Args{}
		}
		(*into)[k] = v
	}
	return args, form
}

// older says that a press went to a card though a newer one offered the same.
func (r *recorder) older(press dialog.Entry) bool {
	if press.On == 0 {
		return false
	}
	return slices.ContainsFunc(r.src.Entries, func(e dialog.Entry) bool {
		return e.Seq > press.On && e.Seq < press.Seq && e.Card != nil && slices.ContainsFunc(e.Card.Buttons, func(b dialog.Button) bool {
			return b.Action == press.Action && within(b.Args, press.Args)
		})
	})
}

// within says whether a button's arguments are those of a press.
func within(button, press dialog.Args) bool {
	for k, v := range button {
		if press[k] != v {
			return false
		}
	}
	return true
}

// hears is what was said to the buyer: its key and what it rests on are expected again; of its words one sentence, if it is
// a reviewed answer.
func (r *recorder) hears(e dialog.Entry) {
	if len(r.steps) == 0 {
		return // the greeting, before anything was done
	}
	x := r.expect()
	if x.Key == "" && e.Key != "" {
		x.Key = e.Key
	}
	if x.Topic == "" && e.Basis != nil {
		x.Topic = e.Basis.Topic
		if words := r.lasting(e.Text); words != "" && x.Topic != "" && e.Basis.FAQ != "" {
			x.Says = suite.Texts{ZH: []string{words}, EN: []string{words}}
		}
	}
	if e.Card != nil && x.Card == "" {
		x.Card = e.Card.Kind
	}
}

// leastWords is how long a sentence must be to tell an answer by.
const leastWords = 8

// dated are times of day and dates, which another playing may move by the minute that a suite counts in.
var dated = regexp.MustCompile(`\d:\d\d|\d月|\d{4}-\d`)

// lasting is the first sentence of an answer that comes again as it was: without a date, and without what is masked.
func (r *recorder) lasting(text string) string {
	for s := range strings.FieldsFuncSeq(text, func(c rune) bool { return strings.ContainsRune("。！？；\n", c) }) {
		for s := range strings.SplitSeq(s, ". ") {
			if s = strings.TrimSpace(s); len([]rune(s)) >= leastWords && !dated.MatchString(s) && r.mask.Mask(s) == s {
				return s
			}
		}
	}
	return ""
}

// expect is what must hold after the last step.
func (r *recorder) expect() *suite.Expect {
	s := &r.steps[len(r.steps)-1]
	if s.Expect == nil {
		s.Expect = &suite.Expect{}
	}
	return s.Expect
}

func (r *recorder) said(text string) *suite.Said {
	masked := r.mask.Mask(text)
	return &suite.Said{ZH: masked, EN: masked}
}
