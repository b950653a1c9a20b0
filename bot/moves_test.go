package bot

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"recourse/bot/nlu"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// What a move leads to, from the asking it is said in.

// asksIfMeant are the steps that only ask whether he means it; a no, a correction and a way back lead out of them.
var asksIfMeant = []dialog.Step{dialog.StepTwice, dialog.StepCancel, dialog.StepTrouble, dialog.StepComplaintDrop, dialog.StepComplaintTwice}

// outOf is where such a step leads back to.
func outOf(f dialog.Flow) dialog.Step {
	switch f.Step {
	case dialog.StepCancel, dialog.StepTrouble:
		return f.From
	case dialog.StepComplaintDrop:
		return f.Complaint.Resume
	}
	return dialog.StepIdle
}

// datum is the n-th of what he has given so far, which he may correct.
func (c *cell) datum(n int) dialog.Datum {
	f, draft := c.before.conv.Flow, c.before.theCase()
	list := []dialog.Datum{dialog.DatumOrder}
	switch {
	case f.Step.Complaining():
		list = append(list, dialog.DatumEvidence)
	case draft != nil && draft.State == cases.Draft:
		list = append(list, dialog.DatumReason)
		if v := draft.Verdict; v != nil && (v.Kind == policy.Eligible || v.Kind == policy.EligibleIfEvidence) {
			list = append(list, dialog.DatumEvidence, dialog.DatumClaim)
		}
		if len(f.Answered) > 0 {
			list = append(list, dialog.DatumFact)
		}
	case c.a.Collects == dialog.DatumWaybill:
		list = append(list, dialog.DatumWaybill)
	}
	list = append(list, "")
	turn := c.pools.used["datum"]
	c.pools.used["datum"]++
	return list[(turn+n)%len(list)]
}

// correct takes something back and looks where that leads: to the step where it is given, with all else kept.
func (c *cell) correct(what dialog.Datum) {
	c.t.Helper()
	at := c.conv.Flow
	story, answers := at.Story, at.Answers
	c.say(strings.TrimSuffix("correct_"+string(what), "_"))
	step := c.conv.Flow.Step
	draft := c.theCase() != nil && c.theCase().State == cases.Draft
	want := []dialog.Step{at.Step}
	switch {
	case slices.Contains(asksIfMeant, at.Step):
		want = []dialog.Step{outOf(at)}
	case at.Step == dialog.StepComplaintSay:
	case at.Step.Complaining() && what == dialog.DatumOrder:
		want = []dialog.Step{dialog.StepComplaintOrder}
	case at.Step.Complaining():
		want = []dialog.Step{dialog.StepComplaintOrder, dialog.StepComplaintKind, dialog.StepComplaintStory, dialog.StepComplaintMoney, dialog.StepComplaintEvidence, dialog.StepComplaintSummary}
	case what == dialog.DatumOrder:
		want = []dialog.Step{dialog.StepOrder}
	case !draft || at.Step == dialog.StepIdle:
	case what == dialog.DatumReason:
		want = []dialog.Step{dialog.StepReason}
	case what == dialog.DatumClaim && at.Step != dialog.StepReason && at.Step != dialog.StepConfirm:
		want = []dialog.Step{dialog.StepClaim}
	case what == dialog.DatumEvidence && at.Step != dialog.StepReason && at.Step != dialog.StepConfirm:
		want = []dialog.Step{dialog.StepEvidence}
	default: // the one before
		want = []dialog.Step{dialog.StepOrder, dialog.StepReason, dialog.StepAnswer, dialog.StepClaim, dialog.StepEvidence, dialog.StepSummary}
	}
	if draft && (what == dialog.DatumClaim || what == dialog.DatumEvidence) && c.theCase().Verdict != nil && len(want) == 1 {
		want = append(want, dialog.StepOrder, dialog.StepReason)
	}
	if !slices.Contains(want, step) {
		c.t.Errorf("correcting %q at %q leads to %q, want one of %v", what, at.Step, step, want)
	}
	if c.conv.Flow.Story != story || c.conv.Flow.Answers != answers {
		c.t.Errorf("what he had given is lost: %q %+v", c.conv.Flow.Story, c.conv.Flow.Answers)
	}
	c.canAnswer()
}

// correctLate goes one step on and takes back then what was asked here.
func (c *cell) correctLate() {
	events, filed := len(c.cases.did), len(c.filed.did)
	if why := c.next(c.a); why != "" {
		c.t.Fatal(why)
	}
	c.wentOn = true
	c.presses, c.filings = len(c.cases.did)-events, len(c.filed.did)-filed
	what := c.a.Collects
	if c.pools.list["correct_"+string(what)].ZH == nil {
		what = ""
	}
	if c.conv.Holder != dialog.HeldByBot {
		return // the press itself asked for a person (an escalation)
	}
	at := c.conv.Flow.Step
	c.say(strings.TrimSuffix("correct_"+string(what), "_"))
	draft := c.theCase() != nil && c.theCase().State == cases.Draft
	want := map[dialog.Datum]dialog.Step{dialog.DatumOrder: dialog.StepOrder, dialog.DatumReason: dialog.StepReason}[what]
	if want != "" && draft && !slices.Contains(asksIfMeant, at) && !at.Complaining() && c.conv.Flow.Step != want {
		c.t.Errorf("correcting %q late leads to %q", what, c.conv.Flow.Step)
	}
	c.canAnswer()
}

func (c *cell) cancel() {
	c.t.Helper()
	at := c.conv.Flow
	c.say("cancel")
	want := []dialog.Step{dialog.StepCancel, dialog.StepIdle}
	switch {
	case at.Step == dialog.StepCancel:
		want = []dialog.Step{dialog.StepCancel}
	case at.Step == dialog.StepTrouble, at.Step == dialog.StepComplaintDrop:
		want = []dialog.Step{outOf(at), dialog.StepComplaintDrop}
	case at.Step.Complaining():
		want = []dialog.Step{dialog.StepComplaintDrop, dialog.StepIdle}
	}
	if !slices.Contains(want, c.conv.Flow.Step) {
		c.t.Errorf("a cancel at %q leads to %q, want one of %v", at.Step, c.conv.Flow.Step, want)
	}
	if c.conv.Flow.Step != dialog.StepIdle {
		c.canAnswer()
	}
}

// digress asks something else in the middle: it is answered, and the same question is asked again.
func (c *cell) digress() {
	c.say("question")
	c.answered()
	c.asksTheSame()
}

// answered: a reviewed answer to a topic was given.
func (c *cell) answered() {
	c.t.Helper()
	if !slices.ContainsFunc(c.answers(), func(e dialog.Entry) bool { return e.Basis != nil && e.Basis.Topic != "" }) {
		c.t.Error("the question is not answered")
	}
}

// answerAndAsk answers what is asked and asks something at once. Whatever is asked, three things hold: the question is
// answered, once; the answer was taken, as far as words can: what counts is still the press; and what is open then is
// asked once, at the end.
func (c *cell) answerAndAsk() {
	said := map[dialog.Datum][2]string{
		dialog.DatumOrder: {"智能手环", "the smart band"}, dialog.DatumReason: {"开不了机", "it won't turn on"},
		dialog.DatumClaim: {"退20元", "20 yuan back"}, dialog.DatumWaybill: {"单号SF1234567890123", "it is SF1234567890123"},
		dialog.DatumFact: {"是的", "yes"}, dialog.DatumEvidence: {"照片我有", "the photos are ready"}, dialog.DatumConsent: {"确认", "yes"},
		dialog.DatumWay: {"我再想想", "let me think"}, dialog.DatumKind: {"骂人那种", "they were rude"}, dialog.DatumStory: {"昨天客服骂我了，还说随便我去告", "yesterday they insulted me, and told me to go away"},
		dialog.DatumMoney: {"只是投诉", "just the complaint"}, dialog.DatumTrouble: {"一直转圈", "it keeps spinning"},
	}[c.a.Collects]
	words := c.in(said[0], said[1])
	if words == "" {
		c.t.Fatalf("nothing is known that answers %q", c.a.Collects)
	}
	if c.a.Question == policy.AskReceived {
		words = c.in("收到了", "I received it")
	}
	for range len(c.pools.list["question"].ZH) { // what is asked may itself sound like something else, as the whole text does then
		c.talk = c.before.copy(c.t)
		question := c.pools.next(c.t, "question", c.locale)
		text := words + c.in("，", ", ") + question
		c.sayText(text)
		c.answeredOnce(nlu.Understand(question, nil).Topic)
		if why := c.notTaken(text); why != "" {
			c.t.Errorf("%q before %q is not taken: %s", words, question, why)
		}
		c.asksOnce()
		c.nothingDone()
	}
}

// answeredOnce: a topic was answered, once, and no other.
func (c *cell) answeredOnce(topic dialog.Topic) {
	c.t.Helper()
	var got []dialog.Topic
	for _, e := range c.answers() {
		if e.Basis != nil && e.Basis.FAQ != "" { // a verdict that is said again has a topic as well
			got = append(got, e.Basis.Topic)
		}
	}
	if topic == "" || len(got) != 1 || got[0] != topic {
		c.t.Errorf("what is answered is %v, want %q once", got, topic)
	}
}

// notTaken says what of an answer in words is missing from what is offered next, "" if nothing is. A new datum that
// is collected must be looked for here.
func (c *cell) notTaken(text string) string {
	offered := func(ok func(offer) bool) bool { return slices.ContainsFunc(c.offers(), ok) }
	marked := func(a dialog.Action, arg, value string) string {
		if !offered(func(o offer) bool {
			return o.action == a && o.style == "primary" && (arg == "" || o.args[arg] == value)
		}) {
			return fmt.Sprintf("%s %s is not the one that is marked", a, value)
		}
		return ""
	}
	f := c.conv.Flow
	switch c.a.Collects {
	case dialog.DatumOrder:
		return marked(dialog.ActPickOrder, "order", c.lines[0].OrderID)
	case dialog.DatumReason:
		if f.Step != dialog.StepConfirm || f.Reason != policy.QualityDefect {
			return fmt.Sprintf("it stands at %q with the reason %q", f.Step, f.Reason)
		}
		return marked(dialog.ActPickReason, "reason", string(policy.QualityDefect))
	case dialog.DatumFact:
		return marked(dialog.ActAnswer, "value", "yes")
	case dialog.DatumClaim:
		return marked(dialog.ActAsk, "amount_fen", "2000")
	case dialog.DatumWaybill:
		if !offered(func(o offer) bool { return o.args["waybill"] == "SF1234567890123" }) {
			return "the number is not offered"
		}
	case dialog.DatumEvidence:
		if !slices.ContainsFunc(c.answers(), func(e dialog.Entry) bool { return e.Card != nil && e.Card.Kind == dialog.CardEvidence }) {
			return "there is no card that takes evidence"
		}
	case dialog.DatumConsent:
		if c.a.Step != dialog.StepIdle && !c.heard("yes.press") {
			return "he is not told that the press counts"
		}
		if !offered(func(o offer) bool { return slices.Contains(c.a.Answers, o.action) }) {
			return "no press consents"
		}
	case dialog.DatumWay:
		if !c.heard("wait.ack") {
			return "he is not given time"
		}
	case dialog.DatumKind:
		return marked(dialog.ActPickKind, "kind", "service_attitude")
	case dialog.DatumStory:
		story := f.Complaint.Text
		if c.a.Step == dialog.StepComplaintSay {
			story = f.Complaint.Say
		}
		if story != text {
			return fmt.Sprintf("the story is %q", story)
		}
	case dialog.DatumMoney:
		if f.Complaint.Text != c.before.conv.Flow.Complaint.Text {
			return fmt.Sprintf("it has become a part of the story: %q", f.Complaint.Text)
		}
		return marked(dialog.ActComplainOnly, "", "")
	case dialog.DatumTrouble:
		return marked(dialog.ActTrouble, "code", string(dialog.ToldSpins))
	default:
		return fmt.Sprintf("nobody knows what it is to give %q", c.a.Collects)
	}
	return ""
}

// asksOnce: what is open has one card among the answers that answers it, and it is the last of them.
func (c *cell) asksOnce() {
	c.t.Helper()
	c.canAnswer()
	a, asks := askingOf(c.talk)
	if c.conv.Flow.Step == dialog.StepIdle || !asks {
		return
	}
	cards, last := 0, false
	for _, e := range c.answers() {
		last = e.Card != nil && (len(a.Answers) == 0 || len(e.Card.Orders) > 0 && slices.Contains(a.Answers, dialog.ActPickOrder) ||
			slices.ContainsFunc(e.Card.Buttons, func(b dialog.Button) bool { return slices.Contains(a.Answers, b.Action) }))
		if last {
			cards++
		}
	}
	if cards != 1 && len(a.Answers) > 0 && !(a.Step == dialog.StepComplaintSay && c.conv.Flow.Complaint.Say == "") || cards > 0 && !last {
		c.t.Errorf("%s is asked %d times, last of all: %v", a, cards, last)
	}
}

// leaveOut: he does not want to give it, or has it not. He is told what that means; it stays open, or is left out
// where it may be.
func (c *cell) leaveOut(how string) {
	at := c.conv.Flow
	c.say(how)
	if how == "refuse" {
		c.saidOne("refuse.ok")
	}
	switch is := c.conv.Flow.Step; {
	case slices.Contains(asksIfMeant, at.Step):
		if is != outOf(at) {
			c.t.Errorf("it stands at %q, want %q", is, outOf(at))
		}
	case at.Step == dialog.StepComplaintEvidence:
		if is != dialog.StepComplaintSummary {
			c.t.Errorf("what is optional is not left out: %q", is)
		}
	case at.Step == dialog.StepComplaintSay:
		if is != dialog.StepIdle {
			c.t.Errorf("it stands at %q", is)
		}
	default:
		if !slices.ContainsFunc(c.answers(), func(e dialog.Entry) bool { return strings.HasPrefix(e.Key, "skip.") }) {
			c.t.Error("what it costs is not said")
		}
		c.at(at)
	}
	c.canAnswer()
}

func (c *cell) why() {
	c.say("why")
	if !slices.ContainsFunc(c.answers(), func(e dialog.Entry) bool { return strings.HasPrefix(e.Key, "why.") }) {
		c.t.Error("no reason is given")
	}
	c.asksTheSame()
}

// wait: nothing is asked on; the card stays as it was.
func (c *cell) wait() {
	c.say("wait")
	c.saidOne("wait.ack")
	c.at(c.before.conv.Flow)
	if c.conv.Flow.Live != c.before.conv.Flow.Live {
		c.t.Errorf("the card %d is not current any more, but %d", c.before.conv.Flow.Live, c.conv.Flow.Live)
	}
}

func (c *cell) noun() {
	c.say("noun")
	if c.a.Step == dialog.StepIdle {
		c.saidOne("noun.which")
	} else if !c.a.Words {
		c.at(c.before.conv.Flow)
	}
	c.canAnswer()
}

func (c *cell) empty() {
	c.sayText([]string{"", "   ", "\u3000\u3000", "\n\t "}[c.pools.used["empty"]%4])
	c.pools.used["empty"]++
	c.saidOne("empty")
	c.asksTheSame()
}

// long: 2,000 characters. What is kept of them is kept within the limit, and he is told what is not.
func (c *cell) long() {
	text := c.in("昨天打开包裹以后我就一直在想这件事到底应该怎么处理才好。", "Ever since the parcel was opened the day has been spent thinking about all of this again. ")
	text = string([]rune(strings.Repeat(text, 80))[:2000])
	was := c.conv.Flow
	c.sayText(text)
	is := c.conv.Flow
	limit := policy.Default().Values.Evidence.DescriptionMax.V
	for _, kept := range []struct{ was, is string }{{was.Story, is.Story}, {was.Complaint.Text, is.Complaint.Text}, {was.Complaint.Say, is.Complaint.Say}} {
		if utf8.RuneCountInString(kept.is) > limit {
			c.t.Errorf("%d characters were kept", utf8.RuneCountInString(kept.is))
		}
		if kept.was != kept.is {
			c.saidOne("text.clipped")
		}
	}
	c.canAnswer()
}

func (c *cell) human() {
	c.say("human")
	if c.conv.Holder != dialog.HeldWaiting || c.conv.Handoff != dialog.HandoffAsked {
		c.t.Errorf("the floor is with %s because of %q", c.conv.Holder, c.conv.Handoff)
	}
	c.at(c.before.conv.Flow)
}

// back leads to the question before, or says that there is none.
func (c *cell) back() {
	at := c.conv.Flow
	c.say("back")
	step := c.conv.Flow.Step
	switch {
	case slices.Contains(asksIfMeant, at.Step):
		if step != outOf(at) {
			c.t.Errorf("it stands at %q, want %q", step, outOf(at))
		}
	case c.heard("back.first"):
		c.at(at)
	case step == at.Step && step != dialog.StepAnswer:
		c.t.Errorf("it still stands at %q", step)
	}
	c.canAnswer()
}

// stalePress presses what earlier cards offer: nothing is done, and the question is asked again.
func (c *cell) stalePress() {
	for _, e := range c.log {
		if e.Card == nil || e.Seq == c.conv.Flow.Live {
			continue
		}
		for _, b := range e.Card.Buttons {
			if !b.Action.FlowBound() {
				continue
			}
			p := dialog.Pressed{On: e.Seq, Action: b.Action, Args: b.Args}
			if dialog.CheckPress(c.conv, &e, p) == nil {
				c.t.Fatalf("%s of the card %d can still be pressed", b.Action, e.Seq)
			}
			// It was current when it was stored, and something came in between.
			c.turn(dialog.Entry{Kind: dialog.Press, On: e.Seq, Action: b.Action, Args: b.Args})
			c.saidOne("card.stale")
			c.asksTheSame()
			return
		}
	}
}
