package cases

import "slices"

// Transition is one row of the table: what may happen in which states, who may cause it, and what follows.
type Transition struct {
	ID           string // T01… of domain §3.3; D… are ours, Why says what for
	From         []State
	Event        EventKind
	Actors       []Actor
	Guard        string  // in words, for STATES.md
	To           []State // the first is where it goes unless Do chooses another of them
	Irreversible bool
	Why          string
	// Open decides whether the event is offered at all: it sees state, record and time, not the payload.
	Open func(*step) *Error
	// Check looks at what the actor says.
	Check func(*step) *Error
	// Do changes the step's private copy.
	Do func(*step)
}

// Table is the table of transitions, a copy.
func Table() []Transition { return slices.Clone(table) }

func from(s ...State) []State { return s }
func by(a ...Actor) []Actor   { return a }
func to(s ...State) []State   { return s }

// beforeRuling are the states from which a buyer may still withdraw (T28).
var beforeRuling = from(MerchantReview, OfferPending, AwaitingReturn, ReturnInTransit, ReturnInspection,
	MerchantRejected, PlatformQueued, PlatformReview, EvidenceRequested)

// table is filled in by init because its functions consult it.
var table []Transition

func init() { table = slices.Concat(filing, merchantRows, returnRows, platformRows, moneyRows) }

// filing: the draft and the application.
var filing = []Transition{
	{
		ID: "D01", From: from(Draft), Event: EvAmend, Actors: by(Buyer), To: to(Draft),
		Guard: "an amount comes with a type that may be partial, and is at most what may be refunded",
		Why:   "the buyer corrects his draft before he submits it (F1-05), and may ask for a part (C-08)", Check: amountSound, Do: amend,
	},
	{
		ID: "D02", Event: EvSupplement, Actors: by(Buyer), To: nil, From: from(Draft),
		Guard: "kind known and the buyer's to give; counts within evidence.*", Why: "evidence is staged in the draft (F0-09)",
		Check: takesEvidence, Do: addEvidence,
	},
	{
		ID: "D02u", Event: EvUnstage, Actors: by(Buyer), To: nil, From: from(Draft),
		Guard: "the buyer's own item of the draft", Why: "what is staged is not submitted yet: it may be taken out or replaced (§3.11)",
		Open: anyStaged, Check: staged, Do: unstage,
	},
	{
		ID: "T01", From: from(Draft), Event: EvSubmit, Actors: by(Buyer), To: to(MerchantReview), Irreversible: true,
		Guard: "verdict eligible or eligible_if_evidence; all required evidence there; attempts < max; 0 < amount <= what is left of the line; the buyer confirmed the summary; an application that replaces another has another reason or new evidence",
		Open:  mayFile, Check: confirmed, Do: file,
	},
	{
		ID: "T02", From: from(Draft), Event: EvCloseIneligible, Actors: by(System, Buyer), To: to(ClosedIneligible),
		Guard: "the buyer leaves the draft; the system only on a verdict that says no", Open: mayClose,
		Do: func(s *step) {
			if s.ev.Actor == System {
				s.tell("ineligible") // who leaves his draft himself need not be told
			}
		},
	},
	{
		ID: "D03", From: from(Draft), Event: TimerEvent(TimerDraft), Actors: by(System), To: to(ClosedIneligible),
		Guard: "-", Why: "a forgotten draft must not block the line for ever (§3.4 draft_ttl); no attempt is used",
	},
	{
		ID: "D04", Event: EvSupplement, Actors: by(Buyer, Merchant), To: nil,
		From:  from(MerchantReview, MerchantRejected, PlatformQueued, PlatformReview),
		Guard: "kind known and the party's to give; counts within evidence.*; not locked by a ruling",
		Why:   "material can be added while somebody still decides (F2-10, F2-17)",
		Check: takesEvidence, Do: func(s *step) {
			addEvidence(s)
			if s.ev.Actor == Buyer {
				s.tellShop("supplemented")
			}
			if s.c.State == PlatformReview {
				s.tellAgent("supplemented")
			}
		},
	},
	{
		ID: "D04r", Event: EvSupplement, Actors: by(Buyer, Merchant), To: nil,
		From:  from(AwaitingReturn, ReturnInTransit, ReturnInspection),
		Guard: "as D04", Why: "the parcel on its way back is photographed by the buyer (F1-10) and what came back by the merchant (F1-38)",
		Check: takesEvidence, Do: addEvidence,
	},
	{
		ID: "D05", From: from(ClosedNotSupported), Event: EvSupplement, Actors: by(Buyer), To: nil,
		Guard: "an appeal is still open", Why: "an appeal needs evidence newer than the ruling (T44)",
		Open: unlockedByAppeal, Check: takesEvidence, Do: addEvidence,
	},
}

// merchantRows: the merchant decides on the application.
var merchantRows = []Transition{
	{
		ID: "T03", From: from(MerchantReview), Event: EvAgreeRefund, Actors: by(Merchant), To: to(RefundPending), Irreversible: true,
		Guard: "money without a return was asked for, or the order is not shipped", Open: refundOnly,
		Do: func(s *step) { s.stop(merchantClocks...); s.refund(s.owed(), "merchant"); s.tell("agreed_refund") },
	},
	{
		ID: "D11", From: from(MerchantReview), Event: EvAgreeReship, Actors: by(Merchant), To: to(AwaitingReship), Irreversible: true,
		Guard: "a replacement was asked for", Why: "T03 for those who asked for the goods and not for money; its road is that of T48 to T50",
		Open: reshipOnly, Do: func(s *step) { s.stop(merchantClocks...); s.awaitReship(); s.tell("agreed_reship") },
	},
	{
		ID: "T04", From: from(MerchantReview), Event: EvAgreeReturn, Actors: by(Merchant), To: to(AwaitingReturn), Irreversible: true,
		Guard: "return or exchange; complete return address", Open: withReturn, Check: hasAddress,
		Do: func(s *step) { s.stop(merchantClocks...); s.awaitReturn(s.address()); s.tell("agreed_return") },
	},
	{
		ID: "D12", From: from(AwaitingReturn), Event: EvAgreeReturn, Actors: by(Merchant), To: to(AwaitingReturn),
		Guard: "no return address is known; complete return address", Why: "the system agreed (T08) for a shop without a default address; the buyer's time begins when he knows where to send the goods",
		Open: lacksAddress, Check: hasAddress,
		Do: func(s *step) { s.awaitReturn(s.address()); s.tell("agreed_return") },
	},
	{
		ID: "T05", From: from(MerchantReview), Event: EvOffer, Actors: by(Merchant), To: to(OfferPending),
		Guard: "0 < amount < requested, within what is left of the line, or reship; offers < merchant.max_offers", Open: offersLeft, Check: offerSound, Do: offer,
	},
	{
		ID: "T06", From: from(MerchantReview), Event: EvReject, Actors: by(Merchant), To: to(MerchantRejected),
		Guard: "reject code of the application phase, explanation, evidence if the code needs it, the buyer told of the platform (F4-25)",
		Check: rejectSound(PhaseApplication), Do: reject(PhaseApplication),
	},
	{
		ID: "T07", From: from(MerchantReview), Event: TimerEvent(TimerMerchantSoft), Actors: by(System), To: to(MerchantReview),
		Guard: "-", Do: func(s *step) {
			s.c.Overdue, s.c.OverdueAt = true, s.env.Now
			s.tell("merchant_overdue")
			s.tellShop("overdue")
			s.cite("merchant.review_soft_workdays")
		},
	},
	{
		ID: "T08", From: from(MerchantReview), Event: TimerEvent(TimerMerchantHard), Actors: by(System), To: to(RefundPending, AwaitingReturn, AwaitingReship), Irreversible: true,
		Guard: "no offer pending", Do: autoAgree,
	},
	{
		ID: "T09", From: from(MerchantReview), Event: EvEscalate, Actors: by(Buyer), To: to(PlatformQueued),
		Guard: "merchant_overdue", Open: overdue, Do: func(s *step) { s.escalate("merchant_silent") },
	},
	{
		ID: "T10", From: from(OfferPending), Event: EvAcceptOffer, Actors: by(Buyer), To: to(RefundPending, AwaitingReship), Irreversible: true,
		Guard: "confirmed; the offer has not lapsed", Open: before(TimerOffer, CodeDeadlinePassed), Check: confirmed, Do: acceptOffer,
	},
	{
		ID: "T11", From: from(OfferPending), Event: EvDeclineOffer, Actors: by(Buyer), To: to(MerchantReview, ReturnInspection),
		Guard: "-", Do: func(s *step) { s.resume(); s.tellShop("offer_declined"); s.tell("offer_declined") },
	},
	{
		ID: "T11t", From: from(OfferPending), Event: TimerEvent(TimerOffer), Actors: by(System), To: to(MerchantReview, ReturnInspection),
		Guard: "-", Do: func(s *step) { s.resume(); s.tellShop("offer_lapsed"); s.tell("offer_lapsed") },
	},
	{
		ID: "T24", From: from(MerchantRejected), Event: EvEscalate, Actors: by(Buyer), To: to(PlatformQueued),
		Guard: "within buyer.escalate_hours of the rejection; at least one piece of evidence or a statement",
		Open:  until(TimerEscalate, CodeEscalationClosed), Check: hasGround,
		Do: func(s *step) { s.escalate("merchant_rejected") },
	},
	{
		ID: "T25", From: from(MerchantRejected), Event: TimerEvent(TimerEscalate), Actors: by(System), To: to(ClosedExpired), Irreversible: true,
		Guard: "-", Do: func(s *step) {
			s.tell("expired") // invariant 14: returnGoods sees to goods that the merchant has
			s.tellShop("expired")
		},
	},
	{
		ID: "T26", From: from(MerchantRejected), Event: EvResubmit, Actors: by(Buyer), To: to(ClosedWithdrawn), Irreversible: true,
		Guard: "confirmed; attempts < max; within validity; fewer than two rejections on the line; application phase; that it says something new is held against it when it is filed (T01)", Open: mayResubmit, Check: resubmitSound, Do: resubmit,
	},
	{
		ID: "T27", From: from(MerchantRejected), Event: EvMerchantReverses, Actors: by(Merchant), To: to(RefundPending, AwaitingReturn, AwaitingReship), Irreversible: true,
		Guard: "if the goods must come back, a complete return address", Check: reversalSound, Do: reverses,
	},
	{
		ID: "T28", From: beforeRuling, Event: EvWithdraw, Actors: by(Buyer), To: to(ClosedWithdrawn), Irreversible: true,
		Guard: "confirmed; no ruling; if the goods are with the merchant he must have agreed to send them back",
		Open:  mayWithdraw, Check: confirmed, Do: func(s *step) { s.tellShop("withdrawn"); s.tell("withdrawn"); s.tellAgent("withdrawn") },
	},
	{
		ID: "D06", From: beforeRuling, Event: EvAgreeGoodsBack, Actors: by(Merchant), To: nil,
		Guard: "the merchant has the goods or they are on their way; once", Open: mayAgreeGoodsBack, Why: "T28 wants the merchant's consent in the case before a buyer withdraws whose goods he has",
		Do: func(s *step) { s.c.GoodsBackOK = true; s.tell("goods_back_agreed") },
	},
}
