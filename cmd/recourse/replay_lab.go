package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"recourse/bot/faq"
	"recourse/bot/replay"
	"recourse/bot/replay/mutate"
	"recourse/bot/replay/own"
	"recourse/bot/replay/stage"
	"recourse/bot/replay/suite"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/dialog/redisdialog"
	"recourse/internal/embedredis"
	"recourse/internal/ids"
	"recourse/internal/redisconn"
)

// inProcess plays in this process. It keeps the answers of the last run: what they have learned is taken over as long as
// only answers change, so that --watch need not learn anew.
type inProcess struct{ book *faq.Book }

// Load reads the suites and holds their topics against the answers that there are.
func (l *inProcess) Load(r *replayRun) ([]suite.Case, error) {
	book, err := bookOf(r.faq)
	if err != nil {
		return nil, err
	}
	if r.heldBack {
		_, list := own.HeldBack(book)
		return list, nil
	}
	return suite.LoadBeside(append(slices.Clone(r.faq), r.policy), book.Topics(), r.suites...)
}

// Open readies the stage.
func (l *inProcess) Open(ctx context.Context, r *replayRun) (replay.Stage, func() error, error) {
	if r.server.url != "" {
		return openAgainst(ctx, r)
	}
	book, err := bookOf(r.faq)
	if err != nil {
		return nil, nil, err
	}
	if r.heldBack {
		book, _ = own.HeldBack(book)
	}
	o, err := l.options(r.policy, book)
	if err != nil {
		return nil, nil, err
	}
	if r.store == "embedded" {
		o.Stores = embedded
	}
	return stage.New(o), func() error { return nil }, nil
}

// options are what a stage plays on, with answers that have learned.
func (l *inProcess) options(policyFile string, book *faq.Book) (stage.Options, error) {
	o := stage.Options{Policy: policy.Default(), Learned: faqCache()}
	if policyFile != "" && policyFile != builtin {
		p, err := policy.Load(policyFile)
		if err != nil {
			return o, err
		}
		o.Policy = p
	}
	if l.book != nil {
		book.LearnFrom(l.book)
	}
	if _, err := book.Learn(faqCache()); err != nil {
		return o, err
	}
	l.book, o.FAQ = book, book
	return o, nil
}

func bookOf(dirs []string) (*faq.Book, error) {
	if len(dirs) == 0 {
		return faq.Builtin(), nil
	}
	return faq.Load(dirs...)
}

// embedded makes the stores that the server has without --redis, kept in memory only. A conversation is alone in its
// store, so its ids need not be drawn: they are those of the stores in memory, and two runs are the same to the byte.
func embedded(ctx context.Context) (stage.Stores, error) {
	store, err := embedredis.Open(ctx, embedredis.Options{Now: time.Now, Logger: slog.New(slog.DiscardHandler)})
	if err != nil {
		return stage.Stores{}, err
	}
	rdb, err := redisconn.Open(ctx, "redis://"+store.Addr())
	if err != nil {
		return stage.Stores{}, errors.Join(err, store.Close())
	}
	cases := &rediscases.Store{RDB: rdb}
	return stage.Stores{
		Dialogs: &redisdialog.Store{RDB: rdb, NewID: func(prefix string, s ids.Shard) string { return ids.Derive(prefix, s, stage.Buyer) }}, Cases: cases, Complaints: &rediscases.Complaints{RDB: rdb}, Due: cases,
		Take: recordsOf(rdb), Close: func() error { return errors.Join(rdb.Close(), store.Close()) },
	}, nil
}

// replayMutate is what a mutation run takes.
type replayMutate struct {
	faq      []string
	policy   string
	n        int
	seed     uint64
	workers  int
	json     string
	under    float64
	families []string
}

func replayMutateCommand(l *inProcess) *cobra.Command {
	m := &replayMutate{}
	cmd := &cobra.Command{
		Use: "mutate SUITE…", Short: "Spoil the bot in many small ways and say which nobody notices",
		Long: "Spoil the bot in many small ways, one at a time, and play the suites on each until a case notices: answers that are missing or\n" +
			"say something else, steps of flows that are left out, values of the policy that are a little off, thresholds. What no case\n" +
			"notices is listed: it is what the suites do not guard. The same seed draws the same mutants.\n\n" +
			"caught: a case failed; changed: every case passes, but something was said in other words, which a comparison shows; missed: neither.\n\n" + replayExits,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if m.n < 1 {
				return usage(errors.New("--n must be at least 1"))
			}
			return m.run(cmd.Context(), l, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	f := cmd.Flags()
	f.StringSliceVar(&m.faq, "faq", nil, "directory with answers that override or extend the built-in ones; may be given several times")
	f.StringVar(&m.policy, "policy", "", "policy file instead of the built-in one")
	f.IntVar(&m.n, "n", 200, "how many mutants")
	f.Uint64Var(&m.seed, "seed", 1, "of the draw")
	f.IntVar(&m.workers, "workers", 0, "how many cases play at once (default: as many as processors)")
	f.StringSliceVar(&m.families, "family", nil, "only these: faq, flow, policy, threshold")
	f.StringVar(&m.json, "json", "", "write the report to this file; - is standard output")
	f.Float64Var(&m.under, "fail-under", 0, "share of the mutants that must be caught, from 0 to 1")
	return cmd
}

func (m *replayMutate) run(ctx context.Context, l *inProcess, paths []string, out, errs io.Writer) error {
	cases, err := l.Load(&replayRun{suites: paths, faq: m.faq, policy: m.policy})
	if err != nil {
		return unreliable("the suite is broken:\n%w", err)
	}
	o := mutate.Options{Seed: m.seed, N: m.n, Workers: m.workers}
	for _, f := range m.families {
		o.Only = append(o.Only, mutate.Family(f))
	}
	book, err := bookOf(m.faq)
	if err != nil {
		return usage(err)
	}
	if o.Stage, err = l.options(m.policy, book); err != nil {
		return usage(err)
	}
	line := terminal{out: errs, err: errs}.bar(m.json == "-")
	missed, begun := 0, time.Now()
	o.Progress = func(done, of int, f mutate.Found) {
		if f.Fate == mutate.Missed {
			missed++
		}
		line.show(replay.Progress{Done: done, Failed: missed, Total: of, Elapsed: time.Since(begun)})
	}
	rep, err := mutate.Run(ctx, cases, o)
	line.clear()
	if err != nil {
		return unreliable("%w", err)
	}
	if m.json == "-" {
		enc := json.NewEncoder(out)
		enc.SetIndent("", "  ")
		if err := enc.Encode(rep); err != nil {
			return usage(err)
		}
	} else {
		if err := writeAt(m.json, func(w io.Writer) error { return json.NewEncoder(w).Encode(rep) }); err != nil {
			return usage(err)
		}
		writeMutants(out, rep)
	}
	if share := float64(rep.Count("", mutate.Caught)) / float64(max(1, len(rep.Mutants))); share < m.under {
		return &exit{code: exitFailures, err: fmt.Errorf("%.1f %% of the mutants were caught, fewer than %.1f %%", 100*share, 100*m.under)}
	}
	return nil
}

// writeMutants lists what nobody noticed, and counts the rest.
func writeMutants(w io.Writer, rep mutate.Report) {
	for _, fate := range []mutate.Fate{mutate.Missed, mutate.Changed} {
		for _, f := range rep.Mutants {
			if f.Fate == fate {
				fmt.Fprintf(w, "%-8s %s: %s\n", f.Fate, f.ID, f.What)
			}
		}
	}
	fmt.Fprintf(w, "\n%d mutants on %d cases\n", len(rep.Mutants), rep.Cases)
	for _, f := range []mutate.Family{"", mutate.FAQ, mutate.Flow, mutate.Policy, mutate.Threshold} {
		c, ch, mi := rep.Count(f, mutate.Caught), rep.Count(f, mutate.Changed), rep.Count(f, mutate.Missed)
		if c+ch+mi == 0 {
			continue
		}
		name := string(f)
		if f == "" {
			name = "all"
		}
		fmt.Fprintf(w, "%-10s caught %d of %d (%.1f %%), changed %d, missed %d\n", name, c, c+ch+mi, 100*float64(c)/float64(c+ch+mi), ch, mi)
	}
}
