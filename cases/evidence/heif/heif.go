// Package heif decodes HEIC pictures in a sandbox: libheif and libde265 as WebAssembly, run by wazero.
//
// The bytes are a stranger's and the decoder is C++. What it can do wrong stays inside: each picture gets a machine of
// its own with bounded memory and no file, clock or network, and it is stopped when its context ends. No system
// library is ever looked for, so a build behaves the same everywhere. It does not know evidence, EXIF or colour
// profiles; turning and mirroring that the file itself asks for is done.
package heif

import (
	"bytes"
	"compress/gzip"
	"context"
	_ "embed"
	"errors"
	"fmt"
	"image"
	"io"
	"sync"

	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/imports/wasi_snapshot_preview1"
)

//go:embed lib/heif.wasm.gz
var packed []byte

var (
	// ErrDecode says that the decoder could make nothing of the picture.
	ErrDecode = errors.New("not a picture that can be decoded")
	// ErrTooLarge says that the picture has more pixels than allowed.
	ErrTooLarge = errors.New("too many pixels")
)

const (
	pageSize = 64 << 10
	// memory bounds one picture: the file, the decoder's planes and the copy that it hands out. It is enough for
	// what 50 megapixels need.
	memory = 512 << 20
)

// decoder is the compiled program. Compiling takes about a second and some 20 MiB, so it waits for the first picture.
type decoder struct {
	runtime wazero.Runtime
	program wazero.CompiledModule
}

var load = sync.OnceValues(func() (*decoder, error) {
	ctx := context.Background()
	zip, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack the HEIF decoder: %w", err)
	}
	code, err := io.ReadAll(zip)
	if err != nil {
		return nil, fmt.Errorf("unpack the HEIF decoder: %w", err)
	}
	rt := wazero.NewRuntimeWithConfig(ctx, wazero.NewRuntimeConfig().WithMemoryLimitPages(memory/pageSize).WithCloseOnContextDone(true))
	if _, err := wasi_snapshot_preview1.Instantiate(ctx, rt); err != nil {
		return nil, fmt.Errorf("prepare the HEIF decoder: %w", err)
	}
	program, err := rt.CompileModule(ctx, code)
	if err != nil {
		return nil, fmt.Errorf("compile the HEIF decoder: %w", err)
	}
	return &decoder{runtime: rt, program: program}, nil
})

// Decode decodes the primary picture of a file. A picture that will not do is ErrDecode or ErrTooLarge; when ctx ends
// first, its error is.
func Decode(ctx context.Context, file []byte, maxPixels int) (image.Image, error) {
	d, err := load()
	if err != nil {
		return nil, err
	}
	// No name: several may run at once. Nothing is mounted, and what it prints is thrown away.
	mod, err := d.runtime.InstantiateModule(ctx, d.program, wazero.NewModuleConfig().WithName(""))
	if err != nil {
		return nil, stopped(ctx, err)
	}
	defer mod.Close(context.WithoutCancel(ctx))
	img, err := run(ctx, mod, file, maxPixels)
	if err != nil {
		return nil, stopped(ctx, err)
	}
	return img, nil
}

// stopped tells a decoder that was stopped from one that failed: both come as an error of the machine.
func stopped(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		return fmt.Errorf("decode a HEIF picture: %w", cause)
	}
	return fmt.Errorf("decode a HEIF picture: %w", err)
}

// fields of the header that the program fills in, each a 32-bit number.
const (
	fWidth = iota
	fHeight
	fSpace
	fChroma
	fPremultiplied
	fields
)

const (
	spaceYCbCr = 0
	spaceRGB   = 1
	spaceGray  = 2

	chroma420 = 1
	chroma422 = 2
	chroma444 = 3
)

func run(ctx context.Context, mod api.Module, file []byte, maxPixels int) (image.Image, error) {
	in, err := put(ctx, mod, file)
	if err != nil {
		return nil, err
	}
	head, err := alloc(ctx, mod, 4*fields)
	if err != nil {
		return nil, err
	}
	call := func(headOnly, out uint64) error {
		res, err := mod.ExportedFunction("decode").Call(ctx, in, uint64(len(file)), headOnly,
			head, head+4*fHeight, head+4*fSpace, head+4*fChroma, head+4*fPremultiplied, out)
		if err != nil {
			return fmt.Errorf("%w: %w", ErrDecode, err)
		}
		if res[0] == 0 {
			return ErrDecode
		}
		return nil
	}
	if err := call(1, 0); err != nil {
		return nil, err
	}
	var h [fields]int
	for i := range h {
		v, ok := mod.Memory().ReadUint32Le(uint32(head) + 4*uint32(i))
		if !ok || v > 1<<20 {
			return nil, ErrDecode
		}
		h[i] = int(v)
	}
	switch {
	case h[fWidth] == 0 || h[fHeight] == 0:
		return nil, ErrDecode
	case h[fWidth]*h[fHeight] > maxPixels:
		return nil, fmt.Errorf("%d × %d: %w", h[fWidth], h[fHeight], ErrTooLarge)
	}
	img, pix := picture(h)
	if img == nil {
		return nil, fmt.Errorf("colour space %d, chroma %d: %w", h[fSpace], h[fChroma], ErrDecode)
	}
	out, err := alloc(ctx, mod, len(pix))
	if err != nil {
		return nil, err
	}
	if err := call(0, out); err != nil {
		return nil, err
	}
	got, ok := mod.Memory().Read(uint32(out), uint32(len(pix)))
	if !ok {
		return nil, ErrDecode
	}
	copy(pix, got) // the machine's memory goes with it
	return img, nil
}

func alloc(ctx context.Context, mod api.Module, n int) (uint64, error) {
	res, err := mod.ExportedFunction("malloc").Call(ctx, uint64(n))
	if err != nil || res[0] == 0 {
		return 0, errors.Join(ErrDecode, err)
	}
	return res[0], nil
}

func put(ctx context.Context, mod api.Module, b []byte) (uint64, error) {
	at, err := alloc(ctx, mod, len(b))
	if err == nil && !mod.Memory().Write(uint32(at), b) {
		err = ErrDecode
	}
	return at, err
}

// picture makes the picture that the decoder will fill, and its bytes: planes one after the other, their rows
// rounded up to 16 as libheif does. nil for a layout that it does not hand out.
func picture(h [fields]int) (image.Image, []byte) {
	w, rows := h[fWidth], h[fHeight]
	rect := image.Rect(0, 0, w, rows)
	switch h[fSpace] {
	case spaceYCbCr:
		ratio, cw, ch := image.YCbCrSubsampleRatio444, w, rows
		switch h[fChroma] {
		case chroma420:
			ratio, cw, ch = image.YCbCrSubsampleRatio420, (w+1)/2, (rows+1)/2
		case chroma422:
			ratio, cw = image.YCbCrSubsampleRatio422, (w+1)/2
		case chroma444:
		default:
			return nil, nil
		}
		ys, cs := align(w), align(cw)
		y, c := ys*rows, cs*ch
		pix := make([]byte, y+2*c)
		return &image.YCbCr{
			Y: pix[:y:y], Cb: pix[y : y+c : y+c], Cr: pix[y+c:], YStride: ys, CStride: cs, SubsampleRatio: ratio, Rect: rect,
		}, pix
	case spaceGray:
		pix := make([]byte, align(w)*rows)
		return &image.Gray{Pix: pix, Stride: align(w), Rect: rect}, pix
	case spaceRGB:
		pix := make([]byte, align(4*w)*rows)
		if h[fPremultiplied] != 0 {
			return &image.RGBA{Pix: pix, Stride: align(4 * w), Rect: rect}, pix
		}
		return &image.NRGBA{Pix: pix, Stride: align(4 * w), Rect: rect}, pix
	}
	return nil, nil
}

func align(n int) int { return (n + 15) &^ 15 }
