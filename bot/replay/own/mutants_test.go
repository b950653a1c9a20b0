package own_test

import (
	"testing"

	"recourse/bot/faq"
	"recourse/bot/replay/mutate"
	"recourse/bot/replay/stage"
)

// A spoilt bot is noticed. These are a few, so that it is quick; RUN.md has the figure of two hundred.
func TestASpoiltBotFails(t *testing.T) {
	if _, err := ready(); err != nil {
		t.Fatal(err)
	}
	rep, err := mutate.Run(t.Context(), load(t), mutate.Options{Stage: stage.Options{FAQ: faq.Builtin()}, Seed: 20, N: 20})
	if err != nil {
		t.Fatal(err)
	}
	caught := rep.Count("", mutate.Caught)
	for _, m := range rep.Mutants {
		if m.Fate != mutate.Caught {
			t.Logf("%s: %s: %s", m.Fate, m.ID, m.What)
		}
	}
	if len(rep.Mutants) != 20 || caught < 19 {
		t.Errorf("%d of %d are caught", caught, len(rep.Mutants))
	}
}
