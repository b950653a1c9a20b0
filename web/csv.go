package web

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// csvAnswer is a file for spreadsheets.
type csvAnswer struct {
	Type string `header:"Content-Type"`
	Name string `header:"Content-Disposition"`
	Body []byte
}

func csvFileAnswer(name string, raw []byte) *csvAnswer {
	return &csvAnswer{Type: "text/csv; charset=utf-8", Name: fmt.Sprintf("attachment; filename=%q", name), Body: raw}
}

// csvResponse is how an operation that answers a csvAnswer is described.
func csvResponse() map[string]*huma.Response {
	return map[string]*huma.Response{"200": {
		Description: "The file.", Content: map[string]*huma.MediaType{"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
}

// csvFile are lines as spreadsheets open them: with a byte order mark, and without a cell that would be a formula.
func csvFile(lines [][]string) ([]byte, error) {
	var b bytes.Buffer
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	for _, line := range lines {
		safe := make([]string, len(line))
		for i, cell := range line {
			safe[i] = csvCell(cell)
		}
		if err := w.Write(safe); err != nil {
			return nil, fmt.Errorf("write CSV: %w", err)
		}
	}
	w.Flush()
	if err := w.Error(); err != nil {
		return nil, fmt.Errorf("write CSV: %w", err)
	}
	return b.Bytes(), nil
}

// csvCell puts an apostrophe before what a spreadsheet would carry out. A number is one, also below zero.
func csvCell(s string) string {
	if s == "" || !strings.ContainsRune("=+-@\t\r\n＝＋－＠", []rune(s)[0]) {
		return s
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return s
	}
	return "'" + s
}
