package policy

import (
	"fmt"

	"go.yaml.in/yaml/v3"
)

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
	Timezone Value[string] `yaml:"timezone" unit:"tz"`
	Calendar struct {
		Workdays     Value[string] `yaml:"workdays" unit:"file"`
		HolidayShift Value[bool]   `yaml:"holiday_shift" unit:"bool"`
	} `yaml:"calendar"`
	Apply struct {
		NoReasonDays  Value[int]  `yaml:"no_reason_days" unit:"days"`
		FaultDays     Value[int]  `yaml:"fault_days" unit:"days"`
		ValidityDays  Value[int]  `yaml:"validity_days" unit:"days"`
		FreshHours    Value[int]  `yaml:"fresh_hours" unit:"hours"`
		MaxAttempts   Value[int]  `yaml:"max_attempts_per_line" unit:"count"`
		MaxRejections Value[int]  `yaml:"max_rejections_per_line" unit:"count"`
		OneOpenCase   Value[bool] `yaml:"one_open_case_per_line" unit:"bool"`
		DraftDays     Value[int]  `yaml:"draft_days" unit:"days"`
	} `yaml:"apply"`
	Merchant struct {
		ReviewTypical   Value[string] `yaml:"review_typical" unit:"workdays"`
		ReviewSoft      Value[int]    `yaml:"review_soft_workdays" unit:"workdays"`
		ReviewHardDays  Value[int]    `yaml:"review_hard_days" unit:"days"`
		ReviewProfile   Value[string] `yaml:"review_profile" unit:"enum"`
		FastSoftHours   Value[int]    `yaml:"fast_soft_hours" unit:"hours"`
		FastHardHours   Value[int]    `yaml:"fast_hard_hours" unit:"hours"`
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
		AfterAngryTurns    Value[int] `yaml:"after_angry_turns" unit:"count"`
		AgentSlowMinutes   Value[int] `yaml:"agent_slow_minutes" unit:"minutes"` // an answer is late
		AgentIdleMinutes   Value[int] `yaml:"agent_idle_minutes" unit:"minutes"` // nothing is open: back to the bot
		ReopenHours        Value[int] `yaml:"reopen_hours" unit:"hours"`         // a person asked for again so soon after an agent resolved it
		QueueNoticeSeconds Value[int] `yaml:"queue_notice_seconds" unit:"seconds"`
	} `yaml:"handoff"`
	Logistics struct {
		StalledHours    Value[int] `yaml:"stalled_hours" unit:"hours"`
		ReturnQuietDays Value[int] `yaml:"return_quiet_days" unit:"days"` // T51: a return without news
	} `yaml:"logistics"`
}
