package intent

import (
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"math"
)

// ErrFormat is why a stream is no model that this program can use.
var ErrFormat = errors.New("not a model of this version")

const formatVersion = 2

// stored is a model as it is written.
type stored struct {
	Version  int
	Labels   []string
	Examples []Example

	Width [fields]float32
	Field []byte // of each n-gram
	IDF   []float32
	Rare  float32
	Names []byte
	Ends  []int32

	Weights   []float32
	Nothing   []float32
	Sharpness float64
	Known     known

	Postings []int32 // the end of each n-gram's
	Row      []int32
	Value    []float32
	Class    []int32
}

// Save writes the model.
func (m *Model) Save(w io.Writer) error {
	s := stored{
		Version: formatVersion, Labels: m.labels, Examples: m.examples,
		Width: m.width, IDF: m.words.idf, Rare: m.words.rare, Names: m.words.names, Ends: m.words.ends,
		Weights: m.w, Nothing: m.nothing, Sharpness: m.sharpness, Known: m.known,
		Postings: m.near.ends, Row: m.near.row, Value: m.near.val, Class: m.near.class,
	}
	for _, f := range m.words.field {
		s.Field = append(s.Field, byte(f))
	}
	if err := gob.NewEncoder(w).Encode(s); err != nil {
		return fmt.Errorf("write the model: %w", err)
	}
	return nil
}

// Load reads a model that Save wrote.
func Load(r io.Reader) (*Model, error) {
	var s stored
	if err := gob.NewDecoder(r).Decode(&s); err != nil {
		return nil, fmt.Errorf("read the model: %w: %w", ErrFormat, err)
	}
	if err := s.check(); err != nil {
		return nil, fmt.Errorf("read the model: %w: %w", ErrFormat, err)
	}
	v := &vocabulary{idf: s.IDF, rare: s.Rare, names: s.Names, ends: s.Ends}
	hashes := make([]uint64, len(s.Field))
	lo := int32(0)
	for n, f := range s.Field {
		v.field = append(v.field, field(f))
		hashes[n] = hash(field(f), s.Names[lo:s.Ends[n]])
		lo = s.Ends[n]
	}
	v.index(hashes)
	return &Model{
		labels: s.Labels, examples: s.Examples, words: v, width: s.Width, w: s.Weights, nothing: s.Nothing, sharpness: s.Sharpness, known: s.Known,
		near: &memory{ends: s.Postings, row: s.Row, val: s.Value, class: s.Class, classes: len(s.Labels), runs: runsOf(s.Class)},
	}, nil
}

// check that everything points where there is something: a model may come from a file that somebody else wrote.
func (s *stored) check() error {
	n, labels := len(s.Field), len(s.Labels)
	switch {
	case s.Version != formatVersion:
		return fmt.Errorf("version %d, want %d", s.Version, formatVersion)
	case labels == 0:
		return errors.New("no labels")
	case len(s.IDF) != n || len(s.Ends) != n || len(s.Postings) != n || len(s.Weights) != (n+1)*labels, len(s.Nothing) != 0 && len(s.Nothing) != n+1,
		len(s.Row) != len(s.Value), len(s.Examples) > len(s.Class):
		return errors.New("parts of different length")
	}
	for k := 1; k < labels; k++ {
		if s.Labels[k-1] >= s.Labels[k] {
			return errors.New("labels out of order")
		}
	}
	for _, f := range s.Field {
		if f >= byte(fields) {
			return errors.New("an unknown kind of n-gram")
		}
	}
	for _, c := range s.Class {
		if c < none || int(c) >= labels {
			return errors.New("an unknown label")
		}
	}
	for _, row := range s.Row {
		if row < 0 || int(row) >= len(s.Class) {
			return errors.New("an unknown example")
		}
	}
	if !rising(s.Ends, len(s.Names)) || !rising(s.Postings, len(s.Row)) {
		return errors.New("parts of different length")
	}
	for _, xs := range [][]float32{s.IDF, s.Weights, s.Nothing, s.Value, s.Width[:], {s.Rare}} {
		for _, x := range xs {
			if math.IsNaN(float64(x)) || math.IsInf(float64(x), 0) {
				return errors.New("a weight that is no number")
			}
		}
	}
	for _, x := range s.Known.Spread {
		if x <= 0 {
			return errors.New("a signal without spread")
		}
	}
	for _, xs := range [][]float64{{s.Sharpness}, s.Known.Mean[:], s.Known.Spread[:], s.Known.Weight[:], {s.Known.Bias}} {
		for _, x := range xs {
			if math.IsNaN(x) || math.IsInf(x, 0) {
				return errors.New("a weight that is no number")
			}
		}
	}
	return nil
}

func rising(ends []int32, last int) bool {
	lo := int32(0)
	for _, e := range ends {
		if e < lo {
			return false
		}
		lo = e
	}
	return int(lo) == last
}
