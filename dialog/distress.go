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

// Help are the numbers to call, as slots.
func Help() Slots { return Slots{"helpline": helpline, "ambulance": ambulance, "police": police} }
