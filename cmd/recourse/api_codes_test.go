package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/evidence"
	"recourse/cases/orders"
	"recourse/cases/policy"
	"recourse/cases/rediscases"
	"recourse/dialog"
	"recourse/dialog/desk"
	"recourse/dialog/redisdesk"
	"recourse/dialog/redisdialog"
	"recourse/internal/ids"
	"recourse/internal/redistest"
	"recourse/web"
	"recourse/web/redisweb"
	"recourse/web/wire"
)

// yard is the API over real stores with a clock of its own, so that a case can be brought anywhere at once.
type yard struct {
	t       *testing.T
	srv     *httptest.Server
	web     *web.Server
	desk    *redisdesk.Store
	ledger  *cases.Ledger
	shared  *redisweb.Store
	reports *redisweb.Reports
	shop    string // key of shop-shuma
	read    string // its key that may only look
	other   string // key of another shop
	id      cases.ID
	conv    dialog.ID // where the buyer is told of the case; "": nowhere
	n       int       // of keys

	mu  sync.Mutex
	now time.Time // guarded by mu
}

const band1 = "shop-shuma"

// noFiles stands for the intake: these tests upload nothing.
type noFiles struct{ http.Handler }

func (noFiles) ServeFile(http.ResponseWriter, *http.Request) {}
func (noFiles) Sign(cases.EvidenceID, evidence.Party, evidence.Copy, time.Time) string {
	return "sig"
}

func (noFiles) Info(context.Context, cases.EvidenceID) (evidence.Info, error) {
	return evidence.Info{}, evidence.ErrNotFound
}
func (noFiles) WritePack(context.Context, io.Writer, evidence.Pack) error { return nil }

func newYard(t *testing.T, with func(*web.Config)) *yard {
	t.Helper()
	rdb := redistest.Embedded(t)
	y := &yard{t: t, now: time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)}
	shop := orders.NewDemo(y.now)
	y.shared = &redisweb.Store{RDB: rdb, Wall: time.Now}
	y.reports = &redisweb.Reports{RDB: rdb, Zone: policy.Zone}
	byVersion := func(string) *policy.Policy { return policy.Default() }
	y.ledger = &cases.Ledger{Store: &rediscases.Store{RDB: rdb}, Orders: shop, Policy: byVersion, Now: y.clock}
	y.desk = &redisdesk.Store{RDB: rdb, Rules: desk.Default()}
	cfg := web.Config{
		Dialogs: &redisdialog.Store{RDB: rdb}, Ledger: y.ledger, Policy: byVersion, Words: wording{policy: byVersion}, Accounts: y.shared, Roster: y.shared, Audit: &redisweb.Audit{RDB: rdb}, Desk: y.desk, Rules: y.desk.Rules, Follow: y.follow, Route: func() {},
		Shops: y.shared, Parcels: y.shared, Bus: y.shared, Uploads: noFiles{http.NotFoundHandler()}, Tokens: &web.Tokens{Own: bytes.Repeat([]byte("k"), 32), Now: time.Now}, AliasKey: []byte("alias"),
		Tickets: y.shared, CannedReplies: y.shared, Finder: y.shared, Scores: y.shared, Complaints: &complaints.Ledger{Store: &rediscases.Complaints{RDB: rdb}, Policy: byVersion, Now: y.clock}, ComplaintIndex: y.shared, NewComplaint: complaintFor,
		Turn: func(dialog.ID) {}, Now: y.clock, Speed: func() float64 { return 1 }, ShopRate: 1000, CallbackKey: "cb-key", Static: http.NotFoundHandler(),
	}
	cfg.Reports = y.reports
	if with != nil {
		with(&cfg)
	}
	y.web = web.New(cfg, slog.New(slog.DiscardHandler))
	y.srv = httptest.NewServer(y.web.Handler())
	t.Cleanup(y.srv.Close)
	for key, k := range map[*string]redisweb.ShopKey{&y.shop: {Shop: band1}, &y.read: {Shop: band1, ReadOnly: true}, &y.other: {Shop: "shop-yichu"}} {
		secret, _, err := y.shared.NewShopKey(t.Context(), k)
		if err != nil {
			t.Fatal(err)
		}
		*key = secret
	}
	return y
}

// follow lets the desk follow a conversation.
func (y *yard) follow(ctx context.Context, id dialog.ID) error {
	conv, err := (&redisdialog.Store{RDB: y.shared.RDB}).Load(ctx, id)
	if err != nil {
		return err
	}
	return y.desk.Follow(ctx, conv, time.Time{}, desk.Now{Wall: time.Now(), Market: y.clock()})
}

func (y *yard) clock() time.Time {
	y.mu.Lock()
	defer y.mu.Unlock()
	return y.now
}

func (y *yard) pass(d time.Duration) {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.now = y.now.Add(d)
}

// session lets an agent in; a password is slow to check, so only who is needed comes.
func (y *yard) session(login, role string) string {
	y.t.Helper()
	if err := y.shared.SetAgent(y.t.Context(), web.Agent{Login: login, Role: role}, "correct horse"); err != nil {
		y.t.Fatal(err)
	}
	session, _, _, err := y.shared.Login(y.t.Context(), login, "correct horse", web.From{})
	if err != nil {
		y.t.Fatal(err)
	}
	return session
}

// do applies an event of anybody to the case.
func (y *yard) do(actor cases.Actor, by string, kind cases.EventKind, fill func(*cases.Event)) {
	y.t.Helper()
	y.n++
	ev := cases.Event{Key: fmt.Sprint("k", y.n), Kind: kind, Actor: actor, By: by}
	if fill != nil {
		fill(&ev)
	}
	if _, err := y.ledger.Apply(y.t.Context(), y.id, ev); err != nil {
		y.t.Fatalf("%s: %v", kind, err)
	}
}

const (
	yardBuyer = "demo-xiaoli"
	asked     = 15000 // fen
)

// file brings a case on the smart band to the merchant.
func (y *yard) file(kind policy.RefundType) {
	y.t.Helper()
	lines, err := y.ledger.Orders.Lines(y.t.Context(), yardBuyer)
	if err != nil {
		y.t.Fatal(err)
	}
	for _, l := range lines {
		if !strings.Contains(l.Title, "手环") {
			continue
		}
		y.id = cases.ID(ids.New("c", ids.Of(yardBuyer)))
		if _, err := y.ledger.Open(y.t.Context(), y.id, yardBuyer, string(y.conv), l); err != nil {
			y.t.Fatal(err)
		}
	}
	y.do(cases.Buyer, yardBuyer, cases.EvAmend, func(ev *cases.Event) {
		ev.Reason, ev.Type, ev.Answers, ev.Text = "quality_defect", kind, &policy.Answers{}, "充不进电"
		if kind == policy.Partial { // without a return
			ev.AmountFen = asked
		}
	})
	for i, k := range []policy.EvidenceKind{"item_photo", "fault_video"} {
		y.do(cases.Buyer, yardBuyer, cases.EvSupplement, func(ev *cases.Event) {
			ev.Evidence = []cases.Evidence{{ID: cases.EvidenceID(fmt.Sprint("e", i)), Kind: k, Media: map[bool]string{true: "image/jpeg", false: "video/mp4"}[k == "item_photo"], SHA256: string(k), At: y.clock()}}
		})
	}
	y.do(cases.Buyer, yardBuyer, cases.EvSubmit, func(ev *cases.Event) { ev.Confirmed = true })
}

// refused brings it to where the buyer has a refusal.
func (y *yard) refused() {
	y.file(policy.Partial)
	y.do(cases.Merchant, band1, cases.EvReject, func(ev *cases.Event) { ev.Code, ev.Text, ev.Told = "MR04", "原因不符", true })
}

// reviewed brings it before an agent.
func (y *yard) reviewed() {
	y.refused()
	y.do(cases.Buyer, yardBuyer, cases.EvEscalate, nil)
	y.do(cases.Agent, "zhou", cases.EvClaim, nil)
}

// returning puts the goods on their way back.
func (y *yard) returning() {
	y.file(policy.ReturnRefund)
	y.do(cases.Merchant, band1, cases.EvAgreeReturn, nil)
	y.do(cases.Buyer, yardBuyer, cases.EvFillTracking, func(ev *cases.Event) { ev.Carrier, ev.Waybill = "顺丰速运", "SF1234567890123" })
}

func (y *yard) version() int {
	y.t.Helper()
	c, err := y.ledger.Store.Load(y.t.Context(), y.id)
	if err != nil {
		y.t.Fatal(err)
	}
	return c.Version
}

// ask is one request; the answer is held to the document.
func (y *yard) ask(method, path, token, key string, body any) (int, http.Header, []byte) {
	y.t.Helper()
	raw, isText := body.(string)
	if !isText && body != nil {
		enc, err := json.Marshal(body)
		if err != nil {
			y.t.Fatal(err)
		}
		raw = string(enc)
	}
	req, err := http.NewRequestWithContext(y.t.Context(), method, y.srv.URL+path, strings.NewReader(raw))
	if err != nil {
		y.t.Fatal(err)
	}
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	if key != "" {
		req.Header.Set("Idempotency-Key", key)
	}
	if raw != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		y.t.Fatal(err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		y.t.Fatal(err)
	}
	checkAnswer(y.t, method, path, res.StatusCode, res.Header, answer)
	return res.StatusCode, res.Header, answer
}

// act is an action of a side on the case as it is.
func (y *yard) act(side, token, action string, in wire.CaseAction) (int, http.Header, []byte) {
	y.t.Helper()
	y.n++
	if in.ExpectedVersion == 0 {
		in.ExpectedVersion = y.version()
	}
	return y.ask("POST", "/api/"+side+"/cases/"+string(y.id)+"/"+action, token, fmt.Sprint("h", y.n), in)
}

// Every code of domain §3.7 that a merchant or an agent can meet, with a real case each, over HTTP. The buyer's
// own (eligibility, escalation, attempts, appeal) come over the socket.
func TestEveryCodeOfTheDomainComesOverHTTPAsItsTableSays(t *testing.T) {
	refusal := wire.CaseAction{Code: "MR04", Text: "原因不符", Told: true}
	type answer struct {
		status int
		header http.Header
		body   []byte
	}
	got := func(status int, header http.Header, body []byte) answer { return answer{status, header, body} }
	for _, tt := range []struct {
		code   string
		name   string
		status int
		// knows says that the refusal shows the case: state, version, what is possible.
		knows bool
		do    func(y *yard) answer
		more  func(e wire.APIErrorBody) bool
	}{
		{"CASE_NOT_FOUND", "no such case", 404, false, func(y *yard) answer {
			return got(y.ask("GET", "/api/merchant/cases/c_000_AAAAAAAAAAAAAAAAAAAAAAAAAA", y.shop, "", nil))
		}, nil},
		{"CASE_NOT_FOUND", "another shop's", 404, false, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.act("merchant", y.other, "agree_refund", wire.CaseAction{}))
		}, nil},
		{"NOT_PARTY", "an agent who may not reopen", 403, false, func(y *yard) answer {
			y.refused()
			y.pass(49 * time.Hour)
			y.do(cases.System, "", cases.TimerEvent(cases.TimerEscalate), nil)
			return got(y.act("agent", y.session("zhou", "agent"), "reopen", wire.CaseAction{Text: "系统故障导致买家无法申请。"}))
		}, nil},
		{"STATE_CONFLICT", "a refund of goods that must come back", 409, true, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.act("merchant", y.shop, "confirm_refund", wire.CaseAction{}))
		}, func(e wire.APIErrorBody) bool { return len(e.Deadlines) > 0 && len(e.Allowed) > 2 }},
		{"VERSION_CONFLICT", "a stale version", 409, true, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.act("merchant", y.shop, "agree_refund", wire.CaseAction{ExpectedVersion: y.version() - 1}))
		}, func(e wire.APIErrorBody) bool { return len(e.Allowed) > 2 }},
		{"IDEMPOTENCY_MISMATCH", "a key for other words", 409, true, func(y *yard) answer {
			y.file(policy.Partial)
			path := "/api/merchant/cases/" + string(y.id) + "/reject"
			first := refusal
			first.ExpectedVersion = y.version()
			if status, _, raw := y.ask("POST", path, y.shop, "same", first); status != 200 {
				y.t.Fatalf("%d %s", status, raw)
			}
			first.Text = "别的说法"
			return got(y.ask("POST", path, y.shop, "same", first))
		}, nil},
		{"DEADLINE_PASSED", "a reopening after the last day", 410, true, func(y *yard) answer {
			y.refused()
			y.pass(49 * time.Hour)
			y.do(cases.System, "", cases.TimerEvent(cases.TimerEscalate), nil)
			y.pass(400 * 24 * time.Hour)
			return got(y.act("agent", y.session("wang", "supervisor"), "reopen", wire.CaseAction{Text: "系统故障导致买家无法申请。"}))
		}, nil},
		{"EVIDENCE_REQUIRED", "a code without its proof", 422, true, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.act("merchant", y.shop, "reject", wire.CaseAction{Code: "MR08", Text: "已签收", Told: true}))
		}, func(e wire.APIErrorBody) bool { return len(e.Missing) > 0 && len(e.MissingAnyOf) > 0 }},
		{"EVIDENCE_REJECTED", "proof that is the buyer's", 422, true, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.act("merchant", y.shop, "reject", wire.CaseAction{Code: "MR04", Text: "不符", Told: true, Evidence: []string{"e0", "e9"}}))
		}, func(e wire.APIErrorBody) bool {
			return len(e.Rejected) == 2 && e.Rejected[0] == wire.RejectedItem{ID: "e0", Kind: "item_photo", Reason: "not_yours_to_give"} && e.Rejected[1].Reason == "not_in_the_case"
		}},
		{"EVIDENCE_LOCKED", "a statement after the ruling", 409, true, func(y *yard) answer {
			y.reviewed()
			y.do(cases.Agent, "zhou", cases.EvRuleRefund, func(ev *cases.Event) { ev.Text = "故障视频显示充电后无法开机。" })
			return got(y.act("merchant", y.shop, "supplement", wire.CaseAction{Text: "补充说明"}))
		}, nil},
		{"AMOUNT_INVALID", "an offer of all", 422, true, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.act("merchant", y.shop, "offer", wire.CaseAction{Kind: "partial", AmountFen: 1e9}))
		}, nil},
		{"AMOUNT_INVALID", "an offer below nothing", 422, false, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.act("merchant", y.shop, "offer", wire.CaseAction{Kind: "partial", AmountFen: -5}))
		}, func(e wire.APIErrorBody) bool { return e.Problems[0].Field == "body.amount_fen" }},
		{"AMOUNT_INVALID", "half a fen", 422, false, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.ask("POST", "/api/merchant/cases/"+string(y.id)+"/offer", y.shop, "k", `{"expected_version":5,"kind":"partial","amount_fen":10.5}`))
		}, nil},
		{"REJECT_REASON_REQUIRED", "a code of the other phase", 422, true, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.act("merchant", y.shop, "reject", wire.CaseAction{Code: "MR12", Text: "不符", Told: true}))
		}, nil},
		{"REJECT_REASON_REQUIRED", "no code at all", 422, false, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.act("merchant", y.shop, "reject", wire.CaseAction{Text: "不符", Told: true}))
		}, func(e wire.APIErrorBody) bool { return e.Field == "code" }},
		{"EXTEND_TOO_EARLY", "an extension on the second day", 409, true, func(y *yard) answer {
			y.returning()
			y.pass(48 * time.Hour)
			return got(y.act("merchant", y.shop, "extend_receipt", wire.CaseAction{}))
		}, nil},
		{"EXTEND_NOT_ALLOWED", "a second extension", 409, true, func(y *yard) answer {
			y.returning()
			y.pass(5*24*time.Hour + time.Hour)
			if status, _, raw := y.act("merchant", y.shop, "extend_receipt", wire.CaseAction{}); status != 200 {
				y.t.Fatalf("%d %s", status, raw)
			}
			return got(y.act("merchant", y.shop, "extend_receipt", wire.CaseAction{}))
		}, nil},
		{"NOT_ASSIGNED", "another agent's case", 409, true, func(y *yard) answer {
			y.reviewed()
			return got(y.act("agent", y.session("chen", "supervisor"), "dismiss", wire.CaseAction{Text: "凭证不足以判断，予以驳回。"}))
		}, nil},
		{"CONFIRMATION_REQUIRED", "a settlement without consents", 422, true, func(y *yard) answer {
			y.reviewed()
			return got(y.ask("POST", "/api/agent/cases/"+string(y.id)+"/settle", y.session("zhou", "agent"), "k",
				map[string]any{"expected_version": y.version(), "text": "双方同意部分退款。", "amount_fen": 100, "buyer_ok": true, "shop_ok": false}))
		}, nil},
		{"FIELD_REQUIRED", "reasons that are none", 422, true, func(y *yard) answer {
			y.reviewed()
			return got(y.act("agent", y.session("zhou", "agent"), "rule_merchant", wire.CaseAction{Text: "不行"}))
		}, func(e wire.APIErrorBody) bool { return e.Field == "text" }},
		{"FIELD_REQUIRED", "no version", 422, false, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.ask("POST", "/api/merchant/cases/"+string(y.id)+"/agree_refund", y.shop, "k", map[string]any{}))
		}, func(e wire.APIErrorBody) bool { return e.Field == "expected_version" }},
		{"FIELD_REQUIRED", "version 0", 422, false, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.ask("POST", "/api/merchant/cases/"+string(y.id)+"/agree_refund", y.shop, "k", map[string]any{"expected_version": 0}))
		}, func(e wire.APIErrorBody) bool { return e.Field == "expected_version" }},
		{"FIELD_REQUIRED", "a field of another action", 422, false, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.ask("POST", "/api/merchant/cases/"+string(y.id)+"/agree_refund", y.shop, "k", map[string]any{"expected_version": 5, "address": "x"}))
		}, func(e wire.APIErrorBody) bool { return e.Field == "address" }},
		{"FIELD_REQUIRED", "a state that is none", 422, false, func(y *yard) answer {
			return got(y.ask("GET", "/api/merchant/cases?state=lost", y.shop, "", nil))
		}, func(e wire.APIErrorBody) bool { return e.Field == "state" }},
		{"FIELD_REQUIRED", "a cursor that is none", 422, false, func(y *yard) answer {
			return got(y.ask("GET", "/api/merchant/changes?cursor=x", y.shop, "", nil))
		}, func(e wire.APIErrorBody) bool { return e.Field == "cursor" }},
		{"FIELD_REQUIRED", "a filter that is none", 422, false, func(y *yard) answer {
			return got(y.ask("GET", "/api/merchant/cases?stat=draft", y.shop, "", nil))
		}, nil},
		{"IDEMPOTENCY_KEY_REQUIRED", "no key", 400, false, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.ask("POST", "/api/merchant/cases/"+string(y.id)+"/agree_refund", y.shop, "", map[string]any{"expected_version": 5}))
		}, nil},
		{"IDEMPOTENCY_KEY_REQUIRED", "a key too long", 400, false, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.ask("POST", "/api/merchant/cases/"+string(y.id)+"/agree_refund", y.shop, strings.Repeat("k", 129), map[string]any{"expected_version": 5}))
		}, nil},
		{"BAD_REQUEST", "not JSON", 400, false, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.ask("POST", "/api/merchant/cases/"+string(y.id)+"/agree_refund", y.shop, "k", "{"))
		}, nil},
		{"TOO_LARGE", "a long body", 413, false, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.ask("POST", "/api/merchant/cases/"+string(y.id)+"/agree_refund", y.shop, "k", `{"x":"`+strings.Repeat("x", 70<<10)+`"}`))
		}, nil},
		{"UNKNOWN_ACTION", "an agent's action", 422, false, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.act("merchant", y.shop, "rule_refund", wire.CaseAction{}))
		}, nil},
		{"METHOD_NOT_ALLOWED", "a GET of an action", 405, false, func(y *yard) answer {
			return got(y.ask("GET", "/api/merchant/cases/c_1/agree_refund", y.shop, "", nil))
		}, nil},
		{"NOT_FOUND", "no such address", 404, false, func(y *yard) answer {
			return got(y.ask("GET", "/api/merchant/things", y.shop, "", nil))
		}, nil},
		{"UNAUTHENTICATED", "no key", 401, false, func(y *yard) answer { return got(y.ask("GET", "/api/merchant/cases", "", "", nil)) }, nil},
		{"UNAUTHENTICATED", "an agent's session", 401, false, func(y *yard) answer {
			return got(y.ask("GET", "/api/merchant/cases", y.session("zhou", "agent"), "", nil))
		}, nil},
		{"UNAUTHENTICATED", "a shop's key at the desk", 401, false, func(y *yard) answer {
			return got(y.ask("GET", "/api/agent/evidence-kinds", y.shop, "", nil))
		}, nil},
		{"FORBIDDEN", "a key that may only look", 403, false, func(y *yard) answer {
			y.file(policy.Partial)
			return got(y.act("merchant", y.read, "agree_refund", wire.CaseAction{}))
		}, nil},
	} {
		t.Run(tt.code+" "+tt.name, func(t *testing.T) {
			t.Parallel()
			y := newYard(t, nil)
			a := tt.do(y)
			var e wire.APIError
			if err := json.Unmarshal(a.body, &e); err != nil {
				t.Fatalf("%d %s", a.status, a.body)
			}
			b := e.Error
			if a.status != tt.status || b.Code != tt.code {
				t.Fatalf("%d %s, want %d %s", a.status, a.body, tt.status, tt.code)
			}
			if b.MessageZH == "" || b.MessageEN == "" || b.RequestID == "" || a.header.Get("X-Request-Id") != b.RequestID {
				t.Errorf("no words in both languages, or no request id: %s", a.body)
			}
			if tt.knows != (b.State != "" && b.CaseVersion == y.version()) {
				t.Errorf("shows the case: %v, want %v: %s", !tt.knows, tt.knows, a.body)
			}
			if tt.more != nil && !tt.more(b) {
				t.Errorf("%s", a.body)
			}
		})
	}
}
