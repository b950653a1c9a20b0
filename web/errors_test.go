package web

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"maps"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"recourse/cases"
	"recourse/dialog"
)

// codesIn reads the public codes that a source file declares as constants named Code….
func codesIn(t *testing.T, file string) []Code {
	t.Helper()
	return slices.Sorted(maps.Values(constants(t, file)))
}

// constants reads them by the names of the constants.
func constants(t *testing.T, file string) map[string]Code {
	t.Helper()
	src, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]Code{}
	ast.Inspect(src, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, "Code") || len(spec.Values) != 1 {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
			code, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			out[spec.Names[0].Name] = Code(code)
		}
		return true
	})
	if len(out) < 5 {
		t.Fatalf("only %d codes in %s", len(out), file)
	}
	return out
}

func TestEveryPublicCodeHasAStatusAndWordsInBothLanguages(t *testing.T) {
	for _, file := range []string{"errors.go", "../cases/errors.go", "../cases/evidence/evidence.go"} {
		for _, code := range codesIn(t, file) {
			p, ok := public[code]
			if !ok || p.status < 400 || p.zh == "" || p.en == "" {
				t.Errorf("%s of %s: status %d, zh %q, en %q", code, file, p.status, p.zh, p.en)
			}
		}
	}
}

// codesOfSockets are the codes that methods of conn name, by the names of the constants.
func codesOfSockets(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, file := range files {
		src, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range src.Decls {
			f, ok := d.(*ast.FuncDecl)
			if !ok || f.Recv == nil || len(f.Recv.List) != 1 {
				continue
			}
			star, ok := f.Recv.List[0].Type.(*ast.StarExpr)
			if !ok {
				continue
			}
			if name, ok := star.X.(*ast.Ident); !ok || name.Name != "conn" {
				continue
			}
			ast.Inspect(f, func(n ast.Node) bool {
				if id, ok := n.(*ast.Ident); ok && strings.HasPrefix(id.Name, "Code") && len(id.Name) > len("Code") {
					out = append(out, id.Name)
				}
				return true
			})
		}
	}
	if len(out) < 10 {
		t.Fatalf("only %d codes of sockets", len(out))
	}
	return out
}

// The table of PROTOCOL.md has the codes that sockets send, and no others.
func TestTheProtocolDocumentNamesTheCodesOfSockets(t *testing.T) {
	raw, err := os.ReadFile("PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	_, after, _ := strings.Cut(string(raw), "\n## Errors\n")
	section, _, found := strings.Cut(after, "\n## ")
	if !found {
		t.Fatal("PROTOCOL.md has no section of errors")
	}
	named := map[Code]bool{}
	for line := range strings.Lines(section) {
		if cells := strings.Split(line, "|"); len(cells) == 4 {
			for _, m := range regexp.MustCompile("`([A-Z_]+)`").FindAllStringSubmatch(cells[1], -1) {
				named[Code(m[1])] = true
			}
		}
	}
	for code := range named {
		if _, ok := public[code]; !ok {
			t.Errorf("PROTOCOL.md names %s, which there is not", code)
		}
	}
	consts := constants(t, "errors.go")
	// These come from what conn calls.
	want := []Code{
		CodeTextTooLong, CodeTextEmpty, CodeRateLimited, CodeUnknownAction, CodeCardStale, CodeTokenExpired,
		CodeIDReused, CodeNotHolder, CodeAlreadyClaimed, CodeHumanHasChat, CodeNoConversation, CodeNotFound, CodeInternal, CodeUnavailable,
	}
	for _, name := range codesOfSockets(t) {
		if code, ok := consts[name]; ok {
			want = append(want, code)
		}
	}
	for _, code := range want {
		if !named[code] {
			t.Errorf("PROTOCOL.md does not name %s", code)
		}
	}
	for _, code := range []int{closeAuth, closeForbid, closeSlow, closeTooMany, closeDraining} {
		if !strings.Contains(string(raw), fmt.Sprintf("| %d |", code)) {
			t.Errorf("PROTOCOL.md does not name the close code %d", code)
		}
	}
}

func TestInternalTextNeverLeavesTheProcess(t *testing.T) {
	secret := errors.New("dial tcp 10.1.2.3:6379: password hunter2")
	for _, err := range []error{secret, fmt.Errorf("load case c_000_A: %w", secret), context.Canceled} {
		f := errorFrame(err, "m1", dialog.EN)
		if f.Code != string(CodeInternal) || strings.Contains(f.Message, "hunter2") || strings.Contains(f.Message, "c_000") {
			t.Errorf("%v becomes %+v", err, f)
		}
		rec := httptest.NewRecorder()
		writeError(rec, httptest.NewRequest("GET", "/api/x", nil), slog.New(slog.DiscardHandler), err)
		if body := rec.Body.String(); rec.Code != 500 || strings.Contains(body, "hunter2") || strings.Contains(body, "c_000") {
			t.Errorf("%v becomes %d %s", err, rec.Code, body)
		}
	}
}

func TestWhoIsNoPartyLearnsNothingOfTheCase(t *testing.T) {
	rec := httptest.NewRecorder()
	err := &cases.Error{Code: cases.CodeNotParty, State: cases.PlatformReview, Version: 7, Allowed: []cases.EventKind{cases.EvClaim}}
	writeError(rec, httptest.NewRequest("GET", "/api/x", nil), slog.New(slog.DiscardHandler), fmt.Errorf("apply: %w", err))
	if body := rec.Body.String(); rec.Code != 403 || strings.Contains(body, "platform_review") || strings.Contains(body, "claim") {
		t.Errorf("%d %s", rec.Code, body)
	}
}

// What another try may mend is said to be so.
func TestAPolicyThatCannotBeReadIsTriedAgain(t *testing.T) {
	f := errorFrame(fmt.Errorf("apply: %w", cases.ErrNoPolicy), "m1", dialog.EN)
	if f.Code != string(CodeUnavailable) || !f.Retry {
		t.Errorf("%+v", f)
	}
}
