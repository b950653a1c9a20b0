package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/redis/go-redis/v9"
	"github.com/spf13/cobra"

	"recourse/web/demo"
)

func serveCommand(getenv func(string) string) *cobra.Command {
	s := &settings{}
	cmd := &cobra.Command{
		Use: "serve", Short: "Serve the chat, the desk and the merchants' API", Args: cobra.NoArgs,
		Long: "Serve the chat, the desk and the merchants' API.\n\nEvery flag can also be given by environment: --clock-speed is RECOURSE_CLOCK_SPEED.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := fromEnv(cmd, getenv); err != nil {
				return err
			}
			if err := s.models.readKey(getenv); err != nil {
				return err
			}
			if err := s.oidc.readSecret(getenv); err != nil {
				return err
			}
			if err := s.check(); err != nil {
				return err
			}
			log, err := newLogger(cmd.ErrOrStderr(), s.logLevel)
			if err != nil {
				return err
			}
			a, err := start(cmd.Context(), s, log)
			if err != nil {
				return err
			}
			a.banner(cmd.OutOrStdout())
			return a.serve(cmd.Context())
		},
	}
	s.serveFlags(cmd.Flags())
	return cmd
}

func newLogger(w io.Writer, level string) (*slog.Logger, error) {
	var l slog.Level
	if err := l.UnmarshalText([]byte(level)); err != nil {
		return nil, fmt.Errorf("--log: %w", err)
	}
	return slog.New(slog.NewTextHandler(w, &slog.HandlerOptions{Level: l})), nil
}

// banner tells whoever started the program where to go next.
func (a *app) banner(w io.Writer) {
	url := "http://" + a.listener.Addr().String()
	var b strings.Builder
	fmt.Fprintf(&b, "Recourse is serving on %s\n", url)
	fmt.Fprintf(&b, "Store: %s\n", a.promise)
	fmt.Fprintf(&b, "Models: %s\n", a.modelWords)
	if a.demo != nil {
		fmt.Fprintf(&b, "\nThis is a demo: anybody who reaches this address is let in.\n")
		fmt.Fprintf(&b, "  Demo shop with the chat  %s/\n", url)
		fmt.Fprintf(&b, "  Merchant desk            %s/demo/merchant\n", url)
		fmt.Fprintf(&b, "  Agent console            %s/console\n", url)
		for _, agent := range demo.Agents {
			fmt.Fprintf(&b, "    login %-8s password %s\n", agent.Login, agent.Password)
		}
	} else {
		fmt.Fprintf(&b, "  Agent console            %s/console\n", url)
		fmt.Fprintf(&b, "  Chat widget              <script src=\"%s/widget.js\"></script>\n", url)
	}
	_, _ = io.WriteString(w, b.String()) // a closed standard output must not stop the server
}

// withStore runs a tool on the store of the settings.
func withStore(ctx context.Context, s *settings, stderr io.Writer, f func(ctx context.Context, t tools) error) error {
	return withRedis(ctx, s, stderr, func(ctx context.Context, rdb redis.UniversalClient) error { return f(ctx, newTools(rdb)) })
}

// withRedis runs something on the Redis of the settings, real or embedded.
func withRedis(ctx context.Context, s *settings, stderr io.Writer, f func(ctx context.Context, rdb redis.UniversalClient) error) error {
	log, err := newLogger(stderr, "warn")
	if err != nil {
		return err
	}
	rdb, _, closeStore, err := openStore(ctx, s, log)
	if err != nil {
		return err
	}
	err = f(ctx, rdb)
	if closeErr := closeStore(); err == nil {
		err = closeErr
	}
	return err
}
