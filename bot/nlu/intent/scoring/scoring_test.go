package scoring

import (
	"math"
	"testing"
	"time"

	"recourse/bot/nlu/intent"
)

func TestAUROC(t *testing.T) {
	for _, tc := range []struct {
		in, out []float64
		want    float64
	}{
		{[]float64{2, 3}, []float64{0, 1}, 1},
		{[]float64{0, 1}, []float64{2, 3}, 0},
		{[]float64{1}, []float64{1}, 0.5},
		{[]float64{1, 3}, []float64{2, 0}, 0.75},
	} {
		if got := AUROC(tc.in, tc.out); got != tc.want {
			t.Errorf("%v against %v: %v, want %v", tc.in, tc.out, got, tc.want)
		}
	}
}

func TestRejectedAt(t *testing.T) {
	var in []float64
	for i := range 100 {
		in = append(in, float64(i))
	}
	out := []float64{-1, 4, 5, 9.5, 50}
	for keep, want := range map[float64]float64{1: 0.2, 0.95: 0.4, 0.90: 0.8} {
		if got := RejectedAt(in, out, keep); got != want {
			t.Errorf("keeping %v: %v, want %v", keep, got, want)
		}
	}
}

func TestMeasure(t *testing.T) {
	m, err := intent.Train(intent.Set{Examples: []intent.Example{
		{Text: "我要退款", Label: "refund"}, {Text: "退款退货", Label: "refund"}, {Text: "快递在哪", Label: "parcel"}, {Text: "物流到哪", Label: "parcel"},
	}}, intent.Options{})
	if err != nil {
		t.Fatal(err)
	}
	clock := time.Unix(0, 0)
	now := func() time.Time { clock = clock.Add(5 * time.Microsecond); return clock }
	r := Measure(m, []intent.Example{
		{Text: "退款", Label: "refund"}, {Text: "快递物流", Label: "parcel"}, {Text: "快递退款", Label: "weather"}, {Text: "快递在哪里", Label: "refund"},
	}, []string{"天气", "笑话"}, now)
	if r.Texts != 4 || r.Top1 != 0.5 || r.Top3 != 0.75 || r.P50Micros != 5 || r.P99Micros != 5 || len(r.Unseen) != 1 || r.Unseen[0] != "weather" {
		t.Errorf("%+v", r)
	}
	if r.AUROC == nil || *r.AUROC != 1 || *r.Rejected95 != 1 {
		t.Errorf("none of the others is told: %v %v", *r.AUROC, *r.Rejected95)
	}
	n, observed := 0, 0.0
	for _, b := range r.Calibration {
		n += b.Texts
		observed += b.Observed * float64(b.Texts)
	}
	if n != 4 || math.Abs(observed-2) > 1e-9 || r.ECE <= 0 || r.ECE > 1 {
		t.Errorf("calibration %+v, ECE %v", r.Calibration, r.ECE)
	}
	got := map[string]Label{}
	for _, l := range r.Labels {
		got[l.Label] = l
	}
	if l := got["refund"]; l.Texts != 2 || l.Recall != 0.5 || l.ConfusedWith != "parcel" || l.Confused != 1 {
		t.Errorf("refund: %+v", l)
	}
	if l := got["weather"]; l.F1 != 0 || l.Texts != 1 || l.ConfusedWith == "" {
		t.Errorf("weather: %+v", l)
	}
}
