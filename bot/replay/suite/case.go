package suite

import (
	"cmp"
	"fmt"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// Pos is where something stands in a file; Line counts from 1, 0 = the file as a whole.
type Pos struct {
	File string `json:"file"`
	Line int    `json:"line,omitempty"`
}

func (p Pos) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d", p.File, p.Line)
}

// Tier says what a failure of a case means.
type Tier string

// The tiers. An unknown one is an error of the suite.
const (
	Regression Tier = "regression" // a new failure stops a release; the default
	Soft       Tier = "soft"       // reported, stops nothing
	Unreliable Tier = "unreliable" // known to flip; reported apart until somebody mends it
)

// Review says whether a person has read a case. A recorded one is pending until then, and cannot enter the gate.
type Review string

// The reviews; "" is written by hand and so reviewed.
const (
	Pending  Review = "pending"
	Reviewed Review = "reviewed"
	Rejected Review = "rejected" // read and not wanted; never run
)

// None is the topic of what must not be answered: it is out of scope, or nobody can tell what it asks.
const None dialog.Topic = "none"

// Case is one thing to replay, in one language. One of Question and Conversation is set.
type Case struct {
	ID     string
	Pos    Pos
	Locale dialog.Locale
	Tags   []string
	Tier   Tier
	Review Review

	Question     *Question
	Conversation *Conversation
}

// Question is one text and the topic that must answer it.
type Question struct {
	Text   string
	Topic  dialog.Topic   // None: it must not be answered
	Accept []dialog.Topic // others that will do; also asks, flow, human, declines: what may become of it (replay.Decision)
	State  cases.State    // of the case at hand; "" = there is none
	Says   []string       // contained in what is said, all of them
}

// Conversation is a fixture and the steps that follow, in one language already.
type Conversation struct {
	About   string
	Fixture Fixture
	// Never are regular expressions (RE2) that no text of the bot or the system, no label and no card may match.
	Never []string
	// Once: no entry is said twice in the whole conversation (Expect.Once looks at one step).
	Once  bool
	Steps []Step
}

// Fixture is the world before the first step. Times are of Shanghai, "2006-01-02 15:04".
type Fixture struct {
	Clock  Time    `yaml:"clock"`
	Orders []Order `yaml:"orders"`
	// Policy is a policy file, FAQ directories of answers over the built-in ones; relative to the suite's file.
	Policy string   `yaml:"policy"`
	FAQ    []string `yaml:"faq"`
	// Past are the events that brought the case (or the complaint) to where it stands, oldest first.
	Past []Event `yaml:"past"`
	// Unpaid: the payment channel does nothing by itself; payment_succeeded and payment_failed are steps. Otherwise it
	// accepts a refund six hours after it was ordered.
	Unpaid bool `yaml:"unpaid"`
	// Reports are failed uploads that his page told of before he writes: args of dialog.ActTrouble.
	Reports []dialog.Args `yaml:"reports"`
	// Desk is what a buyer who asks for a person is told; nil: nothing is known of it.
	Desk *Desk `yaml:"desk"`
	// Model switches the scripted model on; what it answers stands in the steps before it is asked.
	Model bool `yaml:"model"`
}

// Desk is how busy the agents are.
type Desk struct {
	Agents  int    `yaml:"agents"`
	Waiting int    `yaml:"waiting"`
	Hours   string `yaml:"hours"`
}

// Order is an order line as the order system has it; what is not said is as in most orders (stage.Line).
type Order struct {
	Pos Pos `yaml:"-"`

	Order      string        `yaml:"order"`
	Line       string        `yaml:"line"` // "1" if not said
	Title      Said          `yaml:"title"`
	Spec       string        `yaml:"spec"`
	Shop       string        `yaml:"shop"`
	GoodsFen   int64         `yaml:"goods_fen"`
	FreightFen int64         `yaml:"freight_fen"`
	Quantity   int           `yaml:"quantity"`
	Status     policy.Status `yaml:"status"`
	Paid       Time          `yaml:"paid"`
	Promised   Time          `yaml:"promised"` // when shipping was promised
	Shipped    Time          `yaml:"shipped"`
	Moved      Time          `yaml:"moved"` // last news of the carrier
	Signed     Time          `yaml:"signed"`
	Carrier    string        `yaml:"carrier"`
	Waybill    string        `yaml:"waybill"`
	Parcels    []Parcel      `yaml:"other_parcels"` // beside the one of Waybill
	Categories []string      `yaml:"categories"`
	Tags       []string      `yaml:"tags"`
	Confirmed  bool          `yaml:"confirmed"`  // the exclusion from returns was confirmed at checkout
	NoAddress  bool          `yaml:"no_address"` // the shop has not said where goods go back to
}

// Parcel is another parcel of an order line: on its way until it was signed for.
type Parcel struct {
	Carrier string `yaml:"carrier"`
	Waybill string `yaml:"waybill"`
	Moved   Time   `yaml:"moved"` // last news of the carrier
	Signed  Time   `yaml:"signed"`
}

// Event is something that happens to a case by the ledger. Do is an event kind of package cases, or "open".
type Event struct {
	Pos Pos `yaml:"-"`

	At       Time              `yaml:"at"` // of the past; a step's event happens now
	Do       string            `yaml:"do"`
	By       string            `yaml:"by"` // buyer, merchant, agent, other agent, carrier, payment, system
	Order    string            `yaml:"order"`
	Reason   policy.ReasonID   `yaml:"reason"`
	Type     policy.RefundType `yaml:"type"`
	Amount   int64             `yaml:"amount_fen"`
	Code     string            `yaml:"code"`
	Text     string            `yaml:"text"`
	Method   string            `yaml:"method"`
	Party    cases.Actor       `yaml:"party"`
	Kinds    []string          `yaml:"kinds"`
	Answers  policy.Answers    `yaml:"answers"`
	Carrier  string            `yaml:"carrier"`
	Waybill  string            `yaml:"waybill"`
	Complain bool              `yaml:"complaint"` // of the complaint at hand, in place of the case
}

// Step is one thing that happens, and what must hold after it. Exactly one of the fields up to Model is set.
type Step struct {
	Pos Pos `yaml:"-"`

	// Say is what the buyer writes.
	Say *Said `yaml:"say"`
	// Press is a button that the newest card offers it on, with at least these Args; Form fills what the button asks for.
	Press dialog.Action `yaml:"press"`
	Args  dialog.Args   `yaml:"args"`
	Form  dialog.Args   `yaml:"form"`
	// OldCard lets a press go to a card that is no longer the newest that offers it.
	OldCard bool `yaml:"old_card"`
	// Refused lets a press go to a card that has grown stale: it must be refused, and nothing happens.
	Refused bool `yaml:"refused"`
	// Again sends what he says or presses a second time: "resent", the same after an acknowledgement that was lost;
	// "double", once more before the answer came.
	Again string `yaml:"again"`
	// Upload are kinds of evidence, one piece each.
	Upload []policy.EvidenceKind `yaml:"upload"`
	// Found is what looking at the last piece tells.
	Found *Found `yaml:"found"`
	// Report is an upload that failed, as the page tells it: args of dialog.ActTrouble.
	Report dialog.Args `yaml:"report"`
	// Disconnect drops the buyer's connection, Reconnect opens it again and reads what he missed.
	Disconnect bool `yaml:"disconnect"`
	Reconnect  bool `yaml:"reconnect"`
	// Merchant is what the merchant does (an event kind), Other somebody else's doing; Event has the rest.
	Merchant string `yaml:"merchant"`
	Other    string `yaml:"other"`
	Event    *Event `yaml:"event"`
	// Pass is how far the clock moves on; deadlines fire on the way, each at its time.
	Pass Duration `yaml:"pass"`
	// Agent: join, leave (gives the floor back), resolve (the same, and his part is done), say (Text).
	Agent string `yaml:"agent"`
	Text  *Said  `yaml:"text"`
	// Model is what the model answers from now on.
	Model *Model `yaml:"model"`
	// Look does nothing: what is expected of where things stand.
	Look bool `yaml:"look"`

	Expect *Expect `yaml:"expect"`
}

// Happens is the event of a step of the merchant or of somebody else, with its kind and whose it is as far as the step
// says.
func (s Step) Happens() Event {
	var e Event
	if s.Event != nil {
		e = *s.Event
	}
	if e.Do = s.Other; s.Merchant != "" {
		e.Do, e.By = s.Merchant, cmp.Or(e.By, "merchant")
	}
	return e
}

// Found is what the intake and a reader find in an upload.
type Found struct {
	Hints   []cases.EvidenceHint `yaml:"hints"`   // why it may not do
	Waybill string               `yaml:"waybill"` // a number that was read from it
	// Unseen are points that it must show and that are not seen in it, by their places from 0.
	Unseen []int `yaml:"unseen"`
}

// Model scripts the model service until the next one.
type Model struct {
	// Understands is the structured answer of the Understander, Says the Phraser's text.
	Understands map[string]string `yaml:"understands"`
	Says        string            `yaml:"says"`
	// Fails: "500", "429", "stall", "drop", "rubbish"; "" = it works.
	Fails string `yaml:"fails"`
}

// Expect is what must hold after a step. What is not said is not looked at. Texts are looked for in everything that was
// said to the buyer since the step began: words, titles, rows and labels.
type Expect struct {
	Pos Pos `yaml:"-"`

	Topic    dialog.Topic         `yaml:"topic"` // that the answer rests on; "none": none
	Key      string               `yaml:"key"`   // wording key of one of the entries
	NotKey   string               `yaml:"not_key"`
	Intent   dialog.Intent        `yaml:"intent"`  // as it was understood (in process only)
	Step     *dialog.Step         `yaml:"step"`    // where the guided flow stands; "" = nothing is asked
	State    cases.State          `yaml:"state"`   // of the case
	Card     dialog.CardKind      `yaml:"card"`    // of one of the entries
	Buttons  []dialog.Action      `yaml:"buttons"` // all of them can be pressed now
	NoButton []dialog.Action      `yaml:"no_button"`
	Slots    map[string]string    `yaml:"slots"`    // see View.Slots
	Says     Texts                `yaml:"says"`     // contained, all of them
	SaysNot  Texts                `yaml:"says_not"` // none of them
	Matches  Texts                `yaml:"matches"`  // RE2, all of them
	Silent   bool                 `yaml:"silent"`   // nothing was said
	Holder   dialog.Holder        `yaml:"holder"`
	Deadline map[cases.Timer]Time `yaml:"deadline"` // of the case, to the minute
	Verdict  policy.Kind          `yaml:"verdict"`
	Code     policy.Code          `yaml:"code"`
	Moves    []string             `yaml:"moves"`   // transitions of the case since the step began (STATES.md), in order
	Once     bool                 `yaml:"once"`    // nothing stands twice in what was said since the step began
	Lang     string               `yaml:"lang"`    // zh, en: the language of what was said
	Entries  *int                 `yaml:"entries"` // how many entries were said to the buyer
}

// Said is a text, or one per language.
type Said struct{ ZH, EN string }

// In is the text in a language, "" if there is none in it.
func (s Said) In(l dialog.Locale) string {
	if l == dialog.EN {
		return s.EN
	}
	return s.ZH
}

// Texts are texts, or a list per language.
type Texts struct{ ZH, EN []string }

// In are the texts in a language.
func (t Texts) In(l dialog.Locale) []string {
	if l == dialog.EN {
		return t.EN
	}
	return t.ZH
}

// Time is an instant, written in Shanghai's time.
type Time struct{ time.Time }

// Duration is written as in Go, and with d for days: "49h", "7d", "1d2h".
type Duration time.Duration
