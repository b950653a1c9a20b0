package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"recourse/cases"
)

// settle brings a complete upload as far as it goes: checks it, stores it, offers it to the case.
// The caller holds its claim. Each step is noted before the next one starts and may run again:
//
//	receiving → (inspect, blob, note) → checked → (Accept, note) → accepted
//
// It returns nil when the file is part of the case, an *Error when it is refused or must wait.
func (in *Intake) settle(ctx context.Context, u *upload) error {
	ctx, cancel := context.WithTimeout(ctx, in.opt.Settle)
	defer cancel()
	if u.Stage == receiving {
		if err := in.check(ctx, u); err != nil {
			var no *Error
			if errors.As(err, &no) && !no.Retry {
				return in.refuse(ctx, u, no)
			}
			return storageTrouble(fmt.Errorf("check upload %s: %w", u.ID, err))
		}
	}
	if u.Stage == checked {
		if err := in.opt.Accept(ctx, u.Party, u.Meta, u.evidence()); err != nil {
			var no *Error
			if errors.As(err, &no) && !no.Retry {
				return in.refuse(ctx, u, no)
			}
			return &Error{
				Code: CodeUnavailable, Status: 503, Reason: ReasonNotYetInCase, Retry: true,
				Cause: fmt.Errorf("accept upload %s: %w", u.ID, err),
			}
		}
		if err := in.noteAccepted(u); err != nil {
			return storageTrouble(err)
		}
	}
	if u.Stage == refused {
		return u.refusalError()
	}
	return nil
}

func (in *Intake) noteAccepted(u *upload) error {
	u.Stage = accepted
	if err := in.uploads.save(u); err != nil {
		u.Stage = checked
		return err
	}
	in.disown(u.Party, u.ID)
	return in.forget(u) // the open record; the done one stays
}

// check inspects the part, puts it into the blob store and notes that. The order matters: a
// record that says checked names a blob that is there.
func (in *Intake) check(ctx context.Context, u *upload) error {
	part, err := in.root.Open(partPath(u.ID))
	if err != nil {
		return err
	}
	defer part.Close()

	select { // decoding is what takes memory
	case in.decoding <- struct{}{}:
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	found, err := inspect(part, u.Length, in.kindTakes(u.Meta.Kind), in.opt.limits())
	<-in.decoding
	if err != nil {
		return err
	}

	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(part, 0, u.Length)); err != nil {
		return err
	}
	sha := hex.EncodeToString(h.Sum(nil))

	in.blobUse.RLock()
	defer in.blobUse.RUnlock()
	if err := in.blobs.Put(ctx, sha, io.NewSectionReader(part, 0, u.Length), u.Length); err != nil {
		return err
	}
	next := *u
	next.Stage, next.Found, next.SHA256, next.At = checked, found, sha, in.opt.Now().UTC()
	if err := in.uploads.save(&next); err != nil {
		return err
	}
	*u = next
	return in.uploads.dropPart(u.ID)
}

// refuse notes a refusal, so that a repeated request hears the same, and drops the bytes.
func (in *Intake) refuse(ctx context.Context, u *upload, no *Error) error {
	next := *u
	next.Stage = refused
	next.Refusal = &refusal{Code: no.Code, Status: no.Status, Reason: no.Reason}
	next.Expires = in.opt.Now().Add(in.opt.Keep).UTC()
	if err := in.uploads.save(&next); err != nil {
		return storageTrouble(err)
	}
	*u = next
	in.disown(u.Party, u.ID)
	if err := in.dropBytes(ctx, u); err != nil {
		// The refusal stands; the sweep tries again when it forgets the record.
		return &Error{Code: no.Code, Status: no.Status, Reason: no.Reason, Cause: errors.Join(no.Cause, err)}
	}
	return no
}

// dropBytes removes the part of a refused upload, and its blob unless another upload names it.
func (in *Intake) dropBytes(ctx context.Context, u *upload) error {
	err := in.uploads.dropPart(u.ID)
	if u.SHA256 == "" {
		return err
	}
	in.blobUse.Lock()
	defer in.blobUse.Unlock()
	named, lookErr := in.uploads.names(u.SHA256, u.ID)
	if lookErr != nil || named {
		return errors.Join(err, lookErr)
	}
	return errors.Join(err, in.blobs.Delete(ctx, u.SHA256))
}

// Finish settles the complete uploads that no request is working on, and forgets the expired
// ones. It is to be run at start, after the case store is reachable, and now and then (an hour is
// fine). What cannot be settled yet stays and is part of the error; the rest goes on.
func (in *Intake) Finish(ctx context.Context) error {
	list, err := in.uploads.openIDs()
	if err != nil {
		return fmt.Errorf("finish uploads: %w", err)
	}
	var troubles []error
	for _, id := range list {
		if err := ctx.Err(); err != nil {
			return errors.Join(append(troubles, fmt.Errorf("finish uploads: %w", err))...)
		}
		if err := in.finishOne(ctx, id); err != nil {
			troubles = append(troubles, err)
		}
	}
	return errors.Join(troubles...)
}

func (in *Intake) finishOne(ctx context.Context, id cases.EvidenceID) error {
	c, _ := in.claims.try(id)
	if c == nil {
		return nil // a request is at it
	}
	defer c.release()
	u, err := in.uploads.load(id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // settled or taken back since the list was read, or being created
	}
	if err != nil {
		return err
	}
	complete, size, err := in.complete(u)
	if err != nil {
		return err
	}
	switch {
	case u.expired(in.opt.Now(), size):
		return in.expire(ctx, u)
	case complete:
		err := in.settle(ctx, u)
		var no *Error
		if errors.As(err, &no) && u.Stage == refused {
			return nil // noted; the client hears it when it asks
		}
		if err != nil {
			return fmt.Errorf("finish upload %s: %w", id, errors.Join(err, errors.Unwrap(err)))
		}
	}
	return nil
}

// complete tells whether every byte is there and the upload is not settled, and the offset.
func (in *Intake) complete(u *upload) (bool, int64, error) {
	if u.Stage != receiving {
		return u.Stage == checked, u.Length, nil
	}
	size, err := in.uploads.size(u.ID)
	if err != nil {
		return false, 0, err
	}
	return size == u.Length, size, nil
}

func (in *Intake) expire(ctx context.Context, u *upload) error {
	if u.Stage == refused {
		if err := in.dropBytes(ctx, u); err != nil {
			return fmt.Errorf("expire upload %s: %w", u.ID, err)
		}
	}
	return in.forget(u)
}

// Open returns a finished file. ErrNotFound when there is none of that id. Whether the reader may
// see it is the caller's to know.
func (in *Intake) Open(ctx context.Context, id cases.EvidenceID) (io.ReadSeekCloser, Info, error) {
	if _, err := checkID(string(id)); err != nil {
		return nil, Info{}, fmt.Errorf("open evidence: %w", errors.Join(ErrNotFound, err))
	}
	u, err := in.uploads.load(id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, Info{}, fmt.Errorf("open evidence %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return nil, Info{}, fmt.Errorf("open evidence: %w", err)
	}
	// A checked file counts: Accept may have put it into the case although we could not note it.
	if u.Stage != accepted && u.Stage != checked {
		return nil, Info{}, fmt.Errorf("open evidence %s: %w", id, ErrNotFound)
	}
	blob, err := in.blobs.Open(ctx, u.SHA256)
	if err != nil {
		return nil, Info{}, fmt.Errorf("open evidence %s: %w", id, err)
	}
	return blob, u.info(), nil
}
