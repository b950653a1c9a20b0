package evidence

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"sync"
	"testing"

	"recourse/cases"
)

// shelf is a store that several nodes share, in memory.
type shelf struct {
	mu      sync.Mutex
	files   map[Blob][]byte             // guarded by mu
	records map[cases.EvidenceID][]byte // guarded by mu
	fail    error                       // guarded by mu: of every change
}

func newShelf() *shelf {
	return &shelf{files: map[Blob][]byte{}, records: map[cases.EvidenceID][]byte{}}
}

type openFile struct{ *bytes.Reader }

func (openFile) Close() error { return nil }

func (s *shelf) Apart() bool { return true }

func (s *shelf) Put(_ context.Context, b Blob, src io.Reader, _ int64) error {
	all, err := io.ReadAll(src)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err == nil && s.fail == nil {
		s.files[b] = all
	}
	return errors.Join(err, s.fail)
}

func (s *shelf) Open(_ context.Context, b Blob) (io.ReadSeekCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	all, ok := s.files[b]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return openFile{bytes.NewReader(all)}, nil
}

func (s *shelf) Delete(_ context.Context, b Blob) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.files, b)
	return s.fail
}

func (s *shelf) PutRecord(_ context.Context, id cases.EvidenceID, raw []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail == nil {
		s.records[id] = raw
	}
	return s.fail
}

func (s *shelf) Record(_ context.Context, id cases.EvidenceID) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	raw, ok := s.records[id]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return raw, nil
}

func (s *shelf) DeleteRecord(_ context.Context, id cases.EvidenceID) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.records, id)
	return s.fail
}

func TestNodesWithOneStoreLendOutEachOthersFiles(t *testing.T) {
	store := newShelf()
	with := func(o *Options) { o.Blobs = store }
	one, two := open(t, t.TempDir(), with), open(t, t.TempDir(), with)
	file := jpegAt(t, scene(900, 700, 1), 90)
	where, a := whole(t, one.url, "item_photo", file)
	if a.Status != 204 {
		t.Fatalf("%d %s", a.Status, a.Reason)
	}
	elsewhere, a := whole(t, two.url, "item_photo", file) // the same bytes, on the other node
	if a.Status != 204 {
		t.Fatalf("%d %s", a.Status, a.Reason)
	}
	link := "/api/evidence/" + string(idOf(where)) + "?" + one.Sign(idOf(where), Party{cases.Agent, "lin"}, Original, one.clock())
	if a := ask(t, two.url, "GET", link, nil, nil); a.Status != 200 || !bytes.Equal(a.Body, file) {
		t.Errorf("the other node: %d, %d bytes", a.Status, len(a.Body))
	}
	// The other node may throw it away, and nobody else misses anything.
	for range 2 {
		if err := two.Discard(t.Context(), idOf(where)); err != nil {
			t.Fatal(err)
		}
	}
	if len(store.files) != 3 || len(store.records) != 1 {
		t.Errorf("%d files and %d records are left", len(store.files), len(store.records))
	}
	if !bytes.Equal(stored(t, one.Intake, idOf(elsewhere)), file) {
		t.Error("the other upload of the same bytes has lost them")
	}
}

func TestAStoreThatFailsLosesNothing(t *testing.T) {
	store := newShelf()
	d := open(t, t.TempDir(), func(o *Options) { o.Blobs = store })
	store.fail = errors.New("the bucket is away")
	file := jpegAt(t, scene(900, 700, 1), 90)
	where, a := whole(t, d.url, "item_photo", file)
	if a.Status != 503 || !a.Retry {
		t.Fatalf("%d %s", a.Status, a.Reason)
	}
	if _, calls := d.accepted(); calls != 0 {
		t.Error("the case has a file that is not stored")
	}
	store.mu.Lock()
	store.fail = nil
	store.mu.Unlock()
	if err := d.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(stored(t, d.Intake, idOf(where)), file) || len(store.files) != 3 {
		t.Errorf("%d files", len(store.files))
	}
}
