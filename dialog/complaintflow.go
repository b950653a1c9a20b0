package dialog

import (
	"slices"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
)

// The actions of complaints. Those marked "standing" stay valid as long as the complaint allows them; all
// others belong to the card the conversation is at.
const (
	ActComplain             Action = "start_complaint"     // standing
	ActPickKind             Action = "pick_complaint_kind" // args: kind
	ActOtherKind            Action = "other_complaint_kind"
	ActRetell               Action = "retell"
	ActKeepStory            Action = "keep_story"            // what he told stays as it is
	ActComplainOnly         Action = "complain_only"         // no money is asked for
	ActRefundToo            Action = "refund_too"            // consent: a refund draft as well (C-15)
	ActRefundInstead        Action = "refund_instead"        // consent: a refund draft, no complaint
	ActComplaintReady       Action = "complaint_ready"       // evidence given or none to give
	ActFileComplaint        Action = "file_complaint"        // args: complaint, version
	ActDropComplaint        Action = "drop_complaint"        // args: complaint
	ActComplaintOn          Action = "complaint_on"          // go on filling it in
	ActComplaintStatus      Action = "complaint_status"      // standing; args: complaint
	ActComplaintConfirm     Action = "complaint_confirm"     // standing; args: complaint
	ActComplaintUnhappy     Action = "complaint_unhappy"     // standing; args: complaint
	ActComplaintAppeal      Action = "complaint_appeal"      // standing; args: complaint
	ActComplaintAnswer      Action = "complaint_answer"      // standing; args: complaint
	ActComplaintSend        Action = "complaint_send"        // args: complaint
	ActComplaintWithdraw    Action = "complaint_withdraw"    // standing; args: complaint
	ActComplaintWithdrawYes Action = "complaint_withdrawing" // args: complaint
)

var (
	complaintFlowActions = []Action{
		ActPickKind, ActOtherKind, ActRetell, ActKeepStory, ActComplainOnly, ActRefundToo, ActRefundInstead, ActComplaintReady, ActFileComplaint,
		ActDropComplaint, ActComplaintOn, ActComplaintSend, ActComplaintWithdrawYes,
	}
	complaintStanding = []Action{
		ActComplain, ActComplaintStatus, ActComplaintConfirm, ActComplaintUnhappy, ActComplaintAppeal, ActComplaintAnswer, ActComplaintWithdraw,
	}
	// What needs words of his own first (an appeal, an answer) waits until the bot has the floor again.
	complaintUnderHuman = []Action{ActComplaintConfirm, ActComplaintUnhappy, ActComplaintWithdraw, ActComplaintWithdrawYes}
)

// CardComplaint says where a complaint stands; uploads for it go to the card's Complaint in place of its Case.
const CardComplaint CardKind = "complaint"

// The steps of a complaint that is being filled in.
const (
	StepComplaintOrder    Step = "complaint_order"    // which order is it about?
	StepComplaintKind     Step = "complaint_kind"     // what kind of conduct?
	StepComplaintStory    Step = "complaint_story"    // what happened? In his words
	StepComplaintMoney    Step = "complaint_money"    // does he want money back? Then it is another matter
	StepComplaintEvidence Step = "complaint_evidence" // upload what helps, or go on
	StepComplaintSummary  Step = "complaint_summary"  // press to file
	StepComplaintDrop     Step = "complaint_drop"     // give the draft up?
	StepComplaintSay      Step = "complaint_say"      // an answer or an appeal, in his words (Complaint.Pending)
	StepComplaintTwice    Step = "complaint_twice"    // withdrawing is to be confirmed
)

var complaintSteps = []Step{
	StepComplaintOrder, StepComplaintKind, StepComplaintStory, StepComplaintMoney, StepComplaintEvidence, StepComplaintSummary,
	StepComplaintDrop, StepComplaintSay, StepComplaintTwice,
}

// Complaining says whether a step belongs to a complaint.
func (s Step) Complaining() bool { return slices.Contains(complaintSteps, s) }

// IntentComplaint is about the conduct of a shop; with Heard.Money, about a refund as well.
const IntentComplaint Intent = "complaint"

// ComplaintCommand is what a press asks of the ledger of complaints.
type ComplaintCommand struct {
	Open  *policy.Line  // begin a complaint on a line,
	Case  cases.ID      // with the case it has to do with
	ID    complaints.ID // or apply Event to this one
	Event complaints.Event
}

// ComplaintScene is what the flow may look at of the buyer's complaints.
type ComplaintScene struct {
	At    *complaints.Complaint // the one the conversation is at, or that a press names; nil if there is none
	Line  complaints.LineRecord // what is kept of its order line
	Filed *complaints.Complaint // the newest that was filed, nil if there is none
}

// ComplaintFlow is what was said towards a complaint. His words are kept here until a press files them.
type ComplaintFlow struct {
	ID   complaints.ID          `json:"id,omitempty"`
	Kind policy.ComplaintKindID `json:"kind,omitempty"` // heard, or pressed if Picked
	// Picked says that he has pressed the kind: what was only heard does not count.
	Picked bool   `json:"picked,omitempty"`
	Text   string `json:"text,omitempty"`
	// Retelling says that he is about to tell it anew; Text stays until he does.
	Retelling bool `json:"retelling,omitempty"`
	// Money: does he want money back? Asked once, or heard; a complaint itself never pays (C-15).
	Money policy.Tri `json:"money,omitempty"`
	// Talked says that the difference between complaint, refund and intervention was explained and he chose.
	Talked bool `json:"talked,omitempty"`
	// Ready says that he has given what evidence he wants to give.
	Ready bool `json:"ready,omitempty"`
	// Case is the refund case that goes with it.
	Case cases.ID `json:"case,omitempty"`
	// Pending is what StepComplaintSay gathers words for, Say the words.
	Pending Action `json:"pending,omitempty"`
	Say     string `json:"say,omitempty"`
	// Resume is the step that StepComplaintDrop came from.
	Resume Step `json:"resume,omitempty"`
}

// Consented says that he has just agreed to a refund draft beside or in place of the complaint.
func (f ComplaintFlow) Consented() bool {
	return f.Pending == ActRefundToo || f.Pending == ActRefundInstead
}
