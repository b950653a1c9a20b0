package suite

import (
	"strings"
	"time"

	"recourse/cases/policy"
)

// Name is a step in a few words, as it is written: "press pick_order", "pass 49h".
func (s Step) Name() string {
	switch {
	case s.Say != nil:
		return "say"
	case s.Press != "":
		return "press " + string(s.Press)
	case len(s.Upload) > 0:
		return "upload " + join(s.Upload)
	case len(s.Report) > 0:
		return "report"
	case s.Disconnect:
		return "disconnect"
	case s.Reconnect:
		return "reconnect"
	case s.Merchant != "":
		return "merchant " + s.Merchant
	case s.Other != "":
		return "other " + s.Other
	case s.Pass != 0:
		return "pass " + time.Duration(s.Pass).String()
	case s.Agent != "":
		return "agent " + s.Agent
	case s.Model != nil:
		return "model"
	case s.Look:
		return "look"
	}
	return "nothing"
}

func join(kinds []policy.EvidenceKind) string {
	out := make([]string, len(kinds))
	for i, k := range kinds {
		out[i] = string(k)
	}
	return strings.Join(out, ", ")
}
