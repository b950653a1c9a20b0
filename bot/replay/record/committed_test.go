package record_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"recourse/bot/redact"
)

// personal lists what tells a person in the suites under a directory, with file and line. Numbers of orders and waybills
// are made up, or pseudonyms that look like them: of these alone nobody can tell which. Addresses of nobody say so.
func personal(root string) (found []string, files int, err error) {
	err = filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		switch filepath.Ext(name) {
		case ".yaml", ".yml", ".jsonl", ".csv":
		default:
			return err
		}
		raw, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		files++
		for i, line := range strings.Split(string(raw), "\n") {
			for _, s := range redact.Find(line) {
				sample := s.Kind == redact.Address && (strings.Contains(line[s.From:s.To], "Sample") || strings.Contains(line[s.From:s.To], "示例"))
				if s.Kind != redact.Order && s.Kind != redact.Waybill && !sample {
					found = append(found, fmt.Sprintf("%s:%d: %s %q", name, i+1, s.Kind, line[s.From:s.To]))
				}
			}
		}
		return nil
	})
	return found, files, err
}

func TestNoSuiteHereTellsAPerson(t *testing.T) {
	found, files, err := personal("..")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Error(f)
	}
	t.Logf("%d suites", files)
	// That it would be seen:
	dir := t.TempDir()
	for name, text := range map[string]string{
		"a.yaml":  "steps:\n- say: 我手机13812345678，订单6920251100030001，运单SF1234567890\n- say: 我叫李雷，寄到浙江省杭州市西湖区文一西路9号\n",
		"b.jsonl": `{"text":"my email is li@example.com","topic":"none"}` + "\n", "c.md": "13812345678\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	found, files, err = personal(dir)
	if err != nil || files != 2 || len(found) != 4 {
		t.Errorf("of a phone number, a name, an address and an e-mail in 2 files: %d of %d, %v: %v", len(found), files, err, found)
	}
}
