package remote

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"hash/fnv"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"recourse/bot/replay"
	"recourse/cases/policy"
)

// upload sends a piece of evidence as the buyer's page does, and waits until it stands in the log.
func (st *seat) upload(ctx context.Context, kind policy.EvidenceKind) error {
	if st.buyer.Away() {
		return cannot("a buyer who is not connected uploads")
	}
	spec, known := policy.Default().Evidence[kind]
	if !known {
		return fmt.Errorf("%w: there is no evidence of kind %q", replay.ErrSuite, kind)
	}
	st.n++
	h := fnv.New64a()
	_, _ = fmt.Fprint(h, st.set.Conversation, st.n) // never fails
	file, name, media := picture(h.Sum64()), "photo.jpg", "image/jpeg"
	switch {
	case slices.Contains(spec.Media, "image"):
	case slices.Contains(spec.Media, "video"):
		file, name, media = film(h.Sum64()), "film.mp4", "video/mp4"
	default:
		return cannot("evidence of kind %q is no file", kind)
	}
	about := st.caseID()
	if about == "" {
		about = st.complaintID()
	}
	id, err := st.tus(ctx, about, string(kind), name, media, file)
	if err != nil {
		return err
	}
	b := st.buyer
	found := func() int {
		for i, e := range b.Entries {
			if e.Evidence != nil && e.Evidence.ID == id {
				return i
			}
		}
		return -1
	}
	if err := b.Await(ctx, func() bool { return found() >= 0 }); err != nil {
		return fmt.Errorf("the upload does not come into the log: %w", err)
	}
	e := b.Entries[found()]
	st.label = e.Evidence.Label
	return st.settle(ctx, true)
}

// tus sends a file and returns its id.
func (st *seat) tus(ctx context.Context, about, kind, name, media string, file []byte) (string, error) {
	enc := func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }
	auth := "Bearer " + st.buyer.Welcome.Session
	res, err := st.s.send(ctx, http.MethodPost, "/api/uploads", map[string]string{
		"Authorization": auth, "Tus-Resumable": "1.0.0", "Upload-Length": fmt.Sprint(len(file)), "Accept-Language": string(st.locale),
		"Upload-Metadata": "case " + enc(about) + ",kind " + enc(kind) + ",filename " + enc(name) + ",filetype " + enc(media),
	}, nil)
	if err != nil {
		return "", err
	}
	where := res.Header.Get("Location")
	if _, err := take(res, nil); err != nil {
		return "", st.said(err)
	}
	u, err := url.Parse(where)
	if err != nil {
		return "", fmt.Errorf("read where to upload to: %w", err)
	}
	path := u.Path[strings.Index(u.Path, "/api/uploads"):]
	res, err = st.s.send(ctx, http.MethodPatch, path, map[string]string{
		"Authorization": auth, "Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream", "Accept-Language": string(st.locale),
	}, file)
	if err != nil {
		return "", err
	}
	if _, err := take(res, nil); err != nil {
		return "", st.said(err)
	}
	return path[strings.LastIndex(path, "/")+1:], nil
}

// said counts a refusal and says what it means for the case.
func (st *seat) said(err error) error {
	if no, ok := err.(*refusal); ok {
		st.s.refused(no.Code)
	}
	return asSuite(err)
}

const (
	pictureWide = 720 // above the least that is taken (domain §2.3)
	pictureHigh = 480
)

// picture is a photograph that is like no other.
func picture(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 1))
	flat := image.NewRGBA(image.Rect(0, 0, pictureWide, pictureHigh))
	for range 24 {
		x, y := r.IntN(pictureWide), r.IntN(pictureHigh)
		c := color.RGBA{uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), 255}
		draw.Draw(flat, image.Rect(x, y, x+r.IntN(240)+8, y+r.IntN(160)+8), image.NewUniform(c), image.Point{}, draw.Src)
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, flat, &jpeg.Options{Quality: 60}); err != nil {
		panic(err) // into memory
	}
	return b.Bytes()
}

// film is an MP4 of one second whose frames are noise: enough for whoever looks at its boxes.
func film(seed uint64) []byte {
	be := func(v ...uint32) []byte {
		var out []byte
		for _, x := range v {
			out = binary.BigEndian.AppendUint32(out, x)
		}
		return out
	}
	box := func(kind string, parts ...[]byte) []byte {
		body := bytes.Join(parts, nil)
		return append(append(be(uint32(len(body)+8)), kind...), body...)
	}
	noise := binary.BigEndian.AppendUint64(nil, seed)
	return bytes.Join([][]byte{
		box("ftyp", []byte("isom"), be(0), []byte("isom")),
		box("mdat", noise, make([]byte, 2048)),
		box("moov", box("mvhd", be(0, 0, 0, 1000, 1000), make([]byte, 80)), box("trak", box("mdia", box("hdlr", be(0, 0), []byte("vide"), make([]byte, 12))))),
	}, nil)
}
