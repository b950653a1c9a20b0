package redistest_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"recourse/internal/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func TestServerKeepsAcknowledgedWritesOverKill9(t *testing.T) {
	p, ctx := redistest.Server(t), bounded(t)
	rdb := p.Client()
	if err := rdb.Set(ctx, "k", "v", 0).Err(); err != nil {
		t.Fatal(err)
	}
	p.Kill9()
	if err := rdb.Ping(ctx).Err(); err == nil {
		t.Fatal("a killed server answers")
	}
	p.Restart()
	// The first command may still meet a connection of the dead server.
	var got string
	var err error
	for range 5 {
		if got, err = rdb.Get(ctx, "k").Result(); err == nil {
			break
		}
	}
	if err != nil || got != "v" {
		t.Errorf("after the restart k = %q, %v", got, err)
	}
}

func TestServerInATestWithANameThatIsFarTooLongForTheHundredAndEightBytesThatAUnixSocketPathMayHaveOnThisSystem(t *testing.T) {
	if err := redistest.Server(t).Client().Ping(bounded(t)).Err(); err != nil {
		t.Error(err)
	}
}

func TestClusterRefusesKeysOfTwoSlots(t *testing.T) {
	c, ctx := redistest.Cluster(t), bounded(t)
	script := redis.NewScript(`redis.call('SET', KEYS[1], '1') return redis.call('INCR', KEYS[2])`)
	err := script.Run(ctx, c.Client(), []string{"{a}1", "{b}1"}).Err()
	if err == nil || !strings.Contains(err.Error(), "slot") {
		t.Errorf("keys of two slots: %v", err)
	}
	if err := script.Run(ctx, c.Client(), []string{"{a}1", "{a}2"}).Err(); err != nil {
		t.Errorf("keys of one slot: %v", err)
	}
}

func TestEachRunsOnBothStores(t *testing.T) {
	var ran []string
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := bounded(t)
		if err := rdb.Get(ctx, "k").Err(); !errors.Is(err, redis.Nil) {
			t.Errorf("store is not empty: %v", err)
		}
		if err := rdb.Set(ctx, "k", "v", time.Hour).Err(); err != nil {
			t.Error(err)
		}
		ran = append(ran, t.Name()[strings.LastIndexByte(t.Name(), '/')+1:])
	})
	if strings.Join(ran, ",") != "embedded,redis" {
		t.Errorf("ran on %v", ran)
	}
}
