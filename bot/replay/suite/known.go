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

// names are the values that a typed text may have. What is not here is checked elsewhere or not at all: topics are the
// owner's, wording keys and slots are many.
var names = map[reflect.Type]func() []string{
	reflect.TypeFor[cases.State]():         states,
	reflect.TypeFor[policy.ReasonID]():     reasons,
	reflect.TypeFor[policy.EvidenceKind](): evidence,
	reflect.TypeFor[dialog.Action]():       func() []string { return constants["Action"] },
	reflect.TypeFor[dialog.Intent]():       func() []string { return constants["Intent"] },
	reflect.TypeFor[dialog.Step]():         func() []string { return constants["Step"] },
	reflect.TypeFor[dialog.CardKind]():     func() []string { return constants["CardKind"] },
	reflect.TypeFor[dialog.Holder]():       func() []string { return constants["Holder"] },
	reflect.TypeFor[cases.Timer]():         func() []string { return constants["Timer"] },
	reflect.TypeFor[policy.Kind]():         func() []string { return constants["Kind"] },
	reflect.TypeFor[policy.RefundType]():   func() []string { return constants["RefundType"] },
	reflect.TypeFor[policy.Status]():       func() []string { return constants["Status"] },
	reflect.TypeFor[Tier]():                func() []string { return []string{string(Regression), string(Soft), string(Unreliable)} },
	reflect.TypeFor[Review]():              func() []string { return []string{string(Pending), string(Reviewed), string(Rejected)} },
}

func states() []string {
	var out []string
	for _, s := range cases.States() {
		out = append(out, string(s.State))
	}
	return out
}

func reasons() []string {
	var out []string
	for id := range policy.Default().Reasons {
		out = append(out, string(id))
	}
	slices.Sort(out)
	return out
}

func evidence() []string {
	set := map[policy.EvidenceKind]bool{}
	for k := range policy.Default().Evidence {
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

// transitions are the rows of the table of cases.
func transitions() []string {
	set := map[string]bool{}
	for _, t := range cases.Table() {
		set[t.ID] = true
	}
	return slices.Sorted(maps.Keys(set))
}

// parties are who may cause an event.
var parties = []string{"buyer", "merchant", "agent", "other agent", "supervisor", "carrier", string(cases.Carrier), "payment", string(cases.PaymentCh), "system"}

// failing are the ways in which a scripted model fails.
var failing = []string{"500", "429", "stall", "drop", "rubbish"}

// agentDoes are what an agent does at the desk.
var agentDoes = []string{"join", "leave", "say"}

func list(names []string) string { return strings.Join(names, ", ") }
