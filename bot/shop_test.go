package bot

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/memcases"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/internal/ids"
)

// caseShelf keeps cases in memory, so that a conversation can be copied and played on in many ways.
type caseShelf struct {
	*memcases.Store
	// did are the events of the chat, in order; a draft that is begun is "open".
	did []cases.Event
}

func (s *caseShelf) clone() *caseShelf { return &caseShelf{s.Store.Clone(), slices.Clone(s.did)} }

func (s *caseShelf) Commit(ctx context.Context, c cases.Commit) error {
	err := s.Store.Commit(ctx, c)
	s.Take() // nobody listens
	if err == nil && (strings.HasPrefix(c.Key, "chat:") || c.Mark.Event.Kind == cases.EvOpen) {
		s.did = append(s.did, c.Mark.Event)
	}
	return err
}

// doc is a case, empty if there is none.
func (s *caseShelf) doc(id cases.ID) cases.Case {
	c, _ := s.Load(context.Background(), id)
	return c
}

// all are the buyer's cases.
func (s *caseShelf) all() []cases.Case {
	list, _ := s.OfBuyer(context.Background(), buyer, 1000) // in memory nothing fails
	out := make([]cases.Case, len(list))
	for i, id := range list {
		out[i] = s.doc(id)
	}
	return out
}

// complaintShelf is the same for complaints.
type complaintShelf struct {
	memcases.Complaints
	did []complaints.Event
}

func (s *complaintShelf) clone(of *caseShelf) *complaintShelf {
	return &complaintShelf{of.Complaints(), slices.Clone(s.did)}
}

func (s *complaintShelf) Commit(ctx context.Context, c complaints.Commit) error {
	err := s.Complaints.Commit(ctx, c)
	if err == nil && (strings.HasPrefix(c.Key, "chat:") || c.Mark.Event.Kind == complaints.EvOpen) {
		s.did = append(s.did, c.Mark.Event)
	}
	return err
}

// talk is one buyer's conversation with the assistant, on a shop in memory. It is played as the socket would: texts
// through the rules of nlu, presses through CheckPress, commands through the ledgers.
type talk struct {
	t      testing.TB
	locale dialog.Locale
	as     *Assistant
	cases  *caseShelf
	filed  *complaintShelf
	lines  []policy.Line
	conv   dialog.Conversation
	log    []dialog.Entry
	now    time.Time
	n      int
	// said is how long the log was before the last turn.
	said int
}

func newTalk(t testing.TB, locale dialog.Locale, lines []policy.Line, now time.Time) *talk {
	stored := memcases.New()
	k := &talk{t: t, locale: locale, cases: &caseShelf{Store: stored}, filed: &complaintShelf{Complaints: stored.Complaints()}, lines: lines, now: now}
	k.conv = dialog.Conversation{
		ID: dialog.ID(ids.Derive("d", ids.Of(buyer), "talk")), Buyer: buyer, Locale: locale, Holder: dialog.HeldByBot, Epoch: 1,
	}
	return k.wired()
}

func (k *talk) wired() *talk {
	byVersion := func(string) *policy.Policy { return policy.Default() }
	now := func() time.Time { return k.now }
	k.as = &Assistant{
		Ledger:     &cases.Ledger{Store: k.cases, Orders: &cupboard{lines: k.lines}, Policy: byVersion, Now: now},
		Complaints: &complaints.Ledger{Store: k.filed, Policy: byVersion, Now: now},
		Policy:     byVersion, Now: now, Log: slog.New(slog.DiscardHandler),
	}
	return k
}

// copy is the same conversation, to be played on in another way.
func (k *talk) copy(t testing.TB) *talk {
	c := *k
	c.t, c.cases, c.log = t, k.cases.clone(), slices.Clip(k.log)
	c.filed = k.filed.clone(c.cases)
	return c.wired()
}

// turn is one entry of the buyer and what is answered.
func (k *talk) turn(e dialog.Entry) {
	k.t.Helper()
	e.Seq, e.At, e.Author = int64(len(k.log)+1), k.now, dialog.Author{Kind: dialog.FromBuyer}
	k.log = append(k.log, e)
	k.said = len(k.log)
	if k.conv.Holder != dialog.HeldByBot && !dialog.UnderHuman(e.Action) {
		return
	}
	next, said, err := k.as.decide(context.Background(), k.conv, e, foresight{})
	if err != nil {
		k.t.Fatalf("%+v: %v", e, err)
	}
	live := k.conv.Flow.Live
	for i, s := range said.entries {
		s.Seq = int64(len(k.log) + 1)
		k.log = append(k.log, s)
		if i == said.live {
			live = s.Seq
		}
	}
	if next.Flow.Live != 0 || said.live >= 0 { // as the store's commit keeps it
		next.Flow.Live = live
	}
	next.Last = int64(len(k.log))
	k.conv = next
}

func (k *talk) say(text string) {
	k.t.Helper()
	k.turn(dialog.Entry{Kind: dialog.Text, Text: text})
}

// answers are the entries of the last turn.
func (k *talk) answers() []dialog.Entry { return k.log[k.said:] }

func (k *talk) heard(keys ...string) bool {
	return slices.ContainsFunc(k.answers(), func(e dialog.Entry) bool { return slices.Contains(keys, e.Key) })
}

// offer is a button or an order that can be pressed now.
type offer struct {
	on     int64
	action dialog.Action
	args   dialog.Args
	style  string
}

// offers are what the cards offer and CheckPress lets through, the newest card first.
func (k *talk) offers() []offer {
	var out []offer
	for _, e := range slices.Backward(k.log) {
		if e.Card == nil || e.Author.Kind == dialog.FromBuyer {
			continue
		}
		add := func(a dialog.Action, args dialog.Args, style string) {
			if dialog.CheckPress(k.conv, &e, dialog.Pressed{On: e.Seq, Action: a, Args: args}) == nil {
				out = append(out, offer{e.Seq, a, args, style})
			}
		}
		for _, o := range e.Card.Orders {
			args := dialog.Args{"order": o.Order, "line": o.Line}
			if o.Likely {
				add(dialog.ActPickOrder, args, "primary")
				continue
			}
			add(dialog.ActPickOrder, args, "")
		}
		for _, b := range e.Card.Buttons {
			add(b.Action, b.Args, b.Style)
		}
		if len(out) > 30 {
			break
		}
	}
	return out
}

// press presses the newest offer of an action that has these arguments at least, with form filled in; an action that
// stands may be pressed from the case's panel. It says whether there was such an offer.
func (k *talk) press(a dialog.Action, args, form dialog.Args) bool {
	k.t.Helper()
	fits := func(have dialog.Args) bool {
		for n, v := range args {
			if have[n] != v {
				return false
			}
		}
		return true
	}
	for _, o := range k.offers() {
		if o.action != a || !fits(o.args) {
			continue
		}
		given := maps.Clone(o.args)
		if given == nil {
			given = dialog.Args{}
		}
		maps.Copy(given, form)
		k.turn(dialog.Entry{Kind: dialog.Press, On: o.on, Action: a, Args: given})
		return true
	}
	if a.FlowBound() {
		return false
	}
	given := dialog.Args{"case": string(k.conv.Flow.Case), "complaint": string(k.conv.Flow.Complaint.ID)}
	maps.Copy(given, args)
	maps.Copy(given, form)
	k.turn(dialog.Entry{Kind: dialog.Press, Action: a, Args: given})
	return true
}

func (k *talk) theCase() *cases.Case {
	c, err := k.cases.Load(context.Background(), k.conv.Flow.Case)
	if err != nil {
		return nil
	}
	return &c
}

func (k *talk) complaint() *complaints.Complaint {
	c, err := k.filed.Load(context.Background(), k.conv.Flow.Complaint.ID)
	if err != nil {
		return nil
	}
	return &c
}

// happens is what somebody else does to the case, or time.
func (k *talk) happens(ev cases.Event) error {
	k.n++
	ev.Key = fmt.Sprint("other", k.n)
	_, err := k.as.Ledger.Apply(context.Background(), k.conv.Flow.Case, ev)
	return err
}

func (k *talk) complaintHappens(ev complaints.Event) error {
	k.n++
	ev.Key = fmt.Sprint("other", k.n)
	_, err := k.as.Complaints.Apply(context.Background(), k.conv.Flow.Complaint.ID, ev)
	return err
}

// upload adds a piece of evidence to the case at hand, as the intake does, and tells the chat.
func (k *talk) upload(kind policy.EvidenceKind) {
	k.t.Helper()
	k.n++
	item := pieceOf(string(kind), k.now)
	item.ID += cases.EvidenceID(fmt.Sprint("_", k.n))
	item.SHA256 = strings.Repeat(fmt.Sprintf("%04x", k.n), 16)
	if item.Media == "" {
		item.SHA256 = ""
	}
	if err := k.happens(cases.Event{Kind: cases.EvSupplement, Actor: cases.Buyer, By: buyer, Evidence: []cases.Evidence{item}}); err != nil {
		k.t.Fatalf("upload %s: %v", kind, err)
	}
	k.turn(dialog.Entry{Kind: dialog.Upload, Case: string(k.conv.Flow.Case), Evidence: &dialog.EvidenceItem{ID: string(item.ID), Kind: string(kind), SHA256: item.SHA256}})
}

// walk begins a case and leads it along a road (sentences_test.go) in memory.
func (k *talk) walk(r road) {
	k.t.Helper()
	for i, p := range r.steps {
		if p.At != "" {
			k.now = roadTime(p.At)
		}
		if k.locale == dialog.EN && p.Text != "" {
			p.Text = "as the pictures show"
		}
		if p.Do == "open" {
			c, err := k.as.Ledger.Open(context.Background(), cases.ID(ids.Derive("c", ids.Of(buyer), r.name)), buyer, string(k.conv.ID), k.lines[0])
			if err != nil {
				k.t.Fatal(err)
			}
			k.conv.Flow.Case = c.ID
			continue
		}
		ev := p.event(i, k.now)
		if ev.Address != "" {
			ev.Address = k.lines[0].ReturnAddress
		}
		if err := k.happens(ev); err != nil {
			k.t.Fatalf("%s: %s: %v", r.name, ev.Kind, err)
		}
	}
	k.now = roadTime(r.now)
}

func roadTime(s string) time.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, policy.Zone())
	if err != nil {
		panic(err)
	}
	return at.UTC()
}

// goods are the order lines of a talk: one of each kind that the policy tells apart, as they stand on 10 November.
func goods(locale dialog.Locale) []policy.Line {
	in := func(zh, en string) string {
		if locale == dialog.EN {
			return en
		}
		return zh
	}
	at := roadTime("2026-11-10 09:00")
	line := func(order, zh, en string, days int, change func(*policy.Line)) policy.Line {
		l := policy.Line{
			OrderID: order, LineID: "1", BuyerID: buyer, ShopID: "s1", ShopName: in("示例小店", "Sample Shop"), Title: in(zh, en), Quantity: 1,
			ReturnAddress: in("示例路 8 号 售后部", "8 Sample Road"), PaidGoodsFen: 19900, PaidFreightFen: 800, Carrier: in("中通快递", "ZTO Express"), Waybill: "7300123456789",
			Status: policy.Signed, Logistics: policy.LogisticsSigned, SignedAt: at.AddDate(0, 0, -days).Add(5 * time.Hour), Tags: []string{"no_reason_7d"},
		}
		if days == 0 {
			l.SignedAt = at.Add(-time.Hour)
		}
		l.PaidAt, l.ShippedAt, l.LastLogisticAt = l.SignedAt.AddDate(0, 0, -4), l.SignedAt.AddDate(0, 0, -3), l.SignedAt
		if change != nil {
			change(&l)
		}
		return l
	}
	of := func(categories ...string) func(*policy.Line) {
		return func(l *policy.Line) { l.Categories, l.ExclusionConfirmed, l.Tags = categories, true, nil }
	}
	return []policy.Line{
		line("6920251100030001", "智能手环", "Smart band", 1, nil),
		line("6920251100030002", "烟台樱桃", "Cherries", 0, func(l *policy.Line) { l.Categories, l.Quantity = []string{"fresh_perishable"}, 6 }),
		line("6920251100030003", "刻字手镯", "Engraved bracelet", 2, of("custom_made")),
		line("6920251100030004", "蓝牙耳机", "Wireless headphones", 0, func(l *policy.Line) {
			l.Status, l.SignedAt, l.ShippedAt, l.LastLogisticAt, l.Logistics = policy.PaidUnshipped, time.Time{}, time.Time{}, time.Time{}, ""
			l.Carrier, l.Waybill, l.PaidAt, l.PromisedShipAt = "", "", at.AddDate(0, 0, -5), at.AddDate(0, 0, -1)
		}),
		line("6920251100030005", "羊毛围巾", "Wool scarf", 0, func(l *policy.Line) {
			l.Status, l.SignedAt, l.Logistics = policy.Shipped, time.Time{}, policy.LogisticsMoving
			l.PaidAt, l.ShippedAt, l.LastLogisticAt = at.AddDate(0, 0, -9), at.AddDate(0, 0, -8), at.AddDate(0, 0, -6)
		}),
		line("6920251100030006", "羽绒服", "Down jacket", 20, nil),
		line("6920251100030007", "口红", "Lipstick", 2, of("hygiene_seal")),
		line("6920251100030008", "游戏笔记本电脑", "Gaming laptop", 2, of("activation_loss")),
	}
}
