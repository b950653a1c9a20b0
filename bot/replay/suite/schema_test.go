package suite

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"go.yaml.in/yaml/v3"

	"recourse/cases/policy"
	"recourse/dialog"
)

var update = flag.Bool("update", false, "write the schemas")

// schemas are the files, and the types that they describe.
var schemas = []struct {
	file, title string
	of          reflect.Type
}{
	{"conversation.schema.json", "A conversation that is replayed against the bot", reflect.TypeFor[document]()},
	{"question.schema.json", "A question that is replayed against the bot, one a line", reflect.TypeFor[line]()},
}

func TestTheSchemasAreThoseOfTheTypes(t *testing.T) {
	g := schemaMaker{docs: comments(t, ".", filepath.Join("..", "..", "..", "cases", "policy"))}
	for _, s := range schemas {
		want := g.file(s.title, s.of)
		if *update {
			if err := os.WriteFile(s.file, want, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		got, err := os.ReadFile(s.file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("%s is stale: run go generate ./bot/replay/suite", s.file)
		}
	}
}

// schemaMaker makes JSON Schemas of what the loader reads.
type schemaMaker struct {
	docs map[string]string // of "Type" and "Type.Field"
	defs map[string]any
}

type object = map[string]any

func (g *schemaMaker) file(title string, of reflect.Type) []byte {
	g.defs = object{}
	root := g.structure(of)
	delete(root, "description") // the title says it
	root["$schema"], root["title"], root["$defs"] = "https://json-schema.org/draft/2020-12/schema", title, g.defs
	if len(g.defs) == 0 {
		delete(root, "$defs")
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(root); err != nil {
		panic(err) // maps and texts of ours
	}
	return b.Bytes()
}

// required are the fields without which a thing cannot be read.
var required = map[string][]string{
	"document": {"conversation", "fixture", "steps"}, "Fixture": {"clock"}, "Order": {"order", "status"}, "line": {"text", "topic"},
}

// choices are the values of fields that are plain texts in Go.
var choices = map[string]func() []string{
	"document.Lang": languageCodes, "document.Langs": languageCodes, "line.Lang": languageCodes, "Expect.Lang": languageCodes,
	"Event.Do": allEvents, "Step.Merchant": allEvents, "Step.Other": allEvents, "Event.By": func() []string { return parties },
	"Step.Agent": func() []string { return agentDoes }, "Step.Again": func() []string { return []string{Resent, Double} }, "Model.Fails": func() []string { return failing }, "Expect.Moves": transitions,
}

func languageCodes() []string { return []string{"zh", "en"} }

func allEvents() []string {
	all := append(events(false), events(true)...)
	slices.Sort(all)
	return slices.Compact(all)
}

func (g *schemaMaker) structure(t reflect.Type) object {
	props := object{}
	for _, f := range fieldsOf(t) {
		field := t.Field(f.index)
		s := g.of(field.Type)
		if list, ok := choices[t.Name()+"."+field.Name]; ok {
			s = object{"enum": list()}
			if field.Type.Kind() == reflect.Slice {
				s = object{"type": "array", "items": s}
			}
		}
		if doc := g.docs[t.Name()+"."+field.Name]; doc != "" {
			if rest, ok := strings.CutPrefix(doc, field.Name); ok {
				doc = f.name + rest // as it is called in the file
			}
			s["description"] = doc
		}
		props[f.name] = s
	}
	out := object{"type": "object", "properties": props, "additionalProperties": false}
	if list := required[t.Name()]; list != nil {
		out["required"] = list
	}
	if doc := g.docs[t.Name()]; doc != "" {
		out["description"] = doc
	}
	switch t {
	case reflect.TypeFor[document]():
		props["steps"].(object)["minItems"] = 1
	case reflect.TypeFor[Step]():
		var one []any
		for _, name := range doingNames {
			one = append(one, object{"required": []string{name}})
		}
		out["oneOf"] = one
	}
	return out
}

var doingNames = []string{"say", "press", "upload", "report", "disconnect", "reconnect", "merchant", "other", "pass", "agent", "model", "look"}

// text is any plain value: the loader takes what is written.
func plain() object { return object{"type": []string{"string", "number", "boolean"}} }

func (g *schemaMaker) of(t reflect.Type) object {
	perLanguage := func(one object) object {
		return object{"type": "object", "properties": object{"zh": one, "en": one}, "additionalProperties": false, "minProperties": 1}
	}
	texts := object{"anyOf": []any{plain(), object{"type": "array", "items": plain()}}}
	switch t {
	case saidType:
		return object{"anyOf": []any{plain(), perLanguage(plain())}}
	case textsType:
		return object{"anyOf": append(texts["anyOf"].([]any), perLanguage(texts))}
	case timeType:
		return object{"type": "string", "pattern": `^\d{4}-\d{2}-\d{2} \d{2}:\d{2}$`}
	case durationType:
		return object{"type": "string", "pattern": `^\+?(\d{1,5}d)?(\d+(\.\d+)?(h|m|s|ms|us|µs|ns))*$`, "minLength": 2}
	case reflect.TypeFor[policy.EvidenceKind]():
		return object{"type": "string", "examples": names[t](policy.Default())} // a policy may have others
	}
	if list, ok := names[t]; ok {
		values := list(policy.Default())
		if t == reflect.TypeFor[dialog.Step]() {
			values = append([]string{""}, values...)
		}
		return object{"enum": values}
	}
	switch t.Kind() {
	case reflect.Pointer:
		return g.of(t.Elem())
	case reflect.Struct:
		if _, ok := g.defs[t.Name()]; !ok {
			g.defs[t.Name()] = nil // it is being made
			g.defs[t.Name()] = g.structure(t)
		}
		return object{"$ref": "#/$defs/" + t.Name()}
	case reflect.Slice:
		return object{"type": "array", "items": g.of(t.Elem())}
	case reflect.Map:
		out := object{"type": "object", "additionalProperties": g.of(t.Elem())}
		if list, ok := names[t.Key()]; ok {
			out["propertyNames"] = object{"enum": list(policy.Default())}
		}
		return out
	case reflect.Bool:
		return object{"type": "boolean"}
	case reflect.Int, reflect.Int64:
		return object{"type": "integer", "minimum": 0}
	}
	return plain()
}

// comments are the doc comments of the structs of packages and of their fields.
func comments(t *testing.T, dirs ...string) map[string]string {
	t.Helper()
	out := map[string]string{}
	line := func(groups ...*ast.CommentGroup) string {
		var parts []string
		for _, g := range groups {
			if text := strings.Join(strings.Fields(g.Text()), " "); text != "" {
				parts = append(parts, text)
			}
		}
		return strings.Join(parts, " ")
	}
	for _, dir := range slices.Backward(dirs) { // the first has the last word
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, decl := range file.Decls {
				g, ok := decl.(*ast.GenDecl)
				if !ok || g.Tok != token.TYPE {
					continue
				}
				for _, spec := range g.Specs {
					s := spec.(*ast.TypeSpec)
					st, ok := s.Type.(*ast.StructType)
					if !ok {
						continue
					}
					out[s.Name.Name] = line(g.Doc, s.Doc)
					for _, f := range st.Fields.List {
						for _, id := range f.Names {
							out[s.Name.Name+"."+id.Name] = line(f.Doc, f.Comment)
						}
					}
				}
			}
		}
	}
	return out
}

func compile(t *testing.T, file string) *jsonschema.Schema {
	t.Helper()
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	s, err := c.Compile(file)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// valid holds a document, in YAML or JSON, against a schema.
func valid(t *testing.T, s *jsonschema.Schema, text string) error {
	t.Helper()
	var doc any
	if err := yaml.Unmarshal([]byte(text), &doc); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	raw, err := json.Marshal(doc)
	if err != nil {
		t.Fatal(err)
	}
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return s.Validate(v)
}

const everyField = `
conversation: every-step
about: Every kind of step once.
langs: [zh, en]
tags: [a]
tier: soft
review: reviewed
fixture:
  clock: "2026-11-25 14:00"
  model: true
  unpaid: true
  desk: {agents: 2, waiting: 1, hours: 9-21}
  reports: [{code: network}]
  orders: [{order: o1, title: {zh: 相机包, en: Camera bag}, goods_fen: 15900, status: signed, signed: "2026-11-24 14:00"}]
  past: [{at: "2026-11-24 15:00", do: open, order: o1}, {do: amend, by: buyer, reason: quality_defect, answers: {received: "yes"}}]
never: {zh: [保证], en: guarantee}
once: true
steps:
  - {say: {zh: 你好, en: Hello}, expect: {key: greet, step: "", entries: 1, lang: zh, says: [好, 1]}}
  - {press: pick_order, args: {order: o1}, form: {amount_fen: 12}, old_card: true}
  - {upload: [item_photo]}
  - {report: {code: network}}
  - {disconnect: true}
  - {reconnect: true}
  - {merchant: reject, event: {text: 不同意, kinds: [item_photo]}, expect: {state: merchant_rejected, moves: [T06], deadline: {escalate_window: "2026-11-27 14:00"}}}
  - {other: escalate, event: {by: buyer}}
  - {pass: 1d2h}
  - {agent: say, text: x}
  - {model: {understands: {intent: refund}, says: x, fails: "500"}}
  - {look: true, expect: {holder: bot, buttons: [submit], verdict: eligible, code: OK_AGREED, card: verdict}}
`

// What the loader reads the schema takes, and what it refuses for its shape or a name the schema refuses as well.
func TestTheSchemasSayWhatTheLoaderReads(t *testing.T) {
	used := map[string]bool{}
	for _, s := range []struct{ file, suite, good string }{
		{"conversation.schema.json", "a.yaml", everyField},
		{"question.schema.json", "a.jsonl", `{"id":"x","text":"运费谁出","topic":"ret-freight","accept":["asks"],"lang":"zh","case_state":"draft","says":["x"],"tags":["a"],"tier":"soft","review":"pending"}`},
	} {
		schema := compile(t, s.file)
		path := filepath.Join(t.TempDir(), s.suite)
		loads := func(text string) error {
			if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := Load(path)
			return err
		}
		if err := loads(s.good); err != nil {
			t.Errorf("the loader refuses the example:\n%v", err)
		}
		if err := valid(t, schema, s.good); err != nil {
			t.Errorf("%s refuses the example:\n%v", s.file, err)
		}
		for _, spoil := range [][2]string{
			{"about:", "abuot:"},
			{"once: true", "once: [1]"},
			{"tier: soft", "tier: hard"},
			{"clock: \"2026-11-25 14:00\"", "clock: today"},
			{"status: signed, ", ""},
			{"status: signed", "status: lost"},
			{"press: pick_order", "press: pickorder"},
			{"{disconnect: true}", "{disconnect: true, look: true}"},
			{"{disconnect: true}", "{expect: {key: x}}"},
			{"merchant: reject", "merchant: rejects"},
			{"pass: 1d2h", "pass: soon"},
			{"agent: say", "agent: sing"},
			{"state: merchant_rejected", "state: rejected"},
			{"escalate_window", "escalate"},
			{"moves: [T06]", "moves: [T99]"},
			{"entries: 1", "entries: -1"},
			{"entries: 1", "entries: one"},
			{"holder: bot", "holder: robot"},
			{"code: OK_AGREED", "code: OK"},
			{"by: buyer, reason", "by: nobody, reason"},
			{"received: \"yes\"", "received: maybe"},
			{"langs: [zh, en]", "langs: [zh, fr]"},
			{"fails: \"500\"", "fails: late"},
			{"{zh: 你好, en: Hello}", "{zh: 你好, en: Hello, fr: Bonjour}"},
			{`"text":`, `"txt":`},
			{`,"topic":"ret-freight"`, ""},
			{`"draft"`, `"drafted"`},
			{`["a"]`, `"a"`},
			{`"pending"`, `"done"`},
			{`"lang":"zh"`, `"lang":"fr"`},
			{`"tier":"soft"`, `"tier":"hard"`},
		} {
			bad := strings.Replace(s.good, spoil[0], spoil[1], 1)
			if bad == s.good {
				if _, known := used[spoil[0]]; !known {
					used[spoil[0]] = false // unless it is of the other format
				}
				continue
			}
			used[spoil[0]] = true
			if err := loads(bad); err == nil {
				t.Errorf("the loader reads %q", spoil[1])
			}
			if err := valid(t, schema, bad); err == nil {
				t.Errorf("%s takes %q", s.file, spoil[1])
			}
		}
	}
	for text, is := range used {
		if !is {
			t.Errorf("%q stands in no example, so nothing was spoilt", text)
		}
	}
}

// The steps that the schema knows are those that the loader counts.
func TestTheDoingsAreTheFieldsOfAStep(t *testing.T) {
	all := Step{Say: &Said{}, Press: "x", Upload: []policy.EvidenceKind{"x"}, Report: dialog.Args{"a": "b"}, Disconnect: true, Reconnect: true, Merchant: "x", Other: "x", Pass: 1, Agent: "x", Model: &Model{}, Look: true}
	if got := doings(all); !slices.Equal(got, doingNames) {
		t.Errorf("got %v, the schema has %v", got, doingNames)
	}
}

// The examples of the README load, and the schemas take them.
func TestTheExamplesOfTheREADMELoad(t *testing.T) {
	raw, err := os.ReadFile(filepath.Join("..", "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for i, part := range strings.Split(string(raw), "```") {
		kind, text, _ := strings.Cut(part, "\n")
		if i%2 == 0 {
			continue // between two blocks
		}
		path := filepath.Join(t.TempDir(), "a."+kind)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		list, err := Load(path)
		if err != nil {
			t.Errorf("%v", err)
		}
		seen[kind] += len(list)
		switch kind {
		case "yaml":
			if err := valid(t, compile(t, "conversation.schema.json"), text); err != nil {
				t.Error(err)
			}
		case "jsonl":
			for l := range strings.Lines(text) {
				if err := valid(t, compile(t, "question.schema.json"), l); err != nil {
					t.Error(err)
				}
			}
		}
	}
	if seen["csv"] != 3 || seen["jsonl"] != 2 || seen["yaml"] != 2 {
		t.Errorf("%v cases in the examples", seen)
	}
}
