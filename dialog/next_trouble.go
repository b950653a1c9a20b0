package dialog

import (
	"slices"
	"strings"

	"recourse/cases"
	"recourse/cases/policy"
)

// troubled takes in one failed upload and answers it. From a card it is the buyer's answer to our question, and
// where he can try again is shown once more; from the page itself, he is at the file that failed.
func (t *turn) troubled(p Pressed) {
	if !Trouble(p.Args["code"]).Known() {
		t.askAgain() // of a later version
		return
	}
	if t.flow.Step == StepTrouble {
		t.resume()
	}
	before := t.flow.Trouble.recent(t.now)
	t.flow.Trouble = before.and(p, t.now)
	if c := t.scene.Case; c != nil && t.flow.Trouble.Ours == 1 && (before == nil || before.Ours == 0) {
		t.note("note.upload_ours", Slots{"kind": t.flow.Trouble.Kind, "until": buyersTime(c)})
	}
	t.advise(p.On > 0)
}

// aboutTrouble answers "it won't upload": from what failed last, or with the one question that tells.
func (t *turn) aboutTrouble() {
	t.flow.Trouble = t.flow.Trouble.recent(t.now)
	if t.flow.Trouble == nil {
		t.askTrouble()
		return
	}
	next := *t.flow.Trouble
	next.Asked++
	t.flow.Trouble = &next
	t.advise(true)
}

// askTrouble asks what happens when he tries. What was asked before comes back with the answer.
func (t *turn) askTrouble() {
	card := CardSpec{Kind: CardChoices}
	for _, code := range told {
		style := ""
		if code == t.fails {
			style = "primary"
		}
		card.Buttons = append(card.Buttons, ButtonSpec{Action: ActTrouble, Args: Args{"code": string(code)}, Style: style, Label: "trouble.code." + string(code)})
	}
	card.Buttons = append(card.Buttons, button(ActHuman, nil, ""))
	if t.flow.Step != StepTrouble {
		t.flow.From = t.flow.Step
	}
	t.show("trouble.ask", nil, card, StepTrouble)
}

// advise says the one step, that nothing is lost, and after several failures offers a person: one more than
// handoff.after_failed_turns, for each step is to be tried before the next. again shows the upload of the case once more.
func (t *turn) advise(again bool) {
	ts, c := t.flow.Trouble, t.scene.Case
	if ts.Step == stepCase {
		t.say(ts.Last.wording(""), nil)
		if c != nil && ts.Ours > 0 {
			t.note("note.deadline_ours", Slots{"kind": ts.Kind})
		}
		t.status()
		return
	}
	t.say(ts.advice(), t.limits(ts))
	if c != nil && (ts.Count == 1 || again) {
		saved := Reply{Key: "trouble.saved", Slots: Slots{"have": kindsOf(c)}}
		step := t.flow.Step
		if again {
			if saved.Card = t.uploadCard(c); saved.Card != nil && c.State == cases.Draft {
				step = StepEvidence
			}
		}
		t.plan.Replies = append(t.plan.Replies, saved)
		t.flow.Step = step
	}
	if ts.Count+max(0, ts.Asked-1) > t.scene.Policy.Values.Handoff.AfterFailedTurns.V {
		t.show("trouble.human", nil, choices(button(ActHuman, nil, "primary")), t.flow.Step)
	}
}

// uploadCard is where evidence can be added now; nil when the case takes none.
func (t *turn) uploadCard(c *cases.Case) *CardSpec {
	switch {
	case c.State == cases.Draft && c.Verdict != nil && (c.Verdict.Kind == policy.Eligible || c.Verdict.Kind == policy.EligibleIfEvidence):
		return &CardSpec{Kind: CardEvidence, Case: c, Buttons: []ButtonSpec{button(ActReady, nil, "primary"), button(ActEdit, nil, "")}}
	case c.State != cases.Draft && slices.Contains(c.Allowed(cases.Buyer, t.env()), cases.EvSupplement):
		return &CardSpec{Kind: CardEvidence, Case: c, Buttons: t.caseButtons(c)}
	}
	return nil
}

// note is for agents only.
func (t *turn) note(key string, slots Slots) {
	t.plan.Notes = append(t.plan.Notes, Reply{Key: key, Slots: slots})
}

// limits are the figures that an advice may name.
func (t *turn) limits(ts *Troubles) Slots {
	v := t.scene.Policy.Values.Evidence
	s := Slots{
		"image_mib": v.MaxImageMiB.V, "video_mib": v.MaxVideoMiB.V, "video_seconds": v.MaxVideoSeconds.V,
		"max_images": v.MaxImages.V, "max_videos": v.MaxVideos.V,
		"types": formats(v.Types.V, "image/"), "video_types": formats(v.Types.V, "video/"),
	}
	s["shrink"] = ts.Media == "image/jpeg" || ts.Media == "image/png" // what a page can make smaller
	if ts.Bytes > 0 {
		s["size"] = Bytes(ts.Bytes)
	}
	return s
}

// formats are the names by which people know media types.
func formats(types []string, prefix string) string {
	names := map[string]string{"jpeg": "JPG", "png": "PNG", "webp": "WebP", "heic": "HEIC", "mp4": "MP4", "quicktime": "MOV"}
	var out []string
	for _, t := range types {
		if sub, ok := strings.CutPrefix(t, prefix); ok && names[sub] != "" {
			out = append(out, names[sub]) // heif is told by heic
		}
	}
	return strings.Join(out, "/")
}

// kindsOf are the kinds of evidence that have arrived from the buyer, each once.
func kindsOf(c *cases.Case) []policy.EvidenceKind {
	var out []policy.EvidenceKind
	for _, e := range c.Evidence {
		if e.Party == cases.Buyer && !slices.Contains(out, e.Kind) {
			out = append(out, e.Kind)
		}
	}
	return out
}

// buyersTime is until when the buyer can act, if a clock of his is running.
func buyersTime(c *cases.Case) any {
	if turn := c.Turn(); turn.Who == cases.Buyer && !turn.Until.IsZero() {
		return turn.Until
	}
	return nil
}
