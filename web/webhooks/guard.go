package webhooks

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"unicode/utf8"
)

// ErrBlocked: an endpoint's name leads to an address that may not be reached.
var ErrBlocked = errors.New("address may not be reached by webhooks")

// Reach says which addresses endpoints may have besides public ones.
type Reach int

// What may be reached. An owner of an endpoint chooses its URL, so that without a limit he could make the
// server call services of its own network.
const (
	PublicOnly   Reach = iota
	WithLoopback       // a demo, whose receivers run beside it
	WithPrivate        // anything; for installations inside one network
)

// notPublic are the ranges of the special-purpose registries that lead somewhere else than to a host on the
// internet, and those that carry such an address inside.
var notPublic = prefixes(
	"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
	"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
	"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20", "5f00::/16",
	"fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8",
)

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, p := range list {
		out[i] = netip.MustParsePrefix(p)
	}
	return out
}

// Admits says whether an address may be connected to.
func (r Reach) Admits(addr netip.Addr) bool {
	addr = addr.Unmap().WithZone("")
	if !addr.IsValid() || r == WithPrivate {
		return addr.IsValid()
	}
	if r == WithLoopback && addr.IsLoopback() {
		return true
	}
	for _, p := range notPublic {
		if p.Contains(addr) {
			return false
		}
	}
	return true
}

// CheckURL says what is wrong with an endpoint's URL as far as can be seen without asking for its name.
func (r Reach) CheckURL(raw string) error {
	no := func(why string) error { return &Invalid{Field: "url", Why: why} }
	if len(raw) > maxURL || !utf8.ValidString(raw) {
		return no(fmt.Sprintf("must have at most %d bytes", maxURL))
	}
	u, err := url.Parse(raw)
	if err != nil || u.Hostname() == "" {
		return no("must be an absolute https URL")
	}
	if u.User != nil || u.Fragment != "" {
		return no("must not carry a login or a fragment")
	}
	addr, isAddr := literal(u.Hostname())
	local := isAddr && addr.IsLoopback() || strings.EqualFold(u.Hostname(), "localhost")
	if plain := r == WithPrivate || r == WithLoopback && local; u.Scheme != "https" && (u.Scheme != "http" || !plain) {
		return no("must begin with https://")
	}
	if isAddr && !r.Admits(addr) {
		return no("leads to an address that may not be reached")
	}
	return nil
}

func literal(host string) (netip.Addr, bool) {
	addr, err := netip.ParseAddr(host)
	return addr, err == nil
}

// Lookup resolves a name.
type Lookup func(ctx context.Context, host string) ([]netip.Addr, error)

// SystemLookup asks the system's resolver.
func SystemLookup(ctx context.Context, host string) ([]netip.Addr, error) {
	return net.DefaultResolver.LookupNetIP(ctx, "ip", host)
}

// Dial connects only where Reach admits. It connects to the very addresses that it has looked at, so a name
// that answers otherwise the next time (DNS rebinding) leads nowhere else. A name of which any address is not
// admitted is refused as a whole.
func (r Reach) Dial(lookup Lookup) func(ctx context.Context, network, address string) (net.Conn, error) {
	dialer := &net.Dialer{}
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err != nil {
			return nil, err
		}
		addrs := []netip.Addr{}
		if addr, ok := literal(host); ok {
			addrs = append(addrs, addr)
		} else if addrs, err = lookup(ctx, host); err != nil {
			return nil, err
		}
		for _, a := range addrs {
			if !r.Admits(a) {
				return nil, fmt.Errorf("connect to %s: %w", host, ErrBlocked)
			}
		}
		err = &net.DNSError{Err: "no address", Name: host, IsNotFound: true}
		for _, a := range addrs {
			var conn net.Conn
			if conn, err = dialer.DialContext(ctx, network, net.JoinHostPort(a.Unmap().String(), port)); err == nil {
				return conn, nil
			}
		}
		return nil, err
	}
}
