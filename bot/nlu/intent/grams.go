package intent

import (
	"unicode"
	"unicode/utf8"

	"recourse/bot/nlu/fold"
)

// maxRunes of a text are read: what a message is about stands in its first thousand characters.
const maxRunes = 1024

// field is a kind of n-gram. Each has a weight of its own.
type field uint8

const (
	word     field = iota // a stemmed word of an alphabet, or a number
	wordPair              // two of them in a row
	wordSkip              // two of them with one between
	part                  // 3 to 5 letters of a word
	han1                  // a Chinese character
	han2                  // two in a row, also with the edge of the text
	han3
	hanSkip     // two with one between
	sound       // two syllables in a row, without tone
	concept     // a group of words that mean the same
	conceptPair // two of them, in whatever order
	fields
)

// widths are what each field counts for beside the others.
var widths = [fields]float32{
	word: 1, wordPair: 0.45, wordSkip: 0.25, part: 0.35,
	han1: 1, han2: 0.45, han3: 0.15, hanSkip: 0.2, sound: 0.25,
	concept: 1.2, conceptPair: 0.5,
}

// gram is an n-gram of a text: its canonical bytes are buf[lo:hi] of the reader.
type gram struct {
	hash   uint64
	lo, hi int32
	field  field
}

// reader cuts texts into n-grams and keeps its buffers between them.
type reader struct {
	buf   []byte
	grams []gram
	words []span   // of the text at hand, in buf
	said  []uint16 // concepts
	runes []rune   // a run of Chinese, with 0 at the edges
}

type span struct{ lo, hi int32 }

// read cuts a text. The grams are valid until the next read.
func (r *reader) read(text string) {
	r.buf, r.grams, r.words, r.runes = r.buf[:0], r.grams[:0], r.words[:0], r.runes[:0]
	n, lo := 0, -1
	text = fold.Text(cut(text))
	edge := true
	for i, c := range text {
		if n++; n > maxRunes {
			text = text[:i]
			break
		}
		isWord := !unicode.Is(unicode.Han, c) && (unicode.IsLetter(c) || unicode.IsDigit(c) || c == '\'' && lo >= 0 || unicode.Is(unicode.Mn, c) && lo >= 0)
		if lo >= 0 && (!isWord || unicode.IsDigit(c) != startsWithDigit(text[lo:])) {
			r.latin(text[lo:i])
			lo = -1
		}
		switch {
		case isWord:
			if lo < 0 && c != '\'' {
				lo = i
			}
		case unicode.Is(unicode.Han, c):
			if edge {
				r.runes = append(r.runes, 0)
			}
			r.runes = append(r.runes, c)
			edge = false
		}
	}
	if lo >= 0 {
		r.latin(text[lo:])
	}
	r.pairs()
	defer r.meant()
	if len(r.runes) > 0 {
		r.runes = append(r.runes, 0)
		r.han()
	}
}

// cut bounds what is folded at all, at the edge of a character.
func cut(text string) string {
	const most = 4 * maxRunes
	if len(text) <= most {
		return text
	}
	n := most
	for n > most-utf8.UTFMax && !utf8.RuneStart(text[n]) {
		n--
	}
	return text[:n]
}

func startsWithDigit(s string) bool {
	c, _ := utf8.DecodeRuneInString(s)
	return unicode.IsDigit(c)
}

// emit closes the gram whose bytes have been appended to buf since lo.
func (r *reader) emit(f field, lo int) {
	r.grams = append(r.grams, gram{hash: hash(f, r.buf[lo:]), lo: int32(lo), hi: int32(len(r.buf)), field: f})
}

// hash is never 0.
func hash(f field, name []byte) uint64 {
	h := uint64(14695981039346656037) ^ uint64(f)
	for _, b := range name {
		h = (h ^ uint64(b)) * 1099511628211
	}
	h ^= h >> 29
	return h*0x9e3779b97f4a7c15 | 1
}

// latin takes one word of an alphabet: its stem, and the pieces of it.
func (r *reader) latin(w string) {
	if startsWithDigit(w) {
		r.one(w)
		return
	}
	// "what's" is what, "don't" is do not.
	if base, tail, ok := cutApostrophe(w); ok {
		if base == "" {
			return
		}
		if tail == "t" && len(base) > 1 && base[len(base)-1] == 'n' {
			r.pieces(base[:len(base)-1])
			r.one("not")
			return
		}
		w = base
	}
	r.pieces(w)
}

func cutApostrophe(w string) (base, tail string, ok bool) {
	for i := 0; i < len(w); i++ {
		if w[i] == '\'' {
			return w[:i], w[i+1:], true
		}
	}
	return w, "", false
}

func (r *reader) one(w string) {
	lo := len(r.buf)
	r.buf = append(r.buf, w...)
	r.words = append(r.words, span{int32(lo), int32(len(r.buf))})
	r.emit(word, lo)
}

func (r *reader) pieces(w string) {
	lo := len(r.buf)
	r.buf = appendStem(r.buf, w)
	r.words = append(r.words, span{int32(lo), int32(len(r.buf))})
	r.emit(word, lo)

	// " word " in pieces of 3 to 5 characters.
	lo = len(r.buf)
	r.buf = append(append(append(r.buf, ' '), w...), ' ')
	padded := r.buf[lo:]
	var starts [64]int32
	n := 0
	for i := range string(padded) {
		if n == len(starts)-1 {
			break
		}
		starts[n] = int32(lo + i)
		n++
	}
	starts[n] = int32(len(r.buf))
	for size := 3; size <= 5; size++ {
		for i := 0; i+size <= n; i++ {
			at := len(r.buf)
			r.buf = append(r.buf, r.buf[starts[i]:starts[i+size]]...)
			r.emit(part, at)
		}
	}
}

// pairs of the words of the whole text, in order.
func (r *reader) pairs() {
	for i := 1; i < len(r.words); i++ {
		r.join(wordPair, r.words[i-1], r.words[i])
		if i > 1 {
			r.join(wordSkip, r.words[i-2], r.words[i])
		}
	}
}

func (r *reader) join(f field, a, b span) {
	lo := len(r.buf)
	r.buf = append(r.buf, r.buf[a.lo:a.hi]...)
	r.buf = append(r.buf, ' ')
	r.buf = append(r.buf, r.buf[b.lo:b.hi]...)
	r.emit(f, lo)
}

func (r *reader) han() {
	rs := r.runes
	for i, c := range rs {
		if c != 0 {
			r.chars(han1, c)
		}
		if i >= 1 {
			r.chars(han2, rs[i-1], c)
			if a, b := syllable(rs[i-1]), syllable(c); a != "" && b != "" {
				lo := len(r.buf)
				r.buf = append(append(append(r.buf, a...), '\''), b...)
				r.emit(sound, lo)
			}
		}
		if i >= 2 {
			r.chars(han3, rs[i-2], rs[i-1], c)
			if rs[i-2] != 0 && c != 0 {
				r.chars(hanSkip, rs[i-2], c)
			}
		}
	}
}

// meant adds the concepts of the words and of the characters: of the latter the longest words, from left to right.
func (r *reader) meant() {
	m := concepts()
	say := func(ns []uint16) {
		for _, n := range ns {
			lo := len(r.buf)
			r.buf = append(append(r.buf, '='), m.names[n]...)
			r.emit(concept, lo)
			for _, before := range r.said[max(0, len(r.said)-6):] {
				if a, b := min(before, n), max(before, n); a != b {
					lo := len(r.buf)
					r.buf = append(append(append(append(r.buf, '='), m.names[a]...), '+'), m.names[b]...)
					r.emit(conceptPair, lo)
				}
			}
			r.said = append(r.said, n)
		}
	}
	r.said = r.said[:0]
	for i, w := range r.words {
		say(m.words[string(r.buf[w.lo:w.hi])])
		if i > 0 {
			var pair [64]byte
			b := append(append(append(pair[:0], r.buf[r.words[i-1].lo:r.words[i-1].hi]...), ' '), r.buf[w.lo:w.hi]...)
			say(m.words[string(b)])
		}
	}
	for i := 0; i < len(r.runes); {
		step := 1
		for n := min(m.longest, len(r.runes)-i); n > 0; n-- {
			var key [64]byte
			b := key[:0]
			for _, c := range r.runes[i : i+n] {
				b = utf8.AppendRune(b, c)
			}
			if ns, ok := m.han[string(b)]; ok {
				say(ns)
				step = n
				break
			}
		}
		i += step
	}
}

func (r *reader) chars(f field, cs ...rune) {
	lo := len(r.buf)
	for _, c := range cs {
		if c == 0 {
			c = '·'
		}
		r.buf = utf8.AppendRune(r.buf, c)
	}
	r.emit(f, lo)
}
