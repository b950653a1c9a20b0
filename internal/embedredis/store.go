package embedredis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
	"github.com/alicebob/miniredis/v2/server"
)

const (
	// housekeeping is how often keys expire and the journal is synced while
	// nobody asks. With commands coming in, expiry does not wait for it.
	housekeeping = time.Second
	// compactAfter is the default of Options.CompactAfterBytes: some hundred
	// thousand records, replayed in about a second.
	compactAfter = 32 << 20
)

// Options of a Store. The zero value keeps everything in memory.
type Options struct {
	// Dir holds the journal; it is created when missing. Empty means memory
	// only.
	Dir string
	// Fsync syncs each record before its reply, for machines that lose power.
	Fsync bool
	// Password, when set, is demanded of clients (AUTH). The port is open to
	// every user of the machine.
	Password string
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// Logger gets what an operator should know; nil discards it.
	Logger *slog.Logger
	// CompactAfterBytes is the size from which the journal is rewritten when
	// it has doubled; 0 means 32 MiB.
	CompactAfterBytes int64
}

// Store is a running server. Make one with Open.
type Store struct {
	log  *slog.Logger
	now  func() time.Time
	addr string

	m      *miniredis.Miniredis
	srv    *server.Server
	db     *miniredis.RedisDB
	nested []int // index of the field that marks calls from scripts

	stop        context.CancelFunc
	wg          sync.WaitGroup
	wantCompact chan struct{}
	compacting  sync.Mutex // held for a whole compaction; taken before mu
	once        sync.Once
	closeErr    error

	// mu is the single line of execution: held while a command runs, is
	// journalled and its reply is formed. Guards all below.
	mu        sync.Mutex
	exec      *line // runs commands
	probe     *line // asks from inside a script while exec is busy
	own       any   // connection state of our own commands
	judge     any   // connection state that is always in a transaction
	wall, age int64 // clocks in milliseconds, see expiry.go
	expiry    expiry
	effects   effects
	touched   []string          // keys written since the last commit
	scripts   map[string]string // body by SHA-1
	txs       map[*server.Peer]*tx
	farewell  map[*server.Peer]bool // connections whose end clears txs
	broker    *broker
	published []publication // waiting for the commit
	journal   *journal      // nil: memory only
	snap      *snapshot     // being taken, nil: none
	broken    error         // why the journal cannot be written
	closed    bool
}

// Open starts a server on a free port of 127.0.0.1 with the state journalled
// in opts.Dir. It returns ErrLocked when another process has the directory,
// and a *CorruptError when the journal is damaged other than at its end. ctx
// bounds the replay only.
func Open(ctx context.Context, opts Options) (*Store, error) {
	s := &Store{
		log:         opts.Logger,
		now:         opts.Now,
		wantCompact: make(chan struct{}, 1),
		exec:        newLine(),
		probe:       newLine(),
		scripts:     map[string]string{},
		txs:         map[*server.Peer]*tx{},
		farewell:    map[*server.Peer]bool{},
		broker:      newBroker(),
	}
	s.expiry.reset()
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if opts.CompactAfterBytes <= 0 {
		opts.CompactAfterBytes = compactAfter
	}

	var data []byte
	if opts.Dir != "" {
		if err := os.MkdirAll(opts.Dir, 0o700); err != nil {
			return nil, fmt.Errorf("embedded store: %w", err)
		}
		j, content, err := openJournal(opts.Dir, opts.Fsync, opts.CompactAfterBytes, s.log)
		if err != nil {
			return nil, fmt.Errorf("embedded store: %w", err)
		}
		s.journal, data = j, content
	}
	if err := s.start(ctx, opts.Password, data); err != nil {
		if s.m != nil {
			s.m.Close()
		}
		if s.journal != nil {
			s.journal.close()
		}
		return nil, fmt.Errorf("embedded store: %w", err)
	}
	return s, nil
}

func (s *Store) start(ctx context.Context, password string, data []byte) error {
	m := miniredis.NewMiniRedis()
	if password != "" {
		m.RequireAuth(password)
	}
	// Between the start of the server and our hook clients see an error; then
	// the hook waits for mu, which is held until the replay is done.
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true // until the state is there
	m.SetError("LOADING")
	if err := m.StartAddr("127.0.0.1:0"); err != nil {
		return err
	}
	s.m, s.srv, s.db, s.addr = m, m.Server(), m.DB(0), m.Addr()
	s.srv.SetPreHook(s.hook)
	if err := s.states(password); err != nil {
		return err
	}

	if s.journal != nil {
		if err := s.replay(ctx, data); err != nil {
			return err
		}
	} else {
		s.wall = s.now().UnixMilli()
	}
	s.advance()
	s.expireDue()
	if !s.commit() {
		return s.broken
	}
	if s.journal != nil && s.journal.large() {
		if err := s.rewrite(); err != nil {
			return err
		}
	}

	run, stop := context.WithCancel(context.Background())
	s.stop = stop
	s.closed = false
	s.wg.Go(func() { s.housekeep(run) })
	return nil
}

// states makes the connection states of our own commands.
func (s *Store) states(password string) error {
	login := func() any {
		s.dispatch(nil, false, "PING")
		ctx := s.exec.peer.Ctx
		if password != "" {
			s.dispatch(ctx, false, "AUTH", password)
		}
		return ctx
	}
	s.own, s.judge = login(), login()
	nested, err := nestedField(s.own)
	if err != nil {
		return err
	}
	s.nested = nested
	s.dispatch(s.judge, false, "MULTI")
	return nil
}

// Addr is where clients dial, "127.0.0.1:port".
func (s *Store) Addr() string { return s.addr }

// housekeep expires, syncs and compacts until ctx ends.
func (s *Store) housekeep(ctx context.Context) {
	tick := time.NewTicker(housekeeping)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			s.tick()
		case <-s.wantCompact:
			if err := s.compact(); err != nil {
				s.log.Warn("journal of the embedded store not compacted", "err", err)
			}
		}
	}
}

func (s *Store) tick() {
	s.mu.Lock()
	if s.broken == nil {
		s.advance()
		s.expireDue()
		s.commit()
	}
	s.mu.Unlock()
	if s.journal != nil {
		if err := s.journal.syncIfDirty(); err != nil && !errors.Is(err, os.ErrClosed) {
			s.log.Warn("journal of the embedded store not synced", "err", err)
		}
	}
}

// Close ends all connections, syncs the journal and frees the directory.
func (s *Store) Close() error {
	s.once.Do(func() {
		s.mu.Lock()
		s.closed = true
		s.mu.Unlock()
		s.stop()
		s.wg.Wait()
		s.m.Close() // ends the connections, and so the subscribers
		s.broker.wg.Wait()
		if s.journal != nil {
			s.closeErr = s.journal.close()
		}
	})
	return s.closeErr
}
