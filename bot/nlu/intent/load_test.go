package intent

import (
	"bytes"
	"errors"
	"runtime"
	"testing"
)

// What a file holds that is no model, half of one or a spoilt one, is refused or classifies; it never panics, and a
// small file takes little memory whatever sizes it claims.
func FuzzLoad(f *testing.F) {
	var whole bytes.Buffer
	if err := trained(f, Set{Examples: []Example{{"退款", "refund"}, {"发票", "invoice"}}, None: []string{"天气"}}, Options{}).Save(&whole); err != nil {
		f.Fatal(err)
	}
	raw := whole.Bytes()
	f.Add(raw)
	f.Add([]byte(nil))
	f.Add([]byte("text,label\n"))
	for _, n := range []int{1, 2, 3, 5, 8} { // cut short
		f.Add(raw[:len(raw)*n/9])
	}
	for at := 0; at < len(raw); at += 1 + len(raw)/97 { // a bit flipped, a byte filled
		for _, with := range []byte{raw[at] ^ 1, raw[at] ^ 0x80, 0xff} {
			spoilt := bytes.Clone(raw)
			spoilt[at] = with
			f.Add(spoilt)
		}
	}
	const most = 64 << 20
	f.Fuzz(func(t *testing.T, raw []byte) {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		m, err := Load(bytes.NewReader(raw))
		runtime.ReadMemStats(&after)
		if took := after.TotalAlloc - before.TotalAlloc; took > most {
			t.Fatalf("%d bytes take %d to load", len(raw), took)
		}
		if err != nil {
			if !errors.Is(err, ErrFormat) || m != nil {
				t.Fatalf("%v, model %v", err, m)
			}
			return
		}
		for _, text := range []string{"", "退款", "我要退款 refund", "发票怎么开"} {
			m.Classify(text)
			m.Nearest(text, 3)
			for _, l := range m.Labels() {
				m.Explain(text, l)
			}
		}
	})
}
