package evidence

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
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

// bits writes the least significant bit first, as lossless WebP reads.
type bits struct {
	b []byte
	n int
}

func (w *bits) put(v uint32, width int) {
	for i := range width {
		if w.n%8 == 0 {
			w.b = append(w.b, 0)
		}
		w.b[w.n/8] |= byte(v>>i&1) << (w.n % 8)
		w.n++
	}
}

// webpOf is a lossless WebP of one colour: five prefix codes of one symbol each, so that a pixel
// takes no bits at all.
func webpOf(w, h int) []byte {
	var s bits
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
