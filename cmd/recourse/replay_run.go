package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
)

// replayRun is what a run takes.
type replayRun struct {
	suites  []string
	policy  string
	faq     []string
	store   string
	filter  []string
	shard   string
	opts    replay.Options
	under   float64
	underOn bool
	json    string
	junit   string
	html    string
	history string
	watch   bool
	quiet   bool
	noTimes bool
	// heldBack asks the examples that are held back from training, in place of suites.
	heldBack bool
	server   server
	// baseline is a file, against is what it holds; nil without one.
	baseline string
	against  *replay.Baseline
	// beside are the files that fixtures name, for --watch; as of the last time the suites could be read.
	beside []string
}

// lab is where suites come from and what they are played on.
type lab interface {
	// Load reads the suites of a run.
	Load(r *replayRun) ([]suite.Case, error)
	// Open readies a stage. Nothing is to be closed if there is an error.
	Open(ctx context.Context, r *replayRun) (stage replay.Stage, done func() error, err error)
}

func replayRunCommand(l lab) *cobra.Command {
	r := &replayRun{}
	cmd := &cobra.Command{
		Use: "run SUITE…", Short: "Play suites and say what does not hold",
		Long: "Play suites and say what does not hold, what stops a release first. A SUITE is a file, or a directory that is searched for\n" +
			".yaml, .jsonl and .csv files; the formats are described in bot/replay/README.md.\n\n" +
			"The same seed, suites, policy and answers give the same run, whatever --workers is. With --repeat every case is played\n" +
			"several times with other draws; one that passes in some trials only is flaky.\n\n" +
			"--filter takes terms that must all hold; given several times, one of the filters must fit:\n" +
			"  tag:x  lang:zh  topic:x  tier:soft   what the case is\n" +
			"  /regexp/  late-*  late               the id matches, is that, contains it\n" +
			"  !term                                the term does not hold\n\n" +
			"With --baseline FILE a failure counts only if it is new: what failed when the file was blessed may go on failing in the same\n" +
			"way. A case that the baseline has and the suite has not is an error. The file is only read; replay bless writes it.\n\n" +
			"With --held-back there is no SUITE: the examples of the answers (with --faq also of yours) that are held back from training, one\n" +
			"in five, are asked of answers that have not learned them. It says how texts are answered that nobody has written down. Not\n" +
			"all are right, so hold it against a baseline.\n\n" +
			"With --against ws://host:port the suites are played against a running server. One with --demo sets up the orders and cases of\n" +
			"fixtures for buyers of their own, and its clock is pushed; without it only what needs neither can be played. What cannot is\n" +
			"skipped and says why; what the wire does not show is not judged, and counted.\n\n" +
			"With --fail-under SHARE up to 1−SHARE of the cases may fail. Tiers soft and unreliable, and cases that nobody has reviewed,\n" +
			"never stop anything.\n\n" + replayExits,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0 && !r.heldBack:
				return usage(errors.New("which suites? give files or directories"))
			case len(args) > 0 && r.heldBack:
				return usage(errors.New("--held-back asks the examples of the answers, of answers that have not learned them: leave the suites out"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			r.suites = args
			r.underOn = cmd.Flags().Changed("fail-under")
			if err := r.check(); err != nil {
				return usage(err)
			}
			if err := r.readBaseline(); err != nil {
				return err
			}
			t := terminal{out: cmd.OutOrStdout(), err: cmd.ErrOrStderr()}
			if r.json == "-" {
				t.out = t.err
			}
			if r.watch {
				return r.watching(cmd.Context(), l, t)
			}
			run, err := r.play(cmd.Context(), l, t)
			if err != nil {
				return err
			}
			v := r.hold(run)
			if err := r.write(cmd.OutOrStdout(), run, v); err != nil {
				return usage(err)
			}
			writeSummary(t.out, run, r.quiet || v != nil, !r.noTimes)
			if v != nil {
				return tellVerdict(t.out, *v, r.quiet)
			}
			return r.judge(run)
		},
	}
	r.flags(cmd.Flags())
	return cmd
}

func (r *replayRun) flags(f *pflag.FlagSet) {
	f.Uint64Var(&r.opts.Seed, "seed", 1, "of everything that is drawn; the same seed gives the same run")
	f.IntVar(&r.opts.Repeat, "repeat", 1, "how often each case is played, to find what flips")
	f.StringArrayVar(&r.filter, "filter", nil, "which cases, see above; may be given several times")
	f.StringVar(&r.shard, "shard", "", "only part i of n of the cases, as in 2/5; which part a case is in depends on its id")
	f.IntVar(&r.opts.Workers, "workers", 0, "how many play at once (default: as many as processors)")
	f.DurationVar(&r.opts.Timeout, "timeout", 0, "after how long a case is given up (default 30s)")
	f.Float64Var(&r.under, "fail-under", 1, "share of the cases that must pass, from 0 to 1")
	f.StringVar(&r.baseline, "baseline", "", "hold the run against this file of replay bless: only new failures count")
	f.BoolVar(&r.opts.IncludePending, "include-pending", false, "play recorded cases that nobody has reviewed too; they stop nothing")
	f.StringVar(&r.policy, "policy", "", "policy file instead of the built-in one; a conversation's own comes first")
	f.StringSliceVar(&r.faq, "faq", nil, "directory with answers that override or extend the built-in ones; may be given several times")
	f.BoolVar(&r.heldBack, "held-back", false, "instead of suites, ask the examples that are held back from training, see above")
	f.StringVar(&r.store, "store", "memory", "where conversations are kept meanwhile: memory, or embedded for the store that the server has")
	f.StringVar(&r.server.url, "against", "", "play against a running server at this address, ws://host:port, over its WebSocket and APIs")
	f.StringVar(&r.server.secret, "token-secret-file", "", "with --against a server without --demo: file with the secret that signs buyers' tokens (its --token-secret)")
	f.StringVar(&r.json, "json", "", "write the run to this file, to compare with and to score anew; - is standard output")
	f.StringVar(&r.junit, "junit", "", "write JUnit XML for a CI to this file")
	f.StringVar(&r.html, "html", "", "write one HTML page that opens from disk to this file")
	f.StringVar(&r.history, "history", "", "keep the run in this directory too, and show on the HTML page how it went since the first one there")
	f.BoolVar(&r.watch, "watch", false, "play again whenever a suite, an answer or the policy changes, until interrupted")
	f.BoolVarP(&r.quiet, "quiet", "q", false, "no progress and no tables: one line")
	f.BoolVar(&r.noTimes, "no-times", false, "leave out what differs between two equal runs: when, and how long")
}

// check refuses what makes no sense and reads the filter and the shard.
func (r *replayRun) check() (err error) {
	if r.opts.Filter, err = replay.ParseFilter(r.filter...); err != nil {
		return err
	}
	if r.opts.Shard, err = replay.ParseShard(r.shard); err != nil {
		return err
	}
	switch {
	case r.opts.Repeat < 1 || r.opts.Repeat > 100_000:
		return errors.New("--repeat must be from 1 to 100000")
	case r.opts.Workers < 0:
		return errors.New("--workers must not be negative")
	case !(r.under >= 0 && r.under <= 1):
		return errors.New("--fail-under is a share from 0 to 1")
	case r.store != "memory" && r.store != "embedded":
		return errors.New("--store is memory or embedded")
	case r.opts.Timeout < 0:
		return errors.New("--timeout must not be negative")
	case r.underOn && r.baseline != "":
		return errors.New("--fail-under is a share of all cases, and --baseline looks at each: give one of them")
	case r.watch && r.baseline != "":
		return errors.New("--watch judges nothing: leave --baseline out")
	case r.watch && r.history != "":
		return errors.New("--watch plays while you edit, which is no history: leave --history out")
	case r.noTimes && r.history != "":
		return errors.New("--history orders runs by their times: leave --no-times out")
	case r.watch && r.json == "-":
		return errors.New("--watch plays more than once: give --json a file")
	}
	if err := r.checkServer(); err != nil {
		return err
	}
	for _, path := range r.suites {
		if _, err := os.Stat(path); err != nil {
			return err
		}
	}
	return nil
}

// play loads the suites and plays them once.
func (r *replayRun) play(ctx context.Context, l lab, t terminal) (replay.Run, error) {
	cases, err := l.Load(r)
	if err != nil {
		return replay.Run{}, unreliable("the suite is broken:\n%w", err)
	}
	r.beside = fixtureFiles(cases)
	stage, done, err := l.Open(ctx, r)
	if err != nil {
		return replay.Run{}, usage(err)
	}
	bar := t.bar(r.quiet)
	o := r.opts
	o.Progress = bar.show
	run, err := replay.Play(ctx, stage, cases, o)
	bar.clear()
	if err := errors.Join(err, done()); err != nil {
		return replay.Run{}, unreliable("%w", err)
	}
	if r.noTimes {
		run = replay.Strip(run)
	}
	return run, nil
}

// fixtureFiles are the policies and answers that conversations bring along, which stand beside their file.
func fixtureFiles(cases []suite.Case) []string {
	var out []string
	for _, c := range cases {
		if c.Conversation == nil {
			continue
		}
		f := c.Conversation.Fixture
		for _, name := range append(slices.Clone(f.FAQ), f.Policy) {
			if name != "" && !filepath.IsAbs(name) {
				name = filepath.Join(filepath.Dir(c.Pos.File), name)
			}
			if name != "" && !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	}
	return out
}

// stops says that a failure of a case stops a release.
func stops(c replay.Result) bool {
	return c.Tier == suite.Regression && c.Review != suite.Pending
}

// judge turns a run into the program's exit code.
func (r *replayRun) judge(run replay.Run) error {
	var of, passed, scored int
	count := run.Count()
	for _, c := range run.Cases {
		if !c.Scored() {
			continue
		}
		scored++
		if stops(c) {
			of++
			if c.Status == replay.Passed {
				passed++
			}
		}
	}
	switch {
	case !run.Complete:
		return unreliable("interrupted: %d cases were played", len(run.Cases))
	case count[replay.Broken] > 0 || count[replay.Errored] > 0:
		return unreliable("%s broken and %s could not be played, so this run cannot be relied on", plural(count[replay.Broken], "case is", "cases are"), plural(count[replay.Errored], "other", "others"))
	case scored == 0 && len(run.Cases) > 0:
		return unreliable("all %d cases were skipped", len(run.Cases))
	case passed == of:
		return nil
	case r.underOn && float64(passed) >= r.under*float64(of):
		return nil
	case r.underOn:
		return &exit{code: exitFailures, err: fmt.Errorf("%.2f %% of %d cases passed, less than %.2f %%", 100*float64(passed)/float64(of), of, 100*r.under)}
	}
	return &exit{code: exitFailures, err: fmt.Errorf("%s not hold", plural(of-passed, "case does", "cases do"))}
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
