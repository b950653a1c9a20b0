package evidence

import (
	"bytes"
	"crypto/sha1"
	"encoding/base64"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/cases"
)

func TestProtocol(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	half := begin(t, d.url, "item_photo", 10)
	if a := send(t, d.url, half, 0, strings.NewReader("12345")); a.Status != 204 {
		t.Fatalf("half an upload: %+v", a)
	}
	h := func(pairs ...string) map[string]string {
		m := make(map[string]string)
		for i := 0; i < len(pairs); i += 2 {
			m[pairs[i]] = pairs[i+1]
		}
		return m
	}
	with := func(m map[string]string, pairs ...string) map[string]string {
		m = maps.Clone(m)
		maps.Copy(m, h(pairs...))
		return m
	}
	good := creation("item_photo", 100)
	meta := func(pairs ...string) map[string]string { return with(good, "Upload-Metadata", metadata(pairs...)) }

	tests := []struct {
		name, method, where string
		headers             map[string]string
		body                string
		status              int
		reason              Reason
	}{
		{name: "options need nobody", method: "OPTIONS", where: "/api/uploads", headers: h("Authorization", "-", "Tus-Resumable", "-"), status: 204},
		{name: "a creation", method: "POST", where: "/api/uploads", headers: good, status: 201},
		{name: "a creation under a slash", method: "POST", where: "/api/uploads/", headers: good, status: 201},
		{name: "another version", method: "POST", where: "/api/uploads", headers: with(good, "Tus-Resumable", "0.2.2"), status: 412, reason: ReasonVersion},
		{name: "no version", method: "POST", where: "/api/uploads", headers: with(good, "Tus-Resumable", "-"), status: 412, reason: ReasonVersion},
		{name: "nobody", method: "POST", where: "/api/uploads", headers: with(good, "Authorization", "-"), status: 401},
		{name: "no length", method: "POST", where: "/api/uploads", headers: with(good, "Upload-Length", "-"), status: 400, reason: ReasonLength},
		{name: "a negative length", method: "POST", where: "/api/uploads", headers: with(good, "Upload-Length", "-1"), status: 400, reason: ReasonLength},
		{name: "a length past counting", method: "POST", where: "/api/uploads", headers: with(good, "Upload-Length", "9223372036854775808"), status: 400, reason: ReasonLength},
		{name: "a length to be told later", method: "POST", where: "/api/uploads", headers: with(good, "Upload-Length", "-", "Upload-Defer-Length", "1"), status: 400, reason: ReasonLength},
		{name: "nothing to upload", method: "POST", where: "/api/uploads", headers: with(good, "Upload-Length", "0"), status: 422, reason: ReasonEmpty},
		{name: "a picture too large", method: "POST", where: "/api/uploads", headers: creation("item_photo", 10<<20+1), status: 413, reason: ReasonTooLarge},
		{name: "a video as large as allowed", method: "POST", where: "/api/uploads", headers: creation("unboxing_video", 100<<20), status: 201},
		{name: "a video too large", method: "POST", where: "/api/uploads", headers: creation("fault_video", 100<<20+1), status: 413, reason: ReasonTooLarge},
		{name: "no metadata", method: "POST", where: "/api/uploads", headers: with(good, "Upload-Metadata", "-"), status: 400, reason: ReasonMetadata},
		{name: "a case that is a path", method: "POST", where: "/api/uploads", headers: meta("case", "../../c_017_A", "kind", "item_photo"), status: 400, reason: ReasonMetadata},
		{name: "an unknown kind", method: "POST", where: "/api/uploads", headers: meta("case", testCase, "kind", "selfie"), status: 422, reason: ReasonUnknownKind},
		{name: "a kind of text", method: "POST", where: "/api/uploads", headers: meta("case", testCase, "kind", "statement"), status: 422, reason: ReasonUnknownKind},
		{name: "a case that takes no more", method: "POST", where: "/api/uploads", headers: meta("case", "c_017_LOCKED", "kind", "item_photo"), status: 409, reason: "locked"},
		{name: "a list of uploads", method: "GET", where: "/api/uploads", status: 405, reason: ReasonMethod},
		{name: "reading an upload", method: "GET", where: half, status: 405, reason: ReasonMethod},

		{name: "an offset", method: "HEAD", where: half, status: 200},
		{name: "the offset for somebody else", method: "HEAD", where: half, headers: h("Authorization", "buyer b-2"), status: 404},
		{name: "the offset for a shop of the same name", method: "HEAD", where: half, headers: h("Authorization", "merchant b-1"), status: 404},
		{name: "an unknown upload", method: "HEAD", where: "/api/uploads/e_017_ABCDEF", status: 404},
		{name: "a path upwards", method: "HEAD", where: "/api/uploads/..%2f..%2fetc%2fpasswd", status: 404},
		{name: "a path to the record", method: "HEAD", where: half + ".json", status: 404},
		{name: "a path below", method: "HEAD", where: half + "/x", status: 404},
		{name: "a name with a zero byte", method: "HEAD", where: "/api/uploads/e_017_A%00", status: 404},

		{name: "another content type", method: "PATCH", where: half, headers: h("Upload-Offset", "5", "Content-Type", "application/octet-stream"), body: "x", status: 415, reason: ReasonContentType},
		{name: "no offset", method: "PATCH", where: half, body: "x", status: 400, reason: ReasonOffset},
		{name: "an offset before", method: "PATCH", where: half, headers: h("Upload-Offset", "0"), body: "12345", status: 409, reason: ReasonOffset},
		{name: "an offset ahead", method: "PATCH", where: half, headers: h("Upload-Offset", "6"), body: "x", status: 409, reason: ReasonOffset},
		{name: "more bytes than were announced", method: "PATCH", where: half, headers: h("Upload-Offset", "5"), body: "123456", status: 413, reason: ReasonTooLarge},
		{name: "no bytes", method: "PATCH", where: half, headers: h("Upload-Offset", "5"), status: 204},
		{name: "bytes of somebody else", method: "PATCH", where: half, headers: h("Upload-Offset", "5", "Authorization", "buyer b-2"), body: "x", status: 404, reason: ReasonNotFound},
		{name: "an unknown checksum", method: "PATCH", where: half, headers: h("Upload-Offset", "5", "Upload-Checksum", "md5 AAAA"), body: "x", status: 400, reason: ReasonChecksum},
		{name: "a malformed checksum", method: "PATCH", where: half, headers: h("Upload-Offset", "5", "Upload-Checksum", "sha1 !"), body: "x", status: 400, reason: ReasonChecksum},
		{name: "a wrong checksum", method: "PATCH", where: half, headers: h("Upload-Offset", "5", "Upload-Checksum", "sha1 "+base64.StdEncoding.EncodeToString(make([]byte, 20))), body: "x", status: 460, reason: ReasonChecksum},
		{name: "a method in a header", method: "POST", where: half, headers: h("X-HTTP-Method-Override", "PATCH", "Upload-Offset", "5", "Content-Type", "application/offset+octet-stream"), status: 204},

		{name: "taking back what is somebody else's", method: "DELETE", where: half, headers: h("Authorization", "buyer b-2"), status: 404, reason: ReasonNotFound},
		{name: "the offset after all this", method: "HEAD", where: half, status: 200},
		{name: "taking back", method: "DELETE", where: half, status: 204},
		{name: "the offset of what was taken back", method: "HEAD", where: half, status: 404},
		{name: "bytes for what was taken back", method: "PATCH", where: half, headers: h("Upload-Offset", "5"), body: "x", status: 404, reason: ReasonNotFound},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := ask(t, d.url, tt.method, tt.where, tt.headers, strings.NewReader(tt.body))
			if a.Status != tt.status || a.Reason != tt.reason {
				t.Fatalf("got %d %s %q, want %d %q", a.Status, a.Code, a.Reason, tt.status, tt.reason)
			}
			if got := a.Header.Get("Tus-Resumable"); got != "1.0.0" {
				t.Errorf("Tus-Resumable: %q", got)
			}
			switch {
			case a.Status == 200:
				if a.offset(t) != 5 || a.Header.Get("Upload-Length") != "10" || a.Header.Get("Cache-Control") != "no-store" {
					t.Errorf("HEAD says %v", a.Header)
				}
			case a.Status == 201:
				if !strings.HasPrefix(a.Header.Get("Location"), "/api/uploads/e_017_") || a.Header.Get("Upload-Expires") != "Tue, 24 Nov 2026 08:00:00 GMT" {
					t.Errorf("POST says %v", a.Header)
				}
			case tt.method == "OPTIONS":
				if a.Header.Get("Tus-Version") != "1.0.0" || a.Header.Get("Tus-Checksum-Algorithm") != "sha1,sha256" || a.Header.Get("Tus-Max-Size") != "104857600" {
					t.Errorf("OPTIONS says %v", a.Header)
				}
			}
		})
	}
}

func TestAFileArrivesInPieces(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	file := pngOf(t, noise(700, 500))
	where := begin(t, d.url, "item_photo", len(file))
	var at int64
	for at < int64(len(file)) {
		to := min(at+300_000, int64(len(file)))
		a := send(t, d.url, where, at, bytes.NewReader(file[at:to]))
		if a.Status != 204 || a.offset(t) != to {
			t.Fatalf("piece at %d: %d %s %s", at, a.Status, a.Code, a.Reason)
		}
		at = ask(t, d.url, "HEAD", where, nil, nil).offset(t)
	}
	id := idOf(where)
	want := map[cases.EvidenceID]cases.Evidence{id: {
		ID: id, Kind: "item_photo", Party: cases.Buyer, Media: "image/png", Bytes: int64(len(file)),
		SHA256: shaOf(file), Name: "a.jpg", At: d.clock(),
	}}
	got, calls := d.accepted()
	if diff := cmp.Diff(want, got); diff != "" || calls != 1 {
		t.Errorf("%d calls\n%s", calls, diff)
	}
	if !bytes.Equal(stored(t, d.Intake, id), file) {
		t.Error("other bytes came out than went in")
	}

	// The client did not hear the last answer and sends an empty end.
	if a := send(t, d.url, where, at, nil); a.Status != 204 || a.offset(t) != at {
		t.Errorf("an empty end: %d %s", a.Status, a.Reason)
	}
	if a := ask(t, d.url, "DELETE", where, nil, nil); a.Status != 409 || a.Code != CodeUploadDone {
		t.Errorf("taking back what is in the case: %d %s", a.Status, a.Code)
	}
	if _, calls := d.accepted(); calls != 1 {
		t.Errorf("accepted %d times", calls)
	}
	if left, err := filepath.Glob(filepath.Join(d.dir, "open", "*")); err != nil || len(left) > 0 {
		t.Errorf("left over: %v, %v", left, err)
	}
}

func TestAHEICWithoutATypeIsNormal(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	file := heifOf("heic", [2]uint32{4032, 3024})
	for _, typ := range []string{"", "application/octet-stream"} {
		a := ask(t, d.url, "POST", "/api/uploads", map[string]string{
			"Upload-Length":   strconv.Itoa(len(file)),
			"Upload-Metadata": metadata("case", testCase, "kind", "item_photo", "filename", "IMG_1.HEIC", "filetype", typ),
		}, nil)
		where := a.Header.Get("Location")
		if a := send(t, d.url, where, 0, bytes.NewReader(file)); a.Status != 204 {
			t.Fatalf("type %q: %d %s", typ, a.Status, a.Reason)
		}
		if got, _ := d.accepted(); got[idOf(where)].Media != "image/heic" {
			t.Errorf("type %q: %+v", typ, got)
		}
	}
}

func TestChecksumsDecideWhetherBytesCount(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	file := palettedPNG(t, 800, 600)
	where := begin(t, d.url, "item_photo", len(file))
	part := func(offset int, content, sum []byte) answer {
		return ask(t, d.url, "PATCH", where, map[string]string{
			"Upload-Offset": strconv.Itoa(offset), "Upload-Checksum": "sha1 " + base64.StdEncoding.EncodeToString(sum),
		}, bytes.NewReader(content))
	}
	head, tail := file[:50], file[50:]
	headSum, tailSum := sha1.Sum(head), sha1.Sum(tail)
	if a := part(0, head, tailSum[:]); a.Status != 460 {
		t.Fatalf("a wrong sum: %d", a.Status)
	}
	if n := ask(t, d.url, "HEAD", where, nil, nil).offset(t); n != 0 {
		t.Fatalf("bytes with a wrong sum count: %d", n)
	}
	if a := part(0, head, headSum[:]); a.Status != 204 || a.offset(t) != 50 {
		t.Fatalf("a right sum: %d %s", a.Status, a.Reason)
	}
	// A connection that breaks: the sum cannot be known, so nothing of it counts.
	broken, write := io.Pipe()
	go func() {
		_, err := write.Write(tail[:10])
		write.CloseWithError(errors.Join(errors.New("hung up"), err))
	}()
	if _, err := try(t, d.url, "PATCH", where, map[string]string{
		"Upload-Offset": "50", "Upload-Checksum": "sha1 " + base64.StdEncoding.EncodeToString(tailSum[:]),
	}, broken); err == nil {
		t.Fatal("the broken request was answered")
	}
	if n := ask(t, d.url, "HEAD", where, nil, nil).offset(t); n != 50 {
		t.Fatalf("unconfirmed bytes count: %d", n)
	}
	if a := part(50, tail, tailSum[:]); a.Status != 204 {
		t.Fatalf("the rest: %d %s", a.Status, a.Reason)
	}
	if !bytes.Equal(stored(t, d.Intake, idOf(where)), file) {
		t.Error("other bytes came out than went in")
	}
}

func TestALaterRequestTakesOverFromOneThatHangs(t *testing.T) {
	d := open(t, t.TempDir(), func(o *Options) { o.Stall = 30 * time.Millisecond })
	file := palettedPNG(t, 2000, 1500)
	where := begin(t, d.url, "item_photo", len(file))
	body, write := io.Pipe()
	older := make(chan answer, 1)
	go func() {
		a, err := try(t, d.url, "PATCH", where, map[string]string{"Upload-Offset": "0"}, body)
		if err != nil {
			t.Log(err)
		}
		older <- a
	}()
	if _, err := write.Write(file[:100]); err != nil {
		t.Fatal(err)
	}
	part := filepath.Join(d.dir, "open", string(idOf(where))+".part")
	eventually(t, "the first bytes are on file", func() bool {
		st, err := os.Stat(part)
		return err == nil && st.Size() == 100
	})

	// Strangers do not interrupt it.
	if a := ask(t, d.url, "HEAD", where, map[string]string{"Authorization": "buyer b-2"}, nil); a.Status != 404 {
		t.Fatalf("a stranger: %d", a.Status)
	}
	select {
	case a := <-older:
		t.Fatalf("a stranger interrupted the upload: %+v", a)
	default:
	}

	// The older request hangs in the middle of its body. The client has given it up.
	if n := ask(t, d.url, "HEAD", where, nil, nil).offset(t); n != 100 {
		t.Fatalf("offset %d", n)
	}
	if a := send(t, d.url, where, 100, bytes.NewReader(file[100:])); a.Status != 204 {
		t.Fatalf("going on: %d %s %s", a.Status, a.Code, a.Reason)
	}
	if err := write.Close(); err != nil {
		t.Fatal(err)
	}
	if a := receive(t, older); a.Status != 423 || a.Reason != ReasonTakenOver {
		t.Errorf("the older request: %d %s", a.Status, a.Reason)
	}
	if !bytes.Equal(stored(t, d.Intake, idOf(where)), file) {
		t.Error("other bytes came out than went in")
	}
}

func TestARequestWhoseBytesFlowIsNotInterrupted(t *testing.T) {
	d := open(t, t.TempDir(), func(o *Options) { o.TakeOver, o.Stall = 30*time.Millisecond, deadline })
	file := palettedPNG(t, 2000, 1500)
	where := begin(t, d.url, "item_photo", len(file))
	body, write := io.Pipe()
	older := make(chan answer, 1)
	go func() {
		a, err := try(t, d.url, "PATCH", where, map[string]string{"Upload-Offset": "0"}, body)
		if err != nil {
			t.Log(err)
		}
		older <- a
	}()
	if _, err := write.Write(file[:100]); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the first bytes are on file", func() bool {
		n, err := d.uploads.size(idOf(where))
		return err == nil && n == 100
	})
	if a := send(t, d.url, where, 100, bytes.NewReader(file[100:])); a.Status != 423 || !a.Retry {
		t.Errorf("the later request: %d %s", a.Status, a.Reason)
	}
	if _, err := write.Write(file[100:]); err != nil {
		t.Fatal(err)
	}
	if err := write.Close(); err != nil {
		t.Fatal(err)
	}
	if a := receive(t, older); a.Status != 204 {
		t.Errorf("the older request: %d %s", a.Status, a.Reason)
	}
	if !bytes.Equal(stored(t, d.Intake, idOf(where)), file) {
		t.Error("other bytes came out than went in")
	}
}

func TestARequestThatCannotBeStoppedIsWaitedFor(t *testing.T) {
	d := open(t, t.TempDir(), func(o *Options) { o.TakeOver = 20 * time.Millisecond })
	file := palettedPNG(t, 800, 600)
	where := begin(t, d.url, "item_photo", len(file))
	in, out := make(chan struct{}), make(chan struct{})
	d.acceptWith(func(cases.Evidence) error {
		close(in)
		select {
		case <-out:
			return nil
		case <-time.After(deadline):
			return errors.New("nobody let the case go on")
		}
	})
	first := make(chan answer, 1)
	go func() {
		a, err := try(t, d.url, "PATCH", where, map[string]string{"Upload-Offset": "0"}, bytes.NewReader(file))
		if err != nil {
			t.Log(err)
		}
		first <- a
	}()
	receive(t, in)
	a := ask(t, d.url, "HEAD", where, nil, nil)
	if a.Status != 423 || a.Header.Get("Retry-After") == "" {
		t.Errorf("while the case takes it in: %d", a.Status)
	}
	d.Intake.uploadsBusy(t, idOf(where))
	close(out)
	if a := receive(t, first); a.Status != 204 {
		t.Errorf("the first: %d %s", a.Status, a.Reason)
	}
}

// uploadsBusy checks that the sweep leaves an upload in use alone.
func (in *Intake) uploadsBusy(t *testing.T, id cases.EvidenceID) {
	t.Helper()
	if err := in.Finish(t.Context()); err != nil {
		t.Errorf("sweep over %s in use: %v", id, err)
	}
}

func TestConcurrentWritersLeaveOneFileAcceptedOnce(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	file := pngOf(t, noise(700, 300))
	where := begin(t, d.url, "item_photo", len(file))
	var group sync.WaitGroup
	for range 6 {
		group.Go(func() {
			// Each does what a client does: ask, send the rest, begin again when told to.
			for range 200 {
				a, err := try(t, d.url, "HEAD", where, nil, nil)
				if err != nil || a.Status == 423 {
					continue
				}
				at, ok := number(a.Header.Get("Upload-Offset"))
				if !ok {
					t.Errorf("HEAD: %d", a.Status)
					return
				}
				if at == int64(len(file)) {
					return
				}
				to := min(at+100_000, int64(len(file)))
				a, err = try(t, d.url, "PATCH", where, map[string]string{"Upload-Offset": strconv.FormatInt(at, 10)}, bytes.NewReader(file[at:to]))
				if err == nil && a.Status != 204 && a.Status != 409 && a.Status != 423 {
					t.Errorf("PATCH: %d %s", a.Status, a.Reason)
					return
				}
			}
			t.Error("never got to the end")
		})
	}
	group.Wait()
	if !bytes.Equal(stored(t, d.Intake, idOf(where)), file) {
		t.Error("other bytes came out than went in")
	}
	if _, calls := d.accepted(); calls != 1 {
		t.Errorf("accepted %d times", calls)
	}
}

func TestASlowClientIsLetGoAndKeepsItsBytes(t *testing.T) {
	d := open(t, t.TempDir(), func(o *Options) { o.Idle = 50 * time.Millisecond })
	where := begin(t, d.url, "item_photo", 1000)
	body, write := io.Pipe()
	defer write.Close()
	wrote := make(chan error, 1)
	go func() {
		_, err := write.Write([]byte("12345")) // and then nothing
		wrote <- err
	}()
	a := send(t, d.url, where, 0, body)
	if err := receive(t, wrote); err != nil {
		t.Fatal(err)
	}
	if a.Status != 408 || a.Reason != ReasonTooSlow || !a.Retry {
		t.Errorf("got %d %s", a.Status, a.Reason)
	}
	if n := ask(t, d.url, "HEAD", where, nil, nil).offset(t); n != 5 {
		t.Errorf("offset %d", n)
	}
}

func TestASilentConnectionIsClosedAfterItsAnswer(t *testing.T) {
	d := open(t, t.TempDir(), func(o *Options) { o.Idle = 50 * time.Millisecond })
	where := begin(t, d.url, "item_photo", 1000)
	conn, err := net.Dial("tcp", strings.TrimPrefix(d.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(deadline)); err != nil {
		t.Fatal(err)
	}
	// A length is announced and never reached: net/http must not wait for the rest either.
	if _, err := io.WriteString(conn, "PATCH "+where+" HTTP/1.1\r\nHost: x\r\nAuthorization: buyer b-1\r\nTus-Resumable: 1.0.0\r\n"+
		"Content-Type: application/offset+octet-stream\r\nUpload-Offset: 0\r\nContent-Length: 1000\r\n\r\n12345"); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(conn)
	if err != nil || !bytes.HasPrefix(got, []byte("HTTP/1.1 408 ")) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestABodyWithoutALengthCannotWritePastTheEnd(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	where := begin(t, d.url, "item_photo", 100_000)
	long := io.MultiReader(bytes.NewReader(make([]byte, 100_000)), strings.NewReader("one more")) // sent in chunks
	if a := send(t, d.url, where, 0, long); a.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("got %d %s", a.Status, a.Reason)
	}
	if n := ask(t, d.url, "HEAD", where, nil, nil).offset(t); n != 0 {
		t.Errorf("offset %d: bytes of a wrong request count", n)
	}
}
