package nlu

import (
	"testing"

	"recourse/dialog"
)

func TestWhoDoesNotWantToLiveIsHeardBeforeAnythingElse(t *testing.T) {
	for _, text := range []string{
		"不想活了", "活着没意思", "我真的不想活了，退款也不退", "这点钱是我最后的钱 我活不下去了", "想死", "我想自殺", "死了算了", "退不了我就去跳楼", "我遗书都写好了", "你们再不退我就死给你们看", "活着好累，不想说了", "人工，我想自杀",
		"I want to kill myself", "i do not want to live", "I don't want to live anymore, refund or not", "I'm suicidal", "I feel like ending my life", "I'd be better off dead", "there's nothing to live for", "i wanna die", "agent please I am thinking of suicide",
		"I WANT TO DIE!!!",
	} {
		if got := Understand(text, shelf); got.Intent != dialog.IntentDistress || got.Topic != "" || got.Reason != "" || got.Complaint != "" {
			t.Errorf("%q is heard as %q, topic %q, reason %q", text, got.Intent, got.Topic, got.Reason)
		}
	}
}

// What people say when they are angry or amused, what is said of goods, and what somebody was told to do.
func TestALookAlikeIsNoDistress(t *testing.T) {
	for _, text := range []string{
		"气死我了", "烦死了", "笑死", "笑死我了", "累死了", "急死人了", "热死了", "真是要命", "还让不让人活了", "没法活了", "生无可恋", "我要死了这颜色太丑", "想死你们家的螃蟹了", "这件衣服丑死了", "电池死了", "手机死机了", "我去死机了", "鱼到手都死了",
		"买的鱼活不下去", "花活不了", "自杀式降价", "跳楼价买的", "跳楼大甩卖", "年轻生活系列的杯子", "减轻生理痛的贴", "不想活动了，把活动订单退了", "退款一了百了", "结束自己的申请", "商家骂我让我去死", "商家让我去自杀", "你去死吧", "不想要了", "我不想死等",
		"this is killing me", "killer price", "I'm dying to get my refund", "dead on arrival", "the battery died", "a dress to die for", "I'm dead lol", "the fish look as if they'd die, they came half dead", "kill the order", "suicide squad figure came broken", "I cut myself on the broken glass",
		"the seller told me to kill myself", "I hurt myself on the sharp edge", "it was delivered to a building", "end it and refund me", "the plants want to die, half of them are brown", "bored to death waiting",
	} {
		if got := Understand(text, shelf); got.Intent == dialog.IntentDistress {
			t.Errorf("%q is heard as distress", text)
		}
	}
}
