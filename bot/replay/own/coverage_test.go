package own_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/dialog"
)

// That "every flow and repair is played" is held here against the lists that the program itself has: what the flows
// ask and what answers it (dialog.Askings), what may be pressed, what a text is taken for, and every sentence that the
// bot and the system have. Each must happen in both languages, in a conversation that holds.

// unplayed is what no conversation does, and why.
var unplayed = map[string]string{
	"answer apply/order: more_orders": noCard, "press more_orders": noCard,
	"say error.UNAVAILABLE":           "the order system of a fixture always answers; package bot has its tests",
	"say order.gone":                  "the orders of a fixture do not change while he picks; package dialog has its tests",
	"say error.CASE_NOT_FOUND":        "the cases of a fixture are not deleted",
	"say verdict.NO_NOT_OWNER":        "the orders of a fixture are all his; package policy has its tests",
	"say verdict.NO_OPEN_CASE":        oneDraft,
	"say error.CASE_ALREADY_OPEN":     oneDraft,
	"say error.ATTEMPTS_EXHAUSTED":    "the verdict NO_ATTEMPTS comes before there is anything to submit",
	"say error.EVIDENCE_REQUIRED":     "what is missing is asked for, and a summary that has changed is shown anew, before a submission is refused for it",
	"say error.CONFIRMATION_REQUIRED": confirmed, "say complaint.error.CONFIRMATION_REQUIRED": confirmed,
	"say auto.distress": floor, "say auto.receipt": floor, "say auto.trouble": floor,
	"say handoff.now_away": floor, "say handoff.now_closed": floor, "say handoff.requeued": floor,
	"say handoff.taken_over": floor, "say handoff.transferred": floor,
	"say unknown.human":          "two turns that are not understood ask for a person by themselves; package bot has its test",
	"say error.VERSION_CONFLICT": raced, "say complaint.error.VERSION_CONFLICT": raced,
	"say error.IDEMPOTENCY_MISMATCH": sameKey, "say complaint.error.IDEMPOTENCY_MISMATCH": sameKey,
	"say error.NOT_PARTY": buyers, "say complaint.error.NOT_PARTY": buyers,
	"say error.EVIDENCE_REJECTED": intake, "say complaint.error.EVIDENCE_REJECTED": intake,
	"say error.EVIDENCE_LOCKED": intake, "say complaint.error.EVIDENCE_LOCKED": intake,
	"say complaint.error.FIELD_REQUIRED": "the card that sends his words is shown only with them",
}

const (
	noCard    = "no card offers it"
	oneDraft  = "he who picks an order with an open case is led to that case; a second one is a race of two windows"
	confirmed = "each press that needs it carries the confirmation"
	raced     = "it is a race of two windows; the ledgers' tests have it"
	sameKey   = "the key is the entry's own, and a second run of it is no refusal"
	buyers    = "a buyer's page offers nothing of another party's"
	floor     = "the stage has no desk that closes, passes on or takes over, and no turn that fails: package bot's walk of the handoff and the tests of the served desk say it"
	intake    = "files come by the intake, which refuses them before the chat hears of them"
)

// parts begin the keys of texts that never stand alone: labels, rows and pieces of sentences, which are said within
// others, and what only agents and the audit read.
var parts = []string{
	"button.", "answer.", "amount.yes", "reason.name", "sentence.", "then.", "who.", "party.", "step.", "type.", "order_status.", "payer.", "payer_of.", "alt.",
	"offer.partial", "offer.reship", "outcome.", "row.", "card.verdict_deadline", "did.", "state.", "route.", "method.", "advice.", "ask.", "clause.",
	"refund.pending", "refund.succeeded", "refund.failed", "paid_by.", "rejection.bare", "complaint.kind_name", "complaint.state.", "complaint.sentence.",
	"complaint.then.", "complaint.measure.", "complaint.outcome.", "complaint.step.", "complaint.did.", "trouble.code.", "hint.", "flag.", "stage.", "note.",
	"end.", "day.", "span.", "handoff.lead.", "handoff.offer.",
}

// aboutYou ends the keys of words about a complaint of the shop's, which are said under the key without it.
const aboutYou = ".about_you"

// walked is what happened, by name and language.
type walked map[string]map[dialog.Locale]bool

func (w walked) note(l dialog.Locale, format string, args ...any) {
	name := fmt.Sprintf(format, args...)
	if w[name] == nil {
		w[name] = map[dialog.Locale]bool{}
	}
	w[name][l] = true
}

// wanted is everything that must happen.
func wanted(t *testing.T) []string {
	t.Helper()
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, a := range dialog.Askings() {
		switch {
		case a.Question != "":
			for _, v := range []policy.Tri{policy.Yes, policy.No} {
				add("answer %s: %s", a, v)
			}
		case a.Words && len(a.Answers) == 0, a.Step == dialog.StepComplaintStory, a.Step == dialog.StepComplaintSay:
			add("answer %s: in words", a)
			fallthrough
		default:
			for _, act := range a.Answers {
				add("answer %s: %s", a, act)
			}
		}
		if a.Event != "" && a.Flow != dialog.FlowComplaint { // of a complaint its states and notices tell
			add("happens %s", a)
		}
	}
	for _, act := range dialog.Actions() {
		add("press %s", act)
	}
	for _, i := range intents(t) {
		add("hear %s", i)
	}
	for _, id := range policy.Default().Order {
		add("apply for %s", id)
	}
	for _, s := range complaints.States() {
		add("complaint %s", s.State)
	}
	for _, f := range [][2]dialog.Holder{
		{dialog.HeldByBot, dialog.HeldWaiting},
		{dialog.HeldWaiting, dialog.HeldByHuman},
		{dialog.HeldByBot, dialog.HeldByHuman},
		{dialog.HeldByHuman, dialog.HeldByBot},
		{dialog.HeldWaiting, dialog.HeldByBot},
	} {
		add("floor %s to %s", f[0], f[1])
	}
	for _, key := range sentences(t) {
		add("say %s", key)
	}
	return out
}

// intents are what a text may be taken for, as the schema of suites lists them.
func intents(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("../suite/conversation.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	var schema struct {
		Defs struct {
			Expect struct {
				Properties struct{ Intent struct{ Enum []string } }
			}
		} `json:"$defs"`
	}
	if err := json.Unmarshal(raw, &schema); err != nil {
		t.Fatal(err)
	}
	list := schema.Defs.Expect.Properties.Intent.Enum
	if len(list) == 0 {
		t.Fatal("the schema lists no intents")
	}
	return append(list, string(dialog.IntentUnknown))
}

// sentences are the keys of what is said by itself.
func sentences(t *testing.T) []string {
	t.Helper()
	raw, err := os.ReadFile("../../replies/zh.yaml")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	if err := yaml.Unmarshal(raw, &texts); err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(slices.Sorted(maps.Keys(texts)), func(key string) bool {
		return strings.HasSuffix(key, aboutYou) || slices.ContainsFunc(parts, func(p string) bool { return strings.HasPrefix(key, p) })
	})
}

// asking is what a conversation stood at, ok if it was asked something.
func asking(v replay.View) (dialog.Asking, bool) {
	for _, a := range dialog.Askings() {
		pending := v.Slots["pending"]
		if a.Step != "" && a.Step == v.Step && (a.Question == "" || string(a.Question) == v.Slots["asked"]) && (a.Pending == "" || string(a.Pending) == pending) {
			return a, true
		}
	}
	return dialog.Asking{}, false
}

// happened is what a conversation did.
func (w walked) happened(c suite.Case, views []replay.View) {
	events := map[string]cases.EventKind{}
	for _, tr := range cases.Table() {
		events[tr.ID] = tr.Event
	}
	for i, v := range views {
		step := c.Conversation.Steps[i]
		for _, s := range v.Said {
			w.note(c.Locale, "say %s", s.Key)
		}
		if v.Heard != nil && step.Say != nil {
			w.note(c.Locale, "hear %s", v.Heard.Intent)
		}
		if v.Case != nil && v.Case.Verdict != "" {
			w.note(c.Locale, "apply for %s", v.Case.Reason)
		}
		if k := v.Slots["complaint"]; k != "" {
			w.note(c.Locale, "complaint %s", k)
		}
		if step.Press != "" {
			w.note(c.Locale, "press %s", step.Press)
		}
		if i == 0 {
			continue
		}
		before := views[i-1]
		w.note(c.Locale, "floor %s to %s", before.Holder, v.Holder)
		if a, ok := asking(before); ok {
			switch {
			case a.Question != "" && step.Press == dialog.ActAnswer:
				w.note(c.Locale, "answer %s: %s", a, step.Args["value"])
			case step.Press != "":
				w.note(c.Locale, "answer %s: %s", a, step.Press)
			case step.Say != nil && a.Words:
				w.note(c.Locale, "answer %s: in words", a)
			}
		}
		w.atRest(c.Locale, step, before, v, events)
	}
}

// atRest: nothing was asked, and the buyer did what his case or complaint waited for.
func (w walked) atRest(l dialog.Locale, step suite.Step, before, v replay.View, events map[string]cases.EventKind) {
	if step.Press == "" && len(step.Upload) == 0 && len(step.Report) == 0 {
		return
	}
	for _, a := range dialog.Askings() {
		if a.Event == "" {
			continue
		}
		if before.Step == dialog.StepIdle && slices.Contains(a.Answers, step.Press) {
			w.note(l, "answer %s: %s", a, step.Press)
		}
		if before.Step == dialog.StepIdle && len(step.Report) > 0 && slices.Contains(a.Answers, dialog.ActTrouble) {
			w.note(l, "answer %s: %s", a, dialog.ActTrouble)
		}
		for _, id := range v.Moves {
			if events[id] == a.Event {
				w.note(l, "happens %s", a)
			}
		}
	}
}

func TestEveryFlowAndRepairIsPlayed(t *testing.T) {
	byID := map[string]suite.Case{}
	for _, c := range load(t) {
		byID[c.ID] = c
	}
	w := walked{}
	for _, r := range theRun(t).Cases {
		if c := byID[r.ID]; c.Conversation != nil && r.Status == replay.Passed {
			w.happened(c, r.Trials[0].Views)
		}
	}
	n, all := 0, wanted(t)
	for _, name := range all {
		zh, en := w[name][dialog.ZH], w[name][dialog.EN]
		why := unplayed[name]
		switch {
		case zh && en:
			n++
			if why != "" {
				t.Errorf("%s happens now: take it off the list", name)
			}
		case why == "" && !zh && !en:
			t.Errorf("no conversation: %s", name)
		case why == "" && !zh:
			t.Errorf("only in English: %s", name)
		case why == "":
			t.Errorf("only in Chinese: %s", name)
		}
	}
	for name := range unplayed {
		if !slices.Contains(all, name) {
			t.Errorf("%s is on no list any more", name)
		}
	}
	t.Logf("%d of %d, in both languages", n, len(all))
}
