package evidence

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"io"
	"time"

	"recourse/cases"
	"recourse/cases/evidence/heif"
	"recourse/cases/waybill"
)

// heifTime is the longest that a HEIC picture may take; 12 megapixels take some seconds.
const heifTime = 40 * time.Second

// copies are the files made of one, before they are stored. A film's copy is read from the original.
type copies struct {
	view, thumb []byte
	film        *patched
}

// study looks at a file that will do: it makes the copies, measures, and reads what is written on it. It never refuses
// a file, and it is the same each time for the same bytes.
func study(ctx context.Context, r io.ReaderAt, size int64, m Meta, found *Finding, img image.Image, lim limits) (copies, error) {
	switch allowed[found.Media].media {
	case mediaVideo:
		return studyFilm(r, size, found), nil
	case mediaPDF:
		return copies{}, nil
	}
	notes := readNotes(r, size, found.Media)
	found.Exif = notes.exif
	notes.flags(found)
	if img == nil {
		var err error
		if img, err = decodeHEIF(ctx, r, size, lim.pixels); err != nil {
			if ctx.Err() != nil {
				return copies{}, context.Cause(ctx)
			}
			found.NoView = "undecodable"
			found.hint(cases.HintNoPreview)
			return copies{}, nil
		}
		notes.orientation = 1 // the decoder has turned it
	}
	return studyPicture(ctx, m, found, img, notes.orientation)
}

func decodeHEIF(ctx context.Context, r io.ReaderAt, size int64, pixels int) (image.Image, error) {
	file := make([]byte, size)
	if n, err := r.ReadAt(file, 0); int64(n) < size {
		return nil, fmt.Errorf("read a HEIF picture: %w", err)
	}
	ctx, cancel := context.WithTimeout(ctx, heifTime)
	defer cancel()
	return heif.Decode(ctx, file, pixels)
}

func studyPicture(ctx context.Context, m Meta, found *Finding, img image.Image, orientation int) (copies, error) {
	view := upright(fit(img, viewSide), orientation)
	g := grey(view)
	found.Like = likeness(g)
	found.Like.quality(found)
	if must, shows := showsWaybill[m.Kind]; shows {
		found.Codes = readCodes(ctx, g, must)
		found.Waybill = waybill.Pick(found.Codes)
		if must && found.Waybill == "" {
			found.hint(cases.HintNoWaybill)
		}
	}
	thumb := fit(view, thumbSide)
	var c copies
	var err error
	if c.view, err = encode(view, viewQuality); err != nil {
		return copies{}, err
	}
	if c.thumb, err = encode(thumb, thumbQuality); err != nil {
		return copies{}, err
	}
	found.View = made(c.view, view.Rect)
	found.Thumb = made(c.thumb, thumb.Rect)
	return c, nil
}

func made(b []byte, size image.Rectangle) Made {
	sum := sha256.Sum256(b)
	return Made{SHA256: hex.EncodeToString(sum[:]), Media: "image/jpeg", Bytes: int64(len(b)), Width: size.Dx(), Height: size.Dy()}
}

func studyFilm(r io.ReaderAt, size int64, found *Finding) copies {
	patches, err := scrub(r, size)
	if err != nil {
		found.NoView = "notes_cannot_be_removed"
		found.hint(cases.HintNoPreview)
		return copies{}
	}
	return copies{film: &patched{r: r, size: size, patches: patches}}
}

// filmMade is the copy of a film as it will be stored.
func filmMade(film *patched, media string) (Made, error) {
	h := sha256.New()
	n, err := io.Copy(h, film)
	if err == nil && n != film.size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return Made{}, errors.Join(errScrub, err)
	}
	film.at = 0
	return Made{SHA256: hex.EncodeToString(h.Sum(nil)), Media: media, Bytes: n}, nil
}
