package webhooks

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
)

const (
	// Timeout is how long an endpoint has for its whole answer.
	Timeout = 10 * time.Second
	// maxAnswer is how much of an answer is read; only the status counts.
	maxAnswer = 4 << 10
	// maxAnswerHeader bounds the header of an answer.
	maxAnswerHeader = 16 << 10
	idleWait        = 30 * time.Second
	userAgent       = "Recourse-Webhooks/1"
)

// Sender makes attempts.
type Sender struct {
	Now     func() time.Time
	Timeout time.Duration
	client  *http.Client
}

// NewSender makes a Sender that connects where reach admits. Proxies of the environment are not used: they
// would connect for it.
func NewSender(reach Reach, lookup Lookup, now func() time.Time) *Sender {
	return &Sender{Now: now, Timeout: Timeout, client: &http.Client{
		Transport: &http.Transport{
			DialContext: reach.Dial(lookup), TLSHandshakeTimeout: Timeout, ForceAttemptHTTP2: true,
			MaxIdleConnsPerHost: 8, MaxIdleConns: 512, IdleConnTimeout: idleWait,
			MaxResponseHeaderBytes: maxAnswerHeader, DisableCompression: true,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Close lets go of idle connections.
func (s *Sender) Close() { s.client.CloseIdleConnections() }

// Send makes one attempt. It does not fail: what went wrong is the attempt's class. When ctx ends before the
// endpoint answered, the class is ClassTimeout and ctx.Err says so.
func (s *Sender) Send(ctx context.Context, ep Endpoint, d Delivery) Attempt {
	at := s.Now()
	a := Attempt{At: at.UTC()}
	a.Status, a.RetryAfter, a.Class = s.send(ctx, ep, d, at)
	a.Took = s.Now().Sub(at).Round(time.Millisecond)
	return a
}

func (s *Sender) send(ctx context.Context, ep Endpoint, d Delivery, at time.Time) (int, time.Duration, Class) {
	body, err := d.Body()
	if err != nil {
		return 0, 0, ClassOther
	}
	signature, err := Sign(ep.Live(at), d.Event.ID, at, body)
	if err != nil {
		return 0, 0, ClassSecret
	}
	ctx, cancel := context.WithTimeout(ctx, s.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, ep.URL, bytes.NewReader(body))
	if err != nil {
		return 0, 0, ClassOther
	}
	h := req.Header
	h.Set("Content-Type", "application/json")
	h.Set("User-Agent", userAgent)
	h.Set(HeaderID, d.Event.ID)
	h.Set(HeaderTimestamp, strconv.FormatInt(at.Unix(), 10))
	h.Set(HeaderSignature, signature)
	res, err := s.client.Do(req)
	if err != nil {
		return 0, 0, classOf(err)
	}
	defer res.Body.Close()
	// What is left unread costs the connection, which is the answerer's loss.
	if _, err := io.Copy(io.Discard, io.LimitReader(res.Body, maxAnswer)); err != nil {
		return res.StatusCode, 0, classOf(err)
	}
	return res.StatusCode, retryAfter(res.Header.Get("Retry-After"), at), classOfStatus(res.StatusCode)
}

func classOfStatus(status int) Class {
	switch {
	case status >= 200 && status < 300:
		return ""
	case status == http.StatusGone:
		return ClassGone
	case status >= 500:
		return ClassServer
	case status >= 400:
		return ClassClient
	case status >= 300:
		return ClassRedirect
	default:
		return ClassOther
	}
}

func classOf(err error) Class {
	var (
		name    *net.DNSError
		cert    *tls.CertificateVerificationError
		record  tls.RecordHeaderError
		unknown x509.UnknownAuthorityError
		alert   tls.AlertError
		timeout net.Error
	)
	switch {
	case errors.Is(err, ErrBlocked):
		return ClassBlocked
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, context.Canceled), errors.As(err, &timeout) && timeout.Timeout():
		return ClassTimeout
	case errors.As(err, &name):
		return ClassDNS
	case errors.As(err, &cert), errors.As(err, &record), errors.As(err, &unknown), errors.As(err, &alert),
		strings.Contains(err.Error(), "server gave HTTP response to HTTPS client"):
		return ClassTLS
	default:
		return ClassConnect
	}
}

// retryAfter reads seconds or a date; anything else is no wish.
func retryAfter(v string, now time.Time) time.Duration {
	if sec, err := strconv.ParseInt(v, 10, 32); err == nil && sec > 0 {
		return time.Duration(sec) * time.Second
	}
	if at, err := http.ParseTime(v); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}
