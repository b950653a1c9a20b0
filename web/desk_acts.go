package web

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"recourse/cases"
	"recourse/dialog"
	"recourse/dialog/desk"
	"recourse/web/wire"
)

// won is the refusal of a claim: somebody else has the floor, and this is who.
func won(conv dialog.Conversation) error {
	d := detailed{
		refusal: refusal{CodeAlreadyClaimed},
		details: wire.Winner{Login: conv.Agent, Name: conv.AgentName, Holder: conv.Holder, Epoch: conv.Epoch},
	}
	switch conv.Holder {
	case dialog.HeldByHuman:
		d.text = text{"这个对话已经由" + conv.AgentName + "接手。", conv.AgentName + " has taken this conversation."}
	default: // it was passed on or given back meanwhile
		d.text = text{"这个对话刚刚有变化，请看最新的状态再操作。", "This conversation has just changed hands; look at it again."}
	}
	return d
}

// take gives an agent the floor by a change that is decided from the conversation as it is, and with it the case that
// waits for the platform. Notes are for colleagues.
func (s *Server) take(ctx context.Context, id dialog.ID, to Agent, decide func(dialog.Conversation) (dialog.Conversation, error), notes ...func(epoch int64, l dialog.Locale) dialog.Entry) error {
	conv, err := s.change(ctx, id, func(conv dialog.Conversation) (dialog.Conversation, []dialog.Entry, error) {
		if conv.Holder == dialog.HeldByHuman && conv.Agent == to.Login {
			return conv, nil, nil // a repeat
		}
		next, err := decide(conv)
		if err != nil {
			return conv, nil, won(conv)
		}
		next, told := s.Words.Floor(ctx, conv, next, dialog.FromAgent, "")
		said := []dialog.Entry{told}
		for _, n := range notes {
			said = append(said, n(next.Epoch, conv.Locale))
		}
		return next, said, nil
	})
	if err != nil {
		return err
	}
	s.follow(ctx, id)
	return s.claimCase(ctx, conv, to)
}

// claimCase gives an agent the case of a conversation that he has now. Most conversations have no case that waits for
// the platform, and an appeal waits for somebody who may decide it; having the floor is enough then.
func (s *Server) claimCase(ctx context.Context, conv dialog.Conversation, to Agent) error {
	if conv.Flow.Case == "" {
		return nil
	}
	found, err := s.Ledger.Store.Load(ctx, conv.Flow.Case)
	if err == nil && found.State == cases.AppealReview && !to.May(MayAppeal) {
		return nil
	}
	if err == nil {
		trailIn(ctx).about("", string(found.ID))
		_, err = s.Ledger.Apply(ctx, conv.Flow.Case, cases.Event{
			Key: fmt.Sprintf("claim:%s/%d", conv.ID, conv.Epoch), Kind: cases.EvClaim, Actor: cases.Agent, By: to.Login, Role: to.Role,
		})
	}
	if cases.CodeOf(err) != "" || errors.Is(err, cases.ErrNoCase) {
		return nil
	}
	return err
}

// follow lets the desk follow a conversation at once. If it fails, the outbox does it a moment later.
func (s *Server) follow(ctx context.Context, id dialog.ID) {
	if err := s.Follow(ctx, id); err != nil && ctx.Err() == nil {
		s.log.WarnContext(ctx, "the desk follows later", "dialog", id, "err", err)
	}
}

// remark is a note of the system to colleagues about a change of who has the floor.
func (s *Server) remark(key string, slots dialog.Slots, name string) func(int64, dialog.Locale) dialog.Entry {
	return func(epoch int64, l dialog.Locale) dialog.Entry {
		e := s.Words.System(key, slots, fmt.Sprintf("%s:%d", name, epoch), l, s.Now())
		e.Kind = dialog.Note
		return e
	}
}

// claim gives the agent the floor of a conversation that waits, offered to him or not. Of two agents one wins; a claim
// that is repeated by its winner succeeds again.
func (c *conn) claim(ctx context.Context, f wire.Claim) error {
	err := c.s.take(ctx, dialog.ID(f.Conversation), *c.agent, func(conv dialog.Conversation) (dialog.Conversation, error) {
		return dialog.Claim(conv, c.agent.Login, c.agent.Name, f.Epoch, c.s.Now().UTC())
	})
	return c.acked(f.ID, err)
}

func (c *conn) acked(id string, err error) error {
	if err == nil {
		c.send(wire.Ack{T: wire.TAck, ID: id})
	}
	return err
}

func (c *conn) setStatus(ctx context.Context, f wire.Status) error {
	st := desk.Status(f.Status)
	if f.ID == "" || st != desk.Online && st != desk.Away {
		return refuse(CodeBadFrame)
	}
	return c.acked(f.ID, c.s.Desk.Set(ctx, c.agent.Login, st))
}

// decline lets an offer pass. One that is over anyway is as good as declined.
func (c *conn) decline(ctx context.Context, f wire.Decline) error {
	_, err := c.s.Desk.Decline(ctx, dialog.ID(f.Conversation), c.agent.Login, c.s.deskNow())
	return c.acked(f.ID, err)
}

// colleague is an agent who is there.
func (s *Server) colleague(ctx context.Context, login string) (desk.Agent, error) {
	state, err := s.Desk.State(ctx)
	if err != nil {
		return desk.Agent{}, err
	}
	a, known := state.Agents[login]
	if !known || !a.There() {
		return a, refuse(CodeAgentAway)
	}
	return a, nil
}

// skilled refuses a skill that nobody but an agent has, now or at all: what he passes on would come back to him, or to
// somebody who cannot do it either, and its buyer would have been told otherwise.
func (s *Server) skilled(ctx context.Context, skill, but string) error {
	state, err := s.Desk.State(ctx)
	if err != nil {
		return err
	}
	now, ever := state.Skilled(skill, but)
	switch {
	case now:
		return nil
	case ever:
		return refuse(CodeSkillAway)
	}
	accounts, err := s.Roster.Accounts(ctx) // the desk forgets who has not been there for long
	if err != nil {
		return err
	}
	if slices.ContainsFunc(accounts, func(a Account) bool {
		return a.Login != but && !a.Disabled && slices.Contains(a.Skills, skill)
	}) {
		return refuse(CodeSkillAway)
	}
	return refuse(CodeSkillUnknown)
}

func (c *conn) assign(ctx context.Context, f wire.Assign) error {
	trailIn(ctx).detail("to", clip(f.Agent, 64))
	to, err := c.s.colleague(ctx, f.Agent)
	if err != nil {
		return err
	}
	err = c.s.take(ctx, dialog.ID(f.Conversation), Agent{Login: to.Login, Name: to.Name, Role: to.Role}, func(conv dialog.Conversation) (dialog.Conversation, error) {
		return dialog.TakeOver(conv, to.Login, to.Name, f.Epoch, c.s.Now().UTC())
	}, c.s.remark("note.assigned", dialog.Slots{"name": c.agent.Name, "to": to.Name}, "assigned"))
	return c.acked(f.ID, err)
}

// reasonRunes bounds a reason or a note for colleagues.
const reasonRunes = 500

func reason(text string, needed bool) error {
	switch {
	case len([]rune(text)) > reasonRunes:
		return refuse(CodeTextTooLong)
	case needed && strings.TrimSpace(text) == "":
		return refuse(CodeReasonRequired)
	}
	return nil
}

func (c *conn) takeover(ctx context.Context, f wire.Takeover) error {
	if err := reason(f.Reason, true); err != nil {
		return err
	}
	trailIn(ctx).detail("reason", f.Reason)
	err := c.s.take(ctx, dialog.ID(f.Conversation), *c.agent, func(conv dialog.Conversation) (dialog.Conversation, error) {
		return dialog.TakeOver(conv, c.agent.Login, c.agent.Name, f.Epoch, c.s.Now().UTC())
	}, c.s.remark("note.takeover", dialog.Slots{"name": c.agent.Name, "why": f.Reason}, "takeover"))
	return c.acked(f.ID, err)
}

func (c *conn) transfer(ctx context.Context, f wire.Transfer) error {
	if err := reason(f.Note, false); err != nil {
		return err
	}
	if (f.Agent == "") == (f.Skill == "") || f.Agent == c.agent.Login {
		return refuse(CodeBadFrame)
	}
	trailIn(ctx).detail("to", clip(f.Agent+f.Skill, 64))
	to := f.Skill
	if f.Agent != "" {
		colleague, err := c.s.colleague(ctx, f.Agent)
		if err != nil {
			return err
		}
		if colleague.Status != desk.Online {
			return refuse(CodeAgentAway)
		}
		to = colleague.Name
	}
	id := dialog.ID(f.Conversation)
	key := "transfer:" + f.ID // of this very frame: a repeat finds its note and is done
	_, err := c.s.change(ctx, id, func(conv dialog.Conversation) (dialog.Conversation, []dialog.Entry, error) {
		if conv.Holder == dialog.HeldWaiting && conv.Epoch == f.Epoch+1 && conv.Work.LastAgent == c.agent.Login {
			return conv, nil, nil // a repeat
		}
		if f.Skill != "" {
			if err := c.s.skilled(ctx, f.Skill, c.agent.Login); err != nil {
				return conv, nil, err
			}
		}
		next, err := dialog.Transfer(conv, c.agent.Login, dialog.Target{Agent: f.Agent, Skill: f.Skill}, f.Epoch, c.s.Now().UTC())
		if err != nil {
			return conv, nil, err
		}
		note := c.s.remark("note.transfer", dialog.Slots{"name": c.agent.Name, "to": to, "note": f.Note}, key)(next.Epoch, conv.Locale)
		next, told := c.s.Words.Floor(ctx, conv, next, dialog.FromAgent, "")
		return next, []dialog.Entry{told, note}, nil
	})
	if err == nil {
		c.s.follow(ctx, id)
	}
	return c.acked(f.ID, err)
}

// Requeue puts a conversation whose agent is gone back into the queue and tells its buyer. If the floor has changed
// meanwhile it is dialog.ErrNotHolder.
func (s *Server) Requeue(ctx context.Context, id dialog.ID, login string, epoch int64) error {
	_, err := s.change(ctx, id, func(conv dialog.Conversation) (dialog.Conversation, []dialog.Entry, error) {
		next, err := dialog.Requeue(conv, login, epoch, s.Now().UTC())
		if err != nil {
			return conv, nil, err
		}
		next, told := s.Words.Floor(ctx, conv, next, dialog.FromSystem, "")
		return next, []dialog.Entry{told}, nil
	})
	return err
}

// lease notes that the agent is writing an answer, and shows it to his colleagues. Only who has the floor, or whoever
// looks at what waits, writes one.
func (c *conn) lease(ctx context.Context, f wire.Lease) error {
	id := dialog.ID(f.Conversation)
	conv, err := c.s.Dialogs.Load(ctx, id)
	if err != nil {
		return err
	}
	holds := conv.Holder == dialog.HeldByHuman && conv.Agent == c.agent.Login
	if conv.Holder == dialog.HeldByHuman && !holds {
		return refuse(CodeNotHolder)
	}
	has, err := c.s.Desk.Lease(ctx, id, desk.Writer{Login: c.agent.Login, Name: c.agent.Name, Socket: c.id}, f.On, holds)
	if err != nil {
		return err
	}
	if has.Socket != c.id && f.On {
		c.send(wire.Lease{T: wire.TLease, Conversation: f.Conversation, On: true, Login: has.Login, Name: has.Name})
		return nil
	}
	return c.s.signal(ctx, id, forAgents+c.id, wire.Lease{T: wire.TLease, Conversation: f.Conversation, On: f.On, Login: c.agent.Login, Name: c.agent.Name})
}

// forAgents before the sender of a signal says that no buyer is shown it.
const forAgents = "desk:"

// leased refuses an answer while the same agent is writing one elsewhere: he would send two.
func (c *conn) leased(ctx context.Context, id dialog.ID) error {
	has, err := c.s.Desk.Writing(ctx, id)
	if err != nil {
		return err
	}
	if has.Login == c.agent.Login && has.Socket != c.id {
		return refuse(CodeReplyLeased)
	}
	return nil
}
