package dialog

import (
	"slices"
	"strconv"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
)

type complaintButton struct {
	event  cases.EventKind
	action Action
	style  string
}

// complaintButtonOf says which button lets a buyer cause an event of a complaint.
var complaintButtonOf = []complaintButton{
	{complaints.EvConfirm, ActComplaintConfirm, "primary"},
	{complaints.EvNotSatisfied, ActComplaintUnhappy, ""},
	{complaints.EvAnswer, ActComplaintAnswer, "primary"},
	{complaints.EvAppeal, ActComplaintAppeal, ""},
	{complaints.EvWithdraw, ActComplaintWithdraw, "danger"},
}

// ComplaintButtons are what the buyer may do with a complaint now.
func ComplaintButtons(c complaints.Complaint, env complaints.Env) []ButtonSpec {
	allowed := c.Allowed(cases.Buyer, env)
	var out []ButtonSpec
	for _, b := range complaintButtonOf {
		if slices.Contains(allowed, b.event) {
			out = append(out, ButtonSpec{Action: b.action, Args: complaintArgs(&c, false), Style: b.style})
		}
	}
	return out
}

// OfComplaint says whether a button is a right on a complaint, which stands as long as the complaint allows it.
func (a Action) OfComplaint() bool {
	return slices.ContainsFunc(complaintButtonOf, func(b complaintButton) bool { return b.action == a })
}

func (t *turn) complaintEnv() complaints.Env {
	return complaints.Env{Policy: t.scene.Policy, Line: t.scene.Complaints.Line, Now: t.now}
}

// showComplaint says where a complaint stands. The step it stands in is not left.
func (t *turn) showComplaint(c *complaints.Complaint, key string) {
	buttons := append(ComplaintButtons(*c, t.complaintEnv()), button(ActHuman, nil, ""))
	t.show(key, Slots{"complaint": c}, CardSpec{Kind: CardComplaint, Complaint: c, Buttons: buttons}, t.flow.Step)
}

// onFiled carries out a press on the complaint it names, or asks for what it still needs.
func (t *turn) onFiled(p Pressed) {
	c := t.scene.Complaints.At
	if c == nil || p.Args["complaint"] != string(c.ID) {
		t.say("card.stale", nil)
		t.askAgain()
		return
	}
	f := &t.flow.Complaint
	switch p.Action {
	case ActComplaintStatus:
		if t.flow.Step == StepComplaintSay || t.flow.Step == StepComplaintTwice {
			t.flow.Step, f.Pending, f.Say = StepIdle, "", ""
		}
		t.showComplaint(c, "complaint.status")
	case ActFileComplaint:
		if c.State == complaints.Draft && p.Args["version"] != strconv.Itoa(c.Version) {
			t.summarise("summary.changed") // he confirmed something else than what is there now
			return
		}
		t.complaintDo(c, complaints.Event{Kind: complaints.EvFile, Complaint: f.Kind, Text: f.Text, Case: f.Case, Confirmed: true})
	case ActDropComplaint:
		t.complaintDo(c, complaints.Event{Kind: complaints.EvDiscard})
	case ActComplaintConfirm:
		t.complaintDo(c, complaints.Event{Kind: complaints.EvConfirm, Confirmed: true})
	case ActComplaintUnhappy:
		t.complaintDo(c, complaints.Event{Kind: complaints.EvNotSatisfied})
	case ActComplaintWithdraw:
		t.askComplaintTwice(c)
	case ActComplaintWithdrawYes:
		t.complaintDo(c, complaints.Event{Kind: complaints.EvWithdraw, Confirmed: true})
	case ActComplaintAppeal, ActComplaintAnswer:
		if !t.offered(c, p.Action) {
			return
		}
		t.flow = Flow{Case: t.flow.Case, Complaint: ComplaintFlow{ID: c.ID, Pending: p.Action}}
		t.askSay()
	case ActComplaintSend:
		kind := map[Action]cases.EventKind{ActComplaintAppeal: complaints.EvAppeal, ActComplaintAnswer: complaints.EvAnswer}[f.Pending]
		t.complaintDo(c, complaints.Event{Kind: kind, Text: f.Say, Confirmed: true})
	}
}

// offered says whether a complaint still allows an action; if not, it shows what is so.
func (t *turn) offered(c *complaints.Complaint, a Action) bool {
	if slices.ContainsFunc(ComplaintButtons(*c, t.complaintEnv()), func(b ButtonSpec) bool { return b.Action == a }) {
		return true
	}
	t.say("not_allowed", nil)
	t.showComplaint(c, "complaint.status")
	return false
}

// askSay asks for his words, then for the press that sends them.
func (t *turn) askSay() {
	c, f := t.scene.Complaints.At, t.flow.Complaint
	if c == nil || c.ID != f.ID {
		t.flow.Step = StepIdle
		t.menu()
		return
	}
	back := ButtonSpec{Action: ActComplaintStatus, Args: complaintArgs(c, false), Label: "button.keep"}
	if f.Say == "" {
		t.show("complaint.say."+string(f.Pending), nil, choices(back), StepComplaintSay)
		return
	}
	send := ButtonSpec{Action: ActComplaintSend, Args: complaintArgs(c, false), Style: "primary", Label: "button.send." + string(f.Pending)}
	t.show("complaint.said."+string(f.Pending), Slots{"say": f.Say}, choices(send, back), StepComplaintSay)
}

func (t *turn) askComplaintTwice(c *complaints.Complaint) {
	if !t.offered(c, ActComplaintWithdraw) {
		return
	}
	t.flow = Flow{Case: t.flow.Case, Complaint: ComplaintFlow{ID: c.ID}}
	t.show("complaint.withdraw", nil, choices(
		ButtonSpec{Action: ActComplaintWithdrawYes, Args: complaintArgs(c, false), Style: "danger"},
		ButtonSpec{Action: ActComplaintStatus, Args: complaintArgs(c, false), Label: "button.keep"},
	), StepComplaintTwice)
}

func (t *turn) complaintDo(c *complaints.Complaint, ev complaints.Event) {
	ev.Actor, ev.By = cases.Buyer, t.conv.Buyer
	t.plan.Do = &Command{Complaint: &ComplaintCommand{ID: c.ID, Event: ev}}
}

// complaintDone goes on when the ledger has taken an event of a complaint.
func (t *turn) complaintDone(p Plan) {
	c := t.scene.Complaints.At
	f := &t.flow.Complaint
	if p.Do.Complaint.Open != nil {
		f.ID, f.Case = c.ID, c.Case
		t.onComplaint()
		return
	}
	switch p.Do.Complaint.Event.Kind {
	case complaints.EvDiscard:
		t.flow = Flow{Case: t.flow.Case}
		t.show("complaint.dropped", nil, choices(button(ActComplain, nil, ""), button(ActHuman, nil, "")), StepIdle)
	case complaints.EvFile:
		both := f.Money == policy.Yes && t.draft() != nil && t.draft().ID == f.Case
		t.flow = Flow{Case: t.flow.Case, Story: t.flow.Story, Reason: t.flow.Reason, Complaint: ComplaintFlow{ID: c.ID}}
		if both {
			t.say("complaint.now_refund", nil)
			t.intoRefund()
		}
		// What was filed is told by the complaint itself (a notice with its card).
	default:
		t.flow = Flow{Case: t.flow.Case, Complaint: ComplaintFlow{ID: c.ID}}
	}
}

// complaintCodes are the refusals of a complaint that have words of their own.
var complaintCodes = []cases.Code{
	cases.CodeStateConflict, cases.CodeVersionConflict, cases.CodeDeadlinePassed, cases.CodeConfirmation, cases.CodeFieldRequired,
	cases.CodeEvidenceRejected, cases.CodeEvidenceLocked, cases.CodeNotParty, cases.CodeIdempotencyMismatch,
}

// complaintRefused words a refusal: what is so, and what is possible now.
func (t *turn) complaintRefused(err error) {
	code := cases.CodeOf(err)
	if code == "" {
		t.say("error.UNAVAILABLE", nil)
		return
	}
	if code == cases.CodeAlreadyOpen {
		t.say("complaint.already_open", nil)
		t.onComplaint()
		return
	}
	if !slices.Contains(complaintCodes, code) {
		code = cases.CodeStateConflict // whatever it is, it is not possible now
	}
	t.say("complaint.error."+string(code), nil)
	switch {
	case t.drafted() != nil:
		t.onComplaint()
	case t.scene.Complaints.At != nil:
		t.flow.Step = StepIdle
		t.showComplaint(t.scene.Complaints.At, "complaint.status")
	default:
		t.flow.Step = StepIdle
		t.menu()
	}
}

// uploadedComplaint: what was added to a complaint. A draft that is being filled in goes on to its summary
// when he says that he is done.
func (t *turn) uploadedComplaint(u Uploaded) {
	t.say("evidence.got", u.slots())
	t.hints(u.Item)
	if c := t.drafted(); c != nil && c.ID == u.Complaint && t.flow.Step == StepComplaintSummary && !u.More && !t.summed(c.Version) {
		t.summarise("complaint.summary")
	}
}
