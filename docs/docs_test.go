package docs_test

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"odoosync/e2e/program"
)

var update = flag.Bool("update", false, "write what the commands print into the pages")

// root is the module's root, as seen from here.
const root = ".."

// pages are the README and all pages of this folder.
func pages(t *testing.T) []*document {
	t.Helper()
	found, err := filepath.Glob("*.md")
	check(t, err)
	if len(found) == 0 {
		t.Fatal("no pages")
	}
	var all []*document
	for _, path := range append([]string{filepath.Join(root, "README.md")}, found...) {
		text, err := os.ReadFile(path)
		check(t, err)
		all = append(all, parseDocument(path, string(text)))
	}
	return all
}

// TestCommandsPrintWhatThePagesShow runs every command of every console block,
// page by page, and compares what it prints. With -update it writes that into
// the pages.
func TestCommandsPrintWhatThePagesShow(t *testing.T) {
	for _, tool := range []string{"bash", "git"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("the examples need %s", tool)
		}
	}
	path := buildProgram(t)
	for _, page := range pages(t) {
		t.Run(filepath.Base(page.path), func(t *testing.T) {
			t.Parallel()
			runPage(t, page, path)
		})
	}
}

func buildProgram(t *testing.T) string {
	t.Helper()
	path, err := program.Build(root, t.TempDir())
	check(t, err)
	return path
}

func runPage(t *testing.T, page *document, path string) {
	w := &world{t: t, session: newSession(t, path)}
	w.start(19, false)
	check(t, os.WriteFile(filepath.Join(w.session.dir, "..", ".odoo-key"), []byte(strings.Repeat("a1", 20)+"\n"), 0o600))
	outcomes := make([][]string, len(page.steps))
	for i, s := range page.steps {
		switch {
		case s.directive != "":
			w.direct(s.directive)
		case w.file != "":
			check(t, os.WriteFile(filepath.Join(w.session.dir, w.file), []byte(strings.Join(s.body, "\n")+"\n"), 0o644))
			w.file = ""
		case s.language == "console":
			outcomes[i] = runBlock(t, w, page, s)
		}
	}
	if !*update {
		return
	}
	for i, outcome := range slices.Backward(outcomes) {
		if outcome != nil {
			page.replace(page.steps[i], outcome)
		}
	}
	check(t, os.WriteFile(page.path, []byte(strings.Join(page.lines, "\n")), 0o644))
}

// runBlock runs the commands of one block, and returns the block as it should
// be.
func runBlock(t *testing.T, w *world, page *document, s step) []string {
	defer func() { w.inRepository = false }()
	var body []string
	for _, c := range s.commands() {
		text := strings.ReplaceAll(c.text, address, w.url)
		if w.inRepository {
			if !strings.HasPrefix(text, "go run ./cmd/odoosync ") {
				t.Fatalf("%s:%d: nothing but the program is run in the repository", page.path, c.line+1)
			}
			text = "(cd " + repository(t) + " && " + text + ")"
		}
		printed := w.session.run(t, text)
		for i := range printed {
			printed[i] = strings.ReplaceAll(printed[i], w.url, address)
			printed[i] = strings.ReplaceAll(printed[i], strings.TrimPrefix(w.url, "http://"), strings.TrimPrefix(address, "https://"))
		}
		same := sameOutput(c.output, printed)
		if !same && !*update {
			t.Errorf("%s:%d: $ %s\nprinted:\n%s\nthe page shows:\n%s", page.path, c.line+1, c.text,
				strings.Join(printed, "\n"), strings.Join(c.output, "\n"))
		}
		body = append(body, "$ "+strings.ReplaceAll(c.text, "\n", "\n> "))
		if same {
			body = append(body, c.output...)
		} else {
			body = append(body, printed...)
		}
	}
	return body
}

func repository(t *testing.T) string {
	t.Helper()
	folder, err := filepath.Abs(root)
	check(t, err)
	return folder
}
