package redisconn

import (
	"context"
	"time"

	"github.com/redis/go-redis/v9"
)

const (
	// maxMoves is how often one command follows its slot to another node.
	maxMoves = 4
	// moveWait is the first pause, in which go-redis reloads the map of slots.
	// It doubles.
	moveWait = 20 * time.Millisecond
)

// followMoves repeats a single command that was answered MOVED or TRYAGAIN:
// such a command was not executed. go-redis' own redirects are off, because
// under the same count it also repeats commands and whole pipelines after a
// broken connection, when they may have been executed. Pipelines are not
// followed: part of one may have been executed.
type followMoves struct{}

var _ redis.Hook = followMoves{}

func (followMoves) DialHook(next redis.DialHook) redis.DialHook { return next }

func (followMoves) ProcessPipelineHook(next redis.ProcessPipelineHook) redis.ProcessPipelineHook {
	return next
}

func (followMoves) ProcessHook(next redis.ProcessHook) redis.ProcessHook {
	return func(ctx context.Context, cmd redis.Cmder) error {
		wait := moveWait
		for range maxMoves {
			err := next(ctx, cmd)
			if !redis.HasErrorPrefix(err, "MOVED ") && !redis.HasErrorPrefix(err, "TRYAGAIN ") {
				return err
			}
			pause := time.NewTimer(wait)
			select {
			case <-ctx.Done():
				pause.Stop()
				return err
			case <-pause.C:
			}
			wait *= 2
		}
		return next(ctx, cmd)
	}
}
