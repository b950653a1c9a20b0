package nlu

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"pgregory.net/rapid"

	"recourse/cases/policy"
	"recourse/dialog"
)

var shelf = []policy.Line{
	{OrderID: "6920251100010001", LineID: "1", Title: "智能手环 Pro（直播间专享）"},
	{OrderID: "6920251100010002", LineID: "1", Title: "针织开衫毛衣"},
	{OrderID: "6920251100010003", LineID: "1", Title: "连帽卫衣"},
	{OrderID: "6920251100020001", LineID: "1", Title: "Smart band Pro (live room)"},
}

func TestWhatBuyersWriteIsUnderstood(t *testing.T) {
	const (
		band    = "6920251100010001/1"
		sweater = "6920251100010002/1"
		bandEN  = "6920251100020001/1"
	)
	for _, tt := range []struct {
		text   string
		intent dialog.Intent
		reason policy.ReasonID
		line   string // the likeliest
	}{
		{"前天在直播间买的手环充了一晚上电都开不了机，盒子也磨破了", dialog.IntentRefund, policy.QualityDefect, band},
		{"手環開不了機，我要退錢", dialog.IntentRefund, policy.QualityDefect, band},
		{"那件毛衣颜色不喜欢，想退货", dialog.IntentRefund, policy.NoReason7d, sweater},
		{"收到的跟图片不一样", dialog.IntentRefund, policy.NotAsDescribed, ""},
		{"发错货了，我买的是黑色", dialog.IntentRefund, policy.WrongItem, ""},
		{"快递丢了，一直没收到", dialog.IntentRefund, policy.NotReceived, ""},
		{"还没发货，拍错了不想要", dialog.IntentRefund, policy.UnshippedCancel, ""},
		{"我要退款", dialog.IntentRefund, "", ""},
		{"能退吗", dialog.IntentRefund, "", ""},
		{"订单6920251100010003怎么退", dialog.IntentRefund, "", "6920251100010003/1"},
		{"The smart band won't turn on", dialog.IntentRefund, policy.QualityDefect, bandEN},
		{"My smart band will not turn on after charging", dialog.IntentRefund, policy.QualityDefect, bandEN},
		{"i’ve charged it and it doesn’t turn on", dialog.IntentRefund, policy.QualityDefect, ""},
		{"I do not like the colour", dialog.IntentRefund, policy.NoReason7d, ""},
		{"I want my money back", dialog.IntentRefund, "", ""},
		{"it never arrived", dialog.IntentRefund, policy.NotReceived, ""},
		{"you sent the wrong size", dialog.IntentRefund, policy.WrongItem, ""},
		{"changed my mind, don't like the colour", dialog.IntentRefund, policy.NoReason7d, ""},
		{"凭证一直传不上去，转圈然后失败。", dialog.IntentTrouble, "", ""},
		{"憑證傳不上去", dialog.IntentTrouble, "", ""},
		{"照片上传失败了怎么办", dialog.IntentTrouble, "", ""},
		{"相机打不开，没有相机权限", dialog.IntentTrouble, "", ""},
		{"I can't upload the photo, it keeps spinning", dialog.IntentTrouble, "", ""},
		{"the upload failed again", dialog.IntentTrouble, "", ""},
		{"手环传不上数据，开不了机，想退货", dialog.IntentRefund, policy.QualityDefect, band},
		{"怎么上传凭证", dialog.IntentEvidence, "", ""},
		{"转人工", dialog.IntentHuman, "", ""},
		{"我不想跟机器人说，叫真人来", dialog.IntentHuman, "", ""},
		{"手环坏了，转人工！！！", dialog.IntentHuman, policy.QualityDefect, band},
		{"can I talk to a person please", dialog.IntentHuman, "", ""},
		{"I want a person", dialog.IntentHuman, "", ""},
		{"get me someone who can help", dialog.IntentHuman, "", ""},
		{"please put me through", dialog.IntentHuman, "", ""},
		{"给我找个人", dialog.IntentHuman, "", ""},
		{"有人在吗", dialog.IntentHuman, "", ""},
		{"agent", dialog.IntentHuman, "", ""},
		{"申请平台介入", dialog.IntentEscalate, "", ""},
		{"商家不同意，我要抖音介入", dialog.IntentEscalate, "", ""},
		{"please escalate this", dialog.IntentEscalate, "", ""},
		{"现在到哪一步了？", dialog.IntentStatus, "", ""},
		{"钱什么时候到账", dialog.IntentStatus, "", ""},
		{"any update?", dialog.IntentStatus, "", ""},
		{"撤销申请", dialog.IntentWithdraw, "", ""},
		{"withdraw please", dialog.IntentWithdraw, "", ""},
		{"要什么凭证", dialog.IntentEvidence, "", ""},
		{"what proof do you need", dialog.IntentEvidence, "", ""},
		{"为什么要传照片", dialog.IntentEvidence, "", ""},
		{"算了", dialog.IntentCancel, "", ""},
		{"never mind", dialog.IntentCancel, "", ""},
		{"你好", dialog.IntentGreet, "", ""},
		{"hello", dialog.IntentGreet, "", ""},
		{"谢谢", dialog.IntentThanks, "", ""},
		{"是的", dialog.IntentYes, "", ""},
		{"不是", dialog.IntentNo, "", ""},
		{"今天天气怎么样", dialog.IntentOutside, "", ""},
		{"tell me a joke", dialog.IntentOutside, "", ""},
		{"", dialog.IntentEmpty, "", ""},
		{" \u3000\n", dialog.IntentEmpty, "", ""},
		{"。。。", dialog.IntentUnknown, "", ""},
		{"afjkl qwop", dialog.IntentUnknown, "", ""},
		// "No" inside a word is not a no, "hi" inside one is not a greeting.
		{"notice", dialog.IntentUnknown, "", ""},
		{"this", dialog.IntentUnknown, "", ""},
	} {
		got := Understand(tt.text, shelf)
		line := ""
		if len(got.Lines) > 0 {
			line = got.Lines[0]
		}
		if got.Intent != tt.intent || got.Reason != tt.reason || line != tt.line {
			t.Errorf("%q: intent %q reason %q line %q, want %q %q %q", tt.text, got.Intent, got.Reason, line, tt.intent, tt.reason, tt.line)
		}
	}
}

func TestATextThatCouldMeanTwoReasonsIsDoubtNotAGuess(t *testing.T) {
	got := Understand("坏了，而且发错货", shelf)
	if got.Reason != "" || !slices.Contains(got.Doubts, policy.QualityDefect) || !slices.Contains(got.Doubts, policy.WrongItem) {
		t.Errorf("reason %q, doubts %v", got.Reason, got.Doubts)
	}
}

func TestAngerIsHeard(t *testing.T) {
	for text, want := range map[string]bool{"骗子！手环坏了": true, "手环坏了": false, "this is a scam": true, "thanks": false} {
		if got := Understand(text, nil).Angry; got != want {
			t.Errorf("%q: angry %v", text, got)
		}
	}
}

func TestNoTextBreaksTheUnderstanding(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		s := Normalise(text)
		if !utf8.ValidString(s) || s != strings.TrimSpace(s) || strings.ContainsAny(s, "ABCXYZ\x00\u200b") {
			t.Fatalf("normalising %q gives %q", text, s)
		}
		for _, key := range Understand(text, shelf).Lines {
			if !slices.ContainsFunc(shelf, func(l policy.Line) bool { return dialog.LineKey(l.OrderID, l.LineID) == key }) {
				t.Fatalf("%q names the line %q, which is not there", text, key)
			}
		}
	})
}
