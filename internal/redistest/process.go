package redistest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/internal/embedredis"
	"recourse/internal/redisconn"
)

const (
	// startDeadline bounds the start of one server, which takes some 20 ms on
	// an idle machine.
	startDeadline = 20 * time.Second
	// clusterDeadline bounds the gossip of a cluster, a few seconds.
	clusterDeadline = 60 * time.Second
	// pollEvery is the pause between two looks at a starting server.
	pollEvery = 10 * time.Millisecond
	// maxSocketPath is what fits into sun_path on every system, with its NUL.
	maxSocketPath = 100
)

// Process is a redis-server on a unix socket, with its own directory, an
// append-only file synced each second and no eviction.
type Process struct {
	t      testing.TB
	dir    string
	url    string
	args   []string
	client redis.UniversalClient // owned by the test that made the process

	mu     sync.Mutex
	cmd    *exec.Cmd     // nil: not running
	exited chan struct{} // closed when cmd has ended
}

// Server starts a redis-server and waits until it answers. It ends with the
// test.
func Server(t testing.TB) *Process {
	t.Helper()
	dir := t.TempDir()
	socket := filepath.Join(dir, "redis.sock")
	if len(socket) > maxSocketPath {
		// Temporary directories carry the name of the test.
		short, err := os.MkdirTemp("", "r")
		if err != nil {
			t.Fatalf("make a directory for the socket: %v", err)
		}
		t.Cleanup(func() { _ = os.RemoveAll(short) })
		socket = filepath.Join(short, "s")
	}
	p := &Process{t: t, dir: dir, url: "unix://" + socket, args: append(durable(dir),
		"--port", "0", "--unixsocket", socket, "--unixsocketperm", "700")}
	p.start()
	t.Cleanup(p.Kill9)
	p.mustBeReady()
	p.client = openClient(t, p.url)
	return p
}

// durable are the settings that redisconn.Check wants.
func durable(dir string) []string {
	return []string{
		"--dir", dir, "--save", "", "--appendonly", "yes", "--appendfsync", "everysec", "--maxmemory-policy", "noeviction",
	}
}

func (p *Process) start() {
	p.t.Helper()
	path, err := exec.LookPath("redis-server")
	if err != nil {
		p.t.Fatal("redis-server is not on PATH, and this test needs a real one: install the package redis-server (Debian, Ubuntu: apt-get install redis-server), redis (Fedora, Alpine, Homebrew)")
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	log, err := os.OpenFile(p.logPath(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		p.t.Fatalf("open the log of redis-server: %v", err)
	}
	cmd := exec.Command(path, p.args...)
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = dieWithParent()
	err = cmd.Start()
	_ = log.Close() // the child has its own
	if err != nil {
		p.t.Fatalf("start redis-server: %v", err)
	}
	exited := make(chan struct{})
	p.cmd, p.exited = cmd, exited
	go func() { // ends with the process, for which Kill9 waits
		defer close(exited)
		_ = cmd.Wait() // mostly reports our own kill
	}()
}

func (p *Process) logPath() string { return filepath.Join(p.dir, "redis-server.log") }

// URL is the address in the form that redisconn.Open takes.
func (p *Process) URL() string { return p.url }

// Client is a client of the server. It survives Kill9 and Restart, and is
// closed with the test.
func (p *Process) Client() redis.UniversalClient { return p.client }

// Kill9 kills the server the hard way and waits for its end. A server that
// is not running stays so.
func (p *Process) Kill9() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.cmd == nil {
		return
	}
	killGroup(p.cmd.Process)
	<-p.exited
	p.cmd = nil
}

// Restart starts the server again on the same files and address, after
// killing it when it still runs. Clients do not repeat commands, so a command
// that meets a connection of the dead server fails.
func (p *Process) Restart() {
	p.t.Helper()
	p.Kill9()
	p.start()
	p.mustBeReady()
}

func (p *Process) mustBeReady() {
	p.t.Helper()
	if err := p.ready(); err != nil {
		p.t.Fatalf("redis-server did not start: %v\n%s", err, p.tail())
	}
}

// errGone stops a poll: the process has ended.
var errGone = errors.New("redis-server has ended")

// ready waits until this very process answers, and not LOADING.
func (p *Process) ready() error {
	client, err := redisconn.Open(context.Background(), p.url)
	if err != nil {
		return err
	}
	defer func() { _ = client.Close() }()
	p.mu.Lock()
	exited, pid := p.exited, fmt.Sprintf("process_id:%d\r\n", p.cmd.Process.Pid)
	p.mu.Unlock()
	return poll(startDeadline, func(ctx context.Context) error {
		select {
		case <-exited:
			return errGone
		default:
		}
		if err := client.Ping(ctx).Err(); err != nil {
			return err
		}
		info, err := client.Info(ctx, "server").Result()
		if err == nil && !strings.Contains(info, pid) {
			return errors.New("another server answers at this address")
		}
		return err
	})
}

// tail returns the end of the server's log.
func (p *Process) tail() string {
	f, err := os.Open(p.logPath())
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && info.Size() > 2048 {
		_, _ = f.Seek(-2048, io.SeekEnd)
	}
	b, _ := io.ReadAll(f)
	return string(b)
}

// poll calls f until it succeeds or the deadline has passed, and then returns
// what was wrong last.
func poll(deadline time.Duration, f func(context.Context) error) error {
	ctx, cancel := context.WithTimeout(context.Background(), deadline)
	defer cancel()
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	var last error
	for {
		err := f(ctx)
		if err == nil || errors.Is(err, errGone) {
			return err
		}
		if last == nil || ctx.Err() == nil {
			last = err
		}
		select {
		case <-ctx.Done():
			return errors.Join(fmt.Errorf("gave up after %v", deadline), last)
		case <-tick.C:
		}
	}
}

func openClient(t testing.TB, url string) redis.UniversalClient {
	t.Helper()
	client, err := redisconn.Open(context.Background(), url)
	if err != nil {
		t.Fatalf("open %s: %v", url, err)
	}
	t.Cleanup(func() { _ = client.Close() })
	return client
}

// freePort finds a port that is free now, and whose port for the cluster bus
// (10000 above) is free too.
func freePort(t testing.TB) int {
	t.Helper()
	const bus, highest, tries = 10_000, 65_535, 200
	free := func(port int) (int, bool) {
		l, err := net.Listen("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
		if err != nil {
			return 0, false
		}
		defer func() { _ = l.Close() }()
		return l.Addr().(*net.TCPAddr).Port, true
	}
	for range tries {
		port, ok := free(0)
		if !ok || port+bus > highest {
			continue
		}
		if _, ok := free(port + bus); ok {
			return port
		}
	}
	t.Fatalf("found no free pair of ports in %d tries", tries)
	return 0
}

// Embedded opens the embedded server with a journal in a directory of the
// test.
func Embedded(t testing.TB) redis.UniversalClient {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), startDeadline)
	defer cancel()
	store, err := embedredis.Open(ctx, embedredis.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatalf("open the embedded store: %v", err)
	}
	t.Cleanup(func() {
		if err := store.Close(); err != nil {
			t.Errorf("close the embedded store: %v", err)
		}
	})
	return openClient(t, "redis://"+store.Addr())
}

// Each runs f as a subtest on the embedded server and on a real one.
func Each(t *testing.T, f func(t *testing.T, rdb redis.UniversalClient)) {
	t.Helper()
	t.Run("embedded", func(t *testing.T) { f(t, Embedded(t)) })
	t.Run("redis", func(t *testing.T) { f(t, Server(t).Client()) })
}
