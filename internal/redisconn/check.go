package redisconn

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/redis/go-redis/v9"
)

// Oldest is the oldest Redis that the program runs on.
const Oldest = "6.2"

// ErrUnsafe is wrapped when a Redis works but may lose what it acknowledged.
// A caller may go on, for a demonstration say.
var ErrUnsafe = errors.New("redis may lose acknowledged writes")

// Unverified is returned when nothing is known to be wrong, but a service
// that hides its configuration could not be asked. A caller should log it and
// go on.
type Unverified struct {
	// Nodes are the masters that did not answer CONFIG GET.
	Nodes []string
}

func (w *Unverified) Error() string {
	return fmt.Sprintf("redis hides its configuration (CONFIG is not allowed on %s): make sure that it has appendonly yes and maxmemory-policy noeviction, or whatever your provider calls them",
		strings.Join(w.Nodes, ", "))
}

// settings is what each master must have, and what is at stake.
var settings = []struct{ name, want, why string }{
	{"appendonly", "yes", "without it a restart loses everything since the last snapshot"},
	{"maxmemory-policy", "noeviction", "any other policy deletes cases and conversations when memory runs short"},
}

// Check verifies that every master is reachable, new enough and configured to
// keep what it acknowledges. The error says what to set. It is
//
//   - wrapped ErrUnsafe when a setting is wrong,
//   - an *Unverified alone when settings cannot be read,
//   - anything else when Redis cannot be used.
func Check(ctx context.Context, client redis.UniversalClient) error {
	var (
		mu     sync.Mutex
		errs   []error
		hidden []string
	)
	node := func(ctx context.Context, c *redis.Client) error {
		isHidden, err := checkNode(ctx, c)
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			errs = append(errs, fmt.Errorf("redis at %s: %w", c.Options().Addr, err))
		}
		if isHidden {
			hidden = append(hidden, c.Options().Addr)
		}
		return nil
	}
	switch c := client.(type) {
	case *redis.ClusterClient:
		// ForEachMaster asks the cluster for its nodes first.
		if err := c.ForEachMaster(ctx, node); err != nil {
			return fmt.Errorf("reach the redis cluster: %w", err)
		}
	case *redis.Client:
		if err := node(ctx, c); err != nil {
			return err
		}
	default:
		return fmt.Errorf("check redis: client is a %T", client)
	}
	if len(errs) > 0 {
		slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
		return errors.Join(errs...)
	}
	if len(hidden) > 0 {
		slices.Sort(hidden)
		return &Unverified{Nodes: hidden}
	}
	return nil
}

func checkNode(ctx context.Context, c *redis.Client) (hidden bool, err error) {
	if err := c.Ping(ctx).Err(); err != nil {
		return false, fmt.Errorf("not reachable: %w", err)
	}
	info, err := c.Info(ctx, "server").Result()
	if err != nil {
		return false, fmt.Errorf("ask for its version: %w", err)
	}
	version := field(info, "redis_version")
	if !atLeast(version, Oldest) {
		return false, fmt.Errorf("version %q is too old, install Redis %s or newer", version, Oldest)
	}
	for _, s := range settings {
		got, err := c.ConfigGet(ctx, s.name).Result()
		var reply redis.Error
		switch {
		case errors.As(err, &reply):
			hidden = true // renamed, unknown or NOPERM: managed services do each
			continue
		case err != nil:
			return false, fmt.Errorf("read %s: %w", s.name, err)
		case len(got) == 0:
			hidden = true
			continue
		}
		if v := got[s.name]; v != s.want {
			return false, fmt.Errorf("%w: %s is %q, %s; set it in redis.conf or with: CONFIG SET %s %s",
				ErrUnsafe, s.name, v, s.why, s.name, s.want)
		}
	}
	return hidden, nil
}

// field reads one line of INFO.
func field(info, name string) string {
	for line := range strings.Lines(info) {
		if k, v, ok := strings.Cut(strings.TrimSpace(line), ":"); ok && k == name {
			return v
		}
	}
	return ""
}

// atLeast compares dotted versions by their first two numbers.
func atLeast(version, oldest string) bool {
	number := func(v string) int {
		major, rest, _ := strings.Cut(v, ".")
		minor, _, _ := strings.Cut(rest, ".")
		a, err1 := strconv.Atoi(major)
		b, err2 := strconv.Atoi(minor)
		if err1 != nil || err2 != nil {
			return -1
		}
		return a*1000 + b
	}
	return number(version) >= number(oldest)
}

func sortedKeys(m map[string]bool) []string { return slices.Sorted(maps.Keys(m)) }
