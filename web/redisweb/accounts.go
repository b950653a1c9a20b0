package redisweb

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/crypto/argon2"

	"recourse/web"
)

// argon2id with the parameters that OWASP names first: 19 MiB, two passes, one lane.
const (
	argonMemory = 19 * 1024
	argonTime   = 2
	argonLanes  = 1
	argonKey    = 32
	argonSalt   = 16
)

const (
	sessionTTL  = 12 * time.Hour
	failuresMax = 10
	failuresTTL = 15 * time.Minute
	passwordMin = 8
)

// account is an agent as stored.
type account struct {
	web.Agent
	Hash string `json:"hash"`
}

// ErrWeakPassword: a password is too short.
var ErrWeakPassword = fmt.Errorf("a password needs at least %d characters", passwordMin)

func hashPassword(password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("make a salt: %w", err)
	}
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, argonKey)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonLanes, b64(salt), b64(key)), nil
}

func checkPassword(hash, password string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 || parts[1] != "argon2id" {
		return false
	}
	var memory, passes uint32
	var lanes uint8
	if _, err := fmt.Sscanf(parts[3], "m=%d,t=%d,p=%d", &memory, &passes, &lanes); err != nil {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	if err != nil {
		return false
	}
	want, err := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || len(want) == 0 {
		return false
	}
	got := argon2.IDKey([]byte(password), salt, passes, memory, lanes, uint32(len(want)))
	return subtle.ConstantTimeCompare(got, want) == 1
}

// SetAgent adds an agent or changes his name, role and password.
func (st *Store) SetAgent(ctx context.Context, a web.Agent, password string) error {
	if len(password) < passwordMin {
		return ErrWeakPassword
	}
	hash, err := hashPassword(password)
	if err != nil {
		return err
	}
	raw, err := json.Marshal(account{Agent: a, Hash: hash})
	if err == nil {
		err = st.RDB.HSet(ctx, agentsKey, a.Login, raw).Err()
	}
	if err != nil {
		return fmt.Errorf("store agent %s: %w", a.Login, err)
	}
	return nil
}

func (st *Store) account(ctx context.Context, login string) (account, error) {
	var a account
	raw, err := st.RDB.HGet(ctx, agentsKey, login).Bytes()
	if errors.Is(err, redis.Nil) {
		return a, web.ErrNoAccess
	}
	if err == nil {
		err = json.Unmarshal(raw, &a)
	}
	if err != nil {
		return a, fmt.Errorf("read agent %s: %w", login, err)
	}
	return a, nil
}

// Login checks a password and begins a session. Failures are counted per login.
func (st *Store) Login(ctx context.Context, login, password string) (string, web.Agent, time.Time, error) {
	none := func(err error) (string, web.Agent, time.Time, error) { return "", web.Agent{}, time.Time{}, err }
	failures := "recourse:login:" + login
	n, err := st.RDB.Get(ctx, failures).Int()
	if err != nil && !errors.Is(err, redis.Nil) {
		return none(fmt.Errorf("read failed logins: %w", err))
	}
	if n >= failuresMax {
		return none(web.ErrThrottled)
	}
	a, err := st.account(ctx, login)
	if err != nil && !errors.Is(err, web.ErrNoAccess) {
		return none(err)
	}
	hash := a.Hash
	if err != nil {
		hash = dummyHash // an unknown login takes as long as a wrong password
	}
	if !checkPassword(hash, password) || err != nil || a.Disabled {
		pipe := st.RDB.TxPipeline()
		pipe.Incr(ctx, failures)
		pipe.Expire(ctx, failures, failuresTTL)
		if _, err := pipe.Exec(ctx); err != nil {
			return none(fmt.Errorf("count a failed login: %w", err))
		}
		return none(web.ErrNoAccess)
	}
	session := "as_" + rand.Text()
	pipe := st.RDB.Pipeline()
	pipe.Set(ctx, sessionKey(session), login, sessionTTL)
	pipe.Del(ctx, failures)
	if _, err := pipe.Exec(ctx); err != nil {
		return none(fmt.Errorf("begin a session: %w", err))
	}
	return session, a.Agent, st.Wall().Add(sessionTTL), nil
}

const dummyHash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

func sessionKey(session string) string { return "recourse:session:" + digest(session) }

// Session is the agent of a session that is alive.
func (st *Store) Session(ctx context.Context, session string) (web.Agent, error) {
	if !strings.HasPrefix(session, "as_") {
		return web.Agent{}, web.ErrNoAccess
	}
	login, err := st.RDB.Get(ctx, sessionKey(session)).Result()
	if errors.Is(err, redis.Nil) {
		return web.Agent{}, web.ErrNoAccess
	}
	if err != nil {
		return web.Agent{}, fmt.Errorf("read a session: %w", err)
	}
	a, err := st.account(ctx, login)
	if err == nil && a.Disabled {
		err = web.ErrNoAccess
	}
	return a.Agent, err
}

// Logout ends a session.
func (st *Store) Logout(ctx context.Context, session string) error {
	if err := st.RDB.Del(ctx, sessionKey(session)).Err(); err != nil {
		return fmt.Errorf("end a session: %w", err)
	}
	return nil
}
