package main

import (
	"bytes"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"slices"
	"sort"
	"strings"

	"recourse/web/wire"
)

// Between these two lines of PROTOCOL.md everything is generated.
const (
	begin = "<!-- generated from web/wire: do not edit below -->"
	end   = "<!-- end of generated part -->"
)

// docs are the comments of the types and fields in the sources, by "pkg.Type" and "pkg.Type.Field".
type docs map[string]string

func readDocs(dirs ...string) (docs, error) {
	out := docs{}
	for _, dir := range dirs {
		files, err := filepath.Glob(filepath.Join(dir, "*.go"))
		if err != nil {
			return nil, fmt.Errorf("read the comments of %s: %w", dir, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			if err != nil {
				return nil, fmt.Errorf("read the comments of %s: %w", name, err)
			}
			for _, decl := range file.Decls {
				gen, ok := decl.(*ast.GenDecl)
				if !ok || gen.Tok != token.TYPE {
					continue
				}
				for _, spec := range gen.Specs {
					out.add(file.Name.Name, spec.(*ast.TypeSpec), gen.Doc)
				}
			}
		}
	}
	return out, nil
}

func (d docs) add(pkg string, spec *ast.TypeSpec, doc *ast.CommentGroup) {
	s, ok := spec.Type.(*ast.StructType)
	if !ok || !slices.ContainsFunc(s.Fields.List, func(f *ast.Field) bool { return f.Tag != nil || f.Names == nil }) {
		return // nothing of it goes over the wire
	}
	name := pkg + "." + spec.Name.Name
	d[name] = oneLine(doc.Text())
	for _, f := range s.Fields.List {
		text := oneLine(f.Doc.Text() + " " + f.Comment.Text())
		for _, field := range f.Names {
			d[name+"."+field.Name] = text
		}
	}
}

// comments are the comments, one a line, sorted: a change of one does not touch the others.
func comments(d docs) []byte {
	names := make([]string, 0, len(d))
	for name, text := range d {
		if text != "" {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var b bytes.Buffer
	for _, name := range names {
		fmt.Fprintf(&b, "%s\t%s\n", name, d[name])
	}
	return b.Bytes()
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// protocol puts the tables of all frames and of the types they use between the marks of a document.
func protocol(doc []byte, d docs) ([]byte, error) {
	head, rest, ok := bytes.Cut(doc, []byte(begin))
	if !ok {
		return nil, fmt.Errorf("PROTOCOL.md lacks the line %q", begin)
	}
	_, tail, ok := bytes.Cut(rest, []byte(end))
	if !ok {
		return nil, fmt.Errorf("PROTOCOL.md lacks the line %q", end)
	}
	g := &generator{decls: map[string]string{}}
	var b bytes.Buffer
	types := make([]string, 0, len(wire.Frames))
	for t := range wire.Frames {
		types = append(types, string(t))
	}
	sort.Strings(types)
	used := map[string]reflect.Type{}
	for _, typ := range types {
		rt := reflect.TypeOf(wire.Frames[wire.Type(typ)])
		fmt.Fprintf(&b, "\n### `%s`\n\n%s\n\n", typ, d[rt.String()])
		g.table(&b, rt, d, used)
	}
	b.WriteString("\n## Types\n")
	for len(used) > 0 {
		names := make([]string, 0, len(used))
		for name := range used {
			names = append(names, name)
		}
		sort.Strings(names)
		rt := used[names[0]]
		delete(used, names[0])
		if g.decls[names[0]] != "" {
			continue
		}
		g.decls[names[0]] = "done"
		fmt.Fprintf(&b, "\n### %s\n\n%s\n\n", names[0], d[rt.String()])
		g.table(&b, rt, d, used)
	}
	return bytes.Join([][]byte{head, []byte(begin), b.Bytes(), []byte(end), tail}, nil), nil
}

// table lists the fields of a struct and notes the structs they use.
func (g *generator) table(b *bytes.Buffer, t reflect.Type, d docs, used map[string]reflect.Type) {
	b.WriteString("| field | type | | meaning |\n|---|---|---|---|\n")
	g.rows(b, t, d, used)
}

func (g *generator) rows(b *bytes.Buffer, t reflect.Type, d docs, used map[string]reflect.Type) {
	names := &generator{decls: map[string]string{}}
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Anonymous {
			g.rows(b, f.Type, d, used)
			continue
		}
		name, opts, _ := strings.Cut(f.Tag.Get("json"), ",")
		needed := "always"
		if strings.Contains(opts, "omit") {
			needed = "optional"
		}
		inner := f.Type
		for inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Slice || inner.Kind() == reflect.Map {
			inner = inner.Elem()
		}
		typ := names.typeOf(f.Type)
		if inner.Kind() == reflect.Struct && inner.PkgPath() != "time" {
			used[names.name(inner)] = inner
		}
		if typ == "string" && inner.PkgPath() == "time" {
			typ = "time"
		}
		meaning := d[t.String()+"."+f.Name]
		if name == "t" {
			meaning = "the name of the frame"
		}
		fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", name, strings.ReplaceAll(typ, "|", "\\|"), needed, meaning)
	}
}
