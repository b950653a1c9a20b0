package stage

import (
	"context"

	"recourse/bot"
	"recourse/bot/replay/page"
	"recourse/bot/replay/suite"
)

// pressStale presses what an older card offered, as a page does that has not heard of the newer one. His socket
// refuses it before it is stored.
func (s *seat) pressStale(ctx context.Context, step suite.Step) error {
	conv, log, err := s.chat(ctx)
	if err != nil {
		return err
	}
	o, ok := page.Stale(conv.Flow.Live, log, step)
	if !ok {
		return page.NotOffered(step)
	}
	s.label = o.Label
	return nil
}

// glance is a reader of pictures that does not see some of what they must show.
type glance []int

// Look says which.
func (g glance) Look(context.Context, bot.Picture) ([]int, error) { return g, nil }

// picture stands for what an upload shows.
func picture(context.Context, string) (string, []byte, error) { return "image/jpeg", nil, nil }
