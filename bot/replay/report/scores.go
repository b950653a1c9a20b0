package report

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
	"recourse/dialog"
)

// What stands in the place of a topic when a question was not answered.
const (
	GotAsks  = "(asks back)"
	GotFlow  = "(flow)"
	GotHuman = "(human)"
	GotNone  = string(suite.None) // declined, which is right where nothing must be answered
)

// Scores are what a run's questions say of the bot.
type Scores struct {
	Questions int `json:"questions"`
	// Right are those answered by a topic that will do, or rightly not answered. AskedRight are asked back with one that
	// will do among the choices.
	Right      int `json:"right"`
	AskedRight int `json:"asked_right"`
	AskedWrong int `json:"asked_wrong"`
	Wrong      int `json:"wrong"`   // answered by another topic
	Refused    int `json:"refused"` // not answered though it should be
	// MacroF1 is the mean over topics that are wanted or given.
	MacroF1 float64      `json:"macro_f1"`
	Topics  []TopicScore `json:"topics"` // worst F1 first
	Cells   []Cell       `json:"cells"`  // of the confusion matrix, that are not empty
	Bins    []Bin        `json:"bins"`
	ECE     float64      `json:"ece"` // expected calibration error, from 0 to 1
}

// TopicScore is how a topic fares. A ratio of nothing is 0.
type TopicScore struct {
	Topic     string  `json:"topic"`
	Wanted    int     `json:"wanted"` // questions that ask it
	Given     int     `json:"given"`  // answers that were this topic's
	Right     int     `json:"right"`
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	F1        float64 `json:"f1"`
}

// Cell says which questions wanted one topic and got another.
type Cell struct {
	Want string `json:"want"`
	Got  string `json:"got"`
	// Cases are indexes into the run's cases.
	Cases []int `json:"cases"`
}

// Bin is a stretch of confidence: of N questions whose likeliest topic was given a probability in it, Right were right.
type Bin struct {
	From  float64 `json:"from"`
	To    float64 `json:"to"`
	N     int     `json:"n"`
	Mean  float64 `json:"mean"`
	Right float64 `json:"right"` // share
}

const bins = 10

// Got is what a question came to, in the place of a topic.
func Got(a replay.Answer) string {
	switch {
	case a.Decision == replay.AsksBack:
		return GotAsks
	case a.Topic != "":
		return string(a.Topic)
	case a.Decision == replay.Flows:
		return GotFlow
	case a.Decision == replay.Human:
		return GotHuman
	}
	return GotNone
}

// does says whether a topic will do as the answer of a question.
func does(q replay.Asked, t dialog.Topic) bool { return t == q.Topic || slices.Contains(q.Accept, t) }

// Score computes the scores of a run. Of a question that was asked several times, the first trial counts.
func Score(run replay.Run) Scores {
	var s Scores
	cells := map[[2]string][]int{}
	topics := map[string]*TopicScore{}
	of := func(t string) *TopicScore {
		if topics[t] == nil {
			topics[t] = &TopicScore{Topic: t}
		}
		return topics[t]
	}
	var sums [bins]struct {
		n, right int
		p        float64
	}
	for i, c := range run.Cases {
		if c.Question == nil || len(c.Trials) == 0 || c.Trials[0].Answer == nil {
			continue
		}
		q, a := *c.Question, *c.Trials[0].Answer
		s.Questions++
		got := Got(a)
		want := string(q.Topic)
		outcome := c.Trials[0].Outcome
		right := outcome == replay.Right
		if right {
			got = want // another that will do is as good
		}
		cells[[2]string{want, got}] = append(cells[[2]string{want, got}], i)
		of(want).Wanted++
		of(got).Given++
		switch outcome {
		case replay.Right:
			s.Right++
			of(want).Right++
		case replay.Offered:
			s.AskedRight++
		case replay.Astray:
			s.AskedWrong++
		case replay.Wrong:
			s.Wrong++
		default:
			s.Refused++
		}
		if q.Topic == suite.None || len(a.Ranked) == 0 {
			continue
		}
		b := &sums[min(int(a.Confidence*bins), bins-1)]
		b.n++
		b.p += a.Confidence
		if does(q, a.Ranked[0].Topic) {
			b.right++
		}
	}
	s.Topics, s.MacroF1 = rates(topics)
	for _, k := range slices.SortedFunc(maps.Keys(cells), func(a, b [2]string) int { return slices.Compare(a[:], b[:]) }) {
		s.Cells = append(s.Cells, Cell{k[0], k[1], cells[k]})
	}
	judged := 0
	for i, b := range sums {
		bin := Bin{From: float64(i) / bins, To: float64(i+1) / bins, N: b.n}
		if b.n > 0 {
			bin.Mean, bin.Right = round(b.p/float64(b.n)), round(ratio(b.right, b.n))
		}
		s.Bins = append(s.Bins, bin)
		judged += b.n
	}
	for _, b := range s.Bins {
		if b.N > 0 {
			s.ECE += math.Abs(b.Mean-b.Right) * float64(b.N) / float64(judged)
		}
	}
	s.ECE = round(s.ECE)
	return s
}

// rates fills the ratios in; what is no topic has a row, but does not count in the mean.
func rates(topics map[string]*TopicScore) ([]TopicScore, float64) {
	var list []TopicScore
	sum, n := 0.0, 0
	for _, t := range topics {
		t.Precision, t.Recall = ratio(t.Right, t.Given), ratio(t.Right, t.Wanted)
		if t.Precision+t.Recall > 0 {
			t.F1 = 2 * t.Precision * t.Recall / (t.Precision + t.Recall)
		}
		t.Precision, t.Recall, t.F1 = round(t.Precision), round(t.Recall), round(t.F1)
		list = append(list, *t)
	}
	slices.SortFunc(list, func(a, b TopicScore) int {
		return cmp.Or(cmp.Compare(a.F1, b.F1), cmp.Compare(b.Wanted, a.Wanted), cmp.Compare(a.Topic, b.Topic))
	})
	for _, t := range list { // in order, so that the sum is the same every time
		if t.Topic != GotAsks && t.Topic != GotFlow && t.Topic != GotHuman {
			sum, n = sum+t.F1, n+1
		}
	}
	if n == 0 {
		return list, 0
	}
	return list, round(sum / float64(n))
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// round keeps four places: enough for people, and equal on every machine.
func round(f float64) float64 { return math.Round(f*1e4) / 1e4 }
