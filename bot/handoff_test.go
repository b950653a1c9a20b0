package bot

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"recourse/bot/replies"
	"recourse/cases/policy"
	"recourse/dialog"
)

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

// A threat while he waits or is talked to is the agents' to know at once, and answered by nothing automatic.
func TestAThreatUnderAHumanIsToldToTheAgentsOnly(t *testing.T) {
	for _, joined := range []bool{false, true} {
		s := waitingSeat(t, &dialog.Desk{Known: true, Agents: 1, Place: 5, Waiting: 4})
		if joined {
			s.agentJoins()
		}
		n := len(s.log())
		if _, err := s.dialogs.Append(s.ctx, s.id, dialog.Append{Wants: true, Turn: true, Entry: dialog.Entry{
			At: s.as.Now(), Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Text, Client: "threat", Text: "我要去你们公司砍人",
		}}); err != nil {
			t.Fatal(err)
		}
		s.turn()
		s.turn()
		if got := keys(s.log()[n:]); fmt.Sprint(got) != "[note.threat]" {
			t.Errorf("joined %v: said %v", joined, got)
		}
		if conv := s.load(); !joined && conv.Handoff != dialog.HandoffSafety {
			t.Errorf("he waits for %s", conv.Handoff)
		}
	}
}
