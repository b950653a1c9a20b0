// Package stage plays cases against the bot in this process: the assistant, the ledgers, the deadlines, the buyer's
// notices and the look at agents who are slow, as the server runs them, on a clock of its own and stores in memory, with
// stand-ins only for what is outside (orders, payments, the model service).
//
// Every conversation is a little world of its own, so any number may be played at once and none sees another. The
// package decides nothing about a case and judges nothing; what a step asks for and the bot does not offer is
// replay.ErrNotOffered, what makes no sense is replay.ErrSuite.
package stage

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"recourse/bot"
	"recourse/bot/faq"
	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/memcases"
	"recourse/cases/policy"
	"recourse/cases/timer"
	"recourse/dialog"
	"recourse/dialog/memdialog"
)

// Options are what is played on.
type Options struct {
	Policy *policy.Policy // nil: the built-in one
	// FAQ are the answers; nil: the built-in ones. A book that has not learned (faq.Book.Learn) leaves it to the rules
	// to understand.
	FAQ *faq.Book
	// Learned is where fixtures' own answers keep what they have learned; "" keeps nothing.
	Learned string
	// Revise spoils the bot (bot.Assistant.Revise).
	Revise func(conv dialog.Conversation, plan dialog.Plan) dialog.Plan
	// Stores makes the stores of one conversation; nil: in memory.
	Stores func(ctx context.Context) (Stores, error)
}

// Stores keep one conversation and what belongs to it.
type Stores struct {
	Dialogs    dialog.Store
	Cases      cases.Store
	Complaints complaints.Store
	Due        timer.Index
	// Take returns what others hear of since it was called last, in order.
	Take  func(ctx context.Context) ([]memcases.Record, error)
	Close func() error
}

// Memory makes stores in memory.
func Memory(context.Context) (Stores, error) {
	st := memcases.New()
	return Stores{
		Dialogs: memdialog.New(), Cases: st, Complaints: st.Complaints(), Due: st,
		Take:  func(context.Context) ([]memcases.Record, error) { return st.Take(), nil },
		Close: func() error { return nil },
	}, nil
}

// Stage is a stage in this process. It is safe for use by several goroutines.
type Stage struct {
	o     Options
	asked map[standing]func() (*asking, error)

	mu       sync.Mutex
	policies map[string]*policy.Policy // by file; guarded by mu
	books    map[string]*faq.Book      // by directories; guarded by mu
}

var _ replay.Stage = (*Stage)(nil)

// New readies a stage.
func New(o Options) *Stage {
	if o.Policy == nil {
		o.Policy = policy.Default()
	}
	if o.FAQ == nil {
		o.FAQ = faq.Builtin()
	}
	if o.Stores == nil {
		o.Stores = Memory
	}
	s := &Stage{o: o, policies: map[string]*policy.Policy{}, books: map[string]*faq.Book{}}
	s.asked = s.standings()
	return s
}

// About says what is played on.
func (s *Stage) About() replay.About {
	return replay.About{Stage: "process", Policy: s.o.Policy.Version, FAQ: s.o.FAQ.Version()}
}

// Buyer is who every conversation belongs to.
const Buyer = "buyer"

// Open sets a conversation up to the end of its fixture. Nothing is drawn here, so the seed changes nothing.
func (s *Stage) Open(ctx context.Context, c suite.Case, _ uint64) (replay.Seat, error) {
	if c.Conversation == nil {
		return nil, fmt.Errorf("%s: %w: it is no conversation", c.Pos, replay.ErrSuite)
	}
	st, err := s.open(ctx, c)
	if err != nil {
		return nil, fmt.Errorf("%s: set up %s: %w", c.Pos, c.ID, err)
	}
	return st, nil
}

func (s *Stage) open(ctx context.Context, c suite.Case) (*seat, error) {
	f := c.Conversation.Fixture
	if f.Clock.IsZero() {
		return nil, fmt.Errorf("%w: the fixture needs a clock", replay.ErrSuite)
	}
	p, err := s.policyOf(c.Pos.File, f.Policy)
	if err != nil {
		return nil, err
	}
	book, err := s.bookOf(c.Pos.File, f.FAQ)
	if err != nil {
		return nil, err
	}
	stores, err := s.o.Stores(ctx)
	if err != nil {
		return nil, err
	}
	st := newSeat(stores, p, book, c)
	st.as.Revise = s.o.Revise
	if err := st.setUp(ctx, f); err != nil {
		return nil, errors.Join(err, stores.Close())
	}
	return st, nil
}

// policyOf is the policy of a fixture, by a file beside the suite's.
func (s *Stage) policyOf(from, file string) (*policy.Policy, error) {
	if file == "" {
		return s.o.Policy, nil
	}
	path := beside(from, file)
	s.mu.Lock()
	defer s.mu.Unlock()
	if p, ok := s.policies[path]; ok {
		return p, nil
	}
	p, err := policy.Load(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", replay.ErrSuite, err)
	}
	s.policies[path] = p
	return p, nil
}

// bookOf are the answers of a fixture. They learn once.
func (s *Stage) bookOf(from string, dirs []string) (*faq.Book, error) {
	if len(dirs) == 0 {
		return s.o.FAQ, nil
	}
	paths := make([]string, len(dirs))
	for i, d := range dirs {
		paths[i] = beside(from, d)
	}
	key := strings.Join(paths, "\x00")
	s.mu.Lock()
	defer s.mu.Unlock()
	if b, ok := s.books[key]; ok {
		return b, nil
	}
	b, err := faq.Load(paths...)
	if err == nil {
		_, err = b.Learn(s.o.Learned)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", replay.ErrSuite, err)
	}
	s.books[key] = b
	return b, nil
}

func beside(from, file string) string {
	if filepath.IsAbs(file) {
		return filepath.Clean(file)
	}
	return filepath.Join(filepath.Dir(from), file)
}

// assistant puts a bot together on stores.
func assistant(st Stores, p *policy.Policy, book *faq.Book, orders cases.Orders, now func() time.Time) *bot.Assistant {
	byVersion := func(string) *policy.Policy { return p }
	return &bot.Assistant{
		Dialogs: st.Dialogs, Policy: byVersion, Now: now, Log: slog.New(slog.DiscardHandler), FAQ: func() *faq.Book { return book },
		Ledger:     &cases.Ledger{Store: st.Cases, Orders: orders, Policy: byVersion, Now: now},
		Complaints: &complaints.Ledger{Store: st.Complaints, Policy: byVersion, Now: now},
	}
}
