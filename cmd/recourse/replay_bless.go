package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"recourse/bot/replay"
)

func replayBlessCommand() *cobra.Command {
	var file string
	var drop []string
	var dry bool
	cmd := &cobra.Command{
		Use: "bless RUN --baseline FILE", Short: "Make a run what later ones are held against",
		Long: "Write what held in RUN to the baseline FILE, for replay run --baseline. Nothing else ever writes it. What it changes is\n" +
			"printed, what is accepted to fail first. The same run gives the same bytes.\n\n" +
			"A run that says nothing is refused, and so is one that lacks cases of the baseline, unless each is given with --drop. A run\n" +
			"with --filter or --shard changes the cases it was to play and leaves the others. A case that the run had to skip stays.\n\n" +
			"Exit codes:\n  0  written, or nothing to change\n  2  refused\n  3  wrong flags, a file that cannot be read or written",
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usage(errors.New("bless what? give the file of one run, as replay run --json writes it"))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			if file == "" {
				return usage(errors.New("--baseline FILE says where it is written"))
			}
			run, err := storedRun(args[0])
			if err != nil {
				return err
			}
			var old *replay.Baseline
			before, err := os.ReadFile(file)
			switch {
			case errors.Is(err, fs.ErrNotExist):
			case err != nil:
				return usage(err)
			default:
				b, err := replay.ReadBaseline(bytes.NewReader(before))
				if err != nil {
					return unreliable("%s is there, and is not overwritten: %w", file, err)
				}
				old = &b
			}
			next, changes, err := replay.Bless(old, run, drop...)
			if err != nil {
				return unreliable("%w", err)
			}
			var after bytes.Buffer
			if err := replay.WriteBaseline(&after, next); err != nil {
				return usage(err)
			}
			out := cmd.OutOrStdout()
			for _, c := range changes {
				fmt.Fprintf(out, "%-9s %s", c.Kind, c.ID)
				if c.Text != "" {
					fmt.Fprintf(out, "  %s", c.Text)
				}
				fmt.Fprintln(out)
			}
			switch {
			case bytes.Equal(before, after.Bytes()):
				fmt.Fprintf(out, "%s holds this already\n", file)
				return nil
			case dry:
				fmt.Fprintf(out, "%s in %s would change; nothing was written\n", plural(len(changes), "case", "cases"), file)
				return nil
			}
			if err := writeAt(file, func(w io.Writer) error { _, err := w.Write(after.Bytes()); return err }); err != nil {
				return usage(err)
			}
			fmt.Fprintf(out, "%s holds %s, %d of them changed\n", file, plural(len(next.Cases), "case", "cases"), len(changes))
			return nil
		},
	}
	cmd.Flags().StringVar(&file, "baseline", "", "the baseline to write")
	cmd.Flags().StringArrayVar(&drop, "drop", nil, "id of a case that is no longer guarded; may be given several times")
	cmd.Flags().BoolVar(&dry, "dry-run", false, "print what would change and write nothing")
	return cmd
}
