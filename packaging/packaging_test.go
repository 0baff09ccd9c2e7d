package packaging_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/e2e/program"
)

// scripts are the shell scripts of an action's steps, in order.
func scripts(t *testing.T, file string) []string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	indent := regexp.MustCompile(`(?m)^        `)
	for _, step := range strings.Split(string(text), "\n    - ")[1:] {
		if _, script, ok := strings.Cut(step, "      run: |\n"); ok {
			all = append(all, indent.ReplaceAllString(script, ""))
		}
	}
	return all
}

// shell runs a script as GitHub runs the bash steps of an action, and returns
// what it prints and its exit code.
func shell(t *testing.T, dir string, env []string, args ...string) (string, int) {
	t.Helper()
	cmd := exec.Command("bash", append([]string{"--noprofile", "--norc", "-eo", "pipefail"}, args...)...)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), env...)
	out, err := cmd.Output()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return string(out), cmd.ProcessState.ExitCode()
}

// maps writes good and bad maps into a folder.
func maps(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"good map.toml":                     "[features.Orders]\ntask_id = 0\n",
		"sub/a/good.toml":                   "[features.Orders]\ntask_id = 7\n",
		"sub/b/feature_user_story_map.toml": "[features.Orders]\ntask_id = 7\n",
		"sub/b/map.toml":                    "[features.Orders]\ntask_id = 7\n",
		"sub/b/wrong.toml":                  "[features.Orders]\ntask_id = \"0\"\n",
	} {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o644)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestTheActionChecksEveryMapItIsGiven(t *testing.T) {
	if _, err := exec.LookPath("bash"); err != nil {
		t.Skip("the action runs in bash")
	}
	is := is.New(t)
	steps := scripts(t, filepath.Join("..", "action.yml"))
	is.Equal(len(steps), 2) // build, check
	root, err := filepath.Abs("..")
	is.NoErr(err)
	is.NoErr(program.Show(".."))
	env := []string{"GITHUB_ACTION_PATH=" + root, "RUNNER_TEMP=" + t.TempDir()}
	dir := maps(t)
	_, code := shell(t, dir, env, "-c", steps[0])
	is.Equal(code, 0) // the program builds

	for _, test := range []struct {
		maps  string
		code  int
		shown []string
	}{
		{"good map.toml", 0, []string{"good map.toml: 1 task to create"}},
		{"good map.toml\nsub/**/*.toml\n", 3, []string{"good map.toml: 1 task", "sub/a/good.toml: nothing to create", "::error file=sub/b/wrong.toml,line=2,col=11,"}},
		{"sub/b/*.toml\n\ngood map.toml", 3, []string{"::error file=sub/b/wrong.toml", "good map.toml: 1 task"}},
		{"none/*.toml", 3, []string{"::error file=none/*.toml,"}},
		{"missing.toml", 3, []string{"::error file=missing.toml,"}},
		{"sub/b/?(feature_user_story_)map.toml", 0, []string{"sub/b/map.toml: nothing", "sub/b/feature_user_story_map.toml: nothing"}},
	} {
		out, code := shell(t, dir, append(env, "MAPS="+test.maps), "-c", steps[1])
		if code != test.code {
			t.Errorf("maps %q: exit code %d, want %d; printed:\n%s", test.maps, code, test.code, out)
		}
		for _, text := range test.shown {
			if !strings.Contains(out, text) {
				t.Errorf("maps %q: printed:\n%s\nwant in it %q", test.maps, out, text)
			}
		}
	}
}

func TestTheHookChecksEveryFileItIsGiven(t *testing.T) {
	is := is.New(t)
	words := strings.Fields(hook(t, "entry"))
	is.Equal(words[0], "odoosync") // what pre-commit builds
	path, err := program.Build("..", t.TempDir())
	is.NoErr(err)
	dir := maps(t)
	for _, test := range []struct {
		files []string
		code  int
	}{
		{[]string{"good map.toml", "sub/a/good.toml"}, 0},
		{[]string{"sub/b/wrong.toml", "good map.toml"}, 3},
	} {
		cmd := exec.Command(path, append(words[1:], test.files...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		is.True(err == nil || errors.As(err, &exit))
		if code := cmd.ProcessState.ExitCode(); code != test.code {
			t.Errorf("%q: exit code %d, want %d; printed:\n%s", test.files, code, test.code, out)
		}
	}
}

func TestTheHookIsForMaps(t *testing.T) {
	files := regexp.MustCompile(hook(t, "files"))
	for name, want := range map[string]bool{
		"map.toml": true, "feature_user_story_map.toml": true, "docs/map.toml": true, "docs/feature_user_story_map.toml": true,
		"sitemap.toml": false, "map.toml.orig": false, "maps.toml": false, "user_story_map.toml": false,
	} {
		if files.MatchString(name) != want {
			t.Errorf("%s: want %v", name, want)
		}
	}
}

// hook is what .pre-commit-hooks.yaml has under a key.
func hook(t *testing.T, key string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", ".pre-commit-hooks.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	value := regexp.MustCompile(`(?m)^  ` + key + `: (.+)$`).FindSubmatch(text)
	if value == nil {
		t.Fatalf("the hook has no %s", key)
	}
	return string(value[1])
}
