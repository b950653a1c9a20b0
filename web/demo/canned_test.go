package demo

import (
	"testing"

	"recourse/dialog"
)

func TestTheDemosCannedRepliesNameSlotsThatThereAre(t *testing.T) {
	for _, c := range Canned {
		note := ""
		if c.Macro != nil {
			note = c.Macro.Note
		}
		if got := dialog.UnknownSlots(c.ZH + c.EN + note); got != nil || c.ZH == "" || c.EN == "" {
			t.Errorf("%s: unknown %q, or not in both languages", c.ID, got)
		}
	}
}
