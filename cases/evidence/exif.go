package evidence

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"

	"github.com/bep/imagemeta"

	"recourse/cases"
)

const (
	tagsMax    = 2000
	tagSizeMax = 4 << 10
	xmpMax     = 1 << 20
	noteMax    = 80 // runes of one shown value
)

var metaFormats = map[string]imagemeta.ImageFormat{
	"image/jpeg": imagemeta.JPEG, "image/png": imagemeta.PNG, "image/webp": imagemeta.WebP,
	"image/heic": imagemeta.HEIF, "image/heif": imagemeta.HEIF,
}

// notes are what a picture's metadata says.
type notes struct {
	exif        Exif
	make, model string
	orientation int // 1 to 8; 0 when it does not tell
	ai          bool
}

// readNotes reads the metadata of a picture: EXIF, XMP and the text chunks of a PNG. What cannot be read is not there;
// broken metadata is no reason to refuse anything.
func readNotes(r io.ReaderAt, size int64, media string) (n notes) {
	format, ok := metaFormats[media]
	if !ok {
		return n
	}
	// The library recovers by itself; this is for the day when it does not.
	defer func() {
		if p := recover(); p != nil {
			n.finish()
		}
	}()
	_, _ = imagemeta.Decode(imagemeta.Options{ // see above
		R: io.NewSectionReader(r, 0, size), ImageFormat: format, Sources: imagemeta.EXIF | imagemeta.XMP,
		LimitNumTags: tagsMax, LimitTagSize: tagSizeMax,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool {
			return t.Source == imagemeta.EXIF && !strings.HasPrefix(t.Namespace, "IFD1")
		},
		HandleTag: func(t imagemeta.TagInfo) error { n.tag(t); return nil },
		HandleXMP: func(x io.Reader) error {
			head, err := io.ReadAll(io.LimitReader(x, xmpMax))
			n.xmp(head)
			if err == nil {
				_, err = io.Copy(io.Discard, x)
			}
			return err
		},
	})
	if media == "image/png" {
		n.pngText(r, size)
	}
	n.finish()
	return n
}

func (n *notes) tag(t imagemeta.TagInfo) {
	text := shown(fmt.Sprint(t.Value))
	switch t.Tag {
	case "Make":
		n.make = text
	case "Model":
		n.model = text
	case "Software", "ProcessingSoftware":
		n.software(text)
	case "DateTimeOriginal":
		n.exif.Taken = text
	case "GPSLatitude", "GPSLongitude":
		n.exif.Place = true
	case "Orientation":
		var o int
		if _, err := fmt.Sscan(text, &o); err == nil && o >= 1 && o <= 8 {
			n.orientation = o
		}
	}
}

var (
	xmpTool = regexp.MustCompile(`(?:CreatorTool|softwareAgent)(?:>|=["'])\s*([^<"']{1,200})`)
	xmpAI   = regexp.MustCompile(`(?i)trainedAlgorithmicMedia|TC260:AIGC|<AIGC|"AIGC"|AIGC=`)
	xmpGPS  = regexp.MustCompile(`exif:GPSL(?:at|ong)itude`)
)

func (n *notes) xmp(x []byte) {
	for _, m := range xmpTool.FindAllSubmatch(x, 8) {
		n.software(shown(string(m[1])))
	}
	n.ai = n.ai || xmpAI.Match(x)
	n.exif.Place = n.exif.Place || xmpGPS.Match(x)
}

// generators write what they were asked for into these text chunks of a PNG.
var generatorKeys = []string{"parameters", "prompt", "workflow", "dream", "sd-metadata", "invokeai_metadata", "aigc"}

const pngChunksMax = 10000

func (n *notes) pngText(r io.ReaderAt, size int64) {
	var head [8]byte
	for at, i := int64(8), 0; at+12 <= size && i < pngChunksMax; i++ {
		if _, err := r.ReadAt(head[:], at); err != nil {
			return
		}
		length := int64(binary.BigEndian.Uint32(head[:4]))
		switch kind := string(head[4:]); kind {
		case "tEXt", "iTXt", "zTXt":
			text := make([]byte, min(length, 300))
			if k, err := r.ReadAt(text, at+8); k < len(text) && err != nil {
				return
			}
			key, value, _ := bytes.Cut(text, []byte{0})
			name := strings.ToLower(string(key))
			n.ai = n.ai || slices.Contains(generatorKeys, name)
			if name == "software" && kind == "tEXt" {
				n.software(shown(string(value)))
			}
		case "IEND":
			return
		}
		at += 12 + length
	}
}

func (n *notes) software(name string) {
	if name != "" && !slices.Contains(n.exif.Software, name) && len(n.exif.Software) < 4 {
		n.exif.Software = append(n.exif.Software, name)
	}
}

func (n *notes) finish() {
	n.exif.Camera = strings.TrimSpace(n.make + " " + strings.TrimPrefix(n.model, n.make+" "))
}

// shown is a stranger's text made fit to be shown.
func shown(s string) string {
	s = cleanText(s)
	if r := []rune(s); len(r) > noteMax {
		s = string(r[:noteMax])
	}
	return s
}

// Programs that change what a picture shows, and those that make pictures. A phone's own camera is neither.
var (
	editors = regexp.MustCompile(`(?i)photoshop|lightroom|snapseed|meitu|美图|醒图|picsart|canva|gimp|pixelmator|affinity|facetune|vsco|capcut|剪映|` +
		`beautycam|faceu|b612|remini|luminar|photodirector|polarr|paint\.net|krita|inkscape|acorn|fotor|稿定|wps`)
	generators = regexp.MustCompile(`(?i)midjourney|stable.?diffusion|dall.?e|firefly|comfyui|automatic1111|novelai|invokeai|openai|gpt-|gemini|imagen|` +
		`doubao|豆包|即梦|jimeng|文心|通义|kling|可灵|liblib`)
)

// flags says what the notes give an agent to look at.
func (n *notes) flags(f *Finding) {
	for _, s := range n.exif.Software {
		if editors.MatchString(s) {
			f.flag(cases.FlagSoftware)
		}
		n.ai = n.ai || generators.MatchString(s)
	}
	if n.ai {
		f.flag(cases.FlagAI)
	}
}
