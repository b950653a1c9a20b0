package nlu

import (
	"recourse/cases/policy"
	"recourse/dialog"
)

// The lexicon follows domain §6.3. A word stands in the list of the thing it speaks for most.

type intentRule struct {
	intent dialog.Intent
	words  []string
	not    []string
	short  bool // only when the text is hardly more than the word
}

// intents in the order in which they outrank each other.
var intents = []intentRule{
	{intent: dialog.IntentBot, words: []string{"返回机器人", "不用人工", "不等了", "取消排队", "back to the bot", "back to bot", "leave the queue"}},
	{intent: dialog.IntentHuman, words: []string{
		"转人工", "人工客服", "找人工", "要人工", "人工来", "别跟我说", "别让机器人", "不要机器人", "不想跟机器人", "不跟机器人", "人工服务", "真人", "活人", "人工在吗", "有人吗", "接人工", "客服电话", "叫客服", "找客服", "转客服", "要客服", "接客服", "喊客服",
		"给我找个人", "帮我找个人", "叫个人来", "换个人来", "来个人", "找个人来", "找人来处理", "让人来处理", "有没有人在", "有人在吗", "有没有真人",
		"human", "real person", "stop talking to me", "not a robot", "not a bot", "a person please", "agent please", "live agent", "speak to someone", "talk to someone", "talk to a person", "an agent", "representative", "operator",
		"want a person", "need a person", "get me a person", "give me a person", "speak to a person", "talk with a person", "speak with a person", "with a person", "actual person", "live person",
		"speak to somebody", "talk to somebody", "someone real", "somebody real", "put me through", "transfer me", "connect me to", "talk to support", "speak to support", "get me someone", "get me somebody",
	}},
	{intent: dialog.IntentHuman, words: []string{"人工", "客服", "agent"}, short: true},
	{intent: dialog.IntentEscalate, words: []string{
		"平台介入", "客服介入", "官方介入", "小二介入", "申请仲裁", "客服仲裁", "抖音介入", "平台仲裁", "让抖音评评理", "申请介入", "要介入",
		"platform intervention", "escalate", "step in", "platform decide", "dispute it with the platform", "open a dispute",
	}},
	{intent: dialog.IntentWithdraw, words: []string{
		"撤销申请", "撤销售后", "取消申请", "取消售后", "撤回申请", "不退了", "不想退了", "withdraw", "cancel my refund", "cancel the refund", "cancel my application", "take back the application", "take back my application", "take my application back", "take back my request", "take back the request", "drop the case",
	}},
	{intent: dialog.IntentCancel, words: []string{"算了", "先不弄了", "以后再说", "先这样", "取消", "never mind", "nevermind", "forget it", "cancel", "stop"}, short: true},
	{intent: afterMoves},
	{intent: dialog.IntentStatus, words: []string{
		"进度", "到哪一步", "到哪了", "处理得怎么样", "怎么样了", "有结果", "什么时候到账", "多久到账", "钱呢", "退款到", "到账", "退哪去了", "处理好了吗", "什么时候处理", "还要多久", "等多久",
		"为什么关闭", "怎么关闭了", "怎么关了", "钱退了吗", "钱退了没", "钱退没退", "退款了吗", "退款了没",
		"status", "progress", "does my case stand", "does the case stand", "does it stand", "do things stand", "been refunded", "was it closed", "was my case closed", "is it closed", "any update", "any news", "how long", "where is my money", "when will i get", "when do i get",
	}, not: []string{"没到账就", "能退款了吗", "可以退款了吗"}},
	{intent: dialog.IntentTrouble, words: []string{
		"传不上去", "传不上来", "凭证传不", "照片传不", "图片传不", "视频传不", "文件传不", "传不了凭证", "传不了照片", "传不了图", "传不了视频",
		"上传不", "上传失败", "传失败", "传图失败", "发不了图", "发不了照片", "发不出图", "图片发不", "照片发不", "视频发不", "一直转圈", "转圈然后失败",
		"相机打不开", "打不开相机", "相册打不开", "打不开相册", "相机权限", "相册权限", "照片选不了",
		"can't upload", "won't upload", "doesn't upload", "upload fails", "upload failed", "upload keeps", "uploading fails", "upload is stuck",
		"upload doesn't work", "upload isn't working", "camera won't open", "camera doesn't open", "camera permission", "can't send the photo", "can't send photos",
	}},
	{intent: dialog.IntentEvidence, words: []string{
		"传凭证", "上传凭证", "补充凭证", "补凭证", "要什么证据", "什么凭证", "哪些证据", "补充证据", "上传照片", "传照片", "传视频", "再传",
		"upload", "evidence", "what proof", "which photos", "add a photo", "add photo",
	}},
	{intent: dialog.IntentEvidence, short: true, words: []string{
		"照片我有", "视频我有", "凭证我有", "我有照片", "我有视频", "我有凭证", "照片都有", "凭证都有",
		"photos are ready", "i have the photos", "i have photos", "i have the video", "i have a video", "i have the pictures",
	}},
	{intent: dialog.IntentWhy, words: []string{"为什么要", "干嘛要", "凭什么要我", "有什么用", "why do you need", "why do i have to", "what for"}},
	{intent: dialog.IntentRepeat, words: []string{"再说一遍", "没看懂", "什么意思", "重复一下", "say that again", "what do you mean", "repeat", "i don't understand", "don't get it"}},
	{intent: dialog.IntentOutside, words: []string{
		"天气", "股票", "彩票", "写首诗", "讲个笑话", "涨粉", "直播间怎么开", "账号被封", "weather", "joke", "poem", "bitcoin", "lottery",
	}},
	{intent: dialog.IntentRefund, words: []string{
		"退款", "退货", "退钱", "我要退", "想退", "能退", "可以退", "怎么退", "退回去", "申请售后", "售后", "不想要了", "退掉", "换货", "赔",
		"refund", "return", "money back", "send it back", "exchange it", "want my money",
	}},
	{intent: dialog.IntentRepeat, words: []string{"继续", "接着来", "接着填", "我回来了", "go on", "continue", "carry on", "i am back", "i'm back"}, short: true},
	{intent: dialog.IntentSolved, words: []string{
		"解决了", "已经解决", "已解决", "都解决", "搞定了", "处理好了", "弄好了",
		"it's solved", "it is solved", "is solved", "problem solved", "got solved", "been solved", "it's resolved", "is resolved", "been resolved", "all sorted", "it's sorted", "is sorted", "got sorted",
	}, not: []string{
		"没解决", "没有解决", "未解决", "不解决", "还没", "没搞定", "没弄好", "没处理", "吗", "怎么", "什么", "谁", "何时", "才", "就算", "如果", "要是", "还是",
		"not", "n't", "never", "when", "if", "until", "how", "?",
	}, short: true},
	{intent: dialog.IntentThanks, words: []string{"谢谢", "多谢", "辛苦了", "感谢", "thanks", "thank you", "thx", "cheers"}, short: true},
	{intent: dialog.IntentGreet, words: []string{"你好", "您好", "在吗", "哈喽", "嗨", "hello", "hi", "hey", "good morning", "good evening"}, short: true},
	{intent: dialog.IntentNo, words: []string{"不是", "不对", "没有", "否", "no", "nope", "wrong"}, short: true},
	{intent: dialog.IntentYes, words: []string{"是的", "对的", "没错", "确认", "嗯", "嗯嗯", "对对", "好的", "可以", "行", "是", "对", "yes", "yeah", "yep", "ok", "okay", "sure", "right", "correct"}, short: true},
}

type reasonRule struct {
	id           policy.ReasonID
	strong, weak []string
	// all: a word of every group of one of these is as good as a phrase, and more particular.
	all [][][]string
	// not: with one of these it is another reason.
	not []string
}

// otherThanOrdered: what came differs from what was ordered.
var otherThanOrdered = [][]string{
	{"我拍的是", "我买的是", "我订的是", "我要的是", "我下单的是", "下单的是", "明明买的", "明明拍的", "拍的是", "买的是", "订的是", "i ordered", "i bought", "my order was", "ordered"},
	{"收到", "发来", "寄来", "来的是", "送来", "到手", "发的是", "给我发", "got", "received", "sent", "came", "arrived", "delivered", "is actually"},
	{
		"色", "码", "款", "型号", "尺寸", "规格", "版本", "口味", "另一", "别的", "不对", "不一样",
		"size", "colour", "color", "model", "version", "flavour", "another", "different", "instead", "wrong", "white", "black", "red", "blue", "green",
	},
}

// pickupPlaces are where couriers leave parcels, and who takes them in.
var pickupPlaces = [][]string{
	{"驿站", "代收点", "快递柜", "丰巢", "自提点", "pick-up point", "pickup point", "locker", "station"},
	{"门卫", "保安", "物业", "门口", "gate", "doorman", "concierge", "front desk", "porch"},
	{"家人", "家里", "老公", "老婆", "爸妈", "室友", "family", "husband", "wife", "roommate", "parents"},
	{"邻居", "公司前台", "neighbour", "neighbor", "office"},
}

var (
	harmInTransit = []string{
		"压扁", "压坏", "压碎", "压烂", "摔", "碎", "破损", "破了", "破裂", "撞", "变形", "散架", "洒了", "漏了",
		"crushed", "smashed", "shattered", "broken", "cracked", "dented", "squashed", "damaged", "leaked", "in pieces",
	}
	transitWords = []string{
		"快递", "箱子", "纸箱", "外箱", "包装", "包裹", "运输", "路上", "运送", "物流", "盒子压", "盒子都", "盒子被",
		"box", "parcel", "package", "packaging", "transit", "shipping", "delivery", "courier", "carton", "on the way",
	}
	foodWords = []string{
		"水果", "车厘子", "樱桃", "草莓", "苹果", "葡萄", "芒果", "榴莲", "桃", "梨", "橙", "橘", "瓜", "荔枝", "海鲜", "虾", "蟹", "鱼", "肉", "牛奶", "酸奶", "蛋糕", "鸡蛋", "蔬菜", "青菜", "面包", "鲜花", "生鲜",
		"fruit", "cherries", "strawberries", "apples", "grapes", "mangoes", "peaches", "seafood", "shrimp", "prawns", "crabs", "fish", "meat", "milk", "cake", "eggs", "vegetables", "flowers",
	}
	giftWords = []string{
		"赠品", "赠送", "说送", "送一", "送个", "送的", "附赠", "附送", "配件", "附件", "零件", "说明书", "充电线", "数据线", "收纳包", "螺丝", "遥控器", "应该有", "承诺送",
		"gift", "free", "freebie", "accessory", "accessories", "cable", "charger", "manual", "parts", "part", "pouch", "screws", "included", "come with", "supposed to",
	}
	absentWords = []string{
		"只有", "没有", "没见", "没收到", "没给", "没送", "没发", "没看到", "少了", "缺", "漏", "没放",
		"only", "missing", "wasn't", "isn't", "no ", "without", "not there", "not in", "didn't get", "didn't come", "never got", "absent", "left out",
	}
	signedWords = []string{"签收", "已送达", "显示送达", "妥投", "显示收货", "已投递", "显示已到", "signed for", "signed", "delivered", "shows as delivered"}
	notHere     = []string{
		"没收到", "没有收到", "未收到", "没拿到", "没见到", "没看到", "没有包裹", "不是我签", "不是我收", "没人签", "找不到", "不见了", "影都没",
		"not received", "never got", "never received", "haven't received", "haven't got", "didn't get", "didn't receive", "don't have", "not here", "never arrived", "hasn't arrived", "nothing here", "no parcel", "no sign of", "where is it", "can't find",
	}
)

// reasons by the words buyers use for them (domain §2.4 and §6.3).
var reasons = []reasonRule{
	{
		id: policy.QualityDefect,
		strong: []string{
			"开不了机", "不能开机", "无法开机", "充不进电", "充不上电", "没反应", "坏了", "坏的", "故障", "失灵", "质量问题", "质量差", "有问题", "不能用", "用不了",
			"黑屏", "死机", "断了", "裂了", "开线", "掉色", "褪色", "漏水", "漏电", "瑕疵", "破洞", "起球", "不亮", "不制冷", "不加热", "连不上",
			"won't turn on", "can't turn on", "won't start", "won't switch on", "doesn't turn on", "won't power on", "won't charge", "doesn't work", "not working", "broken", "defective", "faulty", "defect", "stopped working", "dead on arrival", "poor quality",
		},
		weak: []string{"充电", "充了", "开机", "磨破", "磨损", "质量", "刮花", "划痕", "charged", "scratched", "worn", "quality"},
	},
	{
		id:  "signed_not_received",
		all: [][][]string{{signedWords, notHere}},
	},
	{
		id:     "damaged_in_transit",
		strong: []string{"运输破损", "运输损坏", "快递压坏", "快递摔坏", "路上碎了", "路上摔", "damaged in transit", "broken in transit", "damaged in shipping", "damaged during delivery", "arrived broken", "arrived shattered", "arrived damaged", "arrived crushed"},
		all:    [][][]string{{transitWords, harmInTransit}},
	},
	{
		id: "missing_parts",
		strong: []string{
			"少件", "少发", "漏发", "少了一", "少了个", "少一件", "少一个", "缺件", "缺少", "缺配件", "没有配件", "没有赠品", "赠品没", "只发了一", "不齐", "数量不够", "数量不对",
			"is missing from", "are missing from", "missing part", "missing parts", "part is missing", "parts are missing", "item is missing", "gift is missing", "incomplete", "accessory is missing", "short one", "one short", "one is missing",
		},
		all: [][][]string{{giftWords, absentWords}},
	},
	{
		id: "spoiled_or_expired",
		strong: []string{
			"烂了", "烂的", "都烂", "全烂", "坏果", "烂果", "变质", "发霉", "霉了", "臭了", "馊", "蔫了", "过期", "死了", "腐烂", "有虫", "长虫", "坏掉的水果",
			"rotten", "mouldy", "moldy", "spoiled", "gone bad", "went bad", "gone off", "expired", "out of date", "past its date", "smells bad", "dead on arrival fish", "wilted", "rotting",
		},
		all: [][][]string{{foodWords, {"坏", "烂", "软了", "黑了", "臭", "霉", "死", "bad", "rotten", "soft", "black", "dead", "mould", "mold", "stinks"}}},
	},
	{
		id:     "empty_parcel",
		strong: []string{"空包", "空盒", "空箱", "里面是空的", "里面什么都没有", "里面没东西", "empty parcel", "empty box", "box was empty", "parcel was empty", "nothing inside"},
	},
	{
		id: "counterfeit",
		strong: []string{
			"假的", "假货", "高仿", "仿冒", "仿品", "盗版", "山寨", "不是正品", "不像正品", "非正品", "假一赔", "退一赔", "a货",
			"fake", "counterfeit", "knock-off", "knockoff", "replica", "not genuine", "not authentic", "isn't genuine", "isn't authentic", "pirated",
		},
		weak: []string{"正品", "专柜", "genuine", "authentic"},
	},
	{
		id: "allergy_or_injury",
		strong: []string{
			"过敏", "起疹", "红肿", "烂脸", "皮肤痒", "发痒", "刺痛", "烫伤", "割伤", "划伤手", "受伤", "拉肚子", "食物中毒", "吃坏",
			"allergic", "allergy", "rash", "swollen", "itchy", "burned my", "burnt my", "injured", "hurt myself", "cut my", "food poisoning", "made me sick",
		},
	},
	{
		id:     "late_shipment",
		strong: []string{"超时未发货", "过了发货时间", "承诺发货", "迟迟不发货", "一直不发货", "拖着不发", "late shipment", "should have shipped", "promised to ship", "still hasn't been shipped"},
	},
	{
		id:     "price_difference",
		strong: []string{"降价", "差价", "价保", "买贵了", "便宜了", "price drop", "price dropped", "price difference", "price protection", "cheaper now", "paid too much"},
	},
	{
		id:     "false_advertising",
		strong: []string{"虚假宣传", "夸大宣传", "承诺没兑现", "承诺未兑现", "说话不算", "false advertising", "false claim", "broken promise", "didn't keep the promise"},
	},
	{
		id: policy.NotAsDescribed,
		strong: []string{
			"描述不符", "与描述不", "和描述不", "跟描述不", "货不对板", "实物不符", "和图片不一样", "跟图片不一样", "与图片不符", "和直播间不一样", "跟直播间不一样", "和宣传不", "跟宣传不", "不是真皮", "材质不对", "尺寸不符", "色差",
			"not as described", "different from the picture", "different from the photo", "not like the picture", "doesn't match the description", "not what was shown", "not as advertised", "misleading",
		},
		weak: []string{"图片", "宣传", "直播间说", "描述", "description", "advertised", "picture"},
	},
	{
		id: policy.WrongItem,
		strong: []string{
			"发错", "错货", "错发", "寄错", "发成", "不是我买的", "不是我要的", "不是我订的", "款式不对", "型号不对", "尺码不对", "鞋码不对", "颜色不对", "码数不对", "发的不是", "颜色发错", "少发一件换",
			"wrong item", "wrong size", "wrong colour", "wrong color", "wrong model", "sent the wrong", "not what i ordered", "isn't what i ordered", "different item",
		},
		weak: []string{"我买的是", "我拍的是", "我订的是", "i ordered"},
		all:  [][][]string{otherThanOrdered},
	},
	{
		id:  policy.NotReceived,
		not: signedWords,
		strong: []string{
			"没收到", "没有收到", "未收到", "收不到", "一直没到", "还没到", "没到货", "不见快递", "物流不动", "物流停", "物流没更新", "快递丢了", "丢件", "卡在路上", "没有物流",
			"not received", "never arrived", "hasn't arrived", "haven't received", "not arrived", "didn't arrive", "lost parcel", "parcel is lost", "tracking hasn't", "stuck in transit",
		},
		weak: []string{"物流", "快递", "tracking", "delivery"},
	},
	{
		id: policy.UnshippedCancel,
		strong: []string{
			"还没发货", "没发货", "未发货", "拍错了", "拍错", "买错了", "买错", "下错单", "取消订单", "不发货",
			"not shipped", "hasn't shipped", "cancel my order", "cancel the order", "ordered by mistake", "bought by mistake",
		},
		weak: []string{"发货", "shipped"},
	},
	{
		id: policy.NoReason7d,
		strong: []string{
			"不喜欢", "不想要", "不合适", "不合身", "不适合", "七天无理由", "7天无理由", "无理由", "不好用", "戴着不好", "穿着不好", "不好看", "后悔", "颜色不喜欢", "不满意颜色", "太大了", "太小了", "大了", "小了", "不需要了",
			"don't like", "dislike", "doesn't suit", "not suit", "not right for me", "looks bad on me", "seven-day", "7-day", "changed my mind", "doesn't fit", "don't want it", "no longer need", "no reason", "regret",
		},
		weak: []string{"喜欢", "颜色", "colour", "color", "taste"},
	},
}

var (
	angry = []string{
		"骗子", "垃圾", "气死", "太过分", "无语", "坑人", "忽悠", "什么破", "恶心", "黑心", "曝光", "投诉你", "他妈", "妈的", "!!!", "???",
		"scam", "ridiculous", "unacceptable", "disgusting", "furious", "rubbish", "garbage", "wtf",
	}
	receivedWords    = []string{"收到了", "收到货", "签收了", "已签收", "到货了", "拿到了", "i received it", "i got it", "it arrived", "received it"}
	notReceivedWords = []string{"没收到", "没有收到", "未收到", "还没到", "没到货", "haven't received", "not received", "never arrived", "hasn't arrived"}
	intactWords      = []string{"没用过", "没有用过", "没拆", "未拆", "全新", "吊牌还在", "没穿过", "完好", "unused", "unopened", "never used", "not used", "tags on", "brand new", "like new", "intact"}
	usedWords        = []string{"用过几次", "用了几天", "穿过了", "洗过", "用坏了", "used it", "washed", "wore it", "i've used", "have used"}
)
