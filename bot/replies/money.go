package replies

import (
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

func (w Words) row(label, value string) dialog.Row {
	return dialog.Row{Label: w.Say("row."+label, nil), Value: value}
}

// amounts are the money of a case, row by row: what was paid, what is asked for, what came back before, who pays
// for the return, and where the refund is. All figures are the case's and its line's.
func (w Words) amounts(c cases.Case, rec cases.LineRecord, reader cases.Actor) []dialog.Row {
	rows := []dialog.Row{w.row("paid_goods", Money(c.Line.PaidGoodsFen))}
	if c.Line.PaidFreightFen > 0 {
		rows = append(rows, w.row("paid_freight", Money(c.Line.PaidFreightFen)))
	}
	if c.Line.CouponFen > 0 { // C-08: a coupon's value is never paid in cash
		rows = append(rows, w.row("coupon", w.Say("row.coupon_text", dialog.Slots{"amount": dialog.Fen(c.Line.CouponFen)})))
	}
	before := rec.RefundedFen
	if c.Refund.Status == "succeeded" {
		before -= c.Refund.AmountFen
	}
	if before > 0 {
		rows = append(rows, w.row("refunded_before", Money(before)))
	}
	if c.Reason != "" && c.Type != policy.Reship && c.Type != policy.Exchange {
		rows = append(rows, w.row("amount", Money(c.AmountFen)))
	}
	if c.Verdict != nil && c.Verdict.Freight != policy.PayerNone {
		rows = append(rows, w.row("freight", w.payer(c.Verdict.Freight, reader)))
	}
	return append(rows, w.refundRows(c)...)
}

// payer says who pays for the return: "you" only to the buyer.
func (w Words) payer(p policy.Payer, reader cases.Actor) string {
	if reader == cases.Buyer {
		return w.Say("payer."+string(p), nil)
	}
	return w.Say("payer_of."+string(p), nil)
}

// refundRows say where the money is, once it is on its way.
func (w Words) refundRows(c cases.Case) []dialog.Row {
	r := c.Refund
	if r.Status == "" || r.Status == "none" {
		return nil
	}
	rows := []dialog.Row{w.row("refund", w.Say("row.refund_text", dialog.Slots{"amount": dialog.Fen(r.AmountFen), "status": dialog.Key("refund." + r.Status)}))}
	if w.Has("method." + r.Method) {
		rows = append(rows, w.row("route", w.Say("method."+r.Method, nil)))
	}
	slots := dialog.Slots{"issued": r.IssuedAt, "paid": r.PaidAt, "workdays": w.Policy.Values.Refund.ArrivalWorkdays.V}
	if r.Status == "pending" {
		slots["chase"] = c.Deadlines[cases.TimerRefundChase]
	}
	if r.Status != "failed" {
		rows = append(rows, w.row("arrival", w.Say("row.arrival_text", slots)))
	}
	return rows
}
