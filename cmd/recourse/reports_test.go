package main

import (
	"encoding/csv"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/cases/policy"
	"recourse/dialog"
	"recourse/dialog/desk"
	"recourse/dialog/redisdesk"
	"recourse/web"
	"recourse/web/wire"
)

// A supervisor sees the desk and the figures of days, and saves them; an agent does not; what lets data out is recorded
// before.
func TestSupervisorsSeeTheWallAndReports(t *testing.T) {
	var cfg *web.Config
	y := newYard(t, func(c *web.Config) { c.Rules, cfg = desk.Default(), c })
	ctx := t.Context()
	y.reviewed()
	c, err := y.ledger.Store.Load(ctx, y.id)
	if err != nil {
		t.Fatal(err)
	}
	store, ok := cfg.Desk.(*redisdesk.Store)
	if !ok {
		t.Fatalf("desk is %T", cfg.Desk)
	}
	now := desk.Now{Wall: time.Now(), Market: y.clock()}
	if err := store.Arrive(ctx, desk.Agent{Login: "zhou", Name: "小周", Role: "agent", Capacity: 4}, "s1", now); err != nil {
		t.Fatal(err)
	}
	talk := func(buyer string, why dialog.Reason, due time.Time, change func(dialog.Conversation) dialog.Conversation) dialog.Conversation {
		t.Helper()
		conv, err := cfg.Dialogs.Open(ctx, buyer, dialog.ZH, y.clock())
		if err != nil {
			t.Fatal(err)
		}
		next := change(dialog.Wait(conv, why, y.clock()))
		said := dialog.Entry{At: y.clock(), Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Text, Text: "在吗"}
		cross := dialog.Entry{At: y.clock(), Author: dialog.Author{Kind: dialog.FromSystem}, Kind: dialog.Notice, Floor: &dialog.Boundary{From: dialog.HeldByBot, To: next.Holder, Why: why}}
		if conv, err = cfg.Dialogs.Commit(ctx, conv.ID, dialog.Change{Expect: conv.Version, Next: next, Entries: []dialog.Entry{said, cross}, LiveAt: -1}); err != nil {
			t.Fatal(err)
		}
		if err := store.Follow(ctx, conv, due, desk.Now{Wall: time.Now(), Market: y.clock()}); err != nil {
			t.Fatal(err)
		}
		if err := y.reports.FollowTalk(ctx, cfg.Dialogs, conv.ID); err != nil {
			t.Fatal(err)
		}
		return conv
	}
	deadlines := []time.Time{}
	for _, at := range c.Deadlines {
		deadlines = append(deadlines, at)
	}
	slices.SortFunc(deadlines, time.Time.Compare)
	y.pass(deadlines[0].Sub(y.clock()) - 2*time.Hour)
	waiting := talk(yardBuyer, dialog.HandoffEscalation, deadlines[0], func(c dialog.Conversation) dialog.Conversation { c.Flow.Case = y.id; return c })
	y.pass(time.Minute)
	held := talk("b-2", dialog.HandoffAsked, time.Time{}, func(c dialog.Conversation) dialog.Conversation {
		c, err := dialog.Claim(c, "zhou", "小周", c.Epoch, y.clock())
		if err != nil {
			t.Fatal(err)
		}
		return c
	})
	// His buyer asks something, and is owed an answer since then.
	asked := y.clock()
	if _, err := cfg.Dialogs.Append(ctx, held.ID, dialog.Append{Wants: true, Entry: dialog.Entry{At: asked, Author: dialog.Author{Kind: dialog.FromBuyer}, Kind: dialog.Text, Text: "多久"}}); err != nil {
		t.Fatal(err)
	}
	if held, err = cfg.Dialogs.Load(ctx, held.ID); err == nil {
		err = store.Follow(ctx, held, time.Time{}, desk.Now{Wall: time.Now(), Market: y.clock()})
	}
	if err != nil {
		t.Fatal(err)
	}
	today := y.clock().In(policy.Zone()).Format(time.DateOnly)
	for _, once := range []string{"d_1", "d_1"} {
		if err := y.reports.Count(ctx, once, web.Fact{Day: today, Name: web.CountMissed}); err != nil {
			t.Fatal(err)
		}
	}
	if err := y.reports.FollowCase(ctx, y.ledger.Store, y.id, c.Version); err != nil {
		t.Fatal(err)
	}
	zhou, lead := y.session("zhou", "agent"), y.session("wang", "supervisor")
	for _, path := range []string{"/api/agent/wall", "/api/agent/reports", "/api/agent/reports.csv"} {
		if status, _, raw := y.ask("GET", path, zhou, "", nil); status != http.StatusForbidden {
			t.Errorf("an agent at %s: %d %s", path, status, raw)
		}
	}
	var wall wire.Wall
	status, _, raw := y.ask("GET", "/api/agent/wall", lead, "", nil)
	if err := json.Unmarshal(raw, &wall); err != nil || status != http.StatusOK {
		t.Fatalf("wall: %d %s", status, raw)
	}
	if wall.Waiting != 1 || len(wall.Queue) != 1 || wall.Queue[0].Conversation != string(waiting.ID) || wall.Queue[0].Buyer != yardBuyer || wall.Queue[0].Epoch != waiting.Epoch || wall.Missed != 1 {
		t.Errorf("wall: %s", raw)
	}
	if len(wall.Agents) != 1 || wall.Agents[0].Owed != 1 || !wall.Agents[0].OwedSince.Equal(asked) || wall.Agents[0].OwedIn != string(held.ID) {
		t.Errorf("agents: %+v", wall.Agents)
	}
	if wall.AtRisk != 1 || len(wall.Risk) != 1 || wall.Risk[0].DeadlineOf == "" || !wall.Risk[0].Ours {
		t.Errorf("at risk: %+v", wall.Risk)
	}
	var report wire.Report
	status, _, raw = y.ask("GET", "/api/agent/reports?from=2026-03-01", lead, "", nil)
	if err := json.Unmarshal(raw, &report); err != nil || status != http.StatusOK {
		t.Fatalf("report: %d %s", status, raw)
	}
	total := report.Total
	if report.From != "2026-03-01" || report.Days[len(report.Days)-1].Day != today || report.To != today || report.Zone != "Asia/Shanghai" || total.Talks != 2 || total.Handed != 2 || total.Handoffs != 2 || total.Reasons["asked"] != 1 || total.Filed != 1 || total.Escalated != 1 || total.Missed != 1 {
		t.Errorf("report: %s", raw)
	}
	status, header, raw := y.ask("GET", "/api/agent/reports.csv?from="+today+"&to="+today, lead, "", nil)
	if status != http.StatusOK || !strings.HasPrefix(header.Get("Content-Type"), "text/csv") || !strings.Contains(header.Get("Content-Disposition"), today) {
		t.Fatalf("file: %d %v", status, header)
	}
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff"))).ReadAll()
	if err != nil || len(lines) != 3 || lines[1][0] != today || lines[2][0] != "total" {
		t.Errorf("file: %v: %q", err, raw)
	}
	for _, query := range []string{"?from=2026-03-03&to=2026-03-02", "?from=2026-02-30&to=2026-03-02", "?from=2020-01-01&to=2026-03-02"} {
		if status, _, raw := y.ask("GET", "/api/agent/reports"+query, lead, "", nil); status != http.StatusBadRequest {
			t.Errorf("%s: %d %s", query, status, raw)
		}
	}
	entries, _, err := cfg.Audit.List(ctx, web.AuditQuery{Action: "report", Limit: 50})
	if err != nil {
		t.Fatal(err)
	}
	var trail []string
	for _, e := range slices.Backward(entries) {
		if e.Actor == "wang" && e.Details["from"] == today || e.Outcome == "begun" {
			trail = append(trail, e.Action+" "+e.Outcome)
		}
	}
	if want := []string{"report.export begun", "report.export done"}; !slices.Equal(trail, want) {
		t.Errorf("trail of the file: %v, want %v; all: %+v", trail, want, entries)
	}
}

// What buyers answered is in the report of the day on which they were asked, as it stands now.
func TestReportsSayWhatBuyersAnswered(t *testing.T) {
	y := newYard(t, nil)
	lead := y.session("lead", "supervisor")
	asked := time.Date(2026, 3, 1, 16, 30, 0, 0, time.UTC) // past midnight in the zone of the marketplace
	score := func(id string, by dialog.AuthorKind, at time.Time, stars int) dialog.Score {
		return dialog.Score{Segment: dialog.Segment{ID: id, By: by}, AskedAt: at, Stars: stars}
	}
	for _, stars := range []int{0, 2, 4} { // asked, answered, changed
		err := y.shared.KeepScores(t.Context(), "d_1", []dialog.Score{
			score("agent:2", dialog.FromAgent, asked, stars), score("bot:3", dialog.FromBot, asked, 5), score("bot:1", dialog.FromBot, asked.Add(-time.Hour), 1),
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	status, _, raw := y.ask("GET", "/api/agent/reports?from=2026-03-01&to=2026-03-02", lead, "", nil)
	var r wire.Report
	if err := json.Unmarshal(raw, &r); err != nil || status != 200 || len(r.Days) != 2 {
		t.Fatalf("%d, %v: %s", status, err, raw)
	}
	for what, got := range map[string][2]wire.Score{"the day before": {r.Days[0].CSATBot, {Count: 1, Mean: 1, Stars: []int64{1, 0, 0, 0, 0}}}, "people": {r.Days[1].CSATHuman, {Count: 1, Mean: 4, Stars: []int64{0, 0, 0, 1, 0}}}, "the bot, both days": {r.Total.CSATBot, {Count: 2, Mean: 3, Stars: []int64{1, 0, 0, 0, 1}}}} {
		if diff := cmp.Diff(got[1], got[0]); diff != "" {
			t.Errorf("%s (-want +got):\n%s", what, diff)
		}
	}
}
