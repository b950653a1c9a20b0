package nlu

import (
	"slices"
	"strings"
)

// What a buyer says when somebody was hurt, fell ill, or could have been. It brings in a person and decides
// nothing (domain §2.4), so hearing it once too often does less harm than missing it.
var (
	harmWords = []string{
		"冒烟", "漏电", "触电", "电到", "电击", "起火", "着火", "烧起来", "爆炸", "炸了", "烫伤", "烫到", "烧伤", "烧到手", "划伤", "割伤", "割到手", "割破手", "扎伤", "扎到手", "扎到脚", "夹伤", "砸伤", "砸到脚", "摔伤", "骨折", "受伤", "流血", "出血了",
		"住院", "去了医院", "去医院", "送医院", "送去医院", "进了医院", "进医院", "上医院", "看急诊", "去急诊", "送急诊", "进急诊", "挂急诊", "打点滴", "挂水", "输液", "洗胃", "休克", "昏迷", "晕倒",
		"拉肚子", "闹肚子", "拉稀", "腹泻", "上吐下泻", "又吐又拉", "呕吐", "吃吐了", "吃了就吐", "吃完就吐", "喝了就吐", "喝完就吐", "肚子疼", "肚子痛", "肠胃炎", "食物中毒", "中毒了", "吃中毒", "吃坏", "过敏了", "用了过敏", "用完过敏", "过敏起", "导致过敏", "红疹", "起疹子", "长疹子", "烂脸",
		"smoke", "smoking", "caught fire", "exploded", "electric shock", "gave me a shock", "electrocuted", "burned me", "burnt me", "burned my hand", "burnt my hand", "burned my skin", "got hurt", "was hurt", "hurt my hand", "hurt my finger", "hurt my back", "injured", "injury",
		"cut my finger", "cut my hand", "cut my foot", "cut myself", "bleeding", "broke my arm", "broke my leg", "passed out", "fainted",
		"food poisoning", "poisoned", "got sick", "made me sick", "made us sick", "made me ill", "made us ill", "fell ill", "threw up", "throw up", "throwing up", "vomit", "vomited", "vomiting", "diarrhea", "diarrhoea", "upset stomach", "stomach ache", "stomach pain", "stomach cramps",
		"allergic reaction", "a rash", "got hives", "hospital", "emergency room", "went to the er", "saw a doctor", "to the doctor",
	}
	noHarmWords = []string{
		"没有冒烟", "没冒烟", "没有漏电", "没漏电", "没有受伤", "没受伤", "没人受伤", "没有人受伤", "没去医院", "没有去医院", "不用去医院", "没住院", "没有住院", "没拉肚子", "没有拉肚子", "不拉肚子", "没有呕吐", "没呕吐", "没过敏了", "不过敏了", "电脑中毒", "手机中毒",
		"nobody got hurt", "nobody was hurt", "no one was hurt", "no one got hurt", "no smoke", "nobody was injured", "no one was injured", "not injured", "wasn't injured", "no injury", "didn't throw up", "didn't vomit", "didn't get sick", "no allergic reaction",
		"no smoking", "non-smoking", "smoking jacket", "hospital bed", "hospital gown",
	}
)

// didToHim says that what harmed him was something he took, used or was given: an illness alone is none of our business.
var didToHim = []string{
	"吃了", "吃完", "吃出", "吃得", "吃过", "喝了", "喝完", "喝出", "用了", "用完", "涂了", "涂完", "敷了", "敷完", "抹了", "抹完", "穿了", "戴了",
	"it made me", "it made us", "made my son", "made my daughter", "made my kid", "made my child", "made my wife", "made my husband", "after eating", "after drinking", "after using", "after wearing", "ate it", "drank it", "from eating it", "from using it",
}

// What says that a thing was promised, or part of the order (missing_parts).
var promisedWords = []string{
	"说送", "说会送", "说好送", "说好会", "答应送", "承诺送", "承诺会", "写着送", "写明", "直播间说", "主播说", "页面上写", "详情页写", "said a", "said there would be",
	"was promised", "promised a", "promised me", "supposed to come with", "should come with",
}

// harmed says that somebody was hurt or could have been. Who says what did not happen may say beside it what did.
func harmed(s reading) bool {
	if !matchAny(s, harmWords) {
		return false
	}
	if !matchAny(s, noHarmWords) {
		return true
	}
	rest := s.text
	for _, w := range noHarmWords {
		rest = strings.ReplaceAll(rest, w, " ")
	}
	return slices.ContainsFunc(harmWords, func(w string) bool { return contains(rest, w) })
}
