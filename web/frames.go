package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"recourse/cases"
	"recourse/dialog"
	"recourse/web/wire"
)

// handle carries out one frame. An error that is a closing ends the socket; any other is told to the client.
func (c *conn) handle(t wire.Type, raw []byte) error {
	ctx, cancel := context.WithTimeout(c.ctx, storeWait)
	defer cancel()
	if c.buyer == "" && c.agent == nil {
		if t != wire.THello {
			return closing{closeAuth, string(CodeUnauthenticated)}
		}
		return c.hello(ctx, raw)
	}
	if c.agent != nil {
		return c.handleAgent(ctx, t, raw)
	}
	switch t {
	case wire.TSay:
		return with(ctx, raw, c.say)
	case wire.TPress:
		return with(ctx, raw, c.press)
	case wire.TSeen:
		return with(ctx, raw, func(ctx context.Context, f wire.Seen) error {
			_, err := c.s.Dialogs.Seen(ctx, c.conv, dialog.FromBuyer, f.Seq)
			return err
		})
	case wire.TTyping:
		return with(ctx, raw, func(ctx context.Context, f wire.Typing) error {
			return c.typing(ctx, c.conv, wire.Typing{T: wire.TTyping, On: f.On, Who: dialog.FromBuyer})
		})
	default:
		return refuse(CodeBadFrame)
	}
}

func with[T any](ctx context.Context, raw []byte, f func(context.Context, T) error) error {
	v, err := decode[T](raw)
	if err != nil {
		return err
	}
	return f(ctx, v)
}

func (c *conn) hello(ctx context.Context, raw []byte) error {
	f, err := decode[wire.Hello](raw)
	if err != nil {
		return closing{closeAuth, string(CodeBadFrame)}
	}
	c.locale = dialog.ParseLocale(f.Locale)
	if agent, err := c.s.Accounts.Session(ctx, f.Token); err == nil {
		if agent.MustChange {
			c.send(errorFrame(refuse(CodePasswordChange), "", c.locale))
			return closing{closeForbid, string(CodePasswordChange)}
		}
		c.token = f.Token
		return c.helloAgent(ctx, agent)
	} else if !errors.Is(err, ErrNoAccess) {
		return err
	}
	claims, err := c.s.Tokens.Buyer(f.Token)
	if err != nil {
		c.send(errorFrame(err, "", c.locale))
		return closing{closeAuth, string(codeOf(err))}
	}
	conv, err := c.s.Dialogs.Open(ctx, claims.Subject, c.locale, c.s.Now())
	if err != nil {
		return err
	}
	if f.Conversation != "" && f.Conversation != string(conv.ID) {
		c.send(errorFrame(refuse(CodeNoConversation), "", c.locale))
		return closing{closeForbid, string(CodeNoConversation)}
	}
	if conv.Locale != c.locale && f.Locale != "" {
		if conv, err = c.s.relocate(ctx, conv, c.locale); err != nil {
			return err
		}
	}
	session, expires, err := c.s.Tokens.Session(claims)
	if err != nil {
		return err
	}
	c.only, c.conv = claims.Orders, conv.ID
	c.buyer = claims.Subject
	if !c.s.hub.add(c) {
		return closing{closeTooMany, "too many sockets"}
	}
	since, reset := f.Since, false
	if f.Log != "" && f.Log != conv.Log || since > conv.Last || since < 0 {
		since, reset = 0, true // another history: what the client has is not ours
	}
	c.begin()
	c.send(wire.Welcome{
		T: wire.TWelcome, Role: "buyer", Conversation: string(conv.ID), Log: conv.Log, Seq: conv.Last, Locale: string(c.locale),
		Session: session, Expires: expires, Reset: reset, Now: c.s.Now().UTC(), Speed: c.s.Speed(), Limits: c.s.limits(),
	})
	c.show(conv.ID, since)
	c.s.present(c, conv.ID, true)
	if conv.Inbound > conv.Answered {
		c.s.Turn(conv.ID) // a crash may have left it unanswered
	}
	return nil
}

// begin lets the socket live as long as it answers pings.
func (c *conn) begin() { _ = c.ws.SetReadDeadline(time.Now().Add(pongWait)) }

// show opens a view: subscribe first, then read, so that nothing falls between.
func (c *conn) show(id dialog.ID, since int64) {
	c.s.hub.watch(id, c)
	c.post(func() {
		c.views[id] = &view{id: id, pos: since}
		c.sync(c.views[id])
	})
}

// checkText is what any text must hold to.
func checkText(id, text string) error {
	switch {
	case id == "" || len(id) > 64:
		return refuse(CodeBadFrame)
	case !utf8.ValidString(text):
		return refuse(CodeBadFrame)
	case utf8.RuneCountInString(text) > maxTextRunes:
		return refuse(CodeTextTooLong)
	case strings.TrimSpace(text) == "":
		return refuse(CodeTextEmpty)
	}
	return nil
}

func (c *conn) say(ctx context.Context, f wire.Say) error {
	if err := checkText(f.ID, f.Text); err != nil {
		return err
	}
	return c.append(ctx, f.ID, dialog.Append{Wants: true, Turn: c.s.Urgent != nil && c.s.Urgent(f.Text), Entry: dialog.Entry{
		At: c.s.Now().UTC(), Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Text, Client: f.ID, Text: f.Text,
	}})
}

// append stores a buyer's entry, acknowledges it, and asks for a turn.
func (c *conn) append(ctx context.Context, id string, a dialog.Append) error {
	res, err := c.s.Dialogs.Append(ctx, c.conv, a)
	if err != nil {
		return err
	}
	c.send(wire.Ack{T: wire.TAck, ID: id, Seq: res.Seq})
	c.s.Turn(c.conv)
	return nil
}

func (c *conn) press(ctx context.Context, f wire.Press) error {
	if f.ID == "" || len(f.ID) > 64 || len(f.Args) > 8 {
		return refuse(CodeBadFrame)
	}
	for k, v := range f.Args {
		if len(k) > 32 || len(v) > 200 {
			return refuse(CodeBadFrame)
		}
	}
	entry := dialog.Entry{
		At: c.s.Now().UTC(), Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Press, Client: f.ID,
		On: f.Seq, Action: f.Action, Args: f.Args,
	}
	label, holder, err := c.checkPress(ctx, f)
	if errors.Is(err, dialog.ErrStaleCard) || errors.Is(err, errHuman) {
		// It may be a repeat of a press that was stored, whose card has moved on because of it.
		if seq, ok := c.stored(ctx, f); ok {
			c.send(wire.Ack{T: wire.TAck, ID: f.ID, Seq: seq})
			return nil
		}
	}
	if err != nil {
		return err
	}
	if f.Action == dialog.ActTrouble && !c.troubles.Allow() {
		return refuse(CodeRateLimited)
	}
	entry.Text = label
	return c.append(ctx, f.ID, dialog.Append{Wants: dialog.WantsAnswer(f.Action, holder), Turn: dialog.UnderHuman(f.Action), Entry: entry})
}

// errHuman: a step of the bot's flow was pressed while a human has the floor.
var errHuman = refuse(CodeHumanHasChat)

// checkPress holds a press to the card it names and returns the button's label, for the transcript, and who has
// the floor.
func (c *conn) checkPress(ctx context.Context, f wire.Press) (string, dialog.Holder, error) {
	if !f.Action.Known() {
		return "", "", refuse(CodeUnknownAction)
	}
	if order := f.Args["order"]; order != "" && c.only != nil && !slices.Contains(c.only, order) {
		return "", "", cases.ErrNoLine
	}
	if id := f.Args["case"]; id != "" {
		found, err := c.s.Ledger.Store.Load(ctx, cases.ID(id))
		if err != nil {
			return "", "", err
		}
		if found.Buyer != c.buyer {
			return "", "", cases.ErrNoCase
		}
	}
	if id := f.Args["complaint"]; id != "" {
		if _, err := c.s.complaintOf(ctx, cases.Buyer, c.buyer, id); err != nil {
			return "", "", err
		}
	}
	conv, err := c.s.Dialogs.Load(ctx, c.conv)
	if err != nil {
		return "", "", err
	}
	if conv.Holder != dialog.HeldByBot && !dialog.UnderHuman(f.Action) && f.Action != dialog.ActTrouble {
		return "", "", errHuman
	}
	var card *dialog.Entry
	if f.Seq > 0 {
		found, err := c.s.Dialogs.Entries(ctx, c.conv, f.Seq-1, 1)
		if err != nil {
			return "", "", err
		}
		if len(found) == 1 {
			card = &found[0]
		}
	}
	if err := dialog.CheckPress(conv, card, dialog.Pressed{On: f.Seq, Action: f.Action, Args: f.Args}); err != nil {
		return "", "", err
	}
	if f.Action == dialog.ActTrouble && f.Seq == 0 {
		return c.s.Words.System("trouble.code."+f.Args["code"], nil, "", conv.Locale, c.s.Now()).Text, conv.Holder, nil
	}
	return labelOf(card, f), conv.Holder, nil
}

func labelOf(card *dialog.Entry, f wire.Press) string {
	if card == nil || card.Card == nil {
		return ""
	}
	for _, b := range card.Card.Buttons {
		if b.Action == f.Action && (len(b.Args) == 0 || b.Args["reason"] == f.Args["reason"] && b.Args["value"] == f.Args["value"] && b.Args["code"] == f.Args["code"] && b.Args["kind"] == f.Args["kind"]) {
			return b.Label
		}
	}
	for _, o := range card.Card.Orders {
		if o.Order == f.Args["order"] && o.Line == f.Args["line"] {
			return o.Title
		}
	}
	return ""
}

// stored looks for a press of the same id among the latest entries.
func (c *conn) stored(ctx context.Context, f wire.Press) (int64, bool) {
	conv, err := c.s.Dialogs.Load(ctx, c.conv)
	if err != nil {
		return 0, false
	}
	entries, err := c.s.Dialogs.Entries(ctx, c.conv, max(0, conv.Last-batch), batch)
	if err != nil {
		return 0, false
	}
	for _, e := range slices.Backward(entries) {
		if e.Client == f.ID && e.Author.Kind == dialog.FromBuyer && e.Kind == dialog.Press {
			return e.Seq, e.On == f.Seq && e.Action == f.Action
		}
	}
	return 0, false
}

// typing passes a signal on to the other viewers.
func (c *conn) typing(ctx context.Context, id dialog.ID, f wire.Typing) error {
	f.Conversation = string(id)
	return c.s.signal(ctx, id, c.id, f)
}

// state is who has the floor and where the case stands, for one reader.
func (s *Server) state(ctx context.Context, conv dialog.Conversation, c *conn, in *view) (state wire.State, queue *wire.Queue, err error) {
	st := wire.State{
		T: wire.TState, Conversation: string(conv.ID), Version: conv.Version, Holder: conv.Holder, Epoch: conv.Epoch,
		AgentName: conv.AgentName, SeenBuyer: conv.SeenBuyer, SeenAgent: conv.SeenAgent, Settled: conv.Settled(), Live: conv.Flow.Live,
	}
	if c.agent != nil {
		st.Handoff, st.Buyer, st.ResolvedAt = string(conv.Handoff), conv.Buyer, conv.Work.ResolvedAt
	}
	filed, err := s.Complaints.Store.OfBuyer(ctx, conv.Buyer, 2*shown)
	if err != nil {
		return st, nil, err
	}
	if conv.Flow.Case != "" {
		whole, err := s.Ledger.Store.Whole(ctx, conv.Flow.Case, in.last)
		var v dialog.CaseView
		if err == nil {
			in.last = whole
			v, err = s.wordCase(ctx, whole, len(filed) > 0, partyOf(c), readerOf(c), c.locale)
		}
		if err != nil && !errors.Is(err, cases.ErrNoCase) {
			return st, nil, err
		}
		if err == nil && v.State != string(cases.ClosedIneligible) {
			st.Case = &v
		}
	}
	if st.Complaints, err = s.complaintsOf(ctx, conv, filed, partyOf(c).Actor, readerOf(c), c.locale); err != nil {
		return st, nil, err
	}
	if c.agent != nil || conv.Holder != dialog.HeldWaiting {
		return st, nil, nil
	}
	return st, s.place(conv.ID), nil
}

// readerOf names the reader in signed links.
func readerOf(c *conn) string {
	if c.agent != nil {
		return "agent:" + c.agent.Login
	}
	return "buyer:" + c.buyer
}

// partyOf is the reader as a party to cases.
func partyOf(c *conn) cases.Party {
	if c.agent != nil {
		return cases.Party{Actor: cases.Agent, By: c.agent.Login, Role: c.agent.Role}
	}
	return cases.Party{Actor: cases.Buyer, By: c.buyer}
}

// caseView loads a case and puts it into words for a reader.
func (s *Server) caseView(ctx context.Context, id cases.ID, who cases.Party, reader string, l dialog.Locale) (dialog.CaseView, error) {
	whole, err := s.Ledger.Store.Whole(ctx, id, nil)
	if err != nil {
		return dialog.CaseView{}, err
	}
	return s.wordCase(ctx, whole, true, who, reader, l)
}

// viewOf puts a case that was loaded into words for a reader.
func (s *Server) viewOf(ctx context.Context, c cases.Case, who cases.Party, reader string, l dialog.Locale) (dialog.CaseView, error) {
	marks, err := s.Ledger.Store.Marks(ctx, c.ID)
	if err != nil {
		return dialog.CaseView{}, err
	}
	rec, err := s.Ledger.Store.Line(ctx, c.Buyer, c.Line.OrderID, c.Line.LineID)
	if err != nil {
		return dialog.CaseView{}, err
	}
	return s.wordCase(ctx, &cases.Whole{Case: c, Marks: marks, Line: rec}, true, who, reader, l)
}

// wordCase is a case as one party may see it; an agent's role decides what he is offered. Complained says that there may
// be complaints that have to do with it.
func (s *Server) wordCase(ctx context.Context, whole *cases.Whole, complained bool, who cases.Party, reader string, l dialog.Locale) (dialog.CaseView, error) {
	c := whole.Case
	// Links are signed for ten minutes; rounding the time keeps a view the same for half of that.
	signed := s.Now().Truncate(5 * time.Minute)
	v := s.Words.CaseView(c, dialog.Reader{
		Actor: who.Actor, By: who.By, Role: who.Role, Marks: whole.Marks, Env: cases.Env{Policy: s.Policy(c.Policy), Line: whole.Line, Now: s.Now()},
		Links: s.links(c.Buyer, c.Shop, who.Actor, reader, signed),
	}, l)
	if who.Actor == cases.Agent {
		may := Agent{Login: who.By, Role: who.Role}.mayDo
		v.Allowed = slices.DeleteFunc(v.Allowed, func(event string) bool { return !may(event) })
	}
	if who.Actor == cases.Merchant {
		v.BuyerAlias = s.alias(c.Shop, c.Buyer)
	}
	if !complained {
		return v, nil
	}
	var err error
	v.Complaints, err = s.complaintsAbout(ctx, c)
	return v, err
}

// alias names a buyer to a shop: the same in all its cases, another at every other shop, and no way back to him.
func (s *Server) alias(shop, buyer string) string {
	mac := hmac.New(sha256.New, s.AliasKey)
	fmt.Fprintf(mac, "%q %q", shop, buyer)
	return "buyer_" + strings.ToLower(base32.StdEncoding.EncodeToString(mac.Sum(nil)[:10]))
}

// relocate changes the language a conversation is led in.
func (s *Server) relocate(ctx context.Context, conv dialog.Conversation, l dialog.Locale) (dialog.Conversation, error) {
	return s.change(ctx, conv.ID, func(c dialog.Conversation) (dialog.Conversation, []dialog.Entry, error) {
		c.Locale = l
		return c, nil, nil
	})
}

// change commits a change of a conversation that is decided from its present state, again if it raced.
func (s *Server) change(ctx context.Context, id dialog.ID, decide func(dialog.Conversation) (dialog.Conversation, []dialog.Entry, error)) (dialog.Conversation, error) {
	for range 8 {
		conv, err := s.Dialogs.Load(ctx, id)
		if err != nil {
			return conv, err
		}
		next, entries, err := decide(conv)
		if err != nil {
			return conv, err
		}
		next.UpdatedAt = s.Now().UTC()
		change := dialog.Moved(conv, next)
		change.Entries = entries
		done, err := s.Dialogs.Commit(ctx, id, change)
		if !errors.Is(err, dialog.ErrConflict) {
			return done, err
		}
	}
	return dialog.Conversation{}, fmt.Errorf("change conversation %s: %w", id, dialog.ErrConflict)
}
