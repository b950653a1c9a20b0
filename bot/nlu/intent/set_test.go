package intent

import (
	"bytes"
	"encoding/csv"
	"math"
	"os"
	"strings"
	"testing"
)

// phone is a small set of a phone company's questions: 8 of each 12 are learned, the others asked.
func phone(t testing.TB, language string) (learn, ask []Example) {
	t.Helper()
	f, err := os.Open("testdata/phone_" + language + ".csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for _, row := range rows[1:] {
		e := Example{row[0], row[1]}
		if seen[e.Label]++; seen[e.Label]%3 == 0 {
			ask = append(ask, e)
		} else {
			learn = append(learn, e)
		}
	}
	if len(seen) != 10 || len(ask) != 40 || len(learn) != 80 {
		t.Fatalf("%d labels, %d to learn, %d to ask", len(seen), len(learn), len(ask))
	}
	return learn, ask
}

func TestSmallSets(t *testing.T) {
	outside := []string{"今天天气怎么样", "给我讲个笑话", "帮我订一份披萨", "推荐一部电影", "what's the weather", "tell me a joke", "order a pizza", "who won the match"}
	for _, tc := range []struct {
		language string
		right    int // of 40, at least
	}{{"zh", 28}, {"en", 24}} {
		learn, ask := phone(t, tc.language)
		m := trained(t, Set{Examples: learn, Names: map[string][]string{"bill": {"账单", "bill"}, "sim": {"手机卡", "sim card"}, "port": {"携号转网", "port a number"}}}, Options{})
		right, likely, known, strange := 0, 0.0, 0.0, 0.0
		for _, e := range ask {
			r := sane(t, m, e.Text)
			if r.Guesses[0].Label == e.Label {
				right++
			}
			likely += r.Guesses[0].P
			known += r.Known / float64(len(ask))
		}
		for _, text := range outside {
			strange += sane(t, m, text).Known / float64(len(outside))
		}
		t.Logf("%s: %d of 40 right, %.1f expected; known %.2f, of others %.2f", tc.language, right, likely, known, strange)
		if right < tc.right {
			t.Errorf("%s: %d of 40 right, want %d", tc.language, right, tc.right)
		}
		if math.Abs(likely-float64(right)) > 10 {
			t.Errorf("%s: the model expects %.1f of 40 to be right, %d are", tc.language, likely, right)
		}
		if known < strange+0.2 {
			t.Errorf("%s: texts about a label are known by %.2f, others by %.2f", tc.language, known, strange)
		}
	}
}

// What is surer must be right more often: on texts held out, of both languages together.
func TestLikelihoodsRise(t *testing.T) {
	var sure, unsure, sureRight, unsureRight int
	for _, language := range []string{"zh", "en"} {
		learn, ask := phone(t, language)
		m := trained(t, Set{Examples: learn}, Options{})
		for _, e := range ask {
			g := m.Classify(e.Text).Guesses[0]
			right := 0
			if g.Label == e.Label {
				right = 1
			}
			if g.P > 0.6 {
				sure, sureRight = sure+1, sureRight+right
			} else {
				unsure, unsureRight = unsure+1, unsureRight+right
			}
		}
	}
	if sure < 10 || unsure < 10 || sureRight*unsure <= unsureRight*sure {
		t.Errorf("right are %d of %d sure guesses and %d of %d unsure ones", sureRight, sure, unsureRight, unsure)
	}
}

func TestWordsNeverSeenAreUnderstoodByTheirMeaning(t *testing.T) {
	m := trained(t, few(), Options{})
	for text, want := range map[string]string{"reimburse me": "refund", "my courier": "parcel"} {
		if got := sane(t, m, text); got.Guesses[0].Label != want {
			t.Errorf("%q is %v, want %s", text, got.Guesses, want)
		}
	}
}

func TestConceptsAreWellFormed(t *testing.T) {
	names := map[string]bool{}
	for n, line := range strings.Split(strings.TrimSpace(conceptLines), "\n") {
		if strings.HasPrefix(line, "#") {
			continue
		}
		group := strings.Fields(line)
		if len(group) < 3 || names[group[0]] {
			t.Errorf("line %d: a group of %d, or one named like another: %s", n+1, len(group), line)
			continue
		}
		names[group[0]] = true
		seen := map[string]bool{}
		for _, w := range group[1:] {
			if seen[w] {
				t.Errorf("line %d: %s twice", n+1, w)
			}
			seen[w] = true
		}
	}
}

func BenchmarkClassify(b *testing.B) {
	learn, ask := phone(b, "zh")
	m := trained(b, Set{Examples: learn}, Options{})
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		m.Classify(ask[i%len(ask)].Text)
	}
}

func BenchmarkTrain(b *testing.B) {
	learn, _ := phone(b, "zh")
	for b.Loop() {
		trained(b, Set{Examples: learn}, Options{})
	}
}

// Texts about no label teach what others of their kind look like, also to a model that is saved and read again.
func TestWhatIsAboutNoLabelIsLearned(t *testing.T) {
	var cooking []string
	for _, dish := range []string{"dumplings", "pancakes", "rice", "noodles", "lentils", "mushrooms"} {
		for _, ask := range []string{"how do I cook ", "how long to boil ", "which spices go with ", "give me a recipe for "} {
			cooking = append(cooking, ask+dish)
		}
	}
	learn, ask := phone(t, "en")
	m := trained(t, Set{Examples: learn, None: cooking}, Options{})
	few := trained(t, Set{Examples: learn, None: cooking[:enough-1]}, Options{})
	if len(m.nothing) == 0 || len(few.nothing) != 0 {
		t.Fatalf("%d inputs from %d texts, %d from %d", len(m.nothing), len(cooking), len(few.nothing), enough-1)
	}
	above := 0
	for _, e := range ask {
		for _, dish := range []string{"how long to boil potatoes", "a recipe for soup please", "which spices go with fish"} {
			if m.Classify(e.Text).Known > m.Classify(dish).Known {
				above++
			}
		}
	}
	if share := float64(above) / float64(3*len(ask)); share < 0.95 {
		t.Errorf("only %.2f of the pairs are told", share)
	}
	// The side of a text is among what Known is made of, against it.
	if w := m.known.Weight[signals-1]; w >= 0 || m.side(m.words.vector(&scratch{}, &m.width, "a recipe for soup please")) <= m.side(m.words.vector(&scratch{}, &m.width, ask[0].Text)) {
		t.Errorf("weight %v", w)
	}
	var b bytes.Buffer
	if err := m.Save(&b); err != nil {
		t.Fatal(err)
	}
	back, err := Load(&b)
	if err != nil {
		t.Fatal(err)
	}
	if a, b := m.Classify("boil potatoes").Known, back.Classify("boil potatoes").Known; a != b {
		t.Errorf("known %v, and read again %v", a, b)
	}
}
