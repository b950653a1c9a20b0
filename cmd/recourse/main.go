// Command recourse is the refund-dispute assistant: one program that serves the chat, the desk and the
// merchants' API, and the tools around it. This package only reads settings and puts the parts together;
// it knows no rule of the domain.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	if err != nil && !errors.Is(err, context.Canceled) {
		if err.Error() != "" {
			fmt.Fprintln(os.Stderr, "recourse:", err)
		}
		os.Exit(code(err))
	}
}

// run is the program with everything it takes from outside handed in.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) error {
	return runOn(ctx, args, os.Stdin, getenv, stdout, stderr)
}

// runOn is run with a standard input.
func runOn(ctx context.Context, args []string, stdin io.Reader, getenv func(string) string, stdout, stderr io.Writer) error {
	root := &cobra.Command{
		Use: "recourse", Short: "The refund-dispute assistant of a marketplace",
		SilenceErrors: true, SilenceUsage: true,
	}
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	root.AddCommand(serveCommand(getenv), agentCommand(getenv), auditCommand(getenv), shopCommand(getenv), tokenCommand(getenv), policyCommand(getenv))
	root.AddCommand(webhookCommand(getenv), caseCommand(getenv), faqCommand(getenv), nluCommand(), replayCommand(getenv), loadCommand(getenv))
	return root.ExecuteContext(ctx)
}
