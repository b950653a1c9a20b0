package replay

import (
	"time"

	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// Format is the version of the stored runs. A field may be added to it; one that changes its meaning makes a new one.
const Format = 1

// Run is what came of playing suites. Its JSON is the same for the same About, suites, Options and seed, but for the
// fields that are times: started, took_ms and took_us.
type Run struct {
	Format  int       `json:"format"`
	About   About     `json:"about"`
	Seed    uint64    `json:"seed"`
	Repeat  int       `json:"repeat"` // how often each case was played
	Filter  string    `json:"filter,omitempty"`
	Shard   string    `json:"shard,omitempty"` // "2/5"
	Started time.Time `json:"started,omitzero"`
	TookMS  int64     `json:"took_ms,omitempty"`
	// Complete says that every case was played; a run that was interrupted is not, and cannot be a baseline.
	Complete bool     `json:"complete"`
	Cases    []Result `json:"cases"` // by id
}

// Status is what came of a case.
type Status string

// The statuses.
const (
	Passed  Status = "passed"  // in every trial
	Failed  Status = "failed"  // in every trial
	Flaky   Status = "flaky"   // in some
	Broken  Status = "broken"  // it could not be played: the case itself is wrong
	Errored Status = "error"   // the stage failed
	Skipped Status = "skipped" // the stage cannot play it, or nobody has reviewed it
)

// Result is a case and what came of it.
type Result struct {
	ID     string        `json:"id"`
	Pos    suite.Pos     `json:"pos"`
	Lang   dialog.Locale `json:"lang"`
	Tags   []string      `json:"tags,omitempty"`
	Tier   suite.Tier    `json:"tier"`
	Review suite.Review  `json:"review,omitempty"`
	Status Status        `json:"status"`
	Why    string        `json:"why,omitempty"` // of Broken, Errored, Skipped

	Question *Asked `json:"question,omitempty"`
	// Topics are those that steps of a conversation expect; Input is a digest of its fixture and steps, without what is
	// expected: only what was played with the same input can be judged anew.
	Topics []dialog.Topic `json:"topics,omitempty"`
	Input  string         `json:"input,omitempty"`

	Trials []Trial `json:"trials,omitempty"` // as many as Repeat; equal ones are stored once, see Times
}

// Asked is a question with what was wanted, so that reports need no suite.
type Asked struct {
	Text   string         `json:"text"`
	Topic  dialog.Topic   `json:"topic"`
	Accept []dialog.Topic `json:"accept,omitempty"`
	State  string         `json:"state,omitempty"`
}

// Trial is one playing of a case. Times says how many trials came out exactly so.
type Trial struct {
	Times    int       `json:"times"`
	Failures []Failure `json:"failures,omitempty"`
	Outcome  Outcome   `json:"outcome,omitempty"` // of a question
	Answer   *Answer   `json:"answer,omitempty"`  // of a question
	Views    []View    `json:"views,omitempty"`   // of a conversation, one per step that was played
	// Stopped is why the step after the last view could not be done: what it presses is not offered, or refused.
	Stopped string `json:"stopped,omitempty"`
	// Unseen counts what the steps expect and the stage could not see, by what it is about; it was not judged.
	Unseen map[string]int `json:"unseen,omitempty"`
	TookUS int64          `json:"took_us,omitempty"` // the longest of the equal ones
}

// Outcome is what a question's answer is worth to who owns the answers. Only Right passes, with what the question says among its words.
type Outcome string

// The outcomes.
const (
	Right   Outcome = "right"        // the topic wanted, or one that will do, answered; or nothing did, and nothing must
	Offered Outcome = "asked"        // he was asked which topic he means, and the right one is among them
	Astray  Outcome = "asked_astray" // he was asked, and the right one is not among them
	Refused Outcome = "refused"      // no topic answered: it was declined, given to a person, or a flow began
	Wrong   Outcome = "wrong"        // another topic answered, or one did where none must
)

// Failure is one expectation that did not hold. Step counts from 1; 0 is the conversation as a whole.
type Failure struct {
	Step int       `json:"step,omitempty"`
	Pos  suite.Pos `json:"pos"`
	// What is the field of Expect ("topic", "says", "never", …), or "played": the step could not be done.
	What string `json:"what"`
	Want string `json:"want"`
	Got  string `json:"got"`
}
