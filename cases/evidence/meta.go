package evidence

import (
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/internal/ids"
)

const (
	metadataMax = 4 << 10 // the whole header; four short values need far less
	filenameMax = 120     // runes
	filetypeMax = 100
	kindMax     = 40
)

var errMetadata = errors.New("malformed upload metadata")

// parseMetadata reads the Upload-Metadata header: "key base64,key base64,…". Keys we do not know
// are ignored; a key given twice is an error, since one of the two would be silently lost.
func parseMetadata(header string) (Meta, error) {
	if len(header) > metadataMax {
		return Meta{}, fmt.Errorf("%d bytes: %w", len(header), errMetadata)
	}
	values := make(map[string]string)
	for pair := range strings.SplitSeq(header, ",") {
		pair = strings.Trim(pair, " \t")
		if pair == "" {
			continue
		}
		key, encoded, _ := strings.Cut(pair, " ")
		if _, twice := values[key]; twice {
			return Meta{}, fmt.Errorf("a key twice: %w", errMetadata)
		}
		value, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return Meta{}, fmt.Errorf("value is not base64: %w", errMetadata)
		}
		values[key] = string(value)
	}
	m := Meta{
		Case:     cases.ID(values["case"]),
		Kind:     policy.EvidenceKind(values["kind"]),
		Filename: cleanName(values["filename"]),
		Filetype: cleanType(values["filetype"]),
	}
	if _, err := shardOf(m.Case); err != nil {
		return Meta{}, fmt.Errorf("case: %w", errMetadata)
	}
	if !plainKind(string(m.Kind)) {
		return Meta{}, fmt.Errorf("kind: %w", errMetadata)
	}
	return m, nil
}

// shardOf is the shard of what an upload is for: a case, or a complaint.
func shardOf(id cases.ID) (ids.Shard, error) {
	s, err := ids.ShardOf("c", string(id))
	if err != nil {
		return ids.ShardOf("k", string(id))
	}
	return s, nil
}

func plainKind(s string) bool {
	if s == "" || len(s) > kindMax {
		return false
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '_' {
			return false
		}
	}
	return true
}

// cleanName keeps the last element of a path, without control characters, bidi marks, zero-width
// joiners and private use.
func cleanName(s string) string {
	s = strings.ToValidUTF8(s, "")
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = cleanText(s)
	if utf8.RuneCountInString(s) > filenameMax {
		s = strings.TrimSpace(string([]rune(s)[:filenameMax]))
	}
	if s == "." || s == ".." {
		return ""
	}
	return s
}

// cleanText leaves out what could rearrange or hide text where it is shown.
func cleanText(s string) string {
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.In(r, unicode.C, unicode.Zl, unicode.Zp) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "")))
}

// cleanType keeps a media type that looks like one. It is only ever noted, never used.
func cleanType(s string) string {
	if len(s) > filetypeMax {
		return ""
	}
	for _, r := range s {
		if r <= ' ' || r > '~' {
			return ""
		}
	}
	return s
}
