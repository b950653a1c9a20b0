package fold

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		"  ＲＥＦＵＮＤ　me\r\n\tnow ": "refund me now",
		"我要退貨退款，賣家還沒發貨":         "我要退货退款,卖家还没发货",
		"zero\u200bwidth\ufeff": "zerowidth",
		"don’t":                 "don't",
		"①２３":                   "123",
		"a\xffb":                "a\ufffdb",
		"妳好":                    "你好",
	} {
		if got := Text(in); got != want {
			t.Errorf("%q folds to %q, want %q", in, got, want)
		}
	}
}

func TestTableHoldsPairs(t *testing.T) {
	n := 0
	for from, to := range simplified {
		if to == 0 {
			continue
		}
		n++
		if again := simplified[to]; again != 0 && again != to {
			t.Errorf("%c folds to %c, which folds to %c", from, to, again)
		}
	}
	if n < 2500 {
		t.Errorf("the table has %d pairs", n)
	}
}

func FuzzText(f *testing.F) {
	f.Add("我要退貨 ＲＥＦＵＮＤ\u200b")
	f.Fuzz(func(t *testing.T, s string) {
		once := Text(s)
		if !utf8.ValidString(once) || strings.Contains(once, "  ") {
			t.Errorf("%q folds to %q", s, once)
		}
		if twice := Text(once); twice != once {
			t.Errorf("%q folds to %q, and that to %q", s, once, twice)
		}
	})
}
