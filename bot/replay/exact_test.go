package replay

import (
	"math"
	"math/big"
	"testing"
)

func near(got, want float64) bool { return math.Abs(got-want) <= 1e-9*math.Max(want, 1e-300) }

// The exact values are computed with whole numbers of any size.
func over(n, k int) *big.Int { return new(big.Int).Binomial(int64(n), int64(k)) }

func TestMcNemarIsExact(t *testing.T) {
	for n := range 61 {
		for b := range n + 1 {
			sum := new(big.Int)
			for k := range min(b, n-b) + 1 {
				sum.Add(sum, over(n, k))
			}
			want, _ := new(big.Rat).SetFrac(sum.Lsh(sum, 1), new(big.Int).Lsh(big.NewInt(1), uint(n))).Float64()
			want = min(want, 1)
			if got := McNemar(b, n-b); !near(got, want) {
				t.Fatalf("McNemar(%d, %d) = %v, want %v", b, n-b, got, want)
			}
		}
	}
	// binom.test of R: 1 of 6, 10 of 35; and far out, where a plain product of factorials is lost.
	for _, tt := range []struct {
		b, c int
		want float64
	}{{1, 5, 0.21875}, {0, 5, 0.0625}, {0, 6, 0.03125}, {7, 7, 1}, {0, 0, 1}, {0, 1000, math.Pow(2, -999)}} {
		if got := McNemar(tt.b, tt.c); !near(got, tt.want) {
			t.Errorf("McNemar(%d, %d) = %v, want %v", tt.b, tt.c, got, tt.want)
		}
	}
}

func TestFisherIsExact(t *testing.T) {
	const top = 12
	for n := 1; n <= top; n++ {
		for m := 1; m <= top; m++ {
			for a := range n + 1 {
				for b := range m + 1 {
					checkFisher(t, a, n, b, m)
				}
			}
		}
	}
	for _, tt := range []struct {
		name       string
		a, n, b, m int
		less, both float64
	}{
		{"the lady tasting tea", 3, 4, 1, 4, 17.0 / 70, 34.0 / 70},
		{"3/3 then 2/3", 3, 3, 2, 3, 0.5, 1},
		{"10/10 then 0/10", 10, 10, 0, 10, 1.0 / 184756, 2.0 / 184756},
		{"8/10 then 1/10", 8, 10, 1, 10, 460.0 / 167960, 460.0 / 83980},
		{"1000/1000 then 0/1000", 1000, 1000, 0, 1000, 0, 0}, // 4.9e-601: less than a float64 can hold
	} {
		if less, both := FisherLess(tt.a, tt.n, tt.b, tt.m), Fisher(tt.a, tt.n, tt.b, tt.m); !near(less, tt.less) || !near(both, tt.both) {
			t.Errorf("%s: %v and %v, want %v and %v", tt.name, less, both, tt.less, tt.both)
		}
	}
}

func checkFisher(t *testing.T, a, n, b, m int) {
	t.Helper()
	k := a + b
	of := func(x int) *big.Int { return new(big.Int).Mul(over(m, x), over(n, k-x)) }
	less, both := new(big.Int), new(big.Int)
	for x := max(0, k-n); x <= min(k, m); x++ {
		if x <= b {
			less.Add(less, of(x))
		}
		if of(x).Cmp(of(b)) <= 0 {
			both.Add(both, of(x))
		}
	}
	wantLess, _ := new(big.Rat).SetFrac(less, over(n+m, k)).Float64()
	wantBoth, _ := new(big.Rat).SetFrac(both, over(n+m, k)).Float64()
	if got := FisherLess(a, n, b, m); !near(got, wantLess) {
		t.Fatalf("FisherLess(%d/%d, %d/%d) = %v, want %v", a, n, b, m, got, wantLess)
	}
	if got := Fisher(a, n, b, m); !near(got, wantBoth) {
		t.Fatalf("Fisher(%d/%d, %d/%d) = %v, want %v", a, n, b, m, got, wantBoth)
	}
}

func TestHolm(t *testing.T) {
	got := holm([]float64{0.04, 0.01, 0.03, 0.005}) // p.adjust of R
	for i, want := range []float64{0.06, 0.03, 0.06, 0.02} {
		if !near(got[i], want) {
			t.Errorf("%d: %v, want %v", i, got[i], want)
		}
	}
}
