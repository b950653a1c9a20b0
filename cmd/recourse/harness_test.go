package main

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"testing"
	"time"

	"recourse/dialog"
	"recourse/web/wire"
)

// TestMain lets the test binary be the server: a process of its own can be killed with -9.
func TestMain(m *testing.M) {
	if os.Getenv("RECOURSE_TEST_CHILD") == "" {
		os.Exit(m.Run())
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// world is a served demo: the program in a process of its own, on one address across restarts.
type world struct {
	t    testing.TB
	addr string
	args []string
	cmd  *exec.Cmd
	log  *bytes.Buffer
}

// b64 is the encoding of upload metadata.
var b64 = base64.StdEncoding

// patience is how long a test waits for the other process before it fails. A busy machine has let one wait for 20 s.
const patience = 90 * time.Second

func newWorld(t testing.TB, extra ...string) *world {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, addr: addr, log: &bytes.Buffer{}}
	w.args = append([]string{"serve", "--demo", "--addr", addr, "--data", t.TempDir(), "--log", "warn"}, extra...)
	w.start()
	t.Cleanup(func() {
		if t.Failed() {
			w.dump()
			t.Logf("server log:\n%s", w.log)
		}
		w.kill()
	})
	return w
}

// dump ends the server with its goroutines in its log: what it was waiting for.
func (w *world) dump() {
	if w.cmd == nil {
		return
	}
	_ = w.cmd.Process.Signal(syscall.SIGQUIT)
	_ = w.cmd.Wait() // it ends with a failure
	w.cmd = nil
}

func (w *world) start() {
	w.t.Helper()
	w.cmd = exec.Command(os.Args[0], w.args...)
	w.cmd.Env = append(os.Environ(), "RECOURSE_TEST_CHILD=1")
	w.cmd.Stdout, w.cmd.Stderr = w.log, w.log
	if err := w.cmd.Start(); err != nil {
		w.t.Fatal(err)
	}
	until(w.t, "server ready", func() bool {
		res, err := http.Get("http://" + w.addr + "/readyz")
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		return res.StatusCode == http.StatusOK
	})
}

func (w *world) kill() {
	if w.cmd == nil {
		return
	}
	_ = w.cmd.Process.Kill()
	_ = w.cmd.Wait() // the kill is the expected end
	w.cmd = nil
}

// crash is kill -9 and a restart.
func (w *world) crash() {
	w.kill()
	w.start()
}

// until polls for something the outside can only see by asking again.
func until(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(patience)
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s for %s", patience, what)
		}
		pause()
	}
}

// pause gives the other process a moment between two looks.
func pause() {
	timer := time.NewTimer(20 * time.Millisecond)
	<-timer.C
}

// call is one HTTP request; a server that is away is asked again.
func (w *world) call(method, path, token string, header map[string]string, body any) (int, []byte) {
	w.t.Helper()
	raw, isRaw := body.([]byte)
	if !isRaw && body != nil {
		var err error
		if raw, err = json.Marshal(body); err != nil {
			w.t.Fatal(err)
		}
	}
	var status int
	var answer []byte
	until(w.t, method+" "+path, func() bool {
		req, err := http.NewRequest(method, "http://"+w.addr+path, bytes.NewReader(raw))
		if err != nil {
			w.t.Fatal(err)
		}
		if token != "" {
			req.Header.Set("Authorization", "Bearer "+token)
		}
		for k, v := range header {
			req.Header.Set(k, v)
		}
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return false
		}
		defer res.Body.Close()
		status = res.StatusCode
		answer, err = io.ReadAll(res.Body)
		if err == nil {
			checkAnswer(w.t, method, path, status, res.Header, answer)
		}
		if loc := res.Header.Get("Location"); loc != "" {
			answer = []byte(loc)
		}
		return err == nil && status != http.StatusServiceUnavailable
	})
	return status, answer
}

func (w *world) token(buyer string) string {
	w.t.Helper()
	_, raw := w.call("POST", "/demo/api/token", "", nil, map[string]string{"buyer": buyer})
	var out struct{ Token string }
	if err := json.Unmarshal(raw, &out); err != nil || out.Token == "" {
		w.t.Fatalf("no token: %s", raw)
	}
	return out.Token
}

func (w *world) advance(d string) {
	w.t.Helper()
	if status, raw := w.call("POST", "/demo/api/clock", "", nil, map[string]string{"advance": d}); status != 200 {
		w.t.Fatalf("advance: %d %s", status, raw)
	}
}

// caseAct is a merchant's or agent's write; the body must be a case view.
func (w *world) caseAct(side, token, id, action, key string, in wire.CaseAction) dialog.CaseView {
	w.t.Helper()
	status, raw := w.call("POST", "/api/"+side+"/cases/"+id+"/"+action, token, map[string]string{"Idempotency-Key": key}, in)
	if status != 200 {
		w.t.Fatalf("%s %s: %d %s", side, action, status, raw)
	}
	return view(w.t, raw)
}

func view(t testing.TB, raw []byte) dialog.CaseView {
	t.Helper()
	var v dialog.CaseView
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("case view: %v in %s", err, raw)
	}
	return v
}

// errorCode is the public code of an HTTP refusal.
func errorCode(t testing.TB, raw []byte) string {
	t.Helper()
	var e wire.APIError
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Fatalf("not an error: %s", raw)
	}
	return e.Error.Code
}

// photo is a picture with something on it.
func photo(seed int) []byte {
	img := image.NewRGBA(image.Rect(0, 0, 800, 600))
	for y := range 600 {
		for x := range 800 {
			img.Set(x, y, color.RGBA{uint8(x + seed*40), uint8(y * 2), uint8(x ^ y), 255})
		}
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 80}); err != nil {
		panic(err) // into memory
	}
	return b.Bytes()
}

// upload sends a file as a tus client does: ask for the offset, go on from there, also after a crash.
func (c *client) upload(caseID, kind string, file []byte, between func()) {
	c.t.Helper()
	session := c.session
	if session == "" {
		session = c.token
	}
	uploadAs(c.w, session, caseID, kind, file, between)
}

// uploadAs is upload for anybody who has a token.
func uploadAs(w *world, token, caseID, kind string, file []byte, between func()) string {
	w.t.Helper()
	status, loc := w.call("POST", "/api/uploads", token, map[string]string{
		"Tus-Resumable": "1.0.0", "Upload-Length": fmt.Sprint(len(file)), "Upload-Metadata": uploadMeta(caseID, kind),
	}, nil)
	if status != http.StatusCreated {
		w.t.Fatalf("create upload: %d %s", status, loc)
	}
	path := strings.TrimPrefix(string(loc), "http://"+w.addr)
	half := len(file) / 2
	for _, end := range []int{half, len(file)} {
		status := 0
		for tries := 0; status != http.StatusNoContent; tries++ {
			offset, done := uploadOffset(w, path, token)
			if done || offset >= end {
				break
			}
			if tries > 50 {
				w.t.Fatalf("upload does not go on: %d", status)
			}
			status, _ = w.call("PATCH", path, token, map[string]string{
				"Tus-Resumable": "1.0.0", "Upload-Offset": fmt.Sprint(offset), "Content-Type": "application/offset+octet-stream",
			}, file[offset:end])
		}
		if between != nil {
			between()
		}
	}
	return path[strings.LastIndex(path, "/")+1:]
}

// uploadOffset asks how much of an upload has arrived.
func uploadOffset(w *world, path, token string) (int, bool) {
	w.t.Helper()
	offset := 0
	until(w.t, "upload offset", func() bool {
		req, err := http.NewRequest("HEAD", "http://"+w.addr+path, nil)
		if err != nil {
			w.t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+token)
		req.Header.Set("Tus-Resumable", "1.0.0")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			return false
		}
		_ = res.Body.Close()
		if res.StatusCode != 200 && res.StatusCode != 204 {
			return false
		}
		_, err = fmt.Sscan(res.Header.Get("Upload-Offset"), &offset)
		return err == nil
	})
	return offset, false
}
