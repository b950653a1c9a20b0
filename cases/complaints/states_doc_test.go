package complaints

import (
	"flag"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/cases"
)

var update = flag.Bool("update", false, "write STATES.md anew")

// STATES.md is rendered from the table that Apply runs.
func TestStatesDocumentIsFresh(t *testing.T) {
	want := renderStates()
	if *update {
		if err := os.WriteFile("STATES.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile("STATES.md")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, string(got)); diff != "" {
		t.Errorf("STATES.md is stale; go test ./cases/complaints -run States -update (-want +got):\n%s", diff)
	}
}

func renderStates() string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	p("<!-- Code generated from complaints.Table by go test ./cases/complaints -run States -update. DO NOT EDIT. -->\n\n# States of a complaint\n\n")
	p("A complaint (投诉) is about conduct: no row moves money (domain §3.10, C-15). A buyer's begins as a draft; a merchant's is filed at once. A timer is an event of its own, `timer:<name>`.\n\n## Diagram\n\nRows that stay in their state are left out.\n\n```mermaid\nstateDiagram-v2\n    [*] --> draft : buyer\n    [*] --> filed : merchant\n")
	var order []string
	labels := map[string][]string{}
	for _, row := range Table() {
		for _, from := range row.From {
			for _, to := range row.To {
				arrow := fmt.Sprintf("%s --> %s", from, to)
				if _, ok := labels[arrow]; !ok {
					order = append(order, arrow)
				}
				labels[arrow] = append(labels[arrow], row.ID)
			}
		}
	}
	for _, arrow := range order {
		p("    %s : %s\n", arrow, strings.Join(labels[arrow], " "))
	}
	for _, s := range States() {
		if s.Terminal {
			p("    %s --> [*]\n", s.State)
		}
	}
	p("```\n\n## States\n\n| state | 中文 | meaning | waits for | deadline | end |\n|---|---|---|---|---|---|\n")
	for _, s := range States() {
		end := ""
		if s.Terminal {
			end = "yes"
			if s.State != ClosedWithdrawn {
				end = "until appealed"
			}
		}
		p("| `%s` | %s | %s | %s | %s | %s |\n", s.State, s.ZH, s.Means, s.Waits, s.Timer, end)
	}
	p("\n## Transitions\n\n| id | from | event | actor | guard | to | rests on | cannot be undone |\n|---|---|---|---|---|---|---|---|\n")
	for _, row := range Table() {
		target, final := "(same)", ""
		if len(row.To) > 0 {
			target = join(row.To)
		}
		if row.Irreversible {
			final = "yes"
		}
		p("| %s | %s | `%s` | %s | %s | %s | %s | %s |\n", row.ID, join(row.From), row.Event, join(row.Actors), row.Guard, target, row.Why, final)
	}
	p("\n## What must hold\n\nChecked after every step of random walks (TestInvariantsHoldOnEveryWalk), which reach every state and fire every row.\n\n")
	for i, text := range []string{
		"No event moves money or uses up an application; what can come of a complaint is a warning or a penalty, and only an agent orders it.",
		"A closed complaint keeps its state, but for one appeal by whoever complained.",
		"Only an agent decides; an appeal is decided by another agent than the first.",
		"An event that was applied, or a timer that fired, does not take effect again; a clock flags and closes, it never decides.",
		"What is offered is taken and what is not offered is refused; a refused event changes nothing.",
		"Replaying the timeline gives the same complaint.",
		"A party has one open complaint of a kind on an order line.",
	} {
		p("%d. %s\n", i+1, text)
	}
	return b.String()
}

func join[S ~string](list []S) string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, string(s))
	}
	return strings.Join(out, ", ")
}

func TestTableRowsAreSound(t *testing.T) {
	known := map[State]bool{}
	for _, s := range States() {
		known[s.State] = true
	}
	seen := map[string]bool{}
	for _, row := range Table() {
		if seen[row.ID] || row.Why == "" || row.Guard == "" {
			t.Errorf("%s stands twice, or says not what it rests on", row.ID)
		}
		seen[row.ID] = true
		for _, s := range slices.Concat(row.From, row.To) {
			if !known[s] {
				t.Errorf("%s names the unknown state %q", row.ID, s)
			}
		}
		timer := isTimer(Event{Kind: row.Event})
		if timer != slices.Equal(row.Actors, []cases.Actor{cases.System}) && row.Event != EvForward {
			t.Errorf("%s: timers and only timers are the system's alone, got %v for %s", row.ID, row.Actors, row.Event)
		}
	}
}
