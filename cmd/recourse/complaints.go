package main

import (
	"context"
	"log/slog"
	"strings"

	"recourse/bot"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/rediscases"
	"recourse/dialog"
	"recourse/dialog/redisdialog"
	"recourse/internal/ids"
	"recourse/internal/outbox"
	"recourse/web"
	"recourse/web/redisweb"
)

// fire applies a deadline that has passed to the record that has it: one index holds the deadlines of cases, complaints
// and the conversations that a human has.
func fire(ledger *cases.Ledger, filed *complaints.Ledger, look func(context.Context, dialog.ID) error) func(context.Context, cases.ID, cases.Event) error {
	return func(ctx context.Context, id cases.ID, ev cases.Event) error {
		if strings.HasPrefix(string(id), redisdialog.Prefix+"_") {
			return look(ctx, dialog.ID(id))
		}
		if strings.HasPrefix(string(id), complaints.Prefix+"_") {
			_, err := filed.Apply(ctx, complaints.ID(id), complaints.Event{Key: ev.Key, Kind: ev.Kind, Actor: ev.Actor})
			return err
		}
		_, err := ledger.Apply(ctx, id, ev)
		return err
	}
}

// complaintFor makes the id of a complaint on a buyer's order from the parts of the request that files it.
func complaintFor(buyer string, parts ...string) complaints.ID {
	return complaints.ID(ids.Derive(complaints.Prefix, ids.Of(buyer), parts...))
}

// complaintHandlers are what becomes of the outbox records of complaints. Each may be called again.
func complaintHandlers(filed *complaints.Ledger, shared *redisweb.Store, notifier *bot.Notifier, told *web.ComplaintHooks, log *slog.Logger) map[string]outbox.Handler {
	return map[string]outbox.Handler{
		rediscases.ComplaintChangedRecord: on(func(ctx context.Context, b rediscases.ComplaintChangedBody) error {
			c, err := filed.Store.Load(ctx, b.Complaint)
			if err != nil {
				return err
			}
			if err := shared.IndexComplaint(ctx, c); err != nil {
				return err
			}
			// The other party can see it from now on, so its time to answer begins (F3-37).
			if c.State == complaints.Filed {
				_, err := filed.Apply(ctx, c.ID, complaints.Event{Key: "forward", Kind: complaints.EvForward, Actor: cases.System})
				if err != nil && cases.CodeOf(err) == "" {
					return err
				}
			}
			if b.Conversation == "" {
				return nil
			}
			return shared.WakeConversation(ctx, b.Conversation)
		}),
		rediscases.ComplaintNoticeRecord: on(func(ctx context.Context, b rediscases.ComplaintNoticeBody) error {
			if b.Notice.To == cases.Merchant {
				return hookErr(told.Told(ctx, b.Complaint, b.Version, b.Notice))
			}
			return noticeErr(notifier.NotifyComplaint(ctx, b.Complaint, b.Version, b.Notice))
		}),
		rediscases.ComplaintMeasureRecord: on(func(ctx context.Context, b rediscases.ComplaintMeasureBody) error {
			// Scores of shops and buyers belong to another system, which reads the log, as for cases (domain §3.3).
			log.InfoContext(ctx, "complaint asks for something outside", "complaint", b.Complaint, "against", b.Against, "measure", b.Measure)
			return nil
		}),
	}
}
