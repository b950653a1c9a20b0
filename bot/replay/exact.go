package replay

import (
	"cmp"
	"math"
	"slices"
	"strconv"
)

// McNemar is the exact two-sided p-value of paired cases: of those whose result differs, broken passed before and fixed
// pass now. It is how likely a split at least that uneven is if either is as likely (binomial, one half; McNemar 1947).
// Without any difference it is 1.
func McNemar(broken, fixed int) float64 {
	n, few := broken+fixed, min(broken, fixed)
	if broken == fixed {
		return 1
	}
	logs := make([]float64, 0, few+1)
	for k := range few + 1 {
		logs = append(logs, lnChoose(n, k)-float64(n)*math.Ln2)
	}
	return min(1, 2*sumExp(logs))
}

// FisherLess is how likely a case that passed a of n times passes only b of m times, or fewer, if nothing changed: the
// lower tail of the hypergeometric distribution with these totals (Fisher's exact test, one-sided).
func FisherLess(a, n, b, m int) float64 {
	lo, _ := passRange(a, n, b, m)
	var logs []float64
	for x := lo; x <= b; x++ {
		logs = append(logs, lnTable(x, a+b, n, m))
	}
	return min(1, sumExp(logs))
}

// Fisher is the two-sided p-value: how likely a table is that is as unlikely as this one, or more so.
func Fisher(a, n, b, m int) float64 {
	const same = 1e-7 // tables as likely as this one are told apart by rounding only
	seen := lnTable(b, a+b, n, m)
	lo, hi := passRange(a, n, b, m)
	var logs []float64
	for x := lo; x <= hi; x++ {
		if l := lnTable(x, a+b, n, m); l <= seen+same {
			logs = append(logs, l)
		}
	}
	return min(1, sumExp(logs))
}

// passRange is how many of the a+b passes can fall into the m trials.
func passRange(a, n, b, m int) (lo, hi int) { return max(0, a+b-n), min(a+b, m) }

// lnTable is the logarithm of how likely x of all passes fall into the m trials, the others into the n.
func lnTable(x, passes, n, m int) float64 {
	return lnChoose(m, x) + lnChoose(n, passes-x) - lnChoose(n+m, passes)
}

// lnChoose is the logarithm of n over k.
func lnChoose(n, k int) float64 { return lnFactorial(n) - lnFactorial(k) - lnFactorial(n-k) }

func lnFactorial(n int) float64 {
	v, _ := math.Lgamma(float64(n) + 1)
	return v
}

// sumExp is the sum of what the logarithms are of, scaled by the greatest so that small ones are not lost.
func sumExp(logs []float64) float64 {
	if len(logs) == 0 {
		return 0
	}
	top, sum := slices.Max(logs), 0.0
	slices.Sort(logs) // the small ones first, so that they count
	for _, l := range logs {
		sum += math.Exp(l - top)
	}
	return math.Exp(top) * sum
}

// holm adjusts p-values that are looked at together, so that the chance of one false alarm among all of them is what a
// single one would have (Holm 1979).
func holm(ps []float64) []float64 {
	order := make([]int, len(ps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(ps[a], ps[b]) })
	out, high := make([]float64, len(ps)), 0.0
	for rank, i := range order {
		high = max(high, min(1, float64(len(ps)-rank)*ps[i]))
		out[i] = high
	}
	return out
}

// digits rounds to six significant digits, so that what is stored is the same on every machine. It goes by way of ten, so
// that a value half way between is not decided by the last bit.
func digits(x float64) float64 {
	for _, n := range []int{10, 6} {
		v, err := strconv.ParseFloat(strconv.FormatFloat(x, 'g', n, 64), 64)
		if err != nil {
			return x // not reached: it was written by the line above
		}
		x = v
	}
	return x
}
