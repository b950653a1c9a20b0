package web

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"recourse/dialog"
	"recourse/dialog/desk"
	"recourse/web/wire"
)

func TestDaysOfAReport(t *testing.T) {
	for _, tt := range []struct {
		from, to string
		want     string // first..last/number, "" for a refusal
	}{
		{"", "", "2026-02-24..2026-03-02/7"},
		{"2026-02-28", "", "2026-02-28..2026-03-02/3"},
		{"2026-02-28", "2026-03-01", "2026-02-28..2026-03-01/2"},
		{"2024-02-28", "2024-03-01", "2024-02-28..2024-03-01/3"}, // a leap year
		{"2026-03-02", "2026-03-02", "2026-03-02..2026-03-02/1"},
		{"2025-01-01", "2025-12-31", "2025-01-01..2025-12-31/365"},
		{"2026-03-03", "2026-03-02", ""},
		{"2026-02-30", "2026-03-02", ""},
		{"2026-02-01", "2026-02-30", ""},
		{"2025-01-01", "2026-03-02", ""},
	} {
		days, err := daysOf(reportQuery{From: tt.from, To: tt.to}, "2026-03-02")
		got := ""
		if err == nil {
			got = days[0] + ".." + days[len(days)-1] + "/" + whole(int64(len(days)))
		} else if codeOf(err) != CodeBadRequest {
			t.Errorf("%s to %s: %v", tt.from, tt.to, err)
		}
		if got != tt.want {
			t.Errorf("%s to %s: %q, want %q", tt.from, tt.to, got, tt.want)
		}
	}
}

// sum is what facts come to.
func sum(facts ...Fact) map[string]int64 {
	out := map[string]int64{}
	for _, f := range facts {
		for field, n := range f.Fields() {
			out[field] += n
		}
	}
	return out
}

func TestFiguresOfADay(t *testing.T) {
	facts := []Fact{{Name: CountTalks}, {Name: CountTalks}, {Name: CountTalks}, {Name: CountHanded}, {Name: "handoff:asked"}, {Name: "handoff:verdict"}, {Name: "handoff:asked"}}
	for _, seconds := range []int64{10, 11, 30, 31, 59, 60, 61, 120, 121, 400_000} {
		facts = append(facts, Fact{Name: CountFirstResponse, Value: seconds})
	}
	facts = append(facts, Fact{Name: CountResolution, Value: 400_000}, Fact{Name: CountCSATHuman, Value: 5}, Fact{Name: CountCSATHuman, Value: 4}, Fact{Name: CountCSATHuman, Value: 4})
	d := figures("2026-03-02", sum(facts...))
	if d.Talks != 3 || d.Handed != 1 || d.Contained != 2 || d.Handoffs != 3 || d.Reasons["asked"] != 2 || d.Reasons["verdict"] != 1 {
		t.Errorf("conversations: %+v", d)
	}
	first := d.FirstResponse
	if first.Count != 10 || first.Mean != 40050 || first.Median != 60 || first.Nine != 300 {
		t.Errorf("first response: %+v", first)
	}
	if diff := cmp.Diff([]int64{1, 2, 3, 2, 1}, first.Spans[:5]); diff != "" || first.Spans[len(spanBounds)] != 1 {
		t.Errorf("spans (-want +got):\n%s%v", diff, first.Spans)
	}
	if d.Resolution.Median != -1 || d.Resolution.Nine != -1 {
		t.Errorf("what is over the last bound has none: %+v", d.Resolution)
	}
	if d.CSATHuman.Count != 3 || d.CSATHuman.Mean != 4.33 || d.CSATHuman.Stars[4] != 1 || d.CSATHuman.Stars[3] != 2 || d.CSATBot.Count != 0 {
		t.Errorf("scores: %+v, %+v", d.CSATHuman, d.CSATBot)
	}
	empty := figures("", nil)
	if empty.FirstResponse.Median != 0 || empty.CSATBot.Mean != 0 || len(empty.FirstResponse.Spans) != len(spanBounds)+1 || empty.Reasons == nil {
		t.Errorf("of nothing: %+v", empty)
	}
}

func TestAReportAsCSV(t *testing.T) {
	busy := figures("2026-03-01", sum(Fact{Name: CountTalks}, Fact{Name: CountTalks}, Fact{Name: CountTalks}, Fact{Name: CountHanded}, Fact{Name: "handoff:asked"}, Fact{Name: CountFirstResponse, Value: 90}, Fact{Name: CountResolution, Value: 1 << 30}))
	total := busy
	total.Day = ""
	raw, err := reportCSV(wire.Report{Days: []wire.ReportDay{busy, figures("2026-03-02", nil)}, Total: total})
	if err != nil {
		t.Fatal(err)
	}
	text, marked := bytes.CutPrefix(raw, []byte("\xef\xbb\xbf"))
	if !marked || bytes.Count(text, []byte("\r\n")) != 4 || bytes.Count(text, []byte("\n")) != 4 {
		t.Errorf("mark and line ends: %q", raw)
	}
	lines, err := csv.NewReader(bytes.NewReader(text)).ReadAll() // lines of unlike length are an error of it
	if err != nil {
		t.Fatal(err)
	}
	at := func(line int, column string) string {
		for i, name := range lines[0] {
			if name == column {
				return lines[line][i]
			}
		}
		t.Errorf("no column %s in %v", column, lines[0])
		return ""
	}
	for _, tt := range []struct {
		line         int
		column, want string
	}{
		{1, "day", "2026-03-01"},
		{1, "conversations", "3"},
		{1, "bot_alone", "2"},
		{1, "bot_alone_share", "0.6667"},
		{1, "handoff_asked", "1"},
		{1, "first_response_mean", "90"},
		{1, "first_response_median_within", "120"},
		{1, "resolution_median_within", "over 259200"},
		{2, "day", "2026-03-02"},
		{2, "conversations", "0"},
		{2, "bot_alone_share", ""},
		{2, "first_response_mean", ""},
		{2, "first_response_median_within", ""},
		{2, "csat_bot_mean", ""},
		{2, "handoff_asked", "0"},
		{3, "day", "total"},
		{3, "conversations", "3"},
	} {
		if got := at(tt.line, tt.column); got != tt.want {
			t.Errorf("line %d, %s: %q, want %q", tt.line, tt.column, got, tt.want)
		}
	}
}

func TestNoCellOfAFileIsAFormula(t *testing.T) {
	for in, want := range map[string]string{
		"=1+1": "'=1+1", "+86 138": "'+86 138", "-cmd": "'-cmd", "@SUM(A1)": "'@SUM(A1)", "\t=1": "'\t=1", "\r=1": "'\r=1", "＝1": "'＝1",
		"-12": "-12", "+1.5": "+1.5", "12": "12", "": "", "a=b": "a=b", "小周": "小周",
	} {
		if got := csvCell(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
	raw, err := csvFile([][]string{{"=HYPERLINK(\"x\")", "a\"b,c\nd"}})
	if err != nil {
		t.Fatal(err)
	}
	line, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(raw), "\ufeff"))).Read()
	if diff := cmp.Diff([]string{"'=HYPERLINK(\"x\")", "a\"b,c\nd"}, line); diff != "" || err != nil && !errors.Is(err, io.EOF) {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
}

func TestTheWallFromTheDesk(t *testing.T) {
	market := time.Date(2026, 3, 2, 10, 0, 0, 0, time.UTC)
	now := desk.Now{Wall: market.Add(time.Hour), Market: market}
	ago := func(d time.Duration) time.Time { return market.Add(-d) }
	waits := func(id dialog.ID, skill string, why dialog.Reason, since, due time.Time) desk.Chat {
		return desk.Chat{Conversation: id, Holder: dialog.HeldWaiting, Epoch: 2, Skill: skill, Reason: why, Since: since, Due: due}
	}
	state := desk.New()
	state.Agents["zhou"] = desk.Agent{Login: "zhou", Name: "小周", Status: desk.Online, Capacity: 5}
	state.Agents["chen"] = desk.Agent{Login: "chen", Status: desk.Away, Capacity: 3, Misses: 2}
	state.Agents["gone"] = desk.Agent{Login: "gone", Status: desk.Online, Capacity: 3, Gone: now.Wall}
	state.Agents["left"] = desk.Agent{Login: "left", Status: desk.Online, Capacity: 3, Gone: now.Wall}
	for _, c := range []desk.Chat{
		waits("d_1", "", dialog.HandoffAsked, ago(time.Minute), time.Time{}),
		waits("d_2", "appeals", dialog.HandoffVerdict, ago(3*time.Minute), market.Add(5*time.Hour)),
		waits("d_3", "", dialog.HandoffAsked, ago(2*time.Minute), market.Add(30*time.Minute)),
		{Conversation: "d_4", Holder: dialog.HeldByHuman, Agent: "zhou", Epoch: 3, Due: market.Add(-time.Minute)},
		{Conversation: "d_5", Holder: dialog.HeldByHuman, Agent: "gone", Epoch: 3},
	} {
		state.Chats[c.Conversation] = c
	}
	offered := state.Chats["d_1"]
	offered.Offer = &desk.Offer{To: "zhou", Until: now.Wall.Add(time.Minute)}
	state.Chats["d_1"] = offered
	w := sketch(state, now, desk.Default(), 4)
	if w.Waiting != 3 || w.Offered != 1 || !w.WaitingSince.Equal(ago(3*time.Minute)) {
		t.Errorf("waiting: %+v", w)
	}
	if diff := cmp.Diff([]wire.WallGroup{{Name: "asked", Count: 2, Since: ago(2 * time.Minute)}, {Name: "verdict", Count: 1, Since: ago(3 * time.Minute)}}, w.Reasons); diff != "" {
		t.Errorf("reasons (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]wire.WallGroup{{Name: "", Count: 2, Since: ago(2 * time.Minute)}, {Name: "appeals", Count: 1, Since: ago(3 * time.Minute)}}, w.Skills); diff != "" {
		t.Errorf("skills (-want +got):\n%s", diff)
	}
	ids := func(chats []wire.WallChat) (out []string) {
		for _, c := range chats {
			out = append(out, c.Conversation)
		}
		return out
	}
	// The nearest deadline first, then age; what is over is at risk as well, what is far is not.
	if diff := cmp.Diff([]string{"d_3", "d_2", "d_1"}, ids(w.Queue)); diff != "" {
		t.Errorf("queue (-want +got):\n%s", diff)
	}
	if q := w.Queue[2]; q.Agent != "zhou" || q.AgentName != "小周" || q.Place != 3 || q.Epoch != 2 {
		t.Errorf("offered: %+v", q)
	}
	if diff := cmp.Diff([]string{"d_4", "d_3"}, ids(w.Risk)); diff != "" || w.AtRisk != 2 {
		t.Errorf("at risk %d (-want +got):\n%s", w.AtRisk, diff)
	}
	// Whose buyer waits longest for him is first; who is gone is shown as long as something is his.
	agents := addOwed(w.Agents, []wire.WallChat{{Conversation: "d_5", Agent: "gone", Since: ago(time.Minute)}, {Conversation: "d_4", Agent: "zhou", Since: ago(5 * time.Minute)}, {Conversation: "d_6", Agent: "zhou"}})
	var got []string
	for _, a := range agents {
		got = append(got, a.Login+" "+a.Status+" "+whole(int64(a.Owed))+" "+a.OwedIn+" "+whole(int64(a.Open))+"/"+whole(int64(a.Capacity)))
	}
	if diff := cmp.Diff([]string{"zhou online 1 d_4 2/5", "gone gone 1 d_5 1/3", "chen away 0  0/3"}, got); diff != "" {
		t.Errorf("agents (-want +got):\n%s", diff)
	}
}
