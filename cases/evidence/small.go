package evidence

import (
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"io/fs"
	"strings"

	"recourse/cases"
)

const smallQuality = 80

// Small is a picture made small, as a JPEG whose longer side has at most so many pixels. It is made from the copy
// without notes, never from the original. ErrNotFound when there is no such copy.
func (a *Archive) Small(ctx context.Context, id cases.EvidenceID, side int) (raw []byte, err error) {
	info, err := a.Info(ctx, id)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(info.Media, "image/") {
		return nil, fmt.Errorf("make evidence %s small: %s is no picture: %w", id, info.Media, ErrNotFound)
	}
	blob, _, err := a.OpenCopy(ctx, info, View)
	if errors.Is(err, fs.ErrNotExist) {
		err = errors.Join(ErrNotFound, err)
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, blob.Close()) }()
	img, err := jpeg.Decode(blob) // ours
	if err != nil {
		return nil, fmt.Errorf("make evidence %s small: %w", id, err)
	}
	return encode(fit(img, side), smallQuality)
}
