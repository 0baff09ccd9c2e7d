package docs_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestTestsThatAreNamedExist holds the pages, and the package comments, to the
// tests that they name.
func TestTestsThatAreNamedExist(t *testing.T) {
	defined := make(map[string]bool)
	named := make(map[string]string)
	function := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz|Benchmark)\w+)\(`)
	name := regexp.MustCompile(`\b(?:Test|Fuzz|Benchmark)[A-Z]\w+`)
	check(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		switch base := filepath.Base(path); {
		case strings.HasSuffix(base, "_test.go"):
			for _, m := range function.FindAllStringSubmatch(read(t, path), -1) {
				defined[m[1]] = true
			}
		case strings.HasSuffix(base, ".md"), base == "doc.go":
			for _, n := range name.FindAllString(read(t, path), -1) {
				named[n] = path
			}
		}
		return nil
	}))
	if len(named) == 0 {
		t.Fatal("no tests are named")
	}
	for n, path := range named {
		if !defined[n] {
			t.Errorf("%s names %s, which does not exist", path, n)
		}
	}
}

// TestLinksLeadSomewhere follows the links between pages and into them.
func TestLinksLeadSomewhere(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)\s]+)\)`)
	for _, page := range pages(t) {
		for _, m := range link.FindAllStringSubmatch(strings.Join(page.lines, "\n"), -1) {
			target, anchor, _ := strings.Cut(m[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			path := page.path
			if target != "" {
				path = filepath.Join(filepath.Dir(page.path), target)
			}
			text, err := os.ReadFile(path)
			if err != nil {
				t.Errorf("%s: %v", page.path, err)
				continue
			}
			if anchor != "" && !slices.Contains(anchors(string(text)), anchor) {
				t.Errorf("%s: %s has no heading #%s", page.path, path, anchor)
			}
		}
	}
}

// anchors are the names under which GitHub finds the headings of a page.
func anchors(text string) []string {
	var all []string
	dropped := regexp.MustCompile(`[^\w\- ]`)
	for line := range strings.Lines(text) {
		if heading, ok := strings.CutPrefix(strings.TrimLeft(line, "#"), " "); ok && strings.HasPrefix(line, "#") {
			heading = dropped.ReplaceAllString(strings.ToLower(strings.TrimSpace(heading)), "")
			all = append(all, strings.ReplaceAll(heading, " ", "-"))
		}
	}
	return all
}

// TestJSONFieldsAreDocumented compares the table of docs/json.md with the type
// that the program prints.
func TestJSONFieldsAreDocumented(t *testing.T) {
	file, err := parser.ParseFile(token.NewFileSet(), filepath.Join(root, "cmd", "odoosync", "report.go"), nil, 0)
	check(t, err)
	types := make(map[string]*ast.StructType)
	ast.Inspect(file, func(n ast.Node) bool {
		if spec, ok := n.(*ast.TypeSpec); ok {
			if s, ok := spec.Type.(*ast.StructType); ok {
				types[spec.Name.Name] = s
			}
		}
		return true
	})
	want := fieldsOf(types, "report", "")
	var have []string
	cell := regexp.MustCompile("`([^`]+)`")
	for line := range strings.Lines(read(t, "json.md")) {
		if strings.HasPrefix(line, "| `") {
			first, _, _ := strings.Cut(line[2:], " | ")
			for _, m := range cell.FindAllStringSubmatch(first, -1) {
				have = append(have, m[1])
			}
		}
	}
	alike := regexp.MustCompile(`^(linked|skipped|pending)\[\]\.(kind|feature|story|line|id|url)$`)
	never := regexp.MustCompile(`^(created|linked)\[\]\.(reason|tags|action|differences.*)|pending\[\]\.reason|` +
		`skipped\[\]\.(tags|action|differences.*)|error\.items\[\]\.(reason|tags|action)$`)
	for _, field := range want {
		if !slices.Contains(have, field) && !alike.MatchString(field) && !never.MatchString(field) {
			t.Errorf("json.md lacks %s", field)
		}
	}
	for _, field := range have {
		if !slices.Contains(want, field) {
			t.Errorf("json.md has %s, the program has not", field)
		}
	}
}

// fieldsOf lists the JSON fields of a type and of the types of its fields, as
// paths.
func fieldsOf(types map[string]*ast.StructType, name, prefix string) []string {
	var all []string
	for _, field := range types[name].Fields.List {
		kind, suffix := field.Type, "."
		if star, ok := kind.(*ast.StarExpr); ok {
			kind = star.X
		}
		if array, ok := kind.(*ast.ArrayType); ok {
			kind, suffix = array.Elt, "[]."
		}
		inner, _ := kind.(*ast.Ident)
		if len(field.Names) == 0 {
			all = append(all, fieldsOf(types, inner.Name, prefix)...)
			continue
		}
		tag := reflect.StructTag(strings.Trim(field.Tag.Value, "`")).Get("json")
		key, _, _ := strings.Cut(tag, ",")
		all = append(all, prefix+key)
		if inner != nil && types[inner.Name] != nil {
			all = append(all, fieldsOf(types, inner.Name, prefix+key+suffix)...)
		}
	}
	return all
}

// TestEveryKindOfErrorIsExplained looks for a heading of the troubleshooting
// page, and a word in json.md, for each kind that the program knows.
func TestEveryKindOfErrorIsExplained(t *testing.T) {
	kinds := []string{"usage", "config", "unexpected"}
	for _, m := range regexp.MustCompile(`\{exit\w+, "([a-z-]+)", `).FindAllStringSubmatch(read(t, filepath.Join(root, "cmd", "odoosync", "errors.go")), -1) {
		kinds = append(kinds, m[1])
	}
	if len(kinds) < 15 {
		t.Fatalf("found only %q", kinds)
	}
	for _, kind := range kinds {
		if !regexp.MustCompile(`(?m)^##.*\[` + kind + `\]$`).MatchString(read(t, "troubleshooting.md")) {
			t.Errorf("troubleshooting.md has no heading with [%s]", kind)
		}
		if !strings.Contains(read(t, "json.md"), "`"+kind+"`") {
			t.Errorf("json.md lacks the kind %s", kind)
		}
	}
}

// TestSettingsAndExitCodesAreThoseOfTheProgram compares the tables of
// command-line.md with what the program's help says.
func TestSettingsAndExitCodesAreThoseOfTheProgram(t *testing.T) {
	program, help := buildProgram(t), ""
	for _, command := range []string{"run", "check"} {
		out, err := exec.Command(program, "help", command).Output()
		check(t, err)
		help += string(out)
	}
	page := read(t, "command-line.md")
	tables := ""
	for line := range strings.Lines(page) {
		if strings.HasPrefix(line, "|") {
			tables += line
		}
	}
	for _, pattern := range []string{`(?m)^  (?:-\w, |    )(--[a-z-]+)`, `\b(ODOO[A-Z_]*_[A-Z_]+|NO_COLOR)\b`} {
		found := regexp.MustCompile(pattern).FindAllStringSubmatch(help, -1)
		if len(found) == 0 {
			t.Fatalf("the help has nothing like %s", pattern)
		}
		for _, m := range found {
			if !strings.Contains(tables, "`"+m[1]+"`") {
				t.Errorf("command-line.md lacks %s", m[1])
			}
		}
	}
	for _, m := range regexp.MustCompile("`(--[a-z-]+)`").FindAllStringSubmatch(tables, -1) {
		if !strings.Contains(help, m[1]+" ") {
			t.Errorf("command-line.md has %s, the program has not", m[1])
		}
	}
	for _, m := range regexp.MustCompile(`(?m)^  (\d+) +\S`).FindAllStringSubmatch(help, -1) {
		if !strings.Contains(tables, "| "+m[1]+" |") {
			t.Errorf("command-line.md lacks the exit code %s", m[1])
		}
	}
}

// TestOtherCommandsAreRunElsewhere knows where the few commands run that stand
// in sh blocks, because they cannot run here.
func TestOtherCommandsAreRunElsewhere(t *testing.T) {
	elsewhere := map[string]string{
		"go install ./cmd/odoosync":                                               ".ci/package",
		"sudo apt install ./odoosync_*_amd64.deb":                                 "", // .ci/package installs it into a root of its own, by dpkg
		`odoosync run map.toml --json | jq -r '.created[] | "\(.id)\t\(.story)"'`: "", // jq is not ours to test
	}
	for _, page := range pages(t) {
		for _, s := range page.steps {
			if s.language != "sh" {
				continue
			}
			for _, line := range s.body {
				where, known := elsewhere[line]
				if !known {
					t.Errorf("%s:%d: make this a console block, or say where it runs: %s", page.path, s.line+1, line)
				} else if where != "" && !strings.Contains(read(t, filepath.Join(root, where)), line) {
					t.Errorf("%s does not run %q", where, line)
				}
			}
		}
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	check(t, err)
	return string(text)
}
