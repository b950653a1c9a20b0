package main

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"recourse/bot/nlu/intent"
	"recourse/bot/nlu/intent/scoring"
)

func nluCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "nlu", Short: "The classifier of texts: train it on a set of intents, measure it on another",
		Long: "The classifier that finds what a text is about, on any set of intents.\n\n" +
			"A set is a CSV file in UTF-8 with a header: the text in the first column, its label in the second; further columns\n" +
			"are left alone. Files of texts about no label have a column text.",
	}
	cmd.AddCommand(nluTrainCommand(), nluEvalCommand())
	return cmd
}

// learning is what both commands learn from.
type learning struct {
	train, none string
	seed        uint64
}

func (l *learning) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&l.train, "train", "", "CSV of texts and labels to learn from")
	cmd.Flags().StringVar(&l.none, "none", "", "CSV of texts about no label (column text), to learn from as well")
	cmd.Flags().Uint64Var(&l.seed, "seed", 0, "how the texts are dealt into the folds of cross-validation; the same seed makes the same model")
}

func (l *learning) model() (m *intent.Model, texts int, took time.Duration, err error) {
	s := intent.Set{}
	if s.Examples, err = examplesIn(l.train); err != nil {
		return nil, 0, 0, err
	}
	if l.none != "" {
		if s.None, err = textsIn(l.none); err != nil {
			return nil, 0, 0, err
		}
	}
	if first := s.Examples[0].Label; !slices.ContainsFunc(s.Examples, func(e intent.Example) bool { return e.Label != first }) {
		return nil, 0, 0, fmt.Errorf("%s: every text has the label %q; there is nothing to tell apart", l.train, first)
	}
	start := time.Now()
	m, err = intent.Train(s, intent.Options{Seed: l.seed})
	if err != nil {
		return nil, 0, 0, fmt.Errorf("train on %s: %w", l.train, err)
	}
	return m, len(s.Examples), time.Since(start), nil
}

func nluTrainCommand() *cobra.Command {
	var l learning
	var out string
	cmd := &cobra.Command{
		Use: "train --train FILE --out FILE", Short: "Learn a set of intents and write the model to a file", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if l.train == "" || out == "" {
				return errors.New("--train and --out must be given")
			}
			m, texts, took, err := l.model()
			if err != nil {
				return err
			}
			size, err := saveModel(m, out)
			if err != nil {
				return err
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %d labels from %d texts in %.2f s, %.1f MB\n", out, len(m.Labels()), texts, took.Seconds(), float64(size)/1e6)
			return nil
		},
	}
	l.flags(cmd)
	cmd.Flags().StringVar(&out, "out", "", "the file to write")
	return cmd
}

// saveModel writes beside the file and renames: whoever reads it sees a whole model.
func saveModel(m *intent.Model, name string) (size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".*")
	if err != nil {
		return 0, fmt.Errorf("write the model: %w", err)
	}
	defer func() {
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	w := bufio.NewWriter(f)
	err = errors.Join(m.Save(w), w.Flush(), f.Chmod(0o644))
	info, statErr := f.Stat()
	if err = errors.Join(err, statErr, f.Close()); err != nil {
		return 0, err
	}
	return info.Size(), os.Rename(f.Name(), name)
}

func nluEvalCommand() *cobra.Command {
	var l learning
	var model, test, oos string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "eval (--train FILE | --model FILE) --test FILE", Short: "Measure the classifier on texts whose labels are known", Args: cobra.NoArgs,
		Long: "Measure the classifier on texts whose labels are known: how often the right label comes first and among the first\n" +
			"three, macro-F1, whether likelihoods mean what they say, every label, and with --oos how well texts about none of\n" +
			"the labels are told: AUROC, and the share of them turned away when 95 % and 90 % of the test's texts are kept.\n\n" +
			"Everything is learned from --train (and --none) alone. With --json shares are numbers from 0 to 1, times are in\n" +
			"microseconds and seconds, and the figures of --oos are null without it. train_seconds is 0 with --model.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			switch {
			case test == "":
				return errors.New("--test must be given")
			case (l.train == "") == (model == ""):
				return errors.New("either --train or --model must be given")
			case model != "" && (l.none != "" || cmd.Flags().Changed("seed")):
				return errors.New("--none and --seed are for training; a --model has been trained")
			}
			examples, err := examplesIn(test)
			if err != nil {
				return err
			}
			var outside []string
			if oos != "" {
				if outside, err = textsIn(oos); err != nil {
					return err
				}
			}
			var m *intent.Model
			var took time.Duration
			if model != "" {
				m, err = loadModel(model)
			} else {
				m, _, took, err = l.model()
			}
			if err != nil {
				return err
			}
			r := scoring.Measure(m, examples, outside, time.Now)
			r.TrainSeconds = took.Seconds()
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetEscapeHTML(false)
				enc.SetIndent("", "  ")
				return enc.Encode(r)
			}
			return writeReport(cmd.OutOrStdout(), r)
		},
	}
	l.flags(cmd)
	cmd.Flags().StringVar(&model, "model", "", "a model that train wrote")
	cmd.Flags().StringVar(&test, "test", "", "CSV of texts and labels to measure on")
	cmd.Flags().StringVar(&oos, "oos", "", "CSV of texts about no label (column text), to measure on")
	cmd.Flags().BoolVar(&asJSON, "json", false, "one JSON object instead of text")
	return cmd
}

func loadModel(name string) (*intent.Model, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("read the model: %w", err)
	}
	defer f.Close()
	m, err := intent.Load(bufio.NewReader(f))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return m, nil
}

// writeReport for people: the summary first, the labels that fare worst before the others.
func writeReport(w io.Writer, r scoring.Report) error {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("texts      %d", r.Texts)
	line("top-1      %.2f %%", 100*r.Top1)
	line("top-3      %.2f %%", 100*r.Top3)
	line("macro-F1   %.2f %%", 100*r.MacroF1)
	if r.AUROC != nil {
		line("out of scope, %d texts: AUROC %.2f %%; turned away %.1f %% when 95 %% is kept, %.1f %% when 90 %% is kept",
			r.Outside, 100**r.AUROC, 100**r.Rejected95, 100**r.Rejected90)
	}
	line("a text     p50 %.0f µs, p99 %.0f µs", r.P50Micros, r.P99Micros)
	if r.TrainSeconds > 0 {
		line("training   %.2f s", r.TrainSeconds)
	}
	if len(r.Unseen) > 0 {
		line("labels that training has not, whose texts count as wrong: %s", strings.Join(r.Unseen, ", "))
	}
	line("\ncalibration, ECE %.2f %%\n  %-12s %9s %9s %7s", 100*r.ECE, "likelihood", "predicted", "observed", "texts")
	for _, bin := range r.Calibration {
		if bin.Texts > 0 {
			line("  %.1f to %.1f   %9.3f %9.3f %7d", bin.From, bin.To, bin.Predicted, bin.Observed, bin.Texts)
		}
	}
	line("\n  %9s %9s %9s %7s  label, most often taken for", "precision", "recall", "F1", "texts")
	labels := slices.Clone(r.Labels)
	slices.SortStableFunc(labels, func(a, b scoring.Label) int { return cmp.Compare(a.F1, b.F1) })
	for _, l := range labels {
		taken := ""
		if l.Confused > 0 {
			taken = fmt.Sprintf(", %s (%d)", l.ConfusedWith, l.Confused)
		}
		line("  %9.3f %9.3f %9.3f %7d  %s%s", l.Precision, l.Recall, l.F1, l.Texts, l.Label, taken)
	}
	_, err := io.WriteString(w, b.String())
	return err
}
