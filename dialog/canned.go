package dialog

import (
	"regexp"
	"slices"
)

// CannedSlots are the names that a canned reply may have in {{double braces}}. What stands there comes from the case,
// by code, when the reply is taken: an agent does not type amounts and times from memory.
var CannedSlots = []string{"agent", "amount", "case", "deadline", "item", "order", "shop", "state", "then"}

var cannedSlot = regexp.MustCompile(`\{\{\s*([^{}]*?)\s*\}\}`)

// UnknownSlots are the names in double braces that no canned reply can have, in order and each once.
func UnknownSlots(text string) []string {
	var out []string
	for _, m := range cannedSlot.FindAllStringSubmatch(text, -1) {
		if !slices.Contains(CannedSlots, m[1]) && !slices.Contains(out, m[1]) {
			out = append(out, m[1])
		}
	}
	return out
}

// FillCanned puts values into the slots of a canned reply. A slot without a value stays as it is, to be seen, and is
// named in missing, in order and each once.
func FillCanned(text string, values map[string]string) (filled string, missing []string) {
	filled = cannedSlot.ReplaceAllStringFunc(text, func(slot string) string {
		name := cannedSlot.FindStringSubmatch(slot)[1]
		if v := values[name]; v != "" {
			return v
		}
		if !slices.Contains(missing, name) {
			missing = append(missing, name)
		}
		return slot
	})
	return filled, missing
}
