package bot

import (
	"context"
	"strings"

	"recourse/bot/guard"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// A model is asked in three places, and in none of them by what it answers can it act: Understander proposes what a
// text may mean, Phraser words again what was decided, Reader says what it does not see in a picture. Each may be nil,
// may fail and may lie; the turn goes on without it.

// Understander says what a text may be about where the rules were unsure. Its answer is one of the choices given.
type Understander interface {
	Understand(ctx context.Context, q Question) (Proposal, error)
}

// Question is a text that was not understood, and what it may be about.
type Question struct {
	Conversation dialog.ID
	Entry        int64 // the text's seq
	Locale       dialog.Locale
	Text         string
	Step         dialog.Step
	State        cases.State // of the case at hand, "" for none
	Intents      []dialog.Intent
	Topics       []Choice
	Reasons      []Choice
	Lines        []Choice // order lines by their keys
}

// Choice is one of a closed set, with a name that a reader understands.
type Choice struct{ ID, Name string }

// Proposal is what a text may mean. Its zero fields propose nothing. It holds nothing that could be carried out: what
// follows from it is dialog.Next's to decide and the buyer's to confirm.
type Proposal struct {
	Intent dialog.Intent
	Topic  dialog.Topic
	Reason policy.ReasonID
	Line   string // key of an order line
}

// Phraser words a reply again.
type Phraser interface {
	// Phrase gives the new text to out sentence by sentence and closes it. The first error of out ends it.
	Phrase(ctx context.Context, p Phrasing, out *Draft) error
}

// Phrasing is a reply to be worded again. Wording holds its facts back.
type Phrasing struct {
	Conversation dialog.ID
	Client       string // id of the entry to be
	Locale       dialog.Locale
	Said         string // what the buyer wrote; data
	Angry        bool
	Wording      *guard.Wording
}

// Reader looks at a picture.
type Reader interface {
	// Look returns which of p.MustShow, by their places, cannot be seen.
	Look(ctx context.Context, p Picture) ([]int, error)
}

// Picture is a stripped copy of an upload, made small.
type Picture struct {
	Conversation dialog.ID
	Evidence     string
	Kind         string // what kind of evidence it shall be, by name
	Media        string
	Bytes        []byte
	MustShow     []string
}

// Draft is a text under way. Nothing leaves it that the guard has not passed, and nothing stands that was not closed.
type Draft struct {
	check *guard.Check
	show  func(text string) // what has passed so far; nil: to nobody
	text  string            // the whole text, once it was closed
}

// NewDraft begins a text that is to stand for a wording.
func NewDraft(w *guard.Wording, show func(text string)) *Draft {
	return &Draft{check: w.Check(), show: show}
}

// Sentence takes the next sentence. An error refuses the whole text.
func (d *Draft) Sentence(s string) error {
	if _, err := d.check.Sentence(s); err != nil {
		return err
	}
	if text := d.check.Text(); d.show != nil && strings.TrimSpace(text) != "" {
		d.show(text)
	}
	return nil
}

// Close ends the text, or refuses it.
func (d *Draft) Close() error {
	text, err := d.check.Close()
	if err != nil {
		return err
	}
	d.text = text
	return nil
}

// Text is the text that was closed; "" for none.
func (d *Draft) Text() string { return d.text }

// Sentences cuts a text under way after each end of a sentence, or all of it, for a Draft; left is what has not ended. A
// hole of a wording is not cut.
func Sentences(text string, all bool) (out []string, left string) {
	out, left = dialog.Sentences(text, '⟦', '⟧')
	if all && left != "" {
		return append(out, left), ""
	}
	return out, left
}
