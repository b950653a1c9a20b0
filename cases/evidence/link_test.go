package evidence

import (
	"bytes"
	"context"
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
	lin, nobody := Party{cases.Agent, "lin&until=9"}, Party{}
	id := cases.EvidenceID("e_017_ABCDEF")
	query, err := url.ParseQuery(d.Sign(id, lin, View, now))
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
	moved := with("by", "lin&until=92")
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
		{name: "for another reader", id: id, query: with("by", "wang"), code: CodeLinkInvalid},
		{name: "as another kind of reader", id: id, query: with("as", "buyer"), code: CodeLinkInvalid},
		{name: "for another copy", id: id, query: with("copy", "original"), code: CodeLinkInvalid},
		{name: "with bytes moved between fields", id: id, query: moved, code: CodeLinkInvalid},
		{name: "with another signature", id: id, query: with("sig", strings.Repeat("A", 43)), code: CodeLinkInvalid},
		{name: "with half a signature", id: id, query: with("sig", query.Get("sig")[:20]), code: CodeLinkInvalid},
		{name: "with a signature that is none", id: id, query: with("sig", "%%"), code: CodeLinkInvalid},
		{name: "with nothing", id: id, query: url.Values{}, code: CodeLinkInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			reader, c, err := d.Verify(tt.id, tt.query, now.Add(tt.after))
			var no *Error
			switch {
			case tt.code == "" && (err != nil || reader != lin || c != View):
				t.Errorf("%v, %v, %v", reader, c, err)
			case tt.code != "" && (!errors.As(err, &no) || no.Code != tt.code || reader != nobody || c != ""):
				t.Errorf("%v, %v; want %s", reader, err, tt.code)
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
		return "/api/evidence/" + string(idOf(where)) + "?" + d.Sign(idOf(where), Party{cases.Buyer, "b-1"}, Original, d.clock())
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
		"CodeLinkInvalid":     strings.Replace(link(whereVideo), "as=buyer", "as=agent", 1),
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
	if info.Found.Width != 800 || info.Found.Height != 700 || info.Party != (Party{cases.Buyer, "b-1"}) || info.Meta.Case != testCase {
		t.Errorf("%+v", info)
	}
	open := begin(t, d.url, "item_photo", 10)
	for _, id := range []cases.EvidenceID{idOf(open), "e_017_UNKNOWN", "../../etc/passwd", "", "e_017_"} {
		if _, _, err := d.Open(t.Context(), id); !errors.Is(err, ErrNotFound) {
			t.Errorf("%q: %v", id, err)
		}
	}
}

func TestWhoMayHaveWhichCopy(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	secret := []byte("Acme")
	picture := withSegment(jpegAt(t, scene(1000, 800, 1), 90), 0xe1, exifOf("x", 1))
	where, a := whole(t, d.url, "item_photo", picture)
	if a.Status != 204 {
		t.Fatalf("%d %s", a.Status, a.Reason)
	}
	owner, other := Party{cases.Buyer, "b-1"}, Party{cases.Merchant, "s-1"}
	get := func(where string, reader Party, c Copy) answer {
		return ask(t, d.url, "GET", "/api/evidence/"+string(idOf(where))+"?"+d.Sign(idOf(where), reader, c, d.clock()), nil, nil)
	}
	for _, tt := range []struct {
		reader Party
		copy   Copy
		status int
	}{
		{owner, Original, 200},
		{owner, View, 200},
		{owner, Thumb, 200},
		{Party{cases.Agent, "lin"}, Original, 200},
		{Party{cases.Agent, "lin"}, View, 200},
		{Party{cases.Agent, "lin"}, Thumb, 200},
		{other, Original, 404},
		{other, View, 200},
		{other, Thumb, 200},
		{Party{cases.Buyer, "b-2"}, Original, 404}, // as if: the case does not let him see it at all
		{owner, "everything", 404},
		{owner, "", 404},
	} {
		a := get(where, tt.reader, tt.copy)
		if a.Status != tt.status {
			t.Errorf("%v asks for %q: %d, want %d", tt.reader, tt.copy, a.Status, tt.status)
		}
		if a.Status != 200 {
			continue
		}
		if has := bytes.Contains(a.Body, secret); has != (tt.copy == Original) {
			t.Errorf("%v, %s: names who took it: %v", tt.reader, tt.copy, has)
		}
		if a.Header.Get("Content-Type") != "image/jpeg" || a.Header.Get("ETag") != `"`+shaOf(a.Body)+`"` {
			t.Errorf("%v, %s: %v", tt.reader, tt.copy, a.Header)
		}
	}

	// A film's view plays in ranges, too.
	file, _, _ := phoneFilm(t, false)
	where, a = whole(t, d.url, "unboxing_video", file)
	if a.Status != 204 {
		t.Fatalf("%d %s", a.Status, a.Reason)
	}
	view := get(where, other, View)
	if view.Status != 200 || bytes.Contains(view.Body, []byte("30.2592")) || len(view.Body) != len(file) {
		t.Errorf("the film: %d, %d bytes", view.Status, len(view.Body))
	}
	part := ask(t, d.url, "GET", "/api/evidence/"+string(idOf(where))+"?"+d.Sign(idOf(where), other, View, d.clock()), map[string]string{"Range": "bytes=50-149"}, nil)
	if part.Status != 206 || !bytes.Equal(part.Body, view.Body[50:150]) {
		t.Errorf("a range of it: %d", part.Status)
	}
	if a := get(where, other, Thumb); a.Status != 404 {
		t.Errorf("a thumb of a film: %d", a.Status)
	}

	// What cannot be shown without its notes is not shown to the other party.
	where, a = whole(t, d.url, "item_photo", heifOf("heic", [2]uint32{900, 900}))
	if a.Status != 204 {
		t.Fatalf("%d %s", a.Status, a.Reason)
	}
	for _, c := range []Copy{Original, View, Thumb} {
		if a := get(where, other, c); a.Status != 404 {
			t.Errorf("an undecodable picture, %s for the other party: %d", c, a.Status)
		}
	}
	if a := get(where, owner, Original); a.Status != 200 {
		t.Errorf("its owner: %d", a.Status)
	}

	// A document has one form; it is to be saved, not shown.
	where, a = whole(t, d.url, "inspection_report", pdfOf(""))
	if a.Status != 204 {
		t.Fatalf("%d %s", a.Status, a.Reason)
	}
	a = get(where, other, Original)
	if a.Status != 200 || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment;") ||
		a.Header.Get("Content-Type") != "application/pdf" || !strings.Contains(a.Header.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("a document: %d %v", a.Status, a.Header)
	}
}

func TestALinkIsHeldToWhatIsSoNow(t *testing.T) {
	gone := false
	var asked []Party
	d := open(t, t.TempDir(), func(o *Options) {
		o.MayRead = func(_ context.Context, reader Party, _ Copy, info Info) error {
			asked = append(asked, reader)
			if gone || info.Meta.Case != testCase {
				return &Error{Code: CodeEvidenceMissing, Status: 404, Reason: ReasonNotFound}
			}
			return nil
		}
	})
	where, _ := whole(t, d.url, "item_photo", jpegOf(t, 900, 900))
	link := "/api/evidence/" + string(idOf(where)) + "?" + d.Sign(idOf(where), Party{cases.Agent, "lin"}, View, d.clock())
	if a := ask(t, d.url, "GET", link, nil, nil); a.Status != 200 {
		t.Fatalf("before: %d", a.Status)
	}
	gone = true
	if a := ask(t, d.url, "GET", link, nil, nil); a.Status != 404 {
		t.Errorf("after: %d", a.Status)
	}
	if len(asked) != 2 || asked[0] != (Party{cases.Agent, "lin"}) {
		t.Errorf("asked of %v", asked)
	}
}

func TestADiscardedFileIsGone(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	file := jpegOf(t, 900, 900)
	where, _ := whole(t, d.url, "item_photo", file)
	kept, _ := whole(t, d.url, "item_photo", file) // the same bytes once more
	for range 2 {
		if err := d.Discard(t.Context(), idOf(where)); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := d.Info(t.Context(), idOf(where)); !errors.Is(err, ErrNotFound) {
		t.Errorf("the discarded one: %v", err)
	}
	if a := ask(t, d.url, "HEAD", where, nil, nil); a.Status != 404 {
		t.Errorf("HEAD: %d", a.Status)
	}
	if f, _, err := d.Open(t.Context(), idOf(kept)); err != nil {
		t.Errorf("the other one: %v", err)
	} else if err := f.Close(); err != nil {
		t.Error(err)
	}
	if err := d.Discard(t.Context(), idOf(kept)); err != nil {
		t.Fatal(err)
	}
	if left := blobsIn(t, d.dir); len(left) > 0 {
		t.Errorf("left over: %v", left)
	}
}
