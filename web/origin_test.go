package web

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

// Anybody may write X-Forwarded-For: it counts hop by hop, from the end, as long as one of our proxies says it.
func TestOnlyOurProxiesAreBelieved(t *testing.T) {
	s := &Server{Config: Config{Proxies: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("fd00::/8")}}}
	for what, c := range map[string]struct {
		from    string
		headers []string
		want    string
	}{
		"no proxy":                           {"203.0.113.9:4711", nil, "203.0.113.9"},
		"a stranger who says he is one":      {"203.0.113.9:4711", []string{"198.51.100.7"}, "203.0.113.9"},
		"our proxy":                          {"10.1.2.3:80", []string{"198.51.100.7"}, "198.51.100.7"},
		"our proxy, without a word":          {"10.1.2.3:80", nil, "10.1.2.3"},
		"what the client wrote before it":    {"10.1.2.3:80", []string{"1.2.3.4, 198.51.100.7"}, "198.51.100.7"},
		"the same in two headers":            {"10.1.2.3:80", []string{"1.2.3.4", "198.51.100.7"}, "198.51.100.7"},
		"two of ours":                        {"10.1.2.3:80", []string{"1.2.3.4, 198.51.100.7, 10.9.9.9"}, "198.51.100.7"},
		"ours claimed behind a stranger":     {"10.1.2.3:80", []string{"10.0.0.1, 198.51.100.7"}, "198.51.100.7"},
		"what is no address":                 {"10.1.2.3:80", []string{"unknown"}, "10.1.2.3"},
		"version 6":                          {"[fd00::1]:80", []string{"2001:db8::5"}, "2001:db8::5"},
		"version 4 in the clothes of 6":      {"[::ffff:10.1.2.3]:80", []string{"198.51.100.7"}, "198.51.100.7"},
		"a client in the clothes of 6":       {"10.1.2.3:80", []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
		"a socket that has no address at it": {"@", []string{"198.51.100.7"}, ""},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.from
		for _, h := range c.headers {
			r.Header.Add("X-Forwarded-For", h)
		}
		if got := s.originOf(r, "r1").address; got != c.want {
			t.Errorf("%s: %q, want %q", what, got, c.want)
		}
	}
}
