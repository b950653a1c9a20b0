package suite

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"recourse/dialog"
)

// Load reads files, and directories with all .yaml, .yml, .jsonl and .csv files in them. Cases come by id. The error is
// Problems with everything that is wrong in any file, ErrEmpty if there is no case, or that a file cannot be read.
func Load(paths ...string) ([]Case, error) { return LoadFor(nil, paths...) }

// LoadFor is Load with a list of the topics that there are; nil takes any.
func LoadFor(topics []dialog.Topic, paths ...string) ([]Case, error) {
	files, err := filesOf(paths)
	if err != nil {
		return nil, err
	}
	l := &loader{topics: topics}
	if err := l.read(files); err != nil {
		return nil, err
	}
	slices.SortStableFunc(l.problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line))
	})
	if len(l.problems) > 0 {
		return nil, slices.CompactFunc(l.problems, func(a, b Problem) bool { return a == b }) // one per language
	}
	if len(l.cases) == 0 {
		return nil, fmt.Errorf("%s: %w", strings.Join(paths, ", "), ErrEmpty)
	}
	slices.SortFunc(l.cases, func(a, b Case) int { return strings.Compare(a.ID, b.ID) })
	return l.cases, nil
}

// file is one to read; one that was named itself must be a suite, one that was found may belong to a fixture.
type file struct {
	path  string
	named bool
}

var kinds = []string{".yaml", ".yml", ".jsonl", ".csv"}

func filesOf(paths []string) ([]file, error) {
	var out []file
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil {
			return nil, fmt.Errorf("read the suite: %w", err)
		}
		if !info.IsDir() {
			out = append(out, file{p, true})
			continue
		}
		err = filepath.WalkDir(p, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && slices.Contains(kinds, filepath.Ext(path)) {
				out = append(out, file{path, false})
			}
			return err
		})
		if err != nil {
			return nil, fmt.Errorf("read the suite: %w", err)
		}
	}
	slices.SortStableFunc(out, func(a, b file) int { return strings.Compare(a.path, b.path) })
	return slices.CompactFunc(out, func(a, b file) bool { return filepath.Clean(a.path) == filepath.Clean(b.path) }), nil
}

// loader collects what files hold.
type loader struct {
	topics   []dialog.Topic
	cases    []Case
	problems Problems
	used     map[string]bool // files and directories that fixtures refer to
}

func (l *loader) read(files []file) error {
	l.used = map[string]bool{}
	type content struct {
		file
		raw []byte
	}
	var all []content
	for _, f := range files {
		raw, err := os.ReadFile(f.path)
		if err != nil {
			return fmt.Errorf("read the suite: %w", err)
		}
		all = append(all, content{f, raw})
		l.references(f.path, raw)
	}
	for _, c := range all {
		if !c.named && (l.used[filepath.Clean(c.path)] || l.used[filepath.Dir(filepath.Clean(c.path))]) {
			continue // a policy or an answer of a fixture
		}
		f := &found{file: filepath.ToSlash(c.path)}
		switch filepath.Ext(c.path) {
		case ".yaml", ".yml":
			l.yaml(f, c.raw)
		case ".jsonl":
			l.jsonl(f, c.raw)
		case ".csv":
			l.csv(f, c.raw)
		default:
			f.at(0, "a suite is a .yaml, .jsonl or .csv file")
		}
		l.problems = append(l.problems, f.list...)
	}
	l.unique()
	return nil
}

// references notes what the fixtures of a file refer to, so that a directory may hold it beside the suites.
func (l *loader) references(path string, raw []byte) {
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	for filepath.Ext(path) == ".yaml" || filepath.Ext(path) == ".yml" {
		var doc struct {
			Fixture struct {
				Policy string   `yaml:"policy"`
				FAQ    []string `yaml:"faq"`
			} `yaml:"fixture"`
		}
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			return
		}
		if err != nil && !errors.As(err, new(*yaml.TypeError)) {
			return // what is wrong is said when it is read
		}
		for _, ref := range append(doc.Fixture.FAQ, doc.Fixture.Policy) {
			if ref != "" {
				l.used[filepath.Join(filepath.Dir(path), ref)] = true
			}
		}
	}
}

// document is a conversation as it is written.
type document struct {
	Conversation string   `yaml:"conversation"`
	About        string   `yaml:"about"`
	Lang         string   `yaml:"lang"`
	Langs        []string `yaml:"langs"`
	Tags         []string `yaml:"tags"`
	Tier         Tier     `yaml:"tier"`
	Review       Review   `yaml:"review"`
	Fixture      Fixture  `yaml:"fixture"`
	Never        Texts    `yaml:"never"`
	Once         bool     `yaml:"once"`
	Steps        []Step   `yaml:"steps"`
}

var lineOfYAML = regexp.MustCompile(`line (\d+): (.*)`)

func (l *loader) yaml(f *found, raw []byte) {
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	n := 0
	for {
		var doc yaml.Node
		err := dec.Decode(&doc)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			line, msg := 0, err.Error()
			if m := lineOfYAML.FindStringSubmatch(msg); m != nil {
				_, _ = fmt.Sscan(m[1], &line) // digits
				msg = m[2]
			}
			f.at(line, "this is no YAML: %s", msg)
			return
		}
		if len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" {
			continue // only comments
		}
		n++
		l.conversation(f, doc.Content[0])
	}
	if n == 0 {
		f.at(0, "the file holds no conversation")
	}
}

// conversation reads a document once per language.
func (l *loader) conversation(f *found, n *yaml.Node) {
	langs := languages(n)
	for _, lang := range langs {
		locale, ok := locales[lang]
		if !ok {
			f.at(n.Line, "a conversation is in zh or en, not in %q", lang)
			continue
		}
		var d document
		r, before := &reader{found: f, locale: locale}, len(f.list)
		r.structure(n, reflect.ValueOf(&d).Elem(), "a conversation")
		c := Case{ID: d.Conversation, Pos: Pos{f.file, n.Line}, Locale: locale, Tags: d.Tags, Tier: cmp.Or(d.Tier, Regression), Review: d.Review}
		if len(langs) > 1 {
			c.ID += "/" + lang
		}
		c.Conversation = &Conversation{About: d.About, Fixture: d.Fixture, Never: d.Never.In(locale), Once: d.Once, Steps: d.Steps}
		if d.Conversation == "" {
			f.at(n.Line, "a conversation needs an id: conversation: some-name")
		}
		if len(f.list) == before { // otherwise much would only follow from what was said already
			l.check(f, c)
		}
		l.cases = append(l.cases, c)
	}
}

var locales = map[string]dialog.Locale{"zh": dialog.ZH, "en": dialog.EN}

// languages are those that a document says it is in, before anything else of it is read; zh if it says nothing.
func languages(n *yaml.Node) []string {
	out := []string{}
	for i := 0; n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		switch v := n.Content[i+1]; n.Content[i].Value {
		case "lang":
			out = append(out, v.Value)
		case "langs":
			for _, c := range v.Content {
				out = append(out, c.Value)
			}
		}
	}
	if len(out) == 0 {
		return []string{"zh"}
	}
	return slices.Compact(out)
}

// unique refuses ids that stand for two cases, and questions that are asked twice with different answers.
func (l *loader) unique() {
	by := map[string]Case{}
	asked := map[string]Case{}
	for _, c := range l.cases {
		if was, there := by[c.ID]; there && c.ID != "" {
			what := fmt.Sprintf("the id %q is taken: %s has it, too", c.ID, was.Pos)
			if c.Question != nil && was.Question != nil && c.Question.Topic == was.Question.Topic && strings.HasPrefix(c.ID, questionPrefix) {
				what = fmt.Sprintf("this question is asked twice: %s asks it, too", was.Pos)
			} else if c.Question != nil && was.Question != nil && strings.HasPrefix(c.ID, questionPrefix) {
				what = fmt.Sprintf("this question has two answers: here %q, at %s %q", c.Question.Topic, was.Pos, was.Question.Topic)
			}
			l.problems = append(l.problems, Problem{c.Pos, what})
			continue
		}
		by[c.ID] = c
		if c.Question == nil {
			continue
		}
		key := questionID(*c.Question, c.Locale)
		if was, there := asked[key]; there && was.Question.Topic != c.Question.Topic {
			l.problems = append(l.problems, Problem{c.Pos, fmt.Sprintf("this question has two answers: here %q, at %s %q", c.Question.Topic, was.Pos, was.Question.Topic)})
		}
		asked[key] = c
	}
}
