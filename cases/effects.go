package cases

import (
	"slices"
	"strings"
	"time"

	"recourse/cases/policy"
)

// merchantClocks are the clocks that run against the merchant's decision, returnClocks those of goods that
// travel back to him.
var (
	merchantClocks = []Timer{TimerMerchantSoft, TimerMerchantHard}
	returnClocks   = []Timer{TimerInspect, TimerUnsigned, TimerQuiet}
	// outlive are those that run on when the case is over: they change nothing of it, and look after what it left.
	outlive = []Timer{TimerGoodsBack, TimerArrival}
)

// The ways on which money goes back (refund.method).
const (
	OriginalRoute = "original_route"
	Balance       = "balance"
)

func (s *step) tell(key string)      { s.notify(Buyer, key) }
func (s *step) tellShop(key string)  { s.notify(Merchant, key) }
func (s *step) tellAgent(key string) { s.notify(Agent, key) }

func (s *step) tellSupervisor(key string) {
	s.notify(Agent, key)
	s.notices[len(s.notices)-1].Role = "supervisor"
}

// notify tells a party once per event (domain §3.8): the later notice is the more specific one.
func (s *step) notify(to Actor, key string) {
	s.notices = slices.DeleteFunc(s.notices, func(n Notice) bool { return n.To == to })
	s.notices = append(s.notices, Notice{To: to, Key: key})
}

func (s *step) cite(clause string) { s.clauses = append(s.clauses, clause) }

// setAt starts a clock and says which rule set it.
func (s *step) setAt(t Timer, at time.Time, clause string) {
	s.c.Deadlines[t] = at.UTC()
	s.cite(clause)
}

func (s *step) stop(ts ...Timer) {
	for _, t := range ts {
		delete(s.c.Deadlines, t)
		delete(s.c.Paused, t)
	}
}

func (s *step) order(kind string, fen int64) {
	s.orders = append(s.orders, Order{
		Kind: kind, Key: orderKey(s.c, kind), AmountFen: fen, Method: s.c.Refund.Method, FundedBy: s.c.Refund.FundedBy,
	})
}

// ticket asks a person to look at something.
func (s *step) ticket(why string) {
	s.order("ticket", 0)
	s.orders[len(s.orders)-1].Why = why
}

// refund orders the money, by the original route if the buyer has not agreed to another (C-07).
func (s *step) refund(fen int64, fundedBy string) {
	s.to = RefundPending
	method := s.env.Policy.Values.Refund.Method.V
	if s.ev.Kind == EvRetryPayment && s.ev.Method != "" {
		method = s.ev.Method
	}
	if s.c.Refund.BalanceAt.IsZero() {
		method = OriginalRoute
	}
	s.line.PendingFen += fen - s.pending()
	s.c.Refund = Refund{
		Status: "pending", AmountFen: fen, Method: method, FundedBy: fundedBy,
		IssuedAt: s.env.Now, Tries: s.c.Refund.Tries + 1, Key: orderKey(s.c, "refund"), BalanceAt: s.c.Refund.BalanceAt,
	}
	s.cite("refund.method")
	s.setAt(TimerRefundChase, s.env.Policy.AddWorkdays(s.env.Now, s.env.Policy.Values.Refund.ChaseWorkdays.V), "refund.chase_after_workdays")
	s.order("refund", fen)
}

// amend corrects the draft. It is judged by the newest policy from here on: nothing was promised yet.
func amend(s *step) {
	s.c.Policy = s.env.Policy.Version
	if s.ev.Reason != "" {
		s.c.Reason = s.ev.Reason
	}
	s.c.Answers = answersAfter(s.c.Answers, s.ev)
	if s.ev.Text != "" {
		s.c.Story = clipRunes(s.ev.Text, s.env.Policy.Values.Evidence.DescriptionMax.V)
	}
	s.lookAgain()
}

// answersAfter are the draft's answers after an amendment. What he wants, and how much, stays unless he says it anew.
func answersAfter(a policy.Answers, ev Event) policy.Answers {
	want, fen := a.Want, a.AskFen
	if ev.Answers != nil {
		a = *ev.Answers
		if a.Want == "" {
			a.Want, a.AskFen = want, fen
		}
	}
	if ev.Type != "" {
		a.Want, a.AskFen = ev.Type, ev.AmountFen
	}
	return a
}

// lookAgain takes the order line as it is now and judges the draft on it. It may have been signed for since.
func (s *step) lookAgain() {
	s.c.Line = s.lineNow()
	s.c.ValidUntil = s.env.Policy.ValidUntil(s.c.Line)
	if !s.c.ValidUntil.IsZero() {
		s.c.ValidUntil = s.c.ValidUntil.UTC()
	}
	s.judge()
}

// judge lets the policy look at the draft again.
func (s *step) judge() {
	v := s.env.Policy.Evaluate(s.c.Facts(s.c.Line, s.env.Line), s.env.Now)
	s.c.Verdict, s.c.Type, s.c.AmountFen, s.c.Reason, s.c.Freight = &v, v.Type, v.AmountFen, v.Reason, v.Freight
}

func clipRunes(text string, n int) string {
	r := []rune(text)
	if len(r) > n {
		return string(r[:n])
	}
	return text
}

func addEvidence(s *step) {
	for _, e := range s.ev.Evidence {
		e.Party, e.Locked = s.ev.Actor, false
		s.c.Evidence = append(s.c.Evidence, e)
	}
	if s.c.State == Draft {
		s.judge()
	}
}

// unstage takes items out of the draft and has their files thrown away: what a buyer did not submit is not kept.
func unstage(s *step) {
	gone := func(e Evidence) bool {
		return slices.ContainsFunc(s.ev.Evidence, func(x Evidence) bool { return x.ID == e.ID })
	}
	for _, e := range s.c.Evidence {
		if gone(e) && e.Media != "" {
			s.orders = append(s.orders, Order{Kind: OrderDiscard, Key: OrderDiscard + ":" + string(e.ID), Evidence: e.ID})
		}
	}
	s.c.Evidence = slices.DeleteFunc(s.c.Evidence, gone)
	s.judge()
}

func file(s *step) {
	s.lookAgain()
	s.line.Attempts++
	s.c.Attempt = s.line.Attempts
	s.stop(TimerDraft)
	soft, hard := s.env.Policy.ReviewClocks(s.env.Now)
	softKey, hardKey := s.env.Policy.ReviewKeys()
	s.setAt(TimerMerchantSoft, soft, softKey)
	s.setAt(TimerMerchantHard, hard, hardKey)
	s.tell("submitted")
	s.tellShop("submitted")
	if len(s.c.Verdict.Alerts) > 0 {
		s.tellAgent("alert")
	}
}

// awaitReturn starts the buyer's time to send the goods back.
func (s *step) awaitReturn(address string) {
	s.to = AwaitingReturn
	s.c.Return = Return{Address: address}
	s.setAt(TimerBuyerShip, s.env.Now.Add(days(s.env.Policy.Values.Buyer.ShipDays.V)), "buyer.ship_days")
}

// agree carries out what was asked for: the money, a return first, or a replacement.
func (s *step) agree(address string) {
	switch {
	case s.c.Line.Status != policy.PaidUnshipped && needsReturn(s.c.Type):
		s.awaitReturn(address)
	case s.c.Line.Status != policy.PaidUnshipped && s.c.Type == policy.Reship:
		s.awaitReship()
	default:
		s.refund(s.c.AmountFen, "merchant")
	}
}

func autoAgree(s *step) {
	s.stop(merchantClocks...)
	s.cite("merchant.review_hard_days")
	s.agree(strings.TrimSpace(s.c.Line.ReturnAddress))
	s.tell("auto_agreed")
	s.tellShop("auto_agreed")
	if s.to == AwaitingReturn && s.c.Return.Address == "" {
		s.ticket("no_return_address")
		s.tell("auto_agreed_no_address")
		s.tellShop("address_wanted")
		s.tellAgent("no_return_address")
	}
}

func autoRefund(s *step) {
	if t, ok := s.ev.timer(); ok {
		s.cite(map[Timer]string{TimerUnsigned: "merchant.unsigned_autorefund_days", TimerInspect: "merchant.inspect_hours"}[t])
	}
	s.stop(returnClocks...)
	s.refund(s.owed(), "merchant")
	s.tell("auto_refund")
	s.tellShop("auto_refund")
}

// offer stops the clocks of the merchant and keeps what is left of them.
func offer(s *step) {
	s.c.Offers++
	s.c.Offer = &Offer{Kind: policy.Partial, AmountFen: s.ev.AmountFen, Text: s.ev.Text, From: s.c.State, At: s.env.Now}
	if s.ev.Type == policy.Reship {
		s.c.Offer.Kind, s.c.Offer.AmountFen = policy.Reship, 0
	}
	s.c.Paused = map[Timer]time.Duration{}
	for _, t := range append([]Timer{TimerInspect}, merchantClocks...) {
		if at, ok := s.c.Deadlines[t]; ok {
			s.c.Paused[t] = at.Sub(s.env.Now)
			delete(s.c.Deadlines, t)
		}
	}
	s.setAt(TimerOffer, s.env.Now.Add(hours(s.env.Policy.Values.Merchant.OfferReplyHours.V)), "merchant.offer_reply_hours")
	s.tell("offer")
}

// resume lets the merchant's clocks run on, with at least merchant.resume_min_hours left.
func (s *step) resume() {
	s.to = s.c.Offer.From
	s.stop(TimerOffer)
	least := hours(s.env.Policy.Values.Merchant.ResumeMinHours.V)
	for t, left := range s.c.Paused {
		s.c.Deadlines[t] = s.env.Policy.Shift(s.env.Now.Add(max(left, least))).UTC()
	}
	s.c.Paused, s.c.Offer = nil, nil
}

func acceptOffer(s *step) {
	s.stop(TimerOffer)
	s.c.Paused = nil
	if s.c.Offer.Kind == policy.Reship {
		s.awaitReship()
	} else {
		s.refund(s.c.Offer.AmountFen, "merchant")
	}
	s.tell("offer_accepted")
	s.tellShop("offer_accepted")
}

func (s *step) awaitReship() {
	s.to = AwaitingReship
	s.setAt(TimerReship, s.env.Now.Add(hours(s.env.Policy.Values.Merchant.ReshipHours.V)), "merchant.reship_hours")
}

func reject(phase Phase) func(*step) {
	return func(s *step) {
		s.stop(merchantClocks...)
		s.stop(returnClocks...)
		s.c.Rejection = &Rejection{Code: s.ev.Code, Text: s.ev.Text, Phase: phase, Evidence: slices.Clone(s.ev.Cites), At: s.env.Now}
		for _, e := range s.ev.Evidence {
			s.c.Rejection.Evidence = append(s.c.Rejection.Evidence, e.ID)
		}
		addEvidence(s)
		s.c.Rejections++
		s.line.Rejections++
		s.setAt(TimerEscalate, s.env.Now.Add(hours(s.env.Policy.Values.Buyer.EscalateHours.V)), "buyer.escalate_hours")
		switch {
		case s.ev.Kind == EvRefuseParcel:
			s.tell("parcel_refused")
		case phase == PhaseReturn:
			s.tell("return_rejected")
		default:
			s.tell("rejected")
		}
	}
}

// returnGoods: a case that closes without money owes the buyer what he sent back (invariant 14).
func (s *step) returnGoods() {
	if s.to == Refunded || s.to == SettledNoRefund || !s.goodsHeld() || !s.c.Reship.WaybillAt.IsZero() {
		return
	}
	s.c.GoodsBack = true
	s.tellShop("goods_back")
	s.setAt(TimerGoodsBack, s.env.Now.Add(hours(s.env.Policy.Values.Merchant.GoodsBackHours.V)), "merchant.goods_back_hours")
}

func resubmit(s *step) {
	s.c.SupersededBy = s.ev.NewCase
	s.line.OpenCase = ""
	env := s.env
	env.Line = s.line
	prior := &Prior{Reason: s.c.Reason}
	for _, e := range s.c.Evidence {
		if e.Party == Buyer {
			prior.Seen = append(prior.Seen, content(e))
		}
	}
	next := newDraft(s.ev.NewCase, s.c.ID, prior, s.c.Buyer, s.c.Conversation, s.lineNow(), env)
	s.next = &next
	s.line.OpenCase = string(s.ev.NewCase)
	s.tellShop("replaced")
}

func reverses(s *step) {
	s.stop(TimerEscalate)
	if s.c.Rejection.Phase == PhaseReturn {
		s.refund(s.owed(), "merchant") // he has had the goods already
	} else {
		s.agree(s.address())
	}
	switch s.to {
	case AwaitingReturn:
		s.tell("agreed_return")
	case AwaitingReship:
		s.tell("agreed_reship")
	default:
		s.tell("agreed_refund")
	}
}

// track starts the time until the merchant must have signed for the parcel. A corrected waybill starts it
// anew (T17), but takes nothing from an extension that was granted before.
func (s *step) track() {
	s.c.Reship = Return{} // whatever was sent to the buyer before, now the goods travel to the merchant
	s.c.Return.Carrier, s.c.Return.Waybill, s.c.Return.WaybillAt = s.ev.Carrier, s.ev.Waybill, s.env.Now
	s.line.ReturnReason, s.line.ReturnAt = s.c.Reason, s.env.Now // what freight_only is judged by
	s.c.Return.TraceAt, s.c.Return.RefusedAt = time.Time{}, time.Time{}
	s.stop(TimerQuiet)
	until := s.env.Policy.Shift(s.env.Now.Add(days(s.env.Policy.Values.Merchant.UnsignedDays.V)))
	if granted := s.c.Deadlines[TimerUnsigned]; granted.After(until) {
		until = granted
	}
	s.setAt(TimerUnsigned, until, "merchant.unsigned_autorefund_days")
}

// listen starts the wait for the carrier's next news, if he gives any: where no news ever came, silence
// says nothing (T51).
func (s *step) listen() {
	if s.c.Return.TraceAt.IsZero() {
		return
	}
	at := s.quietFrom()
	if at.Before(s.env.Now) {
		at = s.env.Now
	}
	s.setAt(TimerQuiet, at, "logistics.return_quiet_days")
}

// lost hands a parcel that does not come to the platform (T51).
func lost(s *step) {
	s.escalate("parcel_lost")
	s.tell("parcel_lost")
	s.tellShop("parcel_lost")
}

// signed starts the merchant's time to inspect (C-21: which of the two receipt clocks wins).
func signed(s *step) {
	s.c.Return.SignedAt = s.env.Now
	until := s.env.Policy.Shift(s.env.Now.Add(hours(s.env.Policy.Values.Merchant.InspectHours.V)))
	if unsigned, ok := s.c.Deadlines[TimerUnsigned]; ok && s.env.Policy.Values.Merchant.ReceiptRule.V == "min" && unsigned.Before(until) {
		until = unsigned
		s.cite("merchant.receipt_deadline_rule")
	}
	s.stop(TimerUnsigned, TimerQuiet)
	s.setAt(TimerInspect, until, "merchant.inspect_hours")
	s.tell("return_signed")
	s.tellShop("return_signed")
}

func paid(s *step) {
	s.stop(TimerRefundChase)
	s.line.PendingFen = max(0, s.line.PendingFen-s.pending())
	s.line.RefundedFen += s.ev.AmountFen
	s.c.Refund.Status, s.c.Refund.PaidAt = "succeeded", s.env.Now
	if s.ev.Method != "" {
		// The money has moved; where it went without consent a person must see to it.
		if s.ev.Method == Balance && s.c.Refund.BalanceAt.IsZero() {
			s.ticket("balance_without_consent")
		}
		s.c.Refund.Method = s.ev.Method
	}
	// The channel took the order; whether the money came only the buyer can see. He is asked by day.
	late := s.env.Policy.AddWorkdays(s.env.Now, s.env.Policy.Values.Refund.ChaseWorkdays.V)
	s.setAt(TimerArrival, instant(s.env.Policy.AfterQuiet(late)), "refund.chase_after_workdays")
	s.tell("refunded")
	s.tellShop("refunded")
}
