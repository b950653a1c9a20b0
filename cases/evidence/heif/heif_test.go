package heif

import (
	"context"
	"errors"
	"image/color"
	"os"
	"testing"
	"time"
)

func read(t testing.TB, name string) []byte {
	t.Helper()
	raw, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestPicturesAreDecoded(t *testing.T) {
	for name, want := range map[string][2]int{"test8.heic": {512, 512}, "gray.heic": {512, 512}, "test.heic": {1346, 1346}} {
		img, err := Decode(t.Context(), read(t, name), 50_000_000)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if b := img.Bounds(); b.Dx() != want[0] || b.Dy() != want[1] {
			t.Errorf("%s is %v, want %v", name, b, want)
		}
		// Something is on it: not every pixel is the same.
		seen := map[color.Color]bool{}
		for i := range 40 {
			seen[img.At(img.Bounds().Dx()*i/40, img.Bounds().Dy()*i/40)] = true
		}
		if len(seen) < 8 {
			t.Errorf("%s is one colour", name)
		}
	}
}

func TestWhatIsNoPictureIsRefused(t *testing.T) {
	whole := read(t, "test8.heic")
	for name, file := range map[string][]byte{"nothing": nil, "words": []byte("hello"), "half": whole[:len(whole)/2], "a head": whole[:40]} {
		if img, err := Decode(t.Context(), file, 50_000_000); !errors.Is(err, ErrDecode) {
			t.Errorf("%s: %v, %v", name, img, err)
		}
	}
	if _, err := Decode(t.Context(), whole, 1000); !errors.Is(err, ErrTooLarge) {
		t.Errorf("too large: %v", err)
	}
}

func TestADecoderIsStopped(t *testing.T) {
	if _, err := Decode(t.Context(), read(t, "test8.heic"), 50_000_000); err != nil { // compiled by now
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
	defer cancel()
	start := time.Now()
	_, err := Decode(ctx, read(t, "test.heic"), 50_000_000)
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("after %s: %v", time.Since(start), err)
	}
}

func FuzzDecode(f *testing.F) {
	whole := read(f, "gray.heic")
	f.Add(whole)
	f.Add(whole[:200])
	f.Add([]byte("\x00\x00\x00\x18ftypheic"))
	f.Fuzz(func(t *testing.T, file []byte) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		defer cancel()
		img, err := Decode(ctx, file, 1_000_000)
		if err == nil && img.Bounds().Dx()*img.Bounds().Dy() > 1_000_000 {
			t.Errorf("a picture of %v came through", img.Bounds())
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	file := read(b, "test.heic")
	for b.Loop() {
		if _, err := Decode(b.Context(), file, 50_000_000); err != nil {
			b.Fatal(err)
		}
	}
}
