package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases/evidence"
	"recourse/cases/evidence/s3blobs"
	"recourse/internal/embedredis"
	"recourse/internal/redisconn"
)

// openStore opens Redis, or the embedded store, and says in words which it is and what it promises.
func openStore(ctx context.Context, s *settings, log *slog.Logger) (rdb redis.UniversalClient, promise string, closeStore func() error, err error) {
	if s.redis != "" {
		return openRedis(ctx, s, log)
	}
	dir := filepath.Join(s.data, "store")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, "", nil, fmt.Errorf("make the data directory: %w", err)
	}
	store, err := embedredis.Open(ctx, embedredis.Options{Dir: dir, Fsync: s.fsync, Now: time.Now, Logger: log})
	if err != nil {
		return nil, "", nil, fmt.Errorf("open the embedded store in %s: %w", dir, err)
	}
	client, err := redisconn.Open(ctx, "redis://"+store.Addr())
	if err != nil {
		return nil, "", nil, errors.Join(err, store.Close())
	}
	promise = "embedded store in " + dir + ": what was acknowledged survives a crash of the program; a power cut may lose the last second"
	if s.fsync {
		promise = "embedded store in " + dir + ": what was acknowledged survives a crash and a power cut"
	}
	return client, promise, func() error { return errors.Join(client.Close(), store.Close()) }, nil
}

// openBlobs opens the bucket of the settings; nil without one, for files in the data directory.
func openBlobs(ctx context.Context, s *settings) (evidence.Blobs, error) {
	if s.blobs == "" {
		return nil, nil
	}
	cfg, err := s3blobs.Parse(s.blobs, os.Getenv)
	if err != nil {
		return nil, fmt.Errorf("--blobs: %w", err)
	}
	return s3blobs.Open(ctx, cfg)
}

func openRedis(ctx context.Context, s *settings, log *slog.Logger) (redis.UniversalClient, string, func() error, error) {
	client, err := redisconn.Open(ctx, s.redis)
	if err != nil {
		return nil, "", nil, err
	}
	promise := "Redis with AOF: what was acknowledged survives a crash of the program and of Redis"
	err = redisconn.Check(ctx, client)
	var unverified *redisconn.Unverified
	switch {
	case errors.As(err, &unverified):
		log.WarnContext(ctx, "Redis does not show its settings; make sure that AOF is on and eviction off", "err", err)
		promise = "Redis, whose durability could not be checked"
	case errors.Is(err, redisconn.ErrUnsafe) && s.unsafe:
		log.WarnContext(ctx, "Redis may lose what was acknowledged", "err", err)
		promise = "Redis that may lose what was acknowledged (--allow-unsafe-redis)"
	case err != nil:
		return nil, "", nil, errors.Join(err, client.Close())
	}
	return client, promise, client.Close, nil
}
