package web

import (
	"sync"

	"recourse/dialog"
)

// hub knows which sockets of this node view which conversation. It holds nothing that matters: every
// socket reads the log itself, from its own position.
type hub struct {
	mu     sync.Mutex
	views  map[dialog.ID]map[*conn]bool // guarded by mu
	agents map[*conn]bool               // guarded by mu
	all    map[*conn]bool               // guarded by mu
	buyers map[string]int               // sockets per buyer; guarded by mu
}

func newHub() *hub {
	return &hub{
		views: map[dialog.ID]map[*conn]bool{}, agents: map[*conn]bool{}, all: map[*conn]bool{}, buyers: map[string]int{},
	}
}

// socketsPerBuyer bounds the tabs and devices of one buyer.
const socketsPerBuyer = 10

// add notes a socket that has said hello; false if the buyer has too many.
func (h *hub) add(c *conn) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if c.agent == nil {
		if h.buyers[c.buyer] >= socketsPerBuyer {
			return false
		}
		h.buyers[c.buyer]++
	} else {
		h.agents[c] = true
	}
	h.all[c] = true
	return true
}

func (h *hub) remove(c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.all[c] {
		return
	}
	delete(h.all, c)
	delete(h.agents, c)
	if c.agent == nil {
		if h.buyers[c.buyer]--; h.buyers[c.buyer] <= 0 {
			delete(h.buyers, c.buyer)
		}
	}
	for id, set := range h.views {
		delete(set, c)
		if len(set) == 0 {
			delete(h.views, id)
		}
	}
}

func (h *hub) watch(id dialog.ID, c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.views[id] == nil {
		h.views[id] = map[*conn]bool{}
	}
	h.views[id][c] = true
}

func (h *hub) unwatch(id dialog.ID, c *conn) {
	h.mu.Lock()
	defer h.mu.Unlock()
	delete(h.views[id], c)
	if len(h.views[id]) == 0 {
		delete(h.views, id)
	}
}

// each calls f for a copy of a set, so that f may take its time.
func (h *hub) each(pick func() map[*conn]bool, f func(*conn)) {
	h.mu.Lock()
	list := make([]*conn, 0, len(pick()))
	for c := range pick() {
		list = append(list, c)
	}
	h.mu.Unlock()
	for _, c := range list {
		f(c)
	}
}

func (h *hub) viewers(id dialog.ID, f func(*conn)) {
	h.each(func() map[*conn]bool { return h.views[id] }, f)
}

func (h *hub) atDesk(f func(*conn))   { h.each(func() map[*conn]bool { return h.agents }, f) }
func (h *hub) everyone(f func(*conn)) { h.each(func() map[*conn]bool { return h.all }, f) }

// agentsHere is how many sockets of agents this node has.
func (h *hub) agentsHere() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.agents)
}

func (h *hub) size() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return len(h.all)
}
