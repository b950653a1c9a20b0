package nlu

import (
	"testing"

	"recourse/dialog"
)

// A text that says something and then asks is cut before the question; a text that only asks, or asks twice, is not.
func TestTheQuestionATextEndsIn(t *testing.T) {
	for _, tt := range []struct {
		text, tail string
		said       dialog.Intent
		topic      dialog.Topic
	}{
		{"是的，退款没到账怎么办？", "退款没到账怎么办？", dialog.IntentYes, dialog.TopicNotArrived},
		{"不是，商家可以延长收货吗", "商家可以延长收货吗", dialog.IntentNo, dialog.TopicExtended},
		{"开不了机。打赏主播的钱能退吗？", "打赏主播的钱能退吗？", dialog.IntentRefund, dialog.TopicCoins},
		{"我再想想\n对裁定不服可以申诉吗？", "对裁定不服可以申诉吗？", dialog.IntentWait, dialog.TopicAppeal},
		{"照片我有，商家可以延长收货吗？", "商家可以延长收货吗？", dialog.IntentEvidence, dialog.TopicExtended},
		{"yes, can I appeal the ruling?", "can I appeal the ruling?", dialog.IntentYes, dialog.TopicAppeal},
		{"昨天收到的，运费谁出？", "运费谁出？", dialog.IntentUnknown, ""},
		{"退款没到账怎么办？", "", "", ""},
		{"怎么退？运费谁出？", "", "", ""},
		{"手环坏了，开不了机。", "", "", ""},
		{"it costs 1,200.50 or what", "", "", ""},
		{"，？", "", "", ""},
		{"", "", "", ""},
	} {
		got := Understand(tt.text, nil).Tail
		if got.Text != tt.tail || got.Topic != tt.topic || (got.Said != nil) != (tt.tail != "") {
			t.Errorf("%q ends in %+v", tt.text, got)
			continue
		}
		if got.Said != nil && got.Said.Intent != tt.said {
			t.Errorf("%q says %q before", tt.text, got.Said.Intent)
		}
	}
	// What is asked about is not what he says happened.
	if h := Understand("I received it, what if the refund hasn't arrived?", nil); h.Tail.Said == nil || h.Tail.Said.Answers != Understand("I received it", nil).Answers {
		t.Errorf("before the question he says %+v", h.Tail.Said)
	}
}
