package intent

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
)

// Train learns a model.
func Train(s Set, o Options) (*Model, error) {
	if o.Outside <= 0 || o.Outside >= 1 {
		o.Outside = 0.2
	}
	labels, err := s.labels()
	if err != nil {
		return nil, err
	}
	m := &Model{labels: labels, width: widths, examples: slices.Clone(s.Examples)}
	number := map[string]int32{}
	for i, l := range labels {
		number[l] = int32(i)
	}
	d := &data{classes: len(labels)}
	var texts []string
	take := func(text string, class int32) {
		texts = append(texts, text)
		d.class = append(d.class, class)
	}
	for _, e := range s.Examples {
		take(e.Text, number[e.Label])
	}
	for _, t := range s.None {
		if strings.TrimSpace(t) != "" {
			take(t, none)
		}
	}
	d.asked = len(texts)
	for i, l := range labels {
		names := s.Names[l]
		if len(names) == 0 {
			names = []string{spoken(l)}
		}
		for _, n := range names {
			take(n, int32(i))
		}
	}
	least := 1
	if len(texts) > 5000 {
		least = 2
	}
	m.words = learnWords(texts, least)
	d.width = m.words.size()
	sc := &scratch{}
	for _, t := range texts {
		x := m.words.vector(sc, &m.width, t)
		d.rows = append(d.rows, sparse{slices.Clone(x.at), slices.Clone(x.val)})
		d.grams = append(d.grams, int32(len(sc.grams)))
	}
	f := d.split(o.Seed)
	m.near = remember(d.rows, d.class, d.classes, d.width)
	m.holdOut(d)
	fitted := fit(d, f)
	m.w = fitted.w
	nothing := fitNothing(d, f)
	if nothing != nil {
		m.nothing = nothing.w
	}
	m.calibrate(d, f, fitted, nothing, o)
	return m, nil
}

// enough texts about no label to learn from what they have in common.
const enough = 20

// fitNothing learns the texts about no label against all others, nil if there are too few.
func fitNothing(d *data, f fitting) *margins {
	two := *d
	two.classes, two.class = 1, make([]int32, len(d.class))
	n := 0
	for i, c := range d.class {
		if two.class[i] = none; c == none {
			two.class[i] = 0
			n++
		}
	}
	if n < enough {
		return nil
	}
	f.groups = 0
	return fit(&two, f)
}

// holdOut finds what each row would look like if training had not seen it, nor any of the group of its class.
func (m *Model) holdOut(d *data) {
	group := func(row int32) int8 {
		if d.class[row] == none {
			return none
		}
		return d.group[d.class[row]]
	}
	for i := range d.asked {
		var foldSq, groupSq float32
		var foldStrange, groupStrange, all float32
		for k, at := range d.rows[i].at {
			rows := m.near.rows(at)
			alone, kin := len(rows) > 0, len(rows) > 0
			for _, row := range rows {
				if row != int32(i) {
					alone = false
					if group(row) != group(int32(i)) || group(row) == none {
						kin = false
						break
					}
				}
			}
			if v := d.rows[i].val[k]; !alone {
				foldSq += v * v
				if !kin {
					groupSq += v * v
				}
			}
			if !m.words.counts(at) {
				continue
			}
			weight := func(strange bool) float32 {
				if strange {
					return m.words.rare
				}
				return m.words.idf[at]
			}
			all += weight(alone)
			if alone {
				foldStrange += m.words.rare
			}
			if kin {
				groupStrange += m.words.rare
			}
		}
		d.foldScale = append(d.foldScale, 1/float32(math.Sqrt(float64(max(foldSq, 0.01)))))
		d.groupScale = append(d.groupScale, 1/float32(math.Sqrt(float64(max(groupSq, 0.01)))))
		d.foldStrange = append(d.foldStrange, foldStrange/max(all, 1e-6))
		d.groupStrange = append(d.groupStrange, min(1, groupStrange/max(all, 1e-6)))
	}
}

// labels of the examples, in order.
func (s *Set) labels() ([]string, error) {
	if len(s.Examples) == 0 {
		return nil, ErrNoExamples
	}
	var labels []string
	for i, e := range s.Examples {
		if e.Label == "" {
			return nil, fmt.Errorf("example %d has no label", i+1)
		}
		if strings.TrimSpace(e.Text) == "" {
			return nil, fmt.Errorf("example %d, of %s, is empty", i+1, e.Label)
		}
		labels = append(labels, e.Label)
	}
	slices.Sort(labels)
	return slices.Compact(labels), nil
}

// spoken is a label read as words: late_shipment and lateShipment are late shipment.
func spoken(label string) string {
	var b strings.Builder
	var last rune
	for _, r := range label {
		if unicode.IsUpper(r) && unicode.IsLower(last) {
			b.WriteByte(' ')
		}
		if unicode.IsPunct(r) || unicode.IsSymbol(r) {
			r = ' '
		}
		b.WriteRune(r)
		last = r
	}
	return b.String()
}

// tuning was found on sets that are not among those the project is measured with.
var tuning = struct {
	cost, positive float32 // of an error; how much more one on a label's own examples costs than on the others'
	rarity         float64 // the power of an n-gram's idf
}{cost: 0.5, positive: 10, rarity: 0.6}

// split deals the rows of each class into folds, and the classes into groups.
func (d *data) split(seed uint64) fitting {
	f := fitting{rounds: 10, again: 1, cost: tuning.cost, positive: tuning.positive, folds: 5, groups: 5, seed: seed}
	folds, groups := 5, min(5, d.classes)
	if d.asked < 1500 {
		folds, groups = 10, min(8, d.classes)
	}
	f.folds, f.groups = folds, groups
	if d.asked > 6000 {
		f.folds, f.groups = 2, min(2, groups)
	}
	rng := rand.New(rand.NewPCG(seed, 1<<40))
	d.group = make([]int8, d.classes)
	for n, c := range rng.Perm(d.classes) {
		d.group[c] = int8(n % groups)
	}
	d.fold = make([]int8, d.asked)
	at := make([]int, d.classes+1)
	for c := range at {
		at[c] = rng.IntN(folds)
	}
	for _, i := range rng.Perm(d.asked) {
		c := d.class[i] + 1
		d.fold[i] = int8(at[c] % folds)
		at[c]++
	}
	return f
}

// calibrate learns what margins and cosines are worth from how rows score that were held out.
func (m *Model) calibrate(d *data, f fitting, fitted, nothing *margins, o Options) {
	const most = 3000
	var in, lone []int // rows held out with their fold, with the group of their class
	for i := range d.asked {
		if c := d.class[i]; c == none {
			if int(d.fold[i]) < f.folds {
				lone = append(lone, i)
			}
		} else {
			if int(d.fold[i]) < f.folds {
				in = append(in, i)
			}
			if d.classes > 1 && int(d.group[c]) < f.groups {
				lone = append(lone, i)
			}
		}
	}
	in, lone = thin(in, most), thin(lone, most)
	sims := make([]float32, len(d.rows))
	near := func(rows []int, scale []float32, out func(i, row int) bool) [][]float32 {
		all := make([][]float32, len(rows))
		for n, i := range rows {
			m.near.alike(sims, d.rows[i])
			all[n] = make([]float32, d.classes)
			m.near.best(all[n], sims, func(row int) bool { return out(i, row) })
			for c := range all[n] {
				all[n][c] *= scale[i]
			}
		}
		return all
	}
	inNear := near(in, d.foldScale, func(i, row int) bool { return row == i })
	loneNear := near(lone, d.groupScale, func(i, row int) bool {
		return row == i || d.class[i] != none && d.class[row] != none && d.group[d.class[row]] == d.group[d.class[i]]
	})

	m.sharpness = learnSharpness(len(in), d.classes, func(n int) ([]float32, int) {
		i := in[n]
		return fitted.held[i*d.classes:][:d.classes], int(d.class[i])
	})
	p, odds := make([]float64, d.classes), make([]float64, d.classes)
	read := func(margins []float32, near []float32, l look) signal {
		m.odds(odds, margins)
		l.odds, l.margins, l.near = odds, margins, near
		return l.signal(p)
	}
	var known, others []signal
	side := func(i int) float32 { // of a row held out with its fold; one whose class is left out has learned to be on no side
		if nothing == nil {
			return 0
		}
		return nothing.held[i]
	}
	for n, i := range in {
		known = append(known, read(fitted.held[i*d.classes:][:d.classes], inNear[n], look{strange: d.foldStrange[i], grams: d.grams[i], nothing: side(i)}))
	}
	for n, i := range lone {
		margins, l := fitted.lone[i*d.classes:][:d.classes], look{strange: d.groupStrange[i], grams: d.grams[i]}
		if d.class[i] == none {
			margins, l.nothing = fitted.held[i*d.classes:][:d.classes], side(i)
		}
		others = append(others, read(margins, loneNear[n], l))
	}
	m.known = learnKnown(known, others, o.Outside)
}

// thin takes most of xs at even steps.
func thin(xs []int, most int) []int {
	if len(xs) <= most {
		return xs
	}
	out := make([]int, most)
	for n := range out {
		out[n] = xs[n*len(xs)/most]
	}
	return out
}
