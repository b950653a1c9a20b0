package replay

import (
	"encoding/json"
	"fmt"
	"regexp"
)

// drawn are ids that a stage draws (internal/ids). They differ with the seed and mean nothing by themselves.
var drawn = regexp.MustCompile(`\b[a-z]{1,3}_[0-9]{3}_[0-9A-Z]{4,}`)

// fingerprint is the same for trials that came out the same: everything that was seen, but for how long it took and how
// drawn ids read. Ids are numbered as they appear, so that it still differs when another thing is meant.
func (t Trial) fingerprint() string {
	t.Times, t.TookUS = 0, 0
	raw, err := json.Marshal(t)
	if err != nil {
		return err.Error() // a Trial is plain data; there is none that cannot be written
	}
	numbers := map[string]string{}
	return drawn.ReplaceAllStringFunc(string(raw), func(id string) string {
		if _, ok := numbers[id]; !ok {
			numbers[id] = fmt.Sprintf("id#%d", len(numbers)+1)
		}
		return numbers[id]
	})
}

// Passed says that everything expected held.
func (t Trial) Passed() bool { return len(t.Failures) == 0 }

// Passes counts the trials of a case that passed, of how many.
func (r Result) Passes() (passed, of int) {
	for _, t := range r.Trials {
		of += t.Times
		if t.Passed() {
			passed += t.Times
		}
	}
	return passed, of
}

func (r Result) verdict() Status {
	switch passed, of := r.Passes(); passed {
	case of:
		return Passed
	case 0:
		return Failed
	}
	return Flaky
}

// Scored says that a case was played and judged: neither skipped, nor broken, nor failed by its stage.
func (r Result) Scored() bool { return r.Status == Passed || r.Status == Failed || r.Status == Flaky }

// Flaky are the cases that passed in some trials and not in others, by id.
func (r Run) Flaky() []Result {
	var out []Result
	for _, c := range r.Cases {
		if c.Status == Flaky {
			out = append(out, c)
		}
	}
	return out
}

// Count is how many cases have each status.
func (r Run) Count() map[Status]int {
	out := map[Status]int{}
	for _, c := range r.Cases {
		out[c.Status]++
	}
	return out
}

// PassRate is the share of passed trials among all, from 0 to 1, over the cases that were scored or should have been:
// a broken case and one whose stage failed count as not passed. NaN-free: without such cases it is 0.
func (r Run) PassRate() float64 { return r.PassK(1) }

// PassK estimates how likely a case passes k times in a row, from n ≥ k trials of each, on average over the cases
// (pass^k, the mean of C(passed,k)/C(n,k)). With k = 1 it is the pass rate. Cases with fewer trials than k are left out,
// skipped ones too; a broken case and one whose stage failed count as never passing. Without any case it is 0.
func (r Run) PassK(k int) float64 {
	sum, n := 0.0, 0
	for _, c := range r.Cases {
		switch {
		case c.Status == Skipped:
		case !c.Scored():
			n++
		default:
			passed, of := c.Passes()
			if of >= k {
				n++
				sum += inARow(passed, of, k)
			}
		}
	}
	if n == 0 {
		return 0
	}
	return sum / float64(n)
}

// inARow is C(passed,k)/C(of,k).
func inARow(passed, of, k int) float64 {
	p := 1.0
	for i := range k {
		p *= float64(max(passed-i, 0)) / float64(of-i)
	}
	return p
}
