package rediswebhooks

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strings"
)

// KeyLeast is how many characters a sealing key must have.
const KeyLeast = 32

const (
	plainPrefix  = "plain:"
	sealedPrefix = "gcm1:"
)

// Sealer keeps webhook secrets unreadable to whoever reads only the store. Secrets must be recoverable to sign
// with, so they cannot be kept as hashes. The zero Sealer has no key and keeps them in plain.
type Sealer struct{ aeads []cipher.AEAD } // the first seals, all open

// NewSealer makes a Sealer; the first key seals, the others only open, so that keys can be changed.
func NewSealer(keys []string) (*Sealer, error) {
	s := &Sealer{}
	for _, k := range keys {
		if len(k) < KeyLeast {
			return nil, fmt.Errorf("a key for webhook secrets needs at least %d characters", KeyLeast)
		}
		sum := sha256.Sum256([]byte("recourse webhook secrets\x00" + k))
		block, err := aes.NewCipher(sum[:])
		if err != nil {
			return nil, fmt.Errorf("make the cipher of webhook secrets: %w", err)
		}
		aead, err := cipher.NewGCM(block)
		if err != nil {
			return nil, fmt.Errorf("make the cipher of webhook secrets: %w", err)
		}
		s.aeads = append(s.aeads, aead)
	}
	return s, nil
}

// seal hides a secret; it opens only for the same endpoint. One that could not be opened stays as it is.
func (s *Sealer) seal(secret, endpoint string) (string, error) {
	if strings.HasPrefix(secret, sealedPrefix) {
		return secret, nil
	}
	if len(s.aeads) == 0 {
		return plainPrefix + secret, nil
	}
	aead := s.aeads[0]
	nonce := make([]byte, aead.NonceSize())
	if _, err := rand.Read(nonce); err != nil {
		return "", fmt.Errorf("seal a webhook secret: %w", err)
	}
	return sealedPrefix + base64.StdEncoding.EncodeToString(aead.Seal(nonce, nonce, []byte(secret), []byte(endpoint))), nil
}

// open shows a secret. One that was sealed with a key that is not there stays sealed: nothing can be signed with
// it, which every attempt says, but events go on being queued and nothing is lost when the key is given again.
func (s *Sealer) open(kept, endpoint string) string {
	if plain, ok := strings.CutPrefix(kept, plainPrefix); ok {
		return plain
	}
	raw, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(kept, sealedPrefix))
	if err != nil {
		return kept
	}
	for _, aead := range s.aeads {
		if n := aead.NonceSize(); len(raw) > n {
			if secret, err := aead.Open(nil, raw[:n], raw[n:], []byte(endpoint)); err == nil {
				return string(secret)
			}
		}
	}
	return kept
}
