package web

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"recourse/cases"
	"recourse/dialog"
	"recourse/dialog/desk"
	"recourse/web/wire"
)

// Changes of the desk are gathered for a while after the last frame: however many there are, an agent gets one frame
// for them. What took long to show is given longer, so that a node shows the desk a quarter of its time at most.
const (
	boardPause = 20 * time.Millisecond
	boardMost  = 500 * time.Millisecond
	boardShare = 3
)

// placeEvery is how often a buyer is told a new place in the queue at most.
const placeEvery = 5 * time.Second

// board is the desk as this node shows it to its agents, and to its buyers who wait.
type board struct {
	wake chan struct{} // capacity 1

	mu      sync.Mutex
	dirty   map[dialog.ID]bool // guarded by mu
	lost    bool               // anything may have changed; guarded by mu
	now     *desk.State        // as it was read last, nil: not yet; guarded by mu
	places  map[dialog.ID]int  // in now; guarded by mu
	waits   map[int]desk.Wait  // by place, in now; guarded by mu
	atWork  int                // in now; guarded by mu
	loads   map[string]int     // in now; guarded by mu
	waiting int                // in now; guarded by mu
}

func newBoard() *board {
	return &board{wake: make(chan struct{}, 1), dirty: map[dialog.ID]bool{}}
}

// chat is a conversation as the desk had it when it was read last.
func (b *board) chat(id dialog.ID) (desk.Chat, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.now == nil {
		return desk.Chat{}, false
	}
	c, ok := b.now.Chats[id]
	return c, ok
}

// changed notes news of the desk; without ids, agents have changed.
func (b *board) changed(lost bool, ids ...dialog.ID) {
	b.mu.Lock()
	b.lost = b.lost || lost
	for _, id := range ids {
		b.dirty[id] = true
	}
	b.mu.Unlock()
	select {
	case b.wake <- struct{}{}:
	default:
	}
}

// deskNow is the time by both clocks.
func (s *Server) deskNow() desk.Now { return desk.Now{Wall: s.wall(), Market: s.Now().UTC()} }

// runBoard shows the desk's changes until ctx ends: the first at once, those that come soon after it together.
func (s *Server) runBoard(ctx context.Context) {
	pause := time.NewTimer(0)
	defer pause.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.board.wake:
		}
		begun := time.Now()
		if err := s.showBoard(ctx); err != nil && ctx.Err() == nil {
			s.log.WarnContext(ctx, "the desk is shown later", "err", err)
			s.board.changed(true)
		}
		pause.Reset(min(boardMost, max(boardPause, boardShare*time.Since(begun))))
		select {
		case <-ctx.Done():
			return
		case <-pause.C:
		}
	}
}

// showBoard reads what has changed once, and gives each agent of this node his frame.
func (s *Server) showBoard(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, storeWait)
	defer cancel()
	b := s.board
	b.mu.Lock()
	dirty, lost := b.dirty, b.lost
	b.dirty, b.lost = map[dialog.ID]bool{}, false
	b.mu.Unlock()
	state, moved, err := s.readBoard(ctx)
	if err != nil {
		return err
	}
	ids := slices.Sorted(maps.Keys(dirty))
	if lost {
		ids = slices.Sorted(maps.Keys(state.Chats))
	}
	var items []line
	if s.hub.agentsHere() > 0 {
		if items, err = s.inboxItems(ctx, ids, state); err != nil {
			return err
		}
		s.hub.atDesk(func(c *conn) { c.post(func() { c.outInbox(state, lost, items) }) })
	}
	s.tellMoved(moved)
	return nil
}

// tellMoved looks again at the place of buyers who have moved in the queue.
func (s *Server) tellMoved(moved []dialog.ID) {
	for _, id := range moved {
		s.hub.viewers(id, func(c *conn) {
			if c.agent == nil {
				c.poke(id)
			}
		})
	}
}

// readBoard reads the desk and says which conversations have another place now.
func (s *Server) readBoard(ctx context.Context) (*desk.State, []dialog.ID, error) {
	state, err := s.Desk.State(ctx)
	if err != nil {
		return nil, nil, err
	}
	now := s.deskNow()
	places, loads := state.Places(now, s.Rules), state.Loads(now, s.Rules)
	waits := map[int]desk.Wait{}
	for _, place := range places {
		waits[place] = state.Estimate(place, now, s.Rules)
	}
	b := s.board
	b.mu.Lock()
	defer b.mu.Unlock()
	var moved []dialog.ID
	for id, place := range places {
		if b.places[id] != place || b.waits[place] != waits[place] || b.atWork != state.AtWork() {
			moved = append(moved, id)
		}
	}
	b.now, b.places, b.waits, b.loads, b.atWork, b.waiting = state, places, waits, loads, state.AtWork(), len(places)
	return state, moved, nil
}

// place is what a waiting buyer is told of the queue; nil: it is not known yet.
func (s *Server) place(id dialog.ID) *wire.Queue {
	b := s.board
	b.mu.Lock()
	defer b.mu.Unlock()
	place := b.places[id]
	if place == 0 {
		return nil
	}
	w := b.waits[place]
	return &wire.Queue{
		T: wire.TQueue, Position: place, Agents: b.atWork, Of: b.waiting, Wait: int(w.To / time.Second), WaitFrom: int(w.From / time.Second),
	}
}

// deskView is the desk as one agent sees it. It is made from what was read last.
func (s *Server) deskView(login string) *wire.DeskView {
	b := s.board
	b.mu.Lock()
	defer b.mu.Unlock()
	v := &wire.DeskView{Status: string(desk.Online), Waiting: b.waiting, Agents: []wire.DeskAgent{}}
	skills := map[string]bool{}
	if b.now == nil {
		return v
	}
	for _, a := range b.now.Agents {
		if a.Login != login && a.Free() {
			for _, sk := range a.Skills {
				skills[sk] = true
			}
		}
		if a.Login == login {
			v.Status, v.Capacity, v.Open = string(a.Status), a.Capacity, b.loads[login]
		}
		if a.There() {
			v.Agents = append(v.Agents, wire.DeskAgent{
				Login: a.Login, Name: a.Name, Role: a.Role, Status: string(a.Status), Open: b.loads[a.Login], Capacity: a.Capacity, Skills: a.Skills,
			})
		}
	}
	slices.SortFunc(v.Agents, func(x, y wire.DeskAgent) int { return cmp.Compare(x.Login, y.Login) })
	v.Skills = slices.Sorted(maps.Keys(skills))
	return v
}

// outInbox writes an agent's frame, if it holds anything that is new to him. It runs on the writer.
func (c *conn) outInbox(state *desk.State, whole bool, lines []line) {
	frame := wire.Inbox{T: wire.TInbox, Whole: whole, Items: []wire.InboxItem{}}
	if whole || c.listed == nil {
		c.listed, c.placed = map[string]bool{}, map[string]int{}
	}
	for _, l := range lines {
		item, id := l.item, l.item.Conversation
		item.Mine = item.Agent != "" && item.Agent == c.agent.Login
		if !c.s.sees(*c.agent, l.conv, l.about) {
			if !c.listed[id] {
				continue
			}
			// As one that has left the desk: what he does not see does not stand in his list.
			item = wire.InboxItem{Conversation: id, Holder: dialog.HeldByBot, Epoch: l.conv.Epoch}
		}
		c.listed[id], c.placed[id] = item.Holder != dialog.HeldByBot, item.Place
		frame.Items = append(frame.Items, item)
	}
	frame.Places = c.moved()
	view := c.s.deskView(c.agent.Login)
	raw, err := json.Marshal(view)
	if err != nil {
		panic(err) // plain data, cannot happen
	}
	if string(raw) != c.desk {
		c.desk, frame.Desk = string(raw), view
	}
	if len(frame.Items) == 0 && len(frame.Places) == 0 && frame.Desk == nil && !whole {
		return
	}
	if raw, err = json.Marshal(frame); err != nil {
		panic(err) // plain data, cannot happen
	}
	c.out(raw)
}

// moved are the lines of the agent's list whose place is another one than he was told. It runs on the writer.
func (c *conn) moved() map[string]int {
	b := c.s.board
	b.mu.Lock()
	defer b.mu.Unlock()
	var out map[string]int
	for id, listed := range c.listed {
		place := b.places[dialog.ID(id)]
		if !listed || place == 0 || place == c.placed[id] {
			continue
		}
		if out == nil {
			out = map[string]int{}
		}
		out[id], c.placed[id] = place, place
	}
	return out
}

// line is a line of the list with what decides who sees it.
type line struct {
	item  wire.InboxItem
	conv  dialog.Conversation
	about *cases.Case // nil: none
}

// inboxReads bounds how many lines are read from the store at a time.
const inboxReads = 16

// inboxItems are the lines of conversations. One that nobody knows is left out.
func (s *Server) inboxItems(ctx context.Context, ids []dialog.ID, state *desk.State) ([]line, error) {
	items := make([]*line, len(ids))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(inboxReads)
	for i, id := range ids {
		g.Go(func() error {
			item, err := s.inboxItem(gctx, id, state)
			if errors.Is(err, dialog.ErrNotFound) {
				return nil
			}
			items[i] = &item
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, fmt.Errorf("read the list of the desk: %w", err)
	}
	var out []line
	for _, item := range items {
		if item != nil {
			out = append(out, *item)
		}
	}
	return out, nil
}

// inboxItem is one line of the agents' list.
func (s *Server) inboxItem(ctx context.Context, id dialog.ID, state *desk.State) (line, error) {
	conv, err := s.Dialogs.Load(ctx, id)
	if err != nil {
		return line{}, err
	}
	item := wire.InboxItem{
		Conversation: string(id), Buyer: conv.Buyer, Holder: conv.Holder, Epoch: conv.Epoch, Agent: conv.Agent, AgentName: conv.AgentName,
		Handoff: string(conv.Handoff), WaitingSince: conv.WaitingSince, Seq: conv.Last, Seen: conv.SeenAgent,
		Locale: conv.Locale, Skill: conv.Work.Skill, Owed: conv.Inbound > conv.Answered, Tags: conv.Work.Tags,
		SnoozedUntil: conv.Snoozed(), Mentions: conv.Work.Mentions,
	}
	if item.Owed {
		item.OwedSince = conv.AskedAt
	}
	if c, ok := state.Chats[id]; ok && conv.Holder == dialog.HeldWaiting {
		s.board.mu.Lock()
		item.Place = s.board.places[id]
		s.board.mu.Unlock()
		if c.Offer != nil {
			item.Offered = &wire.Offered{To: c.Offer.To, Name: state.Agents[c.Offer.To].Name, At: s.wall().UTC(), End: c.Offer.Until.UTC()}
		}
	}
	entries, err := s.Dialogs.Entries(ctx, id, max(0, conv.Last-1), 1)
	if err != nil {
		return line{item: item, conv: conv}, err
	}
	if len(entries) == 1 {
		item.Last, item.LastAt = clip(entries[0].Text, 80), entries[0].At
	}
	if conv.Flow.Case == "" {
		return line{item: item, conv: conv}, nil
	}
	found, err := s.Ledger.Store.Load(ctx, conv.Flow.Case)
	if err != nil {
		if errors.Is(err, cases.ErrNoCase) {
			return line{item: item, conv: conv}, nil
		}
		return line{item: item, conv: conv}, err
	}
	item.CaseState, item.CaseTitle = string(found.State), found.Line.Title
	timer, at := nearest(found)
	item.Deadline, item.DeadlineOf = at, string(timer)
	return line{item, conv, &found}, nil
}

// nearest is the next deadline of a case; zero: none runs.
func nearest(c cases.Case) (timer cases.Timer, at time.Time) {
	for t, end := range c.Deadlines {
		if at.IsZero() || end.Before(at) || end.Equal(at) && t < timer {
			timer, at = t, end
		}
	}
	return timer, at
}

// DueOf is the nearest deadline of a conversation's case, for the desk's order; zero: none runs.
func (s *Server) DueOf(ctx context.Context, conv dialog.Conversation) (time.Time, error) {
	if conv.Flow.Case == "" || conv.Holder == dialog.HeldByBot {
		return time.Time{}, nil
	}
	found, err := s.Ledger.Store.Load(ctx, conv.Flow.Case)
	if errors.Is(err, cases.ErrNoCase) {
		return time.Time{}, nil
	}
	if err != nil {
		return time.Time{}, err
	}
	_, at := nearest(found)
	return at, nil
}

func clip(s string, n int) string {
	r := []rune(s)
	if len(r) <= n {
		return s
	}
	return string(r[:n]) + "…"
}
