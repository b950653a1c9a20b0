package web

import (
	"context"
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"log/slog"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"

	"recourse/cases"
	"recourse/dialog"
)

// codesIn reads the public codes that a source file declares as constants named Code….
func codesIn(t *testing.T, file string) []Code {
	t.Helper()
	src, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []Code
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
			out = append(out, Code(code))
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

func TestTheProtocolDocumentNamesTheCodesOfSockets(t *testing.T) {
	raw, err := os.ReadFile("PROTOCOL.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, code := range []Code{
		CodeUnauthenticated, CodeTokenExpired, CodeBadFrame, CodeTextTooLong, CodeTextEmpty, CodeRateLimited, CodeUnknownAction, CodeCardStale,
		CodeIDReused, CodeNotHolder, CodeAlreadyClaimed, CodeHumanHasChat, CodeNoConversation, CodeNotFound, CodeInternal, CodeUnavailable,
	} {
		if !strings.Contains(string(raw), "`"+string(code)+"`") {
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
