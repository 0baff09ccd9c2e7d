package layout

import (
	"math/rand/v2"
	"strings"
)

// text makes up words. What it says includes what must not be taken for a
// pending item, such as task_id = 0 in the middle of a sentence.
type text struct {
	rand *rand.Rand
}

var vocabulary = strings.Fields(`order customer limit warning invoice portal login détails 价格 stock move approve
	report salesman over when total must stay silent before confirm amount > limit & "quoted" a\b date vendor bill
	manager sees every open delivery since Monday € task_id = 0 # not a comment { nor a table }`)

// words are n words in a row.
func (t *text) words(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(vocabulary[t.rand.IntN(len(vocabulary))])
	}
	return b.String()
}

// below is a number from 0 to n-1.
func (t *text) below(n int) int { return t.rand.IntN(n) }

// pick is some of the names, at least one, in their order.
func (t *text) pick(names ...string) []string {
	picked := []string{names[0]}
	for _, name := range names[1:] {
		if t.rand.IntN(3) == 0 {
			picked = append(picked, name)
		}
	}
	return picked
}

var basic = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`)

// quoted is a basic string of TOML.
func quoted(s string) string { return `"` + basic.Replace(s) + `"` }
