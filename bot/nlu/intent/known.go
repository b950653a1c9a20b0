package intent

import (
	"math"
	"slices"
)

// signals of whether a text is about any label at all.
const signals = 10

type signal [signals]float64

// usual is what each signal is worth as a rule: the less there is to learn from, the more it holds. A signal never
// counts the other way; 0 is one that may count either way.
var usual = signal{0.5, 0.25, 0.6, -0.1, -0.7, 0.3, 0.2, 0, 0.1, -0.6}

// known is a logistic regression over signals, each brought to mean 0 and spread 1.
type known struct {
	Mean, Spread, Weight signal
	Bias                 float64
}

// look is what one text looked like to the classifier.
type look struct {
	odds    []float64 // by label; -inf where it is left out
	margins []float32
	near    []float32
	strange float32
	grams   int32
	nothing float32 // how far it is on the side of the texts about no label; 0 where there were too few to learn from
}

func (l *look) signal(p []float64) signal {
	softmaxOf(p, l.odds)
	first, second := -1, -1
	entropy, energy, top := 0.0, 0.0, slices.Max(l.odds)
	for c, x := range l.odds {
		if first < 0 || x > l.odds[first] {
			first, second = c, first
		} else if second < 0 || x > l.odds[second] {
			second = c
		}
		if p[c] > 0 {
			entropy -= p[c] * math.Log(p[c])
		}
		energy += math.Exp(x - top)
	}
	const wide = 2 // a gap that is as good as any
	gap, nearest := float64(wide), float32(0)
	if second >= 0 {
		gap = min(wide, float64(l.margins[first])-float64(l.margins[second]))
	}
	for _, x := range l.near {
		nearest = max(nearest, x)
	}
	return signal{
		float64(l.margins[first]), gap, top + math.Log(energy), entropy,
		float64(l.strange), float64(nearest), float64(l.near[first]), math.Log(1 + float64(l.grams)), p[first],
		float64(l.nothing),
	}
}

func softmaxOf(p, odds []float64) {
	copy(p, odds)
	softmax(p)
}

func (k *known) p(x signal) float64 {
	s := k.Bias
	for j := range x {
		s += k.Weight[j] * (x[j] - k.Mean[j]) / k.Spread[j]
	}
	return 1 / (1 + math.Exp(-s))
}

// learnKnown from texts about the labels and texts about others; outside is the share of the others to expect.
func learnKnown(in, no []signal, outside float64) known {
	var k known
	n := float64(len(in) + len(no))
	for j := range signals {
		k.Spread[j] = 1
	}
	if len(in) == 0 || len(no) == 0 {
		k.Bias = math.Log((1 - outside) / outside)
		return k
	}
	for _, xs := range [][]signal{in, no} {
		for _, x := range xs {
			for j := range x {
				k.Mean[j] += x[j] / n
			}
		}
	}
	var spread signal
	for _, xs := range [][]signal{in, no} {
		for _, x := range xs {
			for j := range x {
				spread[j] += (x[j] - k.Mean[j]) * (x[j] - k.Mean[j]) / n
			}
		}
	}
	for j := range spread {
		k.Spread[j] = math.Sqrt(spread[j]) + 1e-6
	}
	k.Weight, k.Bias = usual, math.Log((1-outside)/outside)
	var off [signals]bool
	for {
		k.newton(in, no, outside, &off)
		wrong := false
		for j, w := range k.Weight {
			if w*usual[j] < 0 {
				off[j], wrong = true, true
				k.Weight[j] = 0
			}
		}
		if !wrong {
			break
		}
	}
	k.temper(in, no, outside)
	return k
}

// temper makes the sum of the weighted signals log-odds: the pull to the usual weights is no reason to be over-sure.
func (k *known) temper(in, no []signal, outside float64) {
	weights, slope, bias := k.Weight, 1.0, k.Bias
	for range 30 {
		const pull = 0.005
		grad, hess := []float64{pull * (1 - slope), 0}, [][]float64{{pull, 0}, {0, 1e-9}}
		add := func(xs []signal, y, weight float64) {
			for _, x := range xs {
				p := k.p(x)
				z := [2]float64{0, 1}
				for j := range x {
					z[0] += weights[j] * (x[j] - k.Mean[j]) / k.Spread[j]
				}
				for a := range z {
					grad[a] += weight * (y - p) * z[a]
					for b := range z {
						hess[a][b] += weight * p * (1 - p) * z[a] * z[b]
					}
				}
			}
		}
		add(in, 1, (1-outside)/float64(len(in)))
		add(no, 0, outside/float64(len(no)))
		step := solve(hess, grad)
		slope = max(0.05, slope+max(-0.5, min(0.5, step[0])))
		bias += max(-2, min(2, step[1]))
		k.Bias = bias
		for j := range weights {
			k.Weight[j] = slope * weights[j]
		}
		if math.Abs(step[0])+math.Abs(step[1]) < 1e-5 {
			break
		}
	}
}

// newton finds the likeliest weights of the signals that are not off.
func (k *known) newton(in, no []signal, outside float64, off *[signals]bool) {
	const dims = signals + 1
	pull := 0.3 + 5/float64(len(in)+len(no)) // to the usual
	for range 40 {
		grad, hess := make([]float64, dims), square(dims)
		add := func(xs []signal, y, weight float64) {
			for _, x := range xs {
				p := k.p(x)
				var z [dims]float64
				for j := range x {
					if !off[j] {
						z[j] = (x[j] - k.Mean[j]) / k.Spread[j]
					}
				}
				z[signals] = 1
				for a := range z {
					grad[a] += weight * (y - p) * z[a]
					for b := range z {
						hess[a][b] += weight * p * (1 - p) * z[a] * z[b]
					}
				}
			}
		}
		add(in, 1, (1-outside)/float64(len(in)))
		add(no, 0, outside/float64(len(no)))
		for j := range signals {
			hess[j][j] += pull
			if !off[j] {
				grad[j] += pull * (usual[j] - k.Weight[j])
			}
		}
		hess[signals][signals] += 1e-9
		far := 0.0
		for j, s := range solve(hess, grad) {
			s = max(-2, min(2, s))
			far = max(far, math.Abs(s))
			if j < signals {
				k.Weight[j] += s
			} else {
				k.Bias += s
			}
		}
		if far < 1e-5 {
			break
		}
	}
}
