package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"recourse/bot/replay"
	"recourse/bot/replay/load"
	"recourse/bot/replay/remote"
	"recourse/bot/replay/suite"
)

const loadExits = "Exit codes:\n" +
	"  0  every conversation was played and every expectation that stops a release held; also when it was interrupted\n" +
	"  1  expectations do not hold\n" +
	"  2  the result says nothing: no case can be played, or conversations could not be played to their end\n" +
	"  3  wrong flags, a server that is not there, a file that cannot be read or written"

// loadRun is what a load takes.
type loadRun struct {
	suites []string
	filter []string
	server server
	json   string
	quiet  bool
	opts   load.Options
}

func loadCommand(getenv func(string) string) *cobra.Command {
	r := &loadRun{}
	cmd := &cobra.Command{
		Use: "load", Short: "Play the conversations of suites as traffic on a running server, and say how fast it answers",
		Long: "Play the conversations and questions of suites as traffic on a running server: so many at once, over and over, each by a fresh\n" +
			"buyer over a WebSocket of his own. What is expected is judged as by replay run. A conversation in which time passes is left\n" +
			"out, because the clock of a demo is one for all. Interrupted, it says what it has.\n\n" +
			"The server must be one with --demo for fixtures with orders or cases. Client and server on one machine share its processors.\n\n" + loadExits,
		Args:              cobra.NoArgs,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return usage(fromEnv(cmd, getenv)) },
		RunE: func(cmd *cobra.Command, _ []string) error {
			return r.run(cmd.Context(), terminal{out: cmd.OutOrStdout(), err: cmd.ErrOrStderr()})
		},
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	f := cmd.Flags()
	f.StringArrayVar(&r.suites, "suite", nil, "file or directory with conversations and questions; may be given several times")
	f.StringArrayVar(&r.filter, "filter", nil, "which cases, as for replay run; may be given several times")
	f.StringVar(&r.server.url, "against", "", "address of the server's socket: ws://host:port")
	f.StringVar(&r.server.secret, "token-secret-file", "", "for a server without --demo: file with the secret that signs buyers' tokens")
	f.IntVar(&r.opts.Connections, "connections", 10, "conversations at once")
	f.DurationVar(&r.opts.Duration, "duration", 0, "how long conversations are begun (default 1m without --rounds)")
	f.IntVar(&r.opts.Rounds, "rounds", 0, "how often each conversation is played")
	f.Uint64Var(&r.opts.Seed, "seed", 1, "of the order in which they are played")
	f.DurationVar(&r.opts.Timeout, "timeout", time.Minute, "after how long a conversation is given up")
	f.StringVar(&r.json, "json", "", "write the report to this file; - is standard output")
	f.BoolVarP(&r.quiet, "quiet", "q", false, "no live line, no summary: only files and the exit code")
	return cmd
}

func (r *loadRun) check() error {
	switch {
	case len(r.suites) == 0:
		return errors.New("which suites? give --suite")
	case r.server.url == "":
		return errors.New("which server? give --against ws://host:port")
	case r.opts.Connections < 1 || r.opts.Connections > 100_000:
		return errors.New("--connections must be from 1 to 100000")
	case r.opts.Duration < 0 || r.opts.Rounds < 0 || r.opts.Timeout <= 0:
		return errors.New("--duration and --rounds must not be negative, and --timeout must be above 0")
	}
	if r.opts.Duration == 0 && r.opts.Rounds == 0 {
		r.opts.Duration = time.Minute
	}
	return nil
}

func (r *loadRun) run(ctx context.Context, t terminal) error {
	if err := r.check(); err != nil {
		return usage(err)
	}
	cases, err := r.load()
	if err != nil {
		return err
	}
	meter := &load.Meter{}
	stage, err := r.server.open(ctx, remote.Options{Still: true, Lazy: true, Watch: meter})
	if err != nil {
		return usage(err)
	}
	defer stage.Close()
	stdout := t.out
	if r.json == "-" {
		t.out = t.err
	}
	line := t.bar(r.quiet)
	r.opts.Every = time.Second
	r.opts.Progress = func(rep load.Report) { line.write(liveLine(rep)) }
	rep, err := load.Run(ctx, stage, meter, cases, r.opts)
	line.clear()
	if !r.quiet {
		writeLoad(t.out, rep)
	}
	if e := r.write(rep, stdout); e != nil {
		return usage(e)
	}
	switch {
	case err != nil:
		return unreliable("%w", err)
	case rep.Errored > 0:
		return unreliable("%s not be played to the end", plural(int(rep.Errored), "conversation could", "conversations could"))
	case rep.Conversations == 0 && !rep.Interrupted:
		return unreliable("no conversation was played to its end")
	case rep.Failed > 0:
		return &exit{code: exitFailures, err: fmt.Errorf("in %s something did not hold", plural(int(rep.Failed), "conversation", "conversations"))}
	}
	return nil
}

// load reads the suites.
func (r *loadRun) load() ([]suite.Case, error) {
	filter, err := replay.ParseFilter(r.filter...)
	if err != nil {
		return nil, usage(err)
	}
	all, err := (&inProcess{}).Load(&replayRun{suites: r.suites})
	if err != nil {
		return nil, unreliable("the suite is broken:\n%w", err)
	}
	var out []suite.Case
	for _, c := range all {
		if filter.Picks(c) && c.Review != suite.Pending && c.Review != suite.Rejected {
			out = append(out, c)
		}
	}
	return out, nil
}

func (r *loadRun) write(rep load.Report, stdout io.Writer) error {
	enc := func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", "  ")
		return e.Encode(rep)
	}
	if r.json == "-" {
		return enc(stdout)
	}
	return writeAt(r.json, enc)
}

// liveLine is how it stands, in a line.
func liveLine(rep load.Report) string {
	out := fmt.Sprintf("%s  %d conversations (%.0f/s), %d messages (%.0f/s), turn p50 %.1f ms p99 %.1f ms", time.Duration(rep.Seconds*float64(time.Second)).Round(time.Second),
		rep.Conversations, rep.PerSecond, rep.Messages, rep.MessagesPerSecond, rep.End.P50, rep.End.P99)
	if rep.Failed+rep.Errored > 0 {
		out += fmt.Sprintf(", %d failed, %d not played", rep.Failed, rep.Errored)
	}
	return out
}

// shownCounts is how many failures of a kind are listed.
const shownCounts = 10

func writeLoad(w io.Writer, rep load.Report) {
	var b strings.Builder
	row := func(name string, t load.Times) {
		fmt.Fprintf(&b, "%-13s %9.1f %9.1f %9.1f %9.1f  %9d\n", name, t.P50, t.P95, t.P99, t.Max, t.N)
	}
	list := func(what string, all []load.Count) {
		for i, c := range all {
			if i == shownCounts {
				fmt.Fprintf(&b, "… and %d more kinds; --json has all\n", len(all)-i)
				break
			}
			fmt.Fprintf(&b, "%s %d: %s\n", what, c.N, c.What)
		}
	}
	list("failed", rep.Failures)
	list("not played", rep.Errors)
	list("skipped", rep.Skipped)
	for _, code := range slices.Sorted(maps.Keys(rep.Refused)) {
		fmt.Fprintf(&b, "refused %d: %s\n", rep.Refused[code], code)
	}
	fmt.Fprintf(&b, "%-13s %9s %9s %9s %9s  %9s\n", "milliseconds", "p50", "p95", "p99", "max", "n")
	row("ack", rep.Ack)
	row("first answer", rep.First)
	row("turn's end", rep.End)
	fmt.Fprintf(&b, "%d conversations in %.1f s over %s: %.1f conversations/s, %.1f messages/s; %d failed, %d failed that stop nothing, %d not played\n",
		rep.Conversations, rep.Seconds, plural(rep.Connections, "connection", "connections"), rep.PerSecond, rep.MessagesPerSecond, rep.Failed, rep.Soft, rep.Errored)
	if rep.Interrupted {
		b.WriteString("interrupted: this is what there is\n")
	}
	_, _ = io.WriteString(w, b.String()) // a closed standard output must not change the exit code
}
