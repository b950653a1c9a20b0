package nlu

import (
	"os"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"recourse/cases/policy"
	"recourse/dialog"
)

func TestMovesAreUnderstood(t *testing.T) {
	raw, err := os.ReadFile("../testdata/moves.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var pools map[string]struct{ ZH, EN []string }
	if err := yaml.Unmarshal(raw, &pools); err != nil {
		t.Fatal(err)
	}
	for move, want := range map[string]struct {
		intent dialog.Intent
		datum  dialog.Datum
	}{
		"correct_order": {dialog.IntentCorrect, dialog.DatumOrder}, "correct_reason": {dialog.IntentCorrect, dialog.DatumReason},
		"correct_claim": {dialog.IntentCorrect, dialog.DatumClaim}, "correct_evidence": {dialog.IntentCorrect, dialog.DatumEvidence},
		"correct_answer": {dialog.IntentCorrect, dialog.DatumFact}, "correct_waybill": {dialog.IntentCorrect, dialog.DatumWaybill},
		"correct": {dialog.IntentCorrect, ""}, "back": {dialog.IntentBack, ""}, "skip": {dialog.IntentSkip, ""}, "refuse": {dialog.IntentRefuse, ""},
		"wait": {dialog.IntentWait, ""}, "why": {dialog.IntentWhy, ""}, "repeat": {dialog.IntentRepeat, ""}, "cancel": {dialog.IntentCancel, ""},
		"noun": {dialog.IntentNoun, ""}, "human": {dialog.IntentHuman, ""}, "off_topic": {dialog.IntentOutside, ""},
	} {
		pool := pools[move]
		if len(pool.ZH) < 4 || len(pool.EN) < 4 {
			t.Errorf("%s has too few utterances: %+v", move, pool)
		}
		for _, text := range append(pool.ZH, pool.EN...) {
			if got := Understand(text, shelf); got.Intent != want.intent || got.Corrects != want.datum {
				t.Errorf("%s: %q is heard as %q of %q", move, text, got.Intent, got.Corrects)
			}
		}
	}
}

// What has a matter of its own is not a move, though it has the words of one.
func TestAStoryIsNoMove(t *testing.T) {
	for _, text := range []string{
		"商家让我等一下，等了三天都没有回我", "卖家说等等，可是一直没处理", "等了一个星期还没发货，我要退款", "你们发错货了，我要的是黑色", "商家弄错了我的地址",
		"没有这个款，专柜说是假货", "少了一个，没有赠品，直播间说送的", "我想把衣服寄回去退款", "拍错了，想取消订单",
		"I have been waiting for my refund for two weeks", "how long do I have to wait for the refund", "they sent me the wrong size", "I want to send it back for a refund",
		"the seller told me to wait and then never replied",
	} {
		switch got := Understand(text, shelf); got.Intent {
		case dialog.IntentWait, dialog.IntentCorrect, dialog.IntentBack, dialog.IntentSkip, dialog.IntentRefuse, dialog.IntentNoun, dialog.IntentAccept, dialog.IntentDecline:
			t.Errorf("%q is heard as %s", text, got.Intent)
		}
	}
}

func TestWaybillsAreFound(t *testing.T) {
	for text, want := range map[string][2]string{
		"SF1234567890123 已寄出": {"SF1234567890123", "顺丰速运"}, "顺丰 SF1234567890 已寄出": {"SF1234567890", "顺丰速运"}, "单号是yt1234567890123": {"YT1234567890123", "圆通速递"},
		"I sent it back with SF Express, SF1234567890123": {"SF1234567890123", "顺丰速运"}, "快递单号 773012345678901": {"773012345678901", "申通快递"},
		"订单 6920251100010001 要退": {}, "我的电话13812345678": {}, "6920251100010001": {}, "2026-11-20 收到的": {}, "已寄出，13812345678": {},
		"退了 199 元": {}, "SF1234567890123 还是 YT1234567890123": {}, "tracking number 420301234567": {"420301234567", ""},
	} {
		if got := Understand(text, shelf); got.Waybill != want[0] || got.Carrier != want[1] {
			t.Errorf("%q: %q of %q, want %q", text, got.Waybill, got.Carrier, want)
		}
	}
}

func TestTheDayOfArrivalIsReadAsItIsNamed(t *testing.T) {
	now := time.Date(2026, 11, 23, 3, 0, 0, 0, time.UTC) // 11:00 in Shanghai
	for text, want := range map[string]string{
		"应该是昨天收到的": "2026-11-22", "前天签收的": "2026-11-21", "大前天到的货": "2026-11-20", "11月20号收到": "2026-11-20", "我是12月30日收到的": "2025-12-30", "25号才到": "2026-10-25",
		"三天前收到的": "2026-11-20", "收到第9天了": "2026-11-14", "今天刚收到": "2026-11-23",
		"it arrived yesterday": "2026-11-22", "I got it the day before yesterday, it arrived late": "2026-11-21", "received 3 days ago": "2026-11-20", "it was delivered on 20 Nov": "2026-11-20", "arrived Nov 20th": "2026-11-20",
		"昨天买的": "", "没收到，昨天问过": "", "收到了": "", "the band broke yesterday": "",
	} {
		got := ""
		if d := Understand(text, nil).CameOn; d.Named {
			got = d.On(now).Format(time.DateOnly)
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestWhatIsWantedIsHeard(t *testing.T) {
	for text, want := range map[string]policy.RefundType{
		"我想换货": policy.Exchange, "仅退款": policy.RefundOnly, "补发就行": policy.Reship, "退一部分": policy.Partial, "我要退货退款": policy.ReturnRefund,
		"I'd like a partial refund": policy.Partial, "send a replacement": policy.Reship, "你好": "",
	} {
		if got := Understand(text, nil).Want; got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestTheLanguageIsTakenOnlyWhenItIsClear(t *testing.T) {
	for text, want := range map[string]dialog.Locale{
		"I want my money back": dialog.EN, "where is my refund": dialog.EN, "It’s not this one": dialog.EN, "手环开不了机": dialog.ZH, "退款": dialog.ZH, "refund多久到": dialog.ZH, "憑證": dialog.ZH,
		"ok": "", "OK OK OK": "", "iPhone 15 Pro Max": "", "SF1234567890": "", "": "", "👍": "", "好": "", "go back": "", "返品したい": "", "SF Express Shanghai": "",
	} {
		got, clear := Language(text)
		if got != want || clear != (want != "") {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}
