package cases

import (
	"slices"
	"time"
)

// Turn is whose move it is and until when.
type Turn struct {
	Who   Actor
	Timer Timer
	Until time.Time // zero: no deadline
}

// Turn says who must act, and by when.
func (c Case) Turn() Turn {
	info := c.State.Info()
	t := Turn{Who: info.Waits, Timer: info.Timer}
	if c.LacksAddress() {
		t.Who = Merchant
	}
	if c.State == EvidenceRequested {
		t.Who, t.Timer = "", ""
		for _, r := range c.Arbitration.Asked {
			if !r.Answered {
				t.Who, t.Timer = r.Party, evidenceTimer(r.Party)
			}
		}
	}
	if t.Timer != "" {
		t.Until = c.Deadlines[t.Timer]
	}
	return t
}

// LacksAddress says that a return is agreed and nobody has said where to: the merchant is waited for, and if he does not
// say it the platform decides (T13). The buyer's time begins when he knows.
func (c Case) LacksAddress() bool { return c.State == AwaitingReturn && c.Return.Address == "" }

// Milestone is one step of the way a case goes, for a progress line.
type Milestone struct {
	Key     string // wording key
	At      time.Time
	Due     time.Time
	Done    bool
	Current bool
}

// Milestones lays out the way of a case: what is done, where it stands, what is still to come. Roads not
// taken are left out.
func (c Case) Milestones(marks []Mark) []Milestone {
	at := func(ids ...string) time.Time {
		for _, m := range slices.Backward(marks) {
			if slices.Contains(ids, m.ID) {
				return m.At
			}
		}
		return time.Time{}
	}
	var out []Milestone
	add := func(key string, when time.Time) {
		out = append(out, Milestone{Key: key, At: when, Done: !when.IsZero()})
	}
	add("applied", at("T01"))
	merchant := at("T03", "D11", "T04", "T06", "T08", "T27")
	if merchant.IsZero() && !c.Arbitration.EscalatedAt.IsZero() {
		merchant = at("T07") // he stayed silent
	}
	add("merchant", merchant)
	if !c.Return.WaybillAt.IsZero() || c.State == AwaitingReturn {
		add("returned", c.Return.WaybillAt)
		add("inspected", at("T18", "D16", "T16", "T20", "T19", "T23"))
	}
	if !c.Arbitration.EscalatedAt.IsZero() || c.State == MerchantRejected {
		add("escalated", c.Arbitration.EscalatedAt)
		add("reviewed", at("T29"))
		add("ruled", c.Arbitration.RuledAt)
	}
	switch c.State {
	case ClosedWithdrawn, ClosedExpired, ClosedIneligible, ClosedNotSupported, SettledNoRefund:
		out = slices.DeleteFunc(out, func(m Milestone) bool { return !m.Done })
		return append(out, Milestone{Key: string(c.State), At: c.UpdatedAt, Done: true, Current: true})
	}
	if c.Arbitration.Outcome == "support_buyer" {
		add("executed", c.Refund.IssuedAt)
	}
	if !c.Refund.IssuedAt.IsZero() || c.State != AwaitingReship && c.State != ReshipInTransit {
		add("issued", c.Refund.IssuedAt)
		add("arrived", c.Refund.PaidAt)
	}
	for i := range out {
		if !out[i].Done {
			out[i].Current, out[i].Due = true, c.Turn().Until
			return out
		}
	}
	out[len(out)-1].Current = true
	return out
}
