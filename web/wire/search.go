package wire

import (
	"time"

	"recourse/dialog"
)

// FoundList are conversations that were found.
type FoundList struct {
	// The one that something happened in last first.
	Found []Found `json:"found"`
	// Where to go on; nothing: that was all. A page may be short, or empty, and still not the last.
	Next string `json:"next_cursor,omitempty"`
}

// Found is a conversation that was found.
type Found struct {
	// The conversation.
	Conversation string `json:"conversation" example:"d_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	// The buyer.
	Buyer string `json:"buyer" example:"b-1001"`
	// Who has the floor.
	Holder dialog.Holder `json:"holder" example:"human"`
	// The agent who has it, or had it last, as buyers know him.
	AgentName string `json:"agent_name,omitempty" example:"小周"`
	// The case that it is about.
	Case string `json:"case,omitempty" example:"c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	// Where the case stands.
	CaseState string `json:"case_state,omitempty" example:"merchant_review"`
	// The goods.
	Title string `json:"title,omitempty" example:"智能手环"`
	// The order.
	Order string `json:"order,omitempty" example:"6920251100010001"`
	// What agents keep of it.
	Tags []string `json:"tags,omitempty" example:"[\"photos\"]"`
	// The line in which the text stands, cut around it.
	Line string `json:"line,omitempty" example:"…我要退款，盒子是空的…"`
	// Which entry of the conversation that is.
	Entry int64 `json:"entry,omitempty" example:"7"`
	// When its agent resolved it, if nobody has taken it since.
	ResolvedAt time.Time `json:"resolved_at,omitzero"`
	// When something happened in it last.
	At time.Time `json:"at"`
}
