package dialog

import (
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/cases/waybill"
)

// uploaded says what was received, what may be wrong with it, and goes on with what it was for.
func (t *turn) uploaded(u Uploaded) {
	t.flow.Trouble = nil // it works
	if t.flow.Step == StepTrouble {
		t.resume()
	}
	if u.Complaint != "" {
		t.uploadedComplaint(u)
		return
	}
	c := t.scene.Case
	here := c != nil && c.ID == u.Case
	asking := here && c.State == cases.Draft && c.Verdict != nil && (t.flow.Step == StepEvidence || t.flow.Step == StepSummary)
	complete := asking && len(c.Verdict.Missing) == 0
	slots := u.slots()
	if asking && !complete && !u.More {
		// The checklist ticks by itself; no second card.
		slots["missing"] = c.Verdict.Missing
		t.say("evidence.got_more", slots)
	} else {
		t.say("evidence.got", slots)
	}
	t.hints(u.Item)
	t.unseen(u)
	if complete && !u.More && !t.summed(c.Version) {
		t.summary(c, "summary.ready")
	}
	if here {
		t.offerWaybill(c, u.Item)
	}
}

// slots are what a receipt tells: what was received and when, and its hash.
func (u Uploaded) slots() Slots {
	return Slots{"kind": policy.EvidenceKind(u.Item.Kind), "receipt": short(u.Item.SHA256), "at": u.At}
}

// summed says whether the summary that is to be confirmed shows this version already: a file that came in
// with an earlier one was counted when that was answered.
func (t *turn) summed(version int) bool {
	return (t.flow.Step == StepSummary || t.flow.Step == StepComplaintSummary) && t.flow.Summed == version
}

// short is as much of a hash as a person compares.
func short(sha string) string { return sha[:min(len(sha), 12)] }

// hints asks, and never accuses (domain §2.3). Nothing waits for the answer.
func (t *turn) hints(e EvidenceItem) {
	var why []cases.EvidenceHint
	for _, h := range e.Hints {
		if h := cases.EvidenceHint(h.Code); h != cases.HintNoPreview { // that is ours to bear, not his
			why = append(why, h)
		}
	}
	if len(why) > 0 {
		t.say("evidence.hint", Slots{"why": why})
	}
}

// unseen advises the buyer, and tells agents, of what a reader did not see in his picture.
func (t *turn) unseen(u Uploaded) {
	if len(u.Unseen.At) == 0 {
		return
	}
	slots := Slots{"kind": u.Unseen.Kind, "points": u.Unseen}
	t.say("evidence.unseen", slots)
	t.plan.Notes = append(t.plan.Notes, Reply{Key: "note.unseen", Slots: slots})
}

// offerWaybill shows the number that was read from the picture of a return parcel. Only the buyer's press fills it in.
func (t *turn) offerWaybill(c *cases.Case, e EvidenceItem) {
	if c.State != cases.AwaitingReturn || e.Kind != "return_parcel_photo" || e.Waybill == "" {
		return
	}
	t.offerNumber(c, e.Waybill, "", "waybill.found")
}

// offerNumber shows the form with a number, and with whose it must be or is said to be. The parcel that came is not
// the one that goes back.
func (t *turn) offerNumber(c *cases.Case, number, name, key string) {
	b := ButtonSpec{Action: ActTracking, Args: caseArgs(c, false), Style: "primary"}
	slots := Slots{"waybill": number}
	if number == waybill.Clean(c.Line.Waybill) {
		key += "_outbound"
	} else {
		b.Args["waybill"] = number
		carrier, ok := waybill.ByName(name)
		if !ok {
			carrier, ok = waybill.Guess(number)
		}
		if ok {
			b.Args["carrier"], slots["carrier"] = carrier.ZH, Carrier(carrier.ID)
			key, b.Label = key+"_carrier", "button.use_waybill"
		}
	}
	t.show(key, slots, CardSpec{Kind: CardTracking, Case: c, Buttons: []ButtonSpec{b}}, t.flow.Step)
}

// unstaged goes on after something was taken out of the draft.
func (t *turn) unstaged(c *cases.Case) {
	t.say("evidence.removed", nil)
	if c.Verdict == nil {
		return
	}
	switch c.Verdict.Kind {
	case policy.Eligible, policy.EligibleIfEvidence:
		t.askEvidence(c, "evidence.ask")
	default:
		t.fromVerdict(c)
	}
}
