package bot

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"recourse/dialog"
)

// run runs a runner and returns what stops it and waits for its end.
func run(t *testing.T, r *Runner) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- r.Run(ctx) }()
	return func() {
		t.Helper()
		cancel()
		select {
		case err := <-done:
			if err != nil {
				t.Errorf("the runner ends with %v", err)
			}
		case <-time.After(20 * time.Second):
			t.Error("the runner does not end")
		}
	}
}

func newRunner(turn func(context.Context, dialog.ID) error) *Runner {
	return &Runner{
		Turn: turn, Workers: 4, Sweep: time.Hour, Now: func() time.Time { return turnNow }, Log: slog.New(slog.DiscardHandler),
		Unanswered: func(context.Context, time.Time, int) ([]dialog.ID, error) { return nil, nil },
	}
}

// Many tell of many conversations at once: no conversation ever has two turns, and what came in is followed
// by a turn that began after it.
func TestAConversationHasOneTurnAtATimeAndNoneIsForgotten(t *testing.T) {
	defer goleak.VerifyNone(t)
	const dialogs, kicks = 20, 400
	var mu sync.Mutex
	in, answered := map[dialog.ID]int{}, map[dialog.ID]int{}
	running := map[dialog.ID]bool{}
	settled := make(chan struct{})
	settle := sync.OnceFunc(func() { close(settled) })
	r := newRunner(func(_ context.Context, id dialog.ID) error {
		mu.Lock()
		if running[id] {
			t.Errorf("%s has two turns at once", id)
		}
		running[id] = true
		seen := in[id]
		mu.Unlock()
		defer func() {
			mu.Lock()
			defer mu.Unlock()
			running[id] = false
			answered[id] = max(answered[id], seen)
			total := 0
			for _, n := range answered {
				total += n
			}
			if total == kicks {
				settle()
			}
		}()
		if seen%7 == 3 {
			return errors.New("a failure does not stop the others")
		}
		return nil
	})
	stop := run(t, r)
	var wg sync.WaitGroup
	for k := range kicks {
		wg.Go(func() {
			id := dialog.ID(fmt.Sprint("d", k%dialogs))
			mu.Lock()
			in[id]++ // stored first, then told
			mu.Unlock()
			r.Kick(id)
		})
	}
	wg.Wait()
	select {
	case <-settled:
	case <-time.After(20 * time.Second):
		t.Errorf("came in %v, answered %v", in, answered)
	}
	stop()
}

func TestToldWhileItsTurnRunsAConversationGetsOneMoreAfterIt(t *testing.T) {
	defer goleak.VerifyNone(t)
	entered, leave := make(chan dialog.ID, 16), make(chan struct{})
	r := newRunner(func(_ context.Context, id dialog.ID) error {
		entered <- id
		if id == "d1" {
			<-leave
		}
		return nil
	})
	stop := run(t, r)
	enters := func(want dialog.ID) {
		t.Helper()
		select {
		case id := <-entered:
			if id != want {
				t.Errorf("a turn of %s, want %s", id, want)
			}
		case <-time.After(20 * time.Second):
			t.Fatalf("no turn of %s", want)
		}
	}
	r.Kick("d1")
	enters("d1")
	for range 3 {
		r.Kick("d1") // three workers are free to run it a second time, and must not
	}
	for i := range 8 {
		id := dialog.ID(fmt.Sprint("other", i))
		r.Kick(id)
		enters(id)
	}
	leave <- struct{}{}
	enters("d1")
	leave <- struct{}{}
	r.Kick("last")
	enters("last") // the three were one
	stop()
}

func TestTellingNeverBlocksAndTheSweepFindsWhatDidNotFit(t *testing.T) {
	defer goleak.VerifyNone(t)
	turned := make(chan dialog.ID, 10_000)
	r := newRunner(func(_ context.Context, id dialog.ID) error { turned <- id; return nil })
	const all = 6000 // more than the queue holds
	for i := range all {
		r.Kick(dialog.ID(fmt.Sprint("d", i))) // nobody works yet
	}
	r.Sweep = time.Millisecond
	r.Unanswered = func(_ context.Context, before time.Time, limit int) ([]dialog.ID, error) {
		if !before.Equal(turnNow) || limit < 1 {
			t.Errorf("asked for %d before %v", limit, before)
		}
		return []dialog.ID{dialog.ID(fmt.Sprint("d", all-1)), "d_of a crash"}, nil
	}
	stop := run(t, r)
	want := map[dialog.ID]bool{"d0": true, dialog.ID(fmt.Sprint("d", all-1)): true, "d_of a crash": true}
	for deadline := time.After(20 * time.Second); len(want) > 0; {
		select {
		case id := <-turned:
			delete(want, id)
		case <-deadline:
			t.Fatalf("no turn for %v", want)
		}
	}
	go func() { // the sweep goes on until it is stopped
		for range turned {
			continue
		}
	}()
	stop()
	close(turned)
}

func TestTheSweepSurvivesAStoreThatIsAway(t *testing.T) {
	defer goleak.VerifyNone(t)
	turned := make(chan dialog.ID, 1)
	r := newRunner(func(_ context.Context, id dialog.ID) error {
		select {
		case turned <- id:
		default:
		}
		return nil
	})
	calls := 0
	r.Sweep = time.Millisecond
	r.Unanswered = func(context.Context, time.Time, int) ([]dialog.ID, error) {
		if calls++; calls < 4 {
			return nil, errFault
		}
		return []dialog.ID{"d_left"}, nil
	}
	stop := run(t, r)
	select {
	case <-turned:
	case <-time.After(20 * time.Second):
		t.Error("the sweep gave up")
	}
	stop()
}

// Whoever stops the runner waits for the turn under way, which is told to end.
func TestStoppingWaitsForTheTurnUnderWay(t *testing.T) {
	defer goleak.VerifyNone(t)
	entered, ended := make(chan struct{}), make(chan struct{})
	r := newRunner(func(ctx context.Context, _ dialog.ID) error {
		close(entered)
		<-ctx.Done()
		close(ended)
		return ctx.Err()
	})
	stop := run(t, r)
	r.Kick("d1")
	<-entered
	stop()
	select {
	case <-ended:
	default:
		t.Error("the runner ended before its turn")
	}
}

// Whatever is wrong with the turns of a conversation, they are tried again, and its buyer is not left in silence.
func TestAConversationWhoseTurnsFailIsGivenUpAndTriedAgain(t *testing.T) {
	for name, turn := range map[string]func(context.Context, int) error{
		"fails":  func(context.Context, int) error { return errFault },
		"panics": func(context.Context, int) error { panic("no words for a slot") },
		"hangs":  func(ctx context.Context, _ int) error { <-ctx.Done(); return ctx.Err() },
		"fails twice": func(_ context.Context, n int) error {
			if n < 2 {
				return errFault
			}
			return nil
		},
	} {
		t.Run(name, func(t *testing.T) {
			defer goleak.VerifyNone(t)
			tries, given := make(chan int, 1000), make(chan dialog.ID, 1000)
			n := 0
			r := newRunner(func(ctx context.Context, _ dialog.ID) error {
				n++
				tries <- n
				return turn(ctx, n-1)
			})
			r.Workers, r.Sweep, r.Limit = 1, time.Millisecond, 5*time.Millisecond
			r.Unanswered = func(context.Context, time.Time, int) ([]dialog.ID, error) { return []dialog.ID{"d1"}, nil }
			r.GiveUp = func(_ context.Context, id dialog.ID) error { given <- id; return nil }
			stop := run(t, r)
			defer stop()
			for range patience + 1 {
				select {
				case <-tries:
				case <-time.After(20 * time.Second):
					t.Fatal("it is not tried again")
				}
			}
			if name == "fails twice" {
				if len(given) > 0 {
					t.Error("what came right was given up")
				}
				return
			}
			select {
			case id := <-given:
				if id != "d1" {
					t.Errorf("gave up %s", id)
				}
			case <-time.After(20 * time.Second):
				t.Error("the buyer is left in silence")
			}
		})
	}
}
