// Package wire holds the frames of recourse.v1 and the shapes of the HTTP API as Go types.
//
// They are the source: TypeScript types are generated from them, PROTOCOL.md is held against them
// by a test, and the golden frames under testdata are read by Go and TypeScript alike.
// The package knows nothing of sockets, storage or decisions.
package wire

//go:generate go run ./gen ../ui/shared/wire.ts ../PROTOCOL.md
//go:generate go test recourse/web -run TestTheDocumentIsTheOneThatIsCommitted -update

import (
	"encoding/json"
	"time"

	"recourse/dialog"
)

// Subprotocol is what both sides must agree on in the WebSocket handshake.
const Subprotocol = "recourse.v1"

// Type is the discriminator of a frame.
type Type string

// Frames a client sends.
const (
	THello   Type = "hello"
	TSay     Type = "say"
	TPress   Type = "press"
	TSeen    Type = "seen"
	TTyping  Type = "typing"
	TWatch   Type = "watch"   // agents
	TUnwatch Type = "unwatch" // agents
	TClaim   Type = "claim"   // agents
	TRelease Type = "release" // agents
	TNote    Type = "note"    // agents
)

// Frames the server sends (typing and seen go both ways).
const (
	TWelcome  Type = "welcome"
	TEntry    Type = "entry"
	TAck      Type = "ack"
	TError    Type = "error"
	TState    Type = "state"
	TPresence Type = "presence"
	TQueue    Type = "queue"
	TInbox    Type = "inbox" // agents
	TDrain    Type = "drain"
	TDraft    Type = "draft" // buyers
)

// Hello is the first frame of every socket; the token is never in the URL.
type Hello struct {
	T Type `json:"t"`
	// Token is the shop's JWT, or the session of an earlier welcome; agents send their login session.
	Token string `json:"token"`
	// Conversation and Since resume: entries after Since are sent. Log is what the welcome named.
	Conversation string `json:"conversation,omitempty"`
	Since        int64  `json:"since,omitempty"`
	Log          string `json:"log,omitempty"`
	Locale       string `json:"locale,omitempty"`
}

// Say is a text of the buyer, or of the agent who holds the conversation.
type Say struct {
	T            Type   `json:"t"`
	ID           string `json:"id"` // made by the client; the same id is stored once
	Conversation string `json:"conversation,omitempty"`
	// Epoch is the one that an agent saw; if the floor has changed hands since, it is refused. 0: it is not looked at.
	Epoch int64  `json:"epoch,omitempty"`
	Text  string `json:"text"`
}

// Press is a button of the card at Seq.
type Press struct {
	T      Type          `json:"t"`
	ID     string        `json:"id"`
	Seq    int64         `json:"seq"`
	Action dialog.Action `json:"action"`
	Args   dialog.Args   `json:"args,omitempty"`
}

// Seen is a read mark: the sender has read up to Seq. From the server, Who tells whose mark it is.
type Seen struct {
	T            Type              `json:"t"`
	Conversation string            `json:"conversation,omitempty"`
	Seq          int64             `json:"seq"`
	Who          dialog.AuthorKind `json:"who,omitempty"`
}

// Typing says that somebody is writing. It expires after five seconds.
type Typing struct {
	T            Type              `json:"t"`
	Conversation string            `json:"conversation,omitempty"`
	On           bool              `json:"on"`
	Who          dialog.AuthorKind `json:"who,omitempty"`
	Name         string            `json:"name,omitempty"`
}

// Watch opens a view of a conversation on an agent's socket; Unwatch closes it.
type Watch struct {
	T            Type   `json:"t"`
	Conversation string `json:"conversation"`
	Since        int64  `json:"since,omitempty"`
	// Tail is for who has nothing yet: at most so many entries, the last; what was before is read over the API. 0: all.
	Tail int64 `json:"tail,omitempty"`
}

// Claim takes the floor of a waiting conversation. Epoch is the one the agent saw.
type Claim struct {
	T            Type   `json:"t"`
	ID           string `json:"id"`
	Conversation string `json:"conversation"`
	Epoch        int64  `json:"epoch"`
}

// Release gives the floor back to the bot. With Resolve the agent says that his part is done: the buyer reads so, and is
// asked how he was helped.
type Release struct {
	T            Type   `json:"t"`
	ID           string `json:"id"`
	Conversation string `json:"conversation"`
	Epoch        int64  `json:"epoch"`
	Resolve      bool   `json:"resolve,omitempty"`
}

// Note is a remark among agents.
type Note struct {
	T            Type   `json:"t"`
	ID           string `json:"id"`
	Conversation string `json:"conversation"`
	Text         string `json:"text"`
}

// Welcome answers hello. After it, the entries after Since follow, then live ones.
type Welcome struct {
	T            Type       `json:"t"`
	Role         string     `json:"role"` // buyer or agent
	Conversation string     `json:"conversation,omitempty"`
	Log          string     `json:"log,omitempty"`
	Seq          int64      `json:"seq"` // length of the log
	Locale       string     `json:"locale,omitempty"`
	Session      string     `json:"session,omitempty"` // for reconnects and uploads
	Expires      time.Time  `json:"expires,omitzero"`  // of the session, by the wall clock
	Reset        bool       `json:"reset,omitempty"`   // the log is another one: forget what you have
	Now          time.Time  `json:"now"`               // the server's clock, which may run faster in a demo
	Speed        float64    `json:"speed"`             // how fast it runs
	Limits       Limits     `json:"limits"`
	You          *AgentView `json:"you,omitempty"`     // agents
	Copilot      bool       `json:"copilot,omitempty"` // agents: there is a model that helps them
}

// Limits are what the client should keep to; going over them is an error, not a loss.
type Limits struct {
	TextRunes int   `json:"text_runes"`
	FrameSize int   `json:"frame_bytes"`
	Images    int   `json:"images"` // of one case, by one party
	Videos    int   `json:"videos"`
	ImageSize int64 `json:"image_bytes"`
	VideoSize int64 `json:"video_bytes"`
	// Seconds a video may last, and pixels the longer side of a picture must have.
	VideoSeconds int `json:"video_seconds"`
	MinSide      int `json:"min_side"`
}

// Entry is one line of the log.
type Entry struct {
	T            Type         `json:"t"`
	Conversation string       `json:"conversation"`
	Entry        dialog.Entry `json:"entry"`
}

// Ack says that what ID named is stored, at Seq.
type Ack struct {
	T   Type   `json:"t"`
	ID  string `json:"id"`
	Seq int64  `json:"seq,omitempty"`
}

// Error is a refusal. For is the id of the frame it answers, if it had one.
type Error struct {
	T       Type   `json:"t"`
	Code    string `json:"code"`
	Message string `json:"message"` // in the reader's language
	For     string `json:"for,omitempty"`
	Retry   bool   `json:"retry,omitempty"` // the same frame may succeed later
	// RetryAfter is in milliseconds.
	RetryAfter int64           `json:"retry_after,omitempty"`
	Details    json.RawMessage `json:"details,omitempty"`
}

// State is who has the floor and where the case stands now. It is sent after welcome and at each change.
type State struct {
	T            Type          `json:"t"`
	Conversation string        `json:"conversation"`
	Version      int64         `json:"version"`
	Holder       dialog.Holder `json:"holder"`
	Epoch        int64         `json:"epoch"`
	AgentName    string        `json:"agent_name,omitempty"`
	Handoff      string        `json:"handoff,omitempty"`
	SeenBuyer    int64         `json:"seen_buyer"`
	SeenAgent    int64         `json:"seen_agent"`
	// Settled is how far the assistant has come: it owes nothing for entries up to here. A say or press whose seq is
	// not above it has been dealt with, even if nothing was said.
	Settled int64 `json:"settled,omitempty"`
	// Live is the seq of the card whose buttons are the current step; 0: none.
	Live int64            `json:"live,omitempty"`
	Case *dialog.CaseView `json:"case,omitempty"`
	// Complaints are the newest on the buyer's orders, whoever complained.
	Complaints []dialog.ComplaintView `json:"complaints,omitempty"`
	// Buyer is whose conversation it is, ResolvedAt when its agent resolved it, if nobody has taken it since. Only agents
	// are told either.
	Buyer      string    `json:"buyer,omitempty"`
	ResolvedAt time.Time `json:"resolved_at,omitzero"`
}

// Presence tells who is here.
type Presence struct {
	T            Type              `json:"t"`
	Conversation string            `json:"conversation"`
	Who          dialog.AuthorKind `json:"who"`
	Online       bool              `json:"online"`
}

// Queue is a waiting buyer's place.
type Queue struct {
	T        Type `json:"t"`
	Position int  `json:"position"`     // 1 = next
	Agents   int  `json:"agents"`       // how many are at work
	Of       int  `json:"of,omitempty"` // how many wait
	// Wait is the estimate in seconds, from WaitFrom; 0 = there is too little to tell it from.
	Wait     int `json:"wait,omitempty"`
	WaitFrom int `json:"wait_from,omitempty"`
}

// Inbox is an agent's list, whole at first and as changed items later. An item that the bot has is off the list.
type Inbox struct {
	T     Type        `json:"t"`
	Whole bool        `json:"whole,omitempty"`
	Items []InboxItem `json:"items"`
	// Places are the new places in the queue of lines that have not changed otherwise.
	Places map[string]int `json:"places,omitempty"`
	// Desk is sent when it has changed.
	Desk *DeskView `json:"desk,omitempty"`
}

// InboxItem is one conversation in the list.
type InboxItem struct {
	Conversation string        `json:"conversation"`
	Buyer        string        `json:"buyer"`
	Holder       dialog.Holder `json:"holder"`
	Epoch        int64         `json:"epoch"`
	Agent        string        `json:"agent,omitempty"`
	AgentName    string        `json:"agent_name,omitempty"`
	Mine         bool          `json:"mine,omitempty"`
	Handoff      string        `json:"handoff,omitempty"`
	WaitingSince time.Time     `json:"waiting_since,omitzero"`
	Last         string        `json:"last,omitempty"` // start of the last text
	LastAt       time.Time     `json:"last_at,omitzero"`
	Seq          int64         `json:"seq"`
	Seen         int64         `json:"seen"`
	CaseState    string        `json:"case_state,omitempty"`
	CaseTitle    string        `json:"case_title,omitempty"`
	Deadline     time.Time     `json:"deadline,omitzero"` // nearest of the case
	DeadlineOf   string        `json:"deadline_of,omitempty"`
	Locale       dialog.Locale `json:"locale,omitempty"`
	Skill        string        `json:"skill,omitempty"`
	Place        int           `json:"place,omitempty"` // in the queue, from 1
	Offered      *Offered      `json:"offered,omitempty"`
	// Owed says that the buyer is owed an answer, OwedSince since when.
	Owed      bool      `json:"owed,omitempty"`
	OwedSince time.Time `json:"owed_since,omitzero"`
	Tags      []string  `json:"tags,omitempty"`
	// SnoozedUntil is until when its agent puts it off. The buyer ends it by writing; a time that is over stands until the
	// agent speaks.
	SnoozedUntil time.Time `json:"snoozed_until,omitzero"`
	// Mentions are the agents whom notes name and who have not looked since, by login, with where the last of these
	// notes stands. Seen up to there ends it.
	Mentions map[string]int64 `json:"mentions,omitempty"`
}

// Drain asks the client to reconnect After milliseconds; nothing is lost.
type Drain struct {
	T     Type  `json:"t"`
	After int64 `json:"after"`
}

// Draft is a text of the bot under way, as far as it has grown. It is no entry: the entry of the same client id, or a
// change of who has the floor, takes its place, and an empty text takes it back.
type Draft struct {
	T            Type   `json:"t"`
	Conversation string `json:"conversation"`
	Client       string `json:"client"` // of the entry to be
	Text         string `json:"text"`   // so far; each frame holds all of it
}

// AgentView is a logged-in agent.
type AgentView struct {
	Login string `json:"login"` // name of the account
	Name  string `json:"name"`  // what buyers see
	Role  string `json:"role"`  // agent, senior, supervisor or admin
	// May are the permissions that come with it (MAY.md).
	May []string `json:"may,omitempty"`
}
