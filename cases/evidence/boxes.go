package evidence

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"time"
)

// boxesMax bounds how many box heads of one file are read. A phone's file has a few hundred; a
// fragmented one some thousands.
const boxesMax = 20000

var (
	errBoxes = errors.New("broken box structure")
	errMany  = errors.New("too many boxes")
)

// span is a range of the file, end excluded.
type span struct{ from, to int64 }

// box is one ISO base media box: its type and the range of its content.
type box struct {
	kind string
	body span
	long bool // its size takes 64 bits
	open bool // it says "to the end"
}

// walker reads box heads. It never reads content it was not asked for, and never more boxes in
// total than left, however they are nested.
type walker struct {
	r    io.ReaderAt
	left int
}

// children lists the boxes inside a range. They must fill it exactly: a file that was cut off is
// refused here. Only at the top may the last box say "to the end".
func (w *walker) children(in span, top bool) ([]box, error) {
	var list []box
	for at := in.from; at < in.to; {
		if w.left--; w.left < 0 {
			return nil, errMany
		}
		var head [16]byte
		if in.to-at < 8 {
			if !top && in.to-at == 4 {
				return list, nil // QuickTime ends some containers with a 32-bit zero
			}
			return nil, fmt.Errorf("%d bytes after the last box: %w", in.to-at, errBoxes)
		}
		if err := w.read(head[:8], at); err != nil {
			return nil, err
		}
		open := false
		size, start := int64(binary.BigEndian.Uint32(head[:4])), int64(8)
		switch {
		case size == 0 && top:
			size, open = in.to-at, true
		case size == 1:
			if in.to-at < 16 {
				return nil, fmt.Errorf("cut off in a box head: %w", errBoxes)
			}
			if err := w.read(head[8:], at+8); err != nil {
				return nil, err
			}
			large := binary.BigEndian.Uint64(head[8:])
			if large > math.MaxInt64 {
				return nil, fmt.Errorf("box of %d bytes: %w", large, errBoxes)
			}
			size, start = int64(large), 16
		}
		if size < start || size > in.to-at {
			return nil, fmt.Errorf("box of %d bytes in %d: %w", size, in.to-at, errBoxes)
		}
		list = append(list, box{kind: string(head[4:8]), body: span{at + start, at + size}, long: start == 16, open: open})
		at += size
	}
	return list, nil
}

// inside follows a path of box types, taking the first of each.
func (w *walker) inside(b box, path ...string) (box, bool, error) {
	for _, kind := range path {
		list, err := w.children(b.body, false)
		if err != nil {
			return box{}, false, err
		}
		next, ok := first(list, kind)
		if !ok {
			return box{}, false, nil
		}
		b = next
	}
	return b, true, nil
}

func first(list []box, kind string) (box, bool) {
	for _, b := range list {
		if b.kind == kind {
			return b, true
		}
	}
	return box{}, false
}

func (w *walker) read(p []byte, at int64) error {
	if n, err := w.r.ReadAt(p, at); n < len(p) {
		return fmt.Errorf("read a box at %d: %w", at, err)
	}
	return nil
}

// content reads the first n bytes of a box.
func (w *walker) content(b box, n int64) ([]byte, error) {
	if b.body.to-b.body.from < n {
		return nil, fmt.Errorf("short %q box: %w", b.kind, errBoxes)
	}
	p := make([]byte, n)
	return p, w.read(p, b.body.from)
}

// movie reads from moov how long the film lasts (0: it does not tell) and whether it has a
// picture track.
func (w *walker) movie(moov box) (lasts time.Duration, picture bool, err error) {
	list, err := w.children(moov.body, false)
	if err != nil {
		return 0, false, err
	}
	mvhd, ok := first(list, "mvhd")
	if !ok {
		return 0, false, fmt.Errorf("no mvhd: %w", errBoxes)
	}
	if lasts, err = w.duration(mvhd); err != nil {
		return 0, false, err
	}
	for _, b := range list {
		if b.kind != "trak" || picture {
			continue
		}
		hdlr, ok, err := w.inside(b, "mdia", "hdlr")
		if err != nil {
			return 0, false, err
		}
		if !ok {
			continue
		}
		p, err := w.content(hdlr, 12) // version and flags, predefined, handler type
		if err != nil {
			return 0, false, err
		}
		picture = string(p[8:12]) == "vide"
	}
	return lasts, picture, nil
}

func (w *walker) duration(mvhd box) (time.Duration, error) {
	p, err := w.content(mvhd, 4)
	if err != nil {
		return 0, err
	}
	var scale, units uint64
	switch p[0] {
	case 0: // 32-bit times
		if p, err = w.content(mvhd, 20); err != nil {
			return 0, err
		}
		scale, units = uint64(binary.BigEndian.Uint32(p[12:])), uint64(binary.BigEndian.Uint32(p[16:]))
		if units == math.MaxUint32 {
			return 0, nil // "not known"
		}
	case 1: // 64-bit times
		if p, err = w.content(mvhd, 32); err != nil {
			return 0, err
		}
		scale, units = uint64(binary.BigEndian.Uint32(p[20:])), binary.BigEndian.Uint64(p[24:])
		if units == math.MaxUint64 {
			return 0, nil
		}
	default:
		return 0, fmt.Errorf("mvhd version %d: %w", p[0], errBoxes)
	}
	if scale == 0 {
		return 0, fmt.Errorf("mvhd without a time scale: %w", errBoxes)
	}
	const longest = math.MaxInt64 / uint64(time.Second)
	whole := units / scale
	if whole >= longest {
		return math.MaxInt64 - durationSlack, nil // long enough to be refused, without overflow
	}
	part := units % scale * uint64(time.Second) / scale // the remainder is below 2^32
	return time.Duration(whole*uint64(time.Second) + part), nil
}

// extent reads the size of the picture from the image properties of a HEIF meta box. A picture
// made of tiles has several sizes; the whole is the largest.
func (w *walker) extent(meta box) (width, height int, err error) {
	// meta is a full box: four bytes of version and flags before its children.
	if meta.body.to-meta.body.from < 4 {
		return 0, 0, fmt.Errorf("short meta box: %w", errBoxes)
	}
	meta.body.from += 4
	ipco, ok, err := w.inside(meta, "iprp", "ipco")
	if err != nil {
		return 0, 0, err
	}
	if !ok {
		return 0, 0, fmt.Errorf("no image properties: %w", errBoxes)
	}
	list, err := w.children(ipco.body, false)
	if err != nil {
		return 0, 0, err
	}
	for _, b := range list {
		if b.kind != "ispe" {
			continue
		}
		p, err := w.content(b, 12)
		if err != nil {
			return 0, 0, err
		}
		x, y := binary.BigEndian.Uint32(p[4:]), binary.BigEndian.Uint32(p[8:])
		if x > math.MaxInt32 || y > math.MaxInt32 {
			return 0, 0, fmt.Errorf("picture of %d × %d: %w", x, y, errBoxes)
		}
		if uint64(x)*uint64(y) > uint64(width)*uint64(height) {
			width, height = int(x), int(y)
		}
	}
	return width, height, nil
}
