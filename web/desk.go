package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"recourse/cases"
	"recourse/dialog"
	"recourse/web/wire"
)

func (c *conn) helloAgent(ctx context.Context, agent Agent) error {
	c.agent = &agent
	if !c.s.hub.add(c) {
		return closing{closeTooMany, "too many sockets"}
	}
	c.begin()
	if err := c.s.Desk.AtWork(ctx, agent.Login, c.s.wall()); err != nil {
		return err
	}
	c.send(wire.Welcome{
		T: wire.TWelcome, Role: "agent", Locale: string(c.locale), Now: c.s.Now().UTC(), Speed: c.s.Speed(), Limits: c.s.limits(),
		You:     &wire.AgentView{Login: agent.Login, Name: agent.Name, Role: agent.Role},
		Copilot: c.s.Copilot != nil && c.s.Copilot.On(),
	})
	return c.inbox(ctx)
}

// inbox sends the whole list.
func (c *conn) inbox(ctx context.Context) error {
	ids, err := c.s.Desk.Conversations(ctx)
	if err != nil {
		return err
	}
	frame := wire.Inbox{T: wire.TInbox, Whole: true, Items: []wire.InboxItem{}}
	for _, id := range ids {
		item, err := c.s.inboxItem(ctx, id, c)
		if errors.Is(err, dialog.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if item.Holder != dialog.HeldByBot {
			frame.Items = append(frame.Items, item)
		}
	}
	c.send(frame)
	return nil
}

// inboxItem is one line of an agent's list.
func (s *Server) inboxItem(ctx context.Context, id dialog.ID, c *conn) (wire.InboxItem, error) {
	conv, err := s.Dialogs.Load(ctx, id)
	if err != nil {
		return wire.InboxItem{}, err
	}
	item := wire.InboxItem{
		Conversation: string(id), Buyer: conv.Buyer, Holder: conv.Holder, Epoch: conv.Epoch, Agent: conv.Agent, AgentName: conv.AgentName,
		Mine: conv.Agent != "" && conv.Agent == c.agent.Login, Handoff: string(conv.Handoff), WaitingSince: conv.WaitingSince,
		Seq: conv.Last, Seen: conv.SeenAgent,
	}
	entries, err := s.Dialogs.Entries(ctx, id, max(0, conv.Last-1), 1)
	if err != nil {
		return item, err
	}
	if len(entries) == 1 {
		item.Last, item.LastAt = clip(entries[0].Text, 80), entries[0].At
	}
	if conv.Flow.Case == "" {
		return item, nil
	}
	found, err := s.Ledger.Store.Load(ctx, conv.Flow.Case)
	if err != nil {
		if errors.Is(err, cases.ErrNoCase) {
			return item, nil
		}
		return item, err
	}
	item.CaseState, item.CaseTitle = string(found.State), found.Line.Title
	for t, at := range found.Deadlines {
		if item.Deadline.IsZero() || at.Before(item.Deadline) {
			item.Deadline, item.DeadlineOf = at, string(t)
		}
	}
	return item, nil
}

func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}

// deskChanged sends one changed line to every agent of this node.
func (s *Server) deskChanged(id dialog.ID) {
	s.hub.atDesk(func(c *conn) {
		c.post(func() {
			ctx, cancel := context.WithTimeout(c.ctx, storeWait)
			defer cancel()
			item, err := s.inboxItem(ctx, id, c)
			if err != nil {
				if c.ctx.Err() == nil {
					s.log.WarnContext(ctx, "inbox item not read", "dialog", id, "err", err)
				}
				return
			}
			raw, err := json.Marshal(wire.Inbox{T: wire.TInbox, Items: []wire.InboxItem{item}})
			if err != nil {
				panic(err) // plain data, cannot happen
			}
			c.out(raw)
		})
	})
}

// handleAgent carries out a frame of an agent, if his role may send it (may.go), and records it.
func (c *conn) handleAgent(ctx context.Context, t wire.Type, raw []byte) error {
	r, known := agentFrames[t]
	if !known {
		return refuse(CodeBadFrame)
	}
	about, err := decode[struct {
		ID           string `json:"id"`
		Conversation string `json:"conversation"`
	}](raw)
	if err != nil {
		return err
	}
	tr := c.s.newTrail(*c.agent, r, "socket", c.from)
	tr.entry.Object = clip(about.ID, 64)
	tr.about(clip(about.Conversation, 64), "")
	if err = r.check(*c.agent); err == nil {
		err = tr.begin(ctx)
	}
	if err == nil {
		err = c.agentFrame(context.WithValue(ctx, trailKey{}, tr), t, raw)
	}
	tr.end(ctx, outcomeOf(err))
	return err
}

func (c *conn) agentFrame(ctx context.Context, t wire.Type, raw []byte) error {
	switch t {
	case wire.TWatch:
		return with(ctx, raw, func(ctx context.Context, f wire.Watch) error {
			if _, err := c.s.Dialogs.Load(ctx, dialog.ID(f.Conversation)); err != nil {
				return err
			}
			c.show(dialog.ID(f.Conversation), max(0, f.Since))
			return nil
		})
	case wire.TUnwatch:
		return with(ctx, raw, func(_ context.Context, f wire.Watch) error {
			id := dialog.ID(f.Conversation)
			c.s.hub.unwatch(id, c)
			c.post(func() { delete(c.views, id) })
			return nil
		})
	case wire.TSay:
		return with(ctx, raw, c.agentSays)
	case wire.TNote:
		return with(ctx, raw, c.note)
	case wire.TClaim:
		return with(ctx, raw, c.claim)
	case wire.TRelease:
		return with(ctx, raw, c.release)
	case wire.TSeen:
		return with(ctx, raw, func(ctx context.Context, f wire.Seen) error {
			_, err := c.s.Dialogs.Seen(ctx, dialog.ID(f.Conversation), dialog.FromAgent, f.Seq)
			return err
		})
	case wire.TTyping:
		return with(ctx, raw, func(ctx context.Context, f wire.Typing) error {
			return c.typing(ctx, dialog.ID(f.Conversation), wire.Typing{T: wire.TTyping, On: f.On, Who: dialog.FromAgent, Name: c.agent.Name})
		})
	default:
		return refuse(CodeBadFrame)
	}
}

// agentSays is for the buyer; it needs the floor.
func (c *conn) agentSays(ctx context.Context, f wire.Say) error {
	return c.agentWrites(ctx, f.Conversation, f.ID, dialog.Text, f.Text, c.agent.Login)
}

// note is for colleagues; it needs no floor.
func (c *conn) note(ctx context.Context, f wire.Note) error {
	return c.agentWrites(ctx, f.Conversation, f.ID, dialog.Note, f.Text, "")
}

// agentWrites stores an agent's entry and acknowledges it. holder, if set, must have the floor.
func (c *conn) agentWrites(ctx context.Context, conversation, id string, kind dialog.EntryKind, text, holder string) error {
	if err := checkText(id, text); err != nil {
		return err
	}
	res, err := c.s.Dialogs.Append(ctx, dialog.ID(conversation), dialog.Append{Agent: holder, Scope: c.agent.Login, Entry: dialog.Entry{
		At: c.s.Now().UTC(), Author: dialog.Author{Kind: dialog.FromAgent, Name: c.agent.Name}, Kind: kind, Client: id, Text: text,
	}})
	if err != nil {
		return err
	}
	trailIn(ctx).detail("seq", strconv.FormatInt(res.Seq, 10))
	c.send(wire.Ack{T: wire.TAck, ID: id, Seq: res.Seq})
	return nil
}

// claim gives the agent the floor, and with it the case that waits for the platform. Of two agents one
// wins; a claim that is repeated by its winner succeeds again.
func (c *conn) claim(ctx context.Context, f wire.Claim) error {
	id := dialog.ID(f.Conversation)
	conv, err := c.s.change(ctx, id, func(conv dialog.Conversation) (dialog.Conversation, []dialog.Entry, error) {
		if conv.Holder == dialog.HeldByHuman && conv.Agent == c.agent.Login {
			return conv, nil, nil
		}
		next, err := dialog.Claim(conv, c.agent.Login, c.agent.Name, f.Epoch, c.s.Now().UTC())
		if err != nil {
			return conv, nil, refuse(CodeAlreadyClaimed)
		}
		return next, []dialog.Entry{c.s.Words.System("handoff.joined", dialog.Slots{"name": c.agent.Name},
			fmt.Sprintf("joined:%d", next.Epoch), conv.Locale, c.s.Now())}, nil
	})
	if err != nil {
		return err
	}
	if err := c.claimCase(ctx, conv); err != nil {
		return err
	}
	c.send(wire.Ack{T: wire.TAck, ID: f.ID})
	return nil
}

// claimCase gives the agent the case of a conversation that he claimed. Most conversations have no case that waits for
// the platform, and an appeal waits for somebody who may decide it; having the floor is enough then.
func (c *conn) claimCase(ctx context.Context, conv dialog.Conversation) error {
	if conv.Flow.Case == "" {
		return nil
	}
	found, err := c.s.Ledger.Store.Load(ctx, conv.Flow.Case)
	if err == nil && found.State == cases.AppealReview && !c.agent.May(MayAppeal) {
		return nil
	}
	if err == nil {
		trailIn(ctx).about("", string(found.ID))
		_, err = c.s.Ledger.Apply(ctx, conv.Flow.Case, cases.Event{
			Key: fmt.Sprintf("claim:%s/%d", conv.ID, conv.Epoch), Kind: cases.EvClaim, Actor: cases.Agent, By: c.agent.Login, Role: c.agent.Role,
		})
	}
	if cases.CodeOf(err) != "" || errors.Is(err, cases.ErrNoCase) {
		return nil
	}
	return err
}

func (c *conn) release(ctx context.Context, f wire.Release) error {
	id := dialog.ID(f.Conversation)
	_, err := c.s.change(ctx, id, func(conv dialog.Conversation) (dialog.Conversation, []dialog.Entry, error) {
		if conv.Holder == dialog.HeldByBot && conv.Epoch == f.Epoch+1 {
			return conv, nil, nil // a repeat
		}
		next, err := dialog.Release(conv, c.agent.Login, f.Epoch, c.s.Now().UTC())
		if err != nil {
			return conv, nil, err
		}
		return next, []dialog.Entry{c.s.Words.System(dialog.ReturnedKey, dialog.Slots{"name": c.agent.Name},
			fmt.Sprintf("returned:%d", next.Epoch), conv.Locale, c.s.Now())}, nil
	})
	if err != nil {
		return err
	}
	c.send(wire.Ack{T: wire.TAck, ID: f.ID})
	c.s.Turn(id) // what he left unanswered is the bot's again
	return nil
}
