package web

import (
	"fmt"
	"html"
	"strings"
	"time"

	"recourse/cases"
	"recourse/cases/evidence"
	"recourse/cases/policy"
	"recourse/dialog"
)

// PolicyOf returns the policy of a version, or the current one for "".
type PolicyOf = func(version string) *policy.Policy

func kindOf(s string) policy.EvidenceKind { return policy.EvidenceKind(s) }

const packStyle = `body{font:15px/1.6 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#1b1b1f;background:#fff}
table{border-collapse:collapse;width:100%}td,th{border-bottom:1px solid #ddd;padding:.4rem .6rem;text-align:left;vertical-align:top}
code{font-size:.8em;word-break:break-all}img,video{max-width:100%;max-height:26rem}section{margin:2rem 0}.item{border-top:2px solid #888;padding-top:1rem}
.flag{background:#fff3cd;padding:.1rem .4rem}small{color:#555}@media(prefers-color-scheme:dark){body{background:#17171a;color:#eee}td,th{border-color:#444}
.flag{background:#5c4400}small{color:#aaa}}`

// packPage is the page of a pack for people: it refers to the pack's own files and to nothing outside. Whatever a party
// wrote is escaped.
func packPage(m evidence.Manifest, c cases.Case, marks []cases.Mark, env cases.Env, words Wording) []byte {
	reader := dialog.Reader{Actor: cases.Agent, Env: env, Marks: marks}
	zh, en := words.CaseView(c, reader, dialog.ZH), words.CaseView(c, reader, dialog.EN)
	p := &page{}
	p.raw(`<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
		`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src 'self' file:; media-src 'self' file:; style-src 'unsafe-inline'">`)
	p.f(`<title>%s</title><style>`, string(m.Case.ID))
	p.raw(packStyle + `</style>`)
	p.f(`<h1>凭证包 · Evidence pack</h1><p><code>%s</code> · %s / %s<br><small>%s · %s</small></p>`,
		string(m.Case.ID), zh.StateName, en.StateName, stamp(m.MadeAt), m.MadeBy)
	p.f(`<p>%s<br>%s</p>`, zh.Sentence, en.Sentence)
	p.raw(`<section><table>`)
	p.row("订单 · Order", m.Case.Line.OrderID+" "+m.Case.Line.Title+" "+m.Case.Line.Spec)
	p.row("商家 · Shop", m.Case.Shop)
	p.row("买家 · Buyer", m.Case.Buyer)
	p.row("原因 · Reason", zh.ReasonName+" / "+en.ReasonName)
	p.row("诉求 · Claim", fmt.Sprintf("%s / %s ¥%d.%02d", zh.TypeName, en.TypeName, m.Case.AmountFen/100, m.Case.AmountFen%100))
	p.row("买家说明 · Story", m.Case.Story)
	p.row("平台陈述 · Statement", m.Case.Statement)
	if r := zh.Rejection; r != nil {
		p.row("商家拒绝 · Refusal", r.Code+" "+r.Name+" / "+en.Rejection.Name+": "+r.Text)
	}
	if r := zh.Ruling; r != nil {
		p.row("裁定 · Ruling", r.Name+" / "+en.Ruling.Name+": "+r.Reasons)
	}
	p.row("政策版本 · Policy", m.Case.Policy)
	p.raw(`</table></section><section><h2>凭证 · Evidence</h2>`)
	inZH, inEN := byID(zh.Evidence), byID(en.Evidence)
	for _, item := range m.Items {
		p.item(item, inZH[string(item.ID)], inEN[string(item.ID)])
	}
	p.raw(`</section><section><h2>经过 · Timeline</h2><table>`)
	for i, line := range zh.Timeline {
		other := ""
		if i < len(en.Timeline) {
			other = " / " + en.Timeline[i].Who + ": " + en.Timeline[i].What
		}
		p.row(stamp(line.At), line.Who+"："+line.What+other+" "+line.Text+" ["+line.Rule+"]")
	}
	p.f(`</table></section><p><small>%s · %s</small></p></html>`, evidence.PackManifest, evidence.PackSums)
	return []byte(p.b.String())
}

func byID(list []dialog.EvidenceView) map[string]dialog.EvidenceView {
	out := map[string]dialog.EvidenceView{}
	for _, e := range list {
		out[e.ID] = e
	}
	return out
}

func stamp(t time.Time) string { return t.In(policy.Zone()).Format("2006-01-02 15:04:05 -07:00") }

// page builds a page; everything but raw is escaped.
type page struct{ b strings.Builder }

func (p *page) raw(s string) { p.b.WriteString(s) }

func (p *page) f(format string, args ...string) {
	safe := make([]any, len(args))
	for i, a := range args {
		safe[i] = html.EscapeString(a)
	}
	fmt.Fprintf(&p.b, format, safe...)
}

func (p *page) row(head, text string) {
	if strings.TrimSpace(text) != "" {
		p.f(`<tr><th scope="row">%s<td>%s`, head, text)
	}
}

func (p *page) item(item evidence.PackedItem, zh, en dialog.EvidenceView) {
	p.f(`<div class="item"><h3>%s / %s <small>%s · %s</small></h3>`, zh.Label, en.Label, string(item.Party), zh.StageName)
	shown := item.View
	if shown == nil {
		shown = item.Original
	}
	switch {
	case shown == nil:
	case strings.HasPrefix(shown.Media, "image/"):
		p.f(`<img src="%s" alt="%s" loading="lazy">`, shown.Path, zh.Label)
	case strings.HasPrefix(shown.Media, "video/"):
		p.f(`<video src="%s" controls preload="none"></video>`, shown.Path)
	}
	p.raw(`<table>`)
	p.row("编号 · Id", string(item.ID))
	p.row("收到 · Received", stamp(item.ReceivedAt))
	p.row("文字 · Text", item.Text)
	p.row("文件名 · Name", item.Name)
	if f := item.Original; f != nil {
		p.f(`<tr><th scope="row">原件 · Original<td><a href="%s">%s</a><br><code>SHA-256 %s</code>`, f.Path, f.Path, f.SHA256)
	}
	if item.Missing {
		p.row("原件 · Original", "缺失 · missing")
	}
	if item.Changed {
		p.row("⚠", "存储中的文件与收到时不同 · the stored bytes are not those that were received")
	}
	if x := item.Exif; x != nil {
		p.row("文件信息 · Notes in the file", strings.TrimSpace(x.Camera+" "+x.Taken+" "+strings.Join(x.Software, ", ")))
	}
	p.row("读到的单号 · Waybill read", item.Waybill)
	for i, f := range zh.Flags {
		p.f(`<tr><th scope="row">提示 · Flag<td><span class="flag">%s / %s</span>`, f.Text, en.Flags[i].Text)
	}
	for _, x := range item.Matches {
		kind := "相似 · alike"
		if x.Exact {
			kind = "相同 · the same bytes"
		}
		p.row(kind, string(x.Case)+" "+string(x.ID))
	}
	p.raw(`</table></div>`)
}
