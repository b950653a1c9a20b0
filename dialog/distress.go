package dialog

// Where help is in mainland China, day and night: the national mental health helpline, and the emergency calls.
const (
	helpline  = "12356"
	ambulance = "120"
	police    = "110"
)

// comfort is all that is said to somebody who may hurt himself, wherever he writes it: where help is now, and that a
// person comes. What was asked of him stays, and is not asked now.
func (t *turn) comfort() {
	t.say("distress", Help())
	t.note("note.distress", nil)
	t.plan.Handoff = HandoffDistress
}

// safety deals with a text after which somebody may be hurt, whatever else it says.
func (t *turn) safety(h Heard) bool {
	switch h.Intent {
	case IntentDistress:
		t.comfort()
	case IntentThreat:
		t.calm()
	default:
		return false
	}
	return true
}

// calm is all that is said to somebody who writes that he is going to hurt others: that his anger is heard, that nobody
// is to be hurt, and that a person comes. He is neither lectured nor asked anything.
func (t *turn) calm() {
	t.say("threat", nil)
	t.note("note.threat", nil)
	t.plan.Handoff = HandoffSafety
}

// Help are the numbers to call, as slots.
func Help() Slots { return Slots{"helpline": helpline, "ambulance": ambulance, "police": police} }
