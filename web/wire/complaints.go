package wire

import "recourse/dialog"

// The requests of what merchants and agents may do to a complaint (投诉). A complaint is about conduct: none of
// them moves money.

// ComplaintList is a page of complaints.
type ComplaintList struct {
	Complaints []dialog.ComplaintView `json:"complaints"` // as the reader may see them
	// Next is the cursor of the next page; absent on the last.
	Next string `json:"next,omitempty"`
}

// ComplaintKinds are what a merchant may complain of.
type ComplaintKinds struct {
	Kinds []ComplaintKind `json:"kinds"` // in the order in which they are offered
}

// ComplaintKind is one of them.
type ComplaintKind struct {
	Kind     string   `json:"kind"`               // for programs
	NameZH   string   `json:"name_zh"`            // in Chinese
	NameEN   string   `json:"name_en"`            // in English
	Evidence []string `json:"evidence,omitempty"` // kinds of evidence that help
}

// FileComplaint is a merchant's complaint about a buyer: about a case of the shop, or an order line of it with its
// buyer (F3-14).
type FileComplaint struct {
	// A case of the shop. Without it, order, line and buyer name what it is about.
	Case string `json:"case,omitempty" maxLength:"64" example:"c_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	// The buyer of the order, as the order system names him.
	Buyer string `json:"buyer,omitempty" maxLength:"128" example:"demo-xiaoli"`
	// The order number.
	Order string `json:"order,omitempty" maxLength:"64" example:"6920251100010001"`
	// The line of the order.
	Line string `json:"line,omitempty" maxLength:"64" example:"1"`
	// A kind of complaint; see GET /api/merchant/complaint-kinds.
	Kind string `json:"kind" minLength:"1" maxLength:"40" example:"malicious_claim"`
	// What happened.
	Text string `json:"text" minLength:"1" maxLength:"1000" example:"买家签收后反复申请并撤销，商品完好。"`
}

// ComplaintReply is the merchant's answer to a complaint: the solution that he proposes (F3-38).
type ComplaintReply struct {
	Expect
	// The solution, which the buyer and the platform read.
	Text string `json:"text" minLength:"1" maxLength:"1000" example:"已对客服进行培训并向您致歉。"`
}

// ComplaintAppeal appeals against what the platform decided (F3-11). There is one appeal.
type ComplaintAppeal struct {
	Expect
	// Why the decision should be another.
	Text string `json:"text" minLength:"1" maxLength:"1000" example:"补充出库视频，可以看到商品完好。"`
	// It is meant; it must be true.
	Confirmed bool `json:"confirmed" example:"true"`
}

// ComplaintWithdraw takes a complaint back.
type ComplaintWithdraw struct {
	Expect
	// It is meant; it must be true.
	Confirmed bool `json:"confirmed" example:"true"`
}

// UpholdComplaint is an agent's decision that a complaint is right (F3-15, F3-39), or on appeal (F3-11).
type UpholdComplaint struct {
	Rule
	// What follows for the party that was complained of.
	Measure string `json:"measure" enum:"none,warning,penalty" example:"warning"`
}
