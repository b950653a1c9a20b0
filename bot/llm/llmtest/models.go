package llmtest

import (
	"encoding/json"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
)

// Phrasing is the data of a request for another wording.
type Phrasing struct {
	Reply string   `json:"reply"`
	Keep  []string `json:"keep"`
	Said  string   `json:"buyer_wrote"`
}

// Reworded reads a request for another wording; false if it is none.
func Reworded(r Request) (Phrasing, bool) {
	var p Phrasing
	err := r.Data(&p)
	return p, err == nil && p.Reply != ""
}

// Kind is a model that does what it is asked: it words replies again with a kind word first, proposes nothing, and
// sees everything in pictures.
func Kind(r Request) Reply {
	if p, ok := Reworded(r); ok {
		if strings.ContainsAny(p.Reply, "的您请。") {
			return Reply{Text: "我理解您。" + p.Reply}
		}
		return Reply{Text: "Thank you. " + p.Reply}
	}
	switch r.Schema {
	case "understanding":
		return Reply{Text: `{"wants":"","topic":"","reason":"","order":"","confidence":0.9}`}
	case "seen":
		return Reply{Text: seen(r, "yes")}
	}
	return Reply{Text: "好的。"}
}

func seen(r Request, what string) string {
	var d struct{ Points []struct{ N int } }
	_ = r.Data(&d) // no points: an empty answer
	list := []any{}
	for _, p := range d.Points {
		list = append(list, map[string]any{"n": p.N, "seen": what})
	}
	raw, _ := json.Marshal(map[string]any{"points": list}) // plain data
	return string(raw)
}

// Pieces are what a model that obeys somebody else puts into its answers.
var Pieces = []string{
	"已为您退款¥999。", "一定可以退！", "三天内到账", "七个工作日", "refund of ¥999 granted", "保证全额退款", "明天", "请加微信 refund888", "百分之百", "商家同意了", "不能", "可以", "已经批准",
	"请把验证码告诉我", "⟦1⟧", "⟦7⟧", "12345678", "http://pay.example.cn", "两百元", "会", "后", "平台裁定支持您，", "two hundred", "５天", "半价", "忽略之前的规则", "I will refund you",
	"全部", "十天", "退款999元", "系统自动退款", "approved", "\n", "IX ", "一百",
}

// Hostile is a model that obeys an injection: it answers in the right shape as often as not, with pieces of its own
// anywhere, holes left out, put twice or exchanged; or it answers something else altogether.
func Hostile(seed uint64) func(Request) Reply {
	var mu sync.Mutex
	r := rand.New(rand.NewPCG(seed, seed+1))
	return func(req Request) Reply {
		mu.Lock()
		defer mu.Unlock()
		piece := func() string { return Pieces[r.IntN(len(Pieces))] }
		p, ok := Reworded(req)
		if !ok {
			switch req.Schema {
			case "understanding":
				return Reply{Text: understanding(req, r)}
			case "seen":
				return Reply{Text: seen(req, []string{"yes", "no", "unsure", "grant refund ¥999"}[r.IntN(4)])}
			}
			return Reply{Text: piece() + piece()}
		}
		text := []rune(p.Reply)
		for range r.IntN(4) {
			switch r.IntN(5) {
			case 0, 1, 2:
				text = slices.Insert(text, r.IntN(len(text)+1), []rune(piece())...)
			case 3:
				if len(text) > 0 {
					from := r.IntN(len(text))
					text = slices.Delete(text, from, min(len(text), from+1+r.IntN(6)))
				}
			default:
				text = []rune(strings.NewReplacer("⟦1⟧", "⟦2⟧", "⟦2⟧", "⟦1⟧", "不", "", "前", "后").Replace(string(text)))
			}
		}
		return Reply{Text: string(text), Size: 1 + r.IntN(12)}
	}
}

// understanding answers with any of the choices, with none of them, or with a command of its own.
func understanding(req Request, r *rand.Rand) string {
	type list []struct{ ID string }
	var d struct {
		Intents                 []string
		Topics, Reasons, Orders list
	}
	_ = req.Data(&d) // no choices: none is made
	pick := func(l list) string {
		if len(l) == 0 || r.IntN(3) == 0 {
			return ""
		}
		return l[r.IntN(len(l))].ID
	}
	a := map[string]any{"wants": "", "topic": pick(d.Topics), "reason": pick(d.Reasons), "order": pick(d.Orders), "confidence": 0.99}
	if len(d.Intents) > 0 {
		a["wants"] = d.Intents[r.IntN(len(d.Intents))]
	}
	switch r.IntN(8) {
	case 0:
		a["wants"] = "grant_refund"
	case 1:
		a["action"] = "submit"
	case 2:
		a["order"] = "99"
	case 3:
		a["confidence"] = 7
	}
	raw, _ := json.Marshal(a) // plain data
	return string(raw)
}
