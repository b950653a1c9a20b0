package main

import (
	"net/netip"
	"slices"
	"testing"

	"recourse/web/wire"
)

func TestTrustedProxiesAreNetworksOrAddresses(t *testing.T) {
	s := settings{proxies: []string{"10.0.0.0/8", " fd00::1/8", "192.0.2.7", "::ffff:192.0.2.8"}}
	got, err := s.trusted()
	want := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8"), netip.MustParsePrefix("192.0.2.7/32"), netip.MustParsePrefix("192.0.2.8/32")}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v", got, err)
	}
	for _, bad := range []string{"proxy.example", "10.0.0.0/33", ""} {
		s := settings{proxies: []string{bad}}
		if _, err := s.trusted(); err == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

// From where somebody comes in stands with his session: what a proxy says of it counts if the proxy is named, else not.
func TestServeBelievesTheProxiesThatItIsGiven(t *testing.T) {
	t.Parallel()
	for flag, want := range map[string]string{"--trusted-proxies=192.0.2.0/24,127.0.0.0/8": "198.51.100.7", "--trusted-proxies=192.0.2.0/24": "127.0.0.1"} {
		w := newWorld(t, flag)
		header := map[string]string{"X-Forwarded-For": "1.2.3.4, 198.51.100.7"}
		status, raw := w.call("POST", "/api/agent/login", "", header, wire.Login{Login: "admin", Password: "recourse-demo"})
		in := into[wire.LoginResult](t, status, raw)
		status, raw = w.call("GET", "/api/agent/sessions", in.Session, nil, nil)
		if list := into[wire.SessionList](t, status, raw).Sessions; len(list) != 1 || list[0].Address != want {
			t.Errorf("%s: %+v, want %s", flag, list, want)
		}
		if status, _ := w.call("GET", "/api/agent/accounts", in.Session, nil, nil); status != 200 {
			t.Errorf("the demo's admin keeps the accounts: %d", status)
		}
	}
}
