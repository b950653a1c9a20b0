package wsclient

import (
	"encoding/json"
	"errors"
	"fmt"

	"recourse/dialog"
	"recourse/web/wire"
)

// ErrGap: an entry came that is not the next one, which PROTOCOL.md promises never happens.
var ErrGap = errors.New("the log has a gap or a double")

// Page is what a buyer's client knows of his conversation from the frames that came.
type Page struct {
	Welcome wire.Welcome   // the last one
	Entries []dialog.Entry // the log, from the beginning
	State   wire.State     // the last one
	States  int            // how many came
	Acks    map[string]int64
	Errs    map[string]wire.Error // by the id of the frame they answer; those that answer none are under ""
	// Hidden says that the log has entries that its reader is not sent (notes among agents), so that gaps are no fault.
	Hidden bool
}

// Take reads a frame into the picture. Errors: ErrGap; a frame that cannot be read.
func (p *Page) Take(f Frame) error {
	switch f.T {
	case wire.TWelcome:
		w, err := decode[wire.Welcome](f)
		if err != nil {
			return err
		}
		if p.Welcome = w; w.Reset {
			p.Entries, p.State = nil, wire.State{}
		}
	case wire.TEntry:
		e, err := decode[wire.Entry](f)
		if err != nil {
			return err
		}
		want := p.Last() + 1
		if e.Entry.Seq < want || e.Entry.Seq > want && !p.Hidden {
			return fmt.Errorf("entry %d came, not %d: %w", e.Entry.Seq, want, ErrGap)
		}
		p.Entries = append(p.Entries, e.Entry)
	case wire.TState:
		s, err := decode[wire.State](f)
		if err != nil {
			return err
		}
		p.State = s
		p.States++
	case wire.TAck:
		a, err := decode[wire.Ack](f)
		if err != nil {
			return err
		}
		if p.Acks == nil {
			p.Acks = map[string]int64{}
		}
		p.Acks[a.ID] = a.Seq
	case wire.TError:
		e, err := decode[wire.Error](f)
		if err != nil {
			return err
		}
		if p.Errs == nil {
			p.Errs = map[string]wire.Error{}
		}
		p.Errs[e.For] = e
	}
	return nil // the others pass: typing, presence, the queue, drafts
}

// Last is the seq of the last entry.
func (p *Page) Last() int64 {
	if len(p.Entries) == 0 {
		return 0
	}
	return p.Entries[len(p.Entries)-1].Seq
}

func decode[T any](f Frame) (T, error) {
	var v T
	if err := json.Unmarshal(f.Raw, &v); err != nil {
		return v, fmt.Errorf("read a frame %q: %w", f.T, err)
	}
	return v, nil
}
