package intent

// memory finds the examples most like a text: postings by n-gram, and how alike each example and each label is.
// What stands in very many of them tells little, costs most, and is left out.
type memory struct {
	ends []int32 // of each n-gram's postings
	row  []int32
	val  []float32

	class   []int32 // of each row
	classes int
	runs    []run // rows of one class after another
}

// run is rows from one to before another that have the same class.
type run struct{ from, to, class int32 }

func runsOf(class []int32) []run {
	var out []run
	for i, c := range class {
		if n := len(out); n > 0 && out[n-1].class == c {
			out[n-1].to++
			continue
		}
		out = append(out, run{int32(i), int32(i + 1), c})
	}
	return out
}

func remember(rows []sparse, class []int32, classes, width int) *memory {
	m := &memory{ends: make([]int32, width), class: class, classes: classes, runs: runsOf(class)}
	for _, x := range rows {
		for _, at := range x.at {
			m.ends[at]++
		}
	}
	most := int32(max(256, len(rows)/16))
	common := make([]bool, width)
	sum := int32(0)
	for at, n := range m.ends {
		m.ends[at] = sum
		if common[at] = n > most; !common[at] {
			sum += n
		}
	}
	m.row, m.val = make([]int32, sum), make([]float32, sum)
	for i, x := range rows {
		for k, at := range x.at {
			if common[at] {
				continue
			}
			m.row[m.ends[at]], m.val[m.ends[at]] = int32(i), x.val[k]
			m.ends[at]++
		}
	}
	return m
}

// rows that have an n-gram; none if it is very common.
func (m *memory) rows(at int32) []int32 {
	lo := int32(0)
	if at > 0 {
		lo = m.ends[at-1]
	}
	return m.row[lo:m.ends[at]]
}

// alike fills sims, one for each row, with the cosine to x.
func (m *memory) alike(sims []float32, x sparse) {
	clear(sims)
	for k, at := range x.at {
		lo := int32(0)
		if at > 0 {
			lo = m.ends[at-1]
		}
		v := x.val[k]
		vals := m.val[lo:m.ends[at]]
		for n, row := range m.row[lo:m.ends[at]] {
			sims[row] += v * vals[n]
		}
	}
}

// best fills best, one for each class, with the cosine of its nearest row; rows for which out is true do not count.
func (m *memory) best(best, sims []float32, out func(row int) bool) {
	clear(best)
	for _, r := range m.runs {
		if r.class == none {
			continue
		}
		top := best[r.class]
		for i, s := range sims[r.from:r.to] {
			if s > top && (out == nil || !out(int(r.from)+i)) {
				top = s
			}
		}
		best[r.class] = top
	}
}
