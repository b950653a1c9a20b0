package bot

import (
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/dialog"
	"recourse/internal/redistest"
)

// filed brings a seat to a case that the merchant has refused, with the bot holding the floor.
func filed(t *testing.T, rdb redis.UniversalClient) *seat {
	t.Helper()
	s := onShelf(t, rdb)
	for _, step := range bandStory[:7] {
		step.do(s)
		s.turn()
	}
	s.happens(cases.Event{Kind: cases.EvReject, Actor: cases.Merchant, By: "s1", Code: "MR04", Text: "已签收视为无误", Told: true})
	return s
}

func (s *seat) claim() {
	s.t.Helper()
	conv := s.load()
	next, err := dialog.Claim(conv, "li", "小李", conv.Epoch, turnNow)
	if err != nil {
		s.t.Fatal(err)
	}
	s.commit(next)
}

func (s *seat) release() {
	s.t.Helper()
	conv := s.load()
	next, err := dialog.Release(conv, "li", conv.Epoch, turnNow)
	if err != nil {
		s.t.Fatal(err)
	}
	s.commit(next)
}

func (s *seat) commit(next dialog.Conversation) {
	s.t.Helper()
	if _, err := s.dialogs.Commit(s.ctx, s.id, dialog.Change{Expect: next.Version, Next: next, LiveAt: -1}); err != nil {
		s.t.Fatal(err)
	}
}

func (s *seat) agentSays(text string) {
	s.t.Helper()
	s.next++
	_, err := s.dialogs.Append(s.ctx, s.id, dialog.Append{Agent: "li", Scope: "li", Entry: dialog.Entry{
		At: turnNow, Author: dialog.Author{Kind: dialog.FromAgent, Name: "小李"}, Kind: dialog.Text, Text: text,
	}})
	if err != nil {
		s.t.Fatal(err)
	}
}

// since is who said what after a position, the buyer's own words left out.
func (s *seat) since(n int) []string {
	s.t.Helper()
	var out []string
	for _, e := range s.log()[n:] {
		if e.Author.Kind != dialog.FromBuyer {
			out = append(out, string(e.Author.Kind)+" "+e.Key+e.Text[:0])
		}
	}
	return out
}

func TestAPressOnTheCaseOutlivesTheAgentsWord(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		s := filed(t, rdb)
		s.claim()
		s.pressCard(dialog.ActEscalate)
		s.agentSays("稍等") // before any node came to run the turn
		s.turn()
		if c := s.theCase(); c.State != cases.PlatformQueued {
			t.Errorf("the escalation was lost: %s", c.State)
		}
	})
}

func TestAPressJustBeforeAClaimTakesEffectAndTheBotIsSilent(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		s := filed(t, rdb)
		n := len(s.log())
		s.pressCard(dialog.ActEscalate)
		s.claim()
		s.turn()
		if c := s.theCase(); c.State != cases.PlatformQueued {
			t.Errorf("the escalation was lost: %s", c.State)
		}
		for _, e := range s.log()[n:] {
			if e.Author.Kind == dialog.FromBot {
				t.Errorf("the bot spoke under a human: %s", e.Key)
			}
		}
	})
}

// The agent comes while the turn runs, after the case took the event: the event stays, the reply does not.
func TestATakeoverWithinATurnKeepsTheEventAndDropsTheReply(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		s := filed(t, rdb)
		version, n := s.theCase().Version, len(s.log())
		s.pressCard(dialog.ActEscalate)
		late := *s.as
		late.Dialogs = &takeover{Store: s.dialogs}
		if err := late.Turn(s.ctx, s.id); err != nil {
			t.Fatal(err)
		}
		s.turn()
		if c := s.theCase(); c.State != cases.PlatformQueued || c.Version != version+1 {
			t.Errorf("%s at version %d after %d", c.State, c.Version, version)
		}
		conv := s.load()
		if conv.Holder != dialog.HeldByHuman || conv.Agent != "agent" || conv.Pressed != conv.Carried {
			t.Errorf("held by %s %s, pressed %d, carried %d", conv.Holder, conv.Agent, conv.Pressed, conv.Carried)
		}
		for _, e := range s.log()[n:] {
			if e.Author.Kind == dialog.FromBot {
				t.Errorf("the bot spoke: %s", e.Key)
			}
		}
	})
}

func TestWhatWasCarriedOutUnderAHumanIsNotCarriedOutAgain(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		s := filed(t, rdb)
		s.claim()
		n := len(s.log())
		s.pressCard(dialog.ActWithdraw)
		s.turn()
		if diff := cmp.Diff([]string{"system twice.withdraw"}, s.since(n)); diff != "" {
			t.Fatalf("first press (-want +got):\n%s", diff)
		}
		s.pressCard(dialog.ActWithdrawYes)
		for range 2 {
			s.turn()
		}
		version := s.theCase().Version
		if c := s.theCase(); c.State != cases.ClosedWithdrawn {
			t.Errorf("the case is %s", c.State)
		}
		// A text is the human's to answer; a turn for it changes nothing.
		before := s.load().Version
		s.say("现在到哪一步了？")
		s.turn()
		if got := s.load().Version; got != before {
			t.Errorf("a turn with nothing to do made version %d of %d", got, before)
		}
		// He releases without a word. The bot answers the text, and nothing that was carried out before.
		s.release()
		s.turn()
		said := s.since(n)
		if count := len(slices.DeleteFunc(slices.Clone(said), func(k string) bool { return k != "system twice.withdraw" && k != "bot twice.withdraw" })); count != 1 {
			t.Errorf("the second confirmation was asked for %d times: %v", count, said)
		}
		if last := said[len(said)-1]; last[:3] != "bot" {
			t.Errorf("the open text is not answered: %v", said)
		}
		if c := s.theCase(); c.Version != version {
			t.Errorf("the case moved on to version %d", c.Version)
		}
		conv := s.load()
		if conv.Inbound != conv.Answered || conv.Pressed > conv.Carried {
			t.Errorf("inbound %d, answered %d, pressed %d, carried %d", conv.Inbound, conv.Answered, conv.Pressed, conv.Carried)
		}
	})
}

func TestAStepOfTheFlowWaitsWhileAHumanHasTheFloor(t *testing.T) {
	s := onShelf(t, redistest.Embedded(t))
	for _, step := range bandStory[:2] {
		step.do(s)
		s.turn()
	}
	live := s.load().Flow.Live
	s.claim()
	n := len(s.log())
	s.put(dialog.Entry{Kind: dialog.Press, On: live, Action: dialog.ActPickReason, Args: dialog.Args{"reason": "quality_defect"}})
	s.turn()
	if got := s.since(n); len(got) != 0 || s.theCase().Version != 1 {
		t.Errorf("said %v, case at version %d", got, s.theCase().Version)
	}
	s.release()
	s.turn()
	if s.theCase().Version != 2 || s.load().Flow.Step != dialog.StepEvidence {
		t.Errorf("after the release: version %d, step %q", s.theCase().Version, s.load().Flow.Step)
	}
}

// notifier tells the seat's buyer what happens to the case.
func (s *seat) notifier() *Notifier {
	return &Notifier{Dialogs: s.dialogs, Ledger: s.as.Ledger, Complaints: s.as.Complaints, Policy: s.as.Policy, Now: s.as.Now}
}

func TestANoticeIsToldOnceWhoeverHasTheFloor(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		s := filed(t, rdb)
		c := s.theCase()
		n := len(s.log())
		note := cases.Notice{To: cases.Buyer, Key: "rejected"}
		for i := range 3 {
			if i == 1 {
				s.claim()
			}
			if i == 2 { // the case has moved on, and the words would differ now
				s.happens(cases.Event{Kind: cases.EvEscalate, Actor: cases.Buyer, By: buyer, Text: "请看一下", Confirmed: true})
			}
			if err := s.notifier().Notify(s.ctx, c.ID, c.Version, note); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff([]string{"system notice.rejected"}, s.since(n)); diff != "" {
			t.Errorf("told (-want +got):\n%s", diff)
		}
		e := s.log()[len(s.log())-1]
		if e.Card == nil || e.Card.Case != string(c.ID) || e.Case != string(c.ID) || e.Card.Deadline.IsZero() {
			t.Errorf("the notice shows %+v", e.Card)
		}
		if conv := s.load(); conv.Inbound > conv.Answered && conv.Inbound == e.Seq {
			t.Error("a notice wants an answer")
		}
	})
}

func TestNoticesOfOthersAndWithoutWords(t *testing.T) {
	s := filed(t, redistest.Embedded(t))
	c := s.theCase()
	n := len(s.log())
	for _, to := range []cases.Actor{cases.Merchant, cases.Agent} {
		if err := s.notifier().Notify(s.ctx, c.ID, c.Version, cases.Notice{To: to, Key: "submitted"}); err != nil {
			t.Errorf("to %s: %v", to, err)
		}
	}
	if err := s.notifier().Notify(s.ctx, c.ID, c.Version, cases.Notice{To: cases.Buyer, Key: "no such words"}); err == nil {
		t.Error("a notice without words was told")
	}
	if err := s.notifier().Notify(s.ctx, "c_001_NONE", 1, cases.Notice{To: cases.Buyer, Key: "rejected"}); !errors.Is(err, cases.ErrNoCase) {
		t.Errorf("of no case: %v", err)
	}
	if got := s.since(n); len(got) != 0 {
		t.Errorf("told %v", got)
	}
	// A payment that failed wants a person, once.
	for range 2 {
		if err := s.notifier().Notify(s.ctx, c.ID, c.Version, cases.Notice{To: cases.Agent, Key: "payment_failed"}); err != nil {
			t.Fatal(err)
		}
	}
	if conv := s.load(); conv.Holder != dialog.HeldWaiting || conv.Handoff != dialog.HandoffPayment {
		t.Errorf("held by %s for %s", conv.Holder, conv.Handoff)
	}
	if diff := cmp.Diff([]string{"system handoff.waiting"}, s.since(n)); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
}

// A turn that always meets somebody else's commit gives up and leaves the entry to the sweep.
func TestATurnThatNeverWinsIsLeftForALaterTry(t *testing.T) {
	s := onShelf(t, redistest.Embedded(t))
	s.say("你好")
	late := *s.as
	late.Dialogs = neverWins{s.dialogs}
	if err := late.Turn(s.ctx, s.id); !errors.Is(err, dialog.ErrConflict) {
		t.Errorf("the turn ends with %v", err)
	}
	owed, err := s.dialogs.Unanswered(s.ctx, turnNow, 10)
	if err != nil || !slices.Contains(owed, s.id) {
		t.Errorf("owed %v, %v", owed, err)
	}
}

type neverWins struct{ dialog.Store }

func (neverWins) Commit(context.Context, dialog.ID, dialog.Change) (dialog.Conversation, error) {
	return dialog.Conversation{}, dialog.ErrConflict
}

// A courtesy said to the agent is not for the bot to come back to; a question that he left open is.
func TestAfterTheReturnTheBotAnswersOnlyWhatIsStillOpen(t *testing.T) {
	for text, want := range map[string][]string{
		"谢谢": nil, "好的": nil, "嗯嗯啊啊": nil, "现在到哪一步了？": {"bot status"},
	} {
		s := filed(t, redistest.Embedded(t))
		s.claim()
		s.say(text)
		n := len(s.log())
		conv := s.load()
		next, err := dialog.Release(conv, "li", conv.Epoch, turnNow)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.dialogs.Commit(s.ctx, s.id, dialog.Change{Expect: conv.Version, Next: next, LiveAt: -1, Entries: []dialog.Entry{
			{At: turnNow, Author: dialog.Author{Kind: dialog.FromSystem}, Kind: dialog.Notice, Key: dialog.ReturnedKey, Client: "returned"},
		}}); err != nil {
			t.Fatal(err)
		}
		s.turn()
		got := slices.DeleteFunc(s.since(n), func(k string) bool { return k == "system "+dialog.ReturnedKey })
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" {
			t.Errorf("%q (-want +got):\n%s", text, diff)
		}
		if owed, err := s.dialogs.Unanswered(s.ctx, turnNow, 10); err != nil || len(owed) != 0 {
			t.Errorf("%q: still owed %v, %v", text, owed, err)
		}
	}
}
