package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/spf13/cobra"

	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/cases/redispolicy"
)

func policyDiffCommand(getenv func(string) string) *cobra.Command {
	s := &settings{}
	var file string
	var stored, asJSON bool
	cmd := &cobra.Command{
		Use: "diff BEFORE AFTER", Short: "Show whose verdict, amount, deadline or evidence changes between two policies", Args: cobra.ExactArgs(2),
		Long: "Judge the same facts under two policies and show who comes out differently: verdict, question, amount, postage,\n" +
			"deadline, the merchant's time, missing evidence, alerts.\n\n" +
			"The facts are those of the domain's situations; with --situations those of a file (see the head of\n" +
			"cases/policy/situations.yaml for its shape); with --cases those on which every stored case was judged. The embedded\n" +
			"store of --data is read only while no server runs on it; with --redis it may run.\n\n" +
			"Exit codes: 0 nothing changes, 1 something does, 2 an error.",
		RunE: func(cmd *cobra.Command, args []string) error {
			differs, err := policyDiff(cmd, getenv, s, args, file, stored, asJSON)
			switch {
			case err != nil:
				return &exit{code: 2, err: err}
			case differs:
				return &exit{code: 1}
			}
			return nil
		},
	}
	s.storeFlags(cmd.Flags())
	cmd.Flags().StringVar(&file, "situations", "", "file of situations instead of the built-in ones")
	cmd.Flags().BoolVar(&stored, "cases", false, "the stored cases instead of situations")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the changes as JSON")
	return cmd
}

func policyDiff(cmd *cobra.Command, getenv func(string) string, s *settings, args []string, file string, stored, asJSON bool) (bool, error) {
	if err := fromEnv(cmd, getenv); err != nil {
		return false, err
	}
	if stored && file != "" {
		return false, errors.New("--cases and --situations exclude each other")
	}
	before, err := readPolicy(args[0])
	if err != nil {
		return false, err
	}
	after, err := readPolicy(args[1])
	if err != nil {
		return false, err
	}
	var list []policy.Situation
	switch {
	case stored:
		list, err = storedSituations(cmd, s, before)
	case file != "":
		var raw []byte
		if raw, err = readFactFile(cmd.InOrStdin(), file); err == nil {
			list, err = policy.ParseSituations(file, raw)
		}
	default:
		list, err = policy.DefaultSituations()
	}
	if err != nil {
		return false, err
	}
	changes := policy.Compare(before, after, list)
	if asJSON {
		enc := json.NewEncoder(cmd.OutOrStdout())
		enc.SetIndent("", "  ")
		return len(changes) > 0, enc.Encode(map[string]any{
			"before": before.Version, "after": after.Version, "judged": len(list), "changed": len(changes), "changes": slices.Concat([]policy.Change{}, changes),
		})
	}
	return len(changes) > 0, printDiff(cmd.OutOrStdout(), before, after, len(list), changes)
}

// storedSituations are the facts on which each stored case was last judged. A version that is not kept is stood in
// for by the first of the two policies: only evidence and answers are rebuilt with it.
func storedSituations(cmd *cobra.Command, s *settings, instead *policy.Policy) ([]policy.Situation, error) {
	var list []policy.Situation
	err := withRedis(cmd.Context(), s, cmd.ErrOrStderr(), func(ctx context.Context, rdb redis.UniversalClient) error {
		store, kept := &rediscases.Store{RDB: rdb}, &redispolicy.Store{RDB: rdb}
		known := map[string]*policy.Policy{}
		policyOf := func(version string) *policy.Policy {
			if p, ok := known[version]; ok {
				return p
			}
			p, err := kept.Get(ctx, version)
			if err != nil {
				p = instead
			}
			known[version] = p
			return p
		}
		seen := map[cases.ID]bool{}
		return store.Each(ctx, func(id cases.ID) error {
			if seen[id] {
				return nil
			}
			seen[id] = true
			marks, err := store.Marks(ctx, id)
			if err != nil {
				return err
			}
			if situation, ok := cases.Judged(marks, policyOf); ok {
				list = append(list, situation)
			}
			return nil
		})
	})
	slices.SortFunc(list, func(a, b policy.Situation) int { return strings.Compare(a.ID, b.ID) })
	return list, err
}

func printDiff(w io.Writer, before, after *policy.Policy, judged int, changes []policy.Change) error {
	out := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	fmt.Fprintf(out, "what\tchanges\t%s\t%s\n", before.Version, after.Version)
	counts := map[string]int{}
	for _, c := range changes {
		for _, f := range c.Fields {
			counts[f]++
			fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", c.ID, f, field(c.Before, f, before), field(c.After, f, after))
		}
	}
	if len(changes) > 0 {
		if err := out.Flush(); err != nil {
			return err
		}
		fmt.Fprintln(w)
	}
	var summary []string
	for _, f := range slices.Sorted(func(yield func(string) bool) {
		for k := range counts {
			if !yield(k) {
				return
			}
		}
	}) {
		summary = append(summary, fmt.Sprintf("%s %d", f, counts[f]))
	}
	_, err := fmt.Fprintf(w, "%d judged, %d changed", judged, len(changes))
	if len(summary) > 0 {
		fmt.Fprintf(w, " (%s)", strings.Join(summary, ", "))
	}
	fmt.Fprintln(w)
	return err
}

// field is one side of a change.
func field(o policy.Outcome, name string, p *policy.Policy) string {
	when := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return t.In(p.Zone()).Format("2006-01-02 15:04")
	}
	text := ""
	switch name {
	case "verdict":
		text = fmt.Sprintf("%s %s", o.Code, o.Reason)
	case "question":
		text = string(o.Question)
	case "amount":
		text = replies.Money(o.AmountFen)
	case "freight":
		text = string(o.Freight)
	case "deadline":
		if text = when(o.Deadline); o.Deadline.IsZero() && !o.NotBefore.IsZero() {
			text = "not before " + when(o.NotBefore)
		}
	case "merchant_time":
		text = when(o.SoftEnd) + " / " + when(o.HardEnd)
	case "evidence":
		var rows []string
		for _, m := range o.Missing {
			var kinds []string
			for _, k := range m.AnyOf {
				kinds = append(kinds, string(k))
			}
			rows = append(rows, strings.Join(kinds, "|"))
		}
		text = strings.Join(rows, " ")
	case "alerts":
		var codes []string
		for _, a := range o.Alerts {
			codes = append(codes, string(a))
		}
		text = strings.Join(codes, " ")
	}
	if text == "" {
		return "-"
	}
	return text
}
