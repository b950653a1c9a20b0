package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"recourse/web/webhooks"
)

// hookTool is one subcommand of recourse webhook, run on the store of the settings.
type hookTool struct {
	use, short, long string
	args             cobra.PositionalArgs
	flags            func(*cobra.Command)
	run              func(ctx context.Context, k *hooks, w io.Writer, args []string) error
}

const hookToolNote = "With the embedded store the server must be stopped; what is queued is sent when it runs again. With --redis it may run."

func webhookCommand(getenv func(string) string) *cobra.Command {
	cmd := &cobra.Command{Use: "webhook", Short: "Merchants' webhook endpoints and what was sent to them", Long: "Merchants' webhook endpoints and what was sent to them.\n" + hookToolNote}
	for _, t := range hookTools() {
		s := &settings{}
		sub := &cobra.Command{
			Use: t.use, Short: t.short, Long: t.long, Args: t.args,
			RunE: func(cmd *cobra.Command, args []string) error {
				if err := fromEnv(cmd, getenv); err != nil {
					return err
				}
				return withStore(cmd.Context(), s, cmd.ErrOrStderr(), func(ctx context.Context, x tools) error {
					k, err := openHooks(x.shared.RDB, s.hooks, false, nil)
					if err != nil {
						return err
					}
					return t.run(ctx, k, cmd.OutOrStdout(), args)
				})
			},
		}
		s.storeFlags(sub.Flags())
		s.hooks.flags(sub.Flags())
		if t.flags != nil {
			t.flags(sub)
		}
		cmd.AddCommand(sub)
	}
	return cmd
}

func hookTools() []hookTool {
	var events []string
	var description, since string
	var overlap time.Duration
	var all bool
	sinceFlag := func(c *cobra.Command) {
		c.Flags().StringVar(&since, "since", "", "only what was given up at or after this instant, e.g. 2026-11-25T00:00:00Z")
	}
	id := func(args []string) webhooks.EndpointID { return webhooks.EndpointID(args[1]) }
	return []hookTool{
		{
			use: "add SHOP URL", short: "Make an endpoint and print its secret once", args: cobra.ExactArgs(2),
			flags: func(c *cobra.Command) {
				c.Flags().StringSliceVar(&events, "event", nil, "a type to send, or case.* for all that begin so; default: all but opt-in ones")
				c.Flags().StringVar(&description, "description", "", "what it is for")
			},
			run: func(ctx context.Context, k *hooks, w io.Writer, args []string) error {
				ep, err := k.registrar.Create(ctx, args[0], "", webhooks.Wish{URL: &args[1], Events: &events, Description: &description})
				if err == nil {
					fmt.Fprintf(w, "%s\n%s\n", ep.ID, ep.Secrets[0].Key)
				}
				return err
			},
		},
		{
			use: "list SHOP", short: "List the endpoints of a shop", args: cobra.ExactArgs(1),
			run: func(ctx context.Context, k *hooks, w io.Writer, args []string) error {
				eps, err := k.store.Of(ctx, args[0])
				if err != nil {
					return err
				}
				tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
				fmt.Fprintln(tw, "ENDPOINT\tSTATE\tWAITING\tDEAD\tEVENTS\tURL")
				for _, ep := range eps {
					state := "on"
					switch {
					case ep.Off != "":
						state = "off: " + string(ep.Off)
					case !ep.Health.FailingSince.IsZero():
						state = "failing since " + ep.Health.FailingSince.Format(time.RFC3339)
					}
					fmt.Fprintf(tw, "%s\t%s\t%d\t%d\t%s\t%s\n", ep.ID, state, ep.Health.Waiting, ep.Health.Dead, strings.Join(ep.Events, ","), ep.URL)
				}
				return tw.Flush()
			},
		},
		{
			use: "rotate SHOP ENDPOINT", short: "Make a new secret and print it once", args: cobra.ExactArgs(2),
			flags: func(c *cobra.Command) {
				c.Flags().DurationVar(&overlap, "overlap", webhooks.DefaultOverlap, "how long the old secret signs beside it, at most 168h")
			},
			run: func(ctx context.Context, k *hooks, w io.Writer, args []string) error {
				ep, err := k.registrar.Rotate(ctx, args[0], id(args), "", overlap)
				if err == nil {
					fmt.Fprintln(w, ep.Secrets[0].Key)
				}
				return err
			},
		},
		{
			use: "enable SHOP ENDPOINT", short: "Switch an endpoint on again", args: cobra.ExactArgs(2),
			run: func(ctx context.Context, k *hooks, w io.Writer, args []string) error {
				return enableHook(ctx, k, w, args, true)
			},
		},
		{
			use: "disable SHOP ENDPOINT", short: "Switch an endpoint off", args: cobra.ExactArgs(2),
			run: func(ctx context.Context, k *hooks, w io.Writer, args []string) error {
				return enableHook(ctx, k, w, args, false)
			},
		},
		{
			use: "remove SHOP ENDPOINT", short: "Remove an endpoint and what waits for it", args: cobra.ExactArgs(2),
			run: func(ctx context.Context, k *hooks, w io.Writer, args []string) error {
				err := k.registrar.Delete(ctx, args[0], id(args))
				if err == nil {
					fmt.Fprintf(w, "%s is removed\n", args[1])
				}
				return err
			},
		},
		{
			use: "test SHOP ENDPOINT", short: "Queue a test event", args: cobra.ExactArgs(2),
			run: func(ctx context.Context, k *hooks, w io.Writer, args []string) error {
				d, err := k.registrar.Test(ctx, args[0], id(args))
				if err == nil {
					fmt.Fprintln(w, d)
				}
				return err
			},
		},
		{
			use: "dead SHOP ENDPOINT", short: "List dead letters, oldest first", args: cobra.ExactArgs(2), flags: sinceFlag,
			run: func(ctx context.Context, k *hooks, w io.Writer, args []string) error {
				return listDead(ctx, k, w, args, since)
			},
		},
		{
			use: "resend SHOP ENDPOINT [DELIVERY]", short: "Send a delivery, or with --dead all dead letters, again", args: cobra.RangeArgs(2, 3),
			flags: func(c *cobra.Command) {
				sinceFlag(c)
				c.Flags().BoolVar(&all, "dead", false, "all dead letters")
			},
			run: func(ctx context.Context, k *hooks, w io.Writer, args []string) error {
				if all == (len(args) == 3) {
					return errors.New("name a delivery, or give --dead for all dead letters")
				}
				if all {
					return resendDead(ctx, k, w, args, since)
				}
				d, err := k.registrar.Resend(ctx, args[0], id(args), webhooks.DeliveryID(args[2]))
				if err == nil {
					fmt.Fprintf(w, "%s (%s) is queued again\n", d.ID, d.Event.Type)
				}
				return err
			},
		},
	}
}

func enableHook(ctx context.Context, k *hooks, w io.Writer, args []string, on bool) error {
	ep, err := k.registrar.Update(ctx, args[0], webhooks.EndpointID(args[1]), webhooks.Wish{Enabled: &on})
	if err == nil {
		fmt.Fprintf(w, "%s is %s\n", ep.ID, map[bool]string{true: "on", false: "off"}[ep.Off == ""])
	}
	return err
}

func sinceOf(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, text)
	if err != nil {
		return at, fmt.Errorf("--since must be like 2026-11-25T00:00:00Z: %w", err)
	}
	return at, nil
}

func listDead(ctx context.Context, k *hooks, w io.Writer, args []string, since string) error {
	from, err := sinceOf(since)
	if err != nil {
		return err
	}
	ep, err := k.registrar.Get(ctx, args[0], webhooks.EndpointID(args[1]))
	if err != nil {
		return err
	}
	tw := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintln(tw, "DELIVERY\tTYPE\tABOUT\tGIVEN UP\tWHY\tATTEMPTS\tLAST")
	cursor := ""
	for {
		page, next, err := k.store.DeadLetters(ctx, ep.ID, from, cursor, 100)
		if err != nil {
			return err
		}
		for _, d := range page {
			last := "-"
			if n := len(d.Attempts); n > 0 {
				last = string(d.Attempts[n-1].Class)
			}
			fmt.Fprintf(tw, "%s\t%s\t%s\t%s\t%s\t%d\t%s\n", d.ID, d.Event.Type, d.Event.Lane, d.Ended.Format(time.RFC3339), d.Reason, len(d.Attempts), last)
		}
		if cursor = next; cursor == "" {
			return tw.Flush()
		}
	}
}

func resendDead(ctx context.Context, k *hooks, w io.Writer, args []string, since string) error {
	from, err := sinceOf(since)
	if err != nil {
		return err
	}
	total := 0
	for more := true; more; {
		var n int
		n, more, err = k.registrar.ResendSince(ctx, args[0], webhooks.EndpointID(args[1]), from, 1000)
		total += n
		if err != nil || n == 0 {
			break
		}
	}
	fmt.Fprintf(w, "%d dead letters are queued again\n", total)
	return err
}
