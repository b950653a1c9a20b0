package main

import (
	"errors"
	"os"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
)

// replayRescoreCommand judges a stored run anew. load reads the suites that r has.
func replayRescoreCommand(load func(r *replayRun) ([]suite.Case, error)) *cobra.Command {
	r := &replayRun{}
	cmd := &cobra.Command{
		Use: "rescore RUN SUITE…", Short: "Judge a stored run under changed expectations, without playing it",
		Long: "Judge what was said in a stored RUN by what the SUITEs expect now, without running the bot. A case whose question or steps\n" +
			"have changed since cannot be judged and is skipped.\n\n" + replayExits,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) < 2 {
				return usage(errors.New("give the file of a run, and the suites"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := r.readBaseline(); err != nil {
				return err
			}
			run, err := storedRun(args[0])
			if err != nil {
				return err
			}
			r.suites = args[1:]
			for _, path := range r.suites {
				if _, err := os.Stat(path); err != nil {
					return usage(err)
				}
			}
			cases, err := load(r)
			if err != nil {
				return unreliable("the suite is broken:\n%w", err)
			}
			if run, err = replay.Rescore(run, cases); err != nil {
				return unreliable("%w", err)
			}
			out := cmd.OutOrStdout()
			if r.json == "-" {
				out = cmd.ErrOrStderr()
			}
			v := r.hold(run)
			if err := r.write(cmd.OutOrStdout(), run, v); err != nil {
				return usage(err)
			}
			writeSummary(out, run, r.quiet || v != nil, false)
			if v != nil {
				return tellVerdict(out, *v, r.quiet)
			}
			return r.judge(run)
		},
	}
	f := cmd.Flags()
	f.StringVar(&r.json, "json", "", "write the run as it is judged now to this file; - is standard output")
	r.reportFlags(f)
	f.BoolVarP(&r.quiet, "quiet", "q", false, "no tables: one line")
	return cmd
}

// reportFlags are those of commands that show stored runs.
func (r *replayRun) reportFlags(f *pflag.FlagSet) {
	f.StringVar(&r.junit, "junit", "", "write JUnit XML for a CI to this file")
	f.StringVar(&r.html, "html", "", "write one HTML page that opens from disk to this file")
	f.StringSliceVar(&r.faq, "faq", nil, "directory with answers over the built-in ones, for the names of topics on the page")
	f.StringVar(&r.baseline, "baseline", "", "hold the run against this baseline: only new failures count")
}
