package faq

import (
	"cmp"
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
	read  func() (*Book, error)
	log   *slog.Logger
	every time.Duration
	keep  string // where what was learned is kept
	kick  chan struct{}

	current atomic.Pointer[Book]
	seen    string // how the directories looked when they were last read; owned by Run
}

// OpenShelf reads the directories over what is built in. A fault is an error: there is nothing to serve by yet.
// every is the time between two looks at them; 0 is 2 s. What was
// learned is kept in a directory, "" keeps nothing.
func OpenShelf(dirs []string, every time.Duration, keep string, log *slog.Logger) (*Shelf, error) {
	s := &Shelf{dirs: dirs, log: log, every: cmp.Or(every, 2*time.Second), keep: keep, kick: make(chan struct{}, 1)}
	s.read = func() (*Book, error) {
		if len(s.dirs) == 0 {
			return Builtin(), nil
		}
		return Load(s.dirs...)
	}
	return s, s.open()
}

func (s *Shelf) open() error {
	s.seen = s.stamp()
	b, err := s.read()
	if err == nil {
		s.current.Store(b)
	}
	return err
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

// Run makes the book ready to find topics, which takes seconds in which questions are understood by rules alone, and
// watches the directories until ctx ends.
func (s *Shelf) Run(ctx context.Context) error {
	if _, err := s.Book().Learn(s.keep); err != nil {
		return err
	}
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
	if err == nil && b.Version() != s.Book().Version() {
		b.LearnFrom(s.Book())
		_, err = b.Learn(s.keep) // before anybody is answered by it
	}
	if err != nil {
		s.log.ErrorContext(ctx, "the changed answers are not taken over; the old ones stay", "err", err)
		return
	}
	if was := s.Book(); was.Version() != b.Version() {
		s.current.Store(b)
		s.log.InfoContext(ctx, "questions are answered by changed answers", "faq", b.Version(), "before", was.Version())
	}
}
