package evidence

import (
	"crypto/hmac"
	"crypto/sha256"
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

// Sign returns the query that lets whoever has it look at one file for ten minutes. The reader is
// part of the signature, so that a request log tells for whom the link was made; it must not be
// a secret.
func (in *Intake) Sign(id cases.EvidenceID, reader string, now time.Time) string {
	until := strconv.FormatInt(now.Add(linkLasts).Unix(), 10)
	return url.Values{
		"by": {reader}, "until": {until},
		"sig": {base64.RawURLEncoding.EncodeToString(in.signature(string(id), reader, until))},
	}.Encode()
}

// Verify tells for whom a link was made, or an *Error that says whether it is over or was never
// ours.
func (in *Intake) Verify(id cases.EvidenceID, query url.Values, now time.Time) (reader string, err error) {
	reader, until := query.Get("by"), query.Get("until")
	sig, err := base64.RawURLEncoding.DecodeString(query.Get("sig"))
	if err != nil || !hmac.Equal(sig, in.signature(string(id), reader, until)) {
		return "", &Error{Code: CodeLinkInvalid, Status: http.StatusForbidden, Reason: ReasonSignature}
	}
	end, ok := number(until)
	if !ok || !now.Before(time.Unix(end, 0)) {
		return "", &Error{Code: CodeLinkExpired, Status: http.StatusForbidden, Reason: ReasonExpired}
	}
	return reader, nil
}

// signature covers the fields with their lengths, so that no two sets of fields read the same.
func (in *Intake) signature(fields ...string) []byte {
	mac := hmac.New(sha256.New, in.opt.LinkKey)
	_, _ = mac.Write([]byte("recourse evidence link 1\n")) // never fails, by the contract of hash.Hash
	for _, f := range fields {
		_, _ = mac.Write([]byte(strconv.Itoa(len(f)) + ":" + f + "\n")) // as above
	}
	return mac.Sum(nil)
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
	if _, err := in.Verify(id, r.URL.Query(), in.opt.Now()); err != nil {
		return err
	}
	blob, info, err := in.Open(r.Context(), id)
	if errors.Is(err, ErrNotFound) {
		return missing
	}
	if err != nil {
		return storageTrouble(err)
	}
	defer blob.Close()
	kind, ok := allowed[info.Media]
	if !ok {
		return missing // an allowed type that was taken off the list since
	}
	disposition := "inline"
	if info.Media == "image/heic" || info.Media == "image/heif" {
		disposition = "attachment" // most browsers cannot show it
	}
	h.Set("Content-Type", info.Media)
	h.Set("Content-Disposition", disposition+`; filename="`+string(id)+kind.extension+`"`)
	h.Set("ETag", `"`+info.SHA256+`"`)
	http.ServeContent(w, r, "", time.Time{}, blob)
	return nil
}
