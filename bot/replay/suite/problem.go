package suite

import (
	"errors"
	"fmt"
	"strings"
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

// found collects problems of one file.
type found struct {
	file string
	list Problems
}

func (f *found) at(line int, format string, args ...any) {
	f.list = append(f.list, Problem{Pos{f.file, line}, fmt.Sprintf(format, args...)})
}

// nearest is the name that a wrong one was probably meant to be, as a question to add; "" if none is near.
func nearest(wrong string, names []string) string {
	best, at := "", len(wrong)/2+1
	for _, n := range names {
		if d := distance(wrong, n); d < at {
			best, at = n, d
		}
	}
	if best == "" {
		return ""
	}
	return fmt.Sprintf("; did you mean %q?", best)
}

// distance counts the letters to change, add or leave out (Levenshtein).
func distance(a, b string) int {
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
