package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"recourse/bot/replay"
)

// watchEvery is the time between two looks at the files: short enough that an edit is answered at once.
const watchEvery = 500 * time.Millisecond

// watching plays, and plays again whenever a file changes, until ctx ends. It ends well: there is nothing to report that
// was not said.
func (r *replayRun) watching(ctx context.Context, l lab, t terminal) error {
	var last *replay.Run
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for {
		seen := r.stamp()
		run, err := r.play(ctx, l, t)
		if ctx.Err() != nil {
			return nil
		}
		switch {
		case err != nil:
			fmt.Fprintln(t.out, err) // the next change may mend it
		default:
			if err := r.write(t.out, run); err != nil {
				return usage(err)
			}
			writeSummary(t.out, run, r.quiet, !r.noTimes)
			if last != nil {
				fmt.Fprint(t.out, since(*last, run))
			}
			last = &run
		}
		fmt.Fprintln(t.out, "waiting for a change; interrupt to end")
		for r.stamp() == seen {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
		}
	}
}

// stamp is how the files look that a run depends on.
func (r *replayRun) stamp() string {
	var b strings.Builder
	paths := slices.Concat(r.suites, r.faq)
	if r.policy != "" && r.policy != builtin {
		paths = append(paths, r.policy)
	}
	for _, path := range paths {
		// What cannot be read is a change as well when it could be before.
		_ = filepath.WalkDir(path, func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return nil
			}
			if info, err := os.Stat(name); err == nil { // follows links, as mounted configuration has them
				fmt.Fprintf(&b, "%s %d %d\n", name, info.ModTime().UnixNano(), info.Size())
			}
			return nil
		})
	}
	return b.String()
}

// since says what came of the last edit: the cases whose status changed, those that broke first.
func since(was, is replay.Run) string {
	before := map[string]replay.Status{}
	for _, c := range was.Cases {
		before[c.ID] = c.Status
	}
	var broke, mended, other []string
	for _, c := range is.Cases {
		b, known := before[c.ID]
		delete(before, c.ID)
		switch {
		case !known:
			other = append(other, fmt.Sprintf("new      %s: %s", c.ID, c.Status))
		case b == c.Status:
		case b == replay.Passed:
			broke = append(broke, fmt.Sprintf("broke    %s: %s, was %s", c.ID, c.Status, b))
		case c.Status == replay.Passed:
			mended = append(mended, fmt.Sprintf("mended   %s: %s, was %s", c.ID, c.Status, b))
		default:
			other = append(other, fmt.Sprintf("changed  %s: %s, was %s", c.ID, c.Status, b))
		}
	}
	var gone []string
	for id := range before {
		gone = append(gone, "gone     "+id)
	}
	slices.Sort(gone)
	lines := slices.Concat(broke, mended, other, gone)
	if len(lines) == 0 {
		return "since the last run: nothing changed\n"
	}
	return "since the last run:\n  " + strings.Join(lines, "\n  ") + "\n"
}
