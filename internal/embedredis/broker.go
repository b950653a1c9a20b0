package embedredis

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/alicebob/miniredis/v2/server"
)

// maxBacklog is how many messages may wait for one subscriber. Beyond it the
// subscriber is dropped, as Redis drops one that outgrows its output buffer:
// it reconnects, and whoever listens compares positions anyway.
const maxBacklog = 8192

// broker is pub/sub. The server's own hands each message to the subscriber's
// socket inside PUBLISH, so that one stuck reader would stop the whole store,
// and before the record of the script that published is written.
// All but the subscribers' goroutines is guarded by Store.mu.
type broker struct {
	subs map[*server.Peer]*subscriber
	wg   sync.WaitGroup
}

type subscriber struct {
	channels, patterns map[string]struct{}
	queue              chan push     // closed never; see done
	done               chan struct{} // closed when the subscription or the connection ends
	overflow           chan struct{} // closed when the backlog is full
	dropped            bool
}

// push is one out-of-band reply: strings, integers, or nil.
type push []any

type publication struct{ channel, message string }

func newBroker() *broker {
	return &broker{subs: map[*server.Peer]*subscriber{}}
}

// pubsub answers the pub/sub commands. Confirmations go through the queue of
// the subscriber, so that they keep their order with the messages.
func (s *Store) pubsub(c *server.Peer, cmd string, args []string) string {
	wrongNumber := "-ERR wrong number of arguments for '" + strings.ToLower(cmd) + "' command\r\n"
	switch cmd {
	case "PUBLISH":
		if len(args) != 2 {
			return wrongNumber
		}
		s.published = append(s.published, publication{args[0], args[1]})
		return ":" + strconv.Itoa(s.broker.receivers(args[0])) + "\r\n"
	case "PUBSUB":
		return s.broker.info(args)
	case "SUBSCRIBE", "PSUBSCRIBE":
		if len(args) == 0 {
			return wrongNumber
		}
		sub := s.broker.join(c, s.leave)
		for _, name := range args {
			sub.set(cmd)[name] = struct{}{}
			sub.send(push{strings.ToLower(cmd), name, sub.count()})
		}
		return ""
	default: // UNSUBSCRIBE, PUNSUBSCRIBE
		sub := s.broker.join(c, s.leave)
		names := args
		if len(names) == 0 {
			names = keysSorted(sub.set(cmd))
		}
		for _, name := range names {
			delete(sub.set(cmd), name)
			sub.send(push{strings.ToLower(cmd), name, sub.count()})
		}
		if len(names) == 0 {
			sub.send(push{strings.ToLower(cmd), nil, sub.count()})
		}
		return ""
	}
}

// leave forgets the subscriptions of a closed connection.
func (s *Store) leave(c *server.Peer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sub := s.broker.subs[c]; sub != nil {
		delete(s.broker.subs, c)
		close(sub.done)
	}
}

// join returns the subscriber of a connection. It stays until the connection
// closes, as go-redis keeps a connection of its own for subscriptions.
func (b *broker) join(c *server.Peer, leave func(*server.Peer)) *subscriber {
	if sub := b.subs[c]; sub != nil {
		return sub
	}
	sub := &subscriber{
		channels: map[string]struct{}{},
		patterns: map[string]struct{}{},
		queue:    make(chan push, maxBacklog),
		done:     make(chan struct{}),
		overflow: make(chan struct{}),
	}
	b.subs[c] = sub
	c.OnDisconnect(func() { leave(c) })
	b.wg.Go(func() { sub.deliver(c) })
	return sub
}

// deliver writes to one connection until it closes or falls behind.
func (sub *subscriber) deliver(c *server.Peer) {
	for {
		select {
		case <-sub.done:
			return
		case <-sub.overflow:
			// Takes effect with the client's next command; go-redis pings a
			// subscription every few seconds.
			c.Close()
			return
		case p := <-sub.queue:
			c.Block(func(w *server.Writer) {
				w.WritePushLen(len(p))
				for _, part := range p {
					switch v := part.(type) {
					case string:
						w.WriteBulk(v)
					case int:
						w.WriteInt(v)
					default:
						w.WriteNull()
					}
				}
				w.Flush()
			})
		}
	}
}

func (sub *subscriber) send(p push) {
	if sub.dropped {
		return
	}
	select {
	case sub.queue <- p:
	default:
		sub.dropped = true
		close(sub.overflow)
	}
}

func (sub *subscriber) set(cmd string) map[string]struct{} {
	if strings.HasPrefix(cmd, "P") {
		return sub.patterns
	}
	return sub.channels
}

func (sub *subscriber) count() int { return len(sub.channels) + len(sub.patterns) }

func (b *broker) publish(channel, message string) {
	for _, sub := range b.subs {
		if _, ok := sub.channels[channel]; ok {
			sub.send(push{"message", channel, message})
		}
		for pattern := range sub.patterns {
			if matches(pattern, channel) {
				sub.send(push{"pmessage", pattern, channel, message})
			}
		}
	}
}

func (b *broker) receivers(channel string) int {
	n := 0
	for _, sub := range b.subs {
		if _, ok := sub.channels[channel]; ok {
			n++
		}
		for pattern := range sub.patterns {
			if matches(pattern, channel) {
				n++
			}
		}
	}
	return n
}

// info answers PUBSUB CHANNELS, NUMSUB and NUMPAT.
func (b *broker) info(args []string) string {
	sub, names := "", []string(nil)
	if len(args) > 0 {
		sub, names = strings.ToUpper(args[0]), args[1:]
	}
	counts, patterns := map[string]int{}, map[string]struct{}{}
	for _, s := range b.subs {
		for ch := range s.channels {
			counts[ch]++
		}
		for p := range s.patterns {
			patterns[p] = struct{}{}
		}
	}
	var out strings.Builder
	bulk := func(v string) { out.WriteString("$" + strconv.Itoa(len(v)) + "\r\n" + v + "\r\n") }
	switch sub {
	case "CHANNELS":
		list := keysSorted(counts)
		list = slices.DeleteFunc(list, func(ch string) bool { return len(names) > 0 && !matches(names[0], ch) })
		out.WriteString("*" + strconv.Itoa(len(list)) + "\r\n")
		for _, ch := range list {
			bulk(ch)
		}
	case "NUMSUB":
		out.WriteString("*" + strconv.Itoa(2*len(names)) + "\r\n")
		for _, ch := range names {
			bulk(ch)
			out.WriteString(":" + strconv.Itoa(counts[ch]) + "\r\n")
		}
	case "NUMPAT":
		out.WriteString(":" + strconv.Itoa(len(patterns)) + "\r\n")
	default:
		return "-ERR unknown subcommand or wrong number of arguments for PUBSUB\r\n"
	}
	return out.String()
}

func keysSorted[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// matches is the glob of PSUBSCRIBE. Unlike in paths, * crosses slashes.
func matches(pattern, channel string) bool {
	hide := func(v string) string { return strings.ReplaceAll(v, "/", "\x00") }
	ok, err := path.Match(hide(pattern), hide(channel))
	return err == nil && ok
}
