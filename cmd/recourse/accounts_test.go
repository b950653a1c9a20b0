package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gorilla/websocket"

	"recourse/dialog"
	"recourse/web"
	"recourse/web/wire"
)

// into reads an answer of 200.
func into[T any](t *testing.T, status int, raw []byte) T {
	t.Helper()
	var out T
	if err := json.Unmarshal(raw, &out); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s: %v", status, raw, err)
	}
	return out
}

// listening is a sight whose server hears of what happens on other nodes.
func listening(t *testing.T) *sight {
	t.Helper()
	s := newSight(t)
	done := make(chan error, 1)
	go func() { done <- s.web.Listen(t.Context()) }()
	t.Cleanup(func() {
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	until(t, "the listener", func() bool {
		n, err := s.shared.RDB.PubSubNumSub(t.Context(), "recourse:sessions").Result()
		return err == nil && n["recourse:sessions"] > 0
	})
	return s
}

// closed waits for a socket's end and returns its code.
func (s *sight) closed(ws *websocket.Conn) int {
	s.t.Helper()
	for {
		_ = ws.SetReadDeadline(time.Now().Add(patience))
		_, _, err := ws.ReadMessage()
		var end *websocket.CloseError
		if errors.As(err, &end) {
			return end.Code
		}
		if err != nil {
			s.t.Fatal(err)
		}
	}
}

func TestANewAccountChoosesItsPasswordFirst(t *testing.T) {
	y := newYard(t, nil)
	boss := y.session("boss", "admin")
	post := func(path, session string, body any) (int, []byte) {
		status, _, raw := y.ask("POST", path, session, "", body)
		return status, raw
	}
	status, raw := post("/api/agent/accounts", boss, wire.AddAccount{Login: "li.na", PutAccount: wire.PutAccount{Name: "小李", Role: "agent", Languages: []string{"en"}, Skills: []string{"fraud"}, Capacity: 3}})
	made := into[wire.AccountSecret](t, status, raw)
	if made.Password == "" || !made.Account.MustChange || made.Account.Capacity != 3 || !slices.Equal(made.Account.Languages, []dialog.Locale{dialog.EN}) {
		t.Fatalf("made %+v", made)
	}
	if status, raw := post("/api/agent/accounts", boss, wire.AddAccount{Login: "li.na", PutAccount: wire.PutAccount{Role: "agent"}}); status != 409 || errorCode(t, raw) != "ACCOUNT_TAKEN" {
		t.Errorf("added twice: %d %s", status, raw)
	}
	for what, in := range map[string]wire.AddAccount{
		"a login": {Login: "Li Na", PutAccount: wire.PutAccount{Role: "agent"}}, "a role": {Login: "x", PutAccount: wire.PutAccount{Role: "king"}},
		"a skill": {Login: "x", PutAccount: wire.PutAccount{Role: "agent", Skills: []string{"Two words"}}}, "a capacity": {Login: "x", PutAccount: wire.PutAccount{Role: "agent", Capacity: 1000}},
	} {
		if status, raw := post("/api/agent/accounts", boss, in); status != 422 {
			t.Errorf("%s that cannot be: %d %s", what, status, raw)
		}
	}
	status, raw = post("/api/agent/login", "", wire.Login{Login: "li.na", Password: made.Password})
	login := into[wire.LoginResult](t, status, raw)
	if !login.MustChange {
		t.Error("the login does not say that the password must be changed")
	}
	for _, path := range []string{"/api/agent/tickets", "/api/agent/sessions", "/api/agent/cases/c_000_X/pack"} {
		if status, _, raw := y.ask("GET", path, login.Session, "", nil); status != 403 || errorCode(t, raw) != "PASSWORD_CHANGE_REQUIRED" {
			t.Errorf("%s with a temporary password: %d %s", path, status, raw)
		}
	}
	for what, c := range map[string]struct {
		old, password, code string
	}{
		"a wrong old one": {"guess guess", "correct horse", "LOGIN_FAILED"}, "the same again": {made.Password, made.Password, "PASSWORD_WEAK"},
	} {
		if _, raw := post("/api/agent/password", login.Session, wire.ChangePassword{Old: c.old, Password: c.password}); errorCode(t, raw) != c.code {
			t.Errorf("%s: %s", what, raw)
		}
	}
	status, raw = post("/api/agent/password", login.Session, wire.ChangePassword{Old: made.Password, Password: "correct horse"})
	into[wire.Done](t, status, raw)
	if status, _, raw := y.ask("GET", "/api/agent/tickets", login.Session, "", nil); status != 200 {
		t.Errorf("the session it was changed in: %d %s", status, raw)
	}
	if status, raw := post("/api/agent/login", "", wire.Login{Login: "li.na", Password: made.Password}); status != 401 {
		t.Errorf("the temporary password again: %d %s", status, raw)
	}
	status, raw = post("/api/agent/login", "", wire.Login{Login: "li.na", Password: "correct horse"})
	if again := into[wire.LoginResult](t, status, raw); again.MustChange || !slices.Contains(again.Agent.May, "reply") || slices.Contains(again.Agent.May, "accounts") {
		t.Errorf("with his own: %+v", again)
	}
	// It is not for agents, and an admin does not lock himself out.
	for _, c := range []struct{ method, path, session, code string }{
		{"GET", "/api/agent/accounts", login.Session, "FORBIDDEN"},
		{"POST", "/api/agent/accounts/boss/disable", login.Session, "FORBIDDEN"},
		{"GET", "/api/agent/audit", login.Session, "FORBIDDEN"},
		{"POST", "/api/agent/accounts/boss/disable", boss, "ACCOUNT_OWN"},
		{"POST", "/api/agent/accounts/nobody/reset", boss, "NOT_FOUND"},
		{"GET", "/api/agent/accounts/nobody/sessions", boss, "NOT_FOUND"},
		{"DELETE", "/api/agent/accounts/nobody/sessions", boss, "NOT_FOUND"},
	} {
		if _, _, raw := y.ask(c.method, c.path, c.session, "", nil); errorCode(t, raw) != c.code {
			t.Errorf("%s %s: %s, want %s", c.method, c.path, raw, c.code)
		}
	}
	if _, _, raw := y.ask("PUT", "/api/agent/accounts/boss", boss, "", wire.PutAccount{Role: "agent"}); errorCode(t, raw) != "ACCOUNT_OWN" {
		t.Errorf("an admin demotes himself: %s", raw)
	}
}

// Whatever takes a right away ends sessions and sockets at once.
func TestSessionsEndAtOnceEverywhere(t *testing.T) {
	s := listening(t)
	boss := s.who["boss"]
	for what, c := range map[string]struct {
		method, path string
		body         any
		code         int
		out          bool
	}{
		"disabled":       {"POST", "/disable", nil, 4001, true},
		"reset":          {"POST", "/reset", nil, 4001, true},
		"another role":   {"PUT", "", wire.PutAccount{Role: "senior"}, 4001, true},
		"all ended":      {"DELETE", "/sessions", nil, 4001, true},
		"another skill":  {"PUT", "", wire.PutAccount{Role: "agent", Skills: []string{"fraud"}}, 4012, false},
		"another's name": {"PUT", "", wire.PutAccount{Role: "agent", Name: "小伯"}, 4012, false},
	} {
		s.who["bo"] = s.session("bo", "agent")
		ws, _ := s.socket("bo")
		status, _, raw := s.ask(c.method, "/api/agent/accounts/bo"+c.path, boss, "", c.body)
		if status != http.StatusOK {
			t.Fatalf("%s: %d %s", what, status, raw)
		}
		if got := s.closed(ws); got != c.code {
			t.Errorf("%s: the socket ends with %d, want %d", what, got, c.code)
		}
		_ = ws.Close()
		if status, _, raw := s.ask("GET", "/api/agent/tickets", s.who["bo"], "", nil); (status == http.StatusUnauthorized) != c.out {
			t.Errorf("%s: %d %s", what, status, raw)
		}
	}
	// Another password of his own: the socket he is at stays, the other ends.
	s.who["bo"] = s.session("bo", "agent")
	here, _ := s.socket("bo")
	token := s.who["bo"]
	elsewhere, _, _, err := s.shared.Login(t.Context(), "bo", "correct horse", web.From{})
	if err != nil {
		t.Fatal(err)
	}
	s.who["bo"] = elsewhere
	there, _ := s.socket("bo")
	defer there.Close()
	status, _, raw := s.ask("POST", "/api/agent/password", token, "", wire.ChangePassword{Old: "correct horse", Password: "battery staple"})
	into[wire.Done](t, status, raw)
	if got := s.closed(there); got != 4001 {
		t.Errorf("another password: the other socket ends with %d", got)
	}
	if err := here.WriteJSON(wire.Claim{T: wire.TClaim, ID: "after", Conversation: "d_none"}); err != nil {
		t.Fatal(err)
	}
	for !strings.Contains(string(s.read(here)), `"after"`) { // answered: it is open
	}
	_ = here.Close()
	// One of two sessions: the other goes on.
	s.who["bo"] = s.session("bo", "agent")
	first := s.who["bo"]
	ws, _ := s.socket("bo")
	defer ws.Close()
	second, agent, _, err := s.shared.Login(t.Context(), "bo", "correct horse", web.From{})
	if err != nil {
		t.Fatal(err)
	}
	s.who["bo"] = second
	other, _ := s.socket("bo")
	defer other.Close()
	status, _, raw = s.ask("GET", "/api/agent/sessions", first, "", nil)
	if list := into[wire.SessionList](t, status, raw); len(list.Sessions) != 2 || list.Sessions[1].This == list.Sessions[0].This {
		t.Errorf("own sessions: %+v", list)
	}
	s.ask("DELETE", "/api/agent/sessions/"+agent.Session, first, "", nil)
	if got := s.closed(other); got != 4001 {
		t.Errorf("the ended session's socket ends with %d", got)
	}
	if status, _, _ := s.ask("GET", "/api/agent/tickets", second, "", nil); status != http.StatusUnauthorized {
		t.Errorf("the ended session: %d", status)
	}
	if err := ws.WriteJSON(wire.Watch{T: wire.TUnwatch, Conversation: "d"}); err != nil {
		t.Errorf("the other socket: %v", err)
	}
	if status, _, raw := s.ask("GET", "/api/agent/tickets", first, "", nil); status != http.StatusOK {
		t.Errorf("the other session: %d %s", status, raw)
	}
}

// What agents do stands in the trail, with what came of it, and the trail is whole.
func TestTheTrailTellsWhatWasDone(t *testing.T) {
	s := listening(t)
	s.change(func(c dialog.Conversation) dialog.Conversation { return dialog.Wait(c, dialog.HandoffAsked, s.now) })
	ws, _ := s.socket("bo")
	defer ws.Close()
	conv, err := s.dialogs.Load(t.Context(), s.conv)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range []any{
		wire.Claim{T: wire.TClaim, ID: "m1", Conversation: string(s.conv), Epoch: conv.Epoch},
		wire.Say{T: wire.TSay, ID: "m2", Conversation: string(s.conv), Text: secretText},
		wire.Note{T: wire.TNote, ID: "m3", Conversation: string(s.conv), Text: secretText},
		wire.Release{T: wire.TRelease, ID: "m4", Conversation: string(s.conv), Epoch: 1},
	} {
		if err := ws.WriteJSON(f); err != nil {
			t.Fatal(err)
		}
	}
	for range 3 {
		for !strings.Contains(string(s.read(ws)), `"ack"`) {
		}
	}
	for !strings.Contains(string(s.read(ws)), `"NOT_HOLDER"`) {
	}
	s.ask("POST", "/api/agent/login", "", "", wire.Login{Login: "bo", Password: "guess guess"})
	s.ask("GET", "/api/agent/cases/"+string(s.id)+"/pack", s.who["bo"], "", nil)
	s.act("agent", s.who["lead"], "dismiss", wire.CaseAction{Text: "凭证不足以判断，予以驳回。"})
	s.ask("POST", "/api/agent/accounts/ann/disable", s.who["boss"], "", nil)
	s.ask("GET", "/api/agent/audit", s.who["bo"], "", nil)

	list := func(query string) []string {
		t.Helper()
		status, _, raw := s.ask("GET", "/api/agent/audit?limit=200&"+query, s.who["lead"], "", nil)
		var out []string
		for _, e := range slices.Backward(into[wire.AuditList](t, status, raw).Entries) {
			out = append(out, e.Actor+" "+e.Action+" "+e.Outcome)
			if strings.Contains(string(raw), secretText) {
				t.Error("the trail holds what was said")
			}
		}
		return out
	}
	for query, want := range map[string][]string{
		"conversation=" + string(s.conv) + "&actor=bo&action=chat": {"bo chat.claim done", "bo chat.reply done", "bo chat.note done", "bo chat.release NOT_HOLDER"},
		"action=login":       {"bo login.failed LOGIN_FAILED"},
		"action=case.export": {"bo case.export begun", "bo case.export done"},
		"case=" + string(s.id) + "&action=case.dismiss": {"lead case.dismiss begun", "lead case.dismiss STATE_CONFLICT"},
		"action=account":        {"boss account.disable done"},
		"action=audit&actor=bo": {"bo audit.search FORBIDDEN"},
	} {
		var got []string
		until(t, query, func() bool { // a socket is answered before its entry is kept
			got = list(query)
			return slices.Equal(got, want)
		})
	}
}
