package bot

import (
	"slices"
	"strings"
	"testing"

	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// oneAnswer is a FAQ with a single answer to everything.
type oneAnswer struct{ a dialog.TopicAnswer }

func (f oneAnswer) Answers(dialog.Topic) []dialog.TopicAnswer { return []dialog.TopicAnswer{f.a} }
func (f oneAnswer) Label(dialog.Topic) dialog.Wording         { return nil }
func (f oneAnswer) ForMerchants(dialog.Topic) bool            { return false }
func (f oneAnswer) Version() string                           { return "test" }

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
	conv.Flow.Case = scene.Case.ID
	return dialog.Next(conv, scene, dialog.Pressed{Action: dialog.ActTopic, Args: dialog.Args{"topic": string(topic)}}, scene.Now)
}

// What is said to be certain in a state is there in every case that stands in it, and nothing is filled that the
// table does not know.
func TestFactsOfACaseAreWhereTheTableHasThem(t *testing.T) {
	names := replies.FactNames()
	text := "{" + strings.Join(names, "}{") + "}"
	faq := oneAnswer{dialog.TopicAnswer{Words: dialog.Wording{dialog.ZH: text, dialog.EN: text}}}
	resumed := road{"merchant_review after an offer", "2026-11-12 12:00", cases.MerchantReview, slices.Concat(roads()[3].steps, []pastStep{{At: "2026-11-12 10:00", Do: "decline_offer"}})}
	empties := map[string]int{}
	for _, r := range append(roads(), resumed) {
		scene := r.standing(t)
		if scene.Case.State != r.state {
			t.Fatalf("%s stands in %s", r.name, scene.Case.State)
		}
		scene.FAQ = faq
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
