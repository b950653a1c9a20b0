package webhooks

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// The headers of Standard Webhooks.
const (
	HeaderID        = "Webhook-Id"
	HeaderTimestamp = "Webhook-Timestamp"
	HeaderSignature = "Webhook-Signature"
)

const (
	secretPrefix = "whsec_"
	secretBytes  = 32 // the standard wants 24 to 64
	secretLeast  = 24
	secretMost   = 64
	// Tolerance is how far a receiver lets the timestamp be from his own clock.
	Tolerance = 5 * time.Minute
)

// NewSecret makes a secret.
func NewSecret() (string, error) {
	raw := make([]byte, secretBytes)
	if _, err := rand.Read(raw); err != nil {
		return "", fmt.Errorf("make a webhook secret: %w", err)
	}
	return Secretise(raw), nil
}

// Secretise writes key bytes as a secret.
func Secretise(key []byte) string { return secretPrefix + base64.StdEncoding.EncodeToString(key) }

// errSecret does not carry the secret.
var errSecret = errors.New("a webhook secret is whsec_ and 24 to 64 bytes in base64")

func keyOf(secret string) ([]byte, error) {
	raw, ok := strings.CutPrefix(secret, secretPrefix)
	key, err := base64.StdEncoding.DecodeString(raw)
	if !ok || err != nil || len(key) < secretLeast || len(key) > secretMost {
		return nil, errSecret
	}
	return key, nil
}

func signature(key []byte, id, at string, body []byte) string {
	mac := hmac.New(sha256.New, key)
	_, _ = fmt.Fprintf(mac, "%s.%s.", id, at) // a hash never fails to be written to
	_, _ = mac.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Sign is the value of the signature header: one signature per secret, so that a receiver may hold either
// while secrets are rotated.
func Sign(secrets []Secret, id string, at time.Time, body []byte) (string, error) {
	if len(secrets) == 0 {
		return "", errors.New("sign a webhook: no secret")
	}
	out := make([]string, len(secrets))
	for i, s := range secrets {
		key, err := keyOf(s.Key)
		if err != nil {
			return "", fmt.Errorf("sign a webhook: %w", err)
		}
		out[i] = signature(key, id, strconv.FormatInt(at.Unix(), 10), body)
	}
	return strings.Join(out, " "), nil
}

// ErrSignature: a message is not from who it says, or too old, or too new.
var ErrSignature = errors.New("webhook signature is not good")

// Verify is the receiver's side.
func Verify(secret, id, timestamp, signatures string, body []byte, now time.Time) error {
	key, err := keyOf(secret)
	if err != nil {
		return err
	}
	sec, err := strconv.ParseInt(timestamp, 10, 64)
	if err != nil || id == "" {
		return ErrSignature
	}
	if age := now.Sub(time.Unix(sec, 0)); age > Tolerance || age < -Tolerance {
		return ErrSignature
	}
	want := []byte(signature(key, id, timestamp, body))
	for _, have := range strings.Fields(signatures) {
		if hmac.Equal([]byte(have), want) {
			return nil
		}
	}
	return ErrSignature
}
