package web

import (
	"bytes"
	"os"
	"strconv"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

func parsed(t *testing.T, raw []byte) any {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// The document is held to the schema of OpenAPI 3.1 that the OpenAPI Initiative publishes (testdata), and every
// schema in it to JSON Schema 2020-12, by a validator that knows nothing of how it was made.
func TestTheDocumentIsValidOpenAPI31(t *testing.T) {
	oas, err := os.ReadFile("testdata/oas31-schema.json")
	if err != nil {
		t.Fatal(err)
	}
	doc := parsed(t, registered(t).document())
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	for name, v := range map[string]any{"oas.json": parsed(t, oas), "doc.json": doc} {
		if err := c.AddResource(name, v); err != nil {
			t.Fatal(err)
		}
	}
	whole, err := c.Compile("oas.json")
	if err != nil {
		t.Fatal(err)
	}
	if err := whole.Validate(doc); err != nil {
		t.Errorf("%v", err)
	}
	schemas := 0
	walkSchemas(doc, "", func(at string, s map[string]any) {
		schemas++
		compiled, err := c.Compile("doc.json#" + at)
		if err != nil {
			t.Errorf("%s: %v", at, err)
			return
		}
		examples, _ := s["examples"].([]any)
		for _, e := range examples {
			if err := compiled.Validate(e); err != nil {
				t.Errorf("%s: the example %v does not fit: %v", at, e, err)
			}
		}
	})
	if schemas < 200 {
		t.Errorf("only %d schemas looked at", schemas)
	}
}

// walkSchemas calls f for every schema of a document: whatever is called schema, a component, or a part of one.
func walkSchemas(v any, at string, f func(at string, s map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			here := at + "/" + escape(key)
			s, isObject := inner.(map[string]any)
			inSchemas := len(at) >= len("/schemas") && at[len(at)-len("/schemas"):] == "/schemas"
			inProperties := len(at) >= len("/properties") && at[len(at)-len("/properties"):] == "/properties"
			if isObject && (key == "schema" || key == "items" || inSchemas || inProperties) {
				f(here, s)
			}
			walkSchemas(inner, here, f)
		}
	case []any:
		for i, inner := range v {
			walkSchemas(inner, at+"/"+strconv.Itoa(i), f)
		}
	}
}

// escape makes a key a part of a JSON pointer inside a URL.
func escape(key string) string {
	var b bytes.Buffer
	for _, r := range []byte(key) {
		switch r {
		case '~':
			b.WriteString("~0")
		case '/':
			b.WriteString("~1")
		case '{':
			b.WriteString("%7B")
		case '}':
			b.WriteString("%7D")
		case '*':
			b.WriteString("%2A")
		default:
			b.WriteByte(r)
		}
	}
	return b.String()
}
