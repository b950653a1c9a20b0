package llm

import (
	"context"
	"time"
	"unicode/utf8"

	"recourse/dialog"
)

// Price is what a million tokens cost.
type Price struct{ In, Out float64 }

// Amount is what was, or may be, spent. Micro is a millionth of the money that prices are in.
type Amount struct{ Tokens, Micro int64 }

// Purse counts what is spent, across nodes and restarts.
type Purse interface {
	// Take reserves an amount for a conversation and a day, or answers ErrSpent if a limit does not allow it.
	Take(ctx context.Context, id dialog.ID, day string, a, perDialog, perDay Amount) error
	// Settle corrects a reserved amount by what was really spent more (or less).
	Settle(ctx context.Context, id dialog.ID, day string, more Amount) error
}

// cost is what tokens cost with a model.
func (c *Client) cost(model string, in, out int) Amount {
	p := c.Prices[model]
	return Amount{Tokens: int64(in + out), Micro: int64(float64(in)*p.In + float64(out)*p.Out)}
}

// guess is how many tokens a text may have at most: one a character, for Chinese.
func guess(texts ...string) int {
	n := 16
	for _, t := range texts {
		n += utf8.RuneCountInString(t) + 4
	}
	return n
}

// day names the day that a call is paid from.
func (c *Client) day(now time.Time) string { return now.In(c.Zone).Format("2006-01-02") }

// take pays for a call in advance. That a day is spent is logged once and remembered until it ends.
func (c *Client) take(ctx context.Context, id dialog.ID, day string, a Amount) error {
	if c.Purse == nil {
		return nil
	}
	c.mu.Lock()
	known := c.spent == day
	c.mu.Unlock()
	if known {
		return errDaySpent
	}
	err := c.Purse.Take(ctx, id, day, a, c.PerDialog, c.PerDay)
	if IsDaySpent(err) {
		c.mu.Lock()
		first := c.spent != day
		c.spent = day
		c.mu.Unlock()
		if first {
			c.Log.WarnContext(ctx, "the day's budget for models is spent: without them until it ends", "day", day)
		}
	}
	return err
}
