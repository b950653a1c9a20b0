package evidence

import (
	"bytes"
	"image"
	"io"
	"runtime"
	"testing"
)

// Whatever the bytes are: no panic, memory in proportion, and what is let through keeps the promises.

// lean fails a fuzzed run that took more memory than the file could ask for.
func lean(t *testing.T, limit uint64, f func()) {
	t.Helper()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > limit {
		t.Errorf("%d bytes were allocated", got)
	}
}

func FuzzFilm(f *testing.F) {
	for _, last := range []bool{false, true} {
		file, _, _ := phoneFilm(f, last)
		f.Add(file)
	}
	f.Add(film("isom", "vide", 5000, 100))
	f.Add(append(ftyp("isom"), mp4Box("moov", mvhd(1000, 10), trak("meta"))...))
	f.Fuzz(func(t *testing.T, file []byte) {
		lean(t, 64<<20, func() {
			r, size := bytes.NewReader(file), int64(len(file))
			patches, err := scrub(r, size)
			if err != nil {
				return
			}
			view, err := io.ReadAll(&patched{r: r, size: size, patches: patches})
			if err != nil || len(view) != len(file) {
				t.Fatalf("%d bytes of %d, %v", len(view), len(file), err)
			}
			for _, p := range patches {
				if n := int(min(int64(len(p.head)), p.to-p.from)); !bytes.Equal(view[p.from:p.from+int64(n)], p.head[:n]) {
					t.Fatal("a head was not written")
				}
			}
			again, err := scrub(bytes.NewReader(view), size)
			if err != nil {
				t.Fatalf("the view cannot be read any more: %v", err)
			}
			twice, err := io.ReadAll(&patched{r: bytes.NewReader(view), size: size, patches: again})
			if err != nil || !bytes.Equal(twice, view) {
				t.Fatal("scrubbing again changes the view")
			}
		})
	})
}

func FuzzNotes(f *testing.F) {
	base := jpegOf(f, 16, 16)
	f.Add(withSegment(base, 0xe1, exifOf("Adobe Photoshop", 6)), uint8(0))
	f.Add(withSegment(base, 0xe1, []byte("http://ns.adobe.com/xap/1.0/\x00<x:xmpmeta CreatorTool=\"a\"/>")), uint8(0))
	f.Add(pngOf(f, image.NewGray(image.Rect(0, 0, 4, 4))), uint8(1))
	f.Add(webpOf(16, 16), uint8(2))
	f.Add(heifOf("heic", [2]uint32{16, 16}), uint8(3))
	kinds := []string{"image/jpeg", "image/png", "image/webp", "image/heic"}
	f.Fuzz(func(t *testing.T, file []byte, kind uint8) {
		lean(t, 64<<20, func() {
			n := readNotes(bytes.NewReader(file), int64(len(file)), kinds[int(kind)%len(kinds)])
			for _, s := range append(n.exif.Software, n.exif.Camera, n.exif.Taken) {
				if len([]rune(s)) > 2*noteMax+1 || cleanText(s) != s {
					t.Fatalf("%q would be shown", s)
				}
			}
			if n.orientation < 0 || n.orientation > 8 {
				t.Fatalf("orientation %d", n.orientation)
			}
		})
	})
}

func FuzzCodes(f *testing.F) {
	f.Add([]byte{0, 255, 0, 255, 255, 0}, uint8(3))
	f.Add(bytes.Repeat([]byte{0, 0, 255}, 400), uint8(60))
	f.Fuzz(func(t *testing.T, pix []byte, width uint8) {
		w := max(1, int(width))
		h := min(len(pix)/w, 200)
		if h == 0 {
			return
		}
		for _, c := range readCodes(t.Context(), &image.Gray{Pix: pix[:w*h], Stride: w, Rect: image.Rect(0, 0, w, h)}, w%2 == 0) {
			if c == "" || len([]rune(c)) > codeLength {
				t.Fatalf("read %q", c)
			}
		}
	})
}
