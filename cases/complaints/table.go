package complaints

import (
	"slices"

	"recourse/cases"
)

// Transition is one row of the table: what may happen in which states, who may cause it, and what follows.
type Transition struct {
	ID           string
	From         []State
	Event        cases.EventKind
	Actors       []cases.Actor
	Guard        string  // in words, for STATES.md
	To           []State // the first is where it goes unless Do chooses another of them; none: where it was
	Irreversible bool
	Why          string // the fact it rests on, or what ours is for
	// Open decides whether the event is offered at all: it sees state, record and time, not the payload.
	Open func(*step) *cases.Error
	// Check looks at what the actor says.
	Check func(*step) *cases.Error
	// Do changes the step's private copy.
	Do func(*step)
}

// Table is the table of transitions, a copy.
func Table() []Transition { return slices.Clone(table) }

func from(s ...State) []State           { return s }
func by(a ...cases.Actor) []cases.Actor { return a }
func to(s ...State) []State             { return s }

// undecided are the states in which nothing is decided yet and both parties may still add to the matter.
var undecided = from(Filed, MerchantReplyDue, BuyerAnswerDue, SolutionProposed, PlatformAudit)

// table is filled in by init because its functions consult it.
var table []Transition

func init() { table = slices.Concat(filing, hearing, auditing, appealing) }

// filing: the draft, and what its complainant may do until it is decided.
var filing = []Transition{
	{
		ID: "K01", From: from(Draft), Event: EvSupplement, Actors: by(cases.Buyer), Guard: "kinds known and the buyer's to give; counts within evidence.*",
		Why: "F3-07: evidence is gathered before the complaint is filed", Check: takesEvidence, Do: addEvidence,
	},
	{
		ID: "K02", From: from(Draft), Event: EvFile, Actors: by(cases.Buyer), To: to(Filed),
		Guard: "a kind of the buyer's; what happened in at most evidence.description_max characters; no open complaint of that kind on the order line; the buyer confirmed the summary",
		Why:   "F3-05, F3-06, F3-36", Check: fileSound, Do: file,
	},
	{
		ID: "K03", From: from(Draft), Event: EvDiscard, Actors: by(cases.Buyer), To: to(ClosedWithdrawn),
		Guard: "-", Why: "ours: the buyer leaves his draft; nobody hears of it",
	},
	{
		ID: "K04", From: from(Draft), Event: cases.TimerEvent(TimerDraft), Actors: by(cases.System), To: to(ClosedWithdrawn),
		Guard: "-", Why: "ours: a forgotten draft goes away (apply.draft_days)",
	},
	{
		ID: "K05", From: append(from(AppealReview), undecided...), Event: EvSupplement, Actors: by(cases.Buyer, cases.Merchant),
		Guard: "kinds known and the party's to give; counts within evidence.*; not decided yet", Why: "F3-07, F3-09: material may be added while somebody still decides",
		Check: takesEvidence, Do: func(s *step) { addEvidence(s); s.tellAgent("supplemented") },
	},
	{
		ID: "K06", From: undecided, Event: EvWithdraw, Actors: by(cases.Buyer, cases.Merchant), To: to(ClosedWithdrawn), Irreversible: true,
		Guard: "whoever complained; confirmed; not decided yet", Why: "ours: a complaint is its complainant's until it is decided",
		Open: complainant, Check: confirmed, Do: func(s *step) { s.tellBoth("withdrawn"); s.tellAgent("withdrawn") },
	},
}

// hearing: the other party is told and heard.
var hearing = []Transition{
	{
		ID: "K07", From: from(Filed), Event: EvForward, Actors: by(cases.System), To: to(MerchantReplyDue, BuyerAnswerDue),
		Guard: "the other party can see it", Why: "F3-37: the platform passes the complaint on; the clock of its answer starts here, not before", Do: forward,
	},
	{
		ID: "K08", From: from(MerchantReplyDue), Event: EvReply, Actors: by(cases.Merchant), To: to(SolutionProposed),
		Guard: "within complaint.reply_hours; a solution in words", Why: "F3-38", Open: before(TimerReply), Check: says, Do: answer("replied"),
	},
	{
		ID: "K09", From: from(MerchantReplyDue), Event: cases.TimerEvent(TimerReply), Actors: by(cases.System), To: to(PlatformAudit),
		Guard: "-", Why: "F3-37: a merchant who says nothing is audited without his answer, and flagged", Do: silent,
	},
	{
		ID: "K10", From: from(BuyerAnswerDue), Event: EvAnswer, Actors: by(cases.Buyer), To: to(PlatformAudit),
		Guard: "within complaint.reply_hours; an answer in words", Why: "ours: nobody is warned unheard", Open: before(TimerReply), Check: says, Do: answer("answered"),
	},
	{
		ID: "K11", From: from(BuyerAnswerDue), Event: cases.TimerEvent(TimerReply), Actors: by(cases.System), To: to(PlatformAudit),
		Guard: "-", Why: "ours: silence holds nobody up", Do: silent,
	},
}

// auditing: the platform decides, the buyer confirms.
var auditing = []Transition{
	{
		ID: "K12", From: from(SolutionProposed, PlatformAudit), Event: EvClaim, Actors: by(cases.Agent), To: to(PlatformAudit),
		Guard: "nobody else has it, or a supervisor takes it over", Why: "F3-39", Check: claimable, Do: claim,
	},
	{
		ID: "K13", From: append(from(AppealReview), undecided...), Event: cases.TimerEvent(TimerAudit), Actors: by(cases.System),
		Guard: "-", Why: "F3-08: the review takes one to seven workdays; late is flagged, and nothing is decided by a clock",
		Do: func(s *step) {
			s.c.Audit.Late = true
			s.notify(s.c.By, "late")
			s.tellAgent("late")
		},
	},
	{
		ID: "K14", From: from(PlatformAudit), Event: EvUphold, Actors: by(cases.Agent), To: to(UserConfirm, ClosedResolved), Irreversible: true,
		Guard: "the agent's own; written reasons; a measure: none, warning or penalty", Why: "F3-15, F3-39", Check: upholdSound, Do: uphold,
	},
	{
		ID: "K15", From: from(PlatformAudit), Event: EvNotUphold, Actors: by(cases.Agent), To: to(ClosedNotUpheld), Irreversible: true,
		Guard: "the agent's own; written reasons", Why: "F3-10, F3-39", Check: auditSound,
		Do: func(s *step) { s.decide(NotUpheld, ""); s.closeAppealable(); s.tellBoth("not_upheld") },
	},
	{
		ID: "K16", From: from(UserConfirm), Event: EvConfirm, Actors: by(cases.Buyer), To: to(ClosedResolved), Irreversible: true,
		Guard: "confirmed", Why: "F3-40: the user confirms and it is settled", Check: confirmed,
		Do: func(s *step) { s.stop(TimerConfirm); s.c.Confirmation = Satisfied; s.final(); s.tellBoth("confirmed") },
	},
	{
		ID: "K17", From: from(UserConfirm), Event: EvNotSatisfied, Actors: by(cases.Buyer), To: to(ClosedResolved),
		Guard: "-", Why: "F3-11: whoever is not satisfied may appeal; saying so opens the way at once", Check: saysLittle,
		Do: func(s *step) {
			s.stop(TimerConfirm)
			s.c.Confirmation, s.c.Unhappy = NotSatisfied, s.ev.Text
			s.closeAppealable()
			s.tellBoth("not_satisfied")
		},
	},
	{
		ID: "K18", From: from(UserConfirm), Event: cases.TimerEvent(TimerConfirm), Actors: by(cases.System), To: to(ClosedResolved),
		Guard: "-", Why: "§3.10: silence closes it; the appeal stays open for its time",
		Do: func(s *step) { s.c.Confirmation = Silence; s.closeAppealable(); s.tellBoth("closed_by_silence") },
	},
	{
		ID: "K19", From: from(ClosedResolved, ClosedNotUpheld), Event: cases.TimerEvent(TimerAppeal), Actors: by(cases.System),
		Guard: "-", Why: "ours: the time to appeal is over (complaint.appeal_days)", Do: func(s *step) { s.final() },
	},
}

// appealing: once, by whoever complained, before another agent.
var appealing = []Transition{
	{
		ID: "K20", From: from(ClosedResolved, ClosedNotUpheld), Event: EvAppeal, Actors: by(cases.Buyer, cases.Merchant), To: to(AppealReview), Irreversible: true,
		Guard: "whoever complained; confirmed; within complaint.appeal_days; fewer appeals than complaint.appeal_max; not confirmed as settled; why", Why: "F3-11",
		Open: appealOpen, Check: appealSound, Do: appeal,
	},
	{
		ID: "K21", From: from(AppealReview), Event: EvClaim, Actors: by(cases.Agent),
		Guard: "another agent than the first; nobody else has it, or a supervisor takes it over", Why: "§3.10: another agent decides", Check: appealClaimable, Do: claim,
	},
	{
		ID: "K22", From: from(AppealReview), Event: EvAffirm, Actors: by(cases.Agent), To: to(ClosedNotUpheld, ClosedResolved), Irreversible: true,
		Guard: "the agent's own; another agent than the first; written reasons", Why: "F3-11", Check: appealAuditSound, Do: affirm,
	},
	{
		ID: "K23", From: from(AppealReview), Event: EvOverturn, Actors: by(cases.Agent), To: to(ClosedResolved), Irreversible: true,
		Guard: "the agent's own; another agent than the first; written reasons; a measure, and another one if the complaint had been upheld", Why: "F3-11, F3-15", Check: overturnSound, Do: overturn,
	},
}
