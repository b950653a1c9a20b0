package main

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"recourse/dialog"
)

// The tus client that browsers use, from the packages of the pages.
const tusClient = "../../web/ui/node_modules/tus-js-client"

// tusPlan tells testdata/tus_upload.cjs what to do.
type tusPlan struct {
	Module    string    `json:"module"`
	Endpoint  string    `json:"endpoint"`
	Token     string    `json:"token"`
	Case      string    `json:"case"`
	Chunk     int       `json:"chunk"`
	Algorithm string    `json:"algorithm"`
	Store     string    `json:"store,omitempty"` // a file for the URLs of unfinished uploads
	Files     []tusFile `json:"files"`
	Spoil     int       `json:"spoil,omitempty"` // how many checksums are to be wrong
	// Bytes after which it leaves without a word, or takes the upload back.
	LeaveAt     int `json:"leaveAt,omitempty"`
	TerminateAt int `json:"terminateAt,omitempty"`
}

type tusFile struct {
	Path string `json:"path"`
	Kind string `json:"kind"`
	Name string `json:"name"`
}

// tusLine is one thing that happened: a request by its method, an answer, or how it went on.
type tusLine struct {
	File    string `json:"file"`
	T       string `json:"t"` // POST, HEAD, PATCH, DELETE; answer; accepted, done, terminated, failed
	Offset  int    `json:"offset"`
	Method  string `json:"method"`
	Status  int    `json:"status"`
	Expires string `json:"expires"`
	URL     string `json:"url"`
	Error   string `json:"error"`
}

// tusWorld is a served demo with a draft that waits for evidence.
type tusWorld struct {
	*band
	dir string
}

func newTusWorld(t *testing.T, extra ...string) *tusWorld {
	t.Helper()
	if _, err := exec.LookPath("node"); err != nil {
		t.Skip("needs Node.js")
	}
	if _, err := os.Stat(tusClient); errors.Is(err, fs.ErrNotExist) {
		t.Skip("needs the packages of the pages (make setup)")
	}
	b := newBand(newWorld(t, extra...), "zh-CN")
	for _, s := range bandStory[:3] {
		s.do(b)
	}
	return &tusWorld{band: b, dir: t.TempDir()}
}

func (w *tusWorld) plan(files ...tusFile) tusPlan {
	module, err := filepath.Abs(tusClient)
	if err != nil {
		w.w.t.Fatal(err)
	}
	return tusPlan{
		Module: module, Endpoint: "http://" + w.w.addr + "/api/uploads", Token: w.buyer.session, Case: w.id,
		Chunk: 1 << 20, Algorithm: "sha256", Files: files,
	}
}

func (w *tusWorld) file(name, kind string, content []byte) tusFile {
	w.w.t.Helper()
	path := filepath.Join(w.dir, name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		w.w.t.Fatal(err)
	}
	return tusFile{Path: path, Kind: kind, Name: name}
}

// run runs the client to its end and returns all that happened; on is called for each line as it comes.
func (w *tusWorld) run(plan tusPlan, on func(tusLine)) []tusLine {
	t := w.w.t
	t.Helper()
	raw, err := json.Marshal(plan)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 3*patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "node", "testdata/tus_upload.cjs")
	cmd.Env = append(os.Environ(), "TUS_PLAN="+string(raw))
	var complaints bytes.Buffer
	cmd.Stderr = &complaints
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var lines []tusLine
	scan := bufio.NewScanner(out)
	for scan.Scan() {
		var l tusLine
		if err := json.Unmarshal(scan.Bytes(), &l); err != nil {
			t.Fatalf("the client said %q: %v", scan.Bytes(), err)
		}
		lines = append(lines, l)
		if on != nil {
			on(l)
		}
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("the client ended with %v: %s", err, complaints.String())
	}
	return lines
}

// bigFilm is an MP4 as far as its boxes tell, with this many bytes of film that no compression would shorten.
func bigFilm(size int) []byte {
	box := func(kind string, body []byte) []byte {
		b := binary.BigEndian.AppendUint32(nil, uint32(len(body)+8))
		return append(append(b, kind...), body...)
	}
	u32 := func(vs ...uint32) (b []byte) {
		for _, v := range vs {
			b = binary.BigEndian.AppendUint32(b, v)
		}
		return b
	}
	frames := make([]byte, size)
	r := rand.NewChaCha8([32]byte{7})
	_, _ = r.Read(frames) // never fails
	mvhd := box("mvhd", append(u32(0, 0, 0, 1000, 30_000), make([]byte, 80)...))
	hdlr := box("hdlr", append(append(u32(0, 0), "vide"...), make([]byte, 12)...))
	return bytes.Join([][]byte{
		box("ftyp", append(append([]byte("isom"), u32(0)...), "isom"...)),
		box("mdat", frames),
		box("moov", append(mvhd, box("trak", box("mdia", hdlr))...)),
	}, nil)
}

func shaHex(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// hasOnce holds the case to one piece per file: these bytes, of this kind, to be had under their link.
func (w *tusWorld) hasOnce(kind string, content []byte) {
	t := w.w.t
	t.Helper()
	has := func(v *dialog.CaseView) (found []dialog.EvidenceView) {
		for _, e := range v.Evidence {
			if e.Kind == kind {
				found = append(found, e)
			}
		}
		return found
	}
	w.buyer.await(kind+" in the case", func() bool { return w.buyer.state.Case != nil && len(has(w.buyer.state.Case)) > 0 })
	found := has(w.buyer.state.Case)
	if len(found) != 1 || found[0].SHA256 != shaHex(content) || found[0].Bytes != int64(len(content)) {
		t.Fatalf("the case has %+v, want one piece of %d bytes with %s", found, len(content), shaHex(content))
	}
	if status, got := w.w.call("GET", found[0].URL, "", nil, nil); status != http.StatusOK || shaHex(got) != shaHex(content) {
		t.Errorf("the link of %s answers %d with %d bytes, which are not what was uploaded", kind, status, len(got))
	}
	told := func() (n int) {
		for _, e := range w.buyer.entries {
			if e.Kind == dialog.Upload && e.Evidence.Kind == kind {
				n++
			}
		}
		return n
	}
	w.buyer.await(kind+" in the chat", func() bool { return told() > 0 })
	if n := told(); n != 1 {
		t.Errorf("the chat tells of %s %d times", kind, n)
	}
}

func TestTheBrowsersTusClientSurvivesKillNineOfTheServer(t *testing.T) {
	for store, args := range stores {
		for _, algorithm := range []string{"sha256", "sha1"} {
			t.Run(store+" "+algorithm, func(t *testing.T) {
				t.Parallel()
				w := newTusWorld(t, args(t)...)
				film, picture := bigFilm(21<<20), photo(5)
				video := w.file("unboxing.mp4", "unboxing_video", film)
				still := w.file("item.jpg", "item_photo", picture)
				plan := w.plan(video, still)
				plan.Algorithm, plan.Spoil = algorithm, 1

				kills, promised := []int{4 << 20, 13 << 20}, 0
				var resumed []int
				lines := w.run(plan, func(l tusLine) {
					switch {
					case l.File != "unboxing.mp4":
					case l.T == "accepted":
						promised = l.Offset
						if len(kills) > 0 && l.Offset >= kills[0] {
							kills = kills[1:]
							resumed = append(resumed, l.Offset)
							w.w.crash()
						}
					case l.T == "PATCH" && l.Offset < promised:
						t.Errorf("bytes up to %d were acknowledged and were sent again from %d", promised, l.Offset)
					}
				})
				if len(resumed) != 2 {
					t.Fatalf("the server was killed %d times, want 2", len(resumed))
				}
				count := map[string]int{}
				for _, l := range lines {
					if l.T == "failed" {
						t.Errorf("%s failed: %s", l.File, l.Error)
					}
					if l.T == "answer" && l.Status == 460 {
						count["460"]++
					}
					if l.File == "unboxing.mp4" {
						count[l.T]++
					}
					if l.T == "answer" && l.Method == "POST" && l.Expires == "" {
						t.Error("a new upload does not say when it expires")
					}
				}
				if count["POST"] != 1 || count["done"] != 1 || count["HEAD"] < 2 {
					t.Errorf("one creation, one end and a question for the offset after each kill were wanted: %v", count)
				}
				if count["460"] != 2 { // one spoilt checksum of each file
					t.Errorf("%d spoilt checksums were noticed, want 2", count["460"])
				}
				w.hasOnce("unboxing_video", film)
				w.hasOnce("item_photo", picture)
			})
		}
	}
}

func TestTheBrowsersTusClientGoesOnAfterItsPageWasGone(t *testing.T) {
	t.Parallel()
	w := newTusWorld(t)
	film := bigFilm(6 << 20)
	plan := w.plan(w.file("unboxing.mp4", "unboxing_video", film))
	plan.Store = filepath.Join(w.dir, "urls.json")
	plan.LeaveAt = 2 << 20
	w.run(plan, nil)

	plan.LeaveAt = 0
	var methods []string
	first := -1
	for _, l := range w.run(plan, nil) {
		switch l.T {
		case "HEAD", "POST":
			methods = append(methods, l.T)
		case "PATCH":
			if first < 0 {
				first = l.Offset
			}
		case "failed":
			t.Fatal(l.Error)
		}
	}
	if strings.Join(methods, " ") != "HEAD" || first < 2<<20 {
		t.Errorf("it asked %v and went on from %d, want one HEAD and no byte of the first 2 MiB again", methods, first)
	}
	w.hasOnce("unboxing_video", film)
}

func TestAnUploadThatIsGoneIsBegunAnew(t *testing.T) {
	t.Parallel()
	w := newTusWorld(t)
	film := bigFilm(5 << 20)
	plan := w.plan(w.file("unboxing.mp4", "unboxing_video", film))
	plan.Store = filepath.Join(w.dir, "urls.json")

	// Taken back: the server forgets it, and so does the client.
	plan.TerminateAt = 2 << 20
	var gone string
	for _, l := range w.run(plan, nil) {
		if l.T == "terminated" {
			gone = l.URL
		}
	}
	if gone == "" {
		t.Fatal("the upload could not be taken back")
	}
	head := func() int {
		status, _ := w.w.call("HEAD", strings.TrimPrefix(gone, "http://"+w.w.addr), w.buyer.session, map[string]string{"Tus-Resumable": "1.0.0"}, nil)
		return status
	}
	if status := head(); status != http.StatusNotFound {
		t.Errorf("an upload that was taken back answers %d", status)
	}

	// Left unfinished for longer than it is kept: the URL is stale, the file goes up all the same.
	plan.TerminateAt, plan.LeaveAt = 0, 2<<20
	var expires time.Time
	for _, l := range w.run(plan, nil) {
		if l.T == "answer" && l.Method == "POST" {
			var err error
			if expires, err = time.Parse(http.TimeFormat, l.Expires); err != nil {
				t.Fatal(err)
			}
		}
	}
	if expires.IsZero() {
		t.Fatal("the upload does not say when it expires")
	}
	w.w.advance("25h")
	plan.LeaveAt = 0
	var statuses []int
	for _, l := range w.run(plan, nil) {
		if l.T == "answer" && l.Method != "PATCH" {
			statuses = append(statuses, l.Status)
		}
		if l.T == "failed" {
			t.Fatal(l.Error)
		}
	}
	if len(statuses) != 2 || statuses[0] != http.StatusGone || statuses[1] != http.StatusCreated {
		t.Errorf("answers %v, want 410 for the stale URL and then a new upload", statuses)
	}
	w.hasOnce("unboxing_video", film)
}
