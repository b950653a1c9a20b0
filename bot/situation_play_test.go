package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// playing is a situation being played on a store in a language.
type playing struct {
	*seat
	g      gold
	s      situation
	locale dialog.Locale
	now    time.Time
	start  int // length of the log when he begins to write
}

func newRun(t *testing.T, rdb redis.UniversalClient, g gold, s situation, locale dialog.Locale) *playing {
	t.Helper()
	r := &playing{seat: newSeat(t, rdb), g: g, s: s, locale: locale}
	now := func() time.Time { return r.now }
	r.now = instant(t, s.Clock)
	r.as.Now, r.as.Ledger.Now = now, now
	shelf := &cupboard{}
	for _, l := range s.Lines {
		line := policy.Line{
			OrderID: l.Order, LineID: "1", BuyerID: buyer, ShopID: "s1", ShopName: "示例小店", Title: l.Title, Spec: l.Spec, Quantity: max(1, l.Quantity),
			ReturnAddress: "示例路 8 号 售后部", PaidGoodsFen: l.Goods, PaidFreightFen: l.Freight, Status: l.Status, Categories: l.Categories, Tags: l.Tags,
			ExclusionConfirmed: l.Confirmed, Carrier: "中通快递", Waybill: "7300123456789",
		}
		if l.Signed != "" {
			line.SignedAt, line.Logistics = instant(t, l.Signed), policy.LogisticsSigned
			line.PaidAt, line.ShippedAt, line.LastLogisticAt = line.SignedAt.AddDate(0, 0, -4), line.SignedAt.AddDate(0, 0, -3), line.SignedAt
		}
		shelf.lines = append(shelf.lines, line)
	}
	r.as.Ledger.Orders = shelf
	if s.Desk != nil {
		r.as.Desk = func(context.Context, dialog.Conversation) (dialog.Desk, error) {
			return dialog.Desk{Known: true, Place: s.Desk.Waiting + 1, Waiting: s.Desk.Waiting, Agents: s.Desk.Agents, Hours: s.Desk.Hours}, nil
		}
	}
	conv := r.load()
	conv.Locale = locale
	r.commit(conv)
	r.past()
	for _, args := range s.Reports {
		r.reports(args)
	}
	r.start = len(r.log())
	return r
}

// past brings the case to where the fixture has it, by the events that lead there.
func (r *playing) past() {
	r.t.Helper()
	for i, p := range r.s.Events {
		if p.At != "" {
			r.now = instant(r.t, p.At)
		}
		if p.Do == "open" {
			id := cases.ID("c" + string(r.id)[1:])
			c, err := r.as.Ledger.Open(r.ctx, id, buyer, string(r.id), r.as.Ledger.Orders.(*cupboard).lines[0])
			if err != nil {
				r.t.Fatal(err)
			}
			conv := r.load() // the chat in which he applied stands at the case
			conv.Flow.Case = c.ID
			r.commit(conv)
			continue
		}
		r.happens(p.event(i, r.now))
	}
	r.now = instant(r.t, r.s.Clock)
}

// event is what happened, as the ledger is told; i tells steps apart.
func (p pastStep) event(i int, now time.Time) cases.Event {
	ev := cases.Event{
		Kind: cases.EventKind(p.Do), Reason: policy.ReasonID(p.Reason), Code: p.Code, Text: p.Text, AmountFen: p.Amount, Method: p.Method,
		Told: p.Do == "reject" || p.Do == "reject_return", Confirmed: true, Type: p.Type, Party: p.Party,
	}
	if ev.Kind == cases.EvSettle {
		ev.BuyerOK, ev.ShopOK = true, true
	}
	if ev.Kind == cases.EvRequestEvidence {
		for _, k := range p.Kinds {
			ev.Kinds = append(ev.Kinds, policy.EvidenceKind(k))
		}
		p.Kinds = nil
	}
	switch p.By {
	case "", "buyer":
		ev.Actor, ev.By = cases.Buyer, buyer
	case "merchant":
		ev.Actor, ev.By, ev.Address = cases.Merchant, "s1", "示例路 8 号 售后部"
	case "agent":
		ev.Actor, ev.By, ev.Role = cases.Agent, "li", "agent"
	case "other agent":
		ev.Actor, ev.By, ev.Role = cases.Agent, "wang", "agent"
	default:
		ev.Actor = cases.Actor(p.By)
	}
	switch ev.Kind {
	case cases.EvAmend:
		ev.Answers = &p.Answers
	case cases.EvFillTracking, cases.EvShip:
		ev.Carrier, ev.Waybill = "顺丰速运", "SF1234567890"
	case cases.EvCarrierSigned:
		ev.Waybill = "SF1234567890"
	}
	for _, k := range p.Kinds {
		piece := pieceOf(k, now)
		piece.Party = ev.Actor
		piece.ID += cases.EvidenceID(fmt.Sprint("_", i))
		ev.Evidence = append(ev.Evidence, piece)
	}
	return ev
}

// reports is what the page sends by itself when an upload fails.
func (r *playing) reports(args dialog.Args) {
	r.t.Helper()
	press := dialog.Pressed{Action: dialog.ActTrouble, Args: maps.Clone(args)}
	press.Args["case"] = string(r.load().Flow.Case)
	if err := dialog.CheckPress(r.load(), nil, press); err != nil {
		r.t.Fatalf("report %v: %v", args, err)
	}
	r.put(dialog.Entry{Kind: dialog.Press, Action: press.Action, Args: press.Args})
	r.turn()
}

func (r *playing) story() string {
	if r.locale == dialog.EN {
		return r.s.EN
	}
	return r.g.Story
}

// play writes the story and does what follows, pressing only what is offered.
func (r *playing) play() {
	r.t.Helper()
	r.say(r.story())
	r.turn()
	r.answer()
	for _, step := range r.s.Steps {
		switch {
		case step.Press != "":
			r.offered(step.Press, step.Args)
		case len(step.Report) > 0:
			r.reports(step.Report)
		case len(step.Upload) > 0:
			for _, k := range step.Upload {
				r.upload(k)
				r.turn()
			}
		default:
			text := step.Say.ZH
			if r.locale == dialog.EN {
				text = step.Say.EN
			}
			r.say(text)
			r.turn()
		}
		r.answer()
	}
}

// answer presses the fixture's answers as long as the bot asks for facts.
func (r *playing) answer() {
	r.t.Helper()
	for conv := r.load(); conv.Holder == dialog.HeldByBot && conv.Flow.Step == dialog.StepAnswer; conv = r.load() {
		value, ok := r.s.Answers[conv.Flow.Asked]
		if !ok {
			r.t.Fatalf("the bot asks %s, which the fixture has no answer to", conv.Flow.Asked)
		}
		r.offered(dialog.ActAnswer, dialog.Args{"question": string(conv.Flow.Asked), "value": string(value)})
	}
}

// find is the newest card that offers an action with at least these arguments.
func (r *playing) find(a dialog.Action, args dialog.Args) (dialog.Entry, dialog.Args, bool) {
	fits := func(have dialog.Args) bool {
		for k, v := range args {
			if have[k] != v {
				return false
			}
		}
		return true
	}
	for _, e := range slices.Backward(r.log()) {
		if e.Card == nil || e.Author.Kind == dialog.FromBuyer {
			continue
		}
		if a == dialog.ActPickOrder {
			for _, o := range e.Card.Orders {
				have := dialog.Args{"order": o.Order, "line": o.Line}
				if fits(have) {
					return e, have, true
				}
			}
		}
		for _, b := range e.Card.Buttons {
			if b.Action == a && fits(b.Args) {
				return e, maps.Clone(b.Args), true
			}
		}
	}
	return dialog.Entry{}, nil, false
}

func (r *playing) offered(a dialog.Action, args dialog.Args) {
	r.t.Helper()
	e, have, ok := r.find(a, args)
	if !ok {
		r.t.Fatalf("the bot does not offer %s %v; it said:\n%s", a, args, r.transcript())
	}
	press := dialog.Pressed{On: e.Seq, Action: a, Args: have}
	if err := dialog.CheckPress(r.load(), &e, press); err != nil {
		r.t.Fatalf("%s on card %d: %v", a, e.Seq, err)
	}
	r.put(dialog.Entry{Kind: dialog.Press, On: e.Seq, Action: a, Args: have})
	r.turn()
}

// fills sends the form of the newest card that has one.
func (r *playing) fills(a dialog.Action, form dialog.Args) {
	r.t.Helper()
	e, args, ok := r.find(a, nil)
	if !ok || e.Card.Kind != dialog.CardTracking {
		r.t.Fatalf("the bot shows no form for %s; it said:\n%s", a, r.transcript())
	}
	maps.Copy(args, form)
	if err := dialog.CheckPress(r.load(), &e, dialog.Pressed{On: e.Seq, Action: a, Args: args}); err != nil {
		r.t.Fatalf("%s on card %d: %v", a, e.Seq, err)
	}
	r.put(dialog.Entry{Kind: dialog.Press, On: e.Seq, Action: a, Args: args})
	r.turn()
}

// said is all that anybody but the buyer put before him: texts, cards and their buttons, and the case as he
// sees it. What others wrote is quoted there and is not the assistant's word.
func (r *playing) said() []string {
	r.t.Helper()
	var out []string
	for _, e := range r.log()[r.start:] {
		if e.Author.Kind == dialog.FromBuyer {
			continue
		}
		out = append(out, e.Text)
		out = append(out, cardWords(e.Card)...)
	}
	conv := r.load()
	if conv.Flow.Case == "" {
		return out
	}
	c := r.theCase()
	rec, err := r.as.Ledger.Store.Line(r.ctx, buyer, c.Line.OrderID, c.Line.LineID)
	if err != nil {
		r.t.Fatal(err)
	}
	marks, err := r.as.Ledger.Store.Marks(r.ctx, c.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	view := r.words().CaseView(c, dialog.Reader{Actor: cases.Buyer, Env: cases.Env{Policy: policy.Default(), Line: rec, Now: r.now}, Marks: marks})
	raw, err := json.Marshal(view)
	if err != nil {
		r.t.Fatal(err)
	}
	out = append(out, string(raw))
	quoted := []string{r.story(), c.Story, c.Line.Title}
	if c.Rejection != nil {
		quoted = append(quoted, c.Rejection.Text)
	}
	quoted = append(quoted, c.Arbitration.Reasons)
	for i := range out {
		for _, q := range quoted {
			if q != "" {
				out[i] = strings.ReplaceAll(out[i], q, "“…”")
			}
		}
	}
	return out
}

func cardWords(c *dialog.Card) []string {
	if c == nil {
		return nil
	}
	out := []string{c.Title, c.DeadlineLabel}
	for _, b := range c.Buttons {
		out = append(out, b.Label)
	}
	if v := c.Verdict; v != nil {
		out = append(out, v.Headline, v.Freight, v.Reason)
		out = append(out, v.StillOpen...)
		for _, clause := range v.Clauses {
			out = append(out, clause.Text)
		}
	}
	for _, row := range c.Checklist {
		for _, k := range row.Kinds {
			out = append(out, k.Label)
			out = append(out, k.MustShow...)
		}
	}
	for _, row := range c.Rows {
		out = append(out, row.Label+" "+row.Value)
	}
	return out
}

func (r *playing) transcript() string {
	return strings.Join(slices.DeleteFunc(r.said(), func(s string) bool { return s == "" }), "\n")
}

func (r *playing) words() replies.Words { return replies.In(r.locale, policy.Default()) }

func (r *playing) pick(list struct{ ZH, EN []string }) []string {
	if r.locale == dialog.EN {
		return list.EN
	}
	return list.ZH
}

// broken are the patterns that something said matches, each with what it found.
func broken(said, patterns []string) []string {
	var out []string
	for _, p := range patterns {
		re := regexp.MustCompile(p)
		for _, s := range said {
			if m := re.FindString(s); m != "" {
				out = append(out, fmt.Sprintf("%s: %q in %q", p, m, s))
			}
		}
	}
	return out
}
