package web

import (
	"context"
	"errors"
	"reflect"
	"time"
)

// sessionsEvery is how often the sessions of open sockets are looked at without a reason. It is also how they stay in
// use: an open console is not idle.
const sessionsEvery = 20 * time.Second

// sessionsChanged looks whether the sockets of an agent ("": of all), of one session or of all of his, may stay.
func (s *Server) sessionsChanged(login, session string) {
	s.hub.atDesk(func(c *conn) {
		if (login == "" || c.agent.Login == login) && (session == "" || c.agent.Session == session) {
			// Not here: this must not wait for the store, and the writer looks after its socket anyway.
			c.post(c.checkSession)
		}
	})
}

// checkSession closes a socket whose session has ended, and has one come again whose account has changed.
func (c *conn) checkSession() {
	ctx, cancel := context.WithTimeout(c.ctx, storeWait)
	defer cancel()
	agent, err := c.s.Accounts.Session(ctx, c.token)
	switch {
	case errors.Is(err, ErrNoAccess):
		c.outFrame(errorFrame(refuse(CodeSessionEnded), "", c.locale))
		c.cancel(closing{closeAuth, string(CodeSessionEnded)})
	case err != nil:
		if c.ctx.Err() == nil {
			c.s.log.WarnContext(ctx, "session not looked at", "agent", c.agent.Login, "err", err)
		}
	case !reflect.DeepEqual(agent, *c.agent):
		c.cancel(closing{closeDraining, "account changed"})
	}
}

// WatchSessions looks at the sessions of open sockets now and then, should a word of their end have been lost, until
// ctx ends.
func (s *Server) WatchSessions(ctx context.Context) error {
	tick := time.NewTicker(sessionsEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-tick.C:
			s.sessionsChanged("", "")
		}
	}
}
