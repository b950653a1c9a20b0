package dialog

import (
	"slices"
	"time"
)

// ReturnedKey is the wording key of the entry with which an agent gives the floor back: what stands before it
// was said to him.
const ReturnedKey = "handoff.returned"

// Wait puts a conversation into the queue for a human. It is pure.
func Wait(c Conversation, why Reason, now time.Time) Conversation {
	c.Holder, c.Epoch, c.Handoff, c.WaitingSince = HeldWaiting, c.Epoch+1, why, now
	c.Agent, c.AgentName, c.HeldSince = "", "", time.Time{}
	return c
}

// Return gives the floor to the bot.
func Return(c Conversation, now time.Time) Conversation {
	c.Holder, c.Epoch, c.Handoff, c.WaitingSince = HeldByBot, c.Epoch+1, "", time.Time{}
	c.Agent, c.AgentName, c.UpdatedAt = "", "", now
	c.Work.Skill, c.Work.For, c.Work.PassedBy = "", "", ""
	c.HeldSince, c.SlowTold = time.Time{}, time.Time{}
	return c
}

// Claim gives the floor to an agent. Epoch is the one he saw: if the floor has changed since, the claim is
// refused, so that of two agents one wins. A conversation that a human holds is not claimed from him.
func Claim(c Conversation, login, name string, epoch int64, now time.Time) (Conversation, error) {
	if c.Epoch != epoch {
		return c, ErrConflict
	}
	if c.Holder == HeldByHuman {
		return c, ErrNotHolder
	}
	c.Holder, c.Epoch, c.Agent, c.AgentName, c.UpdatedAt = HeldByHuman, c.Epoch+1, login, name, now
	c.Work.LastAgent, c.Work.For, c.Work.PassedBy, c.Work.ResolvedAt, c.Work.SnoozedUntil = login, "", "", time.Time{}, time.Time{}
	c.HeldSince, c.SlowTold = now, time.Time{}
	c.Work = c.Work.Let(login)
	return c, nil
}

// Release gives the floor back from the agent who has it.
func Release(c Conversation, login string, epoch int64, now time.Time) (Conversation, error) {
	if c.Holder != HeldByHuman || c.Agent != login || epoch != 0 && c.Epoch != epoch {
		return c, ErrNotHolder
	}
	return Return(c, now), nil
}

// Resolve gives the floor back from the agent who has it, who says that his part is done. What the buyer writes then is
// the bot's to answer; if he wants a person again soon, that reopens it (Reopens).
func Resolve(c Conversation, login string, epoch int64, now time.Time) (Conversation, error) {
	c, err := Release(c, login, epoch, now)
	if err != nil {
		return c, err
	}
	c.Work.ResolvedAt, c.Work.SnoozedUntil = now, time.Time{}
	return c, nil
}

// Reopens says that a person whom the buyer wants now is wanted for what an agent has resolved a short while ago. He had
// it last, so the desk offers it to him first.
func (c Conversation) Reopens(within time.Duration, now time.Time) bool {
	return !c.Work.ResolvedAt.IsZero() && now.Sub(c.Work.ResolvedAt) < within
}

// underHuman are the presses that take effect while a human has the floor or is waited for: rights on the
// case, whose clocks do not stop, leaving the queue, and a score.
var underHuman = []Action{
	ActEscalate, ActResubmit, ActWithdraw, ActAccept, ActDecline, ActAppeal, ActTracking, ActSendRest, ActReceived, ActBalance, ActBot,
	ActWithdrawYes, ActAcceptYes, ActAppealYes, ActBalanceYes, ActRate,
}

// UnderHuman says whether a press takes effect whoever has the floor.
func UnderHuman(a Action) bool {
	return slices.Contains(underHuman, a) || slices.Contains(complaintUnderHuman, a)
}

// WantsAnswer says that whoever has the floor owes an answer for a press. That an upload failed while a human has it is his
// to see, and the bot must not come back to it later; a score is for nobody to answer.
func WantsAnswer(a Action, holder Holder) bool {
	return a != ActRate && (a != ActTrouble || holder == HeldByBot)
}

// LookAfter is how soon a conversation is looked at after a human took it or was written to; what is due then says when
// it is looked at next.
const LookAfter = time.Minute

// Overdue is what nobody did.
type Overdue string

// What may be overdue.
const (
	NothingOverdue Overdue = ""
	AgentSlow      Overdue = "slow" // he was asked something, and has not answered
	AgentIdle      Overdue = "idle" // nothing is open, and he says nothing more
)

// Due says what will be overdue next in a conversation that a human has, and when: an answer after slow, and, where
// nothing is open, a word of his after idle; what he put off on purpose is his until then, and idle begins when it is due.
// That an answer is late is told once.
func (c Conversation) Due(slow, idle time.Duration) (Overdue, time.Time) {
	switch {
	case c.Holder != HeldByHuman:
		return NothingOverdue, time.Time{}
	case c.Inbound <= c.Answered:
		return AgentIdle, latest(c.HeldSince, c.SpokeAt, c.SlowTold, c.Snoozed()).Add(idle)
	case !c.SlowTold.IsZero() && !c.SlowTold.Before(c.AskedAt):
		return NothingOverdue, time.Time{}
	}
	return AgentSlow, latest(c.HeldSince, c.AskedAt).Add(slow)
}

func latest(ts ...time.Time) time.Time {
	return slices.MaxFunc(ts, time.Time.Compare)
}
