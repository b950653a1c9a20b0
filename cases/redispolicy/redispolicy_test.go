package redispolicy_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/cases/policy"
	"recourse/cases/redispolicy"
	"recourse/internal/redistest"
)

// text is the built-in policy as a file, with edits.
func text(edits ...string) string {
	return strings.NewReplacer(edits...).Replace(policy.Default().Source().Text)
}

func version(v string) []string {
	return []string{`version: "` + policy.Default().Declared + `"`, `version: "` + v + `"`}
}

func parse(t *testing.T, text string) *policy.Policy {
	t.Helper()
	p, err := policy.Parse("p.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestAVersionIsKeptForEverAndNeverChanged(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx := t.Context()
		s := &redispolicy.Store{RDB: rdb}
		if _, err := s.Current(ctx); !errors.Is(err, redispolicy.ErrUnknown) {
			t.Errorf("before anything is kept: %v", err)
		}
		one := parse(t, text(version("1")...))
		other := parse(t, text(append(version("1"), "draft_days: {value: 7", "draft_days: {value: 6")...))
		two := parse(t, text(append(version("2"), "draft_days: {value: 7", "draft_days: {value: 6")...))
		for range 2 { // the same again is nothing new
			if err := s.Put(ctx, one, true); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Put(ctx, other, true); !errors.Is(err, redispolicy.ErrOtherContent) {
			t.Errorf("other content under the same version: %v", err)
		}
		if v, err := s.Current(ctx); v != one.Version || err != nil {
			t.Errorf("a refused version became current: %s, %v", v, err)
		}
		if err := s.Put(ctx, two, true); err != nil {
			t.Fatal(err)
		}
		if v, _ := s.Current(ctx); v != two.Version {
			t.Errorf("current is %s, want %s", v, two.Version)
		}
		if err := s.Put(ctx, one, true); err != nil { // back to what was
			t.Errorf("back to an older version: %v", err)
		}
		for _, want := range []*policy.Policy{one, two} {
			got, err := s.Get(ctx, want.Version)
			if err != nil || got.Version != want.Version || got.Values.Apply.DraftDays.V != want.Values.Apply.DraftDays.V {
				t.Errorf("read back: %v, %v", got, err)
			}
		}
		if _, err := s.Get(ctx, "9-000000"); !errors.Is(err, redispolicy.ErrUnknown) {
			t.Errorf("a version nobody kept: %v", err)
		}
		// The program's own policy may change with the program under one declared version; its hash tells them apart.
		if err := s.Put(ctx, other, false); err != nil {
			t.Errorf("the built-in policy: %v", err)
		}
	})
}

// node is one server's catalog, running.
type node struct {
	*redispolicy.Catalog
	log *safeBuffer
}

type safeBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (s *safeBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *safeBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func start(t *testing.T, rdb redis.UniversalClient, file string) node {
	t.Helper()
	n := node{log: &safeBuffer{}}
	var err error
	n.Catalog, err = redispolicy.Open(t.Context(), &redispolicy.Store{RDB: rdb}, redispolicy.Options{
		File: file, Now: time.Now, Every: 20 * time.Millisecond, Log: slog.New(slog.NewTextHandler(n.log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- n.Run(ctx) }()
	t.Cleanup(func() {
		stop()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return n
}

// until asks again what only the outside of a running catalog shows.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	for !ok() {
		again := time.NewTimer(5 * time.Millisecond)
		select {
		case <-deadline.C:
			t.Fatalf("waited for %s", what)
		case <-again.C:
		}
	}
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file+".new", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		t.Fatal(err)
	}
}

func TestAChangedFileIsTakenOverOnEveryNodeAndABadOneIsNot(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		dir := t.TempDir()
		file, elsewhere := filepath.Join(dir, "policy.yaml"), filepath.Join(t.TempDir(), "policy.yaml")
		first := text(version("1")...)
		write(t, file, first)
		write(t, elsewhere, first)
		a, b := start(t, rdb, file), start(t, rdb, elsewhere)
		old := a.Policy("").Version
		if b.Policy("").Version != old {
			t.Fatalf("%s and %s", old, b.Policy("").Version)
		}
		write(t, file, text(append(version("2"), "fault_days: {value: 15", "fault_days: {value: 12")...))
		until(t, "the change on both nodes", func() bool {
			return a.Policy("").Values.Apply.FaultDays.V == 12 && b.Policy("").Values.Apply.FaultDays.V == 12
		})
		second := a.Policy("").Version
		if p := b.Policy(old); p.Version != old || p.Values.Apply.FaultDays.V != 15 {
			t.Errorf("the old version is now %s with %d days", p.Version, p.Values.Apply.FaultDays.V)
		}
		for what, tc := range map[string]struct{ text, says string }{
			"a typo":                     {text(append(version("3"), "fault_days:", "falt_days:")...), "policy.yaml:"},
			"a version with other rules": {text(append(version("2"), "fault_days: {value: 15", "fault_days: {value: 11")...), "already known with other content"},
		} {
			write(t, file, tc.text)
			until(t, what+" in the log", func() bool { return strings.Contains(a.log.String(), tc.says) })
			if v := a.Policy("").Version; v != second {
				t.Errorf("%s: now serving by %s", what, v)
			}
		}
		// Back to what was: the same content under its own version is no conflict.
		write(t, file, first)
		until(t, "the first version again", func() bool { return a.Policy("").Version == old && b.Policy("").Version == old })
	})
}

func TestAChangedCalendarFileIsAChange(t *testing.T) {
	rdb := redistest.Embedded(t)
	dir := t.TempDir()
	file := filepath.Join(dir, "policy.yaml")
	write(t, file, text(append(version("1"), `workdays: {value: "builtin"`, `workdays: {value: "days.yaml"`)...))
	write(t, filepath.Join(dir, "days.yaml"), "year: 2027\noff:\n  - {from: 2027-01-01, to: 2027-01-03}\n")
	n := start(t, rdb, file)
	before := n.Policy("").Version
	// Other days are other deadlines: it wants another version.
	write(t, filepath.Join(dir, "days.yaml"), "year: 2027\noff:\n  - {from: 2027-01-01, to: 2027-01-04}\n")
	until(t, "the refusal", func() bool { return strings.Contains(n.log.String(), "other content") })
	if n.Policy("").Version != before {
		t.Error("it was taken over under the same version")
	}
	write(t, file, text(append(version("2"), `workdays: {value: "builtin"`, `workdays: {value: "days.yaml"`)...))
	until(t, "the new version", func() bool { return n.Policy("").Declared == "2" })
	if day := time.Date(2027, 1, 4, 12, 0, 0, 0, policy.Zone()); n.Policy("").Workday(day) || !n.Policy(before).Workday(day) {
		t.Error("the days of the two versions are mixed up")
	}
}

func TestARestartedNodeReadsWhatJudgedACase(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		file := filepath.Join(t.TempDir(), "policy.yaml")
		write(t, file, text(append(version("1"), "escalate_hours: {value: 48", "escalate_hours: {value: 60")...))
		old := start(t, rdb, file).Policy("").Version
		write(t, file, text(version("2")...))
		restarted := start(t, rdb, file) // a catalog that never saw the first version
		if p := restarted.Policy(old); p.Version != old || p.Values.Buyer.EscalateHours.V != 60 {
			t.Errorf("%s with %d hours", p.Version, p.Values.Buyer.EscalateHours.V)
		}
		// A version from before versions were kept: the current policy stands in, and it is said.
		if p := restarted.Policy("2025.01-abcdef"); p.Version != "2025.01-abcdef" || p.Values.Buyer.EscalateHours.V != 48 || !strings.Contains(restarted.log.String(), "never kept") {
			t.Errorf("%s; log: %s", p.Version, restarted.log)
		}
	})
}

func TestAnUnreadableVersionIsNotReplacedUnderItsName(t *testing.T) {
	server := redistest.Server(t)
	file := filepath.Join(t.TempDir(), "policy.yaml")
	write(t, file, text(version("1")...))
	n := start(t, server.Client(), file)
	server.Kill9()
	if p := n.Policy("0-000000"); p.Version != n.Policy("").Version {
		t.Errorf("without Redis %s is said to be known", p.Version)
	}
	server.Restart()
}

func TestAFileThatCannotBeServedByEndsTheStart(t *testing.T) {
	rdb := redistest.Embedded(t)
	dir := t.TempDir()
	store := &redispolicy.Store{RDB: rdb}
	if err := store.Put(t.Context(), parse(t, text(version("1")...)), true); err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ text, says string }{
		"broken.yaml": {"version: 1\nvalus: {}\n", "broken.yaml:2"},
		"reused.yaml": {text(append(version("1"), "fault_days: {value: 15", "fault_days: {value: 11")...), "other content"},
		"gone.yaml":   {"", "gone.yaml"},
	} {
		file := filepath.Join(dir, name)
		if tc.text != "" {
			write(t, file, tc.text)
		}
		_, err := redispolicy.Open(t.Context(), store, redispolicy.Options{File: file, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		if err == nil || !strings.Contains(err.Error(), tc.says) {
			t.Errorf("%s: %v, want %q in it", name, err, tc.says)
		}
	}
}
