package web

import (
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// origin is from where a request or a socket came.
type origin struct {
	address string // of the client; "" if it is not known
	client  string // what its browser says it is, cut short
	request string // the request's id
}

type originKey struct{}

// originIn is from where what is being dealt with came.
func originIn(ctx context.Context) origin {
	o, _ := ctx.Value(originKey{}).(origin)
	return o
}

// originOf reads it from a request. What a proxy says of whom it speaks for counts only if the proxy is one of ours:
// anybody may write the header.
func (s *Server) originOf(r *http.Request, id string) origin {
	o := origin{request: id, client: clip(r.UserAgent(), 120)}
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	at, err := netip.ParseAddr(host)
	if err != nil {
		return o
	}
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for _, hop := range slices.Backward(hops) {
		if !s.ourProxy(at) {
			break
		}
		next, err := netip.ParseAddr(strings.TrimSpace(hop))
		if err != nil {
			break
		}
		at = next
	}
	o.address = at.Unmap().String()
	return o
}

func (s *Server) ourProxy(at netip.Addr) bool {
	return slices.ContainsFunc(s.Proxies, func(p netip.Prefix) bool { return p.Contains(at.Unmap()) })
}
