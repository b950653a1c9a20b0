package intent

import (
	"math/rand/v2"
	"runtime"
	"sync"
)

// data is what a linear classifier learns from.
type data struct {
	rows  []sparse
	class []int32 // none is a text of no class: it is an example against each
	width int     // of the rows
	// The first asked rows are messages; those after them are names and the like, which are never held out.
	asked   int
	classes int

	fold []int8 // of each asked row, in cross-validation
	// A row that is held out loses the inputs that no other row has, and is brought to length 1 again.
	foldScale, groupScale     []float32
	foldStrange, groupStrange []float32
	grams                     []int32
	group                     []int8 // of each class: a group is left out as a whole to see how texts about nothing known score
}

const none = -1

// margins is what a linear classifier learned, and how it scores what it was kept from seeing.
type margins struct {
	w []float32 // by input, then by class; the last row is the bias
	// held is each asked row's margins when its fold is held out, by row, then by class.
	held []float32
	// lone is each asked row's margins when the group of its class is left out; the group's own have none (noMargin).
	lone []float32
}

const noMargin = -1e9

type fitting struct {
	rounds, again int // over all rows: at first, and after some are left out
	cost          float32
	positive      float32 // how much more an error on the class's own rows costs
	folds, groups int     // how many of them are tried
	seed          uint64
}

// fit learns one class against the rest, for each class: squared hinge loss, solved in the dual by coordinate
// descent (Hsieh et al. 2008, as in liblinear). Cross-validation goes on from the solution over all rows.
func fit(d *data, f fitting) *margins {
	m := &margins{
		w:    make([]float32, (d.width+1)*d.classes),
		held: make([]float32, d.asked*d.classes),
		lone: make([]float32, d.asked*d.classes),
	}
	next := make(chan int, d.classes)
	for c := range d.classes {
		next <- c
	}
	close(next)
	var wait sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), d.classes) {
		wait.Go(func() {
			s := newSolver(d, f)
			for c := range next {
				s.class(m, int32(c))
			}
		})
	}
	wait.Wait()
	return m
}

// solver works on one class at a time.
type solver struct {
	d             *data
	f             fitting
	c             int32 // the class
	w, w2         []float32
	alpha, alpha2 []float32
	order         []int32
	rng           *rand.Rand
}

func newSolver(d *data, f fitting) *solver {
	return &solver{
		d: d, f: f,
		w: make([]float32, d.width+1), w2: make([]float32, d.width+1),
		alpha: make([]float32, len(d.rows)), alpha2: make([]float32, len(d.rows)),
	}
}

func (s *solver) class(m *margins, c int32) {
	d, f := s.d, s.f
	s.c = c
	s.rng = rand.New(rand.NewPCG(f.seed, uint64(c)))
	clear(s.w)
	clear(s.alpha)
	s.order = s.order[:0]
	for i := range d.rows {
		s.order = append(s.order, int32(i))
	}
	s.descend(s.w, s.alpha, f.rounds)
	for at, x := range s.w {
		m.w[at*d.classes+int(c)] = x
	}
	for k := range f.folds {
		out := func(i int) bool { return i < d.asked && d.fold[i] == int8(k) }
		s.without(out, f.again)
		s.scores(m.held, d.foldScale, out)
	}
	for g := range f.groups {
		out := func(i int) bool { return d.class[i] != none && d.group[d.class[i]] == int8(g) }
		if d.group[c] != int8(g) {
			s.without(out, f.again)
			s.scores(m.lone, d.groupScale, out)
			continue
		}
		for i := range d.asked {
			if out(i) {
				m.lone[i*d.classes+int(c)] = noMargin
			}
		}
	}
}

// without solves again, from the solution over all rows, with some left out.
func (s *solver) without(out func(i int) bool, rounds int) {
	copy(s.w2, s.w)
	copy(s.alpha2, s.alpha)
	s.order = s.order[:0]
	for i := range s.d.rows {
		if !out(i) {
			s.order = append(s.order, int32(i))
			continue
		}
		if s.alpha2[i] != 0 {
			s.add(s.w2, int32(i), -s.alpha2[i]*s.side(int32(i)))
			s.alpha2[i] = 0
		}
	}
	s.descend(s.w2, s.alpha2, rounds)
}

func (s *solver) scores(to, scale []float32, out func(i int) bool) {
	d := s.d
	for i := range d.asked {
		if out(i) {
			to[i*d.classes+int(s.c)] = scale[i]*dot(&d.rows[i], s.w2) + s.w2[d.width]
		}
	}
}

func (s *solver) side(i int32) float32 {
	if s.d.class[i] == s.c {
		return 1
	}
	return -1
}

func (s *solver) add(w []float32, i int32, by float32) {
	row := &s.d.rows[i]
	for n, at := range row.at {
		w[at] += by * row.val[n]
	}
	w[s.d.width] += by
}

func (s *solver) descend(w, alpha []float32, rounds int) {
	order := s.order
	active := len(order)
	for round := range rounds {
		most := float32(0)
		for i := active - 1; i > 0; i-- {
			j := s.rng.IntN(i + 1)
			order[i], order[j] = order[j], order[i]
		}
		for k := 0; k < active; k++ {
			i := order[k]
			y := s.side(i)
			soft := 1 / (2 * s.f.cost)
			if y > 0 {
				soft /= s.f.positive
			}
			g := y*(dot(&s.d.rows[i], w)+w[len(w)-1]) - 1 + alpha[i]*soft
			if alpha[i] == 0 && g > 0 {
				if g > 0.3 && round > 0 { // far on the right side: look at it no more
					active--
					order[k], order[active] = order[active], order[k]
					k--
				}
				continue
			}
			most = max(most, g, -g)
			// Rows have length 1, and so has the bias.
			to := max(alpha[i]-g/(2+soft), 0)
			if by := to - alpha[i]; by != 0 {
				alpha[i] = to
				s.add(w, i, by*y)
			}
		}
		if most < 0.1 {
			break
		}
	}
}

func dot(x *sparse, w []float32) float32 {
	s := float32(0)
	val := x.val[:len(x.at)]
	for n, at := range x.at {
		s += val[n] * w[at]
	}
	return s
}
