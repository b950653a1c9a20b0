package evidence

import (
	"context"
	"image"
	"math"
	"slices"
	"time"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/oned"
	"github.com/makiuchi-d/gozxing/qrcode"

	"recourse/cases/policy"
	"recourse/cases/waybill"
)

const (
	codesMax   = 4
	codeLength = 256              // runes of one code; a label's QR code may carry an address of a page
	codeTime   = 20 * time.Second // for a machine that is busy; the steps end sooner by themselves
)

// showsWaybill are the kinds whose picture shows a waybill (domain §2.3); true where its number must be legible.
var showsWaybill = map[policy.EvidenceKind]bool{
	"parcel_photo": true, "return_parcel_photo": true, "weight_photo": true, "merchant_inspection": true,
	"packaging_photo": false, "logistics_screenshot": false, "courier_statement": false, "merchant_shipping_proof": false,
}

// readCodes reads Code 128 and QR codes. The reader cannot be interrupted, so what bounds it is the size of what it is
// given (some tenths of a second each) and a look at the clock in between. A parcel that lies askew is looked for only
// where the number must be legible.
func readCodes(ctx context.Context, img *image.Gray, askew bool) []string {
	ctx, cancel := context.WithTimeout(ctx, codeTime)
	defer cancel()
	var codes []string
	try := func(g *image.Gray) {
		for _, quarter := range []bool{false, true} { // upside down is the reader's own to try
			if ctx.Err() != nil || waybill.Pick(codes) != "" {
				return
			}
			if quarter {
				g = quarterTurn(g)
			}
			codes = append(codes, read(g, oned.NewCode128Reader())...)
			if !quarter {
				codes = append(codes, read(g, qrcode.NewQRCodeReader())...)
			}
		}
	}
	// Smaller first: it is the quickest, and scaling takes away the noise of a photo. Then finer, for a label that is a
	// small part of it.
	try(shrinkTo(img, 1024))
	if max(img.Rect.Dx(), img.Rect.Dy()) > 1024 {
		try(img)
	}
	if !askew {
		return tidy(codes)
	}
	for _, degrees := range []float64{30, 60} { // a parcel that lies askew; some fifteen degrees are the reader's own
		if ctx.Err() != nil || waybill.Pick(codes) != "" {
			break
		}
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		try(rotated(shrinkTo(img, 1280), sin, cos))
	}
	return tidy(codes)
}

func tidy(codes []string) []string {
	slices.Sort(codes)
	codes = slices.Compact(codes)
	return codes[:min(len(codes), codesMax)]
}

// read asks one reader; it is a port of code that was written for well-formed pictures, so a panic is "nothing".
func read(g *image.Gray, reader gozxing.Reader) (codes []string) {
	defer func() {
		if p := recover(); p != nil {
			codes = nil
		}
	}()
	w, h := g.Rect.Dx(), g.Rect.Dy()
	source, err := gozxing.NewPlanarYUVLuminanceSource(g.Pix, w, h, 0, 0, w, h, false)
	if err != nil {
		return nil
	}
	bitmap, err := gozxing.NewBinaryBitmap(gozxing.NewHybridBinarizer(source))
	if err != nil {
		return nil
	}
	res, err := reader.Decode(bitmap, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		return nil
	}
	if text := cleanText(res.GetText()); text != "" && len([]rune(text)) <= codeLength {
		return []string{text}
	}
	return nil
}

func quarterTurn(g *image.Gray) *image.Gray {
	w, h := g.Rect.Dx(), g.Rect.Dy()
	out := image.NewGray(image.Rect(0, 0, h, w))
	for y := range h {
		for x := range w {
			out.Pix[x*out.Stride+h-1-y] = g.Pix[y*g.Stride+x]
		}
	}
	return out
}
