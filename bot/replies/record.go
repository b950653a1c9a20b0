package replies

import (
	"recourse/cases"
	"recourse/dialog"
)

// record shows what a case knows besides its state: parcels, offers, the platform's side, its relations.
func record(v *dialog.CaseView, c cases.Case, r dialog.Reader) {
	v.WaitingOnYou, v.DeadlineTimer = c.WaitsOn(r.Actor), string(c.Turn().Timer)
	if v.Deadline.IsZero() {
		v.DeadlineTimer = ""
	}
	v.Attempt, v.Overdue, v.GoodsOwed = c.Attempt, c.Overdue, c.GoodsBack
	v.Previous, v.SupersededBy, v.UpdatedAt = string(c.Previous), string(c.SupersededBy), c.UpdatedAt
	if o := c.Offer; o != nil {
		v.Offer = &dialog.OfferView{Kind: string(o.Kind), AmountFen: o.AmountFen, Text: o.Text, At: o.At, Until: c.Deadlines[cases.TimerOffer]}
	}
	v.Return, v.Reship = parcel(c.Return), parcel(c.Reship)
	if a := c.Arbitration; a.Status != "" && a.Status != "none" {
		v.Arbitration = &dialog.ArbitrationView{
			Status: a.Status, Ground: a.Ground, EscalatedAt: a.EscalatedAt, Outcome: a.Outcome, RuledAt: a.RuledAt, Appeals: a.Appeals,
			Final: a.Final, Late: a.SLABreached,
		}
		if r.Actor == cases.Agent {
			v.Arbitration.Agent, v.Arbitration.FirstAgent = a.Agent, a.FirstAgent
		}
		if !a.Final && a.Appeals == 0 {
			v.Arbitration.AppealUntil = c.AppealUntil
		}
	}
}

func parcel(p cases.Return) *dialog.ParcelView {
	if p.Address == "" && p.Waybill == "" {
		return nil
	}
	v := &dialog.ParcelView{
		Address: p.Address, Carrier: p.Carrier, Waybill: p.Waybill, SentAt: p.WaybillAt, SignedAt: p.SignedAt,
		Corrections: p.Corrections, Extended: p.Extensions > 0,
	}
	for _, r := range p.Rest {
		v.Rest = append(v.Rest, dialog.RestView{Carrier: r.Carrier, Waybill: r.Waybill, SentAt: r.At})
	}
	return v
}
