package main

import (
	"encoding/json"
	"net/http"
	"testing"

	"recourse/web/wire"
)

// A page that is looked at for longer than its links live gets fresh ones, and nobody else does.
func TestLinksToEvidenceAreRenewedForTheirBuyer(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	b := newBand(w, "zh-CN")
	for _, s := range bandStory[:4] { // with one photo in the draft
		s.do(b)
	}
	b.buyer.await("the photo", func() bool { return b.buyer.state.Case != nil && len(b.buyer.state.Case.Evidence) == 1 })
	old := b.buyer.state.Case.Evidence[0].URL
	open := func(url string) int {
		status, _ := w.call("GET", url, "", nil, nil)
		return status
	}
	if status := open(old); status != http.StatusOK {
		t.Fatalf("the link answers %d", status)
	}
	w.advance("1h")
	if _, raw := w.call("GET", old, "", nil, nil); errorCode(t, raw) != "LINK_EXPIRED" {
		t.Errorf("a link of an hour ago answers %s", raw)
	}
	list := func(token string) (int, wire.EvidenceList) {
		status, raw := w.call("GET", "/api/buyer/cases/"+b.id+"/evidence", token, nil, nil)
		var l wire.EvidenceList
		if status == http.StatusOK {
			if err := json.Unmarshal(raw, &l); err != nil {
				t.Fatal(err)
			}
		}
		return status, l
	}
	status, fresh := list(b.buyer.session)
	if status != http.StatusOK || len(fresh.Evidence) != 1 || open(fresh.Evidence[0].URL) != http.StatusOK {
		t.Errorf("asked for fresh links: %d %+v", status, fresh)
	}
	if status, _ := list(""); status != http.StatusUnauthorized {
		t.Errorf("without a token: %d", status)
	}
	if status, _ := list(w.token("demo-anna")); status != http.StatusNotFound {
		t.Errorf("another buyer: %d", status)
	}
	if status, _ := list(shopKey); status != http.StatusUnauthorized {
		t.Errorf("a shop's key: %d", status)
	}
}
