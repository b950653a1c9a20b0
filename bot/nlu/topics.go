package nlu

import "recourse/dialog"

// A topic is heard when one of its own phrases is there, or a word of every group. Groups generalise: who does
// what to what, in whatever order and words.
type topicRule struct {
	topic dialog.Topic
	any   []string
	all   [][]string
	not   []string
}

func (r topicRule) matches(s reading) bool {
	return (matchAny(s, r.any) || len(r.all) > 0 && everyGroup(s, r.all)) && !matchAny(s, r.not)
}

// everyGroup says that a text has a word of each group.
func everyGroup(s reading, groups [][]string) bool {
	for _, g := range groups {
		if !matchAny(s, g) {
			return false
		}
	}
	return true
}

// Groups that several topics share.
var (
	merchantWords = []string{
		"商家", "卖家", "店家", "店铺", "老板", "客服", "他们", "对方", "这家店", "那家店", "merchant", "seller", "shop", "store", "they", "he",
	}
	silentWords = []string{
		"不回", "没回", "不理", "没理", "没人理", "反应", "装死", "不处理", "没处理", "没有处理", "没动静", "没有动静", "不吭声", "没声音", "已读", "没消息", "没有消息", "没答复", "没有答复",
		"no response", "no reply", "no answer", "not responding", "not replying", "doesn't reply", "doesn't respond", "doesn't answer", "hasn't replied", "hasn't responded",
		"hasn't answered", "haven't replied", "haven't responded", "haven't answered", "isn't responding", "isn't answering", "ignoring", "ignores", "silent", "silence", "not a word", "nothing from",
	}
	refusalWords = []string{
		"不给退", "不退", "不能退", "不让退", "不认", "不负责", "拒绝", "拒了", "不管", "won't refund", "refuse", "refuses", "refused", "no refund", "won't take it back", "not responsible", "rejected", "turned me down", "too late",
	}
)

// topics in the order in which they outrank each other. What must not be helped with comes first.
var topics = []topicRule{
	{
		topic: dialog.TopicForgery,
		any: []string{
			"做假图", "做张假", "造假图", "假凭证", "假证据", "假照片", "假图", "伪造", "帮我编", "帮我造", "假装坏", "装作坏", "假装有质量",
			"fake photo", "fake picture", "fake pictures", "fake photos", "fake evidence", "fake proof", "fake screenshot", "forge", "pretend it is broken", "pretend it's broken", "make it look broken", "make it look damaged",
		},
		all: [][]string{
			{"帮我", "教我", "给我", "替我", "能不能", "可不可以", "可以帮", "怎么", "help me", "can you", "could you", "will you", "please", "make me", "how do i", "how can i", "teach me"},
			{"用ai", "ai做", "ai生成", "ai画", "用 ai", "ai图", "p一", "p个", "p张", "p出", "ps一", "ps个", "ps出", "p图", "修图", "做一张", "做张", "弄一张", "弄张", "生成一", "生成张", "画一个", "with ai", "use ai", "using ai", "by ai", "ai picture", "ai image", "ai photo", "photoshop", "edit", "generate", "draw"},
			{"图", "照片", "相片", "视频", "凭证", "证据", "截图", "破洞", "picture", "photo", "image", "evidence", "proof", "screenshot", "video", "hole"},
		},
		not: []string{"商家用ai", "商家的图", "卖家用ai", "店家用ai", "the seller used", "the shop used"},
	},
	{
		topic: dialog.TopicCoins,
		any: []string{
			"打赏", "抖币", "刷礼物", "刷了礼物", "刷的礼物", "未成年人退款", "给主播刷", "给主播送", "送主播", "直播充值",
			"douyin coins", "tiktok coins", "bought coins", "virtual gift", "virtual gifts", "gifts to a streamer", "gifts to the streamer", "gifts for a streamer", "gifts to a host", "gifts in a live", "tipped a streamer", "tipped the streamer", "tipping a streamer", "donated to a streamer",
		},
		all: [][]string{
			{"刷", "充值", "充了", "花了", "spent", "spend", "sent", "send", "gave", "give", "paid", "topped up", "top-up", "recharged", "tipped"},
			{"礼物", "主播", "金币", "streamer", "livestreamer", "coins", "gifts", "host"},
			{"孩子", "小孩", "儿子", "女儿", "未成年", "退", "要回", "拿回", "my kid", "my child", "my son", "my daughter", "back", "refund"},
		},
	},
	{
		topic: dialog.TopicCoins,
		all: [][]string{
			{"未成年", "孩子", "小孩", "儿子", "女儿", "my kid", "my child", "my son", "my daughter", "a minor"},
			{"充值", "充了", "打赏", "刷礼物", "topped up", "top-up", "coins", "tipped"},
		},
	},
	{
		topic: dialog.TopicAppeal,
		any: []string{
			"不服", "判我输", "判输", "判错", "判得不公", "判给商家", "判商家赢", "判商家胜", "想申诉", "要申诉", "申诉", "裁定不公", "对裁定", "对判决",
			"appeal", "ruled against me", "decided against me", "lost the case", "lost my case", "disagree with the decision", "disagree with the ruling", "decision is wrong", "ruling is wrong", "unfair decision", "unfair ruling", "don't accept the decision", "don't accept the ruling",
		},
	},
	{
		topic: dialog.TopicUploadFailed,
		any:   []string{"传不上", "传不了", "传不成", "上不去图", "图片发不出", "照片发不出"},
		all: [][]string{
			{"传", "upload", "uploading", "uploads", "attach", "attaching"},
			{"失败", "转圈", "报错", "卡住", "卡在", "一直在转", "不成功", "没成功", "没反应", "fail", "fails", "failed", "failing", "stuck", "won't", "can't", "error", "spins", "spinning", "doesn't work", "not working", "never finishes"},
		},
		not: []string{"手环", "商品"},
	},
	{
		topic: dialog.TopicExtended,
		any:   []string{"延长收货", "延长了收货", "延期收货", "延迟收货", "收货时间延长", "收货延长"},
		all: [][]string{
			{"延长", "延期", "extend", "extended", "extends", "extension", "prolonged"},
			{"商家", "卖家", "店家", "店铺", "收货", "凭什么", "多久", "几次", "merchant", "seller", "shop", "store", "they", "receipt", "receive", "receiving", "allowed", "how long", "why", "again"},
		},
	},
	{
		topic: dialog.TopicItemsMissing,
		all: [][]string{
			{"忘", "漏", "没寄", "没一起", "没一块", "少寄", "没放", "落在", "落下", "forgot", "forgotten", "left out", "didn't send", "didn't include", "didn't put", "without the", "left behind", "not in the return"},
			{"退货", "退回", "寄回", "一起寄", "补寄", "赠品", "配件", "扣", "return", "returned", "sent back", "send back", "gift", "accessory", "accessories", "deduct", "deduction", "take off", "charge me"},
			{"扣", "赠品", "配件", "耳塞", "怎么办", "补寄", "合理", "可以吗", "deduct", "deducts", "deducting", "deduction", "take off", "knock off", "keep back", "withhold", "charge", "gift", "accessory", "accessories", "fair", "earbuds", "cable", "what now", "send it later"},
		},
	},
	{
		topic: dialog.TopicNotArrived,
		any: []string{
			"退款去哪", "退款在哪", "钱去哪", "钱退哪", "退哪去了", "退到哪", "没到账", "没有到账", "未到账", "还没到账",
			"where did the refund go", "where is my refund", "refund hasn't arrived", "refund not arrived", "refund has not arrived", "haven't got the refund", "money hasn't arrived", "money isn't there",
		},
		all: [][]string{
			{"退款成功", "已退款", "退款完成", "显示退款", "退款了", "退了款", "已经退", "说退了", "refunded", "refund succeeded", "refund successful", "refund was successful", "refund complete", "refund is complete", "refund went through", "says refund"},
			{"没有钱", "没钱", "没收到", "没看到", "没见到", "钱没", "没进账", "查不到", "没有收到", "no money", "nothing", "don't see", "can't see", "hasn't arrived", "haven't got", "haven't received", "can't find", "not there", "not in my", "isn't in my"},
		},
	},
	{
		topic: dialog.TopicSignedAccepted,
		any: []string{
			"签收视为", "视为无误", "签收即视", "签收即代表", "签收就代表", "签收就等于", "签收等于", "签收后不", "签收概不", "拆封不退", "拆了不退", "拆封就不退", "拆开就不", "概不退换", "不退不换", "本店不退",
			"signed means accepted", "signed for means", "signing means", "signed counts as", "signing counts as", "deemed accepted", "counts as accepted", "accepted as is", "opened items can't be returned", "opened goods can't be returned", "all sales are final", "all sales final", "no returns, no exchanges",
		},
		all: [][]string{
			{"签收", "收货了", "拆封", "拆开", "signed", "opened"},
			refusalWords,
			{"商家", "卖家", "店家", "店铺", "老板", "merchant", "seller", "shop", "store"},
		},
		not: []string{"没收到", "未收到", "没有收到", "never got", "haven't received", "not received"},
	},
	{
		topic: dialog.TopicNoResponse,
		all:   [][]string{merchantWords, silentWords},
		not:   []string{"充电", "开机", "按键", "屏幕"},
	},
	{
		topic: dialog.TopicNoResponse,
		all:   [][]string{{"申请", "提交", "applied", "application", "request", "claim"}, {"没人理", "没人处理", "没动静", "没反应", "没有回音", "没回音", "no response", "no reply", "no answer", "nobody answers", "nobody has answered", "nothing happens", "nothing has happened"}},
	},
}

func topicOf(s reading) dialog.Topic {
	for _, r := range topics {
		if r.matches(s) {
			return r.topic
		}
	}
	return ""
}
