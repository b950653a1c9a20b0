package nlu

// Who writes that he does not want to live is not asked about a refund. The phrases are reviewed one by one: what people
// say when they are only annoyed ("烦死了", "this is killing me") is not among them, and where a phrase stands in an
// idiom, in an insult or for a thing that was bought, exempt has it. In doubt it is taken seriously: a person who was
// asked for in vain costs less than one who was not.
var (
	distress = []string{
		"不想活", "不想再活", "活不下去", "活够了", "我活腻了", "活着没意思", "活着没意义", "活着没什么意思", "活着没什么意义", "活着真没意思", "活着有什么意思", "活着有什么意义", "活着还有什么意思", "活着还有什么意义",
		"活着好累", "活着太累", "活着真累", "没有活下去的", "没勇气活", "想死", "死了算了", "不如死了", "死了一了百了", "死给你看", "死给你们看", "我去死了", "想去死",
		"自杀", "自尽", "自残", "寻短见", "寻死", "想轻生", "要轻生", "轻生的念头", "轻生念头", "结束生命", "结束自己", "结束我的生命", "结束我自己", "了结自己", "了断自己", "了结生命", "伤害自己", "割腕",
		"想跳楼", "要跳楼", "去跳楼", "从楼上跳下去", "想跳河", "去跳河", "写遗书", "写好遗书", "写好了遗书", "遗书都",
		"kill myself", "killing myself", "end my life", "ending my life", "end my own life", "take my own life", "taking my own life", "take my life", "want to die", "wanna die", "wish i were dead", "wish i was dead",
		"better off dead", "suicidal", "suicide", "don't want to live", "don't want to be alive", "don't wanna live", "don't want to exist", "no reason to live", "nothing to live for", "not worth living", "tired of living", "can't go on living",
		"hang myself", "harm myself", "harming myself", "self-harm", "self harm", "want to hurt myself", "going to hurt myself", "thinking of hurting myself", "unalive myself", "end it all", "jump off a bridge", "jump off the bridge", "jump off a building",
		"jump off the roof",
	}
	exempt = []string{
		"不想活动", "不想活跃", "想死你", "想死我了", "想死心", "不想死", "想死机", "想死磕", "想死守", "想死撑", "自杀式", "结束自己的申请", "结束自己的售后", "结束自己的订单", "要跳楼价", "跳楼大甩卖", "自残次品",
		"鱼活不", "虾活不", "花活不", "苗活不", "树活不", "龟活不", "草活不", "肉活不", "植物活不", "盆栽活不", "它活不", "它们活不", "店活不", "商家活不", "卖家活不", "鱼都活不", "花都活不", "苗都活不",
		"让我自杀", "叫我自杀", "让我去自杀", "叫我去自杀", "让我去跳楼", "叫我去跳楼",
		"suicide squad", "the fish want to die", "kill myself laughing", "told me to kill myself", "tells me to kill myself", "told me i should kill myself", "plants want to die",
	}
)

func distressed(s reading) bool { return matchAny(s, distress) && !matchAny(s, exempt) }
