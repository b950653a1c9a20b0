package dialog

import (
	"errors"
	"testing"
	"time"
)

func held(t *testing.T) (Conversation, time.Time) {
	t.Helper()
	asked := time.Date(2026, 11, 26, 10, 0, 0, 0, time.UTC)
	c := Wait(Conversation{Holder: HeldByBot, Epoch: 1}, HandoffAsked, asked)
	c, err := Claim(c, "li", "小李", c.Epoch, asked.Add(time.Minute))
	if err != nil {
		t.Fatal(err)
	}
	return c, asked
}

func TestPassedOnItKeepsItsAgeAndIsForWhomItWasMeant(t *testing.T) {
	c, asked := held(t)
	now := asked.Add(time.Hour)
	next, err := Transfer(c, "li", Target{Agent: "wang"}, c.Epoch, now)
	if err != nil {
		t.Fatal(err)
	}
	if next.Holder != HeldWaiting || next.Agent != "" || next.Epoch != c.Epoch+1 || !next.WaitingSince.Equal(asked) ||
		next.Work.For != "wang" || next.Work.LastAgent != "li" {
		t.Errorf("passed on: %+v", next)
	}
	taken, err := Claim(next, "wang", "小王", next.Epoch, now)
	if err != nil || taken.Work.For != "" || taken.Work.LastAgent != "wang" {
		t.Errorf("taken: %+v %v", taken, err)
	}
	skilled, err := Transfer(c, "li", Target{Skill: "appeal"}, c.Epoch, now)
	if err != nil || skilled.Work.Skill != "appeal" || skilled.Work.For != "" {
		t.Errorf("for a skill: %+v %v", skilled, err)
	}
	if back := Return(skilled, now); back.Work.Skill != "" || back.Work.LastAgent != "li" {
		t.Errorf("back with the bot: %+v", back.Work)
	}
}

func TestOnlyWhoHasItAtThisEpochPassesItOn(t *testing.T) {
	c, now := held(t)
	for name, try := range map[string]func() (Conversation, error){
		"another agent": func() (Conversation, error) {
			return Transfer(c, "wang", Target{Skill: "appeal"}, c.Epoch, now)
		},
		"an old epoch": func() (Conversation, error) {
			return Requeue(c, "li", c.Epoch-1, now)
		},
		"from the queue": func() (Conversation, error) {
			waiting, err := Requeue(c, "li", c.Epoch, now)
			if err != nil {
				t.Fatal(err)
			}
			return Requeue(waiting, "li", waiting.Epoch, now)
		},
	} {
		if _, err := try(); !errors.Is(err, ErrNotHolder) {
			t.Errorf("%s: %v, want ErrNotHolder", name, err)
		}
	}
}

func TestTakenOverWhoeverHasIt(t *testing.T) {
	c, asked := held(t)
	now := asked.Add(time.Hour)
	next, err := TakeOver(c, "chen", "小陈", c.Epoch, now)
	if err != nil || next.Agent != "chen" || next.AgentName != "小陈" || next.Epoch != c.Epoch+1 || !next.WaitingSince.Equal(asked) {
		t.Errorf("from an agent: %+v %v", next, err)
	}
	if _, err := TakeOver(c, "chen", "小陈", c.Epoch-1, now); !errors.Is(err, ErrConflict) {
		t.Errorf("with an old epoch: %v, want ErrConflict", err)
	}
	bot := Conversation{Holder: HeldByBot, Epoch: 4}
	if next, err = TakeOver(bot, "chen", "小陈", 4, now); err != nil || next.Holder != HeldByHuman || !next.WaitingSince.Equal(now) {
		t.Errorf("from the bot: %+v %v", next, err)
	}
}
