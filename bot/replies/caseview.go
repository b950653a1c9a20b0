package replies

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// then is what happens when the clock of a case runs out.
func (w Words) then(c cases.Case) string {
	if c.LacksAddress() {
		return w.Say("then.address", nil)
	}
	return w.Say("then."+string(c.Turn().Timer), nil)
}

// Sentence is the one sentence on where a case stands (domain §6.4).
func (w Words) Sentence(c cases.Case) string {
	if c.LacksAddress() {
		return w.Say("sentence.awaiting_address", w.slots(c))
	}
	return w.Say("sentence."+string(c.State), w.slots(c))
}

// slots are the facts of a case that a wording may name.
func (w Words) slots(c cases.Case) dialog.Slots {
	v := w.Policy.Values
	s := dialog.Slots{
		"typical": v.Merchant.ReviewTypical.V, "arrival": v.Refund.ArrivalWorkdays.V,
		"inspect_hours": v.Merchant.InspectHours.V, "first_response_hours": v.Platform.FirstResponseHours.V,
		"overdue": c.Overdue, "amount": dialog.Fen(c.AmountFen),
		"address": c.Return.Address, "reasons": c.Arbitration.Reasons, "title": c.Line.Title,
	}
	if c.Refund.AmountFen > 0 {
		s["refund"] = dialog.Fen(c.Refund.AmountFen)
	}
	for t, at := range c.Deadlines {
		s[string(t)] = at
	}
	s["escalate"], s["hard"] = c.Deadlines[cases.TimerEscalate], c.Deadlines[cases.TimerMerchantHard]
	s["soft"] = c.Deadlines[cases.TimerMerchantSoft]
	if c.Overdue {
		s["soft"] = c.OverdueAt
	}
	s["offer_until"] = c.Deadlines[cases.TimerOffer]
	if n := len(c.Return.Rest); n > 0 {
		s["rest"] = c.Return.Rest[n-1].Carrier + " " + c.Return.Rest[n-1].Waybill
	}
	s["method"] = dialog.Key("method." + c.Refund.Method)
	if c.Rejection != nil {
		s["rejection"] = c.Rejection.Text
		s["bare"] = w.Policy.BareGround(c.Rejection.Text) // F2-20: "signed for, so it is fine" is no ground
		// T26: only an application is made anew, and one that replaced another was refused twice by now.
		s["again"] = c.Rejection.Phase == cases.PhaseApplication && c.Previous == ""
	}
	if c.Offer != nil {
		s["offer"] = *c.Offer
	}
	for _, r := range c.Arbitration.Asked {
		if r.Party == cases.Buyer && !r.Answered {
			s["asked"], s["asked_text"] = r.Kinds, r.Text
		}
	}
	if c.Freight != policy.PayerNone {
		s["freight"] = w.Say("payer."+string(c.Freight), nil)
	}
	s["paid_by"] = w.Say("paid_by."+cases.OriginalRoute, nil)
	if c.Refund.Method == cases.Balance {
		s["paid_by"] = w.Say("paid_by."+cases.Balance, nil)
	}
	if v := w.Verdict(c.Verdict); v != nil && c.State == cases.ClosedIneligible {
		s["still_open"] = strings.Join(v.StillOpen, w.comma())
	}
	if s["final"] = c.Arbitration.Final; !c.Arbitration.Final {
		s["appeal_until"] = c.AppealUntil
	}
	if c.State.Terminal() && c.UpdatedAt.Before(c.ValidUntil) && c.Attempt < v.Apply.MaxAttempts.V {
		s["validity_end"] = c.ValidUntil
	}
	return s
}

// Notice words what happened to a case for its buyer.
func (w Words) Notice(key string, c cases.Case) (string, bool) {
	if !w.Has("notice." + key) {
		return "", false
	}
	return w.Say("notice."+key, w.slots(c)), true
}

func (w Words) orders(lines []dialog.LineScene, likely []string) []dialog.OrderItem {
	rank := func(l dialog.LineScene) int {
		if i := slices.Index(likely, dialog.LineKey(l.Line.OrderID, l.Line.LineID)); i >= 0 {
			return i
		}
		return len(likely)
	}
	sorted := slices.Clone(lines)
	slices.SortStableFunc(sorted, func(a, b dialog.LineScene) int { return rank(a) - rank(b) })
	out := make([]dialog.OrderItem, len(sorted))
	for i, l := range sorted {
		out[i] = w.Order(l.Line)
		out[i].Likely = rank(l) < len(likely)
		out[i].OpenCase = l.History.OpenCase
	}
	return out
}

// Order is an order line as a reader sees it.
func (w Words) Order(l policy.Line) dialog.OrderItem {
	at := l.SignedAt
	for _, t := range []time.Time{l.ShippedAt, l.PaidAt} {
		if at.IsZero() {
			at = t
		}
	}
	return dialog.OrderItem{
		Order: l.OrderID, Line: l.LineID, Title: l.Title, Spec: l.Spec, Image: l.ImageURL, Shop: l.ShopName,
		PaidFen: l.PaidGoodsFen + l.PaidFreightFen, Status: w.Say("order_status."+string(l.Status), nil), At: at,
	}
}

// Verdict is a policy verdict in words.
func (w Words) Verdict(v *policy.Verdict) *dialog.VerdictView {
	if v == nil {
		return nil
	}
	view := &dialog.VerdictView{
		Kind: string(v.Kind), Code: string(v.Code), Deadline: v.Deadline, Policy: v.Policy,
		Reason: w.Policy.ReasonName(v.Reason, string(w.Locale)),
	}
	slots := dialog.Slots{
		"reason": v.Reason, "amount": dialog.Fen(v.AmountFen), "deadline": v.Deadline, "fault_until": v.FaultUntil, "not_before": v.NotBefore,
	}
	view.Headline = w.Say("verdict."+string(v.Code), slots)
	if v.Kind == policy.Eligible || v.Kind == policy.EligibleIfEvidence {
		view.AmountFen = v.AmountFen // no amount beside a no: it would read as a promise
	}
	if v.Freight != policy.PayerNone {
		view.Freight = w.Say("payer."+string(v.Freight), nil)
	}
	for _, c := range v.Clauses {
		text := c.TextZH
		if w.Locale == dialog.EN {
			text = c.TextEN
		}
		view.Clauses = append(view.Clauses, dialog.ClauseView{ID: c.ID, Text: text})
	}
	for _, a := range v.Alternatives {
		view.StillOpen = append(view.StillOpen, w.Say("alt."+string(a), slots))
	}
	return view
}

// KindView is an evidence kind in words.
func (w Words) KindView(k policy.EvidenceKind) dialog.KindView {
	rule := w.Policy.Evidence[k]
	lang := string(w.Locale)
	return dialog.KindView{Kind: string(k), Label: rule.In(lang), Media: rule.Media, MustShow: rule.MustShow.In(lang), Avoid: rule.RefusedIf.In(lang)}
}

func (w Words) kindViews(kinds []policy.EvidenceKind) []dialog.KindView {
	out := make([]dialog.KindView, len(kinds))
	for i, k := range kinds {
		out[i] = w.KindView(k)
	}
	return out
}

// Checklist is what the reason needs and what is there: required rows, then what helps.
func (w Words) Checklist(c cases.Case) []dialog.ChecklistRow {
	if c.Verdict == nil {
		return nil
	}
	has := func(kinds []policy.EvidenceKind) bool {
		return slices.ContainsFunc(c.Evidence, func(e cases.Evidence) bool {
			return e.Party == cases.Buyer && slices.Contains(kinds, e.Kind)
		})
	}
	var rows []dialog.ChecklistRow
	for _, r := range c.Verdict.Required {
		if r.Auto {
			continue // taken from the order system; the buyer is not asked for it
		}
		rows = append(rows, dialog.ChecklistRow{Kinds: w.kindViews(r.AnyOf), Required: true, Done: has(r.AnyOf)})
	}
	for _, k := range c.Verdict.Optional {
		kinds := []policy.EvidenceKind{k}
		rows = append(rows, dialog.ChecklistRow{Kinds: w.kindViews(kinds), Done: has(kinds)})
	}
	return w.asked(rows, c)
}

// only are rows of these kinds, each for itself: what would help, ticked by what is there.
func (w Words) only(c cases.Case, kinds []policy.EvidenceKind) []dialog.ChecklistRow {
	var rows []dialog.ChecklistRow
	for _, k := range kinds {
		done := slices.ContainsFunc(c.Evidence, func(e cases.Evidence) bool { return e.Party == cases.Buyer && e.Kind == k && !e.Locked })
		rows = append(rows, dialog.ChecklistRow{Kinds: w.kindViews([]policy.EvidenceKind{k}), Done: done})
	}
	return rows
}

// asked makes what the platform wants from the buyer a row of its own, done by what came since.
func (w Words) asked(rows []dialog.ChecklistRow, c cases.Case) []dialog.ChecklistRow {
	for _, r := range c.Arbitration.Asked {
		if r.Party != cases.Buyer {
			continue
		}
		for _, k := range r.Kinds {
			row := dialog.ChecklistRow{Kinds: w.kindViews([]policy.EvidenceKind{k}), Required: true}
			row.Done = slices.ContainsFunc(c.Evidence, func(e cases.Evidence) bool {
				return e.Party == cases.Buyer && e.Kind == k && !e.At.Before(r.At)
			})
			rows = slices.DeleteFunc(rows, func(old dialog.ChecklistRow) bool {
				return len(old.Kinds) == 1 && old.Kinds[0].Kind == string(k)
			})
			rows = append([]dialog.ChecklistRow{row}, rows...)
		}
	}
	return rows
}

// pieces are the kinds of what was given, each once, with how many there are of it if more than one.
func (w Words) pieces(given []cases.Evidence) string {
	var kinds []policy.EvidenceKind
	count := map[policy.EvidenceKind]int{}
	for _, e := range given {
		if count[e.Kind]++; count[e.Kind] == 1 {
			kinds = append(kinds, e.Kind)
		}
	}
	names := make([]string, len(kinds))
	for i, k := range kinds {
		names[i] = w.Policy.EvidenceName(k, string(w.Locale))
		if count[k] > 1 {
			names[i] += " ×" + strconv.Itoa(count[k])
		}
	}
	return strings.Join(names, w.comma())
}

func (w Words) summary(c cases.Case, rec cases.LineRecord) []dialog.Row {
	rows := []dialog.Row{
		w.row("item", strings.TrimSpace(c.Line.Title+" "+c.Line.Spec)), w.row("shop", c.Line.ShopName), w.row("order", c.Line.OrderID),
		w.row("reason", w.Policy.ReasonName(c.Reason, string(w.Locale))), w.row("type", w.Say("type."+string(c.Type), nil)),
	}
	rows = append(rows, w.amounts(c, rec, cases.Buyer)...)
	if len(c.Evidence) > 0 {
		rows = append(rows, w.row("evidence", w.pieces(c.Evidence)))
	}
	if c.Story != "" {
		rows = append(rows, w.row("story", c.Story))
	}
	m := w.Policy.Values.Merchant
	if m.ReviewProfile.V == policy.ProfileFast {
		return append(rows, w.row("then", w.Say("row.then_text_fast", dialog.Slots{"soft": m.FastSoftHours.V, "hours": m.FastHardHours.V})))
	}
	return append(rows, w.row("then", w.Say("row.then_text", dialog.Slots{"typical": m.ReviewTypical.V, "days": m.ReviewHardDays.V})))
}

// CaseView is a case as one reader may see it.
func (w Words) CaseView(c cases.Case, r dialog.Reader) dialog.CaseView {
	turn := c.Turn()
	v := dialog.CaseView{
		ID: string(c.ID), Version: c.Version, State: string(c.State), StateName: w.Say("state."+string(c.State), nil),
		Sentence: w.Sentence(c), WaitsFor: string(turn.Who), Deadline: turn.Until, Terminal: c.State.Terminal(),
		Order: w.Order(c.Line), Shop: c.Line.ShopName, Reason: string(c.Reason), Type: string(c.Type), Story: c.Story,
		AmountFen: c.AmountFen, Verdict: w.Verdict(c.Verdict), Checklist: w.Checklist(c), CreatedAt: c.CreatedAt, Policy: c.Policy,
		Outcome: c.Outcome(), Steps: []dialog.StepView{}, Allowed: []string{},
	}
	if turn.Who != "" {
		v.WaitsForName = w.whose(turn.Who, r.Actor)
	}
	if !turn.Until.IsZero() {
		v.Then = w.then(c)
	}
	if r.Actor != cases.Buyer {
		v.Sentence = w.party(c)
	}
	if c.Freight != policy.PayerNone {
		v.Freight = w.Say("payer."+string(c.Freight), nil)
	}
	if c.Reason != "" {
		v.ReasonName = w.Policy.ReasonName(c.Reason, string(w.Locale))
	}
	if c.Type != "" {
		v.TypeName = w.Say("type."+string(c.Type), nil)
	}
	if r.Actor == cases.Agent {
		v.Buyer = c.Buyer
	}
	record(&v, c, r)
	v.Amounts = w.amounts(c, r.Env.Line, r.Actor)
	if v.Verdict != nil && c.Verdict.Freight != policy.PayerNone {
		v.Verdict.Freight = w.payer(c.Verdict.Freight, r.Actor)
	}
	w.history(&v, c)
	w.evidence(&v, c, r)
	w.steps(&v, c, r)
	for _, e := range c.AllowedTo(cases.Party{Actor: r.Actor, By: r.By, Role: r.Role}, r.Env) {
		v.Allowed = append(v.Allowed, string(e))
	}
	if r.Actor == cases.Buyer {
		v.Buttons = w.Buttons(dialog.CaseButtons(c, r.Env))
	} else {
		v.Deadlines = map[string]time.Time{}
		for t, at := range c.Deadlines {
			v.Deadlines[string(t)] = at
		}
	}
	return v
}

// party is where a case stands for those who are not addressed as its buyer.
func (w Words) party(c cases.Case) string {
	turn := c.Turn()
	slots := dialog.Slots{"state": w.Say("state."+string(c.State), nil), "until": turn.Until}
	if turn.Who != "" {
		slots["who"] = w.Say("party."+string(turn.Who), nil)
	}
	if !turn.Until.IsZero() {
		slots["then"] = w.then(c)
	}
	return w.Say("sentence.party", slots)
}

// whose words whose turn it is: "your turn" only to the reader whose turn it is.
func (w Words) whose(who, reader cases.Actor) string {
	if who == cases.Buyer && reader != cases.Buyer {
		return w.Say("party.buyer", nil)
	}
	return w.Say("who."+string(who), nil)
}

func (w Words) history(v *dialog.CaseView, c cases.Case) {
	if r := c.Rejection; r != nil {
		code := w.Policy.Rejects[r.Code]
		v.Rejection = &dialog.RejectionView{Code: r.Code, Name: code.In(string(w.Locale)), Text: r.Text, At: r.At}
		if w.Policy.BareGround(r.Text) { // F2-20, §2.6
			v.Rejection.Bare, v.Rejection.Note = true, w.Say("rejection.bare", nil)
		}
		for _, id := range r.Evidence {
			v.Rejection.Evidence = append(v.Rejection.Evidence, string(id))
		}
	}
	if a := c.Arbitration; a.Outcome != "" {
		v.Ruling = &dialog.RulingView{Outcome: a.Outcome, Name: w.Say("outcome."+a.Outcome, nil), Reasons: a.Reasons, At: a.RuledAt}
	}
	if c.Refund.Status != "none" && c.Refund.Status != "" {
		v.Refund = &dialog.RefundView{
			Status: c.Refund.Status, AmountFen: c.Refund.AmountFen, Method: c.Refund.Method, IssuedAt: c.Refund.IssuedAt, PaidAt: c.Refund.PaidAt,
		}
	}
}

func (w Words) evidence(v *dialog.CaseView, c cases.Case, r dialog.Reader) {
	for _, e := range c.Evidence {
		v.Evidence = append(v.Evidence, w.evidenceView(c, e, r))
	}
	if !slices.Contains(c.AllowedTo(cases.Party{Actor: r.Actor, By: r.By, Role: r.Role}, r.Env), cases.EvSupplement) {
		return
	}
	for _, asked := range c.Arbitration.Asked {
		if asked.Party == r.Actor && !asked.Answered {
			v.AskedKinds = append(v.AskedKinds, w.kindViews(asked.Kinds)...)
		}
	}
	for _, k := range uploadable(w.Policy, c, r.Actor) {
		v.CanAdd = append(v.CanAdd, w.KindView(k))
	}
}

// uploadable are the kinds a party may still add: those it was asked for first, then those of the reason.
func uploadable(p *policy.Policy, c cases.Case, actor cases.Actor) []policy.EvidenceKind {
	var kinds []policy.EvidenceKind
	add := func(list ...policy.EvidenceKind) {
		for _, k := range list {
			rule := p.Evidence[k]
			onlyText := len(rule.Media) == 1 && rule.Media[0] == "text"
			if slices.Contains(rule.By, string(actor)) && !onlyText && !slices.Contains(kinds, k) {
				kinds = append(kinds, k)
			}
		}
	}
	for _, asked := range c.Arbitration.Asked {
		if asked.Party == actor && !asked.Answered {
			add(asked.Kinds...)
		}
	}
	if actor == cases.Buyer && slices.Contains([]cases.State{cases.AwaitingReturn, cases.ReturnInTransit}, c.State) {
		add("return_parcel_photo")
	}
	if actor == cases.Buyer && c.Verdict != nil {
		for _, r := range c.Verdict.Required {
			if !r.Auto {
				add(r.AnyOf...)
			}
		}
		add(c.Verdict.Optional...)
		add("item_photo", "chat_screenshot")
	}
	if actor == cases.Merchant {
		add("merchant_shipping_proof", "merchant_quality_proof", "merchant_inspection", "merchant_notice", "courier_statement")
	}
	return kinds
}

// EvidenceItem is a piece of evidence in words.
func (w Words) EvidenceItem(e cases.Evidence) dialog.EvidenceItem {
	return dialog.EvidenceItem{
		ID: string(e.ID), Kind: string(e.Kind), Label: w.Policy.EvidenceName(e.Kind, string(w.Locale)),
		Media: e.Media, Name: e.Name, Bytes: e.Bytes, Party: string(e.Party), Text: e.Text,
		SHA256: e.SHA256, Hints: w.hints(e.Hints), Waybill: e.Waybill,
	}
}

func (w Words) steps(v *dialog.CaseView, c cases.Case, r dialog.Reader) {
	turn := c.Turn()
	for _, m := range c.Milestones(r.Marks) {
		step := dialog.StepView{Key: m.Key, Label: w.Say("step."+m.Key, nil), At: m.At, Due: m.Due, Done: m.Done, Current: m.Current}
		if m.Current && !m.Done && turn.Who != "" {
			step.Who = w.whose(turn.Who, r.Actor)
		}
		v.Steps = append(v.Steps, step)
	}
	v.Timeline = w.timeline(r.Marks, r.Actor)
}

// NoticeCard completes the card of a notice: what the platform asked for is a checklist of its own.
func (w Words) NoticeCard(card dialog.Card, c cases.Case) *dialog.Card {
	turn := c.Turn()
	card.Title, card.Deadline = w.Say("state."+string(c.State), nil), turn.Until
	if !turn.Until.IsZero() {
		card.DeadlineLabel = w.then(c)
	}
	if card.Kind == dialog.CardEvidence {
		card.Checklist = nil
		for _, r := range c.Arbitration.Asked {
			if r.Party != cases.Buyer || r.Answered {
				continue
			}
			for _, k := range r.Kinds {
				card.Checklist = append(card.Checklist, dialog.ChecklistRow{Kinds: w.kindViews([]policy.EvidenceKind{k}), Required: true})
			}
		}
	}
	return &card
}
