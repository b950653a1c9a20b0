package main

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"recourse/bot/replay"
)

// terminal is where a command writes.
type terminal struct{ out, err io.Writer }

// bar shows how far a run is, in one line that is written over. Without a terminal it shows nothing, so that the log of
// a CI stays readable.
type bar struct {
	w     io.Writer // nil: nobody looks
	shown time.Duration
	width int // of what stands there now
}

// barEvery is how often the line is written: more often cannot be read.
const barEvery = 100 * time.Millisecond

func (t terminal) bar(quiet bool) *bar {
	f, ok := t.err.(*os.File)
	if quiet || !ok || !term.IsTerminal(int(f.Fd())) {
		return &bar{}
	}
	return &bar{w: f, shown: -barEvery}
}

func (b *bar) show(p replay.Progress) {
	if b.w == nil || p.Elapsed-b.shown < barEvery {
		return
	}
	b.shown = p.Elapsed
	b.write(barLine(p))
}

// write puts a line in the place of the one that stands there.
func (b *bar) write(line string) {
	if b.w == nil {
		return
	}
	pad := max(b.width-len(line), 0)
	b.width = len(line)
	fmt.Fprintf(b.w, "\r%s%s", line, strings.Repeat(" ", pad))
}

// barLine is "[=====>    ] 512/1000, 3 failed, 2s left".
func barLine(p replay.Progress) string {
	const cells = 24
	full := cells
	if p.Total > 0 {
		full = cells * p.Done / p.Total
	}
	line := fmt.Sprintf("[%s%s] %d/%d", strings.Repeat("=", full), strings.Repeat(" ", cells-full), p.Done, p.Total)
	if p.Failed > 0 {
		line += fmt.Sprintf(", %d failed", p.Failed)
	}
	if p.Done > 0 && p.Done < p.Total {
		left := time.Duration(float64(p.Elapsed) / float64(p.Done) * float64(p.Total-p.Done))
		line += fmt.Sprintf(", %s left", max(left, time.Second).Round(time.Second))
	}
	return line
}

// clear takes the line away.
func (b *bar) clear() {
	if b.w != nil && b.width > 0 {
		fmt.Fprintf(b.w, "\r%s\r", strings.Repeat(" ", b.width))
	}
}
