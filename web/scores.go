package web

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"recourse/dialog"
	"recourse/web/wire"
)

// Scored is a score with the conversation that it is of.
type Scored struct {
	Conversation dialog.ID `json:"conversation"`
	dialog.Score
}

// Scores are what buyers were asked about the bot and people, and answered. They follow the conversations from the
// outbox, so they may be a moment behind.
type Scores interface {
	// Scores lists what buyers were asked in [from, to), answered or not, by when. A score may be changed for
	// dialog.ScoreChange after its first answer, and given up to dialog.ScoreFor after its segment ended.
	Scores(ctx context.Context, from, to time.Time) ([]Scored, error)
}

// Tally are scores of one kind: the answers never without how many did not answer.
type Tally struct {
	Asked, Answered int
	Stars           [dialog.Stars]int // by stars, from 1
	// ByResult are the answered ones by what came of the case: count and sum of stars.
	ByResult map[dialog.Result]struct{ Answered, Sum int }
}

// TallyScores adds up scores; dialog.FromBot and dialog.FromAgent apart.
func TallyScores(list []Scored) map[dialog.AuthorKind]Tally {
	out := map[dialog.AuthorKind]Tally{}
	for _, s := range list {
		t := out[s.By]
		t.Asked++
		if s.Stars > 0 {
			t.Answered++
			t.Stars[s.Stars-1]++
			if t.ByResult == nil {
				t.ByResult = map[dialog.Result]struct{ Answered, Sum int }{}
			}
			r := t.ByResult[s.Result]
			r.Answered, r.Sum = r.Answered+1, r.Sum+s.Stars
			t.ByResult[s.Result] = r
		}
		out[s.By] = t
	}
	return out
}

// scoreRoutes let agents read how a buyer scored the parts of a conversation.
func (a *rest) scoreRoutes() {
	agentOperation(a, may(huma.Operation{
		OperationID: "agentListScores", Method: http.MethodGet, Path: "/api/agent/conversations/{id}/scores", Tags: []string{tagDesk},
		Summary:     "Read how the buyer scored a conversation",
		Description: "The latest parts about which he was asked, answered or not. The bot and people are scored apart, each part once; nobody at the desk can ask him again.",
	}, CodeNoConversation), func(ctx context.Context, _ Agent, in *struct {
		ID string `path:"id" maxLength:"64" doc:"The conversation." example:"d_017_K3J6QFZLBWKQ7PZXAAAAAAAAAA"`
	},
	) (*answer[wire.ScoreList], error) {
		conv, err := a.Dialogs.Load(ctx, dialog.ID(in.ID))
		if err != nil {
			return nil, err
		}
		list := wire.ScoreList{Scores: []wire.PartScore{}}
		for _, s := range conv.Survey.Scores {
			list.Scores = append(list.Scores, partScore(s))
		}
		return &answer[wire.ScoreList]{list}, nil
	})
}

func partScore(s dialog.Score) wire.PartScore {
	return wire.PartScore{
		Segment: s.Segment, AskedAt: s.AskedAt, Stars: s.Stars, Comment: s.Comment, Declined: s.Declined, AnsweredAt: s.AnsweredAt, ChangedAt: s.ChangedAt,
		Case: string(s.Case), State: string(s.State), Result: s.Result,
	}
}
