package evidence

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"recourse/cases"
)

// Archive reads what an intake has taken in. It changes nothing, so it may look into a directory that a server is
// working on.
type Archive struct {
	root    *os.Root
	uploads uploads
	blobs   Blobs
	records Records // nil: other nodes do not see what this one has
}

// OpenArchive opens the directory of an intake; blobs as in [Options].
func OpenArchive(dir string, blobs Blobs) (*Archive, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("open evidence directory: %w", err)
	}
	a := newArchive(root, blobs)
	return &a, nil
}

func newArchive(root *os.Root, blobs Blobs) Archive {
	if blobs == nil {
		blobs = dirBlobs{root: root}
	}
	records, _ := blobs.(Records)
	return Archive{root: root, uploads: uploads{root: root}, blobs: blobs, records: records}
}

// Close lets go of the directory. Nobody may be using it any more.
func (a *Archive) Close() error { return a.root.Close() }

// finished loads a record that may be another node's.
func (a *Archive) finished(ctx context.Context, id cases.EvidenceID) (*upload, error) {
	u, err := a.uploads.load(id)
	if a.records == nil || !errors.Is(err, fs.ErrNotExist) {
		return u, err
	}
	raw, err := a.records.Record(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("load upload %s: %w", id, err)
	}
	u = new(upload)
	if err := json.Unmarshal(raw, u); err != nil {
		return nil, fmt.Errorf("load upload %s: %w", id, err)
	}
	return u, nil
}

// Info describes a finished file. ErrNotFound when there is none of that id.
func (a *Archive) Info(ctx context.Context, id cases.EvidenceID) (Info, error) {
	if _, err := checkID(string(id)); err != nil {
		return Info{}, fmt.Errorf("find evidence: %w", errors.Join(ErrNotFound, err))
	}
	u, err := a.finished(ctx, id)
	if errors.Is(err, fs.ErrNotExist) {
		return Info{}, fmt.Errorf("find evidence %s: %w", id, ErrNotFound)
	}
	if err != nil {
		return Info{}, fmt.Errorf("find evidence: %w", err)
	}
	// A checked file counts: Accept may have put it into the case although we could not note it.
	if u.Stage != accepted && u.Stage != checked {
		return Info{}, fmt.Errorf("find evidence %s: %w", id, ErrNotFound)
	}
	return u.info(), nil
}

// Open returns a finished file as it came. ErrNotFound when there is none of that id. Whether the reader may
// see it is the caller's to know.
func (a *Archive) Open(ctx context.Context, id cases.EvidenceID) (io.ReadSeekCloser, Info, error) {
	info, err := a.Info(ctx, id)
	if err != nil {
		return nil, Info{}, err
	}
	blob, _, err := a.OpenCopy(ctx, info, Original)
	return blob, info, err
}

// OpenCopy returns a copy of a file; ErrNotFound when that copy could not be made.
func (a *Archive) OpenCopy(ctx context.Context, info Info, c Copy) (io.ReadSeekCloser, Made, error) {
	what := map[Copy]Made{
		Original: {SHA256: info.SHA256, Media: info.Media, Bytes: info.Bytes, Width: info.Found.Width, Height: info.Found.Height},
		View:     info.Found.View,
		Thumb:    info.Found.Thumb,
	}[c]
	if what.SHA256 == "" {
		return nil, what, fmt.Errorf("open %s of evidence %s: %w", c, info.ID, ErrNotFound)
	}
	blob, err := a.blobs.Open(ctx, Blob{info.ID, what.SHA256})
	if err != nil {
		return nil, what, fmt.Errorf("open %s of evidence %s: %w", c, info.ID, err)
	}
	return blob, what, nil
}
