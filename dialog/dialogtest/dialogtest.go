// Package dialogtest is the suite that every dialog.Store passes: what is stored once, what is refused, and
// which indexes stand beside the log.
//
// It speaks to the store through its interface; of the desk's outbox it knows only that records of a
// conversation name it. It does not know how a store keeps anything, and starts none.
package dialogtest

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"recourse/dialog"
)

// Backend is a store under test and what the suite must see of its surroundings.
type Backend struct {
	Store dialog.Store
	// Buyer gives a buyer that was not used before.
	Buyer func() string
	// DeskRecords counts the desk records in the outbox that name a conversation.
	DeskRecords func(ctx context.Context, id dialog.ID) (int, error)
}

// Epoch is when the suite begins.
var Epoch = time.Date(2026, 11, 23, 2, 0, 0, 0, time.UTC)

// Buyers counts buyers off.
func Buyers(prefix string) func() string {
	n := 0
	return func() string { n++; return fmt.Sprintf("%s-%d", prefix, n) }
}

// Run runs the suite.
func Run(t *testing.T, b Backend) {
	for _, part := range []struct {
		name string
		run  func(*room)
	}{
		{"a buyer has one conversation", oneConversation},
		{"many open at once and get the same", openAtOnce},
		{"an unknown or malformed id is not found", notFound},
		{"an entry is stored once", appendOnce},
		{"a client id is not used for other content", idReused},
		{"client ids of different authors are different ids", idsOfAuthors},
		{"sixteen append at once without a gap", appendAtOnce},
		{"the log is read from a position", readFrom},
		{"a commit compares and sets", compareAndSet},
		{"of many commits at once one wins", commitAtOnce},
		{"what a commit says is stored once", commitOnce},
		{"the live card is an index into what is said", liveCard},
		{"the bot does not speak while a human holds", botNeedsFloor},
		{"an agent speaks only while holding", agentNeedsFloor},
		{"an agent's word answers what came before", agentAnswers},
		{"a press that must take effect is not answered by an agent's word", pressOutlivesAgent},
		{"read marks move forward and not past the log", readMarks},
		{"what waits for a turn is listed until it is answered", unanswered},
		{"the oldest is listed first", oldestFirst},
		{"under a human only a turn is waited for", unansweredUnderHuman},
		{"the desk hears of what the bot does not hold", desk},
	} {
		t.Run(part.name, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			r := &room{Backend: b, t: t, ctx: ctx}
			r.buyer = b.Buyer()
			r.open()
			part.run(r)
		})
	}
}

// room is one part of the suite at work on one conversation.
type room struct {
	Backend
	t     *testing.T
	ctx   context.Context
	buyer string
	id    dialog.ID
	conv  dialog.Conversation // as last read or written
}

func (r *room) open() {
	r.t.Helper()
	c, err := r.Store.Open(r.ctx, r.buyer, dialog.ZH, Epoch)
	if err != nil {
		r.t.Fatal(err)
	}
	r.id, r.conv = c.ID, c
}

func (r *room) load() dialog.Conversation {
	r.t.Helper()
	c, err := r.Store.Load(r.ctx, r.id)
	if err != nil {
		r.t.Fatal(err)
	}
	r.conv = c
	return c
}

func (r *room) entries() []dialog.Entry {
	r.t.Helper()
	list, err := r.Store.Entries(r.ctx, r.id, 0, 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	for i, e := range list {
		if e.Seq != int64(i)+1 {
			r.t.Errorf("entry %d has seq %d", i+1, e.Seq)
		}
	}
	return list
}

// texts is the log as texts.
func (r *room) texts() []string {
	var out []string
	for _, e := range r.entries() {
		out = append(out, e.Text)
	}
	return out
}

func (r *room) append(a dialog.Append) dialog.Appended {
	r.t.Helper()
	res, err := r.Store.Append(r.ctx, r.id, a)
	if err != nil {
		r.t.Fatal(err)
	}
	return res
}

// commit sets the state on top of what is stored.
func (r *room) commit(next dialog.Conversation, entries ...dialog.Entry) dialog.Conversation {
	r.t.Helper()
	c, err := r.Store.Commit(r.ctx, r.id, dialog.Change{Expect: r.load().Version, Next: next, Entries: entries, LiveAt: -1})
	if err != nil {
		r.t.Fatal(err)
	}
	return c
}

// claimed gives the floor to an agent.
func (r *room) claimed(login string) dialog.Conversation {
	r.t.Helper()
	c := r.load()
	next, err := dialog.Claim(c, login, "Agent "+login, c.Epoch, Epoch)
	if err != nil {
		r.t.Fatal(err)
	}
	r.commit(next)
	return r.load()
}

func (r *room) waiting() []dialog.ID {
	r.t.Helper()
	list, err := r.Store.Unanswered(r.ctx, Epoch.Add(time.Hour), 1000)
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

func (r *room) desk() int {
	r.t.Helper()
	n, err := r.DeskRecords(r.ctx, r.id)
	if err != nil {
		r.t.Fatal(err)
	}
	return n
}

func (r *room) want(err, want error) {
	r.t.Helper()
	if !errors.Is(err, want) {
		r.t.Errorf("error %v, want %v", err, want)
	}
}

func says(kind dialog.AuthorKind, client, text string) dialog.Entry {
	return dialog.Entry{At: Epoch, Author: dialog.Author{Kind: kind}, Kind: dialog.Text, Client: client, Text: text}
}

func buyerSays(client, text string) dialog.Append {
	return dialog.Append{Entry: says(dialog.FromBuyer, client, text), Wants: true}
}

func agentSays(login string, epoch int64, client, text string) dialog.Append {
	return dialog.Append{Entry: says(dialog.FromAgent, client, text), Agent: login, Epoch: epoch, Scope: login}
}

// presses is a press that takes effect whoever has the floor.
func presses(client string) dialog.Append {
	return dialog.Append{Wants: true, Turn: true, Entry: dialog.Entry{
		At: Epoch, Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Press, Client: client, Action: dialog.ActEscalate,
	}}
}
