package replies

import (
	"time"

	"recourse/dialog"
)

// Survey is the question how a part of a conversation was. There is one for a segment.
func (w Words) Survey(s dialog.Segment, now time.Time) dialog.Entry {
	key := "csat.ask.bot"
	if s.By == dialog.FromAgent {
		key = "csat.ask.agent"
	}
	e := w.System(key, dialog.Slots{"name": s.Name}, "csat:"+s.ID, now)
	e.Card = &dialog.Card{Kind: dialog.CardChoices, Buttons: w.Buttons(dialog.RateButtons(s))}
	return e
}
