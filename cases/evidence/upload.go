package evidence

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"
	"time"

	"recourse/cases"
	"recourse/internal/ids"
)

// stage is how far an upload has come.
type stage string

const (
	receiving stage = "receiving" // bytes are missing, or all are there and nobody has looked yet
	checked   stage = "checked"   // good and in the blob store; the case has not confirmed it
	accepted  stage = "accepted"  // part of the case
	refused   stage = "refused"   // kept until it expires, so that a repeated request hears the same
)

// upload is the record of one upload. How many bytes have come is not in it: that is the size of
// the part file, the one thing that cannot disagree with the bytes.
type upload struct {
	ID      cases.EvidenceID `json:"id"`
	Party   Party            `json:"party"`
	Meta    Meta             `json:"meta"`
	Length  int64            `json:"length"`
	Stage   stage            `json:"stage"`
	Created time.Time        `json:"created"`
	Expires time.Time        `json:"expires"`
	Found   Finding          `json:"found,omitzero"`  // from checked on
	At      time.Time        `json:"at,omitzero"`     // when it was checked
	SHA256  string           `json:"sha256,omitzero"` // from checked on: a blob may exist
	Refusal *refusal         `json:"refusal,omitempty"`
}

type refusal struct {
	Code   string `json:"code"`
	Status int    `json:"status"`
	Reason Reason `json:"reason"`
}

func (u *upload) refusalError() *Error {
	return &Error{Code: u.Refusal.Code, Status: u.Refusal.Status, Reason: u.Refusal.Reason}
}

// evidence is what enters the case. It is the same at each call, as Accept may be called again.
func (u *upload) evidence() cases.Evidence {
	return cases.Evidence{
		ID: u.ID, Kind: u.Meta.Kind, Party: u.Party.Actor, Media: u.Found.Media,
		Bytes: u.Length, SHA256: u.SHA256, Name: u.Meta.Filename, At: u.At,
		Hints: u.Found.Hints, Flags: u.Found.Flags, Waybill: u.Found.Waybill,
	}
}

func (u *upload) info() Info {
	return Info{
		ID: u.ID, Party: u.Party, Meta: u.Meta, Media: u.Found.Media, Bytes: u.Length, SHA256: u.SHA256,
		Found: u.Found, Checked: u.At,
	}
}

// expired: only what was never finished, or was refused, expires. A good file waits for its case.
func (u *upload) expired(now time.Time, size int64) bool {
	if now.Before(u.Expires) {
		return false
	}
	return u.Stage == refused || u.Stage == receiving && size < u.Length
}

// uploads keeps the records and the parts in a directory:
//
//	open/<id>.json, open/<id>.part   not settled, or refused and not yet forgotten
//	done/<shard>/<id>.json           accepted; if both exist, this one is true
type uploads struct{ root *os.Root }

func partPath(id cases.EvidenceID) string  { return "open/" + string(id) + ".part" }
func chunkPath(id cases.EvidenceID) string { return "open/" + string(id) + ".chunk" }
func openPath(id cases.EvidenceID) string  { return "open/" + string(id) + ".json" }

// donePath relies on checkID having been called: the id has a shard at a fixed place.
func donePath(id cases.EvidenceID) string {
	return "done/" + string(id)[2:5] + "/" + string(id) + ".json"
}

// checkID refuses whatever is not an id before it comes near a path.
func checkID(id string) (cases.EvidenceID, error) {
	if _, err := ids.ShardOf("e", id); err != nil {
		return "", err
	}
	return cases.EvidenceID(id), nil
}

func (s uploads) load(id cases.EvidenceID) (*upload, error) {
	raw, err := s.root.ReadFile(donePath(id))
	if errors.Is(err, fs.ErrNotExist) {
		raw, err = s.root.ReadFile(openPath(id))
	}
	if errors.Is(err, fs.ErrNotExist) {
		// It may have moved from open to done between the two looks.
		raw, err = s.root.ReadFile(donePath(id))
	}
	if err != nil {
		return nil, fmt.Errorf("load upload %s: %w", id, err)
	}
	u := new(upload)
	if err := json.Unmarshal(raw, u); err != nil {
		return nil, fmt.Errorf("load upload %s: %w", id, err)
	}
	return u, nil
}

// create makes the part first: a part without a record is rubbish, a record without a part a riddle.
func (s uploads) create(u *upload) error {
	f, err := s.root.OpenFile(partPath(u.ID), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("create upload %s: %w", u.ID, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("create upload %s: %w", u.ID, err)
	}
	return s.save(u)
}

func (s uploads) save(u *upload) error {
	raw, err := json.Marshal(u)
	if err != nil {
		return fmt.Errorf("save upload %s: %w", u.ID, err)
	}
	name := openPath(u.ID)
	if u.Stage == accepted {
		name = donePath(u.ID)
		if err := s.root.MkdirAll(path.Dir(name), 0o700); err != nil {
			return fmt.Errorf("save upload %s: %w", u.ID, err)
		}
	}
	if err := writeFile(s.root, name, bytes.NewReader(raw), int64(len(raw))); err != nil {
		return fmt.Errorf("save upload %s: %w", u.ID, err)
	}
	return nil
}

// size is how many bytes of the part are on file.
func (s uploads) size(id cases.EvidenceID) (int64, error) {
	st, err := s.root.Stat(partPath(id))
	if err != nil {
		return 0, fmt.Errorf("size of upload %s: %w", id, err)
	}
	return st.Size(), nil
}

// forget removes the open record, then what it names; a crash in between leaves rubbish only.
func (s uploads) forget(id cases.EvidenceID) error {
	return errors.Join(removeFile(s.root, openPath(id)), s.dropPart(id))
}

func (s uploads) dropPart(id cases.EvidenceID) error {
	return errors.Join(removeFile(s.root, partPath(id)), removeFile(s.root, chunkPath(id)))
}

// openIDs lists the ids in open/, including those of parts that have lost their record.
func (s uploads) openIDs() ([]cases.EvidenceID, error) {
	return s.idsIn("open")
}

func (s uploads) idsIn(dir string) ([]cases.EvidenceID, error) {
	entries, err := fs.ReadDir(s.root.FS(), dir)
	if err != nil {
		return nil, fmt.Errorf("list uploads: %w", err)
	}
	var list []cases.EvidenceID
	for _, e := range entries {
		name, _, _ := strings.Cut(e.Name(), ".")
		id, err := checkID(name)
		if err != nil || len(list) > 0 && list[len(list)-1] == id {
			continue // no file of ours, or another file of the same upload: names come sorted
		}
		list = append(list, id)
	}
	return list, nil
}

// blobs are the blobs that the record names.
func (u *upload) blobs() []string {
	if u.SHA256 == "" {
		return nil
	}
	return append(u.Found.blobs(), u.SHA256)
}

// onlyOf leaves of the blobs those that no upload other than id names. It reads every record and is for
// what happens seldom: a file goes after its blobs were stored.
func (s uploads) onlyOf(id cases.EvidenceID, blobs []string) ([]string, error) {
	dirs := []string{"open"}
	shards, err := fs.ReadDir(s.root.FS(), "done")
	if err != nil {
		return nil, fmt.Errorf("look for users of a blob: %w", err)
	}
	for _, d := range shards {
		dirs = append(dirs, "done/"+d.Name())
	}
	for _, dir := range dirs {
		list, err := s.idsIn(dir)
		if err != nil {
			return nil, err
		}
		for _, other := range list {
			if other == id {
				continue
			}
			u, err := s.load(other)
			switch {
			case errors.Is(err, fs.ErrNotExist): // gone meanwhile, or a part without a record
			case err != nil:
				return nil, err
			case u.Stage != refused:
				blobs = slices.DeleteFunc(blobs, func(b string) bool { return slices.Contains(u.blobs(), b) })
			}
		}
	}
	return blobs, nil
}
