package nlu

import (
	"testing"

	"recourse/dialog"
)

func TestWhoMeansToHurtSomebodyIsHeardBeforeAnythingElse(t *testing.T) {
	for _, text := range []string{
		"我要去你们公司砍人", "再不退钱我就砍死你们", "我要弄死那个卖家", "信不信我杀了你", "我带刀去你们店里", "我拿刀上门找你们", "退不了我就放火烧了你们公司", "我要炸了你们公司", "我跟你们同归于尽", "找人打你信不信", "我打断你的腿", "我要上門砍你", "不退款就泼硫酸", "我杀你全家",
		"I'll hurt the seller", "i will kill you", "I'm going to stab the seller", "I swear I'll beat up your staff", "I am gonna kill someone at your office", "I will burn down your warehouse", "I'll blow up your office", "I'm going to bring a gun", "I want to hurt somebody there", "I'll murder that seller", "I will come to your office with a knife", "I'LL KILL YOU ALL, refund me",
	} {
		if got := Understand(text, shelf); got.Intent != dialog.IntentThreat || !Threatens(text) || !Urgent(text) {
			t.Errorf("%q is heard as %q, topic %q, reason %q", text, got.Intent, got.Topic, got.Reason)
		}
	}
}

// What is said in anger, of goods, of prices, and of what others have threatened.
func TestALookAlikeIsNoThreat(t *testing.T) {
	for _, text := range []string{
		"气死我了", "想打人", "我要砍价", "商家砍单了", "杀价太狠", "秒杀买的", "杀菌灯坏了", "水果刀少了一把", "拿刀去皮的时候断了", "刀是钝的", "打死他也不肯退", "打死我也不买了", "你去死吧", "卖家威胁我说要砍死你", "商家骂我还说弄死我", "充电宝炸了", "砍人头活动", "炸鸡都凉了", "快递员把箱子砸了", "我要投诉你们", "我要曝光你们", "我要去你们公司", "虾都死了", "手机弄死机了",
		"this is killing me", "kill the order", "I'll shoot you a message", "I don't want to hurt the seller", "the seller said he will kill me", "the seller threatened to hurt me", "a killer deal", "the blade hurts my hand", "it blew up in my hand", "stab in the dark", "I'll attack this from another side", "I will report you", "you'll hear from my lawyer", "the set should come with a knife", "I'll leave a bad review",
	} {
		if got := Understand(text, shelf); got.Intent == dialog.IntentThreat || Threatens(text) {
			t.Errorf("%q is heard as a threat", text)
		}
	}
}
