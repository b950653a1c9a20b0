package web

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"recourse/cases"
	"recourse/internal/ids"
	"recourse/web/webhooks"
	"recourse/web/wire"
)

// WebhookType is an event type with what it says.
type WebhookType struct {
	webhooks.Type
	ZH, EN string
}

// keyPrefix makes a notice of the table of cases a type of event.
const keyPrefix = "case."

// ChangedType tells every version of a case, also what the merchant did himself.
var ChangedType = webhooks.Type{Name: keyPrefix + "changed", OptIn: true}

// reminderType tells that a deadline is near; a reminder is no event of the table and makes no version.
var reminderType = webhooks.Type{Name: keyPrefix + "reminder"}

func told(key, zh, en string) WebhookType {
	return WebhookType{webhooks.Type{Name: keyPrefix + key}, zh, en}
}

// webhookTypes is the catalogue. A test holds it against every notice that a row of the table gives the merchant.
var webhookTypes = slices.Concat(caseTypes, complaintTypes)

var caseTypes = []WebhookType{
	told("submitted", "买家提交了申请，请在期限内处理。", "A buyer has applied; the merchant's time to answer runs."),
	told("overdue", "商家未在规定时间内处理，买家现在可以申请平台介入。", "The merchant has not answered in time; the buyer may ask the platform now."),
	told("auto_agreed", "商家超时未处理，系统已自动同意申请。", "The merchant did not answer; the system agreed for him."),
	told("offer_accepted", "买家接受了商家的协商方案。", "The buyer accepted the merchant's offer."),
	told("offer_declined", "买家不接受协商方案，申请回到商家处理。", "The buyer declined the offer; the application is back with the merchant."),
	told("offer_lapsed", "协商方案超时失效，申请回到商家处理。", "The offer lapsed; the application is back with the merchant."),
	told("withdrawn", "买家撤销了申请。", "The buyer withdrew the application."),
	told("replaced", "买家重新提交了申请，旧申请关闭。", "The buyer began a new application; this one is closed."),
	told("expired", "买家超时未操作，申请关闭。", "The buyer let his time pass; the case is closed."),
	told("waybill", "买家填写了退货运单。", "The buyer gave the waybill of the return."),
	told("waybill_fixed", "买家更正了退货运单号。", "The buyer corrected the waybill of the return."),
	told("rest_sent", "买家补寄了退货中漏掉的物品，单号见 return.rest。", "The buyer sent what he had left out of the return; see return.rest."),
	told("address_wanted", "系统已同意退货，但缺少退货地址，请尽快提供。", "The system agreed to a return for which there is no address; give one."),
	told("extended", "收货时间已延长一次。", "The time to receive the return was extended; once only."),
	told("parcel_lost", "退货包裹可能丢失，平台介入核查。", "The return parcel may be lost; the platform looks at it."),
	told("parcel_not_taken", "退货包裹未被签收。", "The return parcel was not taken."),
	told("parcel_found", "退货包裹已找到。", "The return parcel was found."),
	told("return_signed", "退货已签收，验货时间开始。", "The return was signed for; the merchant's time to inspect runs."),
	told("auto_refund", "商家超时未确认收货，系统已自动退款。", "The merchant did not confirm the return in time; the system refunded."),
	told("goods_back", "商家需要把退回的商品寄还买家。", "The merchant must send the returned goods back to the buyer."),
	told("goods_back_late", "商家未按期寄还商品，平台将跟进。", "The goods were not sent back in time; the platform follows it up."),
	told("reship_late", "商家未按期补发，案件转平台处理。", "The replacement was not sent in time; the case goes to the platform."),
	told("supplemented", "买家补充了凭证。", "The buyer added evidence."),
	told("escalated", "买家申请了平台介入，请准备凭证。", "The platform was asked to step in; prepare evidence."),
	told("platform_claimed", "平台客服已受理。", "An agent of the platform has taken the case."),
	told("evidence_requested", "平台要求商家补充凭证。", "The platform asks the merchant for evidence."),
	told("evidence_shown", "对方补充的凭证可以查看了。", "Evidence that the other party added can be looked at."),
	told("evidence_defaulted", "商家未在期限内补充凭证，平台按现有凭证处理。", "The merchant did not add the evidence in time; the platform goes by what is there."),
	told("ruled_refund", "平台裁定退款，请在期限内执行。", "The platform ruled for a refund; the merchant's time to pay runs."),
	told("ruled_return", "平台裁定退货退款。", "The platform ruled for a return and refund."),
	told("not_supported", "平台未支持买家的申请；买家可在期限内申诉一次。", "The platform did not support the claim; the buyer may appeal once."),
	told("settled_by_platform", "双方在平台调解下达成一致。", "The parties settled before the platform."),
	told("appealed", "买家提出申诉，将由另一位客服复核。", "The buyer appealed; another agent reviews the ruling."),
	told("appeal_upheld", "申诉复核维持原裁定。", "The review upheld the ruling."),
	told("reopened", "案件由平台重新打开。", "The platform opened the case again."),
	told("platform_paid", "商家未按期执行裁定，平台已先行退款。", "The merchant did not carry out the ruling in time; the platform paid."),
	told("refunded", "退款已到账。", "The refund has arrived."),
	told("settled", "补发或换货完成，案件结束。", "The replacement has arrived; the case is finished."),
	{reminderType, "某个期限将到，见 timer 和 until。", "A deadline is near: which and when stands in timer and until."},
	{ChangedType, "案件有了新版本（包括商家自己的操作）；需在订阅中写明。", "The case has a new version, also by what the merchant did himself. Name it to get it."},
	{webhooks.TestType, "商家主动发送的测试事件。", "A test that the shop asked for."},
	{webhooks.DisabledType, "某个 Webhook 地址因持续失败或返回 410 已停用；发往同店的其他地址。", "An endpoint was switched off because it failed for days or answered 410; sent to the shop's other endpoints."},
}

// WebhookTypes is the catalogue of events, a copy.
func WebhookTypes() []WebhookType { return slices.Clone(webhookTypes) }

// WebhookFilterTypes are the types that endpoints may ask for.
func WebhookFilterTypes() []webhooks.Type {
	out := make([]webhooks.Type, len(webhookTypes))
	for i, t := range webhookTypes {
		out[i] = t.Type
	}
	return out
}

// CaseHooks tells merchants' systems what happens to their cases.
type CaseHooks struct {
	Publisher *webhooks.Publisher
	Ledger    *cases.Ledger
}

// ErrNoVersion: a case has no such version on its timeline.
var ErrNoVersion = errors.New("case has no such version")

// Told publishes a notice to the merchant. It may be repeated.
func (h *CaseHooks) Told(ctx context.Context, id cases.ID, version int, n cases.Notice) error {
	c, err := h.Ledger.Store.Load(ctx, id)
	if err != nil {
		return err
	}
	t := webhooks.Type{Name: keyPrefix + n.Key}
	if n.Timer != "" {
		t = reminderType
	}
	return h.publish(ctx, c.Shop, id, version, t, n)
}

// Changed publishes a version of a case to those who asked for every one. What happens before a case is filed is
// the buyer's alone. It may be repeated.
func (h *CaseHooks) Changed(ctx context.Context, shop string, id cases.ID, version int, state cases.State) error {
	if state == cases.Draft || state == cases.ClosedIneligible {
		return nil
	}
	return h.publish(ctx, shop, id, version, ChangedType, cases.Notice{})
}

func (h *CaseHooks) publish(ctx context.Context, shop string, id cases.ID, version int, t webhooks.Type, n cases.Notice) error {
	err := h.Publisher.Publish(ctx, shop, t, func() (webhooks.Event, error) {
		c, err := h.Ledger.Store.Load(ctx, id)
		if err != nil {
			return webhooks.Event{}, err
		}
		data, at, err := h.event(ctx, c, version, n)
		if err != nil {
			return webhooks.Event{}, err
		}
		raw, err := json.Marshal(data)
		return webhooks.Event{
			ID: ids.Derive(webhooks.EventPrefix, ids.Of(c.Buyer), string(id), strconv.Itoa(version), t.Name, n.Key, n.Until.UTC().String()), Type: t.Name, At: at,
			Lane: string(id), Data: raw,
		}, err
	})
	if err != nil {
		return fmt.Errorf("tell the merchant of case %s: %w", id, err)
	}
	return nil
}

// event puts together what happened, from the timeline, and how the case stands.
func (h *CaseHooks) event(ctx context.Context, c cases.Case, version int, n cases.Notice) (wire.CaseEvent, time.Time, error) {
	marks, err := h.Ledger.Store.Marks(ctx, c.ID)
	if err != nil {
		return wire.CaseEvent{}, time.Time{}, err
	}
	i := slices.IndexFunc(marks, func(m cases.Mark) bool { return m.Seq == version })
	if i < 0 {
		return wire.CaseEvent{}, time.Time{}, fmt.Errorf("version %d: %w", version, ErrNoVersion)
	}
	m := marks[i]
	rec, err := h.Ledger.Store.Line(ctx, c.Buyer, c.Line.OrderID, c.Line.LineID)
	if err != nil {
		return wire.CaseEvent{}, time.Time{}, err
	}
	turn := c.Turn()
	now := wire.CaseNow{
		Version: c.Version, State: string(c.State), WaitsFor: string(turn.Who), WaitingOnYou: c.WaitsOn(cases.Merchant),
		Deadline: turn.Until, Terminal: c.State.Terminal(), AmountFen: c.AmountFen, Order: c.Line.OrderID, Line: c.Line.LineID,
		Allowed: []string{}, Deadlines: map[string]time.Time{},
	}
	for _, a := range c.Allowed(cases.Merchant, cases.Env{Policy: h.Ledger.Policy(c.Policy), Line: rec, Now: h.Ledger.Now()}) {
		now.Allowed = append(now.Allowed, string(a))
	}
	for t, at := range c.Deadlines {
		now.Deadlines[string(t)] = at
	}
	path := "/api/merchant/cases/" + string(c.ID)
	links := wire.Links{Case: path, Actions: path + "/{action}"}
	if n.Timer != "" {
		return wire.CaseEvent{
			Case: string(c.ID), Version: version, Key: n.Key, Event: "reminder", Actor: string(cases.System), From: string(c.State), State: string(c.State),
			Timer: string(n.Timer), Until: n.Until, Now: now, Links: links,
		}, h.Ledger.Now(), nil
	}
	return wire.CaseEvent{
		Case: string(c.ID), Version: version, Key: n.Key, Event: string(m.Event.Kind), Actor: string(m.Event.Actor), Rule: m.ID,
		From: string(m.From), State: string(m.To), Clauses: m.Clause, Now: now, Links: links,
	}, m.At, nil
}
