package ids

import (
	"errors"
	"strings"
	"testing"
)

func TestAnIDCarriesItsShard(t *testing.T) {
	for _, buyer := range []string{"b-1", "买家二号", "", "buyer-xiaoli"} {
		want := Of(buyer)
		id := New("c", want)
		got, err := ShardOf("c", id)
		if err != nil || got != want {
			t.Errorf("ShardOf(%q) = %v, %v; want %v", id, got, err, want)
		}
		if !strings.HasPrefix(want.Tag(), "{s0") {
			t.Errorf("tag %q", want.Tag())
		}
	}
}

func TestTheShardOfABuyerNeverChanges(t *testing.T) {
	// Pinned: stored data is found by these numbers.
	for buyer, want := range map[string]Shard{"demo-xiaoli": 61, "b-1": 11} {
		if got := Of(buyer); got != want {
			t.Errorf("Of(%q) = %d, want %d", buyer, got, want)
		}
	}
}

func TestMalformedIDsAreRefused(t *testing.T) {
	for _, id := range []string{
		"", "c", "c_", "c_001", "c_001_", "c_999_ABC", "c_0x1_ABC", "d_001_ABC",
		"c_001_abc", "c_001_A}B", "c_001_" + strings.Repeat("A", 80), "c_001_A:B",
	} {
		if _, err := ShardOf("c", id); !errors.Is(err, ErrMalformed) {
			t.Errorf("ShardOf(%q) = %v, want ErrMalformed", id, err)
		}
	}
}
