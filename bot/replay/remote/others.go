package remote

import (
	"cmp"
	"context"
	"crypto/rand"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/labwire"
	"recourse/bot/replay/stage"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/dialog"
	"recourse/web/wire"
	"recourse/web/wsclient"
)

// happens is what somebody else does: by his own door if he has one.
func (st *seat) happens(ctx context.Context, e suite.Event) error {
	by := cmp.Or(e.By, stage.Usually(cases.EventKind(e.Do)))
	filed := len(e.Kinds) > 0 && e.Do != string(cases.EvRequestEvidence) // with evidence that nobody uploads
	switch {
	case filed || e.Complain:
	case by == "merchant":
		return st.act(ctx, "merchant", st.set.Shops[st.set.Shop], e)
	case by == "agent", by == "other agent", by == "supervisor":
		session, err := st.s.desk.session(ctx, by)
		if err != nil {
			return err
		}
		return st.act(ctx, "agent", session, e)
	}
	st.n += 100 // apart from what the past was numbered
	return st.ask(ctx, "event", labwire.Event{Conversation: st.set.Conversation, N: 10_000 + st.n, Event: e})
}

// act posts an action on the case at hand to the API of a side. The version is the one that the buyer sees; when it has
// moved on since, it is asked for and sent again.
func (st *seat) act(ctx context.Context, side, bearer string, e suite.Event) error {
	st.n++
	body := filled(e, st.locale)
	header := map[string]string{"Authorization": "Bearer " + bearer, "Idempotency-Key": st.set.Conversation + "-" + fmt.Sprint(st.n), "Accept-Language": string(st.locale)}
	for again := false; ; again = true {
		if err := st.settle(ctx, true); err != nil {
			return err
		}
		if st.stands.Case == "" {
			return fmt.Errorf("%w: %s: there is no case", replay.ErrNotOffered, e.Do)
		}
		body.ExpectedVersion = st.stands.CaseVersion
		_, err := st.s.call(ctx, http.MethodPost, "/api/"+side+"/cases/"+st.stands.Case+"/"+e.Do, header, body, nil)
		no, _ := err.(*refusal)
		if no == nil || no.Code != string(cases.CodeVersionConflict) || again {
			return asSuite(err)
		}
	}
}

// filled is an event as its sender's form has it, with what he would have had to fill in; as in stage.Doer.
func filled(e suite.Event, l dialog.Locale) wire.CaseAction {
	address := stage.ReturnAddress
	if l == dialog.EN {
		address = stage.ReturnAddressEN
	}
	a := wire.CaseAction{AmountFen: e.Amount, Text: e.Text, Code: e.Code, Kinds: e.Kinds, Party: string(e.Party), Carrier: e.Carrier, Waybill: e.Waybill, Method: e.Method}
	switch kind := cases.EventKind(e.Do); kind {
	case cases.EvReject, cases.EvRejectReturn, cases.EvRefuseParcel:
		a.Told = true
	case cases.EvAgreeReturn, cases.EvMerchantReverses, cases.EvRuleReturnRefund:
		a.Address = address
	case cases.EvOffer:
		a.Kind = cmp.Or(string(e.Type), "partial")
	case cases.EvSettle:
		a.Kind, a.BuyerOK, a.ShopOK = string(e.Type), true, true
	case cases.EvShip, cases.EvGoodsSentBack:
		a.Carrier, a.Waybill = cmp.Or(a.Carrier, stage.Carrier), cmp.Or(a.Waybill, stage.Waybill)
	case cases.EvRetryPayment:
		a.Text = "" // the form has none
	case cases.EvReassign:
		a.Assignee = "lead"
	case cases.EvOverturn:
		a.Type, a.Address = string(e.Type), address
	}
	return a
}

// deadlines puts the deadlines of the case into a view whose step expects some. A buyer is sent the one that matters to
// him; all of them are read as the desk does.
func (st *seat) deadlines(ctx context.Context, step suite.Step, v *replay.View) error {
	if step.Expect == nil || len(step.Expect.Deadline) == 0 || v.Case == nil {
		return nil
	}
	if st.s.lab == nil {
		v.Unseen = append(v.Unseen, "deadline")
		return nil
	}
	session, err := st.s.desk.session(ctx, "supervisor")
	if err != nil {
		return err
	}
	var c dialog.CaseView
	if _, err := st.s.call(ctx, http.MethodGet, "/api/agent/cases/"+st.buyer.State.Case.ID, map[string]string{"Authorization": "Bearer " + session}, nil, &c); err != nil {
		return err
	}
	v.Case.Deadlines = map[cases.Timer]time.Time{}
	for name, at := range c.Deadlines {
		v.Case.Deadlines[cases.Timer(name)] = st.back(at)
	}
	return nil
}

// desk are the demo's agents, who log in once.
type desk struct {
	stage    *Stage
	mu       sync.Mutex
	sessions map[string]string // by login; guarded by mu
}

// session is that of the agent who has a part in suites.
func (d *desk) session(ctx context.Context, part string) (string, error) {
	i := slices.Index([]string{"agent", "other agent", "supervisor"}, part)
	if i < 0 || i >= len(d.stage.lab.Desk) {
		return "", cannot("the server has no demo account for %q", part)
	}
	account := d.stage.lab.Desk[i]
	d.mu.Lock()
	defer d.mu.Unlock()
	if s, ok := d.sessions[account.Login]; ok {
		return s, nil
	}
	var out wire.LoginResult
	if _, err := d.stage.call(ctx, http.MethodPost, "/api/agent/login", nil, wire.Login{Login: account.Login, Password: account.Password}, &out); err != nil {
		return "", fmt.Errorf("log %s in: %w", account.Login, err)
	}
	if d.sessions == nil {
		d.sessions = map[string]string{}
	}
	d.sessions[account.Login] = out.Session
	return out.Session, nil
}

// agent is the console of the agent who works on the case.
type agent struct {
	conn *wsclient.Conn
	page wsclient.Page
	n    int
	name string
}

// atDesk is what the agent does in the chat.
func (st *seat) atDesk(ctx context.Context, step suite.Step) error {
	if err := st.settle(ctx, true); err != nil { // the epoch must be the present one
		return err
	}
	part := "agent"
	if step.Agent == "join" && st.buyer.State.Holder == dialog.HeldByBot {
		part = "supervisor" // a chat that nobody was given is for those who see all
	}
	if err := st.console(ctx, part); err != nil {
		return err
	}
	conv, epoch := st.set.Conversation, st.stands.Epoch
	switch step.Agent {
	case "join":
		return st.agent.send(ctx, func(id string) any { return wire.Claim{T: wire.TClaim, ID: id, Conversation: conv, Epoch: epoch} })
	case "leave", "resolve":
		return st.agent.send(ctx, func(id string) any {
			return wire.Release{T: wire.TRelease, ID: id, Conversation: conv, Epoch: epoch, Resolve: step.Agent == "resolve"}
		})
	case "say":
		text := ""
		if step.Text != nil {
			text = step.Text.In(st.locale)
		}
		return st.agent.send(ctx, func(id string) any { return wire.Say{T: wire.TSay, ID: id, Conversation: conv, Text: text} })
	}
	return fmt.Errorf("%w: an agent joins, leaves, resolves or says; %q is none of them", replay.ErrSuite, step.Agent)
}

// console opens the socket of the agent who has a part, once.
func (st *seat) console(ctx context.Context, part string) error {
	if st.agent != nil {
		return nil
	}
	session, err := st.s.desk.session(ctx, part)
	if err != nil {
		return err
	}
	conn, err := wsclient.Dial(ctx, st.s.socket)
	if err != nil {
		return err
	}
	a := &agent{conn: conn, name: rand.Text()[:8], page: wsclient.Page{Hidden: true}}
	st.agent = a // Close ends it
	if err := conn.Write(wire.Hello{T: wire.THello, Token: session, Locale: string(dialog.ZH)}); err != nil {
		return err
	}
	return a.until(ctx, func() bool { return a.page.Welcome.Role == "agent" })
}

func (a *agent) until(ctx context.Context, ok func() bool) error {
	for !ok() {
		f, err := a.conn.Read(ctx)
		if err != nil {
			return err
		}
		if err := a.page.Take(f); err != nil {
			return err
		}
	}
	return nil
}

// send sends a frame and waits for its ack.
func (a *agent) send(ctx context.Context, frame func(id string) any) error {
	a.n++
	id := fmt.Sprintf("%s-%d", a.name, a.n)
	if err := a.conn.Write(frame(id)); err != nil {
		return err
	}
	err := a.until(ctx, func() bool {
		_, refused := a.page.Errs[id]
		_, done := a.page.Acks[id]
		return refused || done
	})
	if e, refused := a.page.Errs[id]; refused && err == nil {
		return &wsclient.RefusedError{Frame: e}
	}
	return err
}
