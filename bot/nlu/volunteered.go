package nlu

// What a buyer says when somebody was hurt, fell ill, or could have been. It brings in a person and decides
// nothing (domain §2.4), so hearing it once too often does less harm than missing it.
var (
	harmWords = []string{
		"冒烟", "漏电", "触电", "电到", "起火", "着火", "烧起来", "爆炸", "炸了", "烫伤", "烧伤", "划伤", "受伤", "住院", "拉肚子", "食物中毒", "吃坏",
		"smoke", "smoking", "caught fire", "exploded", "electric shock", "burned me", "got hurt", "food poisoning", "got sick", "hospital",
	}
	noHarmWords = []string{"没有冒烟", "没冒烟", "没有漏电", "没漏电", "没有受伤", "没受伤", "没人受伤", "nobody got hurt", "no smoke"}
)

// What says that a thing was promised, or part of the order (missing_parts).
var promisedWords = []string{
	"说送", "说会送", "说好送", "说好会", "答应送", "承诺送", "承诺会", "写着送", "写明", "直播间说", "主播说", "页面上写", "详情页写", "said a", "said there would be",
	"was promised", "promised a", "promised me", "supposed to come with", "should come with",
}

func harmed(s reading) bool { return matchAny(s, harmWords) && !matchAny(s, noHarmWords) }
