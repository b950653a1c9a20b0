package bot

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/internal/redistest"
)

// cupboard is an order system with two lines of the buyer. It may fail at its n-th call.
type cupboard struct {
	lines []policy.Line
	n     atomic.Int64
}

func newCupboard() *cupboard {
	line := policy.Line{
		OrderID: "band-1", LineID: "1", BuyerID: buyer, ShopID: "s1", ShopName: "数码小站", Title: "智能手环", Quantity: 1, PaidGoodsFen: 19900,
		ReturnAddress: "示例路 8 号 售后部", Status: policy.Signed, PaidAt: turnNow.AddDate(0, 0, -6), SignedAt: turnNow.AddDate(0, 0, -2),
	}
	other := line
	other.OrderID, other.Title = "mug-1", "杯子"
	return &cupboard{lines: []policy.Line{line, other}}
}

func (c *cupboard) fails() error {
	if c.n.Add(-1) == 0 {
		return errors.New("order system: connection refused")
	}
	return nil
}

func (c *cupboard) Lines(context.Context, string) ([]policy.Line, error) { return c.lines, c.fails() }

func (c *cupboard) Line(_ context.Context, _, order, _ string) (policy.Line, error) {
	for _, l := range c.lines {
		if l.OrderID == order {
			return l, c.fails()
		}
	}
	return policy.Line{}, cases.ErrNoLine
}

// flaky counts every call to both stores and fails the n-th, before it takes effect or, for writes, after.
type flaky struct {
	n     int
	after bool
	hit   bool
}

func (f *flaky) call(write bool, do func() error) error {
	if f.after && !write {
		return do() // cut off after a reading is cut off before the next call
	}
	f.n--
	if f.n != 0 {
		return do()
	}
	f.hit = true
	if f.after {
		if err := do(); err != nil {
			return err
		}
	}
	return errFault
}

type flakyDialogs struct {
	dialog.Store
	f *flaky
}

func (s flakyDialogs) Load(ctx context.Context, id dialog.ID) (c dialog.Conversation, err error) {
	err = s.f.call(false, func() error { c, err = s.Store.Load(ctx, id); return err })
	return c, err
}

func (s flakyDialogs) Read(ctx context.Context, id dialog.ID, after int64, limit int) (c dialog.Conversation, list []dialog.Entry, err error) {
	err = s.f.call(false, func() error { c, list, err = s.Store.Read(ctx, id, after, limit); return err })
	return c, list, err
}

func (s flakyDialogs) Entries(ctx context.Context, id dialog.ID, after int64, limit int) (list []dialog.Entry, err error) {
	err = s.f.call(false, func() error { list, err = s.Store.Entries(ctx, id, after, limit); return err })
	return list, err
}

func (s flakyDialogs) Commit(ctx context.Context, id dialog.ID, ch dialog.Change) (c dialog.Conversation, err error) {
	err = s.f.call(true, func() error { c, err = s.Store.Commit(ctx, id, ch); return err })
	return c, err
}

type flakyCases struct {
	cases.Store
	f *flaky
}

func (s flakyCases) Load(ctx context.Context, id cases.ID) (c cases.Case, err error) {
	err = s.f.call(false, func() error { c, err = s.Store.Load(ctx, id); return err })
	return c, err
}

func (s flakyCases) Lines(ctx context.Context, b string, of []cases.LineID) (recs []cases.LineRecord, err error) {
	err = s.f.call(false, func() error { recs, err = s.Store.Lines(ctx, b, of); return err })
	return recs, err
}

func (s flakyCases) Line(ctx context.Context, b, order, line string) (rec cases.LineRecord, err error) {
	err = s.f.call(false, func() error { rec, err = s.Store.Line(ctx, b, order, line); return err })
	return rec, err
}

func (s flakyCases) Look(ctx context.Context, id cases.ID, key string) (c cases.Case, was *cases.Applied, err error) {
	err = s.f.call(false, func() error { c, was, err = s.Store.Look(ctx, id, key); return err })
	return c, was, err
}

func (s flakyCases) Commit(ctx context.Context, c cases.Commit) error {
	return s.f.call(true, func() error { return s.Store.Commit(ctx, c) })
}

// onShelf puts a seat before a small order system.
func onShelf(t *testing.T, rdb redis.UniversalClient) *seat {
	t.Helper()
	s := newSeat(t, rdb)
	s.as.Ledger.Orders = newCupboard()
	return s
}

func (s *seat) theCase() cases.Case {
	s.t.Helper()
	c, err := s.as.Ledger.Store.Load(s.ctx, s.load().Flow.Case)
	if err != nil {
		s.t.Fatal(err)
	}
	return c
}

// happens applies an event of somebody else than the chat to the case.
func (s *seat) happens(ev cases.Event) {
	s.t.Helper()
	s.next++
	ev.Key = fmt.Sprint("other", s.next)
	if _, err := s.as.Ledger.Apply(s.ctx, s.theCase().ID, ev); err != nil {
		s.t.Fatalf("%s: %v", ev.Kind, err)
	}
}

// upload adds a piece of evidence and tells the chat, as the intake does.
func (s *seat) upload(kind string) {
	s.t.Helper()
	c := s.theCase()
	item := pieceOf(kind, s.as.Now())
	s.happens(cases.Event{Kind: cases.EvSupplement, Actor: cases.Buyer, By: buyer, Evidence: []cases.Evidence{item}})
	s.put(dialog.Entry{Kind: dialog.Upload, Case: string(c.ID), Evidence: &dialog.EvidenceItem{ID: string(item.ID), Kind: kind}})
}

// pieceOf is a piece of evidence as the intake makes it, of the first medium that its kind may have.
func pieceOf(kind string, at time.Time) cases.Evidence {
	e := cases.Evidence{ID: cases.EvidenceID("e_" + kind), Kind: policy.EvidenceKind(kind), Party: cases.Buyer, Media: "image/jpeg", At: at, SHA256: kind}
	switch policy.Default().Evidence[e.Kind].Media[0] {
	case "video":
		e.Media = "video/mp4"
	case "text":
		e.Media, e.SHA256, e.Text = "", "", "text"
	}
	return e
}

// pressCard presses the button that the current card or the case's panel has for an action.
func (s *seat) pressCard(a dialog.Action) {
	s.t.Helper()
	conv := s.load()
	e := dialog.Entry{Kind: dialog.Press, Action: a}
	if !a.FlowBound() {
		e.Args = dialog.Args{"case": string(conv.Flow.Case)}
		s.put(e)
		return
	}
	log := s.log()
	if conv.Flow.Live < 1 || conv.Flow.Live > int64(len(log)) {
		s.t.Fatalf("no card is current for %s", a)
	}
	for _, b := range log[conv.Flow.Live-1].Card.Buttons {
		if b.Action == a {
			e.On, e.Args = conv.Flow.Live, b.Args
			if err := dialog.CheckPress(conv, &log[conv.Flow.Live-1], dialog.Pressed{On: e.On, Action: a, Args: b.Args}); err != nil {
				s.t.Fatalf("%s: %v", a, err)
			}
			s.put(e)
			return
		}
	}
	s.t.Fatalf("the current card %+v has no button %s", log[conv.Flow.Live-1].Card, a)
}

// bandStory is the first story up to the platform, by presses: every kind of command a turn can have.
var bandStory = []struct {
	do  func(s *seat)
	key string // what is said last
}{
	{func(s *seat) { s.say("手环充了一晚上电都开不了机") }, "refund.start"},
	{func(s *seat) { s.press(dialog.ActPickOrder, dialog.Args{"order": "band-1", "line": "1"}) }, "reason.confirm"},
	{func(s *seat) { s.pressCard(dialog.ActPickReason) }, "evidence.ask"},
	{func(s *seat) { s.pressCard(dialog.ActReady) }, "evidence.missing"},
	{func(s *seat) { s.upload("item_photo") }, "evidence.got_more"},
	{func(s *seat) { s.upload("fault_video") }, "summary.ready"},
	{func(s *seat) { s.pressCard(dialog.ActSubmit) }, ""},
	{func(s *seat) {
		s.happens(cases.Event{Kind: cases.EvReject, Actor: cases.Merchant, By: "s1", Code: "MR04", Text: "已签收视为无误", Told: true})
		s.pressCard(dialog.ActResubmit)
	}, "twice.resubmit"},
	{func(s *seat) { s.pressCard(dialog.ActResubmitYes) }, "resubmit.reason"},
	{func(s *seat) { s.say("进度怎么样了") }, "reason.ask"},
	{func(s *seat) {
		s.press(dialog.ActPickReason, dialog.Args{"reason": "quality_defect"})
	}, "evidence.ask"},
	{func(s *seat) { s.say("转人工") }, "handoff.waiting"},
}

// tell plays the story; turn runs the turns.
func (s *seat) tell(turn func(step int)) {
	s.t.Helper()
	for i, step := range bandStory {
		before := len(s.log())
		step.do(s)
		turn(i)
		said := keys(s.log()[before:])
		if last := append([]string{""}, said...)[len(said)]; last != step.key {
			s.t.Fatalf("step %d: said %v, want %q last", i+1, said, step.key)
		}
	}
}

// timeline is what happened to the two cases of the story.
func (s *seat) timeline() []string {
	s.t.Helper()
	var out []string
	last := s.theCase()
	for _, id := range []cases.ID{last.Previous, last.ID} {
		marks, err := s.as.Ledger.Store.Marks(s.ctx, id)
		if err != nil {
			s.t.Fatal(err)
		}
		for _, m := range marks {
			out = append(out, m.ID)
		}
	}
	return out
}

// ends holds a story that had its troubles against one that had none.
func (s *seat) ends(plain *seat, name string) {
	s.t.Helper()
	if diff := cmp.Diff(keys(plain.log()), keys(s.log())); diff != "" {
		s.t.Errorf("%s: the log (-plain +this):\n%s", name, diff)
	}
	if diff := cmp.Diff(plain.timeline(), s.timeline()); diff != "" {
		s.t.Errorf("%s: the cases (-plain +this):\n%s", name, diff)
	}
	conv := s.load()
	if conv.Holder != dialog.HeldWaiting || conv.Epoch != plain.load().Epoch || conv.Flow.Step != plain.load().Flow.Step || conv.Flow.Live != plain.load().Flow.Live {
		s.t.Errorf("%s: held by %s at epoch %d, step %q, live %d", name, conv.Holder, conv.Epoch, conv.Flow.Step, conv.Flow.Live)
	}
	owed, err := s.dialogs.Unanswered(s.ctx, turnNow.Add(time.Hour), 10)
	if err != nil || len(owed) != 0 {
		s.t.Errorf("%s: still owed %v, %v", name, owed, err)
	}
}

func (s *seat) flush(rdb redis.UniversalClient) {
	s.t.Helper()
	if err := rdb.FlushDB(s.ctx).Err(); err != nil {
		s.t.Fatal(err)
	}
}

func plainStory(t *testing.T) *seat {
	t.Helper()
	plain := onShelf(t, redistest.Embedded(t))
	plain.tell(func(int) { plain.turn() })
	want := []string{"D00", "D01", "D02", "D02", "T01", "T06", "T26", "D00", "D01"}
	if diff := cmp.Diff(want, plain.timeline()); diff != "" {
		t.Fatalf("the cases of the plain story (-want +got):\n%s", diff)
	}
	return plain
}

// Every call of every turn fails once, before it took effect and after; then the turn runs again.
func TestAStoryWhoseEveryCallFailsOnceIsToldOnce(t *testing.T) {
	plain := plainStory(t)
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		for _, after := range []bool{false, true} {
			for n, more := 1, true; more; n++ {
				more = false
				s := onShelf(t, rdb)
				s.tell(func(int) {
					f := &flaky{n: n, after: after}
					broken, ledger := *s.as, *s.as.Ledger
					ledger.Store = flakyCases{s.as.Ledger.Store, f}
					broken.Dialogs, broken.Ledger = flakyDialogs{s.dialogs, f}, &ledger
					err := broken.Turn(s.ctx, s.id)
					if f.hit != errors.Is(err, errFault) {
						t.Fatalf("failed %v, the turn says %v", f.hit, err)
					}
					more = more || f.hit
					s.turn()
				})
				s.ends(plain, fmt.Sprintf("cut off at call %d, after it took effect: %v", n, after))
				if n > 200 {
					t.Fatal("a turn makes more than 200 calls")
				}
				s.flush(rdb)
			}
		}
	})
}

// The order system fails somewhere in a turn. Whatever was done on the case is not done twice, and what
// was not done is said so.
func TestAnOrderSystemThatFailsWithinATurnDoublesNothing(t *testing.T) {
	rdb := redistest.Embedded(t)
	for n := 1; n <= 5; n++ {
		s := onShelf(t, rdb)
		s.say("手环开不了机")
		s.turn()
		shop := s.as.Ledger.Orders.(*cupboard)
		for tries := 0; s.load().Flow.Step != dialog.StepConfirm; tries++ {
			if tries > 3 {
				t.Fatalf("at call %d: still at %q: %v", n, s.load().Flow.Step, keys(s.log()))
			}
			s.press(dialog.ActPickOrder, dialog.Args{"order": "band-1", "line": "1"})
			if tries == 0 {
				shop.n.Store(int64(n))
			}
			if err := s.as.Turn(s.ctx, s.id); err != nil {
				s.turn() // it was left for a later try
			}
			shop.n.Store(0)
		}
		if marks, err := s.as.Ledger.Store.Marks(s.ctx, s.theCase().ID); err != nil || len(marks) != 1 {
			t.Errorf("at call %d: %d marks, %v", n, len(marks), err)
		}
		s.flush(rdb)
	}
}

// Two nodes are told of the same message and both run its turn.
func TestManyNodesThatRunTheSameTurnSayItOnce(t *testing.T) {
	plain := plainStory(t)
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		for round := range 3 {
			s := onShelf(t, rdb)
			s.tell(func(int) {
				var wg sync.WaitGroup
				for range 4 {
					wg.Go(func() {
						if err := s.as.Turn(s.ctx, s.id); err != nil {
							t.Error(err)
						}
					})
				}
				wg.Wait()
			})
			s.ends(plain, fmt.Sprint("round ", round))
			s.flush(rdb)
		}
	})
}

// A press whose event depends on where the case is must not become another one when its turn runs again.
func TestAFirstWaybillThatWasCutOffIsNotTakenForACorrection(t *testing.T) {
	rdb := redistest.Embedded(t)
	for n := 1; n <= 2; n++ { // the case's commit, the conversation's commit
		s := onShelf(t, rdb)
		for _, step := range bandStory[:7] {
			step.do(s)
			s.turn()
		}
		s.happens(cases.Event{Kind: cases.EvAgreeReturn, Actor: cases.Merchant, By: "s1", Address: "示例路 8 号 售后部"})
		before := len(s.log())
		s.put(dialog.Entry{Kind: dialog.Press, Action: dialog.ActTracking, Args: dialog.Args{
			"case": string(s.theCase().ID), "carrier": "顺丰", "waybill": "SF1234567890",
		}})
		f := &flaky{n: n, after: true}
		broken, ledger := *s.as, *s.as.Ledger
		ledger.Store = flakyCases{s.as.Ledger.Store, f}
		broken.Dialogs, broken.Ledger = flakyDialogs{s.dialogs, f}, &ledger
		if err := broken.Turn(s.ctx, s.id); !errors.Is(err, errFault) {
			t.Fatalf("cut off at write %d: %v", n, err)
		}
		s.turn()
		if c := s.theCase(); c.State != cases.ReturnInTransit || c.Return.Corrections != 0 || c.Return.Waybill != "SF1234567890" {
			t.Errorf("cut off at write %d: %s, return %+v", n, c.State, c.Return)
		}
		if said := keys(s.log()[before:]); len(said) != 0 {
			t.Errorf("cut off at write %d: the buyer reads %v", n, said)
		}
		s.flush(rdb)
	}
}
