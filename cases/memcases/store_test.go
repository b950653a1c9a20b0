package memcases_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"recourse/cases"
	"recourse/cases/casestest"
	"recourse/cases/memcases"
)

func TestTheStoreKeepsWhatCaseStoresPromise(t *testing.T) {
	st := memcases.New()
	var mu sync.Mutex
	heard := map[cases.ID][]casestest.Record{} // guarded by mu
	records := func(_ context.Context, id cases.ID) ([]casestest.Record, error) {
		mu.Lock()
		defer mu.Unlock()
		for _, r := range st.Take() {
			out := casestest.Record{Kind: "changed", Version: r.Version}
			if r.Notice != nil {
				out.Kind, out.What = "notice", r.Notice.Key
			}
			if r.Order != nil {
				out.Kind, out.What = "order", r.Order.Kind
			}
			heard[r.Case] = append(heard[r.Case], out)
		}
		return heard[id], nil
	}
	due := func(_ context.Context, id cases.ID) (map[cases.Timer]time.Time, error) {
		out := map[cases.Timer]time.Time{}
		for _, d := range st.Due(casestest.Epoch.AddDate(100, 0, 0)) {
			if d.Case == id {
				out[d.Timer] = d.At
			}
		}
		return out, nil
	}
	casestest.Run(t, casestest.Backend{Store: st, Buyer: casestest.Buyers("b"), Due: due, Records: records})
}
