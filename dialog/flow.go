package dialog

import (
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// Step is where a guided flow stands: what the bot asked last.
type Step string

// The steps.
const (
	StepIdle     Step = ""         // nothing is asked
	StepOrder    Step = "order"    // which order line?
	StepReason   Step = "reason"   // what is wrong?
	StepConfirm  Step = "confirm"  // is it this reason?
	StepAnswer   Step = "answer"   // a fact only the buyer knows (Asked)
	StepClaim    Step = "claim"    // what does he ask for: all, a part, a replacement?
	StepEvidence Step = "evidence" // upload what the reason needs
	StepSummary  Step = "summary"  // press confirm to submit
	StepClosed   Step = "closed"   // not eligible: choose what is still open
	StepTwice    Step = "twice"    // an irreversible thing is to be confirmed (Pending)
	StepCancel   Step = "cancel"   // give the draft up? (From)
	StepTrouble  Step = "trouble"  // what happens when he tries to upload? (From)
)

// Flow is the state of the guided flow of a conversation.
type Flow struct {
	Step Step `json:"step,omitempty"`
	// Live is the seq of the card whose buttons are current; 0 when nothing is asked.
	Live int64 `json:"live,omitempty"`
	// Case is the case the conversation is at: a draft being filled in, or the case last spoken of.
	Case cases.ID `json:"case,omitempty"`
	// What was said before a draft existed to hold it.
	Story   string            `json:"story,omitempty"`
	Reason  policy.ReasonID   `json:"reason,omitempty"`
	Doubts  []policy.ReasonID `json:"doubts,omitempty"`
	Answers policy.Answers    `json:"answers,omitzero"`
	Likely  []string          `json:"likely,omitempty"`
	Share   Share             `json:"share,omitzero"`
	// Asked is the question of StepAnswer.
	Asked policy.QuestionID `json:"asked,omitempty"`
	// Answered are the questions that he has answered, in that order: the way back.
	Answered []policy.QuestionID `json:"answered,omitempty"`
	// From is the step that StepCancel and StepTrouble lead back to.
	From Step `json:"from,omitempty"`
	// Pending is the action of StepTwice.
	Pending Action `json:"pending,omitempty"`
	// Summed is the version of the case or complaint that what is to be confirmed shows.
	Summed int `json:"summed,omitempty"`
	// Misses counts turns in a row that were not understood (handoff.after_failed_turns).
	Misses int `json:"misses,omitempty"`
	// Anger are the angry texts of late (handoff.after_angry_turns).
	Anger Anger `json:"anger,omitzero"`
	// Helped is when he was told last where help is for somebody who may hurt himself.
	Helped time.Time `json:"helped,omitzero"`
	// Clarified says that the last thing said was the question which of several topics he means.
	Clarified bool `json:"clarified,omitempty"`
	// Complaint is the complaint being filled in or last spoken of.
	Complaint ComplaintFlow `json:"complaint,omitzero"`
	// Trouble is what went wrong with uploads lately; nil when the last one worked.
	Trouble *Troubles `json:"trouble,omitempty"`
}
