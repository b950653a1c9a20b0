package bot

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"github.com/redis/go-redis/v9"
	"go.yaml.in/yaml/v3"

	"recourse/bot/nlu"
	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/dialog"
	"recourse/internal/redistest"
)

// gold is one situation of testdata/situations.json, as the domain has it (§5).
type gold struct {
	ID, Story, Fixture, Reason, Verdict, Guidance, Evidence, Freight, Next, Never, Topic string
}

// situation is what makes a gold situation run: testdata/situations/<id>.yaml.
type situation struct {
	Clock  string     `yaml:"clock"` // Shanghai
	Lines  []lineFact `yaml:"lines"`
	Events []pastStep `yaml:"events"` // what happened before he writes, by events of the ledger
	// Reports are failed uploads that his page told of before he writes.
	Reports []dialog.Args `yaml:"reports"`
	Desk    *struct {
		Waiting, Agents int
		Hours           string
	} `yaml:"desk"`
	EN    string   `yaml:"en"` // what he writes in English; in Chinese it is the domain's own text
	Heard heardAs  `yaml:"heard"`
	Also  saidAlso `yaml:"also"` // other ways to say it
	// Answers are what he presses when the bot asks a question of fact.
	Answers map[policy.QuestionID]policy.Tri `yaml:"answers"`
	Steps   []chatStep                       `yaml:"steps"`
	Expect  expectation                      `yaml:"expect"`
	Never   struct{ ZH, EN []string }        `yaml:"never"`
	// NA says why a part of the gold expectation cannot be looked at.
	NA map[string]string `yaml:"not_applicable"`
}

type lineFact struct {
	Order, Title, Spec string
	Goods, Freight     int64
	Quantity           int
	Status             policy.Status
	Signed             string
	Categories, Tags   []string
	Confirmed          bool
}

type pastStep struct {
	At, Do, By, Reason, Code, Text, Method string
	Type                                   policy.RefundType
	Party                                  cases.Actor
	Answers                                policy.Answers
	Kinds                                  []string
	Amount                                 int64
}

type heardAs struct {
	Topic  dialog.Topic
	Intent dialog.Intent
	Reason policy.ReasonID
}

type saidAlso struct{ ZH, EN []string }

// chatStep is one thing he does after he has written: a press that the bot offers, an upload, or more words.
type chatStep struct {
	Press  dialog.Action
	Args   dialog.Args
	Upload []string
	Report dialog.Args // his page tells of a failed upload
	Say    saidIn
}

type saidIn struct{ ZH, EN string }

type expectation struct {
	Verdict struct {
		Kind   policy.Kind
		Code   policy.Code
		Reason policy.ReasonID
		Alerts []policy.Code
		// Of a filed case: what the buyer may do now and what not, and what the answer says in the policy's codes.
		Allowed, Refused []cases.EventKind
		Answer           policy.Code
		Holder           dialog.Holder
		Step             dialog.Step // of the flow: a topic that only explains leads back to it
	}
	Evidence struct {
		Required, Named []policy.EvidenceKind
	}
	Next struct {
		Press []dialog.Action // what the bot must offer, pressed in order
		// Fill is what he fills into the form that a press brings, before he goes on.
		Fill map[dialog.Action]dialog.Args
		// Rest is the parcel with what was left out of the return, as the case has it in the end.
		Rest       dialog.Args
		Transition string // what the last press does
		Ground     string
		Deadlines  []cases.Timer // whose instants must be in a text or on a card
		Until      string        // "verdict": the last instant to apply
		Type       policy.RefundType
		Amount     int64
		Holder     dialog.Holder
		// Reminds is a word that must come by itself later: the clock is moved, and it is there once.
		Reminds struct {
			Timer      cases.Timer
			At, Notice string
			Until      string // nothing comes up to then
		}
	}
	Freight policy.Payer
	Says    struct{ ZH, EN []string } // what the answers must contain
}

// parts of a gold expectation; each is looked at in every run, or is said to be not applicable and why.
var goldParts = []string{"verdict", "evidence", "next", "freight", "never"}

// neverAtAll are domain §6.1: what the assistant never says, whatever the situation.
var neverAtAll = map[dialog.Locale][]string{
	dialog.ZH: {
		`保证`, `一定(能|会|可以)`, `肯定(能|会|可以|退|赔)`, `百分之百|100%`, `放心.{0,4}(退|赔)`, `(会|能)(全额|全部)退`, `全额退款`, `必定|必胜|稳赢`, `商家(已经)?输了`,
		`(这|它|商品|图片|照片).{0,4}是(假的|伪造的|假货)`, `造假`, `请(提供|输入|告诉).{0,6}(密码|验证码|完整的?卡号|身份证)`, `加.{0,2}微信`, `私下(转账|退款)`, `诊断为|这是过敏`,
	},
	dialog.EN: {
		`(?i)guarantee`, `(?i)you will (definitely|certainly|surely)`, `(?i)(certain|sure) to (win|get)`, `(?i)full refund`, `(?i)you will win`, `(?i)has (already )?lost`,
		`(?i)(it|item|picture|photo) is (fake|forged|counterfeit)`, `(?i)(give|send|tell|enter).{0,12}(password|verification code|card number)`, `(?i)outside the platform.{0,10}pay`, `(?i)(I|we) diagnose|diagnosed with|the diagnosis is`,
	},
}

func readGold(t *testing.T) []gold {
	t.Helper()
	raw, err := os.ReadFile("testdata/situations.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []gold
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	return list
}

func readSituation(t *testing.T, id string) situation {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata/situations", id+".yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var s situation
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	dec.KnownFields(true)
	if err := dec.Decode(&s); err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return s
}

// instant reads a time of Shanghai.
func instant(t *testing.T, s string) time.Time {
	t.Helper()
	at, err := time.ParseInLocation("2006-01-02 15:04", s, policy.Zone())
	if err != nil {
		t.Fatal(err)
	}
	return at.UTC()
}

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

func (r *playing) check() {
	r.t.Helper()
	for _, part := range goldParts {
		if why, ok := r.s.NA[part]; ok {
			if why == "" || part == "never" {
				r.t.Errorf("%s is not looked at, and nobody says why", part)
			}
			continue
		}
		map[string]func(){"verdict": r.verdict, "evidence": r.evidence, "next": r.next5, "freight": r.freight, "never": r.never}[part]()
	}
}

func (r *playing) verdict() {
	r.t.Helper()
	want := r.s.Expect.Verdict
	looked := false
	if want.Kind != "" || want.Code != "" {
		looked = true
		v := r.theCase().Verdict
		if v == nil || v.Kind != want.Kind || v.Code != want.Code || v.Reason != want.Reason {
			r.t.Errorf("the verdict is %+v, want %s %s for %s", v, want.Kind, want.Code, want.Reason)
		}
		for _, a := range want.Alerts {
			if v != nil && !slices.Contains(v.Alerts, a) {
				r.t.Errorf("alerts %v lack %s", v.Alerts, a)
			}
		}
	} else if want.Reason != "" && r.theCase().Reason != want.Reason {
		r.t.Errorf("the case is about %s, want %s", r.theCase().Reason, want.Reason)
	}
	if len(want.Allowed)+len(want.Refused) > 0 {
		looked = true
		c := r.theCase()
		rec, err := r.as.Ledger.Store.Line(r.ctx, buyer, c.Line.OrderID, c.Line.LineID)
		if err != nil {
			r.t.Fatal(err)
		}
		allowed := c.Allowed(cases.Buyer, cases.Env{Policy: policy.Default(), Line: rec, Now: r.now})
		for _, ev := range want.Allowed {
			if !slices.Contains(allowed, ev) {
				r.t.Errorf("%s is not possible, only %v", ev, allowed)
			}
		}
		for _, ev := range want.Refused {
			if slices.Contains(allowed, ev) {
				r.t.Errorf("%s is possible", ev)
			}
		}
	}
	if want.Answer != "" {
		looked = true
		if !slices.ContainsFunc(r.log()[r.start:], func(e dialog.Entry) bool { return e.Basis != nil && e.Basis.Code == string(want.Answer) }) {
			r.t.Errorf("no answer says %s:\n%s", want.Answer, r.transcript())
		}
	}
	if want.Holder != "" {
		looked = true
		if h := r.load().Holder; h != want.Holder {
			r.t.Errorf("held by %s, want %s", h, want.Holder)
		}
	}
	if want.Step != "" {
		looked = true
		if s := r.load().Flow.Step; s != want.Step {
			r.t.Errorf("the flow is at %q, want %q", s, want.Step)
		}
	}
	if !looked {
		r.t.Error("no verdict is looked at")
	}
	topic := dialog.Topic(r.g.Topic)
	if !slices.ContainsFunc(r.log()[r.start:], func(e dialog.Entry) bool { return e.Basis != nil && e.Basis.Topic == topic && e.Basis.Policy != "" }) {
		r.t.Errorf("no answer rests on topic %s", topic)
	}
	for _, p := range r.pick(r.s.Expect.Says) {
		if len(broken(r.said(), []string{p})) == 0 {
			r.t.Errorf("nothing said matches %s:\n%s", p, r.transcript())
		}
	}
}

func (r *playing) evidence() {
	r.t.Helper()
	want := r.s.Expect.Evidence
	if len(want.Required)+len(want.Named) == 0 {
		r.t.Error("no evidence is looked at")
	}
	if len(want.Required) > 0 {
		var asked []policy.EvidenceKind
		for _, req := range r.theCase().Verdict.Required {
			asked = append(asked, req.AnyOf...)
		}
		for _, k := range want.Required {
			if !slices.Contains(asked, k) {
				r.t.Errorf("%s is not required, only %v", k, asked)
			}
		}
	}
	said := strings.Join(r.said(), "\n")
	for _, k := range slices.Concat(want.Required, want.Named) {
		if label := policy.Default().EvidenceName(k, string(r.locale)); !strings.Contains(said, label) && !slices.Contains(autos(), k) {
			r.t.Errorf("%s (%s) is not named", k, label)
		}
	}
}

// autos are kinds that come from the order system and are not asked for.
func autos() []policy.EvidenceKind {
	return []policy.EvidenceKind{"order_screenshot", "logistics_screenshot"}
}

func (r *playing) freight() {
	r.t.Helper()
	want := r.s.Expect.Freight
	if want == "" {
		r.t.Error("no freight payer is looked at")
		return
	}
	if words := r.words().Say("payer."+string(want), nil); !strings.Contains(strings.Join(r.said(), "\n"), words) {
		r.t.Errorf("%q is not said:\n%s", words, r.transcript())
	}
}

func (r *playing) next5() {
	r.t.Helper()
	want := r.s.Expect.Next
	if len(want.Press) == 0 && want.Holder == "" {
		r.t.Error("no next step is looked at")
	}
	shows := func(at time.Time, what string) {
		r.t.Helper()
		if at.IsZero() {
			r.t.Errorf("%s has no instant", what)
			return
		}
		inCard := slices.ContainsFunc(r.log()[r.start:], func(e dialog.Entry) bool { return e.Card != nil && e.Card.Deadline.Equal(at) })
		if text := r.words().Time(at); !inCard && !strings.Contains(strings.Join(r.said(), "\n"), text) {
			r.t.Errorf("%s, %s, is not shown:\n%s", what, text, r.transcript())
		}
	}
	for _, timer := range want.Deadlines {
		shows(r.theCase().Deadlines[timer], string(timer))
	}
	if want.Until == "verdict" {
		shows(r.theCase().Verdict.Deadline, "the last instant to apply")
	}
	for _, a := range want.Press {
		r.offered(a, nil)
		if form, ok := want.Fill[a]; ok {
			before := r.theCase()
			r.fills(a, form)
			if is := r.theCase(); is.State != before.State || is.Turn() != before.Turn() {
				r.t.Errorf("%s made it the turn of %+v in %s, it was that of %+v in %s", a, is.Turn(), is.State, before.Turn(), before.State)
			}
		}
	}
	if len(want.Rest) > 0 {
		rest := r.theCase().Return.Rest
		if len(rest) != 1 || rest[0].Carrier != want.Rest["carrier"] || rest[0].Waybill != want.Rest["waybill"] {
			r.t.Errorf("the rest travels as %+v, want %v", rest, want.Rest)
		}
	}
	if want.Transition != "" {
		marks, err := r.as.Ledger.Store.Marks(r.ctx, r.theCase().ID)
		if err != nil {
			r.t.Fatal(err)
		}
		if last := marks[len(marks)-1]; last.ID != want.Transition {
			r.t.Errorf("the press did %s, want %s:\n%s", last.ID, want.Transition, r.transcript())
		}
	}
	if want.Ground != "" && r.theCase().Arbitration.Ground != want.Ground {
		r.t.Errorf("escalated over %q, want %q", r.theCase().Arbitration.Ground, want.Ground)
	}
	if want.Type != "" && (r.theCase().Type != want.Type || r.theCase().AmountFen != want.Amount) {
		r.t.Errorf("asks for %s of %d, want %s of %d", r.theCase().Type, r.theCase().AmountFen, want.Type, want.Amount)
	}
	if want.Holder != "" && r.load().Holder != want.Holder {
		r.t.Errorf("held by %s, want %s", r.load().Holder, want.Holder)
	}
	if want.Reminds.Notice != "" {
		r.reminded()
	}
}

// reminded moves the clock to where a word must come by itself, as runners on two nodes do, and tells what the
// outbox holds, twice: the buyer reads it once.
func (r *playing) reminded() {
	r.t.Helper()
	want, c := r.s.Expect.Next.Reminds, r.theCase()
	heard := func() []dialog.Entry {
		return slices.DeleteFunc(r.log(), func(e dialog.Entry) bool { return e.Key != "notice."+want.Notice })
	}
	due, runs := c.Deadlines[want.Timer]
	if !runs || !due.Equal(instant(r.t, want.At)) {
		r.t.Fatalf("%s is due %s (%v), want %s", want.Timer, due, runs, want.At)
	}
	ev := cases.Event{Key: cases.TimerKey(want.Timer, due), Kind: cases.TimerEvent(want.Timer), Actor: cases.System}
	r.now = instant(r.t, want.Until)
	if _, err := r.as.Ledger.Apply(r.ctx, c.ID, ev); !errors.Is(err, cases.ErrStale) {
		r.t.Errorf("at %s: %v", want.Until, err)
	}
	r.now = due
	for range 2 {
		if _, err := r.as.Ledger.Apply(r.ctx, c.ID, ev); err != nil {
			r.t.Errorf("fired: %v", err)
		}
	}
	is := r.theCase()
	if is.State != c.State || is.Version != c.Version+1 || is.Refund != c.Refund {
		r.t.Errorf("the case is %s at version %d after %s at %d", is.State, is.Version, c.State, c.Version)
	}
	rdb := r.as.Ledger.Store.(*rediscases.Store).RDB
	records, err := recordsNaming(r.ctx, rdb, rediscases.Prefix, string(c.ID))
	if err != nil {
		r.t.Fatal(err)
	}
	n := &Notifier{Dialogs: r.as.Dialogs, Ledger: r.as.Ledger, Policy: r.as.Policy, Now: func() time.Time { return r.now }}
	for _, rec := range records {
		var b rediscases.NoticeBody
		body, _ := rec.Values["v"].(string)
		if err := json.Unmarshal([]byte(body), &b); rec.Values["k"] != rediscases.NoticeRecord || err != nil || b.Version != is.Version {
			continue
		}
		for range 2 {
			if err := n.Notify(r.ctx, c.ID, b.Version, b.Notice); err != nil {
				r.t.Error(err)
			}
		}
	}
	got := heard()
	if len(got) != 1 || got[0].Card == nil || !slices.ContainsFunc(got[0].Card.Buttons, func(b dialog.Button) bool { return b.Action == dialog.ActHuman }) {
		r.t.Fatalf("he reads %+v", got)
	}
	if !strings.Contains(got[0].Text, replies.Money(is.Refund.AmountFen)) {
		r.t.Errorf("he reads %q", got[0].Text)
	}
}

func (r *playing) never() {
	r.t.Helper()
	own := r.pick(r.s.Never)
	if len(own) == 0 {
		r.t.Error("no line is forbidden")
	}
	said := r.said()
	if len(said) == 0 {
		r.t.Error("nothing was said")
	}
	for _, b := range broken(said, slices.Concat(own, neverAtAll[r.locale])) {
		r.t.Errorf("said what it never may: %s", b)
	}
}

// Every situation of the domain runs in both languages on both stores, from its fixture to its gold expectation.
func TestGoldSituations(t *testing.T) {
	list := readGold(t)
	if len(list) != 18 {
		t.Fatalf("%d situations, the domain has 18", len(list))
	}
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		for _, g := range list {
			for _, locale := range []dialog.Locale{dialog.ZH, dialog.EN} {
				t.Run(g.ID+" "+string(locale), func(t *testing.T) {
					r := newRun(t, rdb, g, readSituation(t, g.ID), locale)
					r.play()
					r.check()
					r.flush(rdb)
				})
			}
		}
	})
}

// There is a run for every situation, none for anything else, and each looks at all five parts or says why not.
func TestEverySituationLooksAtAllItsParts(t *testing.T) {
	files, err := filepath.Glob("testdata/situations/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	list := readGold(t)
	if len(files) != len(list) {
		t.Errorf("%d files for %d situations", len(files), len(list))
	}
	for _, g := range list {
		s := readSituation(t, g.ID)
		for part := range s.NA {
			if !slices.Contains(goldParts, part) {
				t.Errorf("%s: there is no part %q", g.ID, part)
			}
		}
		// The gold's own dash is the reason why a part may be left out; anything else must be looked at.
		for part, text := range map[string]string{"evidence": g.Evidence, "freight": g.Freight} {
			if _, left := s.NA[part]; left && text != "-" && text != "n/a" && s.NA[part] == "" {
				t.Errorf("%s leaves out %s, which the gold has: %s", g.ID, part, text)
			}
		}
		if len(s.Also.ZH) < 5 || len(s.Also.EN) < 5 {
			t.Errorf("%s: %d and %d other ways to say it, want five each", g.ID, len(s.Also.ZH), len(s.Also.EN))
		}
	}
}

// What is forbidden can be found: each situation has a bad line that its own patterns catch, and each pattern of
// §6.1 catches one.
func TestForbiddenLinesAreFound(t *testing.T) {
	raw, err := os.ReadFile("testdata/situations/bad_lines.json")
	if err != nil {
		t.Fatal(err)
	}
	var bad map[string]struct{ ZH, EN []string }
	if err := json.Unmarshal(raw, &bad); err != nil {
		t.Fatal(err)
	}
	caught := func(name string, lines, patterns []string) {
		t.Helper()
		for _, p := range patterns {
			if len(broken(lines, []string{p})) == 0 {
				t.Errorf("%s: no bad line shows that %s can fail", name, p)
			}
		}
		for _, line := range lines {
			if len(broken([]string{line}, patterns)) == 0 {
				t.Errorf("%s: the bad line passes: %s", name, line)
			}
		}
	}
	for _, g := range readGold(t) {
		s := readSituation(t, g.ID)
		caught(g.ID+" zh", bad[g.ID].ZH, s.Never.ZH)
		caught(g.ID+" en", bad[g.ID].EN, s.Never.EN)
	}
	caught("always zh", bad["always"].ZH, neverAtAll[dialog.ZH])
	caught("always en", bad["always"].EN, neverAtAll[dialog.EN])
}

// The same thing said in other words is understood the same way: the rules generalise beyond the domain's text.
func TestSituationsAreUnderstoodInOtherWords(t *testing.T) {
	for _, g := range readGold(t) {
		s := readSituation(t, g.ID)
		for _, text := range slices.Concat([]string{g.Story, s.EN}, s.Also.ZH, s.Also.EN) {
			h := nlu.Understand(text, nil)
			if got := (heardAs{h.Topic, h.Intent, h.Reason}); s.Heard.Topic != "" && got.Topic != s.Heard.Topic ||
				s.Heard.Intent != "" && got.Intent != s.Heard.Intent || s.Heard.Reason != "" && got.Reason != s.Heard.Reason {
				t.Errorf("%s %q: heard %+v doubts %v, want %+v", g.ID, text, got, h.Doubts, s.Heard)
			}
		}
	}
}

// played is a situation in Chinese up to where its steps end, with changes to its fixture.
func played(t *testing.T, id string, change func(*situation)) *playing {
	t.Helper()
	list := readGold(t)
	i := slices.IndexFunc(list, func(g gold) bool { return g.ID == id })
	s := readSituation(t, id)
	change(&s)
	r := newRun(t, redistest.Embedded(t), list[i], s, dialog.ZH)
	r.play()
	return r
}

// The variant of Q15: five workdays later the record is looked up and a person takes over; no money moves.
func TestLateMoneyGoesToAPersonWithTheRecord(t *testing.T) {
	r := played(t, "Q15", func(s *situation) { s.Clock = "2026-11-27 15:00" })
	if conv := r.load(); conv.Holder != dialog.HeldWaiting || conv.Handoff != dialog.HandoffPayment {
		t.Errorf("held by %s for %s", conv.Holder, conv.Handoff)
	}
	for _, want := range []string{"已过 5 个工作日", policy.Default().EvidenceName("payment_record", "zh")} {
		if !strings.Contains(r.transcript(), want) {
			t.Errorf("%q is not said:\n%s", want, r.transcript())
		}
	}
	if c := r.theCase(); c.State != cases.Refunded || c.Refund.Tries != 1 {
		t.Errorf("%s after %d payments", c.State, c.Refund.Tries)
	}
}

// The other half of B28: there was a reaction. He is told to stop and see a doctor, and a person is offered.
func TestAnAllergicReactionGoesToAPerson(t *testing.T) {
	r := played(t, "B28", func(s *situation) {
		s.Steps = append(s.Steps, chatStep{Press: dialog.ActPickReason, Args: dialog.Args{"reason": "allergy_or_injury"}})
	})
	r.s.Expect.Evidence.Required = []policy.EvidenceKind{"item_photo", "medical_record"}
	r.evidence()
	r.never()
	if !strings.Contains(r.transcript(), "请先停用，不舒服请就医") {
		t.Errorf("he is not told to stop:\n%s", r.transcript())
	}
	if v := r.theCase().Verdict; !slices.Contains(v.Alerts, policy.HumanSafety) && v.Code != policy.HumanSafety {
		t.Errorf("verdict %+v", v)
	}
	r.offered(dialog.ActHuman, nil)
	if h := r.load().Holder; h != dialog.HeldWaiting {
		t.Errorf("held by %s", h)
	}
}

// Q16 without a report of the page: he is asked what happens, and each time it does not help the next step of
// the domain's order is said, at last a person.
func TestUploadTroubleGoesThroughItsStepsInOrder(t *testing.T) {
	r := played(t, "Q16", func(s *situation) { s.Reports, s.Steps = nil, nil })
	r.offered(dialog.ActTrouble, dialog.Args{"code": "told_picker"})
	for range 3 {
		r.say("还是传不上去")
		r.turn()
	}
	said, at := r.transcript(), 0
	for _, want := range []string{"允许使用相机和相册", "都保存好了", "更新到最新版本", "重装也不会丢", "换个网络", "要不要请人工客服来"} {
		i := strings.Index(said[at:], want)
		if i < 0 {
			t.Fatalf("%q does not follow:\n%s", want, said)
		}
		at += i
	}
	r.never()
}

// With agents at work a buyer who asks for one reads his place, not that nobody is there.
func TestAWaitingBuyerReadsHisPlace(t *testing.T) {
	r := played(t, "Q17", func(s *situation) { s.Desk.Agents = 2 })
	if said := r.transcript(); !strings.Contains(said, "您排在第 4 位（共 4 位在等）") || strings.Contains(said, "没有客服在线") {
		t.Error(said)
	}
}

// An amount is the buyer's to fill in and the case's to check: more than was paid is refused in words.
func TestAPartIsFilledInAndChecked(t *testing.T) {
	r := played(t, "Q23", func(s *situation) { s.Steps = s.Steps[:2] })
	for _, tt := range []struct{ amount, want string }{{"12001", "最多可以申请 ¥120.00"}, {"0", "金额不对"}, {"many", "金额不对"}, {"3500", "请上传"}} {
		e, args, ok := r.find(dialog.ActAsk, dialog.Args{"type": "partial"})
		if !ok {
			t.Fatal("no form is offered")
		}
		args["amount_fen"] = tt.amount
		before := len(r.log())
		if err := dialog.CheckPress(r.load(), &e, dialog.Pressed{On: e.Seq, Action: dialog.ActAsk, Args: args}); err != nil {
			t.Fatalf("%s: %v", tt.amount, err)
		}
		r.put(dialog.Entry{Kind: dialog.Press, On: e.Seq, Action: dialog.ActAsk, Args: args})
		r.turn()
		var said string
		for _, e := range r.log()[before:] {
			said += e.Text
		}
		if !strings.Contains(said, tt.want) {
			t.Errorf("%s: said %q, want %s", tt.amount, said, tt.want)
		}
	}
	if c := r.theCase(); c.AmountFen != 3500 || c.Type != policy.Partial {
		t.Errorf("asks for %s of %d", c.Type, c.AmountFen)
	}
}

// Answers stay short: §6.2 gives an answer 120 Chinese characters besides its slots.
func TestAnswersAreShort(t *testing.T) {
	redis := redistest.Embedded(t)
	for _, g := range readGold(t) {
		r := newRun(t, redis, g, readSituation(t, g.ID), dialog.ZH)
		r.play()
		for _, e := range r.log()[r.start:] {
			if n := han(e.Text); e.Author.Kind == dialog.FromBot && n > 120 {
				t.Errorf("%s %s: %d characters: %s", g.ID, e.Key, n, e.Text)
			}
		}
		r.flush(redis)
	}
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
