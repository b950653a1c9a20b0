package evidence

import (
	"context"
	"crypto/sha1" // tus names it; it guards against line noise here, not against anybody
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strconv"
	"strings"
	"time"

	"recourse/cases"
	"recourse/internal/ids"
)

const (
	tusVersion   = "1.0.0"
	tusExtension = "creation,termination,checksum,expiration"
	tusChecksums = "sha1,sha256"

	statusChecksumMismatch = 460 // tus checksum extension

	copyBuffer = 64 << 10
)

// ServeHTTP speaks tus 1.0.0 below the prefix.
func (in *Intake) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Tus-Resumable", tusVersion)
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if err := in.serve(w, r); err != nil {
		var e *Error
		if errors.As(err, &e) && e.Retry {
			w.Header().Set("Retry-After", "1")
		}
		in.opt.Refuse(w, r, err)
	}
}

func (in *Intake) serve(w http.ResponseWriter, r *http.Request) error {
	name, ok := in.route(r.URL.Path)
	if !ok {
		return uploadNotFound()
	}
	method := r.Method
	if m := r.Header.Get("X-HTTP-Method-Override"); m != "" && method == http.MethodPost {
		method = m // tus: for clients that cannot send PATCH or DELETE
	}
	if method == http.MethodOptions {
		return in.options(w)
	}
	if v := r.Header.Get("Tus-Resumable"); v != tusVersion {
		w.Header().Set("Tus-Version", tusVersion)
		return badUpload(http.StatusPreconditionFailed, ReasonVersion, fmt.Errorf("client speaks %.20q", v))
	}
	party, err := in.opt.Auth(r)
	if err != nil {
		return err
	}
	if name == "" {
		if method != http.MethodPost {
			w.Header().Set("Allow", "OPTIONS, POST")
			return badUpload(http.StatusMethodNotAllowed, ReasonMethod, nil)
		}
		return in.create(w, r, party)
	}
	id, err := checkID(name)
	if err != nil {
		return uploadNotFound()
	}
	switch method {
	case http.MethodHead:
		return in.head(w, r, party, id)
	case http.MethodPatch:
		return in.patch(w, r, party, id)
	case http.MethodDelete:
		return in.terminate(w, r, party, id)
	}
	w.Header().Set("Allow", "OPTIONS, HEAD, PATCH, DELETE")
	return badUpload(http.StatusMethodNotAllowed, ReasonMethod, nil)
}

func (in *Intake) options(w http.ResponseWriter) error {
	h, now := w.Header(), in.opt.limits()
	h.Set("Tus-Version", tusVersion)
	h.Set("Tus-Extension", tusExtension)
	h.Set("Tus-Checksum-Algorithm", tusChecksums)
	h.Set("Tus-Max-Size", strconv.FormatInt(max(now.image, now.video), 10))
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func (in *Intake) create(w http.ResponseWriter, r *http.Request, party Party) error {
	length, ok := number(r.Header.Get("Upload-Length"))
	if !ok {
		return badUpload(http.StatusBadRequest, ReasonLength, nil)
	}
	// Several header lines are one list, by the rules of HTTP.
	meta, err := parseMetadata(strings.Join(r.Header.Values("Upload-Metadata"), ","))
	if err != nil {
		return badUpload(http.StatusBadRequest, ReasonMetadata, err)
	}
	shard, err := shardOf(meta.Case)
	if err != nil {
		return badUpload(http.StatusBadRequest, ReasonMetadata, err)
	}
	takes := in.kindTakes(meta.Kind)
	if len(takes) == 0 {
		return rejected(ReasonUnknownKind, nil)
	}
	if length == 0 {
		return rejected(ReasonEmpty, nil)
	}
	if length > in.lengthLimit(takes) {
		return &Error{Code: CodeTooLarge, Status: http.StatusRequestEntityTooLarge, Reason: ReasonTooLarge}
	}
	if err := in.opt.Admit(r.Context(), party, meta); err != nil {
		return err
	}
	id := cases.EvidenceID(ids.New("e", shard))
	room, err := in.reserve(r.Context(), party, id)
	if err != nil {
		return storageTrouble(err)
	}
	if !room {
		return &Error{Code: CodeRateLimited, Status: http.StatusTooManyRequests, Reason: ReasonTooManyOpen}
	}
	now := in.opt.Now().UTC()
	u := &upload{
		ID: id, Party: party, Meta: meta, Length: length, Stage: receiving,
		Created: now, Expires: now.Add(in.opt.Keep),
	}
	if err := in.uploads.create(u); err != nil {
		return storageTrouble(errors.Join(err, in.forget(u)))
	}
	w.Header().Set("Location", in.opt.Prefix+"/"+string(id))
	expires(w, u)
	w.WriteHeader(http.StatusCreated)
	return nil
}

// hold claims an upload of the party and loads it. The caller releases the claim.
func (in *Intake) hold(r *http.Request, party Party, id cases.EvidenceID) (*claim, *upload, error) {
	// Look before asking anybody to give way: strangers must not disturb an upload.
	if _, err := in.find(party, id); err != nil {
		return nil, nil, err
	}
	ctx, cancel := context.WithTimeout(r.Context(), in.opt.TakeOver)
	defer cancel()
	c, err := in.claims.take(ctx, id)
	if err != nil {
		return nil, nil, &Error{Code: CodeUploadBusy, Status: http.StatusLocked, Reason: ReasonBusy, Retry: true, Cause: err}
	}
	u, err := in.find(party, id) // as it is now
	if err != nil {
		c.release()
		return nil, nil, err
	}
	return c, u, nil
}

func (in *Intake) find(party Party, id cases.EvidenceID) (*upload, error) {
	u, err := in.uploads.load(id)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, uploadNotFound()
	}
	if err != nil {
		return nil, storageTrouble(err)
	}
	if u.Party != party {
		return nil, uploadNotFound() // the same answer: no enumeration
	}
	return u, nil
}

// progress is where a held upload stands. A complete one that is not settled is settled first:
// the client that asks is the one that did not hear our answer. Refusals and expiry are errors.
func (in *Intake) progress(ctx context.Context, u *upload) (offset int64, err error) {
	complete, size, err := in.complete(u)
	if err != nil {
		return 0, storageTrouble(err)
	}
	if u.expired(in.opt.Now(), size) {
		if err := in.expire(ctx, u); err != nil {
			return 0, storageTrouble(err)
		}
		return 0, &Error{Code: CodeUploadExpired, Status: http.StatusGone, Reason: ReasonExpired}
	}
	if complete || u.Stage == refused {
		// The client may leave; the file is here and goes its way.
		return size, in.settle(context.WithoutCancel(ctx), u)
	}
	return size, nil
}

func (in *Intake) head(w http.ResponseWriter, r *http.Request, party Party, id cases.EvidenceID) error {
	c, u, err := in.hold(r, party, id)
	if err != nil {
		return err
	}
	defer c.release()
	offset, err := in.progress(r.Context(), u)
	if err != nil {
		return err
	}
	w.Header().Set("Upload-Offset", strconv.FormatInt(offset, 10))
	w.Header().Set("Upload-Length", strconv.FormatInt(u.Length, 10))
	expires(w, u)
	w.WriteHeader(http.StatusOK)
	return nil
}

func (in *Intake) patch(w http.ResponseWriter, r *http.Request, party Party, id cases.EvidenceID) error {
	if r.Header.Get("Content-Type") != "application/offset+octet-stream" {
		return badUpload(http.StatusUnsupportedMediaType, ReasonContentType, nil)
	}
	from, ok := number(r.Header.Get("Upload-Offset"))
	if !ok {
		return badUpload(http.StatusBadRequest, ReasonOffset, nil)
	}
	sum, err := parseChecksum(r.Header.Get("Upload-Checksum"))
	if err != nil {
		return badUpload(http.StatusBadRequest, ReasonChecksum, err)
	}
	c, u, err := in.hold(r, party, id)
	if err != nil {
		return err
	}
	defer c.release()
	offset, err := in.progress(r.Context(), u)
	if err != nil {
		return err
	}
	if offset != from {
		return &Error{Code: CodeOffsetConflict, Status: http.StatusConflict, Reason: ReasonOffset}
	}
	if r.ContentLength > u.Length-offset {
		return &Error{Code: CodeTooLarge, Status: http.StatusRequestEntityTooLarge, Reason: ReasonTooLarge}
	}
	if offset < u.Length {
		if offset, err = in.receive(w, r, c, u, offset, sum); err != nil {
			return err
		}
	}
	if offset == u.Length && u.Stage == receiving {
		if err := in.settle(context.WithoutCancel(r.Context()), u); err != nil {
			return err
		}
	}
	w.Header().Set("Upload-Offset", strconv.FormatInt(offset, 10))
	expires(w, u)
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// receive appends the body to the part and returns the new offset, flushed. Bytes under a
// checksum go to a file of their own first: they count only when all of them are right.
func (in *Intake) receive(w http.ResponseWriter, r *http.Request, c *claim, u *upload, offset int64, sum *checksum) (int64, error) {
	b := &body{
		src: r.Body, conn: http.NewResponseController(w),
		idle: in.opt.Idle, stall: in.opt.Stall, end: time.Now().Add(in.opt.Longest),
	}
	end := c.whenAwaited(b.hurry)
	defer b.disarm()
	defer end()

	target := partPath(u.ID)
	flags := os.O_WRONLY | os.O_APPEND
	if sum != nil {
		target, flags = chunkPath(u.ID), os.O_RDWR|os.O_CREATE|os.O_TRUNC
	}
	f, err := in.root.OpenFile(target, flags, 0o600)
	if err != nil {
		return 0, storageTrouble(err)
	}
	defer f.Close()
	if sum != nil {
		defer func() { _ = removeFile(in.root, target) }() // else the next chunk truncates it
	}

	n, err := pour(f, b, u.Length-offset, sum)
	if errors.Is(err, errTooMuch) && sum == nil {
		// None of this request's bytes can be trusted to be the file's.
		err = errors.Join(err, f.Truncate(offset))
	}
	if sum == nil {
		// Whatever came before a break is kept, and a later HEAD will promise it.
		if syncErr := f.Sync(); syncErr != nil {
			return 0, storageTrouble(errors.Join(err, syncErr))
		}
	}
	if err != nil {
		return 0, bodyError(err)
	}
	if sum == nil {
		return offset + n, nil
	}
	if !sum.right() {
		return 0, &Error{Code: CodeChecksum, Status: statusChecksumMismatch, Reason: ReasonChecksum, Retry: true}
	}
	return in.appendChunk(u.ID, f, offset, n)
}

func (in *Intake) appendChunk(id cases.EvidenceID, chunk io.ReaderAt, offset, n int64) (int64, error) {
	part, err := in.root.OpenFile(partPath(id), os.O_WRONLY|os.O_APPEND, 0o600)
	if err != nil {
		return 0, storageTrouble(err)
	}
	_, err = io.Copy(part, io.NewSectionReader(chunk, 0, n))
	if err = errors.Join(err, part.Sync(), part.Close()); err != nil {
		return 0, storageTrouble(err) // right bytes as far as they came; HEAD tells how far
	}
	return offset + n, nil
}

var (
	errTooMuch = errors.New("the body is longer than the upload")
	errWrite   = errors.New("the part cannot be written")
)

// pour copies at most room bytes. It never writes one more, and reports that there were more.
func pour(f io.Writer, b io.Reader, room int64, sum *checksum) (int64, error) {
	buf := make([]byte, copyBuffer)
	var n int64
	for {
		got, err := b.Read(buf)
		if int64(got) > room-n {
			return n, errTooMuch
		}
		if got > 0 {
			if sum != nil {
				_, _ = sum.hash.Write(buf[:got]) // never fails, by the contract of hash.Hash
			}
			if _, err := f.Write(buf[:got]); err != nil {
				return n, errors.Join(errWrite, err)
			}
			n += int64(got)
		}
		if errors.Is(err, io.EOF) {
			return n, nil
		}
		if err != nil {
			return n, err
		}
	}
}

func bodyError(err error) *Error {
	switch {
	case errors.Is(err, errTooMuch):
		return &Error{Code: CodeTooLarge, Status: http.StatusRequestEntityTooLarge, Reason: ReasonTooLarge, Cause: err}
	case errors.Is(err, errWrite):
		return storageTrouble(err)
	case errors.Is(err, errTakenOver):
		return &Error{Code: CodeUploadBusy, Status: http.StatusLocked, Reason: ReasonTakenOver, Retry: true, Cause: err}
	case errors.Is(err, os.ErrDeadlineExceeded):
		return &Error{Code: CodeBadUpload, Status: http.StatusRequestTimeout, Reason: ReasonTooSlow, Retry: true, Cause: err}
	}
	return &Error{Code: CodeBadUpload, Status: http.StatusBadRequest, Reason: ReasonInterrupted, Retry: true, Cause: err}
}

// terminate takes an unfinished upload back. One that is complete goes to the case first, as it
// may be there already; what the case has, only the case can let go.
func (in *Intake) terminate(w http.ResponseWriter, r *http.Request, party Party, id cases.EvidenceID) error {
	c, u, err := in.hold(r, party, id)
	if err != nil {
		return err
	}
	defer c.release()
	if _, err := in.progress(r.Context(), u); err != nil && u.Stage != refused {
		return err
	}
	if u.Stage == accepted {
		return &Error{Code: CodeUploadDone, Status: http.StatusConflict, Reason: ReasonAccepted}
	}
	if err := in.expire(r.Context(), u); err != nil {
		return storageTrouble(err)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

func expires(w http.ResponseWriter, u *upload) {
	if u.Stage == receiving {
		w.Header().Set("Upload-Expires", u.Expires.UTC().Format(http.TimeFormat))
	}
}

// number reads a non-negative decimal number without sign or spaces.
func number(s string) (int64, bool) {
	n, err := strconv.ParseUint(s, 10, 63)
	return int64(n), err == nil
}

// checksum is what a chunk should add up to.
type checksum struct {
	hash hash.Hash
	want []byte
}

func parseChecksum(header string) (*checksum, error) {
	if header == "" {
		return nil, nil
	}
	name, encoded, _ := strings.Cut(header, " ")
	sum := new(checksum)
	switch name {
	case "sha1":
		sum.hash = sha1.New()
	case "sha256":
		sum.hash = sha256.New()
	default:
		return nil, fmt.Errorf("checksum algorithm %.20q", name)
	}
	want, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil || len(want) != sum.hash.Size() {
		return nil, errors.New("malformed checksum")
	}
	sum.want = want
	return sum, nil
}

func (c *checksum) right() bool { return subtle.ConstantTimeCompare(c.hash.Sum(nil), c.want) == 1 }
