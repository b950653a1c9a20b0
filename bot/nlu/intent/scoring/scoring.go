// Package scoring measures a classifier of texts against texts whose labels are known: how often it is right, whether
// its probabilities mean what they say, and how well it tells texts about none of its labels.
package scoring

import (
	"cmp"
	"math"
	"slices"
	"time"

	"recourse/bot/nlu/intent"
)

// Report is what a test showed. Shares and probabilities are between 0 and 1.
type Report struct {
	Texts   int     `json:"texts"`
	Top1    float64 `json:"top1"`
	Top3    float64 `json:"top3"`
	MacroF1 float64 `json:"macro_f1"`

	// How well Known tells texts about no label; nil when none were tried.
	AUROC      *float64 `json:"oos_auroc"`
	Rejected95 *float64 `json:"oos_rejected_at_95"`
	Rejected90 *float64 `json:"oos_rejected_at_90"`
	Outside    int      `json:"oos_texts"`

	P50Micros    float64 `json:"p50_us"`
	P99Micros    float64 `json:"p99_us"`
	TrainSeconds float64 `json:"train_seconds"`

	// ECE is the expected calibration error: how far the likelihood of the first guess is from how often it is right,
	// on average over the bins.
	ECE         float64 `json:"ece"`
	Calibration []Bin   `json:"calibration"`
	Labels      []Label `json:"labels"`
	// Unseen are labels of the test that training has not; their texts count as wrong.
	Unseen []string `json:"unseen_labels"`
}

// Bin is the texts whose first guess was given a likelihood from From to To.
type Bin struct {
	From      float64 `json:"from"`
	To        float64 `json:"to"`
	Texts     int     `json:"texts"`
	Predicted float64 `json:"predicted"`
	Observed  float64 `json:"observed"`
}

// Label is how one label fared.
type Label struct {
	Label        string  `json:"label"`
	Texts        int     `json:"texts"`
	Precision    float64 `json:"precision"`
	Recall       float64 `json:"recall"`
	F1           float64 `json:"f1"`
	ConfusedWith string  `json:"confused_with,omitempty"` // what its texts were most often taken for
	Confused     int     `json:"confused,omitempty"`
}

const bins = 10

// Measure reads every text with m. now is the clock that latencies are taken with.
func Measure(m *intent.Model, test []intent.Example, outside []string, now func() time.Time) Report {
	r := Report{Texts: len(test), Outside: len(outside), Calibration: make([]Bin, bins), Labels: []Label{}, Unseen: []string{}}
	known := map[string]bool{}
	for _, l := range m.Labels() {
		known[l] = true
	}
	if len(test) > 0 {
		m.Classify(test[0].Text) // the first allocates what the others use again
	}
	var in, took []float64
	taken := map[[2]string]int{} // what it is, what it was taken for
	for _, e := range test {
		start := now()
		got := m.Classify(e.Text)
		took = append(took, float64(now().Sub(start).Nanoseconds())/1e3)
		in = append(in, got.Known)
		first := got.Guesses[0]
		taken[[2]string{e.Label, first.Label}]++
		right := slices.IndexFunc(got.Guesses[:min(3, len(got.Guesses))], func(g intent.Guess) bool { return g.Label == e.Label })
		b := &r.Calibration[min(bins-1, int(first.P*bins))]
		b.Texts++
		b.Predicted += first.P
		if right == 0 {
			r.Top1++
			b.Observed++
		}
		if right >= 0 {
			r.Top3++
		}
		if !known[e.Label] && !slices.Contains(r.Unseen, e.Label) {
			r.Unseen = append(r.Unseen, e.Label)
		}
	}
	n := float64(max(1, len(test)))
	r.Top1, r.Top3 = r.Top1/n, r.Top3/n
	r.P50Micros, r.P99Micros = quantile(took, 0.5), quantile(took, 0.99)
	slices.Sort(r.Unseen)
	r.calibration(n)
	r.labels(taken)
	if len(outside) > 0 && len(test) > 0 {
		var out []float64
		for _, t := range outside {
			out = append(out, m.Classify(t).Known)
		}
		auroc := AUROC(in, out)
		at95, at90 := RejectedAt(in, out, 0.95), RejectedAt(in, out, 0.90)
		r.AUROC, r.Rejected95, r.Rejected90 = &auroc, &at95, &at90
	}
	return r
}

func (r *Report) calibration(n float64) {
	for i := range r.Calibration {
		b := &r.Calibration[i]
		b.From, b.To = float64(i)/bins, float64(i+1)/bins
		if b.Texts == 0 {
			continue
		}
		r.ECE += math.Abs(b.Predicted-b.Observed) / n
		b.Predicted /= float64(b.Texts)
		b.Observed /= float64(b.Texts)
	}
}

// labels that the test has, or that were guessed.
func (r *Report) labels(taken map[[2]string]int) {
	at := map[string]*Label{}
	of := func(l string) *Label {
		if at[l] == nil {
			at[l] = &Label{Label: l}
		}
		return at[l]
	}
	guessed := map[string]int{}
	for pair, n := range taken {
		is, as := of(pair[0]), of(pair[1])
		is.Texts += n
		guessed[as.Label] += n
		if is != as && (n > is.Confused || n == is.Confused && as.Label < is.ConfusedWith) {
			is.Confused, is.ConfusedWith = n, as.Label
		}
	}
	for _, l := range at {
		right := float64(taken[[2]string{l.Label, l.Label}])
		l.Precision = right / float64(max(1, guessed[l.Label]))
		l.Recall = right / float64(max(1, l.Texts))
		if right > 0 {
			l.F1 = 2 * l.Precision * l.Recall / (l.Precision + l.Recall)
		}
		r.Labels = append(r.Labels, *l)
	}
	slices.SortFunc(r.Labels, func(a, b Label) int { return cmp.Compare(a.Label, b.Label) })
	for _, l := range r.Labels {
		r.MacroF1 += l.F1 / float64(len(r.Labels))
	}
}

// AUROC is how likely a text about a label scores above one about none; a tie counts half.
func AUROC(in, out []float64) float64 {
	sorted := slices.Sorted(slices.Values(out))
	sum := 0.0
	for _, x := range in {
		below, _ := slices.BinarySearch(sorted, x)
		upTo := below
		for upTo < len(sorted) && sorted[upTo] == x {
			upTo++
		}
		sum += float64(below+upTo) / 2
	}
	return sum / float64(len(in)) / float64(len(out))
}

// RejectedAt is the share of out below the highest bar that keeps at least the given share of in.
func RejectedAt(in, out []float64, keep float64) float64 {
	sorted := slices.Sorted(slices.Values(in))
	bar := sorted[min(len(sorted)-1, int((1-keep)*float64(len(sorted))+1e-9))]
	n := 0
	for _, x := range out {
		if x < bar {
			n++
		}
	}
	return float64(n) / float64(len(out))
}

func quantile(xs []float64, q float64) float64 {
	if len(xs) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(xs))
	return sorted[min(len(sorted)-1, int(q*float64(len(sorted))))]
}
