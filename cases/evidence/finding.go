package evidence

import (
	"fmt"
	"slices"
	"strconv"
	"time"

	"recourse/cases"
)

// Finding is what looking at the bytes of a file told. It is kept with the file.
type Finding struct {
	Media  string        `json:"media"` // one of the allowed types
	Width  int           `json:"width,omitempty"`
	Height int           `json:"height,omitempty"`
	Lasts  time.Duration `json:"lasts,omitempty"` // of a video
	Exif   Exif          `json:"exif,omitzero"`
	Like   Likeness      `json:"like,omitzero"`
	Codes  []string      `json:"codes,omitempty"` // what its bar codes say, as read
	// Waybill is the waybill number among the codes.
	Waybill string               `json:"waybill,omitempty"`
	Hints   []cases.EvidenceHint `json:"hints,omitempty"`
	Flags   []cases.EvidenceFlag `json:"flags,omitempty"`
	// Matches are the files that it was found to be like when it came.
	Matches []Match `json:"matches,omitempty"`
	View    Made    `json:"view,omitzero"`  // the copy for the other party
	Thumb   Made    `json:"thumb,omitzero"` // a small one for everybody
	// NoView says why there is no view.
	NoView string `json:"no_view,omitempty"`
}

// Made is a file that was made from another. The zero Made is none.
type Made struct {
	SHA256 string `json:"sha256,omitempty"`
	Media  string `json:"media,omitempty"`
	Bytes  int64  `json:"bytes,omitempty"`
	Width  int    `json:"width,omitempty"`
	Height int    `json:"height,omitempty"`
}

// Exif is the little of a file's own notes that an agent is shown. It tells nothing for sure: anybody can write it.
type Exif struct {
	Camera   string   `json:"camera,omitempty"`
	Software []string `json:"software,omitempty"`
	Taken    string   `json:"taken,omitempty"` // as the camera wrote it, in its own zone
	Place    bool     `json:"place,omitempty"` // it names where it was taken
}

// Hash is a 64-bit perceptual hash, written in hex: JSON numbers lose its last bits.
type Hash uint64

// MarshalText writes 16 hex digits.
func (h Hash) MarshalText() ([]byte, error) {
	return fmt.Appendf(nil, "%016x", uint64(h)), nil
}

// UnmarshalText reads them.
func (h *Hash) UnmarshalText(b []byte) error {
	n, err := strconv.ParseUint(string(b), 16, 64)
	*h = Hash(n)
	return err
}

// Likeness is what pictures are compared by.
type Likeness struct {
	P     Hash `json:"p,omitempty"` // of its low frequencies (DCT)
	D     Hash `json:"d,omitempty"` // of its gradients
	Known bool `json:"known,omitempty"`
	// Plain says that there is nothing on it to compare: a wall, the dark.
	Plain bool `json:"plain,omitempty"`
	Sharp int  `json:"sharp,omitempty"` // variance of the Laplacian at 512 px
	Light int  `json:"light,omitempty"` // mean brightness, 0 to 255
}

func (f *Finding) hint(h cases.EvidenceHint) {
	if !slices.Contains(f.Hints, h) {
		f.Hints = append(f.Hints, h)
	}
}

func (f *Finding) flag(fl cases.EvidenceFlag) {
	if !slices.Contains(f.Flags, fl) {
		f.Flags = append(f.Flags, fl)
	}
}

// blobs are the hashes of the files that were made.
func (f *Finding) blobs() []string {
	var out []string
	for _, m := range []Made{f.View, f.Thumb} {
		if m.SHA256 != "" {
			out = append(out, m.SHA256)
		}
	}
	return out
}
