package embedredis

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
)

// childDir, when set, makes this test binary a server on that directory.
const childDir = "EMBEDREDIS_TEST_CHILD_DIR"

// serveChild prints its address and serves until it is killed.
func serveChild(dir string) {
	s, err := Open(context.Background(), Options{Dir: dir, CompactAfterBytes: 256 << 10})
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
	fmt.Println(s.Addr())
	_, _ = bufio.NewReader(os.Stdin).ReadByte() // ends with the parent
	os.Exit(0)
}

type child struct {
	cmd  *exec.Cmd
	addr string
}

func startChild(t *testing.T, dir string) *child {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childDir+"="+dir)
	cmd.Stderr = os.Stderr
	_, err := cmd.StdinPipe()
	must(t, err)
	out, err := cmd.StdoutPipe()
	must(t, err)
	must(t, cmd.Start())
	c := &child{cmd: cmd}
	t.Cleanup(c.kill)
	late := time.AfterFunc(30*time.Second, c.kill)
	defer late.Stop()
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil || strings.HasPrefix(line, "error") {
		t.Fatalf("child did not start: %q, %v", line, err)
	}
	c.addr = strings.TrimSpace(line)
	return c
}

// kill is SIGKILL: the child runs no line of code after it.
func (c *child) kill() {
	_ = c.cmd.Process.Kill()
	_ = c.cmd.Wait()
}

// appendScript appends one entry to a log exactly once: it refuses a number
// that it has seen, as the scripts of a real store do.
var appendScript = redis.NewScript(`
if redis.call('SISMEMBER', KEYS[2], ARGV[1]) == 1 then return 0 end
redis.call('SADD', KEYS[2], ARGV[1])
redis.call('XADD', KEYS[1], '*', 'n', ARGV[1])
redis.call('HINCRBY', KEYS[3], 'count', 1)
redis.call('PEXPIRE', KEYS[3], 3600000)
return 1`)

// attempt is what a writer knows about its numbers: everything below next was
// acknowledged, next itself may or may not have happened.
type attempt struct{ next int }

func (a *attempt) run(ctx context.Context, rdb *redis.Client, w int) {
	key := func(kind string) string { return fmt.Sprintf("{w%d}%s", w, kind) }
	for ctx.Err() == nil {
		n := a.next
		if err := appendScript.Run(ctx, rdb, []string{key("log"), key("seen"), key("meta")}, n).Err(); err != nil {
			return
		}
		if err := rdb.Set(ctx, key("last"), n, time.Hour).Err(); err != nil {
			return
		}
		_, err := rdb.TxPipelined(ctx, func(p redis.Pipeliner) error {
			p.SAdd(ctx, key("txa"), n)
			p.SAdd(ctx, key("txb"), n)
			return nil
		})
		if err != nil {
			return
		}
		a.next = n + 1
	}
}

func TestNothingAcknowledgedIsLostByKilling(t *testing.T) {
	const writers, kills = 8, 5
	dir := t.TempDir()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	writer := make([]attempt, writers)

	for round := range kills {
		c := startChild(t, dir)
		rdb := dial(t, c.addr)
		check(ctx, t, rdb, writer)
		run, stop := context.WithCancel(ctx)
		var wg sync.WaitGroup
		for w := range writer {
			wg.Go(func() { writer[w].run(run, rdb, w) })
		}
		timer := time.NewTimer(time.Duration(150+70*round) * time.Millisecond)
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
		c.kill() // in the middle of everything
		wg.Wait()
		stop()
	}

	c := startChild(t, dir)
	total := check(ctx, t, dial(t, c.addr), writer)
	t.Logf("%d acknowledged rounds survived %d kills", total, kills)
	if total < writers*kills {
		t.Errorf("only %d rounds were acknowledged: this proves little", total)
	}
	c.kill()

	// And a second reading gives the same.
	one, two := readAll(t, dir), readAll(t, dir)
	if one != two {
		t.Error("two replays of one journal differ")
	}
}

func readAll(t *testing.T, dir string) string {
	t.Helper()
	frozen := time.Now()
	s, rdb := open(t, Options{Dir: dir, Now: func() time.Time { return frozen }})
	defer closeStore(t, s)
	all := state(t, rdb)
	var b strings.Builder
	for _, k := range keysSorted(all) {
		// Time to live runs on between two readings; the rest must be equal.
		v := all[k]
		if i := strings.LastIndexByte(v, ' '); i >= 0 {
			v = v[:i]
		}
		fmt.Fprintln(&b, k, v)
	}
	return b.String()
}

func check(ctx context.Context, t *testing.T, rdb *redis.Client, writer []attempt) int {
	t.Helper()
	total := 0
	for w := range writer {
		key := func(kind string) string { return fmt.Sprintf("{w%d}%s", w, kind) }
		next := writer[w].next
		total += next
		entries, err := rdb.XRange(ctx, key("log"), "-", "+").Result()
		must(t, err)
		if len(entries) != next && len(entries) != next+1 {
			t.Fatalf("writer %d: %d entries, %d acknowledged", w, len(entries), next)
		}
		for i, e := range entries {
			if e.Values["n"] != fmt.Sprint(i) {
				t.Fatalf("writer %d: entry %d is %v", w, i, e.Values["n"])
			}
		}
		if count, _ := rdb.HGet(ctx, key("meta"), "count").Int(); count != len(entries) {
			t.Fatalf("writer %d: counted %d of %d entries: a script was applied in part or twice", w, count, len(entries))
		}
		a, b := rdb.SCard(ctx, key("txa")).Val(), rdb.SCard(ctx, key("txb")).Val()
		if a != b || a < int64(next) || a > int64(next)+1 {
			t.Fatalf("writer %d: transaction sets have %d and %d members, %d acknowledged", w, a, b, next)
		}
		if last, err := rdb.Get(ctx, key("last")).Int(); next > 0 && (err != nil || last < next-1) {
			t.Fatalf("writer %d: last = %d (%v), %d acknowledged", w, last, err, next)
		}
	}
	return total
}
