package evidence

import (
	"encoding/base64"
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
)

const testCase = "c_017_ABCDEFGHIJ234567"

func metadata(pairs ...string) string {
	var list []string
	for i := 0; i < len(pairs); i += 2 {
		list = append(list, pairs[i]+" "+base64.StdEncoding.EncodeToString([]byte(pairs[i+1])))
	}
	return strings.Join(list, ",")
}

func TestMetadataIsDataAndNothingElse(t *testing.T) {
	good := func(more ...string) string {
		return metadata(append([]string{"case", testCase, "kind", "item_photo"}, more...)...)
	}
	tests := []struct {
		name, header string
		file, typ    string
		bad          bool
	}{
		{name: "the usual", header: good("filename", "开箱 1.jpg", "filetype", "image/jpeg"), file: "开箱 1.jpg", typ: "image/jpeg"},
		{name: "no name and no type", header: good()},
		{name: "a key without a value", header: good() + ",filetype"},
		{name: "keys of others", header: good("relativePath", "x", "size", "1")},
		{name: "a path", header: good("filename", "../../etc/passwd"), file: "passwd"},
		{name: "a path of another system", header: good("filename", `C:\a\..\b.png`), file: "b.png"},
		{name: "only dots", header: good("filename", "a/..")},
		{name: "control characters", header: good("filename", "a\x00b\r\nSet-Cookie: x\x1b[31m.jpg"), file: "abSet-Cookie: x[31m.jpg"},
		{name: "text turned round", header: good("filename", "photo\u202egpj.exe"), file: "photogpj.exe"},
		{name: "zero width", header: good("filename", "a\u200b\ufeffb"), file: "ab"},
		{name: "not utf-8", header: good("filename", "a\xff\xfeb"), file: "ab"},
		{name: "a long name", header: good("filename", strings.Repeat("图", 300)), file: strings.Repeat("图", 120)},
		{name: "a type that is none", header: good("filetype", "image/png\r\nX: y")},
		{name: "a long type", header: good("filetype", strings.Repeat("a", 101))},

		{name: "nothing", header: "", bad: true},
		{name: "no case", header: metadata("kind", "item_photo"), bad: true},
		{name: "a case that is a path", header: metadata("case", "c_017_../../x", "kind", "item_photo"), bad: true},
		{name: "a case with a brace", header: metadata("case", "c_017_A}B", "kind", "item_photo"), bad: true},
		{name: "an evidence id for a case", header: metadata("case", "e_017_ABCDEF", "kind", "item_photo"), bad: true},
		{name: "no kind", header: metadata("case", testCase), bad: true},
		{name: "a kind with other characters", header: metadata("case", testCase, "kind", "item photo;--"), bad: true},
		{name: "a long kind", header: metadata("case", testCase, "kind", strings.Repeat("a", 41)), bad: true},
		{name: "a key twice", header: good("kind", "statement"), bad: true},
		{name: "not base64", header: good() + ",filename %%%", bad: true},
		{name: "a long header", header: good("filename", strings.Repeat("a", 4<<10)), bad: true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := parseMetadata(tt.header)
			if tt.bad {
				if !errors.Is(err, errMetadata) {
					t.Fatalf("%+v, %v", got, err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			want := Meta{Case: testCase, Kind: "item_photo", Filename: tt.file, Filetype: tt.typ}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzMetadata(f *testing.F) {
	f.Add(metadata("case", testCase, "kind", "item_photo", "filename", "a/b\x00.jpg", "filetype", "image/png"))
	f.Add(" , ,case")
	f.Fuzz(func(t *testing.T, header string) {
		m, err := parseMetadata(header)
		if err != nil {
			if m != (Meta{}) {
				t.Fatalf("an error and %+v", m)
			}
			return
		}
		if !utf8.ValidString(m.Filename) || utf8.RuneCountInString(m.Filename) > filenameMax ||
			strings.ContainsAny(m.Filename, `/\`) || strings.ContainsFunc(m.Filename, unicode.IsControl) {
			t.Fatalf("name %q", m.Filename)
		}
		if len(m.Filetype) > filetypeMax || !plainKind(string(m.Kind)) {
			t.Fatalf("type %q, kind %q", m.Filetype, m.Kind)
		}
	})
}
