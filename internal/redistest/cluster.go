package redistest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/redis/go-redis/v9"
)

const (
	masters = 3
	slots   = 16384
	// MasterName is what Sentinel calls its master.
	MasterName = "mymaster"
	// portTries is how often a start is tried with other ports, since a free
	// port may be taken before the server has it.
	portTries = 3
)

// ClusterProcess is a cluster of three masters without replicas.
type ClusterProcess struct {
	nodes  []*Process
	addrs  []string
	client *redis.ClusterClient
}

// Cluster starts a cluster and waits until each node knows that all slots are
// served.
func Cluster(t testing.TB) *ClusterProcess {
	t.Helper()
	c := new(ClusterProcess)
	for range masters {
		p, addr := tcpServer(t, "--cluster-enabled", "yes", "--cluster-config-file", "nodes.conf",
			"--cluster-node-timeout", "5000", "--cluster-allow-reads-when-down", "no")
		c.nodes = append(c.nodes, p)
		c.addrs = append(c.addrs, addr)
	}
	ctx, cancel := context.WithTimeout(context.Background(), clusterDeadline)
	defer cancel()
	for i, node := range c.nodes {
		rdb := node.client
		first, last := i*slots/masters, (i+1)*slots/masters-1
		if err := rdb.ClusterAddSlotsRange(ctx, first, last).Err(); err != nil {
			t.Fatalf("give slots %d-%d to %s: %v", first, last, c.addrs[i], err)
		}
		// Distinct from the start, so that nodes need not settle it.
		if err := rdb.Do(ctx, "CLUSTER", "SET-CONFIG-EPOCH", i+1).Err(); err != nil {
			t.Fatalf("set the epoch of %s: %v", c.addrs[i], err)
		}
		for _, other := range c.addrs[:i] {
			host, port, _ := net.SplitHostPort(other)
			if err := rdb.ClusterMeet(ctx, host, port).Err(); err != nil {
				t.Fatalf("introduce %s to %s: %v", c.addrs[i], other, err)
			}
		}
	}
	err := poll(clusterDeadline, func(ctx context.Context) error {
		for i, node := range c.nodes {
			if err := node.servesAll(ctx); err != nil {
				return fmt.Errorf("%s: %w", c.addrs[i], err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatalf("the cluster did not form: %v\n%s", err, c.nodes[0].tail())
	}
	c.client = openClient(t, c.URL()).(*redis.ClusterClient)
	return c
}

// servesAll asks one node whether it sees the whole cluster.
func (p *Process) servesAll(ctx context.Context) error {
	info, err := p.client.(*redis.Client).ClusterInfo(ctx).Result()
	if err != nil {
		return err
	}
	for _, want := range []string{
		"cluster_state:ok", fmt.Sprintf("cluster_slots_ok:%d", slots), fmt.Sprintf("cluster_known_nodes:%d", masters),
	} {
		if !strings.Contains(info, want+"\r\n") {
			return fmt.Errorf("not yet %s", want)
		}
	}
	return nil
}

// URL is the address in the form that redisconn.Open takes.
func (c *ClusterProcess) URL() string { return "redis+cluster://" + strings.Join(c.addrs, ",") }

// Client is a client of the cluster, closed with the test.
func (c *ClusterProcess) Client() *redis.ClusterClient { return c.client }

// Nodes are the masters. They serve slots in the order of the list.
func (c *ClusterProcess) Nodes() []*Process { return c.nodes }

// SentinelProcess is one master watched by one sentinel.
type SentinelProcess struct {
	master *Process
	url    string
	client redis.UniversalClient
}

// Sentinel starts a master and a sentinel and waits until the master can be
// found through the sentinel.
func Sentinel(t testing.TB) *SentinelProcess {
	t.Helper()
	master, masterAddr := tcpServer(t)
	host, port, _ := net.SplitHostPort(masterAddr)
	s := &SentinelProcess{master: master}
	_, addr := tcpProcess(t, func(dir string, listen int) []string {
		// A sentinel rewrites its file, so it has one of its own.
		path := filepath.Join(dir, "sentinel.conf")
		conf := fmt.Sprintf("port %d\nbind 127.0.0.1\ndir %s\nsentinel monitor %s %s %s 1\n", listen, dir, MasterName, host, port)
		if err := os.WriteFile(path, []byte(conf), 0o600); err != nil {
			t.Fatalf("write the configuration of the sentinel: %v", err)
		}
		return []string{path, "--sentinel"}
	})
	s.url = "redis+sentinel://" + addr + "/" + MasterName + "?db=0"
	s.client = openClient(t, s.url)
	if err := poll(startDeadline, func(ctx context.Context) error { return s.client.Ping(ctx).Err() }); err != nil {
		t.Fatalf("the sentinel does not lead to its master: %v", err)
	}
	return s
}

// URL is the address in the form that redisconn.Open takes.
func (s *SentinelProcess) URL() string { return s.url }

// Client is a client of the master, found through the sentinel.
func (s *SentinelProcess) Client() redis.UniversalClient { return s.client }

// Master is the server behind the sentinel.
func (s *SentinelProcess) Master() *Process { return s.master }

// tcpServer starts a redis-server on a free port of 127.0.0.1.
func tcpServer(t testing.TB, args ...string) (*Process, string) {
	t.Helper()
	p, addr := tcpProcess(t, func(dir string, port int) []string {
		return append(append(durable(dir), "--port", strconv.Itoa(port), "--bind", "127.0.0.1"), args...)
	})
	p.client = openClient(t, p.url)
	return p, addr
}

// tcpProcess starts a server with the arguments that args makes for a
// directory and a port, on other ports when one was taken in between.
func tcpProcess(t testing.TB, args func(dir string, port int) []string) (*Process, string) {
	t.Helper()
	for try := 1; ; try++ {
		dir, port := t.TempDir(), freePort(t)
		addr := net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
		p := &Process{t: t, dir: dir, url: "redis://" + addr, args: args(dir, port)}
		p.start()
		t.Cleanup(p.Kill9)
		err := p.ready()
		if err == nil {
			return p, addr
		}
		if !errors.Is(err, errGone) || try == portTries {
			t.Fatalf("redis-server did not start: %v\n%s", err, p.tail())
		}
	}
}
