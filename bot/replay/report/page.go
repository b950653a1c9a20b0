package report

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"recourse/bot/replay"
	"recourse/dialog"
)

// page is the built page; its sources are in web/ui/report.
//
//go:embed page.html
var page []byte

// mark is where the page takes its data.
var mark = []byte("/*REPORT-DATA*/null")

// errPage says that the page and this package were not built together.
var errPage = errors.New("the report page has no place for its data")

// Page is what the HTML page shows.
type Page struct {
	Run      replay.Run `json:"run"`
	Scores   Scores     `json:"scores"`
	Coverage Coverage   `json:"coverage"`
	// Names are the topics' names by id, zh and en.
	Names map[dialog.Topic][2]string `json:"names,omitempty"`
	// Compared is what changed since a baseline or another run.
	Compared *replay.Comparison `json:"compared,omitempty"`
	Trend    []Point            `json:"trend,omitempty"`
}

// HTML writes one page that needs nothing but itself: no server, no network.
func HTML(w io.Writer, p Page) error {
	head, tail, ok := bytes.Cut(page, mark)
	if !ok {
		return errPage
	}
	data, err := json.Marshal(p) // escapes <, > and &, so that no text can end the script
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	for _, part := range [][]byte{head, data, tail} {
		if _, err := w.Write(part); err != nil {
			return fmt.Errorf("write the report: %w", err)
		}
	}
	return nil
}
