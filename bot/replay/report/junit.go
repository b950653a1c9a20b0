package report

import (
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

// JUnit writes a run as JUnit XML, one testsuite per file of cases. What stops no release (tier soft or unreliable) is
// skipped with its failure as the message, so that a CI goes red for the same as the gate does.
func JUnit(w io.Writer, run replay.Run) error {
	all := junitSuites{Name: "recourse replay"}
	at := map[string]int{}
	took := map[string]int64{}
	total := int64(0)
	for _, c := range run.Cases {
		i, ok := at[c.Pos.File]
		if !ok {
			i = len(all.Suites)
			at[c.Pos.File] = i
			all.Suites = append(all.Suites, junitSuite{Name: c.Pos.File})
		}
		s := &all.Suites[i]
		j, us := junitOf(c)
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
		if c.Tier == suite.Soft || c.Tier == suite.Unreliable {
			j.Skipped, j.Out = &junitText{Message: string(c.Tier) + ": " + head}, text
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
