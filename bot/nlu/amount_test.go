package nlu

import "testing"

func TestAmounts(t *testing.T) {
	for text, want := range map[string]int64{
		"12元": 1200, "运费12块5": 1250, "¥8.80": 880, "￥ 8": 0, "我付了 15.5 元运费": 1550, "20": 2000, "20.05": 2005, "rmb 30": 3000,
		"12 yuan": 1200, "12元还是15元": 0, "6920251100010001": 0, "两天了": 0, "": 0, "3天后": 0, "1999999999元": 0, "９块": 900, "0元": 0,
	} {
		if got := Understand(text, nil).AmountFen; got != want {
			t.Errorf("%q: %d fen, want %d", text, got, want)
		}
	}
}
