package redispolicy

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"recourse/cases/policy"
)

// wait bounds how long a case waits for the policy that judged it.
const wait = 3 * time.Second

// Catalog gives a node the policy of every version and the current one. A changed file becomes current on every
// node; what is current is what was said last, by a start or by a change of a node's file.
type Catalog struct {
	store *Store
	file  string // "" = the policy that the program carries
	log   *slog.Logger
	now   func() time.Time
	every time.Duration
	kick  chan struct{}

	mu      sync.Mutex
	known   map[string]*policy.Policy // guarded by mu
	current *policy.Policy            // guarded by mu
	seen    stamp                     // of the file when it was last read; owned by Run
}

// Options of a catalog.
type Options struct {
	File  string           // "" = the policy that the program carries, which never changes
	Now   func() time.Time // of the calendar's horizon
	Every time.Duration    // between two looks at the file; 0 = 2 s
	Log   *slog.Logger
}

// Open reads the file, keeps it and makes it current. A file that is not valid, or whose version is known with
// other content (ErrOtherContent), is an error: there is nothing to serve by yet.
func Open(ctx context.Context, store *Store, o Options) (*Catalog, error) {
	c := &Catalog{
		store: store, file: o.File, log: o.Log, now: o.Now, every: o.Every, kick: make(chan struct{}, 1),
		known: map[string]*policy.Policy{},
	}
	if c.every == 0 {
		c.every = 2 * time.Second
	}
	p, at, err := c.read()
	if err != nil {
		return nil, err
	}
	if err := store.Put(ctx, p, o.File != ""); err != nil {
		return nil, err
	}
	c.seen = at
	c.turnTo(ctx, p)
	return c, nil
}

// stamp is how the YAML files of the policy's directory look: the file, and the calendar it may name.
type stamp string

func (c *Catalog) stamp() stamp {
	if c.file == "" {
		return ""
	}
	var b strings.Builder
	dir := filepath.Dir(c.file)
	names, err := filepath.Glob(filepath.Join(dir, "*.y*ml"))
	if err != nil {
		return "" // a directory whose name is a bad pattern; SIGHUP still works
	}
	for _, name := range append(names, c.file) {
		if info, err := os.Stat(name); err == nil { // follows links, as mounted configuration has them
			fmt.Fprintf(&b, "%s %d %d\n", name, info.ModTime().UnixNano(), info.Size())
		}
	}
	return stamp(b.String())
}

// read reads the file and says how it looked before: what is written while it is read is seen next time.
func (c *Catalog) read() (*policy.Policy, stamp, error) {
	if c.file == "" {
		return policy.Default(), "", nil
	}
	at := c.stamp()
	p, err := policy.Load(c.file)
	return p, at, err
}

// Policy is the policy of a version, the current one for "". A version that this node does not know is read from
// Redis. If that fails the current policy is returned, which names another version: who must have the right
// one compares (cases.Ledger does). A version that was never kept, from before versions were, is stood in
// for by the current policy under that name.
func (c *Catalog) Policy(version string) *policy.Policy {
	c.mu.Lock()
	current, have := c.current, c.known[version]
	c.mu.Unlock()
	if version == "" || version == current.Version {
		return current
	}
	if have != nil {
		return have
	}
	// The context of whoever asks is not at hand; what is read serves everybody after him.
	ctx, cancel := context.WithTimeout(context.Background(), wait)
	defer cancel()
	p, err := c.store.Get(ctx, version)
	switch {
	case errors.Is(err, ErrUnknown):
		c.log.ErrorContext(ctx, "a case names a policy that was never kept; the current one stands in for it", "policy", version, "current", current.Version)
		stand := *current
		stand.Version = version
		p = &stand
	case err != nil:
		c.log.ErrorContext(ctx, "a policy version cannot be read", "policy", version, "err", err)
		return current
	}
	c.remember(p)
	return p
}

func (c *Catalog) remember(p *policy.Policy) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.known[p.Version] = p
}

// turnTo makes a policy this node's current one.
func (c *Catalog) turnTo(ctx context.Context, p *policy.Policy) {
	c.mu.Lock()
	was := c.current
	c.known[p.Version], c.current = p, p
	c.mu.Unlock()
	if was != nil && was.Version != p.Version {
		c.log.InfoContext(ctx, "new drafts are judged by another policy; cases keep theirs", "policy", p.Version, "before", was.Version)
	}
	for _, f := range p.Lint(c.now()) {
		c.log.WarnContext(ctx, "policy", "policy", p.Version, "found", f.String())
	}
}

// Again makes Run look at the file now, whether it seems changed or not.
func (c *Catalog) Again() {
	select {
	case c.kick <- struct{}{}:
	default: // it will
	}
}

// Run watches the file and what other nodes make current, until ctx ends.
func (c *Catalog) Run(ctx context.Context) error {
	sub := c.store.RDB.Subscribe(ctx, channel)
	defer sub.Close()
	told := sub.Channel()
	tick := time.NewTicker(c.every)
	defer tick.Stop()
	for {
		forced := false
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-c.kick:
			forced = true
		case _, ok := <-told:
			if !ok {
				told = nil // closed with the client; the ticker goes on until ctx ends
			}
		}
		// What others said is looked up first: if this node's file changed as well, it speaks last.
		if err := c.follow(ctx); err != nil && ctx.Err() == nil {
			c.log.WarnContext(ctx, "the current policy is asked for again later", "err", err)
		}
		if err := c.look(ctx, forced); err != nil && ctx.Err() == nil {
			c.log.ErrorContext(ctx, "the policy file is not taken over; the old policy stays", "err", err)
		}
	}
}

// follow turns to what is current in Redis. A lost message does no harm: it asks.
func (c *Catalog) follow(ctx context.Context) error {
	version, err := c.store.Current(ctx)
	if errors.Is(err, ErrUnknown) {
		return nil
	}
	if err != nil {
		return err
	}
	c.mu.Lock()
	same, have := c.current.Version == version, c.known[version]
	c.mu.Unlock()
	if same {
		return nil
	}
	if have == nil {
		if have, err = c.store.Get(ctx, version); err != nil {
			return err
		}
	}
	c.turnTo(ctx, have)
	return nil
}

// look takes a changed file over. A file that is refused is not looked at again until it changes.
func (c *Catalog) look(ctx context.Context, forced bool) error {
	if c.file == "" {
		return nil
	}
	if c.stamp() == c.seen && !forced {
		return nil
	}
	p, at, err := c.read()
	if err != nil {
		c.seen = at // it is not read again until something changes
		return err
	}
	c.mu.Lock()
	same := c.current.Version == p.Version
	c.mu.Unlock()
	if same {
		c.seen = at
		return nil
	}
	if err := c.store.Put(ctx, p, true); err != nil {
		if errors.Is(err, ErrOtherContent) {
			c.seen = at // until it is changed again; a fault of Redis is tried again
		}
		return fmt.Errorf("%s: %w", c.file, err)
	}
	c.seen = at
	c.turnTo(ctx, p)
	return nil
}
