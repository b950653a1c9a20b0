package s3blobs

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sony/gobreaker/v2"

	"recourse/cases/evidence"
)

func open(t *testing.T, cfg Config) *Store {
	t.Helper()
	s, err := Open(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

var blob = evidence.Blob{Of: "e_001_A", SHA256: strings.Repeat("ab", 32)}

func TestABucketKeepsFiles(t *testing.T) {
	each(t, func(t *testing.T, cfg Config) {
		s := open(t, cfg)
		content := bytes.Repeat([]byte("0123456789"), 100_000)
		if _, err := s.Open(t.Context(), blob); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("before: %v", err)
		}
		for range 2 {
			if err := s.Put(t.Context(), blob, bytes.NewReader(content), int64(len(content))); err != nil {
				t.Fatal(err)
			}
		}
		// A source that can be read once, as a film's view is.
		once := evidence.Blob{Of: blob.Of, SHA256: strings.Repeat("cd", 32)}
		if err := s.Put(t.Context(), once, io.LimitReader(bytes.NewReader(content), 5000), 5000); err != nil {
			t.Fatal(err)
		}
		f, err := s.Open(t.Context(), blob)
		if err != nil {
			t.Fatal(err)
		}
		if end, err := f.Seek(0, io.SeekEnd); err != nil || end != int64(len(content)) {
			t.Errorf("ends at %d, %v", end, err)
		}
		if _, err := f.Seek(500_003, io.SeekStart); err != nil {
			t.Error(err)
		}
		part := make([]byte, 7)
		if _, err := io.ReadFull(f, part); err != nil || string(part) != "3456789" {
			t.Errorf("read %q, %v", part, err)
		}
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			t.Error(err)
		}
		if all, err := io.ReadAll(f); err != nil || !bytes.Equal(all, content) {
			t.Errorf("%d bytes, %v", len(all), err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		// Another upload of the same content has its own.
		twin := evidence.Blob{Of: "e_001_B", SHA256: blob.SHA256}
		if err := s.Put(t.Context(), twin, bytes.NewReader(content), int64(len(content))); err != nil {
			t.Fatal(err)
		}
		for range 2 {
			if err := s.Delete(t.Context(), blob); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Open(t.Context(), blob); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after: %v", err)
		}
		f, err = s.Open(t.Context(), twin)
		if err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
}

func TestABucketKeepsRecords(t *testing.T) {
	each(t, func(t *testing.T, cfg Config) {
		s := open(t, cfg)
		if _, err := s.Record(t.Context(), "e_001_A"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("before: %v", err)
		}
		for _, text := range []string{"{}", `{"id":"e_001_A"}`} {
			if err := s.PutRecord(t.Context(), "e_001_A", []byte(text)); err != nil {
				t.Fatal(err)
			}
			if raw, err := s.Record(t.Context(), "e_001_A"); err != nil || string(raw) != text {
				t.Errorf("%q, %v", raw, err)
			}
		}
		for range 2 {
			if err := s.DeleteRecord(t.Context(), "e_001_A"); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.Record(t.Context(), "e_001_A"); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after: %v", err)
		}
	})
}

func TestWrongKeysAndBucketsAreSaid(t *testing.T) {
	each(t, func(t *testing.T, cfg Config) {
		wrong := cfg
		wrong.Secret = "another"
		if _, err := Open(t.Context(), wrong); err == nil {
			t.Error("a wrong secret opens it")
		}
		wrong = cfg
		wrong.Bucket = "no-such-bucket"
		if _, err := Open(t.Context(), wrong); err == nil {
			t.Error("a bucket that is not there opens")
		}
	})
}

func TestFaultsThatPassAreTriedAgain(t *testing.T) {
	server := newSmall(t)
	s := open(t, server.config())
	left := 2
	server.fail(func(r *http.Request) int {
		if r.Method == http.MethodPut && left > 0 {
			left--
			return 503
		}
		return 0
	})
	content := []byte("all of it")
	if err := s.Put(t.Context(), blob, bytes.NewReader(content), int64(len(content))); err != nil {
		t.Fatal(err)
	}
	f, err := s.Open(t.Context(), blob)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := io.ReadAll(f); err != nil || !bytes.Equal(all, content) {
		t.Errorf("%q, %v: a second attempt must begin at the beginning", all, err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if got := server.keys(); !slices.Equal(got, []string{"a/b/blobs/e_001_A/" + blob.SHA256}) {
		t.Errorf("objects %q", got)
	}
}

func TestARefusalIsNotTriedAgain(t *testing.T) {
	server := newSmall(t)
	s := open(t, server.config())
	server.fail(func(r *http.Request) int {
		if r.Method == http.MethodPut {
			return 403
		}
		return 0
	})
	if err := s.Put(t.Context(), blob, strings.NewReader("x"), 1); err == nil {
		t.Fatal("it was taken")
	}
	if n := server.count(http.MethodPut); n != 1 {
		t.Errorf("asked %d times", n)
	}
}

func TestAStoreThatIsDownFailsAtOnce(t *testing.T) {
	server := newSmall(t)
	s := open(t, server.config())
	s.retry = time.Millisecond
	server.fail(func(*http.Request) int { return 500 })
	for range 5 {
		if err := s.Delete(t.Context(), blob); err == nil {
			t.Fatal("no error")
		}
	}
	before := server.count(http.MethodDelete)
	if err := s.Delete(t.Context(), blob); !errors.Is(err, gobreaker.ErrOpenState) {
		t.Errorf("the breaker is not open: %v", err)
	}
	if n := server.count(http.MethodDelete); n != before {
		t.Errorf("asked %d times more", n-before)
	}
}

func TestACallEndsWithItsContext(t *testing.T) {
	server := newSmall(t)
	s := open(t, server.config())
	release := make(chan struct{})
	t.Cleanup(func() { close(release) })
	server.fail(func(r *http.Request) int {
		select {
		case <-r.Context().Done():
		case <-release:
		}
		return 500
	})
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Put(ctx, blob, strings.NewReader("x"), 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
}

func TestParse(t *testing.T) {
	env := func(k string) string { return map[string]string{EnvAccess: "a", EnvSecret: "s"}[k] }
	for spec, want := range map[string]Config{
		"s3://b": {Endpoint: "s3.amazonaws.com", Bucket: "b", Access: "a", Secret: "s"},
		"s3://b/x/y/?endpoint=http://127.0.0.1:9000&region=r&style=path": {
			Endpoint: "127.0.0.1:9000", Plain: true, Region: "r", Bucket: "b", Prefix: "x/y", PathStyle: true, Access: "a", Secret: "s",
		},
		"s3://b?endpoint=oss-cn-hangzhou.aliyuncs.com": {Endpoint: "oss-cn-hangzhou.aliyuncs.com", Bucket: "b", Access: "a", Secret: "s"},
	} {
		if got, err := Parse(spec, env); err != nil || got != want {
			t.Errorf("%s: %+v, %v", spec, got, err)
		}
	}
	for _, spec := range []string{"", "b", "s3://", "http://b", "s3://u:p@b", "s3://b?endpont=x", "s3://b?style=odd", "s3://b?endpoint=ftp://x", "s3://b?endpoint=https://x/path"} {
		if got, err := Parse(spec, env); err == nil {
			t.Errorf("%q is taken as %+v", spec, got)
		}
	}
	if _, err := Parse("s3://b", func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), EnvAccess) {
		t.Errorf("without keys: %v", err)
	}
}
