package replies

import (
	"slices"
	"strings"
	"time"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
	"recourse/dialog"
)

// ComplaintNotice words what happened to a complaint for its buyer.
func (w Words) ComplaintNotice(key string, c complaints.Complaint) (string, bool) {
	key = "complaint.notice." + key
	if c.By == cases.Merchant && w.Has(key+".about_you") {
		key += ".about_you"
	}
	if !w.Has(key) {
		return "", false
	}
	return w.Say(key, w.complaintSlots(c)), true
}

// complaintSlots are the facts of a complaint that a wording may name.
func (w Words) complaintSlots(c complaints.Complaint) dialog.Slots {
	s := dialog.Slots{
		"kind": c.Kind, "title": c.Line.Title, "shop": c.Line.ShopName, "reasons": c.Audit.Reasons, "late": c.Audit.Late,
		"silent": c.Silent, "filed": !c.FiledAt.IsZero(), "unfiled": c.FiledAt.IsZero(), "taken": c.Audit.Agent != "",
	}
	for t, at := range c.Deadlines {
		s[string(t)] = at
	}
	if c.Answer != nil {
		s["answer"] = c.Answer.Text
	}
	if c.Audit.Measure != "" {
		s["measure"] = w.Say("complaint.measure."+string(c.Audit.Measure), nil)
	}
	if !c.Audit.Final {
		s["appeal_until"] = c.AppealUntil
	}
	return s
}

// ComplaintSentence is the one sentence on where a complaint stands, for its buyer.
func (w Words) ComplaintSentence(c complaints.Complaint) string {
	key := "complaint.sentence." + string(c.State)
	if c.By == cases.Merchant && w.Has(key+".about_you") {
		key += ".about_you"
	}
	return w.Say(key, w.complaintSlots(c))
}

func (w Words) complaintCard(card *dialog.Card, s dialog.CardSpec) {
	c := *s.Complaint
	card.Complaint = string(c.ID)
	switch s.Kind {
	case dialog.CardEvidence:
		card.Checklist = w.complaintChecklist(c, s.Filing.Kind)
	case dialog.CardSummary:
		card.Rows = w.complaintRows(c, s.Filing)
	case dialog.CardComplaint:
		turn := c.Turn()
		card.Title, card.Deadline = w.Say("complaint.state."+string(c.State), nil), turn.Until
		if !turn.Until.IsZero() {
			card.DeadlineLabel = w.Say("complaint.then."+string(turn.Timer), nil)
		}
	}
}

// complaintChecklist is what helps with a kind of complaint; nothing is required.
func (w Words) complaintChecklist(c complaints.Complaint, kind policy.ComplaintKindID) []dialog.ChecklistRow {
	k, _ := w.Policy.ComplaintKind(kind)
	var rows []dialog.ChecklistRow
	for _, e := range k.Evidence {
		done := slices.ContainsFunc(c.Evidence, func(have cases.Evidence) bool { return have.Kind == e && have.Party == c.By })
		rows = append(rows, dialog.ChecklistRow{Kinds: w.kindViews([]policy.EvidenceKind{e}), Done: done})
	}
	return rows
}

func (w Words) complaintRows(c complaints.Complaint, f dialog.ComplaintFlow) []dialog.Row {
	row := func(label, value string) dialog.Row { return dialog.Row{Label: w.Say("row."+label, nil), Value: value} }
	rows := []dialog.Row{
		row("item", strings.TrimSpace(c.Line.Title+" "+c.Line.Spec)), row("shop", c.Line.ShopName), row("order", c.Line.OrderID),
		row("complaint_kind", w.slot(f.Kind)), row("complaint_text", f.Text),
	}
	if len(c.Evidence) > 0 {
		rows = append(rows, row("evidence", w.pieces(c.Evidence)))
	}
	v := w.Policy.Values.Complaint
	return append(rows, row("then", w.Say("row.complaint_then", dialog.Slots{"hours": v.ReplyHours.V, "workdays": v.ReviewWorkdays.V})))
}

// ComplaintView is a complaint as one reader may see it.
func (w Words) ComplaintView(c complaints.Complaint, r dialog.ComplaintReader) dialog.ComplaintView {
	turn := c.Turn()
	v := dialog.ComplaintView{
		ID: string(c.ID), Version: c.Version, By: string(c.By), State: string(c.State), StateName: w.Say("complaint.state."+string(c.State), nil),
		WaitsFor: string(turn.Who), WaitingOnYou: turn.Who == r.Actor, Deadline: turn.Until, Terminal: c.State.Terminal(),
		Order: w.Order(c.Line), Shop: c.Line.ShopName, Kind: string(c.Kind), KindName: w.slot(c.Kind), Text: c.Text, Case: string(c.Case),
		Silent: c.Silent, Late: c.Audit.Late, Confirmation: string(c.Confirmation), Appeal: c.Appeal, Steps: []dialog.StepView{}, Allowed: []string{},
		CreatedAt: c.CreatedAt, FiledAt: c.FiledAt, AppealUntil: c.AppealUntil, Policy: c.Policy, Deadlines: map[string]time.Time{},
	}
	if turn.Who != "" {
		v.WaitsForName = w.whose(turn.Who, r.Actor)
	}
	if !turn.Until.IsZero() {
		v.Then = w.Say("complaint.then."+string(turn.Timer), nil)
	}
	v.Sentence = w.ComplaintSentence(c)
	if r.Actor != cases.Buyer {
		slots := dialog.Slots{"state": v.StateName, "until": turn.Until, "then": v.Then}
		if turn.Who != "" {
			slots["who"] = w.Say("party."+string(turn.Who), nil)
		}
		v.Sentence = w.Say("sentence.party", slots)
	}
	if r.Actor == cases.Agent {
		v.Buyer, v.Agent = c.Buyer, c.Audit.Agent
	}
	if c.Answer != nil {
		v.Answer = &dialog.AnswerView{Text: c.Answer.Text, At: c.Answer.At}
	}
	if a := c.Audit; a.Outcome != "" {
		v.Audit = &dialog.AuditView{Outcome: string(a.Outcome), Name: w.Say("complaint.outcome."+string(a.Outcome), nil), Measure: string(a.Measure), Reasons: a.Reasons, At: a.At, Final: a.Final}
		if a.Measure != "" {
			v.Audit.MeasureName = w.Say("complaint.measure."+string(a.Measure), nil)
		}
	}
	for t, at := range c.Deadlines {
		v.Deadlines[string(t)] = at
	}
	allowed := c.Allowed(r.Actor, r.Env)
	for _, e := range allowed {
		v.Allowed = append(v.Allowed, string(e))
	}
	if r.Actor == cases.Buyer {
		v.Buttons = w.Buttons(dialog.ComplaintButtons(c, r.Env))
	}
	w.complaintEvidence(&v, c, r, slices.Contains(allowed, complaints.EvSupplement))
	w.complaintSteps(&v, c, r, turn)
	return v
}

func (w Words) complaintEvidence(v *dialog.ComplaintView, c complaints.Complaint, r dialog.ComplaintReader, open bool) {
	for _, e := range c.Evidence {
		stage := cases.Submitted
		switch {
		case e.Locked:
			stage = cases.Locked
		case c.FiledAt.IsZero():
			stage = cases.Staged
		}
		item := dialog.EvidenceView{
			EvidenceItem: w.EvidenceItem(e), At: e.At, Locked: e.Locked, Stage: string(stage), StageName: w.Say("stage."+string(stage), nil),
		}
		if r.Links != nil {
			l := r.Links(e)
			item.URL, item.Thumb, item.Original = l.URL, l.Thumb, l.Original
		}
		w.mayKnow(&item, e, r.Actor)
		v.Evidence = append(v.Evidence, item)
	}
	if !open {
		return
	}
	for _, k := range complaintEvidenceOf(w.Policy, c, r.Actor) {
		v.CanAdd = append(v.CanAdd, w.KindView(k))
	}
}

// complaintEvidenceOf are the kinds a party may upload: those of the complaint's kind, then what is always of use.
func complaintEvidenceOf(p *policy.Policy, c complaints.Complaint, actor cases.Actor) []policy.EvidenceKind {
	var out []policy.EvidenceKind
	k, _ := p.ComplaintKind(c.Kind)
	for _, e := range slices.Concat(k.Evidence, []policy.EvidenceKind{
		"chat_screenshot", "order_screenshot", "item_photo", "merchant_notice", "merchant_shipping_proof", "merchant_inspection",
	}) {
		if slices.Contains(p.Evidence[e].By, string(actor)) && !slices.Contains(out, e) {
			out = append(out, e)
		}
	}
	return out
}

func (w Words) complaintSteps(v *dialog.ComplaintView, c complaints.Complaint, r dialog.ComplaintReader, turn cases.Turn) {
	for _, m := range c.Milestones(r.Marks) {
		step := dialog.StepView{Key: m.Key, Label: w.Say("complaint.step."+m.Key, nil), At: m.At, Due: m.Due, Done: m.Done, Current: m.Current}
		if m.Current && !m.Done && turn.Who != "" {
			step.Who = w.whose(turn.Who, r.Actor)
		}
		v.Steps = append(v.Steps, step)
	}
	for _, m := range r.Marks {
		line := dialog.TimelineView{
			At: m.At, Who: w.Say("party."+string(m.Event.Actor), nil), What: w.Say("complaint.did."+string(m.Event.Kind), nil),
			Rule: strings.Join(append([]string{m.ID}, m.Clause...), " "),
		}
		if m.Event.Kind != complaints.EvFile && m.Event.Kind != complaints.EvOpen { // the story stands elsewhere
			line.Text = m.Event.Text
		}
		v.Timeline = append(v.Timeline, line)
	}
}
