package replay

import (
	"context"
	"errors"
	"time"

	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// Stage plays cases. It is used by several workers at once.
type Stage interface {
	// About says what is played on.
	About() About
	// Ask answers a single question, as the bot would in a conversation whose case stands in the question's state.
	Ask(ctx context.Context, l dialog.Locale, q suite.Question) (Answer, error)
	// Open sets a conversation up to the end of its fixture. seed makes what is drawn (ids, waybills) repeatable.
	Open(ctx context.Context, c suite.Case, seed uint64) (Seat, error)
}

// Order is a stage on which cases are better begun in an order of its own; the others are begun by id. What comes out is
// told by id all the same.
type Order interface {
	Compare(a, b suite.Case) int
}

// Seat is one conversation on a stage.
type Seat interface {
	// Play does a step and returns when everything that follows from it has happened.
	Play(ctx context.Context, s suite.Step) (View, error)
	Close() error
}

// What a stage may answer besides faults of its own.
var (
	// ErrCannot: this stage cannot do that (a remote one cannot move a clock). The case is skipped, and counted so.
	ErrCannot = errors.New("this stage cannot do that")
	// ErrNotOffered: what is pressed is not offered, or refused. The case fails.
	ErrNotOffered = errors.New("not offered")
	// ErrSuite: the suite asks for something that makes no sense here (an unknown event). The case is broken.
	ErrSuite = errors.New("broken case")
)

// About is what a run was played on: with the same About, suites and seed the same must come out.
type About struct {
	Stage  string `json:"stage"`  // "process" or the address of a server
	Policy string `json:"policy"` // version
	FAQ    string `json:"faq"`    // version of the answers
	Model  string `json:"model,omitempty"`
}

// Decision says what becomes of a single question.
type Decision string

// The decisions.
const (
	Answers  Decision = "answers"  // it is answered at once
	AsksBack Decision = "asks"     // he is asked which of several topics he means
	Flows    Decision = "flow"     // it starts or continues a guided flow
	Human    Decision = "human"    // a person is asked for or offered
	Declines Decision = "declines" // one honest sentence and the right place, or that it is not understood
)

// Answer is what a single question leads to.
type Answer struct {
	Decision Decision     `json:"decision"`
	Topic    dialog.Topic `json:"topic,omitempty"` // that answers; of AsksBack none
	// Ranked are the likeliest topics with the probabilities that they are meant, best first, at most five.
	Ranked     []Ranked `json:"ranked,omitempty"`
	Confidence float64  `json:"confidence"` // of the first, from 0 to 1, rounded to 1e-4
	Said       []Said   `json:"said,omitempty"`
	Unseen     []string `json:"unseen,omitempty"` // as in a View
}

// Ranked is a topic and how likely it is meant.
type Ranked struct {
	Topic dialog.Topic `json:"topic"`
	P     float64      `json:"p"` // rounded to 1e-4
}

// View is what can be seen after a step. It is stored, so it must be the same on every machine.
type View struct {
	// Said is what was said to the buyer since the step began, in order: of the bot, the system and agents.
	Said []Said `json:"said,omitempty"`
	// Did is what the buyer's own page shows of the step: his words, the label of what he pressed, his files.
	Did string `json:"did,omitempty"`
	// Beside is what happened beside the chat in the step, in words: "merchant: reject", "+49h0m0s".
	Beside  string        `json:"beside,omitempty"`
	Heard   *Heard        `json:"heard,omitempty"` // in process only
	Holder  dialog.Holder `json:"holder"`
	Agent   string        `json:"agent,omitempty"`   // alias of the holder
	Step    dialog.Step   `json:"step,omitempty"`    // of the guided flow; in process only
	Buttons []Button      `json:"buttons,omitempty"` // that can be pressed now, on any card
	Case    *CaseSeen     `json:"case,omitempty"`
	Moves   []string      `json:"moves,omitempty"` // transitions of the case since the step began
	Now     time.Time     `json:"now"`
	// Slots are what the conversation knows: order, line, reason, want, amount_fen, asked, pending, waybill, carrier, complaint,
	// complaint_kind, and handoff: why a person is wanted, as the desk has it.
	Slots map[string]string `json:"slots,omitempty"`
	// Unseen are the fields of Expect that this stage cannot see ("intent", "step", "slots" or one of them as
	// "slots.asked", UnseenDates); they are not judged, and counted in Trial.Unseen.
	Unseen []string `json:"unseen,omitempty"`
}

// Heard is how a text was understood.
type Heard struct {
	Intent dialog.Intent   `json:"intent,omitempty"`
	Topic  dialog.Topic    `json:"topic,omitempty"`
	Reason policy.ReasonID `json:"reason,omitempty"`
	Angry  bool            `json:"angry,omitempty"`
}

// Said is one entry as the buyer reads it.
type Said struct {
	By    dialog.AuthorKind `json:"by"`
	Kind  dialog.EntryKind  `json:"kind"`
	Key   string            `json:"key,omitempty"`
	Text  string            `json:"text,omitempty"`
	Topic dialog.Topic      `json:"topic,omitempty"`
	Code  string            `json:"code,omitempty"`
	Facts []string          `json:"facts,omitempty"`
	Card  *dialog.Card      `json:"card,omitempty"` // instants and ids as the stage has them
}

// Button is something that can be pressed.
type Button struct {
	Action dialog.Action `json:"action"`
	Args   dialog.Args   `json:"args,omitempty"`
	Label  string        `json:"label,omitempty"`
}

// CaseSeen is the case at hand.
type CaseSeen struct {
	State     cases.State               `json:"state"`
	Reason    policy.ReasonID           `json:"reason,omitempty"`
	Type      policy.RefundType         `json:"type,omitempty"`
	AmountFen int64                     `json:"amount_fen,omitempty"`
	Verdict   policy.Kind               `json:"verdict,omitempty"`
	Code      policy.Code               `json:"code,omitempty"`
	Deadlines map[cases.Timer]time.Time `json:"deadlines,omitempty"`
}
