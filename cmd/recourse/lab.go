package main

import (
	"net/http"
	"time"

	"github.com/redis/go-redis/v9"

	"recourse/bot/faq"
	"recourse/bot/replay"
	"recourse/bot/replay/labwire"
	"recourse/cases"
	"recourse/dialog"
	"recourse/web"
	"recourse/web/demo"
	"recourse/web/demo/demolab"
	"recourse/web/redisweb"
)

// labToken is how long a token of the lab lets a buyer in; his session takes over.
const labToken = 5 * time.Minute

// openLab lets suites be played against the demo. The parts that it works on must be there.
func (a *app) openLab(rdb redis.UniversalClient, shared *redisweb.Store, dialogs dialog.Store, ledger *cases.Ledger, clock demo.Clock) {
	if a.demo == nil {
		return
	}
	orders := &demolab.Orders{Shop: ledger.Orders, RDB: rdb}
	ledger.Orders = orders
	a.lab = demolab.New(demolab.Parts{
		Dialogs: dialogs, Ledger: ledger, Complaints: a.complaints, Due: a.timers.Index, Outbox: a.relay, Orders: orders, Clock: clock,
		Paid: a.bank.Next, Moved: a.demo.Moved,
		Token:   func(buyer string) (string, error) { return web.Issue(a.demo.Secret, buyer, labToken, time.Now()) },
		ShopKey: shared.SetShopKey,
		About: func() (replay.About, bool) {
			book := a.faq.Book()
			_, learned := book.Find("", faq.Context{})
			on := replay.About{Policy: ledger.Policy("").Version, FAQ: book.Version()}
			if a.models != nil {
				on.Model = a.modelWords
			}
			return on, learned
		},
		Refuse: func(w http.ResponseWriter, r *http.Request, err error) { a.web.Refuse(w, r, err) },
	})
	a.timers.Fire = a.lab.Hold(a.timers.Fire)
}

// demoMux is everything below /demo/api/ and /demo/img/.
func (a *app) demoMux() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", a.demo.Mux())
	of := a.lab.Mux()
	mux.Handle(labwire.Path, of)
	mux.Handle(labwire.Path+"/", of)
	return mux
}
