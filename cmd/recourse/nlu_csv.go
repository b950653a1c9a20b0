package main

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"recourse/bot/nlu/intent"
)

// table is a CSV file with a header; the errors about it name the file and the line.
type table struct {
	name   string
	header []string
	rows   [][]string
	lines  []int // where each row begins
}

func (t *table) errorf(line int, format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", t.name, line, fmt.Sprintf(format, args...))
}

func readTable(name string) (*table, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("read the texts: %w", err)
	}
	t := &table{name: name}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	if !utf8.Valid(raw) {
		good := 0
		for rest := raw; len(rest) > 0; {
			r, n := utf8.DecodeRune(rest)
			if r == utf8.RuneError && n == 1 {
				break
			}
			good, rest = good+n, rest[n:]
		}
		return nil, t.errorf(1+bytes.Count(raw[:good], []byte("\n")), "not UTF-8; save the file as UTF-8")
	}
	r := csv.NewReader(bytes.NewReader(raw))
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		if bad, ok := errors.AsType[*csv.ParseError](err); ok {
			return nil, t.errorf(bad.Line, "%v", bad.Err)
		}
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if t.header == nil {
			t.header = row
			for i := range row {
				row[i] = strings.TrimSpace(row[i])
			}
			continue
		}
		line, _ := r.FieldPos(0)
		t.rows, t.lines = append(t.rows, row), append(t.lines, line)
	}
	if t.header == nil {
		return nil, t.errorf(1, "empty; want a header, such as text,label")
	}
	if len(t.rows) == 0 {
		return nil, t.errorf(1, "no texts below the header")
	}
	return t, nil
}

// examplesIn reads texts with their labels: the first column and the second, whatever they are called.
func examplesIn(name string) ([]intent.Example, error) {
	t, err := readTable(name)
	if err != nil {
		return nil, err
	}
	if len(t.header) < 2 {
		return nil, t.errorf(1, "one column, %q; want the text in the first and its label in the second", t.header[0])
	}
	if strings.EqualFold(t.header[1], "text") && !strings.EqualFold(t.header[0], "text") {
		return nil, t.errorf(1, "the text is in the second column; want it in the first, and its label in the second")
	}
	out := make([]intent.Example, 0, len(t.rows))
	for i, row := range t.rows {
		e := intent.Example{Text: row[0], Label: strings.TrimSpace(row[1])}
		switch {
		case strings.TrimSpace(e.Text) == "":
			return nil, t.errorf(t.lines[i], "the text is empty")
		case e.Label == "":
			return nil, t.errorf(t.lines[i], "the label is empty")
		}
		out = append(out, e)
	}
	if slices.ContainsFunc(out, func(e intent.Example) bool { return e.Label == t.header[1] }) {
		return nil, t.errorf(1, "%q is a label of other lines: the header is missing", t.header[1])
	}
	return out, nil
}

// textsIn reads the column text.
func textsIn(name string) ([]string, error) {
	t, err := readTable(name)
	if err != nil {
		return nil, err
	}
	at := slices.IndexFunc(t.header, func(h string) bool { return strings.EqualFold(h, "text") })
	if at < 0 {
		return nil, t.errorf(1, "no column text, only %s", strings.Join(t.header, ", "))
	}
	out := make([]string, 0, len(t.rows))
	for i, row := range t.rows {
		if strings.TrimSpace(row[at]) == "" {
			return nil, t.errorf(t.lines[i], "the text is empty")
		}
		out = append(out, row[at])
	}
	return out, nil
}
