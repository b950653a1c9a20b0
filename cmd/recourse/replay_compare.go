package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"recourse/bot/replay"
	"recourse/bot/replay/report"
)

// stored is a file of replay: a run, or a baseline.
type stored struct {
	run      replay.Run
	baseline *replay.Baseline
}

// readStored reads a run or a baseline; what it is stands in it.
func readStored(name string) (stored, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return stored{}, usage(err)
	}
	var head struct {
		Baseline int `json:"baseline"`
	}
	if json.Unmarshal(raw, &head) == nil && head.Baseline != 0 {
		b, err := replay.ReadBaseline(bytes.NewReader(raw))
		if err != nil {
			return stored{}, unreliable("%s: %w", name, err)
		}
		return stored{baseline: &b}, nil
	}
	run, err := replay.Read(bytes.NewReader(raw))
	if err != nil {
		return stored{}, usage(fmt.Errorf("%s: %w", name, err))
	}
	return stored{run: run}, nil
}

// storedRun reads a run; a baseline is none.
func storedRun(name string) (replay.Run, error) {
	f, err := readStored(name)
	if err == nil && f.baseline != nil {
		err = usage(fmt.Errorf("%s is a baseline; a run is wanted, as replay run --json writes it", name))
	}
	return f.run, err
}

// readBaseline reads the baseline that was asked for, if any. One that this program cannot rely on says nothing of a run.
func (r *replayRun) readBaseline() error {
	if r.baseline == "" {
		return nil
	}
	f, err := os.Open(r.baseline)
	if err != nil {
		return usage(err)
	}
	b, err := replay.ReadBaseline(f)
	if err := errors.Join(err, f.Close()); err != nil {
		return unreliable("%s: %w", r.baseline, err)
	}
	r.against = &b
	return nil
}

func replayCompareCommand() *cobra.Command {
	var out, html string
	var dirs []string
	var drift float64
	cmd := &cobra.Command{
		Use: "compare OLD NEW", Short: "Say what changed between two runs, what broke first",
		Long: "Say what changed between two stored runs, what broke first, with both answers, and whether the difference can be chance.\n\n" +
			"NEW is a run that replay run --json wrote. OLD is one too, or a baseline: then NEW is also judged as replay run --baseline\n" +
			"would, with its exit codes. Between two runs the exit code is 0 whatever changed.\n\n" + replayExits,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 2 {
				return usage(errors.New("compare what? give two files: the old one and the new one"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if !(drift > 0 && drift <= 1) {
				return usage(errors.New("--drift is a change of confidence, over 0 and up to 1"))
			}
			old, err := readStored(args[0])
			if err != nil {
				return err
			}
			run, err := storedRun(args[1])
			if err != nil {
				return err
			}
			var v replay.Verdict
			if old.baseline != nil {
				v = replay.Gate(*old.baseline, run)
			} else {
				v.Comparison = replay.Compare(old.run, run, drift)
			}
			text := cmd.OutOrStdout()
			if out == "-" {
				text = cmd.ErrOrStderr()
			}
			if err := writeCompared(cmd.OutOrStdout(), out, v, old.baseline != nil); err != nil {
				return usage(err)
			}
			if err := writeComparedPage(html, run, v.Comparison, dirs); err != nil {
				return usage(err)
			}
			writeComparison(text, v.Comparison)
			if old.baseline == nil {
				return nil
			}
			writeFindings(text, v)
			return judged(v)
		},
	}
	cmd.Flags().StringVar(&out, "json", "", "write what changed to this file; - is standard output")
	cmd.Flags().StringVar(&html, "html", "", "write one HTML page of NEW with what changed to this file")
	cmd.Flags().StringSliceVar(&dirs, "faq", nil, "directory with answers over the built-in ones, for the names of topics on the page")
	cmd.Flags().Float64Var(&drift, "drift", replay.DriftBound, "tell of a question whose confidence changed by more than this")
	return cmd
}

// writeCompared writes what changed as JSON: a comparison, or with a baseline a verdict.
func writeCompared(stdout io.Writer, name string, v replay.Verdict, judged bool) error {
	write := func(w io.Writer) error {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", " ")
		if judged {
			return enc.Encode(v)
		}
		return enc.Encode(v.Comparison)
	}
	if name == "-" {
		return write(stdout)
	}
	return writeAt(name, write)
}

func writeComparedPage(name string, run replay.Run, c replay.Comparison, dirs []string) error {
	if name == "" {
		return nil
	}
	book, err := bookOf(dirs)
	if err != nil {
		return err
	}
	page := pageOf(run, book)
	page.Compared = &c
	return writeAt(name, func(w io.Writer) error { return report.HTML(w, page) })
}

// hold holds a run against the baseline; nil without one.
func (r *replayRun) hold(run replay.Run) *replay.Verdict {
	if r.against == nil {
		return nil
	}
	v := replay.Gate(*r.against, run)
	return &v
}

// tellVerdict tells what a baseline says of a run.
func tellVerdict(w io.Writer, v replay.Verdict, quiet bool) error {
	if !quiet {
		writeComparison(w, v.Comparison)
	}
	writeFindings(w, v)
	return judged(v)
}

// judged is a verdict as the program's exit code.
func judged(v replay.Verdict) error {
	switch v.Code {
	case 0:
		return nil
	case exitFailures:
		return &exit{code: exitFailures, err: fmt.Errorf("%s against the baseline", plural(v.Count(replay.Stops), "new failure", "new failures"))}
	}
	return unreliable("this says nothing of the bot: %s", plural(v.Count(replay.Spoils), "thing is wrong with the suite or the run", "things are wrong with the suite or the run"))
}
