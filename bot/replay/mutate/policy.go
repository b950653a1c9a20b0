package mutate

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"

	"recourse/bot/replay/stage"
	"recourse/cases/policy"
)

var (
	section = regexp.MustCompile(`^( *)([a-z_0-9]+):\s*$`)
	number  = regexp.MustCompile(`^( *)([a-z_0-9]+): \{value: (\d+|true|false),`)
)

// ofPolicy changes the numbers and switches among the values of the policy, one at a time.
func ofPolicy(p *policy.Policy) ([]Mutant, error) {
	text := p.Source().Text
	lines := strings.Split(text, "\n")
	var out []Mutant
	var path []string
	for i, line := range lines {
		if m := section.FindStringSubmatch(line); m != nil {
			depth := len(m[1]) / 2
			path = append(path[:min(depth, len(path))], m[2])
			continue
		}
		m := number.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		depth := len(m[1]) / 2
		name := strings.Join(append(append([]string{}, path[:min(depth, len(path))]...), m[2]), ".")
		for _, to := range others(m[3]) {
			changed := strings.Replace(line, "value: "+m[3]+",", "value: "+to+",", 1)
			whole := strings.Join(append(append(append([]string{}, lines[:i]...), changed), lines[i+1:]...), "\n")
			out = append(out, Mutant{
				ID: "policy/" + name + "=" + to, Family: Policy, What: fmt.Sprintf("%s is %s in place of %s", name, to, m[3]),
				spoil: func(o *stage.Options) error {
					p, err := policy.Parse(name, []byte(whole))
					if err != nil {
						return fmt.Errorf("%w: %w", errNoMutant, err)
					}
					o.Policy = p
					return nil
				},
			})
		}
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("no value of the policy can be changed: %w", os.ErrInvalid)
	}
	return out, nil
}

// others are values near one.
func others(v string) []string {
	switch v {
	case "true":
		return []string{"false"}
	case "false":
		return []string{"true"}
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		return nil
	}
	list := []string{strconv.Itoa(n + 1), strconv.Itoa(2*n + 1)}
	if n > 1 {
		list = append(list, strconv.Itoa(n-1))
	}
	return list
}
