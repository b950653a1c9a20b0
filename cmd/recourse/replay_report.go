package main

import (
	"cmp"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"recourse/bot/replay"
	"recourse/bot/replay/report"
)

func replayReportCommand() *cobra.Command {
	r := &replayRun{}
	cmd := &cobra.Command{
		Use: "report RUN…", Short: "Make the HTML page and JUnit XML of stored runs, without playing anything",
		Long: "Make the HTML page, and JUnit XML, of stored runs, without playing anything. A RUN is a file that replay run --json wrote, or a\n" +
			"directory with such files, as --history keeps them. The newest one is shown, and with others the trend from the first on.\n" +
			"With --baseline FILE the page says what changed since, and known failures are no failures in the JUnit XML.\n\n" +
			"Nothing is judged here: replay compare BASELINE RUN does that.\n\n" +
			"Exit codes:\n  0  written\n  2  a baseline of another format\n  3  wrong flags, a file that cannot be read or written",
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case len(args) == 0:
				return usage(errors.New("report what? give files of runs, as replay run --json writes them"))
			case r.html == "" && r.junit == "":
				return usage(errors.New("where to? give --html FILE or --junit FILE"))
			}
			return nil
		},
		RunE: func(_ *cobra.Command, args []string) error {
			if err := r.readBaseline(); err != nil {
				return err
			}
			run, points, err := newest(args)
			if err != nil {
				return err
			}
			book, err := bookOf(r.faq)
			if err != nil {
				return usage(err)
			}
			v := r.hold(run)
			page := pageOf(run, book)
			if v != nil {
				page.Compared = &v.Comparison
			}
			if len(points) > 1 {
				page.Trend = report.Trend(points)
			}
			return usage(errors.Join(
				writeAt(r.html, func(w io.Writer) error { return report.HTML(w, page) }),
				writeAt(r.junit, func(w io.Writer) error { return report.JUnit(w, run, v) }),
			))
		},
	}
	r.reportFlags(cmd.Flags())
	return cmd
}

// newest is the run of files, and of directories of runs, that was begun last, and the points of all.
func newest(args []string) (replay.Run, []report.Point, error) {
	var files []string
	for _, path := range args {
		info, err := os.Stat(path)
		if err != nil {
			return replay.Run{}, nil, usage(err)
		}
		list := []string{path}
		if info.IsDir() {
			if list, err = keptRuns(path); err != nil {
				return replay.Run{}, nil, usage(err)
			}
		}
		files = append(files, list...)
	}
	if len(files) == 0 {
		return replay.Run{}, nil, usage(errors.New("there is no run: no *.json in what was given"))
	}
	files = slices.Compact(files)
	var last replay.Run
	var points []report.Point
	for i, name := range files {
		run, err := storedRun(name)
		if err != nil {
			return last, nil, err
		}
		points = append(points, report.PointOf(filepath.Base(name), run))
		if i == 0 || cmp.Compare(run.Started.UnixNano(), last.Started.UnixNano()) >= 0 {
			last = run
		}
	}
	return last, points, nil
}
