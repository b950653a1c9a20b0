package bot

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"go.yaml.in/yaml/v3"

	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/internal/redistest"
)

var update = flag.Bool("update", false, "write testdata/states.yaml anew")

// told is what a buyer reads of a case in a state.
type told struct {
	State cases.State `yaml:"state"`
	ZH    string      `yaml:"zh"`
	EN    string      `yaml:"en"`
	Turn  string      `yaml:"turn,omitempty"`  // zh, whose turn
	Until string      `yaml:"until,omitempty"` // zh
	Then  string      `yaml:"then,omitempty"`  // zh
}

// road leads a case to a state by the events that lead there.
type road struct {
	name  string
	now   string
	state cases.State
	steps []pastStep
}

func roads() []road {
	join := func(parts ...[]pastStep) []pastStep { return slices.Concat(parts...) }
	open := []pastStep{{At: "2026-11-10 09:00", Do: "open"}, {Do: "amend", Reason: "quality_defect", Text: "开不了机"}}
	filed := join(open, []pastStep{{Do: "supplement", Kinds: []string{"item_photo", "fault_video"}}, {At: "2026-11-10 10:00", Do: "submit"}})
	offered := join(filed, []pastStep{{At: "2026-11-11 10:00", Do: "offer", By: "merchant", Amount: 9900}})
	agreed := join(filed, []pastStep{{At: "2026-11-11 10:00", Do: "agree_return", By: "merchant"}})
	sent := join(agreed, []pastStep{{At: "2026-11-12 10:00", Do: "fill_tracking"}})
	signed := join(sent, []pastStep{{At: "2026-11-14 10:00", Do: "carrier_signed", By: "logistics"}})
	rejected := join(filed, []pastStep{{At: "2026-11-11 10:00", Do: "reject", By: "merchant", Code: "MR04", Text: "没有问题"}})
	queued := join(rejected, []pastStep{{At: "2026-11-11 12:00", Do: "escalate"}})
	reviewed := join(queued, []pastStep{{At: "2026-11-11 15:00", Do: "claim", By: "agent"}})
	paying := join(signed, []pastStep{{At: "2026-11-15 09:00", Do: "confirm_refund", By: "merchant"}})
	paid := join(paying, []pastStep{{At: "2026-11-15 10:00", Do: "payment_succeeded", By: "payment", Amount: 20700, Method: "alipay"}})
	lost := join(reviewed, []pastStep{{At: "2026-11-13 10:00", Do: "rule_merchant", By: "agent", Text: "现有凭证不足以证明签收时已有故障"}})
	appealed := join(lost, []pastStep{{At: "2026-11-14 10:00", Do: "supplement", Kinds: []string{"inspection_report"}}, {Do: "appeal"}})
	reship := join(reviewed, []pastStep{{At: "2026-11-13 10:00", Do: "settle", By: "agent", Type: policy.Reship, Text: "双方同意补发一件新的"}})
	shipped := join(reship, []pastStep{{At: "2026-11-14 10:00", Do: "ship", By: "merchant"}})
	return []road{
		{"draft", "2026-11-10 09:30", cases.Draft, open},
		{"merchant_review", "2026-11-10 12:00", cases.MerchantReview, filed},
		{"merchant_review overdue", "2026-11-14 12:00", cases.MerchantReview, join(filed, []pastStep{{At: "2026-11-14 00:00", Do: "timer:merchant_soft", By: "system"}})},
		{"offer_pending", "2026-11-11 12:00", cases.OfferPending, offered},
		{"awaiting_return", "2026-11-11 12:00", cases.AwaitingReturn, agreed},
		{"awaiting_return by ruling", "2026-11-13 12:00", cases.AwaitingReturn, join(reviewed, []pastStep{{At: "2026-11-13 10:00", Do: "rule_return_refund", By: "agent", Text: "故障属实，支持退货退款"}})},
		{"return_in_transit", "2026-11-12 12:00", cases.ReturnInTransit, sent},
		{"return_in_transit extended", "2026-11-17 12:00", cases.ReturnInTransit, join(sent, []pastStep{{At: "2026-11-17 11:00", Do: "extend_receipt", By: "merchant"}})},
		{"return_inspection", "2026-11-14 12:00", cases.ReturnInspection, signed},
		{"merchant_rejected", "2026-11-11 11:00", cases.MerchantRejected, rejected},
		{"merchant_rejected the return", "2026-11-15 12:00", cases.MerchantRejected, join(signed, []pastStep{{
			At: "2026-11-15 10:00", Do: "reject_return", By: "merchant", Code: "MR13", Text: "缺充电线", Kinds: []string{"merchant_inspection"},
		}})},
		{"platform_queued", "2026-11-11 13:00", cases.PlatformQueued, queued},
		{"platform_review", "2026-11-11 16:00", cases.PlatformReview, reviewed},
		{"evidence_requested of the buyer", "2026-11-12 12:00", cases.EvidenceRequested, join(reviewed, []pastStep{{At: "2026-11-12 10:00", Do: "request_evidence", By: "agent", Party: cases.Buyer, Kinds: []string{"packaging_photo"}, Text: "请拍外箱的破损处"}})},
		{"evidence_requested of the merchant", "2026-11-12 12:00", cases.EvidenceRequested, join(reviewed, []pastStep{{At: "2026-11-12 10:00", Do: "request_evidence", By: "agent", Party: cases.Merchant, Kinds: []string{"merchant_quality_proof"}, Text: "请提供质检记录"}})},
		{"ruling_execution", "2026-11-13 12:00", cases.RulingExecution, join(reviewed, []pastStep{{At: "2026-11-13 10:00", Do: "rule_refund", By: "agent", Text: "故障属实，支持买家退款"}})},
		{"refund_pending", "2026-11-15 09:30", cases.RefundPending, paying},
		{"refund_failed", "2026-11-15 12:00", cases.RefundFailed, join(paying, []pastStep{{At: "2026-11-15 10:00", Do: "payment_failed", By: "payment"}})},
		{"appeal_review", "2026-11-14 12:00", cases.AppealReview, appealed},
		{"awaiting_reship", "2026-11-13 12:00", cases.AwaitingReship, reship},
		{"reship_in_transit", "2026-11-14 12:00", cases.ReshipInTransit, shipped},
		{"refunded", "2026-11-15 12:00", cases.Refunded, paid},
		{"settled_no_refund", "2026-11-16 12:00", cases.SettledNoRefund, join(shipped, []pastStep{{At: "2026-11-16 10:00", Do: "received"}})},
		{"closed_withdrawn", "2026-11-10 13:00", cases.ClosedWithdrawn, join(filed, []pastStep{{At: "2026-11-10 12:00", Do: "withdraw"}})},
		{"closed_withdrawn after validity", "2026-12-01 12:00", cases.ClosedWithdrawn, join(offered[:len(offered)-1], []pastStep{{At: "2026-12-01 11:00", Do: "withdraw"}})},
		{"closed_expired", "2026-11-13 12:00", cases.ClosedExpired, join(rejected, []pastStep{{At: "2026-11-13 10:00", Do: "timer:escalate_window", By: "system"}})},
		{"closed_not_supported", "2026-11-13 12:00", cases.ClosedNotSupported, lost},
		{"closed_not_supported for good", "2026-11-15 12:00", cases.ClosedNotSupported, join(appealed, []pastStep{{At: "2026-11-15 10:00", Do: "uphold", By: "other agent", Text: "新报告不能证明故障在签收前"}})},
		{"closed_ineligible", "2026-11-10 10:00", cases.ClosedIneligible, join(open, []pastStep{{At: "2026-11-10 09:40", Do: "close_ineligible"}})},
	}
}

func (r road) walk(t *testing.T) (*playing, cases.Case, []cases.Mark) {
	t.Helper()
	s := situation{Clock: r.now, Events: r.steps, Lines: []lineFact{{
		Order: "o1", Title: "智能手环", Goods: 19900, Freight: 800, Status: policy.Signed, Signed: "2026-11-09 14:00",
	}}}
	p := newRun(t, redistest.Embedded(t), gold{ID: r.name}, s, dialog.ZH)
	c := p.theCase()
	marks, err := p.as.Ledger.Store.Marks(p.ctx, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	return p, c, marks
}

func (r road) view(p *playing, c cases.Case, marks []cases.Mark, locale dialog.Locale, reader cases.Actor) dialog.CaseView {
	p.t.Helper()
	rec, err := p.as.Ledger.Store.Line(p.ctx, buyer, c.Line.OrderID, c.Line.LineID)
	if err != nil {
		p.t.Fatal(err)
	}
	env := cases.Env{Policy: policy.Default(), Line: rec, Now: p.now}
	return replies.In(locale, policy.Default()).CaseView(c, dialog.Reader{Actor: reader, Env: env, Marks: marks})
}

// Every state, and what changes its sentence, is told in one sentence with its actor and its times, whose turn
// it is, until when and what happens then. The sentences are kept in testdata/states.yaml for people to read.
func TestEveryStateIsToldInASentence(t *testing.T) {
	const file = "testdata/states.yaml"
	have := map[string]told{}
	reached := map[cases.State]bool{}
	for _, r := range roads() {
		p, c, marks := r.walk(t)
		if c.State != r.state {
			t.Errorf("%s: the road led to %s", r.name, c.State)
			continue
		}
		reached[c.State] = true
		zh, en := r.view(p, c, marks, dialog.ZH, cases.Buyer), r.view(p, c, marks, dialog.EN, cases.Buyer)
		w := replies.In(dialog.ZH, policy.Default())
		have[r.name] = told{State: c.State, ZH: zh.Sentence, EN: en.Sentence, Turn: zh.WaitsForName, Until: w.Time(zh.Deadline), Then: zh.Then}
		for _, s := range []string{zh.Sentence, en.Sentence, zh.Then, en.Then} {
			if strings.ContainsAny(s, "{}") || strings.Contains(s, "  ") || strings.Contains(s, " ：") {
				t.Errorf("%s has an unfilled slot: %q", r.name, s)
			}
		}
		turn := c.Turn()
		switch {
		case c.State.Terminal():
		case turn.Who == "":
			t.Errorf("%s is nobody's turn", r.name)
		case zh.WaitsForName == "" || en.WaitsForName == "":
			t.Errorf("%s does not say whose turn it is", r.name)
		case c.State != cases.RefundFailed && (zh.Deadline.IsZero() || zh.Then == "" || en.Then == "" || !p.now.Before(zh.Deadline)):
			t.Errorf("%s: until %v, then %q", r.name, zh.Deadline, zh.Then)
		}
		// Whose clock it is must be readable from the sentence itself where the buyer must act.
		if turn.Who == cases.Buyer && !strings.Contains(zh.Sentence, w.Time(turn.Until)) {
			t.Errorf("%s: it is the buyer's turn until %s, and the sentence does not say so: %s", r.name, w.Time(turn.Until), zh.Sentence)
		}
	}
	for _, s := range cases.States() {
		if !reached[s.State] {
			t.Errorf("no road leads to %s", s.State)
		}
	}
	if *update {
		raw, err := yaml.Marshal(have)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, raw, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var want map[string]told
	if err := yaml.Unmarshal(raw, &want); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, have); diff != "" {
		t.Errorf("sentences (-kept +now); -update writes them anew:\n%s", diff)
	}
}

// The timeline only grows: each state's record says who did what when, the clock it started, and the rule in
// words; and the three parties read the same acts, the merchant none of the draft.
func TestTheTimelineSaysWhoWhatWhenUntilAndWhy(t *testing.T) {
	clauses := map[string]bool{}
	for _, r := range roads() {
		p, c, marks := r.walk(t)
		for _, locale := range []dialog.Locale{dialog.ZH, dialog.EN} {
			for _, reader := range []cases.Actor{cases.Buyer, cases.Merchant, cases.Agent} {
				lines := r.view(p, c, marks, locale, reader).Timeline
				drafts := 0
				for _, m := range marks {
					if m.From == "" || m.From == cases.Draft && m.ID != "T01" {
						drafts++
					}
				}
				if want := len(marks) - drafts*map[cases.Actor]int{cases.Merchant: 1}[reader]; len(lines) != want {
					t.Errorf("%s: the %s reads %d lines, want %d", r.name, reader, len(lines), want)
				}
				var last time.Time
				for _, l := range lines {
					if l.Who == "" || l.What == "" || l.At.Before(last) || strings.ContainsAny(l.Who+l.What+l.Then, "{}") {
						t.Errorf("%s: a line is %+v", r.name, l)
					}
					if !l.Until.IsZero() && (l.Then == "" || !l.Until.After(l.At)) {
						t.Errorf("%s: a clock without an end: %+v", r.name, l)
					}
					last = l.At
					for _, cl := range l.Clauses {
						clauses[cl.ID] = true
						if cl.Text == "" || cl.Text == cl.ID || strings.ContainsAny(cl.Text, "{}") {
							t.Errorf("%s: the clause %s reads %q", r.name, cl.ID, cl.Text)
						}
					}
				}
			}
		}
	}
	if len(clauses) < 12 {
		t.Errorf("only %d clauses were seen: %v", len(clauses), clauses)
	}
}

// The money is told row by row: what was paid, what is asked for, who pays the return, where it goes and when.
func TestTheMoneyIsToldInRows(t *testing.T) {
	rows := func(name string, reader cases.Actor) string {
		t.Helper()
		i := slices.IndexFunc(roads(), func(r road) bool { return r.name == name })
		r := roads()[i]
		p, c, marks := r.walk(t)
		var out []string
		for _, row := range r.view(p, c, marks, dialog.ZH, reader).Amounts {
			out = append(out, row.Label+" "+row.Value)
		}
		return strings.Join(out, "\n")
	}
	for _, tt := range []struct {
		name, want string
		reader     cases.Actor
	}{
		{"merchant_review", "实付商品款 ¥199.00\n实付运费 ¥8.00\n申请退款 ¥207.00\n退货运费 退货运费由商家承担", cases.Buyer},
		{"refunded", "实付商品款 ¥199.00\n实付运费 ¥8.00\n申请退款 ¥207.00\n退货运费 退货运费由商家承担\n退款 ¥207.00，支付渠道已受理\n退款去向 支付宝\n" +
			"到账时间 11月15日 10:00 支付渠道已受理，11月15日 09:00 发起，一般 1-3 个工作日到账", cases.Agent},
		{"refund_pending", "退款 ¥207.00，正在退回\n退款去向 原路退回\n到账时间 11月15日 09:00 发起，一般 1-3 个工作日到账；过了 11月18日 24:00 没到账，客服会去核实", cases.Buyer},
	} {
		if got := rows(tt.name, tt.reader); !strings.HasSuffix(got, tt.want) {
			t.Errorf("%s:\n%s\nwant\n%s", tt.name, got, tt.want)
		}
	}
}
