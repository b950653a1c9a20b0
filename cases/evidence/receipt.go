package evidence

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"strconv"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// Receipt says what was received and when, so that nobody can say later that it was something else or never came.
// The signature is the server's; only the server can check it.
type Receipt struct {
	ID         cases.EvidenceID    `json:"id"`
	Case       cases.ID            `json:"case"`
	Party      cases.Actor         `json:"party"` // who gave it
	Kind       policy.EvidenceKind `json:"kind"`
	Media      string              `json:"media"` // told from the bytes
	Bytes      int64               `json:"bytes"`
	SHA256     string              `json:"sha256"` // of the file as it came, hex
	ReceivedAt time.Time           `json:"received_at"`
	Stage      cases.EvidenceStage `json:"stage"` // when the receipt was made out
	IssuedAt   time.Time           `json:"issued_at"`
	Signature  string              `json:"signature"` // HMAC-SHA256, hex
}

// ErrReceipt says that a receipt is not ours, or was changed.
var ErrReceipt = errors.New("not a receipt of this server")

// Receipts makes receipts out and checks them. The key is at least 32 bytes and must outlive the receipts.
type Receipts struct{ Key []byte }

// Issue makes a receipt out for a piece of evidence of a case.
func (r Receipts) Issue(c cases.Case, e cases.Evidence, now time.Time) Receipt {
	out := Receipt{
		ID: e.ID, Case: c.ID, Party: e.Party, Kind: e.Kind, Media: e.Media, Bytes: e.Bytes, SHA256: e.SHA256,
		ReceivedAt: e.At.UTC().Truncate(time.Millisecond), Stage: c.StageOf(e), IssuedAt: now.UTC().Truncate(time.Second),
	}
	out.Signature = hex.EncodeToString(r.sign(out))
	return out
}

// Verify answers ErrReceipt unless every field is as it was made out.
func (r Receipts) Verify(x Receipt) error {
	sig, err := hex.DecodeString(x.Signature)
	if err != nil || !hmac.Equal(sig, r.sign(x)) {
		return ErrReceipt
	}
	return nil
}

// sign covers the fields with their lengths, so that no two sets of fields read the same.
func (r Receipts) sign(x Receipt) []byte {
	return macOf(r.Key, "recourse evidence receipt 1",
		string(x.ID), string(x.Case), string(x.Party), string(x.Kind), x.Media, strconv.FormatInt(x.Bytes, 10), x.SHA256,
		x.ReceivedAt.UTC().Format(time.RFC3339Nano), string(x.Stage), x.IssuedAt.UTC().Format(time.RFC3339Nano))
}

// macOf signs fields for a purpose, each with its length.
func macOf(key []byte, purpose string, fields ...string) []byte {
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(purpose + "\n")) // never fails, by the contract of hash.Hash
	for _, f := range fields {
		_, _ = mac.Write([]byte(strconv.Itoa(len(f)) + ":" + f + "\n")) // as above
	}
	return mac.Sum(nil)
}
