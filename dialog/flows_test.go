package dialog

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"

	"recourse/cases/policy"
)

// constants are those of a type in this package, as the sources have them: a new one cannot be forgotten here.
func constants(t *testing.T, typ string) []string {
	t.Helper()
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range file.Decls {
			g, ok := d.(*ast.GenDecl)
			if !ok || g.Tok != token.CONST {
				continue
			}
			for _, s := range g.Specs {
				v := s.(*ast.ValueSpec)
				if id, ok := v.Type.(*ast.Ident); !ok || id.Name != typ {
					continue
				}
				value, err := strconv.Unquote(v.Values[0].(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, value)
			}
		}
	}
	if len(out) < 5 {
		t.Fatalf("only %v of %s were found", out, typ)
	}
	return out
}

func TestEveryStepAndQuestionHasItsFlow(t *testing.T) {
	list := Askings()
	for _, step := range constants(t, "Step") {
		if step != string(StepIdle) && !slices.ContainsFunc(list, func(a Asking) bool { return a.Step == Step(step) }) {
			t.Errorf("no flow owns the step %q", step)
		}
	}
	for _, q := range policy.YesNo() {
		if !slices.ContainsFunc(list, func(a Asking) bool { return a.Step == StepAnswer && a.Question == q }) {
			t.Errorf("no flow owns the question %q", q)
		}
	}
	names := map[string]bool{}
	for _, a := range list {
		if names[a.String()] {
			t.Errorf("%s stands there twice", a)
		}
		names[a.String()] = true
		if !slices.Contains(Flows(), a.Flow) || a.Collects == "" || len(a.Answers) == 0 && !a.Words {
			t.Errorf("%s: whose is it, what does it collect, what answers it? %+v", a, a)
		}
		if (a.Step == StepIdle) == (a.Event == "") {
			t.Errorf("%s waits in a step, or for an event of the case", a)
		}
	}
	for _, f := range constants(t, "FlowID") {
		if !slices.Contains(Flows(), FlowID(f)) {
			t.Errorf("the flow %q is not listed", f)
		}
		if f != string(FlowMerchant) && !slices.ContainsFunc(list, func(a Asking) bool { return a.Flow == FlowID(f) }) {
			t.Errorf("the flow %q asks nothing", f)
		}
	}
}

// A press that belongs to a card of a flow is the answer to something that the flow asks.
func TestEveryPressOfAFlowAnswersSomething(t *testing.T) {
	list := Askings()
	for _, a := range constants(t, "Action") {
		if Action(a).FlowBound() && !slices.ContainsFunc(list, func(q Asking) bool { return slices.Contains(q.Answers, Action(a)) }) {
			t.Errorf("%q answers nothing", a)
		}
	}
}

// The widget greys out the buttons of earlier cards by its own list of these actions.
func TestTheWidgetKnowsWhichPressesBelongToACard(t *testing.T) {
	raw, err := os.ReadFile("../web/ui/widget/validity.ts")
	if err != nil {
		t.Fatal(err)
	}
	_, list, _ := strings.Cut(string(raw), "new Set([")
	list, _, _ = strings.Cut(list, "])")
	for _, a := range constants(t, "Action") {
		if Action(a).FlowBound() != strings.Contains(list, "'"+a+"'") {
			t.Errorf("%q belongs to its card: %v; the widget thinks otherwise", a, Action(a).FlowBound())
		}
	}
}
