package main

import (
	"context"
	"fmt"
	"io"
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
			if err := r.write(t.out, run, nil); err != nil {
				return usage(err)
			}
			writeSummary(t.out, run, r.quiet, !r.noTimes)
			if last != nil {
				writeSince(t.out, *last, run)
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
	paths := slices.Concat(r.suites, r.faq, r.beside)
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

// writeSince says what came of the last edit: what broke first, with both answers, down to what is only worded anew.
func writeSince(w io.Writer, was, is replay.Run) {
	var b strings.Builder
	writeChanges(&b, replay.Compare(was, is, 0).Changes)
	if b.Len() == 0 {
		fmt.Fprintln(w, "since the last run: nothing changed")
		return
	}
	fmt.Fprintf(w, "\nsince the last run:\n\n%s", b.String())
}
