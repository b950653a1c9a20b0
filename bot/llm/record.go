package llm

import (
	"context"
	"errors"
	"fmt"
	"time"

	"recourse/dialog"
)

// Call is a call as it is written down. Prompt and Answer are as they crossed the wire: masked, and without pictures.
type Call struct {
	At           time.Time `json:"at"`
	Conversation dialog.ID `json:"conversation"`
	About        string    `json:"about,omitempty"` // the entry it is for, by seq or client id; a picture by its id
	Role         Role      `json:"role"`
	Model        string    `json:"model"`
	Prompt       string    `json:"prompt"`
	Answer       string    `json:"answer,omitempty"`
	In           int       `json:"in"`  // tokens
	Out          int       `json:"out"` // tokens
	Micro        int64     `json:"micro"`
	Millis       int64     `json:"ms"`
	Tries        int       `json:"tries"`
	Outcome      Outcome   `json:"outcome"`
	Why          string    `json:"why,omitempty"`
}

// Outcome is what became of a call.
type Outcome string

// The outcomes.
const (
	Used    Outcome = "used"
	Refused Outcome = "refused" // answered, and not used: Why
	Failed  Outcome = "failed"  // not answered: Why
	Skipped Outcome = "skipped" // not made: Why
)

// Book keeps calls for some time.
type Book interface {
	Note(ctx context.Context, call Call) error
	// Calls are the latest of a conversation, oldest first.
	Calls(ctx context.Context, id dialog.ID, limit int) ([]Call, error)
}

// note writes a call down. A turn does not fail for it.
func (c *Client) note(ctx context.Context, call Call) {
	if c.Book == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	if err := c.Book.Note(ctx, call); err != nil {
		c.Log.WarnContext(ctx, "call of a model not written down", "dialog", call.Conversation, "role", call.Role, "err", err)
	}
}

// errDaySpent is ErrSpent for the whole day, and not for one conversation alone.
var errDaySpent = fmt.Errorf("%w for today", ErrSpent)

// DaySpent is the error of a purse that is empty for the day.
func DaySpent() error { return errDaySpent }

// IsDaySpent says whether an error is DaySpent.
func IsDaySpent(err error) bool { return errors.Is(err, errDaySpent) }
