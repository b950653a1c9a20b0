package webhooks_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"recourse/web/webhooks"
)

// addresses by whether they may be reached: always, beside a demo, only with everything allowed.
var addresses = map[string]webhooks.Reach{
	"1.1.1.1": webhooks.PublicOnly, "8.8.8.8": webhooks.PublicOnly, "223.5.5.5": webhooks.PublicOnly, "172.15.0.1": webhooks.PublicOnly,
	"172.32.0.1": webhooks.PublicOnly, "100.63.0.1": webhooks.PublicOnly, "2606:4700::1111": webhooks.PublicOnly, "2400:3200::1": webhooks.PublicOnly,

	"127.0.0.1": webhooks.WithLoopback, "127.8.8.8": webhooks.WithLoopback, "::1": webhooks.WithLoopback, "::ffff:127.0.0.1": webhooks.WithLoopback,

	"0.0.0.0": webhooks.WithPrivate, "10.0.0.1": webhooks.WithPrivate, "172.16.0.1": webhooks.WithPrivate, "172.31.255.255": webhooks.WithPrivate,
	"192.168.1.1": webhooks.WithPrivate, "169.254.169.254": webhooks.WithPrivate, "100.100.100.200": webhooks.WithPrivate,
	"224.0.0.1": webhooks.WithPrivate, "255.255.255.255": webhooks.WithPrivate, "198.18.0.1": webhooks.WithPrivate, "192.0.2.1": webhooks.WithPrivate,
	"::": webhooks.WithPrivate, "fe80::1": webhooks.WithPrivate, "fe80::1%eth0": webhooks.WithPrivate, "fc00::1": webhooks.WithPrivate,
	"fd00:ec2::254": webhooks.WithPrivate, "ff02::1": webhooks.WithPrivate, "::ffff:10.0.0.1": webhooks.WithPrivate,
	"::ffff:169.254.169.254": webhooks.WithPrivate, "::10.0.0.1": webhooks.WithPrivate, "64:ff9b::a00:1": webhooks.WithPrivate,
	"2002:a00:1::": webhooks.WithPrivate, "2001:0:a00:1::": webhooks.WithPrivate, "2001:db8::1": webhooks.WithPrivate, "fec0::1": webhooks.WithPrivate,
}

func TestWhichAddressesMayBeReached(t *testing.T) {
	for text, least := range addresses {
		for _, reach := range []webhooks.Reach{webhooks.PublicOnly, webhooks.WithLoopback, webhooks.WithPrivate} {
			if got := reach.Admits(netip.MustParseAddr(text)); got != (reach >= least) {
				t.Errorf("%s with reach %d: %v", text, reach, got)
			}
		}
	}
	if webhooks.WithPrivate.Admits(netip.Addr{}) {
		t.Error("no address at all is admitted")
	}
}

func TestWhichURLsAreTaken(t *testing.T) {
	const never = webhooks.WithPrivate + 1
	for raw, least := range map[string]webhooks.Reach{
		"https://shop.example/hooks?x=1": webhooks.PublicOnly,
		"https://shop.example:8443/":     webhooks.PublicOnly,
		"https://8.8.8.8/":               webhooks.PublicOnly,
		"https://127.0.0.1/":             webhooks.WithLoopback,
		"http://127.0.0.1:8080/":         webhooks.WithLoopback,
		"http://[::1]:8080/":             webhooks.WithLoopback,
		"http://localhost:8080/":         webhooks.WithLoopback,
		"http://shop.example/":           webhooks.WithPrivate,
		"https://10.0.0.1/":              webhooks.WithPrivate,
		"https://169.254.169.254/latest": webhooks.WithPrivate,
		"https://[::ffff:10.0.0.1]/":     webhooks.WithPrivate,
		"http://10.0.0.1/":               webhooks.WithPrivate,
		"https://user:pw@shop.example/":  never,
		"https://shop.example/#x":        never,
		"ftp://shop.example/":            never,
		"file:///etc/passwd":             never,
		"https:///path":                  never,
		"shop.example":                   never,
		"":                               never,
		"https://shop.example/\x7f":      never,
		"https://shop.example/" + strings.Repeat("x", 2048): never,
	} {
		for _, reach := range []webhooks.Reach{webhooks.PublicOnly, webhooks.WithLoopback, webhooks.WithPrivate} {
			err := reach.CheckURL(raw)
			if (err == nil) != (reach >= least) {
				t.Errorf("%q with reach %d: %v", raw, reach, err)
			}
			if err != nil && !errors.As(err, new(*webhooks.Invalid)) {
				t.Errorf("%q: %v does not name the field", raw, err)
			}
		}
	}
}

// resolver answers in turn, as a name server does that rebinds.
type resolver struct {
	mu      sync.Mutex
	answers [][]string // guarded by mu
}

func (r *resolver) lookup(context.Context, string) ([]netip.Addr, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.answers) == 0 {
		return nil, &net.DNSError{Err: "no such host", IsNotFound: true}
	}
	var out []netip.Addr
	for _, a := range r.answers[0] {
		out = append(out, netip.MustParseAddr(a))
	}
	if len(r.answers) > 1 {
		r.answers = r.answers[1:]
	}
	return out, nil
}

func TestNamesThatLeadInsideAreNotFollowed(t *testing.T) {
	hits := make(chan string, 10)
	srv := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { hits <- r.Host }))
	defer srv.Close()
	_, port, _ := net.SplitHostPort(srv.Listener.Addr().String())
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	// A public address that refuses at once does not exist on a test machine, so what is admitted first is
	// shown by dialling with an ended context: it fails as a connection, not as blocked.
	ended, end := context.WithCancel(ctx)
	end()
	r := &resolver{answers: [][]string{{"8.8.8.8"}, {"127.0.0.1"}}}
	dial := webhooks.PublicOnly.Dial(r.lookup)
	if _, err := dial(ended, "tcp", net.JoinHostPort("rebinds.example", port)); err == nil || errors.Is(err, webhooks.ErrBlocked) {
		t.Errorf("the public answer: %v", err)
	}
	if _, err := dial(ctx, "tcp", net.JoinHostPort("rebinds.example", port)); !errors.Is(err, webhooks.ErrBlocked) {
		t.Errorf("the answer after rebinding: %v", err)
	}
	for name, answers := range map[string][]string{
		"inside": {"127.0.0.1"}, "inside among others": {"8.8.8.8", "127.0.0.1"}, "mapped": {"::ffff:127.0.0.1"}, "metadata": {"169.254.169.254"},
	} {
		r := &resolver{answers: [][]string{answers}}
		s := webhooks.NewSender(webhooks.PublicOnly, r.lookup, time.Now)
		a := s.Send(ctx, endpoint(t, "http://"+name[:6]+".example:"+port), delivery("msg_1", "a"))
		s.Close()
		if a.Class != webhooks.ClassBlocked || a.Status != 0 {
			t.Errorf("%s: %+v", name, a)
		}
	}
	// The same road with everything allowed does lead there: the check above could fail.
	s := webhooks.NewSender(webhooks.WithPrivate, (&resolver{answers: [][]string{{"127.0.0.1"}}}).lookup, time.Now)
	defer s.Close()
	if a := s.Send(ctx, endpoint(t, "http://inside.example:"+port), delivery("msg_1", "a")); !a.OK() {
		t.Errorf("with everything allowed: %+v", a)
	}
	if host := <-hits; host != "inside.example:"+port || len(hits) > 0 {
		t.Errorf("asked as %s, %d more", host, len(hits))
	}
	none := webhooks.NewSender(webhooks.WithPrivate, (&resolver{}).lookup, time.Now)
	defer none.Close()
	if a := none.Send(ctx, endpoint(t, "http://nobody.example"), delivery("msg_1", "a")); a.Class != webhooks.ClassDNS {
		t.Errorf("a name that does not exist: %+v", a)
	}
}
