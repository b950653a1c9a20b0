package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"recourse/bot/faq"
)

func faqCommand(getenv func(string) string) *cobra.Command {
	var dirs []string
	cmd := &cobra.Command{
		Use: "faq", Short: "The reviewed answers: check them, and see which of them a question gets",
		Long: "The reviewed answers, one topic a file. --faq DIR lays files of your own over the built-in ones: a file replaces the\n" +
			"topic of its name, or adds examples to it and changes single answers (extends: true), or is a new topic.",
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return fromEnv(cmd, getenv) },
	}
	cmd.PersistentFlags().StringSliceVar(&dirs, "faq", nil, "directory with topics that override or extend the built-in ones; may be given several times")
	cmd.AddCommand(faqCheckCommand(&dirs), faqAskCommand(&dirs), faqEvalCommand(&dirs))
	return cmd
}

func faqCheckCommand(dirs *[]string) *cobra.Command {
	var strict, close bool
	cmd := &cobra.Command{
		Use: "check", Short: "Find what is wrong with the answers and their examples; problems are named with file and line", Args: cobra.NoArgs,
		Long: "Find what is wrong with the answers and their examples: slots that nothing fills or that may be empty where the answer\n" +
			"is said, figures typed into a text, answers that are too long or never said, answers that code says by name and that are\n" +
			"not there, names that nobody says, examples that stand twice or contradict each other, facts that no answer rests on, and thresholds that were measured on other examples than those built in.\n\n" +
			"Exit codes: 0 clean (there may be remarks), 1 something is wrong, or with --strict there are remarks.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			book, err := faq.Load(*dirs...)
			if err != nil {
				return err
			}
			found, wrong := append(faq.CheckFit(), book.Check()...), 0
			if close {
				more, err := book.CheckClose()
				if err != nil {
					return err
				}
				found = append(found, more...)
			}
			for _, f := range found {
				mark := ""
				if f.Level == faq.Odd {
					mark = "remark: "
				}
				if f.Level > faq.Odd || strict {
					wrong++
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s%s\n", mark, f)
			}
			zh, en := book.Examples()
			fmt.Fprintf(cmd.OutOrStdout(), "%d topics, %d examples in Chinese and %d in English, version %s: %d to mend, %d remarks\n",
				len(book.Topics()), zh, en, book.Version(), wrong, len(found)-wrong)
			if wrong > 0 {
				return &exit{code: 1, err: fmt.Errorf("%d to mend in %s", wrong, strings.Join(append([]string{"the built-in topics"}, *dirs...), ", "))}
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "remarks fail too")
	cmd.Flags().BoolVar(&close, "close", false, "find topics that are too close to each other as well; it learns several times and takes seconds")
	return cmd
}

// faqCache is where what was learned from the examples is kept between starts, "" where a user has no such place.
func faqCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "recourse")
}
