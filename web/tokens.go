package web

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// ErrTokenExpired: the token was good once.
var ErrTokenExpired = errors.New("token expired")

// maxTokenLife is how long a shop's token may live at most: it is only for coming in.
const maxTokenLife = 15 * time.Minute

// sessionLife is how long a buyer may reconnect and upload without a new token of the shop.
const sessionLife = 12 * time.Hour

const sessionIssuer = "recourse-session"

// Tokens checks the shop's tokens and makes sessions from them. It runs by the wall clock: a demo's fast
// clock must not end anybody's session.
type Tokens struct {
	// Secret (HS256) or Public (EdDSA) verifies the shop's tokens; one of them is enough.
	Secret []byte
	Public ed25519.PublicKey
	// Own signs our sessions; at least 32 bytes, the same on every node.
	Own []byte
	Now func() time.Time
}

// BuyerClaims are what a token says of a buyer.
type BuyerClaims struct {
	jwt.RegisteredClaims
	// Orders, if set, are the only orders this token is for.
	Orders []string `json:"orders,omitempty"`
}

// Buyer reads a shop's token or one of our sessions and returns the buyer.
func (t *Tokens) Buyer(token string) (BuyerClaims, error) {
	if c, err := t.session(token); err == nil || errors.Is(err, ErrTokenExpired) {
		return c, err
	}
	return t.shopToken(token)
}

func (t *Tokens) shopToken(token string) (BuyerClaims, error) {
	var methods []string
	if len(t.Secret) > 0 {
		methods = append(methods, "HS256")
	}
	if len(t.Public) > 0 {
		methods = append(methods, "EdDSA")
	}
	if len(methods) == 0 {
		return BuyerClaims{}, fmt.Errorf("read a buyer's token: no key configured: %w", ErrNoAccess)
	}
	var c BuyerClaims
	_, err := jwt.ParseWithClaims(token, &c, func(tok *jwt.Token) (any, error) {
		if tok.Method.Alg() == "EdDSA" {
			return t.Public, nil
		}
		return t.Secret, nil
	}, jwt.WithValidMethods(methods), jwt.WithExpirationRequired(), jwt.WithTimeFunc(t.Now), jwt.WithLeeway(10*time.Second))
	if errors.Is(err, jwt.ErrTokenExpired) {
		return BuyerClaims{}, fmt.Errorf("read a buyer's token: %w", ErrTokenExpired)
	}
	if err != nil || c.Subject == "" || len(c.Subject) > 128 || c.Issuer == sessionIssuer {
		return BuyerClaims{}, fmt.Errorf("read a buyer's token: %w", ErrNoAccess)
	}
	// A token without iat is taken as made now, so that a long life shows in exp alone.
	if c.ExpiresAt.Sub(t.Now()) > maxTokenLife+10*time.Second {
		return BuyerClaims{}, fmt.Errorf("read a buyer's token: lives longer than %s: %w", maxTokenLife, ErrNoAccess)
	}
	return c, nil
}

func (t *Tokens) session(token string) (BuyerClaims, error) {
	var c BuyerClaims
	_, err := jwt.ParseWithClaims(token, &c, func(*jwt.Token) (any, error) { return t.Own, nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired(), jwt.WithIssuer(sessionIssuer), jwt.WithTimeFunc(t.Now))
	if errors.Is(err, jwt.ErrTokenExpired) {
		return BuyerClaims{}, fmt.Errorf("read a session: %w", ErrTokenExpired)
	}
	if err != nil || c.Subject == "" {
		return BuyerClaims{}, fmt.Errorf("read a session: %w", ErrNoAccess)
	}
	return c, nil
}

// Session makes a session for a buyer who came in with a token; it keeps the token's limits.
func (t *Tokens) Session(c BuyerClaims) (string, time.Time, error) {
	expires := t.Now().Add(sessionLife)
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, BuyerClaims{
		RegisteredClaims: jwt.RegisteredClaims{
			Issuer: sessionIssuer, Subject: c.Subject, IssuedAt: jwt.NewNumericDate(t.Now()), ExpiresAt: jwt.NewNumericDate(expires),
		},
		Orders: c.Orders,
	}).SignedString(t.Own)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("sign a session: %w", err)
	}
	return signed, expires, nil
}

// Issue makes a token as a shop would, for demos and the command line.
func Issue(secret []byte, buyer string, life time.Duration, now time.Time) (string, error) {
	signed, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.RegisteredClaims{
		Subject: buyer, IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(life)),
	}).SignedString(secret)
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return signed, nil
}
