package record

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"time"

	"recourse/bot/redact"
	"recourse/bot/replay/suite"
	"recourse/bot/replies"
	"recourse/cases"
	"recourse/cases/policy"
	"recourse/dialog"
)

// StateAt is where the case at hand stood when the buyer wrote an entry: the case that he had opened or pressed on last.
// "" if he had none yet.
func StateAt(src Source, seq int64) cases.State {
	r := &recorder{src: src, mask: redact.New(nil)}
	var hand string
	stands := map[string]cases.State{}
	for _, it := range r.items() {
		switch {
		case it.mark == nil:
			if it.entry.Seq == seq {
				return stands[hand]
			}
		case it.mark.to != "": // of a case
			if stands[it.mark.of] = it.mark.to; it.mark.chat || hand == "" {
				hand = it.mark.of
			}
		}
	}
	return ""
}

// lines are the buyer's order lines as he had them then, newest first, as the order system lists them. What a case keeps
// is as it was when it was opened. What the order system says may have moved on since: where the card that listed his
// orders shows a line at an earlier step, it stands there. Of a line that only a card shows, what the card says is all.
func (r *recorder) lines() []policy.Line {
	lines := map[string]policy.Line{}
	for _, l := range r.src.Lines {
		lines[dialog.LineKey(l.OrderID, l.LineID)] = l
	}
	shown := map[string]bool{}
	for _, e := range r.src.Entries {
		if e.Card == nil {
			continue
		}
		for _, o := range e.Card.Orders {
			if k := dialog.LineKey(o.Order, o.Line); !shown[k] { // as it was at first: what he did came after
				shown[k] = true
				lines[k] = asShown(lines[k], o)
			}
		}
	}
	for _, p := range r.src.Cases {
		l := p.Case.Line
		lines[dialog.LineKey(l.OrderID, l.LineID)] = l
	}
	return slices.SortedFunc(maps.Values(lines), func(a, b policy.Line) int {
		return cmp.Or(b.PaidAt.Compare(a.PaidAt), cmp.Compare(a.OrderID, b.OrderID), cmp.Compare(a.LineID, b.LineID))
	})
}

// statusOf tells a status from how a card names it.
func statusOf(words string) policy.Status {
	for _, s := range []policy.Status{policy.PaidUnshipped, policy.Shipped, policy.Signed, policy.Completed, policy.Closed} {
		for _, l := range []dialog.Locale{dialog.ZH, dialog.EN} {
			if replies.In(l, policy.Default()).Order(policy.Line{Status: s}).Status == words {
				return s
			}
		}
	}
	return ""
}

// asShown is a line at the step at which a card showed it.
func asShown(l policy.Line, o dialog.OrderItem) policy.Line {
	status := statusOf(o.Status)
	if l.OrderID == "" {
		l = policy.Line{OrderID: o.Order, LineID: o.Line, Title: o.Title, Spec: o.Spec, ShopID: o.Shop, ShopName: o.Shop, PaidGoodsFen: o.PaidFen}
		switch status {
		case policy.PaidUnshipped:
			l.PaidAt = o.At
		case policy.Shipped:
			l.ShippedAt, l.LastLogisticAt = o.At, o.At
		default:
			l.SignedAt = o.At
		}
		l.Status = cmp.Or(status, policy.Signed)
		return l
	}
	if status == "" || status == l.Status {
		return l
	}
	switch l.Status = status; status {
	case policy.PaidUnshipped:
		l.ShippedAt, l.LastLogisticAt, l.SignedAt, l.Carrier, l.Waybill = time.Time{}, time.Time{}, time.Time{}, "", ""
	case policy.Shipped:
		l.SignedAt, l.LastLogisticAt = time.Time{}, o.At
	}
	return l
}

// orders are the order lines of the fixture; who bought them, and from whom, is not told.
func (r *recorder) orders() []suite.Order {
	var out []suite.Order
	shops := map[string]string{} // s1, s2, … in the order in which they come
	at := func(t time.Time) suite.Time { return suite.Time{Time: t} }
	for _, l := range r.lines() {
		if shops[l.ShopID] == "" {
			shops[l.ShopID] = fmt.Sprintf("s%d", len(shops)+1)
		}
		title := r.mask.Mask(l.Title)
		o := suite.Order{
			Order: r.mask.ID(redact.Order, l.OrderID), Line: l.LineID, Title: suite.Said{ZH: title, EN: title}, Spec: r.mask.Mask(l.Spec), Shop: shops[l.ShopID],
			GoodsFen: l.PaidGoodsFen, FreightFen: l.PaidFreightFen, Quantity: l.Quantity, Status: l.Status,
			Paid: at(l.PaidAt), Promised: at(l.PromisedShipAt), Shipped: at(l.ShippedAt), Moved: at(l.LastLogisticAt), Signed: at(l.SignedAt),
			Carrier: l.Carrier, Categories: l.Categories, Tags: l.Tags, Confirmed: l.ExclusionConfirmed,
		}
		if l.Waybill != "" {
			o.Waybill = r.mask.ID(redact.Waybill, l.Waybill)
		}
		for _, p := range l.OtherParcels {
			other := suite.Parcel{Carrier: p.Carrier, Waybill: r.mask.ID(redact.Waybill, p.Waybill), Moved: at(p.LastLogisticAt)}
			if p.Logistics == policy.LogisticsSigned {
				other.Moved, other.Signed = suite.Time{}, other.Moved
			}
			o.Parcels = append(o.Parcels, other)
		}
		out = append(out, o)
	}
	return out
}
