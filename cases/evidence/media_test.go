package evidence

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"testing"
)

// The pictures and films of the tests are made here; none is a real file.

func noise(w, h int) image.Image {
	r := rand.New(rand.NewPCG(1, 2))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range img.Pix {
		img.Pix[i] = byte(r.Uint32()) | byte(255*((i%4)/3)) // opaque
	}
	return img
}

func jpegOf(t testing.TB, w, h int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, w, h)), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func pngOf(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func palettedPNG(t testing.TB, w, h int) []byte {
	return pngOf(t, image.NewPaletted(image.Rect(0, 0, w, h), color.Palette{color.White, color.Black}))
}

func pngChunk(kind string, data []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(data)))
	b = append(append(b, kind...), data...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// rawPNG is a PNG of zeros in any layout the header asks for.
func rawPNG(t testing.TB, w, h uint32, depth, colour, interlace byte, rawBytes int) []byte {
	t.Helper()
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	head = append(head, depth, colour, 0, 0, interlace)
	var data bytes.Buffer
	z := zlib.NewWriter(&data)
	if _, err := z.Write(make([]byte, rawBytes)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	b := []byte("\x89PNG\r\n\x1a\n")
	b = append(b, pngChunk("IHDR", head)...)
	b = append(b, pngChunk("IDAT", data.Bytes())...)
	return append(b, pngChunk("IEND", nil)...)
}

// bitWriter writes the least significant bit first, as lossless WebP reads.
type bitWriter struct {
	b []byte
	n int
}

func (w *bitWriter) put(v uint32, width int) {
	for i := range width {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[w.n/8] |= byte(v>>i&1) << (w.n % 8)
		w.n++
	}
}

// webpOf is a lossless WebP of one colour: five prefix codes of one symbol each, so that a pixel
// takes no bitWriter at all.
func webpOf(w, h int) []byte {
	var s bitWriter
	s.put(0x2f, 8)
	s.put(uint32(w-1), 14)
	s.put(uint32(h-1), 14)
	s.put(0, 1+3) // no alpha, version 0
	s.put(0, 3)   // no transform, no colour cache, no meta prefix
	for range 5 {
		s.put(1, 1) // simple code
		s.put(0, 1) // of one symbol
		s.put(0, 1) // written in one bit
		s.put(0, 1)
	}
	s.put(0, 32)
	data := s.b
	if len(data)%2 == 1 {
		data = append(data, 0)
	}
	b := append([]byte("WEBPVP8L"), binary.LittleEndian.AppendUint32(nil, uint32(len(data)))...)
	b = append(b, data...)
	return append(append([]byte("RIFF"), binary.LittleEndian.AppendUint32(nil, uint32(len(b)))...), b...)
}

func be32(v ...uint32) []byte {
	var b []byte
	for _, x := range v {
		b = binary.BigEndian.AppendUint32(b, x)
	}
	return b
}

func mp4Box(kind string, parts ...[]byte) []byte {
	body := bytes.Join(parts, nil)
	return append(append(be32(uint32(len(body)+8)), kind...), body...)
}

func ftyp(brand string) []byte { return mp4Box("ftyp", []byte(brand), be32(0), []byte(brand)) }

func mvhd(scale, units uint32) []byte {
	return mp4Box("mvhd", be32(0, 0, 0, scale, units), make([]byte, 80))
}

func trak(handler string) []byte {
	return mp4Box("trak", mp4Box("mdia", mp4Box("hdlr", be32(0, 0), []byte(handler), make([]byte, 12))))
}

// film is a file of the brand whose header says that it lasts so many milliseconds.
func film(brand, handler string, millis uint32, payload int) []byte {
	return bytes.Join([][]byte{
		ftyp(brand),
		mp4Box("mdat", make([]byte, payload)),
		mp4Box("moov", mvhd(1000, millis), trak(handler)),
	}, nil)
}

func heifOf(brand string, sizes ...[2]uint32) []byte {
	var props [][]byte
	for _, s := range sizes {
		props = append(props, mp4Box("ispe", be32(0, s[0], s[1])))
	}
	meta := mp4Box("meta", be32(0), mp4Box("iprp", mp4Box("ipco", props...)))
	return bytes.Join([][]byte{ftyp(brand), meta, mp4Box("mdat", make([]byte, 400))}, nil)
}

func pdfOf(extra string) []byte {
	return []byte("%PDF-1.7\n1 0 obj << /Type /Catalog /Pages 2 0 R " + extra + " >> endobj\ntrailer << /Root 1 0 R >>\n%%EOF\n")
}

// scene is a picture with shapes on it, as a photo has; seed makes another one.
func scene(w, h int, seed uint64) *image.RGBA {
	r := rand.New(rand.NewPCG(seed, 7))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(color.RGBA{200, 190, 180, 255}), image.Point{}, draw.Src)
	for range 60 {
		x, y := r.IntN(w), r.IntN(h)
		c := color.RGBA{uint8(r.IntN(256)), uint8(r.IntN(256)), uint8(r.IntN(256)), 255}
		draw.Draw(img, image.Rect(x, y, x+r.IntN(w/3)+4, y+r.IntN(h/3)+4), image.NewUniform(c), image.Point{}, draw.Src)
	}
	return img
}

func jpegAt(t testing.TB, img image.Image, quality int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withSegment puts an APP segment behind the start of a JPEG.
func withSegment(jpg []byte, marker byte, body []byte) []byte {
	out := append([]byte{0xff, 0xd8, 0xff, marker}, byte((len(body)+2)>>8), byte(len(body)+2))
	return append(append(out, body...), jpg[2:]...)
}

// exifOf is an EXIF block with what a phone writes: maker, model, program, orientation, place and time.
func exifOf(software string, orientation uint16) []byte {
	type entry struct {
		tag, kind uint16
		count     uint32
		value     []byte
	}
	le := binary.LittleEndian
	text := func(tag uint16, s string) entry { return entry{tag, 2, uint32(len(s) + 1), append([]byte(s), 0)} }
	short := func(tag, v uint16) entry { return entry{tag, 3, 1, le.AppendUint16(nil, v)} }
	long := func(tag uint16, v uint32) entry { return entry{tag, 4, 1, le.AppendUint32(nil, v)} }
	ifd := func(at uint32, entries ...entry) []byte {
		b := le.AppendUint16(nil, uint16(len(entries)))
		var data []byte
		free := at + 2 + 12*uint32(len(entries)) + 4
		for _, e := range entries {
			b = le.AppendUint32(le.AppendUint16(le.AppendUint16(b, e.tag), e.kind), e.count)
			if len(e.value) <= 4 {
				b = append(b, append(e.value, make([]byte, 4-len(e.value))...)...)
				continue
			}
			b = le.AppendUint32(b, free+uint32(len(data)))
			data = append(data, e.value...)
		}
		return append(append(b, 0, 0, 0, 0), data...)
	}
	rational := func(v ...uint32) (b []byte) {
		for _, x := range v {
			b = le.AppendUint32(le.AppendUint32(b, x), 1)
		}
		return b
	}
	const exifAt, gpsAt = 400, 600
	head := ifd(8, text(0x10f, "Acme"), text(0x110, "Phone 7"), short(0x112, orientation), text(0x131, software), long(0x8769, exifAt), long(0x8825, gpsAt))
	b := append([]byte("II*\x00\x08\x00\x00\x00"), head...)
	b = append(b, make([]byte, exifAt-len(b))...)
	b = append(b, ifd(exifAt, text(0x9003, "2026:03:01 10:22:05"))...)
	b = append(b, make([]byte, gpsAt-len(b))...)
	b = append(b, ifd(gpsAt, text(1, "N"), entry{2, 5, 3, rational(30, 15, 20)}, text(3, "E"), entry{4, 5, 3, rational(120, 10, 5)})...)
	return append([]byte("Exif\x00\x00"), b...)
}
