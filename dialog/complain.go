package dialog

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"recourse/cases"
	"recourse/cases/complaints"
	"recourse/cases/policy"
)

// aStory is how much a text must say to count as the story: a bare "I want to complain" does not.
const aStory = 8

// asksMoney: what he said is not only about conduct.
func asksMoney(h Heard) bool { return h.Money || h.Intent == IntentRefund }

// wantsComplaint begins a complaint, or goes on with the one at hand.
func (t *turn) wantsComplaint(h Heard) {
	if c := t.scene.Complaints.Filed; c != nil && (h.Asks || !c.State.Terminal() && t.flow.Step == StepIdle && h.Complaint == "" && utf8.RuneCountInString(h.Text) < aStory) {
		t.showComplaint(c, "complaint.status")
		t.plan.Replies[len(t.plan.Replies)-1].Card.Buttons = append(t.plan.Replies[len(t.plan.Replies)-1].Card.Buttons, button(ActComplain, nil, ""))
		if t.flow.Step != StepIdle {
			t.askAgain()
		}
		return
	}
	if h.Asks {
		t.show("complaint.none", nil, choices(button(ActComplain, nil, "primary"), button(ActHuman, nil, "")), t.flow.Step)
		return
	}
	if !t.flow.Step.Complaining() {
		t.flow = Flow{Case: t.flow.Case, Likely: t.flow.Likely}
	}
	t.keep(h)
	if h.Complaint != "" && !t.flow.Complaint.Picked {
		t.flow.Complaint.Kind = h.Complaint
	}
	if len(h.Lines) > 0 {
		t.flow.Likely = h.Lines
	}
	if asksMoney(h) {
		t.flow.Complaint.Money = policy.Yes
	}
	t.say("complaint.start", nil)
	t.askComplaintOrder("complaint.order")
}

// keep keeps his words, in the order in which he wrote them, within evidence.description_max.
func (t *turn) keep(h Heard) bool {
	text := strings.TrimSpace(h.Text)
	if utf8.RuneCountInString(text) < aStory && h.Complaint == "" {
		return false
	}
	f := &t.flow.Complaint
	switch {
	case f.Text == "":
		f.Text = text
	case !strings.Contains(f.Text, text):
		f.Text += "\n" + text
	}
	limit := t.scene.Policy.Values.Evidence.DescriptionMax.V
	if r := []rune(f.Text); len(r) > limit {
		f.Text = string(r[:limit])
		t.say("text.clipped", Slots{"max": limit})
	}
	return true
}

// heardComplaining deals with a text in a step of a complaint. It says whether that was all: courtesies,
// questions and the wish for a person are answered as everywhere, and lead back to the step.
func (t *turn) heardComplaining(h Heard) bool {
	if t.storyStep() && t.tellsAndAsks(h) {
		t.hearStory(h)
		return true
	}
	if h.Topic != "" && asked(h) && !t.tells(h) {
		return false
	}
	switch h.Intent {
	case IntentHuman, IntentBot, IntentOutside, IntentGreet, IntentThanks, IntentRepeat, IntentWhy, IntentEscalate, IntentStatus, IntentTrouble,
		IntentWait, IntentCorrect, IntentBack, IntentSkip, IntentRefuse, IntentEmpty:
		return false
	case IntentYes, IntentNo:
		if t.leaves(t.flow.Step) || t.flow.Step == StepComplaintSummary {
			return false
		}
	case IntentCancel, IntentWithdraw:
		if t.flow.Step == StepComplaintSay || t.flow.Step == StepComplaintTwice && h.Intent == IntentCancel {
			t.leave()
			return true
		}
		t.askDrop()
		return true
	case IntentEvidence:
		t.flow.Complaint.Ready = false
		t.complainAgain()
		return true
	}
	f := &t.flow.Complaint
	if asksMoney(h) && f.Money != policy.Yes && t.flow.Step != StepComplaintSay {
		f.Money, f.Talked = policy.Yes, false // he says so now, whatever he pressed before
	}
	if h.Complaint != "" && h.Complaint != f.Kind && t.flow.Step != StepComplaintSay {
		f.Kind, f.Picked = h.Complaint, false // a correction; it counts when he presses it
	}
	switch t.flow.Step {
	case StepComplaintOrder:
		if len(h.Lines) > 0 {
			t.flow.Likely = h.Lines
		}
		if t.keep(h) {
			t.say("complaint.noted", nil)
		}
		t.askComplaintOrder("complaint.order")
	case StepComplaintSay:
		t.hearStory(h)
	case StepComplaintDrop, StepComplaintTwice:
		t.askAgain()
	default:
		t.hearStory(h)
	}
	return true
}

// storyStep says that he is asked to tell something in his own words, which are kept as they are.
func (t *turn) storyStep() bool {
	return t.flow.Step == StepComplaintStory || t.flow.Step == StepComplaintSay
}

// hearStory keeps a text whole as his story, answers the question that it ends in if it is clear, and goes on.
func (t *turn) hearStory(h Heard) {
	f, limit := &t.flow.Complaint, t.scene.Policy.Values.Evidence.DescriptionMax.V
	if t.flow.Step == StepComplaintSay {
		if f.Say = clipTo(h.Text, limit); f.Say != strings.TrimSpace(h.Text) {
			t.say("text.clipped", Slots{"max": limit})
		}
		t.answerTail(h)
		t.askSay()
		return
	}
	kept := false
	if t.flow.Step == StepComplaintStory && (f.Text == "" || f.Retelling) && h.Intent != IntentYes && h.Intent != IntentNo {
		if utf8.RuneCountInString(strings.TrimSpace(h.Text)) > limit {
			t.say("text.clipped", Slots{"max": limit})
		}
		f.Text, f.Retelling, kept = clipTo(h.Text, limit), false, true
	} else {
		kept = t.keep(h)
	}
	if kept {
		t.say("complaint.noted", nil)
	}
	t.answerTail(h)
	t.onComplaint()
}

// answerTail answers the question at the end of a story, and begins nothing that the answer might lead to: he is at
// his complaint.
func (t *turn) answerTail(h Heard) {
	if topic := h.Tail.asks(); topic != "" && t.tellsAndAsks(h) {
		t.answer(topic, h)
	}
}

// tellsAndAsks says that a text tells what happened and ends in a question of its own. The bound: the question is the
// last clause, no longer than aQuestion, speaks of no conduct and is clear about a topic by itself; what stands before
// it tells something, and is no courtesy, no answer and no word about the conversation ("no, who pays?"). Short of
// that, all of it is story and nothing is answered: a rhetorical question gets no lecture, and a question that was
// missed stands in the story, where an agent reads it. A person who is asked for comes whatever else is said.
func (t *turn) tellsAndAsks(h Heard) bool {
	return h.Intent != IntentHuman && len(h.Tail.Text) <= aQuestion && h.Tail.asks() != "" && slices.Contains(telling, h.Tail.Said.Intent)
}

// telling are what words mean that may be the story of a complaint.
var telling = []Intent{IntentUnknown, IntentRefund, IntentComplaint, IntentStatus, IntentEscalate, IntentEvidence, IntentTrouble, IntentNoun, IntentAccept, IntentDecline}

// tells says that a text is his story where he is asked for it: all that he writes there, but for a short question
// that speaks of no conduct.
func (t *turn) tells(h Heard) bool {
	if !t.storyStep() {
		return false
	}
	return !asked(h) || h.Complaint != "" || len(h.Text) > aQuestion || strings.ContainsAny(h.Text, ",，。;；\n")
}

// aQuestion is how many bytes a question may have that is not taken for a story: some twenty Chinese characters.
const aQuestion = 80

// asked says that a text is put as a question.
func asked(h Heard) bool { return h.Question.Form || strings.ContainsAny(h.Text, "?？吗") }

func clipTo(s string, n int) string {
	if r := []rune(strings.TrimSpace(s)); len(r) > n {
		return string(r[:n])
	}
	return strings.TrimSpace(s)
}

// drafted is the complaint being filled in.
func (t *turn) drafted() *complaints.Complaint {
	if c := t.scene.Complaints.At; c != nil && c.ID == t.flow.Complaint.ID && c.State == complaints.Draft {
		return c
	}
	return nil
}

// onComplaint asks for what is still missing, in order; with nothing missing it shows the summary.
func (t *turn) onComplaint() {
	f := t.flow.Complaint
	switch {
	case t.drafted() == nil:
		t.askComplaintOrder("complaint.order")
	case !f.Picked:
		t.askKind()
	case f.Text == "":
		t.askStory()
	case !f.Talked && (f.Money == policy.Yes || f.Money == policy.Unknown && mayWantMoney(f.Kind)):
		t.askMoney()
	case !f.Ready:
		t.askComplaintEvidence()
	default:
		t.summarise("complaint.summary")
	}
}

// mayWantMoney are the kinds that often come with a loss: there the bot asks, once.
func mayWantMoney(k policy.ComplaintKindID) bool { return k == "false_advertising" || k == "other" }

func (t *turn) askComplaintOrder(key string) {
	if len(t.scene.Lines) == 0 {
		t.show("order.none", nil, choices(button(ActHuman, nil, "primary")), StepIdle)
		return
	}
	t.show(key, nil, CardSpec{Kind: CardOrders, Lines: t.scene.Lines, Likely: t.flow.Likely, Buttons: []ButtonSpec{button(ActHuman, nil, "")}}, StepComplaintOrder)
}

// askKind offers the kinds of the policy, the heard one first.
func (t *turn) askKind() {
	kinds := slices.DeleteFunc(slices.Clone(t.scene.Policy.Complaints), func(k policy.ComplaintKind) bool { return k.By != string(cases.Buyer) })
	slices.SortStableFunc(kinds, func(a, b policy.ComplaintKind) int {
		return boolInt(a.ID != t.flow.Complaint.Kind) - boolInt(b.ID != t.flow.Complaint.Kind)
	})
	card := CardSpec{Kind: CardChoices}
	for _, k := range kinds {
		style := ""
		if k.ID == t.flow.Complaint.Kind {
			style = "primary"
		}
		card.Buttons = append(card.Buttons, ButtonSpec{
			Action: ActPickKind, Args: Args{"kind": string(k.ID)}, Style: style, Label: "complaint.kind_name", Slots: Slots{"kind": k.ID},
		})
	}
	card.Buttons = append(card.Buttons, button(ActHuman, nil, ""))
	t.show("complaint.kind", Slots{"shop": t.drafted().Line.ShopName}, card, StepComplaintKind)
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}

// askMoney explains the three objects and lets him choose (F3-05, C-15). Opening a refund draft is his
// press, never a consequence of what he wrote.
func (t *turn) askMoney() {
	key, first := "complaint.money_ask", ""
	if t.flow.Complaint.Money == policy.Yes {
		key, first = "complaint.money", "primary"
	}
	only := ""
	if t.only {
		first, only = "", "primary"
	}
	t.show(key, nil, choices(
		button(ActRefundToo, nil, first), button(ActRefundInstead, nil, ""), button(ActComplainOnly, nil, only), button(ActHuman, nil, ""),
	), StepComplaintMoney)
}

func (t *turn) askComplaintEvidence() {
	t.show("complaint.evidence", nil, CardSpec{Kind: CardEvidence, Complaint: t.drafted(), Filing: t.flow.Complaint, Buttons: []ButtonSpec{
		button(ActComplaintReady, nil, "primary"), button(ActHuman, nil, ""),
	}}, StepComplaintEvidence)
}

func (t *turn) summarise(key string) {
	c := t.drafted()
	t.show(key, nil, CardSpec{Kind: CardSummary, Complaint: c, Filing: t.flow.Complaint, Buttons: []ButtonSpec{
		{Action: ActFileComplaint, Args: complaintArgs(c, true), Style: "primary"},
		button(ActOtherKind, nil, ""), button(ActRetell, nil, ""),
		{Action: ActDropComplaint, Args: complaintArgs(c, false)},
	}}, StepComplaintSummary)
	t.flow.Summed = c.Version
}

func complaintArgs(c *complaints.Complaint, version bool) Args {
	a := Args{"complaint": string(c.ID)}
	if version {
		a["version"] = strconv.Itoa(c.Version)
	}
	return a
}

// askDrop asks before a draft is given up.
func (t *turn) askDrop() {
	c := t.drafted()
	if c == nil {
		t.flow = Flow{Case: t.flow.Case}
		t.show("complaint.dropped", nil, choices(button(ActComplain, nil, ""), button(ActHuman, nil, "")), StepIdle)
		return
	}
	if t.flow.Step != StepComplaintDrop {
		t.flow.Complaint.Resume = t.flow.Step
	}
	t.show("complaint.drop", nil, choices(
		ButtonSpec{Action: ActDropComplaint, Args: complaintArgs(c, false), Style: "danger"}, button(ActComplaintOn, nil, "primary"),
	), StepComplaintDrop)
}

// complainAgain puts the question of a complaint that was open.
func (t *turn) complainAgain() {
	switch t.flow.Step {
	case StepComplaintOrder:
		t.askComplaintOrder("complaint.order")
	case StepComplaintKind:
		if t.drafted() == nil {
			t.onComplaint()
			return
		}
		t.askKind()
	case StepComplaintStory:
		if t.drafted() == nil {
			t.onComplaint()
			return
		}
		t.askStory()
	case StepComplaintDrop:
		t.askDrop()
	case StepComplaintSay:
		t.askSay()
	case StepComplaintTwice:
		if c := t.scene.Complaints.At; c != nil {
			t.askComplaintTwice(c)
			return
		}
		t.flow.Step = StepIdle
		t.menu()
	default:
		t.onComplaint()
	}
}

// pressedComplaint deals with a press that is about a complaint; false if it is not.
func (t *turn) pressedComplaint(p Pressed) bool {
	f := &t.flow.Complaint
	switch p.Action {
	case ActComplain:
		t.flow = Flow{Case: t.flow.Case, Likely: t.flow.Likely}
		t.say("complaint.start", nil)
		t.askComplaintOrder("complaint.order")
	case ActPickKind:
		k, ok := t.scene.Policy.ComplaintKind(policy.ComplaintKindID(p.Args["kind"]))
		if !ok || k.By != string(cases.Buyer) {
			t.complainAgain()
			return true
		}
		f.Kind, f.Picked = k.ID, true
		t.onComplaint()
	case ActOtherKind:
		f.Picked = false
		t.onComplaint()
	case ActRetell:
		t.retell()
	case ActKeepStory:
		f.Retelling = false
		t.onComplaint()
	case ActComplainOnly:
		f.Money, f.Talked = policy.No, true
		t.onComplaint()
	case ActRefundToo, ActRefundInstead:
		t.refundFor(p.Action)
	case ActComplaintReady:
		f.Ready = true
		t.onComplaint()
	case ActComplaintOn:
		t.flow.Step = f.Resume
		t.complainAgain()
	case ActPickOrder:
		if t.flow.Step != StepComplaintOrder {
			return false
		}
		t.complainOf(p)
	case ActFileComplaint, ActDropComplaint, ActComplaintStatus, ActComplaintConfirm, ActComplaintUnhappy, ActComplaintAppeal,
		ActComplaintAnswer, ActComplaintSend, ActComplaintWithdraw, ActComplaintWithdrawYes:
		t.onFiled(p)
	default:
		return false
	}
	return true
}

// complainOf begins the draft on the order line he picked.
func (t *turn) complainOf(p Pressed) {
	i := slices.IndexFunc(t.scene.Lines, func(l LineScene) bool {
		return l.Line.OrderID == p.Args["order"] && l.Line.LineID == p.Args["line"]
	})
	if i < 0 {
		t.say("order.gone", nil)
		t.askComplaintOrder("complaint.order")
		return
	}
	line := t.scene.Lines[i].Line
	if open := t.scene.Lines[i].History.OpenCase; open != "" {
		t.flow.Complaint.Case = cases.ID(open) // what it has to do with
	}
	t.plan.Do = &Command{Complaint: &ComplaintCommand{Open: &line, Case: t.flow.Complaint.Case}}
}

// refundFor carries out the consent to a refund draft. A line that has an open case already is not opened
// twice: the complaint is linked to it.
func (t *turn) refundFor(a Action) {
	c := t.drafted()
	f := &t.flow.Complaint
	if c == nil {
		t.onComplaint()
		return
	}
	f.Money, f.Talked, f.Pending = policy.Yes, true, a
	t.flow.Story = f.Text
	if f.Kind == "false_advertising" {
		if _, ok := t.scene.Policy.Reasons["false_advertising"]; ok {
			t.flow.Reason = "false_advertising"
		}
	}
	i := slices.IndexFunc(t.scene.Lines, func(l LineScene) bool { return l.Line.OrderID == c.Line.OrderID && l.Line.LineID == c.Line.LineID })
	if i < 0 {
		t.say("order.gone", nil)
		f.Talked = false
		t.askMoney()
		return
	}
	if open := t.scene.Lines[i].History.OpenCase; open != "" {
		t.plan.Case, t.flow.Case = cases.ID(open), cases.ID(open)
		t.plan.Do = &Command{Case: cases.ID(open)}
		return
	}
	line := t.scene.Lines[i].Line
	t.plan.Do = &Command{Open: &line}
}

// refundOpened goes on after the refund draft was opened, or found open.
func (t *turn) refundOpened() {
	f := &t.flow.Complaint
	instead := f.Pending == ActRefundInstead
	f.Pending, f.Case = "", t.flow.Case
	if !instead {
		t.say("complaint.refund_later", nil)
		t.onComplaint()
		return
	}
	t.flow.Step, t.flow.Complaint = StepIdle, ComplaintFlow{}
	t.intoRefund()
}

// intoRefund leads from the complaint into the refund draft that goes with it.
func (t *turn) intoRefund() {
	if c := t.draft(); c == nil || c.Verdict != nil {
		t.pickedUp(t.scene.Case)
		return
	}
	if t.flow.Reason != "" {
		t.confirmReason()
		return
	}
	t.askReason("reason.ask")
}
