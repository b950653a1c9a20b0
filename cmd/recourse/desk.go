package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/spf13/pflag"

	"recourse/dialog"
	"recourse/dialog/desk"
	"recourse/dialog/redisdesk"
	"recourse/dialog/redisdialog"
)

// deskSweep is how often the desk is looked at without a reason.
const deskSweep = 5 * time.Second

func (s *settings) deskFlags(f *pflag.FlagSet) {
	d := desk.Default()
	f.StringVar(&s.hours, "hours", "", "YAML file with the hours of the desk: zone, week, holidays, make-up days (package dialog/desk says how); without it the desk is always open")
	f.DurationVar(&s.desk.Accept, "offer-for", d.Accept, "how long an agent has to take a conversation that he is offered, before it goes on to the next")
	f.IntVar(&s.desk.Misses, "offer-misses", d.Misses, "after how many offers in a row that he let pass an agent is set away")
	f.DurationVar(&s.desk.Quiet, "buyer-quiet", d.Quiet, "how long a conversation whose buyer is waited for still takes one of its agent's places")
	f.DurationVar(&s.desk.Grace, "agent-grace", d.Grace, "how long an agent who has vanished keeps his conversations, before they wait again")
	f.IntVar(&s.desk.Capacity, "agent-capacity", d.Capacity, "conversations that an agent has at a time, unless his account says otherwise")
	s.desk.Again, s.desk.Classes = d.Again, d.Classes
}

func (s *settings) checkDesk() error {
	var errs []error
	for flag, d := range map[string]time.Duration{"offer-for": s.desk.Accept, "buyer-quiet": s.desk.Quiet, "agent-grace": s.desk.Grace} {
		if d <= 0 {
			errs = append(errs, fmt.Errorf("--%s must be above 0", flag))
		}
	}
	if s.desk.Misses < 1 {
		errs = append(errs, errors.New("--offer-misses must be at least 1"))
	}
	if s.desk.Capacity < 1 {
		errs = append(errs, errors.New("--agent-capacity must be at least 1"))
	}
	return errors.Join(errs...)
}

// openDesk makes the desk and whoever works at it, and lets the assistant ask what it may promise.
func (a *app) openDesk(s *settings, rdb redis.UniversalClient, dialogs *redisdialog.Store, now func() time.Time) error {
	var hours *desk.Hours
	if s.hours != "" {
		raw, err := os.ReadFile(s.hours)
		if err != nil {
			return fmt.Errorf("read --hours: %w", err)
		}
		if hours, err = desk.ParseHours(s.hours, raw); err != nil {
			return fmt.Errorf("--hours: %w", err)
		}
	}
	clock := func() desk.Now { return desk.Now{Wall: time.Now(), Market: now().UTC()} }
	a.router = &redisdesk.Router{
		Desk: &redisdesk.Store{RDB: rdb, Rules: s.desk}, Dialogs: dialogs, Each: dialogs.Each, Now: clock, Log: a.log, Every: deskSweep,
		Due: func(ctx context.Context, conv dialog.Conversation) (time.Time, error) { return a.web.DueOf(ctx, conv) },
		Requeue: func(ctx context.Context, id dialog.ID, login string, epoch int64) error {
			return a.web.Requeue(ctx, id, login, epoch)
		},
	}
	a.assistant.Desk = func(ctx context.Context, conv dialog.Conversation) (dialog.Desk, error) {
		due, err := a.web.DueOf(ctx, conv)
		if err != nil {
			return dialog.Desk{}, err
		}
		d, err := a.router.Desk.Promise(ctx, conv.Locale, due, clock(), hours)
		d.Hours = s.deskHours
		return d, err
	}
	return nil
}

// ofCase is follow for the conversation of a case, which somebody else may have named: one that there is not is
// nobody's.
func ofCase(follow func(context.Context, dialog.ID) error) func(context.Context, dialog.ID) error {
	return func(ctx context.Context, id dialog.ID) error {
		if err := follow(ctx, id); !errors.Is(err, dialog.ErrNotFound) {
			return err
		}
		return nil
	}
}
