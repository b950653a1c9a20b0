package redisweb

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	_ "embed"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/crypto/argon2"

	"recourse/dialog"
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
	failuresMax     = 10 // of one login
	failuresFrom    = 50 // from one address, whatever the login
	failuresTTL     = 15 * time.Minute
	passwordMin     = 8
	passwordMax     = 256
	hashesAtOnce    = 4 // each takes 19 MiB
	accountAttempts = 8 // of a change that others make at the same time
)

// account is an agent as stored.
type account struct {
	web.Agent
	Hash string `json:"hash,omitempty"`
	SSO  string `json:"sso,omitempty"`
	// Federated accounts come in by single sign-on; SSO is who they are there, once they have.
	Federated bool `json:"federated,omitempty"`
	// Epoch rises with whatever ends all sessions: those that were begun in an earlier one are over.
	Epoch      int       `json:"epoch,omitempty"`
	CreatedAt  time.Time `json:"created_at,omitzero"`
	PasswordAt time.Time `json:"password_at,omitzero"`
}

func (a account) view() web.Account {
	return web.Account{Agent: a.Agent, SSO: a.SSO, Federated: a.Federated, CreatedAt: a.CreatedAt, PasswordAt: a.PasswordAt}
}

var (
	_ web.Roster = (*Store)(nil)

	//go:embed account_put.lua
	accountPutSrc    string
	accountPutScript = redis.NewScript(accountPutSrc)

	// hashing bounds how much memory passwords take at a time.
	hashing = make(chan struct{}, hashesAtOnce)

	loginPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._@-]{0,63}$`)
	skillPattern = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]{0,31}$`)
)

func hashPassword(password string) (string, error) {
	salt := make([]byte, argonSalt)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("make a salt: %w", err)
	}
	hashing <- struct{}{}
	key := argon2.IDKey([]byte(password), salt, argonTime, argonMemory, argonLanes, argonKey)
	<-hashing
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
	hashing <- struct{}{}
	got := argon2.IDKey([]byte(password), salt, passes, memory, lanes, uint32(len(want)))
	<-hashing
	return subtle.ConstantTimeCompare(got, want) == 1
}

// checkAccount refuses an account that cannot be.
func checkAccount(a web.Agent) error {
	bad := func(what string) error { return fmt.Errorf("%w: %s", web.ErrBadAccount, what) }
	switch {
	case !loginPattern.MatchString(a.Login):
		return bad("a login is made of a-z, 0-9 and . _ @ -, at most 64")
	case !slices.Contains(web.Roles(), a.Role):
		return bad("a role is one of " + strings.Join(web.Roles(), ", "))
	case len([]rune(a.Name)) > 40:
		return bad("a name has at most 40 characters")
	case len(a.Skills) > 32 || slices.ContainsFunc(a.Skills, func(s string) bool { return !skillPattern.MatchString(s) }):
		return bad("a skill is made of a-z, 0-9, _ and -, at most 32")
	case slices.ContainsFunc(a.Languages, func(l dialog.Locale) bool { return l != dialog.ZH && l != dialog.EN }):
		return bad("a language is zh-CN or en")
	case a.Capacity < -1 || a.Capacity > 50:
		return bad("a capacity is -1 (none), 0 (what is usual) or up to 50")
	}
	return nil
}

func checkNewPassword(a account, password string) error {
	if len(password) < passwordMin || len(password) > passwordMax || password == a.Login || a.Hash != "" && checkPassword(a.Hash, password) {
		return web.ErrWeakPassword
	}
	return nil
}

// SetAgent adds an account or changes it, whatever it was, with a password that need not be changed.
func (st *Store) SetAgent(ctx context.Context, a web.Agent, password string) error {
	if len(password) < passwordMin {
		return web.ErrWeakPassword
	}
	hash, err := hashPassword(password)
	if err != nil {
		return err
	}
	_, err = st.changeAccount(ctx, a.Login, func(was *account, _ bool) error {
		was.Agent, was.Hash, was.Federated, was.SSO = a, hash, false, ""
		was.Epoch++
		was.PasswordAt = st.Wall().UTC()
		return nil
	})
	return err
}

// changeAccount changes an account as keepAccount does. What takes effect at once is told to all nodes.
func (st *Store) changeAccount(ctx context.Context, login string, change func(a *account, known bool) error) (account, error) {
	a, err := st.keepAccount(ctx, login, change)
	if err != nil {
		return a, err
	}
	return a, st.tellEnded(ctx, login, "")
}

// keepAccount reads an account (one that there is not is empty), has it changed and keeps it; again if somebody else was
// quicker.
func (st *Store) keepAccount(ctx context.Context, login string, change func(a *account, known bool) error) (account, error) {
	for range accountAttempts {
		var a account
		was, err := st.RDB.HGet(ctx, agentsKey, login).Result()
		if err == nil {
			err = json.Unmarshal([]byte(was), &a)
		}
		if err != nil && !errors.Is(err, redis.Nil) {
			return a, fmt.Errorf("read agent %s: %w", login, err)
		}
		a.Login = login
		if err := change(&a, was != ""); err != nil {
			return a, err
		}
		if a.CreatedAt.IsZero() && was == "" {
			a.CreatedAt = st.Wall().UTC()
		}
		raw, err := json.Marshal(a)
		if err != nil {
			return a, fmt.Errorf("encode agent %s: %w", login, err)
		}
		kept, err := accountPutScript.Run(ctx, st.RDB, []string{agentsKey}, login, was, raw).Int64()
		if err != nil {
			return a, fmt.Errorf("store agent %s: %w", login, err)
		}
		if kept == 1 {
			return a, nil
		}
	}
	return account{}, fmt.Errorf("change agent %s: others change it all the time", login)
}

// Accounts lists all accounts, by login.
func (st *Store) Accounts(ctx context.Context) ([]web.Account, error) {
	pipe := st.RDB.Pipeline()
	read, seen := pipe.HGetAll(ctx, agentsKey), pipe.HGetAll(ctx, seenKey)
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fmt.Errorf("list agents: %w", err)
	}
	raw := read.Val()
	list := make([]account, 0, len(raw))
	for _, login := range slices.Sorted(maps.Keys(raw)) {
		var a account
		if err := json.Unmarshal([]byte(raw[login]), &a); err != nil {
			return nil, fmt.Errorf("read agent %s: %w", login, err)
		}
		list = append(list, a)
	}
	sessions, err := st.alive(ctx, list)
	if err != nil {
		return nil, err
	}
	out := make([]web.Account, len(list))
	for i, a := range list {
		out[i] = a.view()
		out[i].Sessions = len(sessions[i])
		if ms, err := strconv.ParseInt(seen.Val()[a.Login], 10, 64); err == nil { // none of who never came in
			out[i].SeenAt = time.UnixMilli(ms).UTC()
		}
	}
	return out, nil
}

// Account is one of them.
func (st *Store) Account(ctx context.Context, login string) (web.Account, error) {
	a, err := st.account(ctx, login)
	if errors.Is(err, web.ErrNoAccess) {
		err = web.ErrNoAccount
	}
	return a.view(), err
}

// AddAccount adds an account.
func (st *Store) AddAccount(ctx context.Context, agent web.Agent, p *web.NewPassword) (web.Account, error) {
	if agent.Name == "" {
		agent.Name = agent.Login
	}
	if err := checkAccount(agent); err != nil {
		return web.Account{}, err
	}
	hash := ""
	if p != nil {
		if err := checkNewPassword(account{Agent: agent}, p.Text); err != nil {
			return web.Account{}, err
		}
		var err error
		if hash, err = hashPassword(p.Text); err != nil {
			return web.Account{}, err
		}
	}
	a, err := st.changeAccount(ctx, agent.Login, func(a *account, known bool) error {
		if known {
			return web.ErrAccountTaken
		}
		a.Agent, a.Hash, a.Federated = agent, hash, p == nil
		if p != nil {
			a.MustChange, a.PasswordAt = p.Temporary, st.Wall().UTC()
		}
		return nil
	})
	return a.view(), err
}

// ChangeAccount changes what admins may change. Another role and disabling end all sessions.
func (st *Store) ChangeAccount(ctx context.Context, login string, change func(*web.Agent)) (web.Account, error) {
	a, err := st.changeAccount(ctx, login, func(a *account, known bool) error {
		if !known {
			return web.ErrNoAccount
		}
		was := a.Agent
		change(&a.Agent)
		a.Login, a.MustChange = was.Login, was.MustChange
		if a.Name == "" {
			a.Name = login
		}
		if a.Role != was.Role || a.Disabled && !was.Disabled {
			a.Epoch++
		}
		return checkAccount(a.Agent)
	})
	return a.view(), err
}

// SetPassword gives an account another password and ends all its sessions.
func (st *Store) SetPassword(ctx context.Context, login string, p web.NewPassword) error {
	was, err := st.account(ctx, login)
	switch {
	case errors.Is(err, web.ErrNoAccess):
		return web.ErrNoAccount
	case err != nil:
		return err
	case was.Federated:
		return web.ErrSSOAccount
	}
	if err := st.keepPassword(ctx, was, p); err != nil {
		return err
	}
	return st.tellEnded(ctx, login, "")
}

// keepPassword keeps another password and lets all sessions end; who must know is not told.
func (st *Store) keepPassword(ctx context.Context, was account, p web.NewPassword) error {
	if err := checkNewPassword(was, p.Text); err != nil {
		return err
	}
	hash, err := hashPassword(p.Text)
	if err != nil {
		return err
	}
	_, err = st.keepAccount(ctx, was.Login, func(a *account, known bool) error {
		if !known {
			return web.ErrNoAccount
		}
		a.Hash, a.MustChange, a.PasswordAt = hash, p.Temporary, st.Wall().UTC()
		a.Epoch++
		return nil
	})
	return err
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

// Login checks a password and begins a session. Failures are counted per login and per address.
func (st *Store) Login(ctx context.Context, login, password string, from web.From) (string, web.Agent, time.Time, error) {
	none := func(err error) (string, web.Agent, time.Time, error) { return "", web.Agent{}, time.Time{}, err }
	a, err := st.tryPassword(ctx, login, password, from)
	if err != nil {
		return none(err)
	}
	from.Via = "password"
	token, s, err := st.begin(ctx, a, from)
	if err != nil {
		return none(err)
	}
	a.Session = s.ID
	return token, a.Agent, s.Expires, nil
}

// tryPassword is the account of a login and its password. A temporary password lets nobody in after its time.
func (st *Store) tryPassword(ctx context.Context, login, password string, from web.From) (account, error) {
	counts := failures(login, from)
	if err := st.throttled(ctx, counts); err != nil {
		return account{}, err
	}
	a, err := st.account(ctx, login)
	if err != nil && !errors.Is(err, web.ErrNoAccess) {
		return a, err
	}
	hash := a.Hash
	if hash == "" {
		hash = dummyHash // an unknown login takes as long as a wrong password
	}
	late := a.MustChange && st.Wall().Sub(a.PasswordAt) > web.TemporaryLasts
	if !checkPassword(hash, password) || a.Hash == "" || err != nil || a.Disabled || late {
		if err := st.countFailure(ctx, counts); err != nil {
			return a, err
		}
		return a, web.ErrNoAccess
	}
	if err := st.RDB.Del(ctx, "recourse:login:"+login).Err(); err != nil {
		return a, fmt.Errorf("forget failed logins: %w", err)
	}
	return a, nil
}

const dummyHash = "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// ChangePassword lets an agent choose another password. His other sessions end; the one he does it in goes on.
func (st *Store) ChangePassword(ctx context.Context, agent web.Agent, old, password string) error {
	a, err := st.tryPassword(ctx, agent.Login, old, web.From{})
	if err != nil {
		return err
	}
	if err := st.keepPassword(ctx, a, web.NewPassword{Text: password}); err != nil {
		return err
	}
	// His session goes on before anybody is told to look: its socket would be closed with the others'.
	return errors.Join(st.carryOver(ctx, agent), st.tellEnded(ctx, agent.Login, ""))
}

// Agent is an account that may come in.
func (st *Store) Agent(ctx context.Context, login string) (web.Agent, error) {
	a, err := st.account(ctx, login)
	if err == nil && a.Disabled {
		err = web.ErrNoAccess
	}
	return a.Agent, err
}

func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
