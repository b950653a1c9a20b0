package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"recourse/cases"
	"recourse/dialog"
	"recourse/web"
	"recourse/web/wire"
)

// sight is a conversation with a case, and the agents who may or may not see them.
type sight struct {
	*yard
	dialogs dialog.Store
	who     map[string]string // sessions by login
}

const secretText = "我的手机号写在包裹上"

func newSight(t *testing.T) *sight {
	t.Helper()
	s := &sight{who: map[string]string{}}
	s.yard = newYard(t, func(cfg *web.Config) { s.dialogs = cfg.Dialogs })
	conv, err := s.dialogs.Open(t.Context(), yardBuyer, dialog.ZH, s.now)
	if err == nil {
		s.conv = conv.ID
		_, err = s.dialogs.Append(t.Context(), conv.ID, dialog.Append{Entry: dialog.Entry{
			At: s.now, Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Text, Client: "b1", Text: secretText,
		}})
	}
	if err != nil {
		t.Fatal(err)
	}
	s.file("partial")
	s.change(func(c dialog.Conversation) dialog.Conversation {
		c.Flow.Case = s.id
		return c
	})
	for login, role := range map[string]string{"zhou": "agent", "bo": "agent", "sen": "senior", "lead": "supervisor", "boss": "admin"} {
		s.who[login] = s.session(login, role)
	}
	ann := web.Agent{Login: "ann", Role: "agent", Languages: []dialog.Locale{dialog.EN}, Skills: []string{"fraud"}}
	if err := s.shared.SetAgent(t.Context(), ann, "correct horse"); err != nil {
		t.Fatal(err)
	}
	s.who["ann"], _, _, err = s.shared.Login(t.Context(), "ann", "correct horse", web.From{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s *sight) change(f func(dialog.Conversation) dialog.Conversation) {
	s.t.Helper()
	conv, err := s.dialogs.Load(s.t.Context(), s.conv)
	if err == nil {
		_, err = s.dialogs.Commit(s.t.Context(), s.conv, dialog.Change{Expect: conv.Version, Next: f(conv), LiveAt: -1})
	}
	if err == nil {
		if conv, err = s.dialogs.Load(s.t.Context(), s.conv); err == nil {
			err = errors.Join(s.follow(s.t.Context(), s.conv), s.shared.IndexConversation(s.t.Context(), s.dialogs, conv, ""))
		}
	}
	if err != nil {
		s.t.Fatal(err)
	}
}

// agentPaths are the operations of the document about one conversation or one case, with these filled in.
func (s *sight) agentPaths() map[string]string {
	s.t.Helper()
	_, _, raw := s.ask("GET", "/openapi.json", "", "", nil)
	var doc struct {
		Paths map[string]map[string]struct{ OperationID string }
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		s.t.Fatal(err)
	}
	out := map[string]string{}
	for path, item := range doc.Paths {
		id := ""
		switch {
		case strings.HasPrefix(path, "/api/agent/cases/{id}"):
			id = string(s.id)
		case strings.HasPrefix(path, "/api/agent/conversations/{id}"):
			id = string(s.conv)
		default:
			continue
		}
		full := strings.NewReplacer("{id}", id, "{evidence}", "e0", "{seq}", "1").Replace(path)
		for method, op := range item {
			out[op.OperationID] = strings.ToUpper(method) + " " + full
		}
	}
	if len(out) < 15 {
		s.t.Fatalf("only %d operations; the test looks at the wrong place", len(out))
	}
	return out
}

// leaks says whether an answer holds anything of the buyer or his case.
func leaks(raw []byte) bool {
	return slices.ContainsFunc([]string{yardBuyer, secretText, "手环", "充不进电", "merchant_review", "platform_", "appeal_review"}, func(s string) bool {
		return strings.Contains(string(raw), s)
	})
}

// refusedEverywhere: whatever an agent asks for, it is not there. What his role may not do anyway says so.
func (s *sight) refusedEverywhere(login string) {
	s.t.Helper()
	for op, line := range s.agentPaths() {
		method, path, _ := strings.Cut(line, " ")
		status, _, raw := s.ask(method, path, s.who[login], "leak", "{}")
		code := errorCode(s.t, raw)
		byRole := status == http.StatusForbidden && code == "NOT_PARTY"
		if !byRole && (status != http.StatusNotFound || code != "CASE_NOT_FOUND" && code != "CONVERSATION_NOT_FOUND") || leaks(raw) {
			s.t.Errorf("%s asks %s: %d %s", login, op, status, raw)
		}
	}
	if item, ok := s.lines(login)[string(s.conv)]; ok {
		s.t.Errorf("%s has it in his list: %+v", login, item)
	}
	for _, f := range []any{
		wire.Watch{T: wire.TWatch, Conversation: string(s.conv)},
		wire.Note{T: wire.TNote, ID: "n1", Conversation: string(s.conv), Text: "x"},
		wire.Say{T: wire.TSay, ID: "s1", Conversation: string(s.conv), Text: "x"},
		wire.Seen{T: wire.TSeen, Conversation: string(s.conv), Seq: 1},
		wire.Typing{T: wire.TTyping, Conversation: string(s.conv), On: true},
		wire.Release{T: wire.TRelease, ID: "r1", Conversation: string(s.conv)},
	} {
		if raw := s.frame(login, f); !strings.Contains(string(raw), `"CONVERSATION_NOT_FOUND"`) || leaks(raw) {
			s.t.Errorf("%s sends %+v: %s", login, f, raw)
		}
	}
	for _, q := range []string{"", "q=" + yardBuyer, "q=" + string(s.conv), "q=" + url.QueryEscape("手机号")} {
		if _, _, raw := s.ask("GET", "/api/agent/search?"+q, s.who[login], "", nil); strings.Contains(string(raw), string(s.conv)) || q == "" && leaks(raw) {
			s.t.Errorf("%s finds it by %q: %s", login, q, raw)
		}
	}
	if n := s.tickets(login); n != 0 {
		s.t.Errorf("%s sees %d tickets", login, n)
	}
}

// seenEverywhere: what reads, reads.
func (s *sight) seenEverywhere(login string) {
	s.t.Helper()
	for op, line := range s.agentPaths() {
		method, path, _ := strings.Cut(line, " ")
		if method != http.MethodGet {
			continue
		}
		if status, _, raw := s.ask(method, path, s.who[login], "", nil); status == http.StatusNotFound && op != "agentGetEvidence" {
			s.t.Errorf("%s asks %s: %d %s", login, op, status, raw)
		}
	}
	if raw := s.frame(login, wire.Watch{T: wire.TWatch, Conversation: string(s.conv)}); !strings.Contains(string(raw), secretText) {
		s.t.Errorf("%s watches: %s", login, raw)
	}
	if n := s.tickets(login); n != 1 {
		s.t.Errorf("%s sees %d tickets", login, n)
	}
}

func (s *sight) tickets(login string) int {
	s.t.Helper()
	_, _, raw := s.ask("GET", "/api/agent/tickets", s.who[login], "", nil)
	var list wire.TicketList
	if err := json.Unmarshal(raw, &list); err != nil {
		s.t.Fatal(err)
	}
	return len(list.Tickets)
}

// socket is a console's socket after its welcome, and what stood in its list.
func (s *sight) socket(login string) (*websocket.Conn, map[string]wire.InboxItem) {
	s.t.Helper()
	d := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}, HandshakeTimeout: time.Second}
	ws, res, err := d.DialContext(s.t.Context(), "ws"+strings.TrimPrefix(s.srv.URL, "http")+"/ws", nil)
	if err != nil {
		s.t.Fatal(err)
	}
	_ = res.Body.Close()
	if err := ws.WriteJSON(wire.Hello{T: wire.THello, Token: s.who[login], Locale: "zh-CN"}); err != nil {
		s.t.Fatal(err)
	}
	for {
		raw := s.read(ws)
		var f wire.Inbox
		if err := json.Unmarshal(raw, &f); err != nil {
			s.t.Fatal(err)
		}
		if f.T != wire.TInbox {
			continue
		}
		out := map[string]wire.InboxItem{}
		for _, i := range f.Items {
			out[i.Conversation] = i
		}
		return ws, out
	}
}

func (s *sight) read(ws *websocket.Conn) []byte {
	s.t.Helper()
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	_, raw, err := ws.ReadMessage()
	if err != nil {
		s.t.Fatal(err)
	}
	return raw
}

func (s *sight) lines(login string) map[string]wire.InboxItem {
	s.t.Helper()
	ws, list := s.socket(login)
	_ = ws.Close()
	return list
}

// frame sends a frame and returns the first answer to it.
func (s *sight) frame(login string, f any) []byte {
	s.t.Helper()
	ws, _ := s.socket(login)
	defer ws.Close()
	if err := ws.WriteJSON(f); err != nil {
		s.t.Fatal(err)
	}
	return s.read(ws)
}

// A conversation and its case go through the hands of several agents; at each stop every way to read them is tried by
// everybody.
func TestAgentsSeeOnlyWhatTheyMay(t *testing.T) {
	s := newSight(t)
	if err := s.shared.FileTicket(t.Context(), "k", wire.Ticket{Kind: "ticket", Why: "payment_failed", Case: string(s.id), At: s.now}); err != nil {
		t.Fatal(err)
	}
	stop := func(what string, see ...string) {
		t.Helper()
		t.Log(what)
		for login := range s.who {
			if slices.Contains(see, login) {
				s.seenEverywhere(login)
			} else {
				s.refusedEverywhere(login)
			}
		}
	}
	stop("with the bot", "lead", "boss")

	s.change(func(c dialog.Conversation) dialog.Conversation { return dialog.Wait(c, dialog.HandoffAsked, s.now) })
	stop("waiting, in Chinese", "zhou", "bo", "sen", "lead", "boss")

	s.change(func(c dialog.Conversation) dialog.Conversation {
		c.Locale, c.Work.Skill = dialog.EN, "fraud"
		return c
	})
	stop("waiting, in English, for a skill", "ann", "lead", "boss")

	s.change(func(c dialog.Conversation) dialog.Conversation {
		next, err := dialog.Claim(c, "bo", "Bo", c.Epoch, s.now)
		if err != nil {
			t.Fatal(err)
		}
		return next
	})
	stop("held by bo", "bo", "lead", "boss")

	s.change(func(c dialog.Conversation) dialog.Conversation {
		c.Work = c.Work.Let("zhou")
		return dialog.Return(c, s.now)
	})
	stop("back with the bot; zhou was named in a note", "bo", "zhou", "lead", "boss")
}

// An appeal is seen by seniors, and by who ruled; other agents learn nothing of it.
func TestAppealsAreSeenBySeniors(t *testing.T) {
	s := newSight(t)
	if err := s.shared.FileTicket(t.Context(), "k", wire.Ticket{Kind: "ticket", Why: "payment_failed", Case: string(s.id), At: s.now}); err != nil {
		t.Fatal(err)
	}
	s.do(cases.Merchant, band1, cases.EvReject, func(ev *cases.Event) { ev.Code, ev.Text, ev.Told = "MR04", "原因不符", true })
	s.do(cases.Buyer, yardBuyer, cases.EvEscalate, nil)
	for _, login := range []string{"zhou", "bo", "ann", "sen", "lead"} {
		s.seenEverywhere(login) // it waits for an agent
	}
	s.do(cases.Agent, "zhou", cases.EvClaim, nil)
	s.refusedEverywhere("bo")
	s.refusedEverywhere("sen")
	s.seenEverywhere("zhou")
	s.do(cases.Agent, "zhou", cases.EvRuleMerchant, func(ev *cases.Event) { ev.Text = "凭证不足以证明质量问题。" })
	s.pass(time.Hour)
	s.do(cases.Buyer, yardBuyer, cases.EvSupplement, func(ev *cases.Event) {
		ev.Evidence = []cases.Evidence{{ID: "e9", Kind: "inspection_report", Media: "image/jpeg", SHA256: "new", At: s.clock()}}
	})
	s.do(cases.Buyer, yardBuyer, cases.EvAppeal, func(ev *cases.Event) { ev.Confirmed, ev.Text = true, "有新的检测报告" })
	s.seenEverywhere("sen")
	s.seenEverywhere("zhou")
	s.refusedEverywhere("bo")
	s.refusedEverywhere("ann")
	// The senior hears it; who ruled first does not, and who may not hear appeals is not offered to.
	status, _, raw := s.act("agent", s.who["sen"], "claim", wire.CaseAction{})
	if status != http.StatusOK || !slices.Contains(view(t, raw).Allowed, "overturn") {
		t.Fatalf("the senior claims the appeal: %d %s", status, raw)
	}
	_, _, raw = s.ask("GET", "/api/agent/cases/"+string(s.id), s.who["zhou"], "", nil)
	if v := view(t, raw); slices.Contains(v.Allowed, "overturn") || slices.Contains(v.Allowed, "uphold") {
		t.Errorf("who ruled first is offered %v", v.Allowed)
	}
}

// A view that is open when it must not be any longer is closed, before what came since is shown.
func TestAViewEndsWithTheRightToIt(t *testing.T) {
	s := newSight(t)
	s.change(func(c dialog.Conversation) dialog.Conversation { return dialog.Wait(c, dialog.HandoffAsked, s.now) })
	ws, list := s.socket("zhou")
	defer ws.Close()
	if list[string(s.conv)].Last == "" {
		t.Fatalf("the list has %+v", list)
	}
	if err := ws.WriteJSON(wire.Watch{T: wire.TWatch, Conversation: string(s.conv)}); err != nil {
		t.Fatal(err)
	}
	for {
		raw := s.read(ws)
		if strings.Contains(string(raw), `"t":"state"`) {
			break
		}
	}
	s.change(func(c dialog.Conversation) dialog.Conversation {
		next, err := dialog.Claim(c, "bo", "Bo", c.Epoch, s.now)
		if err != nil {
			t.Fatal(err)
		}
		return next
	})
	if _, err := s.dialogs.Append(t.Context(), s.conv, dialog.Append{Entry: dialog.Entry{
		At: s.now, Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Text, Client: "b2", Text: secretText + "二",
	}}); err != nil {
		t.Fatal(err)
	}
	// The agent's own frame makes the server look: nothing listens for wake-ups here.
	if err := ws.WriteJSON(wire.Watch{T: wire.TWatch, Conversation: string(s.conv), Since: 1}); err != nil {
		t.Fatal(err)
	}
	if raw := s.read(ws); !strings.Contains(string(raw), `"CONVERSATION_NOT_FOUND"`) || leaks(raw) {
		t.Errorf("after a colleague took it: %s", raw)
	}
}
