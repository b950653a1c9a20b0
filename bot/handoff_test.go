package bot

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/orders"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/dialog"
	"recourse/dialog/memdialog"
	"recourse/internal/redistest"
)

// desks are all that a buyer can find.
var desks = map[string]struct {
	desk   dialog.Desk
	err    error
	end    dialog.End
	zh, en string // what it says, and no other of them
}{
	"agents there": {desk: dialog.Desk{Known: true, Agents: 2, Place: 3, Waiting: 2, About: 4 * time.Minute}, end: dialog.EndPlace, zh: "您排在第 3 位（共 3 位在等），大约要等 4 分钟", en: "number 3 of 3, in about 4 min"},
	"nobody, open": {desk: dialog.Desk{Known: true, Hours: "9:00-22:00"}, end: dialog.EndLater, zh: "现在没有客服在线", en: "Nobody is on duty now. Please"},
	"closed":       {desk: dialog.Desk{Known: true, OpensAt: time.Date(2026, 11, 24, 1, 0, 0, 0, time.UTC)}, end: dialog.EndLater, zh: "明天 9:00 上班", en: "we open tomorrow 9:00"},
	"not known":    {err: errors.New("the desk went away"), end: dialog.EndLater, zh: "已转给人工客服。请把情况写在这里", en: "It is passed on to a person. Leave it here"},
}

// trigger brings a human into a conversation that the bot has.
type trigger struct {
	why dialog.Reason
	do  func(s *seat)
	// soft: where it is known that nobody is there, the bot stays and offers to leave it to a human.
	soft bool
}

// inLocale is a text of "Chinese|English" in a language.
func inLocale(l dialog.Locale, text string) string {
	zh, en, _ := strings.Cut(text, "|")
	if l == dialog.EN {
		return en
	}
	return zh
}

// says writes texts in the language of the conversation: "Chinese|English".
func says(texts ...string) func(*seat) {
	return func(s *seat) {
		for _, text := range texts {
			s.say(inLocale(s.load().Locale, text))
			s.turn()
		}
	}
}

var triggers = map[string]trigger{
	"asked":          {why: dialog.HandoffAsked, do: says("转人工|talk to a person")},
	"asked, pressed": {why: dialog.HandoffAsked, do: func(s *seat) { s.put(dialog.Entry{Kind: dialog.Press, Action: dialog.ActHuman}); s.turn() }},
	"asked, no orders": {why: dialog.HandoffAsked, do: func(s *seat) {
		s.as.Ledger.Orders = away{}
		says("转人工|talk to a person")(s)
	}},
	"alert": {why: dialog.HandoffVerdict, do: func(s *seat) {
		s.put(dialog.Entry{Kind: dialog.Press, Action: dialog.ActHuman, Args: dialog.Args{"why": "verdict"}})
		s.turn()
	}},
	"not understood": {why: dialog.HandoffConfused, soft: true, do: says("就那个那个嘛|you know, the thingy", "我说的是上次那个|that thing from before")},
	"angry":          {why: dialog.HandoffAnger, soft: true, do: says("气死我了！！！|this is ridiculous!!!", "你们太过分了！！！|unacceptable, I am furious")},
	"distress":       {why: dialog.HandoffDistress, do: says("我不想活了|I don't want to live any more")},
	"supervisor": {why: dialog.HandoffSupervisor, do: func(s *seat) {
		if err := s.as.Floor().Handoff(s.ctx, s.id, dialog.HandoffSupervisor); err != nil {
			s.t.Fatal(err)
		}
	}},
	"fault": {why: dialog.HandoffFault, do: func(s *seat) {
		if err := s.as.Floor().GiveUp(s.ctx, s.id); err != nil {
			s.t.Fatal(err)
		}
	}},
	"payment": {why: dialog.HandoffPayment, do: func(s *seat) {
		if err := s.as.Floor().Handoff(s.ctx, s.id, dialog.HandoffPayment); err != nil {
			s.t.Fatal(err)
		}
	}},
}

// memSeat is a seat on the store in memory; cases stand in the embedded one.
func memSeat(t *testing.T, locale dialog.Locale) *seat {
	t.Helper()
	rdb := redistest.Embedded(t)
	now := turnNow
	byVersion := func(string) *policy.Policy { return policy.Default() }
	clock := func() time.Time { return now }
	ledger := &cases.Ledger{Store: &rediscases.Store{RDB: rdb}, Orders: orders.NewDemo(turnNow), Policy: byVersion, Now: clock}
	s := newSeat(t, rdb)
	s.dialogs = memdialog.New()
	s.as.Dialogs, s.as.Ledger = s.dialogs, ledger
	s.as.Complaints = &complaints.Ledger{Store: &rediscases.Complaints{RDB: rdb}, Policy: byVersion, Now: clock}
	s.as.Now = clock
	s.later = func(d time.Duration) { now = now.Add(d) }
	conv, err := s.dialogs.Open(s.ctx, buyer, locale, turnNow)
	if err != nil {
		t.Fatal(err)
	}
	s.id = conv.ID
	return s
}

// strict is a store that holds every commit to what a handoff promises: with the sentence stands the wait.
type strict struct {
	dialog.Store
	t *testing.T
}

func (s strict) Commit(ctx context.Context, id dialog.ID, c dialog.Change) (dialog.Conversation, error) {
	for _, e := range c.Entries {
		if e.Floor != nil && e.Floor.To != c.Next.Holder {
			s.t.Errorf("%q is said of %s, and %s is stored with it", e.Text, e.Floor.To, c.Next.Holder)
		}
	}
	return s.Store.Commit(ctx, id, c)
}

// newest are the entries after a position that a buyer reads.
func (s *seat) newest(n int) []dialog.Entry {
	s.t.Helper()
	return slices.DeleteFunc(s.log()[n:], func(e dialog.Entry) bool { return e.Kind == dialog.Note || e.Author.Kind == dialog.FromBuyer })
}

// Every way to a human, whatever the desk is like, in both languages, with a case and without: exactly one end is said,
// and it is stored that he waits, or that the bot stays.
func TestNoWayToAHumanEndsInSilence(t *testing.T) {
	for _, locale := range []dialog.Locale{dialog.ZH, dialog.EN} {
		for deskName, at := range desks {
			for name, way := range triggers {
				for _, withCase := range []bool{false, true} {
					t.Run(fmt.Sprintf("%s/%s/%s/case %v", locale, deskName, name, withCase), func(t *testing.T) {
						s := memSeat(t, locale)
						s.as.Desk = func(context.Context, dialog.Conversation) (dialog.Desk, error) { return at.desk, at.err }
						s.as.Dialogs = strict{s.dialogs, t}
						if withCase {
							for _, step := range story[:3] {
								step(s)
								s.turn()
							}
							conv := s.load()
							conv.Locale = locale
							s.commit(conv)
						}
						n := len(s.log())
						way.do(s)
						s.endsAfter(n, way, at.end, deskName == "not known", locale, at.zh, at.en)
					})
				}
			}
		}
	}
}

// endsAfter holds what was said after n to one of the ends.
func (s *seat) endsAfter(n int, way trigger, end dialog.End, unknown bool, locale dialog.Locale, zh, en string) {
	s.t.Helper()
	var said []dialog.Entry
	for _, e := range s.newest(n) {
		if e.Floor != nil && e.Floor.End != "" {
			said = append(said, e)
		}
	}
	if len(said) != 1 {
		s.t.Fatalf("%d ends are said: %v", len(said), keys(s.log()[n:]))
	}
	e, conv := said[0], s.load()
	if e.Floor.End != end || e.Floor.Why != way.why {
		s.t.Errorf("end %s for %s, want %s for %s", e.Floor.End, e.Floor.Why, end, way.why)
	}
	if way.soft && end == dialog.EndLater && !unknown {
		if conv.Holder != dialog.HeldByBot || e.Card == nil || e.Card.Buttons[0].Action != dialog.ActHuman {
			s.t.Errorf("held by %s, with %+v", conv.Holder, e.Card)
		}
		return
	}
	if conv.Holder != dialog.HeldWaiting || conv.Handoff != way.why || conv.WaitingSince.IsZero() || conv.Told.End != end || e.Floor.Epoch != conv.Epoch {
		s.t.Errorf("stored: %+v", conv)
	}
	if last := s.newest(n); last[len(last)-1].Seq != e.Seq {
		s.t.Errorf("something is said after it: %v", keys(last))
	}
	if conv.Locale != locale {
		s.t.Errorf("it is led in %s", conv.Locale)
	}
	want := zh
	if conv.Locale == dialog.EN {
		want = en
	}
	if way.why == dialog.HandoffDistress && end == dialog.EndPlace {
		return // nobody who may hurt himself is told a number
	}
	if !strings.Contains(e.Text, want) {
		s.t.Errorf("it says %q, want %q", e.Text, want)
	}
	for name, other := range desks {
		if text := map[dialog.Locale]string{dialog.ZH: other.zh, dialog.EN: other.en}[conv.Locale]; text != want && strings.Contains(e.Text, text) {
			s.t.Errorf("it says %q as well (%s)", text, name)
		}
	}
}

// waitingSeat waits for a human, in Chinese, with somebody at the desk; at may be changed.
func waitingSeat(t *testing.T, at *dialog.Desk) *seat {
	t.Helper()
	s := memSeat(t, dialog.ZH)
	s.as.Desk = func(context.Context, dialog.Conversation) (dialog.Desk, error) { return *at, nil }
	says("转人工|talk to a person")(s)
	if s.load().Holder != dialog.HeldWaiting {
		t.Fatalf("holder %s", s.load().Holder)
	}
	return s
}

func (s *seat) agentJoins() {
	s.t.Helper()
	conv := s.load()
	next, err := dialog.Claim(conv, "li", "小李", conv.Epoch, s.as.Now())
	if err != nil {
		s.t.Fatal(err)
	}
	told := replies.In(conv.Locale, policy.Default()).Floor(replies.Crossing{From: conv, To: next, By: dialog.FromAgent}, s.as.Now())
	if _, err := s.dialogs.Commit(s.ctx, s.id, dialog.Change{Expect: conv.Version, Next: next, Entries: []dialog.Entry{told}, LiveAt: -1}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *seat) agentWrites(text string) {
	s.t.Helper()
	s.next++
	if _, err := s.dialogs.Append(s.ctx, s.id, dialog.Append{Agent: "li", Scope: "li", Entry: dialog.Entry{
		At: s.as.Now(), Author: dialog.Author{Kind: dialog.FromAgent, Name: "小李"}, Kind: dialog.Text, Client: fmt.Sprint("a", s.next), Text: text,
	}}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *seat) look() time.Time {
	s.t.Helper()
	next, err := s.as.Floor().Look(s.ctx, s.id)
	if err != nil {
		s.t.Fatal(err)
	}
	return next
}

func TestAnAgentWhoIsSlowIsToldOnceAndTheBuyerMayGoBack(t *testing.T) {
	s := waitingSeat(t, &dialog.Desk{Known: true, Agents: 1, Place: 1})
	s.agentJoins()
	s.say("我的退款到哪了？")
	n := len(s.log())
	s.later(2 * time.Minute)
	if next := s.look(); !next.Equal(turnNow.Add(3*time.Minute)) || len(s.log()) != n {
		t.Errorf("looked at again at %v", next)
	}
	s.later(time.Minute)
	for range 3 {
		s.look()
	}
	if got := keys(s.newest(n)); fmt.Sprint(got) != "[handoff.slow]" {
		t.Fatalf("he reads %v", got)
	}
	n = len(s.log())
	s.put(dialog.Entry{Kind: dialog.Press, Action: dialog.ActBot})
	s.turn()
	if conv := s.load(); conv.Holder != dialog.HeldByBot {
		t.Fatalf("holder %s", conv.Holder)
	}
	got := s.newest(n)
	if len(got) < 2 || got[0].Key != "handoff.left_agent" || got[1].Author.Kind != dialog.FromBot {
		t.Errorf("what he asked is answered by nobody: %v", keys(got))
	}
	if b := got[0].Floor; b == nil || b.From != dialog.HeldByHuman || b.To != dialog.HeldByBot || b.By != dialog.FromBuyer || b.Why != dialog.BackLeft || b.Agent != "小李" {
		t.Errorf("the boundary is %+v", got[0].Floor)
	}
	n = len(s.log())
	s.turn()
	if len(s.log()) != n {
		t.Error("it is answered twice")
	}
}

// A press of the queue's old button, when the agent has come and answers, throws nobody out, and is answered.
func TestTheQueuesButtonDoesNotThrowTheAgentOut(t *testing.T) {
	s := waitingSeat(t, &dialog.Desk{Known: true, Agents: 1, Place: 1})
	s.agentJoins()
	n := len(s.log())
	s.put(dialog.Entry{Kind: dialog.Press, Action: dialog.ActBot})
	s.turn()
	if got := keys(s.newest(n)); fmt.Sprint(got) != "[handoff.still_here]" || s.load().Holder != dialog.HeldByHuman {
		t.Errorf("held by %s, he reads %v", s.load().Holder, got)
	}
}

func TestWhenNothingIsOpenTheBotHasItBackAfterAWhile(t *testing.T) {
	for _, tt := range []struct {
		last string
		back bool
	}{{"好的，已经帮您看过了", true}, {"我查一下，稍后回复您", false}, {"Let me check and get back to you", false}, {"", true}} {
		s := waitingSeat(t, &dialog.Desk{Known: true, Agents: 1, Place: 1})
		s.agentJoins()
		if tt.last != "" {
			s.agentWrites(tt.last)
		}
		n := len(s.log())
		s.later(29 * time.Minute)
		s.look()
		if len(s.log()) != n {
			t.Errorf("%q: too early: %v", tt.last, keys(s.newest(n)))
		}
		s.later(2 * time.Minute)
		s.look()
		s.look()
		want := "[handoff.idle]"
		if !tt.back {
			want = "[handoff.slow]" // a promise is waited for, and he is told
		}
		if got := keys(s.newest(n)); fmt.Sprint(got) != want || (s.load().Holder == dialog.HeldByBot) != tt.back {
			t.Errorf("%q: held by %s, he reads %v", tt.last, s.load().Holder, got)
		}
	}
}

// While an agent has put it off on purpose, it is not taken from him, nor in the moment in which he sees it again.
func TestWhatIsPutOffIsNotGivenBack(t *testing.T) {
	s := waitingSeat(t, &dialog.Desk{Known: true, Agents: 1, Place: 1})
	s.agentJoins()
	conv := s.load()
	off, err := dialog.Snooze(conv, conv.Agent, turnNow.Add(2*time.Hour), turnNow)
	if err != nil {
		t.Fatal(err)
	}
	s.commit(off)
	due := off.Work.SnoozedUntil.Add(30 * time.Minute)
	for _, after := range []time.Duration{time.Hour, time.Hour, 29 * time.Minute} {
		s.later(after)
		if next := s.look(); !next.Equal(due) || s.load().Holder != dialog.HeldByHuman {
			t.Errorf("held by %s, looked at again at %v, want %v", s.load().Holder, next, due)
		}
	}
	s.later(2 * time.Minute)
	if s.look(); s.load().Holder != dialog.HeldByBot {
		t.Errorf("held by %s, long after it was due", s.load().Holder)
	}
}

func TestWhoWaitsIsToldOnceThatNobodyIsThereAnyMore(t *testing.T) {
	at := dialog.Desk{Known: true, Agents: 1, Place: 2, Waiting: 1}
	s := waitingSeat(t, &at)
	since := s.load().WaitingSince
	tell := func() bool {
		t.Helper()
		done, err := s.as.Floor().Retell(s.ctx, s.id)
		if err != nil {
			t.Fatal(err)
		}
		return done
	}
	n := len(s.log())
	tell()
	at.Agents = 0
	tell()
	tell()
	at.OpensAt = turnNow.Add(20 * time.Hour)
	tell()
	at.Agents, at.OpensAt = 1, time.Time{}
	tell()
	at.Agents = 0
	tell()
	if got := keys(s.newest(n)); fmt.Sprint(got) != "[handoff.now_away handoff.now_closed]" {
		t.Errorf("he reads %v", got)
	}
	if conv := s.load(); conv.Holder != dialog.HeldWaiting || !conv.WaitingSince.Equal(since) {
		t.Errorf("his place is gone: %+v", conv)
	}
	// Who was told when he asked is not told again.
	at = dialog.Desk{Known: true, OpensAt: turnNow.Add(20 * time.Hour)}
	s = waitingSeat(t, &at)
	n = len(s.log())
	tell()
	if got := s.newest(n); len(got) > 0 {
		t.Errorf("he reads %v", keys(got))
	}
}

// The long text that nobody is there comes once a day, and not right after an agent's word.
func TestThatTheDeskIsClosedIsSaidAtLengthOnceADay(t *testing.T) {
	at := dialog.Desk{Known: true, OpensAt: time.Date(2026, 11, 25, 1, 0, 0, 0, time.UTC)}
	s := waitingSeat(t, &at)
	again := func() string {
		t.Helper()
		s.put(dialog.Entry{Kind: dialog.Press, Action: dialog.ActBot})
		s.turn()
		n := len(s.log())
		says("转人工|talk to a person")(s)
		return s.newest(n)[0].Text
	}
	long := s.newest(0)[0].Text
	if !strings.Contains(long, "11月25日（周三）9:00 上班。请先留言") {
		t.Errorf("first: %q", long)
	}
	if text := again(); text == long || !strings.Contains(text, "11月25日（周三）9:00") {
		t.Errorf("again: %q", text)
	}
	s.later(24 * time.Hour)
	if text := again(); !strings.Contains(text, "明天 9:00 上班。请先留言") {
		t.Errorf("the next day: %q", text)
	}
}

// While a human has it or is waited for, evidence gets a receipt and a cry for help the helpline: from the system, and
// nothing else is said.
func TestUnderAHumanTheBotSaysOnlyWhatIsAutomatic(t *testing.T) {
	for _, joined := range []bool{false, true} {
		s := waitingSeat(t, &dialog.Desk{Known: true, Agents: 1, Place: 5, Waiting: 4})
		if joined {
			s.agentJoins()
		}
		n := len(s.log())
		s.say("运费谁出？")
		s.turn()
		if got := s.newest(n); len(got) > 0 {
			t.Errorf("joined %v: he reads %v", joined, keys(got))
		}
		put := func(e dialog.Entry) {
			t.Helper()
			s.next++
			e.At, e.Author, e.Client = s.as.Now(), dialog.Author{Kind: dialog.FromBuyer}, fmt.Sprint("m", s.next)
			if _, err := s.dialogs.Append(s.ctx, s.id, dialog.Append{Entry: e, Wants: e.Kind == dialog.Text, Turn: true}); err != nil {
				t.Fatal(err)
			}
			s.turn()
			s.turn()
		}
		put(dialog.Entry{Kind: dialog.Upload, Case: "c_1", Evidence: &dialog.EvidenceItem{ID: "e_1", Label: "商品实拍图", Kind: "item_photo"}})
		put(dialog.Entry{Kind: dialog.Text, Text: "我不想活了"})
		put(dialog.Entry{Kind: dialog.Text, Text: "真的不想活了"}) // a minute later it is not said again; the agents are told
		got := s.newest(n)
		if fmt.Sprint(keys(got)) != "[auto.receipt auto.distress]" {
			t.Fatalf("joined %v: he reads %v", joined, keys(got))
		}
		for _, e := range got {
			if e.Author.Kind != dialog.FromSystem || !strings.HasPrefix(e.Text, "自动") {
				t.Errorf("%s from %s: %q", e.Key, e.Author.Kind, e.Text)
			}
		}
		if !strings.Contains(got[0].Text, "商品实拍图") || !strings.Contains(got[1].Text, "12356") {
			t.Errorf("%q, %q", got[0].Text, got[1].Text)
		}
		conv := s.load()
		if notes := len(s.log()) - n - len(got) - 4; notes != 2 {
			t.Errorf("%d notes for agents", notes)
		}
		if !joined && conv.Handoff != dialog.HandoffDistress {
			t.Errorf("he waits for %s", conv.Handoff)
		}
	}
}

// What is pressed on the case and cannot be carried out is not lost, and not kept silent of.
func TestAPressThatFailsUnderAHumanIsToldOnce(t *testing.T) {
	s := waitingSeat(t, &dialog.Desk{Known: true, Agents: 1, Place: 1})
	s.put(dialog.Entry{Kind: dialog.Press, Action: dialog.ActEscalate, Text: "申请平台介入", Args: dialog.Args{"case": "c_1"}})
	n := len(s.log())
	for range 3 {
		if err := s.as.Floor().GiveUp(s.ctx, s.id); err != nil {
			t.Fatal(err)
		}
	}
	if got := keys(s.log()[n:]); fmt.Sprint(got) != "[auto.trouble note.trouble]" {
		t.Errorf("said %v", got)
	}
	if conv := s.load(); conv.Pressed <= conv.Carried {
		t.Error("the press is lost")
	}
}
