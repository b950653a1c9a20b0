package dialog

import "time"

// ID names a conversation: "d_<shard>_<random>" (internal/ids).
type ID string

// Locale is the language a conversation is led in.
type Locale string

// The locales of Recourse. Chinese comes first: an unknown locale is Chinese.
const (
	ZH Locale = "zh-CN"
	EN Locale = "en"
)

// ParseLocale maps a browser's tag ("en-US", "zh-Hans") onto a locale that has wordings.
func ParseLocale(tag string) Locale {
	if len(tag) >= 2 && (tag[:2] == "en" || tag[:2] == "EN") {
		return EN
	}
	return ZH
}

// AuthorKind says what kind of party wrote an entry. Every entry carries it, so that a buyer
// always knows whether a machine or a person speaks (domain §3.9).
type AuthorKind string

// The kinds of author.
const (
	FromBuyer  AuthorKind = "buyer"
	FromBot    AuthorKind = "bot"
	FromAgent  AuthorKind = "agent"
	FromSystem AuthorKind = "system"
)

// Author is who wrote an entry. Name is what the other side may read: an agent's alias, never a login.
type Author struct {
	Kind AuthorKind `json:"kind"`           // what kind of party
	Name string     `json:"name,omitempty"` // as the other side may read it
}

// EntryKind is what an entry is.
type EntryKind string

// The kinds of entry.
const (
	Text   EntryKind = "text"   // somebody wrote
	Press  EntryKind = "press"  // the buyer pressed a button of a card
	Upload EntryKind = "upload" // a piece of evidence arrived
	Notice EntryKind = "notice" // something happened to the case or to who talks
	Note   EntryKind = "note"   // for agents only, never shown to the buyer
)

// Entry is one line of a conversation's log. The log only grows; Seq is its position from 1.
type Entry struct {
	Seq    int64     `json:"seq"`    // its position, from 1
	At     time.Time `json:"at"`     // when it was written
	Author Author    `json:"author"` // who wrote it
	Kind   EntryKind `json:"kind"`   // what it is
	// Client is the id its writer gave it; the same id is stored once.
	Client string `json:"client,omitempty"`
	Text   string `json:"text,omitempty"` // in words
	Card   *Card  `json:"card,omitempty"` // what can be pressed, and what it shows
	// Press: which card's which action.
	On     int64  `json:"on,omitempty"`
	Action Action `json:"action,omitempty"` // press: what was pressed
	Args   Args   `json:"args,omitempty"`   // press: with what
	// Upload: what arrived.
	Evidence *EvidenceItem `json:"evidence,omitempty"`
	// Key is the wording key of bot and system entries, for replay.
	Key string `json:"key,omitempty"`
	// Case is the case this entry is about, if any.
	Case string `json:"case,omitempty"`
	// Complaint is the complaint this entry is about, if any.
	Complaint string `json:"complaint,omitempty"`
	// Basis is what an answer of the bot rests on, where it answers a question of substance.
	Basis *Basis `json:"basis,omitempty"`
	// Floor is the change of who has the floor that this entry tells.
	Floor *Boundary `json:"floor,omitempty"`
}

// Basis is what an answer rests on (domain §6.1): who reads the log later sees by which rules it was given.
type Basis struct {
	Topic  Topic    `json:"topic,omitempty"` // what was asked
	Code   string   `json:"code,omitempty"`  // verdict code
	Facts  []string `json:"facts,omitempty"` // fact ids, e.g. "F1-29"
	Policy string   `json:"policy"`          // version
	FAQ    string   `json:"faq,omitempty"`   // version of the reviewed answers, if it is one of them
}

// EvidenceItem is one uploaded piece as both sides of the chat see it.
type EvidenceItem struct {
	ID    string `json:"id"`              // names the piece
	Kind  string `json:"kind"`            // evidence kind
	Label string `json:"label"`           // the kind, in the reader's language
	Media string `json:"media,omitempty"` // media type told from the bytes; none: words
	Name  string `json:"name,omitempty"`  // file name as given; data, never trusted
	Bytes int64  `json:"bytes,omitempty"` // size of the file
	Party string `json:"party"`           // buyer or merchant
	Text  string `json:"text,omitempty"`  // of a statement
	// SHA256 of the bytes as they came, in hex; with the time it is what the receipt says.
	SHA256 string `json:"sha256,omitempty"`
	// Hints tell the uploader why it may not do as evidence; nothing is refused for them.
	Hints []Remark `json:"hints,omitempty"`
	// Waybill is the number that a machine read from the picture. It counts for nothing until the buyer confirms it.
	Waybill string `json:"waybill,omitempty"`
}

// Remark is a short note on a piece of evidence.
type Remark struct {
	Code string `json:"code"` // for programs
	Text string `json:"text"` // for the reader, in his language
}
