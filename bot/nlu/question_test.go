package nlu

import (
	"testing"

	"recourse/dialog"
)

func TestAQuestionIsToldFromAStory(t *testing.T) {
	for text, want := range map[string]bool{
		"运费谁出":                         true,
		"退款多久到账":                       true,
		"这能退不":                         true,
		"请问怎么联系你们":                     true,
		"平台介入之后要等几天？":                  true,
		"申请介入一般几成能成":                   true,
		"申请售后的按钮找不到":                   true,
		"怎么撤销申请":                       true,
		"撤销申请":                         false,
		"手环充了一晚上开不了机":                  false,
		"收到一双白色的，鞋码也不对":                false,
		"我要退款":                         false,
		"申请平台介入":                       false,
		"how long does a refund take":  true,
		"The seller refused, what now": true,
		"who pays for the return":      true,
		"it arrived broken":            false,
		"I want my money back":         false,
		"Please escalate this":         false,
	} {
		if got := Understand(text, nil).Question.Form; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}

func TestAWishIsToldFromATale(t *testing.T) {
	for text, want := range map[string]bool{
		"我要申请介入": true, "帮我投诉这家店": true, "I want my money back": true, "Please escalate this": true,
		"申请介入的时间已经过了": false, "商家不同意我的退款": false, "the usual odds of an intervention": false,
	} {
		if got := Understand(text, nil).Question.Wish; got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	// That the merchant does not agree is no answer to anything.
	for _, text := range []string{"商家不同意我的退款 还没寄回", "卖家还是不同意", "the seller doesn't agree"} {
		if got := Understand(text, nil).Intent; got == dialog.IntentDecline {
			t.Errorf("%q is heard as a refusal of his own", text)
		}
	}
}
