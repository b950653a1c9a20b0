package bot

import (
	"testing"

	"github.com/redis/go-redis/v9"

	"recourse/cases"
	"recourse/dialog"
	"recourse/internal/redistest"
)

// A deadline that runs out after an upload failed by our fault is noted for the agents, once.
func TestADeadlineThatRanOutByOurFaultIsNotedForAgents(t *testing.T) {
	redistest.Each(t, func(t *testing.T, rdb redis.UniversalClient) {
		for code, want := range map[string]int{"server": 1, "network": 0} {
			if err := rdb.FlushDB(t.Context()).Err(); err != nil {
				t.Fatal(err)
			}
			s := newSeat(t, rdb)
			for _, do := range story[:3] {
				do(s)
				s.turn()
			}
			id := s.load().Flow.Case
			s.put(dialog.Entry{Kind: dialog.Press, Action: dialog.ActTrouble, Args: dialog.Args{"code": code, "case": string(id)}})
			s.turn()
			n := s.notifier()
			for range 2 { // the outbox may tell twice
				if err := n.Notify(s.ctx, id, 7, cases.Notice{To: cases.Buyer, Key: "evidence_defaulted"}); err != nil {
					t.Fatal(err)
				}
			}
			found := 0
			for _, e := range s.log() {
				if e.Key == "note.deadline_ours" && e.Kind == dialog.Note && e.Author.Kind == dialog.FromSystem {
					found++
				}
			}
			if found != want {
				t.Errorf("%s: noted %d times, want %d", code, found, want)
			}
		}
	})
}
