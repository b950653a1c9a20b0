package evidence

import (
	"bytes"
	"errors"
	"io"
	"net/url"
	"strings"
	"testing"
	"time"

	"recourse/cases"
)

func TestALinkIsForOneFileAndTenMinutes(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	now := d.clock()
	id := cases.EvidenceID("e_017_ABCDEF")
	query, err := url.ParseQuery(d.Sign(id, "agent lin&until=9", now))
	if err != nil {
		t.Fatal(err)
	}
	with := func(key, value string) url.Values {
		q := url.Values{}
		for k, v := range query {
			q[k] = v
		}
		q.Set(key, value)
		return q
	}
	moved := with("by", "agent lin&until=92")
	moved.Set("until", strings.TrimPrefix(query.Get("until"), "2"))
	tests := []struct {
		name  string
		id    cases.EvidenceID
		query url.Values
		after time.Duration
		code  string
	}{
		{name: "at once", id: id, query: query},
		{name: "in the last second", id: id, query: query, after: 10*time.Minute - time.Second},
		{name: "after ten minutes", id: id, query: query, after: 10 * time.Minute, code: CodeLinkExpired},
		{name: "for another file", id: "e_017_ABCDEG", query: query, code: CodeLinkInvalid},
		{name: "with more time", id: id, query: with("until", "99999999999"), code: CodeLinkInvalid},
		{name: "for another reader", id: id, query: with("by", "agent wang"), code: CodeLinkInvalid},
		{name: "with bytes moved between fields", id: id, query: moved, code: CodeLinkInvalid},
		{name: "with another signature", id: id, query: with("sig", strings.Repeat("A", 43)), code: CodeLinkInvalid},
		{name: "with half a signature", id: id, query: with("sig", query.Get("sig")[:20]), code: CodeLinkInvalid},
		{name: "with a signature that is none", id: id, query: with("sig", "%%"), code: CodeLinkInvalid},
		{name: "with nothing", id: id, query: url.Values{}, code: CodeLinkInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reader, err := d.Verify(tt.id, tt.query, now.Add(tt.after))
			var no *Error
			switch {
			case tt.code == "" && (err != nil || reader != "agent lin&until=9"):
				t.Errorf("%q, %v", reader, err)
			case tt.code != "" && (!errors.As(err, &no) || no.Code != tt.code || reader != ""):
				t.Errorf("%q, %v; want %s", reader, err, tt.code)
			}
		})
	}
}

func TestFilesAreLentOutAsDeadBytes(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	video := film("isom", "vide", 5000, 5000)
	whereVideo, a := whole(t, d.url, "unboxing_video", video)
	if a.Status != 204 {
		t.Fatalf("video: %d %s", a.Status, a.Reason)
	}
	whereHEIC, a := whole(t, d.url, "item_photo", heifOf("heic", [2]uint32{900, 900}))
	if a.Status != 204 {
		t.Fatalf("heic: %d %s", a.Status, a.Reason)
	}
	link := func(where string) string {
		return "/api/evidence/" + string(idOf(where)) + "?" + d.Sign(idOf(where), "buyer b-1", d.clock())
	}

	a = ask(t, d.url, "GET", link(whereVideo), nil, nil)
	if a.Status != 200 || !bytes.Equal(a.Body, video) {
		t.Fatalf("the whole: %d, %d bytes", a.Status, len(a.Body))
	}
	for name, want := range map[string]string{
		"Content-Type":            "video/mp4",
		"X-Content-Type-Options":  "nosniff",
		"Content-Security-Policy": "sandbox; default-src 'none'",
		"Content-Disposition":     `inline; filename="` + string(idOf(whereVideo)) + `.mp4"`,
		"Accept-Ranges":           "bytes",
		"ETag":                    `"` + shaOf(video) + `"`,
	} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}

	a = ask(t, d.url, "GET", link(whereVideo), map[string]string{"Range": "bytes=1000-1999"}, nil)
	if a.Status != 206 || !bytes.Equal(a.Body, video[1000:2000]) || a.Header.Get("Content-Type") != "video/mp4" {
		t.Errorf("a range: %d, %d bytes of %s", a.Status, len(a.Body), a.Header.Get("Content-Type"))
	}
	if a = ask(t, d.url, "HEAD", link(whereVideo), nil, nil); a.Status != 200 || len(a.Body) > 0 {
		t.Errorf("HEAD: %d, %d bytes", a.Status, len(a.Body))
	}
	a = ask(t, d.url, "GET", link(whereHEIC), nil, nil)
	if a.Status != 200 || a.Header.Get("Content-Type") != "image/heic" || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment;") {
		t.Errorf("heic: %d %v", a.Status, a.Header)
	}

	for name, where := range map[string]string{
		"CodeLinkInvalid":     strings.Replace(link(whereVideo), "by=buyer", "by=agent", 1),
		"CodeEvidenceMissing": link("/api/uploads/e_017_UNKNOWN"),
	} {
		want := map[string]string{"CodeLinkInvalid": CodeLinkInvalid, "CodeEvidenceMissing": CodeEvidenceMissing}[name]
		if a := ask(t, d.url, "GET", where, nil, nil); a.Code != want {
			t.Errorf("%s: %d %s", where, a.Status, a.Code)
		}
	}
	if a := ask(t, d.url, "POST", link(whereVideo), nil, nil); a.Status != 405 {
		t.Errorf("POST: %d", a.Status)
	}
	old := link(whereVideo)
	d.advance(10 * time.Minute)
	if a := ask(t, d.url, "GET", old, nil, nil); a.Status != 403 || a.Code != CodeLinkExpired {
		t.Errorf("an old link: %d %s", a.Status, a.Code)
	}
}

func TestOpenTellsWhatAFileIs(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	file := jpegOf(t, 800, 700)
	where, _ := whole(t, d.url, "item_photo", file)
	f, info, err := d.Open(t.Context(), idOf(where))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if end, err := f.Seek(0, io.SeekEnd); err != nil || end != info.Bytes {
		t.Errorf("seeks to %d, %v", end, err)
	}
	if info.Width != 800 || info.Height != 700 || info.Party != (Party{cases.Buyer, "b-1"}) || info.Meta.Case != testCase {
		t.Errorf("%+v", info)
	}
	open := begin(t, d.url, "item_photo", 10)
	for _, id := range []cases.EvidenceID{idOf(open), "e_017_UNKNOWN", "../../etc/passwd", "", "e_017_"} {
		if _, _, err := d.Open(t.Context(), id); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
}
