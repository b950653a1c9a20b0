package main

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/report"
	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// pageData is what a page shows.
func pageData(t *testing.T, file string) report.Page {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	_, data, ok := strings.Cut(string(raw), "window.report = ")
	data, _, end := strings.Cut(data, "</script>")
	var p report.Page
	if err := json.Unmarshal([]byte(data), &p); !ok || !end || err != nil {
		t.Fatalf("%s has no data: %v", file, err)
	}
	return p
}

func names(points []report.Point) []string {
	var out []string
	for _, p := range points {
		out = append(out, p.Name)
	}
	return out
}

// Each run is kept under its time, and the page of each shows those up to it.
func TestRunsAreKeptAndShownInARow(t *testing.T) {
	dir, html := filepath.Join(t.TempDir(), "runs"), filepath.Join(t.TempDir(), "r.html")
	good := toy{cases: []suite.Case{toyCase("a", "t", "t"), toyCase("b", "t", "t")}}
	bad := toy{cases: good.cases, ask: func(_ context.Context, q suite.Question) (replay.Answer, error) {
		return replay.Answer{Decision: replay.Answers, Topic: "u"}, nil
	}}
	play := func(l lab, args ...string) []report.Point {
		t.Helper()
		if out, code := replayWith(t, t.Context(), l, append(args, "-q", "--history", dir, "--html", html)...); code > 1 {
			t.Fatalf("exit %d: %s", code, out)
		}
		return pageData(t, html).Trend
	}
	play(good)
	play(bad)
	if got := play(good, "--filter", "a"); len(got) != 1 {
		t.Errorf("a part of the suite is compared with all of it: %v", names(got))
	}
	points := play(good)
	if len(points) != 3 || !slices.IsSorted(names(points)) || points[0].Right != 1 || points[1].Right != 0 || points[2].Right != 1 {
		t.Fatalf("got %+v", points)
	}
	kept, err := keptRuns(dir)
	if err != nil || len(kept) != 4 || !slices.IsSorted(kept) {
		t.Errorf("kept %v, %v", kept, err)
	}
	for _, name := range kept {
		stamp, _, _ := strings.Cut(strings.TrimSuffix(filepath.Base(name), ".json"), "_") // two may begin in one millisecond
		if at, err := time.Parse("20060102T150405.000Z", stamp); err != nil || !readRun(t, name).Started.Truncate(time.Millisecond).Equal(at) {
			t.Errorf("%s began %s: %v", name, readRun(t, name).Started, err)
		}
	}
	if all, err := os.ReadDir(dir); err != nil || len(all) != 4 {
		t.Errorf("something is left over: %v, %v", all, err)
	}

	// The same from the stored files: the newest is shown, whichever is named first.
	report := func(want int, args ...string) string {
		t.Helper()
		var out bytes.Buffer
		cmd := replayReportCommand()
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		cmd.SetArgs(args)
		cmd.SetOut(&out)
		err := cmd.ExecuteContext(t.Context())
		if err == nil {
			if want != 0 {
				t.Errorf("%v: all well, want exit %d", args, want)
			}
			return out.String()
		}
		if code(err) != want {
			t.Errorf("%v: exit %d, want %d: %v", args, code(err), want, err)
		}
		return err.Error()
	}
	xml := filepath.Join(t.TempDir(), "r.xml")
	report(0, kept[3], kept[0], kept[1], "--html", html, "--junit", xml)
	if p := pageData(t, html); !p.Run.Started.Equal(readRun(t, kept[3]).Started) || len(p.Trend) != 3 || p.Trend[0].Name != filepath.Base(kept[0]) {
		t.Errorf("shown is %s, in a row %v", p.Run.Started, names(p.Trend))
	}
	if raw, err := os.ReadFile(xml); err != nil || !strings.Contains(string(raw), `tests="2"`) {
		t.Errorf("%s, %v", raw, err)
	}
	report(0, dir, "--html", html)
	if p := pageData(t, html); len(p.Trend) != 4 {
		t.Errorf("of the directory %v", names(p.Trend))
	}
	report(0, kept[1], "--html", html)
	if p := pageData(t, html); p.Trend != nil || p.Compared != nil {
		t.Errorf("of one run %v", names(p.Trend))
	}
	for want, args := range map[string][]string{
		"report what?": {"--html", html}, "where to?": {dir}, "nowhere": {"/nowhere", "--html", html}, "there is no run": {t.TempDir(), "--html", html},
		"it has no format": {html + ".json", "--html", html},
	} {
		if err := os.WriteFile(html+".json", []byte("{}"), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := report(exitUsage, args...); !strings.Contains(got, want) {
			t.Errorf("%v: %s", args, got)
		}
	}
}

func TestWhatIsKeptIsNotWrittenOver(t *testing.T) {
	dir := t.TempDir()
	run := replay.Run{Format: replay.Format, Complete: true, Started: time.Date(2026, 11, 26, 9, 0, 0, 5e6, time.UTC), Cases: []replay.Result{{ID: "a", Lang: dialog.ZH, Status: replay.Passed}}}
	for seed, want := range []string{"20261126T090000.005Z.json", "20261126T090000.005Z_2.json", "20261126T090000.005Z_3.json"} {
		run.Seed = uint64(seed)
		if name, err := remember(dir, run); err != nil || name != want || readRun(t, filepath.Join(dir, name)).Seed != run.Seed {
			t.Errorf("%s, %v, want %s", name, err, want)
		}
	}
	run.Complete = false
	if name, err := remember(dir, run); err != nil || name != "" {
		t.Errorf("an interrupted run is kept: %s, %v", name, err)
	}
	kept, err := keptRuns(dir)
	if err != nil || len(kept) != 3 || readRun(t, kept[0]).Seed != 0 || readRun(t, kept[2]).Seed != 2 {
		t.Errorf("%v, %v", kept, err)
	}
}

// The files say the same as the exit code: what failed before is none of a CI's business.
func TestJUnitOfARunAgainstABaseline(t *testing.T) {
	dir := t.TempDir()
	run, base, xml := filepath.Join(dir, "r.json"), filepath.Join(dir, "b.json"), filepath.Join(dir, "r.xml")
	l := toy{cases: []suite.Case{toyCase("a", "u", "t"), toyCase("b", "t", "t")}}
	if out, code := replayWith(t, t.Context(), l, "--json", run, "-q"); code != 1 {
		t.Fatalf("exit %d: %s", code, out)
	}
	bless := replayBlessCommand()
	bless.SetArgs([]string{run, "--baseline", base})
	bless.SetOut(&bytes.Buffer{})
	if err := bless.Execute(); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		text, want string
		code       int
	}{{"t", `tests="2" failures="0" errors="0" skipped="1"`, 0}, {"u", `tests="2" failures="1" errors="0" skipped="1"`, 1}} {
		l.cases[1].Question.Text = tt.text
		out, code := replayWith(t, t.Context(), l, "--baseline", base, "--junit", xml, "-q")
		raw, err := os.ReadFile(xml)
		if code != tt.code || err != nil || !strings.Contains(string(raw), tt.want) || !strings.Contains(string(raw), "known failure: ") {
			t.Errorf("exit %d: %s\n%s, %v", code, out, raw, err)
		}
	}
}
