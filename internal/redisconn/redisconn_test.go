package redisconn_test

import (
	"context"
	"errors"
	"net"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"recourse/internal/redisconn"
	"recourse/internal/redistest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func bounded(t *testing.T) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

func open(t *testing.T, url string) redis.UniversalClient {
	t.Helper()
	rdb, err := redisconn.Open(bounded(t), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = rdb.Close() })
	return rdb
}

func TestEachKindOfURLLeadsToACheckedStore(t *testing.T) {
	for name, url := range map[string]func(*testing.T) string{
		"unix":     func(t *testing.T) string { return redistest.Server(t).URL() },
		"sentinel": func(t *testing.T) string { return redistest.Sentinel(t).URL() },
		"single":   func(t *testing.T) string { return redistest.Sentinel(t).Master().URL() },
		"cluster":  func(t *testing.T) string { return redistest.Cluster(t).URL() },
	} {
		t.Run(name, func(t *testing.T) {
			ctx := bounded(t)
			rdb := open(t, url(t))
			if err := redisconn.Check(ctx, rdb); err != nil {
				t.Fatalf("check: %v", err)
			}
			if err := rdb.Set(ctx, "k", "v", 0).Err(); err != nil {
				t.Fatal(err)
			}
			if got := rdb.Get(ctx, "k").Val(); got != "v" {
				t.Errorf("k = %q", got)
			}
		})
	}
}

func TestCheckNamesTheSettingThatIsUnsafe(t *testing.T) {
	p, ctx := redistest.Server(t), bounded(t)
	rdb := p.Client()
	for _, tc := range []struct{ name, bad, good string }{
		{"appendonly", "no", "yes"},
		{"maxmemory-policy", "allkeys-lru", "noeviction"},
	} {
		if err := rdb.ConfigSet(ctx, tc.name, tc.bad).Err(); err != nil {
			t.Fatal(err)
		}
		err := redisconn.Check(ctx, rdb)
		if !errors.Is(err, redisconn.ErrUnsafe) || !strings.Contains(err.Error(), "CONFIG SET "+tc.name+" "+tc.good) {
			t.Errorf("%s %s: %v", tc.name, tc.bad, err)
		}
		if err := rdb.ConfigSet(ctx, tc.name, tc.good).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := redisconn.Check(ctx, rdb); err != nil {
		t.Errorf("after repair: %v", err)
	}
}

func TestCheckLooksAtEveryMaster(t *testing.T) {
	c, ctx := redistest.Cluster(t), bounded(t)
	last := c.Nodes()[2]
	if err := last.Client().ConfigSet(ctx, "maxmemory-policy", "volatile-ttl").Err(); err != nil {
		t.Fatal(err)
	}
	err := redisconn.Check(ctx, c.Client())
	if !errors.Is(err, redisconn.ErrUnsafe) || !strings.Contains(err.Error(), strings.TrimPrefix(last.URL(), "redis://")) {
		t.Errorf("check: %v, want ErrUnsafe naming %s", err, last.URL())
	}
}

func TestHiddenConfigurationIsAWarningOnly(t *testing.T) {
	p, ctx := redistest.Server(t), bounded(t)
	const password = "s3cr3t:/?@"
	err := p.Client().Do(ctx, "ACL", "SETUSER", "app", "on", ">"+password, "~*", "+@all", "-config").Err()
	if err != nil {
		t.Fatal(err)
	}
	url := strings.Replace(p.URL(), "unix://", "unix://app:s3cr3t%3A%2F%3F%40@", 1)
	err = redisconn.Check(ctx, open(t, url))
	var unverified *redisconn.Unverified
	if !errors.As(err, &unverified) || errors.Is(err, redisconn.ErrUnsafe) {
		t.Errorf("check: %v, want Unverified", err)
	}
}

func TestUnreachableIsNeitherUnsafeNorAWarning(t *testing.T) {
	p, ctx := redistest.Server(t), bounded(t)
	p.Kill9()
	for _, url := range []string{p.URL(), "redis+cluster://127.0.0.1:1", "redis://user:hunter2@127.0.0.1:1"} {
		err := redisconn.Check(ctx, open(t, url))
		var unverified *redisconn.Unverified
		if err == nil || errors.Is(err, redisconn.ErrUnsafe) || errors.As(err, &unverified) {
			t.Errorf("%s: %v", url, err)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("password in the error: %v", err)
		}
	}
}

func TestWrongPasswordIsNotInTheError(t *testing.T) {
	p, ctx := redistest.Server(t), bounded(t)
	if err := p.Client().ConfigSet(ctx, "requirepass", "right").Err(); err != nil {
		t.Fatal(err)
	}
	err := redisconn.Check(ctx, open(t, strings.Replace(p.URL(), "unix://", "unix://:hunter2@", 1)))
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("check with a wrong password: %v", err)
	}
}

func TestBadURLsAreRefusedWithoutShowingThePassword(t *testing.T) {
	for url, want := range map[string]string{
		"localhost:6379":                           "no scheme",
		"http://:hunter2@h":                        "unknown scheme",
		"redis://:hunter2@a:1,b:2":                 "several hosts",
		"redis://:hunter2@":                        "host 1 of 1",
		"redis://:hunter2@h:port":                  "host 1 of 1",
		"redis://:hunter2%zz@h":                    "%-escape",
		"redis://:hunter2@h/one":                   "not a number",
		"redis://:hunter2@h/1?db=2":                "given twice",
		"redis://:hunter2@h?hunter2=1":             "unknown option",
		"redis://:hunter2@h?db=hunter2":            "not a number",
		"unix://:hunter2@run/redis.sock":           "three slashes",
		"redis+sentinel://:hunter2@h:1":            "name of the master",
		"redis+sentinel://:hunter2@a,/m":           "host 2 of 2",
		"redis+cluster://:hunter2@h:1/3":           "database 0 only",
		"redis+cluster://:hunter2@h:1?tls=hunter2": "tls is true or false",
	} {
		_, err := redisconn.Open(t.Context(), url)
		if !errors.Is(err, redisconn.ErrURL) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", url, err, want)
		} else if strings.Contains(err.Error(), "hunter2") {
			t.Errorf("password in the error: %v", err)
		}
	}
}

func TestURLsBecomeOptions(t *testing.T) {
	single := func(url string) *redis.Options { return open(t, url).(*redis.Client).Options() }

	o := single("rediss://me:p%40ss@cache.example/3")
	if o.Addr != "cache.example:6379" || o.DB != 3 || o.Username != "me" || o.Password != "p@ss" ||
		o.TLSConfig == nil || o.TLSConfig.ServerName != "cache.example" {
		t.Errorf("rediss: %+v", o)
	}
	o = single("redis://[::1]:7000?db=2")
	if o.Addr != "[::1]:7000" || o.DB != 2 || o.TLSConfig != nil {
		t.Errorf("redis: %+v", o)
	}
	o = single("unix:///run/a b/redis.sock?db=1")
	if o.Network != "unix" || o.Addr != "/run/a b/redis.sock" || o.DB != 1 {
		t.Errorf("unix: %+v", o)
	}
	if o.MaxRetries > 0 {
		t.Errorf("commands are repeated %d times", o.MaxRetries)
	}
	c := open(t, "redis+cluster://a,b:7001?tls=true").(*redis.ClusterClient).Options()
	if !slices.Equal(c.Addrs, []string{"a:6379", "b:7001"}) || c.TLSConfig == nil {
		t.Errorf("cluster: %+v", c)
	}
}

func TestMovedSlotIsFollowed(t *testing.T) {
	c, ctx := redistest.Cluster(t), bounded(t)
	rdb := c.Client()
	const key = "{moved}k"
	if err := rdb.Ping(ctx).Err(); err != nil { // loads the map of slots
		t.Fatal(err)
	}
	if err := rdb.Get(ctx, key).Err(); !errors.Is(err, redis.Nil) {
		t.Fatal(err)
	}
	slot, err := rdb.ClusterKeySlot(ctx, key).Result()
	if err != nil {
		t.Fatal(err)
	}
	owner := int(slot) / (16384/3 + 1)
	target := c.Nodes()[(owner+1)%3].Client()
	id, err := target.Do(ctx, "CLUSTER", "MYID").Text()
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range c.Nodes() {
		if err := n.Client().Do(ctx, "CLUSTER", "SETSLOT", slot, "NODE", id).Err(); err != nil {
			t.Fatal(err)
		}
	}
	if err := rdb.Incr(ctx, key).Err(); err != nil {
		t.Fatalf("command on a moved slot: %v", err)
	}
	if got := target.Get(ctx, key).Val(); got != "1" {
		t.Errorf("the new owner holds %q", got)
	}
}

// TestBrokenConnectionRepeatsNothing counts what arrives at a server that
// reads a command and hangs up.
func TestBrokenConnectionRepeatsNothing(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	seen := make(chan int, 1)
	go func() { // ends with the listener
		n := 0
		for {
			conn, err := l.Accept()
			if err != nil {
				seen <- n
				return
			}
			n += serveUntilIncr(conn)
		}
	}()
	rdb := open(t, "redis://"+l.Addr().String())
	if err := rdb.Incr(bounded(t), "k").Err(); err == nil {
		t.Error("INCR succeeded without an answer")
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	if n := <-seen; n != 1 {
		t.Errorf("INCR was sent %d times", n)
	}
}

// serveUntilIncr answers the greeting and hangs up on INCR; it returns 1 when
// it saw one.
func serveUntilIncr(conn net.Conn) int {
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return 0
		}
		got := strings.ToLower(string(buf[:n]))
		if strings.Contains(got, "incr") {
			return 1
		}
		// HELLO and CLIENT SETINFO may fail; go-redis goes on.
		if _, err := conn.Write([]byte(strings.Repeat("-ERR unknown command\r\n", strings.Count(got, "*")))); err != nil {
			return 0
		}
	}
}
