package policy

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// report gathers what is wrong with a policy file, each with the line it stands on.
type report struct {
	name  string
	found []problem
	lines map[string]int // "evidence" and "evidence.item_photo" to their lines
}

type problem struct {
	line int
	what string
}

func (r *report) add(line int, format string, args ...any) {
	r.found = append(r.found, problem{max(line, 1), fmt.Sprintf(format, args...)})
}

// at reports something about an entry of a section, or about the section if it has no such entry.
func (r *report) at(section, entry, format string, args ...any) {
	line, ok := r.lines[section+"."+entry]
	if !ok {
		line = r.lines[section]
	}
	r.add(line, format, args...)
}

// yaml takes over what the YAML library says: "line 12: …", perhaps several.
func (r *report) yaml(err error) {
	for _, m := range problems(err) {
		var line int
		if _, scanErr := fmt.Sscanf(m, "line %d:", &line); scanErr == nil {
			m = strings.TrimSpace(strings.SplitN(m, ":", 2)[1])
		}
		if field, _, ok := strings.Cut(m, " not found in type "); ok {
			m = "unknown key " + strings.TrimPrefix(field, "field ") // the Go type says nothing to a reader
		}
		r.add(line, "%s", m)
	}
}

func problems(err error) []string {
	if te, ok := errors.AsType[*yaml.TypeError](err); ok {
		return te.Errors
	}
	return []string{strings.TrimPrefix(err.Error(), "yaml: ")}
}

// index remembers where the sections of the file, their entries and the groups of values stand.
func (r *report) index(root *yaml.Node) {
	if len(root.Content) == 0 {
		return
	}
	r.walk(root.Content[0], "", 3)
}

func (r *report) walk(n *yaml.Node, path string, depth int) {
	if n.Kind != yaml.MappingNode || depth == 0 {
		return
	}
	for i := 0; i < len(n.Content); i += 2 {
		key := strings.TrimPrefix(path+"."+n.Content[i].Value, ".")
		if _, first := r.lines[key]; !first {
			r.lines[key] = n.Content[i].Line
		}
		r.walk(n.Content[i+1], key, depth-1)
	}
}

// err is everything found, in the order of the file.
func (r *report) err() error {
	slices.SortStableFunc(r.found, func(a, b problem) int { return cmp.Compare(a.line, b.line) })
	errs := make([]error, len(r.found))
	for i, p := range r.found {
		errs[i] = fmt.Errorf("%s:%d: %s", r.name, p.line, p.what)
	}
	return errors.Join(errs...)
}
