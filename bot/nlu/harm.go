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

func harmed(s string) bool { return matchAny(s, harmWords) && !matchAny(s, noHarmWords) }
