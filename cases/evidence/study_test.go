package evidence

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"

	"recourse/cases"
	"recourse/cases/policy"
)

// studied is what becomes of a file of a kind.
func studied(t testing.TB, kind policy.EvidenceKind, file []byte) (Finding, copies) {
	t.Helper()
	r := bytes.NewReader(file)
	found, img, err := inspect(r, int64(len(file)), anyMedia, testLimits)
	if err != nil {
		t.Fatalf("inspect: %v (%v)", err, errors.Unwrap(err))
	}
	c, err := study(t.Context(), r, int64(len(file)), Meta{Kind: kind}, &found, img, testLimits)
	if err != nil {
		t.Fatal(err)
	}
	return found, c
}

func TestTheViewSaysNothingOfWhoTookIt(t *testing.T) {
	file := withSegment(jpegAt(t, scene(3000, 2000, 1), 90), 0xe1, exifOf("Acme Camera 1.0", 6))
	found, c := studied(t, "item_photo", file)
	if found.Exif.Camera != "Acme Phone 7" || !found.Exif.Place || found.Exif.Taken == "" || !slices.Equal(found.Exif.Software, []string{"Acme Camera 1.0"}) {
		t.Errorf("notes read: %+v", found.Exif)
	}
	if len(found.Flags) > 0 {
		t.Errorf("a phone's own camera is flagged: %v", found.Flags)
	}
	for name, b := range map[string][]byte{"view": c.view, "thumb": c.thumb} {
		for _, secret := range []string{"Exif", "Acme", "Phone 7", "2026:03:01", "http://ns.adobe.com"} {
			if bytes.Contains(b, []byte(secret)) {
				t.Errorf("the %s tells %q", name, secret)
			}
		}
	}
	// It stands upright, and its longer side is bounded.
	got, err := jpeg.DecodeConfig(bytes.NewReader(c.view))
	if err != nil || got.Width != 1365 || got.Height != 2048 {
		t.Errorf("view of %d × %d, %v", got.Width, got.Height, err)
	}
	if found.View.Width != 1365 || found.View.SHA256 != shaOf(c.view) || found.Thumb.Height != 320 || found.Thumb.SHA256 != shaOf(c.thumb) {
		t.Errorf("noted %+v %+v", found.View, found.Thumb)
	}
	again, _ := studied(t, "item_photo", file)
	if again.View != found.View || again.Thumb != found.Thumb {
		t.Error("the same file gives other copies")
	}
}

func TestPicturesAreTurnedAsTheirNotesSay(t *testing.T) {
	// One corner is red; where it must be after turning, for each orientation of EXIF.
	img := image.NewRGBA(image.Rect(0, 0, 800, 700))
	draw.Draw(img, img.Rect, image.White, image.Point{}, draw.Src)
	draw.Draw(img, image.Rect(0, 0, 200, 200), image.NewUniform(color.RGBA{255, 0, 0, 255}), image.Point{}, draw.Src)
	type corner struct{ right, bottom bool }
	for orientation, want := range map[uint16]corner{
		1: {}, 2: {right: true}, 3: {true, true}, 4: {bottom: true}, 5: {}, 6: {right: true}, 7: {true, true}, 8: {bottom: true},
	} {
		_, c := studied(t, "item_photo", withSegment(jpegAt(t, img, 95), 0xe1, exifOf("x", orientation)))
		got, err := jpeg.Decode(bytes.NewReader(c.view))
		if err != nil {
			t.Fatal(err)
		}
		b := got.Bounds()
		if wide := orientation < 5; wide != (b.Dx() == 800) {
			t.Errorf("orientation %d: %v", orientation, b)
		}
		x, y := 40, 40
		if want.right {
			x = b.Dx() - 40
		}
		if want.bottom {
			y = b.Dy() - 40
		}
		if r, g, _, _ := got.At(x, y).RGBA(); r < 0xc000 || g > 0x4000 {
			t.Errorf("orientation %d: no red at %d, %d", orientation, x, y)
		}
	}
}

func TestSoftwareIsFlaggedAndNothingMore(t *testing.T) {
	base := jpegAt(t, scene(800, 700, 1), 90)
	xmp := func(s string) []byte { return append([]byte("http://ns.adobe.com/xap/1.0/\x00"), s...) }
	text := func(key, value string) []byte {
		b := pngOf(t, scene(800, 700, 1))
		chunk := pngChunk("tEXt", append(append([]byte(key), 0), value...))
		return slices.Concat(b[:33], chunk, b[33:])
	}
	for name, tt := range map[string]struct {
		file []byte
		want []cases.EvidenceFlag
	}{
		"a plain picture":        {base, nil},
		"an editor in EXIF":      {withSegment(base, 0xe1, exifOf("Adobe Photoshop 26.1", 1)), []cases.EvidenceFlag{cases.FlagSoftware}},
		"a Chinese editor":       {withSegment(base, 0xe1, exifOf("美图秀秀", 1)), []cases.EvidenceFlag{cases.FlagSoftware}},
		"a phone's version":      {withSegment(base, 0xe1, exifOf("18.1.1", 1)), nil},
		"an editor in XMP":       {withSegment(base, 0xe1, xmp(`<x:xmpmeta><rdf:Description xmp:CreatorTool="Snapseed 2.0"/></x:xmpmeta>`)), []cases.EvidenceFlag{cases.FlagSoftware}},
		"a generator in XMP":     {withSegment(base, 0xe1, xmp(`<x Iptc4xmpExt:DigitalSourceType="http://cv.iptc.org/newscodes/digitalsourcetype/trainedAlgorithmicMedia"/>`)), []cases.EvidenceFlag{cases.FlagAI}},
		"a mark of made content": {withSegment(base, 0xe1, xmp(`<rdf:Description TC260:AIGC='{"Label":"1"}'/>`)), []cases.EvidenceFlag{cases.FlagAI}},
		"a generator in EXIF":    {withSegment(base, 0xe1, exifOf("Midjourney v7", 1)), []cases.EvidenceFlag{cases.FlagAI}},
		"a generator's PNG":      {text("parameters", "a broken cup, Steps: 20"), []cases.EvidenceFlag{cases.FlagAI}},
		"an editor's PNG":        {text("Software", "GIMP 3.0"), []cases.EvidenceFlag{cases.FlagSoftware}},
		"a PNG with a comment":   {text("Comment", "parameters"), nil},
	} {
		if found, _ := studied(t, "item_photo", tt.file); !slices.Equal(found.Flags, tt.want) {
			t.Errorf("%s: %v, want %v (%+v)", name, found.Flags, tt.want, found.Exif)
		}
	}
}

func TestHintsOfABadPicture(t *testing.T) {
	sharp := scene(1600, 1200, 3)
	soft := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for y := range 30 {
		for x := range 40 {
			soft.Set(x, y, sharp.At(x*40, y*40))
		}
	}
	dark := image.NewRGBA(sharp.Rect)
	for i := range dark.Pix {
		dark.Pix[i] = sharp.Pix[i] / 9
		if i%4 == 3 {
			dark.Pix[i] = 255
		}
	}
	blurred := fitUp(soft, 1600, 1200)
	for name, tt := range map[string]struct {
		img  image.Image
		want []cases.EvidenceHint
	}{
		"sharp": {sharp, nil}, "blurred": {blurred, []cases.EvidenceHint{cases.HintBlurry}}, "dark": {dark, []cases.EvidenceHint{cases.HintDark}},
	} {
		if found, _ := studied(t, "item_photo", jpegAt(t, tt.img, 90)); !slices.Equal(found.Hints, tt.want) {
			t.Errorf("%s: %v, want %v (%+v)", name, found.Hints, tt.want, found.Like)
		}
	}
}

func fitUp(img *image.RGBA, w, h int) image.Image {
	g := grey(img)
	return shrink(g, w, h)
}

func TestTheSamePictureIsKnownAgain(t *testing.T) {
	of := func(img image.Image, quality int) Likeness {
		found, _ := studied(t, "item_photo", jpegAt(t, img, quality))
		return found.Like
	}
	big := scene(2400, 1800, 5)
	first := of(big, 92)
	bigger := fit(big, 1200)
	for name, again := range map[string]Likeness{"saved anew": of(big, 30), "scaled": of(bigger, 80)} {
		if like, n := first.Like(again); !like || n > nearP {
			t.Errorf("%s: differs by %d bits", name, n)
		}
	}
	for seed := range uint64(12) {
		if like, n := first.Like(of(scene(1200, 900, 100+seed), 90)); like {
			t.Errorf("picture %d counts as the same, %d bits", seed, n)
		}
	}
	// What has nothing on it is like nothing.
	wall := of(image.NewGray(image.Rect(0, 0, 900, 900)), 90)
	if like, _ := wall.Like(wall); like || !wall.Plain {
		t.Errorf("a wall is taken for a picture: %+v", wall)
	}
}

// label draws a parcel's label into a scene: a code of that text, as large as a label in a photo of its parcel.
func label(t testing.TB, text string, qr bool, degrees float64) image.Image {
	t.Helper()
	var m *gozxing.BitMatrix
	var err error
	if qr {
		m, err = qrcode.NewQRCodeWriter().Encode(text, gozxing.BarcodeFormat_QR_CODE, 420, 420, nil)
	} else {
		m, err = oned.NewCode128Writer().Encode(text, gozxing.BarcodeFormat_CODE_128, 900, 220, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	g := image.NewGray(image.Rect(0, 0, m.GetWidth()+80, m.GetHeight()+80))
	draw.Draw(g, g.Rect, image.White, image.Point{}, draw.Src)
	for y := range m.GetHeight() {
		for x := range m.GetWidth() {
			if m.Get(x, y) {
				g.SetGray(x+40, y+40, color.Gray{20})
			}
		}
	}
	sin, cos := math.Sincos(degrees * math.Pi / 180)
	turned := rotated(g, sin, cos)
	img := scene(2000, 1500, 11)
	at := image.Pt(350, 150)
	draw.Draw(img, turned.Rect.Add(at), turned, image.Point{}, draw.Src)
	return img
}

func TestWaybillsAreRead(t *testing.T) {
	for name, tt := range map[string]struct {
		text    string
		qr      bool
		degrees float64
		want    string
	}{
		"code 128":            {"SF1234567890123", false, 0, "SF1234567890123"},
		"upside down":         {"SF1234567890123", false, 180, "SF1234567890123"},
		"on its side":         {"YT7300000100055", false, 90, "YT7300000100055"},
		"askew":               {"78123456789012", false, 7, "78123456789012"},
		"far askew":           {"SF1234567890123", false, 33, "SF1234567890123"},
		"a QR code":           {"JT3012345678901", true, 0, "JT3012345678901"},
		"a QR code of a page": {"https://m.sf-express.com/p/SF1234567890123?x=1", true, 20, "SF1234567890123"},
		"no waybill":          {"https://example.com/coupon", true, 0, ""},
	} {
		found, _ := studied(t, "return_parcel_photo", jpegAt(t, label(t, tt.text, tt.qr, tt.degrees), 80))
		if found.Waybill != tt.want {
			t.Errorf("%s: %q of %q, want %q", name, found.Waybill, found.Codes, tt.want)
		}
		if unread := slices.Contains(found.Hints, cases.HintNoWaybill); unread != (tt.want == "") {
			t.Errorf("%s: hints %v", name, found.Hints)
		}
	}
	// A picture that need not show one is not asked for it.
	if found, _ := studied(t, "item_photo", jpegAt(t, label(t, "SF1234567890123", false, 0), 80)); found.Waybill != "" || len(found.Hints) > 0 {
		t.Errorf("an item's picture: %q %v", found.Waybill, found.Hints)
	}
}

func TestHEICBecomesAPictureForTheOtherParty(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("heif", "testdata", "test.heic"))
	if err != nil {
		t.Fatal(err)
	}
	found, c := studied(t, "item_photo", file)
	got, err := jpeg.DecodeConfig(bytes.NewReader(c.view))
	if err != nil || got.Width != 1346 || got.Height != 1346 || found.View.Media != "image/jpeg" || !found.Like.Known {
		t.Errorf("%d × %d, %v; %+v", got.Width, got.Height, err, found)
	}
	// One that cannot be decoded is kept, and says so.
	found, c = studied(t, "item_photo", heifOf("heic", [2]uint32{900, 900}))
	if c.view != nil || found.View != (Made{}) || found.NoView != "undecodable" || !slices.Equal(found.Hints, []cases.EvidenceHint{cases.HintNoPreview}) {
		t.Errorf("%+v", found)
	}
}

func TestStudyEndsWithItsContext(t *testing.T) {
	file, err := os.ReadFile(filepath.Join("heif", "testdata", "test.heic"))
	if err != nil {
		t.Fatal(err)
	}
	gone := errors.New("gone")
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(gone)
	found := Finding{Media: "image/heic"}
	if _, err := study(ctx, bytes.NewReader(file), int64(len(file)), Meta{}, &found, nil, testLimits); !errors.Is(err, gone) {
		t.Errorf("got %v; a good picture must not be called undecodable", err)
	}
}

const place = "+30.2592+120.1685/" // as ©xyz writes a place

// phoneFilm is a film as a phone writes it: its place in four habits, and a track of notes with samples in mdat.
func phoneFilm(t testing.TB, moovLast bool) (file []byte, notes, sound span) {
	t.Helper()
	be := binary.BigEndian
	sample := []byte("GPS " + place)
	table := func(offset, size uint32) [][]byte {
		return [][]byte{
			mp4Box("stsd", be32(0, 0)), mp4Box("stts", be32(0, 1, 2, 10)),
			mp4Box("stsc", be32(0, 1, 1, 2, 1)), mp4Box("stsz", be32(0, size, 2)), mp4Box("stco", be32(0, 1, offset)),
		}
	}
	track := func(handler string, offset, size uint32) []byte {
		return mp4Box("trak", mp4Box("tkhd", make([]byte, 84)),
			mp4Box("mdia", mp4Box("mdhd", make([]byte, 24)), mp4Box("hdlr", be32(0, 0), []byte(handler), make([]byte, 13)),
				mp4Box("minf", mp4Box("stbl", table(offset, size)...))),
			mp4Box("udta", mp4Box("\xa9xyz", []byte(place))))
	}
	moov := func(at uint32) []byte {
		return mp4Box("moov", mvhd(1000, 5000), track("vide", at, 100), track("meta", at+200, uint32(len(sample))),
			mp4Box("udta", mp4Box("\xa9xyz", []byte(place)), mp4Box("loci", []byte(place))),
			mp4Box("meta", mp4Box("keys", []byte("com.apple.quicktime.location.ISO6709")), mp4Box("ilst", []byte(place))))
	}
	head := slices.Concat(ftyp("qt  "), mp4Box("uuid", []byte("XMP "+place)), mp4Box("free", []byte(place)))
	media := slices.Concat(bytes.Repeat([]byte{0xab}, 200), sample, sample)
	at := uint32(len(head) + 8)
	if !moovLast {
		at += uint32(len(moov(0)))
	}
	mdat := mp4Box("mdat", media)
	if moovLast {
		// With a 64-bit size, as phones write what they began without knowing its length.
		mdat = append(be.AppendUint64(append(be32(1), "mdat"...), uint64(len(media)+16)), media...)
		at += 8
		file = slices.Concat(head, mdat, moov(at))
	} else {
		file = slices.Concat(head, moov(at), mdat)
	}
	return file, span{int64(at) + 200, int64(at) + 200 + 2*int64(len(sample))}, span{int64(at), int64(at) + 200}
}

func TestTheViewOfAFilmSaysNothingOfWhere(t *testing.T) {
	for name, moovLast := range map[string]bool{"moov first": false, "moov last": true} {
		t.Run(name, func(t *testing.T) {
			file, notes, picture := phoneFilm(t, moovLast)
			found, c := studied(t, "unboxing_video", file)
			if c.film == nil {
				t.Fatalf("no view: %s", found.NoView)
			}
			made, err := filmMade(c.film, found.Media)
			if err != nil {
				t.Fatal(err)
			}
			view, err := io.ReadAll(c.film)
			if err != nil {
				t.Fatal(err)
			}
			if len(view) != len(file) || made.SHA256 != shaOf(view) || made.Bytes != int64(len(view)) {
				t.Fatalf("%d bytes of %d, noted %+v", len(view), len(file), made)
			}
			for _, secret := range []string{"+30.2592", "120.1685", "ISO6709", "XMP", "GPS"} {
				if bytes.Contains(view, []byte(secret)) {
					t.Errorf("the view tells %q", secret)
				}
			}
			if !bytes.Equal(view[notes.from:notes.to], make([]byte, notes.to-notes.from)) {
				t.Error("the notes' samples are not blank")
			}
			if !bytes.Equal(view[picture.from:picture.to], file[picture.from:picture.to]) {
				t.Error("the picture's samples have changed")
			}
			// It is a film still, with its picture track and as long as before, and a second pass finds nothing to hide.
			again, c := studied(t, "unboxing_video", view)
			if again.Lasts != found.Lasts || c.film == nil {
				t.Fatalf("%+v", again)
			}
			twice, err := io.ReadAll(c.film)
			if err != nil || !bytes.Equal(twice, view) {
				t.Errorf("scrubbing again changes it: %v", err)
			}
		})
	}
}

func TestAFilmWhoseNotesCannotBeFoundIsNotShown(t *testing.T) {
	file, _, _ := phoneFilm(t, false)
	broken := bytes.Clone(file)
	i := bytes.LastIndex(broken, []byte("stco"))
	binary.BigEndian.PutUint32(broken[i+12:], 30) // the notes' chunk lies within the boxes
	beyond := bytes.Clone(file)
	binary.BigEndian.PutUint32(beyond[i+12:], 1<<30)
	fragments := append(bytes.Clone(file), mp4Box("moof", mp4Box("mfhd", be32(0, 1)))...)
	for name, file := range map[string][]byte{"into the boxes": broken, "beyond the end": beyond, "fragments": fragments} {
		found, c := studied(t, "unboxing_video", file)
		if c.film != nil || found.NoView == "" || !slices.Contains(found.Hints, cases.HintNoPreview) {
			t.Errorf("%s: %+v", name, found)
		}
	}
}

func TestPatchesAreAppliedHoweverItIsRead(t *testing.T) {
	file := bytes.Repeat([]byte("abcdefgh"), 20)
	patches := []patch{{span: span{3, 19}, head: []byte("HEAD....")}, {span: span{19, 20}}, {span: span{100, 120}, head: []byte("x")}}
	want := bytes.Clone(file)
	for _, p := range patches {
		clear(want[p.from:p.to])
		copy(want[p.from:p.to], p.head)
	}
	for _, step := range []int{1, 2, 3, 7, 64, 500} {
		p := &patched{r: bytes.NewReader(file), size: int64(len(file)), patches: patches}
		var got []byte
		buf := make([]byte, step)
		for {
			n, err := p.Read(buf)
			got = append(got, buf[:n]...)
			if err != nil {
				break
			}
		}
		if !bytes.Equal(got, want) {
			t.Errorf("read %d at a time: %q", step, got)
		}
	}
}

// BenchmarkStudy is what a photo of 12 megapixels costs, without and with looking for a waybill.
func BenchmarkStudy(b *testing.B) {
	file := jpegAt(b, scene(4032, 3024, 1), 88)
	for name, kind := range map[string]policy.EvidenceKind{"item": "item_photo", "waybill that is not there": "parcel_photo"} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				studied(b, kind, file)
			}
		})
	}
}

// BenchmarkCodes is the search for a waybill that is not there, the longest there is.
func BenchmarkCodes(b *testing.B) {
	g := grey(fit(scene(4032, 3024, 1), viewSide))
	for name, askew := range map[string]bool{"straight": false, "askew too": true} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				readCodes(b.Context(), g, askew)
			}
		})
	}
}
