package redisweb_test

import (
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/dialog"
	"recourse/internal/redistest"
	"recourse/web"
)

func TestScoresAreKeptOnceAndAsTheyAreNow(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		ctx, st := open(t, rdb)
		day := time.Date(2026, 11, 10, 0, 0, 0, 0, time.UTC)
		agent := dialog.Score{Segment: dialog.Segment{ID: "agent:2", By: dialog.FromAgent, Agent: "li"}, AskedAt: day.Add(time.Hour), Result: dialog.ResultHelped}
		bot := dialog.Score{Segment: dialog.Segment{ID: "bot:3", By: dialog.FromBot}, AskedAt: day.Add(25 * time.Hour), Stars: 2}
		for _, stars := range []int{0, 3, 5, 5} { // asked, scored, changed, and told of again
			agent.Stars = stars
			if err := st.KeepScores(ctx, "d_1", []dialog.Score{agent, bot}); err != nil {
				t.Fatal(err)
			}
		}
		list, err := st.Scores(ctx, day, day.AddDate(0, 0, 2))
		if err != nil || len(list) != 2 || list[0].Conversation != "d_1" || list[0].ID != "agent:2" || list[0].Stars != 5 || list[1].ID != "bot:3" {
			t.Fatalf("both days: %+v, %v", list, err)
		}
		tally := web.TallyScores(list)
		a := tally[dialog.FromAgent]
		if a.Asked != 1 || a.Answered != 1 || a.Stars != [dialog.Stars]int{0, 0, 0, 0, 1} || a.ByResult[dialog.ResultHelped].Sum != 5 || tally[dialog.FromBot].Stars[1] != 1 {
			t.Errorf("tally: %+v", tally)
		}
		if list, err = st.Scores(ctx, day, day.Add(25*time.Hour)); err != nil || len(list) != 1 {
			t.Errorf("the end of a time is not in it: %+v, %v", list, err)
		}
	})
}
