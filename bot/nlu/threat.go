package nlu

import "slices"

// Who writes that he is going to hurt somebody gets a person, calmly, and the agents know before they answer. As with
// distress, what people say when they are only annoyed, what is said of goods, and what somebody else has threatened
// are not among them; in doubt it is taken seriously.
var (
	threats = slices.Concat(
		each([]string{"砍死", "砍了", "杀了", "杀死", "弄死", "打死", "捅死", "捅了", "整死", "揍死", "掐死", "炸死", "烧死"}, "", []string{"你", "您", "他", "她", "商家", "卖家", "客服", "老板", "店家", "主播", "快递员", "那个"}),
		each([]string{"和", "跟"}, "", []string{"你们同归于尽", "你同归于尽", "他同归于尽", "他们同归于尽", "商家同归于尽", "卖家同归于尽"}),
		[]string{
			"砍人", "捅人", "我要杀人", "去杀人", "就杀人", "杀你全家", "灭你全家", "杀他全家", "灭你满门", "要你的命", "要你们的命", "要你狗命", "要你们狗命", "打断你", "打断他", "卸你一条", "让你见血", "让你们见血", "泼硫酸", "泼汽油",
			"带刀去", "带刀过去", "带刀上门", "带着刀去", "带着刀上门", "带把刀去", "拿刀去", "拿刀过去", "拿刀上门", "拿刀找你", "拿着刀去", "提刀去", "提刀上门", "上门砍", "上门打人", "去打你", "打你一顿", "找人打你", "找人弄你", "找人砍", "找人收拾你", "找人揍",
			"炸了你们", "炸了你公司", "炸你们", "炸掉你们", "烧了你们", "烧你们公司", "放火烧你", "放火烧了你", "放火烧公司", "砸了你们公司", "砸了你们的店",
			"burn down your", "burn your office", "burn your warehouse", "burn your house", "blow up your office", "blow up your warehouse", "blow up your company", "blow up your shop", "blow up your building", "bomb your", "shoot up your",
			"come to your office with a knife", "come to your office with a gun", "come over with a knife", "come over with a gun", "bring a knife to", "bring a gun", "you will die for this", "you'll die for this", "make you bleed",
		},
	)
	threatens = []string{"i'll", "i will", "i'm going to", "i am going to", "gonna", "want to", "wanna", "i swear", "i could", "let me", "someone should", "somebody should"}
	violence  = each([]string{"kill", "hurt", "stab", "shoot", "murder", "strangle", "beat up", "attack"}, " ", []string{
		"you", "him", "her", "them", "all of you", "everyone", "everybody", "somebody", "someone", "people", "the seller", "that seller", "the merchant", "the agent", "the courier", "the driver", "your staff", "your agent", "your people", "the shop owner",
	})
	harmless = []string{
		"砍人头", "砍人工", "拿刀去皮", "拿刀去壳", "拿刀去核", "打死他也", "打死她也", "打死你也", "打死你们也", "这是杀人", "等于杀人", "杀了那个功能", "砍了那个功能", "烧死那个", "弄死那个按", "打死那个",
		"威胁我", "恐吓我", "威胁说", "威胁要", "恐吓说", "对我说", "跟我说", "和我说", "骂我", "发消息说", "打电话说",
		"don't want to hurt", "don't want to attack", "not going to hurt", "not going to attack", "shoot you a", "shoot you an", "shoot them a", "shoot them an", "the seller's", "the merchant's", "hurt them financially", "bomb your inbox",
		"told me", "he said", "she said", "they said", "said to me", "wrote to me", "threatened", "threatens", "threatening",
	}
)

// each is every word of some before every word of others.
func each(some []string, between string, others []string) []string {
	var out []string
	for _, a := range some {
		for _, b := range others {
			out = append(out, a+between+b)
		}
	}
	return out
}

func threatening(s reading) bool {
	return (matchAny(s, threats) || matchAny(s, threatens) && matchAny(s, violence)) && !matchAny(s, harmless)
}

// Threatens says that somebody who writes this may be going to hurt others.
func Threatens(text string) bool { return threatening(read(text)) }

// Urgent says that a text must be looked at at once, whoever has the floor: somebody may be hurt.
func Urgent(text string) bool {
	s := read(text)
	return distressed(s) || threatening(s)
}
