package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/web"
	"recourse/web/webhooks"
	"recourse/web/wire"
)

// indexed does what the outbox does with a changed case.
func (y *yard) indexed() {
	y.t.Helper()
	c, err := y.ledger.Store.Load(y.t.Context(), y.id)
	if err != nil {
		y.t.Fatal(err)
	}
	if err := y.shared.IndexCase(y.t.Context(), c); err != nil {
		y.t.Fatal(err)
	}
	if err := y.shared.IndexWaybill(y.t.Context(), c); err != nil {
		y.t.Fatal(err)
	}
}

// get reads what must be there.
func get[V any](y *yard, path, token string) V {
	y.t.Helper()
	var v V
	status, _, raw := y.ask("GET", path, token, "", nil)
	if err := json.Unmarshal(raw, &v); err != nil || status != 200 {
		y.t.Fatalf("%s: %d %s", path, status, raw)
	}
	return v
}

func TestARepeatIsAnsweredLikeTheFirstAlsoWhenTheCaseHasMovedOn(t *testing.T) {
	t.Parallel()
	y := newYard(t, nil)
	y.file(policy.Partial)
	path := "/api/merchant/cases/" + string(y.id) + "/reject"
	body := wire.CaseAction{ExpectedVersion: y.version(), Code: "MR04", Text: "原因不符", Told: true}
	first, header, raw := y.ask("POST", path, y.shop, "key 1", body)
	if first != 200 || header.Get("Idempotent-Replayed") != "" {
		t.Fatalf("%d %q %s", first, header.Get("Idempotent-Replayed"), raw)
	}
	y.do(cases.Buyer, yardBuyer, cases.EvEscalate, nil)
	status, header, raw := y.ask("POST", path, y.shop, "key 1", body)
	if v := view(t, raw); status != 200 || header.Get("Idempotent-Replayed") != "true" || v.State != "platform_queued" {
		t.Errorf("%d %q %s", status, header.Get("Idempotent-Replayed"), raw)
	}
	// The key is this shop's: another party's same key is another key.
	y.do(cases.Agent, "zhou", cases.EvClaim, nil)
	status, header, raw = y.ask("POST", "/api/agent/cases/"+string(y.id)+"/dismiss", y.session("zhou", "agent"), "key 1",
		wire.CaseAction{ExpectedVersion: y.version(), Text: "凭证不足以判断，予以驳回。"})
	if status != 200 || header.Get("Idempotent-Replayed") != "" {
		t.Errorf("%d %s", status, raw)
	}
}

func TestAMerchantSeesHisCaseAndNothingThatIsNotHis(t *testing.T) {
	t.Parallel()
	y := newYard(t, nil)
	y.file(policy.Partial)
	path := "/api/merchant/cases/" + string(y.id)
	v := get[dialog.CaseView](y, path, y.read)
	if !v.WaitingOnYou || v.WaitsFor != "merchant" || v.DeadlineTimer != "merchant_hard" || !v.Deadlines["merchant_hard"].Equal(v.Deadline) || v.Attempt != 1 {
		t.Errorf("%+v", v)
	}
	takes := map[string]string{}
	for _, a := range v.Actions {
		takes[a.Action] = strings.Join(a.Required, " ")
		if !strings.HasPrefix(a.Href, path+"/") {
			t.Errorf("%s is at %s", a.Action, a.Href)
		}
	}
	if len(v.Actions) != len(v.Allowed) || takes["reject"] != "code expected_version text told_appeal" || takes["agree_refund"] != "expected_version" {
		t.Errorf("actions %v of %v", takes, v.Allowed)
	}
	if v.Buyer != "" || !strings.HasPrefix(v.BuyerAlias, "buyer_") {
		t.Errorf("the buyer is %q, alias %q", v.Buyer, v.BuyerAlias)
	}

	// What the agent asks of the buyer is not for the merchant, and the other way round.
	y.do(cases.Merchant, band1, cases.EvReject, func(ev *cases.Event) { ev.Code, ev.Text, ev.Told = "MR04", "原因不符", true })
	y.do(cases.Buyer, yardBuyer, cases.EvEscalate, nil)
	y.do(cases.Agent, "zhou", cases.EvClaim, nil)
	y.do(cases.Agent, "zhou", cases.EvRequestEvidence, func(ev *cases.Event) {
		ev.Party, ev.Kinds, ev.Text = cases.Buyer, []policy.EvidenceKind{"packaging_photo"}, "请拍外箱磨损处"
	})
	_, _, raw := y.ask("GET", path, y.shop, "", nil)
	v = view(t, raw)
	if v.WaitingOnYou || v.Arbitration == nil || v.Arbitration.Status != "evidence" || v.Arbitration.Ground != "merchant_rejected" {
		t.Errorf("%+v", v.Arbitration)
	}
	for _, secret := range []string{yardBuyer, "zhou", "请拍外箱磨损处", `"flags"`} {
		if strings.Contains(string(raw), secret) {
			t.Errorf("the merchant is shown %s", secret)
		}
	}
	agent := get[dialog.CaseView](y, "/api/agent/cases/"+string(y.id), y.session("zhou", "agent"))
	if agent.Buyer != yardBuyer || agent.BuyerAlias != "" {
		t.Errorf("the agent sees %q %q", agent.Buyer, agent.BuyerAlias)
	}
}

func TestADraftDoesNotExistForAMerchant(t *testing.T) {
	t.Parallel()
	y := newYard(t, nil)
	y.file(policy.Partial)
	y.do(cases.Buyer, yardBuyer, cases.EvWithdraw, func(ev *cases.Event) { ev.Confirmed = true })
	lines, err := y.ledger.Orders.Lines(t.Context(), yardBuyer)
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range lines {
		if strings.Contains(l.Title, "手环") {
			y.id = "c_061_DRAFTDRAFTDRAFTDRAFTDRAFT"
			if _, err := y.ledger.Open(t.Context(), y.id, yardBuyer, "", l); err != nil {
				t.Fatal(err)
			}
		}
	}
	for _, path := range []string{"", "/agree_refund"} {
		method := map[bool]string{true: "GET", false: "POST"}[path == ""]
		status, _, raw := y.ask(method, "/api/merchant/cases/"+string(y.id)+path, y.shop, "k", wire.Plain{Expect: wire.Expect{ExpectedVersion: 1}})
		if status != 404 || errorCode(t, raw) != "CASE_NOT_FOUND" {
			t.Errorf("%s: %d %s", path, status, raw)
		}
	}
}

func TestAMerchantListsAndFollowsHisCases(t *testing.T) {
	t.Parallel()
	y := newYard(t, nil)
	begin := get[wire.Changes](y, "/api/merchant/changes", y.shop)
	if len(begin.Changes) != 0 || begin.Next == "" || begin.More {
		t.Fatalf("before there is anything: %+v", begin)
	}
	y.file(policy.Partial)
	y.indexed()
	list := get[wire.CaseList](y, "/api/merchant/cases?waiting_on_you=true&state=merchant_review&limit=1", y.shop)
	if len(list.Cases) != 1 || list.Cases[0].ID != string(y.id) {
		t.Errorf("%+v", list)
	}
	order := list.Cases[0].Order.Order
	for query, want := range map[string]int{
		"?order=" + order: 1, "?order=none": 0, "?state=refunded": 0, "?waiting_on_you=false": 0,
		"?updated_since=" + y.clock().Format(time.RFC3339): 1, "?updated_since=" + y.clock().Add(time.Hour).Format(time.RFC3339): 0,
	} {
		if got := get[wire.CaseList](y, "/api/merchant/cases"+query, y.shop); len(got.Cases) != want {
			t.Errorf("%s: %d cases, want %d", query, len(got.Cases), want)
		}
	}
	if got := get[wire.CaseList](y, "/api/merchant/cases", y.other); len(got.Cases) != 0 {
		t.Errorf("another shop's list: %+v", got)
	}
	// The index is behind: the case decides.
	y.do(cases.Merchant, band1, cases.EvReject, func(ev *cases.Event) { ev.Code, ev.Text, ev.Told = "MR04", "原因不符", true })
	if got := get[wire.CaseList](y, "/api/merchant/cases?waiting_on_you=true", y.shop); len(got.Cases) != 0 {
		t.Errorf("a case that waits no more: %+v", got)
	}
	y.indexed()
	changes := get[wire.Changes](y, "/api/merchant/changes?cursor="+begin.Next, y.shop)
	if len(changes.Changes) != 1 || changes.Changes[0].State != "merchant_rejected" || changes.Changes[0].Version != y.version() || changes.Changes[0].WaitingOnYou {
		t.Errorf("%+v", changes)
	}
	if again := get[wire.Changes](y, "/api/merchant/changes?cursor="+changes.Next, y.shop); len(again.Changes) != 0 || again.Next != changes.Next {
		t.Errorf("nothing new: %+v", again)
	}
	status, _, raw := y.ask("GET", "/api/merchant/changes?cursor="+changes.Next, y.other, "", nil)
	if status != 410 || errorCode(t, raw) != "CURSOR_LOST" {
		t.Errorf("another list's cursor: %d %s", status, raw)
	}
}

func TestWhoAsksTooOftenIsToldWhenToComeAgainAndARevokedKeyIsOutAtOnce(t *testing.T) {
	t.Parallel()
	y := newYard(t, func(c *web.Config) { c.ShopRate = 1 })
	statuses := map[int]int{}
	for range 10 {
		status, header, raw := y.ask("GET", "/api/merchant/reject-codes", y.shop, "", nil)
		statuses[status]++
		if status == http.StatusTooManyRequests {
			if s, err := strconv.Atoi(header.Get("Retry-After")); err != nil || s < 1 || errorCode(t, raw) != "RATE_LIMITED" {
				t.Errorf("Retry-After %q: %s", header.Get("Retry-After"), raw)
			}
		}
	}
	if statuses[200] < 3 || statuses[429] < 5 {
		t.Errorf("answers %v", statuses)
	}
	if status, _, raw := y.ask("GET", "/api/merchant/reject-codes", y.other, "", nil); status != 200 {
		t.Errorf("another key: %d %s", status, raw)
	}
	keys, err := y.shared.ShopKeys(t.Context(), "shop-yichu")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := y.shared.RevokeShopKey(t.Context(), keys[0].ID); err != nil {
		t.Fatal(err)
	}
	if status, _, raw := y.ask("GET", "/api/merchant/reject-codes", y.other, "", nil); status != 401 || errorCode(t, raw) != "UNAUTHENTICATED" {
		t.Errorf("a revoked key: %d %s", status, raw)
	}
}

// taken is what became of news; fatal if it was refused.
func (y *yard) taken(path string, in any) wire.Taken {
	y.t.Helper()
	status, _, raw := y.ask("POST", path, "cb-key", "", in)
	var out wire.Taken
	if err := json.Unmarshal(raw, &out); err != nil || status != 200 {
		y.t.Fatalf("%+v: %d %s", in, status, raw)
	}
	return out
}

const parcelPath, moneyPath = "/api/callbacks/logistics", "/api/callbacks/payment"

func TestACarrierNamesParcelsInAnyOrderAndAsOftenAsItLikes(t *testing.T) {
	t.Parallel()
	y := newYard(t, nil)
	news := func(id, event string) wire.LogisticsNews {
		return wire.LogisticsNews{ID: id, Event: event, Waybill: "sf 1234567890123"}
	}
	y.file(policy.ReturnRefund)
	// Before the buyer has entered the number nobody knows it.
	status, _, raw := y.ask("POST", parcelPath, "cb-key", "", news("1", "signed"))
	var e wire.APIError
	if err := json.Unmarshal(raw, &e); err != nil || status != 404 || e.Error.Code != "WAYBILL_UNKNOWN" || !e.Error.Retryable {
		t.Fatalf("%d %s", status, raw)
	}
	y.do(cases.Merchant, band1, cases.EvAgreeReturn, nil)
	y.do(cases.Buyer, yardBuyer, cases.EvFillTracking, func(ev *cases.Event) { ev.Carrier, ev.Waybill = "顺丰速运", "SF1234567890123" })
	y.indexed()
	for _, tt := range []struct {
		in            wire.LogisticsNews
		status, state string
	}{
		{news("1", "signed"), "taken", "return_inspection"},
		{news("1", "signed"), "repeated", "return_inspection"},
		{news("2", "signed"), "known", "return_inspection"},
		{news("3", "lost"), "late", "return_inspection"},
	} {
		got := y.taken(parcelPath, tt.in)
		if len(got.Cases) != 1 || got.Cases[0].Status != tt.status || got.Cases[0].State != tt.state || got.Cases[0].Case != string(y.id) {
			t.Errorf("%+v: %+v, want %s in %s", tt.in, got, tt.status, tt.state)
		}
	}
	// The same id for another event is a mistake of the sender's.
	if status, _, raw := y.ask("POST", parcelPath, "cb-key", "", news("1", "lost")); status != 409 || errorCode(t, raw) != "IDEMPOTENCY_MISMATCH" {
		t.Errorf("%d %s", status, raw)
	}
	// Who names the case is told that it is past that.
	late := news("5", "lost")
	late.Case = string(y.id)
	if status, _, raw := y.ask("POST", parcelPath, "cb-key", "", late); status != 409 || errorCode(t, raw) != "STATE_CONFLICT" {
		t.Errorf("%d %s", status, raw)
	}
}

func TestAPaymentChannelIsHeldToTheAmountAndMayRepeatItself(t *testing.T) {
	t.Parallel()
	y := newYard(t, nil)
	y.file(policy.Partial)
	y.do(cases.Merchant, band1, cases.EvAgreeRefund, nil)
	order := fmt.Sprintf("%s/refund/%d", y.id, y.version())
	paid := func(id string, fen int64) wire.PaymentNews {
		return wire.PaymentNews{ID: id, Refund: order, Event: "succeeded", AmountFen: fen}
	}
	if status, _, raw := y.ask("POST", moneyPath, "cb-key", "", paid("1", asked-1)); status != 422 || errorCode(t, raw) != "AMOUNT_INVALID" {
		t.Errorf("another amount: %d %s", status, raw)
	}
	for _, tt := range []struct {
		in     wire.PaymentNews
		status string
	}{{paid("2", asked), "taken"}, {paid("2", asked), "repeated"}, {paid("3", asked), "known"}} {
		if got := y.taken(moneyPath, tt.in).Cases[0]; got.Status != tt.status || got.State != "refunded" {
			t.Errorf("%+v: %+v, want %s", tt.in, got, tt.status)
		}
	}
	for name, in := range map[string]wire.PaymentNews{
		"a second, other amount": paid("4", 100), "a failure after the success": {ID: "5", Refund: order, Event: "failed", Text: "账户已注销"},
	} {
		if status, _, raw := y.ask("POST", moneyPath, "cb-key", "", in); status != 409 || errorCode(t, raw) != "STATE_CONFLICT" {
			t.Errorf("%s: %d %s", name, status, raw)
		}
	}
	if status, _, raw := y.ask("POST", moneyPath, "cb-key", "", wire.PaymentNews{ID: "6", Event: "succeeded"}); status != 422 || errorCode(t, raw) != "FIELD_REQUIRED" {
		t.Errorf("of nothing: %d %s", status, raw)
	}
	v := get[dialog.CaseView](y, "/api/merchant/cases/"+string(y.id), y.shop)
	if v.Refund == nil || v.Refund.Status != "succeeded" || v.Refund.AmountFen != asked || v.Outcome != "refunded_full" {
		t.Errorf("%+v", v.Refund)
	}
}

func TestACallbackComesWithTheKeyOrSignedWithIt(t *testing.T) {
	t.Parallel()
	key := strings.Repeat("k", 32)
	y := newYard(t, func(c *web.Config) { c.CallbackKey = key })
	y.file(policy.Partial)
	body, err := json.Marshal(wire.PaymentNews{ID: "1", Case: string(y.id), Event: "failed"})
	if err != nil {
		t.Fatal(err)
	}
	sign := func(secret string, at time.Time, body []byte) http.Header {
		sig, err := webhooks.Sign([]webhooks.Secret{{Key: webhooks.Secretise([]byte(secret))}}, "m1", at, body)
		if err != nil {
			t.Fatal(err)
		}
		h := http.Header{}
		h.Set(webhooks.HeaderID, "m1")
		h.Set(webhooks.HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
		h.Set(webhooks.HeaderSignature, sig)
		return h
	}
	bearer := func(k string) http.Header { return http.Header{"Authorization": {"Bearer " + k}} }
	// Let in, it is refused by the case, which has no refund under way: 409. Kept out, it is 401.
	for name, tt := range map[string]struct {
		header http.Header
		want   int
	}{
		"the key": {bearer(key), 409}, "another key": {bearer("x"), 401}, "nothing": {http.Header{}, 401},
		"signed": {sign(key, time.Now(), body), 409}, "signed with another key": {sign(strings.Repeat("x", 32), time.Now(), body), 401},
		"signed an hour ago": {sign(key, time.Now().Add(-time.Hour), body), 401}, "signed for another body": {sign(key, time.Now(), []byte("{}")), 401},
	} {
		req, err := http.NewRequestWithContext(t.Context(), "POST", y.srv.URL+moneyPath, strings.NewReader(string(body)))
		if err != nil {
			t.Fatal(err)
		}
		req.Header = tt.header
		req.Header.Set("Content-Type", "application/json")
		res, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = res.Body.Close()
		if res.StatusCode != tt.want {
			t.Errorf("%s: %d, want %d", name, res.StatusCode, tt.want)
		}
	}
	none := newYard(t, func(c *web.Config) { c.CallbackKey = "" })
	if status, _, raw := none.ask("POST", moneyPath, "x", "", string(body)); status != 404 || errorCode(t, raw) != "NOT_FOUND" {
		t.Errorf("without a configured key: %d %s", status, raw)
	}
}
