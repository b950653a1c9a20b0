package bot

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"recourse/bot/faq"
	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/internal/redistest"
)

// oneAnswer is a FAQ with a single answer to everything.
type oneAnswer struct{ a dialog.TopicAnswer }

func (f oneAnswer) Answers(dialog.Topic) []dialog.TopicAnswer  { return []dialog.TopicAnswer{f.a} }
func (f oneAnswer) Label(dialog.Topic) dialog.Wording          { return nil }
func (f oneAnswer) ForMerchants(dialog.Topic) bool             { return false }
func (f oneAnswer) Replaced(dialog.Topic) []dialog.TopicAnswer { return nil }
func (f oneAnswer) Version() string                            { return "test" }

// standing is a case of a road as the flow sees it.
func (r road) standing(t *testing.T) dialog.Scene {
	t.Helper()
	p, c, _ := r.walk(t)
	rec, err := p.as.Ledger.Store.Line(p.ctx, buyer, c.Line.OrderID, c.Line.LineID)
	if err != nil {
		t.Fatal(err)
	}
	return dialog.Scene{Policy: policy.Default(), Now: p.now, Case: &c, Line: rec}
}

// asked is what a topic is answered with in a scene.
func asked(scene dialog.Scene, topic dialog.Topic) dialog.Plan {
	conv := dialog.Conversation{ID: "d_000_A", Buyer: buyer, Holder: dialog.HeldByBot}
	if scene.Case != nil {
		conv.Flow.Case = scene.Case.ID
	}
	return dialog.Next(conv, scene, dialog.Pressed{Action: dialog.ActTopic, Args: dialog.Args{"topic": string(topic)}}, scene.Now)
}

// What is said to be certain in a state is there in every case that stands in it, and nothing is filled that the
// table does not know.
func TestFactsOfACaseAreWhereTheTableHasThem(t *testing.T) {
	names := replies.FactNames()
	text := "{" + strings.Join(names, "}{") + "}"
	one := oneAnswer{dialog.TopicAnswer{Words: dialog.Wording{dialog.ZH: text, dialog.EN: text}}}
	resumed := road{"merchant_review after an offer", "2026-11-12 12:00", cases.MerchantReview, slices.Concat(roads()[3].steps, []pastStep{{At: "2026-11-12 10:00", Do: "decline_offer"}})}
	empties := map[string]int{}
	for _, r := range append(roads(), resumed) {
		scene := r.standing(t)
		if scene.Case.State != r.state {
			t.Fatalf("%s stands in %s", r.name, scene.Case.State)
		}
		scene.FAQ = one
		p := asked(scene, "x")
		for _, n := range replies.In(dialog.ZH, scene.Policy).Empty(p.Replies[0].Words, p.Replies[0].Slots) {
			empties[n]++
			if certain, _ := replies.Fact(n); slices.Contains(certain, scene.Case.State) {
				t.Errorf("%s: {%s} is empty", r.name, n)
			}
		}
		for n := range p.Replies[0].Slots {
			if _, known := replies.Fact(n); !known && n != "of" {
				t.Errorf("{%s} is filled, and no answer may name it", n)
			}
		}
	}
	if len(empties) < 20 {
		t.Errorf("only %v are ever empty; the test looks at the wrong place", empties)
	}
}

// Every topic is answered in every state a case can be in, and where there is none, in both languages, without an
// empty slot, within the length of an answer, and with buttons that lead somewhere.
func TestEveryTopicIsAnsweredInEveryState(t *testing.T) {
	book := faq.Builtin()
	scenes := map[string]dialog.Scene{"no case": {Policy: policy.Default(), Now: turnNow}}
	for _, r := range roads() {
		scenes[r.name] = r.standing(t)
	}
	said := 0
	for name, scene := range scenes {
		scene.FAQ = book
		for _, topic := range book.Topics() {
			p := asked(scene, topic)
			if len(p.Replies) == 0 || p.Do != nil {
				t.Errorf("%s in %s: %+v", topic, name, p)
				continue
			}
			for _, locale := range []dialog.Locale{dialog.ZH, dialog.EN} {
				words := replies.In(locale, scene.Policy)
				for _, r := range p.Replies {
					e := words.Render(r, dialog.Author{Kind: dialog.FromBot}, "x", scene.Now, scene)
					if r.Words != nil {
						said++
						if empty := words.Empty(r.Words, r.Slots); len(empty) > 0 {
							t.Errorf("%s in %s: %v are empty: %s", topic, name, empty, e.Text)
						}
						if e.Basis == nil || e.Basis.Topic != topic || e.Basis.FAQ != book.Version() || e.Basis.Policy == "" {
							t.Errorf("%s in %s rests on %+v", topic, name, e.Basis)
						}
					}
					if e.Text == "" || strings.ContainsAny(e.Text, "{}") || strings.Contains(e.Text, "0001") {
						t.Errorf("%s in %s says %q", topic, name, e.Text)
					}
					if e.Card == nil {
						continue
					}
					for _, b := range e.Card.Buttons {
						if b.Label == "" || !b.Action.Known() {
							t.Errorf("%s in %s offers %+v", topic, name, b)
						}
						if err := dialog.CheckPress(dialog.Conversation{}, &e, dialog.Pressed{On: 1, Action: b.Action, Args: b.Args}); err != nil && !b.Action.FlowBound() {
							t.Errorf("%s in %s: %s cannot be pressed: %v", topic, name, b.Action, err)
						}
					}
				}
			}
		}
	}
	if want := len(scenes) * len(book.Topics()); said < want {
		t.Errorf("only %d answers were worded for %d questions", said, want)
	}
}

// The domain's list and the book's are the same; so are what a topic rests on and its neighbours.
func TestTheBookHasTheDomainsTopics(t *testing.T) {
	raw, err := os.ReadFile("faq/testdata/topics.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []struct {
		ID    dialog.Topic
		Facts []string
	}
	if err := json.Unmarshal(raw, &list); err != nil {
		t.Fatal(err)
	}
	if len(list) != 90 {
		t.Fatalf("%d topics in the domain's list", len(list))
	}
	used := map[string]bool{}
	for _, d := range list {
		have := faq.Builtin().Topic(d.ID)
		if have == nil {
			t.Errorf("%s has no file", d.ID)
			continue
		}
		for _, f := range have.Facts {
			used[f] = true
		}
		if zh, en := len(have.Examples.ZH), len(have.Examples.EN); zh < 25 || en < 12 {
			t.Errorf("%s has %d and %d examples", d.ID, zh, en)
		}
		if wantMerchant := strings.HasPrefix(string(d.ID), "seller-"); (have.Audience == faq.Merchant) != wantMerchant {
			t.Errorf("%s addresses %s", d.ID, have.Audience)
		}
	}
	for _, f := range faq.Facts() {
		if !used[f] {
			t.Errorf("no topic uses %s", f)
		}
	}
	if len(faq.Facts()) != 204 {
		t.Errorf("%d facts", len(faq.Facts()))
	}
}

// small is a book of a few topics, quick to learn, in place of the built-in one.
func small(t *testing.T) *faq.Book {
	t.Helper()
	book, err := faq.Pick("mer-no-response", "ret-silent-after-tracking", "ret-merchant-not-refunding", "ret-freight", "pay-amount", "cs-contact", "oos-coins-gifts", "seller-reject", "plat-duration")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := book.Learn(""); err != nil {
		t.Fatal(err)
	}
	return book
}

// Unsure, the bot asks which of the likely topics he means; unsure again, it offers a person. It answers neither.
func TestUnsureItAsksBackOnceThenOffersAPerson(t *testing.T) {
	q := dialog.Question{Topics: []dialog.Topic{"ret-freight", "pay-amount"}}
	scene := dialog.Scene{Policy: policy.Default(), Now: turnNow, FAQ: faq.Builtin()}
	conv := dialog.Conversation{ID: "d_000_A", Buyer: buyer, Holder: dialog.HeldByBot}
	hear := func() dialog.Plan {
		p := dialog.Next(conv, scene, dialog.Heard{Text: "那个运费的事", Question: q}, turnNow)
		conv.Flow = p.Flow
		return p
	}
	p := hear()
	if len(p.Replies) != 1 || p.Replies[0].Key != "clarify" {
		t.Fatalf("first: %+v", p.Replies)
	}
	e := replies.In(dialog.ZH, scene.Policy).Render(p.Replies[0], dialog.Author{Kind: dialog.FromBot}, "x", turnNow, scene)
	var labels []string
	for _, b := range e.Card.Buttons {
		labels = append(labels, b.Label)
	}
	if want := []string{faq.Builtin().Topic("ret-freight").Label.ZH, faq.Builtin().Topic("pay-amount").Label.ZH, "转人工客服"}; len(labels) != 3 || labels[0] != want[0] || labels[1] != want[1] {
		t.Errorf("offers %v, want %v", labels, want)
	}
	pressed := dialog.Next(conv, scene, dialog.Pressed{On: 1, Action: dialog.ActTopic, Args: e.Card.Buttons[0].Args}, turnNow)
	if pressed.Replies[0].Topic != "ret-freight" || pressed.Flow.Clarified || pressed.Flow.Misses != 0 {
		t.Errorf("pressed: %+v", pressed)
	}
	p = hear()
	if last := p.Replies[len(p.Replies)-1]; last.Key != "unknown.human" || last.Card.Buttons[0].Action != dialog.ActHuman || p.Flow.Clarified {
		t.Errorf("second: %+v", p.Replies)
	}
	for _, r := range p.Replies {
		if r.Words != nil {
			t.Errorf("below the threshold it answers %s", r.Topic)
		}
	}
	if p = hear(); p.Replies[0].Key != "clarify" {
		t.Errorf("after a person was offered it says %s", p.Replies[0].Key)
	}
}

// An answer of the owner's own goes before the wording that the program has for the topic.
func TestAnAnswerThatReplacesOursIsSaid(t *testing.T) {
	dir := t.TempDir()
	own := "id: mer-no-response\naudience: buyer\ntitle: {zh: 商家不处理, en: Merchant silent}\nlabel: {zh: 商家不处理, en: The merchant is silent}\n" +
		"facts: [F0-16]\nnear: []\nanswers:\n- facts: [F0-16]\n  zh: 请稍候，我们会替您催一下商家。\n  en: Please wait, we will remind the merchant.\n  buttons: [human]\n" +
		"examples: {zh: [商家没有动静], en: [the merchant is silent]}\n"
	if err := os.WriteFile(filepath.Join(dir, "mer-no-response.yaml"), []byte(own), 0o600); err != nil {
		t.Fatal(err)
	}
	book, err := faq.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(roads(), func(r road) bool { return r.name == "merchant_review overdue" })
	scene := roads()[i].standing(t)
	for _, tt := range []struct {
		book *faq.Book
		own  bool
	}{{faq.Builtin(), false}, {book, true}} {
		scene.FAQ = tt.book
		r := asked(scene, dialog.TopicNoResponse).Replies[0]
		text := replies.In(dialog.ZH, scene.Policy).Render(r, dialog.Author{Kind: dialog.FromBot}, "x", scene.Now, scene).Text
		if got := text == "请稍候，我们会替您催一下商家。"; got != tt.own {
			t.Errorf("own %v: says %q", tt.own, text)
		}
	}
}

// What follows from a topic does not hang on whose words are said: late money fetches a person with the owner's single
// answer and with his whole topic; and a press that needs an answer by name has ours where his topic lacks it.
func TestWhatFollowsStaysWithTheOwnersAnswers(t *testing.T) {
	whole := func(id string) string {
		return "id: " + id + "\naudience: buyer\ntitle: {zh: 题, en: Title}\nlabel: {zh: 题, en: Label}\nanswers:\n- zh: 店家自己的话。\n  en: Words of the owner.\n"
	}
	load := func(id, text string) *faq.Book {
		t.Helper()
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, id+".yaml"), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		book, err := faq.Load(dir)
		if err != nil {
			t.Fatal(err)
		}
		return book
	}
	at := func(name string) dialog.Scene {
		i := slices.IndexFunc(roads(), func(r road) bool { return r.name == name })
		if i < 0 {
			t.Fatalf("no road %s", name)
		}
		return roads()[i].standing(t)
	}
	scene := at("refunded")
	scene.Now = scene.Now.AddDate(0, 2, 0)
	for name, book := range map[string]*faq.Book{
		"ours":       faq.Builtin(),
		"his single": load("pay-not-arrived", "id: pay-not-arrived\nextends: true\nanswers:\n- name: late\n  zh: 店家自己的话。\n  en: Words of the owner.\n"),
		"his whole":  load("pay-not-arrived", whole("pay-not-arrived")),
	} {
		scene.FAQ = book
		p := asked(scene, dialog.TopicNotArrived)
		if p.Handoff != dialog.HandoffPayment || len(p.Replies) == 0 {
			t.Fatalf("%s: %+v", name, p)
		}
		if his := p.Replies[0].Words[dialog.ZH] == "店家自己的话。"; his != (name != "ours") {
			t.Errorf("%s: says %v", name, p.Replies[0].Words)
		}
	}
	scene = at("return_in_transit")
	scene.FAQ = load("ret-items-missing", whole("ret-items-missing"))
	if r := asked(scene, dialog.TopicItemsMissing).Replies[0]; r.Words[dialog.ZH] != "店家自己的话。" {
		t.Errorf("asked, it says %v", r.Words)
	}
	conv := dialog.Conversation{ID: "d_000_A", Buyer: buyer, Holder: dialog.HeldByBot, Flow: dialog.Flow{Case: scene.Case.ID}}
	p := dialog.Next(conv, scene, dialog.Pressed{Action: dialog.ActSendRest, Args: dialog.Args{"case": string(scene.Case.ID), "version": fmt.Sprint(scene.Case.Version)}}, scene.Now)
	if len(p.Replies) == 0 || p.Replies[0].Key != "faq.ret-items-missing.send_rest" || p.Replies[0].Words == nil || p.Replies[0].Card == nil {
		t.Errorf("pressed, it says %+v", p.Replies)
	}
}

// The same words ask one thing before and another after the waybill; a question in the middle of an application is
// answered and leads back; a story starts the application.
func TestQuestionsAreAnsweredWhereTheCaseStands(t *testing.T) {
	book := small(t)
	for _, tt := range []struct {
		road string
		want dialog.Topic
	}{
		{"merchant_review overdue", "mer-no-response"}, {"return_in_transit", "ret-silent-after-tracking"}, {"return_inspection", "ret-merchant-not-refunding"},
	} {
		i := slices.IndexFunc(roads(), func(r road) bool { return r.name == tt.road })
		p, _, _ := roads()[i].walk(t)
		p.as.FAQ = func() *faq.Book { return book }
		before := len(p.log())
		p.say("商家不处理")
		p.turn()
		if got := basisOf(p.log()[before:]); got != tt.want {
			t.Errorf("商家不处理 in %s is answered as %q, want %s:\n%v", tt.road, got, tt.want, keys(p.log()[before:]))
		}
	}

	s := onShelf(t, redistest.Embedded(t))
	s.as.FAQ = func() *faq.Book { return book }
	for _, step := range story[:2] {
		step(s)
		s.turn()
	}
	step, before := s.load().Flow.Step, len(s.log())
	s.say("退货的运费谁出啊？")
	s.turn()
	if got := basisOf(s.log()[before:]); got != "ret-freight" || s.load().Flow.Step != step {
		t.Errorf("a question at %q is answered as %q and leaves it at %q", step, got, s.load().Flow.Step)
	}
	if entries := s.log(); len(entries) < before+3 || entries[len(entries)-1].Card == nil {
		t.Errorf("it does not lead back: %v", keys(entries[before:]))
	}
}

// A question that only its likeness to examples tells is answered besides what he was asked, as one is that a rule
// knows; the answer he gives is taken.
func TestALearnedQuestionBesidesAnAnswer(t *testing.T) {
	book := small(t)
	found := findStands(t, dialog.ZH)
	for _, tt := range []struct {
		at, text string
		taken    func(*talk) bool
	}{
		{"apply/answer/received", "收到了，退货的运费谁出啊？", func(k *talk) bool {
			return slices.ContainsFunc(k.offers(), func(o offer) bool { return o.style == "primary" && o.args["value"] == "yes" })
		}},
		{"apply/reason", "开不了机，退货的运费谁出啊？", func(k *talk) bool {
			return k.conv.Flow.Step == dialog.StepConfirm && k.conv.Flow.Reason == policy.QualityDefect
		}},
		{"apply/claim", "退20元，退货的运费谁出啊？", func(k *talk) bool {
			return slices.ContainsFunc(k.offers(), func(o offer) bool { return o.args["amount_fen"] == "2000" })
		}},
		{"return/fill_tracking", "单号SF1234567890123，退货的运费谁出啊？", func(k *talk) bool {
			return slices.ContainsFunc(k.offers(), func(o offer) bool { return o.args["waybill"] == "SF1234567890123" })
		}},
		{"apply/summary", "确认，退货的运费谁出啊？", func(k *talk) bool { return k.heard("yes.press") }},
		{"complaint/complaint_story", "昨天客服骂我了，退货的运费谁出啊？", func(k *talk) bool {
			return k.conv.Flow.Complaint.Text == "昨天客服骂我了，退货的运费谁出啊？"
		}},
	} {
		k := found.at[tt.at].copy(t)
		k.as.FAQ = func() *faq.Book { return book }
		k.say(tt.text)
		if got := basisOf(k.answers()); got != "ret-freight" || !tt.taken(k) {
			t.Errorf("%s: %q is answered as %q, taken %v: %v", tt.at, tt.text, got, tt.taken(k), keys(k.answers()))
		}
	}
}

// What a rule knows is not refused because it is like what is not answered here.
func TestARuleGoesBeforeARefusal(t *testing.T) {
	i := slices.IndexFunc(roads(), func(r road) bool { return r.name == "ruling_execution" })
	scene := roads()[i].standing(t)
	scene.FAQ = faq.Builtin()
	conv := dialog.Conversation{ID: "d_000_A", Buyer: buyer, Holder: dialog.HeldByBot, Flow: dialog.Flow{Case: scene.Case.ID}}
	h := dialog.Heard{Text: "any update?", Intent: dialog.IntentStatus, Question: dialog.Question{Topics: []dialog.Topic{dialog.TopicOther}, Sure: true, Form: true}}
	if p := dialog.Next(conv, scene, h, scene.Now); len(p.Replies) == 0 || p.Replies[0].Key != "status" {
		t.Errorf("says %+v", p.Replies)
	}
	h.Intent = dialog.IntentUnknown
	if p := dialog.Next(conv, scene, h, scene.Now); len(p.Replies) == 0 || p.Replies[0].Topic != dialog.TopicOther {
		t.Errorf("of what no rule knows it says %+v", p.Replies)
	}
}

// Where he tells a story the bound is a clear question of its own at the end; short of it all is story.
func TestWhatIsStoryAndWhatIsAsked(t *testing.T) {
	found := findStands(t, dialog.ZH)
	for _, at := range []string{"complaint/complaint_story", "complaint/complaint_say/complaint_answer"} {
		for _, tt := range []struct {
			text     string
			kept     bool
			answered dialog.Topic
		}{
			{"他们说没货了，又让我自己取消，退款没到账怎么办？", true, dialog.TopicNotArrived},
			{"商家一直不回我，问平台客服也没用，对裁定不服可以申诉吗", true, dialog.TopicAppeal},
			{"客服骂我了，凭什么这样骂人？", true, ""},
			{"说好三天发货，拖了半个月，这样做对吗？", true, ""},
			{"退款没到账怎么办？", false, dialog.TopicNotArrived},
			{"好的，退款没到账怎么办？", false, dialog.TopicNotArrived},
			{"你好，退款没到账怎么办？", false, dialog.TopicNotArrived},
		} {
			k := found.at[at].copy(t)
			k.say(tt.text)
			c := k.conv.Flow.Complaint
			kept := c.Text == tt.text || c.Say == tt.text
			if got := basisOf(k.answers()); kept != tt.kept || got != tt.answered {
				t.Errorf("%s: %q kept %v, answered as %q: %v", at, tt.text, kept, got, keys(k.answers()))
			}
		}
	}
}

func basisOf(entries []dialog.Entry) dialog.Topic {
	for _, e := range entries {
		if e.Basis != nil {
			return e.Basis.Topic
		}
	}
	return ""
}
