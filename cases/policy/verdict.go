package policy

import (
	"maps"
	"slices"
	"time"
)

// Status is where an order line stands for the marketplace.
type Status string

// The order statuses of the engine (domain §2.2).
const (
	PaidUnshipped Status = "paid_unshipped"
	Shipped       Status = "shipped"
	Signed        Status = "signed"
	Completed     Status = "completed"
	Closed        Status = "closed"
)

// Logistics is what the carrier last said about the outbound parcel.
type Logistics string

// The logistics states of the engine (domain §2.2).
const (
	LogisticsNone    Logistics = ""
	LogisticsMoving  Logistics = "moving"
	LogisticsStalled Logistics = "stalled"
	LogisticsLost    Logistics = "lost"
	LogisticsSigned  Logistics = "signed"
	LogisticsRefused Logistics = "refused"
)

// Line is one line of an order with every fact the engine needs about it. It comes from the
// order system and is never edited here. Money is in fen.
type Line struct {
	OrderID        string    `json:"order_id"`
	LineID         string    `json:"line_id"`
	BuyerID        string    `json:"buyer_id"`
	ShopID         string    `json:"shop_id"`
	ShopName       string    `json:"shop_name"`
	Title          string    `json:"title"`
	Spec           string    `json:"spec"`
	Quantity       int       `json:"quantity"`
	ReturnAddress  string    `json:"return_address,omitempty"` // the shop's default
	ImageURL       string    `json:"image_url,omitempty"`
	PaidGoodsFen   int64     `json:"paid_goods_fen"`
	PaidFreightFen int64     `json:"paid_freight_fen"`
	CouponFen      int64     `json:"coupon_fen"`
	Status         Status    `json:"status"`
	PaidAt         time.Time `json:"paid_at"`
	PromisedShipAt time.Time `json:"promised_ship_at,omitzero"`
	ShippedAt      time.Time `json:"shipped_at,omitzero"`
	LastLogisticAt time.Time `json:"last_logistics_at,omitzero"`
	Logistics      Logistics `json:"logistics,omitempty"`
	Carrier        string    `json:"carrier,omitempty"`
	Waybill        string    `json:"waybill,omitempty"`
	SignedAt       time.Time `json:"signed_at,omitzero"`
	// PromisedArrivalAt is the day of delivery the order was promised for, if any.
	PromisedArrivalAt time.Time `json:"promised_arrival_at,omitzero"`
	// OtherParcels are parcels of this line beside the one of Waybill: what has not come may be in one of them.
	OtherParcels []Parcel `json:"other_parcels,omitempty"`
	// BestBefore is the end of the shelf life of packaged food.
	BestBefore time.Time `json:"best_before,omitzero"`
	// Categories are flags of the category table, e.g. "custom_made", "fresh_perishable".
	Categories []string `json:"categories,omitempty"`
	// ExclusionConfirmed says that the buyer confirmed at purchase that no-reason return is excluded.
	ExclusionConfirmed bool `json:"exclusion_confirmed,omitempty"`
	// Tags are service tags: "freight_insurance", "price_protection", "no_reason_7d".
	Tags []string `json:"tags,omitempty"`
}

// Parcel is one more parcel of an order line.
type Parcel struct {
	Waybill        string    `json:"waybill"`
	Carrier        string    `json:"carrier,omitempty"`
	Logistics      Logistics `json:"logistics,omitempty"`
	LastLogisticAt time.Time `json:"last_logistics_at,omitzero"`
}

// ReasonID names one of the reasons of domain §2.4.
type ReasonID string

// The reasons of domain §2.4. What holds for each is in the policy file; a file must have all of them.
const (
	NoReason7d         ReasonID = "no_reason_7d"
	NotAsDescribed     ReasonID = "not_as_described"
	QualityDefect      ReasonID = "quality_defect"
	DamagedInTransit   ReasonID = "damaged_in_transit"
	WrongItem          ReasonID = "wrong_item"
	MissingParts       ReasonID = "missing_parts"
	EmptyParcel        ReasonID = "empty_parcel"
	NotReceived        ReasonID = "not_received"
	SignedNotReceived  ReasonID = "signed_not_received"
	LateShipment       ReasonID = "late_shipment"
	UnshippedCancel    ReasonID = "unshipped_cancel"
	SpoiledOrExpired   ReasonID = "spoiled_or_expired"
	Counterfeit        ReasonID = "counterfeit"
	FalseAdvertising   ReasonID = "false_advertising"
	AllergyOrInjury    ReasonID = "allergy_or_injury"
	PriceDifference    ReasonID = "price_difference"
	FreightOnly        ReasonID = "freight_only"
	AgreedWithMerchant ReasonID = "agreed_with_merchant"
	OtherReason        ReasonID = "other"
)

// RefundType is what the buyer asks for.
type RefundType string

// The refund types of the domain.
const (
	RefundOnly   RefundType = "refund_only"
	ReturnRefund RefundType = "return_refund"
	Exchange     RefundType = "exchange"
	Partial      RefundType = "partial"
	Reship       RefundType = "reship"
)

// EvidenceKind names one of the evidence kinds of domain §2.3.
type EvidenceKind string

// Tri is a fact only the buyer can give: unknown until he was asked.
type Tri string

// The values of Tri.
const (
	Unknown Tri = ""
	Yes     Tri = "yes"
	No      Tri = "no"
)

// Answers are the facts only the buyer can give. Unknown stays unknown: the engine asks, never guesses.
type Answers struct {
	Received    Tri `json:"received,omitempty"`     // got the goods?
	Intact      Tri `json:"intact,omitempty"`       // unused beyond inspection?
	SpecDiff    Tri `json:"spec_diff,omitempty"`    // another colour, style or size than ordered?
	Pickup      Tri `json:"pickup,omitempty"`       // looked for the parcel where couriers leave it?
	InChat      Tri `json:"in_chat,omitempty"`      // was it agreed in the platform's chat?
	Promised    Tri `json:"promised,omitempty"`     // is the missing thing part of the order, or was it promised?
	Refused     Tri `json:"refused,omitempty"`      // refused the parcel at the door?
	WantsRefund Tri `json:"wants_refund,omitempty"` // wants money back, not only to complain?
	PaidPostage Tri `json:"paid_postage,omitempty"` // paid the postage of the return himself?
	Unlisted    Tri `json:"unlisted,omitempty"`     // none of the listed reasons fits?
	// Harm: somebody was hurt, fell ill, or could have been. It is volunteered and never asked for: it
	// decides nothing, it brings in a person.
	Harm Tri `json:"harm,omitempty"`
	// Want is what the buyer asks for; empty = not asked yet.
	Want RefundType `json:"want,omitempty"`
	// AskFen is how much of what was paid he asks for with a partial refund: what is missing or spoiled, the
	// postage on the receipt, what was agreed. 0 = he has not said.
	AskFen int64 `json:"ask_fen,omitempty"`
}

// QuestionID is the one next question the engine wants asked; wordings are kept by key elsewhere.
type QuestionID string

// The questions.
const (
	AskReason      QuestionID = "reason"
	AskAmount      QuestionID = "amount" // answered with a sum, all others below with yes or no
	AskReceived    QuestionID = "received"
	AskIntact      QuestionID = "intact"
	AskSpecDiff    QuestionID = "spec_diff"
	AskPickup      QuestionID = "pickup_checked" // looked at the pick-up point, the gate, with family?
	AskPickupAgain QuestionID = "pickup_again"   // the same when he had not looked yet
	AskInChat      QuestionID = "in_chat"
	AskInChatAgain QuestionID = "in_chat_again" // after the warning: was it repeated in the platform's chat?
	AskPromised    QuestionID = "promised"
	AskRefused     QuestionID = "refused"
	AskWantsRefund QuestionID = "wants_refund"
	AskPaidPostage QuestionID = "paid_postage"
	AskUnlisted    QuestionID = "unlisted"
)

// answers says which fact a question is after. The name of the fact is the one that conditions use.
var answers = map[QuestionID]struct {
	name string
	fact func(*Answers) *Tri
}{
	AskReceived:    {"received", func(a *Answers) *Tri { return &a.Received }},
	AskIntact:      {"intact", func(a *Answers) *Tri { return &a.Intact }},
	AskSpecDiff:    {"spec_diff", func(a *Answers) *Tri { return &a.SpecDiff }},
	AskPickup:      {"pickup", func(a *Answers) *Tri { return &a.Pickup }},
	AskPickupAgain: {"pickup", func(a *Answers) *Tri { return &a.Pickup }},
	AskInChat:      {"in_chat", func(a *Answers) *Tri { return &a.InChat }},
	AskInChatAgain: {"in_chat", func(a *Answers) *Tri { return &a.InChat }},
	AskPromised:    {"promised", func(a *Answers) *Tri { return &a.Promised }},
	AskRefused:     {"refused", func(a *Answers) *Tri { return &a.Refused }},
	AskWantsRefund: {"wants_refund", func(a *Answers) *Tri { return &a.WantsRefund }},
	AskPaidPostage: {"paid_postage", func(a *Answers) *Tri { return &a.PaidPostage }},
	AskUnlisted:    {"unlisted", func(a *Answers) *Tri { return &a.Unlisted }},
	"harm":         {"harm", func(a *Answers) *Tri { return &a.Harm }}, // known, but no question
}

// YesNo lists the questions that are answered with yes or no, in a fixed order.
func YesNo() []QuestionID {
	out := slices.DeleteFunc(slices.Collect(maps.Keys(answers)), func(q QuestionID) bool { return q == "harm" })
	slices.Sort(out)
	return out
}

// With are the answers with that of one question set; an unknown question changes nothing.
func (a Answers) With(q QuestionID, v Tri) Answers {
	if f, ok := answers[q]; ok {
		*f.fact(&a) = v
	}
	return a
}

// Merge are the answers with those of b that are known put over them.
func (a Answers) Merge(b Answers) Answers {
	for _, f := range answers {
		if heard := *f.fact(&b); heard == Yes || heard == No {
			*f.fact(&a) = heard
		}
	}
	if b.Want != "" {
		a.Want = b.Want
	}
	if b.AskFen > 0 {
		a.AskFen = b.AskFen
	}
	return a
}

// LineHistory is what earlier cases left on the line. It comes from the case ledger.
type LineHistory struct {
	OpenCase    string `json:"open_case,omitempty"`
	Attempts    int    `json:"attempts"`
	Rejections  int    `json:"rejections"`
	FinalRuling bool   `json:"final_ruling"`
	RefundedFen int64  `json:"refunded_fen"`
	LastCase    string `json:"last_case,omitempty"`
	// ReturnReason is the reason of the case under which the goods last travelled back, ReturnAt when that
	// began; both empty if they never did.
	ReturnReason ReasonID  `json:"return_reason,omitempty"`
	ReturnAt     time.Time `json:"return_at,omitzero"`
}

// Facts is all that Evaluate may look at.
type Facts struct {
	Buyer    string         `json:"buyer"` // who asks; compared with Line.BuyerID
	Line     Line           `json:"line"`
	Reason   ReasonID       `json:"reason,omitempty"` // empty: not known yet
	Answers  Answers        `json:"answers"`
	Evidence []EvidenceKind `json:"evidence,omitempty"` // kinds already accepted for this draft
	History  LineHistory    `json:"history"`
	// OwnCase is the case being evaluated, so that it does not block itself as "open".
	OwnCase string `json:"own_case,omitempty"`
}

// Kind is the tri-state of a verdict and its routes (domain §2.2).
type Kind string

// The verdict kinds.
const (
	Eligible           Kind = "eligible"
	EligibleIfEvidence Kind = "eligible_if_evidence"
	Ask                Kind = "ask"
	Wait               Kind = "wait"
	NotEligible        Kind = "not_eligible"
	OutOfScope         Kind = "out_of_scope"
	Human              Kind = "human"
)

// Code is one of the 21 verdict codes of domain §2.2.
type Code string

// The verdict codes.
const (
	OKUnshipped         Code = "OK_UNSHIPPED"
	OKNoReason          Code = "OK_NO_REASON"
	OKAgreed            Code = "OK_AGREED"
	OKLogistics         Code = "OK_LOGISTICS"
	NeedEvidence        Code = "NEED_EVIDENCE"
	NeedInfo            Code = "NEED_INFO"
	NotYet              Code = "NOT_YET"
	NoWindowPassed      Code = "NO_WINDOW_PASSED"
	NoCategoryStatutory Code = "NO_CATEGORY_STATUTORY"
	NoCategoryConfirmed Code = "NO_CATEGORY_CONFIRMED"
	NoNotIntact         Code = "NO_NOT_INTACT"
	NoStatus            Code = "NO_STATUS"
	NoOpenCase          Code = "NO_OPEN_CASE"
	NoAttempts          Code = "NO_ATTEMPTS"
	NoNotOwner          Code = "NO_NOT_OWNER"
	NoFinalRuling       Code = "NO_FINAL_RULING"
	NoOutOfScope        Code = "NO_OUT_OF_SCOPE"
	HumanAfterValidity  Code = "HUMAN_AFTER_VALIDITY"
	HumanHighValue      Code = "HUMAN_HIGH_VALUE"
	HumanSafety         Code = "HUMAN_SAFETY"
	HumanCounterfeit    Code = "HUMAN_COUNTERFEIT"
)

// kinds says which route a verdict code is (domain §2.2).
var kinds = map[Code]Kind{
	OKUnshipped: Eligible, OKNoReason: Eligible, OKAgreed: Eligible, OKLogistics: Eligible,
	NeedEvidence: EligibleIfEvidence, NeedInfo: Ask, NotYet: Wait,
	NoWindowPassed: NotEligible, NoCategoryStatutory: NotEligible, NoCategoryConfirmed: NotEligible, NoNotIntact: NotEligible,
	NoStatus: NotEligible, NoOpenCase: NotEligible, NoAttempts: NotEligible, NoNotOwner: NotEligible, NoFinalRuling: NotEligible,
	NoOutOfScope:       OutOfScope,
	HumanAfterValidity: Human, HumanHighValue: Human, HumanSafety: Human, HumanCounterfeit: Human,
}

// Requirement is one thing the reason needs shown: any one of the kinds satisfies it.
type Requirement struct {
	AnyOf    []EvidenceKind `json:"any_of"`
	Auto     bool           `json:"auto,omitempty"` // taken from the order system, never asked
	Optional bool           `json:"optional,omitempty"`
}

// Alternative is a road still open to the buyer when the asked one is closed. Wordings by key.
type Alternative string

// The alternatives of this version.
const (
	AltFaultReason Alternative = "fault_reason" // a true fault reason is still inside its window
	AltNegotiate   Alternative = "negotiate"    // talk to the merchant
	AltHuman       Alternative = "human"        // a person may look
	AltOpenCase    Alternative = "open_case"    // go to the case that is open
	AltEscalate    Alternative = "escalate"
	AltWait        Alternative = "wait"
	AltCancel      Alternative = "unshipped_cancel"
	AltComplaint   Alternative = "complaint"
	AltOutside     Alternative = "outside"          // consumer association, 12315, court
	AltNoReason    Alternative = "no_reason_7d"     // send it back without a reason, if that is open
	AltRefuse      Alternative = "refuse_parcel"    // refuse the parcel at the door, with a picture
	AltProtection  Alternative = "price_protection" // the marketplace's own application for the difference
	AltInsurance   Alternative = "freight_insurance"
)

// Payer is who bears the return postage.
type Payer string

// The payers.
const (
	PayerNone      Payer = ""
	PayerBuyer     Payer = "buyer"
	PayerMerchant  Payer = "merchant"
	PayerInsurance Payer = "insurance_first" // the buyer advances, the insurer reimburses
)

// Clause is one rule a verdict rests on: a value key or rule id of the policy, and the facts behind it.
type Clause struct {
	ID     string   `json:"id"` // e.g. "apply.fault_days", "reason.quality_defect"
	TextZH string   `json:"text_zh"`
	TextEN string   `json:"text_en"`
	Value  string   `json:"value,omitempty"` // rendered value, e.g. "15"
	Facts  []string `json:"facts,omitempty"` // e.g. "F2-14"
}

// Verdict is the answer of Evaluate. It is data; wordings are made elsewhere.
type Verdict struct {
	Kind         Kind           `json:"kind"`
	Code         Code           `json:"code"`
	Reason       ReasonID       `json:"reason"`
	Type         RefundType     `json:"type,omitempty"`  // the refund type the application would have
	Types        []RefundType   `json:"types,omitempty"` // those the reason allows to ask for
	AmountFen    int64          `json:"amount_fen"`      // what would be asked for
	MaxFen       int64          `json:"max_fen"`         // the most that may be asked for (F4-08, less what came back)
	Required     []Requirement  `json:"required,omitempty"`
	Optional     []EvidenceKind `json:"optional,omitempty"`
	Missing      []Requirement  `json:"missing,omitempty"` // of Required, not yet shown
	Question     QuestionID     `json:"question,omitempty"`
	Deadline     time.Time      `json:"deadline,omitzero"`   // last instant to apply for this reason
	NotBefore    time.Time      `json:"not_before,omitzero"` // Wait: when it may be asked again
	Alternatives []Alternative  `json:"alternatives,omitempty"`
	FaultUntil   time.Time      `json:"fault_until,omitzero"` // AltFaultReason: until when
	Freight      Payer          `json:"freight,omitempty"`
	Clauses      []Clause       `json:"clauses"`
	Alerts       []Code         `json:"alerts,omitempty"` // HUMAN_* codes that offer a person without blocking
	Policy       string         `json:"policy"`           // version that judged
	OpenCase     string         `json:"open_case,omitempty"`
}

// KindOf is the route that a verdict code is; "" if there is no such code.
func KindOf(c Code) Kind { return kinds[c] }

// Alerts are the codes that only ever come beside a verdict: they offer a person and block nothing.
func Alerts() []Code { return []Code{HumanHighValue, HumanSafety, HumanCounterfeit} }

// QuestionAbout is a question whose answer is the named fact, e.g. "pickup"; false if there is no such fact.
func QuestionAbout(fact string) (QuestionID, bool) {
	for q, a := range answers {
		if a.name == fact {
			return q, true
		}
	}
	return "", false
}

// AnswerNames are the facts that only the buyer can give, as conditions name them.
func AnswerNames() []string {
	var out []string
	for _, a := range answers {
		if !slices.Contains(out, a.name) {
			out = append(out, a.name)
		}
	}
	slices.Sort(out)
	return out
}
