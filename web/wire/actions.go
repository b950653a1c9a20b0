package wire

// The requests of what merchants and agents may do to a case: one type per action, each with the fields that
// the action takes and no others. The action is in the path, the idempotency key in the header
// Idempotency-Key. Amounts are in fen, texts are counted in characters.

// Expect is in every write on a case.
type Expect struct {
	// The version of the case that the sender saw. If the case has moved on since, nothing is done and the
	// answer is VERSION_CONFLICT.
	ExpectedVersion int `json:"expected_version" minimum:"1" example:"7"`
}

// Expected is the version of the case that the sender saw.
func (e Expect) Expected() int { return e.ExpectedVersion }

// Plain is an action that says nothing but itself.
type Plain struct{ Expect }

// AgreeReturn is the merchant's agreement to a return (T04).
type AgreeReturn struct {
	Expect
	// Where the buyer sends the goods: name, phone and the full address. Empty: the shop's default return address.
	Address string `json:"address,omitempty" maxLength:"300" example:"张三 13800000000 浙江省杭州市余杭区文一西路 1 号仓库"`
}

// MakeOffer offers something else than what the buyer asked for (T05, T21).
type MakeOffer struct {
	Expect
	// partial: a part of the money; reship: the goods are sent again.
	Kind string `json:"kind" enum:"partial,reship" example:"partial"`
	// Of a partial refund, in fen: more than 0, less than what was asked for.
	AmountFen int64 `json:"amount_fen,omitempty" minimum:"1" example:"5000"`
	// What the buyer reads.
	Text string `json:"text,omitempty" maxLength:"1000" example:"外壳有轻微划痕，补偿 50 元，您看可以吗？"`
}

// Reject is the merchant's refusal of an application (T06), of a returned item (T19, T23) or of a parcel at the
// door (T22).
type Reject struct {
	Expect
	// A reject code of the phase; see GET /api/merchant/reject-codes.
	Code string `json:"code" minLength:"1" maxLength:"16" example:"MR08"`
	// The explanation, which the buyer and the platform read.
	Text string `json:"text" minLength:"1" maxLength:"1000" example:"物流显示 11 月 20 日已由本人签收，签收底单见凭证。"`
	// The buyer was told that he may ask the platform to step in (F4-25). It must be true.
	Told bool `json:"told_appeal" example:"true"`
	// Ids of the shop's own evidence on this case that the refusal rests on; it is uploaded before. Codes that need
	// evidence are refused with EVIDENCE_REQUIRED as long as none of the right kind is there.
	Evidence []string `json:"evidence,omitempty" maxItems:"20" uniqueItems:"true" example:"[\"e_017_AAAA\"]"`
}

// Reverse takes a refusal back (T27).
type Reverse struct {
	Expect
	// As with agree_return, if the goods must come back.
	Address string `json:"address,omitempty" maxLength:"300"`
}

// ReportLost says that the return does not arrive (T51).
type ReportLost struct {
	Expect
	// What the carrier said, if he was asked.
	Text string `json:"text,omitempty" maxLength:"1000" example:"快递客服确认包裹在中转站遗失"`
}

// Supplement adds a statement to the evidence. Files come by upload and need no action of their own.
type Supplement struct {
	Expect
	// The statement.
	Text string `json:"text" minLength:"1" maxLength:"1000" example:"出库前已通电测试，视频见凭证。"`
}

// Shipment says how goods travel to the buyer: a replacement (T48), or his own goods back (D09).
type Shipment struct {
	Expect
	// The carrier's name or code.
	Carrier string `json:"carrier" minLength:"1" maxLength:"40" example:"顺丰速运"`
	// The waybill number: 8 to 32 letters, digits or hyphens.
	Waybill string `json:"waybill" minLength:"1" maxLength:"64" example:"SF1234567890123"`
}

// RequestEvidence asks a party for more, or both at once (T31, D15).
type RequestEvidence struct {
	Expect
	// Who is asked; of both, each is asked for those of the kinds that are his to give.
	Party string `json:"party" enum:"buyer,merchant,both" example:"buyer"`
	// The kinds that are wanted; all of them must come.
	Kinds []string `json:"kinds" minItems:"1" maxItems:"10" uniqueItems:"true" example:"[\"packaging_photo\"]"`
	// What exactly is wanted.
	Text string `json:"text,omitempty" maxLength:"1000" example:"请拍外箱磨损处"`
}

// Rule is a decision without a figure (T37, T45, T47): its written reasons.
type Rule struct {
	Expect
	// The written reasons, at least 10 characters; both parties read them.
	Text string `json:"text" minLength:"1" maxLength:"2000" example:"买家未能提供商品存在质量问题的凭证。"`
}

// RuleRefund is a ruling for the buyer without a return (T35).
type RuleRefund struct {
	Rule
	// In fen, at most what was asked for; nothing: all of it.
	AmountFen int64 `json:"amount_fen,omitempty" minimum:"1" example:"19900"`
}

// RuleReturn is a ruling for the buyer against a return (T36).
type RuleReturn struct {
	RuleRefund
	// Where the goods go; nothing: the shop's default return address.
	Address string `json:"address,omitempty" maxLength:"300"`
	// Who pays the return postage; nothing: as the policy's verdict on the application says.
	FreightPayer string `json:"freight_payer,omitempty" enum:"buyer,merchant,insurance_first" example:"merchant"`
}

// Reassign gives a case to another agent (D14): supervisors, with a written reason.
type Reassign struct {
	Rule
	// The login of the agent who takes it over.
	Assignee string `json:"assignee" minLength:"1" maxLength:"64" example:"li.na"`
}

// Retry orders a failed refund again (T43).
type Retry struct {
	Expect
	// original_route, once the account is fixed; balance only if the buyer has agreed to it in the case (D21).
	// Nothing: original_route.
	Method string `json:"method,omitempty" enum:"original_route,balance" example:"original_route"`
}

// Overturn is the second agent's ruling for the buyer (T46).
type Overturn struct {
	RuleReturn
	// Whether the goods come back.
	Type string `json:"type" enum:"refund_only,return_refund" example:"refund_only"`
}

// Settle writes down what both parties agreed to (T34).
type Settle struct {
	Rule
	// partial: money, also all of it; reship: the goods are sent again; exchange: the goods come back first, if
	// they have not yet. Nothing: partial.
	Kind string `json:"kind,omitempty" enum:"partial,reship,exchange" example:"partial"`
	// Of an exchange: where the goods go; nothing: the shop's default return address.
	Address string `json:"address,omitempty" maxLength:"300"`
	// Of an exchange: who pays the return postage.
	FreightPayer string `json:"freight_payer,omitempty" enum:"buyer,merchant,insurance_first"`
	// In fen, at most what was asked for.
	AmountFen int64 `json:"amount_fen,omitempty" minimum:"1" example:"10000"`
	// The buyer agreed in the conversation. It must be true.
	BuyerOK bool `json:"buyer_ok" example:"true"`
	// The merchant agreed. It must be true.
	ShopOK bool `json:"shop_ok" example:"true"`
}

// CaseAction is every field that any action takes: what a form that serves all of them sends. The API itself
// takes the type of each action and refuses a field that the action does not have.
type CaseAction struct {
	ExpectedVersion int      `json:"expected_version"`
	AmountFen       int64    `json:"amount_fen,omitempty"`
	Text            string   `json:"text,omitempty"`
	Code            string   `json:"code,omitempty"`
	Kind            string   `json:"kind,omitempty"`
	Kinds           []string `json:"kinds,omitempty"`
	Party           string   `json:"party,omitempty"`
	Address         string   `json:"address,omitempty"`
	Evidence        []string `json:"evidence,omitempty"`
	Told            bool     `json:"told_appeal,omitempty"`
	Carrier         string   `json:"carrier,omitempty"`
	Waybill         string   `json:"waybill,omitempty"`
	Type            string   `json:"type,omitempty"`
	BuyerOK         bool     `json:"buyer_ok,omitempty"`
	ShopOK          bool     `json:"shop_ok,omitempty"`
	Assignee        string   `json:"assignee,omitempty"`
	FreightPayer    string   `json:"freight_payer,omitempty"`
	Method          string   `json:"method,omitempty"`
}
