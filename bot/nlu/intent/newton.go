package intent

import "math"

// learnSharpness finds the factor that makes margins log-odds: the one under which the true labels are likeliest, by
// Newton's method. A little pull to where it starts keeps it sane when there is next to nothing to learn from.
func learnSharpness(n, classes int, at func(i int) (margins []float32, right int)) float64 {
	const start, pull = 5.0, 0.05
	sharpness := start
	p := make([]float64, classes)
	for range 30 {
		grad, curve := pull*(start-sharpness), pull
		for i := range n {
			margins, right := at(i)
			for c, x := range margins {
				p[c] = sharpness * float64(x)
			}
			softmax(p)
			mean, square := 0.0, 0.0
			for c, x := range margins {
				mean += p[c] * float64(x)
				square += p[c] * float64(x) * float64(x)
			}
			grad += float64(margins[right]) - mean
			curve += square - mean*mean
		}
		step := max(-sharpness/2, min(5, grad/curve))
		sharpness += step
		if math.Abs(step) < 1e-4 {
			break
		}
	}
	return sharpness
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
