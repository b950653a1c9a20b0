package main

import (
	"fmt"

	"github.com/spf13/cobra"
)

// The exit codes of the replay commands, so that a CI can tell an answer that broke from a suite that did.
const (
	exitFailures   = 1 // expectations do not hold
	exitUnreliable = 2 // the result says nothing: the suite is broken, or the run is not complete
	exitUsage      = 3 // flags, files
)

const replayExits = "Exit codes:\n" +
	"  0  everything that stops a release holds\n" +
	"  1  expectations do not hold: a case of tier regression failed or flipped; with --baseline: newly so\n" +
	"  2  the result says nothing: no case, duplicate ids, a broken suite or case, a stage that failed, an interrupted run;\n" +
	"     with --baseline also a case of it that vanished or is no longer reviewed, and a baseline of another format\n" +
	"  3  wrong flags, a file that cannot be read or written"

func replayCommand(getenv func(string) string) *cobra.Command {
	cmd := &cobra.Command{
		Use: "replay", Short: "Play questions and conversations against the bot and see what broke",
		Long: "Prove before a release that the answers still hold: play suites of questions and whole conversations in this process, on\n" +
			"a clock of their own and without a network, and judge what the bot says.\n\n" + replayExits,
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return usage(fromEnv(cmd, getenv)) },
	}
	cmd.AddCommand(replayRecordCommand(), replayPromoteCommand(), replayRunCommand(&inProcess{}), replayMutateCommand(&inProcess{}))
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usage(err) })
	cmd.AddCommand(replayCompareCommand(), replayBlessCommand(), replayReportCommand(), replayRescoreCommand((&inProcess{}).Load))
	return cmd
}

// usage marks an error as one of flags or files; nil stays nil.
func usage(err error) error {
	if err == nil {
		return nil
	}
	return &exit{code: exitUsage, err: err}
}

// unreliable marks an error after which the result says nothing.
func unreliable(format string, args ...any) error {
	return &exit{code: exitUnreliable, err: fmt.Errorf(format, args...)}
}
