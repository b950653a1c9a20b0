package intent

import (
	_ "embed"
	"strings"
	"sync"
	"unicode"
)

//go:embed concepts.txt
var conceptLines string

// meanings finds the groups of words that mean the same.
type meanings struct {
	names   []string
	words   map[string][]uint16 // stems, and two stems with a space
	han     map[string][]uint16
	longest int // of the Chinese ones, in characters
}

var concepts = sync.OnceValue(func() *meanings {
	m := &meanings{words: map[string][]uint16{}, han: map[string][]uint16{}}
	for line := range strings.Lines(conceptLines) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		group := strings.Fields(line)
		if len(group) < 2 {
			continue
		}
		n := uint16(len(m.names))
		m.names = append(m.names, group[0])
		for _, w := range group[1:] {
			if unicode.Is(unicode.Han, []rune(w)[0]) {
				m.han[w] = append(m.han[w], n)
				m.longest = max(m.longest, len([]rune(w)))
				continue
			}
			var stems []string
			for part := range strings.SplitSeq(w, "_") {
				if part == "doesn't" {
					part = "not"
				}
				stems = append(stems, string(appendStem(nil, part)))
			}
			key := strings.Join(stems, " ")
			m.words[key] = append(m.words[key], n)
		}
	}
	return m
})
