package evidence

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gabriel-vasile/mimetype"
	"golang.org/x/image/webp"
)

// limits bound what a file may be. The values of evidence.* (domain §2.1) arrive through Options.
type limits struct {
	image, video, pdf int64 // bytes
	lasts             time.Duration
	side, pixels      int
}

const (
	mediaImage = "image"
	mediaVideo = "video"
	mediaPDF   = "pdf"

	sniffLen = 3 << 10

	// durationSlack: phones that stop by themselves at a minute write files a little longer.
	durationSlack = time.Second

	// decodeMemory bounds what decoding one picture may allocate. It lets through what 50
	// megapixels need in ordinary files and stops rare layouts (16-bit interlaced, progressive
	// without subsampling) that need several times as much for the same pixels.
	decodeMemory = 400 << 20
)

// allowed are the types of evidence.types with what they are and how they are saved. Only these
// are ever served, and always with these names.
var allowed = map[string]struct{ media, extension string }{
	"image/jpeg":      {mediaImage, ".jpg"},
	"image/png":       {mediaImage, ".png"},
	"image/webp":      {mediaImage, ".webp"},
	"image/heic":      {mediaImage, ".heic"},
	"image/heif":      {mediaImage, ".heif"},
	"video/mp4":       {mediaVideo, ".mp4"},
	"video/quicktime": {mediaVideo, ".mov"},
	"application/pdf": {mediaPDF, ".pdf"},
}

// inspect tells from the bytes what a file is and whether it will do, and hands out the picture if it had to decode
// it. A file that will not do is an *Error; any other error means that the bytes could not be read.
func inspect(r io.ReaderAt, size int64, takes []string, lim limits) (Finding, image.Image, error) {
	if size == 0 {
		return Finding{}, nil, rejected(ReasonEmpty, nil)
	}
	head := make([]byte, min(size, sniffLen))
	if n, err := r.ReadAt(head, 0); n < len(head) {
		return Finding{}, nil, fmt.Errorf("read the head of a file: %w", err)
	}
	found := Finding{Media: mimetype.Detect(head).String()}
	kind, ok := allowed[found.Media]
	if !ok || !slices.Contains(takes, kind.media) {
		return Finding{}, nil, rejected(ReasonWrongType, fmt.Errorf("the bytes are %s", found.Media))
	}
	if size > map[string]int64{mediaImage: lim.image, mediaVideo: lim.video, mediaPDF: lim.pdf}[kind.media] {
		return Finding{}, nil, rejected(ReasonTooLarge, nil)
	}
	watched := &readWatcher{r: r}
	var img image.Image
	var err error
	switch found.Media {
	case "image/jpeg", "image/png", "image/webp":
		img, err = inspectPicture(io.NewSectionReader(watched, 0, size), head, &found, lim)
	case "image/heic", "image/heif":
		err = inspectHEIF(watched, size, &found, lim)
	case "application/pdf":
		err = inspectPDF(watched, size, &found)
	default:
		err = inspectVideo(watched, size, &found, lim)
	}
	if watched.err != nil {
		// A disk that fails is not the uploader's fault.
		return Finding{}, nil, fmt.Errorf("read a file: %w", watched.err)
	}
	return found, img, err
}

// readWatcher remembers errors of the file itself, which decoders mix with those of its content.
type readWatcher struct {
	r   io.ReaderAt
	err error
}

func (w *readWatcher) ReadAt(p []byte, off int64) (int, error) {
	n, err := w.r.ReadAt(p, off)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}

func inspectPicture(r io.ReadSeeker, head []byte, found *Finding, lim limits) (img image.Image, err error) {
	// The decoders read bytes of strangers; a panic in one must cost one file, not the server.
	defer func() {
		if p := recover(); p != nil {
			img, err = nil, rejected(ReasonUndecodable, fmt.Errorf("decoder panicked: %v", p))
		}
	}()
	config, decode := webp.DecodeConfig, webp.Decode
	switch found.Media {
	case "image/jpeg":
		config, decode = jpeg.DecodeConfig, jpeg.Decode
	case "image/png":
		config, decode = png.DecodeConfig, png.Decode
	}
	c, err := config(bufio.NewReader(r))
	if err != nil {
		return nil, rejected(ReasonUndecodable, err)
	}
	found.Width, found.Height = c.Width, c.Height
	if err := checkDimensions(c.Width, c.Height, lim); err != nil {
		return nil, err
	}
	need := int64(c.Width) * int64(c.Height) * bytesPerPixel(c.ColorModel)
	switch {
	case found.Media == "image/png" && pngInterlaced(head):
		need *= 2 // the passes are pictures of their own
	case found.Media == "image/webp" && c.ColorModel == color.NRGBAModel:
		need *= 2 // the lossless decoder makes a copy per transform, the largest as big as the picture
	case found.Media == "image/jpeg":
		if _, err := r.Seek(0, io.SeekStart); err != nil {
			return nil, rejected(ReasonUndecodable, err)
		}
		need = jpegMemory(bufio.NewReader(r))
	}
	if need > decodeMemory {
		return nil, rejected(ReasonTooManyPixels, fmt.Errorf("decoding needs %d bytes", need))
	}
	if _, err := r.Seek(0, io.SeekStart); err != nil {
		return nil, rejected(ReasonUndecodable, err)
	}
	img, err = decode(bufio.NewReader(r))
	if err != nil {
		return nil, rejected(ReasonUndecodable, err)
	}
	if img.Bounds() != image.Rect(0, 0, c.Width, c.Height) {
		return nil, rejected(ReasonUndecodable, errors.New("the picture is not as large as it says"))
	}
	return img, nil
}

// checkDimensions runs before any pixel is decoded. Domain §2.3 asks for 640 px; it is the longer
// side that counts, since screenshots of a chat are often narrow strips.
func checkDimensions(w, h int, lim limits) error {
	switch {
	case w <= 0 || h <= 0:
		return rejected(ReasonUndecodable, errors.New("no pixels"))
	case int64(w)*int64(h) > int64(lim.pixels):
		return rejected(ReasonTooManyPixels, fmt.Errorf("%d × %d", w, h))
	case max(w, h) < lim.side:
		return rejected(ReasonTooSmall, fmt.Errorf("%d × %d", w, h))
	}
	return nil
}

// bytesPerPixel is what the decoded picture takes.
func bytesPerPixel(m color.Model) int64 {
	switch m {
	case color.GrayModel:
		return 1
	case color.Gray16Model:
		return 2
	case color.YCbCrModel, color.NYCbCrAModel:
		return 4
	case color.RGBAModel, color.NRGBAModel:
		return 4
	case color.RGBA64Model, color.NRGBA64Model:
		return 8
	}
	if _, ok := m.(color.Palette); ok {
		return 1
	}
	return 8
}

func pngInterlaced(head []byte) bool {
	const interlace = 28 // signature 8, chunk head 8, then the last byte of IHDR
	return len(head) > interlace && head[interlace] != 0
}

// jpegMemory reads the frame header of a JPEG: a progressive one keeps a 4-byte coefficient for
// every sample until its last scan, four times the picture itself. 0 when there is no frame; the
// decoder will say so.
func jpegMemory(r *bufio.Reader) int64 {
	if _, err := r.Discard(2); err != nil {
		return 0
	}
	for range 1000 { // segments before the frame; a few dozen in real files
		marker, length, err := jpegSegment(r)
		if err != nil {
			return 0
		}
		if marker < 0xc0 || marker > 0xc2 {
			if _, err := r.Discard(length); err != nil {
				return 0
			}
			continue
		}
		frame := make([]byte, min(length, 18))
		if _, err := io.ReadFull(r, frame); err != nil || len(frame) < 6 {
			return 0
		}
		return frameMemory(frame, marker == 0xc2)
	}
	return 0
}

func jpegSegment(r *bufio.Reader) (marker byte, length int, err error) {
	// Like the decoder: skip what is not a marker, and fill bytes.
	for {
		if b, err := r.ReadByte(); err != nil {
			return 0, 0, err
		} else if b != 0xff {
			continue
		}
		for marker = 0xff; marker == 0xff; {
			if marker, err = r.ReadByte(); err != nil {
				return 0, 0, err
			}
		}
		if marker == 0 || marker >= 0xd0 && marker <= 0xd7 {
			continue // stuffing and restarts have no length
		}
		var b [2]byte
		if _, err := io.ReadFull(r, b[:]); err != nil {
			return 0, 0, err
		}
		return marker, max(0, int(b[0])<<8|int(b[1])-2), nil
	}
}

// frameMemory is what decoding a frame takes: precision, height, width, and per component its
// sampling factors.
func frameMemory(frame []byte, progressive bool) int64 {
	h, w := int64(frame[1])<<8|int64(frame[2]), int64(frame[3])<<8|int64(frame[4])
	n := int(frame[5])
	if n < 1 || n > 4 || len(frame) < 6+3*n {
		return 0
	}
	var area, maxH, maxV int64
	for i := range n {
		sh, sv := int64(frame[7+3*i]>>4), int64(frame[7+3*i]&15)
		area += sh * sv
		maxH, maxV = max(maxH, sh), max(maxV, sv)
	}
	if maxH*maxV == 0 {
		return 0
	}
	samples := w * h * area / (maxH * maxV)
	need := samples
	if progressive {
		need += 4 * samples
	}
	if n == 4 {
		need += 4 * w * h // converted to one CMYK picture at the end
	}
	return need
}

// inspectHEIF looks at the boxes only. Whether the picture can be decoded is found out later and refuses nothing: a
// phone's newer variety of HEIC is evidence all the same.
func inspectHEIF(r io.ReaderAt, size int64, found *Finding, lim limits) error {
	w := &walker{r: r, left: boxesMax}
	top, err := w.children(span{0, size}, true)
	if err != nil {
		return rejected(ReasonUndecodable, err)
	}
	meta, ok := first(top, "meta")
	if !ok || len(top) == 0 || top[0].kind != "ftyp" {
		return rejected(ReasonUndecodable, errors.New("no ftyp and meta box"))
	}
	width, height, err := w.extent(meta)
	if err != nil {
		return rejected(ReasonUndecodable, err)
	}
	found.Width, found.Height = width, height
	return checkDimensions(width, height, lim)
}

func inspectVideo(r io.ReaderAt, size int64, found *Finding, lim limits) error {
	w := &walker{r: r, left: boxesMax}
	top, err := w.children(span{0, size}, true)
	if err != nil {
		return rejected(ReasonUndecodable, err)
	}
	moov, ok := first(top, "moov")
	if !ok || top[0].kind != "ftyp" {
		return rejected(ReasonUndecodable, errors.New("no ftyp and moov box"))
	}
	lasts, picture, err := w.movie(moov)
	if err != nil {
		return rejected(ReasonUndecodable, err)
	}
	if !picture {
		return rejected(ReasonWrongType, errors.New("no video track"))
	}
	found.Lasts = lasts
	if lasts > lim.lasts+durationSlack {
		return rejected(ReasonTooLong, fmt.Errorf("lasts %s", lasts))
	}
	return nil
}

// takesFile says which of the media a kind takes are files of ours; text is given in the chat.
func takesFile(media []string) []string {
	var files []string
	for _, m := range media {
		if m = strings.TrimSpace(m); m == mediaImage || m == mediaVideo || m == mediaPDF {
			files = append(files, m)
		}
	}
	return files
}
