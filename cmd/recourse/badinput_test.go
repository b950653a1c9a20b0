package main

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/gorilla/websocket"

	"recourse/dialog"
	"recourse/web"
	"recourse/web/wire"
)

// refusedWith sends a frame with an id and waits for its refusal.
func (c *client) refusedWith(code string, make func(id string) any) {
	c.t.Helper()
	before := len(c.entries)
	id := c.post(make)
	c.await("refusal "+code, func() bool {
		if _, ok := c.acks[id]; ok {
			c.t.Fatalf("%s was acknowledged, want %s", id, code)
		}
		_, ok := c.errs[id]
		return ok
	})
	e := c.errs[id]
	if e.Code != code {
		c.t.Errorf("refused with %s (%s), want %s", e.Code, e.Message, code)
	}
	if e.Message == "" || strings.ContainsAny(e.Message, "{}") {
		c.t.Errorf("%s has the message %q", code, e.Message)
	}
	if len(c.entries) != before {
		c.t.Errorf("%s left %d entries in the log", code, len(c.entries)-before)
	}
}

func TestBadFramesAreNamedAndLoseNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := newClient(w, w.token("demo-xiaoli"), "zh-CN", false)
	c.say("手环开不了机")
	c.awaitKey("refund.start")

	// Not JSON, not a frame, not text: named, and the socket lives on.
	for _, raw := range []string{"{", "[]", `{"t":"launch"}`, `{"t":"say","id":7}`, "\"t\""} {
		delete(c.errs, "")
		if err := c.ws.WriteMessage(websocket.TextMessage, []byte(raw)); err != nil {
			t.Fatal(err)
		}
		c.await("an error for "+raw, func() bool { _, ok := c.errs[""]; return ok })
		if code := c.errs[""].Code; code != "BAD_FRAME" {
			t.Errorf("%s is refused with %s, want BAD_FRAME", raw, code)
		}
	}
	delete(c.errs, "")
	if err := c.ws.WriteMessage(websocket.BinaryMessage, []byte{0}); err != nil {
		t.Fatal(err)
	}
	c.await("an error for a binary frame", func() bool { return c.errs[""].Code == "BAD_FRAME" })

	c.refusedWith("TEXT_TOO_LONG", func(id string) any { return wire.Say{T: wire.TSay, ID: id, Text: strings.Repeat("退", 2001)} })
	c.refusedWith("TEXT_EMPTY", func(id string) any { return wire.Say{T: wire.TSay, ID: id, Text: " \n"} })
	c.refusedWith("UNKNOWN_ACTION", func(id string) any {
		return wire.Press{T: wire.TPress, ID: id, Seq: c.state.Live, Action: "grant_refund"}
	})
	// A real action that this card does not offer.
	c.refusedWith("UNKNOWN_ACTION", func(id string) any {
		return wire.Press{T: wire.TPress, ID: id, Seq: c.state.Live, Action: dialog.ActSubmit}
	})
	// Somebody else's order is not on the card, so it cannot be pressed.
	c.refusedWith("UNKNOWN_ACTION", func(id string) any {
		return wire.Press{T: wire.TPress, ID: id, Seq: c.state.Live, Action: dialog.ActPickOrder, Args: dialog.Args{"order": "6920251100020001", "line": "1"}}
	})
	// An id that was used for something else.
	was := c.order[0]
	delete(c.acks, was)
	delete(c.errs, was)
	c.write(wire.Say{T: wire.TSay, ID: was, Text: "别的话"})
	c.await("ID_REUSED", func() bool { return c.errs[was].Code == "ID_REUSED" })

	// The flow is where it was.
	old := c.state.Live
	c.pick("手环")
	c.awaitKey("reason.confirm")
	c.refusedWith("CARD_STALE", func(id string) any {
		return wire.Press{T: wire.TPress, ID: id, Seq: old, Action: dialog.ActPickOrder, Args: dialog.Args{"order": "6920251100010002", "line": "1"}}
	})
	c.press(dialog.ActPickReason, dialog.Args{"reason": "quality_defect"})
	c.awaitKey("evidence.ask")

	// Too large for a frame: the socket is closed with 1009, and the client resumes without loss.
	n := len(c.entries)
	if err := c.ws.WriteMessage(websocket.TextMessage, []byte(`{"t":"say","id":"big","text":"`+strings.Repeat("x", 40<<10)+`"}`)); err != nil {
		t.Fatal(err)
	}
	if code := closeCode(c); code != websocket.CloseMessageTooBig {
		t.Errorf("closed with %d, want 1009", code)
	}
	c.hangUp()
	c.say("还在吗")
	if len(c.entries) < n {
		t.Errorf("%d entries after the reconnect, %d before", len(c.entries), n)
	}
}

// closeCode reads until the server closes and returns its code.
func closeCode(c *client) int {
	_ = c.ws.SetReadDeadline(time.Now().Add(patience))
	for {
		if _, _, err := c.ws.ReadMessage(); err != nil {
			if e, ok := err.(*websocket.CloseError); ok {
				return e.Code
			}
			return -1
		}
	}
}

func TestNobodyComesInWithoutAGoodToken(t *testing.T) {
	t.Parallel()
	secret := strings.Repeat("s", 32)
	now := time.Now()
	sign := func(claims jwt.MapClaims, method jwt.SigningMethod, key any) string {
		s, err := jwt.NewWithClaims(method, claims).SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	good, err := web.Issue([]byte(secret), "b1", time.Minute, now)
	if err != nil {
		t.Fatal(err)
	}
	l := newServer(t, secret)
	for name, tt := range map[string]struct {
		token string
		code  string
	}{
		"a good one":          {good, ""},
		"none":                {"", "UNAUTHENTICATED"},
		"rubbish":             {"abc.def.ghi", "UNAUTHENTICATED"},
		"expired":             {sign(jwt.MapClaims{"sub": "b1", "exp": now.Add(-time.Minute).Unix()}, jwt.SigningMethodHS256, []byte(secret)), "TOKEN_EXPIRED"},
		"without an end":      {sign(jwt.MapClaims{"sub": "b1"}, jwt.SigningMethodHS256, []byte(secret)), "UNAUTHENTICATED"},
		"that lives too long": {sign(jwt.MapClaims{"sub": "b1", "exp": now.Add(time.Hour).Unix()}, jwt.SigningMethodHS256, []byte(secret)), "UNAUTHENTICATED"},
		"of another key":      {sign(jwt.MapClaims{"sub": "b1", "exp": now.Add(time.Minute).Unix()}, jwt.SigningMethodHS256, []byte(strings.Repeat("x", 32))), "UNAUTHENTICATED"},
		"unsigned":            {sign(jwt.MapClaims{"sub": "b1", "exp": now.Add(time.Minute).Unix()}, jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType), "UNAUTHENTICATED"},
		"without a buyer":     {sign(jwt.MapClaims{"exp": now.Add(time.Minute).Unix()}, jwt.SigningMethodHS256, []byte(secret)), "UNAUTHENTICATED"},
		"with a wider hash":   {sign(jwt.MapClaims{"sub": "b1", "exp": now.Add(time.Minute).Unix()}, jwt.SigningMethodHS512, []byte(secret)), "UNAUTHENTICATED"},
		"posing as a session": {sign(jwt.MapClaims{"iss": "recourse-session", "sub": "b1", "exp": now.Add(time.Minute).Unix()}, jwt.SigningMethodHS256, []byte(secret)), "UNAUTHENTICATED"},
		"of a demo merchant":  {shopKey, "UNAUTHENTICATED"},
		"of nobody's session": {"as_AAAAAAAAAAAAAAAAAAAAAAAAAA", "UNAUTHENTICATED"},
	} {
		ws := dial(t, l)
		raw := fmt.Sprintf(`{"t":"hello","token":%q,"locale":"en"}`, tt.token)
		if err := ws.WriteMessage(websocket.TextMessage, []byte(raw)); err != nil {
			t.Fatal(err)
		}
		_ = ws.SetReadDeadline(time.Now().Add(patience))
		_, answer, err := ws.ReadMessage()
		if err != nil {
			t.Fatalf("token %s: %v", name, err)
		}
		switch {
		case tt.code == "" && !bytes.Contains(answer, []byte(`"t":"welcome"`)):
			t.Errorf("token %s: %s", name, answer)
		case tt.code != "" && !bytes.Contains(answer, []byte(`"code":"`+tt.code+`"`)):
			t.Errorf("token %s: %s, want %s", name, answer, tt.code)
		case tt.code != "":
			if code := closeCode(&client{t: t, ws: ws}); code != 4001 {
				t.Errorf("token %s: closed with %d, want 4001", name, code)
			}
		}
		_ = ws.Close()
	}
	// The demo's doors are not there without --demo.
	for _, path := range []string{"/", "/demo/merchant", "/demo/api/shop", "/demo/shop.js"} {
		res, err := http.Get("http://" + l + path)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != http.StatusNotFound {
			t.Errorf("GET %s without --demo: %d, want 404", path, res.StatusCode)
		}
	}
}

func dial(t *testing.T, addr string) *websocket.Conn {
	t.Helper()
	d := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}, HandshakeTimeout: patience}
	ws, res, err := d.Dial("ws://"+addr+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return ws
}

// newServer is a served program without --demo; its order system has nothing for anybody.
func newServer(t *testing.T, secret string) string {
	t.Helper()
	w := newWorld(t, "--demo=false", "--token-secret", secret, "--orders-url", "http://127.0.0.1:1")
	return w.addr
}

func TestWhatIsSomebodyElsesDoesNotExist(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := newBand(w, "zh-CN")
	for _, s := range bandStory[:6] { // until it is submitted
		s.do(b)
	}
	other := newClient(w, w.token("demo-anna"), "en", false)
	other.await("a session", func() bool { return other.session != "" })

	// Another buyer's conversation.
	ws := dial(t, w.addr)
	raw := fmt.Sprintf(`{"t":"hello","token":%q,"conversation":%q}`, other.session, b.buyer.conv)
	if err := ws.WriteMessage(websocket.TextMessage, []byte(raw)); err != nil {
		t.Fatal(err)
	}
	if code := closeCode(&client{t: t, ws: ws}); code != 4003 {
		t.Errorf("another buyer's conversation: closed with %d, want 4003", code)
	}
	// Another buyer's case, by press, by upload, by evidence link.
	other.refusedWith("CASE_NOT_FOUND", func(id string) any {
		return wire.Press{T: wire.TPress, ID: id, Action: dialog.ActWithdraw, Args: dialog.Args{"case": b.id}}
	})
	meta := map[string]string{"Tus-Resumable": "1.0.0", "Upload-Length": "10", "Upload-Metadata": uploadMeta(b.id, "item_photo")}
	if status, raw := w.call("POST", "/api/uploads", other.session, meta, nil); status != 404 || errorCode(t, raw) != "CASE_NOT_FOUND" {
		t.Errorf("upload to another buyer's case: %d %s", status, raw)
	}
	link := b.buyer.state.Case.Evidence[0].URL
	if status, _ := w.call("GET", link, "", nil, nil); status != 200 {
		t.Errorf("a signed link: %d", status)
	}
	if status, raw := w.call("GET", strings.Split(link, "?")[0], "", nil, nil); status != 403 {
		t.Errorf("evidence without a signature: %d %s", status, raw)
	}
	// Another shop's case, and a draft, which is the buyer's alone.
	if status, raw := w.call("GET", "/api/merchant/cases/"+b.id, "rk_demo_shop-yichu", nil, nil); status != 404 || errorCode(t, raw) != "CASE_NOT_FOUND" {
		t.Errorf("another shop's case: %d %s", status, raw)
	}
	if status, raw := w.call("GET", "/api/merchant/cases/"+b.id, "rk_wrong", nil, nil); status != 401 {
		t.Errorf("a wrong key: %d %s", status, raw)
	}
	if status, raw := w.call("GET", "/api/agent/cases/"+b.id, b.buyer.session, nil, nil); status != 401 {
		t.Errorf("a buyer at the desk's API: %d %s", status, raw)
	}
}

func uploadMeta(id, kind string) string {
	enc := func(s string) string { return b64.EncodeToString([]byte(s)) }
	return "case " + enc(id) + ",kind " + enc(kind) + ",filename " + enc("a.jpg") + ",filetype " + enc("image/jpeg")
}

func TestEvidenceOfAWrongTypeIsRefusedWithWords(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := newBand(w, "zh-CN")
	for _, s := range bandStory[:3] {
		s.do(b)
	}
	for name, tt := range map[string]struct {
		kind string
		file []byte
		code string
	}{
		"a text that says it is a picture": {"item_photo", []byte(strings.Repeat("not a picture ", 100)), "EVIDENCE_REJECTED"},
		"a picture for a video":            {"unboxing_video", photo(5), "EVIDENCE_REJECTED"},
		"a cut-off picture":                {"item_photo", photo(5)[:3000], "EVIDENCE_REJECTED"},
		"a page":                           {"item_photo", []byte("<html><script>alert(1)</script>" + strings.Repeat(" ", 900)), "EVIDENCE_REJECTED"},
	} {
		status, loc := w.call("POST", "/api/uploads", b.buyer.session, map[string]string{
			"Tus-Resumable": "1.0.0", "Upload-Length": fmt.Sprint(len(tt.file)), "Upload-Metadata": uploadMeta(b.id, tt.kind),
		}, nil)
		if status != http.StatusCreated {
			t.Errorf("%s: create %d %s", name, status, loc)
			continue
		}
		path := strings.TrimPrefix(string(loc), "http://"+w.addr)
		status, raw := w.call("PATCH", path, b.buyer.session, map[string]string{
			"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": "application/offset+octet-stream",
		}, tt.file)
		if status != 422 || errorCode(t, raw) != tt.code {
			t.Errorf("%s: %d %s", name, status, raw)
		}
	}
	// A kind that does not exist, and one that is not the buyer's to give.
	for _, kind := range []string{"selfie", "merchant_inspection"} {
		status, raw := w.call("POST", "/api/uploads", b.buyer.session, map[string]string{
			"Tus-Resumable": "1.0.0", "Upload-Length": "1000", "Upload-Metadata": uploadMeta(b.id, kind),
		}, nil)
		if status != 422 || errorCode(t, raw) != "EVIDENCE_REJECTED" {
			t.Errorf("kind %s: %d %s", kind, status, raw)
		}
	}
	// Nothing of it is in the case, and the story goes on.
	bandStory[3].do(b)
	if n := len(b.buyer.state.Case.Evidence); n != 1 {
		t.Errorf("%d pieces of evidence, want 1", n)
	}
}

func TestAMerchantsAnswerCountsOnceAndOnTheVersionHeSaw(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := newBand(w, "zh-CN")
	for _, s := range bandStory[:6] {
		s.do(b)
	}
	post := func(action, key string, in wire.CaseAction) (int, []byte) {
		header := map[string]string{}
		if key != "" {
			header["Idempotency-Key"] = key
		}
		return w.call("POST", "/api/merchant/cases/"+b.id+"/"+action, shopKey, header, in)
	}
	_, raw := w.call("GET", "/api/merchant/cases/"+b.id, shopKey, nil, nil)
	v := view(t, raw)
	refusal := wire.CaseAction{ExpectedVersion: v.Version, Code: "MR04", Text: "已签收视为无误", Told: true}
	stale, other := refusal, refusal
	stale.ExpectedVersion = v.Version - 1
	other.Text = "换个说法"
	for _, tt := range []struct {
		name, action, key string
		in                wire.CaseAction
		status            int
		code              string
	}{
		{"without a key", "reject", "", refusal, 400, "IDEMPOTENCY_KEY_REQUIRED"},
		{"an unknown action", "grant", "k0", refusal, 422, "UNKNOWN_ACTION"},
		{"an agent's action", "rule_refund", "k0", refusal, 422, "UNKNOWN_ACTION"},
		{"a stale version", "reject", "k1", stale, 409, "VERSION_CONFLICT"},
		{"without a reason", "reject", "k2", wire.CaseAction{ExpectedVersion: v.Version, Told: true}, 422, "REJECT_REASON_REQUIRED"},
		{"without telling of the platform", "reject", "k3", wire.CaseAction{ExpectedVersion: v.Version, Code: "MR04", Text: "不退"}, 422, "REJECT_REASON_REQUIRED"},
		{"without the proof its code needs", "reject", "k4", wire.CaseAction{ExpectedVersion: v.Version, Code: "MR08", Text: "已签收", Told: true}, 422, "EVIDENCE_REQUIRED"},
		{"a return without the goods", "confirm_refund", "k5", wire.CaseAction{ExpectedVersion: v.Version}, 409, "STATE_CONFLICT"},
		{"the answer", "reject", "k6", refusal, 200, ""},
		{"the same answer again", "reject", "k6", refusal, 200, ""},
		{"the same key for other words", "reject", "k6", other, 409, "IDEMPOTENCY_MISMATCH"},
		{"a second answer", "reject", "k7", wire.CaseAction{ExpectedVersion: v.Version + 1, Code: "MR04", Text: "不退", Told: true}, 409, "STATE_CONFLICT"},
		{"a second answer on what he saw first", "agree_return", "k8", wire.CaseAction{ExpectedVersion: v.Version}, 409, "VERSION_CONFLICT"},
	} {
		status, raw := post(tt.action, tt.key, tt.in)
		if status != tt.status || tt.code != "" && errorCode(t, raw) != tt.code {
			t.Errorf("%s: %d %s, want %d %s", tt.name, status, raw, tt.status, tt.code)
		}
		for _, internal := range []string{"recourse/", "redis", "goroutine", ".go:"} {
			if status >= 400 && bytes.Contains(raw, []byte(internal)) {
				t.Errorf("%s: internal text leaves the process: %s", tt.name, raw)
			}
		}
	}
	b.buyer.awaitKey("notice.rejected")
	b.checkLog()
}
