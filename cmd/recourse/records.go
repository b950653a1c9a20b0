package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"recourse/bot"
	"recourse/cases"
	"recourse/cases/orders"
	"recourse/cases/rediscases"
	"recourse/dialog"
	"recourse/dialog/redisdialog"
	"recourse/internal/outbox"
	"recourse/web"
	"recourse/web/redisweb"
	"recourse/web/wire"
)

// handlers are what becomes of the records that stores put into the outbox. Each may be called again.
func handlers(follow func(context.Context, dialog.ID) error, dialogs *redisdialog.Store, ledger *cases.Ledger, shared *redisweb.Store, reports *redisweb.Reports, notifier *bot.Notifier, told *web.CaseHooks, pay orders.Payments,
	discard func(context.Context, cases.EvidenceID) error,
) map[string]outbox.Handler {
	return map[string]outbox.Handler{
		redisdialog.DeskRecord: on(func(ctx context.Context, b redisdialog.DeskBody) error {
			conv, err := dialogs.Load(ctx, b.Conversation)
			if err != nil {
				return err
			}
			order := ""
			if conv.Flow.Case != "" {
				c, err := ledger.Store.Load(ctx, conv.Flow.Case)
				if err != nil && !errors.Is(err, cases.ErrNoCase) {
					return err
				}
				order = c.Line.OrderID
			}
			return errors.Join(follow(ctx, conv.ID), shared.IndexConversation(ctx, dialogs, conv, order), reports.FollowTalk(ctx, dialogs, conv.ID))
		}),
		redisdialog.ScoreRecord: on(func(ctx context.Context, b redisdialog.DeskBody) error {
			conv, err := dialogs.Load(ctx, b.Conversation)
			if err != nil {
				return err
			}
			return shared.KeepScores(ctx, conv.ID, conv.Survey.Scores)
		}),
		rediscases.ChangedRecord: on(func(ctx context.Context, b rediscases.ChangedBody) error {
			c, err := ledger.Store.Load(ctx, b.Case)
			if err != nil {
				return err
			}
			if c.Attempt > 0 { // a draft is the buyer's alone
				if err := errors.Join(shared.IndexCase(ctx, c), shared.IndexWaybill(ctx, c), reports.FollowCase(ctx, ledger.Store, c.ID, c.Version)); err != nil {
					return err
				}
			}
			if err := told.Changed(ctx, b.Shop, b.Case, b.Version, b.State); err != nil {
				return hookErr(err)
			}
			if b.Conversation == "" {
				return nil
			}
			// Its next deadline may be another, and with it its place at the desk.
			if err := ofCase(follow)(ctx, dialog.ID(b.Conversation)); err != nil {
				return err
			}
			return shared.WakeConversation(ctx, b.Conversation)
		}),
		rediscases.NoticeRecord: on(func(ctx context.Context, b rediscases.NoticeBody) error {
			if b.Notice.To == cases.Agent && b.Notice.Timer != "" {
				c, err := ledger.Store.Load(ctx, b.Case)
				if err != nil {
					return err
				}
				key := fmt.Sprintf("%s/%s/%d", b.Case, b.Notice.Key, b.Notice.Until.UnixMilli())
				return shared.FileTicket(ctx, key, wire.Ticket{
					Kind: "reminder", Why: string(b.Notice.Timer), Case: string(b.Case), Shop: c.Shop, Role: b.Notice.Role,
					Priority: c.Arbitration.Priority, At: ledger.Now(),
				})
			}
			if b.Notice.To == cases.Merchant {
				return hookErr(told.Told(ctx, b.Case, b.Version, b.Notice))
			}
			return noticeErr(notifier.Notify(ctx, b.Case, b.Version, b.Notice))
		}),
		rediscases.OrderRecord: on(func(ctx context.Context, b rediscases.OrderBody) error {
			if b.Order.Kind == cases.OrderDiscard {
				return discard(ctx, b.Order.Evidence)
			}
			c, err := ledger.Store.Load(ctx, b.Case)
			if err != nil {
				return err
			}
			if b.Order.Kind == "refund" {
				return pay.Refund(ctx, c, b.Order)
			}
			// Scores and penalties are computed elsewhere (domain §3.3); here they are kept to be fetched.
			return shared.FileTicket(ctx, b.Order.Key, ticketOf(c, b.Order, ledger.Now()))
		}),
	}
}

// noticeErr: what has no words today has none tomorrow.
func noticeErr(err error) error {
	if errors.Is(err, bot.ErrNoWords) {
		return outbox.Poison(err)
	}
	return err
}

// ticketOf is an order of a case as whoever must see to it reads it.
func ticketOf(c cases.Case, o cases.Order, now time.Time) wire.Ticket {
	t := wire.Ticket{Kind: o.Kind, Why: o.Why, Case: string(c.ID), Shop: c.Shop, Priority: c.Arbitration.Priority, At: now}
	if o.Why == "sla_breached" {
		t.Role = "supervisor"
	}
	return t
}

func on[T any](f func(context.Context, T) error) outbox.Handler {
	return func(ctx context.Context, raw json.RawMessage) error {
		var body T
		if err := json.Unmarshal(raw, &body); err != nil {
			return outbox.Poison(fmt.Errorf("decode record: %w", err))
		}
		return f(ctx, body)
	}
}
