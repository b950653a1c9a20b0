package report

import (
	"cmp"
	"slices"
	"time"

	"recourse/bot/replay"
)

// Point is a run in a row of runs.
type Point struct {
	Name    string                `json:"name"` // of its file
	Started time.Time             `json:"started"`
	About   replay.About          `json:"about"`
	Cases   int                   `json:"cases"`
	Status  map[replay.Status]int `json:"status"`
	// Right is the share of questions answered by a topic that will do, or rightly not; MacroF1 as in Scores.
	Questions int     `json:"questions"`
	Right     float64 `json:"right"`
	MacroF1   float64 `json:"macro_f1"`
}

// PointOf is a run's point.
func PointOf(name string, run replay.Run) Point {
	p := Point{Name: name, Started: run.Started, About: run.About, Cases: len(run.Cases), Status: map[replay.Status]int{}}
	for _, c := range run.Cases {
		p.Status[c.Status]++
	}
	s := Score(run)
	p.Questions, p.Right, p.MacroF1 = s.Questions, round(ratio(s.Right, s.Questions)), s.MacroF1
	return p
}

// Trend puts points in order of time.
func Trend(points []Point) []Point {
	list := slices.Clone(points)
	slices.SortStableFunc(list, func(a, b Point) int { return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.Name, b.Name)) })
	return list
}
