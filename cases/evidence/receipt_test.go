package evidence

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"recourse/cases"
)

func TestAReceiptIsGoodForWhatItSays(t *testing.T) {
	r := Receipts{Key: testKey}
	at := time.Date(2026, 11, 25, 10, 0, 0, 123_456_789, time.FixedZone("", 8*3600))
	c := cases.Case{ID: "c_001_A", Attempt: 1}
	e := cases.Evidence{ID: "e_001_A", Kind: "item_photo", Party: cases.Buyer, Media: "image/jpeg", Bytes: 1234, SHA256: "ab", At: at}
	x := r.Issue(c, e, at.Add(time.Hour))
	if x.Stage != cases.Submitted || x.SHA256 != "ab" || x.ReceivedAt.Location() != time.UTC {
		t.Errorf("%+v", x)
	}
	// It is kept as a file and comes back.
	raw, err := json.Marshal(x)
	if err != nil {
		t.Fatal(err)
	}
	var back Receipt
	if err := json.Unmarshal(raw, &back); err != nil {
		t.Fatal(err)
	}
	if err := r.Verify(back); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*Receipt){
		"id": func(x *Receipt) { x.ID = "e_001_B" }, "case": func(x *Receipt) { x.Case = "c_001_B" },
		"party": func(x *Receipt) { x.Party = cases.Merchant }, "kind": func(x *Receipt) { x.Kind = "fault_video" },
		"media": func(x *Receipt) { x.Media = "image/png" }, "bytes": func(x *Receipt) { x.Bytes++ },
		"hash": func(x *Receipt) { x.SHA256 = "ac" }, "time": func(x *Receipt) { x.ReceivedAt = x.ReceivedAt.Add(-time.Minute) },
		"stage": func(x *Receipt) { x.Stage = cases.Locked }, "issue": func(x *Receipt) { x.IssuedAt = x.IssuedAt.Add(time.Second) },
		"signature": func(x *Receipt) { x.Signature = "00" + x.Signature[2:] }, "no signature": func(x *Receipt) { x.Signature = "" },
		"bytes moved between fields": func(x *Receipt) { x.Media, x.Kind = "mage/jpeg", "item_photoi" },
	} {
		changed := back
		change(&changed)
		if err := r.Verify(changed); !errors.Is(err, ErrReceipt) {
			t.Errorf("with another %s it is good: %v", name, err)
		}
	}
	if err := (Receipts{Key: append([]byte{1}, testKey[1:]...)}).Verify(back); !errors.Is(err, ErrReceipt) {
		t.Errorf("under another key: %v", err)
	}
}
