package replay

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// FormatError says that a file of a run cannot be read by this program.
type FormatError struct{ Have int }

func (e *FormatError) Error() string {
	if e.Have == 0 {
		return "this is not a run: it has no format"
	}
	return fmt.Sprintf("the run has format %d and this program reads up to %d: use a newer one", e.Have, Format)
}

// Write writes a run as JSON with one case a line, so that two runs can be compared with diff. The same run gives the
// same bytes.
func Write(w io.Writer, r Run) error {
	cases := r.Cases
	r.Cases = nil
	head, err := marshal(r)
	if err != nil {
		return fmt.Errorf("write a run: %w", err)
	}
	var b bytes.Buffer
	b.Write(bytes.TrimSuffix(head, []byte("null}")))
	b.WriteByte('[')
	for i, c := range cases {
		line, err := marshal(c)
		if err != nil {
			return fmt.Errorf("write case %s: %w", c.ID, err)
		}
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte('\n')
		b.Write(line)
	}
	b.WriteString("\n]}\n")
	_, err = w.Write(b.Bytes())
	return err
}

// marshal leaves <, > and & as they are: this is for people and diff, not for a page.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// Read reads a run that Write wrote; a *FormatError if it is none, or of a newer format.
func Read(r io.Reader) (Run, error) {
	raw, err := io.ReadAll(r)
	if err != nil {
		return Run{}, fmt.Errorf("read a run: %w", err)
	}
	var head struct {
		Format int             `json:"format"`
		Cases  json.RawMessage `json:"cases"`
	}
	if err := json.Unmarshal(raw, &head); err != nil {
		return Run{}, fmt.Errorf("read a run: %w", err)
	}
	if head.Format < 1 || head.Format > Format {
		return Run{}, &FormatError{Have: max(head.Format, 0)}
	}
	if head.Cases == nil {
		return Run{}, errors.New("read a run: it has no cases")
	}
	var run Run
	if err := json.Unmarshal(raw, &run); err != nil {
		return Run{}, fmt.Errorf("read a run: %w", err)
	}
	return run, nil
}

// Strip takes the times out of a run: when it was played and how long things took. What is left is the same for the
// same About, suites, Options and seed. The run that was given stays as it is.
func Strip(r Run) Run {
	r.Started, r.TookMS = time.Time{}, 0
	r.Cases = slices.Clone(r.Cases)
	for i := range r.Cases {
		trials := slices.Clone(r.Cases[i].Trials)
		for j := range trials {
			trials[j].TookUS = 0
		}
		r.Cases[i].Trials = trials
	}
	return r
}
