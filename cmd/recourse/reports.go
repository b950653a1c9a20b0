package main

import (
	"context"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/dialog/desk"
	"recourse/web"
	"recourse/web/redisweb"
)

// openReports makes the counters, and has the desk tell them which offers ran out.
func (a *app) openReports(rdb redis.UniversalClient, byVersion func(string) *policy.Policy, now func() time.Time) {
	a.reports = &redisweb.Reports{RDB: rdb, Zone: func() *time.Location { return byVersion("").Zone() }}
	a.router.Missed = func(ctx context.Context, c desk.Chat) {
		fact := web.Fact{Day: now().In(byVersion("").Zone()).Format(time.DateOnly), Name: web.CountMissed}
		key := fmt.Sprintf("%s/%d/%s/%d", c.Conversation, c.Epoch, c.Offer.To, c.Offer.Until.UnixMilli())
		if err := a.reports.Count(ctx, key, fact); err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "a missed offer is not counted", "dialog", c.Conversation, "err", err)
		}
	}
}

// countedTurn is a turn of the assistant after which it is counted that the buyer wrote: nothing else tells of a
// conversation that only the bot has. If it cannot be counted, it is after the buyer's next word.
func (a *app) countedTurn(dialogs dialog.Store, now func() time.Time) func(context.Context, dialog.ID) error {
	return func(ctx context.Context, id dialog.ID) error {
		if err := a.assistant.Turn(ctx, id); err != nil {
			return err
		}
		if err := a.reports.Talked(ctx, dialogs, id, now()); err != nil && ctx.Err() == nil {
			a.log.WarnContext(ctx, "counted later", "dialog", id, "err", err)
		}
		return nil
	}
}
