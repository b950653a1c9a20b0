package dialog

import (
	"cmp"
	"slices"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// Brief is what an agent must know before he writes the first word, told from state alone: the conversation, its log
// and the case. It is the same for the same state, and no model has part in it. What the program words is in the
// agent's language; what people wrote is quoted as they wrote it.
type Brief struct {
	Conversation ID     `json:"conversation"`   // which conversation
	Version      int64  `json:"version"`        // the state of the conversation that it tells of
	From         int64  `json:"from"`           // the first entry that was read for it; what is older is left out
	Upto         int64  `json:"upto"`           // the last
	Case         string `json:"case,omitempty"` // the case at hand
	// CaseVersion is the state of the case that it tells of.
	CaseVersion int `json:"case_version,omitempty"`

	Handoff   *BriefHandoff   `json:"handoff,omitempty"` // why a person is wanted; none while the bot has the floor
	Facts     []BriefFact     `json:"facts"`             // what is known, and by whom
	Verdict   *BriefVerdict   `json:"verdict,omitempty"` // what the policy says of the claim
	Received  []BriefPiece    `json:"received"`          // the evidence that is there, oldest first
	Missing   []BriefMissing  `json:"missing"`           // what the policy or the platform still wants
	Deadlines []BriefDeadline `json:"deadlines"`         // the clocks that run, the nearest first
	Promises  []BriefPromise  `json:"promises"`          // what the buyer was told with a figure, a date or a promise; empty: none
	Mood      []BriefMood     `json:"mood"`              // anger, distress and threats as they were noticed, oldest first
	Tried     BriefTried      `json:"tried"`             // what the bot did
	LastWords []BriefWords    `json:"last_words"`        // what the buyer wrote last, oldest first
}

// BriefHandoff is why and since when a person is wanted.
type BriefHandoff struct {
	Reason Reason    `json:"reason"`               // why
	Since  time.Time `json:"since"`                // since when
	Holder Holder    `json:"holder"`               // waiting_human, or human once somebody took it
	Agent  string    `json:"agent_name,omitempty"` // who has it, as the buyer knows him
}

// BriefSource says by whom a fact is known.
type BriefSource string

// The sources of facts.
const (
	ByOrder     BriefSource = "order"     // the order system
	ByBuyer     BriefSource = "buyer"     // he said so
	ByMerchant  BriefSource = "merchant"  // the shop said so
	ByPlatform  BriefSource = "platform"  // decided or noted here
	ByLogistics BriefSource = "logistics" // the carrier
	ByPayment   BriefSource = "payment"   // the payment channel
)

// BriefFact is one fact with its source. Of Text, AmountFen and At it has those that say it.
type BriefFact struct {
	Key       string      `json:"key"`                  // what it is, for programs: item, paid, signed, answer.received, …
	Source    BriefSource `json:"source"`               // by whom it is known: order, buyer, merchant, platform, logistics, payment
	Text      string      `json:"text,omitempty"`       // in words; for answers yes or no
	AmountFen int64       `json:"amount_fen,omitempty"` // money, fen
	At        time.Time   `json:"at,omitzero"`          // when
}

// BriefVerdict is the policy's verdict with what it rests on.
type BriefVerdict struct {
	VerdictView
	Facts []string `json:"facts,omitempty"` // ids of the facts of the domain behind its clauses, e.g. F1-29
}

// BriefPiece is a piece of evidence that is there.
type BriefPiece struct {
	ID    string    `json:"id"`              // which
	Label string    `json:"label"`           // its kind, in words
	Party string    `json:"party"`           // buyer or merchant
	At    time.Time `json:"at"`              // when it came
	Flags int       `json:"flags,omitempty"` // how many things to look at twice
}

// BriefMissing is evidence that is wanted and not there: any one of the kinds does.
type BriefMissing struct {
	Labels   []string  `json:"labels"`             // the kinds, in words
	Party    string    `json:"party"`              // whose it is to give
	Required bool      `json:"required,omitempty"` // the claim rests on it
	Asked    bool      `json:"asked,omitempty"`    // the platform asked for it
	Until    time.Time `json:"until,omitzero"`     // until when, if it was asked for
}

// BriefDeadline is a clock that runs.
type BriefDeadline struct {
	Timer string    `json:"timer"`          // which, for programs
	At    time.Time `json:"at"`             // when it runs out
	Main  bool      `json:"main,omitempty"` // the one that matters now
	Then  string    `json:"then,omitempty"` // what happens by itself, in words
}

// BriefPromise is a sentence that the buyer was told, with what binds in it.
type BriefPromise struct {
	Seq   int64      `json:"seq"`            // the entry
	At    time.Time  `json:"at"`             // when it was said
	By    AuthorKind `json:"by"`             // bot, agent or system
	Name  string     `json:"name,omitempty"` // of an agent
	Text  string     `json:"text"`           // the sentence
	Binds []string   `json:"binds"`          // amount, date, time, action
}

// BriefMood is a moment at which the bot noticed how the buyer feels.
type BriefMood struct {
	Kind string    `json:"kind"`           // anger, distress or threat
	Seq  int64     `json:"seq,omitempty"`  // the buyer's entry
	At   time.Time `json:"at"`             // when
	Text string    `json:"text,omitempty"` // his words
}

// BriefTried is what the bot did before a person was wanted.
type BriefTried struct {
	Topics  []BriefTopic  `json:"topics"`  // what it answered, in that order
	Repairs []BriefRepair `json:"repairs"` // where it did not get on, in that order
	// Step is what it asked last and still waits for, "" if nothing: order, reason, answer, evidence, summary, …
	Step Step `json:"step,omitempty"`
	// Misses is how many turns in a row it did not understand, up to now.
	Misses int `json:"misses,omitempty"`
}

// BriefTopic is a question that the bot answered.
type BriefTopic struct {
	Topic Topic     `json:"topic"`          // which
	Label string    `json:"label"`          // the same in words; the id if it has none
	Code  string    `json:"code,omitempty"` // the verdict that it told
	Times int       `json:"times"`          // how often
	Seq   int64     `json:"seq"`            // the latest answer
	At    time.Time `json:"at"`             // when that was
}

// BriefRepair is a way in which the bot did not get on.
type BriefRepair struct {
	Kind  string    `json:"kind"`           // not_understood, asked_which, refused, stale_card, upload_trouble, corrected, left_out
	Code  string    `json:"code,omitempty"` // of a refusal
	Times int       `json:"times"`          // how often
	Seq   int64     `json:"seq"`            // the latest
	At    time.Time `json:"at"`             // when that was
}

// BriefWords is something that the buyer wrote.
type BriefWords struct {
	Seq  int64     `json:"seq"`            // the entry
	At   time.Time `json:"at"`             // when
	Text string    `json:"text"`           // as he wrote it
	Open bool      `json:"open,omitempty"` // nobody has answered it yet
}

// BriefOf is what a brief is told from.
type BriefOf struct {
	Conversation Conversation
	Entries      []Entry // the log, or its end, oldest first
	// Case is the case at hand and View the same for the agent, in his language; both nil if there is none.
	Case *cases.Case
	View *CaseView
	// Kinds and Topics are names in the agent's language; what is not in them is called by its id.
	Kinds  map[policy.EvidenceKind]string
	Topics map[Topic]string
}

// lastWords is how many of the buyer's texts are quoted.
const lastWords = 3

// NewBrief tells a brief.
func NewBrief(of BriefOf) Brief {
	conv := of.Conversation
	b := Brief{
		Conversation: conv.ID, Version: conv.Version, Facts: []BriefFact{}, Received: []BriefPiece{}, Missing: []BriefMissing{},
		Deadlines: []BriefDeadline{}, Promises: promises(of.Entries), Mood: moods(of.Entries), LastWords: []BriefWords{},
		Tried: BriefTried{Topics: answered(of.Entries, of.Topics), Repairs: repairs(of.Entries), Step: conv.Flow.Step, Misses: conv.Flow.Misses},
	}
	if n := len(of.Entries); n > 0 {
		b.From, b.Upto = of.Entries[0].Seq, of.Entries[n-1].Seq
	}
	if conv.Holder != HeldByBot {
		b.Handoff = &BriefHandoff{Reason: conv.Handoff, Since: conv.WaitingSince, Holder: conv.Holder, Agent: conv.AgentName}
	}
	for _, e := range slices.Backward(of.Entries) {
		if e.Author.Kind == FromBuyer && e.Kind == Text && len(b.LastWords) < lastWords {
			b.LastWords = append(b.LastWords, BriefWords{Seq: e.Seq, At: e.At, Text: e.Text, Open: e.Seq > conv.Answered})
		}
	}
	slices.Reverse(b.LastWords)
	if of.Case == nil || of.View == nil {
		if conv.Flow.Story != "" {
			b.Facts = append(b.Facts, BriefFact{Key: "story", Source: ByBuyer, Text: conv.Flow.Story})
		}
		return b
	}
	c, v := *of.Case, *of.View
	b.Case, b.CaseVersion = string(c.ID), c.Version
	b.Facts = caseFacts(c, v)
	b.Verdict = briefVerdict(c, v)
	for _, e := range v.Evidence {
		b.Received = append(b.Received, BriefPiece{ID: e.ID, Label: e.Label, Party: e.Party, At: e.At, Flags: len(e.Flags)})
	}
	slices.SortStableFunc(b.Received, func(x, y BriefPiece) int { return x.At.Compare(y.At) })
	b.Missing = append(b.Missing, missing(c, v, of.Kinds)...)
	for timer, at := range c.Deadlines {
		d := BriefDeadline{Timer: string(timer), At: at, Main: string(timer) == v.DeadlineTimer}
		if d.Main {
			d.Then = v.Then
		}
		b.Deadlines = append(b.Deadlines, d)
	}
	slices.SortFunc(b.Deadlines, func(x, y BriefDeadline) int {
		if n := x.At.Compare(y.At); n != 0 {
			return n
		}
		return cmp.Compare(x.Timer, y.Timer)
	})
	return b
}
