package stage

import (
	"time"

	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/policy"
)

// road leads a case to a state by the events that usually lead there.
type road struct {
	state cases.State
	now   string
	past  []suite.Event
}

// At reads a time of Shanghai.
func At(s string) suite.Time {
	at, err := time.ParseInLocation("2006-01-02 15:04", s, policy.Zone())
	if err != nil {
		panic(err) // a literal of this package; a test walks all roads
	}
	return suite.Time{Time: at.UTC()}
}

// roads lead to every state, of one wristband that does not turn on.
func roads() []road {
	then := func(before []suite.Event, more ...suite.Event) []suite.Event {
		return append(append([]suite.Event{}, before...), more...)
	}
	open := []suite.Event{{At: At("2026-11-10 09:00"), Do: "open"}, {Do: "amend", Reason: "quality_defect", Text: "开不了机"}}
	filed := then(open, suite.Event{Do: "supplement", Kinds: []string{"item_photo", "fault_video"}}, suite.Event{At: At("2026-11-10 10:00"), Do: "submit"})
	agreed := then(filed, suite.Event{At: At("2026-11-11 10:00"), Do: "agree_return", By: "merchant"})
	sent := then(agreed, suite.Event{At: At("2026-11-12 10:00"), Do: "fill_tracking"})
	signed := then(sent, suite.Event{At: At("2026-11-14 10:00"), Do: "carrier_signed"})
	rejected := then(filed, suite.Event{At: At("2026-11-11 10:00"), Do: "reject", By: "merchant", Code: "MR04", Text: "没有问题"})
	queued := then(rejected, suite.Event{At: At("2026-11-11 12:00"), Do: "escalate"})
	reviewed := then(queued, suite.Event{At: At("2026-11-11 15:00"), Do: "claim"})
	paying := then(signed, suite.Event{At: At("2026-11-15 09:00"), Do: "confirm_refund", By: "merchant"})
	lost := then(reviewed, suite.Event{At: At("2026-11-13 10:00"), Do: "rule_merchant", Text: "现有凭证不足以证明签收时已有故障"})
	reship := then(reviewed, suite.Event{At: At("2026-11-13 10:00"), Do: "settle", Type: policy.Reship, Text: "双方同意补发一件新的"})
	shipped := then(reship, suite.Event{At: At("2026-11-14 10:00"), Do: "ship", By: "merchant"})
	return []road{
		{cases.Draft, "2026-11-10 09:30", open},
		{cases.MerchantReview, "2026-11-10 12:00", filed},
		{cases.OfferPending, "2026-11-11 12:00", then(filed, suite.Event{At: At("2026-11-11 10:00"), Do: "offer", By: "merchant", Amount: 9900})},
		{cases.AwaitingReturn, "2026-11-11 12:00", agreed},
		{cases.ReturnInTransit, "2026-11-12 12:00", sent},
		{cases.ReturnInspection, "2026-11-14 12:00", signed},
		{cases.MerchantRejected, "2026-11-11 11:00", rejected},
		{cases.PlatformQueued, "2026-11-11 13:00", queued},
		{cases.PlatformReview, "2026-11-11 16:00", reviewed},
		{cases.EvidenceRequested, "2026-11-12 12:00", then(reviewed, suite.Event{At: At("2026-11-12 10:00"), Do: "request_evidence", Party: cases.Buyer, Kinds: []string{"packaging_photo"}, Text: "请拍外箱的破损处"})},
		{cases.RulingExecution, "2026-11-13 12:00", then(reviewed, suite.Event{At: At("2026-11-13 10:00"), Do: "rule_refund", Text: "故障属实，支持买家退款"})},
		{cases.RefundPending, "2026-11-15 09:30", paying},
		{cases.RefundFailed, "2026-11-15 12:00", then(paying, suite.Event{At: At("2026-11-15 10:00"), Do: "payment_failed"})},
		{cases.AppealReview, "2026-11-14 12:00", then(lost, suite.Event{At: At("2026-11-14 10:00"), Do: "supplement", Kinds: []string{"inspection_report"}}, suite.Event{Do: "appeal"})},
		{cases.AwaitingReship, "2026-11-13 12:00", reship},
		{cases.ReshipInTransit, "2026-11-14 12:00", shipped},
		{cases.Refunded, "2026-11-15 12:00", then(paying, suite.Event{At: At("2026-11-15 10:00"), Do: "payment_succeeded", Amount: 20700, Method: "alipay"})},
		{cases.SettledNoRefund, "2026-11-16 12:00", then(shipped, suite.Event{At: At("2026-11-16 10:00"), Do: "received"})},
		{cases.ClosedWithdrawn, "2026-11-10 13:00", then(filed, suite.Event{At: At("2026-11-10 12:00"), Do: "withdraw"})},
		{cases.ClosedExpired, "2026-11-13 12:00", then(rejected, suite.Event{At: At("2026-11-13 10:00"), Do: "timer:escalate_window"})},
		{cases.ClosedNotSupported, "2026-11-13 12:00", lost},
		{cases.ClosedIneligible, "2026-11-10 10:00", then(open, suite.Event{At: At("2026-11-10 09:40"), Do: "close_ineligible"})},
	}
}
