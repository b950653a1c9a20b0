package bot

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/cases/casestest"
	"recourse/cases/rediscases"
	"recourse/cases/timer"
	"recourse/dialog"
	"recourse/dialog/dialogtest"
	"recourse/dialog/redisdialog"
	"recourse/internal/ids"
	"recourse/internal/outbox"
	"recourse/internal/redistest"
)

// A cluster refuses a script that touches two slots, a single node does not. Here every store passes its
// suite, and the relay empties what they left, for buyers on each of three masters.
func TestTheStoresAndTheRelayWorkOnEachMasterOfACluster(t *testing.T) {
	cluster := redistest.Cluster(t)
	rdb := cluster.Client()
	dialogs, stored := &redisdialog.Store{RDB: rdb}, &rediscases.Store{RDB: rdb}
	for master := range cluster.Nodes() {
		t.Run(fmt.Sprint("master ", master+1), func(t *testing.T) {
			buyer := buyersOn(t, rdb, len(cluster.Nodes()), master)
			dialogtest.Run(t, dialogtest.Backend{
				Store: dialogs, Buyer: buyer, DeskRecords: func(ctx context.Context, id dialog.ID) (int, error) {
					list, err := recordsNaming(ctx, rdb, redisdialog.Prefix, string(id))
					return len(list), err
				},
			})
			casestest.Run(t, casestest.Backend{
				Store: stored, Buyer: buyer,
				Due: func(ctx context.Context, id cases.ID) (map[cases.Timer]time.Time, error) {
					list, err := stored.Due(ctx, casestest.Epoch.AddDate(100, 0, 0), 100_000)
					out := map[cases.Timer]time.Time{}
					for _, d := range list {
						if d.Case == id {
							out[d.Timer] = d.At
						}
					}
					return out, err
				},
				Records: func(ctx context.Context, id cases.ID) ([]casestest.Record, error) {
					list, err := recordsNaming(ctx, rdb, rediscases.Prefix, string(id))
					var out []casestest.Record
					for _, r := range list {
						var body struct {
							Version int
							Notice  cases.Notice
							Order   cases.Order
						}
						if err := json.Unmarshal([]byte(r.Values["v"].(string)), &body); err != nil {
							return nil, err
						}
						kind, _ := r.Values["k"].(string)
						out = append(out, casestest.Record{Kind: kind, Version: body.Version, What: body.Notice.Key + body.Order.Kind})
					}
					return out, err
				},
			})
		})
	}
	dropOn(t, rdb, stored, cluster)
	relayAll(t, rdb)
}

// masterOf is which master serves a buyer. The masters share the slots evenly, in order.
func masterOf(t *testing.T, rdb redis.UniversalClient, masters int, buyer string) int {
	t.Helper()
	slot, err := rdb.ClusterKeySlot(t.Context(), ids.Of(buyer).Tag()).Result()
	if err != nil {
		t.Fatal(err)
	}
	return int(slot) * masters / 16384
}

// buyersOn counts off buyers who are served by one master.
func buyersOn(t *testing.T, rdb redis.UniversalClient, masters, master int) func() string {
	n := 0
	return func() string {
		for {
			n++
			if buyer := fmt.Sprintf("m%d-%d", master, n); masterOf(t, rdb, masters, buyer) == master {
				return buyer
			}
		}
	}
}

// recordsNaming are the records in the outbox of a conversation's or a case's shard that name it first.
func recordsNaming(ctx context.Context, rdb redis.UniversalClient, prefix, id string) ([]redis.XMessage, error) {
	s, err := ids.ShardOf(prefix, id)
	if err != nil {
		return nil, err
	}
	list, err := rdb.XRange(ctx, outbox.Key(s), "-", "+").Result()
	return slices.DeleteFunc(list, func(m redis.XMessage) bool {
		body, _ := m.Values["v"].(string)
		return !strings.HasPrefix(body, `{"case":"`+id+`"`) && !strings.HasPrefix(body, `{"conversation":"`+id+`"`)
	}), err
}

// dropOn drops a deadline on every master.
func dropOn(t *testing.T, rdb redis.UniversalClient, stored *rediscases.Store, cluster *redistest.ClusterProcess) {
	t.Helper()
	masters := len(cluster.Nodes())
	for master := range masters {
		s := ids.Of(buyersOn(t, rdb, masters, master)())
		d := timer.Due{Case: cases.ID(ids.New(rediscases.Prefix, s)), Timer: cases.TimerOffer, At: casestest.Epoch.AddDate(-1, 0, 0)}
		z := redis.Z{Member: string(d.Case) + "|" + string(d.Timer), Score: float64(d.At.UnixMilli())}
		if err := rdb.ZAdd(t.Context(), s.Tag()+":c:due", z).Err(); err != nil {
			t.Fatal(err)
		}
		if list, err := stored.Due(t.Context(), d.At, 10); err != nil || len(list) != 1 || list[0] != d {
			t.Errorf("on master %d the deadline is listed as %v, %v", master+1, list, err)
		}
		if err := stored.Drop(t.Context(), d); err != nil {
			t.Error(err)
		}
		if list, err := stored.Due(t.Context(), d.At, 10); err != nil || len(list) != 0 {
			t.Errorf("on master %d it is still listed: %v, %v", master+1, list, err)
		}
	}
}

// relayAll relays whatever the suites left, and then a record of every shard as it is announced.
func relayAll(t *testing.T, rdb redis.UniversalClient) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	left := 0
	for s := range ids.Shard(ids.Shards) {
		n, err := rdb.XLen(ctx, outbox.Key(s)).Result()
		if err != nil {
			t.Fatal(err)
		}
		left += int(n)
	}
	if left < 100 {
		t.Fatalf("the suites left only %d records", left)
	}
	took := make(chan string, left+ids.Shards)
	fine := func(context.Context, json.RawMessage) error { return nil }
	relay := &outbox.Relay{
		RDB: rdb, Log: slog.New(slog.DiscardHandler), Sweep: time.Hour, Took: func(kind string) { took <- kind },
		Handlers: map[string]outbox.Handler{
			redisdialog.DeskRecord: fine, rediscases.ChangedRecord: fine, rediscases.NoticeRecord: fine, rediscases.OrderRecord: fine,
		},
	}
	done := make(chan error, 1)
	run, stop := context.WithCancel(ctx)
	go func() { done <- relay.Run(run) }()
	for i := range left {
		select {
		case <-took:
		case <-ctx.Done():
			t.Fatalf("the relay took %d of %d records", i, left)
		}
	}
	for s := range ids.Shard(ids.Shards) {
		n, err := rdb.XLen(ctx, outbox.Key(s)).Result()
		if err != nil || n != 0 {
			t.Errorf("%d records of shard %s are left, %v", n, s, err)
		}
	}
	stop()
	if err := <-done; err != nil {
		t.Errorf("the relay ends with %v", err)
	}
}
