package suite

import (
	"maps"
	"reflect"
	"slices"
	"strings"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/dialog"
)

//go:generate go run ./gen
//go:generate go test recourse/bot/replay/suite -run TestTheSchemasAreThoseOfTheTypes -update

// names are the values that a typed text may have under a policy, which may know kinds of evidence of its own. What is not here is checked elsewhere or not at all: topics are the
// owner's, wording keys and slots are many.
var names = map[reflect.Type]func(*policy.Policy) []string{
	reflect.TypeFor[cases.State]():         func(*policy.Policy) []string { return states() },
	reflect.TypeFor[policy.ReasonID]():     reasons,
	reflect.TypeFor[policy.EvidenceKind](): evidence,
	reflect.TypeFor[dialog.Action]():       constant("Action"),
	reflect.TypeFor[dialog.Intent]():       constant("Intent"),
	reflect.TypeFor[dialog.Step]():         constant("Step"),
	reflect.TypeFor[dialog.CardKind]():     constant("CardKind"),
	reflect.TypeFor[dialog.Holder]():       constant("Holder"),
	reflect.TypeFor[cases.Timer]():         constant("Timer"),
	reflect.TypeFor[cases.EvidenceHint](): fixed(
		string(cases.HintBlurry), string(cases.HintDark), string(cases.HintNoWaybill), string(cases.HintNoPreview), string(cases.HintSeenBefore),
	),
	reflect.TypeFor[policy.Kind]():       constant("Kind"),
	reflect.TypeFor[policy.RefundType](): constant("RefundType"),
	reflect.TypeFor[policy.Status]():     constant("Status"),
	reflect.TypeFor[policy.Code]():       codes,
	reflect.TypeFor[policy.Tri]():        fixed(string(policy.Yes), string(policy.No)),
	reflect.TypeFor[cases.Actor]():       fixed(string(cases.Buyer), string(cases.Merchant), string(cases.BothParties)),
	reflect.TypeFor[Tier]():              fixed(string(Regression), string(Soft), string(Unreliable)),
	reflect.TypeFor[Review]():            fixed(string(Pending), string(Reviewed), string(Rejected)),
}

func constant(name string) func(*policy.Policy) []string { return fixed(constants[name]...) }

func fixed(list ...string) func(*policy.Policy) []string {
	return func(*policy.Policy) []string { return list }
}

func codes(p *policy.Policy) []string {
	var out []string
	for c := range p.Codes {
		out = append(out, string(c))
	}
	slices.Sort(out)
	return out
}

func states() []string {
	var out []string
	for _, s := range cases.States() {
		out = append(out, string(s.State))
	}
	return out
}

func reasons(p *policy.Policy) []string {
	var out []string
	for id := range p.Reasons {
		out = append(out, string(id))
	}
	slices.Sort(out)
	return out
}

func evidence(p *policy.Policy) []string {
	set := map[policy.EvidenceKind]bool{}
	for k := range p.Evidence {
		set[k] = true
	}
	return sorted(set)
}

// events are what may happen to a case, or to a complaint; timers are events too.
func events(complaint bool) []string {
	set := map[cases.EventKind]bool{}
	if complaint {
		for _, t := range complaints.Table() {
			set[t.Event] = true
		}
	} else {
		for _, t := range cases.Table() {
			set[t.Event] = true
		}
	}
	set[cases.EvOpen] = true
	return sorted(set)
}

// opening is the transition with which a case begins; it stands in no row.
const opening = "D00"

// transitions are the opening and the rows of the table of cases.
func transitions() []string {
	set := map[string]bool{opening: true}
	for _, t := range cases.Table() {
		set[t.ID] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// parties are who may cause an event.
var parties = []string{"buyer", "merchant", "agent", "other agent", "supervisor", "carrier", string(cases.Carrier), string(cases.PaymentCh), "system"}

// failing are the ways in which a scripted model fails.
var failing = []string{"500", "429", "stall", "drop", "rubbish"}

// Again of a step.
const (
	Resent = "resent"
	Double = "double"
)

// agentDoes are what an agent does at the desk.
var agentDoes = []string{"join", "leave", "resolve", "say"}

func list(names []string) string { return strings.Join(names, ", ") }
