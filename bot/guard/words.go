package guard

import (
	"slices"
	"strings"
	"unicode/utf8"

	"recourse/bot/nlu/spot"
)

// loadedWords carry what may not be turned: each class must come in a new text where it came in the reviewed one.
// The class "" holds what looks like a loaded word and is none.
var loadedWords = map[string]string{
	"": "不过 不客气 没关系 不好意思 分别 特别 别的 区别 级别 类别 个别 非常 无论 不论 未来 不管 差不多 是否 不妨 没错 对不起 功能 可是 智能 性能 " +
		"机会 一会 会员 协会 社会 目前 当前 前面 前往 提前 前台 眼前 售后 后台 最后 后续 然后 一起 起来 随后 内容 内部 如何 比如 例如 如下 刚才 人才 " +
		"银行 进行 执行 自行 行李 可惜 可靠 看得 会儿 不同 别人 前后 起码 不断 需求 应用 反应 回应 响应 适应 对应 供应 必要 重要 主要 " +
		"not only may i can you could you please note",
	"不":  "不 没 没有 未 无 勿 别 非 甭 莫 否 never not no without nor unable don't doesn't didn't isn't aren't won't can't cannot couldn't hasn't haven't shouldn't wasn't weren't",
	"能":  "能 可以 可 能够 允许 许可 够 can could able possible allowed eligible entitled",
	"可能": "可能 也许 或许 大概 may might perhaps probably maybe",
	"同意": "同意 接受 支持 认可 答应 agree agrees agreed accept accepts accepted support supports supported",
	"拒绝": "拒绝 驳回 拒收 reject rejects rejected refuse refuses refused decline declines declined denied",
	"会":  "会 将 即将 will shall going",
	"马上": "马上 立刻 立即 很快 尽快 随时 现在 immediately soon shortly now",
	"已":  "已 已经 done already been",
	"完成": "完成 成功 到账 通过 受理 生效 了结 结束 关闭 completed complete successful succeeded arrived arrives processed final finished closed ended settled",
	"自动": "自动 automatically automatic itself",
	"须":  "须 必须 需要 需 务必 应 应当 must need needs required require requires have should",
	"过":  "过了 已过 超过 逾期 超时 过期 到期 截止 expired expires passed overdue late deadline over",
	"前":  "前 之前 以前 最晚 最迟 before by until latest till",
	"后":  "后 之后 以后 起 after from since afterwards",
	"内":  "内 之内 以内 within inside",
	"只":  "只 仅 唯一 only just sole",
	"如果": "如果 如有 如 若 假如 要是 的话 除非 才 只要 只有 if unless when whether provided once",
	"全部": "全部 所有 任何 每 all any every whole full entire",
	"一般": "一般 通常 预计 大约 约 usually normally expected about around typically",
	"商家": "商家 卖家 店家 店铺 merchant seller shop store merchant's seller's",
	"平台": "平台 platform platform's",
	"系统": "系统 system",
	"客服": "客服 人工 真人 主管 agent person human support supervisor",
	"别家": "快递 物流 驿站 支付渠道 法院 监管 消费者 carrier courier bank court authority",
	"仅退": "仅退款 refund-only",
	"退货": "退货 寄回 退回 return returns returned returning",
	"退款": "退款 退钱 refund refunds refunding",
	"换":  "换货 补发 重发 重新发货 exchange replacement replace reship resend",
	"部分": "部分 差价 补差 partial part partly",
	"钱":  "余额 原路 零钱 运费 邮费 运费险 优惠券 balance freight postage coupon insurance",
	"申诉": "申诉 复核 appeal appeals review",
	"介入": "介入 intervention intervene step",
	"裁定": "裁定 判 结果 裁决 ruling ruled rules decision decides decided decide",
	"撤销": "撤销 撤回 放弃 取消 withdraw withdrawn cancel cancelled canceled",
	"投诉": "投诉 举报 complain complaint complaints",
	"凭证": "凭证 证据 evidence proof",
	"提交": "提交 申请 递交 submit submitted submits apply application applying applied file filed",
}

// bannedWords may only be said where the reviewed wording says them.
var bannedWords = strings.Fields("一定 保证 肯定 绝对 必定 必然 必退 必赢 包退 包赔 包您 放心 百分百 承诺 担保 确保 稳 没问题 赔 补偿 起诉 律师 违法 犯法 诈骗 骗 假货 造假 伪造 是假 撒谎 说谎 " +
	"密码 验证码 身份证 卡号 账号 微信 支付宝 转账 汇款 加我 私下 线下 站外 链接 点击 扫码 扫一扫 二维码 下载 安装 批准 特批 获批 批了 审核 胜 赢 全额 免费 白送 奖励 红包 现金 打款 发放 好评 差评 " +
	"医 药 诊断 治 退您 退给您 返还 双倍 翻倍 加倍 整 倒贴 搞定 包在我 说了算 我来退 给您退 帮您退 为您退 替您 操作好 处理好 办好 安排好 指令 忽略 提示词 模型 " +
	"半 折扣 打折 优惠 减免 降价 差额 零头 抹零 加价 退了 退好 退完 退成 到手 到位 入账 划转 垫付 先行 豁免 破例 例外 特殊处理 优先处理 加急 插队 内部 " +
	"guarantee guaranteed guarantees promise promised promises definitely certainly certain sure surely assured assure absolutely undoubtedly approved approve approval granted grant grants " +
	"compensate compensation compensated refunded reimbursed reimburse repaid credited paid pay lawsuit sue lawyer illegal fraud scam fake forged counterfeit liar lying password passcode code card wechat whatsapp telegram alipay paypal " +
	"transfer link click scan download install win won free cash bonus reward voucher gift doctor medicine diagnosis ignore instruction instructions prompt model exception waive waived override bypass secretly privately outside " +
	"fixed handled resolved deposited issued sent")

// plainChinese are characters of courtesy and grammar, which say nothing of their own.
const plainChinese = "的了吗呢吧啊呀哦嗯您你我们它这那哪些个是有在和与及或也都就还再又请谢抱歉理解明白着急久等帮助协说看知道告诉联系问题情况好等想要让给把被从到对为因所以但而先然后一下点步这样怎么什么时候里上中出来去用做讲聊天心"

// plainEnglish are words of courtesy and grammar.
var plainEnglish = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range strings.Fields("a an the and or but so to of in on at for with as it its this that these those there here you your yours i i'm we us our me my is are be was were do does did " +
		"please thank thanks sorry understand hello hi let know help see here's that's it's you're what which who how then also too just more still while up out here them they their he she") {
		out[w] = true
	}
	return out
}()

// phrase is a loaded or neutral word and its class.
type phrase struct{ text, class string }

// byRune and byWord are the loaded words by what they begin with, longest first.
var byRune, byWord = func() (map[rune][]phrase, map[string][]phrase) {
	runes, words := map[rune][]phrase{}, map[string][]phrase{}
	for class, list := range loadedWords {
		texts := strings.Fields(list)
		if class == "" {
			texts = slices.DeleteFunc(texts, func(s string) bool { return s[0] < 0x80 })
			for _, s := range []string{"not only", "may i", "can you", "could you", "please note", "as soon as", "step by step"} {
				words[strings.Fields(s)[0]] = append(words[strings.Fields(s)[0]], phrase{s, ""})
			}
		}
		for _, s := range texts {
			if first, _ := utf8.DecodeRuneInString(s); first < 0x80 {
				words[s] = append(words[s], phrase{s, class})
			} else {
				runes[first] = append(runes[first], phrase{s, class})
			}
		}
	}
	longest := func(a, b phrase) int { return len(b.text) - len(a.text) }
	for _, list := range runes {
		slices.SortStableFunc(list, longest)
	}
	for _, list := range words {
		slices.SortStableFunc(list, longest)
	}
	return runes, words
}()

// loaded are the classes of the loaded words of a text, in order.
func loaded(text string) []string {
	var out []string
	text = strings.ReplaceAll(strings.ToLower(text), "’", "'")
scan:
	for i := 0; i < len(text); {
		if b := text[i]; b >= 'a' && b <= 'z' {
			to := i
			for to < len(text) && (text[to] >= 'a' && text[to] <= 'z' || text[to] == '\'' || text[to] == '-') {
				to++
			}
			for _, p := range byWord[strings.Trim(text[i:to], "-'")] {
				if strings.HasPrefix(text[i:], p.text) {
					if p.class != "" {
						out = append(out, p.class)
					}
					i = max(to, i+len(p.text))
					continue scan
				}
			}
			i = to
			continue
		}
		r, size := utf8.DecodeRuneInString(text[i:])
		for _, p := range byRune[r] {
			if strings.HasPrefix(text[i:], p.text) {
				if p.class != "" {
					out = append(out, p.class)
				}
				i += len(p.text)
				continue scan
			}
		}
		i += size
	}
	return out
}

// long is how many letters a banned Latin word has that nobody finds in an honest one.
const long = 6

// bannedIn finds the banned words.
var bannedIn = spot.New(bannedWords)

// banned is a banned word of a text that the reviewed wording does not have; "" for none. A Chinese one also stands
// where spaces or marks are between its characters: 保 证.
func banned(text, reviewed string) string {
	text = strings.ToLower(text)
	stands := make([]bool, len(bannedWords))
	bannedIn.Find(text, func(n, _ int) { stands[n] = true })
	if squeezed := squeeze(text); squeezed != text {
		bannedIn.Find(squeezed, func(n, _ int) { stands[n] = stands[n] || bannedWords[n][0] >= utf8.RuneSelf })
	}
	var words, honest []string
	for n, w := range bannedWords {
		if !stands[n] {
			continue
		}
		if honest == nil {
			reviewed = strings.ToLower(reviewed)
			words, honest = latinWords(text), append(latinWords(reviewed), "")
		}
		if w[0] < utf8.RuneSelf && len(w) < long {
			if slices.Contains(words, w) && !slices.Contains(honest, w) {
				return w
			}
		} else if !strings.Contains(reviewed, w) { // a long Latin one also inside another: unapproved
			return w
		}
	}
	return ""
}

// squeeze takes spaces and marks out of a text.
func squeeze(text string) string {
	return strings.Map(func(r rune) rune {
		switch r {
		case ' ', '-', '—', '~', '.', '·', '…', '\'', '’':
			return -1
		}
		return r
	}, text)
}
