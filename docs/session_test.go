package docs_test

import (
	"bufio"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// address is the server of all examples; in a test it is an Odoo in memory.
const address = "https://odoo.example.com"

// session is a shell in which the commands of a page run one after the other,
// in a folder of its own.
type session struct {
	dir    string
	shell  *exec.Cmd
	input  io.WriteCloser
	output *bufio.Reader
}

// endMark is what the shell prints after each command.
const endMark = "end of output 5f1d2c"

func newSession(t *testing.T, program string) *session {
	t.Helper()
	home := t.TempDir()
	s := &session{dir: filepath.Join(home, "work"), shell: exec.Command("bash", "--norc", "--noprofile")}
	check(t, os.Mkdir(s.dir, 0o755))
	check(t, os.WriteFile(filepath.Join(home, ".gitconfig"), []byte("[user]\nname = Ann\nemail = ann@example.com\n[init]\ndefaultBranch = main\n"), 0o644))
	s.shell.Dir = s.dir
	s.shell.Env = []string{
		"HOME=" + home, "TMPDIR=" + home, "LC_ALL=C.UTF-8", "TERM=dumb",
		"GIT_CEILING_DIRECTORIES=" + home, // git finds the session's repository or none
		"PATH=" + filepath.Dir(program) + string(os.PathListSeparator) + os.Getenv("PATH"),
	}
	for _, name := range []string{"GOCACHE", "GOPATH", "GOMODCACHE", "GOPROXY", "GOFLAGS", "GOTOOLCHAIN"} {
		if value := goEnv(t, name); value != "" {
			s.shell.Env = append(s.shell.Env, name+"="+value)
		}
	}
	var err error
	s.input, err = s.shell.StdinPipe()
	check(t, err)
	out, err := s.shell.StdoutPipe()
	check(t, err)
	s.shell.Stderr = s.shell.Stdout
	s.output = bufio.NewReader(out)
	check(t, s.shell.Start())
	t.Cleanup(func() {
		_ = s.input.Close()
		_ = s.shell.Wait()
	})
	return s
}

// run runs one command and returns the lines it printed, on either stream.
func (s *session) run(t *testing.T, text string) []string {
	t.Helper()
	_, err := fmt.Fprintf(s.input, "{ %s\n} </dev/null; status=$?; printf '\\n%s\\n'; (exit $status)\n", text, endMark)
	check(t, err)
	var lines []string
	for {
		line, err := s.output.ReadString('\n')
		if err != nil {
			t.Fatalf("the shell ended at: %s\n%s", text, strings.Join(lines, "\n"))
		}
		line = strings.TrimSuffix(line, "\n")
		if line == endMark {
			break
		}
		lines = append(lines, line)
	}
	// The mark began on a new line, so one line end is its own.
	if n := len(lines); n > 0 && lines[n-1] == "" {
		lines = lines[:n-1]
	}
	return lines
}

func goEnv(t *testing.T, name string) string {
	t.Helper()
	out, err := exec.Command("go", "env", name).Output()
	check(t, err)
	return strings.TrimSpace(string(out))
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
