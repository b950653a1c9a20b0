package faq

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
)

// Shelf holds the book that is current while its directories change. A changed directory is taken over whole, and
// only if it is sound: a buyer never reads half of a change, nor a file with a fault.
type Shelf struct {
	dirs  []string
	log   *slog.Logger
	every time.Duration
	kick  chan struct{}

	current atomic.Pointer[Book]
	seen    string // how the directories looked when they were last read; owned by Run
}

// OpenShelf reads the directories over what is built in. A fault is an error: there is nothing to serve by yet.
// every is the time between two looks at them; 0 is 2 s.
func OpenShelf(dirs []string, every time.Duration, log *slog.Logger) (*Shelf, error) {
	s := &Shelf{dirs: dirs, log: log, every: every, kick: make(chan struct{}, 1)}
	if s.every == 0 {
		s.every = 2 * time.Second
	}
	s.seen = s.stamp()
	b, err := s.read()
	if err != nil {
		return nil, err
	}
	s.current.Store(b)
	return s, nil
}

func (s *Shelf) read() (*Book, error) {
	if len(s.dirs) == 0 {
		return Builtin(), nil
	}
	return Load(s.dirs...)
}

// Book is the current one.
func (s *Shelf) Book() *Book { return s.current.Load() }

// stamp is how the files of the directories look.
func (s *Shelf) stamp() string {
	var b strings.Builder
	for _, dir := range s.dirs {
		names, err := filepath.Glob(filepath.Join(dir, "*.yaml"))
		if err != nil {
			continue // a directory whose name is a bad pattern; Again still works
		}
		for _, name := range names {
			if info, err := os.Stat(name); err == nil { // follows links, as mounted configuration has them
				fmt.Fprintf(&b, "%s %d %d\n", name, info.ModTime().UnixNano(), info.Size())
			}
		}
	}
	return b.String()
}

// Again makes Run read the directories now, whether they seem changed or not.
func (s *Shelf) Again() {
	select {
	case s.kick <- struct{}{}:
	default: // it will
	}
}

// Run watches the directories until ctx ends.
func (s *Shelf) Run(ctx context.Context) error {
	if len(s.dirs) == 0 {
		<-ctx.Done()
		return nil
	}
	tick := time.NewTicker(s.every)
	defer tick.Stop()
	for {
		forced := false
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
		case <-s.kick:
			forced = true
		}
		s.look(ctx, forced)
	}
}

// look takes changed directories over. What is refused is not read again until it changes.
func (s *Shelf) look(ctx context.Context, forced bool) {
	now := s.stamp()
	if now == s.seen && !forced {
		return
	}
	s.seen = now
	b, err := s.read()
	if err != nil {
		s.log.ErrorContext(ctx, "the changed answers are not taken over; the old ones stay", "err", err)
		return
	}
	if was := s.Book(); was.Version() != b.Version() {
		s.current.Store(b)
		s.log.InfoContext(ctx, "questions are answered by changed answers", "faq", b.Version(), "before", was.Version())
	}
}
