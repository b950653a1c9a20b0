package bot

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"recourse/cases"
	"recourse/dialog"
	"recourse/internal/redistest"
)

// Q15 with a payment channel that can be asked: what it says of this refund is told, a person comes where it is late,
// failed or not known there, and the case stays as it was.
func TestThePaymentChannelIsAskedForMoneyThatIsMissed(t *testing.T) {
	taken := time.Date(2026, 11, 20, 7, 5, 0, 0, time.UTC)
	const early, late = "2026-11-23 15:00", "2026-11-27 15:00"
	for _, tt := range []struct {
		name, clock string
		record      cases.RefundRecord
		fails       error
		person      bool
		says        []string
		not         []string
	}{
		{
			"still with the channel", early,
			cases.RefundRecord{Status: cases.RefundProcessing, Method: "wechat_balance", AcceptedAt: taken},
			nil, false,
			[]string{"11月20日 15:05 由支付渠道受理", "还在处理中，没有失败", "退回到微信零钱", "过了 1 个工作日"},
			[]string{"退回到付款的银行卡"},
		},
		{
			"late with the channel", late,
			cases.RefundRecord{Status: cases.RefundProcessing, AcceptedAt: taken},
			nil, true,
			[]string{"已过 5 个工作日", "还在处理中", "我请人工客服查支付记录"},
			[]string{"入账"},
		},
		{
			"arrived, as it says", late,
			cases.RefundRecord{Status: cases.RefundArrived, AcceptedAt: taken, ArrivedAt: taken.Add(26 * time.Hour)},
			nil, false,
			[]string{"11月20日 15:05 受理", "11月21日 17:05 已入账", "退回到付款的银行卡", "请人工客服核对"},
			[]string{"还在处理中"},
		},
		{
			"arrived, it does not say when", early,
			cases.RefundRecord{Status: cases.RefundArrived},
			nil, false,
			[]string{"11月20日 15:00 受理，已入账"},
			nil,
		},
		{"failed there", early, cases.RefundRecord{Status: cases.RefundRefused}, nil, true, []string{"没有成功", "不用重新申请"}, []string{"查不到", "还在处理中"}},
		{"not known there", early, cases.RefundRecord{Status: cases.RefundUnknown}, nil, true, []string{"查不到退款 ¥129.00 的记录"}, []string{"没有成功"}},
		{"it does not answer", early, cases.RefundRecord{}, errors.New("down"), false, []string{"11月20日 15:00 由支付渠道受理"}, []string{"查过"}},
		{"it does not answer, late", late, cases.RefundRecord{}, errors.New("down"), true, []string{"我请人工客服查支付记录"}, []string{"查过"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			list := readGold(t)
			i := slices.IndexFunc(list, func(g gold) bool { return g.ID == "Q15" })
			s := readSituation(t, "Q15")
			s.Clock, s.Steps = tt.clock, nil
			r := newRun(t, redistest.Embedded(t), list[i], s, dialog.ZH)
			before := r.theCase()
			var asked []string
			r.as.Payment = func(ctx context.Context, key string) (cases.RefundRecord, error) {
				if _, bounded := ctx.Deadline(); !bounded {
					t.Error("the channel is waited for without end")
				}
				asked = append(asked, key)
				return tt.record, tt.fails
			}
			r.play()
			if !slices.Equal(asked, []string{before.Refund.Key}) || before.Refund.Key == "" {
				t.Errorf("asked for %q, the refund is %q", asked, before.Refund.Key)
			}
			said := r.transcript()
			for _, want := range tt.says {
				if !strings.Contains(said, want) {
					t.Errorf("%q is not said:\n%s", want, said)
				}
			}
			for _, never := range append(tt.not, "再退") {
				if strings.Contains(said, never) {
					t.Errorf("%q is said:\n%s", never, said)
				}
			}
			conv := r.load()
			if person := conv.Holder == dialog.HeldWaiting && conv.Handoff == dialog.HandoffPayment; person != tt.person {
				t.Errorf("held by %s for %q", conv.Holder, conv.Handoff)
			}
			if !tt.person {
				r.offered(dialog.ActHuman, nil)
			}
			if c := r.theCase(); c.Version != before.Version || c.State != cases.Refunded {
				t.Errorf("version %d in %s, was %d", c.Version, c.State, before.Version)
			}
		})
	}
}

// Other questions about a paid case do not ask the payment channel.
func TestThePaymentChannelIsAskedOnlyForMissedMoney(t *testing.T) {
	list := readGold(t)
	i := slices.IndexFunc(list, func(g gold) bool { return g.ID == "Q15" })
	s := readSituation(t, "Q15")
	s.Steps = nil
	r := newRun(t, redistest.Embedded(t), list[i], s, dialog.ZH)
	r.as.Payment = func(context.Context, string) (cases.RefundRecord, error) {
		t.Error("the channel was asked")
		return cases.RefundRecord{}, nil
	}
	r.say("现在到哪一步了？")
	r.turn()
	if !strings.Contains(r.transcript(), "支付渠道已受理退款") {
		t.Error(r.transcript())
	}
}
