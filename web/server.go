package web

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"log/slog"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"recourse/dialog"
	"recourse/web/wire"
)

// Server is the outside of Recourse. It keeps nothing that must survive it.
type Server struct {
	Config
	log      *slog.Logger
	hub      *hub
	board    *board
	looks    looks
	upgrader websocket.Upgrader
	base     context.Context // of all sockets; ends at Close
	stop     context.CancelCauseFunc
	sockets  sync.WaitGroup
}

// New makes a server; Handler serves it, Listen keeps its sockets awake, Close ends it.
func New(cfg Config, log *slog.Logger) *Server {
	base, stop := context.WithCancelCause(context.Background())
	s := &Server{Config: cfg, log: log, hub: newHub(), board: newBoard(), base: base, stop: stop}
	s.upgrader = websocket.Upgrader{
		ReadBufferSize: 1024, WriteBufferSize: 1024, WriteBufferPool: &sync.Pool{},
		Subprotocols: []string{wire.Subprotocol}, CheckOrigin: s.allowed, HandshakeTimeout: helloWait,
	}
	return s
}

// wall is the wall clock: presence and sessions do not follow a demo's clock.
func (s *Server) wall() time.Time { return time.Now() }

func newConnID() string { return rand.Text() }

// allowed says whether a page may open a socket or call the API: one of our own, or a configured one.
// Programs send no Origin and are let through; they need a token like everybody.
func (s *Server) allowed(r *http.Request) bool {
	origin := r.Header.Get("Origin")
	if origin == "" {
		return true
	}
	u, err := url.Parse(origin)
	if err != nil {
		return false
	}
	return strings.EqualFold(u.Host, r.Host) || slices.Contains(s.Origins, origin)
}

// Listen passes wake-ups on until ctx ends.
func (s *Server) Listen(ctx context.Context) error {
	var showing sync.WaitGroup
	defer showing.Wait()
	showing.Go(func() { s.runBoard(ctx) })
	s.board.changed(true)
	return s.Bus.Listen(ctx, BusHandlers{
		Wake: func(id dialog.ID) { s.hub.viewers(id, func(c *conn) { c.poke(id) }) },
		Desk: func(ids []dialog.ID) {
			s.board.changed(false, ids...)
			s.Route()
		},
		Ended: s.sessionsChanged,
		Signal: func(id dialog.ID, from string, frame []byte) {
			from, agentsOnly := strings.CutPrefix(from, forAgents)
			s.hub.viewers(id, func(c *conn) {
				if c.id != from && (from != underWay || c.agent == nil) && (!agentsOnly || c.agent != nil) {
					c.sendRaw(frame)
				}
			})
		},
		Lost: func() {
			s.board.changed(true)
			s.Route()
			s.sessionsChanged("", "")
			s.hub.everyone(func(c *conn) {
				c.post(func() {
					for id := range c.views {
						c.poke(id)
					}
				})
			})
		},
	})
}

// signal sends a passing frame to the viewers of a conversation on all nodes.
func (s *Server) signal(ctx context.Context, id dialog.ID, from string, frame any) error {
	raw, err := json.Marshal(frame)
	if err != nil {
		return fmt.Errorf("encode a signal: %w", err)
	}
	return s.Bus.Signal(ctx, id, from, raw)
}

// underWay sends drafts: they are shown to the buyer alone, for to agents they were not said.
const underWay = "bot"

// ShowDraft shows a buyer a text of the bot under way, or takes it back if it is empty. Nothing depends on it.
func (s *Server) ShowDraft(ctx context.Context, id dialog.ID, client, text string) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	frame := wire.Draft{T: wire.TDraft, Conversation: string(id), Client: client, Text: text}
	if err := s.signal(ctx, id, underWay, frame); err != nil {
		s.log.DebugContext(ctx, "draft not shown", "dialog", id, "err", err)
	}
}

// present tells the viewers of a conversation that its buyer came or went.
func (s *Server) present(c *conn, id dialog.ID, online bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.ctx), storeWait)
	defer cancel()
	frame := wire.Presence{T: wire.TPresence, Conversation: string(id), Who: dialog.FromBuyer, Online: online}
	if err := s.signal(ctx, id, c.id, frame); err != nil {
		s.log.DebugContext(ctx, "presence not told", "dialog", id, "err", err)
	}
}

// Heartbeat keeps the agents of this node at work in the desk's eyes until ctx ends.
func (s *Server) Heartbeat(ctx context.Context) error {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			s.hub.atDesk(func(c *conn) {
				if err := s.Desk.Beat(ctx, c.agent.Login, c.id, s.deskNow()); err != nil && ctx.Err() == nil {
					s.log.WarnContext(ctx, "presence of agents not noted", "err", err)
				}
			})
		}
	}
}

// beatEvery is how often a node says which consoles it has; the desk forgets one after three that it missed.
const beatEvery = 10 * time.Second

// Close asks every socket to come again elsewhere, spread over time so that they do not all come at once,
// and returns when the last is gone or ctx ends.
func (s *Server) Close(ctx context.Context) error {
	spread := max(2*time.Second, time.Duration(s.hub.size())*time.Second/2000)
	s.hub.everyone(func(c *conn) {
		c.send(wire.Drain{T: wire.TDrain, After: mathrand.Int64N(spread.Milliseconds())})
	})
	s.stop(closing{closeDraining, "draining"})
	done := make(chan struct{})
	go func() { s.sockets.Wait(); close(done) }()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close sockets: %w", ctx.Err())
	}
}

// Handler is everything the server serves.
func (s *Server) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /ws", s.upgrade)
	mux.Handle("/api/uploads", s.Uploads)
	mux.Handle("/api/uploads/", s.Uploads)
	mux.HandleFunc("GET /api/evidence/{id}", s.Uploads.ServeFile)
	mux.HandleFunc("GET /api/buyer/cases/{id}/evidence", s.evidenceLinks)
	mux.HandleFunc("GET /api/agent/cases/{id}/pack", s.servePack)
	api := s.newREST(mux)
	mux.HandleFunc("/api/", api.noRoute)
	if s.Demo != nil {
		mux.Handle("/demo/api/", s.Demo)
		mux.Handle("/demo/img/", s.Demo)
	}
	mux.Handle("/", s.Static)
	return s.secure(mux)
}

func (s *Server) upgrade(w http.ResponseWriter, r *http.Request) {
	if s.base.Err() != nil {
		w.Header().Set("Retry-After", "1")
		s.refuse(w, r, refuse(CodeUnavailable))
		return
	}
	ws, err := s.upgrader.Upgrade(w, r, nil)
	if err != nil {
		return // Upgrade has answered
	}
	if ws.Subprotocol() != wire.Subprotocol {
		msg := websocket.FormatCloseMessage(websocket.CloseProtocolError, "subprotocol "+wire.Subprotocol)
		_ = ws.WriteControl(websocket.CloseMessage, msg, time.Now().Add(writeWait))
		_ = ws.Close()
		return
	}
	// The handler returns, so that net/http lets go of its buffers; Close waits for the socket.
	from := originIn(r.Context())
	s.sockets.Go(func() { s.serveSocket(ws, from) })
}

func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	writeError(w, r, s.log, err)
}

// Refuse answers a request of a mounted handler (uploads, demo) with a public error.
func (s *Server) Refuse(w http.ResponseWriter, r *http.Request, err error) { s.refuse(w, r, err) }

type requestKey struct{}

// requestID names a request in logs and errors.
func requestID(ctx context.Context) string {
	id, _ := ctx.Value(requestKey{}).(string)
	return id
}

// contentPolicy allows what our own pages need and nothing from elsewhere. Only the configured origins may
// put the chat into a frame.
func (s *Server) contentPolicy() string {
	return "default-src 'self'; img-src 'self' blob: data:; media-src 'self' blob:; style-src 'self' 'unsafe-inline'; " +
		"connect-src 'self' ws: wss:; base-uri 'none'; form-action 'self'; object-src 'none'; frame-ancestors " +
		strings.Join(append([]string{"'self'"}, s.Origins...), " ")
}

// secure gives every request an id and every answer its security headers, and keeps other sites' pages out.
func (s *Server) secure(next http.Handler) http.Handler {
	content := s.contentPolicy()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := rand.Text()[:16]
		r = r.WithContext(context.WithValue(context.WithValue(r.Context(), requestKey{}, id), originKey{}, s.originOf(r, id)))
		h := w.Header()
		h.Set("X-Request-Id", id)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Content-Security-Policy", content)
		if r.Method != http.MethodGet && r.Method != http.MethodHead && !s.allowed(r) {
			s.refuse(w, r, refuse(CodeForbidden))
			return
		}
		next.ServeHTTP(w, r)
	})
}
