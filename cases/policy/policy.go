package policy

import (
	"crypto/sha256"
	_ "embed"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"go.yaml.in/yaml/v3"
)

//go:embed default.yaml
var defaultYAML []byte

// Default is the policy that the program carries.
var Default = sync.OnceValue(func() *Policy {
	p, err := Parse("default.yaml", defaultYAML)
	if err != nil {
		panic(err) // a test holds the embedded file valid
	}
	return p
})

// Value is one figure of the policy with what it rests on.
type Value[T any] struct {
	V     T
	Unit  string
	Basis string
	Facts []string
	line  int // where it stands in the file; 0 = missing, -1 = could not be read
}

// UnmarshalYAML reads a value strictly and remembers its line. All that is wrong with it is reported.
func (v *Value[T]) UnmarshalYAML(n *yaml.Node) error {
	v.line = n.Line
	if n.Kind != yaml.MappingNode {
		return &yaml.TypeError{Errors: []string{fmt.Sprintf("line %d: want {value, unit, basis, facts}", n.Line)}}
	}
	var wrong []string
	stated := map[string]bool{}
	for i := 0; i < len(n.Content); i += 2 {
		key := n.Content[i].Value
		dst, known := map[string]any{"value": &v.V, "unit": &v.Unit, "basis": &v.Basis, "facts": &v.Facts}[key]
		if !known || stated[key] {
			wrong = append(wrong, fmt.Sprintf("line %d: unknown or repeated key %q", n.Content[i].Line, key))
			continue
		}
		stated[key] = true
		if err := n.Content[i+1].Decode(dst); err != nil {
			wrong = append(wrong, problems(err)...)
		}
	}
	if !stated["value"] {
		wrong = append(wrong, fmt.Sprintf("line %d: no value is given", n.Line)) // 0, false and [] must be said
	}
	if len(wrong) > 0 {
		v.line = -1 // it is reported; there is no sense in judging what was half read
		return &yaml.TypeError{Errors: wrong}
	}
	return nil
}

func (v Value[T]) where() (int, string, string) { return v.line, v.Unit, v.Basis }

// Values are the figures of domain §2.1. The unit tag says how a figure must be given.
type Values struct {
	Calendar struct {
		HolidayShift Value[bool] `yaml:"holiday_shift" unit:"bool"`
	} `yaml:"calendar"`
	Apply struct {
		NoReasonDays Value[int]  `yaml:"no_reason_days" unit:"days"`
		FaultDays    Value[int]  `yaml:"fault_days" unit:"days"`
		ValidityDays Value[int]  `yaml:"validity_days" unit:"days"`
		FreshHours   Value[int]  `yaml:"fresh_hours" unit:"hours"`
		MaxAttempts  Value[int]  `yaml:"max_attempts_per_line" unit:"count"`
		OneOpenCase  Value[bool] `yaml:"one_open_case_per_line" unit:"bool"`
		DraftDays    Value[int]  `yaml:"draft_days" unit:"days"`
	} `yaml:"apply"`
	Merchant struct {
		ReviewTypical   Value[string] `yaml:"review_typical" unit:"workdays"`
		ReviewSoft      Value[int]    `yaml:"review_soft_workdays" unit:"workdays"`
		ReviewHardDays  Value[int]    `yaml:"review_hard_days" unit:"days"`
		ReviewProfile   Value[string] `yaml:"review_profile" unit:"enum"`
		OfferReplyHours Value[int]    `yaml:"offer_reply_hours" unit:"hours"`
		MaxOffers       Value[int]    `yaml:"max_offers" unit:"count"`
		InspectHours    Value[int]    `yaml:"inspect_hours" unit:"hours"`
		UnsignedDays    Value[int]    `yaml:"unsigned_autorefund_days" unit:"days"`
		ExtendAfterDays Value[int]    `yaml:"extend_after_days" unit:"days"`
		ExtendDays      Value[int]    `yaml:"extend_days" unit:"days"`
		ExtendMax       Value[int]    `yaml:"extend_max" unit:"count"`
		ReceiptRule     Value[string] `yaml:"receipt_deadline_rule" unit:"enum"`
		ResumeMinHours  Value[int]    `yaml:"resume_min_hours" unit:"hours"`
		GoodsBackHours  Value[int]    `yaml:"goods_back_hours" unit:"hours"`
		ReshipHours     Value[int]    `yaml:"reship_hours" unit:"hours"`
	} `yaml:"merchant"`
	Buyer struct {
		ShipDays           Value[int] `yaml:"ship_days" unit:"days"`
		WaybillCorrections Value[int] `yaml:"waybill_corrections" unit:"count"`
		EscalateHours      Value[int] `yaml:"escalate_hours" unit:"hours"`
		ReceiptDays        Value[int] `yaml:"receipt_days" unit:"days"`
	} `yaml:"buyer"`
	Platform struct {
		FirstResponseHours Value[int] `yaml:"first_response_hours" unit:"hours"`
		DecisionWorkdays   Value[int] `yaml:"decision_workdays" unit:"workdays"`
		EvidenceHours      Value[int] `yaml:"evidence_hours" unit:"hours"`
		EvidenceRounds     Value[int] `yaml:"evidence_rounds" unit:"count"`
		ExecuteHours       Value[int] `yaml:"ruling_execute_hours" unit:"hours"`
		AppealDays         Value[int] `yaml:"appeal_days" unit:"days"`
		AppealMax          Value[int] `yaml:"appeal_max" unit:"count"`
		ContestWorkdays    Value[int] `yaml:"contest_workdays" unit:"workdays"`
	} `yaml:"platform"`
	Refund struct {
		ArrivalWorkdays Value[string]   `yaml:"arrival_workdays" unit:"workdays"`
		ChaseWorkdays   Value[int]      `yaml:"chase_after_workdays" unit:"workdays"`
		Components      Value[[]string] `yaml:"amount_components" unit:"list"`
		Exclude         Value[[]string] `yaml:"exclude" unit:"list"`
		OutboundFreight Value[bool]     `yaml:"outbound_freight_on_no_reason" unit:"bool"`
		Method          Value[string]   `yaml:"method" unit:"enum"`
		AutoAfterAgree  Value[bool]     `yaml:"auto_after_agree" unit:"bool"`
		HumanReviewFen  Value[int64]    `yaml:"human_review_amount_fen" unit:"fen"`
	} `yaml:"refund"`
	Freight struct {
		NoReason       Value[string] `yaml:"no_reason" unit:"enum"`
		MerchantFault  Value[string] `yaml:"merchant_fault" unit:"enum"`
		InsuranceFirst Value[bool]   `yaml:"insurance_first" unit:"bool"`
	} `yaml:"freight"`
	Complaint struct {
		ReviewWorkdays Value[int] `yaml:"review_workdays" unit:"workdays"`
		ReplyHours     Value[int] `yaml:"reply_hours" unit:"hours"`
		ConfirmDays    Value[int] `yaml:"confirm_days" unit:"days"`
		AppealDays     Value[int] `yaml:"appeal_days" unit:"days"`
		AppealMax      Value[int] `yaml:"appeal_max" unit:"count"`
	} `yaml:"complaint"`
	Evidence struct {
		MaxImages       Value[int]      `yaml:"max_images" unit:"count"`
		MaxImageMiB     Value[int]      `yaml:"max_image_mib" unit:"MiB"`
		MaxVideos       Value[int]      `yaml:"max_videos" unit:"count"`
		MaxVideoSeconds Value[int]      `yaml:"max_video_seconds" unit:"seconds"`
		MaxVideoMiB     Value[int]      `yaml:"max_video_mib" unit:"MiB"`
		Types           Value[[]string] `yaml:"types" unit:"list"`
		DescriptionMax  Value[int]      `yaml:"description_max" unit:"chars"`
	} `yaml:"evidence"`
	Handoff struct {
		AfterFailedTurns   Value[int] `yaml:"after_failed_turns" unit:"count"`
		QueueNoticeSeconds Value[int] `yaml:"queue_notice_seconds" unit:"seconds"`
	} `yaml:"handoff"`
	Logistics struct {
		StalledHours Value[int] `yaml:"stalled_hours" unit:"hours"`
	} `yaml:"logistics"`
}

// Name is a name in both languages.
type Name struct {
	ZH string `yaml:"zh"`
	EN string `yaml:"en"`
}

// In is the name in a language: "en…" is English, everything else Chinese.
func (n Name) In(lang string) string {
	if strings.HasPrefix(lang, "en") {
		return n.EN
	}
	return n.ZH
}

// ClauseText is the text of a clause before its slots are filled.
type ClauseText struct {
	Name  `yaml:",inline"`
	Facts []string `yaml:"facts"`
}

// Kind of evidence: what it is called, how it may be given, what must be visible, who may give it.
type EvidenceRule struct {
	Name     `yaml:",inline"`
	Media    []string `yaml:"media"`
	By       []string `yaml:"by"`
	MustShow struct {
		ZH []string `yaml:"zh"`
		EN []string `yaml:"en"`
	} `yaml:"must_show"`
	Facts []string `yaml:"facts"`
}

// Reason is one ground for a refund.
type Reason struct {
	Name       `yaml:",inline"`
	Class      string           `yaml:"class"`
	Rule       string           `yaml:"rule"`
	Status     []Status         `yaml:"status"`
	Window     string           `yaml:"window"`
	Types      []RefundType     `yaml:"types"`
	Freight    string           `yaml:"freight"`
	Ask        []QuestionID     `yaml:"ask"`
	Alert      Code             `yaml:"alert"`
	Required   [][]EvidenceKind `yaml:"required"` // every row, any one of its kinds
	Auto       []EvidenceKind   `yaml:"auto"`
	Optional   []EvidenceKind   `yaml:"optional"`
	AfterAgree []EvidenceKind   `yaml:"after_agree"`
	Facts      []string         `yaml:"facts"`
}

// Category is a flag that matters for no-reason returns only.
type Category struct {
	Name  `yaml:",inline"`
	Basis string `yaml:"basis"` // statutory, or confirmed at purchase
}

// RejectCode is a ground on which a merchant may refuse.
type RejectCode struct {
	Name     `yaml:",inline"`
	Phase    string         `yaml:"phase"`
	Evidence []EvidenceKind `yaml:"evidence"`
}

// ComplaintKindID names a kind of complaint (domain §2.4).
type ComplaintKindID string

// ComplaintKind is what a complaint may be about: conduct, never money. Evidence lists what helps.
type ComplaintKind struct {
	ID       ComplaintKindID `yaml:"id"`
	Name     `yaml:",inline"`
	By       string         `yaml:"by"` // who complains of it: buyer or merchant
	Evidence []EvidenceKind `yaml:"evidence"`
	Facts    []string       `yaml:"facts"`
}

// Policy is a validated policy file. It is never changed after Parse.
type Policy struct {
	Version    string // declared version and a short hash of the file
	Values     Values
	Clauses    map[string]ClauseText
	Evidence   map[EvidenceKind]EvidenceRule
	Reasons    map[ReasonID]Reason
	Order      []ReasonID // as in the file
	Categories map[string]Category
	Rejects    map[string]RejectCode
	Codes      map[Code]string
	Complaints []ComplaintKind // in the order in which they are offered
	zone       *time.Location
}

type file struct {
	Version    string                        `yaml:"version"`
	Values     Values                        `yaml:"values"`
	Clauses    map[string]ClauseText         `yaml:"clauses"`
	Evidence   map[EvidenceKind]EvidenceRule `yaml:"evidence"`
	Reasons    yaml.Node                     `yaml:"reasons"`
	Categories map[string]Category           `yaml:"categories"`
	Rejects    map[string]RejectCode         `yaml:"reject_codes"`
	Codes      map[Code]string               `yaml:"codes"`
	Complaints []ComplaintKind               `yaml:"complaint_kinds"`
}

// Parse reads a policy file strictly. Its error names the file and the line of every problem found.
func Parse(name string, data []byte) (*Policy, error) {
	var f file
	r := &report{name: name, lines: map[string]int{}}
	dec := yaml.NewDecoder(strings.NewReader(string(data)))
	dec.KnownFields(true)
	if err := dec.Decode(&f); err != nil {
		r.yaml(err)
	}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err == nil {
		r.index(&root)
	}
	p := &Policy{
		Values: f.Values, Clauses: f.Clauses, Evidence: f.Evidence, Categories: f.Categories,
		Rejects: f.Rejects, Codes: f.Codes, Complaints: f.Complaints, Reasons: map[ReasonID]Reason{}, zone: shanghai(),
	}
	p.readReasons(f.Reasons, r)
	sum := sha256.Sum256(data)
	p.Version = f.Version + "-" + hex.EncodeToString(sum[:3])
	if f.Version == "" {
		r.add(1, "version is missing")
	}
	p.checkValues(r)
	p.checkReasons(r)
	p.checkNames(r)
	p.checkComplaints(r)
	if err := r.err(); err != nil {
		return nil, err
	}
	return p, nil
}

// readReasons decodes the reasons in their order.
func (p *Policy) readReasons(n yaml.Node, r *report) {
	if n.Kind != yaml.MappingNode {
		r.add(1, "reasons are missing")
		return
	}
	for i := 0; i < len(n.Content); i += 2 {
		id := ReasonID(n.Content[i].Value)
		if _, twice := p.Reasons[id]; twice {
			r.add(n.Content[i].Line, "reason %q stands twice", id)
			continue
		}
		p.Reasons[id] = strictReason(n.Content[i+1], r)
		p.Order = append(p.Order, id)
	}
}

// strictReason reports unknown keys: Node.Decode alone would let them pass.
func strictReason(n *yaml.Node, r *report) Reason {
	var reason Reason
	known := map[string]bool{"zh": true, "en": true}
	t := reflect.TypeFor[Reason]()
	for i := range t.NumField() {
		name, _, _ := strings.Cut(t.Field(i).Tag.Get("yaml"), ",")
		known[name] = true
	}
	for i := 0; i < len(n.Content) && n.Kind == yaml.MappingNode; i += 2 {
		if key := n.Content[i].Value; !known[key] || key == "" {
			r.add(n.Content[i].Line, "unknown key %q", key)
		}
	}
	if err := n.Decode(&reason); err != nil {
		r.yaml(err)
	}
	return reason
}

// In lists the reasons that an order status allows, in the order of the file.
func (p *Policy) In(s Status) []ReasonID {
	var out []ReasonID
	for _, id := range p.Order {
		if slices.Contains(p.Reasons[id].Status, s) {
			out = append(out, id)
		}
	}
	return out
}

// ReasonName is a reason's name in a language, or its id.
func (p *Policy) ReasonName(id ReasonID, lang string) string {
	if r, ok := p.Reasons[id]; ok {
		return r.In(lang)
	}
	return string(id)
}

// EvidenceName is an evidence kind's name in a language, or its id.
func (p *Policy) EvidenceName(k EvidenceKind, lang string) string {
	if e, ok := p.Evidence[k]; ok {
		return e.In(lang)
	}
	return string(k)
}

// ComplaintKind is a kind of complaint by its id.
func (p *Policy) ComplaintKind(id ComplaintKindID) (ComplaintKind, bool) {
	i := slices.IndexFunc(p.Complaints, func(k ComplaintKind) bool { return k.ID == id })
	if i < 0 {
		return ComplaintKind{}, false
	}
	return p.Complaints[i], true
}
