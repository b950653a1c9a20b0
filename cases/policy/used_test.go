package policy

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// Values that nothing goes by, and why they are there all the same.
var unusedValues = map[string]string{
	"handoff.queue_notice_seconds": "the queue's position and wait are told at once and kept current, which is sooner",
}

// A value of the policy that the program does not go by would be a lie: who changes it must see a change.
func TestEveryValueIsUsedByTheProgram(t *testing.T) {
	// A use is a selector .Group.Field.V, or .Field.V of a variable that holds the group, outside what reads and checks the file.
	used := map[string]bool{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() && (name == "node_modules" || name == "testdata" || strings.HasPrefix(name, ".") && name != "..") {
			return filepath.SkipDir
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || filepath.Base(filepath.Dir(path)) == "policy" && (name == "check.go" || name == "lint.go") {
			return nil
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if v, ok := n.(*ast.SelectorExpr); ok && v.Sel.Name == "V" {
				if f, ok := v.X.(*ast.SelectorExpr); ok {
					used[f.Sel.Name] = true
				}
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	fields := map[string]string{} // key to Go field
	all := reflect.TypeFor[Values]()
	for i := range all.NumField() {
		g := all.Field(i)
		if g.Type.Kind() == reflect.Struct && g.Type.NumField() > 0 && g.Type.Field(0).Name == "V" {
			if g.Name != "Timezone" { // read where the policy is parsed, through a variable
				t.Errorf("no test looks at the use of %s", g.Name)
			}
			continue
		}
		for k := range g.Type.NumField() {
			f := g.Type.Field(k)
			fields[g.Tag.Get("yaml")+"."+f.Tag.Get("yaml")] = f.Name
		}
	}
	if len(fields) < 50 {
		t.Fatalf("only %d values found", len(fields))
	}
	read := []string{"calendar.workdays", "refund.auto_after_agree"} // Load goes by the first, the check holds the second to its one position
	for key, field := range fields {
		if slices.Contains(read, key) {
			continue
		}
		if unusedValues[key] == "" && !used[field] {
			t.Errorf("nothing goes by %s (%s)", key, field)
		}
	}
}
