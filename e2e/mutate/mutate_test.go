package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

const small = `package small

import "strings"

// Limit is tested by nothing.
const Limit = 3

func Clean(text string) (string, error) {
	defer println("done")
	return strings.TrimSpace(text), nil
}

func unused(n int) int { return n + 1 }
`

const test = `package small

import "testing"

func TestClean(t *testing.T) {
	if text, err := Clean(" a "); text != "a" || err != nil {
		t.Fatal(text, err)
	}
}
`

// module writes a module of one package and makes it the current folder.
func module(t *testing.T) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"go.mod": "module small\n\ngo 1.24\n", "small.go": small, "small_test.go": test} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	t.Setenv("GOFLAGS", "")
}

func TestSurvivorsAreShownAndCounted(t *testing.T) {
	is := is.New(t)
	module(t)
	var out strings.Builder
	is.NoErr(mutate(t.Context(), options{workers: 1}, []string{"."}, &out))
	is.Equal(out.String(), `small.go:6:15: one more: 3 (survived)
small.go:9:2: left out: defer println("done") (survived)
small.go:13:35: - in: n + 1 (not reached)
small.go:13:37: one more: 1 (not reached)

 20.0%  small: 1 of 5 mutants noticed, 2 not reached by any test
`)
	text, err := os.ReadFile("small.go")
	is.NoErr(err)
	is.Equal(string(text), small) // the repository is as it was
}

func TestEveryKindOfChange(t *testing.T) {
	for _, test := range []struct {
		body string
		want []string // what stands in the place of the body
	}{
		{"f(1, 2)", []string{"if false {\nf(1, 2)\n}", "f(2, 2)", "f(1, 3)"}},
		{"s = g(s)", []string{"if false {\ns = g(s)\n}", "s = s"}},
		{"if !b { n++ }", []string{"if true || (!b) { n++ }", "if false && (!b) { n++ }", "if !b { if false {\nn++\n} }"}},
		{"if n == m || b { return }", []string{"if true || (n == m || b) { return }", "if false && (n == m || b) { return }",
			"if n == m && b { return }", "if n != m || b { return }", "if n == m || b { if false {\nreturn\n} }"}},
		{"switch { case n < m: go f(n, m) }", []string{"switch { case true || (n < m): go f(n, m) }", "switch { case false && (n < m): go f(n, m) }",
			"switch { case n < m: if false {\ngo f(n, m)\n} }", "switch { case n <= m: go f(n, m) }"}},
		{"for n > m { break }", []string{"for false && (n > m) { break }", "for n >= m { break }", "for n > m { if false {\nbreak\n} }"}},
		{"select { case c <- b: n = m * m }", []string{"select { case c <- b: if false {\nn = m * m\n} }", "select { case c <- b: n = m / m }"}},
		{"b = true", []string{"if false {\nb = true\n}", "b = false"}},
		{"_ = func() error { return err }", []string{"if false {\n_ = func() error { return err }\n}", "_ = func() error { return nil }"}},
		{"k := int64(n); _ = k", []string{"k := int64(n); if false {\n_ = k\n}"}}, // a conversion is no call
	} {
		const before = "package p\n\nfunc f(int, int) {}\nfunc g(s string) string { return s }\nfunc p(n, m int, s string, b bool, c chan bool, err error) {\n"
		is := is.New(t)
		dir := t.TempDir()
		is.NoErr(os.WriteFile(filepath.Join(dir, "go.mod"), []byte("module p\n\ngo 1.24\n"), 0o600))
		is.NoErr(os.WriteFile(filepath.Join(dir, "p.go"), []byte(before+test.body+"\n}\n"), 0o600))
		t.Chdir(dir)
		packages, err := load(t.Context(), []string{"."})
		is.NoErr(err)
		mutants, err := packages[0].mutants()
		is.NoErr(err)
		var got []string
		for _, m := range mutants {
			body, ok := strings.CutPrefix(string(m.apply(packages[0].texts[m.file])), before)
			is.True(ok)
			got = append(got, strings.TrimSuffix(body, "\n}\n"))
		}
		is.Equal(got, test.want)
	}
}

func TestTestsThatFailWithoutAMutantAreNoJudges(t *testing.T) {
	is := is.New(t)
	module(t)
	is.NoErr(os.WriteFile("small_test.go", []byte(strings.Replace(test, `"a"`, `"b"`, 1)), 0o600))
	err := mutate(t.Context(), options{workers: 1}, []string{"."}, &strings.Builder{})
	is.True(err != nil && strings.Contains(err.Error(), "without a mutant"))
}
