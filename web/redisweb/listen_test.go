package redisweb_test

import (
	"context"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/dialog"
	"recourse/internal/redistest"
	"recourse/web"
	"recourse/web/redisweb"
)

// Whatever was said before a node listens, it is told that it may have missed something: its sockets may have been open
// already.
func TestWhatIsSaidBeforeANodeListensIsLookedFor(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, stop := context.WithTimeout(t.Context(), 10*time.Second)
		defer stop()
		lost, done := make(chan struct{}, 16), make(chan error, 1)
		go func() {
			done <- (&redisweb.Store{RDB: rdb, Wall: time.Now}).Listen(ctx, web.BusHandlers{
				Wake: func(dialog.ID) {}, Desk: func([]dialog.ID) {}, Ended: func(string, string) {}, Signal: func(dialog.ID, string, []byte) {},
				Lost: func() { lost <- struct{}{} },
			})
		}()
		select {
		case <-lost:
		case <-ctx.Done():
			t.Error("nobody was told")
		}
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}
