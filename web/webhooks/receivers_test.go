package webhooks_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"recourse/web/webhooks"
)

// receivers are the ways to verify that WEBHOOKS.md shows, each made a program that reads
// {secret, headers, body, now} and prints good or bad.
var receivers = map[string]struct {
	file, tail string
	run        []string
}{
	"go": {"main.go", `
func main() {
	var in struct {
		Secret, Body string
		Headers      map[string]string
		Now          int64
	}
	raw, err := io.ReadAll(os.Stdin)
	if err == nil {
		err = json.Unmarshal(raw, &in)
	}
	if err != nil {
		panic(err)
	}
	h := http.Header{}
	for k, v := range in.Headers {
		h.Set(k, v)
	}
	if verify(in.Secret, h, []byte(in.Body), time.Unix(in.Now, 0)) != nil {
		fmt.Println("bad")
		return
	}
	fmt.Println("good")
}
`, []string{"go", "run", "main.go"}},
	"python": {"main.py", `
import json, sys
m = json.load(sys.stdin)
try:
    verify(m["secret"], m["headers"], m["body"].encode(), m["now"])
    print("good")
except ValueError:
    print("bad")
`, []string{"python3", "main.py"}},
	"js": {"main.mjs", `
import { readFileSync } from 'node:fs'
const m = JSON.parse(readFileSync(0, 'utf8'))
try { verify(m.secret, m.headers, Buffer.from(m.body), m.now); console.log('good') } catch { console.log('bad') }
`, []string{"node", "main.mjs"}},
}

func TestTheReceiversThatAreDocumentedTellGoodFromBad(t *testing.T) {
	doc, err := os.ReadFile("../WEBHOOKS.md")
	if err != nil {
		t.Fatal(err)
	}
	var secrets []webhooks.Secret
	for range 2 {
		s, err := webhooks.NewSecret()
		if err != nil {
			t.Fatal(err)
		}
		secrets = append(secrets, webhooks.Secret{Key: s})
	}
	body := `{"type":"case.submitted","data":{"seq":1,"text":"买家"}}`
	sig, err := webhooks.Sign(secrets, "msg_1", noon, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	for lang, r := range receivers {
		t.Run(lang, func(t *testing.T) {
			if _, err := exec.LookPath(r.run[0]); err != nil {
				t.Skipf("%s is not installed", r.run[0])
			}
			_, rest, ok := strings.Cut(string(doc), "```"+lang+"\n")
			code, _, closed := strings.Cut(rest, "```")
			if !ok || !closed {
				t.Fatal("WEBHOOKS.md shows none")
			}
			if lang == "go" {
				code = strings.Replace(code, "\t\"crypto/hmac\"\n", "\t\"crypto/hmac\"\n\t\"encoding/json\"\n\t\"fmt\"\n\t\"io\"\n\t\"os\"\n", 1)
			}
			dir := t.TempDir()
			if err := os.WriteFile(filepath.Join(dir, r.file), []byte(code+r.tail), 0o600); err != nil {
				t.Fatal(err)
			}
			says := func(secret, id, sig, body string, now time.Time) string {
				t.Helper()
				raw, err := json.Marshal(map[string]any{
					"secret": secret, "body": body, "now": now.Unix(),
					"headers": map[string]string{"webhook-id": id, "webhook-timestamp": strconv.FormatInt(noon.Unix(), 10), "webhook-signature": sig},
				})
				if err != nil {
					t.Fatal(err)
				}
				cmd := exec.CommandContext(t.Context(), r.run[0], r.run[1:]...)
				cmd.Dir, cmd.Stdin = dir, strings.NewReader(string(raw))
				out, err := cmd.CombinedOutput()
				if err != nil {
					t.Fatalf("%v\n%s", err, out)
				}
				return strings.TrimSpace(string(out))
			}
			for name, c := range map[string]struct {
				got, want string
			}{
				"the new secret":  {says(secrets[0].Key, "msg_1", sig, body, noon), "good"},
				"the old secret":  {says(secrets[1].Key, "msg_1", sig, body, noon.Add(4*time.Minute)), "good"},
				"another body":    {says(secrets[0].Key, "msg_1", sig, body+" ", noon), "bad"},
				"another id":      {says(secrets[0].Key, "msg_2", sig, body, noon), "bad"},
				"another secret":  {says(webhooks.Secretise(make([]byte, 32)), "msg_1", sig, body, noon), "bad"},
				"an old message":  {says(secrets[0].Key, "msg_1", sig, body, noon.Add(6*time.Minute)), "bad"},
				"a message ahead": {says(secrets[0].Key, "msg_1", sig, body, noon.Add(-6*time.Minute)), "bad"},
				"no signature":    {says(secrets[0].Key, "msg_1", "v1,", body, noon), "bad"},
			} {
				if c.got != c.want {
					t.Errorf("%s: %s", name, c.got)
				}
			}
		})
	}
}
