package main

import (
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/spf13/cobra"

	"recourse/web"
	"recourse/web/redisweb"
)

// tools are what the small commands work on.
type tools struct {
	shared *redisweb.Store
	audit  *redisweb.Audit
}

func newTools(rdb redis.UniversalClient) tools {
	return tools{shared: &redisweb.Store{RDB: rdb, Wall: time.Now}, audit: &redisweb.Audit{RDB: rdb}}
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
