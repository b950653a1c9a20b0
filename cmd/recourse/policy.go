package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"recourse/bot/replies"
	"recourse/cases/policy"
	"recourse/dialog"
)

// builtin is the name under which commands take the policy that the program carries.
const builtin = "default"

// exit is an error that ends the program with a code of its own; without a message it has been said already.
type exit struct {
	code int
	err  error
}

func (e *exit) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *exit) Unwrap() error { return e.err }

func policyCommand(getenv func(string) string) *cobra.Command {
	cmd := &cobra.Command{
		Use: "policy", Short: "The rules: show, check, explain and compare policy files",
		Long: "The rules as data. Wherever a policy FILE is wanted, \"default\" is the policy that the program carries.",
	}
	cmd.AddCommand(policyShowCommand(), policyCheckCommand(), policyExplainCommand(), policyDiffCommand(getenv))
	return cmd
}

func readPolicy(name string) (*policy.Policy, error) {
	if name == builtin || name == "" {
		return policy.Default(), nil
	}
	return policy.Load(name)
}

func policyShowCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show", Short: "Print the policy that the program carries, to begin a file of your own with", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			_, err := io.WriteString(cmd.OutOrStdout(), policy.Default().Source().Text)
			return err
		},
	}
}

func policyCheckCommand() *cobra.Command {
	var strict bool
	cmd := &cobra.Command{
		Use: "check FILE", Short: "Validate a policy file and find what does not go together; problems are named with their line", Args: cobra.ExactArgs(1),
		Long: "Validate a policy file, and find what is valid piece by piece but does not go together: windows that overlap or\n" +
			"contradict each other, rules that can never hold, reasons and questions without wording, evidence that nobody asks\n" +
			"for, a workday calendar that ends soon.\n\n" +
			"Exit codes: 0 valid (there may be warnings), 1 errors, or with --strict warnings.",
		RunE: func(cmd *cobra.Command, args []string) error {
			p, err := readPolicy(args[0])
			if err != nil {
				return err
			}
			found := append(p.Lint(time.Now()), unworded(p)...)
			failed := false
			for _, f := range found {
				failed = failed || strict || !f.Warning
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %s\n", args[0], f)
			}
			if failed {
				return &exit{code: 1, err: fmt.Errorf("%s: %d findings", args[0], len(found))}
			}
			fmt.Fprintf(cmd.OutOrStdout(), "%s: valid, version %s, %d reasons, workdays of %v, %d warnings\n",
				args[0], p.Version, len(p.Reasons), p.Calendar().Years(), len(found))
			return nil
		},
	}
	cmd.Flags().BoolVar(&strict, "strict", false, "warnings fail too")
	return cmd
}

// unworded finds what the policy lets the assistant say or ask without words for it in some language.
func unworded(p *policy.Policy) []policy.Finding {
	var keys []string
	for code := range p.Codes {
		if policy.KindOf(code) != policy.Ask && !slices.Contains(policy.Alerts(), code) {
			keys = append(keys, "verdict."+string(code))
		}
	}
	for _, q := range p.Questions() {
		keys = append(keys, "question."+string(q), "answer."+string(q)+".yes", "answer."+string(q)+".no")
	}
	for _, a := range p.Offers() {
		keys = append(keys, "alt."+string(a))
	}
	for _, r := range p.Reasons {
		for _, t := range slices.Concat(r.Types, r.ByDecision) {
			keys = append(keys, "type."+string(t))
		}
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	var out []policy.Finding
	for _, locale := range []dialog.Locale{dialog.ZH, dialog.EN} {
		words := replies.In(locale, p)
		for _, k := range keys {
			if !words.Has(k) {
				out = append(out, policy.Finding{What: fmt.Sprintf("the assistant has no words for %s in %s", k, locale)})
			}
		}
	}
	return out
}

// code is the exit code of an error.
func code(err error) int {
	if e, ok := errors.AsType[*exit](err); ok {
		return e.code
	}
	return 1
}
