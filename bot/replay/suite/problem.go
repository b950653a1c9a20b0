package suite

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// ErrEmpty: there is no case in all that was loaded. A suite without cases proves nothing.
var ErrEmpty = errors.New("there is no case")

// Problem is one thing that is wrong with a suite.
type Problem struct {
	Pos Pos
	Msg string
}

func (p Problem) Error() string { return p.Pos.String() + ": " + p.Msg }

// Problems are all that is wrong, in order of files and lines.
type Problems []Problem

func (p Problems) Error() string {
	out := make([]string, len(p))
	for i, one := range p {
		out[i] = one.Error()
	}
	return strings.Join(out, "\n")
}

// distinct leaves out what was said before: what is wrong in two languages is wrong once.
func (p Problems) distinct() Problems {
	seen := map[Problem]bool{}
	return slices.DeleteFunc(p, func(one Problem) bool {
		was := seen[one]
		seen[one] = true
		return was
	})
}

// found collects problems of one file.
type found struct {
	file   string
	walked bool // it was found in a directory, and not named
	list   Problems
}

func (f *found) at(line int, format string, args ...any) {
	f.list = append(f.list, Problem{Pos{f.file, line}, fmt.Sprintf(format, args...)})
}

// nearest is the name that a wrong one was probably meant to be, as a question to add; if none is near, those that there
// are.
func nearest(wrong string, names []string) string {
	best, at := "", max(1, utf8.RuneCountInString(wrong)/3)+1
	for _, n := range names {
		if d := distance([]rune(strings.ToLower(wrong)), []rune(strings.ToLower(n))); d < at {
			best, at = n, d
		}
	}
	if best != "" {
		return fmt.Sprintf("; did you mean %q?", best)
	}
	const most = 16
	if len(names) > most {
		return "; there are " + strings.Join(names[:most], ", ") + ", …"
	}
	return "; there are " + strings.Join(names, ", ")
}

// distance counts the letters to change, add or leave out (Levenshtein).
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		last := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := last
			if a[i] != b[j] {
				cost++
			}
			last = row[j+1]
			row[j+1] = min(row[j+1]+1, row[j]+1, cost)
		}
	}
	return row[len(b)]
}
