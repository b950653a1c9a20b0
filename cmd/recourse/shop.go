package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"recourse/web/redisweb"
)

// shopCommand is `recourse shop key …`: merchants' access to the API. With the embedded store the server
// must be stopped; with --redis it may run, and what is done here holds at once on every node.
func shopCommand(getenv func(string) string) *cobra.Command {
	cmd := &cobra.Command{Use: "shop", Short: "Merchants' access to the API"}
	key := shopKeyCreate(getenv, "key SHOP", "Make, list and revoke API keys of shops")
	key.Long = "Make, list and revoke API keys of shops. `shop key SHOP` is short for `shop key create SHOP`."
	key.AddCommand(shopKeyCreate(getenv, "create SHOP", "Make an API key for a shop and print it once"), shopKeyList(getenv), shopKeyRevoke(getenv))
	cmd.AddCommand(key)
	return cmd
}

// onKeys is a command that works on the store.
func onKeys(s *settings, getenv func(string) string, f func(ctx context.Context, t tools, args []string) error) func(*cobra.Command, []string) error {
	return func(cmd *cobra.Command, args []string) error {
		if err := fromEnv(cmd, getenv); err != nil {
			return err
		}
		return withStore(cmd.Context(), s, cmd.ErrOrStderr(), func(ctx context.Context, t tools) error { return f(ctx, t, args) })
	}
}

func shopKeyCreate(getenv func(string) string, use, short string) *cobra.Command {
	s := &settings{}
	var k redisweb.ShopKey
	var life time.Duration
	cmd := &cobra.Command{
		Use: use, Short: short, Args: cobra.ExactArgs(1),
		Long: short + ".\n\nThe key goes to standard output and is shown this once: only a digest of it is kept.",
	}
	cmd.RunE = onKeys(s, getenv, func(ctx context.Context, t tools, args []string) error {
		if life < 0 {
			return errors.New("--expires must not be negative")
		}
		k.Shop = args[0]
		if life > 0 {
			k.Expires = time.Now().UTC().Add(life).Truncate(time.Second)
		}
		secret, made, err := t.shared.NewShopKey(ctx, k)
		if err != nil {
			return err
		}
		fmt.Fprintln(cmd.OutOrStdout(), secret)
		fmt.Fprintf(cmd.ErrOrStderr(), "key %s of shop %s is made; revoke it with: recourse shop key revoke %s\n", made.ID, made.Shop, made.ID)
		return nil
	})
	s.storeFlags(cmd.Flags())
	cmd.Flags().StringVar(&k.Label, "label", "", "what the key is for, e.g. erp")
	cmd.Flags().DurationVar(&life, "expires", 0, "how long the key is good, e.g. 2160h (default: for ever)")
	cmd.Flags().BoolVar(&k.ReadOnly, "read-only", false, "a key that may look and not act")
	return cmd
}

func shopKeyList(getenv func(string) string) *cobra.Command {
	s := &settings{}
	cmd := &cobra.Command{Use: "list [SHOP]", Short: "List the keys of a shop, or of all; the keys themselves are kept nowhere", Args: cobra.MaximumNArgs(1)}
	cmd.RunE = onKeys(s, getenv, func(ctx context.Context, t tools, args []string) error {
		shop := ""
		if len(args) == 1 {
			shop = args[0]
		}
		keys, err := t.shared.ShopKeys(ctx, shop)
		if err != nil {
			return err
		}
		return printKeys(cmd.OutOrStdout(), keys, time.Now())
	})
	s.storeFlags(cmd.Flags())
	return cmd
}

// printKeys is a table of keys.
func printKeys(out io.Writer, keys []redisweb.ShopKey, now time.Time) error {
	day := func(t time.Time) string {
		if t.IsZero() {
			return "-"
		}
		return t.UTC().Format("2006-01-02 15:04Z")
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "ID\tSHOP\tLABEL\tSCOPE\tSTATUS\tCREATED\tLAST USED\tEXPIRES")
	for _, k := range keys {
		scope, status := "write", "good"
		if k.ReadOnly {
			scope = "read"
		}
		switch {
		case !k.Revoked.IsZero():
			status = "revoked " + day(k.Revoked)
		case !k.Expires.IsZero() && !now.Before(k.Expires):
			status = "expired"
		}
		label := k.Label
		if label == "" {
			label = "-"
		}
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\t%s\t%s\t%s\t%s\n", k.ID, k.Shop, label, scope, status, day(k.Created), day(k.LastUsed), day(k.Expires))
	}
	return w.Flush()
}

func shopKeyRevoke(getenv func(string) string) *cobra.Command {
	s := &settings{}
	cmd := &cobra.Command{Use: "revoke KEYID", Short: "End a key at once", Args: cobra.ExactArgs(1)}
	cmd.RunE = onKeys(s, getenv, func(ctx context.Context, t tools, args []string) error {
		k, err := t.shared.RevokeShopKey(ctx, args[0])
		if errors.Is(err, redisweb.ErrNoShopKey) {
			return fmt.Errorf("%w; `recourse shop key list` shows the ids", err)
		}
		if err == nil {
			fmt.Fprintf(cmd.OutOrStdout(), "key %s of shop %s is revoked\n", k.ID, k.Shop)
		}
		return err
	})
	s.storeFlags(cmd.Flags())
	return cmd
}
