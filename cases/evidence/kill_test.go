//go:build unix

package evidence

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"recourse/cases"
)

// The server of the kill test is this test binary, started again.
const (
	envDir = "EVIDENCE_TEST_DIR" // where to keep uploads; its presence makes the binary a server
	envDie = "EVIDENCE_TEST_DIE" // "before" or "after": kill yourself when Accept is called
)

func TestMain(m *testing.M) {
	if dir := os.Getenv(envDir); dir != "" {
		fmt.Fprintln(os.Stderr, serveForTest(dir, os.Getenv(envDie)))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// serveForTest runs until it is killed. Its case store is a file with a line per piece of
// evidence; "calls" has a line per call of Accept.
func serveForTest(dir, die string) error {
	appendLine := func(name, line string) error {
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(f, line)
		return errors.Join(err, f.Close())
	}
	killMe := func() error {
		if err := syscall.Kill(os.Getpid(), syscall.SIGKILL); err != nil {
			return err
		}
		select {} // until the signal arrives
	}
	root, err := os.OpenRoot(filepath.Join(dir, "evidence"))
	if err != nil {
		return err
	}
	point := func(name string) error {
		if name == die {
			return killMe()
		}
		return nil
	}
	in, err := New(filepath.Join(dir, "evidence"), Options{
		Blobs: &deadlyBlobs{dirBlobs: dirBlobs{root: root}, point: point}, Similar: &lineIndex{add: func(s Seen) error {
			return errors.Join(appendLine("index", string(s.ID)), point("noted"))
		}},
		Auth: auth, Refuse: refuse, Media: media, LinkKey: testKey,
		Admit: func(context.Context, Party, Meta) error { return nil },
		Accept: func(_ context.Context, _ Party, _ Meta, e cases.Evidence) error {
			if err := appendLine("calls", string(e.ID)); err != nil {
				return err
			}
			if die == "before" {
				return killMe()
			}
			line := fmt.Sprintf("%s %s %s", e.ID, e.SHA256, e.At.Format(time.RFC3339Nano))
			known, err := os.ReadFile(filepath.Join(dir, "case"))
			if err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
			switch {
			case strings.Contains(string(known), line): // again: the same evidence, told twice
			case strings.Contains(string(known), string(e.ID)):
				return fmt.Errorf("%s told otherwise than before", e.ID)
			default:
				if err := appendLine("case", line); err != nil {
					return err
				}
			}
			if die == "after" {
				return killMe()
			}
			return nil
		},
	})
	if err != nil {
		return err
	}
	if err := in.Finish(context.Background()); err != nil {
		return err
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Println("http://" + l.Addr().String())
	return http.Serve(l, in)
}

// deadlyBlobs die before and after each file is stored: "put 1", "stored 1", "put 2", …
type deadlyBlobs struct {
	dirBlobs
	point func(string) error
	n     int
}

func (b *deadlyBlobs) Put(ctx context.Context, blob Blob, src io.Reader, size int64) error {
	b.n++
	if err := b.point(fmt.Sprint("put ", b.n)); err != nil {
		return err
	}
	err := b.dirBlobs.Put(ctx, blob, src, size)
	return errors.Join(err, b.point(fmt.Sprint("stored ", b.n)))
}

// lineIndex is an index that finds nothing and writes down what it is told.
type lineIndex struct{ add func(Seen) error }

func (x *lineIndex) Add(_ context.Context, s Seen) error         { return x.add(s) }
func (x *lineIndex) Find(context.Context, Seen) ([]Match, error) { return nil, nil }
func (x *lineIndex) Remove(context.Context, Seen) error          { return nil }

// server is a running child.
type server struct {
	cmd *exec.Cmd
	url string // "": it died before it served
}

func start(t *testing.T, dir, die string) *server {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*deadline)
	s := &server{cmd: exec.CommandContext(ctx, os.Args[0])}
	s.cmd.Env = append(os.Environ(), envDir+"="+dir, envDie+"="+die)
	s.cmd.Stderr = os.Stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		s.kill(t)
		cancel()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	s.url = strings.TrimSpace(line)
	return s
}

// kill is kill -9 and waits for the end. Killing what is dead already is fine.
func (s *server) kill(t *testing.T) {
	t.Helper()
	if s.cmd.ProcessState != nil {
		return
	}
	if err := s.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		t.Fatal(err)
	}
	s.await(t)
}

// await waits until the child has died of SIGKILL.
func (s *server) await(t *testing.T) {
	t.Helper()
	err := s.cmd.Wait()
	status, ok := s.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if !ok || status.Signal() != syscall.SIGKILL {
		t.Fatalf("the server ended otherwise than by kill -9: %v", err)
	}
}

func lines(t *testing.T, name string) []string {
	t.Helper()
	b, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		t.Fatal(err)
	}
	return strings.FieldsFunc(string(b), func(r rune) bool { return r == '\n' })
}

func TestKillNineLosesNothingAndDoublesNothing(t *testing.T) {
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "evidence"), 0o700); err != nil {
		t.Fatal(err)
	}
	file := pngOf(t, noise(1400, 1000))
	size := int64(len(file))
	if size < 4<<20 {
		t.Fatalf("the picture has only %d bytes", size)
	}

	s := start(t, dir, "")
	where := begin(t, s.url, "item_photo", len(file))
	part := filepath.Join(dir, "evidence", partPath(idOf(where)))

	var acknowledged int64
	for round := range 4 {
		// One request that is answered, then one that is killed in the middle.
		to := acknowledged + 300_000
		a := send(t, s.url, where, acknowledged, bytes.NewReader(file[acknowledged:to]))
		if a.Status != 204 || a.offset(t) != to {
			t.Fatalf("round %d: %d %s", round, a.Status, a.Reason)
		}
		acknowledged = to

		body, write := io.Pipe()
		broke := make(chan error, 1)
		go func() {
			_, err := try(t, s.url, "PATCH", where, map[string]string{"Upload-Offset": fmt.Sprint(to)}, body)
			broke <- err
		}()
		sent := to + 200_000 + int64(round)*7
		if _, err := write.Write(file[to:sent]); err != nil {
			t.Fatal(err)
		}
		eventually(t, "some of the unanswered bytes are on file", func() bool {
			st, err := os.Stat(part)
			return err == nil && st.Size() > to
		})
		s.kill(t)
		write.CloseWithError(errors.New("the server is gone"))
		if err := receive(t, broke); err == nil {
			t.Fatal("the killed request was answered")
		}

		s = start(t, dir, "")
		at := ask(t, s.url, "HEAD", where, nil, nil).offset(t)
		if at < acknowledged || at > sent {
			t.Fatalf("round %d: offset %d after %d were acknowledged and %d sent", round, at, acknowledged, sent)
		}
		acknowledged = at
	}

	// Now it dies between the last byte and the case, then between the case and our note of it:
	// first in a request, then in the sweep at start.
	s.kill(t)
	s = start(t, dir, "before")
	if _, err := try(t, s.url, "PATCH", where, map[string]string{"Upload-Offset": fmt.Sprint(acknowledged)}, bytes.NewReader(file[acknowledged:])); err == nil {
		t.Fatal("answered although it died before the case had the file")
	}
	s.await(t)
	if got := lines(t, filepath.Join(dir, "case")); len(got) > 0 {
		t.Fatalf("in the case: %v", got)
	}
	for range 2 {
		s = start(t, dir, "after")
		if s.url != "" {
			t.Fatal("served although it should have died in the sweep")
		}
		s.await(t)
	}

	s = start(t, dir, "")
	if at := ask(t, s.url, "HEAD", where, nil, nil).offset(t); at != size {
		t.Errorf("offset %d of %d", at, size)
	}
	s.kill(t)
	s = start(t, dir, "") // once more: nothing is told again when it is noted
	if at := send(t, s.url, where, size, nil).offset(t); at != size {
		t.Errorf("offset %d of %d", at, size)
	}
	s.kill(t)

	if calls := lines(t, filepath.Join(dir, "calls")); len(calls) != 4 {
		t.Errorf("Accept was called %d times, want 4: died before, died after twice, done", len(calls))
	}
	got := lines(t, filepath.Join(dir, "case"))
	if len(got) != 1 || !strings.HasPrefix(got[0], string(idOf(where))+" "+shaOf(file)+" ") {
		t.Errorf("in the case: %v, want once %s %s", got, idOf(where), shaOf(file))
	}
	d := open(t, filepath.Join(dir, "evidence"), nil)
	if !bytes.Equal(stored(t, d.Intake, idOf(where)), file) {
		t.Error("other bytes came out than went in")
	}
}

func TestKillNineWhileCopiesAreMadeLeavesNothingTwice(t *testing.T) {
	for _, die := range []string{"noted", "put 1", "stored 1", "put 2", "stored 2", "put 3", "stored 3", "before", "after"} {
		t.Run(die, func(t *testing.T) {
			dir := t.TempDir()
			if err := os.Mkdir(filepath.Join(dir, "evidence"), 0o700); err != nil {
				t.Fatal(err)
			}
			file := jpegAt(t, scene(900, 700, 1), 90)
			s := start(t, dir, die)
			where := begin(t, s.url, "item_photo", len(file))
			if _, err := try(t, s.url, "PATCH", where, map[string]string{"Upload-Offset": "0"}, bytes.NewReader(file)); err == nil {
				t.Fatal("it was answered")
			}
			s.await(t)
			s = start(t, dir, "") // its sweep goes on
			if at := ask(t, s.url, "HEAD", where, nil, nil).offset(t); at != int64(len(file)) {
				t.Errorf("offset %d", at)
			}
			s.kill(t)
			d := open(t, filepath.Join(dir, "evidence"), nil)
			info, err := d.Info(t.Context(), idOf(where))
			if err != nil {
				t.Fatal(err)
			}
			want := append(info.Found.blobs(), shaOf(file))
			slices.Sort(want)
			if got := blobsIn(t, d.dir); len(got) != 3 || !slices.Equal(got, want) {
				t.Errorf("blobs %v, want %v", got, want)
			}
			for _, c := range []Copy{Original, View, Thumb} {
				f, what, err := d.OpenCopy(t.Context(), info, c)
				if err != nil {
					t.Fatal(err)
				}
				if b, err := io.ReadAll(f); err != nil || shaOf(b) != what.SHA256 {
					t.Errorf("%s has other bytes: %v", c, err)
				}
				if err := f.Close(); err != nil {
					t.Error(err)
				}
			}
			if got := lines(t, filepath.Join(dir, "case")); len(got) != 1 {
				t.Errorf("in the case: %v", got)
			}
			if got := lines(t, filepath.Join(dir, "index")); len(got) == 0 || slices.ContainsFunc(got, func(l string) bool { return l != string(idOf(where)) }) {
				t.Errorf("in the index: %v", got)
			}
		})
	}
}
