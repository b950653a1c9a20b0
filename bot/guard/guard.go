// Package guard holds a reworded text to the reviewed wording it stands for.
//
// Open takes every fact out of a reviewed wording (numbers in any writing, amounts, dates, quotations, names, paths,
// whatever code filled in) and puts a numbered hole ⟦1⟧ in its place; whoever words it anew sees holes, not facts. A
// new text passes if its skeleton is that of the reviewed wording: the same holes, the same words that carry a
// verdict, a duty, a time or a party, in the same order, and no other. Besides that it may hold no number of its own,
// no promise, no address, no other script, and not too much that is new. Whoever is in doubt says the reviewed
// wording; the guard is made to be in doubt.
//
// It is pure, and does not know models, cases or policy: a fact is what stands in the reviewed wording.
package guard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/unicode/norm"
)

// Refusal is why a text may not be said.
type Refusal struct {
	Why  string // number, hole, word, banned, script, markup, length, new, missing
	What string // the piece that was found, or wanted
}

func (r *Refusal) Error() string { return "guard: " + r.Why + " " + strconv.Quote(r.What) }

// Wording is a reviewed wording without its facts.
type Wording struct {
	reviewed string
	template string
	facts    []string
	written  []string        // facts as they are found in the reviewed text itself
	skeleton []string        // holes and loaded words, in order
	seen     map[rune]bool   // runes of the template, and those that mean nothing
	words    map[string]bool // Latin words of the template, lower case
	latin    bool            // it is not in Chinese
}

// Open reads a reviewed wording. data are texts that code filled in; wherever one stands, it is a fact.
func Open(reviewed string, data ...string) *Wording {
	found := written(reviewed)
	w := &Wording{reviewed: reviewed, written: textsOf(reviewed, factsAmong(reviewed, nil, found)), seen: map[rune]bool{}, words: map[string]bool{}}
	var template strings.Builder
	last := 0
	for _, f := range factsAmong(reviewed, data, found) {
		w.gap(&template, reviewed[last:f.from])
		w.facts = append(w.facts, reviewed[f.from:f.to])
		hole := hole(len(w.facts))
		w.skeleton = append(w.skeleton, hole)
		template.WriteString(hole)
		last = f.to
	}
	w.gap(&template, reviewed[last:])
	w.template = template.String()
	han := 0
	for r := range w.seen {
		if unicode.Is(unicode.Han, r) {
			han++
		}
	}
	w.latin = han == 0
	return w
}

func (w *Wording) gap(template *strings.Builder, text string) {
	template.WriteString(text)
	w.skeleton = append(w.skeleton, loaded(text)...)
	for _, r := range text {
		w.seen[r] = true
	}
	for _, word := range latinWords(text) {
		w.words[word] = true
	}
}

func hole(n int) string { return fmt.Sprintf("⟦%d⟧", n) }

// Template is the wording with its holes.
func (w *Wording) Template() string { return w.template }

// Reviewed is the wording as it was given.
func (w *Wording) Reviewed() string { return w.reviewed }

// Skeleton is what must come back, in this order: holes, and words of a class (one of them stands for all of it).
func (w *Wording) Skeleton() []string { return w.skeleton }

// Check follows one new text from its first sentence to its last.
type Check struct {
	w     *Wording
	at    int // how much of the skeleton has come
	runes int
	fresh int // runes or words that the wording has not
	all   int
	text  strings.Builder
	err   error
}

// Check begins to follow a new text.
func (w *Wording) Check() *Check { return &Check{w: w} }

// Sentence takes the next sentence of the new text and returns it with its facts. After a refusal nothing passes.
func (c *Check) Sentence(s string) (string, error) {
	if c.err != nil {
		return "", c.err
	}
	said, err := c.sentence(norm.NFC.String(s))
	if err != nil {
		c.err = err
		return "", err
	}
	c.text.WriteString(said)
	return said, nil
}

// Text is what has passed so far.
func (c *Check) Text() string { return c.text.String() }

// Close says whether the whole text may stand for the reviewed wording.
func (c *Check) Close() (string, error) {
	if c.err == nil && c.at < len(c.w.skeleton) {
		c.err = &Refusal{"missing", c.w.skeleton[c.at]}
	}
	if c.err == nil && strings.TrimSpace(c.text.String()) == "" {
		c.err = &Refusal{"missing", "text"}
	}
	if c.err == nil {
		c.err = c.drift()
	}
	if got := Facts(c.text.String()); c.err == nil && !slices.Equal(got, c.w.written) {
		c.err = &Refusal{"number", strings.Join(got, " ")} // pieces that are none became one together
	}
	if c.err != nil {
		return "", c.err
	}
	return strings.TrimSpace(c.text.String()), nil
}

// longer is how much longer than the reviewed wording a text may be: half of it, and a sentence of courtesy.
func longer(n int) int { return n + n/2 + 30 }

func (c *Check) sentence(s string) (string, error) {
	if c.runes += utf8.RuneCountInString(s); c.runes > longer(utf8.RuneCountInString(c.w.template)) {
		return "", &Refusal{"length", strconv.Itoa(c.runes)}
	}
	var out strings.Builder
	for rest := s; rest != ""; {
		before, after, open := strings.Cut(rest, "⟦")
		if err := c.gap(before); err != nil {
			return "", err
		}
		if err := c.touching(c.text.String()+out.String(), before); err != nil {
			return "", err
		}
		out.WriteString(before)
		if !open {
			break
		}
		number, tail, closed := strings.Cut(after, "⟧")
		n, err := strconv.Atoi(number)
		if !closed || err != nil || n < 1 || n > len(c.w.facts) || hole(n) != "⟦"+number+"⟧" {
			return "", &Refusal{"hole", "⟦" + number}
		}
		if err := c.next(hole(n)); err != nil {
			return "", err
		}
		if err := c.touching(c.text.String()+out.String(), c.w.facts[n-1]); err != nil {
			return "", err
		}
		out.WriteString(c.w.facts[n-1])
		rest = tail
	}
	return out.String(), c.drift()
}

// touching refuses what would grow together into another number or word: 二 before 三天.
func (c *Check) touching(before, after string) error {
	a, _ := utf8.DecodeLastRuneInString(before)
	b, _ := utf8.DecodeRuneInString(after)
	number := func(r rune) bool { return unicode.IsNumber(r) || strings.ContainsRune(numerals, r) }
	letter := func(r rune) bool { return number(r) || r < unicode.MaxASCII && unicode.IsLetter(r) }
	if before == "" || after == "" || !(number(a) && letter(b) || letter(a) && number(b) || letter(a) && letter(b)) {
		return nil
	}
	if pair := string([]rune{a, b}); !strings.Contains(c.w.reviewed, pair) {
		return &Refusal{"hole", pair}
	}
	return nil
}

// next holds a piece of the new text's skeleton to the reviewed one.
func (c *Check) next(piece string) error {
	if c.at == len(c.w.skeleton) {
		return &Refusal{"word", piece}
	}
	if want := c.w.skeleton[c.at]; want != piece {
		return &Refusal{"word", piece + ", not " + want}
	}
	c.at++
	return nil
}

// gap checks text between holes.
func (c *Check) gap(text string) error {
	if err := c.script(text); err != nil {
		return err
	}
	plain := norm.NFKC.String(text)
	if f := factsOf(plain, nil); len(f) > 0 {
		return &Refusal{"number", plain[f[0].from:f[0].to]}
	}
	if word := banned(plain, c.w.reviewed); word != "" {
		return &Refusal{"banned", word}
	}
	for _, piece := range loaded(plain) {
		if err := c.next(piece); err != nil {
			return err
		}
	}
	return nil
}

// marks may stand in any text; quotation marks, brackets and what makes links or markup may not.
const marks = " ，。！？；：、,.!?;:'’…—-~～（）()"

// script keeps to the writing of the wording: no markup, no look-alikes, no characters of another spelling.
func (c *Check) script(text string) error {
	for _, r := range text {
		switch {
		case c.w.seen[r], strings.ContainsRune(marks, r):
		case unicode.IsNumber(r):
			return &Refusal{"number", string(r)}
		case unicode.Is(unicode.Han, r):
			if c.w.latin || !simplified(r) {
				return &Refusal{"script", string(r)}
			}
		case c.w.latin && (r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'):
		case r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z':
			return &Refusal{"script", string(r)}
		default:
			return &Refusal{"markup", string(r)}
		}
	}
	for _, word := range latinWords(text) {
		c.all++
		if !c.w.words[word] && !plainEnglish[word] {
			c.fresh++
		}
	}
	for _, r := range text {
		if !unicode.Is(unicode.Han, r) {
			continue
		}
		c.all++
		if !c.w.seen[r] && !strings.ContainsRune(plainChinese, r) {
			c.fresh++
		}
	}
	return nil
}

// drift refuses a text that speaks mostly of other things. A short one is let through: its words are all checked.
func (c *Check) drift() error {
	const least = 8
	if c.fresh > least && c.fresh*2 > c.all {
		return &Refusal{"new", fmt.Sprintf("%d of %d", c.fresh, c.all)}
	}
	return nil
}

const firstHan, lastHan = '一', '鿿'

// simplifiedHan says which of the common characters are those of simplified Chinese: of GB 2312.
var simplifiedHan = sync.OnceValue(func() (out *[lastHan - firstHan + 1]bool) {
	out = new([lastHan - firstHan + 1]bool)
	for r := firstHan; r <= lastHan; r++ {
		out[r-firstHan] = inGB2312(r)
	}
	return out
})

func inGB2312(r rune) bool {
	_, err := simplifiedchinese.HZGB2312.NewEncoder().String(string(r))
	return err == nil
}

// simplified says whether a character is one of simplified Chinese.
func simplified(r rune) bool {
	if r >= firstHan && r <= lastHan {
		return simplifiedHan()[r-firstHan]
	}
	return inGB2312(r)
}

func latinWords(text string) []string {
	return strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return (r < 'a' || r > 'z') && r != '\'' })
}
