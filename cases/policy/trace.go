package policy

import (
	"fmt"
	"strings"
	"time"
)

// Step is one check of an evaluation: what it looked at, what it found, and the rule it rests on.
type Step struct {
	Check  string   `json:"check"` // owner, scope, open_case, attempts, final_ruling, reason, status, window, rule, amount, evidence, …
	Looked []Looked `json:"looked,omitempty"`
	// Found is ok, refused, ask, alert, no (a rule that does not hold), "use <reason>", or the code of the verdict.
	Found  string   `json:"found"`
	Clause string   `json:"clause,omitempty"`
	Facts  []string `json:"facts,omitempty"` // behind the clause, e.g. "F2-14"
}

// Looked is one fact that a check looked at.
type Looked struct {
	Fact  string `json:"fact"`
	Value string `json:"value"`
}

// Explain is Evaluate with the path that led to the verdict, each check in the order it was made.
func (p *Policy) Explain(f Facts, now time.Time) (Verdict, []Step) {
	var steps []Step
	j := judge{p: p, f: f, now: now, v: Verdict{Policy: p.Version, Reason: f.Reason}, trace: &steps}
	j.run()
	return j.v, steps
}

// looking is a fact that is put into words only if somebody wants the path.
type looking func() Looked

func look[T ~string](fact string, value T) looking {
	return func() Looked { return Looked{Fact: fact, Value: string(value)} }
}

func lookAll[T ~string](fact string, values []T) looking {
	return func() Looked {
		words := make([]string, len(values))
		for i, v := range values {
			words[i] = string(v)
		}
		return Looked{Fact: fact, Value: strings.Join(words, " ")}
	}
}

// at is an instant for the path.
func (j *judge) at(t time.Time) string {
	if j.trace == nil || t.IsZero() {
		return ""
	}
	return t.In(j.p.zone).Format("2006-01-02 15:04:05")
}

func (j *judge) step(check, found, clause string, looked ...looking) {
	if j.trace == nil {
		return
	}
	s := Step{Check: check, Found: found, Clause: clause}
	for _, l := range looked {
		s.Looked = append(s.Looked, l())
	}
	if clause != "" {
		s.Facts = j.p.Clauses[clause].Facts
	}
	*j.trace = append(*j.trace, s)
}

// passes is a check that either lets the evaluation go on or ends it.
func (j *judge) passes(check string, ok bool, clause string, looked ...looking) bool {
	found := "ok"
	if !ok {
		found = "refused"
	}
	j.step(check, found, clause, looked...)
	return ok
}

// stepRule is a check of a rule: each of its conditions, and what is so.
func (j *judge) stepRule(r Rule, found string) {
	if j.trace == nil {
		return
	}
	var looked []looking
	for _, c := range r.If {
		name, want, _ := strings.Cut(c, "=")
		p, _, _ := condition(c)
		is := strings.Join(p.found(j), " ")
		looked = append(looked, look(name, fmt.Sprintf("%s (if %s)", is, want)))
	}
	if r.Code != "" && found == "refused" {
		found = string(r.Code)
	}
	if r.Ask != "" && found == "ask" {
		found = "ask " + string(r.Ask)
	}
	j.step("rule", found, r.Clause, looked...)
}
