package evidence

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
)

// What a film is played from. Every other box of these levels is replaced by an empty one of the same size, so that
// no offset changes: where a phone was, whose it is and how it was edited stand in boxes of a dozen habits (©xyz and
// loci in udta, keys and ilst in meta, XMP in uuid, makers' boxes), and a list of those would never be complete.
var (
	keptTop  = []string{"ftyp", "styp", "moov", "mdat", "moof", "sidx", "mfra", "wide"}
	keptMoov = []string{"mvhd", "trak", "mvex"}
	keptTrak = []string{"tkhd", "edts", "mdia", "tref", "tapt"}
	keptMdia = []string{"mdhd", "hdlr", "minf", "elng"}
	keptMoof = []string{"mfhd", "traf"}
	keptTraf = []string{"tfhd", "tfdt", "trun", "sbgp", "sgpd", "saiz", "saio", "senc", "subs"}
)

// keptTracks are what can be seen and heard. Other tracks are timed notes: faces, motion, and the way one took.
var keptTracks = []string{"vide", "soun"}

const (
	patchesMax = 20000
	samplesMax = 2 << 20 // bytes of one table of a track of notes
)

var errScrub = errors.New("what the film notes cannot be taken out")

// patch replaces a range of the file: head, then zeros.
type patch struct {
	span
	head []byte
}

// scrub lists what must be replaced in a film before the other party may see it.
func scrub(r io.ReaderAt, size int64) ([]patch, error) {
	s := &scrubber{w: &walker{r: r, left: boxesMax}}
	top, err := s.w.children(span{0, size}, true)
	if err != nil {
		return nil, err
	}
	// The tracks first: what is in the fragments depends on them.
	if err := each(top, "moov", s.moov); err != nil {
		return nil, err
	}
	if err := each(top, "moof", s.moof); err != nil {
		return nil, err
	}
	s.others(top, keptTop)
	if len(s.out) > patchesMax {
		return nil, fmt.Errorf("%d places: %w", len(s.out), errScrub)
	}
	slices.SortFunc(s.out, func(a, b patch) int { return cmp.Compare(a.from, b.from) })
	for i := 1; i < len(s.out); i++ {
		if s.out[i].from < s.out[i-1].to { // a table that points into the boxes
			return nil, fmt.Errorf("ranges that overlap: %w", errScrub)
		}
	}
	if n := len(s.out); n > 0 && s.out[n-1].to > size {
		return nil, fmt.Errorf("samples after the end: %w", errScrub)
	}
	return s.out, nil
}

func each(list []box, kind string, look func(box) error) error {
	for _, b := range list {
		if b.kind == kind {
			if err := look(b); err != nil {
				return err
			}
		}
	}
	return nil
}

type scrubber struct {
	w     *walker
	out   []patch
	notes bool // there is a track of notes
}

// others replaces the boxes that are not kept.
func (s *scrubber) others(list []box, kept []string) {
	for _, b := range list {
		if !slices.Contains(kept, b.kind) {
			s.free(b)
		}
	}
}

// free replaces a box by an empty one of the same size.
func (s *scrubber) free(b box) {
	whole := span{b.body.from - 8, b.body.to}
	head := []byte{0, 0, 0, 0, 'f', 'r', 'e', 'e'}
	if b.long {
		whole.from -= 8
		head = append(binary.BigEndian.AppendUint32(nil, 1), 'f', 'r', 'e', 'e')
		head = binary.BigEndian.AppendUint64(head, uint64(whole.to-whole.from))
	} else if !b.open {
		binary.BigEndian.PutUint32(head, uint32(whole.to-whole.from))
	}
	s.out = append(s.out, patch{span: whole, head: head})
}

func (s *scrubber) moov(moov box) error {
	list, err := s.w.children(moov.body, false)
	if err != nil {
		return err
	}
	if err := each(list, "trak", s.trak); err != nil {
		return err
	}
	s.others(list, keptMoov)
	return nil
}

func (s *scrubber) trak(trak box) error {
	handler, ok, err := s.w.inside(trak, "mdia", "hdlr")
	if err != nil {
		return err
	}
	kind := ""
	if ok {
		p, err := s.w.content(handler, 12)
		if err != nil {
			return err
		}
		kind = string(p[8:12])
	}
	if !slices.Contains(keptTracks, kind) {
		s.notes = true
		if err := s.samples(trak); err != nil {
			return err
		}
		s.free(trak)
		return nil
	}
	list, err := s.w.children(trak.body, false)
	if err != nil {
		return err
	}
	s.others(list, keptTrak)
	mdia, _ := first(list, "mdia")
	inner, err := s.w.children(mdia.body, false)
	if err != nil {
		return err
	}
	s.others(inner, keptMdia)
	return nil
}

// moof: a fragment's samples of a track of notes are not looked for; such a film is not shown to the other party.
func (s *scrubber) moof(moof box) error {
	if s.notes {
		return fmt.Errorf("fragments beside a track of notes: %w", errScrub)
	}
	list, err := s.w.children(moof.body, false)
	if err != nil {
		return err
	}
	s.others(list, keptMoof)
	return each(list, "traf", func(b box) error {
		inner, err := s.w.children(b.body, false)
		s.others(inner, keptTraf)
		return err
	})
}

// samples blanks what a track of notes has in the media data.
func (s *scrubber) samples(trak box) error {
	stbl, ok, err := s.w.inside(trak, "mdia", "minf", "stbl")
	if err != nil || !ok {
		return err // a track without samples
	}
	list, err := s.w.children(stbl.body, false)
	if err != nil {
		return err
	}
	chunks, err := s.chunks(list)
	if err != nil {
		return err
	}
	sizes, err := s.sizes(list)
	if err != nil {
		return err
	}
	perChunk, err := s.table(list, "stsc", 12)
	if err != nil {
		return err
	}
	next, sample := 0, 0
	per := uint32(0)
	for i, at := range chunks {
		for next+12 <= len(perChunk) && binary.BigEndian.Uint32(perChunk[next:]) == uint32(i+1) {
			per = binary.BigEndian.Uint32(perChunk[next+4:])
			next += 12
		}
		end := at
		for range per {
			n, ok := sizes(sample)
			if !ok {
				break
			}
			end += int64(n)
			sample++
		}
		if end > at {
			s.out = append(s.out, patch{span: span{at, end}})
		}
		if len(s.out) > patchesMax {
			return fmt.Errorf("a track of more than %d chunks: %w", patchesMax, errScrub)
		}
	}
	return nil
}

// table is the entries of a table box, of so many bytes each.
func (s *scrubber) table(list []box, kind string, width int64) ([]byte, error) {
	b, ok := first(list, kind)
	if !ok {
		return nil, nil
	}
	head, err := s.w.content(b, 8) // version and flags, count
	if err != nil {
		return nil, err
	}
	n := int64(binary.BigEndian.Uint32(head[4:])) * width
	if n > samplesMax || n > b.body.to-b.body.from-8 {
		return nil, fmt.Errorf("%q of %d bytes: %w", kind, n, errScrub)
	}
	p := make([]byte, n)
	return p, s.w.read(p, b.body.from+8)
}

func (s *scrubber) chunks(list []box) ([]int64, error) {
	short, err := s.table(list, "stco", 4)
	if err != nil {
		return nil, err
	}
	long, err := s.table(list, "co64", 8)
	if err != nil {
		return nil, err
	}
	var out []int64
	for i := 0; i+4 <= len(short); i += 4 {
		out = append(out, int64(binary.BigEndian.Uint32(short[i:])))
	}
	for i := 0; i+8 <= len(long); i += 8 {
		at := binary.BigEndian.Uint64(long[i:])
		if at > 1<<40 {
			return nil, fmt.Errorf("a chunk at %d: %w", at, errScrub)
		}
		out = append(out, int64(at))
	}
	return out, nil
}

// sizes tells the size of a sample; all may have the same.
func (s *scrubber) sizes(list []box) (func(i int) (uint32, bool), error) {
	b, ok := first(list, "stsz")
	if !ok {
		return nil, fmt.Errorf("no stsz: %w", errScrub)
	}
	head, err := s.w.content(b, 12) // version and flags, size of all, count
	if err != nil {
		return nil, err
	}
	same, count := binary.BigEndian.Uint32(head[4:]), int64(binary.BigEndian.Uint32(head[8:]))
	if same != 0 {
		return func(i int) (uint32, bool) { return same, int64(i) < count }, nil
	}
	if 4*count > samplesMax || 4*count > b.body.to-b.body.from-12 {
		return nil, fmt.Errorf("%d samples: %w", count, errScrub)
	}
	p := make([]byte, 4*count)
	if err := s.w.read(p, b.body.from+12); err != nil {
		return nil, err
	}
	return func(i int) (uint32, bool) {
		if 4*i+4 > len(p) {
			return 0, false
		}
		return binary.BigEndian.Uint32(p[4*i:]), true
	}, nil
}

// patched reads a file with its patches applied. Patches are sorted and do not overlap.
type patched struct {
	r       io.ReaderAt
	size    int64
	patches []patch
	at      int64
}

func (p *patched) Read(buf []byte) (int, error) {
	if p.at >= p.size {
		return 0, io.EOF
	}
	buf = buf[:min(int64(len(buf)), p.size-p.at)]
	n, err := p.r.ReadAt(buf, p.at)
	if n == 0 && err != nil {
		return 0, err
	}
	p.apply(buf[:n], p.at)
	p.at += int64(n)
	return n, nil
}

func (p *patched) apply(buf []byte, at int64) {
	end := at + int64(len(buf))
	i, _ := slices.BinarySearchFunc(p.patches, at, func(x patch, at int64) int { return cmp.Compare(x.to, at) })
	for ; i < len(p.patches) && p.patches[i].from < end; i++ {
		x := p.patches[i]
		from, to := max(x.from, at), min(x.to, end)
		if from >= to {
			continue
		}
		part := buf[from-at : to-at]
		clear(part)
		if skip := from - x.from; skip < int64(len(x.head)) {
			copy(part, x.head[skip:])
		}
	}
}
