package main

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/gorilla/websocket"

	"recourse/dialog"
	"recourse/web/wire"
)

func TestTooManyFramesAreRefusedAndNoneIsLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	c := newClient(w, w.token("demo-xiaoli"), "zh-CN", false)
	c.await("welcome", func() bool { return c.session != "" })
	const sent = 90
	for i := range sent {
		c.post(func(id string) any { return wire.Say{T: wire.TSay, ID: id, Text: fmt.Sprint("第", i, "条")} })
	}
	c.await("an answer to every frame", func() bool { return len(c.acks)+len(c.errs) >= sent })
	limited := 0
	for id, e := range c.errs {
		if e.Code != "RATE_LIMITED" || !e.Retry || e.RetryAfter <= 0 {
			t.Errorf("%s refused with %+v", id, e)
		}
		limited++
	}
	if limited == 0 || len(c.acks) < 30 {
		t.Fatalf("%d stored, %d refused", len(c.acks), limited)
	}
	for id, seq := range c.acks {
		c.await("the entry of "+id, func() bool { return int64(len(c.entries)) >= seq })
		if c.entries[seq-1].Client != id {
			t.Errorf("%s was acknowledged at %d, where %q stands", id, seq, c.entries[seq-1].Client)
		}
	}
}

// A client that does not read is cut off; the others do not notice.
func TestAClientThatDoesNotReadIsCutOff(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	stuck := websocket.Dialer{Subprotocols: []string{wire.Subprotocol}, NetDial: func(network, addr string) (net.Conn, error) {
		conn, err := net.Dial(network, addr)
		if err == nil {
			err = conn.(*net.TCPConn).SetReadBuffer(4096)
		}
		return conn, err
	}}
	ws, res, err := stuck.Dial("ws://"+w.addr+"/ws", nil)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	defer ws.Close()
	hello, err := json.Marshal(wire.Hello{T: wire.THello, Token: w.token("demo-xiaoli"), Locale: "zh-CN"})
	if err != nil {
		t.Fatal(err)
	}
	if err := ws.WriteMessage(websocket.TextMessage, hello); err != nil {
		t.Fatal(err)
	}
	long := strings.Repeat("退", 2000)
	for range 5 {
		c := newClient(w, w.token("demo-xiaoli"), "zh-CN", false)
		for range 35 {
			c.sure(func(id string) any { return wire.Say{T: wire.TSay, ID: id, Text: long} })
		}
		c.hangUp()
	}
	// Nothing is read for longer than the server's time-out for a write; then what was on its way comes, and the end.
	waited := time.NewTimer(6 * time.Second)
	<-waited.C
	_ = ws.SetReadDeadline(time.Now().Add(patience))
	got := 0
	for {
		_, _, err := ws.ReadMessage()
		if err != nil {
			if ne, ok := err.(net.Error); ok && ne.Timeout() {
				t.Fatalf("still connected after %d frames", got)
			}
			break
		}
		got++
	}
	if got > 150 {
		t.Errorf("%d of 175 long entries reached a client that does not read", got)
	}
}

func TestTokensSignedWithAnEd25519KeyAreGood(t *testing.T) {
	t.Parallel()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKIXPublicKey(public)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "key.pem")
	if err := os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	w := newWorld(t, "--demo=false", "--token-public-key", file, "--orders-url", "http://127.0.0.1:1")
	claims := jwt.MapClaims{"sub": "b1", "exp": time.Now().Add(time.Minute).Unix()}
	good, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims).SignedString(private)
	if err != nil {
		t.Fatal(err)
	}
	// The public key as an HMAC secret is the classic forgery.
	forged, err := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte(public))
	if err != nil {
		t.Fatal(err)
	}
	for token, want := range map[string]string{good: `"t":"welcome"`, forged: `"code":"UNAUTHENTICATED"`} {
		ws := dial(t, w.addr)
		if err := ws.WriteMessage(websocket.TextMessage, fmt.Appendf(nil, `{"t":"hello","token":%q}`, token)); err != nil {
			t.Fatal(err)
		}
		_ = ws.SetReadDeadline(time.Now().Add(patience))
		if _, raw, err := ws.ReadMessage(); err != nil || !strings.Contains(string(raw), want) {
			t.Errorf("%s, %v, want %s", raw, err, want)
		}
		_ = ws.Close()
	}
	// Nobody's orders can be asked for here: the bot says so and offers a person.
	c := newClient(w, good, "en", false)
	c.say("my band is broken")
	c.awaitKey("error.UNAVAILABLE")
	c.press(dialog.ActHuman, nil)
	c.await("the queue", func() bool { return c.state.Holder == dialog.HeldWaiting })
}

// At 36,000 times the speed, 48 hours pass in five seconds: the buyer did not escalate, and the case closes.
func TestAFastClockLivesThroughADeadline(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "--clock-speed", "36000")
	b := newBand(w, "zh-CN")
	for _, s := range bandStory[:6] {
		s.do(b)
	}
	_, raw := w.call("GET", "/api/merchant/cases/"+b.id, shopKey, nil, nil)
	if v := view(t, raw); v.State == "merchant_review" {
		w.caseAct("merchant", shopKey, b.id, "reject", "k", wire.CaseAction{ExpectedVersion: v.Version, Code: "MR04", Text: "已签收视为无误", Told: true})
	}
	b.buyer.awaitKey("notice.expired")
	v := b.buyer.awaitState("closed_expired")
	if !v.Terminal || v.Sentence == "" {
		t.Errorf("%+v", v)
	}
	b.checkLog()
}

// Two tabs, one conversation: what is done in one shows in the other, and the language is the last one's.
func TestTwoTabsSeeTheSameConversation(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	one := newClient(w, w.token("demo-xiaoli"), "zh-CN", false)
	one.say("手环开不了机")
	one.awaitKey("refund.start")
	two := newClient(w, w.token("demo-xiaoli"), "zh-CN", false)
	two.awaitKey("refund.start")
	two.pick("手环")
	one.awaitKey("reason.confirm")
	one.press(dialog.ActPickReason, dialog.Args{"reason": "quality_defect"})
	one.awaitKey("evidence.ask")
	two.awaitKey("evidence.ask")
	if len(one.entries) != len(two.entries) {
		t.Fatalf("%d entries in one tab, %d in the other", len(one.entries), len(two.entries))
	}
	for i := range one.entries {
		if one.entries[i].Text != two.entries[i].Text || one.entries[i].Seq != two.entries[i].Seq {
			t.Errorf("entry %d differs: %+v and %+v", i+1, one.entries[i], two.entries[i])
		}
	}
}
