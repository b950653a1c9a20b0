// Package remote plays suites against a running server, over the doors that everybody has: the buyer over the WebSocket
// and the uploads, the merchant over his API, agents over the desk's. Views are made of what the wire gives; what it does
// not give is named as unseen, so that it is not judged and not passed either.
//
// A server with --demo sets fixtures up (labwire) and says when all that follows has happened. Without it only what
// needs no fixture can be played. What cannot be played is replay.ErrCannot with the reason.
package remote

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/labwire"
	"recourse/bot/replay/stage"
	"recourse/bot/replay/suite"
	"recourse/cases/complaints"
	"recourse/web"
	"recourse/web/wsclient"
)

// Options say what is played against, and how.
type Options struct {
	// Against is the address of the server's socket: ws://host:port, with or without /ws.
	Against string
	// Secret signs buyers' tokens for a server without --demo (HS256, as its --token-secret).
	Secret []byte
	// Still is played without moving the clock: cases in which time passes cannot be played then, and texts with a date
	// are not looked at. Otherwise the clock of the demo is pushed on to the weekday and hour of each fixture.
	Still bool
	// Lazy asks only whether all has happened where it matters, so that it is not half of the traffic.
	Lazy bool
	// Quiet is how long nothing must come for a step to be over, on a server that cannot be asked; 0 is 300 ms.
	Quiet time.Duration
	// Watch is told of each say and press and of each refusal; nil: nobody is. It is called by many goroutines.
	Watch Watch
}

// Watch hears how a server does.
type Watch interface {
	// Turn is a say or a press that was dealt with.
	Turn(t wsclient.Turn)
	// Refused is a public code that the server answered, over the socket or by HTTP.
	Refused(code string)
}

const quiet = 300 * time.Millisecond

// Stage is a running server. It is safe for use by several goroutines.
type Stage struct {
	o      Options
	socket string // ws://host:port/ws
	base   string // http://host:port
	http   *http.Client
	lab    *labwire.About // nil: the server has none
	gate   gate
	desk   desk
}

var (
	_ replay.Stage = (*Stage)(nil)
	_ replay.Order = (*Stage)(nil)
)

// New looks at the server. An error says that there is none, or none that can be played against.
func New(ctx context.Context, o Options) (*Stage, error) {
	u, err := url.Parse(o.Against)
	if err != nil {
		return nil, fmt.Errorf("read the address of the server: %w", err)
	}
	if u.Scheme != "ws" && u.Scheme != "wss" || u.Host == "" || u.RawQuery != "" || u.User != nil {
		return nil, fmt.Errorf("%q is no address of a socket: want ws://host:port or wss://host", o.Against)
	}
	o.Quiet = cmp.Or(o.Quiet, quiet)
	path := strings.TrimSuffix(strings.TrimSuffix(u.Path, "/"), "/ws")
	s := &Stage{
		o: o, socket: u.Scheme + "://" + u.Host + path + "/ws", base: "http" + strings.TrimPrefix(u.Scheme, "ws") + "://" + u.Host + path,
		http: &http.Client{Timeout: 30 * time.Second, Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, MaxIdleConnsPerHost: 256, IdleConnTimeout: time.Minute}},
	}
	s.desk.stage = s
	about, err := s.learned(ctx)
	if err != nil {
		return nil, err
	}
	if s.lab = about; about != nil {
		if about.Format != labwire.Format {
			return nil, fmt.Errorf("the lab of %s speaks format %d, this program %d: use the same version", s.base, about.Format, labwire.Format)
		}
		if about.Speed != 1 {
			return nil, fmt.Errorf("the clock of %s runs %g times as fast: what is expected by the minute cannot be looked at; start it without --clock-speed", s.base, about.Speed)
		}
		s.gate.set(about.Now)
	}
	return s, nil
}

// How long a server's answers may take to learn, and how often it is asked.
const (
	learnWait  = 2 * time.Minute
	learnEvery = 250 * time.Millisecond
)

// learned asks for the lab until its answers have learned: what is asked before is understood by rules alone.
func (s *Stage) learned(ctx context.Context) (*labwire.About, error) {
	ctx, cancel := context.WithTimeout(ctx, learnWait)
	defer cancel()
	for {
		about, err := s.about(ctx)
		if err != nil || about == nil || about.Ready {
			return about, err
		}
		t := time.NewTimer(learnEvery)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return nil, fmt.Errorf("the answers of %s have not learned: %w", s.base, ctx.Err())
		}
	}
}

// about asks for the lab; nil if there is none.
func (s *Stage) about(ctx context.Context) (*labwire.About, error) {
	var out labwire.About
	status, err := s.call(ctx, http.MethodGet, labwire.Path, nil, nil, &out)
	switch {
	case status == http.StatusNotFound:
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("look at the server: %w", err)
	case out.Format == 0:
		return nil, nil // something else answers there
	}
	return &out, nil
}

// About says what is played on.
func (s *Stage) About() replay.About {
	out := replay.About{Stage: s.socket}
	if s.lab != nil {
		out = s.lab.On
		out.Stage = s.socket
	}
	return out
}

// Close lets go of connections.
func (s *Stage) Close() { s.http.CloseIdleConnections() }

func cannot(format string, args ...any) error {
	return fmt.Errorf("%w: %s", replay.ErrCannot, fmt.Sprintf(format, args...))
}

// missing is why a conversation cannot be played on this server, nil if it can.
func (s *Stage) missing(c *suite.Conversation) error {
	f := c.Fixture
	switch {
	case f.Policy != "":
		return cannot("the case brings a policy of its own, and a server has one for all")
	case len(f.FAQ) > 0:
		return cannot("the case brings answers of its own, and a server has one set for all")
	case f.Model:
		return cannot("the case scripts the model")
	case f.Desk != nil:
		return cannot("the case says how busy the desk is, which a server knows better")
	case s.lab == nil && (len(f.Orders) > 0 || len(f.Past) > 0):
		return cannot("only a server with --demo sets up orders and cases")
	case s.lab == nil && timed(c):
		return cannot("only the clock of a server with --demo can be moved")
	case s.o.Still && timed(c):
		return cannot("time passes in it, and the clock is one for all connections")
	case f.Unpaid && timed(c):
		return cannot("the demo's bank pays by itself when time passes")
	}
	for _, step := range c.Steps {
		if s.lab == nil && (step.Merchant != "" || step.Other != "" || step.Agent != "") {
			return cannot("only a server with --demo lets merchants and agents of a suite act")
		}
		if step.Model != nil {
			return cannot("the case scripts the model")
		}
		switch {
		case step.Found != nil:
			return cannot("the case says what is found in an upload")
		case step.Again != "" || step.Refused:
			return cannot("the case sends twice, or presses what has grown stale")
		}
		forwards := step.Other == string(complaints.EvForward)
		if forwards || step.Expect != nil && step.Expect.Slots["complaint"] == string(complaints.Filed) {
			return cannot("a server hands complaints on by itself, as soon as they are filed")
		}
	}
	return nil
}

// Cannot is why a case cannot be played on this server, nil if it can as far as one sees beforehand.
func (s *Stage) Cannot(c suite.Case) error {
	switch {
	case c.Conversation != nil:
		return s.missing(c.Conversation)
	case c.Question != nil && c.Question.State != "" && s.lab == nil:
		return cannot("only a server with --demo sets up a case")
	case s.lab == nil && len(s.o.Secret) == 0:
		return cannot("the server has no --demo, and without --token-secret-file nobody comes in")
	}
	return nil
}

// timed says that time passes in a conversation.
func timed(c *suite.Conversation) bool {
	for _, step := range c.Steps {
		if step.Pass > 0 {
			return true
		}
	}
	return false
}

// Compare puts first what moves the clock least: questions, then conversations by the hour of the week at which they
// begin, then those in which time passes, which are played alone.
func (s *Stage) Compare(a, b suite.Case) int {
	rank := func(c suite.Case) (int, time.Duration) {
		switch {
		case c.Conversation == nil:
			return 0, hourOfWeek(clockOf(c).Time)
		case s.missing(c.Conversation) != nil:
			return 0, 0
		case timed(c.Conversation):
			return 2, 0
		}
		return 1, hourOfWeek(c.Conversation.Fixture.Clock.Time)
	}
	ra, ha := rank(a)
	rb, hb := rank(b)
	return cmp.Or(cmp.Compare(ra, rb), cmp.Compare(ha, hb))
}

// clockOf is when a question is asked.
func clockOf(c suite.Case) suite.Time {
	if c.Question == nil {
		return suite.Time{}
	}
	f, _ := stage.Road(c.Question.State)
	return f.Clock
}

// Open sets a conversation up. The seed changes nothing: ids are drawn by the server.
func (s *Stage) Open(ctx context.Context, c suite.Case, _ uint64) (replay.Seat, error) {
	if c.Conversation == nil {
		return nil, fmt.Errorf("%s: %w: it is no conversation", c.Pos, replay.ErrSuite)
	}
	if err := s.missing(c.Conversation); err != nil {
		return nil, err
	}
	f := c.Conversation.Fixture
	if s.lab != nil && f.Clock.IsZero() {
		return nil, fmt.Errorf("%s: %w: the fixture needs a clock", c.Pos, replay.ErrSuite)
	}
	leave := func() {}
	if s.lab != nil && !s.o.Still {
		var err error
		if leave, err = s.gate.enter(ctx, f.Clock.Time, timed(c.Conversation), s.push); err != nil {
			return nil, err
		}
	}
	st, err := s.sit(ctx, labwire.Open{Locale: c.Locale, Fixture: &f})
	if err != nil {
		leave()
		return nil, err
	}
	st.leave, st.c = leave, c
	for _, args := range f.Reports {
		if err := st.report(ctx, args); err != nil {
			return nil, errors.Join(err, st.Close())
		}
	}
	if err := st.settle(ctx, true); err != nil {
		return nil, errors.Join(err, st.Close())
	}
	st.read = len(st.buyer.Entries)
	st.mark()
	return st, nil
}

// sit lets a buyer of his own come in.
func (s *Stage) sit(ctx context.Context, in labwire.Open) (*seat, error) {
	st := &seat{s: s, locale: in.Locale, leave: func() {}, marks: map[string]int{}}
	if in.Fixture != nil {
		st.clock = in.Fixture.Clock.Time
	} else if s.lab != nil {
		st.clock = clockOf(suite.Case{Question: &suite.Question{State: in.State}}).Time
	}
	var err error
	if s.lab != nil {
		if err = s.post(ctx, "open", in, &st.set); err != nil {
			return nil, err
		}
		s.gate.set(st.set.Now)
		st.stands = st.set.Stands
	} else {
		st.set.Now = time.Now()
		if st.set.Buyer, st.set.Token, err = s.stranger(); err != nil {
			return nil, err
		}
	}
	if st.clock.IsZero() {
		st.clock = st.set.Now
	}
	st.shift = st.set.Now.Sub(st.clock)
	st.buyer, err = wsclient.Enter(ctx, wsclient.Where{URL: s.socket, Token: st.set.Token, Locale: in.Locale, Refused: s.refused})
	if err != nil {
		return nil, s.note(err)
	}
	st.buyer.Hidden = true // a note among agents is no gap
	return st, nil
}

// stranger is a buyer whom nobody has set up.
func (s *Stage) stranger() (buyer, token string, err error) {
	if len(s.o.Secret) == 0 {
		return "", "", cannot("the server has no --demo, and without --token-secret-file nobody comes in")
	}
	buyer = newBuyer()
	token, err = web.Issue(s.o.Secret, buyer, tokenLife, time.Now())
	return buyer, token, err
}

const tokenLife = 5 * time.Minute

func (s *Stage) refused(code string) {
	if s.o.Watch != nil {
		s.o.Watch.Refused(code)
	}
}

// note counts an error that ends a conversation by what the server said, and hands it on.
func (s *Stage) note(err error) error {
	if closed, ok := errors.AsType[*wsclient.ClosedError](err); ok {
		s.refused(fmt.Sprintf("closed %d", closed.Code))
	}
	return err
}
