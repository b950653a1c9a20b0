package nlu

import "strings"

// asking are words with which something is asked. "怎么" also complains ("怎么是白色的"), and "can" also reports
// ("I can see…"), so that they count only where they begin or end a question.
var asking = []string{
	"吗", "嘛?", "么?", "呢", "多久", "几天", "多少", "什么", "啥", "哪里", "哪儿", "在哪", "哪个", "哪些", "哪种", "怎样", "如何", "怎么办", "怎么弄", "怎么算", "怎么申请", "怎么撤", "怎么填", "怎么传",
	"怎么联系", "怎么投诉", "怎么走", "怎么选", "怎么写", "怎么查", "怎么退", "怎么寄", "怎么处理", "咋办", "咋整", "咋弄", "咋算", "咋填", "咋申请", "咋退", "咋传", "能不能", "可不可以", "可以不", "能否", "是否", "是不是", "会不会", "要不要", "有没有", "行不行",
	"算不算", "需不需要", "用不用", "该不该", "谁出", "谁承担", "谁付", "什么时候", "区别", "为什么", "为啥", "凭什么", "几次", "几张", "多大", "第几", "到底", "几成", "几时", "多长", "按钮找不到", "找不到按钮", "入口找不到", "找不到入口", "请问", "想问", "问下", "问一下",
}

// wanting are words with which something is wanted of the assistant.
var wanting = []string{
	"我要", "我想", "想要", "帮我", "帮忙", "给我", "替我", "麻烦", "要求", "马上", "立刻", "i want", "i'd like", "i would like", "i need", "please", "let me", "help me", "for me", "right now",
}

// opening are words that make an English text a question where it begins with them, or a part of it does.
var opening = []string{
	"how", "what", "when", "where", "which", "who", "why", "can", "could", "may", "do", "does", "did", "is", "are", "am", "will", "would", "should", "must", "has", "have", "any", "whose",
}

// askingAnywhere make an English text a question wherever they stand.
var askingAnywhere = []string{"how do i", "how to", "how long", "how much", "how many", "what happens", "wonder", "is it", "can i", "do i", "what if", "who pays", "tell me", "can't find the button", "can't find where", "don't see the button"}

// question says whether a text is put as a question.
func question(s reading) bool {
	if strings.HasSuffix(s.text, "?") || strings.HasSuffix(s.text, "不") || strings.HasSuffix(s.text, "没") || matchAny(s, asking) {
		return true
	}
	for part := range strings.FieldsFuncSeq(s.text, func(r rune) bool { return strings.ContainsRune(",.;!:", r) }) {
		first, _, _ := strings.Cut(strings.TrimSpace(part), " ")
		first, _, _ = strings.Cut(first, "'")
		for _, w := range opening {
			if first == w {
				return true
			}
		}
	}
	return matchAny(s, askingAnywhere)
}
