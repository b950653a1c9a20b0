package remote

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/labwire"
	"recourse/bot/replay/page"
	"recourse/bot/replay/suite"
	"recourse/dialog"
	"recourse/web/wsclient"
)

// seat is one conversation on a server. One goroutine plays it.
type seat struct {
	s      *Stage
	c      suite.Case
	set    labwire.Opened
	locale dialog.Locale
	clock  time.Time     // of the fixture
	shift  time.Duration // from the fixture's clock to the server's
	leave  func()        // the gate

	buyer  *wsclient.Buyer
	agent  *agent // nil until one acts
	stands labwire.Stands
	n      int            // what others did, for keys
	read   int            // entries that his page has shown
	marks  map[string]int // of each case, that were seen
	label  string         // what he pressed, as his page shows it
	had    bool           // a case was at hand
}

// Close ends the conversation.
func (st *seat) Close() error {
	if st.buyer != nil {
		st.buyer.Leave()
	}
	if st.agent != nil {
		st.agent.conn.Close()
	}
	st.leave()
	return nil
}

// Play does a step and looks at what came of it.
func (st *seat) Play(ctx context.Context, step suite.Step) (replay.View, error) {
	st.label = ""
	if err := st.do(ctx, step); err != nil {
		return replay.View{}, st.s.note(asStep(err))
	}
	if err := st.settle(ctx, !st.s.o.Lazy || step.Say == nil); err != nil {
		return replay.View{}, st.s.note(err)
	}
	read, marks := st.read, maps.Clone(st.marks)
	v := st.view(step)
	if err := st.deadlines(ctx, step, &v); err != nil {
		return v, err
	}
	if st.s.o.Lazy && step.Say != nil && step.Expect != nil && !replay.Met(st.c, *step.Expect, v) {
		// Perhaps something else follows: look again when all has happened.
		if err := st.settle(ctx, true); err != nil {
			return v, st.s.note(err)
		}
		st.read, st.marks = read, marks
		v = st.view(step)
	}
	return v, nil
}

// asStep is what a refused frame means for a case.
func asStep(err error) error {
	no, ok := errors.AsType[*wsclient.RefusedError](err)
	if !ok || no.Frame.Retry {
		return err
	}
	switch no.Frame.Code {
	case "TEXT_TOO_LONG", "TEXT_EMPTY":
		return cannot("the server takes no such text (%s)", no.Frame.Code)
	case "UNKNOWN_ACTION", "CARD_STALE", "HUMAN_HAS_CHAT", "NOT_HOLDER", "ALREADY_CLAIMED", "CASE_NOT_FOUND":
		return fmt.Errorf("%w: %w", replay.ErrNotOffered, err)
	}
	return err
}

func (st *seat) do(ctx context.Context, step suite.Step) error {
	b := st.buyer
	switch {
	case step.Say != nil:
		return st.turn(b.Say(ctx, step.Say.In(st.locale)))
	case step.Press != "":
		return st.press(ctx, step)
	case len(step.Upload) > 0:
		for _, k := range step.Upload {
			if err := st.upload(ctx, k); err != nil {
				return err
			}
		}
		return nil
	case len(step.Report) > 0:
		return st.report(ctx, step.Report)
	case step.Disconnect:
		b.Leave()
		return nil
	case step.Reconnect:
		return b.Resume(ctx)
	case step.Merchant != "", step.Other != "":
		return st.happens(ctx, step.Happens())
	case step.Pass > 0:
		return st.pass(ctx, time.Duration(step.Pass))
	case step.Agent != "":
		return st.atDesk(ctx, step)
	case step.Look:
		return nil
	}
	return fmt.Errorf("%w: the step does nothing", replay.ErrSuite)
}

// turn tells who watches of a say or press.
func (st *seat) turn(t wsclient.Turn, err error) error {
	if err == nil && st.s.o.Watch != nil {
		st.s.o.Watch.Turn(t)
	}
	if errors.Is(err, wsclient.ErrClosed) {
		return cannot("a buyer who is not connected writes")
	}
	return err
}

// pass lets time pass on the server's clock.
func (st *seat) pass(ctx context.Context, by time.Duration) error {
	if err := st.ask(ctx, "pass", labwire.Pass{Conversation: st.set.Conversation, By: by}); err != nil {
		return err
	}
	st.s.gate.set(st.stands.Now)
	return nil
}

// press presses what is offered, or what the case's own panel always has.
func (st *seat) press(ctx context.Context, step suite.Step) error {
	b := st.buyer
	var on int64
	var args dialog.Args
	if o, ok := page.Pick(page.Offers(b.State.Live, b.Entries), step); ok {
		on, args, st.label = o.On, maps.Clone(o.Args), o.Label
	} else if step.Press.FlowBound() || step.OldCard {
		return page.NotOffered(step)
	} else {
		args = page.Panel(st.caseID(), st.complaintID(), step.Args)
		st.label = string(step.Press)
		if step.Press == dialog.ActUnstage {
			if err := st.takes(args); err != nil {
				return err
			}
		}
	}
	if args == nil && len(step.Form) > 0 {
		args = dialog.Args{}
	}
	maps.Copy(args, step.Form)
	st.label = page.Labelled(st.label, step.Form)
	return st.turn(b.Press(ctx, on, step.Press, args))
}

// takes says which piece of evidence is taken out of a draft: the newest, or the newest of the kind that args name.
func (st *seat) takes(args dialog.Args) error {
	if c := st.buyer.State.Case; c != nil {
		for _, e := range slices.Backward(c.Evidence) {
			if kind := args["kind"]; e.Party == "buyer" && (kind == "" || kind == e.Kind) {
				args["evidence"] = e.ID
				delete(args, "kind")
				return nil
			}
		}
	}
	return fmt.Errorf("%w: the draft holds no evidence of kind %q", replay.ErrNotOffered, args["kind"])
}

// report is what his page sends by itself when an upload fails.
func (st *seat) report(ctx context.Context, args dialog.Args) error {
	all := dialog.Args{"case": st.caseID()}
	maps.Copy(all, args)
	return st.turn(st.buyer.Press(ctx, 0, dialog.ActTrouble, all))
}

// caseID is the case at hand, "" if there is none.
func (st *seat) caseID() string {
	if c := st.buyer.State.Case; c != nil {
		return c.ID
	}
	return st.stands.Case
}

// complaintID is the complaint at hand: what the lab says, or else the newest.
func (st *seat) complaintID() string {
	if st.stands.Complaint != "" || st.s.lab != nil {
		return st.stands.Complaint
	}
	if list := st.buyer.State.Complaints; len(list) > 0 {
		return list[0].ID
	}
	return ""
}

// settle waits until all that follows from a step has happened and has reached the buyer's page.
func (st *seat) settle(ctx context.Context, ask bool) error {
	if st.s.lab == nil {
		if st.buyer.Away() {
			return nil
		}
		return st.buyer.Listen(ctx, st.s.o.Quiet)
	}
	if !ask {
		return nil
	}
	if err := st.ask(ctx, "settle", labwire.Settle{Conversation: st.set.Conversation}); err != nil {
		return err
	}
	if st.buyer.Away() {
		return nil
	}
	want := st.stands
	if err := st.buyer.Await(ctx, func() bool { return reached(st.buyer, want) }); err != nil {
		b := st.buyer
		return fmt.Errorf("the page has %d entries and version %d, and the server %d and %d: %w", b.Last(), b.State.Version, want.Last, want.Version, err)
	}
	return nil
}

// ask asks the lab for something after which it says where the conversation stands.
func (st *seat) ask(ctx context.Context, what string, in any) error {
	var out labwire.Stands
	if err := st.s.post(ctx, what, in, &out); err != nil {
		return err
	}
	st.stands = out
	return nil
}

// reached says that a page shows what the server has.
func reached(b *wsclient.Buyer, want labwire.Stands) bool {
	if b.Last() < want.Last || b.State.Version < want.Version {
		return false
	}
	switch c := b.State.Case; {
	case (c == nil) != (want.Case == ""):
		return false
	case c != nil && (c.ID != want.Case || c.Version < want.CaseVersion):
		return false
	}
	if want.Complaint == "" {
		return true
	}
	for _, c := range b.State.Complaints {
		if c.ID == want.Complaint {
			return c.Version >= want.ComplaintVersion
		}
	}
	return true // a draft is not always shown
}
