package main

import (
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"recourse/dialog/desk"
)

// settings are what serve and the tools beside it take, by flag or by environment: --clock-speed is
// RECOURSE_CLOCK_SPEED. A flag wins.
type settings struct {
	addr      string
	data      string
	blobs     string
	redis     string
	demo      bool
	speed     float64
	policy    string
	faq       []string
	secret    string
	publicKey string
	ordersURL string
	ordersKey string
	callback  string
	shopRate  float64
	origins   []string
	hooks     hookSettings
	models    modelSettings
	oidc      oidcSettings
	proxies   []string
	fsync     bool
	unsafe    bool
	deskHours string
	hours     string
	desk      desk.Rules
	logLevel  string
}

func (s *settings) storeFlags(f *pflag.FlagSet) {
	f.StringVar(&s.blobs, "blobs", "", "bucket for evidence files instead of the directory: s3://bucket/prefix?endpoint=https://host&region=…&style=path; keys from AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")
	f.StringVar(&s.data, "data", "data", "directory of the embedded store and of evidence files")
	f.StringVar(&s.redis, "redis", "", "Redis instead of the embedded store: redis://, rediss://, unix://, redis+sentinel://, redis+cluster://")
	f.BoolVar(&s.fsync, "fsync", false, "embedded store: sync every record to disk, so that a power cut loses nothing (slower)")
	f.BoolVar(&s.unsafe, "allow-unsafe-redis", false, "serve although Redis may lose what was acknowledged (no AOF, or eviction on)")
}

func (s *settings) serveFlags(f *pflag.FlagSet) {
	s.storeFlags(f)
	s.hooks.serveFlags(f)
	s.models.serveFlags(f)
	s.oidc.serveFlags(f)
	f.StringVar(&s.addr, "addr", "127.0.0.1:8080", "address to listen on")
	f.BoolVar(&s.demo, "demo", false, "demo shop, demo merchants and demo agents; lets anybody in as a demo buyer")
	f.Float64Var(&s.speed, "clock-speed", 1, "how fast the marketplace's clock runs (demo and tests)")
	f.StringVar(&s.policy, "policy", "", "policy file instead of the built-in one; a change of it, or SIGHUP, is taken over while serving")
	f.StringSliceVar(&s.faq, "faq", nil, "directory with answers that override or extend the built-in ones; a change in it, or SIGHUP, is taken over while serving; may be given several times")
	f.StringVar(&s.secret, "token-secret", "", "secret with which the shop signs buyers' tokens (HS256), at least 32 bytes")
	f.StringVar(&s.publicKey, "token-public-key", "", "PEM file of the public key that verifies buyers' tokens (EdDSA)")
	s.orderFlags(f)
	f.StringVar(&s.callback, "callback-key", "", "key with which payment channel and carriers call back")
	f.Float64Var(&s.shopRate, "shop-rate", 20, "requests a second that one shop's key, or one agent, may make on this node; three times as many in a burst")
	f.StringSliceVar(&s.origins, "origin", nil, "other origins whose pages may open the chat, e.g. https://shop.example")
	f.StringSliceVar(&s.proxies, "trusted-proxies", nil, "networks of the proxies that are believed when they say for whom they speak (X-Forwarded-For), e.g. 10.0.0.0/8,fd00::/8; nobody else is")
	f.StringVar(&s.deskHours, "desk-hours", "", "when agents are there, as buyers shall read it, e.g. 9:00-22:00")
	s.deskFlags(f)
	f.StringVar(&s.logLevel, "log", "info", "log level: debug, info, warn, error")
}

// orderFlags say where the order system is.
func (s *settings) orderFlags(f *pflag.FlagSet) {
	f.StringVar(&s.ordersURL, "orders-url", "", "base URL of the order system")
	f.StringVar(&s.ordersKey, "orders-key", "", "key for the order system")
}

// fromEnv fills flags that were not given from the environment.
func fromEnv(cmd *cobra.Command, getenv func(string) string) error {
	var errs []error
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		name := "RECOURSE_" + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		if v := getenv(name); v != "" && !f.Changed {
			if err := cmd.Flags().Set(f.Name, v); err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", name, err))
			}
		}
	})
	return errors.Join(errs...)
}

// check refuses settings that cannot serve anybody, with what to do about it.
func (s *settings) check() error {
	var errs []error
	if s.speed <= 0 || s.speed > 1e6 {
		errs = append(errs, errors.New("--clock-speed must be above 0 and at most 1000000"))
	}
	if s.shopRate <= 0 {
		errs = append(errs, errors.New("--shop-rate must be above 0"))
	}
	for _, o := range s.origins {
		// An origin goes into a header as it is.
		if u, err := url.Parse(o); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" || o != u.Scheme+"://"+u.Host {
			errs = append(errs, fmt.Errorf("--origin %q must be like https://shop.example", o))
		}
	}
	_, err := s.trusted()
	errs = append(errs, err, s.hooks.check(), s.models.check(), s.oidc.check(), s.checkDesk())
	if s.demo {
		return errors.Join(errs...)
	}
	if s.secret == "" && s.publicKey == "" {
		errs = append(errs, errors.New("buyers could not come in: give --token-secret or --token-public-key, or try --demo"))
	}
	if s.secret != "" && len(s.secret) < 32 {
		errs = append(errs, errors.New("--token-secret must have at least 32 bytes"))
	}
	if s.ordersURL == "" {
		errs = append(errs, errors.New("there are no orders to refund: give --orders-url, or try --demo"))
	}
	return errors.Join(errs...)
}

// trusted are the networks of --trusted-proxies.
func (s *settings) trusted() ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, p := range s.proxies {
		net, err := netip.ParsePrefix(strings.TrimSpace(p))
		if err != nil {
			one, oneErr := netip.ParseAddr(strings.TrimSpace(p))
			if oneErr != nil {
				return nil, fmt.Errorf("--trusted-proxies %q must be a network or an address, like 10.0.0.0/8", p)
			}
			net = netip.PrefixFrom(one.Unmap(), one.Unmap().BitLen())
		}
		out = append(out, net.Masked())
	}
	return out, nil
}

func readPublicKey(file string) (ed25519.PublicKey, error) {
	if file == "" {
		return nil, nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("read --token-public-key: %w", err)
	}
	block, _ := pem.Decode(raw)
	if block == nil {
		return nil, fmt.Errorf("read --token-public-key: %s holds no PEM block", file)
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, fmt.Errorf("read --token-public-key: %w", err)
	}
	pub, ok := key.(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("read --token-public-key: %s is not an Ed25519 key", file)
	}
	return pub, nil
}

// readSecret takes a secret from a file if there is one, else from the environment.
func readSecret(to *string, env, flag, file string) error {
	*to = env
	if file == "" {
		return nil
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		return fmt.Errorf("read %s: %w", flag, err)
	}
	*to = strings.TrimSpace(string(raw))
	return nil
}
