package dialog

import "testing"

func TestSettledIsBelowWhatTheAssistantOwes(t *testing.T) {
	for what, tt := range map[string]struct {
		c    Conversation
		want int64
	}{
		"nothing was said":                       {Conversation{Holder: HeldByBot}, 0},
		"a text waits":                           {Conversation{Holder: HeldByBot, Inbound: 5, Answered: 3}, 3},
		"a text is answered":                     {Conversation{Holder: HeldByBot, Inbound: 5, Answered: 5}, 5},
		"a text waits for a person":              {Conversation{Holder: HeldByHuman, Inbound: 5, Answered: 3}, 5},
		"a press waits though a person answered": {Conversation{Holder: HeldByHuman, Inbound: 5, Pressed: 5, Answered: 7, Carried: 4}, 4},
		"a press was carried out":                {Conversation{Holder: HeldByHuman, Inbound: 5, Pressed: 5, Answered: 7, Carried: 5}, 7},
		"a press and a text wait":                {Conversation{Holder: HeldByBot, Inbound: 6, Pressed: 5, Answered: 4, Carried: 3}, 3},
	} {
		if got := tt.c.Settled(); got != tt.want {
			t.Errorf("%s: %d, want %d", what, got, tt.want)
		}
	}
}
