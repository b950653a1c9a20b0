package llm

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/cenkalti/backoff/v5"
)

const (
	tries      = 3
	mostAnswer = 1 << 20 // bytes of an answer that are read
	mostError  = 16 << 10
)

type triesKey struct{}

// patient sends a request again on 429, 5xx and broken connections while there is time. Nothing is sent again once an
// answer has begun.
type patient struct {
	http  *http.Client
	pause time.Duration
}

func (p patient) Do(req *http.Request) (*http.Response, error) {
	ctx := req.Context()
	count, _ := ctx.Value(triesKey{}).(*int)
	var last *http.Response // the latest refusal, to be handed on with its body
	wait := backoff.NewExponentialBackOff()
	wait.InitialInterval, wait.MaxInterval = p.pause, 2*time.Second
	res, err := backoff.Retry(ctx, func() (*http.Response, error) {
		if count != nil {
			*count++
		}
		again := req.Clone(ctx)
		if req.GetBody != nil {
			body, err := req.GetBody()
			if err != nil {
				return nil, backoff.Permanent(err)
			}
			again.Body = body
		}
		res, err := p.http.Do(again)
		if err != nil {
			last = nil
			if ctx.Err() != nil {
				err = backoff.Permanent(err)
			}
			return nil, err
		}
		if res.StatusCode != http.StatusTooManyRequests && res.StatusCode < http.StatusInternalServerError {
			res.Body = struct {
				io.Reader
				io.Closer
			}{io.LimitReader(res.Body, mostAnswer), res.Body}
			return res, nil
		}
		raw, err := io.ReadAll(io.LimitReader(res.Body, mostError))
		if err = errors.Join(err, res.Body.Close()); err != nil {
			return nil, err
		}
		res.Body = io.NopCloser(bytes.NewReader(raw))
		last = res
		return nil, retryAfter(ctx, res)
	}, backoff.WithBackOff(wait), backoff.WithMaxTries(tries))
	if err != nil && last != nil {
		return last, nil
	}
	return res, err
}

// retryAfter is the error of a refusal: when to come again, or not at all if there is no time for that.
func retryAfter(ctx context.Context, res *http.Response) error {
	err := fmt.Errorf("status %d", res.StatusCode)
	seconds, bad := strconv.Atoi(res.Header.Get("Retry-After"))
	if bad != nil || seconds < 0 {
		return err
	}
	if end, ok := ctx.Deadline(); ok && time.Until(end) <= time.Duration(seconds)*time.Second {
		return backoff.Permanent(err)
	}
	return backoff.RetryAfter(seconds)
}
