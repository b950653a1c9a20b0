package wire

import "time"

// CopilotAsk asks for help with a conversation.
type CopilotAsk struct {
	// What for: summary of the conversation, suggest a reply, translate a text.
	Kind string `json:"kind" enum:"summary,suggest,translate" example:"suggest"`
	// What is to be translated.
	Text string `json:"text,omitempty" maxLength:"2000" example:"Where is my refund?"`
	// The language of the answer; of the request's own if it is left out. A suggested reply is in the buyer's.
	To string `json:"to,omitempty" enum:"zh-CN,en" example:"zh-CN"`
}

// CopilotText is help. Nobody but the agent has read it: it is never sent by itself.
type CopilotText struct {
	// The text.
	Text string `json:"text"`
	// Figures, dates and names in it that stand neither in the case nor in the conversation: check them.
	Doubts []string `json:"doubts,omitempty" example:"[\"¥999\"]"`
}

// ModelCall is a call of a language model for a conversation, as it was written down.
type ModelCall struct {
	// When it was made, by the wall clock.
	At time.Time `json:"at"`
	// understand, phrase, read or copilot.
	Role string `json:"role" example:"phrase"`
	// The model.
	Model string `json:"model" example:"small-1"`
	// The entry that it is for, by position or client id; the piece of evidence; or the kind of help.
	About string `json:"about,omitempty" example:"re:12:0"`
	// What was sent, personal data masked, without pictures.
	Prompt string `json:"prompt"`
	// What came back, as it came.
	Answer string `json:"answer,omitempty"`
	// Tokens of the prompt.
	In int `json:"tokens_in"`
	// Tokens of the answer.
	Out int `json:"tokens_out"`
	// Cost in millionths of the currency that prices are set in.
	Micro int64 `json:"cost_micro"`
	// How long it took, in milliseconds.
	Millis int64 `json:"ms"`
	// How often it was sent.
	Tries int `json:"tries"`
	// used; refused: it answered, and the reviewed wording or the rules stood; failed: it did not answer; skipped: it
	// was not asked.
	Outcome string `json:"outcome" example:"refused"`
	// Why it was not used.
	Why string `json:"why,omitempty"`
}

// ModelCalls are the latest calls for a conversation, oldest first.
type ModelCalls struct {
	// The latest, oldest first.
	Calls []ModelCall `json:"calls"`
}
