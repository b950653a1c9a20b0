package report

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"recourse/bot/replay"
	"recourse/bot/replay/suite"
)

type junitSuites struct {
	XMLName  xml.Name     `xml:"testsuites"`
	Name     string       `xml:"name,attr"`
	Tests    int          `xml:"tests,attr"`
	Failures int          `xml:"failures,attr"`
	Errors   int          `xml:"errors,attr"`
	Skipped  int          `xml:"skipped,attr"`
	Time     string       `xml:"time,attr"`
	Suites   []junitSuite `xml:"testsuite"`
}

type junitSuite struct {
	Name     string      `xml:"name,attr"`
	Tests    int         `xml:"tests,attr"`
	Failures int         `xml:"failures,attr"`
	Errors   int         `xml:"errors,attr"`
	Skipped  int         `xml:"skipped,attr"`
	Time     string      `xml:"time,attr"`
	Cases    []junitCase `xml:"testcase"`
}

type junitCase struct {
	Name    string     `xml:"name,attr"`
	Class   string     `xml:"classname,attr"`
	File    string     `xml:"file,attr"`
	Line    int        `xml:"line,attr,omitempty"`
	Time    string     `xml:"time,attr"`
	Failure *junitText `xml:"failure"`
	Error   *junitText `xml:"error"`
	Skipped *junitText `xml:"skipped"`
	Out     string     `xml:"system-out,omitempty"`
}

type junitText struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",chardata"`
}

// JUnit writes a run as JUnit XML, one testsuite per file of cases, so that a CI goes red for the same as the command
// does. What stops no release is skipped with its failure as the message, which the output has whole: of tier soft or
// unreliable, recorded and read by nobody, and with a verdict (held; nil without a baseline) what failed in the same way
// when the baseline was blessed ("known failure: …"). What spoils a verdict is an error, of a suite "run" where it is of no
// case that was played; so is an interruption.
func JUnit(w io.Writer, run replay.Run, held *replay.Verdict) error {
	all := junitSuites{Name: "recourse replay"}
	at := map[string]int{}
	took := map[string]int64{}
	total := int64(0)
	put := func(file string, j junitCase, us int64) {
		i, ok := at[file]
		if !ok {
			i = len(all.Suites)
			at[file] = i
			all.Suites = append(all.Suites, junitSuite{Name: file})
		}
		s := &all.Suites[i]
		s.Cases = append(s.Cases, j)
		s.Tests++
		switch {
		case j.Failure != nil:
			s.Failures++
		case j.Error != nil:
			s.Errors++
		case j.Skipped != nil:
			s.Skipped++
		}
		took[s.Name] += us
		total += us
	}
	found, spoilt := map[string]replay.Finding{}, []replay.Finding{}
	if held != nil {
		for _, f := range held.Findings { // what spoils, and then what stops, comes first
			if _, ok := found[f.ID]; !ok && f.ID != "" {
				found[f.ID] = f
			}
			if f.Effect == replay.Spoils {
				spoilt = append(spoilt, f)
			}
		}
	}
	if held == nil && !run.Complete {
		spoilt = append(spoilt, replay.Finding{Rule: replay.RuleIncomplete, Text: fmt.Sprintf("the run was interrupted after %d cases", len(run.Cases))})
	}
	played := map[string]bool{}
	for _, c := range run.Cases {
		j, us := junitOf(c)
		if held != nil {
			j.hold(found[c.ID])
		}
		played[c.ID] = true
		put(c.Pos.File, j, us)
	}
	for _, f := range spoilt {
		if !played[f.ID] {
			put(whole, junitCase{Name: cmp.Or(f.ID, string(f.Rule)), Class: whole, Time: seconds(0), Error: &junitText{Message: f.Text, Type: string(f.Rule)}}, 0)
		}
	}
	for i := range all.Suites {
		s := &all.Suites[i]
		s.Time = seconds(took[s.Name])
		all.Tests, all.Failures, all.Errors, all.Skipped = all.Tests+s.Tests, all.Failures+s.Failures, all.Errors+s.Errors, all.Skipped+s.Skipped
	}
	all.Time = seconds(total)
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	enc := xml.NewEncoder(w)
	enc.Indent("", "  ")
	if err := enc.Encode(all); err != nil {
		return fmt.Errorf("write JUnit: %w", err)
	}
	return nil
}

// whole is the suite of what is wrong and of no case.
const whole = "run"

// hold makes of a case what the gate found in it.
func (j *junitCase) hold(f replay.Finding) {
	switch {
	case j.Error != nil:
	case f.Effect == replay.Spoils:
		if j.Failure != nil {
			j.Out = j.Failure.Text
		}
		j.Failure, j.Skipped, j.Error = nil, nil, &junitText{Message: f.Text, Type: string(f.Rule)}
	case j.Failure != nil && f.Effect == replay.Stops:
		j.Failure.Type = string(f.Rule)
		j.Failure.Text = f.Text + "\n" + j.Failure.Text
	case j.Failure != nil:
		j.Skipped, j.Out, j.Failure = &junitText{Message: "known failure: " + j.Failure.Message}, j.Failure.Text, nil
	}
}

func junitOf(c replay.Result) (junitCase, int64) {
	j := junitCase{Name: c.ID, Class: strings.TrimSuffix(c.Pos.File, suffix(c.Pos.File)), File: c.Pos.File, Line: c.Pos.Line}
	us := int64(0)
	for _, t := range c.Trials {
		us += t.TookUS
	}
	j.Time = seconds(us)
	switch c.Status {
	case replay.Passed:
	case replay.Skipped:
		j.Skipped = &junitText{Message: c.Why}
	case replay.Failed, replay.Flaky:
		text := failures(c)
		head, _, _ := strings.Cut(text, "\n")
		if c.Status == replay.Flaky {
			passed, of := c.Passes()
			head = fmt.Sprintf("flaky, %d of %d passed: %s", passed, of, head)
		}
		if c.Tier == suite.Soft || c.Tier == suite.Unreliable || c.Review == suite.Pending {
			why := string(c.Tier)
			if c.Review == suite.Pending {
				why = string(c.Review)
			}
			j.Skipped, j.Out = &junitText{Message: why + ": " + head}, text
			break
		}
		j.Failure = &junitText{Message: head, Type: string(c.Status), Text: text}
	default: // broken, error: and what a later version calls otherwise is no pass
		j.Error = &junitText{Message: c.Why, Type: string(c.Status)}
	}
	return j, us
}

// failures are a case's failures in words, one a line, of the first trial that has any.
func failures(c replay.Result) string {
	var b strings.Builder
	for _, t := range c.Trials {
		if len(t.Failures) == 0 {
			continue
		}
		for _, f := range t.Failures {
			where := "whole conversation"
			if f.Step > 0 {
				where = fmt.Sprintf("step %d", f.Step)
			}
			if c.Question != nil {
				where = fmt.Sprintf("%q", c.Question.Text)
			}
			fmt.Fprintf(&b, "%s: %s: %s: want %s, got %s\n", f.Pos, where, f.What, f.Want, f.Got)
		}
		break
	}
	return b.String()
}

func seconds(us int64) string { return fmt.Sprintf("%.6f", float64(us)/1e6) }

func suffix(file string) string {
	if i := strings.LastIndexByte(file, '.'); i > strings.LastIndexByte(file, '/') {
		return file[i:]
	}
	return ""
}
