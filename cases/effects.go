package cases

import (
	"slices"
	"time"

	"recourse/cases/policy"
)

// merchantClocks are the clocks that run against the merchant's decision.
var merchantClocks = []Timer{TimerMerchantSoft, TimerMerchantHard}

func (s *step) tell(key string)      { s.notify(Buyer, key) }
func (s *step) tellShop(key string)  { s.notify(Merchant, key) }
func (s *step) tellAgent(key string) { s.notify(Agent, key) }

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

// refund orders the money (C-07: the original route).
func (s *step) refund(fen int64, fundedBy string) {
	s.to = RefundPending
	s.c.Refund = Refund{
		Status: "pending", AmountFen: fen, Method: s.env.Policy.Values.Refund.Method.V, FundedBy: fundedBy,
		IssuedAt: s.env.Now, Tries: s.c.Refund.Tries + 1,
	}
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
	s.c.Verdict, s.c.Type, s.c.AmountFen, s.c.Reason = &v, v.Type, v.AmountFen, v.Reason
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

func autoAgree(s *step) {
	s.stop(merchantClocks...)
	s.cite("merchant.review_hard_days")
	if needsReturn(s.c.Type) {
		s.awaitReturn(s.c.Line.ReturnAddress)
	} else {
		s.refund(s.c.AmountFen, "merchant")
	}
	s.tell("auto_agreed")
	s.tellShop("auto_agreed")
}

func autoRefund(s *step) {
	s.stop(TimerUnsigned, TimerInspect)
	s.refund(s.c.AmountFen, "merchant")
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
		s.stop(TimerMerchantSoft, TimerMerchantHard, TimerInspect, TimerUnsigned)
		s.c.Rejection = &Rejection{Code: s.ev.Code, Text: s.ev.Text, Phase: phase, At: s.env.Now}
		for _, e := range s.ev.Evidence {
			s.c.Rejection.Evidence = append(s.c.Rejection.Evidence, e.ID)
		}
		addEvidence(s)
		s.c.Rejections++
		s.line.Rejections++
		s.setAt(TimerEscalate, s.env.Now.Add(hours(s.env.Policy.Values.Buyer.EscalateHours.V)), "buyer.escalate_hours")
		s.tell("rejected")
	}
}

// escalate hands the decision to the platform and stops every clock of the merchant (invariant 9).
func (s *step) escalate(ground string) {
	s.to = PlatformQueued
	s.stop(TimerMerchantSoft, TimerMerchantHard, TimerInspect, TimerUnsigned, TimerEscalate, TimerReship, TimerGoodsBack)
	a := &s.c.Arbitration
	a.Status, a.Ground, a.Agent, a.EscalatedAt, a.SLABreached = "queued", ground, "", s.env.Now, false
	p := s.env.Policy.Values.Platform
	s.setAt(TimerFirstResponse, s.env.Now.Add(hours(p.FirstResponseHours.V)), "platform.first_response_hours")
	s.setAt(TimerDecision, s.env.Policy.AddWorkdays(s.env.Now, p.DecisionWorkdays.V), "platform.decision_workdays")
	if s.ev.Text != "" && s.ev.Actor == Buyer {
		s.c.Statement = clipRunes(s.ev.Text, s.env.Policy.Values.Evidence.DescriptionMax.V)
	}
	s.tell("escalated")
	s.tellShop("escalated")
	s.tellAgent("escalated")
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
	next := newDraft(s.ev.NewCase, s.c.ID, s.c.Buyer, s.c.Conversation, s.lineNow(), env)
	s.next = &next
	s.line.OpenCase = string(s.ev.NewCase)
	s.tellShop("replaced")
}

func reverses(s *step) {
	s.stop(TimerEscalate)
	if needsReturn(s.c.Type) && s.c.Rejection.Phase == PhaseApplication {
		s.awaitReturn(s.address())
		s.tell("agreed_return")
		return
	}
	s.refund(s.c.AmountFen, "merchant")
	s.tell("agreed_refund")
}

func (s *step) track() {
	s.c.Reship = Return{} // whatever was sent to the buyer before, now the goods travel to the merchant
	s.c.Return.Carrier, s.c.Return.Waybill, s.c.Return.WaybillAt = s.ev.Carrier, s.ev.Waybill, s.env.Now
	s.line.ReturnReason, s.line.ReturnAt = s.c.Reason, s.env.Now // what freight_only is judged by
	s.setAt(TimerUnsigned, s.env.Policy.Shift(s.env.Now.Add(days(s.env.Policy.Values.Merchant.UnsignedDays.V))), "merchant.unsigned_autorefund_days")
}

// signed starts the merchant's time to inspect (C-21: which of the two receipt clocks wins).
func signed(s *step) {
	s.c.Return.SignedAt = s.env.Now
	until := s.env.Policy.Shift(s.env.Now.Add(hours(s.env.Policy.Values.Merchant.InspectHours.V)))
	if unsigned, ok := s.c.Deadlines[TimerUnsigned]; ok && s.env.Policy.Values.Merchant.ReceiptRule.V == "min" && unsigned.Before(until) {
		until = unsigned
		s.cite("merchant.receipt_deadline_rule")
	}
	s.stop(TimerUnsigned)
	s.setAt(TimerInspect, until, "merchant.inspect_hours")
	s.tell("return_signed")
	s.tellShop("return_signed")
}

// contest: the merchant says that what came back under a ruling is not in order (T23).
func contest(s *step) {
	s.stop(TimerInspect)
	s.c.Rejection = &Rejection{Code: s.ev.Code, Text: s.ev.Text, Phase: PhaseReturn, At: s.env.Now}
	addEvidence(s)
	s.c.Arbitration.Status = "review"
	s.setAt(TimerDecision, s.env.Policy.AddWorkdays(s.env.Now, s.env.Policy.Values.Platform.ContestWorkdays.V), "platform.contest_workdays")
	s.tell("return_contested")
	s.tellAgent("return_contested")
}

func requestEvidence(s *step) {
	a := &s.c.Arbitration
	a.Rounds++
	a.Status = "evidence"
	a.Asked = []EvidenceRequest{{Party: s.ev.Party, Kinds: slices.Clone(s.ev.Kinds), Text: s.ev.Text, At: s.env.Now}}
	s.setAt(evidenceTimer(s.ev.Party), s.env.Now.Add(hours(s.env.Policy.Values.Platform.EvidenceHours.V)), "platform.evidence_hours")
	if s.ev.Party == Buyer {
		s.tell("evidence_requested")
	} else {
		s.tellShop("evidence_requested")
	}
}

// answerRequest: a party is done when every kind it was asked for has come since it was asked.
func answerRequest(s *step) {
	addEvidence(s)
	a := &s.c.Arbitration
	for i, r := range a.Asked {
		if r.Party != s.ev.Actor || r.Answered {
			continue
		}
		all := !slices.ContainsFunc(r.Kinds, func(k policy.EvidenceKind) bool {
			return !slices.ContainsFunc(s.c.Evidence, func(e Evidence) bool {
				return e.Party == r.Party && e.Kind == k && !e.At.Before(r.At)
			})
		})
		if all {
			a.Asked[i].Answered = true
			s.stop(evidenceTimer(r.Party))
		}
	}
	s.backToReview()
}

func (s *step) defaulted(party Actor) {
	a := &s.c.Arbitration
	a.Defaulted = append(a.Defaulted, party)
	for i, r := range a.Asked {
		if r.Party == party {
			a.Asked[i].Answered = true // nothing more is waited for
		}
	}
	if party == Buyer {
		s.tell("evidence_defaulted")
	} else {
		s.tellShop("evidence_defaulted")
	}
	s.backToReview()
}

// backToReview returns the case to the agent when nobody is left to answer.
func (s *step) backToReview() {
	s.to = EvidenceRequested
	open := slices.ContainsFunc(s.c.Arbitration.Asked, func(r EvidenceRequest) bool { return !r.Answered })
	if !open {
		s.to = PlatformReview
		s.c.Arbitration.Status = "review"
		s.tellAgent("evidence_in")
	}
}

func settle(s *step) {
	s.stop(TimerDecision)
	a := &s.c.Arbitration
	a.Status, a.Outcome, a.Reasons, a.RuledAt = "ruled", "settled", s.ev.Text, s.env.Now
	s.lock()
	if s.ev.Type == policy.Reship {
		s.awaitReship()
	} else {
		s.refund(s.ev.AmountFen, "merchant")
	}
	s.tell("settled_by_platform")
	s.tellShop("settled_by_platform")
}

// rule writes the decision down and freezes the evidence it rests on (invariant 11).
func (s *step) rule(outcome string) {
	s.stop(TimerDecision, TimerEvidenceBuyer, TimerEvidenceShop, TimerAppeal)
	a := &s.c.Arbitration
	a.Status, a.Outcome, a.Reasons, a.RuledAt = "ruled", outcome, s.ev.Text, s.env.Now
	if a.FirstAgent == "" {
		a.FirstAgent = s.ev.By
	}
	a.Agent = s.ev.By
	s.lock()
	if outcome == "support_buyer" {
		s.order("merchant_liability", 0) // F1-31, F2-29: scores are computed elsewhere
	}
}

func (s *step) lock() {
	for i := range s.c.Evidence {
		s.c.Evidence[i].Locked = true
	}
}

// execute gives the merchant his time to pay (F2-22).
func (s *step) execute() {
	s.to = RulingExecution
	s.c.RulingBound = true
	fen := s.c.AmountFen
	if s.ev.AmountFen > 0 {
		fen = s.ev.AmountFen
	}
	s.c.Refund.AmountFen = fen
	s.setAt(TimerRulingExecute, s.env.Now.Add(hours(s.env.Policy.Values.Platform.ExecuteHours.V)), "platform.ruling_execute_hours")
	s.tell("ruled_refund")
	s.tellShop("ruled_refund")
}

func (s *step) notSupported() {
	s.c.AppealUntil = s.env.Now.Add(days(s.env.Policy.Values.Platform.AppealDays.V)).UTC()
	s.setAt(TimerAppeal, s.c.AppealUntil, "platform.appeal_days")
	s.tell("not_supported")
	s.tellShop("not_supported")
}

func appeal(s *step) {
	s.stop(TimerAppeal, TimerGoodsBack)
	s.c.GoodsBack = false // open again; the second ruling decides where the goods go
	a := &s.c.Arbitration
	a.Appeals++
	a.Status, a.Agent, a.SLABreached = "queued", "", false
	s.setAt(TimerDecision, s.env.Policy.AddWorkdays(s.env.Now, s.env.Policy.Values.Platform.DecisionWorkdays.V), "platform.decision_workdays")
	s.tell("appealed")
	s.tellShop("appealed")
	s.tellAgent("appealed")
}

func overturn(s *step) {
	s.rule("support_buyer")
	if s.ev.Type == policy.ReturnRefund {
		s.c.RulingBound = true
		s.awaitReturn(s.address())
		s.tell("ruled_return")
		s.tellShop("ruled_return")
		return
	}
	s.execute()
}

// final ends the road on the platform for this line.
func (s *step) final() {
	s.stop(TimerAppeal)
	s.c.Arbitration.Final, s.c.Arbitration.Status = true, "final"
	s.line.FinalRuling = true
	if s.line.OpenCase == string(s.c.ID) {
		s.line.OpenCase = ""
	}
}

func paid(s *step) {
	s.stop(TimerRefundChase)
	s.c.Refund.Status, s.c.Refund.PaidAt = "succeeded", s.env.Now
	if s.ev.Method != "" {
		s.c.Refund.Method = s.ev.Method
	}
	s.line.RefundedFen += s.ev.AmountFen
	s.tell("refunded")
	s.tellShop("refunded")
}
