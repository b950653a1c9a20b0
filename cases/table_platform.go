package cases

// platformRows: the platform decides.
var platformRows = []Transition{
	{
		ID: "T29", From: from(PlatformQueued), Event: EvClaim, Actors: by(Agent), To: to(PlatformReview),
		Guard: "not the agent of an earlier ruling on it", Open: notFirstAgent, Do: func(s *step) {
			s.stop(TimerFirstResponse)
			s.c.Arbitration.Agent, s.c.Arbitration.Status = s.ev.By, "review"
			s.tell("platform_claimed")
			s.tellShop("platform_claimed")
		},
	},
	{
		ID: "D13", From: from(AppealReview), Event: EvClaim, Actors: by(Agent), To: to(AppealReview),
		Guard: "not the agent of the ruling; nobody has it yet", Why: "two agents must not decide one appeal side by side", Open: freeAppeal,
		Do: func(s *step) {
			s.c.Arbitration.Agent, s.c.Arbitration.Status = s.ev.By, "review"
			s.tell("platform_claimed")
			s.tellShop("platform_claimed")
		},
	},
	{
		ID: "D14", From: from(PlatformReview, EvidenceRequested, AppealReview), Event: EvReassign, Actors: by(Agent), To: nil,
		Guard: "supervisor; written reason; another agent than now, and than that of the ruling under appeal",
		Why:   "an agent who is ill or gone must not hold a case for ever", Open: supervisor, Check: assigneeSound,
		Do: func(s *step) { s.c.Arbitration.Agent = s.ev.Assignee; s.tellAgent("reassigned") },
	},
	{
		ID: "T30", From: from(PlatformQueued), Event: TimerEvent(TimerFirstResponse), Actors: by(System), To: to(PlatformQueued),
		Guard: "-", Do: func(s *step) { s.breach(); s.tell("platform_late") },
	},
	{
		ID: "T31", From: from(PlatformReview), Event: EvRequestEvidence, Actors: by(Agent), To: to(EvidenceRequested),
		Guard: "the agent's own case; kinds and party named (one of them, or both at once); rounds < platform.evidence_rounds", Open: all(mine, roundsLeft), Check: requestSound, Do: requestEvidence,
	},
	{
		ID: "D15", From: from(EvidenceRequested), Event: EvRequestEvidence, Actors: by(Agent), To: to(EvidenceRequested),
		Guard: "the agent's own case; a party that was not asked in this round", Why: "what one party is asked for often makes the other's side worth hearing; it is the same round",
		Open: all(mine, someoneUnasked), Check: requestSound, Do: requestEvidence,
	},
	{
		ID: "T32", From: from(EvidenceRequested), Event: EvSupplement, Actors: by(Buyer, Merchant), To: to(EvidenceRequested, PlatformReview),
		Guard: "the item passes its checks; the party's deadline is not over", Check: supplementInTime, Do: answerRequest,
	},
	{
		ID: "T33", From: from(EvidenceRequested), Event: TimerEvent(TimerEvidenceBuyer), Actors: by(System), To: to(EvidenceRequested, PlatformReview),
		Guard: "-", Do: func(s *step) { s.defaulted(Buyer) },
	},
	{
		ID: "T33m", From: from(EvidenceRequested), Event: TimerEvent(TimerEvidenceShop), Actors: by(System), To: to(EvidenceRequested, PlatformReview),
		Guard: "-", Do: func(s *step) { s.defaulted(Merchant) },
	},
	{
		ID: "T34", From: from(PlatformReview), Event: EvSettle, Actors: by(Agent), To: to(RefundPending, AwaitingReship, AwaitingReturn), Irreversible: true,
		Guard: "the agent's own case; both consents recorded; amount within what was asked and is left of the line; an exchange of goods that the buyer still has needs a return address",
		Open:  mine, Check: settleSound, Do: settle,
	},
	{
		ID: "T35", From: from(PlatformReview), Event: EvRuleRefund, Actors: by(Agent), To: to(RulingExecution), Irreversible: true,
		Guard: "the agent's own case; written reasons; amount within what was asked and is left of the line", Open: mine, Check: rulingSound,
		Do: func(s *step) { s.rule("support_buyer"); s.execute() },
	},
	{
		ID: "T36", From: from(PlatformReview), Event: EvRuleReturnRefund, Actors: by(Agent), To: to(AwaitingReturn), Irreversible: true,
		Guard: "the agent's own case; written reasons; a return address; the payer of the postage is named or as the verdict says", Open: mine, Check: returnRulingSound,
		Do: func(s *step) {
			s.rule("support_buyer")
			s.returnBound()
			s.tell("ruled_return")
			s.tellShop("ruled_return")
		},
	},
	{
		ID: "T37", From: from(PlatformReview), Event: EvRuleMerchant, Actors: by(Agent), To: to(ClosedNotSupported), Irreversible: true,
		Guard: "the agent's own case; written reasons", Open: mine, Check: writes, Do: func(s *step) { s.rule("support_merchant"); s.notSupported() },
	},
	{
		ID: "T37d", From: from(PlatformReview), Event: EvDismiss, Actors: by(Agent), To: to(ClosedNotSupported), Irreversible: true,
		Guard: "the agent's own case; written reasons", Open: mine, Check: writes, Do: func(s *step) { s.rule("dismissed"); s.notSupported() },
	},
	{
		ID: "T38", From: from(PlatformQueued, PlatformReview, EvidenceRequested, AppealReview), Event: TimerEvent(TimerDecision), Actors: by(System), To: nil,
		Guard: "-", Do: func(s *step) { s.breach(); s.tell("decision_late") },
	},
	{
		ID: "T44", From: from(ClosedNotSupported), Event: EvAppeal, Actors: by(Buyer), To: to(AppealReview), Irreversible: true,
		Guard: "confirmed; before appealable_until; no appeal yet; evidence newer than the ruling", Open: appealOpen, Check: appealSound, Do: appeal,
	},
	{
		ID: "T45", From: from(AppealReview), Event: EvUphold, Actors: by(Agent), To: to(ClosedNotSupported), Irreversible: true,
		Guard: "another agent than the first, and the one who claimed it if one did; written reasons", Open: all(notFirstAgent, claimant), Check: writes,
		Do: func(s *step) {
			s.rule(s.c.Arbitration.Outcome)
			s.final()
			s.tell("appeal_upheld")
			s.tellShop("appeal_upheld")
		},
	},
	{
		ID: "T46", From: from(AppealReview), Event: EvOverturn, Actors: by(Agent), To: to(RulingExecution, AwaitingReturn), Irreversible: true,
		Guard: "as T45; amount and postage as T35, T36", Open: all(notFirstAgent, claimant), Check: appealRulingSound, Do: overturn,
	},
	{
		ID: "D07", From: from(ClosedNotSupported), Event: TimerEvent(TimerAppeal), Actors: by(System), To: to(ClosedNotSupported),
		Guard: "-", Why: "the appeal window ends (§3.4): the ruling is final and the line is free of an open case", Do: func(s *step) { s.final() },
	},
	{
		ID: "T47", From: from(ClosedExpired), Event: EvReopen, Actors: by(Agent), To: to(PlatformQueued),
		Guard: "supervisor; documented cause; within validity; no other open case on the line; no later case paid or was ruled on for good", Open: all(supervisor, mayReopen), Check: writes,
		Do: func(s *step) {
			s.line.OpenCase = string(s.c.ID)
			s.c.GoodsBack = false
			s.escalate("reopened")
			s.tell("reopened")
			s.tellShop("reopened")
		},
	},
}
