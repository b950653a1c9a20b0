package wire

import "recourse/dialog"

// PartScore is a question how a part of a conversation was, and its answer.
type PartScore dialog.Score

// ScoreList are the scores of a conversation.
type ScoreList struct {
	// By when the buyer was asked.
	Scores []PartScore `json:"scores"`
}
