package evidence

import (
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"math"

	"golang.org/x/image/draw"
)

const (
	viewSide     = 2048 // longest side of the copy that the other party sees
	thumbSide    = 320
	viewQuality  = 85
	thumbQuality = 75
)

// fit scales a picture down so that its longer side has at most that many pixels, on white where it is transparent.
func fit(img image.Image, side int) *image.RGBA {
	b := img.Bounds()
	w, h := b.Dx(), b.Dy()
	if longer := max(w, h); longer > side {
		w, h = max(1, w*side/longer), max(1, h*side/longer)
	}
	// Halving by the quick scaler is the mean of four pixels each; it needs no memory but the result's, where a scaler
	// with a kernel would take hundreds of megabytes for a large photo.
	for b.Dx() >= 2*w && b.Dy() >= 2*h && b.Dx()*b.Dy() > 4*w*h {
		img = scaled(img, (b.Dx()+1)/2, (b.Dy()+1)/2)
		b = img.Bounds()
	}
	return scaled(img, w, h)
}

func scaled(img image.Image, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	if o, ok := img.(interface{ Opaque() bool }); !ok || !o.Opaque() {
		draw.Draw(out, out.Bounds(), image.White, image.Point{}, draw.Src)
	}
	draw.ApproxBiLinear.Scale(out, out.Bounds(), img, img.Bounds(), draw.Over, nil)
	return out
}

// upright turns and mirrors a picture as its EXIF orientation says, so that the copy needs none.
func upright(img *image.RGBA, orientation int) *image.RGBA {
	if orientation < 2 || orientation > 8 {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	size := image.Rect(0, 0, w, h)
	if orientation >= 5 {
		size = image.Rect(0, 0, h, w)
	}
	out := image.NewRGBA(size)
	for y := range h {
		for x := range w {
			tx, ty := x, y
			switch orientation {
			case 2:
				tx = w - 1 - x
			case 3:
				tx, ty = w-1-x, h-1-y
			case 4:
				ty = h - 1 - y
			case 5:
				tx, ty = y, x
			case 6:
				tx, ty = h-1-y, x
			case 7:
				tx, ty = h-1-y, w-1-x
			case 8:
				tx, ty = y, w-1-x
			}
			copy(out.Pix[out.PixOffset(tx, ty):][:4], img.Pix[img.PixOffset(x, y):][:4])
		}
	}
	return out
}

// encode writes a picture without any notes.
func encode(img image.Image, quality int) ([]byte, error) {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return nil, fmt.Errorf("encode a copy: %w", err)
	}
	return b.Bytes(), nil
}

// grey is the brightness of a picture.
func grey(img *image.RGBA) *image.Gray {
	out := image.NewGray(img.Rect)
	for y := range img.Rect.Dy() {
		row, to := img.Pix[y*img.Stride:], out.Pix[y*out.Stride:]
		for x := range img.Rect.Dx() {
			r, g, b := uint32(row[4*x]), uint32(row[4*x+1]), uint32(row[4*x+2])
			to[x] = uint8((299*r + 587*g + 114*b + 500) / 1000)
		}
	}
	return out
}

// shrink scales a grey picture to exactly w × h: the mean of pairs as long as there are enough, then between pixels.
func shrink(img *image.Gray, w, h int) *image.Gray {
	for img.Rect.Dx() >= 2*w {
		img = pairs(img, 1, 0)
	}
	for img.Rect.Dy() >= 2*h {
		img = pairs(img, 0, 1)
	}
	if img.Rect.Dx() == w && img.Rect.Dy() == h {
		return img
	}
	out := image.NewGray(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			out.Pix[y*out.Stride+x] = between(img, (float64(x)+0.5)*float64(img.Rect.Dx())/float64(w)-0.5, (float64(y)+0.5)*float64(img.Rect.Dy())/float64(h)-0.5)
		}
	}
	return out
}

// pairs is the mean of pixels that lie beside (dx) or above (dy) each other.
func pairs(img *image.Gray, dx, dy int) *image.Gray {
	out := image.NewGray(image.Rect(0, 0, max(1, img.Rect.Dx()>>dx), max(1, img.Rect.Dy()>>dy)))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			at := (y<<dy)*img.Stride + x<<dx
			out.Pix[y*out.Stride+x] = uint8((int(img.Pix[at]) + int(img.Pix[at+dx+dy*img.Stride]) + 1) / 2)
		}
	}
	return out
}

// between is the brightness at a place between four pixels.
func between(img *image.Gray, x, y float64) uint8 {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	x, y = min(max(x, 0), float64(w-1)), min(max(y, 0), float64(h-1))
	x0, y0 := int(x), int(y)
	x1, y1 := min(x0+1, w-1), min(y0+1, h-1)
	fx, fy := x-float64(x0), y-float64(y0)
	p := func(x, y int) float64 { return float64(img.Pix[y*img.Stride+x]) }
	top, low := p(x0, y0)*(1-fx)+p(x1, y0)*fx, p(x0, y1)*(1-fx)+p(x1, y1)*fx
	return uint8(top*(1-fy) + low*fy + 0.5)
}

// shrinkTo scales a grey picture down to a longer side.
func shrinkTo(img *image.Gray, side int) *image.Gray {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	longer := max(w, h)
	if longer <= side {
		return img
	}
	return shrink(img, max(1, w*side/longer), max(1, h*side/longer))
}

// rotated turns a grey picture by an angle around its middle, on white.
func rotated(img *image.Gray, sin, cos float64) *image.Gray {
	w, h := float64(img.Rect.Dx()), float64(img.Rect.Dy())
	nw, nh := w*math.Abs(cos)+h*math.Abs(sin), w*math.Abs(sin)+h*math.Abs(cos)
	out := image.NewGray(image.Rect(0, 0, int(nw)+1, int(nh)+1))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			dx, dy := float64(x)-nw/2, float64(y)-nh/2
			fx, fy := cos*dx+sin*dy+w/2, cos*dy-sin*dx+h/2
			shade := uint8(255)
			if fx >= 0 && fy >= 0 && fx < w && fy < h {
				shade = between(img, fx, fy)
			}
			out.Pix[y*out.Stride+x] = shade
		}
	}
	return out
}
