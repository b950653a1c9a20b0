package evidence

import (
	"bytes"
	"errors"
	"image/jpeg"
	"testing"
)

// What a model is shown is small, a JPEG, and tells nothing of who took it.
func TestASmallCopyIsMadeFromTheViewWithoutNotes(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	raw := jpegOf(t, 1600, 900)
	const maker = "ACME-PHONE-7"
	raw = append(append(append([]byte{}, raw[:2]...), append([]byte{0xff, 0xfe, 0, byte(len(maker) + 2)}, maker...)...), raw[2:]...)
	where, a := whole(t, d.url, "item_photo", raw)
	if a.Status >= 400 {
		t.Fatalf("upload: %d %s", a.Status, a.Code)
	}
	small, err := d.Small(t.Context(), idOf(where), 512)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := jpeg.DecodeConfig(bytes.NewReader(small))
	if err != nil || cfg.Width != 512 || cfg.Height != 288 {
		t.Errorf("%d × %d, %v", cfg.Width, cfg.Height, err)
	}
	if bytes.Contains(small, []byte(maker)) {
		t.Error("it names the camera")
	}
	if _, err := d.Small(t.Context(), "e_001_AAAAAAAAAAAAAAAAAAAAAAAAAA", 512); !errors.Is(err, ErrNotFound) {
		t.Errorf("a picture of nobody: %v", err)
	}
}
