package odoorpc

import (
	"fmt"
	"strings"
	"testing"
)

// BenchmarkEncodeLoad puts batches of rows as long as those of real maps into the words of JSON-RPC.
func BenchmarkEncodeLoad(b *testing.B) {
	c, err := New(Config{URL: "localhost", Database: "demo", Login: "ada", Password: NewSecret("p")})
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{100, 10_000} {
		rows := make([][]any, n)
		for i := range rows {
			rows[i] = []any{fmt.Sprintf("__odoosync__.p7_%032d", i), "As a customer I log in", "<p>" + strings.Repeat("x", 330) + "</p>", 7, 8, "1,4", 4321}
		}
		m := &message{op: op{model: "project.task", method: "load", rows: n}, positional: []Param{{"fields", []string{"id"}}, {"data", rows}}}
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				body, err := encode(c.jsonRPC(m, 2).body(c.config.credentials()))
				if err != nil {
					b.Fatal(err)
				}
				b.SetBytes(int64(len(body)))
			}
		})
	}
}

// BenchmarkReadIDs reads the answer to a batch.
func BenchmarkReadIDs(b *testing.B) {
	c, err := New(Config{URL: "localhost", Database: "demo", Login: "ada", Password: NewSecret("p")})
	if err != nil {
		b.Fatal(err)
	}
	const n = 10_000
	ids := make([]string, n)
	for i := range ids {
		ids[i] = fmt.Sprint(i + 1)
	}
	a := &answer{status: 200, body: []byte(`{"jsonrpc":"2.0","id":1,"result":{"ids":[` + strings.Join(ids, ",") + `],"messages":[]}}`)}
	o := op{model: "project.task", method: "load", rows: n}
	b.ReportAllocs()
	for b.Loop() {
		result, err := c.readJSONRPC(o, 1, a)
		if err != nil {
			b.Fatal(err)
		}
		if _, err := c.readLoad(o, result); err != nil {
			b.Fatal(err)
		}
	}
}
