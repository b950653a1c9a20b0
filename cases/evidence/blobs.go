package evidence

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"recourse/cases"
)

// Blob names a file in the store: whose it is and the hex SHA-256 of its content.
type Blob struct {
	Of     cases.EvidenceID
	SHA256 string
}

// Blobs keeps finished files and their copies.
type Blobs interface {
	// Put stores size bytes of src. When it returns nil they survive a crash. Putting what is already there is a no-op.
	Put(ctx context.Context, b Blob, src io.Reader, size int64) error
	// Open returns the content; an error that is fs.ErrNotExist when there is none. It is read under ctx.
	Open(ctx context.Context, b Blob) (io.ReadSeekCloser, error)
	// Delete removes it. Deleting what is not there is a no-op.
	Delete(ctx context.Context, b Blob) error
	// Apart says whether the same content of two uploads is kept twice. If not, Delete is only called for what no
	// other upload of this node names.
	Apart() bool
}

// Records keeps the records of accepted files where other nodes find them. A store of blobs that several nodes share
// is one, too; then any node lends any file out.
type Records interface {
	PutRecord(ctx context.Context, id cases.EvidenceID, record []byte) error
	// Record returns an error that is fs.ErrNotExist when there is none.
	Record(ctx context.Context, id cases.EvidenceID) ([]byte, error)
	// DeleteRecord removes it. Deleting what is not there is a no-op.
	DeleteRecord(ctx context.Context, id cases.EvidenceID) error
}

// dirBlobs keeps blobs as files "blobs/ab/abcd…" of a directory. Every path goes through
// os.Root, so no name leads out of it.
type dirBlobs struct{ root *os.Root }

var _ Blobs = dirBlobs{}

func blobPath(sha string) string { return path.Join("blobs", sha[:2], sha) }

// Apart: no, the same content is one file.
func (b dirBlobs) Apart() bool { return false }

func (b dirBlobs) Put(_ context.Context, blob Blob, src io.Reader, size int64) error {
	name := blobPath(blob.SHA256)
	if st, err := b.root.Stat(name); err == nil && st.Size() == size {
		return nil
	}
	if err := b.root.MkdirAll(path.Dir(name), 0o700); err != nil {
		return fmt.Errorf("put blob: %w", err)
	}
	if err := writeFile(b.root, name, src, size); err != nil {
		return fmt.Errorf("put blob: %w", err)
	}
	return nil
}

func (b dirBlobs) Open(_ context.Context, blob Blob) (io.ReadSeekCloser, error) {
	f, err := b.root.Open(blobPath(blob.SHA256))
	if err != nil {
		return nil, fmt.Errorf("open blob: %w", err)
	}
	return f, nil
}

func (b dirBlobs) Delete(_ context.Context, blob Blob) error {
	if err := removeFile(b.root, blobPath(blob.SHA256)); err != nil {
		return fmt.Errorf("delete blob: %w", err)
	}
	return nil
}

// writeFile replaces a file in one step: after a crash the name holds the old content or the
// whole new one, and once writeFile has returned nil, the new one.
func writeFile(root *os.Root, name string, src io.Reader, size int64) (err error) {
	// Two uploads of the same content may put one blob at the same time: each needs its own file.
	tmp := name + "." + rand.Text() + tmpSuffix
	f, err := root.OpenFile(tmp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = root.Remove(tmp) // best effort; clearTemporary removes what stays
		}
	}()
	n, err := io.Copy(f, src)
	if err == nil && n != size {
		err = io.ErrUnexpectedEOF
	}
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	if err = root.Rename(tmp, name); err != nil {
		return err
	}
	return syncDir(root, path.Dir(name))
}

const tmpSuffix = ".tmp"

// clearTemporary removes what a crash left half written. Nobody may be writing meanwhile.
func clearTemporary(root *os.Root) error {
	return fs.WalkDir(root.FS(), ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && strings.HasSuffix(name, tmpSuffix) {
			err = removeFile(root, name)
		}
		return err
	})
}

// syncDir makes a rename or a new name in a directory survive a power cut.
func syncDir(root *os.Root, dir string) error {
	d, err := root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

func removeFile(root *os.Root, name string) error {
	if err := root.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
