package web

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
)

// toldToMerchants reads the keys out of the code of the table of cases: whatever a row tells the merchant.
func toldToMerchants(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() && path != dir {
			if d.IsDir() {
				return filepath.SkipDir
			}
			return err
		}
		if d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			sel, ok := call.Fun.(*ast.SelectorExpr)
			if !ok || sel.Sel.Name != "tellShop" && sel.Sel.Name != "notify" {
				return true
			}
			// notify names the party first; a party that is not written out may be the merchant.
			if to, named := call.Args[0].(*ast.Ident); sel.Sel.Name == "notify" && named && (to.Name == "Buyer" || to.Name == "Agent" || to.Name == "Merchant") {
				return true // Merchant: the body of tellShop
			}
			where := set.Position(call.Pos()).String()
			lit, ok := call.Args[len(call.Args)-1].(*ast.BasicLit)
			if !ok {
				t.Errorf("%s: the key is not written out, so nobody can say whether the catalogue has it", where)
				return true
			}
			key, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			out[key] = where
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// The notices of complaints go to whoever is the other party, so any key that is not an agent's alone may be the
// merchant's; those of a buyer's complaint alone are named.
func TestTheCatalogueHasEveryNoticeOfComplaintsToMerchants(t *testing.T) {
	buyersAlone := []string{"replied"} // the shop's answer, told to the buyer who complained
	found := 0
	set := token.NewFileSet()
	for _, name := range []string{"effects.go", "table.go"} {
		file, err := parser.ParseFile(set, "../cases/complaints/"+name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			name := ""
			switch f := call.Fun.(type) {
			case *ast.SelectorExpr:
				name = f.Sel.Name
			case *ast.Ident:
				name = f.Name
			}
			lit, written := call.Args[len(call.Args)-1].(*ast.BasicLit)
			if name != "notify" && name != "tellBoth" && name != "answer" || !written {
				return true
			}
			key, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			found++
			if !slices.Contains(buyersAlone, key) && !slices.ContainsFunc(complaintTypes, func(w WebhookType) bool { return w.Name == complaintPrefix+key }) {
				t.Errorf("%s may tell the merchant %q, which is not in the catalogue (webhook_complaints.go)", set.Position(call.Pos()), key)
			}
			return true
		})
	}
	if found < 15 {
		t.Fatalf("only %d keys found; the test looks at the wrong place", found)
	}
}

func TestTheCatalogueHasEveryNoticeToMerchants(t *testing.T) {
	told := toldToMerchants(t, "../cases")
	if len(told) < 20 {
		t.Fatalf("only %d keys found; the test looks at the wrong place", len(told))
	}
	have := map[string]bool{}
	for _, typ := range webhookTypes {
		if have[typ.Name] {
			t.Errorf("%s stands in the catalogue twice", typ.Name)
		}
		have[typ.Name] = true
		if !strings.ContainsFunc(typ.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }) || len(typ.EN) < 10 {
			t.Errorf("%s is not described in both languages", typ.Name)
		}
		key, ofCase := strings.CutPrefix(typ.Name, keyPrefix)
		if _, ok := told[key]; ofCase && !ok && typ.Type != ChangedType && typ.Type != reminderType {
			t.Errorf("%s stands in the catalogue, but no row tells it", typ.Name)
		}
	}
	for key, where := range told {
		if !have[keyPrefix+key] {
			t.Errorf("%s tells the merchant %q, which is not in the catalogue (webhook_events.go)", where, key)
		}
	}
}

// The table in WEBHOOKS.md is made from the catalogue: go test ./web -run Catalogue -update.
func TestTheCatalogueIsInTheDocumentation(t *testing.T) {
	doc, err := os.ReadFile("WEBHOOKS.md")
	if err != nil {
		t.Fatal(err)
	}
	const begin, end = "-run Catalogue -update -->\n", "<!-- end -->"
	head, rest, ok := strings.Cut(string(doc), begin)
	_, tail, closed := strings.Cut(rest, end)
	if !ok || !closed {
		t.Fatal("the place for the table is gone")
	}
	var b strings.Builder
	b.WriteString("\n| type | says | 说明 |\n|---|---|---|\n")
	for _, typ := range webhookTypes {
		optIn := ""
		if typ.OptIn {
			optIn = " (*opt-in*)"
		}
		fmt.Fprintf(&b, "| `%s`%s | %s | %s |\n", typ.Name, optIn, typ.EN, typ.ZH)
	}
	b.WriteString("\n")
	want := head + begin + b.String() + end + tail
	if *update {
		if err := os.WriteFile("WEBHOOKS.md", []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if diff := cmp.Diff(want, string(doc)); diff != "" {
		t.Errorf("WEBHOOKS.md is behind the catalogue; go test ./web -run Catalogue -update (-want +file):\n%s", diff)
	}
}
