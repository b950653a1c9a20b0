package evidence

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"recourse/cases"
)

// packed unpacks a pack and holds it to its sums: every file but the sums themselves is listed, once, rightly.
func packed(t *testing.T, raw []byte) (map[string][]byte, Manifest) {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		t.Fatal(err)
	}
	files := map[string][]byte{}
	for _, f := range z.File {
		if !filepath.IsLocal(f.Name) || strings.ContainsAny(f.Name, `\:*?"<>|`) {
			t.Errorf("a file is called %q", f.Name)
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name] = b
	}
	listed := map[string]bool{}
	for line := range strings.Lines(string(files[PackSums])) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		got := sha256.Sum256(files[name])
		if listed[name] || hex.EncodeToString(got[:]) != sum {
			t.Errorf("the sum of %s is wrong or there twice", name)
		}
		listed[name] = true
	}
	if len(listed) != len(files)-1 {
		t.Errorf("%d files, %d sums", len(files), len(listed))
	}
	var m Manifest
	if err := json.Unmarshal(files[PackManifest], &m); err != nil {
		t.Fatal(err)
	}
	for _, item := range m.Items {
		for _, f := range []*PackedFile{item.Original, item.View} {
			if f != nil && (shaOf(files[f.Path]) != f.SHA256 || int64(len(files[f.Path])) != f.Bytes) {
				t.Errorf("the manifest is wrong about %s", f.Path)
			}
		}
	}
	return files, m
}

func TestAPackHoldsEverythingAndItsHashes(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	picture := withSegment(jpegAt(t, scene(900, 700, 1), 90), 0xe1, exifOf("Adobe Photoshop", 1))
	film, _, _ := phoneFilm(t, false)
	var c cases.Case
	c.ID, c.Attempt, c.Buyer, c.State, c.UpdatedAt = testCase, 1, "b-1", cases.PlatformReview, d.clock()
	for kind, file := range map[string][]byte{"item_photo": picture, "unboxing_video": film, "inspection_report": pdfOf("")} {
		where, a := whole(t, d.url, kind, file)
		if a.Status != 204 {
			t.Fatalf("%s: %d %s", kind, a.Status, a.Reason)
		}
		got, _ := d.accepted()
		c.Evidence = append(c.Evidence, got[idOf(where)])
	}
	c.Evidence = append(c.Evidence,
		cases.Evidence{ID: "t_words", Kind: "statement", Party: cases.Merchant, Text: "it was whole", At: d.clock()},
		cases.Evidence{ID: "e_017_GONE", Kind: "item_photo", Party: cases.Buyer, Media: "image/png", SHA256: "00", At: d.clock()},
	)
	marks := []cases.Mark{{Seq: 1, At: d.clock(), ID: "D00", To: cases.Draft, Event: cases.Event{Kind: cases.EvOpen, Actor: cases.Buyer, By: "b-1"}}}
	make := func() []byte {
		var b bytes.Buffer
		err := d.WritePack(t.Context(), &b, Pack{
			Case: c, Marks: marks, By: "lin", Now: d.clock(), Index: func(m Manifest) []byte { return []byte("<p>" + string(m.Case.ID)) },
		})
		if err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	raw := make()
	files, m := packed(t, raw)
	if !bytes.Equal(raw, make()) {
		t.Error("the same case gives another pack")
	}
	slices.Reverse(c.Evidence)
	if again := make(); !bytes.Equal(raw, again) {
		t.Error("the order of the evidence in the case changes the pack")
	}
	byKind := map[string]PackedItem{}
	for _, item := range m.Items {
		byKind[string(item.Kind)+string(item.ID[:2])+map[bool]string{true: "gone"}[item.Missing]] = item
	}
	photo := byKind["item_photoe_"]
	if photo.Exif == nil || photo.Exif.Camera != "Acme Phone 7" || !slices.Equal(photo.Flags, []cases.EvidenceFlag{cases.FlagSoftware}) ||
		!bytes.Equal(files[photo.Original.Path], picture) || photo.View == nil || bytes.Contains(files[photo.View.Path], []byte("Acme")) {
		t.Errorf("the photo: %+v", photo)
	}
	if film := byKind["unboxing_videoe_"]; film.Seconds != 5 || film.View == nil || film.Original == nil {
		t.Errorf("the film: %+v", film)
	}
	if doc := byKind["inspection_reporte_"]; doc.Original == nil || doc.View != nil {
		t.Errorf("the document: %+v", doc)
	}
	if words := byKind["statementt_"]; words.Text != "it was whole" || words.Original != nil || words.Missing {
		t.Errorf("the statement: %+v", words)
	}
	if gone := byKind["item_photoe_gone"]; gone.ID != "e_017_GONE" || gone.Original != nil {
		t.Errorf("what is not there: %+v", gone)
	}
	if m.Case.State != cases.PlatformReview || len(m.Timeline) != 1 || m.MadeBy != "lin" || len(m.Items) != 5 || string(files[PackIndex]) != "<p>"+string(testCase) {
		t.Errorf("%+v", m)
	}
	// Bytes that have changed in the store are told, not hidden.
	blob := filepath.Join(d.dir, blobPath(shaOf(picture)))
	if err := os.WriteFile(blob, []byte("other"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, m = packed(t, make())
	for _, item := range m.Items {
		if changed := item.ID == photo.ID; item.Changed != changed {
			t.Errorf("%s: changed %v", item.ID, item.Changed)
		}
	}
}

func TestAnArchiveReadsBesideAServer(t *testing.T) {
	d := open(t, t.TempDir(), nil)
	where, _ := whole(t, d.url, "item_photo", jpegOf(t, 900, 900))
	begun := begin(t, d.url, "item_photo", 100)
	a, err := OpenArchive(d.dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if info, err := a.Info(t.Context(), idOf(where)); err != nil || info.ID != idOf(where) {
		t.Errorf("%+v, %v", info, err)
	}
	if b := ask(t, d.url, "HEAD", begun, nil, nil); b.Status != 200 {
		t.Errorf("an upload under way: %d", b.Status)
	}
}
