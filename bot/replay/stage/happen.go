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
	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/internal/ids"
)

// event is a step's event with its kind, of a party unless the step says of whom.
func event(s suite.Step, kind, by string) suite.Event {
	var e suite.Event
	if s.Event != nil {
		e = *s.Event
	}
	e.Do, e.By = kind, cmp.Or(e.By, by)
	return e
}

// agents of the desk: the one who works on the case, one who is also a supervisor, and whom a case is given to.
type staff struct{ login, name string }

var (
	first  = staff{"li", "小李"}
	second = staff{"wang", "小王"}
	third  = staff{"zhao", "小赵"}
)

// past is an event of a fixture.
func (s *seat) past(ctx context.Context, e suite.Event) error {
	if e.Do != string(cases.EvOpen) {
		return s.happens(ctx, e)
	}
	if len(s.shop) == 0 {
		return fmt.Errorf("%w: there is no order to open a case on", replay.ErrSuite)
	}
	line := s.shop[0]
	if e.Order != "" {
		var err error
		if line, err = s.shop.Line(ctx, Buyer, e.Order, "1"); err != nil {
			return fmt.Errorf("%w: there is no order %s", replay.ErrSuite, e.Order)
		}
	}
	conv, err := s.Dialogs.Load(ctx, s.id)
	if err != nil {
		return err
	}
	s.n++
	next := conv
	if e.Complain {
		id := complaints.ID(ids.Derive(complaints.Prefix, ids.Of(Buyer), string(s.id), "past", fmt.Sprint(s.n)))
		open := complaints.Opening{By: cases.Buyer, Who: Buyer, Conversation: string(s.id), Line: line, Case: conv.Flow.Case}
		if e.By == string(cases.Merchant) { // of the shop about him
			open.By, open.Who, open.Kind, open.Text = cases.Merchant, line.ShopID, policy.ComplaintKindID(e.Code), e.Text
		}
		_, err = s.as.Complaints.Open(ctx, id, open)
		next.Flow.Complaint.ID = id
	} else {
		id := cases.ID(ids.Derive("c", ids.Of(Buyer), string(s.id), "past", fmt.Sprint(s.n)))
		_, err = s.as.Ledger.Open(ctx, id, Buyer, string(s.id), line)
		next.Flow.Case = id
	}
	if err != nil {
		return refused(err, "open")
	}
	// The chat in which he applied stands at the case.
	_, err = s.Dialogs.Commit(ctx, s.id, dialog.Change{Expect: conv.Version, Next: next, LiveAt: -1})
	return err
}

// happens is what somebody does to the case or the complaint at hand.
func (s *seat) happens(ctx context.Context, e suite.Event) error {
	conv, err := s.Dialogs.Load(ctx, s.id)
	if err != nil {
		return err
	}
	s.n++
	if e.Complain {
		return s.complaintEvent(ctx, conv.Flow.Complaint.ID, e)
	}
	ev, err := s.eventOf(e)
	if err != nil {
		return err
	}
	if _, err := s.as.Ledger.Apply(ctx, conv.Flow.Case, ev); err != nil {
		return refused(err, string(ev.Kind))
	}
	return nil
}

// party is who an event is of: actor, name and role.
func party(by string) (cases.Actor, string, string) {
	switch by {
	case "", "buyer":
		return cases.Buyer, Buyer, ""
	case "merchant":
		return cases.Merchant, "s1", ""
	case "agent":
		return cases.Agent, first.login, "agent"
	case "other agent":
		return cases.Agent, second.login, "senior"
	case "supervisor":
		return cases.Agent, second.login, "supervisor"
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

// Waybill is the number of a parcel whose step names none.
const Waybill = "SF1234567890"

// eventOf is an event of a suite as the ledger is told, with what its sender would have had to fill in.
func (s *seat) eventOf(e suite.Event) (cases.Event, error) {
	kind := cases.EventKind(e.Do)
	by := e.By
	if by == "" && strings.HasPrefix(e.Do, string(cases.TimerEvent(""))) {
		by = string(cases.System)
	}
	actor, name, role := party(cmp.Or(by, usual[kind]))
	if actor == cases.Merchant && len(s.shop) > 0 {
		name = s.shop[0].ShopID
	}
	ev := cases.Event{
		Key: fmt.Sprint("step:", s.n), Kind: kind, Actor: actor, By: name, Role: role, Reason: e.Reason, Type: e.Type, AmountFen: e.Amount, Code: e.Code, Text: e.Text,
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
		if s.locale == dialog.EN && len(s.shop) > 0 {
			ev.Address = s.shop[0].ReturnAddress
		}
	case cases.EvFillTracking, cases.EvFixTracking, cases.EvShip, cases.EvGoodsSentBack, cases.EvSendRest:
		ev.Carrier, ev.Waybill = cmp.Or(ev.Carrier, "顺丰速运"), cmp.Or(ev.Waybill, Waybill)
	case cases.EvCarrierSigned, cases.EvCarrierTrace, cases.EvCarrierRefused:
		ev.Waybill = cmp.Or(ev.Waybill, Waybill)
	case cases.EvReassign:
		ev.Assignee = third.login
	case cases.EvRequestEvidence:
		for _, k := range kinds {
			ev.Kinds = append(ev.Kinds, policy.EvidenceKind(k))
		}
		kinds = nil
	}
	for _, k := range kinds {
		spec, ok := s.policy.Evidence[policy.EvidenceKind(k)]
		if !ok {
			return ev, fmt.Errorf("%w: there is no evidence of kind %q", replay.ErrSuite, k)
		}
		ev.Evidence = append(ev.Evidence, s.piece(policy.EvidenceKind(k), spec, actor))
	}
	return ev, nil
}

// piece is a new piece of evidence as the intake hands it on.
func (s *seat) piece(kind policy.EvidenceKind, spec policy.EvidenceRule, party cases.Actor) cases.Evidence {
	s.n++
	e := cases.Evidence{ID: cases.EvidenceID(ids.Derive("e", ids.Of(Buyer), string(s.id), fmt.Sprint(s.n))), Kind: kind, Party: party, At: s.now.UTC(), Media: "image/jpeg", Bytes: 250_000}
	switch spec.Media[0] {
	case "video":
		e.Media = "video/mp4"
	case "text":
		e.Media, e.Bytes, e.Text = "", 0, "text"
		return e
	}
	sum := sha256.Sum256(fmt.Append(nil, "piece ", s.n)) // not by its id, which some stores draw
	e.SHA256 = hex.EncodeToString(sum[:])
	return e
}

// complaintEvent is what somebody does to a complaint.
func (s *seat) complaintEvent(ctx context.Context, id complaints.ID, e suite.Event) error {
	actor, name, role := party(cmp.Or(e.By, "agent"))
	if actor == cases.Merchant && len(s.shop) > 0 {
		name = s.shop[0].ShopID
	}
	ev := complaints.Event{Key: fmt.Sprint("step:", s.n), Kind: cases.EventKind(e.Do), Actor: actor, By: name, Role: role, Text: e.Text, Confirmed: true}
	if e.Code != "" {
		ev.Complaint = policy.ComplaintKindID(e.Code)
		ev.Measure = complaints.Measure(e.Code)
	}
	if _, err := s.as.Complaints.Apply(ctx, id, ev); err != nil {
		return refused(err, e.Do)
	}
	return nil
}

// agent is what a human agent does at the desk.
func (s *seat) agent(ctx context.Context, step suite.Step) error {
	conv, err := s.Dialogs.Load(ctx, s.id)
	if err != nil {
		return err
	}
	who := first
	words := replies.In(conv.Locale, s.policy)
	slots := dialog.Slots{"name": who.name}
	switch step.Agent {
	case "join":
		next, err := dialog.Claim(conv, who.login, who.name, conv.Epoch, s.now.UTC())
		if err != nil {
			return fmt.Errorf("%w: join: %w", replay.ErrNotOffered, err)
		}
		said := []dialog.Entry{words.System("handoff.joined", slots, fmt.Sprintf("joined:%d", next.Epoch), s.now)}
		if _, err := s.Dialogs.Commit(ctx, s.id, dialog.Change{Expect: conv.Version, Next: next, Entries: said, LiveAt: -1}); err != nil {
			return err
		}
		if conv.Flow.Case == "" {
			return nil
		}
		// Most conversations have no case that waits for the platform; having the floor is enough then.
		_, err = s.as.Ledger.Apply(ctx, conv.Flow.Case, cases.Event{Key: fmt.Sprintf("claim:%s/%d", s.id, next.Epoch), Kind: cases.EvClaim, Actor: cases.Agent, By: who.login, Role: "agent"})
		if err != nil && cases.CodeOf(err) == "" && !errors.Is(err, cases.ErrNoCase) {
			return err
		}
		return nil
	case "leave":
		next, err := dialog.Release(conv, who.login, 0, s.now.UTC())
		if err != nil {
			return fmt.Errorf("%w: leave: %w", replay.ErrNotOffered, err)
		}
		said := []dialog.Entry{words.System(dialog.ReturnedKey, slots, fmt.Sprintf("returned:%d", next.Epoch), s.now)}
		_, err = s.Dialogs.Commit(ctx, s.id, dialog.Change{Expect: conv.Version, Next: next, Entries: said, LiveAt: -1})
		return err
	case "say":
		s.n++
		text := ""
		if step.Text != nil {
			text = step.Text.In(s.locale)
		}
		_, err := s.Dialogs.Append(ctx, s.id, dialog.Append{Agent: who.login, Scope: who.login, Entry: dialog.Entry{
			At: s.now.UTC(), Author: dialog.Author{Kind: dialog.FromAgent, Name: who.name}, Kind: dialog.Text, Client: fmt.Sprint("step-", s.n), Text: text,
		}})
		if errors.Is(err, dialog.ErrNotHolder) {
			return fmt.Errorf("%w: an agent who does not have the floor speaks", replay.ErrNotOffered)
		}
		return err
	}
	return fmt.Errorf("%w: an agent joins, leaves or says; %q is none of them", replay.ErrSuite, step.Agent)
}

// fire applies a deadline that has passed.
func (s *seat) fire(ctx context.Context, id cases.ID, ev cases.Event) error {
	if strings.HasPrefix(string(id), complaints.Prefix+"_") {
		_, err := s.as.Complaints.Apply(ctx, complaints.ID(id), complaints.Event{Key: ev.Key, Kind: ev.Kind, Actor: ev.Actor})
		return err
	}
	_, err := s.as.Ledger.Apply(ctx, id, ev)
	return err
}

// pass lets time pass. What comes due on the way happens at its time.
func (s *seat) pass(ctx context.Context, to time.Time) error {
	for {
		at, found, err := s.nextDue(ctx, to)
		if err != nil {
			return err
		}
		if !found {
			break
		}
		if at.After(s.now) {
			s.now = at
		}
		if _, err := s.timers.RunOnce(ctx); err != nil {
			return err
		}
		if err := s.bank.pay(ctx); err != nil {
			return err
		}
		if err := s.settle(ctx); err != nil {
			return err
		}
	}
	s.now = to
	return nil
}

// nextDue is when the next thing comes due, up to an instant.
func (s *seat) nextDue(ctx context.Context, to time.Time) (time.Time, bool, error) {
	lanes, err := s.Due.Lanes(ctx, to)
	if err != nil {
		return time.Time{}, false, err
	}
	at, found := s.bank.next(to)
	for _, lane := range lanes {
		list, err := s.Due.DueIn(ctx, lane, to, 0, 1)
		if err != nil {
			return time.Time{}, false, err
		}
		for _, d := range list {
			if !found || d.At.Before(at) {
				at, found = d.At, true
			}
		}
	}
	return at, found, nil
}
