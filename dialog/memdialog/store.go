// Package memdialog keeps conversations in memory, for whoever plays them by the thousand: nothing survives the
// process. It promises what every dialog.Store promises (package dialogtest) and nothing of what Redis adds: other
// processes do not see it, and nobody is woken.
package memdialog

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"recourse/dialog"
	"recourse/internal/ids"
)

// Prefix is the id prefix of conversations.
const Prefix = "d"

// Store keeps conversations. Their ids follow from their buyers, so that the same is the same in every run. Use New.
type Store struct {
	mu    sync.Mutex
	talks map[dialog.ID]*talk
	desk  map[dialog.ID]int
}

var _ dialog.Store = (*Store)(nil)

// talk is one conversation; conv has its state as it is read.
type talk struct {
	conv dialog.Conversation
	log  []dialog.Entry
	seen map[string]int64 // client key -> seq
	wait time.Time        // owed a turn since; zero: none is owed
}

// New makes an empty store.
func New() *Store { return &Store{talks: map[dialog.ID]*talk{}, desk: map[dialog.ID]int{}} }

// Clone is the same conversations, to be gone on with in another way. Entries are shared: they never change.
func (st *Store) Clone() *Store {
	st.mu.Lock()
	defer st.mu.Unlock()
	c := New()
	maps.Copy(c.desk, st.desk)
	for id, t := range st.talks {
		other := *t
		other.log, other.seen = slices.Clip(t.log), maps.Clone(t.seen)
		c.talks[id] = &other
	}
	return c
}

// DeskRecords says how often the desk would have heard of a conversation.
func (st *Store) DeskRecords(id dialog.ID) int {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.desk[id]
}

// find is called with the store locked.
func (st *Store) find(id dialog.ID, doing string) (*talk, error) {
	t, ok := st.talks[id]
	if !ok {
		return nil, fmt.Errorf("%s %s: %w", doing, id, dialog.ErrNotFound)
	}
	return t, nil
}

// Open finds the buyer's conversation or begins it.
func (st *Store) Open(_ context.Context, buyer string, locale dialog.Locale, now time.Time) (dialog.Conversation, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	s := ids.Of(buyer)
	id := dialog.ID(ids.Derive(Prefix, s, buyer))
	if t, ok := st.talks[id]; ok {
		return t.conv, nil
	}
	at := now.UTC()
	t := &talk{seen: map[string]int64{}, conv: dialog.Conversation{
		ID: id, Buyer: buyer, Locale: locale, Version: 1, Log: ids.Derive("log", s, buyer), Holder: dialog.HeldByBot, Epoch: 1, CreatedAt: at, UpdatedAt: at,
	}}
	st.talks[id] = t
	return t.conv, nil
}

// Load reads a conversation.
func (st *Store) Load(_ context.Context, id dialog.ID) (dialog.Conversation, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	t, err := st.find(id, "load conversation")
	if err != nil {
		return dialog.Conversation{}, err
	}
	return t.conv, nil
}

// Entries returns at most limit entries after a position.
func (st *Store) Entries(_ context.Context, id dialog.ID, after int64, limit int) ([]dialog.Entry, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	t, err := st.find(id, "read log of")
	if err != nil {
		return nil, err
	}
	from := min(max(after, 0), int64(len(t.log)))
	if limit <= 0 {
		return nil, nil
	}
	return slices.Clone(t.log[from:min(from+int64(limit), int64(len(t.log)))]), nil
}

// Read reads a conversation and entries of its log.
func (st *Store) Read(ctx context.Context, id dialog.ID, after int64, limit int) (dialog.Conversation, []dialog.Entry, error) {
	conv, err := st.Load(ctx, id)
	if err != nil {
		return conv, nil, err
	}
	if after < 0 {
		after = conv.Last - int64(limit)
	}
	entries, err := st.Entries(ctx, id, after, int(min(int64(limit), conv.Last-max(after, 0))))
	return conv, entries, err
}

// key is the client key of an entry, "" if it has none.
func key(e dialog.Entry, scope string) string {
	switch {
	case e.Client == "":
		return ""
	case scope == "":
		return string(e.Author.Kind) + ":" + e.Client
	}
	return string(e.Author.Kind) + ":" + scope + ":" + e.Client
}

// same says whether two entries say the same: when and where they stand is not what they say.
func same(a, b dialog.Entry) bool {
	a.Seq, b.Seq, a.At, b.At = 0, 0, time.Time{}, time.Time{}
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// push appends an entry.
func (t *talk) push(e dialog.Entry, key string) int64 {
	e.Seq = int64(len(t.log)) + 1
	t.log = append(t.log, e)
	if key != "" {
		t.seen[key] = e.Seq
	}
	t.conv.Last = e.Seq
	return e.Seq
}

// owe notes that a turn is owed since a time, if none was owed before.
func (t *talk) owe(at time.Time) {
	if t.wait.IsZero() {
		t.wait = at
	}
}

// Append stores one entry once.
func (st *Store) Append(_ context.Context, id dialog.ID, a dialog.Append) (dialog.Appended, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	t, err := st.find(id, "append to conversation")
	if err != nil {
		return dialog.Appended{}, err
	}
	refuse := func(err error) (dialog.Appended, error) {
		return dialog.Appended{}, fmt.Errorf("append to conversation %s: %w", id, err)
	}
	k := key(a.Entry, a.Scope)
	if was, ok := t.seen[k]; ok && k != "" {
		if !same(t.log[was-1], a.Entry) {
			return refuse(dialog.ErrIDReused)
		}
		return dialog.Appended{Seq: was, Dup: true}, nil
	}
	c := &t.conv
	if a.Agent != "" && (c.Holder != dialog.HeldByHuman || c.Agent != a.Agent || a.Epoch != 0 && c.Epoch != a.Epoch) {
		return refuse(dialog.ErrNotHolder)
	}
	seq := t.push(a.Entry, k)
	if a.Agent != "" { // the holder spoke: what came before him is answered, but no press is carried out by that
		c.Answered, c.SpokeAt = seq, a.Entry.At.UTC().Truncate(time.Millisecond)
		if c.Pressed <= c.Carried {
			t.wait = time.Time{}
		}
	}
	if a.Wants {
		if c.Inbound <= c.Answered {
			c.AskedAt = a.Entry.At.UTC().Truncate(time.Millisecond)
		}
		c.Inbound = seq
	}
	if a.Turn {
		c.Pressed = seq
	}
	if a.Wants && c.Holder == dialog.HeldByBot || a.Turn {
		t.owe(a.Entry.At)
	}
	if c.Holder != dialog.HeldByBot {
		st.desk[id]++
	}
	return dialog.Appended{Seq: seq}, nil
}

// Commit changes the state of a conversation and appends what is said with it.
func (st *Store) Commit(_ context.Context, id dialog.ID, c dialog.Change) (dialog.Conversation, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	t, err := st.find(id, "commit conversation")
	if err != nil {
		return dialog.Conversation{}, err
	}
	was := t.conv
	switch {
	case was.Version != c.Expect:
		return dialog.Conversation{}, fmt.Errorf("commit conversation %s: %w", id, dialog.ErrConflict)
	case was.Holder != dialog.HeldByBot && slices.ContainsFunc(c.Entries, func(e dialog.Entry) bool { return e.Author.Kind == dialog.FromBot }):
		return dialog.Conversation{}, fmt.Errorf("commit conversation %s: %w", id, dialog.ErrNotHolder)
	}
	live := int64(0)
	for i, e := range c.Entries {
		k := key(e, "")
		seq, there := t.seen[k]
		if !there || k == "" {
			seq = t.push(e, k)
		}
		if i == c.LiveAt {
			live = seq
		}
	}
	next := c.Next
	next.Version = was.Version + 1
	switch {
	case live > 0:
		next.Flow.Live = live
	case c.LiveAt >= 0 || next.Flow.Live != 0:
		next.Flow.Live = was.Flow.Live
	}
	kept := next
	kept.Last, kept.Inbound, kept.Pressed, kept.SeenBuyer, kept.SeenAgent = int64(len(t.log)), was.Inbound, was.Pressed, was.SeenBuyer, was.SeenAgent
	kept.AskedAt, kept.SpokeAt = was.AskedAt, was.SpokeAt
	kept.Answered, kept.Carried = max(was.Answered, next.Answered), max(was.Carried, next.Carried)
	t.conv = kept
	if kept.Holder == dialog.HeldByBot && kept.Inbound > kept.Answered || kept.Pressed > kept.Carried {
		t.owe(next.UpdatedAt)
	} else {
		t.wait = time.Time{}
	}
	if was.Holder != dialog.HeldByBot || next.Holder != dialog.HeldByBot {
		st.desk[id]++
	}
	return kept, nil
}

// Seen moves a read mark forward.
func (st *Store) Seen(_ context.Context, id dialog.ID, who dialog.AuthorKind, seq int64) (int64, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	t, err := st.find(id, "move read mark of")
	if err != nil {
		return 0, err
	}
	mark := &t.conv.SeenBuyer
	if who == dialog.FromAgent {
		mark = &t.conv.SeenAgent
	}
	*mark = max(*mark, min(seq, int64(len(t.log))))
	return *mark, nil
}

// Unanswered lists conversations owed a turn since before a time, the oldest first.
func (st *Store) Unanswered(_ context.Context, before time.Time, limit int) ([]dialog.ID, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	var owed []*talk
	for _, t := range st.talks {
		if !t.wait.IsZero() && !t.wait.After(before) {
			owed = append(owed, t)
		}
	}
	slices.SortFunc(owed, func(a, b *talk) int { return cmp.Or(a.wait.Compare(b.wait), cmp.Compare(a.conv.ID, b.conv.ID)) })
	out := make([]dialog.ID, 0, max(0, min(limit, len(owed))))
	for _, t := range owed[:max(0, min(limit, len(owed)))] {
		out = append(out, t.conv.ID)
	}
	return out, nil
}
