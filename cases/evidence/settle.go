package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
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
		if err := in.noteAccepted(ctx, u); err != nil {
			return storageTrouble(err)
		}
	}
	if u.Stage == refused {
		return u.refusalError()
	}
	return nil
}

func (in *Intake) noteAccepted(ctx context.Context, u *upload) error {
	u.Stage = accepted
	if err := in.share(ctx, u); err != nil {
		u.Stage = checked
		return err
	}
	if err := in.uploads.save(u); err != nil {
		u.Stage = checked
		return err
	}
	in.disown(u.Party, u.ID)
	return in.forget(u) // the open record; the done one stays
}

// share puts the record of an accepted file where other nodes find it.
func (in *Intake) share(ctx context.Context, u *upload) error {
	if in.records == nil {
		return nil
	}
	raw, err := json.Marshal(u)
	if err != nil {
		return fmt.Errorf("share upload %s: %w", u.ID, err)
	}
	if err := in.records.PutRecord(ctx, u.ID, raw); err != nil {
		return fmt.Errorf("share upload %s: %w", u.ID, err)
	}
	return nil
}

// check inspects the part, puts it into the blob store and notes that. The order matters: a
// record that says checked names a blob that is there.
func (in *Intake) check(ctx context.Context, u *upload) error {
	part, err := in.root.Open(partPath(u.ID))
	if err != nil {
		return err
	}
	defer part.Close()

	next := *u
	made, err := in.look(ctx, part, &next)
	if err != nil {
		return err
	}
	h := sha256.New()
	if _, err := io.Copy(h, io.NewSectionReader(part, 0, u.Length)); err != nil {
		return err
	}
	next.Stage, next.SHA256, next.At = checked, hex.EncodeToString(h.Sum(nil)), in.opt.Now().UTC()
	if err := in.compare(ctx, &next); err != nil {
		return err
	}

	in.blobUse.RLock()
	defer in.blobUse.RUnlock()
	if err := in.keep(ctx, part, &next, made); err != nil {
		return err
	}
	if err := in.uploads.save(&next); err != nil {
		return err
	}
	*u = next
	return in.uploads.dropPart(u.ID)
}

// look inspects the part and makes its copies. Decoding is what takes memory, so only a few do it at a time.
func (in *Intake) look(ctx context.Context, part io.ReaderAt, u *upload) (copies, error) {
	select {
	case in.decoding <- struct{}{}:
	case <-ctx.Done():
		return copies{}, context.Cause(ctx)
	}
	defer func() { <-in.decoding }()
	found, img, err := inspect(part, u.Length, in.kindTakes(u.Meta.Kind), in.opt.limits())
	if err != nil {
		return copies{}, err
	}
	made, err := study(ctx, part, u.Length, u.Meta, &found, img, in.opt.limits())
	if err == nil && made.film != nil {
		found.View, err = filmMade(made.film, found.Media)
	}
	u.Found = found
	return made, err
}

// compare notes the file in the index and looks there for what it is like. It is noted first: of two that come at the
// same time, at least one then finds the other.
func (in *Intake) compare(ctx context.Context, u *upload) error {
	if in.opt.Similar == nil {
		return nil
	}
	if err := in.opt.Similar.Add(ctx, u.seen()); err != nil {
		return fmt.Errorf("note upload %s in the index: %w", u.ID, err)
	}
	matches, err := in.opt.Similar.Find(ctx, u.seen())
	if err != nil {
		return fmt.Errorf("look for the like of upload %s: %w", u.ID, err)
	}
	u.Found.judge(u.seen(), matches)
	return nil
}

// keep stores the file and its copies.
func (in *Intake) keep(ctx context.Context, part io.ReaderAt, u *upload, made copies) error {
	put := func(sha string, src io.Reader, size int64) error {
		return in.blobs.Put(ctx, Blob{u.ID, sha}, src, size)
	}
	if err := put(u.SHA256, io.NewSectionReader(part, 0, u.Length), u.Length); err != nil {
		return err
	}
	if made.film != nil {
		return put(u.Found.View.SHA256, made.film, u.Found.View.Bytes)
	}
	if made.view == nil {
		return nil
	}
	if err := put(u.Found.View.SHA256, bytes.NewReader(made.view), u.Found.View.Bytes); err != nil {
		return err
	}
	return put(u.Found.Thumb.SHA256, bytes.NewReader(made.thumb), u.Found.Thumb.Bytes)
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

// dropBytes removes the part of a refused upload, and those of its blobs that no other upload names.
func (in *Intake) dropBytes(ctx context.Context, u *upload) error {
	err := in.uploads.dropPart(u.ID)
	if u.SHA256 == "" {
		return err
	}
	if in.opt.Similar != nil {
		err = errors.Join(err, in.opt.Similar.Remove(ctx, u.seen()))
	}
	in.blobUse.Lock()
	defer in.blobUse.Unlock()
	alone := u.blobs()
	if !in.blobs.Apart() {
		var lookErr error
		if alone, lookErr = in.uploads.onlyOf(u.ID, alone); lookErr != nil {
			return errors.Join(err, lookErr)
		}
	}
	for _, sha := range alone {
		err = errors.Join(err, in.blobs.Delete(ctx, Blob{u.ID, sha}))
	}
	return err
}

// Discard throws a file away that its case has let go (a draft's, taken out again): its bytes, its copies, its place
// in the index and its record. It may be repeated.
func (in *Intake) Discard(ctx context.Context, id cases.EvidenceID) error {
	if _, err := checkID(string(id)); err != nil {
		return fmt.Errorf("discard evidence: %w", errors.Join(ErrNotFound, err))
	}
	c, err := in.claims.take(ctx, id)
	if err != nil {
		return fmt.Errorf("discard evidence %s: %w", id, err)
	}
	defer c.release()
	u, err := in.finished(ctx, id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("discard evidence: %w", err)
	}
	if err := in.dropBytes(ctx, u); err != nil {
		return fmt.Errorf("discard evidence %s: %w", id, err)
	}
	if err := removeFile(in.root, donePath(id)); err != nil {
		return fmt.Errorf("discard evidence %s: %w", id, err)
	}
	if in.records != nil {
		if err := in.records.DeleteRecord(ctx, id); err != nil {
			return fmt.Errorf("discard evidence %s: %w", id, err)
		}
	}
	return in.forget(u)
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
