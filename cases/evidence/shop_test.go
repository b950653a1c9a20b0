package evidence

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"path"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// deadline is the longest any wait in these tests may take before it counts as hung.
const deadline = 20 * time.Second

var testKey = bytes.Repeat([]byte{7}, linkKeyMin)

// desk stands for what uses the package: it knows who asks and has the cases.
type desk struct {
	*Intake
	url string
	dir string

	mu     sync.Mutex
	now    time.Time
	inCase map[cases.EvidenceID]cases.Evidence
	calls  int
	accept func(cases.Evidence) error // what Accept says first, if set
}

func open(t *testing.T, dir string, change func(*Options)) *desk {
	t.Helper()
	d := &desk{dir: dir, now: time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC), inCase: make(map[cases.EvidenceID]cases.Evidence)}
	opt := Options{
		Auth: auth, Refuse: refuse, Media: media, LinkKey: testKey, Now: d.clock,
		Admit: func(_ context.Context, _ Party, m Meta) error {
			if strings.HasSuffix(string(m.Case), "LOCKED") {
				return &Error{Code: "EVIDENCE_LOCKED", Status: 409, Reason: "locked"}
			}
			return nil
		},
		Accept: func(_ context.Context, _ Party, _ Meta, e cases.Evidence) error {
			d.mu.Lock()
			defer d.mu.Unlock()
			d.calls++
			if d.accept != nil {
				if err := d.accept(e); err != nil {
					return err
				}
			}
			d.inCase[e.ID] = e
			return nil
		},
	}
	if change != nil {
		change(&opt)
	}
	in, err := New(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/api/uploads", in)
	mux.Handle("/api/uploads/", in)
	mux.HandleFunc("/api/evidence/{id}", in.ServeFile)
	srv := httptest.NewServer(mux)
	d.Intake, d.url = in, srv.URL
	t.Cleanup(func() {
		srv.Close()
		if err := in.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d *desk) clock() time.Time {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.now
}

func (d *desk) advance(by time.Duration) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.now = d.now.Add(by)
}

func (d *desk) acceptWith(f func(cases.Evidence) error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.accept = f
}

func (d *desk) accepted() (map[cases.EvidenceID]cases.Evidence, int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return maps.Clone(d.inCase), d.calls
}

var errNobody = errors.New("nobody")

func auth(r *http.Request) (Party, error) {
	actor, id, ok := strings.Cut(r.Header.Get("Authorization"), " ")
	if !ok {
		return Party{}, errNobody
	}
	return Party{Actor: cases.Actor(actor), ID: id}, nil
}

func refuse(w http.ResponseWriter, _ *http.Request, err error) {
	e := &Error{Code: "INTERNAL", Status: 500}
	if errors.Is(err, errNobody) {
		e = &Error{Code: "UNAUTHENTICATED", Status: 401}
	}
	errors.As(err, &e)
	w.WriteHeader(e.Status)
	_ = json.NewEncoder(w).Encode(answer{Code: e.Code, Reason: e.Reason, Retry: e.Retry}) // the client may have gone
}

func media(k policy.EvidenceKind) []string {
	return map[policy.EvidenceKind][]string{
		"item_photo": {"image"}, "unboxing_video": {"video"}, "fault_video": {"video", "image"},
		"statement": {"text"}, "courier_statement": {"image", "text"}, "inspection_report": {"image", "pdf"},
	}[k]
}

// answer is what came back.
type answer struct {
	Status int         `json:"-"`
	Header http.Header `json:"-"`
	Body   []byte      `json:"-"`
	Code   string      `json:"code"`
	Reason Reason      `json:"reason"`
	Retry  bool        `json:"retry"`
}

func (a answer) offset(t testing.TB) int64 {
	t.Helper()
	n, ok := number(a.Header.Get("Upload-Offset"))
	if !ok {
		t.Fatalf("no offset in %d %s %s", a.Status, a.Code, a.Reason)
	}
	return n
}

// ask sends one request as buyer b-1, unless the headers say otherwise. A header "-" is left out.
func ask(t testing.TB, url, method, where string, headers map[string]string, content io.Reader) answer {
	t.Helper()
	a, err := try(t, url, method, where, headers, content)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func try(t testing.TB, url, method, where string, headers map[string]string, content io.Reader) (answer, error) {
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, method, url+where, content)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Authorization", "buyer b-1")
	r.Header.Set("Tus-Resumable", "1.0.0")
	if method == http.MethodPatch {
		r.Header.Set("Content-Type", "application/offset+octet-stream")
	}
	for k, v := range headers {
		if v == "-" {
			r.Header.Del(k)
		} else {
			r.Header.Set(k, v)
		}
	}
	res, err := http.DefaultClient.Do(r)
	if err != nil {
		return answer{}, err
	}
	defer res.Body.Close()
	a := answer{Status: res.StatusCode, Header: res.Header}
	if a.Body, err = io.ReadAll(res.Body); err != nil {
		return answer{}, err
	}
	if a.Status >= 400 && len(a.Body) > 0 {
		err = json.Unmarshal(a.Body, &a)
	}
	return a, err
}

func creation(kind string, length int) map[string]string {
	return map[string]string{
		"Upload-Length":   strconv.Itoa(length),
		"Upload-Metadata": metadata("case", testCase, "kind", kind, "filename", "a.jpg", "filetype", "image/jpeg"),
	}
}

func begin(t testing.TB, url, kind string, length int) string {
	t.Helper()
	a := ask(t, url, "POST", "/api/uploads", creation(kind, length), nil)
	if a.Status != 201 {
		t.Fatalf("creation: %d %s %s", a.Status, a.Code, a.Reason)
	}
	return a.Header.Get("Location")
}

func send(t testing.TB, url, where string, offset int64, content io.Reader) answer {
	t.Helper()
	return ask(t, url, "PATCH", where, map[string]string{"Upload-Offset": strconv.FormatInt(offset, 10)}, content)
}

// whole uploads a file in one go.
func whole(t testing.TB, url, kind string, file []byte) (string, answer) {
	t.Helper()
	where := begin(t, url, kind, len(file))
	return where, send(t, url, where, 0, bytes.NewReader(file))
}

func idOf(where string) cases.EvidenceID { return cases.EvidenceID(path.Base(where)) }

func shaOf(b []byte) string {
	h := sha256.Sum256(b)
	return hex.EncodeToString(h[:])
}

func stored(t testing.TB, in *Intake, id cases.EvidenceID) []byte {
	t.Helper()
	f, _, err := in.Open(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// eventually waits until the condition holds; it is for what another process or connection does.
func eventually(t testing.TB, what string, holds func() bool) {
	t.Helper()
	tick := time.NewTicker(2 * time.Millisecond)
	defer tick.Stop()
	over := time.After(deadline)
	for !holds() {
		select {
		case <-tick.C:
		case <-over:
			t.Fatalf("waited too long until %s", what)
		}
	}
}

// receive is <-c with a deadline.
func receive[T any](t testing.TB, c <-chan T) T {
	t.Helper()
	select {
	case v := <-c:
		return v
	case <-time.After(deadline):
		t.Fatal("nothing came")
		panic("unreachable")
	}
}
