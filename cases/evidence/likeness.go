package evidence

import (
	"image"
	"math"
	"math/bits"
	"slices"

	"recourse/cases"
)

// At most so many bits of a perceptual hash differ between two files of the same picture. Saving anew changes 0 to 2
// bits and scaling none; two different pictures differ in about 30.
const (
	nearP = 7
	nearD = 10
)

// Like says whether two pictures look the same, and how many bits of their hashes differ.
func (a Likeness) Like(b Likeness) (bool, int) {
	if !a.Known || !b.Known || a.Plain || b.Plain {
		return false, 64
	}
	p, d := bits.OnesCount64(uint64(a.P^b.P)), bits.OnesCount64(uint64(a.D^b.D))
	return p <= nearP && d <= nearD, p
}

// likeness measures a picture.
func likeness(img *image.Gray) Likeness {
	const side = 512
	g := shrinkTo(img, side)
	mean, spread := light(g)
	l := Likeness{Known: true, Light: int(mean), Sharp: int(sharpness(g)), Plain: spread < 6}
	l.D, l.P = gradients(g), frequencies(g)
	return l
}

func light(g *image.Gray) (mean, spread float64) {
	var sum, squares float64
	n := float64(len(g.Pix))
	for _, p := range g.Pix { // a picture of ours: no gaps between its rows
		sum += float64(p)
		squares += float64(p) * float64(p)
	}
	mean = sum / n
	return mean, math.Sqrt(max(0, squares/n-mean*mean))
}

// gradients is the dHash: where 9 × 8 pixels get brighter to the right.
func gradients(g *image.Gray) Hash {
	s := shrink(g, 9, 8)
	var h Hash
	for y := range 8 {
		for x := range 8 {
			h <<= 1
			if s.Pix[y*s.Stride+x] < s.Pix[y*s.Stride+x+1] {
				h |= 1
			}
		}
	}
	return h
}

const dctSide = 32

// cosines[u][x] are those of the discrete cosine transform; only its eight lowest frequencies are used.
var cosines = func() (c [8][dctSide]float64) {
	for u := range 8 {
		for x := range dctSide {
			c[u][x] = math.Cos(float64(2*x+1) * float64(u) * math.Pi / (2 * dctSide))
		}
	}
	return c
}()

// frequencies is the pHash: which of the low frequencies of 32 × 32 pixels are above their median. The brightness of
// the whole (the first one) does not count.
func frequencies(g *image.Gray) Hash {
	s := shrink(g, dctSide, dctSide)
	var rows [dctSide][8]float64
	for y := range dctSide {
		for u := range 8 {
			for x := range dctSide {
				rows[y][u] += float64(s.Pix[y*s.Stride+x]) * cosines[u][x]
			}
		}
	}
	var low [64]float64
	for v := range 8 {
		for u := range 8 {
			for y := range dctSide {
				low[8*v+u] += rows[y][u] * cosines[v][y]
			}
		}
	}
	sorted := slices.Clone(low[1:])
	slices.Sort(sorted)
	median := sorted[len(sorted)/2]
	var h Hash
	for i, f := range low {
		h <<= 1
		if i > 0 && f > median {
			h |= 1
		}
	}
	return h
}

// sharpness is the variance of the Laplacian: how much there is of edges.
func sharpness(g *image.Gray) float64 {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	var sum, squares, n float64
	for y := 1; y < h-1; y++ {
		for x := 1; x < w-1; x++ {
			at := y*g.Stride + x
			v := float64(g.Pix[at-1]) + float64(g.Pix[at+1]) + float64(g.Pix[at-g.Stride]) + float64(g.Pix[at+g.Stride]) - 4*float64(g.Pix[at])
			sum += v
			squares += v * v
			n++
		}
	}
	if n == 0 {
		return 0
	}
	return squares/n - (sum/n)*(sum/n)
}

// Below these a person would hardly see anything. They are low on purpose: a hint that is wrong costs trust.
const (
	sharpMin = 25
	lightMin = 35
)

// quality hints at what the uploader may want to photograph again.
func (l Likeness) quality(f *Finding) {
	switch {
	case l.Light < lightMin:
		f.hint(cases.HintDark)
	case l.Sharp < sharpMin:
		f.hint(cases.HintBlurry)
	}
}
