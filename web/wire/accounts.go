package wire

import (
	"time"

	"recourse/dialog"
)

// AccountView is an agent's account as admins see it.
type AccountView struct {
	// The name of the account.
	Login string `json:"login" example:"li.na"`
	// What buyers see.
	Name string `json:"name" example:"小李"`
	// agent, senior, supervisor or admin.
	Role string `json:"role" enum:"agent,senior,supervisor,admin"`
	// It lets nobody in.
	Disabled bool `json:"disabled,omitempty"`
	// Languages he speaks; none: all.
	Languages []dialog.Locale `json:"languages,omitempty"`
	// What he knows, as conversations ask for it.
	Skills []string `json:"skills,omitempty" example:"[\"fraud\"]"`
	// How many conversations he has at a time; 0: what is usual for his role, -1: none.
	Capacity int `json:"capacity,omitempty" example:"5"`
	// It comes in by single sign-on and has no password.
	SSO bool `json:"sso,omitempty"`
	// Its password is temporary and has not been changed yet.
	MustChange bool `json:"must_change,omitempty"`
	// When it was added; not known of accounts of an earlier version.
	CreatedAt time.Time `json:"created_at,omitzero"`
	// When its password was set.
	PasswordAt time.Time `json:"password_at,omitzero"`
	// How many of its sessions are alive; only in the list of accounts.
	Sessions int `json:"sessions,omitempty"`
	// When a session of it was last used, to the minute; only in the list of accounts.
	SeenAt time.Time `json:"seen_at,omitzero"`
}

// AccountList are all accounts.
type AccountList struct {
	// By login.
	Accounts []AccountView `json:"accounts"`
}

// PutAccount is what an account is to be.
type PutAccount struct {
	// What buyers see; left out: the login.
	Name string `json:"name,omitempty" maxLength:"40" example:"小李"`
	// agent, senior, supervisor or admin. Another role ends the account's sessions.
	Role string `json:"role" enum:"agent,senior,supervisor,admin"`
	// Languages he speaks; none: all.
	Languages []string `json:"languages,omitempty" enum:"zh-CN,en" maxItems:"8"`
	// What he knows.
	Skills []string `json:"skills,omitempty" maxItems:"32" example:"[\"fraud\"]"`
	// How many conversations he has at a time; 0: what is usual for his role, -1: none.
	Capacity int `json:"capacity,omitempty" minimum:"-1" maximum:"50" example:"5"`
}

// AddAccount is an account to be.
type AddAccount struct {
	// The name of the account; it never changes.
	Login string `json:"login" pattern:"^[a-z0-9][a-z0-9._@-]{0,63}$" patternDescription:"a-z, 0-9 and . _ @ -, at most 64" example:"li.na"`
	// It comes in by single sign-on instead of by a password.
	SSO bool `json:"sso,omitempty"`
	PutAccount
}

// AccountSecret is an account with the temporary password that it was given. It is shown this once.
type AccountSecret struct {
	// The account.
	Account AccountView `json:"account"`
	// Lets in once, to choose another; none for single sign-on.
	Password string `json:"password,omitempty" example:"k3j6-qfzl-bwkq"`
	// Until when it lets in.
	Expires time.Time `json:"expires,omitzero"`
}

// ChangePassword is an agent's own choice of another password.
type ChangePassword struct {
	// The one he came in with.
	Old string `json:"old" maxLength:"256"`
	// At least 8 characters; neither the login nor the old one.
	Password string `json:"password" minLength:"8" maxLength:"256"`
}

// SessionView is a login that is alive.
type SessionView struct {
	// Names it; it lets nobody in.
	ID string `json:"id" example:"9f86d081884c7d65"`
	// It is the one that asks.
	This bool `json:"this,omitempty"`
	// When it was begun.
	Begun time.Time `json:"begun"`
	// When it was last used, to the minute.
	Seen time.Time `json:"seen"`
	// When it ends whatever happens.
	Expires time.Time `json:"expires"`
	// When it ends if it is not used.
	Idle time.Time `json:"idle"`
	// From which address it was begun.
	Address string `json:"address,omitempty" example:"192.0.2.7"`
	// What the browser says it is.
	Client string `json:"client,omitempty" example:"Mozilla/5.0"`
	// password or sso.
	Via string `json:"via,omitempty" example:"password"`
}

// SessionList are the sessions of an account.
type SessionList struct {
	// Newest first.
	Sessions []SessionView `json:"sessions"`
}
