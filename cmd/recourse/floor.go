package main

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"recourse/bot"
	"recourse/cases"
	"recourse/dialog"
	"recourse/dialog/redisdesk"
	"recourse/dialog/redisdialog"
)

// lookAt looks at a conversation that a human has though nobody writes, when the runner of deadlines says so.
func lookAt(dialogs *redisdialog.Store, floor func() bot.Floor) func(context.Context, dialog.ID) error {
	return func(ctx context.Context, id dialog.ID) error {
		f := floor()
		now := f.Now()
		next, err := f.Look(ctx, id)
		if errors.Is(err, dialog.ErrNotFound) {
			return fmt.Errorf("%w: %w", cases.ErrStale, err)
		}
		if err != nil {
			return err
		}
		return dialogs.Look(ctx, id, now, next)
	}
}

// waits tells buyers who wait when nobody is at the desk any more. It looks at them when that changes, and goes on
// until each has been told.
type waits struct {
	floor func() bot.Floor
	desk  *redisdesk.Store

	mu   sync.Mutex
	last string             // how it was at the desk; guarded by mu
	done map[dialog.ID]bool // who knows how it is; guarded by mu
}

// runOnce is called again and again.
func (w *waits) runOnce(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	at, err := w.desk.State(ctx)
	if err != nil {
		return err
	}
	f := w.floor()
	d, err := f.Desk(ctx, dialog.Conversation{})
	if err != nil {
		return err
	}
	if is := fmt.Sprint(d.Known, d.Ends(), d.OpensAt.Unix()); is != w.last {
		w.last, w.done = is, map[dialog.ID]bool{}
	}
	if !d.Known || d.Ends() != dialog.EndLater {
		return nil
	}
	var errs []error
	for id, chat := range at.Chats {
		if !chat.Waits() || w.done[id] || ctx.Err() != nil {
			continue
		}
		ok, err := f.Retell(ctx, id)
		if err != nil && !errors.Is(err, dialog.ErrNotFound) {
			errs = append(errs, err)
			continue
		}
		w.done[id] = ok
	}
	return errors.Join(errs...)
}
