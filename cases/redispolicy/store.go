// Package redispolicy keeps the versions of the policy in Redis and tells every node which one is current.
//
// A version is kept for ever and never changed: a case names the one that judged it, and any node can read it
// again after a restart, a change of the file, or when another node was the one that loaded it. The package
// does not know cases, and judges nothing.
package redispolicy

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/redis/go-redis/v9"

	"recourse/cases/policy"
)

// What a store may answer.
var (
	// ErrUnknown: no node ever kept a policy of that version.
	ErrUnknown = errors.New("no such policy version")
	// ErrOtherContent: the version is known with other content. It names cases; it must not change its meaning.
	ErrOtherContent = errors.New("this version is already known with other content: change `version` in the file")
)

// The keys, all of one hash tag.
const (
	versionsKey = "{policy}:versions" // HASH version -> kept as JSON
	declaredKey = "{policy}:declared" // HASH declared version -> version
	currentKey  = "{policy}:current"  // STRING version
	channel     = "recourse:policy"   // says the version that has become current
)

var (
	//go:embed put.lua
	putSrc    string
	putScript = redis.NewScript(putSrc)
)

// kept is a version as it is stored. The file's name is not part of it: the same text under another name is the same policy.
type kept struct {
	Text     string `json:"text"`
	Calendar string `json:"calendar"`
}

// Store keeps policy versions in Redis.
type Store struct{ RDB redis.UniversalClient }

// Put keeps a policy and makes it current. With strict a declared version stands for one content only. Putting the
// same again changes nothing but what is current. Errors: ErrOtherContent.
func (s *Store) Put(ctx context.Context, p *policy.Policy, strict bool) error {
	src := p.Source()
	raw, err := json.Marshal(kept{Text: src.Text, Calendar: src.Calendar})
	if err != nil {
		return fmt.Errorf("keep policy %s: %w", p.Version, err)
	}
	one := "0"
	if strict {
		one = "1"
	}
	res, err := putScript.Run(ctx, s.RDB, []string{versionsKey, declaredKey, currentKey}, p.Version, raw, p.Declared, one).Int()
	switch {
	case err != nil:
		return fmt.Errorf("keep policy %s: %w", p.Version, err)
	case res == -1:
		return fmt.Errorf("policy version %s: %w", p.Version, ErrOtherContent)
	case res == -2:
		return fmt.Errorf("policy version %s: %w", p.Declared, ErrOtherContent)
	}
	return nil
}

// Get reads a version. Errors: ErrUnknown; any other error may pass.
func (s *Store) Get(ctx context.Context, version string) (*policy.Policy, error) {
	raw, err := s.RDB.HGet(ctx, versionsKey, version).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, fmt.Errorf("policy %s: %w", version, ErrUnknown)
	}
	if err != nil {
		return nil, fmt.Errorf("read policy %s: %w", version, err)
	}
	var k kept
	if err := json.Unmarshal(raw, &k); err != nil {
		return nil, fmt.Errorf("decode policy %s: %w", version, err)
	}
	p, err := policy.Source{Name: "policy " + version, Text: k.Text, Calendar: k.Calendar}.Parse()
	if err != nil {
		return nil, fmt.Errorf("read policy %s: %w", version, err)
	}
	if p.Version != version {
		return nil, fmt.Errorf("read policy %s: what is kept is %s", version, p.Version)
	}
	return p, nil
}

// Current is the version that is current; ErrUnknown before the first Put.
func (s *Store) Current(ctx context.Context) (string, error) {
	v, err := s.RDB.Get(ctx, currentKey).Result()
	if errors.Is(err, redis.Nil) {
		return "", ErrUnknown
	}
	if err != nil {
		return "", fmt.Errorf("read which policy is current: %w", err)
	}
	return v, nil
}
