package cases

// owing are the ends after which the merchant may owe the buyer his goods (invariant 14).
var owing = from(ClosedExpired, ClosedWithdrawn, ClosedNotSupported)

// returnRows: the goods travel back and are inspected, or new ones come.
var returnRows = []Transition{
	{
		ID: "T12", From: from(AwaitingReturn), Event: EvFillTracking, Actors: by(Buyer), To: to(ReturnInTransit),
		Guard: "carrier and number; not the outbound waybill; inside buyer_ship", Open: before(TimerBuyerShip, CodeDeadlinePassed), Check: trackingSound,
		Do: func(s *step) { s.stop(TimerBuyerShip); s.track(); s.tellShop("waybill"); s.tell("waybill") },
	},
	{
		ID: "T13", From: from(AwaitingReturn), Event: TimerEvent(TimerBuyerShip), Actors: by(System), To: to(ClosedExpired), Irreversible: true,
		Guard: "-", Do: func(s *step) { s.tell("expired"); s.tellShop("expired") },
	},
	{
		ID: "T14", From: from(ReturnInTransit), Event: EvCarrierSigned, Actors: by(Carrier), To: to(ReturnInspection),
		Guard: "the event is about this waybill", Check: sameWaybill, Do: signed,
	},
	{
		ID: "T15", From: from(ReturnInTransit), Event: EvExtendReceipt, Actors: by(Merchant), To: to(ReturnInTransit), Irreversible: true,
		Guard: "from waybill + merchant.extend_after_days; not signed for; once; before the deadline", Open: mayExtend, Do: func(s *step) {
			s.c.Return.Extensions++
			s.setAt(TimerUnsigned, s.env.Policy.Shift(s.c.Deadlines[TimerUnsigned].Add(days(s.env.Policy.Values.Merchant.ExtendDays.V))), "merchant.extend_days")
			s.tell("extended")
		},
	},
	{
		ID: "T16", From: from(ReturnInTransit), Event: TimerEvent(TimerUnsigned), Actors: by(System), To: to(RefundPending), Irreversible: true,
		Guard: "-", Do: autoRefund,
	},
	{
		ID: "T17", From: from(ReturnInTransit), Event: EvFixTracking, Actors: by(Buyer), To: to(ReturnInTransit),
		Guard: "corrections < buyer.waybill_corrections; not signed for", Open: mayFix, Check: trackingSound,
		Do: func(s *step) { s.c.Return.Corrections++; s.track(); s.tellShop("waybill"); s.tell("waybill") },
	},
	{
		ID: "T18", From: from(ReturnInspection, ReturnInTransit), Event: EvConfirmRefund, Actors: by(Merchant), To: to(RefundPending), Irreversible: true,
		Guard: "-", Do: func(s *step) {
			s.stop(TimerInspect, TimerUnsigned)
			s.refund(s.c.AmountFen, "merchant")
			s.tell("agreed_refund")
		},
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
		Guard: "as T19, with a picture of the anomaly", Open: unbound, Check: rejectSound(PhaseReturn), Do: reject(PhaseReturn),
	},
	{
		ID: "T23", From: from(ReturnInspection), Event: EvRejectReturn, Actors: by(Merchant), To: to(PlatformReview),
		Guard: "as T19, but the return was ordered by the platform", Open: bound, Check: rejectSound(PhaseReturn), Do: contest,
	},
	{
		ID: "T51", From: from(ReturnInTransit), Event: EvReportLost, Actors: by(Merchant, System), To: to(PlatformQueued),
		Guard: "the carrier says so (system), or merchant.extend_after_days after the waybill (merchant)", Open: mayReportLost, Do: func(s *step) { s.stop(TimerUnsigned); s.escalate("parcel_lost"); s.tell("parcel_lost") },
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
		Guard: "-", Do: func(s *step) { s.escalate("reship_late") },
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
		Do: func(s *step) { s.order("ticket", 0) },
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
			s.order("ticket", 0)
			s.tell("payment_failed")
			s.tellAgent("payment_failed")
		},
	},
	{
		ID: "T43", From: from(RefundFailed), Event: EvRetryPayment, Actors: by(Agent, System), To: to(RefundPending),
		Guard: "-", Do: func(s *step) { s.refund(s.c.Refund.AmountFen, s.c.Refund.FundedBy); s.tell("payment_retried") },
	},
	{
		ID: "D10", From: from(RefundPending), Event: TimerEvent(TimerRefundChase), Actors: by(System), To: to(RefundPending),
		Guard: "-", Why: "the money is late (F0-28): the payment service is asked and a person looks at it",
		Do: func(s *step) { s.order("ticket", 0); s.tell("refund_late") },
	},
}
