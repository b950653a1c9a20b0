package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/spf13/cobra"

	"recourse/web"
	"recourse/web/redisweb"
)

// tools are what the small commands work on.
type tools struct{ shared *redisweb.Store }

func newTools(rdb redis.UniversalClient) tools {
	return tools{shared: &redisweb.Store{RDB: rdb, Wall: time.Now}}
}

var roles = []string{"agent", "senior", "supervisor", "admin"}

func agentCommand(getenv func(string) string) *cobra.Command {
	s := &settings{}
	var name, role string
	add := &cobra.Command{
		Use: "set LOGIN", Short: "Add an agent or change him; the password is read from standard input", Args: cobra.ExactArgs(1),
		Long: "Add an agent or change his name, role and password. The password is read from standard input, one line.\n" +
			"With the embedded store the server must be stopped; with --redis it may run.",
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := fromEnv(cmd, getenv); err != nil {
				return err
			}
			if !slices.Contains(roles, role) {
				return fmt.Errorf("--role must be one of %s", strings.Join(roles, ", "))
			}
			raw, err := io.ReadAll(io.LimitReader(cmd.InOrStdin(), 1024))
			if err != nil {
				return fmt.Errorf("read the password: %w", err)
			}
			password, _, _ := strings.Cut(string(raw), "\n")
			if name == "" {
				name = args[0]
			}
			return withStore(cmd.Context(), s, cmd.ErrOrStderr(), func(ctx context.Context, t tools) error {
				err := t.shared.SetAgent(ctx, web.Agent{Login: args[0], Name: name, Role: role}, strings.TrimSuffix(password, "\r"))
				if err == nil {
					fmt.Fprintf(cmd.OutOrStdout(), "agent %s (%s) is set\n", args[0], role)
				}
				return err
			})
		},
	}
	s.storeFlags(add.Flags())
	add.Flags().StringVar(&name, "name", "", "what buyers see (default: the login)")
	add.Flags().StringVar(&role, "role", "agent", "agent, senior, supervisor or admin")
	cmd := &cobra.Command{Use: "agent", Short: "Accounts of the desk"}
	cmd.AddCommand(add)
	return cmd
}

func tokenCommand(getenv func(string) string) *cobra.Command {
	var secret string
	var life time.Duration
	cmd := &cobra.Command{
		Use: "token BUYER", Short: "Sign a buyer's token as the shop would, to try the chat", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := fromEnv(cmd, getenv); err != nil {
				return err
			}
			if len(secret) < 32 {
				return errors.New("--token-secret must have at least 32 bytes")
			}
			token, err := web.Issue([]byte(secret), args[0], life, time.Now())
			if err == nil {
				fmt.Fprintln(cmd.OutOrStdout(), token)
			}
			return err
		},
	}
	cmd.Flags().StringVar(&secret, "token-secret", "", "the secret that serve was given")
	cmd.Flags().DurationVar(&life, "life", 5*time.Minute, "how long it is good, at most 15 minutes")
	return cmd
}
