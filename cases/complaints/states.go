package complaints

import (
	"slices"
	"time"

	"recourse/cases"
)

// State is a state of domain §3.10.
type State string

// The states. Draft and BuyerAnswerDue are ours: evidence is staged before a complaint is filed, as in a
// case, and a buyer who is complained of is heard as a shop is.
const (
	Draft            State = "draft"
	Filed            State = "filed"
	MerchantReplyDue State = "merchant_reply_due"
	BuyerAnswerDue   State = "buyer_answer_due"
	SolutionProposed State = "solution_proposed"
	PlatformAudit    State = "platform_audit"
	UserConfirm      State = "user_confirm"
	AppealReview     State = "appeal_review"
	ClosedResolved   State = "closed_resolved"
	ClosedNotUpheld  State = "closed_not_upheld"
	ClosedWithdrawn  State = "closed_withdrawn"
)

// The timers of a complaint.
const (
	TimerDraft   cases.Timer = "draft_ttl"
	TimerReply   cases.Timer = "reply"
	TimerAudit   cases.Timer = "audit"
	TimerConfirm cases.Timer = "confirm"
	TimerAppeal  cases.Timer = "appeal_window"
)

// StateInfo is what is known of a state.
type StateInfo struct {
	State State
	ZH    string
	Means string
	Waits cases.Actor // whose turn it is; "" = nobody's
	// Terminal states end the complaint; an appeal may still follow on all but the last.
	Terminal bool
	Timer    cases.Timer
}

var states = []StateInfo{
	{State: Draft, ZH: "填写中", Means: "the buyer says what happened and gathers evidence", Waits: cases.Buyer, Timer: TimerDraft},
	{State: Filed, ZH: "已提交", Means: "filed; the platform passes it on to the other party (F3-36)", Waits: cases.System, Timer: TimerAudit},
	{State: MerchantReplyDue, ZH: "待商家回复", Means: "the merchant must answer with a solution (F3-37)", Waits: cases.Merchant, Timer: TimerReply},
	{State: BuyerAnswerDue, ZH: "待买家说明", Means: "a merchant complained; the buyer may give his side", Waits: cases.Buyer, Timer: TimerReply},
	{State: SolutionProposed, ZH: "商家已提出方案", Means: "the merchant proposed a solution (F3-38); an agent will look at it", Waits: cases.Agent, Timer: TimerAudit},
	{State: PlatformAudit, ZH: "平台审核中", Means: "an agent audits (F3-08, F3-39)", Waits: cases.Agent, Timer: TimerAudit},
	{State: UserConfirm, ZH: "待用户确认", Means: "upheld; the buyer says whether that settles it (F3-40)", Waits: cases.Buyer, Timer: TimerConfirm},
	{State: AppealReview, ZH: "申诉复核中", Means: "another agent looks again (F3-11)", Waits: cases.Agent, Timer: TimerAudit},
	{State: ClosedResolved, ZH: "已处理", Means: "upheld and closed", Terminal: true, Timer: TimerAppeal},
	{State: ClosedNotUpheld, ZH: "投诉不成立", Means: "not upheld", Terminal: true, Timer: TimerAppeal},
	{State: ClosedWithdrawn, ZH: "已撤销", Means: "withdrawn, or never filed", Terminal: true},
}

// States lists all states in the order of the domain.
func States() []StateInfo { return slices.Clone(states) }

// Info is what is known of a state.
func (s State) Info() StateInfo {
	i := slices.IndexFunc(states, func(i StateInfo) bool { return i.State == s })
	if i < 0 {
		return StateInfo{State: s}
	}
	return states[i]
}

// Terminal says whether a complaint in this state is over.
func (s State) Terminal() bool { return s.Info().Terminal }

// Turn says who must act, and by when.
func (c Complaint) Turn() cases.Turn {
	info := c.State.Info()
	return cases.Turn{Who: info.Waits, Timer: info.Timer, Until: c.Deadlines[info.Timer]}
}

// Milestones lays out the way of a complaint, roads not taken left out.
func (c Complaint) Milestones(marks []Mark) []cases.Milestone {
	at := func(ids ...string) time.Time {
		for _, m := range slices.Backward(marks) {
			if slices.Contains(ids, m.ID) {
				return m.At
			}
		}
		return time.Time{}
	}
	var out []cases.Milestone
	add := func(key string, when time.Time) {
		out = append(out, cases.Milestone{Key: key, At: when, Done: !when.IsZero()})
	}
	add("filed", c.FiledAt)
	answered := at("K08", "K09", "K10", "K11")
	if c.By == cases.Merchant {
		add("answered", answered)
	} else {
		add("replied", answered)
	}
	add("audited", at("K14", "K15"))
	if c.By == cases.Buyer && c.Audit.Outcome != NotUpheld {
		add("confirmed", at("K16", "K17", "K18"))
	}
	if c.Audit.Appeals > 0 {
		add("appealed", at("K20"))
		add("reviewed", at("K22", "K23"))
	}
	if c.State.Terminal() {
		out = slices.DeleteFunc(out, func(m cases.Milestone) bool { return !m.Done })
		return append(out, cases.Milestone{Key: string(c.State), At: c.UpdatedAt, Done: true, Current: true})
	}
	for i := range out {
		if !out[i].Done {
			out[i].Current, out[i].Due = true, c.Turn().Until
			break
		}
	}
	return out
}
