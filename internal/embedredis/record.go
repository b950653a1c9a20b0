package embedredis

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
)

// A journal is magic, then frames. A frame is
//
//	length of the payload, uint32
//	CRC-32C of the payload, uint32
//	CRC-32C of these eight bytes, uint32
//	payload
//
// little endian. The header has a sum of its own so that a damaged length is
// not taken for a torn tail. A payload is
//
//	wall clock, milliseconds, varint
//	age clock, milliseconds, uvarint
//	commands: outcome byte, number of words uvarint, words (uvarint length, bytes)
//
// A frame is one atomic step: all its commands happened, in this order, at
// that time.
const (
	magic      = "RCRSJNL1"
	headerSize = 12
	// maxPayload bounds a single record; Redis' own limit for a value is 512 MB.
	maxPayload = 1 << 30
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// outcome is how a journalled command ended, so that a replay that ends
// differently is noticed.
type outcome byte

const (
	unseen    outcome = iota // called by a script: the hook runs before the call
	succeeded                // any reply but an error
	failed                   // an error reply
)

// effects collects the commands of the record in the making.
type effects struct {
	buf  []byte
	n    int
	last int // where the outcome of the newest command is
}

func (e *effects) reset() { e.buf, e.n = e.buf[:0], 0 }

func (e *effects) add(cmd string, args ...string) {
	e.last = len(e.buf)
	e.buf = append(e.buf, byte(unseen))
	e.buf = binary.AppendUvarint(e.buf, uint64(1+len(args)))
	e.buf = appendWord(e.buf, cmd)
	for _, a := range args {
		e.buf = appendWord(e.buf, a)
	}
	e.n++
}

func (e *effects) ended(reply string) {
	e.buf[e.last] = byte(outcomeOf(reply))
}

func outcomeOf(reply string) outcome {
	if len(reply) > 0 && reply[0] == '-' {
		return failed
	}
	return succeeded
}

func appendWord(b []byte, w string) []byte {
	b = binary.AppendUvarint(b, uint64(len(w)))
	return append(b, w...)
}

// appendFrame appends the frame of one record to b.
func appendFrame(b []byte, wall, age int64, commands []byte) []byte {
	start := len(b)
	b = append(b, make([]byte, headerSize)...)
	b = binary.AppendVarint(b, wall)
	b = binary.AppendUvarint(b, uint64(age))
	b = append(b, commands...)
	header, payload := b[start:start+headerSize], b[start+headerSize:]
	binary.LittleEndian.PutUint32(header, uint32(len(payload)))
	binary.LittleEndian.PutUint32(header[4:], crc32.Checksum(payload, castagnoli))
	binary.LittleEndian.PutUint32(header[8:], crc32.Checksum(header[:8], castagnoli))
	return b
}

var errTorn = errors.New("frame is incomplete or damaged")

// nextFrame returns the payload of the first frame of b and the rest.
func nextFrame(b []byte) (payload, rest []byte, err error) {
	if len(b) < headerSize || binary.LittleEndian.Uint32(b[8:]) != crc32.Checksum(b[:8], castagnoli) {
		return nil, nil, errTorn
	}
	size := int(binary.LittleEndian.Uint32(b))
	if size == 0 || size > maxPayload || size > len(b)-headerSize {
		return nil, nil, errTorn
	}
	payload = b[headerSize : headerSize+size]
	if binary.LittleEndian.Uint32(b[4:]) != crc32.Checksum(payload, castagnoli) {
		return nil, nil, errTorn
	}
	return payload, b[headerSize+size:], nil
}

// findFrame returns the offset of the first whole frame in b, or -1.
func findFrame(b []byte) int {
	for i := range b {
		if _, _, err := nextFrame(b[i:]); err == nil {
			return i
		}
	}
	return -1
}

// command is one journalled command.
type command struct {
	outcome outcome
	words   []string
}

// decode takes a payload apart. Its sum has been checked, so an error here
// means a writer that this version does not understand.
func decode(payload []byte) (wall, age int64, commands []command, err error) {
	d := decoder{b: payload}
	wall = d.varint()
	age = int64(d.uvarint())
	for !d.bad && len(d.b) > 0 {
		c := command{outcome: outcome(d.byte())}
		n := d.uvarint()
		if n == 0 || n > uint64(len(d.b)) {
			d.bad = true
			break
		}
		c.words = make([]string, n)
		for i := range c.words {
			c.words[i] = d.word()
		}
		commands = append(commands, c)
	}
	if d.bad {
		return 0, 0, nil, fmt.Errorf("record of %d bytes has an unknown form", len(payload))
	}
	return wall, age, commands, nil
}

// decoder reads from b; after the first mistake it only returns zeroes.
type decoder struct {
	b   []byte
	bad bool
}

func (d *decoder) skip(n int) {
	if n <= 0 || n > len(d.b) {
		d.bad, d.b = true, nil
		return
	}
	d.b = d.b[n:]
}

func (d *decoder) varint() int64 {
	v, n := binary.Varint(d.b)
	d.skip(n)
	return v
}

func (d *decoder) uvarint() uint64 {
	v, n := binary.Uvarint(d.b)
	d.skip(n)
	return v
}

func (d *decoder) byte() byte {
	if len(d.b) == 0 {
		d.bad = true
		return 0
	}
	v := d.b[0]
	d.b = d.b[1:]
	return v
}

func (d *decoder) word() string {
	n := d.uvarint()
	if n > uint64(len(d.b)) {
		d.bad, d.b = true, nil
		return ""
	}
	w := string(d.b[:n])
	d.b = d.b[n:]
	return w
}
