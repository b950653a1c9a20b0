package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"recourse/bot/replay"
	"recourse/bot/replay/remote"
)

// server is a running server to play against.
type server struct {
	url    string // "": play in this process
	secret string // file
}

// check refuses what only works in this process.
func (r *replayRun) checkServer() error {
	switch {
	case r.server.url == "" && r.server.secret != "":
		return errors.New("--token-secret-file is for --against")
	case r.server.url == "":
		return nil
	case r.policy != "" || r.store != "memory" || r.heldBack:
		return errors.New("--against plays on the policy, the store and the answers of the server: leave --policy, --store and --held-back out")
	case r.watch:
		return errors.New("--watch is for playing in this process: leave --against out")
	}
	return nil
}

// open readies a stage on the server.
func (s server) open(ctx context.Context, o remote.Options) (*remote.Stage, error) {
	o.Against = s.url
	if s.secret != "" {
		raw, err := os.ReadFile(s.secret)
		if err != nil {
			return nil, fmt.Errorf("read --token-secret-file: %w", err)
		}
		o.Secret = []byte(strings.TrimRight(string(raw), "\r\n"))
	}
	stage, err := remote.New(ctx, o)
	if err != nil {
		return nil, fmt.Errorf("--against: %w", err)
	}
	return stage, nil
}

func openAgainst(ctx context.Context, r *replayRun) (replay.Stage, func() error, error) {
	stage, err := r.server.open(ctx, remote.Options{})
	if err != nil {
		return nil, nil, err
	}
	return stage, func() error { stage.Close(); return nil }, nil
}
