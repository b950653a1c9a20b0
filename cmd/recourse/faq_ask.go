package main

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"recourse/bot/faq"
	"recourse/cases"
	"recourse/dialog"
)

func faqAskCommand(dirs *[]string) *cobra.Command {
	var state, lang string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "ask TEXT", Short: "Show which topic a question gets, how sure that is, and why", Args: cobra.ExactArgs(1),
		Long: "Show which topic a question gets where the case stands (--state), how sure that is, what in the text speaks for it, the\n" +
			"examples most like it, and what would be said where no case is filed. It learns from the examples first, which takes\n" +
			"some seconds after they were changed.",
		Example: "  recourse faq ask --state return_in_transit \"商家不处理\"",
		RunE: func(cmd *cobra.Command, args []string) error {
			book, err := faq.Load(*dirs...)
			if err != nil {
				return err
			}
			f, err := book.Learn(faqCache())
			if err != nil {
				return err
			}
			asked := explainAsked(book, f, args[0], cases.State(state), dialog.ParseLocale(lang))
			if asJSON {
				enc := json.NewEncoder(cmd.OutOrStdout())
				enc.SetIndent("", "  ")
				enc.SetEscapeHTML(false)
				return enc.Encode(asked)
			}
			asked.print(cmd.OutOrStdout())
			return nil
		},
	}
	cmd.Flags().StringVar(&state, "state", string(dialog.NoCase), "where the case at hand stands, e.g. merchant_review; none: no case is filed")
	cmd.Flags().StringVar(&lang, "lang", "zh-CN", "language of the answer: zh-CN or en")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print the same as one object")
	return cmd
}

func faqEvalCommand(dirs *[]string) *cobra.Command {
	var out, write string
	var misses bool
	cmd := &cobra.Command{
		Use: "eval", Short: "Measure how well questions find their topics, on examples that were held back", Args: cobra.NoArgs,
		Long: "Measure how well questions find their topics. A fifth of the examples is held back by a fixed rule; the rest is learned\n" +
			"from. The pairs of topics that are easily taken for each other are measured on texts of their own. It learns several\n" +
			"times and takes minutes.\n\n" +
			"--out DIR writes train.csv and test.csv for recourse nlu eval. --write FILE measures the thresholds with all examples\n" +
			"and writes them, and does nothing else; the built-in ones are bot/faq/fit.json.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			book, err := faq.Load(*dirs...)
			if err != nil {
				return err
			}
			if write != "" {
				fit, err := book.Measure()
				if err != nil {
					return err
				}
				raw, err := json.MarshalIndent(fit, "", "  ")
				if err != nil {
					return fmt.Errorf("write the thresholds: %w", err)
				}
				if err := os.WriteFile(write, append(raw, '\n'), 0o644); err != nil {
					return fmt.Errorf("write the thresholds: %w", err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: measured on version %s\n", write, fit.Book)
				return nil
			}
			contrast, err := faq.Contrast()
			if err != nil {
				return err
			}
			began := time.Now()
			e, err := book.Evaluate(contrast)
			if err != nil {
				return err
			}
			w := cmd.OutOrStdout()
			fmt.Fprintf(w, "version %s, %d topics, learned from %d texts, held back %d, %.0f s\n", book.Version(), len(book.Topics()), len(e.Trained), len(e.Tested), time.Since(began).Seconds())
			fmt.Fprintf(w, "state %.2f, no case %.2f, asks anything from %.3f (zh) and %.3f (en), answered from %.3f, asked back from %.2f\n", e.Fit.State, e.Fit.NoCase, e.Fit.Asks[dialog.ZH].From, e.Fit.Asks[dialog.EN].From, e.Fit.Sure, e.Fit.Share)
			for _, l := range []dialog.Locale{dialog.ZH, dialog.EN} {
				tell(w, string(l)+" held back", e.By[l])
				tell(w, string(l)+" contrast pairs", e.Contrast[l])
			}
			if misses {
				for _, m := range e.Misses {
					fmt.Fprintf(w, "%s\t%s\t%s %.2f\t%s\n", m.Topic, m.State, m.Got.Topics[0].Topic, m.Got.Topics[0].P, m.Text)
				}
			}
			if out == "" {
				return nil
			}
			return errors.Join(writeSet(filepath.Join(out, "train.csv"), e.Trained), writeSet(filepath.Join(out, "test.csv"), e.Tested))
		},
	}
	cmd.Flags().StringVar(&out, "out", "", "directory for train.csv and test.csv")
	cmd.Flags().StringVar(&write, "write", "", "file for weights and thresholds measured with all examples")
	cmd.Flags().BoolVar(&misses, "misses", false, "list the texts whose topic is not first")
	return cmd
}

func tell(w io.Writer, name string, s faq.Score) {
	fmt.Fprintf(w, "%-22s %4d texts  top-1 %.3f  top-3 %.3f  macro-F1 %.3f | answered %.3f right %.3f, asked back %.3f offered %.3f, refused %.3f",
		name, s.N, s.Top1, s.Top3, s.MacroF1, s.Answered, s.Right, s.Asked, s.Offered, s.Refused)
	fmt.Fprintln(w)
	if s.N > s.Outside.N {
		fmt.Fprintf(w, "  of the %d about what is answered here, %.3f are taken for others\n", s.N-s.Outside.N, s.Strange)
	}
	turned := func(name string, t faq.Turned) {
		if t.N > 0 {
			fmt.Fprintf(w, "  %-36s %4d texts: not understood %.3f, told that it is not answered %.3f, asked back %.3f, answered wrongly %.3f\n",
				name, t.N, t.Refused, t.Told, t.Asked, t.Answered)
		}
	}
	turned("about topics that are not answered", s.Outside)
	turned("asking no topic", s.Nothing)
}

// writeSet writes texts as recourse nlu eval reads them: text, category.
func writeSet(file string, list []faq.Asked) (err error) {
	f, err := os.Create(file)
	if err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := csv.NewWriter(f)
	rows := [][]string{{"text", "category"}}
	for _, a := range list {
		if a.Topic != "" {
			rows = append(rows, []string{a.Text, string(a.Topic)})
		}
	}
	if err := w.WriteAll(rows); err != nil {
		return fmt.Errorf("write %s: %w", file, err)
	}
	return nil
}
