package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/orders"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/dialog"
	"recourse/dialog/redisdialog"
	"recourse/internal/redistest"
)

var turnNow = time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC)

const buyer = "demo-xiaoli"

// seat is an assistant on a store, with a conversation of the demo's buyer.
type seat struct {
	t       *testing.T
	ctx     context.Context
	dialogs dialog.Store
	as      *Assistant
	id      dialog.ID
	next    int
	later   func(time.Duration) // lets time pass, where it can
}

func newSeat(t *testing.T, rdb redis.UniversalClient) *seat {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	t.Cleanup(cancel)
	now := func() time.Time { return turnNow }
	dialogs := &redisdialog.Store{RDB: rdb}
	byVersion := func(string) *policy.Policy { return policy.Default() }
	ledger := &cases.Ledger{Store: &rediscases.Store{RDB: rdb}, Orders: orders.NewDemo(turnNow), Policy: byVersion, Now: now}
	filed := &complaints.Ledger{Store: &rediscases.Complaints{RDB: rdb}, Policy: byVersion, Now: now}
	s := &seat{t: t, ctx: ctx, dialogs: dialogs, as: &Assistant{
		Complaints: filed,
		Dialogs:    dialogs, Ledger: ledger, Policy: byVersion, Now: now, Log: slog.New(slog.DiscardHandler),
	}}
	conv, err := dialogs.Open(ctx, buyer, dialog.ZH, turnNow)
	if err != nil {
		t.Fatal(err)
	}
	s.id = conv.ID
	return s
}

func (s *seat) load() dialog.Conversation {
	s.t.Helper()
	conv, err := s.dialogs.Load(s.ctx, s.id)
	if err != nil {
		s.t.Fatal(err)
	}
	return conv
}

func (s *seat) log() []dialog.Entry {
	s.t.Helper()
	entries, err := s.dialogs.Entries(s.ctx, s.id, 0, 1000)
	if err != nil {
		s.t.Fatal(err)
	}
	return entries
}

func (s *seat) put(e dialog.Entry) {
	s.t.Helper()
	s.next++
	e.Client, e.At, e.Author = fmt.Sprint("m", s.next), s.as.Now(), dialog.Author{Kind: dialog.FromBuyer}
	_, err := s.dialogs.Append(s.ctx, s.id, dialog.Append{Entry: e, Wants: true, Turn: dialog.UnderHuman(e.Action)})
	if err != nil {
		s.t.Fatal(err)
	}
}

func (s *seat) say(text string) { s.put(dialog.Entry{Kind: dialog.Text, Text: text}) }

func (s *seat) press(a dialog.Action, args dialog.Args) {
	s.put(dialog.Entry{Kind: dialog.Press, On: s.load().Flow.Live, Action: a, Args: args})
}

func (s *seat) turn() {
	s.t.Helper()
	if err := s.as.Turn(s.ctx, s.id); err != nil {
		s.t.Fatal(err)
	}
}

// story is the way to a draft with a verdict: every kind of command a turn can have but the last press.
var story = []func(s *seat){
	func(s *seat) { s.say("手环充了一晚上电都开不了机") },
	func(s *seat) { s.press(dialog.ActPickOrder, dialog.Args{"order": "6920251100010001", "line": "1"}) },
	func(s *seat) { s.press(dialog.ActPickReason, dialog.Args{"reason": "quality_defect"}) },
	func(s *seat) { s.say("为什么要这些？") },
	func(s *seat) { s.say("转人工") },
}

func keys(entries []dialog.Entry) []string {
	var out []string
	for _, e := range entries {
		if e.Key != "" {
			out = append(out, e.Key)
		}
	}
	return out
}

// faulty is a store that fails at its n-th call, before or after the call took effect.
type faulty struct {
	dialog.Store
	n     int
	after bool
}

var errFault = errors.New("the store went away")

func (f *faulty) fails() bool { f.n--; return f.n == 0 }

func (f *faulty) Load(ctx context.Context, id dialog.ID) (dialog.Conversation, error) {
	if f.fails() {
		return dialog.Conversation{}, errFault
	}
	return f.Store.Load(ctx, id)
}

func (f *faulty) Read(ctx context.Context, id dialog.ID, after int64, limit int) (dialog.Conversation, []dialog.Entry, error) {
	if f.fails() {
		return dialog.Conversation{}, nil, errFault
	}
	return f.Store.Read(ctx, id, after, limit)
}

func (f *faulty) Commit(ctx context.Context, id dialog.ID, c dialog.Change) (dialog.Conversation, error) {
	if f.fails() {
		if f.after {
			if _, err := f.Store.Commit(ctx, id, c); err != nil {
				return dialog.Conversation{}, err
			}
		}
		return dialog.Conversation{}, errFault
	}
	return f.Store.Commit(ctx, id, c)
}

// faultyCases is the same for the case store.
type faultyCases struct {
	cases.Store
	f *faulty
}

func (f faultyCases) Commit(ctx context.Context, c cases.Commit) error {
	if f.f.fails() {
		if f.f.after {
			if err := f.Store.Commit(ctx, c); err != nil {
				return err
			}
		}
		return errFault
	}
	return f.Store.Commit(ctx, c)
}

// A turn that is cut off at any of its calls, and run again, ends as if nothing had happened.
func TestATurnCutOffAnywhereIsFinishedOnce(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		plain := newSeat(t, rdb)
		for _, do := range story {
			do(plain)
			plain.turn()
		}
		want := keys(plain.log())
		if err := rdb.FlushDB(plain.ctx).Err(); err != nil {
			t.Fatal(err)
		}
		for _, after := range []bool{false, true} {
			for n := 1; n <= 6; n++ {
				s := newSeat(t, rdb)
				for _, do := range story {
					do(s)
					f := &faulty{Store: s.dialogs, n: n, after: after}
					broken := *s.as
					ledger := *s.as.Ledger
					ledger.Store = faultyCases{s.as.Ledger.Store, f}
					broken.Dialogs, broken.Ledger = f, &ledger
					if err := broken.Turn(s.ctx, s.id); err != nil && !errors.Is(err, errFault) {
						t.Fatal(err)
					}
					s.turn()
				}
				got := keys(s.log())
				if fmt.Sprint(got) != fmt.Sprint(want) {
					t.Errorf("cut off at call %d (after it took effect: %v):\n got %v\nwant %v", n, after, got, want)
				}
				marks, err := s.as.Ledger.Store.Marks(s.ctx, s.load().Flow.Case)
				if err != nil || len(marks) != 2 {
					t.Errorf("cut off at call %d: %d marks, %v; want the opening and one amendment", n, len(marks), err)
				}
				if owed, err := s.dialogs.Unanswered(s.ctx, turnNow.Add(time.Hour), 10); err != nil || len(owed) != 0 {
					t.Errorf("cut off at call %d: still owed %v, %v", n, owed, err)
				}
				if err := rdb.FlushDB(s.ctx).Err(); err != nil {
					t.Fatal(err)
				}
			}
		}
	})
}

// takeover gives the floor to an agent at the moment the bot has decided what to say.
type takeover struct {
	dialog.Store
	done bool
}

func (s *takeover) Commit(ctx context.Context, id dialog.ID, c dialog.Change) (dialog.Conversation, error) {
	if !s.done {
		s.done = true
		conv, err := s.Load(ctx, id)
		if err != nil {
			return conv, err
		}
		next, err := dialog.Claim(conv, "agent", "小周", conv.Epoch, turnNow)
		if err != nil {
			return conv, err
		}
		if _, err := s.Store.Commit(ctx, id, dialog.Change{Expect: conv.Version, Next: next, LiveAt: -1}); err != nil {
			return conv, err
		}
	}
	return s.Store.Commit(ctx, id, c)
}

func TestAReplyThatWasBeingMadeWhenAnAgentCameIsDropped(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		s := newSeat(t, rdb)
		s.say("手环开不了机")
		late := *s.as
		late.Dialogs = &takeover{Store: s.dialogs}
		if err := late.Turn(s.ctx, s.id); err != nil {
			t.Fatal(err)
		}
		for _, e := range s.log() {
			if e.Author.Kind == dialog.FromBot {
				t.Errorf("the bot talked over the agent: %s", e.Text)
			}
		}
		// The agent gives it back without a word; the question is the bot's again.
		conv := s.load()
		next, err := dialog.Release(conv, "agent", conv.Epoch, turnNow)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.dialogs.Commit(s.ctx, s.id, dialog.Change{Expect: conv.Version, Next: next, LiveAt: -1}); err != nil {
			t.Fatal(err)
		}
		s.turn()
		if got := keys(s.log()); len(got) != 1 || got[0] != "refund.start" {
			t.Errorf("after the return the bot said %v", got)
		}
	})
}

// away is an order system that does not answer.
type away struct{}

func (away) Lines(context.Context, string) ([]policy.Line, error) {
	return nil, errors.New("connection refused")
}

func (away) Line(context.Context, string, string, string) (policy.Line, error) {
	return policy.Line{}, errors.New("connection refused")
}

func TestWithoutTheOrderSystemTheBotSaysSoAndOffersAHuman(t *testing.T) {
	s := newSeat(t, redistest.Embedded(t))
	s.as.Ledger.Orders = away{}
	s.say("手环开不了机")
	s.turn()
	log := s.log()
	last := log[len(log)-1]
	if last.Key != "error.UNAVAILABLE" || last.Card == nil || last.Card.Buttons[0].Action != dialog.ActHuman {
		t.Errorf("the bot said %+v", last)
	}
	s.put(dialog.Entry{Kind: dialog.Press, Action: dialog.ActHuman})
	s.turn()
	if s.load().Holder != dialog.HeldWaiting {
		t.Error("the wish for a human was lost with the order system")
	}
}

// Somebody who may hurt himself gets help in the language that he writes, with the order system or without it.
func TestWhoMayHurtHimselfGetsAPersonAtOnce(t *testing.T) {
	for _, tt := range []struct {
		text   string
		orders bool
	}{{"手环退不了，我不想活了", true}, {"I want to kill myself", true}, {"活着没意思", false}} {
		s := newSeat(t, redistest.Embedded(t))
		if !tt.orders {
			s.as.Ledger.Orders = away{}
		}
		n := len(s.log())
		s.say(tt.text)
		s.turn()
		if conv := s.load(); conv.Holder != dialog.HeldWaiting || conv.Handoff != dialog.HandoffDistress {
			t.Errorf("%q: held by %s for %q", tt.text, conv.Holder, conv.Handoff)
		}
		log := s.log()[n+1:]
		if diff := cmp.Diff([]string{"distress", "note.distress", "handoff.distress"}, keys(log)); diff != "" {
			t.Fatalf("%q (-want +got):\n%s", tt.text, diff)
		}
		if log[0].Card != nil || !strings.Contains(log[0].Text, "12356") || !strings.Contains(log[0].Text, "120") || log[1].Kind != dialog.Note {
			t.Errorf("%q: %+v", tt.text, log)
		}
	}
}

// The clock of an escalation does not wait for the order system to come back.
func TestAnEscalationNeedsNoOrderSystem(t *testing.T) {
	s := newSeat(t, redistest.Embedded(t))
	for _, do := range story[:3] {
		do(s)
		s.turn()
	}
	id := s.load().Flow.Case
	for i, ev := range []cases.Event{
		{Kind: cases.EvSupplement, Actor: cases.Buyer, By: buyer, Evidence: []cases.Evidence{{ID: "e_1", Kind: "item_photo", Media: "image/jpeg", At: turnNow}}},
		{Kind: cases.EvSupplement, Actor: cases.Buyer, By: buyer, Evidence: []cases.Evidence{{ID: "e_2", Kind: "fault_video", Media: "video/mp4", At: turnNow}}},
		{Kind: cases.EvSubmit, Actor: cases.Buyer, By: buyer, Confirmed: true},
		{Kind: cases.EvReject, Actor: cases.Merchant, By: "shop-shuma", Code: "MR04", Text: "已签收视为无误", Told: true},
	} {
		ev.Key = fmt.Sprint("k", i)
		if _, err := s.as.Ledger.Apply(s.ctx, id, ev); err != nil {
			t.Fatal(err)
		}
	}
	s.as.Ledger.Orders = away{}
	s.put(dialog.Entry{Kind: dialog.Press, Action: dialog.ActEscalate, Args: dialog.Args{"case": string(id)}})
	s.turn()
	c, err := s.as.Ledger.Store.Load(s.ctx, id)
	if err != nil || c.State != cases.PlatformQueued {
		t.Errorf("state %s, %v; said %v", c.State, err, keys(s.log()))
	}
	if s.load().Holder != dialog.HeldWaiting {
		t.Errorf("holder %s", s.load().Holder)
	}
}

// Under a human, a right with a clock still takes effect, and the bot still says nothing.
func TestAPressOnTheCaseTakesEffectUnderAHuman(t *testing.T) {
	s := newSeat(t, redistest.Embedded(t))
	for _, do := range story {
		do(s)
		s.turn()
	}
	if s.load().Holder != dialog.HeldWaiting {
		t.Fatalf("holder %s", s.load().Holder)
	}
	before := len(s.log())
	s.say("还在吗")
	s.put(dialog.Entry{Kind: dialog.Press, Action: dialog.ActBot})
	s.turn()
	conv := s.load()
	if conv.Holder != dialog.HeldByBot {
		t.Errorf("holder %s after leaving the queue", conv.Holder)
	}
	for _, e := range s.log()[before:] {
		if e.Author.Kind == dialog.FromBot {
			t.Errorf("the bot spoke: %s", e.Text)
		}
	}
}

func TestTheRunnerTurnsWhatCameInMeanwhileAndStops(t *testing.T) {
	entered, leave := make(chan dialog.ID, 8), make(chan struct{})
	r := &Runner{
		Workers: 2, Sweep: time.Hour, Now: func() time.Time { return turnNow }, Log: slog.New(slog.DiscardHandler),
		Turn: func(_ context.Context, id dialog.ID) error {
			entered <- id
			<-leave
			return nil
		},
		Unanswered: func(context.Context, time.Time, int) ([]dialog.ID, error) { return []dialog.ID{"d_left"}, nil },
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	next := func() dialog.ID {
		t.Helper()
		select {
		case id := <-entered:
			return id
		case <-ctx.Done():
			t.Fatal("waited for a turn in vain")
			return ""
		}
	}
	end := func() {
		t.Helper()
		select {
		case leave <- struct{}{}:
		case <-ctx.Done():
			t.Fatal("no turn was under way")
		}
	}
	ended := make(chan error, 1)
	go func() { ended <- r.Run(ctx) }()
	if id := next(); id != "d_left" {
		t.Fatalf("first turn is of %s, want what a crash left", id)
	}
	for range 5 {
		r.Kick("d_left") // five messages while the turn runs are one more turn
	}
	end()
	next()
	end()
	r.Kick("d_other")
	if id := next(); id != "d_other" {
		t.Errorf("turn of %s, want d_other: the five were not gathered", id)
	}
	end()
	cancel()
	if err := <-ended; err != nil {
		t.Errorf("the runner ended with %v", err)
	}
}

func TestFilesThatWaitTogetherShowTheSummaryOnce(t *testing.T) {
	s := newSeat(t, redistest.Embedded(t))
	for _, step := range story[:3] {
		step(s)
		s.turn()
	}
	s.upload("item_photo")
	s.upload("fault_video")
	before := len(s.log())
	s.turn()
	if got, want := keys(s.log()[before:]), []string{"evidence.got", "evidence.got", "summary.ready"}; !slices.Equal(got, want) {
		t.Errorf("said %v, want %v", got, want)
	}
}

func TestAComplaintsFileGetsAReceipt(t *testing.T) {
	s := newSeat(t, redistest.Embedded(t))
	s.complained()
	before := len(s.log())
	hash := "0123456789abcdef0123456789abcdef"
	s.put(dialog.Entry{Kind: dialog.Upload, Complaint: string(s.complaint().ID), Evidence: &dialog.EvidenceItem{ID: "e_000_A", Kind: "chat_screenshot", SHA256: hash}})
	s.turn()
	said := s.log()[before:]
	if got := keys(said); len(got) == 0 || got[0] != "evidence.got" {
		t.Fatalf("said %v", got)
	}
	if text := said[1].Text; !strings.Contains(text, hash[:12]) || !strings.Contains(text, "11月23日") {
		t.Errorf("the receipt says %q: no hash or no time", text)
	}
}
