package wire

import (
	_ "embed"
	"strings"
	"sync"
)

//go:embed comments.txt
var commentsText string

// Comments are the comments of the types and fields that go over the wire, by "pkg.Type" and "pkg.Type.Field".
// The running program does not have its sources, so gen writes them down (comments.txt).
var Comments = sync.OnceValue(func() map[string]string {
	out := map[string]string{}
	for line := range strings.Lines(commentsText) {
		name, text, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "\t")
		out[name] = text
	}
	return out
})
