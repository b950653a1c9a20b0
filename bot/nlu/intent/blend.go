package intent

import "math"

// The evidence for a label: its margin and the cosine of its nearest example. Their blend is the log-odds.
const evidences = 2

// blend is a softmax over labels with few weights, the same for each label.
type blend [evidences]float64

// learnBlend finds the weights under which the true labels are likeliest, by Newton's method. A little pull to the
// start keeps it sane when there is next to nothing to learn from.
func learnBlend(n int, at func(i int) (of [][evidences]float64, right int)) blend {
	b := blend{5, 1}
	start := b
	const pull = 0.01
	for range 25 {
		grad, hess := make([]float64, evidences), square(evidences)
		for i := range n {
			of, right := at(i)
			p := make([]float64, len(of))
			b.odds(p, of)
			softmax(p)
			var mean [evidences]float64
			for c, x := range of {
				for j := range x {
					mean[j] += p[c] * x[j]
				}
			}
			for j := range mean {
				grad[j] += of[right][j] - mean[j]
			}
			for c, x := range of {
				for j := range x {
					for k := range x {
						hess[j][k] += p[c] * (x[j] - mean[j]) * (x[k] - mean[k])
					}
				}
			}
		}
		for j := range grad {
			grad[j] -= pull * (b[j] - start[j])
			hess[j][j] += pull
		}
		step := solve(hess, grad)
		far := 0.0
		for j := range b {
			step[j] = max(-3, min(3, step[j]))
			b[j] += step[j]
			far = max(far, math.Abs(step[j]))
		}
		if far < 1e-4 {
			break
		}
	}
	for j := range b {
		b[j] = max(b[j], 0)
	}
	return b
}

func (b *blend) odds(p []float64, of [][evidences]float64) {
	for c, x := range of {
		s := 0.0
		for j, w := range b {
			s += w * x[j]
		}
		p[c] = s
	}
}

func softmax(p []float64) {
	top := math.Inf(-1)
	for _, x := range p {
		top = max(top, x)
	}
	sum := 0.0
	for i, x := range p {
		p[i] = math.Exp(x - top)
		sum += p[i]
	}
	for i := range p {
		p[i] /= sum
	}
}

func square(n int) [][]float64 {
	m := make([][]float64, n)
	for i := range m {
		m[i] = make([]float64, n)
	}
	return m
}

// solve h x = g for a symmetric positive h, both of which it overwrites.
func solve(h [][]float64, g []float64) []float64 {
	n := len(g)
	for i := range n {
		pivot := max(h[i][i], 1e-12)
		for r := i + 1; r < n; r++ {
			f := h[r][i] / pivot
			for c := i; c < n; c++ {
				h[r][c] -= f * h[i][c]
			}
			g[r] -= f * g[i]
		}
	}
	for i := n - 1; i >= 0; i-- {
		for c := i + 1; c < n; c++ {
			g[i] -= h[i][c] * g[c]
		}
		g[i] /= max(h[i][i], 1e-12)
	}
	return g
}
