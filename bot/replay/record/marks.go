package record

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"recourse/bot/redact"
	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/dialog"
)

// mark is something that happened to a case or a complaint.
type mark struct {
	at       time.Time
	of       string // case or complaint
	version  int    // that it led to
	key      string
	kind     cases.EventKind
	evidence []cases.Evidence
	chat     bool        // what the buyer did in the chat brought it about
	clock    bool        // a clock did it
	to       cases.State // of a complaint ""
	step     *suite.Step // what somebody else did, as it can be done again; nil if it follows from what is recorded besides
}

// pasts are the marks of each case and complaint, in their order.
func (r *recorder) pasts() [][]mark {
	var out [][]mark
	for _, p := range r.src.Cases {
		var list []mark
		for _, m := range p.Marks {
			ev := m.Event
			k := mark{at: m.At, of: string(p.Case.ID), version: m.Seq, key: ev.Key, kind: ev.Kind, evidence: ev.Evidence, to: m.To}
			if r.others(&k, ev.Actor) {
				k.step = r.caseStep(ev, p.Marks)
			}
			list = append(list, k)
		}
		out = append(out, list)
	}
	for _, p := range r.src.Complaints {
		var list []mark
		for _, m := range p.Marks {
			ev := m.Event
			k := mark{at: m.At, of: string(p.ID), version: m.Seq, key: ev.Key, kind: ev.Kind, evidence: ev.Evidence}
			if r.others(&k, ev.Actor) {
				var earlier []agent
				for _, m := range p.Marks {
					earlier = append(earlier, agent{m.Event.Actor, m.Event.By})
				}
				e := suite.Event{Complain: true, Text: r.mask.Mask(ev.Text), Code: cmp.Or(string(ev.Complaint), string(ev.Measure)), Kinds: kinds(ev.Evidence)}
				k.step = step(ev.Kind, ev.Actor, by(ev.Actor, ev.By, ev.Role, earlier), e)
			}
			list = append(list, k)
		}
		out = append(out, list)
	}
	return out
}

// others says that somebody else did it, and notes what else may have. What the system does besides clocks follows from
// what others did, but for a complaint that it passes on.
func (r *recorder) others(m *mark, actor cases.Actor) bool {
	m.clock = strings.HasPrefix(string(m.kind), string(cases.TimerEvent("")))
	// The claim of an agent who takes the floor comes with his taking it.
	m.chat = m.kind == cases.EvOpen || strings.HasPrefix(m.key, "chat:") || strings.HasPrefix(m.key, "claim:"+string(r.src.Conversation.ID)) || r.uploaded(*m) > 0
	return !m.chat && !m.clock && (actor != cases.System || m.kind == complaints.EvForward)
}

// caseStep is what somebody else did to a case, as a step.
func (r *recorder) caseStep(ev cases.Event, marks []cases.Mark) *suite.Step {
	e := suite.Event{
		Reason: ev.Reason, Type: ev.Type, Amount: ev.AmountFen, Code: ev.Code, Text: r.mask.Mask(ev.Text), Method: ev.Method, Party: ev.Party,
		Carrier: ev.Carrier, Kinds: kinds(ev.Evidence),
	}
	if ev.Waybill != "" {
		e.Waybill = r.mask.ID(redact.Waybill, ev.Waybill)
	}
	for _, k := range ev.Kinds {
		e.Kinds = append(e.Kinds, string(k))
	}
	var earlier []agent
	for _, m := range marks {
		earlier = append(earlier, agent{m.Event.Actor, m.Event.By})
	}
	return step(ev.Kind, ev.Actor, by(ev.Actor, ev.By, ev.Role, earlier), e)
}

func kinds(list []cases.Evidence) []string {
	var out []string
	for _, e := range list {
		out = append(out, string(e.Kind))
	}
	return out
}

func step(kind cases.EventKind, actor cases.Actor, by string, e suite.Event) *suite.Step {
	if actor == cases.Merchant {
		return &suite.Step{Merchant: string(kind), Event: &e}
	}
	e.By = by
	return &suite.Step{Other: string(kind), Event: &e}
}

// agent is who did something.
type agent struct {
	actor cases.Actor
	by    string
}

// by is who did something, as a suite names him: an agent who is not the first to work on it is another one.
func by(actor cases.Actor, who, role string, all []agent) string {
	if actor != cases.Agent {
		return string(actor)
	}
	if role == "supervisor" || role == "admin" {
		return "supervisor"
	}
	if i := slices.IndexFunc(all, func(a agent) bool { return a.actor == cases.Agent }); i >= 0 && all[i].by != who {
		return "other agent"
	}
	return "agent"
}

// uploaded is the number, from 1, of the upload in the chat that brought an event's evidence; 0 if it came otherwise.
func (r *recorder) uploaded(m mark) int {
	return 1 + slices.IndexFunc(r.src.Entries, func(e dialog.Entry) bool {
		return e.Kind == dialog.Upload && e.Evidence != nil && slices.ContainsFunc(m.evidence, func(x cases.Evidence) bool { return string(x.ID) == e.Evidence.ID })
	})
}

// opens are presses that open a case by themselves.
var opens = []dialog.Action{dialog.ActPickOrder, dialog.ActRefundToo, dialog.ActRefundInstead}

// before is the entry, from 0, before which a mark comes: behind what the buyer did to bring it about, ahead of what was
// said of it. Where neither is known the time tells; at one instant he comes first, and then what is said.
func (r *recorder) before(m mark, from int) int {
	after := func(is func(e dialog.Entry) bool) int { return 1 + slices.IndexFunc(r.src.Entries, is) }
	told := fmt.Sprintf("notice:%s:%d:", m.of, m.version)
	if m.kind == cases.EvSupplement {
		if i := r.uploaded(m); i > 0 {
			return i
		}
	}
	for _, i := range []int{
		after(func(e dialog.Entry) bool { return m.key == fmt.Sprintf("chat:%s/%d", r.src.Conversation.ID, e.Seq) }),
		after(func(e dialog.Entry) bool { return strings.HasPrefix(e.Client, told) }) - 1,
	} {
		if i > 0 {
			return i
		}
	}
	if m.kind == cases.EvOpen {
		i := slices.IndexFunc(r.src.Entries[from:], func(e dialog.Entry) bool {
			return e.Kind == dialog.Press && slices.Contains(opens, e.Action) && r.complaining(e.On) == (m.to == "") && !e.At.After(m.at) && m.at.Sub(e.At) <= soon
		})
		if i >= 0 {
			return from + i + 1
		}
	}
	if m.step != nil { // what was said of what went before it came with that
		for i, e := range r.src.Entries {
			var v int
			if rest, ok := strings.CutPrefix(e.Client, "notice:"+m.of+":"); ok {
				if _, err := fmt.Sscanf(rest, "%d:", &v); err == nil && v < m.version {
					from = max(from, i+1)
				}
			}
		}
	}
	i := slices.IndexFunc(r.src.Entries[from:], func(e dialog.Entry) bool {
		return e.At.After(m.at) || e.At.Equal(m.at) && e.Author.Kind != dialog.FromBuyer
	})
	if i < 0 {
		return len(r.src.Entries)
	}
	return from + i
}

// complaining says that a card asks something for a complaint: which order, above all.
func (r *recorder) complaining(card int64) bool {
	return slices.ContainsFunc(r.src.Entries, func(e dialog.Entry) bool { return e.Seq == card && e.Key == "complaint.order" })
}

// taken is the kind of a piece of evidence that he took out of his draft.
func (r *recorder) taken(id string) policy.EvidenceKind {
	for _, p := range r.src.Cases {
		for _, m := range p.Marks {
			for _, e := range m.Event.Evidence {
				if string(e.ID) == id {
					return e.Kind
				}
			}
		}
	}
	return ""
}
