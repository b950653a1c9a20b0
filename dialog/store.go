package dialog

import (
	"context"
	"errors"
	"slices"
	"time"
)

// What a store may answer.
var (
	// ErrNotFound: there is no such conversation.
	ErrNotFound = errors.New("conversation not found")
	// ErrConflict: the conversation has changed since it was read; read again and decide again.
	ErrConflict = errors.New("conversation has changed")
	// ErrNotHolder: the bot or agent who wanted to speak does not have the floor.
	ErrNotHolder = errors.New("not the holder of the conversation")
	// ErrIDReused: the client id was used for other content.
	ErrIDReused = errors.New("client id used for other content")
)

// Append is one entry to store without a change of state: what a buyer, an agent or the case says.
type Append struct {
	Entry Entry
	// Wants says that whoever holds the floor owes an answer.
	Wants bool
	// Turn asks for a turn even while a human holds the floor: a press on a case must take effect, a piece of evidence
	// has its receipt, and who may hurt himself is told where help is.
	Turn bool
	// Agent, if set, must hold the floor, at Epoch if that is not 0. His word answers what came before,
	// but carries no press out.
	Agent string
	Epoch int64
	// Scope keeps the client ids of several authors of one kind apart: an agent's login.
	Scope string
}

// Appended is where an entry stands now.
type Appended struct {
	Seq  int64
	Dup  bool // it stood there already
	Conv Conversation
}

// Change is a compare-and-set commit of a conversation.
type Change struct {
	// Expect is the version that was read; another one in the store is ErrConflict.
	Expect int64
	// Next is the new state. Version, Last, Inbound, AskedAt, SpokeAt, Pressed and the read marks are the store's to
	// keep; Answered and Carried never go back.
	Next Conversation
	// Entries are appended in order. One whose Client was stored before is left out: a step that
	// runs twice says nothing twice. If any is the bot's, the bot must hold the floor in the store.
	Entries []Entry
	// LiveAt makes the Live card of Next's flow the entry at this index; -1 leaves Next's as it is.
	LiveAt int
	// Scored says that a score was asked for or given: whoever keeps them for reports hears of it.
	Scored bool
}

// Moved is the change from one state to another, with nothing said yet.
func Moved(from, to Conversation) Change {
	scored := !slices.Equal(from.Survey.Scores, to.Survey.Scores)
	return Change{Expect: from.Version, Next: to, LiveAt: -1, Scored: scored}
}

// Store keeps conversations. Every method may be repeated safely.
type Store interface {
	// Open finds the buyer's conversation or begins it.
	Open(ctx context.Context, buyer string, locale Locale, now time.Time) (Conversation, error)
	// Load answers ErrNotFound for an id that does not exist.
	Load(ctx context.Context, id ID) (Conversation, error)
	// Entries returns at most limit entries after a position, oldest first. Errors: ErrNotFound.
	Entries(ctx context.Context, id ID, after int64, limit int) ([]Entry, error)
	// Read reads a conversation and at most limit entries after a position, oldest first, both of one moment. A position
	// below 0 is counted from the end: then they are the last ones. Errors: ErrNotFound.
	Read(ctx context.Context, id ID, after int64, limit int) (Conversation, []Entry, error)
	// Append stores one entry once. Errors: ErrNotFound, ErrNotHolder, ErrIDReused.
	Append(ctx context.Context, id ID, a Append) (Appended, error)
	// Commit changes the state, and returns it with the length of the log and the marks as they are then. Errors: ErrNotFound, ErrConflict, ErrNotHolder.
	Commit(ctx context.Context, id ID, c Change) (Conversation, error)
	// Seen moves a read mark forward; it never goes back.
	Seen(ctx context.Context, id ID, who AuthorKind, seq int64) (int64, error)
	// Unanswered lists at most limit conversations that wait for a turn since before a time, oldest first.
	Unanswered(ctx context.Context, before time.Time, limit int) ([]ID, error)
}
