package cases

import "slices"

// StateInfo is what domain §3.2 says of a state.
type StateInfo struct {
	State State
	ZH    string
	Means string
	Waits Actor // whose turn it is; "" = nobody's
	// Terminal states end the case; Soft ones may still be appealed.
	Terminal, Soft bool
	Timer          Timer // the deadline that matters most to those who wait
}

var states = []StateInfo{
	{State: Draft, ZH: "填写中", Means: "order, reason and evidence are being collected", Waits: Buyer, Timer: TimerDraft},
	{State: MerchantReview, ZH: "待商家处理", Means: "filed, the merchant decides", Waits: Merchant, Timer: TimerMerchantHard},
	{State: OfferPending, ZH: "待买家确认协商方案", Means: "the merchant offered something else", Waits: Buyer, Timer: TimerOffer},
	{State: AwaitingReturn, ZH: "待买家退货", Means: "agreed; the buyer sends the goods back", Waits: Buyer, Timer: TimerBuyerShip},
	{State: ReturnInTransit, ZH: "待商家收货", Means: "the return is on its way", Waits: Merchant, Timer: TimerUnsigned},
	{State: ReturnInspection, ZH: "商家验货中", Means: "the return was signed for, the merchant inspects", Waits: Merchant, Timer: TimerInspect},
	{State: MerchantRejected, ZH: "商家已拒绝", Means: "refused; the buyer may escalate", Waits: Buyer, Timer: TimerEscalate},
	{State: PlatformQueued, ZH: "平台介入待受理", Means: "escalated, waiting for an agent", Waits: Agent, Timer: TimerFirstResponse},
	{State: PlatformReview, ZH: "平台审核中", Means: "an agent examines both sides' evidence", Waits: Agent, Timer: TimerDecision},
	{State: EvidenceRequested, ZH: "待补充凭证", Means: "the agent asked for more", Waits: Buyer, Timer: TimerEvidenceBuyer},
	{State: RulingExecution, ZH: "裁定执行中", Means: "ruled for the buyer; the merchant must pay", Waits: Merchant, Timer: TimerRulingExecute},
	{State: RefundPending, ZH: "退款处理中", Means: "the payment order is issued", Waits: PaymentCh, Timer: TimerRefundChase},
	{State: RefundFailed, ZH: "退款失败(人工处理)", Means: "the payment channel refused", Waits: Agent},
	{State: AppealReview, ZH: "申诉复核中", Means: "a second agent examines the case", Waits: Agent, Timer: TimerDecision},
	{State: AwaitingReship, ZH: "待商家补发/换货", Means: "settled on a replacement", Waits: Merchant, Timer: TimerReship},
	{State: ReshipInTransit, ZH: "补发运输中", Means: "the replacement is on its way", Waits: Buyer, Timer: TimerReceipt},
	{State: Refunded, ZH: "退款完成", Means: "the channel accepted the money", Terminal: true},
	{State: SettledNoRefund, ZH: "协商完成(未退款)", Means: "finished without money", Terminal: true},
	{State: ClosedWithdrawn, ZH: "买家已撤销", Means: "the buyer withdrew", Terminal: true},
	{State: ClosedExpired, ZH: "超时关闭", Means: "a deadline of the buyer passed", Terminal: true},
	{State: ClosedNotSupported, ZH: "裁定不支持", Means: "ruled against the claim, appealable for a time", Terminal: true, Soft: true, Timer: TimerAppeal},
	{State: ClosedIneligible, ZH: "不符合条件(未提交)", Means: "the draft was closed, no attempt used", Terminal: true},
}

// States lists all states in the order of the domain.
func States() []StateInfo { return slices.Clone(states) }

// Info is what is known of a state.
func (s State) Info() StateInfo {
	i := slices.IndexFunc(states, func(i StateInfo) bool { return i.State == s })
	if i < 0 {
		return StateInfo{State: s}
	}
	return states[i]
}

// Terminal says whether a case in this state is over.
func (s State) Terminal() bool { return s.Info().Terminal }

// Soft says whether a terminal state may still be appealed.
func (s State) Soft() bool { return s.Info().Soft }
