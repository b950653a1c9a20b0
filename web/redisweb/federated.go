package redisweb

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"recourse/web"
)

// Federate begins a session of whom vouch vouches for. once names the attempt: it is made once. Failures are counted per
// address, with those of passwords.
func (st *Store) Federate(ctx context.Context, once string, vouch func(context.Context) (web.Identity, error), makes bool, from web.From) (web.Entered, error) {
	counts := failures("", from)
	if err := st.throttled(ctx, counts); err != nil {
		return web.Entered{}, err
	}
	fresh, err := st.RDB.SetNX(ctx, "recourse:sso:"+digest(once), 1, failuresTTL).Result()
	if err != nil {
		return web.Entered{}, fmt.Errorf("note a login: %w", err)
	}
	if !fresh {
		return web.Entered{}, web.ErrSSOUsed
	}
	id, err := vouch(ctx)
	var in web.Entered
	if err == nil {
		in, err = st.settle(ctx, id, makes)
	}
	if err != nil {
		if !errors.Is(err, web.ErrSSOAway) {
			err = errors.Join(err, st.countFailure(ctx, counts))
		}
		return web.Entered{}, err
	}
	a, err := st.account(ctx, id.Login)
	if err == nil && a.Disabled {
		err = web.ErrDisabled // meanwhile
	}
	if err != nil {
		return web.Entered{}, err
	}
	token, s, err := st.begin(ctx, a, from)
	in.Session, in.Expires, in.Agent = token, s.Expires, a.forSession(from.Via)
	in.Agent.Session = s.ID
	return in, err
}

// settle makes the account what the provider says of it: whose it is, and which role it has.
func (st *Store) settle(ctx context.Context, id web.Identity, makes bool) (web.Entered, error) {
	var in web.Entered
	errSame := errors.New("nothing to change")
	_, err := st.changeAccount(ctx, id.Login, func(a *account, known bool) error {
		in = web.Entered{Made: !known}
		switch {
		case !known && !makes:
			return web.ErrNoAccount
		case a.Disabled:
			return web.ErrDisabled
		case a.SSO != "" && a.SSO != id.ID:
			return web.ErrSSOIdentity
		case known && a.SSO == id.ID && (id.Role == "" || id.Role == a.Role):
			return errSame
		case !known:
			name := []rune(cmp.Or(id.Name, id.Login))
			a.Agent = web.Agent{Login: id.Login, Name: string(name[:min(len(name), 40)]), Role: cmp.Or(id.Role, web.RoleAgent)}
			a.Federated = true
		case id.Role != "" && id.Role != a.Role:
			in.WasRole, a.Role = a.Role, id.Role
			a.Epoch++
		}
		a.SSO = id.ID
		return checkAccount(a.Agent)
	})
	if errors.Is(err, errSame) {
		err = nil
	}
	return in, err
}

// Unlink forgets who an account is to the identity provider, and ends its sessions. Whoever comes in next by its login
// is taken for its owner.
func (st *Store) Unlink(ctx context.Context, login string) error {
	_, err := st.changeAccount(ctx, login, func(a *account, known bool) error {
		if !known {
			return web.ErrNoAccount
		}
		a.SSO = ""
		a.Epoch++
		return nil
	})
	return err
}

// forSession is the agent in a session that was begun in a way: a temporary password is nothing to who did not use one.
func (a account) forSession(via string) web.Agent {
	if via == web.ViaSSO {
		a.MustChange = false
	}
	return a.Agent
}

// failures are the counters of failed logins that one counts in, with how many are too many.
func failures(login string, from web.From) map[string]int {
	counts := map[string]int{}
	if login != "" {
		counts["recourse:login:"+login] = failuresMax
	}
	if from.Address != "" {
		counts["recourse:logins:from:"+from.Address] = failuresFrom
	}
	return counts
}

func (st *Store) throttled(ctx context.Context, counts map[string]int) error {
	for key, most := range counts {
		n, err := st.RDB.Get(ctx, key).Int()
		if err != nil && !errors.Is(err, redis.Nil) {
			return fmt.Errorf("read failed logins: %w", err)
		}
		if n >= most {
			return web.ErrThrottled
		}
	}
	return nil
}

func (st *Store) countFailure(ctx context.Context, counts map[string]int) error {
	for key := range counts {
		pipe := st.RDB.TxPipeline()
		pipe.Incr(ctx, key)
		pipe.Expire(ctx, key, failuresTTL)
		if _, err := pipe.Exec(ctx); err != nil {
			return fmt.Errorf("count a failed login: %w", err)
		}
	}
	return nil
}
