package cases

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"recourse/cases/policy"
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
		t.Errorf("STATES.md is stale; go test ./cases -run States -update (-want +got):\n%s", diff)
	}
}

// invariants says what must hold (domain §3.5) and which tests hold it, besides the walks that check all.
var invariants = []struct{ text, held string }{
	{"At most one open case per order line; a draft counts, so that two cannot be filed.", "TestASecondDraftOnABusyLineNamesTheOpenCase"},
	{"Attempts only rise, by one, by T01.", "TestTwoRejectionsLeaveOnlyThePlatform"},
	{"What is refunded on a line never exceeds what was paid for goods and freight, nor does any order to pay.", "TestACaseIsNotReopenedOnceALaterOneWasPaid"},
	{"A closed case keeps its state, but for an appeal (T44) and a supervisor's reopening (T47).", "TestASupervisorReopensWhatATimeoutClosed"},
	{"Every open state offers somebody a move and, unless it waits for an agent or the payment, has a deadline. What is offered is taken; what is not offered is refused.", "TestEveryStateIsReachableAndNoneIsADeadEnd"},
	{"Only an agent rules; only payment_succeeded makes a case refunded.", "TestEveryPublicCodeIsReached"},
	{"An event that was applied, or a timer that fired, does not take effect again.", "TestTheSameKeyIsAppliedOnceAndOnlyForTheSameRequest"},
	{"A stale view changes nothing; a refused event changes nothing; Apply never changes its receiver; of two at one instant one wins.", "TestOfTwoAtOneInstantOneWins"},
	{"While the platform has the case no clock of the merchant runs.", "TestAnEscalationStopsTheMerchantsClocks"},
	{"An extension is impossible before its day, after signing, or twice.", "TestWorkedDeadlines"},
	{"Evidence that a ruling rests on stays as it is; later items come only in an appeal or when the ruling is open again (T23, T47, T49, T51).", "TestAnAppealNeedsNewEvidenceAndAnotherAgent"},
	{"Replaying the timeline gives the same case.", "TestReplayKnowsWhatEarlierCasesLeftOnTheLine"},
	{"A bot or a stranger causes nothing; what cannot be undone needs its confirmation.", "TestEveryPublicCodeIsReached"},
	{"A case that closes after a refused return without money owes the buyer his goods.", "TestARefusedReturnThatIsNotPaidGoesBackToTheBuyer"},
	{"Ours: of money that was paid the buyer is asked once whether it came; the question moves nothing.", "TestPaidMoneyIsAskedAfterOnce"},
}

// A document that names a test which is not there is worse than none.
func TestInvariantsNameTestsThatExist(t *testing.T) {
	names, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	for _, name := range names {
		raw, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all.Write(raw)
	}
	for i, inv := range invariants {
		if !strings.Contains(all.String(), "\nfunc "+inv.held+"(t *testing.T)") {
			t.Errorf("invariant %d names %s, which is not there", i+1, inv.held)
		}
	}
}

func renderStates() string {
	var b strings.Builder
	p := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }
	p("<!-- Code generated from cases.Table by go test ./cases -run States -update. DO NOT EDIT. -->\n\n# States of a refund case\n\n")
	p("T… are the transitions of domain §3.3, D… are ours. A timer is an event of its own, `timer:<name>`.\n\n## Diagram\n\nRows that stay in their state are left out.\n\n```mermaid\nstateDiagram-v2\n    [*] --> draft\n")
	for _, edge := range edges() {
		p("    %s\n", edge)
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
		}
		if s.Soft {
			end = "until appealed"
		}
		p("| `%s` | %s | %s | %s | %s | %s |\n", s.State, s.ZH, s.Means, s.Waits, s.Timer, end)
	}
	p("\n## Transitions\n\n| id | from | event | actor | guard | to | cannot be undone |\n|---|---|---|---|---|---|---|\n")
	var ours []Transition
	for _, row := range Table() {
		target := "(same)"
		if len(row.To) > 0 {
			target = join(row.To)
		}
		final := ""
		if row.Irreversible {
			final = "yes"
		}
		p("| %s | %s | `%s` | %s | %s | %s | %s |\n", row.ID, join(row.From), row.Event, join(row.Actors), row.Guard, target, final)
		if row.Why != "" {
			ours = append(ours, row)
		}
	}
	p("\n## Rows of ours\n\n")
	for _, row := range ours {
		p("- **%s** `%s`: %s\n", row.ID, row.Event, row.Why)
	}
	p("\n## Timers\n\n| timer | fires in | row |\n|---|---|---|\n")
	for _, row := range Table() {
		if t, ok := (Event{Kind: row.Event}).timer(); ok {
			p("| `%s` | %s | %s |\n", t, join(row.From), row.ID)
		}
	}
	p("\n## Reminders\n\nOf the policy file (reminders), not of the table: a reminder leaves the case and its version alone. In quiet hours (%s to %s) only the last one of a deadline is sent; another waits for their end.\n\n| timer | to | before the deadline |\n|---|---|---|\n",
		policy.Default().Reminders.Quiet.From, policy.Default().Reminders.Quiet.Until)
	for _, t := range timerOrder {
		leads, order := map[string][]string{}, []string{}
		for _, r := range policy.Default().Reminders.Before[string(t)] {
			if leads[r.To] == nil {
				order = append(order, r.To)
			}
			leads[r.To] = append(leads[r.To], r.Lead())
		}
		for _, to := range order {
			p("| `%s` | %s | %s |\n", t, to, strings.Join(leads[to], ", "))
		}
	}
	p("\n## Invariants\n\nAll are checked after every step of random walks over lines with several cases (TestInvariantsHoldOnEveryWalk); TestWalksReachEveryStateAndFireEveryRow shows that the walks get everywhere, TestCheckerNoticesABrokenTable that a missing guard is noticed, for each of them. Named below is the test that also tells the story.\n\n")
	for i, inv := range invariants {
		p("%d. %s (%s)\n", i+1, inv.text, inv.held)
	}
	return b.String()
}

// edges are the arrows of the diagram; rows between the same two states share one.
func edges() []string {
	var order []string
	labels := map[string][]string{}
	for _, row := range Table() {
		for _, from := range row.From {
			for _, to := range row.To {
				if from == to {
					continue
				}
				arrow := fmt.Sprintf("%s --> %s", from, to)
				if _, ok := labels[arrow]; !ok {
					order = append(order, arrow)
				}
				labels[arrow] = append(labels[arrow], row.ID)
			}
		}
	}
	out := make([]string, 0, len(order))
	for _, arrow := range order {
		out = append(out, arrow+" : "+strings.Join(labels[arrow], " "))
	}
	return out
}

func join[S ~string](list []S) string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, string(s))
	}
	return strings.Join(out, ", ")
}

func TestEveryStateIsReachableAndNoneIsADeadEnd(t *testing.T) {
	reach := func(start State, forward bool) map[State]bool {
		seen, next := map[State]bool{start: true}, []State{start}
		for len(next) > 0 {
			s := next[0]
			next = next[1:]
			for _, row := range Table() {
				for _, from := range row.From {
					for _, to := range row.To {
						a, b := from, to
						if !forward {
							a, b = to, from
						}
						if a == s && !seen[b] {
							seen[b] = true
							next = append(next, b)
						}
					}
				}
			}
		}
		return seen
	}
	from := reach(Draft, true)
	ends := map[State]bool{}
	for _, s := range States() {
		if s.Terminal {
			for k := range reach(s.State, false) {
				ends[k] = true
			}
		}
	}
	for _, s := range States() {
		if !from[s.State] {
			t.Errorf("%s cannot be reached", s.State)
		}
		if !ends[s.State] {
			t.Errorf("no end can be reached from %s", s.State)
		}
	}
}

func TestTableRowsAreSound(t *testing.T) {
	known := map[State]bool{}
	for _, s := range States() {
		known[s.State] = true
	}
	seen := map[string]bool{}
	for _, row := range Table() {
		if seen[row.ID] {
			t.Errorf("%s stands twice", row.ID)
		}
		seen[row.ID] = true
		for _, s := range slices.Concat(row.From, row.To) {
			if !known[s] {
				t.Errorf("%s names the unknown state %q", row.ID, s)
			}
		}
		if row.ID[0] == 'D' && row.Why == "" {
			t.Errorf("%s is ours and does not say why", row.ID)
		}
		_, timer := (Event{Kind: row.Event}).timer()
		if timer != slices.Equal(row.Actors, []Actor{System}) && row.Event != EvCloseIneligible {
			t.Errorf("%s: timers and only timers are the system's alone, got %v for %s", row.ID, row.Actors, row.Event)
		}
	}
	for n := 1; n <= 51; n++ {
		if id := fmt.Sprintf("T%02d", n); !seen[id] {
			t.Errorf("%s of the domain is missing", id)
		}
	}
}

// One event makes at most one notice per party (domain §3.8).
func TestNobodyIsToldTwiceOfOneEvent(t *testing.T) {
	for seed := range uint64(40) {
		w := newWorld(seeded(seed), table)
		w.told = func(res Result) {
			seen := map[Actor]bool{}
			for _, n := range res.Notices {
				if seen[n.To] {
					t.Errorf("%s tells %s twice: %v", res.Transition, n.To, res.Notices)
				}
				seen[n.To] = true
			}
		}
		if err := w.walk(60); err != nil {
			t.Fatal(err)
		}
	}
}
