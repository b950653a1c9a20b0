package stage

import (
	"context"
	"errors"
	"fmt"
	"strings"

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
	rest := m.now.Says
	for rest != "" {
		i := strings.IndexAny(rest, "。！？.!?")
		for i >= 0 && i+1 < len(rest) && rest[i] == '.' && rest[i+1] != ' ' { // 7.5 is no end
			j := strings.IndexAny(rest[i+1:], "。！？.!?")
			if j < 0 {
				i = -1
				break
			}
			i += 1 + j
		}
		sentence := rest
		if i >= 0 {
			end := i + len(string([]rune(rest[i:])[0]))
			sentence = rest[:end]
		}
		if err := out.Sentence(sentence); err != nil {
			return err
		}
		rest = rest[len(sentence):]
	}
	return out.Close()
}
