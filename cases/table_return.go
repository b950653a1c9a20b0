package cases

import "strings"

// owing are the ends after which the merchant may owe the buyer his goods (invariant 14).
var owing = from(ClosedExpired, ClosedWithdrawn, ClosedNotSupported)

// returnRows: the goods travel back and are inspected, or new ones come.
var returnRows = []Transition{
	{
		ID: "T12", From: from(AwaitingReturn), Event: EvFillTracking, Actors: by(Buyer), To: to(ReturnInTransit),
		Guard: "carrier and number; not the outbound waybill; a return address is known; inside buyer_ship",
		Open:  all(hasReturnAddress, before(TimerBuyerShip, CodeDeadlinePassed)), Check: trackingSound,
		Do: func(s *step) { s.stop(TimerBuyerShip); s.track(); s.tellShop("waybill"); s.tell("waybill") },
	},
	{
		ID: "T13", From: from(AwaitingReturn), Event: TimerEvent(TimerBuyerShip), Actors: by(System), To: to(ClosedExpired, PlatformQueued), Irreversible: true,
		Guard: "without a return address the platform takes over: the buyer could not send anything", Do: func(s *step) {
			if s.c.Return.Address == "" {
				s.escalate("no_address")
				return
			}
			s.tell("expired")
			s.tellShop("expired")
		},
	},
	{
		ID: "T14", From: from(ReturnInTransit), Event: EvCarrierSigned, Actors: by(Carrier), To: to(ReturnInspection),
		Guard: "the event is about this waybill", Check: sameWaybill, Do: signed,
	},
	{
		ID: "T15", From: from(ReturnInTransit), Event: EvExtendReceipt, Actors: by(Merchant), To: to(ReturnInTransit), Irreversible: true,
		Guard: "from waybill + merchant.extend_after_days; neither signed for nor refused at the door; once; before the deadline", Open: mayExtend, Do: func(s *step) {
			s.c.Return.Extensions++
			until := s.c.Deadlines[TimerUnsigned].Add(days(s.env.Policy.Values.Merchant.ExtendDays.V))
			s.setAt(TimerUnsigned, s.env.Policy.Shift(until), "merchant.extend_days")
			s.listen()
			s.tell("extended")
			s.tellShop("extended")
		},
	},
	{
		ID: "T16", From: from(ReturnInTransit), Event: TimerEvent(TimerUnsigned), Actors: by(System), To: to(RefundPending), Irreversible: true,
		Guard: "-", Do: autoRefund,
	},
	{
		ID: "T17", From: from(ReturnInTransit), Event: EvFixTracking, Actors: by(Buyer), To: to(ReturnInTransit),
		Guard: "corrections < buyer.waybill_corrections; not signed for", Open: mayFix, Check: trackingSound,
		Do: func(s *step) { s.c.Return.Corrections++; s.track(); s.tellShop("waybill_fixed"); s.tell("waybill") },
	},
	{
		ID: "T18", From: from(ReturnInspection, ReturnInTransit), Event: EvConfirmRefund, Actors: by(Merchant), To: to(RefundPending), Irreversible: true,
		Guard: "-", Do: func(s *step) {
			s.stop(returnClocks...)
			s.refund(s.owed(), "merchant")
			s.tell("agreed_refund")
		},
	},
	{
		ID: "D16", From: from(ReturnInspection, ReturnInTransit), Event: EvConfirmExchange, Actors: by(Merchant), To: to(AwaitingReship), Irreversible: true,
		Guard: "an exchange was asked for", Why: "T18 for an exchange: the goods are in order and the new ones are sent (T48 to T50). Who cannot exchange confirms the refund instead; who stays silent is answered by T16 and T20 with the money, because the system can pay but not ship",
		Open: exchangeOnly, Do: func(s *step) { s.stop(returnClocks...); s.awaitReship(); s.tell("agreed_reship") },
	},
	{
		ID: "T19", From: from(ReturnInspection), Event: EvRejectReturn, Actors: by(Merchant), To: to(MerchantRejected),
		Guard: "reject code of the return phase, explanation, inspection pictures if the code needs them; the return was not ordered by the platform",
		Open:  unbound, Check: rejectSound(PhaseReturn), Do: reject(PhaseReturn),
	},
	{
		ID: "T20", From: from(ReturnInspection), Event: TimerEvent(TimerInspect), Actors: by(System), To: to(RefundPending), Irreversible: true,
		Guard: "-", Do: autoRefund,
	},
	{
		ID: "T21", From: from(ReturnInspection), Event: EvOffer, Actors: by(Merchant), To: to(OfferPending),
		Guard: "0 < amount < requested; offers < merchant.max_offers", Open: offersLeft, Check: offerSound, Do: offer,
	},
	{
		ID: "T22", From: from(ReturnInTransit), Event: EvRefuseParcel, Actors: by(Merchant), To: to(MerchantRejected),
		Guard: "as T19, with a picture of the anomaly in any case; the return was not ordered by the platform (then he takes it in and contests it, T23)",
		Open:  unbound, Check: all(rejectSound(PhaseReturn), pictured), Do: reject(PhaseReturn),
	},
	{
		ID: "T23", From: from(ReturnInspection), Event: EvRejectReturn, Actors: by(Merchant), To: to(PlatformReview),
		Guard: "as T19, but the return was ordered by the platform", Open: bound, Check: rejectSound(PhaseReturn), Do: contest,
	},
	{
		ID: "T51", From: from(ReturnInTransit), Event: EvReportLost, Actors: by(Merchant, System), To: to(PlatformQueued),
		Guard: "the carrier says so of this waybill (system), or no news of the parcel for logistics.return_quiet_days (merchant)",
		Open:  mayReportLost, Check: aboutThisParcel, Do: lost,
	},
	{
		ID: "T51t", From: from(ReturnInTransit), Event: TimerEvent(TimerQuiet), Actors: by(System), To: to(ReturnInTransit, PlatformQueued),
		Guard: "no news of the parcel for logistics.return_quiet_days; the platform takes over only if the merchant is not silent (he extended): a silent one is answered by T16", Do: func(s *step) {
			if s.c.Return.Extensions > 0 {
				lost(s)
			}
		},
	},
	{
		ID: "D17", From: from(ReturnInTransit), Event: EvCarrierTrace, Actors: by(Carrier), To: to(ReturnInTransit),
		Guard: "the event is about this waybill", Why: "T51 asks when the carrier last had news", Check: sameWaybill,
		Do: func(s *step) { s.c.Return.TraceAt = s.env.Now; s.listen() },
	},
	{
		ID: "D18", From: from(ReturnInTransit), Event: EvCarrierRefused, Actors: by(Carrier), To: to(ReturnInTransit),
		Guard: "the event is about this waybill; once", Why: "the carrier says that the parcel was not taken; the merchant still owes his reasons (T22), and his clock runs on, so that silence pays (T16)",
		Open: notRefusedYet, Check: sameWaybill, Do: func(s *step) {
			s.c.Return.RefusedAt = s.env.Now
			s.stop(TimerQuiet)
			s.tell("parcel_not_taken")
			s.tellShop("parcel_not_taken")
		},
	},
	{
		ID: "D19", From: from(PlatformQueued, PlatformReview, EvidenceRequested), Event: EvCarrierSigned, Actors: by(Carrier), To: nil,
		Guard: "the event is about this waybill; not signed for before", Why: "a parcel that was reported lost turns up at the merchant's; whoever decides must know",
		Open: notSigned, Check: sameWaybill, Do: func(s *step) {
			s.c.Return.SignedAt = s.env.Now
			s.tellAgent("parcel_found")
			s.tell("parcel_found")
			s.tellShop("parcel_found")
		},
	},
	{
		ID: "D23", From: from(OfferPending, ReturnInTransit, ReturnInspection), Event: EvSendRest, Actors: by(Buyer), To: nil,
		Guard: "the return has its waybill; carrier and another number; once, and again as often as buyer.waybill_corrections",
		Why:   "what the buyer left out of the return he may send after it (F1-48, MR13). Nobody's turn and no clock changes: the merchant still inspects in his time, his offer still stands and may be declined or lapse (T11), and what he makes of the rest is his to say",
		Open:  restLeft, Check: restSound, Do: func(s *step) {
			s.c.Return.Rest = append(s.c.Return.Rest, Parcel{Carrier: strings.TrimSpace(s.ev.Carrier), Waybill: strings.TrimSpace(s.ev.Waybill), At: s.env.Now})
			s.tell("rest_sent")
			s.tellShop("rest_sent")
		},
	},
	{
		ID: "T48", From: from(AwaitingReship), Event: EvShip, Actors: by(Merchant), To: to(ReshipInTransit),
		Guard: "carrier and number", Check: trackingSound, Do: func(s *step) {
			s.stop(TimerReship)
			s.c.Reship = Return{Carrier: s.ev.Carrier, Waybill: s.ev.Waybill, WaybillAt: s.env.Now}
			s.setAt(TimerReceipt, s.env.Now.Add(days(s.env.Policy.Values.Buyer.ReceiptDays.V)), "buyer.receipt_days")
			s.tell("reshipped")
		},
	},
	{
		ID: "T49", From: from(AwaitingReship), Event: TimerEvent(TimerReship), Actors: by(System), To: to(PlatformQueued),
		Guard: "-", Do: func(s *step) { s.escalate("reship_late"); s.tell("reship_late"); s.tellShop("reship_late") },
	},
	{
		ID: "D20", From: from(ReshipInTransit), Event: EvEscalate, Actors: by(Buyer), To: to(PlatformQueued),
		Guard: "at least one piece of evidence or a statement; before buyer.receipt_days are over", Why: "a replacement that does not come or is wrong must not count as received by silence (result_unsatisfactory, §2.4)",
		Open: before(TimerReceipt, CodeEscalationClosed), Check: hasGround, Do: func(s *step) { s.escalate("reship_missing") },
	},
	{
		ID: "T50", From: from(ReshipInTransit), Event: EvReceived, Actors: by(Buyer), To: to(SettledNoRefund), Irreversible: true,
		Guard: "confirmed", Check: confirmed, Do: func(s *step) { s.tell("settled"); s.tellShop("settled") },
	},
	{
		ID: "T50t", From: from(ReshipInTransit), Event: TimerEvent(TimerReceipt), Actors: by(System), To: to(SettledNoRefund), Irreversible: true,
		Guard: "-", Do: func(s *step) { s.tell("settled"); s.tellShop("settled") },
	},
	{
		ID: "D08", From: owing, Event: TimerEvent(TimerGoodsBack), Actors: by(System), To: nil,
		Guard: "-", Why: "the merchant did not send the goods back in time (T25): a person looks at it",
		Do: func(s *step) { s.ticket("goods_back_late"); s.tell("goods_back_late"); s.tellShop("goods_back_late") },
	},
	{
		ID: "D09", From: owing, Event: EvGoodsSentBack, Actors: by(Merchant), To: nil,
		Guard: "an obligation is open; carrier and number", Why: "the merchant meets the obligation of T25",
		Open: owesGoods, Check: trackingSound, Do: func(s *step) {
			s.c.GoodsBack = false
			s.stop(TimerGoodsBack)
			s.c.Reship = Return{Carrier: s.ev.Carrier, Waybill: s.ev.Waybill, WaybillAt: s.env.Now}
			s.tell("goods_sent_back")
		},
	},
}

// moneyRows: the ruling is executed and the money moves.
var moneyRows = []Transition{
	{
		ID: "T39", From: from(RulingExecution), Event: EvMerchantPays, Actors: by(Merchant), To: to(RefundPending), Irreversible: true,
		Guard: "-", Do: func(s *step) {
			s.stop(TimerRulingExecute)
			s.refund(s.c.Refund.AmountFen, "merchant")
			s.tell("merchant_paid")
		},
	},
	{
		ID: "T40", From: from(RulingExecution), Event: TimerEvent(TimerRulingExecute), Actors: by(System), To: to(RefundPending), Irreversible: true,
		Guard: "-", Do: func(s *step) {
			s.refund(s.c.Refund.AmountFen, "platform")
			s.order("merchant_penalty", 0)
			s.cite("platform.ruling_execute_hours")
			s.tell("platform_paid")
			s.tellShop("platform_paid")
		},
	},
	{
		ID: "T41", From: from(RefundPending), Event: EvPaymentSucceeded, Actors: by(PaymentCh), To: to(Refunded), Irreversible: true,
		Guard: "the amount is the one ordered; the line's refunds stay within what was paid", Check: paymentSound, Do: paid,
	},
	{
		ID: "T42", From: from(RefundPending), Event: EvPaymentFailed, Actors: by(PaymentCh), To: to(RefundFailed),
		Guard: "-", Do: func(s *step) {
			s.stop(TimerRefundChase)
			s.c.Refund.Status = "failed"
			s.ticket("payment_failed")
			s.tell("payment_failed")
			s.tellAgent("payment_failed")
		},
	},
	{
		ID: "T43", From: from(RefundFailed), Event: EvRetryPayment, Actors: by(Agent, System), To: to(RefundPending),
		Guard: "the original route, once the account is fixed; another one only with the buyer's recorded consent", Check: routeSound,
		Do: func(s *step) { s.refund(s.c.Refund.AmountFen, s.c.Refund.FundedBy); s.tell("payment_retried") },
	},
	{
		ID: "D21", From: from(RefundFailed), Event: EvConsentBalance, Actors: by(Buyer), To: to(RefundFailed),
		Guard: "confirmed; once", Why: "the balance is used only with the buyer's explicit consent (C-07, F4-09); his own press records it",
		Open: noConsentYet, Check: confirmed, Do: func(s *step) {
			s.c.Refund.BalanceAt = s.env.Now
			s.tell("balance_agreed")
			s.tellAgent("balance_agreed")
		},
	},
	{
		ID: "D10", From: from(RefundPending), Event: TimerEvent(TimerRefundChase), Actors: by(System), To: to(RefundPending),
		Guard: "-", Why: "the money is late (F0-28): the payment service is asked and a person looks at it",
		Do: func(s *step) { s.ticket("refund_late"); s.tell("refund_late"); s.tellAgent("refund_late") },
	},
	{
		ID: "D22", From: from(Refunded), Event: TimerEvent(TimerArrival), Actors: by(System), To: nil,
		Guard: "-", Why: "that the channel took the order is not that the money came (F0-27, F0-28): refund.chase_after_workdays after it was paid, outside the quiet hours, the buyer is asked once; the case is over and stays so",
		Do: func(s *step) { s.tell("arrival_asked") },
	},
}
