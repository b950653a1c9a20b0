package web

import (
	"context"
	"errors"
	"time"
)

// From is where somebody comes in from.
type From struct {
	Address string // "" if it is not known
	Client  string // what his browser says it is
	Via     string // password or sso
}

// Session is a login that is alive.
type Session struct {
	// ID names it to people; it lets nobody in.
	ID    string
	Login string
	From
	Begun, Seen time.Time
	// Expires is when it ends whatever happens; Idle when it ends if it is not used.
	Expires, Idle time.Time
}

// Account is an agent's account as admins see it.
type Account struct {
	Agent
	// SSO is who he is to the identity provider, issuer and subject, once he has come in by it.
	SSO string
	// Federated: it comes in by single sign-on alone and has no password.
	Federated             bool
	CreatedAt, PasswordAt time.Time
	// Sessions is how many sessions of it are alive, and SeenAt when one was last used, to the minute, alive or not; zero
	// if none was yet. Accounts fills them in, and nobody else.
	Sessions int
	SeenAt   time.Time
}

var (
	// ErrNoAccount: there is no such account.
	ErrNoAccount = errors.New("no such account")
	// ErrAccountTaken: there is an account of that login already.
	ErrAccountTaken = errors.New("the login is taken")
	// ErrWeakPassword: a password that is too short, the login itself, or the one before.
	ErrWeakPassword = errors.New("a password needs at least 8 characters, and must be neither the login nor the password before")
	// ErrSSOAccount: the account comes in by single sign-on and has no password.
	ErrSSOAccount = errors.New("the account comes in by single sign-on")
	// ErrBadAccount: a login, a role or another field that cannot be.
	ErrBadAccount = errors.New("bad account")
)

// NewPassword is the password that an account is given.
type NewPassword struct {
	Text string
	// Temporary: it must be changed at the first login, which must come within TemporaryLasts.
	Temporary bool
}

// TemporaryLasts is how long a temporary password lets somebody in.
const TemporaryLasts = 72 * time.Hour

// Roster is the accounts as admins keep them. Whatever takes a right away (another role, disabling, a new password) ends
// the account's sessions at once.
type Roster interface {
	// Accounts lists all, by login, with how many sessions each has and when it was last seen.
	Accounts(ctx context.Context) ([]Account, error)
	// Account answers ErrNoAccount.
	Account(ctx context.Context, login string) (Account, error)
	// AddAccount answers ErrAccountTaken, ErrBadAccount, ErrWeakPassword. Without a password it comes in by single sign-on.
	AddAccount(ctx context.Context, a Agent, p *NewPassword) (Account, error)
	// ChangeAccount has name, role, languages, skills, capacity and disabled changed. It answers ErrNoAccount,
	// ErrBadAccount.
	ChangeAccount(ctx context.Context, login string, change func(*Agent)) (Account, error)
	// SetPassword answers ErrNoAccount, ErrWeakPassword, ErrSSOAccount.
	SetPassword(ctx context.Context, login string, p NewPassword) error
	// Sessions lists those that are alive, newest first.
	Sessions(ctx context.Context, login string) ([]Session, error)
	// Revoke ends one session of an account, or all (id ""); again it changes nothing.
	Revoke(ctx context.Context, login, id string) error
}
