package evidence

import (
	"crypto/hmac"
	"encoding/base64"
	"errors"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"time"

	"recourse/cases"
)

const (
	linkLasts  = 10 * time.Minute
	linkKeyMin = 32
)

// Copy is one of the forms in which a file is lent out.
type Copy string

// The copies. The original carries whatever the uploader's device wrote into it.
const (
	Original Copy = "original"
	View     Copy = "view"  // without notes, of bounded size
	Thumb    Copy = "thumb" // small
)

// MayHave says whether a reader may have a copy of a file that owner uploaded: the other party gets what was made for
// it and never the original. A document has no other form than its own (see the package's Limits).
func MayHave(reader, owner Party, c Copy, media string) bool {
	switch c {
	case View, Thumb:
		return true
	case Original:
		return reader.Actor == cases.Agent || reader == owner || allowed[media].media == mediaPDF
	}
	return false
}

// Best is the copy that a reader is shown: what comes closest to the original of what he may have and a browser can
// show.
func Best(reader, owner Party, media string) Copy {
	heif := media == "image/heic" || media == "image/heif"
	if MayHave(reader, owner, Original, media) && !heif {
		return Original
	}
	return View
}

// Sign returns the query that lets whoever has it look at one copy of one file for ten minutes. The reader is part of
// the signature: he decides which copies it is good for, and a request log tells for whom the link was made.
func (in *Intake) Sign(id cases.EvidenceID, reader Party, c Copy, now time.Time) string {
	until := strconv.FormatInt(now.Add(linkLasts).Unix(), 10)
	q := url.Values{"as": {string(reader.Actor)}, "by": {reader.ID}, "copy": {string(c)}, "until": {until}}
	q.Set("sig", base64.RawURLEncoding.EncodeToString(in.signature(string(id), string(reader.Actor), reader.ID, string(c), until)))
	return q.Encode()
}

// Verify tells for whom a link was made and which copy it is for, or an *Error that says whether it is over or was
// never ours.
func (in *Intake) Verify(id cases.EvidenceID, query url.Values, now time.Time) (reader Party, c Copy, err error) {
	reader = Party{Actor: cases.Actor(query.Get("as")), ID: query.Get("by")}
	c, until := Copy(query.Get("copy")), query.Get("until")
	sig, err := base64.RawURLEncoding.DecodeString(query.Get("sig"))
	if err != nil || !hmac.Equal(sig, in.signature(string(id), string(reader.Actor), reader.ID, string(c), until)) {
		return Party{}, "", &Error{Code: CodeLinkInvalid, Status: http.StatusForbidden, Reason: ReasonSignature}
	}
	end, ok := number(until)
	if !ok || !now.Before(time.Unix(end, 0)) {
		return Party{}, "", &Error{Code: CodeLinkExpired, Status: http.StatusForbidden, Reason: ReasonExpired}
	}
	return reader, c, nil
}

func (in *Intake) signature(fields ...string) []byte {
	return macOf(in.opt.LinkKey, "recourse evidence link 2", fields...)
}

// ServeFile answers GET and HEAD of a signed link; the id is the last element of the path. What
// it serves came from a stranger: the type is one of a fixed list, the name is ours, and whatever
// a browser might make of the bytes has no origin and runs nothing.
func (in *Intake) ServeFile(w http.ResponseWriter, r *http.Request) {
	if err := in.serveFile(w, r); err != nil {
		in.opt.Refuse(w, r, err)
	}
}

func (in *Intake) serveFile(w http.ResponseWriter, r *http.Request) error {
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Content-Security-Policy", "sandbox; default-src 'none'")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=600") // no longer than the link, and in no shared cache
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		return badUpload(http.StatusMethodNotAllowed, ReasonMethod, nil)
	}
	missing := &Error{Code: CodeEvidenceMissing, Status: http.StatusNotFound, Reason: ReasonNotFound}
	id, err := checkID(path.Base(r.URL.Path))
	if err != nil {
		return missing
	}
	reader, c, err := in.Verify(id, r.URL.Query(), in.opt.Now())
	if err != nil {
		return err
	}
	info, err := in.Info(r.Context(), id)
	if errors.Is(err, ErrNotFound) {
		return missing
	}
	if err != nil {
		return storageTrouble(err)
	}
	// The link says what was meant when it was made; what is so now decides.
	if in.opt.MayRead != nil {
		if err := in.opt.MayRead(r.Context(), reader, c, info); err != nil {
			return err
		}
	}
	if !MayHave(reader, info.Party, c, info.Media) {
		return missing
	}
	blob, what, err := in.OpenCopy(r.Context(), info, c)
	if errors.Is(err, ErrNotFound) {
		return missing
	}
	if err != nil {
		return storageTrouble(err)
	}
	defer blob.Close()
	kind, ok := allowed[what.Media]
	if !ok {
		return missing // an allowed type that was taken off the list since
	}
	disposition := "inline"
	switch what.Media {
	case "image/heic", "image/heif", "application/pdf":
		disposition = "attachment" // most browsers cannot show the one, and the other may hold anything
	}
	h.Set("Content-Type", what.Media)
	h.Set("Content-Disposition", disposition+`; filename="`+string(id)+kind.extension+`"`)
	h.Set("ETag", `"`+what.SHA256+`"`)
	http.ServeContent(w, r, "", time.Time{}, blob)
	return nil
}
