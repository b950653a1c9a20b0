package main

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"recourse/web"
	"recourse/web/wire"
)

// auditPrint is list, newest first for people, or export, oldest first as JSON lines with every hash, checked on the way.
func auditPrint(getenv func(string) string, verb string) *cobra.Command {
	s, q := &settings{}, web.AuditQuery{}
	var from, to string
	var limit int
	short := map[string]string{"list": "List entries, newest first", "export": "Write entries as JSON lines, oldest first; the trail is checked on the way"}[verb]
	cmd := &cobra.Command{Use: verb, Short: short, Args: cobra.NoArgs}
	cmd.RunE = onKeys(s, getenv, func(ctx context.Context, t tools, _ []string) error {
		for text, at := range map[*string]*time.Time{&from: &q.From, &to: &q.To} {
			if *text == "" {
				continue
			}
			when, err := time.Parse(time.RFC3339, *text)
			if err != nil {
				return fmt.Errorf("--from and --to are instants like 2026-11-26T00:00:00Z: %w", err)
			}
			*at = when
		}
		out := json.NewEncoder(cmd.OutOrStdout())
		if verb == "export" {
			_, err := t.audit.Walk(ctx, func(e wire.AuditEntry) error {
				if !q.Wants(e) {
					return nil
				}
				return out.Encode(e)
			})
			return err
		}
		for n := 0; n < limit; {
			q.Limit = min(200, limit-n)
			page, next, err := t.audit.List(ctx, q)
			if err != nil {
				return err
			}
			for _, e := range page {
				fmt.Fprintf(cmd.OutOrStdout(), "%d %s %s %s %s%s%s%s%s\n", e.N, e.At.Format(time.RFC3339), e.Actor, e.Action, e.Outcome,
					named(" conversation=", e.Conversation), named(" case=", e.Case), named(" object=", e.Object), named(" from=", e.Address))
			}
			n += len(page)
			if q.Cursor = next; next == "" {
				break
			}
		}
		return nil
	})
	s.storeFlags(cmd.Flags())
	f := cmd.Flags()
	f.StringVar(&q.Actor, "actor", "", "only what this login did")
	f.StringVar(&q.Conversation, "conversation", "", "only what was done to this conversation")
	f.StringVar(&q.Case, "case", "", "only what was done to this case")
	f.StringVar(&q.Action, "action", "", "only this action, or all of a subject: case, account, login")
	f.StringVar(&from, "from", "", "only from this instant on, RFC 3339")
	f.StringVar(&to, "to", "", "only before this instant, RFC 3339")
	if verb == "list" {
		f.IntVar(&limit, "limit", 100, "at most so many")
	}
	return cmd
}

func named(name, value string) string {
	if value == "" {
		return ""
	}
	return name + value
}
