package nlu

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"recourse/cases/policy"
	"recourse/dialog"
)

// tailOf finds the question that a text ends in after it has said something else: "yes, and who pays the postage?".
// Each of the two is understood by itself. A text that is one question, or asks twice, has no tail.
func tailOf(text string, lines []policy.Line) dialog.Tail {
	said, asks, ok := beforeLast(text)
	if !ok {
		return dialog.Tail{}
	}
	q := read(asks)
	if !question(q) {
		return dialog.Tail{}
	}
	t := dialog.Tail{Text: asks, Topic: topicOf(q)}
	t.Complaint, _, _ = complaintOf(q)
	before := understand(said, read(said), lines)
	t.Said = &before
	return t
}

// beforeLast cuts a text before its last clause. A comma or a full stop within a figure cuts nothing.
func beforeLast(text string) (said, last string, ok bool) {
	const ends = "，,。.;；!！?？~～…"
	text = strings.TrimSpace(text)
	body := strings.TrimRightFunc(text, func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(ends, r) })
	cut, size := -1, 0
	for i, r := range body {
		switch {
		case strings.ContainsRune("，。;；!！\n", r):
		case r == ',' || r == '.':
			if next, _ := utf8.DecodeRuneInString(body[i+1:]); !unicode.IsSpace(next) && next < utf8.RuneSelf {
				continue
			}
		case r == '?' || r == '？':
			return "", "", false
		default:
			continue
		}
		cut, size = i, utf8.RuneLen(r)
	}
	if cut < 0 {
		return "", "", false
	}
	said, last = strings.TrimSpace(body[:cut]), strings.TrimSpace(text[cut+size:])
	return said, last, said != "" && last != ""
}

// troubleOf is what he says happens when he uploads, among what he is asked (dialog.ToldSpins and so on).
func troubleOf(s reading) dialog.Trouble {
	for _, r := range troubles {
		if matchAny(s, r.words) {
			return r.code
		}
	}
	return ""
}

var troubles = []struct {
	code  dialog.Trouble
	words []string
}{
	{dialog.ToldNoPicker, []string{
		"打不开相机", "相机打不开", "打不开相册", "相册打不开", "相机权限", "相册权限", "照片选不了", "选不了照片",
		"camera won't open", "camera doesn't open", "album won't open", "can't open the camera", "can't open the album", "camera permission",
	}},
	{dialog.ToldSpins, []string{"转圈", "传不完", "卡住", "一直在传", "进度不动", "spinning", "spins", "is stuck", "gets stuck", "never finishes"}},
	{dialog.ToldMessage, []string{"提示出错", "报错", "提示错误", "显示错误", "提示失败", "error message", "shows an error", "says error", "an error"}},
}
