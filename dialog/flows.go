package dialog

import (
	"slices"
	"strings"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
)

// FlowID names a guided flow: what somebody wants to get done.
type FlowID string

// The flows.
const (
	FlowApply     FlowID = "apply"     // check eligibility and apply
	FlowEvidence  FlowID = "evidence"  // supplement evidence
	FlowReturn    FlowID = "return"    // send back, fill in the waybill
	FlowOffer     FlowID = "offer"     // answer the merchant's offer
	FlowEscalate  FlowID = "escalate"  // ask the platform to decide
	FlowStatus    FlowID = "status"    // where it stands, where the money is
	FlowComplaint FlowID = "complaint" // about a shop's conduct
	FlowTrouble   FlowID = "trouble"   // an upload does not work
	FlowWithdraw  FlowID = "withdraw"
	FlowAppeal    FlowID = "appeal"
	FlowMerchant  FlowID = "merchant" // a shop's questions; it collects nothing
)

// Flows lists them.
func Flows() []FlowID {
	return []FlowID{
		FlowApply, FlowEvidence, FlowReturn, FlowOffer, FlowEscalate, FlowStatus, FlowComplaint, FlowTrouble, FlowWithdraw, FlowAppeal, FlowMerchant,
	}
}

// Datum is what a flow collects from the buyer.
type Datum string

// The data.
const (
	DatumOrder    Datum = "order"    // which order line
	DatumReason   Datum = "reason"   // what is wrong
	DatumFact     Datum = "answer"   // a fact only he knows
	DatumClaim    Datum = "claim"    // what he asks for
	DatumEvidence Datum = "evidence" // files, or a statement in their place
	DatumConsent  Datum = "consent"  // a yes to exactly what is shown
	DatumWay      Datum = "way"      // which of the ways that are open
	DatumWaybill  Datum = "waybill"
	DatumKind     Datum = "kind"  // of conduct
	DatumStory    Datum = "story" // in his words
	DatumMoney    Datum = "money" // does he want money back
	DatumTrouble  Datum = "trouble"
)

// Asking is one thing that a flow waits for. The questions of StepAnswer and what a draft still lacks are the
// policy's: a changed policy asks for other things, in the same steps.
type Asking struct {
	Flow FlowID
	Step Step
	// Question tells the questions of StepAnswer apart, Pending those of StepTwice and StepComplaintSay, and Event
	// what the buyer may do where nothing is asked and his case or complaint waits.
	Question policy.QuestionID
	Pending  Action
	Event    cases.EventKind
	Collects Datum
	// Answers are the presses that answer it. Whatever he writes only prepares one of them.
	Answers []Action
	// Words says that what he writes there is kept as his words.
	Words bool
}

// String names an asking: its flow, its step, and what tells it from others there.
func (a Asking) String() string {
	parts := []string{string(a.Flow), string(a.Step), string(a.Question), string(a.Pending), string(a.Event)}
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "/")
}

// Askings are all that the flows ask, in the order in which they come.
func Askings() []Asking {
	list := []Asking{
		{Flow: FlowApply, Step: StepOrder, Collects: DatumOrder, Answers: []Action{ActPickOrder, ActMoreOrders}},
		{Flow: FlowApply, Step: StepReason, Collects: DatumReason, Answers: []Action{ActPickReason}, Words: true},
		{Flow: FlowApply, Step: StepConfirm, Collects: DatumReason, Answers: []Action{ActPickReason, ActOtherReason}},
	}
	for _, q := range policy.YesNo() {
		list = append(list, Asking{Flow: FlowApply, Step: StepAnswer, Question: q, Collects: DatumFact, Answers: []Action{ActAnswer}})
	}
	list = append(list, restOfApply...)
	list = append(list, atRest...)
	return append(list, ofComplaints...)
}

var restOfApply = []Asking{
	{Flow: FlowApply, Step: StepClaim, Collects: DatumClaim, Answers: []Action{ActAsk, ActClaim}},
	{Flow: FlowApply, Step: StepEvidence, Collects: DatumEvidence, Answers: []Action{ActReady, ActStatement, ActUnstage, ActEdit}, Words: true},
	{Flow: FlowApply, Step: StepSummary, Collects: DatumConsent, Answers: []Action{ActSubmit, ActEdit, ActClaim, ActCancel}},
	{Flow: FlowApply, Step: StepClosed, Collects: DatumWay, Answers: []Action{ActPickReason, ActOtherReason, ActEdit, ActCancel}},
	{Flow: FlowApply, Step: StepCancel, Collects: DatumConsent, Answers: []Action{ActCancel, ActGoOn}},
	{Flow: FlowTrouble, Step: StepTrouble, Collects: DatumTrouble, Answers: []Action{ActTrouble}},
	{Flow: FlowApply, Step: StepTwice, Pending: ActResubmit, Collects: DatumConsent, Answers: []Action{ActResubmitYes}},
	{Flow: FlowWithdraw, Step: StepTwice, Pending: ActWithdraw, Collects: DatumConsent, Answers: []Action{ActWithdrawYes}},
	{Flow: FlowOffer, Step: StepTwice, Pending: ActAccept, Collects: DatumConsent, Answers: []Action{ActAcceptYes}},
	{Flow: FlowAppeal, Step: StepTwice, Pending: ActAppeal, Collects: DatumConsent, Answers: []Action{ActAppealYes}},
	{Flow: FlowStatus, Step: StepTwice, Pending: ActBalance, Collects: DatumConsent, Answers: []Action{ActBalanceYes}},
}

// atRest: the conversation asks nothing, but the case waits for the buyer.
var atRest = []Asking{
	{Flow: FlowEvidence, Event: cases.EvSupplement, Collects: DatumEvidence, Answers: []Action{ActTrouble}},
	{Flow: FlowReturn, Event: cases.EvFillTracking, Collects: DatumWaybill, Answers: []Action{ActTracking}},
	{Flow: FlowReturn, Event: cases.EvFixTracking, Collects: DatumWaybill, Answers: []Action{ActTracking}},
	{Flow: FlowReturn, Event: cases.EvSendRest, Collects: DatumWaybill, Answers: []Action{ActSendRest}},
	{Flow: FlowOffer, Event: cases.EvAcceptOffer, Collects: DatumWay, Answers: []Action{ActAccept, ActDecline}},
	{Flow: FlowEscalate, Event: cases.EvEscalate, Collects: DatumWay, Answers: []Action{ActEscalate, ActWait, ActResubmit}},
	{Flow: FlowStatus, Event: cases.EvReceived, Collects: DatumConsent, Answers: []Action{ActReceived}},
	{Flow: FlowStatus, Event: cases.EvConsentBalance, Collects: DatumConsent, Answers: []Action{ActBalance}},
	{Flow: FlowAppeal, Event: cases.EvAppeal, Collects: DatumEvidence, Answers: []Action{ActAppeal}},
	{Flow: FlowWithdraw, Event: cases.EvWithdraw, Collects: DatumWay, Answers: []Action{ActWithdraw}},
}

var ofComplaints = []Asking{
	{Flow: FlowComplaint, Step: StepComplaintOrder, Collects: DatumOrder, Answers: []Action{ActPickOrder}, Words: true},
	{Flow: FlowComplaint, Step: StepComplaintKind, Collects: DatumKind, Answers: []Action{ActPickKind}, Words: true},
	{Flow: FlowComplaint, Step: StepComplaintStory, Collects: DatumStory, Answers: []Action{ActKeepStory}, Words: true},
	{Flow: FlowComplaint, Step: StepComplaintMoney, Collects: DatumMoney, Answers: []Action{ActComplainOnly, ActRefundToo, ActRefundInstead}, Words: true},
	{Flow: FlowComplaint, Step: StepComplaintEvidence, Collects: DatumEvidence, Answers: []Action{ActComplaintReady}, Words: true},
	{Flow: FlowComplaint, Step: StepComplaintSummary, Collects: DatumConsent, Answers: []Action{ActFileComplaint, ActOtherKind, ActRetell, ActDropComplaint}, Words: true},
	{Flow: FlowComplaint, Step: StepComplaintDrop, Collects: DatumConsent, Answers: []Action{ActDropComplaint, ActComplaintOn}},
	{Flow: FlowComplaint, Step: StepComplaintSay, Pending: ActComplaintAppeal, Collects: DatumStory, Answers: []Action{ActComplaintSend}, Words: true},
	{Flow: FlowComplaint, Step: StepComplaintSay, Pending: ActComplaintAnswer, Collects: DatumStory, Answers: []Action{ActComplaintSend}, Words: true},
	{Flow: FlowComplaint, Step: StepComplaintTwice, Collects: DatumConsent, Answers: []Action{ActComplaintWithdrawYes}},
	{Flow: FlowComplaint, Event: complaints.EvConfirm, Collects: DatumConsent, Answers: []Action{ActComplaintConfirm, ActComplaintUnhappy}},
	{Flow: FlowComplaint, Event: complaints.EvAnswer, Collects: DatumWay, Answers: []Action{ActComplaintAnswer}},
	{Flow: FlowComplaint, Event: complaints.EvAppeal, Collects: DatumWay, Answers: []Action{ActComplaintAppeal}},
	{Flow: FlowComplaint, Event: complaints.EvWithdraw, Collects: DatumWay, Answers: []Action{ActComplaintWithdraw}},
}
