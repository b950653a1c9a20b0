package s3blobs

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	testAccess = "AKIDTEST"
	testSecret = "a-secret-of-the-test-and-nothing-else"
	testBucket = "evidence-test"
)

// each runs a test on the small server below, which holds every request to its signature, and on a real one whose
// program RECOURSE_TEST_S3 names (versitygw).
func each(t *testing.T, f func(t *testing.T, cfg Config)) {
	t.Run("small", func(t *testing.T) {
		f(t, newSmall(t).config())
	})
	t.Run("versitygw", func(t *testing.T) {
		program := os.Getenv("RECOURSE_TEST_S3")
		if program == "" {
			t.Skip("RECOURSE_TEST_S3 names no program of versitygw")
		}
		f(t, versity(t, program))
	})
}

// versity starts a gateway over a directory.
func versity(t *testing.T, program string) Config {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, testBucket), 0o700); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), program, "--access", testAccess, "--secret", testSecret, "--region", "us-east-1", "--port", addr, "posix", dir)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		_ = cmd.Wait()
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		if c, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr); err == nil {
			if err := c.Close(); err != nil {
				t.Fatal(err)
			}
			break
		}
		if ctx.Err() != nil {
			t.Fatal("the gateway does not listen")
		}
		time.Sleep(20 * time.Millisecond) // until its socket is open; there is nothing else to wait for
	}
	return Config{Endpoint: addr, Plain: true, Region: "us-east-1", Bucket: testBucket, Prefix: "a/b", PathStyle: true, Access: testAccess, Secret: testSecret}
}

// small is the part of S3 that the store uses, in memory. It checks signatures (AWS Signature Version 4) as S3 does.
type small struct {
	t    *testing.T
	http *httptest.Server

	mu      sync.Mutex
	objects map[string][]byte                  // guarded by mu
	calls   []string                           // guarded by mu: method and path of each request
	trouble func(r *http.Request) (status int) // guarded by mu: fails a request before it does anything; 0 does not
}

func newSmall(t *testing.T) *small {
	s := &small{t: t, objects: map[string][]byte{}}
	s.http = httptest.NewServer(s)
	t.Cleanup(s.http.Close)
	return s
}

func (s *small) config() Config {
	return Config{
		Endpoint: strings.TrimPrefix(s.http.URL, "http://"), Plain: true, Region: "us-east-1", Bucket: testBucket, Prefix: "a/b", PathStyle: true,
		Access: testAccess, Secret: testSecret,
	}
}

func (s *small) fail(f func(r *http.Request) int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = f
}

func (s *small) keys() (out []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := range s.objects {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

func (s *small) count(method string) (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, c := range s.calls {
		if strings.HasPrefix(c, method+" ") {
			n++
		}
	}
	return n
}

func (s *small) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	trouble := s.trouble
	s.calls = append(s.calls, r.Method+" "+r.URL.Path)
	s.mu.Unlock()
	if trouble != nil {
		if status := trouble(r); status != 0 {
			refuse(w, status, "InternalError")
			return
		}
	}
	if err := signed(r); err != nil {
		s.t.Logf("%s %s: %v", r.Method, r.URL, err)
		refuse(w, 403, "SignatureDoesNotMatch")
		return
	}
	bucket, key, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	if bucket != testBucket {
		refuse(w, 404, "NoSuchBucket")
		return
	}
	if key == "" {
		w.WriteHeader(http.StatusOK)
		return
	}
	switch r.Method {
	case http.MethodPut:
		body, err := payload(r)
		if err != nil {
			refuse(w, 400, "IncompleteBody")
			return
		}
		s.mu.Lock()
		s.objects[key] = body
		s.mu.Unlock()
		w.Header().Set("ETag", `"e"`)
	case http.MethodDelete:
		s.mu.Lock()
		delete(s.objects, key)
		s.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
	case http.MethodGet, http.MethodHead:
		s.mu.Lock()
		body, ok := s.objects[key]
		s.mu.Unlock()
		if !ok {
			refuse(w, 404, "NoSuchKey")
			return
		}
		w.Header().Set("ETag", `"e"`)
		http.ServeContent(w, r, "", time.Unix(1_700_000_000, 0), strings.NewReader(string(body)))
	default:
		refuse(w, 405, "MethodNotAllowed")
	}
}

func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	_ = xml.NewEncoder(w).Encode(struct { // the client has gone
		XMLName xml.Name `xml:"Error"`
		Code    string
	}{Code: code})
}

// payload is the body, out of its signed chunks.
func payload(r *http.Request) ([]byte, error) {
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING-") {
		return io.ReadAll(r.Body)
	}
	var out []byte
	b := bufio.NewReader(r.Body)
	for {
		line, err := b.ReadString('\n')
		if err != nil {
			return nil, err
		}
		size, _, _ := strings.Cut(strings.TrimSpace(line), ";")
		n, err := strconv.ParseInt(size, 16, 32)
		if err != nil {
			return nil, err
		}
		chunk := make([]byte, n+2)
		if _, err := io.ReadFull(b, chunk); err != nil {
			return nil, err
		}
		if n == 0 {
			break
		}
		out = append(out, chunk[:n]...)
	}
	if want, err := strconv.Atoi(r.Header.Get("X-Amz-Decoded-Content-Length")); err != nil || want != len(out) {
		return nil, fmt.Errorf("%d bytes of %d, %w", len(out), want, err)
	}
	return out, nil
}

// signed checks the signature of the head of a request.
func signed(r *http.Request) error {
	auth := r.Header.Get("Authorization")
	fields := map[string]string{}
	for part := range strings.SplitSeq(strings.TrimPrefix(auth, "AWS4-HMAC-SHA256 "), ",") {
		k, v, _ := strings.Cut(strings.TrimSpace(part), "=")
		fields[k] = v
	}
	scope := strings.Split(fields["Credential"], "/")
	if len(scope) != 5 || scope[0] != testAccess {
		return fmt.Errorf("credential %q", fields["Credential"])
	}
	var headers strings.Builder
	for name := range strings.SplitSeq(fields["SignedHeaders"], ";") {
		value := strings.TrimSpace(r.Header.Get(name))
		switch name {
		case "host":
			value = r.Host
		case "content-length":
			value = strconv.FormatInt(r.ContentLength, 10)
		}
		fmt.Fprintf(&headers, "%s:%s\n", name, value)
	}
	query := strings.ReplaceAll(r.URL.Query().Encode(), "+", "%20")
	canonical := strings.Join([]string{
		r.Method, (&url.URL{Path: r.URL.Path}).EscapedPath(), query, headers.String(), fields["SignedHeaders"], r.Header.Get("X-Amz-Content-Sha256"),
	}, "\n")
	sum := sha256.Sum256([]byte(canonical))
	toSign := strings.Join([]string{"AWS4-HMAC-SHA256", r.Header.Get("X-Amz-Date"), strings.Join(scope[1:], "/"), hex.EncodeToString(sum[:])}, "\n")
	key := []byte("AWS4" + testSecret)
	for _, part := range append(scope[1:], toSign) {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	if got := hex.EncodeToString(key); got != fields["Signature"] {
		return fmt.Errorf("signature %s, want %s of\n%s", fields["Signature"], got, canonical)
	}
	return nil
}
