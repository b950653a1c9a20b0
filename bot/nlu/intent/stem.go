package intent

import "strings"

// appendStem appends an English word without its commonest endings. It is light: what it leaves, the pieces of
// words find.
func appendStem(dst []byte, w string) []byte {
	s := w
	switch {
	case len(s) <= 3:
	case strings.HasSuffix(s, "sses"), strings.HasSuffix(s, "xes"), strings.HasSuffix(s, "ches"), strings.HasSuffix(s, "shes"):
		s = s[:len(s)-2]
	case strings.HasSuffix(s, "ies") && len(s) > 4:
		return append(append(dst, s[:len(s)-3]...), 'y')
	case strings.HasSuffix(s, "s") && !strings.HasSuffix(s, "ss") && !strings.HasSuffix(s, "us") && !strings.HasSuffix(s, "is"):
		s = s[:len(s)-1]
	}
	for _, end := range [...]string{"ing", "ed"} {
		base, ok := strings.CutSuffix(s, end)
		if !ok || len(base) < 3 || !strings.ContainsAny(base, "aeiouy") {
			continue
		}
		if n := len(base); base[n-1] == base[n-2] && !strings.ContainsRune("lsz", rune(base[n-1])) {
			base = base[:n-1] // stopped, stop
		}
		s = base
		break
	}
	if len(s) > 4 {
		s = strings.TrimSuffix(s, "e") // charge, charging
	}
	return append(dst, s...)
}
