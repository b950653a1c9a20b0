// Package waybill knows what carriers' waybill numbers look like: whose a number is, and whether a number can be
// one of a carrier that somebody named.
//
// It is data with two questions to it. It knows no case, no picture and no carrier's system: a number of the right
// form may still be made up, and only the carrier can tell. The forms are those in use at the time of writing; they
// are wide on purpose, because a carrier's new series must not shut out a buyer whose clock runs.
package waybill

import (
	"regexp"
	"slices"
	"strings"
)

// Carrier is a carrier by its code.
type Carrier struct {
	ID string // e.g. "SF"
	ZH string
	EN string
	// sure matches numbers that can be nobody else's; form whatever may be one of its numbers.
	sure, form *regexp.Regexp
	names      []string // other ways to write it, in lower case
}

// carriers are those that a buyer in the market sends a parcel back with.
var carriers = []Carrier{
	carrier("SF", "顺丰速运", "SF Express", `SF\d{12,13}`, `(SF)?\d{10,15}`, "顺丰", "shunfeng"),
	carrier("YTO", "圆通速递", "YTO Express", `YT\d{13,15}`, `(YT)?\d{10,18}|[A-Z]\d{9,11}`, "圆通", "yuantong"),
	carrier("ZTO", "中通快递", "ZTO Express", `ZTO\d{12}|7[568]\d{12}`, `(ZTO)?\d{12,15}`, "中通", "zhongtong"),
	carrier("STO", "申通快递", "STO Express", `STO\d{10,15}|77\d{13}`, `(STO)?\d{12,15}`, "申通", "shentong"),
	carrier("YD", "韵达快递", "Yunda Express", `YD\d{13}|4[36]\d{13}`, `(YD)?\d{12,15}`, "韵达", "yunda"),
	carrier("JD", "京东快递", "JD Logistics", `JD[A-Z0-9]{11,18}(-\d+-\d+-?)?`, `JD[A-Z0-9-]{9,24}|V[A-Z]\d{9,15}|\d{10,15}`, "京东", "京东物流", "jingdong"),
	carrier("JT", "极兔速递", "J&T Express", `JT\d{13}`, `(JT)?\d{12,15}`, "极兔", "j&t", "jtexpress", "jitu"),
	carrier("EMS", "EMS/邮政", "EMS / China Post", `[A-Z]{2}\d{9}CN`, `[A-Z]{2}\d{9}[A-Z]{2}|\d{13}`, "ems", "邮政", "中国邮政", "邮政快递包裹", "chinapost"),
	carrier("DBL", "德邦快递", "Deppon", `DPK\d{9,13}`, `(DPK)?\d{8,15}`, "德邦", "deppon"),
	carrier("CN", "菜鸟速递", "Cainiao", `LP\d{14,18}`, `[A-Z]{0,3}\d{10,18}`, "菜鸟", "丹鸟", "cainiao"),
}

func carrier(id, zh, en, sure, form string, names ...string) Carrier {
	return Carrier{
		ID: id, ZH: zh, EN: en, names: append(names, strings.ToLower(id), strings.ToLower(zh), strings.ToLower(en)),
		sure: regexp.MustCompile(`^(?:` + sure + `)$`), form: regexp.MustCompile(`^(?:` + form + `)$`),
	}
}

// In is the carrier's name in a language.
func (c Carrier) In(lang string) string {
	if strings.HasPrefix(lang, "en") {
		return c.EN
	}
	return c.ZH
}

// All lists the carriers, the commonest first.
func All() []Carrier { return slices.Clone(carriers) }

// ByName finds a carrier by its code or by any of its names, as a buyer writes them.
func ByName(name string) (Carrier, bool) {
	name = strings.ToLower(strings.TrimSpace(name))
	for _, c := range carriers {
		if slices.Contains(c.names, name) {
			return c, true
		}
	}
	return Carrier{}, false
}

const (
	minLength = 8
	maxLength = 32
)

// general is what every waybill number is made of.
var general = regexp.MustCompile(`^[A-Z0-9](?:[A-Z0-9-]*[A-Z0-9])?$`)

// Clean writes a number as carriers print it: upper case, no spaces. "" when it cannot be a waybill number.
func Clean(number string) string {
	number = strings.ToUpper(strings.Join(strings.Fields(number), ""))
	if len(number) < minLength || len(number) > maxLength || !general.MatchString(number) || !strings.ContainsAny(number, "0123456789") {
		return ""
	}
	return number
}

// Fits says whether a number can be one of the carrier that was named. Of a carrier that is not known here it can
// be any number of the general form.
func Fits(name, number string) bool {
	number = Clean(number)
	if number == "" {
		return false
	}
	c, known := ByName(name)
	return !known || c.form.MatchString(number)
}

// Guess is the carrier whose number it must be. A number that could be several carriers' has none.
func Guess(number string) (Carrier, bool) {
	number = Clean(number)
	var found []Carrier
	for _, c := range carriers {
		if number != "" && c.sure.MatchString(number) {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		return Carrier{}, false
	}
	return found[0], true
}

// token splits what a code holds (a label's QR code may carry a whole address of a web page).
var token = regexp.MustCompile(`[A-Za-z0-9][A-Za-z0-9-]{6,31}`)

// Pick is the waybill number among what was read from a picture's codes: one that is surely a carrier's, else a
// bar code that has the general form and mostly digits. "" when there is none.
func Pick(codes []string) string {
	for _, code := range codes {
		for _, t := range token.FindAllString(code, 32) {
			if _, ok := Guess(t); ok {
				return Clean(t)
			}
		}
	}
	for _, code := range codes {
		if n := Clean(code); len(n) >= 10 && digits(n)*3 >= len(n)*2 {
			return n
		}
	}
	return ""
}

func digits(s string) int {
	n := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			n++
		}
	}
	return n
}
