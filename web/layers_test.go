package web_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// allowed says which of our packages each may import, besides itself and those below it. It is the layer
// picture: imports point one way, adapters sit below their domain and import upward.
var allowed = map[string][]string{
	"internal/ids":        {},
	"internal/outbox":     {"internal/ids"},
	"internal/embedredis": {},
	"internal/redisconn":  {},
	"internal/redistest":  {"internal/embedredis", "internal/redisconn"},
	"cases/policy":        {},
	"cases/waybill":       {},
	"cases":               {"cases/policy", "cases/waybill"},
	"cases/evidence":      {"cases", "cases/evidence/heif", "cases/policy", "cases/waybill", "internal/ids"},
	"cases/orders":        {"cases", "cases/policy"},
	"cases/timer":         {"cases"},
	"cases/complaints":    {"cases", "cases/policy"},
	"cases/rediscases":    {"cases", "cases/complaints", "cases/timer", "internal/ids", "internal/outbox", "internal/redisconn"},
	"cases/redispolicy":   {"cases/policy"},
	"cases/casestest":     {"cases", "cases/policy", "internal/ids"},
	"dialog":              {"cases", "cases/complaints", "cases/policy", "cases/waybill"},
	"dialog/redisdialog":  {"dialog", "internal/ids", "internal/outbox", "internal/redisconn"},
	"dialog/memdialog":    {"dialog", "internal/ids"},
	"dialog/desk":         {"cases/policy", "dialog"},
	"dialog/redisdesk":    {"dialog", "dialog/desk"},
	"cases/memcases":      {"cases", "cases/complaints", "cases/timer"},
	"dialog/dialogtest":   {"dialog", "internal/ids", "internal/outbox"},
	"bot":                 {"bot/faq", "bot/guard", "bot/nlu", "bot/replies", "cases", "cases/complaints", "cases/policy", "dialog", "internal/ids"},
	"bot/faq":             {"bot/nlu", "bot/nlu/intent", "bot/nlu/spot", "bot/replies", "cases", "cases/policy", "dialog"},
	"bot/nlu":             {"bot/nlu/fold", "bot/nlu/spot", "cases/policy", "cases/waybill", "dialog"},
	"bot/nlu/fold":        {},
	"bot/nlu/spot":        {},
	"bot/nlu/intent":      {"bot/nlu/fold"},

	"bot/nlu/intent/scoring": {"bot/nlu/intent"},
	"bot/replies":            {"cases", "cases/complaints", "cases/policy", "cases/waybill", "dialog"},
	"web":                    {"cases", "cases/complaints", "cases/evidence", "cases/policy", "cases/waybill", "dialog", "dialog/desk", "internal/ids", "web/webhooks", "web/wire"},
	"web/wire":               {"dialog"},
	"web/wire/gen":           {"dialog", "web/wire"},
	"web/redisweb":           {"cases", "cases/complaints", "cases/waybill", "dialog", "dialog/redisdesk", "dialog/redisdialog", "web", "web/wire"},
	"web/demo":               {"cases", "cases/orders", "cases/policy", "dialog", "web", "web/webhooks", "web/wire"},
	"web/demo/demolab":       {"bot/replay", "bot/replay/labwire", "bot/replay/stage", "bot/replay/suite", "cases", "cases/complaints", "cases/policy", "cases/timer", "dialog", "internal/ids", "internal/outbox", "web", "web/demo"},
	"web/wsclient":           {"dialog", "web/wire"},
	"bot/redact":             {},
	"bot/replay":             {"bot/replay/suite", "cases", "cases/policy", "dialog"},
	"bot/replay/page":        {"bot/replay", "bot/replay/suite", "dialog"},
	"bot/replay/labwire":     {"bot/replay", "bot/replay/suite", "cases", "dialog"},
	"bot/replay/load":        {"bot/replay", "bot/replay/suite", "web/wsclient"},
	"bot/replay/remote":      {"bot/faq", "bot/replay", "bot/replay/labwire", "bot/replay/page", "bot/replay/stage", "bot/replay/suite", "cases", "cases/complaints", "cases/policy", "dialog", "web", "web/wire", "web/wsclient"},
	"bot/replay/stage":       {"bot", "bot/faq", "bot/replay", "bot/replay/page", "bot/replay/suite", "bot/replies", "cases", "cases/complaints", "cases/memcases", "cases/policy", "cases/timer", "dialog", "dialog/memdialog", "internal/ids"},
	"bot/replay/mutate":      {"bot/faq", "bot/replay", "bot/replay/stage", "bot/replay/suite", "cases/policy", "dialog"},
	"bot/replay/own":         {"bot/faq", "bot/replay", "bot/replay/report", "bot/replay/stage", "bot/replay/suite", "dialog"},
	"bot/replay/record":      {"bot/redact", "bot/replay/suite", "bot/replies", "cases", "cases/complaints", "cases/policy", "dialog"},
	"bot/replay/report":      {"bot/replay", "bot/replay/suite", "cases", "dialog"},
	"bot/replay/suite":       {"cases", "cases/complaints", "cases/policy", "dialog"},
	"bot/replay/suite/gen":   {},
	"bot/guard":              {"bot/nlu/spot"},
	"bot/llm":                {"bot", "bot/guard", "bot/redact", "cases/policy", "dialog"},
	"bot/llm/llmtest":        {},
	"bot/llm/redisllm":       {"bot/llm", "dialog", "dialog/redisdialog", "internal/ids"},

	"cases/evidence/heif":    {},
	"cases/evidence/s3blobs": {"cases", "cases/evidence"},
	"cases/redisevidence":    {"cases", "cases/evidence"},

	"web/sso":                    {"web"},
	"web/webhooks":               {"internal/ids"},
	"web/webhooks/rediswebhooks": {"internal/ids", "web/webhooks"},
}

// only says which packages may import a library.
var only = map[string][]string{
	"github.com/redis/go-redis/v9": {
		"internal/outbox", "internal/embedredis", "internal/redisconn", "internal/redistest", "cases/rediscases", "cases/redisevidence", "cases/redispolicy", "cases/casestest",
		"dialog/redisdesk", "dialog/redisdialog", "dialog/dialogtest", "bot/llm/redisllm", "web/redisweb", "web/webhooks/rediswebhooks", "web/demo", "web/demo/demolab", "cmd/recourse",
	},
	"github.com/gorilla/websocket":      {"web", "web/wsclient"},
	"github.com/sashabaranov/go-openai": {"bot/llm"},
	"github.com/coreos/go-oidc/v3/oidc": {"web/sso"},
	"golang.org/x/oauth2":               {"web/sso"},
}

func TestImportsPointOneWay(t *testing.T) {
	root, seen := "..", map[string]bool{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); name == "node_modules" || name == "tools" || name == "testdata" || strings.HasPrefix(name, ".") && path != root {
				return filepath.SkipDir
			}
			return nil
		}
		// Tests stand above the picture: they put things together that the program keeps apart.
		if !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		rel, err := filepath.Rel(root, filepath.Dir(path))
		if err != nil {
			return err
		}
		pkg := filepath.ToSlash(rel)
		src, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, src, parser.ImportsOnly|parser.ParseComments)
		if err != nil {
			return err
		}
		seen[pkg] = seen[pkg] || file.Doc != nil && len(file.Doc.Text()) > 80
		for _, imp := range file.Imports {
			name, err := strconv.Unquote(imp.Path.Value)
			if err != nil {
				return err
			}
			checkImport(t, path, pkg, name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(seen) < 15 {
		t.Fatalf("only %d packages found; the test looks at the wrong place", len(seen))
	}
	for pkg, documented := range seen {
		if !documented {
			t.Errorf("package %s has no comment that says what it is and what it does not know", pkg)
		}
	}
}

func checkImport(t *testing.T, file, pkg, name string) {
	t.Helper()
	if users, restricted := only[name]; restricted && !contains(users, pkg) {
		t.Errorf("%s: %s may not import %s", file, pkg, name)
	}
	ours, ok := strings.CutPrefix(name, "recourse/")
	if !ok || strings.HasPrefix(pkg, "cmd/") {
		return
	}
	list, known := allowed[pkg]
	if !known {
		t.Errorf("%s: package %s is not in the layer picture", file, pkg)
		return
	}
	if !contains(list, ours) {
		t.Errorf("%s: %s may not import %s", file, pkg, ours)
	}
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}
