// Package replies puts what was decided into words, by key and locale.
//
// The words are reviewed text in zh.yaml and en.yaml; numbers, dates and names come into them only
// through slots that code fills from policy and case. The package decides nothing, and does not know
// storage, sockets or models.
package replies

import (
	_ "embed"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/cases/waybill"
	"recourse/dialog"
)

var (
	//go:embed zh.yaml
	zhYAML []byte
	//go:embed en.yaml
	enYAML []byte
)

// texts are the wordings by locale; a test holds both files to the same keys and slots.
var texts = sync.OnceValue(func() map[dialog.Locale]map[string]string {
	out := map[dialog.Locale]map[string]string{}
	for locale, raw := range map[dialog.Locale][]byte{dialog.ZH: zhYAML, dialog.EN: enYAML} {
		m := map[string]string{}
		if err := yaml.Unmarshal(raw, &m); err != nil {
			panic(fmt.Sprintf("replies %s: %v", locale, err)) // embedded; a test loads it
		}
		out[locale] = m
	}
	return out
})

// Words speaks one language under one policy.
type Words struct {
	Locale dialog.Locale
	Policy *policy.Policy
}

// In returns the words of a locale.
func In(locale dialog.Locale, p *policy.Policy) Words {
	if locale != dialog.EN {
		locale = dialog.ZH
	}
	return Words{Locale: locale, Policy: p}
}

// Has says whether there is a wording of that key.
func (w Words) Has(key string) bool {
	_, ok := texts()[w.Locale][key]
	return ok
}

// Say is the wording of a key with its slots filled. A key without a wording is a programming error that
// must not reach a buyer as a bare key: it is worded as "unknown" and tests look for it.
func (w Words) Say(key string, slots dialog.Slots) string {
	text, ok := texts()[w.Locale][key]
	if !ok {
		text = texts()[w.Locale]["unknown"]
	}
	return w.fill(text, slots)
}

// optional matches {slot?text}, whose text may hold slots and is left out when the slot is empty.
var (
	optional = regexp.MustCompile(`\{(\w+)\?((?:[^{}]|\{\w+\})*)\}`)
	plain    = regexp.MustCompile(`\{(\w+)\}`)
)

func (w Words) fill(text string, slots dialog.Slots) string {
	text = optional.ReplaceAllStringFunc(text, func(m string) string {
		parts := optional.FindStringSubmatch(m)
		if w.named(parts[1], slots) == "" {
			return ""
		}
		return parts[2]
	})
	return plain.ReplaceAllStringFunc(text, func(m string) string {
		return w.named(m[1:len(m)-1], slots)
	})
}

// named is what a slot says: a way in the app, a fact that was handed in, or a figure of the policy.
func (w Words) named(name string, slots dialog.Slots) string {
	if what, ok := strings.CutPrefix(name, "path_"); ok {
		return w.path(what)
	}
	if v, given := slots[name]; given {
		return w.slot(v)
	}
	v, unit, ok := w.Policy.Spoken(name)
	if fen, isMoney := v.(int64); isMoney && unit == "fen" {
		return Money(fen)
	}
	if !ok {
		return ""
	}
	return w.slot(v)
}

// path is the one way in the marketplace's app that is shown for something (C-12); versions of the app differ, and
// its labels are Chinese in every language.
func (w Words) path(what string) string {
	u, _ := w.Policy.UIPath(what)
	return u.ZH
}

// slot words one fact.
func (w Words) slot(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case bool:
		if v {
			return "1"
		}
		return ""
	case time.Time:
		return w.Time(v)
	case dialog.Fen:
		return Money(int64(v))
	case dialog.Bytes:
		return fmt.Sprintf("%.1f MB", float64(v)/(1<<20))
	case dialog.Key:
		return w.inner(v)
	case policy.ReasonID:
		return w.Policy.ReasonName(v, string(w.Locale))
	case policy.EvidenceKind:
		return w.Policy.EvidenceName(v, string(w.Locale))
	case []policy.EvidenceKind:
		names := make([]string, len(v))
		for i, k := range v {
			names[i] = w.Policy.EvidenceName(k, string(w.Locale))
		}
		return strings.Join(names, w.comma())
	case []policy.Requirement:
		names := make([]string, len(v))
		for i, r := range v {
			names[i] = w.anyOf(r)
		}
		return strings.Join(names, w.comma())
	case []cases.EvidenceHint:
		texts := make([]string, len(v))
		for i, h := range w.hints(v) {
			texts[i] = h.Text
		}
		return strings.Join(texts, w.comma())
	case dialog.Points:
		return w.points(v)
	case dialog.Carrier:
		c, _ := waybill.ByName(string(v))
		return c.In(string(w.Locale))
	case cases.Offer:
		return w.Say("offer."+string(v.Kind), dialog.Slots{"amount": dialog.Fen(v.AmountFen)})
	case *cases.Case:
		return w.Sentence(*v)
	case *complaints.Complaint:
		return w.ComplaintSentence(*v)
	case policy.ComplaintKindID:
		k, _ := w.Policy.ComplaintKind(v)
		return k.In(string(w.Locale))
	default:
		panic(fmt.Sprintf("replies: no words for a slot of type %T", v)) // a new kind of fact needs a decision here
	}
}

// inner is a wording inside another. What may be missing, like advice on a reason that needs none, is left out.
func (w Words) inner(key dialog.Key) string {
	if key == "" || !w.Has(string(key)) {
		return ""
	}
	v := w.Policy.Values
	return w.Say(string(key), dialog.Slots{"fresh_hours": v.Apply.FreshHours.V})
}

func (w Words) comma() string {
	if w.Locale == dialog.EN {
		return ", "
	}
	return "、"
}

func (w Words) anyOf(r policy.Requirement) string {
	names := make([]string, len(r.AnyOf))
	for i, k := range r.AnyOf {
		names[i] = w.Policy.EvidenceName(k, string(w.Locale))
	}
	if w.Locale == dialog.EN {
		return strings.Join(names, " or ")
	}
	return strings.Join(names, "或")
}

// Time is an instant as a buyer in China reads it. Midnight is shown as the end of the day before:
// nobody reads "until 3 December 00:00" as the 2nd.
func (w Words) Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	t = t.In(w.Policy.Zone())
	clock := t.Format("15:04")
	if clock == "00:00" && t.Second() == 0 {
		t, clock = t.Add(-time.Second), "24:00"
	}
	if w.Locale == dialog.EN {
		return t.Format("2 Jan ") + clock
	}
	return fmt.Sprintf("%d月%d日 %s", t.Month(), t.Day(), clock)
}

// Money is an amount of fen as ¥.
func Money(fen int64) string {
	return fmt.Sprintf("¥%d.%02d", fen/100, fen%100)
}

// Fill is a reviewed text with its slots filled, by the same rules as the wordings here. What it says in another
// language only is said in that.
func (w Words) Fill(text dialog.Wording, slots dialog.Slots) string {
	in, ok := text[w.Locale]
	if !ok {
		in = text[dialog.ZH]
	}
	return w.fill(in, w.withCase(slots))
}

// withCase adds the facts of the case in the slot "of" to the slots of a reply; what the reply says itself goes first.
func (w Words) withCase(slots dialog.Slots) dialog.Slots {
	c, ok := slots["of"].(*cases.Case)
	if !ok || c == nil {
		return slots
	}
	all := w.slots(*c)
	for k, v := range slots {
		if k != "of" {
			all[k] = v
		}
	}
	return all
}

// Render turns what a turn decided to say into entries of the bot. Each carries the client id of its place
// in the turn, so that a turn that runs twice says it once.
func (w Words) Render(r dialog.Reply, author dialog.Author, client string, now time.Time, sc dialog.Scene) dialog.Entry {
	e := dialog.Entry{At: now.UTC(), Author: author, Kind: dialog.Text, Client: client, Key: r.Key}
	if e.Text = w.Fill(r.Words, r.Slots); r.Words == nil {
		e.Text = w.Say(r.Key, w.withCase(r.Slots))
	}
	if r.Topic != "" || r.Code != "" {
		e.Basis = &dialog.Basis{Topic: r.Topic, Code: string(r.Code), Facts: r.Facts, Policy: w.Policy.Version, FAQ: r.FAQ}
	}
	if r.Card != nil {
		e.Card = w.card(*r.Card, sc)
		if r.Card.Case != nil {
			e.Case = string(r.Card.Case.ID)
		}
		if r.Card.Complaint != nil {
			e.Complaint = string(r.Card.Complaint.ID)
		}
	}
	return e
}

func (w Words) card(s dialog.CardSpec, sc dialog.Scene) *dialog.Card {
	c := &dialog.Card{Kind: s.Kind, Buttons: w.Buttons(s.Buttons)}
	if s.Complaint != nil {
		w.complaintCard(c, s)
		return c
	}
	if s.Case != nil {
		c.Case = string(s.Case.ID)
	}
	switch s.Kind {
	case dialog.CardOrders:
		c.Orders = w.orders(s.Lines, s.Likely)
	case dialog.CardVerdict:
		c.Verdict = w.Verdict(s.Verdict)
		c.Deadline, c.DeadlineLabel = s.Verdict.Deadline, w.Say("card.verdict_deadline", nil)
	case dialog.CardEvidence:
		c.Checklist = w.Checklist(*s.Case)
		if s.Kinds != nil {
			c.Checklist = w.only(*s.Case, s.Kinds)
		}
		if turn := s.Case.Turn(); s.Case.State != cases.Draft && !turn.Until.IsZero() {
			c.Deadline, c.DeadlineLabel = turn.Until, w.then(*s.Case)
		}
	case dialog.CardSummary:
		c.Rows = w.summary(*s.Case, sc.Line)
	case dialog.CardClaim:
		c.MaxFen = s.MaxFen
	case dialog.CardCase:
		turn := s.Case.Turn()
		c.Title = w.Say("state."+string(s.Case.State), nil)
		c.Deadline = turn.Until
		if !turn.Until.IsZero() {
			c.DeadlineLabel = w.then(*s.Case)
		}
	}
	return c
}

// Buttons words buttons.
func (w Words) Buttons(specs []dialog.ButtonSpec) []dialog.Button {
	out := make([]dialog.Button, 0, len(specs))
	for _, b := range specs {
		key := b.Label
		if key == "" {
			key = "button." + string(b.Action)
		}
		label := w.Fill(b.Words, b.Slots)
		if b.Words == nil {
			label = w.Say(key, b.Slots)
		}
		out = append(out, dialog.Button{Action: b.Action, Args: b.Args, Style: b.Style, Label: label})
	}
	return out
}

// System is an entry of the system: something happened, nobody speaks.
func (w Words) System(key string, slots dialog.Slots, client string, now time.Time) dialog.Entry {
	return dialog.Entry{
		At: now.UTC(), Author: dialog.Author{Kind: dialog.FromSystem}, Kind: dialog.Notice, Client: client, Key: key, Text: w.Say(key, slots),
	}
}

// Note is an entry of the system for agents only.
func (w Words) Note(key string, slots dialog.Slots, client string, now time.Time) dialog.Entry {
	e := w.System(key, slots, client, now)
	e.Kind = dialog.Note
	return e
}
