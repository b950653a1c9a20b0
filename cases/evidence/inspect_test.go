package evidence

import (
	"bytes"
	"errors"
	"image"
	"io"
	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/cases"
)

var (
	testLimits = limits{image: 10 << 20, video: 100 << 20, pdf: 10 << 20, lasts: time.Minute, side: 640, pixels: 50_000_000}
	anyMedia   = []string{mediaImage, mediaVideo, mediaPDF}
)

func TestInspectTellsFromTheBytes(t *testing.T) {
	jpg := jpegOf(t, 800, 200)
	tests := []struct {
		name   string
		file   []byte
		takes  []string
		want   Finding
		reason Reason
	}{
		{name: "a jpeg strip counts by its longer side", file: jpg, want: Finding{Media: "image/jpeg", Width: 800, Height: 200}},
		{name: "a png", file: palettedPNG(t, 640, 10), want: Finding{Media: "image/png", Width: 640, Height: 10}},
		{name: "a webp", file: webpOf(700, 500), want: Finding{Media: "image/webp", Width: 700, Height: 500}},
		{name: "a heic of tiles has the size of the whole", file: heifOf("heic", [2]uint32{512, 512}, [2]uint32{4032, 3024}), want: Finding{Media: "image/heic", Width: 4032, Height: 3024}},
		{name: "a heif", file: heifOf("mif1", [2]uint32{1000, 900}), want: Finding{Media: "image/heif", Width: 1000, Height: 900}},
		{name: "an mp4", file: film("isom", "vide", 59_500, 10), want: Finding{Media: "video/mp4", Lasts: 59_500 * time.Millisecond}},
		{name: "a quicktime film", file: film("qt  ", "vide", 1000, 10), want: Finding{Media: "video/quicktime", Lasts: time.Second}},
		{name: "a film that stopped itself just after a minute", file: film("mp42", "vide", 60_700, 10), want: Finding{Media: "video/mp4", Lasts: 60_700 * time.Millisecond}},
		{name: "a film that does not tell how long it is", file: film("mp42", "vide", 0, 10), want: Finding{Media: "video/mp4"}},

		{name: "a pdf", file: pdfOf(""), want: Finding{Media: "application/pdf"}},
		{name: "a pdf that runs something", file: pdfOf("/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), want: Finding{
			Media: "application/pdf", Flags: []cases.EvidenceFlag{cases.FlagActive},
		}},

		{name: "nothing", file: nil, reason: ReasonEmpty},
		{name: "a web page", file: []byte("<!doctype html><script>alert(1)</script>"), reason: ReasonWrongType},
		{name: "an svg", file: []byte(`<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>`), reason: ReasonWrongType},
		{name: "a gif", file: []byte("GIF89a\x80\x02\x80\x02\x00\x00\x00;"), reason: ReasonWrongType},
		{name: "half a pdf", file: []byte("%PDF-1.7\n"), reason: ReasonUndecodable},
		{name: "a pdf where a picture is wanted", file: pdfOf(""), takes: []string{mediaImage}, reason: ReasonWrongType},
		{name: "a program", file: []byte("\x7fELF\x02\x01\x01\x00"), reason: ReasonWrongType},
		{name: "an avif", file: heifOf("avif", [2]uint32{1000, 900}), reason: ReasonWrongType},
		{name: "a song", file: film("isom", "soun", 1000, 10), reason: ReasonWrongType},
		{name: "a film where a picture is wanted", file: film("isom", "vide", 1000, 10), takes: []string{mediaImage}, reason: ReasonWrongType},
		{name: "a picture where a film is wanted", file: jpg, takes: []string{mediaVideo}, reason: ReasonWrongType},
		{name: "a picture for a kind of text", file: jpg, takes: []string{}, reason: ReasonWrongType},

		{name: "a small picture", file: jpegOf(t, 639, 639), reason: ReasonTooSmall},
		{name: "a small heic", file: heifOf("heic", [2]uint32{320, 320}), reason: ReasonTooSmall},
		{name: "a large heic", file: heifOf("heic", [2]uint32{20000, 20000}), reason: ReasonTooManyPixels},
		{name: "a picture of too many bytes", file: append(bytes.Clone(jpg), make([]byte, 10<<20)...), reason: ReasonTooLarge},
		{name: "a film of an hour", file: film("isom", "vide", 3_600_000, 10), reason: ReasonTooLong},

		{name: "half a jpeg", file: jpg[:len(jpg)/2], reason: ReasonUndecodable},
		{name: "the head of a jpeg", file: jpg[:4], reason: ReasonUndecodable},
		{name: "half a png", file: palettedPNG(t, 640, 640)[:60], reason: ReasonUndecodable},
		{name: "half a webp", file: webpOf(700, 500)[:26], reason: ReasonUndecodable},
		{name: "a heic without properties", file: append(ftyp("heic"), mp4Box("meta", be32(0))...), reason: ReasonUndecodable},
		{name: "a film without moov", file: append(ftyp("isom"), mp4Box("mdat", make([]byte, 50))...), reason: ReasonUndecodable},
		{name: "a film cut off", file: film("isom", "vide", 1000, 10)[:120], reason: ReasonUndecodable},
		{name: "a film without a time scale", file: append(ftyp("isom"), mp4Box("moov", mvhd(0, 5), trak("vide"))...), reason: ReasonUndecodable},
		{name: "a box that is larger than the file", file: append(ftyp("isom"), be32(1<<31, 0x6d6f6f76)...), reason: ReasonUndecodable},
		{name: "a box of 2^63 bytes", file: append(ftyp("isom"), append(be32(1, 0x6d6f6f76), 0x80, 0, 0, 0, 0, 0, 0, 0)...), reason: ReasonUndecodable},
		{name: "a box smaller than its head", file: append(ftyp("isom"), be32(4, 0x6d6f6f76, 0, 0)...), reason: ReasonUndecodable},
		{name: "more boxes than anybody writes", file: append(ftyp("isom"), bytes.Repeat(mp4Box("free"), boxesMax+1)...), reason: ReasonUndecodable},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			takes := tt.takes
			if takes == nil {
				takes = anyMedia
			}
			got, _, err := inspect(bytes.NewReader(tt.file), int64(len(tt.file)), takes, testLimits)
			if tt.reason == "" {
				if err != nil {
					t.Fatalf("refused: %v (%v)", err, errors.Unwrap(err))
				}
				if diff := cmp.Diff(tt.want, got); diff != "" {
					t.Error(diff)
				}
				return
			}
			var no *Error
			if !errors.As(err, &no) || no.Reason != tt.reason || no.Code != CodeRejected || no.Status != 422 {
				t.Errorf("got %+v, %v (%v); want a refusal for %s", got, err, errors.Unwrap(err), tt.reason)
			}
		})
	}
}

func TestDecodeBombsAreRefusedBeforeDecoding(t *testing.T) {
	// 20000 × 20000 in one bit per pixel: 49 kB on the wire, 400 MB decoded.
	bomb := rawPNG(t, 20000, 20000, 1, 0, 0, 20000*2501)
	// 49 megapixels are allowed; in 16 bits and interlaced they would take 800 MB.
	deep := rawPNG(t, 7000, 7000, 16, 6, 1, 100)
	for name, file := range map[string][]byte{"many pixels": bomb, "fat pixels": deep, "many webp pixels": webpOf(16000, 16000)} {
		t.Run(name, func(t *testing.T) {
			if len(file) > 1<<20 {
				t.Fatalf("the bomb has %d bytes", len(file))
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			_, _, err := inspect(bytes.NewReader(file), int64(len(file)), anyMedia, testLimits)
			runtime.ReadMemStats(&after)
			var no *Error
			if !errors.As(err, &no) || no.Reason != ReasonTooManyPixels {
				t.Errorf("got %v", err)
			}
			if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
				t.Errorf("took %d bytes", used)
			}
		})
	}
}

func TestTheMemoryOfAJPEGIsEstimatedFromItsFrame(t *testing.T) {
	frame := func(h, w int, sampling ...byte) []byte {
		f := []byte{8, byte(h >> 8), byte(h), byte(w >> 8), byte(w), byte(len(sampling))}
		for i, s := range sampling {
			f = append(f, byte(i+1), s, 0)
		}
		return f
	}
	for name, tt := range map[string]struct {
		frame       []byte
		progressive bool
		want        int64
	}{
		"grey":                          {frame(100, 200, 0x11), false, 20000},
		"halved colours":                {frame(100, 200, 0x22, 0x11, 0x11), false, 30000},
		"progressive halved colours":    {frame(100, 200, 0x22, 0x11, 0x11), true, 150000},
		"progressive full colours":      {frame(100, 200, 0x11, 0x11, 0x11), true, 300000},
		"four inks":                     {frame(100, 200, 0x11, 0x11, 0x11, 0x11), false, 160000},
		"a frame that lies about parts": {frame(100, 200, 0x11)[:6], false, 0},
		"no sampling":                   {frame(100, 200, 0), false, 0},
	} {
		if got := frameMemory(tt.frame, tt.progressive); got != tt.want {
			t.Errorf("%s: %d, want %d", name, got, tt.want)
		}
	}

	// 49 megapixels are allowed, and cost 735 MB as a progressive file without subsampling.
	head := []byte{0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0xff, 0xc2, 0, 17}
	fat := append(head, frame(7000, 7000, 0x11, 0x11, 0x11)...)
	_, _, err := inspect(bytes.NewReader(fat), int64(len(fat)), anyMedia, testLimits)
	var no *Error
	if !errors.As(err, &no) || no.Reason != ReasonTooManyPixels {
		t.Errorf("a fat progressive jpeg: %v", err)
	}
}

type brokenDisk struct{ good []byte }

func (d brokenDisk) ReadAt(p []byte, off int64) (int, error) {
	if off+int64(len(p)) > int64(len(d.good))/2 {
		return 0, errors.New("bad sector")
	}
	return bytes.NewReader(d.good).ReadAt(p, off)
}

func TestAFailingDiskIsNotTheUploadersFault(t *testing.T) {
	file := pngOf(t, noise(640, 640))
	for name, r := range map[string]io.ReaderAt{"in the middle": brokenDisk{file}, "at the head": brokenDisk{file[:10]}} {
		_, _, err := inspect(r, int64(len(file)), anyMedia, testLimits)
		var no *Error
		if err == nil || errors.As(err, &no) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestVideoTimes(t *testing.T) {
	long := mp4Box("mvhd", be32(1<<24, 0, 0, 0, 0, 600), be32(0, 1200), make([]byte, 80))
	for name, tt := range map[string]struct {
		mvhd []byte
		want time.Duration
		bad  bool
	}{
		"32-bit":                {mvhd: mvhd(90000, 135000), want: 1500 * time.Millisecond},
		"64-bit":                {mvhd: long, want: 2 * time.Second},
		"32-bit, not known":     {mvhd: mvhd(1000, 1<<32-1)},
		"64-bit, not known":     {mvhd: mp4Box("mvhd", be32(1<<24, 0, 0, 0, 0, 600, 1<<32-1, 1<<32-1))},
		"64-bit, past counting": {mvhd: mp4Box("mvhd", be32(1<<24, 0, 0, 0, 0, 1, 1<<31, 0)), want: 1<<63 - 1 - durationSlack},
		"a version of tomorrow": {mvhd: mp4Box("mvhd", be32(2<<24, 0, 0, 0, 0, 0, 0, 0)), bad: true},
		"cut off":               {mvhd: mp4Box("mvhd", be32(0, 0)), bad: true},
	} {
		w := &walker{r: bytes.NewReader(tt.mvhd), left: boxesMax}
		top, err := w.children(span{0, int64(len(tt.mvhd))}, true)
		if err != nil {
			t.Fatal(err)
		}
		got, err := w.duration(top[0])
		if got != tt.want || (err != nil) != tt.bad {
			t.Errorf("%s: %v, %v; want %v", name, got, err, tt.want)
		}
	}
}

func FuzzInspect(f *testing.F) {
	f.Add(film("isom", "vide", 1000, 4))
	f.Add(film("qt  ", "soun", 1000, 0))
	f.Add(heifOf("heic", [2]uint32{900, 900}))
	f.Add(append(ftyp("isom"), mp4Box("moov", mp4Box("trak", mp4Box("mdia")), be32(0))...))
	f.Add(pngOf(f, image.NewGray(image.Rect(0, 0, 700, 1))))
	f.Add(jpegOf(f, 700, 8))
	f.Add(webpOf(700, 2))
	small := testLimits
	small.pixels = 1 << 20
	f.Fuzz(func(t *testing.T, file []byte) {
		got, _, err := inspect(bytes.NewReader(file), int64(len(file)), anyMedia, small)
		var no *Error
		if err != nil && !errors.As(err, &no) {
			t.Fatalf("bytes in memory cannot fail to be read: %v", err)
		}
		if err == nil {
			if _, ok := allowed[got.Media]; !ok || got.Lasts > time.Minute+durationSlack || got.Lasts < 0 {
				t.Fatalf("let through as %+v", got)
			}
		}
	})
}

func FuzzBoxes(f *testing.F) {
	f.Add(film("isom", "vide", 1000, 4))
	f.Add(heifOf("heic", [2]uint32{900, 900}, [2]uint32{1<<32 - 1, 1<<32 - 1}))
	f.Add(be32(1, 0x6d6f6f76, 0x7fffffff, 0xffffffff))
	f.Fuzz(func(t *testing.T, file []byte) {
		size := int64(len(file))
		w := &walker{r: bytes.NewReader(file), left: 200}
		top, err := w.children(span{0, size}, true)
		if err != nil {
			return
		}
		at := int64(0)
		for _, b := range top {
			if b.body.from < at+8 || b.body.to < b.body.from || b.body.to > size {
				t.Fatalf("box %+v of %d bytes after %d", b, size, at)
			}
			at = b.body.to
		}
		for _, b := range top {
			if d, _, err := w.movie(b); err == nil && d < 0 {
				t.Fatalf("lasts %v", d)
			}
			if x, y, err := w.extent(b); err == nil && (x < 0 || y < 0) {
				t.Fatalf("%d × %d", x, y)
			}
		}
	})
}
