package web

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"time"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/internal/ids"
	"recourse/web/webhooks"
	"recourse/web/wire"
)

const complaintPrefix = "complaint."

func toldOfComplaint(key, zh, en string) WebhookType {
	return WebhookType{webhooks.Type{Name: complaintPrefix + key}, zh, en}
}

// complaintTypes are the types of events about complaints.
var complaintTypes = []WebhookType{
	toldOfComplaint("filed", "商家的投诉已提交。", "The merchant's complaint was filed."),
	toldOfComplaint("received", "收到买家投诉，请在期限内回复处理方案。", "A buyer complained; the merchant's time to answer runs."),
	toldOfComplaint("answered", "买家已答复商家的投诉。", "The buyer answered the merchant's complaint."),
	toldOfComplaint("silent", "买家未在期限内答复，平台继续审核。", "The buyer did not answer in time; the platform goes on."),
	toldOfComplaint("time_over", "商家未在期限内回复，平台继续审核。", "The merchant did not answer in time; the platform goes on."),
	toldOfComplaint("claimed", "平台客服已受理投诉。", "An agent of the platform has taken the complaint."),
	toldOfComplaint("late", "平台审核超时。", "The platform's audit takes longer than it should."),
	toldOfComplaint("upheld", "商家的投诉成立。", "The merchant's complaint was upheld."),
	toldOfComplaint("upheld_against", "对商家的投诉成立。", "The complaint about the merchant was upheld."),
	toldOfComplaint("not_upheld", "投诉不成立。", "The complaint was not upheld."),
	toldOfComplaint("confirmed", "买家对处理结果满意。", "The buyer is satisfied with the result."),
	toldOfComplaint("not_satisfied", "买家对处理结果不满意。", "The buyer is not satisfied with the result."),
	toldOfComplaint("closed_by_silence", "买家未确认，处理结果生效。", "The buyer did not confirm; the result stands."),
	toldOfComplaint("withdrawn", "投诉已撤销。", "The complaint was withdrawn."),
	toldOfComplaint("appealed", "对投诉结果提出了申诉，由另一位客服复核。", "The result was appealed; another agent reviews it."),
	toldOfComplaint("affirmed", "申诉复核维持原结果。", "The review affirmed the result."),
	toldOfComplaint("overturned", "申诉复核改判商家的投诉成立。", "The review upheld the merchant's complaint."),
}

// ComplaintHooks tells merchants' systems what happens to complaints that they are a party to.
type ComplaintHooks struct {
	Publisher *webhooks.Publisher
	Ledger    *complaints.Ledger
}

// Told publishes a notice to the merchant. It may be repeated.
func (h *ComplaintHooks) Told(ctx context.Context, id complaints.ID, version int, n cases.Notice) error {
	c, err := h.Ledger.Store.Load(ctx, id)
	if err != nil {
		return err
	}
	t := webhooks.Type{Name: complaintPrefix + n.Key}
	err = h.Publisher.Publish(ctx, c.Shop, t, func() (webhooks.Event, error) {
		data, at, err := h.event(ctx, c, version, n)
		if err != nil {
			return webhooks.Event{}, err
		}
		raw, err := json.Marshal(data)
		return webhooks.Event{
			ID: ids.Derive(webhooks.EventPrefix, ids.Of(c.Buyer), string(id), strconv.Itoa(version), t.Name), Type: t.Name, At: at,
			Lane: string(id), Data: raw,
		}, err
	})
	if err != nil {
		return fmt.Errorf("tell the merchant of complaint %s: %w", id, err)
	}
	return nil
}

func (h *ComplaintHooks) event(ctx context.Context, c complaints.Complaint, version int, n cases.Notice) (wire.ComplaintEvent, time.Time, error) {
	marks, err := h.Ledger.Store.Marks(ctx, c.ID)
	if err != nil {
		return wire.ComplaintEvent{}, time.Time{}, err
	}
	i := slices.IndexFunc(marks, func(m complaints.Mark) bool { return m.Seq == version })
	if i < 0 {
		return wire.ComplaintEvent{}, time.Time{}, fmt.Errorf("version %d: %w", version, ErrNoVersion)
	}
	rec, err := h.Ledger.Store.Line(ctx, c.Buyer, c.Line.OrderID, c.Line.LineID)
	if err != nil {
		return wire.ComplaintEvent{}, time.Time{}, err
	}
	m, turn := marks[i], c.Turn()
	now := wire.ComplaintNow{
		Version: c.Version, State: string(c.State), WaitsFor: string(turn.Who), WaitingOnYou: turn.Who == cases.Merchant, Deadline: turn.Until,
		Terminal: c.State.Terminal(), By: string(c.By), Kind: string(c.Kind), Order: c.Line.OrderID, Line: c.Line.LineID, Allowed: []string{},
	}
	for _, a := range c.Allowed(cases.Merchant, complaints.Env{Policy: h.Ledger.Policy(c.Policy), Line: rec, Now: h.Ledger.Now()}) {
		now.Allowed = append(now.Allowed, string(a))
	}
	return wire.ComplaintEvent{
		Complaint: string(c.ID), Version: version, Key: n.Key, Event: string(m.Event.Kind), Actor: string(m.Event.Actor), Rule: m.ID,
		From: string(m.From), State: string(m.To), Clauses: m.Clause, Now: now, Link: "/api/merchant/complaints/" + string(c.ID),
	}, m.At, nil
}
