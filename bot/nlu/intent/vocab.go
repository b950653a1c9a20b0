package intent

import (
	"cmp"
	"math"
	"slices"
)

// vocabulary numbers the n-grams seen in training.
type vocabulary struct {
	// An open-addressed table: keys are hashes, 0 is empty, at is the number of the n-gram.
	keys []uint64
	at   []int32

	field []field
	idf   []float32
	rare  float32 // the weight of what was never seen
	names []byte  // what each n-gram is, one after the other
	ends  []int32
}

func (v *vocabulary) size() int { return len(v.idf) }

func (v *vocabulary) find(h uint64) int32 {
	mask := uint64(len(v.keys) - 1)
	for i := h & mask; ; i = (i + 1) & mask {
		switch v.keys[i] {
		case h:
			return v.at[i]
		case 0:
			return -1
		}
	}
}

// index builds the table over the hashes of all n-grams.
func (v *vocabulary) index(hashes []uint64) {
	size := 16
	for size < 2*len(hashes) {
		size *= 2
	}
	v.keys, v.at = make([]uint64, size), make([]int32, size)
	mask := uint64(size - 1)
	for n, h := range hashes {
		i := h & mask
		for v.keys[i] != 0 {
			i = (i + 1) & mask
		}
		v.keys[i], v.at[i] = h, int32(n)
	}
}

func (v *vocabulary) name(n int32) string {
	lo := int32(0)
	if n > 0 {
		lo = v.ends[n-1]
	}
	return string(v.names[lo:v.ends[n]])
}

// sparse is a vector of few entries.
type sparse struct {
	at  []int32
	val []float32
}

// learnWords reads all texts and keeps the n-grams found in at least least of them.
func learnWords(texts []string, least int) *vocabulary {
	type seen struct {
		df, last int32
		first    int32 // in order of appearance
		lo, hi   int32
		field    field
	}
	var r reader
	found := map[uint64]*seen{}
	var names []byte
	for i, t := range texts {
		r.read(t)
		for _, g := range r.grams {
			s := found[g.hash]
			if s == nil {
				lo := len(names)
				names = append(names, r.buf[g.lo:g.hi]...)
				s = &seen{last: -1, first: int32(len(found)), lo: int32(lo), hi: int32(len(names)), field: g.field}
				found[g.hash] = s
			}
			if s.last != int32(i) {
				s.last = int32(i)
				s.df++
			}
		}
	}
	hashes := make([]uint64, 0, len(found))
	for h, s := range found {
		if int(s.df) >= least || s.field == word || s.field == han1 {
			hashes = append(hashes, h)
		}
	}
	slices.SortFunc(hashes, func(a, b uint64) int { return cmp.Compare(found[a].first, found[b].first) })
	v := &vocabulary{rare: idf(len(texts), 0)}
	v.index(hashes)
	for _, h := range hashes {
		s := found[h]
		v.field = append(v.field, s.field)
		v.idf = append(v.idf, idf(len(texts), int(s.df)))
		v.names = append(v.names, names[s.lo:s.hi]...)
		v.ends = append(v.ends, int32(len(v.names)))
	}
	return v
}

func idf(texts, df int) float32 {
	return float32(math.Pow(1+math.Log(float64(1+texts)/float64(1+df)), tuning.rarity))
}

// scratch is what reading one text needs; it is kept between texts.
type scratch struct {
	reader
	count []float32
	vec   sparse
	known []int32 // the n-gram that each gram is, -1 for one never seen
}

// vector reads a text into s.vec, of length 1 unless nothing in it is known.
func (v *vocabulary) vector(s *scratch, w *[fields]float32, text string) sparse {
	s.read(text)
	if len(s.count) < v.size() {
		s.count = make([]float32, v.size())
	}
	at, val := s.vec.at[:0], s.vec.val[:0]
	s.known = s.known[:0]
	for _, g := range s.grams {
		n := v.find(g.hash)
		s.known = append(s.known, n)
		if n < 0 {
			continue
		}
		if s.count[n] == 0 {
			at = append(at, n)
		}
		s.count[n]++
	}
	total := 0.0
	for _, n := range at {
		x := v.idf[n] * w[v.field[n]]
		if c := s.count[n]; c > 1 {
			x *= 1 + float32(math.Log(float64(c)))
		}
		s.count[n] = 0
		val = append(val, x)
		total += float64(x) * float64(x)
	}
	if total > 0 {
		scale := float32(1 / math.Sqrt(total))
		for i := range val {
			val[i] *= scale
		}
	}
	s.vec = sparse{at, val}
	return s.vec
}

// counts says that an n-gram tells how strange a text is: the words and the character pairs.
func (v *vocabulary) counts(n int32) bool { return v.field[n] == word || v.field[n] == han2 }

// strangeness of the text read last: the share of its words and character pairs, by weight, that training never saw.
func (v *vocabulary) strangeness(s *scratch) float32 {
	var strange, all float32
	for i, g := range s.grams {
		switch n := s.known[i]; {
		case n >= 0 && v.counts(n):
			all += v.idf[n]
		case n < 0 && (g.field == word || g.field == han2):
			strange += v.rare
			all += v.rare
		}
	}
	if all == 0 {
		return 1
	}
	return strange / all
}
