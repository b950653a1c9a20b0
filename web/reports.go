package web

import (
	"context"
	"fmt"
	"maps"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"recourse/dialog"
	"recourse/web/wire"
)

// What the figures of a report mean, and what they do not.
//
// A figure belongs to the day on which it happened, in the zone of the policy, by the marketplace's clock: a
// conversation that is handed off on Monday and answered on Tuesday has its handoff on Monday and its first response on
// Tuesday. So the figures of a day that is over do not change any more, but for what is counted late after a fault.
//
//   - Talks: conversations in which the buyer wrote, pressed or sent something that day. A buyer has one conversation
//     for good, so this counts buyers of the day, not matters; a conversation that was opened and left silent is none.
//   - Handed: of those, the ones for which a person was wanted or there at any time of the day.
//   - Contained: the others. It says that the bot was alone with them, not that it helped: somebody may have given up,
//     or come back the next day and asked for a person. Today's are counted until now.
//   - Handoffs: how often a conversation went from the bot to wait for a person, or to one who took it; a transfer from
//     one agent to another is none. Reasons are the conversation's (dialog.Reason); "taken": an agent took it unasked.
//   - FirstResponse: from the handoff to the first text of an agent to the buyer. That an agent is there, is not a
//     response, and neither are notes. A handoff that nobody answered is not in it, so see Left beside it.
//   - Resolution: from the handoff to the bot having the conversation back after an agent had it, whoever gave it back.
//     It holds the time in which nobody wrote before it went back by itself. It is no word on the case, which may run on.
//   - Left: handoffs that the buyer took back before an agent came.
//   - Missed: offers to an agent who was there that ran out. One that he declined is none.
//   - Filed, Escalated, Rulings, Appeals, Overturned: what happened to cases. Rulings are first ones; a settlement that
//     both sides agreed on is none. Overturned is by the day of the appeal's decision, not of the ruling, so it is no
//     share of the same day's rulings. Complaints are not in them.
//   - CSATBot, CSATHuman: what buyers answered, by the day on which they were asked and as it stands now; who does not
//     answer is not in it. They are read from the scores (scores.go), which may still change.

// Names of what is counted. Those of times and scores have more fields beside them (Fields).
const (
	CountTalks         = "talks"
	CountHanded        = "handed"
	CountHandoff       = "handoff" // and handoff:<reason>
	CountFirstResponse = "first_response"
	CountResolution    = "resolution"
	CountLeft          = "left"
	CountMissed        = "missed"
	CountFiled         = "filed"
	CountEscalated     = "escalated"
	CountRuling        = "ruling" // and ruling:<event>
	CountAppeal        = "appeal"
	CountOverturned    = "overturned"
	CountCSATBot       = "csat_bot"
	CountCSATHuman     = "csat_human"
)

// reasonTaken is the reason of a handoff that nobody gave one for: an agent took the conversation unasked.
const reasonTaken = "taken"

// spanBounds are the upper bounds of the spans of times, in seconds.
var spanBounds = []int64{10, 30, 60, 120, 300, 600, 1200, 1800, 3600, 2 * 3600, 4 * 3600, 8 * 3600, 24 * 3600, 48 * 3600, 72 * 3600}

// Fact is something to count: once more of a name on a day. Of a time, Value is how many seconds it took; of a score,
// what it is, from 1 to 5; else it means nothing.
type Fact struct {
	Day   string // 2026-11-26
	Name  string
	Value int64
}

// Fields are the counters of a fact, and by how much they grow.
func (f Fact) Fields() map[string]int64 {
	out := map[string]int64{f.Name: 1}
	switch f.Name {
	case CountFirstResponse, CountResolution:
		at, _ := slices.BinarySearch(spanBounds, f.Value)
		out[f.Name+":sum"], out[f.Name+":"+strconv.Itoa(at)] = f.Value, 1
	case CountCSATBot, CountCSATHuman:
		out[f.Name+":sum"], out[f.Name+":"+strconv.FormatInt(f.Value, 10)] = f.Value, 1
	default:
		if name, _, part := strings.Cut(f.Name, ":"); part {
			out[name] = 1
		}
	}
	return out
}

// Reports are the counters by day.
type Reports interface {
	// Read answers the counters of each day, in the order of the days; of a day on which nothing happened there are none.
	Read(ctx context.Context, days []string) ([]map[string]int64, error)
	// Count counts a fact once: again under the same key, on the same day, it changes nothing.
	Count(ctx context.Context, once string, f Fact) error
}

// reportDays is how many days a report has at most.
const reportDays = 366

type reportQuery struct {
	From string `query:"from" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" doc:"The first day; without it, the week up to the last." example:"2026-11-20"`
	To   string `query:"to" pattern:"^[0-9]{4}-[0-9]{2}-[0-9]{2}$" doc:"The last day; without it, today." example:"2026-11-26"`
}

// reportRoutes let supervisors read and save the figures of days.
func (a *rest) reportRoutes() {
	agentOperation(a, may(huma.Operation{
		OperationID: "agentGetReports", Method: http.MethodGet, Path: "/api/agent/reports", Tags: []string{tagDesk},
		Summary:     "Read the figures of days",
		Description: "For supervisors: conversations, handoffs and why, times, rulings and what buyers thought, by the days of the marketplace, at most 366 of them. Today is not over, so its figures grow.",
	}, CodeFieldRequired, CodeBadRequest), func(ctx context.Context, _ Agent, in *reportQuery) (*answer[wire.Report], error) {
		r, err := a.report(ctx, *in)
		return &answer[wire.Report]{r}, err
	})
	saved := may(huma.Operation{
		OperationID: "agentSaveReports", Method: http.MethodGet, Path: "/api/agent/reports.csv", Tags: []string{tagDesk},
		Summary:     "Save the figures of days",
		Description: "What agentGetReports answers, a line for each day, as CSV (RFC 4180, UTF-8 with a byte order mark). Times are in seconds; shares are from 0 to 1, and empty where there is nothing to share.",
	}, CodeFieldRequired, CodeBadRequest)
	saved.Responses = csvResponse()
	agentOperation(a, saved, func(ctx context.Context, _ Agent, in *reportQuery) (*csvAnswer, error) {
		r, err := a.report(ctx, *in)
		if err != nil {
			return nil, err
		}
		raw, err := reportCSV(r)
		return csvFileAnswer(fmt.Sprintf("recourse-%s-%s.csv", r.From, r.To), raw), err
	})
}

// report is the figures of the days that were asked for.
func (a *rest) report(ctx context.Context, q reportQuery) (wire.Report, error) {
	zone := a.Policy("").Zone()
	today := a.Now().In(zone).Format(time.DateOnly)
	days, err := daysOf(q, today)
	if err != nil {
		return wire.Report{}, err
	}
	r := wire.Report{From: days[0], To: days[len(days)-1], Today: today, Zone: zone.String(), Bounds: spanBounds}
	trailIn(ctx).detail("from", r.From)
	trailIn(ctx).detail("to", r.To)
	counts, err := a.Reports.Read(ctx, days)
	if err != nil {
		return r, err
	}
	if err := a.addScores(ctx, days, zone, counts); err != nil {
		return r, err
	}
	all := map[string]int64{}
	for i, day := range days {
		r.Days = append(r.Days, figures(day, counts[i]))
		for field, n := range counts[i] {
			all[field] += n
		}
	}
	r.Total = figures("", all)
	return r, nil
}

// addScores adds what buyers answered to the counters of the days on which they were asked.
func (a *rest) addScores(ctx context.Context, days []string, zone *time.Location, counts []map[string]int64) error {
	from, err := time.ParseInLocation(time.DateOnly, days[0], zone)
	if err != nil {
		return fmt.Errorf("read day %s: %w", days[0], err)
	}
	list, err := a.Scores.Scores(ctx, from, from.AddDate(0, 0, len(days)))
	if err != nil {
		return err
	}
	byDay := map[string][]Scored{}
	for _, s := range list {
		day := dayIn(s.AskedAt, zone)
		byDay[day] = append(byDay[day], s)
	}
	for i, day := range days {
		for by, t := range TallyScores(byDay[day]) {
			name := CountCSATHuman
			if by == dialog.FromBot {
				name = CountCSATBot
			}
			for stars, times := range t.Stars {
				for field, n := range (Fact{Name: name, Value: int64(stars + 1)}).Fields() {
					counts[i][field] += n * int64(times)
				}
			}
		}
	}
	return nil
}

// daysOf are the days of a range, the first first. Days are of no zone here.
func daysOf(q reportQuery, today string) ([]string, error) {
	if q.To == "" {
		q.To = today
	}
	to, err := time.Parse(time.DateOnly, q.To)
	if err != nil {
		return nil, refuse(CodeBadRequest)
	}
	from := to.AddDate(0, 0, -6)
	if q.From != "" {
		if from, err = time.Parse(time.DateOnly, q.From); err != nil {
			return nil, refuse(CodeBadRequest)
		}
	}
	if from.After(to) || from.AddDate(0, 0, reportDays).Before(to.AddDate(0, 0, 1)) {
		return nil, refuse(CodeBadRequest)
	}
	var days []string
	for day := from; !day.After(to); day = day.AddDate(0, 0, 1) {
		days = append(days, day.Format(time.DateOnly))
	}
	return days, nil
}

// figures are the counters of a day, or the sum of several.
func figures(day string, n map[string]int64) wire.ReportDay {
	return wire.ReportDay{
		Day: day, Talks: n[CountTalks], Handed: n[CountHanded], Contained: max(0, n[CountTalks]-n[CountHanded]),
		Handoffs: n[CountHandoff], Reasons: parts(n, CountHandoff),
		FirstResponse: timesOf(n, CountFirstResponse), Resolution: timesOf(n, CountResolution),
		Left: n[CountLeft], Missed: n[CountMissed],
		Filed: n[CountFiled], Escalated: n[CountEscalated], Rulings: n[CountRuling], Outcomes: parts(n, CountRuling),
		Appeals: n[CountAppeal], Overturned: n[CountOverturned],
		CSATBot: scoreOf(n, CountCSATBot), CSATHuman: scoreOf(n, CountCSATHuman),
	}
}

func parts(n map[string]int64, name string) map[string]int64 {
	out := map[string]int64{}
	for field, v := range n {
		if part, ok := strings.CutPrefix(field, name+":"); ok {
			out[part] = v
		}
	}
	return out
}

func timesOf(n map[string]int64, name string) wire.Times {
	t := wire.Times{Count: n[name], Spans: make([]int64, len(spanBounds)+1)}
	if t.Count == 0 {
		return t
	}
	for i := range t.Spans {
		t.Spans[i] = n[name+":"+strconv.Itoa(i)]
	}
	t.Mean = int64(math.Round(float64(n[name+":sum"]) / float64(t.Count)))
	t.Median, t.Nine = within(t.Spans, t.Count, 5), within(t.Spans, t.Count, 9)
	return t
}

// within is the upper bound of the span in which so many tenths of all are, -1 if it has none.
func within(spans []int64, count, tenths int64) int64 {
	var below int64
	for i, n := range spans {
		if below += n; below*10 >= count*tenths && i < len(spanBounds) {
			return spanBounds[i]
		}
	}
	return -1
}

func scoreOf(n map[string]int64, name string) wire.Score {
	s := wire.Score{Count: n[name], Stars: make([]int64, 5)}
	for i := range s.Stars {
		s.Stars[i] = n[name+":"+strconv.Itoa(i+1)]
	}
	if s.Count > 0 {
		s.Mean = math.Round(100*float64(n[name+":sum"])/float64(s.Count)) / 100
	}
	return s
}

// reportCSV is a report as a file: a line for each day, and one for all of them.
func reportCSV(r wire.Report) ([]byte, error) {
	reasons, outcomes := slices.Sorted(maps.Keys(r.Total.Reasons)), slices.Sorted(maps.Keys(r.Total.Outcomes))
	head := []string{
		"day", "conversations", "with_a_person", "bot_alone", "bot_alone_share", "handoffs", "first_response_count", "first_response_mean", "first_response_median_within",
		"first_response_nine_of_ten_within", "resolution_count", "resolution_mean", "resolution_median_within", "resolution_nine_of_ten_within", "left_before_an_agent", "offers_missed",
		"cases_filed", "cases_escalated", "rulings", "appeals", "overturned", "csat_bot_count", "csat_bot_mean", "csat_human_count", "csat_human_mean",
	}
	for _, name := range reasons {
		head = append(head, "handoff_"+name)
	}
	for _, name := range outcomes {
		head = append(head, "ruling_"+name)
	}
	lines := [][]string{head}
	total := r.Total
	total.Day = "total"
	for _, d := range append(slices.Clone(r.Days), total) {
		share := ""
		if d.Talks > 0 {
			share = strconv.FormatFloat(float64(d.Contained)/float64(d.Talks), 'f', 4, 64)
		}
		line := []string{d.Day, whole(d.Talks), whole(d.Handed), whole(d.Contained), share, whole(d.Handoffs)}
		for _, t := range []wire.Times{d.FirstResponse, d.Resolution} {
			line = append(line, whole(t.Count), ifAny(t.Count, whole(t.Mean)), within10(t.Count, t.Median), within10(t.Count, t.Nine))
		}
		for _, n := range []int64{d.Left, d.Missed, d.Filed, d.Escalated, d.Rulings, d.Appeals, d.Overturned} {
			line = append(line, whole(n))
		}
		for _, s := range []wire.Score{d.CSATBot, d.CSATHuman} {
			line = append(line, whole(s.Count), ifAny(s.Count, strconv.FormatFloat(s.Mean, 'f', 2, 64)))
		}
		for _, name := range reasons {
			line = append(line, whole(d.Reasons[name]))
		}
		for _, name := range outcomes {
			line = append(line, whole(d.Outcomes[name]))
		}
		lines = append(lines, line)
	}
	return csvFile(lines)
}

func whole(n int64) string { return strconv.FormatInt(n, 10) }

func ifAny(count int64, s string) string {
	if count == 0 {
		return ""
	}
	return s
}

// within10 is a bound; above the last one it says so, for there is no number for it.
func within10(count, bound int64) string {
	if bound < 0 {
		return "over " + whole(spanBounds[len(spanBounds)-1])
	}
	return ifAny(count, whole(bound))
}
