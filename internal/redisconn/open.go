package redisconn

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

const (
	// noRetries: go-redis would send a command again after a broken
	// connection, when the first may have been executed. Scripts drop repeats
	// by their keys, but a repeated script is still run twice, and a repeated
	// INCR counts twice. Who may repeat is known to callers only.
	noRetries = -1
	// dialTimeout bounds the wait for a host that does not answer.
	dialTimeout = 3 * time.Second
	// ioTimeout bounds one command. Scripts take well under a millisecond; a
	// rewriting or swapping Redis may pause for a second.
	ioTimeout = 3 * time.Second
	// poolTimeout is how long a command waits for a free connection: a little
	// more than ioTimeout, so that the cause is reported and not the queue.
	poolTimeout = 4 * time.Second
	// poolSize is per node. Commands are short and pipelined by nobody, so
	// this bounds how many turns talk to Redis at one moment.
	poolSize = 64
	// idleConns may stay open when it is quiet, so that the next burst does
	// not begin with handshakes.
	idleConns = 16
	// noRedirects: see followMoves.
	noRedirects = -1
	// defaultSentinelPort is Redis Sentinel's.
	defaultSentinelPort = "26379"
	defaultPort         = "6379"
)

// ErrURL is wrapped by errors about the form of a URL. They never carry the
// URL itself, which may hold a password.
var ErrURL = errors.New("redis url")

// Open returns a client for
//
//	redis://[user:password@]host[:port][/db]
//	rediss://… the same over TLS
//	unix://[user:password@]/path/to.sock[?db=0]
//	redis+sentinel://[user:password@]host[:port],host[:port]/master[?db=0]
//	redis+cluster://[user:password@]host[:port],host[:port]
//
// Sentinels and cluster take tls=true; sentinels take sentinel_username and
// sentinel_password for their own login. Open does not connect: that is
// Check's work. ctx is for symmetry with other ways to open a store and only
// ends an Open that has not begun.
func Open(ctx context.Context, rawURL string) (redis.UniversalClient, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("open redis: %w", err)
	}
	target, err := parse(rawURL)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrURL, err)
	}
	// One description for all kinds; go-redis picks the fields it needs.
	opts := redis.UniversalOptions{
		Addrs:    target.addrs,
		DB:       target.db,
		Username: target.username,
		Password: target.password,

		MasterName:       target.master,
		SentinelUsername: target.sentinelUsername,
		SentinelPassword: target.sentinelPassword,

		MaxRetries:            noRetries,
		MaxRedirects:          noRedirects,
		DialTimeout:           dialTimeout,
		ReadTimeout:           ioTimeout,
		WriteTimeout:          ioTimeout,
		ContextTimeoutEnabled: true,
		PoolSize:              poolSize,
		PoolTimeout:           poolTimeout,
		MaxIdleConns:          idleConns,
		TLSConfig:             target.tls,

		// "auto" looks Addr up in the DNS when the client is made and sends a
		// probe on each connection, for a feature of managed services only.
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
	}
	switch target.kind {
	case cluster:
		client := redis.NewClusterClient(opts.Cluster())
		client.AddHook(followMoves{})
		return client, nil
	case sentinel:
		return redis.NewFailoverClient(opts.Failover()), nil
	default:
		simple := opts.Simple()
		simple.Network = target.network
		return redis.NewClient(simple), nil
	}
}

type kind uint8

const (
	single kind = iota
	sentinel
	cluster
)

type target struct {
	kind               kind
	network            string
	addrs              []string
	master             string
	db                 int
	username, password string

	sentinelUsername, sentinelPassword string

	tls *tls.Config
}

// parse takes a URL apart by hand as far as lists of hosts need it: net/url
// takes "a:1,b:2" for one host with a bad port. Its errors name parts, never
// values, because a typing mistake may put the password anywhere.
func parse(raw string) (target, error) {
	scheme, rest, ok := strings.Cut(raw, "://")
	if !ok {
		return target{}, errors.New("no scheme; want redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://")
	}
	rest, rawQuery, _ := strings.Cut(rest, "?")
	var t target
	if i := strings.LastIndexByte(rest, '@'); i >= 0 {
		user, password, _ := strings.Cut(rest[:i], ":")
		var err1, err2 error
		t.username, err1 = url.PathUnescape(user)
		t.password, err2 = url.PathUnescape(password)
		if err1 != nil || err2 != nil {
			return target{}, errors.New("user or password has a bad %-escape")
		}
		rest = rest[i+1:]
	}
	query, err := url.ParseQuery(rawQuery)
	if err != nil {
		return target{}, errors.New("options after ? have a bad form")
	}

	known := map[string]bool{"db": true}
	hosts, path, _ := strings.Cut(rest, "/")
	db := query.Get("db")
	port := defaultPort
	switch scheme {
	case "redis", "rediss":
		if strings.Contains(hosts, ",") {
			return target{}, errors.New("several hosts need redis+sentinel:// or redis+cluster://")
		}
		t.kind, t.network = single, "tcp"
		if db == "" {
			db = path
		} else if path != "" {
			return target{}, errors.New("the database is given twice")
		}
	case "unix":
		if hosts != "" || path == "" {
			return target{}, errors.New("a unix url has three slashes and the path of a socket: unix:///run/redis.sock")
		}
		socket, err := url.PathUnescape("/" + path)
		if err != nil {
			return target{}, errors.New("path of the socket has a bad %-escape")
		}
		t.kind, t.network, t.addrs = single, "unix", []string{socket}
	case "redis+sentinel":
		known["tls"], known["sentinel_username"], known["sentinel_password"] = true, true, true
		t.kind, t.master, port = sentinel, path, defaultSentinelPort
		if path == "" || strings.Contains(path, "/") {
			return target{}, errors.New("a sentinel url ends in the name of the master: redis+sentinel://host:26379/mymaster")
		}
		t.sentinelUsername, t.sentinelPassword = query.Get("sentinel_username"), query.Get("sentinel_password")
	case "redis+cluster":
		known["tls"] = true
		t.kind = cluster
		if path != "" && path != "0" || db != "" && db != "0" {
			return target{}, errors.New("a cluster has database 0 only")
		}
	default:
		return target{}, errors.New("unknown scheme; want redis://, rediss://, unix://, redis+sentinel:// or redis+cluster://")
	}
	for option := range query {
		if !known[option] {
			return target{}, fmt.Errorf("unknown option; %s takes: %s", scheme, strings.Join(sortedKeys(known), ", "))
		}
	}
	if db != "" {
		n, err := strconv.Atoi(db)
		if err != nil || n < 0 {
			return target{}, errors.New("the database is not a number")
		}
		t.db = n
	}
	if t.network != "unix" {
		if t.addrs, err = addresses(hosts, port); err != nil {
			return target{}, err
		}
	}
	if secure := query.Get("tls"); scheme == "rediss" || secure == "true" {
		t.tls = &tls.Config{MinVersion: tls.VersionTLS12}
		if t.kind == single {
			host, _, _ := net.SplitHostPort(t.addrs[0])
			t.tls.ServerName = host
		}
	} else if secure != "" && secure != "false" {
		return target{}, errors.New("tls is true or false")
	}
	return t, nil
}

func addresses(hosts, port string) ([]string, error) {
	var addrs []string
	for i, h := range strings.Split(hosts, ",") {
		u, err := url.Parse("tcp://" + h)
		if err != nil || u.Hostname() == "" || u.User != nil {
			return nil, fmt.Errorf("host %d of %d is not host or host:port", i+1, strings.Count(hosts, ",")+1)
		}
		p := u.Port()
		if p == "" {
			p = port
		}
		addrs = append(addrs, net.JoinHostPort(u.Hostname(), p))
	}
	return addrs, nil
}
