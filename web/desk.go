package web

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"recourse/dialog"
	"recourse/web/wire"
)

func (c *conn) helloAgent(ctx context.Context, agent Agent) error {
	c.agent = &agent
	if !c.s.hub.add(c) {
		return closing{closeTooMany, "too many sockets"}
	}
	c.begin()
	if err := c.s.Desk.Arrive(ctx, agent.atDesk(c.s.Rules), c.id, c.s.deskNow()); err != nil {
		return err
	}
	you := agentView(agent)
	c.send(wire.Welcome{
		T: wire.TWelcome, Role: "agent", Locale: string(c.locale), Now: c.s.Now().UTC(), Speed: c.s.Speed(), Limits: c.s.limits(),
		You:     &you,
		Copilot: c.s.Copilot != nil && c.s.Copilot.On(),
	})
	return c.inbox(ctx)
}

// inbox sends the whole list.
func (c *conn) inbox(ctx context.Context) error {
	state, moved, err := c.s.readBoard(ctx)
	if err != nil {
		return err
	}
	// What this reading found first, the next one does not find again.
	if len(moved) > 0 {
		c.s.tellMoved(moved)
		c.s.board.changed(false)
	}
	items, err := c.s.inboxItems(ctx, slices.Sorted(maps.Keys(state.Chats)), state)
	if err != nil {
		return err
	}
	items = slices.DeleteFunc(items, func(l line) bool { return l.item.Holder == dialog.HeldByBot })
	c.post(func() { c.outInbox(state, true, items) })
	return nil
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
		err = c.frameVisible(ctx, tr, t, dialog.ID(about.Conversation))
	}
	if err == nil {
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
			conv, err := c.s.Dialogs.Load(ctx, dialog.ID(f.Conversation))
			if err != nil {
				return err
			}
			since := max(0, f.Since)
			if since == 0 && f.Tail > 0 {
				since = max(0, conv.Last-f.Tail)
			}
			c.show(conv.ID, since)
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
	case wire.TStatus:
		return with(ctx, raw, c.setStatus)
	case wire.TDecline:
		return with(ctx, raw, c.decline)
	case wire.TAssign:
		return with(ctx, raw, c.assign)
	case wire.TTakeover:
		return with(ctx, raw, c.takeover)
	case wire.TTransfer:
		return with(ctx, raw, c.transfer)
	case wire.TLease:
		return with(ctx, raw, c.lease)
	case wire.TSeen:
		return with(ctx, raw, c.agentSaw)
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
	if err := c.leased(ctx, dialog.ID(f.Conversation)); err != nil {
		return err
	}
	return c.agentWrites(ctx, f.Conversation, dialog.Append{Agent: c.agent.Login, Epoch: f.Epoch, Entry: dialog.Entry{Kind: dialog.Text, Client: f.ID, Text: f.Text}})
}

// agentSaw moves the mark that the buyer sees if the agent has the floor, and ends the call of a note that names him.
func (c *conn) agentSaw(ctx context.Context, f wire.Seen) error {
	id := dialog.ID(f.Conversation)
	conv, err := c.s.Dialogs.Load(ctx, id)
	if err != nil {
		return err
	}
	if conv.Agent == c.agent.Login {
		if _, err := c.s.Dialogs.Seen(ctx, id, dialog.FromAgent, f.Seq); err != nil {
			return err
		}
	}
	if _, called := dialog.Looked(conv, c.agent.Login, f.Seq); !called {
		return nil
	}
	_, err = c.s.change(ctx, id, func(conv dialog.Conversation) (dialog.Conversation, []dialog.Entry, error) {
		next, _ := dialog.Looked(conv, c.agent.Login, f.Seq)
		return next, nil, nil
	})
	return err
}

// note is for colleagues; it needs no floor.
func (c *conn) note(ctx context.Context, f wire.Note) error {
	return c.agentWrites(ctx, f.Conversation, dialog.Append{Entry: dialog.Entry{Kind: dialog.Note, Client: f.ID, Text: f.Text}})
}

// agentWrites stores an agent's entry and acknowledges it. Who must have the floor for it, and since when, is in a.
func (c *conn) agentWrites(ctx context.Context, conversation string, a dialog.Append) error {
	if err := checkText(a.Entry.Client, a.Entry.Text); err != nil {
		return err
	}
	a.Scope, a.Entry.At, a.Entry.Author = c.agent.Login, c.s.Now().UTC(), dialog.Author{Kind: dialog.FromAgent, Name: c.agent.Name}
	res, err := c.s.Dialogs.Append(ctx, dialog.ID(conversation), a)
	if err != nil {
		return err
	}
	if a.Entry.Kind == dialog.Note {
		// Before it is acknowledged: a note that is sent again mentions again.
		if err := c.s.mention(ctx, dialog.ID(conversation), a.Entry.Text, res.Seq); err != nil {
			return err
		}
	}
	trailIn(ctx).detail("seq", strconv.FormatInt(res.Seq, 10))
	c.send(wire.Ack{T: wire.TAck, ID: a.Entry.Client, Seq: res.Seq})
	return nil
}

func (c *conn) release(ctx context.Context, f wire.Release) error {
	id := dialog.ID(f.Conversation)
	_, err := c.s.change(ctx, id, func(conv dialog.Conversation) (dialog.Conversation, []dialog.Entry, error) {
		if conv.Holder == dialog.HeldByBot && conv.Epoch == f.Epoch+1 {
			return conv, nil, nil // a repeat
		}
		give, why := dialog.Release, dialog.BackReleased
		if f.Resolve {
			give, why = dialog.Resolve, dialog.BackResolved
		}
		next, err := give(conv, c.agent.Login, f.Epoch, c.s.Now().UTC())
		if err != nil {
			return conv, nil, err
		}
		next, told := c.s.Words.Floor(ctx, conv, next, dialog.FromAgent, why)
		next, asked := c.s.Words.Survey(ctx, conv, next, why)
		return next, append([]dialog.Entry{told}, asked...), nil
	})
	if err != nil {
		return err
	}
	c.s.follow(ctx, id)
	c.send(wire.Ack{T: wire.TAck, ID: f.ID})
	c.s.Turn(id) // what he left unanswered is the bot's again
	return nil
}

// left notes that an agent's socket is gone.
func (s *Server) left(c *conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), storeWait)
	defer cancel()
	if err := s.Desk.Leave(ctx, c.agent.Login, c.id, s.deskNow()); err != nil {
		s.log.WarnContext(ctx, "that an agent left is found later", "err", err)
	}
}
