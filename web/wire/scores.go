package wire

import (
	"time"

	"recourse/dialog"
)

// PartScore is a question how a part of a conversation was, and its answer: a dialog.Score, as the API tells it.
type PartScore struct {
	dialog.Segment
	AskedAt    time.Time     `json:"asked_at"`             // when the buyer was asked
	Stars      int           `json:"stars,omitempty"`      // 1 to 5; 0: not scored
	Comment    string        `json:"comment,omitempty"`    // in the buyer's words
	Declined   bool          `json:"declined,omitempty"`   // he does not want to score it; he may think better of it
	AnsweredAt time.Time     `json:"answered_at,omitzero"` // when he scored it first
	ChangedAt  time.Time     `json:"changed_at,omitzero"`  // when he changed it last
	Case       string        `json:"case,omitempty"`       // the case at hand
	State      string        `json:"case_state,omitempty"` // where the case stood when it was scored, or asked for
	Result     dialog.Result `json:"result,omitempty"`     // what had come of the case by then
}

// ScoreList are the scores of a conversation.
type ScoreList struct {
	// By when the buyer was asked.
	Scores []PartScore `json:"scores"`
}
