package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"recourse/cases"
	"recourse/cases/evidence"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/web"
)

// caseCommand are the tools around one case.
func caseCommand(getenv func(string) string) *cobra.Command {
	receipt := &cobra.Command{Use: "receipt", Short: "Receipts of evidence"}
	receipt.AddCommand(verifyCommand(getenv))
	cmd := &cobra.Command{Use: "case", Short: "Look into one case"}
	cmd.AddCommand(packCommand(getenv), receipt)
	return cmd
}

func packCommand(getenv func(string) string) *cobra.Command {
	s := &settings{}
	var out, by string
	cmd := &cobra.Command{
		Use: "pack ID", Short: "Write the evidence of a case as a zip with a manifest and hashes", Args: cobra.ExactArgs(1),
		Long: "Write the evidence of a case as a zip: every file as it came, what the other party saw of it, manifest.json,\n" +
			"index.html for people, and MANIFEST.sha256 as `sha256sum -c` reads it.\n" +
			"With the embedded store the server must be stopped; with --redis it may run.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := fromEnv(cmd, getenv); err != nil {
				return err
			}
			if out == "" {
				out = args[0] + ".zip"
			}
			return withStore(cmd.Context(), s, cmd.ErrOrStderr(), func(ctx context.Context, t tools) error {
				blobs, err := openBlobs(ctx, s)
				if err != nil {
					return err
				}
				files, err := evidence.OpenArchive(filepath.Join(s.data, "evidence"), blobs)
				if err != nil {
					return err
				}
				// The page for people takes names from it; what the case was judged by stands in the manifest.
				byVersion := func(string) *policy.Policy { return policy.Default() }
				p, err := web.NewPack(ctx, &rediscases.Store{RDB: t.shared.RDB}, wording{policy: byVersion}, byVersion, cases.ID(args[0]), by, time.Now())
				if err == nil {
					err = writeWhole(out, func(w io.Writer) error { return files.WritePack(ctx, w, p) })
				}
				if err = errors.Join(err, files.Close()); err != nil {
					return fmt.Errorf("pack case %s: %w", args[0], err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %d pieces of evidence\n", out, len(p.Case.Evidence))
				return nil
			})
		},
	}
	s.storeFlags(cmd.Flags())
	cmd.Flags().StringVarP(&out, "output", "o", "", "file to write (default: ID.zip)")
	cmd.Flags().StringVar(&by, "by", "command line", "who makes the pack, for its manifest")
	return cmd
}

// writeWhole writes a file that is there whole or not at all.
func writeWhole(name string, write func(io.Writer) error) error {
	tmp := name + ".part"
	f, err := os.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return err
	}
	if err := errors.Join(write(f), f.Close()); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return os.Rename(tmp, name)
}

var errBadReceipt = errors.New("the receipt is not good: this server did not make it out, or it was changed")

func verifyCommand(getenv func(string) string) *cobra.Command {
	s := &settings{}
	cmd := &cobra.Command{
		Use: "verify FILE", Short: "Check a receipt of evidence", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := fromEnv(cmd, getenv); err != nil {
				return err
			}
			raw, err := os.ReadFile(args[0])
			if err != nil {
				return fmt.Errorf("read the receipt: %w", err)
			}
			var x evidence.Receipt
			if err := json.Unmarshal(raw, &x); err != nil {
				return fmt.Errorf("read the receipt: %w", err)
			}
			return withStore(cmd.Context(), s, cmd.ErrOrStderr(), func(ctx context.Context, t tools) error {
				key, err := t.shared.Secret(ctx, "receipts")
				if err != nil {
					return err
				}
				if err := (evidence.Receipts{Key: key}).Verify(x); err != nil {
					return fmt.Errorf("%w: %w", errBadReceipt, err)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "good: %s of case %s, %d bytes, SHA-256 %s, received %s\n",
					x.ID, x.Case, x.Bytes, x.SHA256, x.ReceivedAt.Format(time.RFC3339))
				return nil
			})
		},
	}
	s.storeFlags(cmd.Flags())
	return cmd
}
