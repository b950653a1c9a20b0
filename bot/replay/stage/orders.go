package stage

import (
	"cmp"
	"context"
	"time"

	"recourse/bot/replay/suite"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// Lines are the order system of one buyer: the fixture's lines, in its order.
type Lines []policy.Line

// Lines returns the buyer's order lines.
func (s Lines) Lines(context.Context, string) ([]policy.Line, error) { return s, nil }

// Line returns one line.
func (s Lines) Line(_ context.Context, _, order, line string) (policy.Line, error) {
	for _, l := range s {
		if l.OrderID == order && l.LineID == line {
			return l, nil
		}
	}
	return policy.Line{}, cases.ErrNoLine
}

// ReturnAddress is where every shop of a fixture takes goods back.
const (
	ReturnAddress   = "示例路 8 号 售后部"
	ReturnAddressEN = "8 Sample Road"
)

// Line is an order line of a fixture. What is not said is as in most orders: one piece from shop s1, sent by ZTO; paid
// four days before it was signed for, shipped three days before.
func Line(o suite.Order, l dialog.Locale) policy.Line {
	line := policy.Line{
		OrderID: o.Order, LineID: cmp.Or(o.Line, "1"), BuyerID: Buyer, ShopID: cmp.Or(o.Shop, "s1"), ShopName: "示例小店",
		Title: o.Title.In(l), Spec: o.Spec, Quantity: max(1, o.Quantity), ReturnAddress: ReturnAddress, PaidGoodsFen: o.GoodsFen, PaidFreightFen: o.FreightFen,
		Status: o.Status, Categories: o.Categories, Tags: o.Tags, ExclusionConfirmed: o.Confirmed,
		PaidAt: o.Paid.UTC(), PromisedShipAt: o.Promised.UTC(), ShippedAt: o.Shipped.UTC(), LastLogisticAt: o.Moved.UTC(), SignedAt: o.Signed.UTC(),
		Carrier: cmp.Or(o.Carrier, "中通快递"), Waybill: cmp.Or(o.Waybill, "7300123456789"),
	}
	if l == dialog.EN {
		line.ShopName, line.ReturnAddress, line.Carrier = "Sample Shop", ReturnAddressEN, cmp.Or(o.Carrier, "ZTO Express")
	}
	before := func(at *time.Time, days int) {
		if at.IsZero() {
			*at = line.SignedAt.AddDate(0, 0, -days)
		}
	}
	switch line.Status {
	case policy.PaidUnshipped:
		line.Carrier, line.Waybill = o.Carrier, o.Waybill
	case policy.Shipped:
		line.Logistics = policy.LogisticsMoving
		if line.LastLogisticAt.IsZero() {
			line.LastLogisticAt = line.ShippedAt
		}
	case policy.Signed:
		line.Logistics = policy.LogisticsSigned
		before(&line.PaidAt, 4)
		before(&line.ShippedAt, 3)
		before(&line.LastLogisticAt, 0)
	}
	for _, p := range o.Parcels {
		other := policy.Parcel{Carrier: cmp.Or(p.Carrier, line.Carrier), Waybill: p.Waybill, Logistics: policy.LogisticsMoving, LastLogisticAt: p.Moved.UTC()}
		if !p.Signed.IsZero() {
			other.Logistics, other.LastLogisticAt = policy.LogisticsSigned, p.Signed.UTC()
		}
		line.OtherParcels = append(line.OtherParcels, other)
	}
	if o.NoAddress {
		line.ReturnAddress = ""
	}
	return line
}
