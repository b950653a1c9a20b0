package stage

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/internal/ids"
)

// Staff is an agent of the desk.
type Staff struct{ Login, Name string }

// Desk are the agents: the one who works on the case, one who is also a supervisor, and whom a case is given to.
type Desk struct{ First, Second, Third Staff }

// ownDesk works in this process. Suites know the first by his name.
var ownDesk = Desk{Staff{"li", "小李"}, Staff{"wang", "小王"}, Staff{"zhao", "小赵"}}

// Doer does to the case and the complaint of one conversation what the events of a suite say, as whoever they are of,
// with what he would have had to fill in. It is for one goroutine.
type Doer struct {
	Dialogs    dialog.Store
	Ledger     *cases.Ledger // its Now must be the Doer's
	Complaints *complaints.Ledger
	Policy     *policy.Policy // whose kinds of evidence are meant

	Buyer        string
	Conversation dialog.ID
	Locale       dialog.Locale
	Lines        Lines // the buyer's order lines
	Desk         Desk
	// At is the instant at which things happen; Past moves it.
	At time.Time
	// N numbers what was done, for keys and ids: what is done under a number is done once.
	N int
}

// Now is the instant at which things happen, for ledgers.
func (d *Doer) Now() time.Time { return d.At }

// Past plays the past of a fixture and comes back to the instant at which it began, before which all of it must lie.
func (d *Doer) Past(ctx context.Context, list []suite.Event) error {
	begin := d.At
	for i, ev := range list {
		if !ev.At.IsZero() {
			d.At = ev.At.UTC()
		}
		if err := d.past(ctx, ev); err != nil {
			return fmt.Errorf("past event %d (%s): %w", i+1, ev.Do, err)
		}
	}
	if d.At.After(begin) {
		return fmt.Errorf("%w: the past ends after the clock", replay.ErrSuite)
	}
	d.At = begin
	return nil
}

// past is an event of a fixture.
func (d *Doer) past(ctx context.Context, e suite.Event) error {
	if e.Do != string(cases.EvOpen) {
		return d.Do(ctx, e)
	}
	if len(d.Lines) == 0 {
		return fmt.Errorf("%w: there is no order to open a case on", replay.ErrSuite)
	}
	line := d.Lines[0]
	if e.Order != "" {
		var err error
		if line, err = d.Lines.Line(ctx, d.Buyer, e.Order, "1"); err != nil {
			return fmt.Errorf("%w: there is no order %s", replay.ErrSuite, e.Order)
		}
	}
	conv, err := d.Dialogs.Load(ctx, d.Conversation)
	if err != nil {
		return err
	}
	d.N++
	next := conv
	if e.Complain {
		id := complaints.ID(ids.Derive(complaints.Prefix, ids.Of(d.Buyer), string(d.Conversation), "past", fmt.Sprint(d.N)))
		open := complaints.Opening{By: cases.Buyer, Who: d.Buyer, Conversation: string(d.Conversation), Line: line, Case: conv.Flow.Case}
		if e.By == string(cases.Merchant) { // of the shop about him
			open.By, open.Who, open.Kind, open.Text = cases.Merchant, line.ShopID, policy.ComplaintKindID(e.Code), e.Text
		}
		_, err = d.Complaints.Open(ctx, id, open)
		next.Flow.Complaint.ID = id
	} else {
		id := cases.ID(ids.Derive("c", ids.Of(d.Buyer), string(d.Conversation), "past", fmt.Sprint(d.N)))
		_, err = d.Ledger.Open(ctx, id, d.Buyer, string(d.Conversation), line)
		next.Flow.Case = id
	}
	if err != nil {
		return refused(err, "open")
	}
	// The chat in which he applied stands at the case. On a server a notice may come between.
	for {
		_, err = d.Dialogs.Commit(ctx, d.Conversation, dialog.Change{Expect: conv.Version, Next: next, LiveAt: -1})
		if !errors.Is(err, dialog.ErrConflict) {
			return err
		}
		if conv, err = d.Dialogs.Load(ctx, d.Conversation); err != nil {
			return err
		}
		was := next.Flow
		next = conv
		next.Flow.Case, next.Flow.Complaint.ID = was.Case, was.Complaint.ID
	}
}

// Do does what somebody does to the case or the complaint at hand.
func (d *Doer) Do(ctx context.Context, e suite.Event) error {
	conv, err := d.Dialogs.Load(ctx, d.Conversation)
	if err != nil {
		return err
	}
	d.N++
	if e.Complain {
		return d.complaintEvent(ctx, conv.Flow.Complaint.ID, e)
	}
	ev, err := d.eventOf(e)
	if err != nil {
		return err
	}
	if _, err := d.Ledger.Apply(ctx, conv.Flow.Case, ev); err != nil {
		return refused(err, string(ev.Kind))
	}
	return nil
}

// party is who an event is of: actor, name and role.
func (d *Doer) party(by string) (cases.Actor, string, string) {
	switch by {
	case "", "buyer":
		return cases.Buyer, d.Buyer, ""
	case "merchant":
		return cases.Merchant, "s1", ""
	case "agent":
		return cases.Agent, d.Desk.First.Login, "agent"
	case "other agent":
		return cases.Agent, d.Desk.Second.Login, "senior"
	case "supervisor":
		return cases.Agent, d.Desk.Second.Login, "supervisor"
	case "carrier":
		return cases.Carrier, "", ""
	}
	return cases.Actor(by), "", ""
}

// Whom an event is usually of, if nobody says.
var usual = map[cases.EventKind]string{
	cases.EvCarrierSigned: "carrier", cases.EvCarrierTrace: "carrier", cases.EvCarrierRefused: "carrier",
	cases.EvPaymentSucceeded: string(cases.PaymentCh), cases.EvPaymentFailed: string(cases.PaymentCh),
	cases.EvClaim: "agent", cases.EvRequestEvidence: "agent", cases.EvRuleRefund: "agent", cases.EvRuleReturnRefund: "agent", cases.EvRuleMerchant: "agent",
	cases.EvDismiss: "agent", cases.EvSettle: "agent", cases.EvRetryPayment: "agent", cases.EvUphold: "other agent", cases.EvOverturn: "other agent",
	cases.EvReopen: "supervisor", cases.EvReassign: "supervisor",
}

// Alias is how suites call the agent who works on the case.
func Alias() string { return ownDesk.First.Name }

// Usually is whom an event is of if nobody says; "" is the buyer.
func Usually(kind cases.EventKind) string { return usual[kind] }

// Waybill is the number of a parcel whose step names none, Carrier who carries it.
const (
	Waybill = "SF1234567890"
	Carrier = "顺丰速运"
)

// eventOf is an event of a suite as the ledger is told, with what its sender would have had to fill in.
func (d *Doer) eventOf(e suite.Event) (cases.Event, error) {
	kind := cases.EventKind(e.Do)
	by := e.By
	if by == "" && strings.HasPrefix(e.Do, string(cases.TimerEvent(""))) {
		by = string(cases.System)
	}
	actor, name, role := d.party(cmp.Or(by, usual[kind]))
	if actor == cases.Merchant && len(d.Lines) > 0 {
		name = d.Lines[0].ShopID
	}
	ev := cases.Event{
		Key: fmt.Sprint("step:", d.N), Kind: kind, Actor: actor, By: name, Role: role, Reason: e.Reason, Type: e.Type, AmountFen: e.Amount, Code: e.Code, Text: e.Text,
		Method: e.Method, Party: e.Party, Confirmed: true, Told: kind == cases.EvReject || kind == cases.EvRejectReturn || kind == cases.EvRefuseParcel, Carrier: e.Carrier, Waybill: e.Waybill,
	}
	kinds := e.Kinds
	switch kind {
	case cases.EvAmend:
		answers := e.Answers
		ev.Answers = &answers
	case cases.EvSettle:
		ev.BuyerOK, ev.ShopOK, ev.Address = true, true, ReturnAddress
	case cases.EvAgreeReturn, cases.EvRuleReturnRefund, cases.EvOverturn, cases.EvMerchantReverses:
		ev.Address = ReturnAddress
		if d.Locale == dialog.EN && len(d.Lines) > 0 {
			ev.Address = cmp.Or(d.Lines[0].ReturnAddress, ReturnAddressEN)
		}
	case cases.EvFillTracking, cases.EvFixTracking, cases.EvShip, cases.EvGoodsSentBack, cases.EvSendRest:
		ev.Carrier, ev.Waybill = cmp.Or(ev.Carrier, Carrier), cmp.Or(ev.Waybill, Waybill)
	case cases.EvCarrierSigned, cases.EvCarrierTrace, cases.EvCarrierRefused:
		ev.Waybill = cmp.Or(ev.Waybill, Waybill)
	case cases.EvReassign:
		ev.Assignee = d.Desk.Third.Login
	case cases.EvRequestEvidence:
		for _, k := range kinds {
			ev.Kinds = append(ev.Kinds, policy.EvidenceKind(k))
		}
		kinds = nil
	}
	for _, k := range kinds {
		spec, ok := d.Policy.Evidence[policy.EvidenceKind(k)]
		if !ok {
			return ev, fmt.Errorf("%w: there is no evidence of kind %q", replay.ErrSuite, k)
		}
		ev.Evidence = append(ev.Evidence, d.piece(policy.EvidenceKind(k), spec, actor))
	}
	return ev, nil
}

// piece is a new piece of evidence as the intake hands it on.
func (d *Doer) piece(kind policy.EvidenceKind, spec policy.EvidenceRule, party cases.Actor) cases.Evidence {
	d.N++
	e := cases.Evidence{ID: cases.EvidenceID(ids.Derive("e", ids.Of(d.Buyer), string(d.Conversation), fmt.Sprint(d.N))), Kind: kind, Party: party, At: d.At.UTC(), Media: "image/jpeg", Bytes: 250_000}
	switch spec.Media[0] {
	case "video":
		e.Media = "video/mp4"
	case "text":
		e.Media, e.Bytes, e.Text = "", 0, "text"
		return e
	}
	sum := sha256.Sum256(fmt.Append(nil, "piece ", d.N)) // not by its id, which some stores draw
	e.SHA256 = hex.EncodeToString(sum[:])
	return e
}

// complaintEvent is what somebody does to a complaint.
func (d *Doer) complaintEvent(ctx context.Context, id complaints.ID, e suite.Event) error {
	actor, name, role := d.party(cmp.Or(e.By, "agent"))
	if actor == cases.Merchant && len(d.Lines) > 0 {
		name = d.Lines[0].ShopID
	}
	ev := complaints.Event{Key: fmt.Sprint("step:", d.N), Kind: cases.EventKind(e.Do), Actor: actor, By: name, Role: role, Text: e.Text, Confirmed: true}
	if e.Code != "" {
		ev.Complaint = policy.ComplaintKindID(e.Code)
		ev.Measure = complaints.Measure(e.Code)
	}
	if _, err := d.Complaints.Apply(ctx, id, ev); err != nil {
		return refused(err, e.Do)
	}
	return nil
}
