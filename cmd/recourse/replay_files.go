package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"recourse/bot/faq"
	"recourse/bot/replay"
	"recourse/bot/replay/report"
	"recourse/dialog"
)

// write writes the files that were asked for. v is what the baseline says of the run, nil without one.
func (r *replayRun) write(stdout io.Writer, run replay.Run, v *replay.Verdict) error {
	if r.json == "-" {
		if err := replay.Write(stdout, run); err != nil {
			return err
		}
	} else if err := writeAt(r.json, func(w io.Writer) error { return replay.Write(w, run) }); err != nil {
		return err
	}
	if err := writeAt(r.junit, func(w io.Writer) error { return report.JUnit(w, run, v) }); err != nil {
		return err
	}
	name := ""
	if r.history != "" {
		var err error
		if name, err = remember(r.history, run); err != nil {
			return err
		}
	}
	if r.html == "" {
		return nil
	}
	book, err := bookOf(r.faq)
	if err != nil {
		return err
	}
	page := pageOf(run, book)
	if v != nil {
		page.Compared = &v.Comparison
	}
	if name != "" {
		if page.Trend, err = trendOf(r.history, name, run); err != nil {
			return err
		}
	}
	return writeAt(r.html, func(w io.Writer) error { return report.HTML(w, page) })
}

func pageOf(run replay.Run, book *faq.Book) report.Page {
	names := map[dialog.Topic][2]string{}
	for _, t := range book.Topics() {
		label := book.Label(t)
		names[t] = [2]string{label[dialog.ZH], label[dialog.EN]}
	}
	return report.Page{Run: run, Scores: report.Score(run), Coverage: report.Cover(run, book.Topics()), Names: names}
}

// writeAt writes a file, whole or not at all; "" writes nothing.
func writeAt(name string, write func(io.Writer) error) error {
	if name == "" {
		return nil
	}
	err := writeWhole(name, func(w io.Writer) error {
		b := bufio.NewWriter(w)
		return errors.Join(write(b), b.Flush())
	})
	if err != nil {
		return fmt.Errorf("write %s: %w", name, err)
	}
	return nil
}

// remember keeps a run in a directory, in a file named by when it was begun, so that names are in order of time; one
// that is there is never written over. A run that was interrupted says nothing and is not kept: "".
func remember(dir string, run replay.Run) (name string, err error) {
	if !run.Complete {
		return "", nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", fmt.Errorf("keep the run: %w", err)
	}
	whole := filepath.Join(dir, fmt.Sprintf(".run-%d", os.Getpid()))
	if err := writeAt(whole, func(w io.Writer) error { return replay.Write(w, run) }); err != nil {
		return "", fmt.Errorf("keep the run: %w", err)
	}
	defer func() { err = errors.Join(err, os.Remove(whole)) }()
	at := run.Started.UTC().Format("20060102T150405.000Z")
	for n := 1; ; n++ {
		name = at + ".json"
		if n > 1 {
			name = fmt.Sprintf("%s_%d.json", at, n) // _ sorts behind the dot
		}
		err := os.Link(whole, filepath.Join(dir, name)) // as a rename, but it does not replace
		if err == nil {
			return name, nil
		}
		if !errors.Is(err, fs.ErrExist) {
			return "", fmt.Errorf("keep the run: %w", err)
		}
	}
}

// maxTrend is how many runs a trend shows: more do not fit a page, and reading them takes time.
const maxTrend = 50

// trendOf are the points of a run and of those that were kept before it in a directory, the newest of them, if the same
// part of the suites was played.
func trendOf(dir, name string, run replay.Run) ([]report.Point, error) {
	names, err := keptRuns(dir)
	if err != nil {
		return nil, err
	}
	points := []report.Point{report.PointOf(name, run)}
	for _, other := range slices.Backward(names) {
		if filepath.Base(other) >= name || len(points) == maxTrend {
			continue
		}
		old, err := storedRun(other)
		if err != nil {
			return nil, fmt.Errorf("read the history: %w", err)
		}
		if old.Filter == run.Filter && old.Shard == run.Shard {
			points = append(points, report.PointOf(filepath.Base(other), old))
		}
	}
	return report.Trend(points), nil
}

// keptRuns are the files of runs in a directory, the oldest first.
func keptRuns(dir string) ([]string, error) {
	list, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range list {
		if !e.IsDir() && strings.HasSuffix(e.Name(), ".json") {
			out = append(out, filepath.Join(dir, e.Name()))
		}
	}
	return out, nil // ReadDir sorts
}
