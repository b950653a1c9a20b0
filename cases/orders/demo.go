package orders

import (
	"context"
	"slices"
	"time"

	"recourse/cases"
	"recourse/cases/policy"
)

// DemoBuyer is a buyer of the demo shop.
type DemoBuyer struct{ ID, Name string }

// DemoShop is a shop of the demo.
type DemoShop struct{ ID, Name string }

// Demo is a small marketplace in memory. Its orders stand relative to when it was first opened, so that the
// stories they are made for come out the same on every day.
type Demo struct {
	Buyers []DemoBuyer
	Shops  []DemoShop
	lines  []policy.Line
}

var _ cases.Orders = (*Demo)(nil)

// Lines returns the buyer's order lines, newest first.
func (d *Demo) Lines(_ context.Context, buyer string) ([]policy.Line, error) {
	var out []policy.Line
	for _, l := range d.lines {
		if l.BuyerID == buyer {
			out = append(out, l)
		}
	}
	slices.SortStableFunc(out, func(a, b policy.Line) int { return b.PaidAt.Compare(a.PaidAt) })
	return out, nil
}

// Line returns one line of the buyer.
func (d *Demo) Line(_ context.Context, buyer, order, line string) (policy.Line, error) {
	i := slices.IndexFunc(d.lines, func(l policy.Line) bool {
		return l.BuyerID == buyer && l.OrderID == order && l.LineID == line
	})
	if i < 0 {
		return policy.Line{}, cases.ErrNoLine
	}
	return d.lines[i], nil
}

// NewDemo makes the marketplace as it stood at an instant.
func NewDemo(at time.Time) *Demo {
	ago := func(days, hours int) time.Time {
		return at.UTC().Add(-time.Duration(days*24+hours) * time.Hour).Truncate(time.Minute)
	}
	d := &Demo{
		Buyers: []DemoBuyer{{"demo-xiaoli", "小李"}, {"demo-anna", "Anna"}},
		Shops:  []DemoShop{{"shop-shuma", "数码小站"}, {"shop-yichu", "衣橱日记"}, {"shop-guoyuan", "果园直发"}},
	}
	address := map[string]string{
		"shop-shuma": "广东省深圳市南山区示例路 8 号 数码小站售后部", "shop-yichu": "浙江省杭州市余杭区示例街 66 号 衣橱日记退货仓",
		"shop-guoyuan": "山东省烟台市福山区示例村 12 号 果园直发",
	}
	add := func(l policy.Line) {
		for _, s := range d.Shops {
			if s.ID == l.ShopID {
				l.ShopName = s.Name
			}
		}
		l.LineID, l.Quantity, l.ReturnAddress = "1", 1, address[l.ShopID]
		l.ImageURL = "/demo/img/" + l.OrderID + ".svg"
		d.lines = append(d.lines, l)
	}
	signed := func(l policy.Line, days int) policy.Line {
		l.Status, l.Logistics, l.SignedAt = policy.Signed, policy.LogisticsSigned, ago(days, 3)
		l.PaidAt, l.ShippedAt, l.LastLogisticAt = ago(days+4, 2), ago(days+3, 0), l.SignedAt
		l.Carrier, l.Waybill = "中通快递", "7300"+l.OrderID[len(l.OrderID)-8:]
		return l
	}
	// The smart band of 002_accebd9f2fab02c4.txt: bought in a live room, arrived the day before yesterday.
	add(signed(policy.Line{
		OrderID: "6920251100010001", BuyerID: "demo-xiaoli", ShopID: "shop-shuma", Title: "智能手环 Pro（直播间专享）", Spec: "曜石黑",
		PaidGoodsFen: 19900, Tags: []string{"no_reason_7d"},
	}, 2))
	// Out of the seven days, and simply not liked.
	add(signed(policy.Line{
		OrderID: "6920251100010002", BuyerID: "demo-xiaoli", ShopID: "shop-yichu", Title: "针织开衫毛衣", Spec: "燕麦色 M",
		PaidGoodsFen: 15900, PaidFreightFen: 800, Tags: []string{"no_reason_7d"},
	}, 9))
	add(signed(policy.Line{
		OrderID: "6920251100010003", BuyerID: "demo-xiaoli", ShopID: "shop-yichu", Title: "连帽卫衣", Spec: "雾霾蓝 L",
		PaidGoodsFen: 12900, CouponFen: 2000, Tags: []string{"no_reason_7d", "freight_insurance"},
	}, 3))
	add(policy.Line{
		OrderID: "6920251100010004", BuyerID: "demo-xiaoli", ShopID: "shop-shuma", Title: "蓝牙耳机", Spec: "白色", PaidGoodsFen: 26900,
		Status: policy.PaidUnshipped, PaidAt: ago(1, 5), PromisedShipAt: ago(-1, 0),
	})
	add(policy.Line{
		OrderID: "6920251100010005", BuyerID: "demo-xiaoli", ShopID: "shop-shuma", Title: "手机壳 两件装", Spec: "透明", PaidGoodsFen: 3980,
		Status: policy.Shipped, Logistics: policy.LogisticsMoving, PaidAt: ago(3, 0), ShippedAt: ago(2, 6), LastLogisticAt: ago(0, 7),
		Carrier: "圆通速递", Waybill: "YT730000010005",
	})
	add(policy.Line{
		OrderID: "6920251100010006", BuyerID: "demo-xiaoli", ShopID: "shop-yichu", Title: "羊毛围巾", Spec: "驼色", PaidGoodsFen: 8900,
		Status: policy.Shipped, Logistics: policy.LogisticsMoving, PaidAt: ago(8, 0), ShippedAt: ago(7, 0), LastLogisticAt: ago(5, 0),
		Carrier: "韵达快递", Waybill: "730000010006",
	})
	add(signed(policy.Line{
		OrderID: "6920251100010007", BuyerID: "demo-xiaoli", ShopID: "shop-guoyuan", Title: "烟台樱桃 5 斤装", Spec: "大果",
		PaidGoodsFen: 16800, Categories: []string{"fresh_perishable"},
	}, 0))
	add(signed(policy.Line{
		OrderID: "6920251100010008", BuyerID: "demo-xiaoli", ShopID: "shop-shuma", Title: "刻字手镯（定制）", Spec: "刻字：LI",
		PaidGoodsFen: 22900, Categories: []string{"custom_made"}, ExclusionConfirmed: true,
	}, 2))
	add(signed(policy.Line{
		OrderID: "6920251100010009", BuyerID: "demo-xiaoli", ShopID: "shop-yichu", Title: "羽绒服 长款", Spec: "黑色 XL",
		PaidGoodsFen: 89900, Tags: []string{"no_reason_7d"},
	}, 20))
	add(signed(policy.Line{
		OrderID: "6920251100010010", BuyerID: "demo-xiaoli", ShopID: "shop-shuma", Title: "游戏笔记本电脑", Spec: "16GB / 1TB",
		PaidGoodsFen: 689900, Categories: []string{"activation_loss"}, ExclusionConfirmed: true,
	}, 4))
	add(signed(policy.Line{
		OrderID: "6920251100020001", BuyerID: "demo-anna", ShopID: "shop-shuma", Title: "Smart band Pro (live room)", Spec: "Obsidian",
		PaidGoodsFen: 19900, Tags: []string{"no_reason_7d"},
	}, 2))
	add(signed(policy.Line{
		OrderID: "6920251100020002", BuyerID: "demo-anna", ShopID: "shop-yichu", Title: "Knitted cardigan", Spec: "Oat, M",
		PaidGoodsFen: 15900, PaidFreightFen: 800, Tags: []string{"no_reason_7d"},
	}, 9))
	return d
}

// Title is the title of an order's item, "" if there is no such order.
func (d *Demo) Title(order string) string {
	i := slices.IndexFunc(d.lines, func(l policy.Line) bool { return l.OrderID == order })
	if i < 0 {
		return ""
	}
	return d.lines[i].Title
}
