package web

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"sync"
	"time"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/evidence"
	"recourse/dialog"
	"recourse/web/wire"
)

// Which conversations, cases and complaints an agent sees is in this file, and every way to one asks here: the list and
// the views of sockets, their frames, the operations with {id} of a conversation, a case or a complaint (admit), the
// list of tickets, and links to files.
//
// An agent sees what waits and he could take, what is or was his, and what a colleague named him in. Seniors see
// appeals besides, supervisors and admins everything. What he does not see does not exist for him: the answer is the
// one for an unknown id, so that nobody learns what there is.

// sees says whether an agent sees a conversation; c is its case, nil if it has none.
func (s *Server) sees(a Agent, conv dialog.Conversation, c *cases.Case) bool {
	switch {
	case a.May(MaySeeAll):
		return true
	case conv.Agent == a.Login, conv.Work.For == a.Login, slices.Contains(conv.Work.Insiders, a.Login):
		return true
	case conv.Holder == dialog.HeldWaiting && s.couldTake(a, conv):
		return true
	}
	return c != nil && a.seesCase(*c)
}

// couldTake says whether a conversation that waits is for him: he has its language and its skill, or the desk offers it
// to him all the same, because nobody at work has them.
func (s *Server) couldTake(a Agent, conv dialog.Conversation) bool {
	if c, ok := s.board.chat(conv.ID); ok && c.Offer != nil && c.Offer.To == a.Login {
		return true
	}
	return (len(a.Languages) == 0 || conv.Locale == "" || slices.Contains(a.Languages, conv.Locale)) &&
		(conv.Work.Skill == "" || slices.Contains(a.Skills, conv.Work.Skill))
}

// seesCase says whether an agent sees a case whatever becomes of its conversation: it is or was his to decide, or it
// waits for somebody like him.
func (a Agent) seesCase(c cases.Case) bool {
	switch {
	case a.May(MaySeeAll), c.Arbitration.Agent == a.Login, c.Arbitration.FirstAgent == a.Login:
		return true
	case c.State == cases.AppealReview:
		return a.May(MayAppeal)
	}
	return c.State == cases.PlatformQueued
}

// seesComplaint says whether an agent sees a complaint that was filed.
func (a Agent) seesComplaint(c complaints.Complaint) bool {
	switch {
	case a.May(MaySeeAll), c.Audit.Agent == a.Login, c.Audit.FirstAgent == a.Login:
		return true
	case c.State == complaints.AppealReview:
		return a.May(MayAppeal)
	}
	return c.Turn().Who == cases.Agent && c.Audit.Agent == ""
}

// seesConversation loads the case that may let him see a conversation, if it depends on it.
func (s *Server) seesConversation(ctx context.Context, a Agent, conv dialog.Conversation) (bool, error) {
	if conv.Flow.Case == "" || s.sees(a, conv, nil) {
		return s.sees(a, conv, nil), nil
	}
	c, err := s.Ledger.Store.Load(ctx, conv.Flow.Case)
	if errors.Is(err, cases.ErrNoCase) {
		return false, nil
	}
	return err == nil && s.sees(a, conv, &c), err
}

// conversationOf loads a conversation for an agent; one that he does not see does not exist.
func (s *Server) conversationOf(ctx context.Context, a Agent, id dialog.ID) (dialog.Conversation, error) {
	conv, err := s.Dialogs.Load(ctx, id)
	if err != nil {
		return conv, err
	}
	ok, err := s.seesConversation(ctx, a, conv)
	if err == nil && !ok {
		err = refuse(CodeNoConversation)
	}
	return conv, err
}

// caseOf loads a case for an agent; one that he does not see does not exist.
func (s *Server) caseOf(ctx context.Context, a Agent, id cases.ID) (cases.Case, error) {
	c, err := s.Ledger.Store.Load(ctx, id)
	if err != nil || a.seesCase(c) {
		return c, err
	}
	if c.Conversation != "" {
		conv, err := s.Dialogs.Load(ctx, dialog.ID(c.Conversation))
		if err == nil && s.sees(a, conv, nil) {
			return c, nil
		}
		if err != nil && !errors.Is(err, dialog.ErrNotFound) {
			return c, err
		}
	}
	return c, cases.ErrNoCase
}

// visible refuses an agent what he does not see of what an operation is about, and notes what it is about.
func (s *Server) visible(ctx context.Context, a Agent, t *trail, subject, id string) error {
	if id == "" {
		return nil // a list, which leaves out by itself what he does not see
	}
	switch subject {
	case "cases":
		c, err := s.caseOf(ctx, a, cases.ID(id))
		if err == nil {
			t.about(c.Conversation, string(c.ID))
		}
		return err
	case "conversations":
		conv, err := s.conversationOf(ctx, a, dialog.ID(id))
		if err == nil {
			t.about(string(conv.ID), string(conv.Flow.Case))
		}
		return err
	case "complaints":
		c, err := s.complaintOf(ctx, cases.Agent, a.Login, id)
		if err != nil {
			return err
		}
		if !a.seesComplaint(c) {
			return complaints.ErrNotFound
		}
		t.about(c.Conversation, string(c.Case))
	}
	return nil
}

// frameVisible refuses a frame about a conversation that the agent does not see. A claim that comes too late is told so.
func (c *conn) frameVisible(ctx context.Context, tr *trail, t wire.Type, id dialog.ID) error {
	if id == "" || t == wire.TUnwatch {
		return nil
	}
	conv, err := c.s.conversationOf(ctx, *c.agent, id)
	if t == wire.TClaim && conv.Holder == dialog.HeldByHuman && codeOf(err) == CodeNoConversation {
		return nil
	}
	if err != nil {
		return err
	}
	tr.about(string(conv.ID), string(conv.Flow.Case))
	// To look at what somebody else has is a supervisor's right, and leaves a trace.
	if t == wire.TWatch && conv.Holder != dialog.HeldWaiting && conv.Agent != c.agent.Login && !slices.Contains(conv.Work.Insiders, c.agent.Login) {
		tr.rule.audit, tr.entry.Action = "chat.watch", "chat.watch"
	}
	return nil
}

// stillSees closes a view that its agent sees no longer: a colleague has taken what waited.
func (c *conn) stillSees(ctx context.Context, id dialog.ID) (bool, error) {
	if c.agent == nil {
		return true, nil
	}
	_, err := c.s.conversationOf(ctx, *c.agent, id)
	if !hidden(err) {
		return err == nil, err
	}
	c.s.hub.unwatch(id, c)
	delete(c.views, id)
	f := errorFrame(err, "", c.locale)
	raw, err := json.Marshal(map[string]dialog.ID{"conversation": id})
	if err != nil {
		panic(err) // plain data, cannot happen
	}
	f.Details = raw
	c.outFrame(f)
	return false, nil
}

// ticketsFor are the tickets of a list that an agent may see, at most limit: his role's, of what he sees. Those of no
// case and no conversation are everybody's.
func (s *Server) ticketsFor(ctx context.Context, a Agent, list []wire.Ticket, limit int) ([]wire.Ticket, error) {
	out := []wire.Ticket{}
	for _, t := range list {
		if len(out) == limit {
			break
		}
		ok, err := s.seesTicket(ctx, a, t)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, t)
		}
	}
	return out, nil
}

func (s *Server) seesTicket(ctx context.Context, a Agent, t wire.Ticket) (bool, error) {
	if t.Role != "" && !a.May(MayTheirs) {
		return false, nil
	}
	if a.May(MaySeeAll) {
		return true, nil
	}
	var err error
	switch {
	case t.Conversation != "":
		_, err = s.conversationOf(ctx, a, dialog.ID(t.Conversation))
	case t.Case != "":
		_, err = s.caseOf(ctx, a, cases.ID(t.Case))
	}
	if hidden(err) {
		return false, nil
	}
	return err == nil, err
}

// hidden says whether an error is that something is not there for whoever asks.
func hidden(err error) bool {
	return err != nil && slices.Contains([]Code{CodeNoConversation, CodeNoComplaint, Code(cases.CodeNotFound)}, codeOf(err))
}

// agentReads says whether an agent may still see a file, and records that he gets an original. The link says who he
// is; his account, and what he sees, are looked at anew.
func (s *Server) agentReads(ctx context.Context, login string, item evidence.Copy, info evidence.Info) error {
	agent, err := s.Accounts.Agent(ctx, login)
	if err != nil {
		return err
	}
	r := open(MayRead)
	if item == evidence.Original {
		r = final(MayRead, "evidence.original")
	}
	t := s.newTrail(agent, r, "rest", originIn(ctx))
	subject := "cases"
	if _, ok := complaintID(info.Meta.Case); ok {
		subject = "complaints"
	}
	if err := r.check(agent); err != nil {
		return err
	}
	if err := s.visible(ctx, agent, t, subject, string(info.Meta.Case)); hidden(err) {
		return noEvidence()
	} else if err != nil {
		return err
	}
	// A film is fetched in many pieces, and a page asks again: it is one look.
	look := login + " " + string(info.ID)
	if !r.first || s.looks.lately(look, s.wall()) {
		return nil
	}
	t.entry.Object, t.entry.Outcome = string(info.ID), auditDone
	if err := s.record(ctx, t.entry); err != nil {
		return err
	}
	s.looks.note(look, s.wall())
	return nil
}

// lookLasts is how long looking at a file is one look: as long as the link to it.
const lookLasts = 10 * time.Minute

// looks remember who has looked at what a moment ago, on this node.
type looks struct {
	mu sync.Mutex
	at map[string]time.Time // guarded by mu
}

// lately says whether it was recorded already.
func (l *looks) lately(what string, now time.Time) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	at, ok := l.at[what]
	return ok && now.Sub(at) < lookLasts
}

func (l *looks) note(what string, now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.at == nil {
		l.at = map[string]time.Time{}
	}
	maps.DeleteFunc(l.at, func(_ string, at time.Time) bool { return now.Sub(at) >= lookLasts })
	l.at[what] = now
}
