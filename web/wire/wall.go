package wire

import (
	"time"

	"recourse/dialog"
)

// Wall is the desk at one moment, for who supervises it.
type Wall struct {
	// When it was read, by the marketplace's clock.
	At time.Time `json:"at"`
	// How many buyers wait for an agent.
	Waiting int `json:"waiting" example:"7"`
	// Of those, how many are offered to an agent just now.
	Offered int `json:"offered" example:"2"`
	// Since when the one waits who waits longest; nothing: nobody waits.
	WaitingSince time.Time `json:"waiting_since,omitzero"`
	// What waits, by the skill that it needs; the largest group first. Without a name: no skill in particular.
	Skills []WallGroup `json:"skills"`
	// What waits, by why a person is wanted; the largest group first.
	Reasons []WallGroup `json:"reasons"`
	// What waits, who is next first; at most 100.
	Queue []WallChat `json:"queue"`
	// Agents who are there, or whom a conversation still belongs to.
	Agents []WallAgent `json:"agents"`
	// Conversations at the desk whose case has a deadline within the hours asked for, or over, the nearest first; at most 100.
	Risk []WallChat `json:"risk"`
	// How many there are of those.
	AtRisk int `json:"at_risk" example:"3"`
	// The hours asked for.
	Hours int `json:"hours" example:"4"`
	// Offers that agents let run out today, by the day of the marketplace.
	Missed int64 `json:"missed" example:"1"`
}

// WallGroup is part of what waits.
type WallGroup struct {
	// What they have in common.
	Name string `json:"name" example:"asked"`
	// How many they are.
	Count int `json:"count" example:"4"`
	// Since when the one waits who waits longest of them.
	Since time.Time `json:"since"`
}

// WallChat is a conversation at the desk.
type WallChat struct {
	// The conversation.
	Conversation string `json:"conversation" example:"d_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	// The buyer.
	Buyer string `json:"buyer" example:"b-1001"`
	// Who has the floor.
	Holder dialog.Holder `json:"holder" example:"waiting_human"`
	// Since which change of it: what an assignment must name.
	Epoch int64 `json:"epoch" example:"4"`
	// The login of the agent who has it, or whom it is offered to.
	Agent string `json:"agent,omitempty" example:"zhou"`
	// What he is called.
	AgentName string `json:"agent_name,omitempty" example:"小周"`
	// The buyer's language.
	Locale dialog.Locale `json:"locale" example:"zh-CN"`
	// The skill that it needs.
	Skill string `json:"skill,omitempty" example:"appeals"`
	// Why a person is wanted.
	Reason string `json:"reason,omitempty" example:"asked"`
	// Its place in the queue, from 1; nothing: it does not wait for an agent.
	Place int `json:"place,omitempty" example:"1"`
	// Since when the buyer waits for an agent, or, if one has it, for his answer; nothing: he does not.
	Since time.Time `json:"since,omitzero"`
	// How many agents let it pass.
	Passed int `json:"passed,omitempty" example:"1"`
	// The next deadline of its case.
	Deadline time.Time `json:"deadline,omitzero"`
	// Which deadline that is.
	DeadlineOf string `json:"deadline_of,omitempty" example:"platform_decision"`
	// Whether the platform must act by then, and not the buyer, the merchant or a carrier.
	Ours bool `json:"ours,omitempty"`
}

// WallAgent is an agent at the desk.
type WallAgent struct {
	// His login.
	Login string `json:"login" example:"zhou"`
	// What he is called.
	Name string `json:"name" example:"小周"`
	// His role.
	Role string `json:"role,omitempty" example:"agent"`
	// online, away, or gone: no console of his is connected.
	Status string `json:"status" enum:"online,away,gone" example:"online"`
	// Conversations that are work now, with those he is offered.
	Open int `json:"open" example:"3"`
	// How many he has at a time.
	Capacity int `json:"capacity" example:"5"`
	// Conversations that are his, also those whose buyer is waited for.
	Holds int `json:"holds" example:"4"`
	// How many of his buyers wait for an answer.
	Owed int `json:"owed" example:"1"`
	// Since when the one waits who waits longest for his answer.
	OwedSince time.Time `json:"owed_since,omitzero"`
	// In which conversation that is.
	OwedIn string `json:"owed_in,omitempty" example:"d_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	// Offers in a row that he let run out.
	Missed int `json:"missed" example:"0"`
	// What he can do.
	Skills []string `json:"skills,omitempty" example:"[\"appeals\"]"`
	// What he speaks; nothing: everything.
	Languages []dialog.Locale `json:"languages,omitempty" example:"[\"zh-CN\"]"`
}
