package wsclient

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"recourse/dialog"
	"recourse/web/wire"
)

// RefusedError says that the server refused a frame with a public code.
type RefusedError struct{ Frame wire.Error }

func (e *RefusedError) Error() string {
	return fmt.Sprintf("refused: %s: %s", e.Frame.Code, e.Frame.Message)
}

// Where a client comes in.
type Where struct {
	URL    string // of the socket
	Token  string // the shop's, or an earlier session
	Locale dialog.Locale
	// Refused is told of every refusal, also of those after which the frame is sent again; nil: nobody is.
	Refused func(code string)
}

// Buyer is a buyer's client: one conversation, over as many sockets as it takes. It is used by one goroutine.
type Buyer struct {
	Page
	at   Where
	conn *Conn // nil while away
	name string
	n    int
}

// Turn is what became of a say or a press, with how long it took from sending.
type Turn struct {
	Seq   int64         // where it stands in the log
	Ack   time.Duration // until it was acknowledged
	First time.Duration // until the first entry after it came; 0: none came before the turn ended
	End   time.Duration // until the assistant owed nothing for it any more
}

// Enter opens a socket and reads the conversation up to now.
func Enter(ctx context.Context, at Where) (*Buyer, error) {
	b := &Buyer{at: at, name: rand.Text()[:8]}
	if err := b.Resume(ctx); err != nil {
		return nil, err
	}
	return b, nil
}

// Away says that there is no socket.
func (b *Buyer) Away() bool { return b.conn == nil }

// Leave ends the socket; the conversation stays.
func (b *Buyer) Leave() {
	if b.conn != nil {
		b.conn.Close()
		b.conn = nil
	}
}

// Resume opens a socket and reads what was missed.
func (b *Buyer) Resume(ctx context.Context) error {
	b.Leave()
	conn, err := Dial(ctx, b.at.URL)
	if err != nil {
		return err
	}
	b.conn = conn
	token, was := b.at.Token, b.States
	if b.Welcome.Session != "" {
		token = b.Welcome.Session
	}
	b.Welcome.Seq = -1
	if err := conn.Write(wire.Hello{
		T: wire.THello, Token: token, Conversation: b.Welcome.Conversation, Since: b.Last(), Log: b.Welcome.Log, Locale: string(b.at.Locale),
	}); err != nil {
		return err
	}
	return b.await(ctx, func() bool { return b.Welcome.Seq >= 0 && b.States > was }) // the state comes after the entries
}

// await reads frames until something holds, and lets the error of a socket that ended through.
func (b *Buyer) await(ctx context.Context, ok func() bool) error {
	for !ok() {
		if b.conn == nil {
			return ErrClosed
		}
		f, err := b.conn.Read(ctx)
		if err != nil {
			return err
		}
		if err := b.Take(f); err != nil {
			return err
		}
	}
	return nil
}

const (
	resumes     = 4
	backoff     = 250 * time.Millisecond
	defaultWait = 100 * time.Millisecond // before a refused frame is sent again, if the server names none
)

// Await reads frames until something holds. A socket that the server ends for the moment is opened again.
func (b *Buyer) Await(ctx context.Context, ok func() bool) error {
	return b.lasting(ctx, func() error { return b.await(ctx, ok) }, nil)
}

// lasting does something that a broken socket interrupts, again after each resume. again sends what was not
// acknowledged.
func (b *Buyer) lasting(ctx context.Context, do func() error, again func() error) error {
	for try := 1; ; try++ {
		err := do()
		closed, ok := errors.AsType[*ClosedError](err)
		if !ok || closed.Lasting() || try > resumes {
			return err
		}
		for {
			if e := pause(ctx, backoff<<try); e != nil {
				return err
			}
			e := b.Resume(ctx)
			if e == nil {
				break
			}
			if try++; try > resumes || ctx.Err() != nil {
				return errors.Join(err, e)
			}
		}
		if again != nil {
			if err := again(); err != nil {
				return err
			}
		}
	}
}

// pause waits, unless ctx ends first.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Listen reads frames until none has come for a time.
func (b *Buyer) Listen(ctx context.Context, quiet time.Duration) error {
	for {
		f, came, err := b.conn.Next(ctx, quiet)
		if err != nil || !came {
			return err
		}
		if err := b.Take(f); err != nil {
			return err
		}
	}
}

// Say writes a text and waits until the assistant owes nothing for it. Errors: *RefusedError, *ClosedError.
func (b *Buyer) Say(ctx context.Context, text string) (Turn, error) {
	return b.turn(ctx, true, func(id string) any { return wire.Say{T: wire.TSay, ID: id, Text: text} })
}

// Press presses a button of the card at a seq, 0 for the panel, and waits like Say. That an upload failed is nothing that
// the assistant deals with while a person has the floor; then the ack is the end.
func (b *Buyer) Press(ctx context.Context, on int64, action dialog.Action, args dialog.Args) (Turn, error) {
	owed := action != dialog.ActTrouble || b.State.Holder == dialog.HeldByBot
	return b.turn(ctx, owed, func(id string) any { return wire.Press{T: wire.TPress, ID: id, Seq: on, Action: action, Args: args} })
}

func (b *Buyer) turn(ctx context.Context, owed bool, frame func(id string) any) (Turn, error) {
	if b.conn == nil {
		return Turn{}, ErrClosed
	}
	b.n++
	id := fmt.Sprintf("%s-%d", b.name, b.n)
	sent, base := time.Now(), b.Last()
	var t Turn
	for {
		send := func() error { return b.conn.Write(frame(id)) }
		if err := send(); err != nil {
			return t, err
		}
		err := b.lasting(ctx, func() error { return b.watch(ctx, id, sent, base, owed, &t) }, send)
		refused, ok := errors.AsType[*RefusedError](err)
		if ok && b.at.Refused != nil {
			b.at.Refused(refused.Frame.Code)
		}
		if !ok || !refused.Frame.Retry {
			return t, err
		}
		delete(b.Errs, id)
		if err := pause(ctx, max(defaultWait, time.Duration(refused.Frame.RetryAfter)*time.Millisecond)); err != nil {
			return t, err
		}
	}
}

// watch reads frames until what was sent under an id is dealt with.
func (b *Buyer) watch(ctx context.Context, id string, sent time.Time, base int64, owed bool, t *Turn) error {
	for {
		if e, ok := b.Errs[id]; ok {
			return &RefusedError{e}
		}
		if t.Seq > 0 && (b.State.Settled >= t.Seq || !owed) {
			return nil
		}
		f, err := b.conn.Read(ctx)
		if err != nil {
			return err
		}
		if err := b.Take(f); err != nil {
			return err
		}
		since := f.At.Sub(sent)
		switch f.T {
		case wire.TAck:
			if seq, ok := b.Acks[id]; ok && t.Seq == 0 {
				t.Seq, t.Ack = seq, since
				delete(b.Acks, id)
			}
		case wire.TEntry:
			if e := b.Entries[len(b.Entries)-1]; t.First == 0 && e.Seq > base && e.Author.Kind != dialog.FromBuyer {
				t.First = since
			}
		}
		t.End = since
	}
}
