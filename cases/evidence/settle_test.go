package evidence

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/cases"
)

func blobsIn(t *testing.T, dir string) []string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(dir, "blobs", "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i, name := range list {
		list[i] = filepath.Base(name)
	}
	return list
}

func TestAFileThatWillNotDoIsRefusedAgainAndAgain(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	where, a := whole(t, d.url, "item_photo", []byte("<html><script>alert(1)</script>"))
	if a.Status != 422 || a.Code != CodeRejected || a.Reason != ReasonWrongType {
		t.Fatalf("got %d %s %s", a.Status, a.Code, a.Reason)
	}
	if a := ask(t, d.url, "HEAD", where, nil, nil); a.Status != 422 {
		t.Errorf("HEAD: %d", a.Status)
	}
	if a := send(t, d.url, where, 31, nil); a.Status != 422 || a.Reason != ReasonWrongType {
		t.Errorf("PATCH: %d %s", a.Status, a.Reason)
	}
	if err := d.Finish(t.Context()); err != nil {
		t.Errorf("the sweep: %v", err)
	}
	if _, _, err := d.Open(t.Context(), idOf(where)); !errors.Is(err, ErrNotFound) {
		t.Errorf("Open: %v", err)
	}
	if _, calls := d.accepted(); calls != 0 {
		t.Error("the case heard of it")
	}
	if _, err := os.Stat(filepath.Join(d.dir, partPath(idOf(where)))); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("its bytes are kept: %v", err)
	}
	d.advance(25 * time.Hour)
	if err := d.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := ask(t, d.url, "HEAD", where, nil, nil); a.Status != 404 {
		t.Errorf("HEAD a day later: %d", a.Status)
	}
}

func TestAFileWaitsForACaseThatCannotTakeItYet(t *testing.T) {
	later := map[string]func(t *testing.T, d *desk, where string, size int64) int{
		"until HEAD": func(t *testing.T, d *desk, where string, _ int64) int {
			return ask(t, d.url, "HEAD", where, nil, nil).Status - 200 + 204
		},
		"until an empty PATCH": func(t *testing.T, d *desk, where string, size int64) int {
			return send(t, d.url, where, size, nil).Status
		},
		"until the sweep": func(t *testing.T, d *desk, _ string, _ int64) int {
			if err := d.Finish(t.Context()); err != nil {
				return 503
			}
			return 204
		},
	}
	for name, again := range later {
		t.Run(name, func(t *testing.T) {
			d := open(t, t.TempDir(), nil)
			secret := errors.New("dial tcp 10.0.0.1: refused")
			d.acceptWith(func(cases.Evidence) error { return fmt.Errorf("append: %w", secret) })
			file := jpegOf(t, 900, 900)
			where, a := whole(t, d.url, "item_photo", file)
			if a.Status != 503 || a.Reason != ReasonNotYetInCase || !a.Retry || bytes.Contains(a.Body, []byte("10.0.0.1")) {
				t.Fatalf("got %d %s", a.Status, a.Body)
			}
			if status := again(t, d, where, int64(len(file))); status < 500 {
				t.Fatalf("still not: %d", status)
			}
			if a := ask(t, d.url, "DELETE", where, nil, nil); a.Status != 503 {
				t.Fatalf("taking back what the case may have: %d", a.Status)
			}
			if err := d.Finish(t.Context()); !errors.Is(err, secret) {
				t.Errorf("the sweep hides why: %v", err)
			}
			d.advance(48 * time.Hour) // complete files do not expire
			d.acceptWith(nil)
			if status := again(t, d, where, int64(len(file))); status != 204 {
				t.Fatalf("at last: %d", status)
			}
			got, _ := d.accepted()
			if len(got) != 1 || got[idOf(where)].SHA256 != shaOf(file) || !got[idOf(where)].At.Equal(d.clock().Add(-48*time.Hour)) {
				t.Errorf("in the case: %+v", got)
			}
		})
	}
}

func TestACaseMayRefuseAGoodFile(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	same, other := jpegOf(t, 900, 900), jpegOf(t, 901, 900)
	where, a := whole(t, d.url, "item_photo", same)
	if a.Status != 204 {
		t.Fatalf("got %d", a.Status)
	}
	kept := idOf(where)
	d.acceptWith(func(cases.Evidence) error {
		return fmt.Errorf("add: %w", &Error{Code: "EVIDENCE_LOCKED", Status: 409, Reason: "locked"})
	})
	for _, file := range [][]byte{same, other} {
		where, a := whole(t, d.url, "item_photo", file)
		if a.Status != 409 || a.Code != "EVIDENCE_LOCKED" {
			t.Fatalf("got %d %s", a.Status, a.Code)
		}
		if a := ask(t, d.url, "HEAD", where, nil, nil); a.Status != 409 {
			t.Errorf("HEAD: %d", a.Status)
		}
		if a := ask(t, d.url, "DELETE", where, nil, nil); a.Status != 204 {
			t.Errorf("DELETE: %d", a.Status)
		}
	}
	// What only the refused upload named is gone; what another names too is kept.
	info, err := d.Info(t.Context(), kept)
	if err != nil {
		t.Fatal(err)
	}
	want := append(info.Found.blobs(), shaOf(same))
	slices.Sort(want)
	if got := blobsIn(t, d.dir); !slices.Equal(got, want) {
		t.Errorf("blobs %v, want only %v", got, want)
	}
}

func TestUnfinishedUploadsExpire(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	asked, swept := begin(t, d.url, "item_photo", 100), begin(t, d.url, "item_photo", 100)
	send(t, d.url, asked, 0, strings.NewReader("12345"))
	d.advance(24*time.Hour - time.Second)
	if err := d.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, where := range []string{asked, swept} {
		if a := ask(t, d.url, "HEAD", where, nil, nil); a.Status != 200 {
			t.Fatalf("a second before: %d", a.Status)
		}
	}
	d.advance(time.Second)
	if a := send(t, d.url, asked, 5, strings.NewReader("6")); a.Status != 410 || a.Code != CodeUploadExpired {
		t.Errorf("PATCH: %d %s", a.Status, a.Code)
	}
	if err := d.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := ask(t, d.url, "HEAD", swept, nil, nil); a.Status != 404 {
		t.Errorf("HEAD after the sweep: %d", a.Status)
	}
	if left, err := filepath.Glob(filepath.Join(d.dir, "open", "*")); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestAPartyHasAFewOpenUploads(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, func(o *Options) { o.MaxOpen = 2 })
	started := begin(t, d.url, "item_photo", 100)
	send(t, d.url, started, 0, strings.NewReader("1"))
	unused := begin(t, d.url, "item_photo", 100)
	create := func(who string) answer {
		h := creation("item_photo", 100)
		h["Authorization"] = who
		return ask(t, d.url, "POST", "/api/uploads", h, nil)
	}
	if a := create("buyer b-1"); a.Status != 429 || a.Code != CodeRateLimited || a.Reason != ReasonTooManyOpen {
		t.Fatalf("a third: %d %s", a.Status, a.Code)
	}
	if a := create("buyer b-2"); a.Status != 201 {
		t.Errorf("somebody else's first: %d", a.Status)
	}
	// The same after a restart.
	d = open(t, dir, func(o *Options) { o.MaxOpen = 2 })
	if a := create("buyer b-1"); a.Status != 429 {
		t.Fatalf("a third after a restart: %d", a.Status)
	}
	// A creation whose answer was lost makes room; one with bytes does not.
	d.advance(2 * time.Minute)
	if a := create("buyer b-1"); a.Status != 201 {
		t.Fatalf("a third, when one was never used: %d", a.Status)
	}
	if a := ask(t, d.url, "HEAD", unused, nil, nil); a.Status != 404 {
		t.Errorf("the unused one: %d", a.Status)
	}
	if a := ask(t, d.url, "HEAD", started, nil, nil); a.Status != 200 {
		t.Errorf("the started one: %d", a.Status)
	}
	// Ending one makes room.
	if a := ask(t, d.url, "DELETE", started, nil, nil); a.Status != 204 {
		t.Fatal(a.Status)
	}
	if _, a := whole(t, d.url, "item_photo", jpegOf(t, 700, 700)); a.Status != 204 {
		t.Fatalf("after a deletion: %d", a.Status)
	}
	if a := create("buyer b-1"); a.Status != 201 {
		t.Errorf("after an acceptance: %d", a.Status)
	}
}

func TestAStartClearsWhatACrashLeft(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, nil)
	where := begin(t, d.url, "item_photo", 100)
	send(t, d.url, where, 0, strings.NewReader("12345"))
	id := string(idOf(where))
	for name, content := range map[string]string{
		"open/" + id + ".chunk":           "unconfirmed",
		"open/" + id + ".json.ABC.tmp":    "{",
		"open/e_017_LOSTITSRECORD.part":   "123",
		"blobs/ab/abcdef.HALFWRITTEN.tmp": "x",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d = open(t, dir, nil)
	left, err := filepath.Glob(filepath.Join(dir, "*", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for i := range left {
		left[i] = strings.TrimPrefix(left[i], dir+"/")
	}
	if got, want := strings.Join(left, " "), "blobs/ab open/"+id+".json open/"+id+".part"; got != want {
		t.Errorf("left %s\nwant %s", got, want)
	}
	if n := ask(t, d.url, "HEAD", where, nil, nil).offset(t); n != 5 {
		t.Errorf("offset %d", n)
	}
}

func TestAnAcceptedFileIsNotTakenForAnOpenOne(t *testing.T) {
	dir := t.TempDir()
	d := open(t, dir, nil)
	d.acceptWith(func(cases.Evidence) error { return errors.New("not yet") })
	where, _ := whole(t, d.url, "item_photo", jpegOf(t, 900, 900))
	record := filepath.Join(dir, openPath(idOf(where)))
	before, err := os.ReadFile(record)
	if err != nil {
		t.Fatal(err)
	}
	d.acceptWith(nil)
	if err := d.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	// It died after noting the acceptance and before removing the open record.
	if err := os.WriteFile(record, before, 0o600); err != nil {
		t.Fatal(err)
	}
	d = open(t, dir, nil)
	if err := d.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if a := ask(t, d.url, "HEAD", where, nil, nil); a.Status != 200 {
		t.Errorf("HEAD: %d", a.Status)
	}
	if _, calls := d.accepted(); calls != 0 {
		t.Errorf("accepted %d times more", calls)
	}
	if _, err := os.Stat(record); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the open record stays: %v", err)
	}
}

func TestOptionsMustBeWhole(t *testing.T) {
	if _, err := New(t.TempDir(), Options{}); err == nil {
		t.Error("an intake without functions")
	}
	whole := Options{Auth: auth, Refuse: refuse, Media: media, LinkKey: testKey[:10]}
	whole.Admit = func(_ context.Context, _ Party, _ Meta) error { return nil }
	whole.Accept = func(_ context.Context, _ Party, _ Meta, _ cases.Evidence) error { return nil }
	if _, err := New(t.TempDir(), whole); err == nil || !strings.Contains(err.Error(), "key") {
		t.Errorf("a short key: %v", err)
	}
	whole.LinkKey = testKey
	if _, err := New(filepath.Join(t.TempDir(), "missing"), whole); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a missing directory: %v", err)
	}
}
