package dialog

import (
	"time"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
)

// Intent is what a text is about. It is an understanding, never an order to act: the only thing
// that can change a case is a Pressed.
type Intent string

// The intents of the guided flow.
const (
	IntentUnknown  Intent = ""
	IntentGreet    Intent = "greet"
	IntentRefund   Intent = "refund" // wants his money back, with or without a story
	IntentStatus   Intent = "status" // where does it stand, where is the money
	IntentEscalate Intent = "escalate"
	IntentWithdraw Intent = "withdraw"
	IntentEvidence Intent = "evidence" // wants to add, or asks what to add
	IntentHuman    Intent = "human"
	IntentDistress Intent = "distress" // he writes that he does not want to live, or means to hurt himself
	IntentThreat   Intent = "threat"   // he writes that he is going to hurt somebody
	IntentBot      Intent = "bot"      // back to the assistant
	IntentYes      Intent = "yes"
	IntentNo       Intent = "no"
	IntentThanks   Intent = "thanks"
	IntentSolved   Intent = "solved" // he says that his matter is done with
	IntentCancel   Intent = "cancel" // stop asking
	IntentRepeat   Intent = "repeat"
	IntentWhy      Intent = "why" // why do you need this?
	IntentOutside  Intent = "out_of_scope"
	IntentTrouble  Intent = "upload_trouble" // an upload does not work
	IntentNoun     Intent = "noun"           // a thing is named, and nothing said of it
	IntentEmpty    Intent = "empty"          // nothing but blanks
	IntentAccept   Intent = "accept"         // what is offered
	IntentDecline  Intent = "decline"
	// What is said about the conversation itself.
	IntentCorrect Intent = "correct" // of what he gave before (Heard.Corrects)
	IntentBack    Intent = "back"    // to the question before
	IntentSkip    Intent = "skip"    // he has nothing to give there
	IntentRefuse  Intent = "refuse"  // he does not want to give it
	IntentWait    Intent = "wait"    // he will, later
)

// Input is one thing that happened in the conversation and wants an answer: Heard, Pressed or Uploaded.
type Input interface{ input() }

// Heard is a text as it was understood.
type Heard struct {
	Text   string
	Intent Intent
	// Reason is the reason the text speaks for; the buyer confirms it before it counts.
	Reason policy.ReasonID
	// Doubts are other reasons that the text could mean as well.
	Doubts []policy.ReasonID
	// Lines are the order lines the text may be about, likeliest first, as keys of LineKey.
	Lines []string
	// Angry says that he deserves a word before the next question.
	Angry bool
	// Past says that it was said to a human who has given the floor back since: courtesies and half sentences
	// among people are not for the bot to come back to.
	Past bool
	// Complaint is the kind of conduct the text speaks of; the buyer confirms it before it counts. Money says that
	// he asks for money or goods back in it; Asks, that he asks where his complaint stands.
	Complaint   policy.ComplaintKindID
	Money, Asks bool
	// Answers are facts he gave unasked ("收到了", "没用过").
	Answers policy.Answers
	// Topic is a question with a reviewed answer that the text asks by a rule, "" for none.
	Topic Topic
	// Question is what it asks by its likeness to examples, which is less sure than a rule.
	Question Question
	// Tail is the question that the text ends in after it has said something else.
	Tail Tail
	// Trouble is what he says happens when he uploads, "" if he does not say. It counts when he presses it.
	Trouble Trouble
	// Share is the part of the goods that he says is affected.
	Share Share
	// Points are kinds of evidence that his words point at: a torn box, a sentence of the merchant.
	Points []policy.EvidenceKind
	// AmountFen is a sum of money he named, 0 if none. It counts when he has confirmed it with a press.
	AmountFen int64
	// Corrects is what IntentCorrect is about; empty: what he gave last.
	Corrects Datum
	// CameOn is the day on which he says that the goods came.
	CameOn Day
	// Waybill is a number that he typed, Carrier whose it is, "" if that is not known. They count when he presses.
	Waybill, Carrier string
	// Want is what he says he asks for. It counts when he presses.
	Want policy.RefundType
}

// Day is a day as somebody names it: so many days ago, the n-th day of a term, or a date without its year (Month is 0
// for "the 20th"). The zero value names none.
type Day struct {
	Named      bool
	Ago, Nth   int
	Month, Day int
}

// Question is what a text may ask of the FAQ.
type Question struct {
	// Topics are what it may ask, likeliest first; none: nothing that is known.
	Topics []Topic
	// Sure says that it asks the first. Otherwise it asks one of them or something else: he is asked which.
	Sure bool
	// Form says that it is put as a question, and does not only tell what happened or what is wanted.
	Form bool
	// Wish says that he wants something done, in words of wanting: whatever he asks besides, that is what he is here for.
	Wish bool
}

// Tail is a question at the end of a text that has said something else before: "yes, and who pays the postage?". Its
// Text is "" where there is none.
type Tail struct {
	Text string
	// Topic is what it asks by a rule, Question by its likeness to examples; both of itself, without what stands before.
	Topic    Topic
	Question Question
	// Complaint is the conduct that it speaks of: "why do they insult me?" asks nothing.
	Complaint policy.ComplaintKindID
	// Said is what stands before it, understood by itself; nil where there is no question.
	Said *Heard
}

// apart is a text that ends in a clear question: the question, with what he says besides as if it stood alone. Else
// what he asks about ("what if the refund has not arrived?") would be taken for what he says.
func (h Heard) apart() Heard {
	said := *h.Tail.Said
	said.Text, said.Tail, said.Past, said.Angry = h.Text, h.Tail, h.Past, h.Angry
	said.Topic, said.Question = h.Tail.asks(), h.Tail.Question
	said.Question.Form = true
	if len(said.Lines) == 0 {
		said.Lines = h.Lines
	}
	return said
}

// asks is the topic that the question is clear about, "" for none.
func (q Tail) asks() Topic {
	switch {
	case q.Said == nil || q.Complaint != "":
		return ""
	case q.Topic != "":
		return q.Topic
	case q.Question.Sure:
		return q.Question.Topics[0]
	}
	return ""
}

// Share is a part of the goods in whole pieces, as the buyer gave it: "two of the six". The zero value is none;
// Of may be 0 when he named only the pieces.
type Share struct {
	N  int `json:"n,omitempty"`
	Of int `json:"of,omitempty"`
}

// Part is the share of an amount, rounded down to the fen; 0 if the share is not known or not a part.
// pieces is how many there are when he did not say.
func (s Share) Part(amount Fen, pieces int) Fen {
	of := s.Of
	if of == 0 {
		of = pieces
	}
	if s.N <= 0 || s.N >= of {
		return 0
	}
	return amount * Fen(s.N) / Fen(of)
}

// Pressed is a button that the buyer pressed. Web has checked that the card offered it.
type Pressed struct {
	On     int64
	Action Action
	Args   Args
}

// Uploaded is a piece of evidence that the case has taken.
type Uploaded struct {
	Item      EvidenceItem
	Case      cases.ID
	Complaint complaints.ID // in place of Case
	At        time.Time     // when the case took it
	// Unseen are points that a picture of the kind must show and that a reader did not see in it. It may be wrong: the
	// buyer is told before anybody decides, and nothing follows from it.
	Unseen Points
	// More says that another upload to the same case waits for its answer: that one goes on, this one gets a receipt.
	More bool
}

func (Heard) input()    {}
func (Pressed) input()  {}
func (Uploaded) input() {}

// LineKey names an order line in presses and understandings.
func LineKey(order, line string) string { return order + "/" + line }

// Scene is what the flow may look at besides the conversation: a snapshot, read before the turn.
type Scene struct {
	Lines []LineScene // the buyer's order lines, newest first
	// Case is the case the conversation is at; nil if there is none.
	Case *cases.Case
	// Line is the ledger's record of that case's order line.
	Line   cases.LineRecord
	Now    time.Time
	Policy *policy.Policy
	// Complaints are the buyer's, beside his cases.
	Complaints ComplaintScene
	// Refund is what the payment channel says of the case's refund; nil: it was not asked, or did not answer.
	Refund *cases.RefundRecord
	// FAQ are the reviewed answers; nil: none but those that are worded here.
	FAQ FAQ
}

// LineScene is an order line and what earlier cases left on it.
type LineScene struct {
	Line    policy.Line
	History policy.LineHistory
}

// Command is what a press asks of the ledger. Only Next makes them, and only from a Pressed.
type Command struct {
	// Open begins a draft on a line; otherwise Event is applied to Case.
	Open  *policy.Line
	Case  cases.ID
	Event cases.Event
	// Complaint, if set, is for the ledger of complaints, and the rest is empty.
	Complaint *ComplaintCommand
}

// Reply is one thing to say: a wording key with slots, and perhaps a card. Words are made elsewhere.
type Reply struct {
	Key string
	// Words, if given, are said in place of the wording that Key has; Key then only names them in the log.
	Words Wording
	Slots Slots
	Card  *CardSpec
	// What it rests on, for the entry's Basis.
	Topic Topic
	Code  policy.Code
	Facts []string
	FAQ   string // version of the answers, if Words are one of them
}

// Slots fill the holes of a wording. Values are facts of policy and case: time.Time, Fen, int,
// policy ids, or text that the buyer or merchant wrote.
type Slots map[string]any

// Points are some of what a kind of evidence must show (policy), by their places there.
type Points struct {
	Kind policy.EvidenceKind
	At   []int
}

// Fen is an amount of money.
type Fen int64

// Bytes is the size of a file.
type Bytes int64

// Key is a wording inside a wording: the words of that key, or nothing if it has none.
type Key string

// Carrier is a carrier by its code (package waybill).
type Carrier string

// CardSpec is a card before words: what it shows, and the actions it offers.
type CardSpec struct {
	Kind    CardKind
	Lines   []LineScene // orders
	Likely  []string
	Verdict *policy.Verdict
	Case    *cases.Case // evidence, summary, case
	// Kinds narrows the checklist to these; nil: all that the reason names.
	Kinds  []policy.EvidenceKind
	MaxFen int64 // claim
	// Complaint is what a card of a complaint shows; Filing what of it is not stored yet.
	Complaint *complaints.Complaint
	Filing    ComplaintFlow
	Buttons   []ButtonSpec
}

// ButtonSpec is a button before words. Label is a wording key; empty means "button.<action>". Words, if given, are
// the label itself.
type ButtonSpec struct {
	Action Action
	Args   Args
	Style  string
	Label  string
	Words  Wording
	Slots  Slots
}

// Plan is what one turn decides.
type Plan struct {
	// Do is applied to the ledger first; After then says what follows from its outcome.
	Do      *Command
	Replies []Reply
	// Notes are for agents only.
	Notes []Reply
	Flow  Flow
	// Case changes the case the conversation is at.
	Case cases.ID
	// Handoff asks for a human. Instead says that Replies, and the step that they lead to, are only for when no human
	// is there.
	Handoff Reason
	Instead bool
	// Wanted says that the buyer pressed for it, whatever the reason.
	Wanted bool
	// Return takes the conversation back from the queue.
	Return bool
	// Survey changes what the conversation knows of its scores; nil leaves it.
	Survey *Survey
	// Solved: this is a moment to ask the buyer how he was helped, if he is to be asked (dialog.Solved).
	Solved bool
	// LookUp: Scene.Refund is missing and would be told. Whoever can, reads it and decides again; the plan holds
	// without it, too.
	LookUp bool
}
