package nlu

import (
	"testing"

	"recourse/cases/policy"
	"recourse/dialog"
)

func TestHarmIsHeard(t *testing.T) {
	for _, text := range []string{
		"充电的时候冒烟了", "插头漏电，把我电到了", "吃了以后拉肚子", "it caught fire",
		"吃完上吐下泻去了医院", "孩子吃完就吐，送急诊了", "喝了一直腹泻", "吃出肠胃炎了", "用了这个面膜脸上过敏了", "涂完起疹子", "玻璃碎了割到手，流血了", "椅子塌了摔伤了", "锅盖炸了烫到", "食物中毒，在输液", "孩子被夹伤", "没去医院但是一直拉肚子", "吃了肚子疼",
		"it made me throw up, I went to hospital", "my son was vomiting all night", "I got diarrhea from it", "it gave me an allergic reaction", "I got a rash", "the glass broke and cut my hand", "it gave me a shock", "the chair collapsed and I was injured", "we ended up in the emergency room", "I had to go to the doctor", "stomach cramps after eating it", "it made us sick", "nobody was hurt but there was smoke from the plug",
	} {
		if got := Understand(text, nil).Answers.Harm; got != policy.Yes {
			t.Errorf("%q: harm %q", text, got)
		}
	}
	for _, text := range []string{
		"开不了机", "没有冒烟", "没去医院", "不拉肚子", "没有人受伤", "这款防过敏吗", "敏感肌能用吗", "电脑中毒", "屏幕起泡", "我真是吐了", "买给住校的孩子", "在医院附近的驿站", "贴膜有气泡",
		"no smoke", "nobody was hurt", "nobody was injured", "hypoallergenic pillow", "the colour hurts my eyes", "a smoking jacket", "the price shocked me", "cut my order", "it does not turn on", "hospital gown is too small",
	} {
		if got := Understand(text, nil).Answers.Harm; got != policy.Unknown {
			t.Errorf("%q: harm %q", text, got)
		}
	}
}

// Who only tells what it did to him is understood as somebody who wants it dealt with; who asks is not.
func TestHarmAloneIsAReason(t *testing.T) {
	for text, want := range map[string]policy.ReasonID{
		"吃完上吐下泻去了医院": policy.AllergyOrInjury, "it made me throw up, I went to hospital": policy.AllergyOrInjury, "去医院要留什么材料？": "", "住院报销比例": "", "stomach ache": "", "it smoked while charging": "", "那是在医院门口取的": "",
	} {
		if got := Understand(text, nil); got.Reason != want || (want != "") != (got.Intent == dialog.IntentRefund) {
			t.Errorf("%q: reason %q, intent %q", text, got.Reason, got.Intent)
		}
	}
}

func TestAPromiseIsHeard(t *testing.T) {
	for text, want := range map[string]string{
		"直播间说送一个收纳包，我收到的只有主商品": "yes", "主播说会送的没有": "yes", "a pouch was promised and did not come": "yes", "少了一件": "",
	} {
		if got := string(Understand(text, nil).Answers.Promised); got != want {
			t.Errorf("%q: promised %q, want %q", text, got, want)
		}
	}
}
