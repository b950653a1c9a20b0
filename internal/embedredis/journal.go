package embedredis

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

const (
	journalName = "store.journal"
	tempName    = "store.journal.new"
	lockName    = "store.lock"
)

// ErrLocked is returned by Open when another process uses the directory.
var ErrLocked = errors.New("directory is in use by another process")

// CorruptError says where a journal is damaged. Open does not guess: restore
// the file from a copy, or cut it at Offset to lose everything after it.
type CorruptError struct {
	File   string
	Offset int64
	Reason string
}

func (e *CorruptError) Error() string {
	return fmt.Sprintf("journal %s is damaged at offset %d: %s", e.File, e.Offset, e.Reason)
}

// journal is the file. Except for syncIfDirty it is guarded by Store.mu.
type journal struct {
	dir    string
	fsync  bool
	lock   *os.File
	size   int64
	base   int64 // size after the last compaction
	limit  int64 // Options.CompactAfterBytes
	log    *slog.Logger
	frame  []byte // reused
	tee    []byte // frames written while a compaction is under way
	teeing bool

	// handle guards f and dirty against the sync that runs beside Store.mu.
	handle sync.Mutex
	f      *os.File
	dirty  bool
}

func (j *journal) path() string { return filepath.Join(j.dir, journalName) }

// openJournal locks dir and returns its journal and the frames in it.
func openJournal(dir string, fsync bool, limit int64, log *slog.Logger) (*journal, []byte, error) {
	lock, err := lockDir(filepath.Join(dir, lockName))
	if err != nil {
		return nil, nil, fmt.Errorf("lock %s: %w", dir, err)
	}
	j := &journal{dir: dir, fsync: fsync, limit: limit, log: log, lock: lock}
	data, err := j.open()
	if err != nil {
		j.close()
		return nil, nil, err
	}
	return j, data, nil
}

func (j *journal) open() ([]byte, error) {
	// Left behind by a compaction that did not finish.
	if err := os.Remove(filepath.Join(j.dir, tempName)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	data, err := os.ReadFile(j.path())
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return nil, err
	case bytes.HasPrefix([]byte(magic), data):
		data = nil // killed while the file was made
	case !bytes.HasPrefix(data, []byte(magic)):
		return nil, &CorruptError{j.path(), 0, "it does not begin as a journal of this program"}
	}
	f, err := os.OpenFile(j.path(), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, err
	}
	j.f = f
	if len(data) > 0 {
		j.size = int64(len(data))
		return data[len(magic):], nil
	}
	if err := f.Truncate(0); err != nil {
		return nil, err
	}
	if _, err := f.WriteString(magic); err != nil {
		return nil, err
	}
	if err := f.Sync(); err != nil {
		return nil, err
	}
	j.size = int64(len(magic))
	return nil, syncDir(j.dir)
}

// append writes one record.
func (j *journal) append(wall, age int64, commands []byte) error {
	j.frame = appendFrame(j.frame[:0], wall, age, commands)
	if len(j.frame)-headerSize > maxPayload {
		return fmt.Errorf("record of %d bytes is too large", len(j.frame))
	}
	j.handle.Lock()
	defer j.handle.Unlock()
	n, err := j.f.Write(j.frame)
	j.size += int64(n)
	if err != nil {
		return err
	}
	if j.teeing {
		j.tee = append(j.tee, j.frame...)
	}
	if cap(j.frame) > 1<<20 {
		j.frame = nil // one huge value should not stay
	}
	if j.fsync {
		return j.f.Sync()
	}
	j.dirty = true
	return nil
}

// grown says whether the file has doubled since it was last rewritten.
func (j *journal) grown() bool { return !j.teeing && j.size > max(j.limit, 2*j.base) }

// large says whether the file is worth rewriting at open.
func (j *journal) large() bool { return j.size > j.limit }

// syncIfDirty syncs without Store.mu, so that commands do not wait for the
// disk. A file that was replaced meanwhile was synced by who replaced it.
func (j *journal) syncIfDirty() error {
	j.handle.Lock()
	f, dirty := j.f, j.dirty
	j.dirty = false
	j.handle.Unlock()
	if !dirty {
		return nil
	}
	return f.Sync()
}

func (j *journal) close() error {
	var err error
	if j.f != nil {
		err = errors.Join(j.f.Sync(), j.f.Close())
	}
	return errors.Join(err, j.lock.Close())
}

// replay runs the records of data. It cuts a torn tail off the file.
func (s *Store) replay(ctx context.Context, data []byte) error {
	s.wall = s.now().UnixMilli()
	path, rest := s.journal.path(), data
	at := func() int64 { return int64(len(magic) + len(data) - len(rest)) }
	for len(rest) > 0 {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("replay %s: %w", path, err)
		}
		payload, after, err := nextFrame(rest)
		if err != nil {
			// What a crash leaves is a bad frame with nothing behind it.
			if next := findFrame(rest[1:]); next >= 0 {
				return &CorruptError{path, at(), fmt.Sprintf("a record is damaged, and whole records follow from offset %d", at()+1+int64(next))}
			}
			s.log.Warn("cut a torn record off the journal of the embedded store", "file", path, "offset", at(), "bytes", len(rest))
			return s.journal.cut(at())
		}
		wall, age, commands, err := decode(payload)
		if err != nil {
			return &CorruptError{path, at(), err.Error()}
		}
		s.age = age
		s.setWall(wall)
		for _, c := range commands {
			if err := s.apply(c); err != nil {
				return &CorruptError{path, at(), err.Error()}
			}
		}
		s.settle()
		rest = after
	}
	return nil
}

func (j *journal) cut(size int64) error {
	if err := j.f.Truncate(size); err != nil {
		return err
	}
	j.size = size
	return j.f.Sync()
}

// errSpoiled is why a snapshot was given up.
var errSpoiled = errors.New("a script wrote a key that it had not declared, or everything was deleted, meanwhile")

// compact rewrites the journal as the shortest one that leads to the present
// state. Commands go on while the snapshot is taken, written and synced; what they
// journal meanwhile is kept and added to it.
func (s *Store) compact() error {
	s.compacting.Lock()
	defer s.compacting.Unlock()
	snap, err := s.beginCompaction()
	if snap == nil {
		return err
	}
	ticked := time.Now()
	for s.takeMore(keysAtOnce) {
		if time.Since(ticked) > housekeeping {
			s.tick() // this goroutine is the one that syncs
			ticked = time.Now()
		}
	}
	return s.endCompaction()
}

// beginCompaction starts the snapshot; nil: there is nothing to rewrite.
func (s *Store) beginCompaction() (*snapshot, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil || s.journal == nil {
		return nil, s.broken
	}
	snap := s.begin()
	if !s.commit() { // what begin found expired
		return nil, s.broken
	}
	s.snap, s.journal.teeing, s.journal.tee = snap, true, nil
	return snap, nil
}

// takeMore takes n more keys and says whether there are any left.
func (s *Store) takeMore(n int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.snap.spoiled && s.take(s.snap, n)
}

// endCompaction puts the snapshot, and what was journalled since it began, in the place of the journal.
func (s *Store) endCompaction() error {
	j := s.journal
	s.mu.Lock()
	snap := s.snap
	s.snap = nil
	if snap.spoiled {
		defer s.mu.Unlock()
		return s.finishRewrite(nil, errSpoiled, 0)
	}
	s.mu.Unlock()

	f, size, err := j.writeTemp(snap.pieces)
	// Writes went on meanwhile. They are copied and synced here, in rounds, so that what is left for the end,
	// when everybody waits, is little: syncing many megabytes under mu would outlast clients' patience.
	for round := 0; err == nil && round < catchUpRounds; round++ {
		s.mu.Lock()
		more := j.tee
		if len(more) > catchUpRest {
			j.tee = nil
		}
		s.mu.Unlock()
		if len(more) <= catchUpRest {
			break
		}
		if err = appendSynced(f, more); err != nil {
			err = errors.Join(err, f.Close())
		}
		size += int64(len(more))
	}

	s.mu.Lock()
	defer s.mu.Unlock()
	return s.finishRewrite(f, err, size)
}

// keysAtOnce is how many keys are taken while everybody waits.
const keysAtOnce = 64

// How often a rewrite goes after what was written meanwhile, and how many bytes it leaves for the end.
const (
	catchUpRounds = 16
	catchUpRest   = 64 << 10
)

func appendSynced(f *os.File, pieces ...[]byte) error {
	for _, raw := range pieces {
		if _, err := f.Write(raw); err != nil {
			return err
		}
	}
	return f.Sync()
}

// rewrite is compact for Open, which holds mu.
func (s *Store) rewrite() error {
	snap := s.begin()
	s.take(snap, len(snap.left))
	f, size, err := s.journal.writeTemp(snap.pieces)
	return s.finishRewrite(f, err, size)
}

func (s *Store) finishRewrite(f *os.File, err error, size int64) error {
	j := s.journal
	if err == nil {
		err = j.swap(f, size)
	}
	j.teeing, j.tee = false, nil
	if err != nil {
		j.base = j.size // try again when it has doubled
	}
	return err
}

// writeTemp writes and syncs the new file beside the old, and says how long it is.
func (j *journal) writeTemp(snapshot [][]byte) (*os.File, int64, error) {
	f, err := os.OpenFile(filepath.Join(j.dir, tempName), os.O_RDWR|os.O_CREATE|os.O_TRUNC|os.O_APPEND, 0o600)
	if err != nil {
		return nil, 0, err
	}
	if err := appendSynced(f, snapshot...); err != nil {
		return nil, 0, errors.Join(err, f.Close())
	}
	size := int64(0)
	for _, piece := range snapshot {
		size += int64(len(piece))
	}
	return f, size, nil
}

// swap puts the new file, completed with the tee, in the place of the old.
func (j *journal) swap(f *os.File, size int64) error {
	if len(j.tee) > 0 {
		if _, err := f.Write(j.tee); err != nil {
			return errors.Join(err, f.Close())
		}
	}
	// The old file may be on the disk already; the new one must not be less.
	if err := f.Sync(); err != nil {
		return errors.Join(err, f.Close())
	}
	if err := os.Rename(filepath.Join(j.dir, tempName), j.path()); err != nil {
		return errors.Join(err, f.Close())
	}
	j.handle.Lock()
	old := j.f
	j.f, j.dirty = f, false
	j.handle.Unlock()
	j.size = size + int64(len(j.tee))
	j.base = j.size
	if err := old.Close(); err != nil {
		j.log.Warn("old journal of the embedded store not closed", "err", err)
	}
	return syncDir(j.dir)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
