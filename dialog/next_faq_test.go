package dialog

import "testing"

// leaflet is an FAQ with one answer to everything.
type leaflet struct{}

func (leaflet) Answers(Topic) []TopicAnswer  { return []TopicAnswer{{Words: Wording{ZH: "答"}}} }
func (leaflet) Label(Topic) Wording          { return Wording{ZH: "问"} }
func (leaflet) ForMerchants(Topic) bool      { return false }
func (leaflet) Replaced(Topic) []TopicAnswer { return nil }
func (leaflet) Version() string              { return "1" }

// A sure question goes before what its words would begin; words of wanting, and topics that are named by those who want
// the thing, do not.
func TestASureQuestionGoesBeforeAFlow(t *testing.T) {
	odds, entry, duration := Topic("plat-success-odds"), Topic("plat-entry"), Topic("cmp-duration")
	for _, tt := range []struct {
		intent     Intent
		topic      Topic
		form, wish bool
		asks, want bool // h.Asks; whether it is answered
	}{
		{intent: IntentEscalate, topic: odds, want: true},
		{intent: IntentEscalate, topic: odds, wish: true},
		{intent: IntentEscalate, topic: odds, form: true, wish: true, want: true},
		{intent: IntentEscalate, topic: entry},
		{intent: IntentEscalate, topic: entry, form: true, want: true},
		{intent: IntentComplaint, topic: duration, want: true},
		{intent: IntentComplaint, topic: duration, wish: true},
		{intent: IntentComplaint, topic: "cmp-conduct"},
		{intent: IntentComplaint, topic: duration, asks: true},
		{intent: IntentComplaint, topic: duration, asks: true, form: true, want: true},
		{intent: IntentWithdraw, topic: "apply-modify-cancel"},
		{intent: IntentWithdraw, topic: "apply-modify-cancel", form: true, want: true},
		{intent: IntentCorrect, topic: "apply-modify-cancel"},
		{intent: IntentCorrect, topic: "apply-modify-cancel", form: true, want: true},
		{intent: IntentDecline, topic: "mer-rejected", want: true},
		{intent: IntentHuman, topic: odds, form: true},
		{intent: IntentDistress, topic: odds, form: true},
	} {
		tb := newTable(t)
		tb.scene.FAQ = leaflet{}
		tb.hear(Heard{Text: "…", Intent: tt.intent, Asks: tt.asks, Question: Question{Topics: []Topic{tt.topic}, Sure: true, Form: tt.form, Wish: tt.wish}})
		if got := len(tb.plan.Replies) > 0 && tb.plan.Replies[0].Topic == tt.topic; got != tt.want {
			t.Errorf("%+v: %+v", tt, tb.plan)
		}
	}
	// In the middle of something, only what has the form of a question is one.
	tb := at(t, StepEvidence)
	tb.scene.FAQ = leaflet{}
	tb.hear(Heard{Text: "…", Intent: IntentEscalate, Question: Question{Topics: []Topic{odds}, Sure: true}})
	if tb.plan.Replies[0].Topic == odds {
		t.Errorf("at a step: %+v", tb.plan)
	}
}
