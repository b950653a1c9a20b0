package stage

import (
	"context"
	"errors"
	"fmt"

	"recourse/bot"
	"recourse/bot/replay/suite"
	"recourse/cases/policy"
	"recourse/dialog"
)

// model answers as it was told to. Its failures are those that the client of a service reports in the end; none is
// waited for.
type model struct{ now suite.Model }

func (m *model) script(next suite.Model) { m.now = next }

var failures = map[string]error{
	"500": errors.New("the model service failed"), "429": errors.New("the model service is busy"), "stall": context.DeadlineExceeded,
	"drop": errors.New("the model service hung up"), "rubbish": errors.New("the model's answer is no answer"),
}

func (m *model) fails() error {
	if m.now.Fails == "" {
		return nil
	}
	if err, ok := failures[m.now.Fails]; ok {
		return err
	}
	return fmt.Errorf("the model fails by %s", m.now.Fails)
}

// Understand proposes what the script says.
func (m *model) Understand(context.Context, bot.Question) (bot.Proposal, error) {
	u := m.now.Understands
	return bot.Proposal{
		Intent: dialog.Intent(u["intent"]), Topic: dialog.Topic(u["topic"]), Reason: policy.ReasonID(u["reason"]), Line: u["line"],
	}, m.fails()
}

// Phrase says what the script says, sentence by sentence.
func (m *model) Phrase(_ context.Context, _ bot.Phrasing, out *bot.Draft) error {
	if err := m.fails(); err != nil {
		return err
	}
	sentences, _ := bot.Sentences(m.now.Says, true)
	for _, s := range sentences {
		if err := out.Sentence(s); err != nil {
			return err
		}
	}
	return out.Close()
}
