// Package llm speaks to a model over any OpenAI-compatible API, on a short leash.
//
// Understander, Phraser, Reader and Copilot are its roles; each has a model of its own or none. A call has one time
// budget, is tried again on 429 and 5xx while the budget lasts, stops at a circuit breaker, is paid from a purse for
// its conversation and its day, and is written down with what became of it. Personal data is masked before it leaves
// and put back into what comes. What buyers, merchants and pictures say goes in as JSON data beside the instructions,
// never among them.
//
// Nothing that a model answers is trusted here or acted upon: proposals come from closed sets, reworded texts go
// through the guard of package bot, what is seen in a picture is a list of numbers. The package knows no Redis, no
// sockets and no flow.
package llm

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"sync"
	"time"

	openai "github.com/sashabaranov/go-openai"
	"github.com/sony/gobreaker/v2"

	"recourse/bot/redact"
	"recourse/dialog"
)

// Role is what a model is asked for.
type Role string

// The roles.
const (
	Understand Role = "understand"
	Phrase     Role = "phrase"
	Read       Role = "read"
	Copy       Role = "copilot"
)

// Roles are all roles.
var Roles = []Role{Understand, Phrase, Read, Copy}

// Options are what a client is made of. URL and Now are required.
type Options struct {
	URL, Key string
	// Models names the model of each role; a role without one is off.
	Models map[Role]string
	// Objects asks for JSON objects without a schema, for servers that know no schemas.
	Objects bool
	// Prices are per million tokens, in whatever money the budgets are in. A model without a price costs nothing.
	Prices map[string]Price
	// PerDialog and PerDay bound what is spent; their zero fields do not.
	PerDialog, PerDay Amount
	// Timeouts bound a call of a role beside the caller's own budget; zero: defaultTimeouts.
	Timeouts map[Role]time.Duration
	Purse    Purse // nil: nothing is counted
	Book     Book  // nil: nothing is written down
	// MaskKey makes pseudonyms; the same on every node, so that they are the same.
	MaskKey []byte
	// Now is the wall clock, Zone where a day begins.
	Now  func() time.Time
	Zone *time.Location
	Log  *slog.Logger
	// Cool is how long the breaker stays open after trips failures in a row; zero: half a minute.
	Cool time.Duration
	// Pause is the first pause before another try; zero: 200 ms.
	Pause time.Duration
}

var defaultTimeouts = map[Role]time.Duration{Understand: 2 * time.Second, Phrase: 5 * time.Second, Read: 15 * time.Second, Copy: 12 * time.Second}

// trips is how many failures in a row open a role's breaker.
const trips = 5

// Client speaks to one server. It is safe for use by several goroutines.
type Client struct {
	Options
	api      *openai.Client
	breakers map[Role]*gobreaker.CircuitBreaker[any]

	mu    sync.Mutex
	spent string // the day whose budget is known to be spent; guarded by mu
}

// What keeps a call from being made, or its answer from being used.
var (
	ErrOff     = errors.New("no model for this role")
	ErrSpent   = errors.New("the budget for models is spent")
	ErrRubbish = errors.New("the model's answer is not what was asked for")
)

// Open makes a client. It does not call the server.
func Open(o Options) (*Client, error) {
	u, err := url.Parse(o.URL)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return nil, fmt.Errorf("open model: %q must be like https://host/v1", o.URL)
	}
	if o.Zone == nil {
		o.Zone = time.UTC
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Cool == 0 {
		o.Cool = 30 * time.Second
	}
	if o.Pause == 0 {
		o.Pause = 200 * time.Millisecond
	}
	cfg := openai.DefaultConfig(o.Key)
	cfg.BaseURL = o.URL
	// A server that sends the key elsewhere is not followed; its answer is what it is.
	client := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	cfg.HTTPClient = patient{client, o.Pause}
	c := &Client{Options: o, api: openai.NewClientWithConfig(cfg), breakers: map[Role]*gobreaker.CircuitBreaker[any]{}}
	for _, role := range Roles {
		c.breakers[role] = gobreaker.NewCircuitBreaker[any](gobreaker.Settings{
			Name: string(role), Timeout: o.Cool,
			ReadyToTrip:  func(n gobreaker.Counts) bool { return n.ConsecutiveFailures >= trips },
			IsSuccessful: func(err error) bool { return err == nil || errors.Is(err, errTaken) },
			IsExcluded:   func(err error) bool { return errors.Is(err, context.Canceled) }, // nobody waits any more
			OnStateChange: func(name string, from, to gobreaker.State) {
				o.Log.Warn("model", "role", name, "breaker", to.String(), "was", from.String())
			},
		})
	}
	return c, nil
}

// Has says whether a role has a model.
func (c *Client) Has(role Role) bool { return c.Models[role] != "" }

// masker masks the texts of a conversation: the same value has the same pseudonym in all calls of it.
func (c *Client) masker(id dialog.ID) *redact.Masker {
	mac := hmac.New(sha256.New, c.MaskKey)
	mac.Write([]byte(id))
	return redact.New(mac.Sum(nil))
}
