package dialog

import "time"

// Anger counts the angry texts of a buyer. It outlives the flows: what makes him angry is seldom one card.
type Anger struct {
	N  int       `json:"n,omitempty"`
	At time.Time `json:"at,omitzero"` // of the last one
}

// cools is after how long anger is over.
const cools = 24 * time.Hour

func (a Anger) and(now time.Time) Anger {
	if now.Sub(a.At) > cools {
		a.N = 0
	}
	return Anger{N: a.N + 1, At: now}
}

// upset takes in an angry text. Who is angry again and again is not talked to by a machine any longer.
func (t *turn) upset(h Heard) {
	if t.fedUp(h) && (t.plan.Handoff == "" || t.plan.Handoff == HandoffConfused) {
		t.instead(HandoffAnger)
	}
	if h.Angry {
		t.anger = t.anger.and(t.now)
	}
}

// fedUp says that he is angry with this text, and was before (handoff.after_angry_turns).
func (t *turn) fedUp(h Heard) bool {
	return h.Angry && t.anger.and(t.now).N >= t.scene.Policy.Values.Handoff.AfterAngryTurns.V
}

// instead asks for a human in place of what was going to be said: that is for when nobody is there.
func (t *turn) instead(why Reason) {
	t.plan.Handoff, t.plan.Instead = why, true
}
