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
	"unicode"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"recourse/cases/policy"
	"recourse/dialog"
)

// Load reads files, and directories with all .yaml, .yml, .jsonl and .csv files in them, but for those whose names begin
// with a dot. Cases come by id. The error is Problems with everything that is wrong in any file, ErrEmpty if there is no
// case, or that a file cannot be read.
func Load(paths ...string) ([]Case, error) { return LoadFor(nil, paths...) }

// LoadFor is Load with a list of the topics that there are; nil takes any.
func LoadFor(topics []dialog.Topic, paths ...string) ([]Case, error) {
	return LoadBeside(nil, topics, paths...)
}

// LoadBeside is LoadFor with files and directories that may lie among the suites and whose YAML is known to be answers,
// or a policy; tables of questions may lie in them.
func LoadBeside(others []string, topics []dialog.Topic, paths ...string) ([]Case, error) {
	files, err := filesOf(paths)
	if err != nil {
		return nil, err
	}
	l := &loader{topics: topics, used: map[string]bool{}, others: map[string]bool{}, strange: map[string]int{}}
	for _, o := range others {
		l.others[absolute(o)] = o != ""
	}
	if err := l.read(files); err != nil {
		return nil, err
	}
	slices.SortStableFunc(l.problems, func(a, b Problem) int {
		return cmp.Or(strings.Compare(a.Pos.File, b.Pos.File), cmp.Compare(a.Pos.Line, b.Pos.Line))
	})
	if len(l.problems) > 0 {
		return nil, l.problems.distinct()
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
			if err == nil && path != p && strings.HasPrefix(d.Name(), ".") {
				if d.IsDir() {
					return fs.SkipDir
				}
				return nil // of an editor, or a file system
			}
			if err == nil && !d.IsDir() && slices.Contains(kinds, strings.ToLower(filepath.Ext(path))) {
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
	others   map[string]bool // absolute paths whose YAML is no suite
	strange  map[string]int  // files of answers that nobody refers to, by directory
}

func (l *loader) read(files []file) error {
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
		if !c.named && (belongs(filepath.Clean(c.path), l.used) || isYAML(c.path) && belongs(absolute(c.path), l.others)) {
			continue
		}
		f := &found{file: filepath.ToSlash(c.path), walked: !c.named}
		if !utf8.Valid(c.raw) {
			f.at(0, "a suite is text in UTF-8; this is in another encoding")
			l.problems = append(l.problems, f.list...)
			continue
		}
		c.raw = bytes.TrimPrefix(c.raw, []byte("\ufeff"))
		switch strings.ToLower(filepath.Ext(c.path)) {
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
	for dir, n := range l.strange {
		f := &found{file: dir}
		f.at(0, "%s", otherwise(n))
		l.problems = append(l.problems, f.list...)
	}
	l.unique()
	return nil
}

// absolute is a path as two that are written in other ways can be compared.
func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}

// belongs says that a file, or a directory that it is in, is among some.
func belongs(path string, some map[string]bool) bool {
	for ; ; path = filepath.Dir(path) {
		if some[path] {
			return true
		}
		if path == filepath.Dir(path) {
			return false
		}
	}
}

func isYAML(path string) bool {
	ext := strings.ToLower(filepath.Ext(path))
	return ext == ".yaml" || ext == ".yml"
}

// references notes what the fixtures of a file refer to, so that a directory may hold it beside the suites.
func (l *loader) references(path string, raw []byte) {
	dec := yaml.NewDecoder(bytes.NewReader(raw))
	for isYAML(path) {
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
				l.used[beside(path, ref)] = true
			}
		}
		if doc.Fixture.Policy != "" {
			at := beside(path, doc.Fixture.Policy)
			if name := calendarOf(at); name != "" {
				l.used[beside(at, name)] = true
			}
		}
	}
}

// beside is where a file is that another one names.
func beside(path, name string) string {
	if filepath.IsAbs(name) {
		return filepath.Clean(name)
	}
	return filepath.Join(filepath.Dir(path), name)
}

// calendarOf is the file with the holidays that a policy file names, "" if it names none.
func calendarOf(path string) string {
	raw, err := os.ReadFile(path)
	if err != nil {
		return "" // said where it is needed
	}
	var head struct {
		Values struct {
			Calendar struct {
				Workdays struct {
					Value string `yaml:"value"`
				} `yaml:"workdays"`
			} `yaml:"calendar"`
		} `yaml:"values"`
	}
	if yaml.Unmarshal(raw, &head) != nil {
		return ""
	}
	return head.Values.Calendar.Workdays.Value
}

// document is a conversation as it is written.
type document struct {
	// Conversation is its id, unique over everything that is replayed together.
	Conversation string `yaml:"conversation"`
	// About says in a sentence what it is about.
	About string `yaml:"about"`
	// Lang is the language it is in, zh or en; zh if nothing is said.
	Lang string `yaml:"lang"`
	// Langs are the languages it is played in, each as a case of its own: <id>/zh, <id>/en.
	Langs []string `yaml:"langs"`
	// Tags are words to pick cases by.
	Tags []string `yaml:"tags"`
	// Tier says what a failure means; regression if nothing is said.
	Tier Tier `yaml:"tier"`
	// Review says whether a person has read a recorded conversation.
	Review  Review  `yaml:"review"`
	Fixture Fixture `yaml:"fixture"`
	// Never are regular expressions (RE2) that nothing of the bot or the system may match.
	Never Texts `yaml:"never"`
	// Once: no entry is said twice in the whole conversation.
	Once  bool   `yaml:"once"`
	Steps []Step `yaml:"steps"`
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
			if strings.HasPrefix(msg, "did not find expected") {
				line++ // the parser counts from 0, what reads the text for it from 1
				if strings.Contains(msg, "or '}'") || strings.Contains(msg, "or ']'") {
					msg += "; within {} and [] a text with one of , ? : # stands in quotes"
				}
			}
			f.at(line, "this is no YAML: %s", msg)
			return
		}
		if len(doc.Content) == 0 || doc.Content[0].Tag == "!!null" {
			continue // only comments
		}
		n++
		if what := stranger(doc.Content[0]); what == answers && f.walked {
			l.strange[filepath.ToSlash(filepath.Dir(f.file))]++
			return
		} else if what != "" {
			f.at(doc.Content[0].Line, "%s", what)
			return
		}
		l.conversation(f, doc.Content[0])
	}
	if n == 0 {
		f.at(0, "the file holds no conversation")
	}
}

// conversation reads a document once per language.
func (l *loader) conversation(f *found, n *yaml.Node) {
	langs := languages(n)
	p, ownTopics := l.brings(f, n)
	for _, lang := range langs {
		locale, ok := locales[lang]
		if !ok {
			f.at(n.Line, "a conversation is in zh or en, not in %q", lang)
			continue
		}
		var d document
		r := &reader{found: f, locale: locale, policy: p, bad: map[int]bool{}}
		r.structure(n, reflect.ValueOf(&d).Elem(), "a conversation")
		c := Case{ID: d.Conversation, Pos: Pos{f.file, n.Line}, Locale: locale, Tags: d.Tags, Tier: cmp.Or(d.Tier, Regression), Review: d.Review}
		if len(langs) > 1 {
			c.ID += "/" + lang
		}
		c.Conversation = &Conversation{About: d.About, Fixture: d.Fixture, Never: d.Never.In(locale), Once: d.Once, Steps: d.Steps}
		switch {
		case d.Conversation != "" && strings.ContainsFunc(d.Conversation, unicode.IsSpace):
			f.at(n.Line, "an id has no blanks, not %q", d.Conversation)
		case d.Conversation == "" && !r.bad[n.Line]:
			f.at(n.Line, "a conversation needs an id: conversation: some-name")
		}
		k := &checker{found: f, topics: l.topics, policy: p, bad: r.bad, doc: n}
		if ownTopics {
			k.topics = nil
		}
		k.conversation(c)
		l.cases = append(l.cases, c)
	}
}

// brings are the policy that a conversation brings along, and whether it brings answers, which may be of topics of their
// own.
func (l *loader) brings(f *found, n *yaml.Node) (p *policy.Policy, answers bool) {
	fixture := child(n, "fixture")
	p = policy.Default()
	if at := child(fixture, "policy"); at != nil && at.Kind == yaml.ScalarNode && at.Value != "" {
		own, err := policy.Load(beside(f.file, at.Value))
		if err != nil {
			first, more, _ := strings.Cut(err.Error(), "\n")
			if more != "" {
				first += fmt.Sprintf("; and %d more", strings.Count(more, "\n")+1)
			}
			f.at(at.Line, "policy: %s", first)
		} else {
			p = own
		}
	}
	faq := child(fixture, "faq")
	if faq == nil || faq.Kind != yaml.SequenceNode {
		return p, false
	}
	for _, at := range faq.Content {
		if info, err := os.Stat(beside(f.file, at.Value)); at.Kind == yaml.ScalarNode && (err != nil || !info.IsDir()) {
			f.at(at.Line, "faq: there is no directory %q beside the suite", at.Value)
		}
	}
	return p, true
}

// child is the value of a field, nil if there is none.
func child(n *yaml.Node, name string) *yaml.Node {
	for i := 0; n != nil && n.Kind == yaml.MappingNode && i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == name {
			return n.Content[i+1]
		}
	}
	return nil
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
	slices.Sort(out)
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
		key := QuestionID(*c.Question, c.Locale)
		if was, there := asked[key]; there && was.Question.Topic != c.Question.Topic {
			l.problems = append(l.problems, Problem{c.Pos, fmt.Sprintf("this question has two answers: here %q, at %s %q", c.Question.Topic, was.Pos, was.Question.Topic)})
		}
		asked[key] = c
	}
}
