package remote

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"recourse/bot/replay"
	"recourse/bot/replay/labwire"
	"recourse/web/wire"
)

// refusal is an answer that is no success.
type refusal struct {
	Status int
	Code   string
	Text   string
	After  time.Duration // before it is asked again
}

func (e *refusal) Error() string { return fmt.Sprintf("HTTP %d %s: %s", e.Status, e.Code, e.Text) }

const (
	maxAnswer = 8 << 20
	patient   = 40 // times that a request is sent again because there were too many
	afterThat = 200 * time.Millisecond
)

// call sends a request and reads the answer; one that comes too fast is sent again when the server says.
func (s *Stage) call(ctx context.Context, method, path string, header map[string]string, in, out any) (int, error) {
	var raw []byte
	if in != nil {
		var err error
		if raw, err = json.Marshal(in); err != nil {
			return 0, fmt.Errorf("encode a request: %w", err)
		}
	}
	for try := 1; ; try++ {
		res, err := s.send(ctx, method, path, header, raw)
		if err != nil {
			return 0, err
		}
		status, err := take(res, out)
		no, _ := err.(*refusal)
		if no == nil {
			return status, err
		}
		s.refused(no.Code)
		if no.Status != http.StatusTooManyRequests && no.Status != http.StatusServiceUnavailable || try == patient {
			return status, err
		}
		t := time.NewTimer(max(no.After, afterThat))
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return status, ctx.Err()
		}
	}
}

// send sends one request to the server, or to an address that it gave.
func (s *Stage) send(ctx context.Context, method, path string, header map[string]string, body []byte) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, method, s.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := s.http.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	return res, nil
}

// take reads an answer; a *refusal if it is no success.
func take(res *http.Response, out any) (int, error) {
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return res.StatusCode, fmt.Errorf("read an answer: %w", err)
	}
	if res.StatusCode/100 != 2 {
		no := &refusal{Status: res.StatusCode, Text: string(raw[:min(len(raw), 200)])}
		var e wire.APIError
		if json.Unmarshal(raw, &e) == nil && e.Error.Code != "" {
			no.Code, no.Text = e.Error.Code, e.Error.MessageEN
		}
		var p labwire.Problem
		if res.StatusCode == http.StatusUnprocessableEntity && json.Unmarshal(raw, &p) == nil && p.Kind != "" {
			no.Code, no.Text = p.Kind, p.Text
		}
		if n, err := strconv.Atoi(res.Header.Get("Retry-After")); err == nil {
			no.After = time.Duration(n) * time.Second
		}
		return res.StatusCode, no
	}
	if out != nil && len(raw) > 0 {
		if err := json.Unmarshal(raw, out); err != nil {
			return res.StatusCode, nil // a page where an answer was looked for: the caller sees nothing in it
		}
	}
	return res.StatusCode, nil
}

// post asks the lab.
func (s *Stage) post(ctx context.Context, what string, in, out any) error {
	_, err := s.call(ctx, http.MethodPost, labwire.Path+"/"+what, nil, in, out)
	return asSuite(err)
}

// asSuite is what a refusal means for a case.
func asSuite(err error) error {
	no, _ := err.(*refusal)
	switch {
	case no == nil:
		return err
	case no.Code == labwire.BrokenCase:
		return fmt.Errorf("%w: %s", replay.ErrSuite, no.Text)
	case no.Code == labwire.NotOffered, no.Status == http.StatusConflict, no.Status == http.StatusForbidden, no.Status == http.StatusUnprocessableEntity, no.Status == http.StatusBadRequest:
		return fmt.Errorf("%w: %w", replay.ErrNotOffered, no)
	}
	return err
}
