package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// Each script knows each command and flag.
func TestCompletionScriptsKnowEverything(t *testing.T) {
	for _, shell := range shells {
		t.Run(shell, func(t *testing.T) {
			is := is.New(t)
			script := completionScript(t, shell)
			for _, c := range completedCommands(testApp()) {
				is.True(strings.Contains(script, c.Name))
				for _, f := range c.Flags {
					is.True(strings.Contains(script, strings.TrimLeft(f.Long, "-")))
				}
			}
			is.True(!strings.Contains(script, "<%")) // all filled in
		})
	}
}

// Real shells complete commands, flags, values and .toml files.
func TestShellsComplete(t *testing.T) {
	bash := `source ./script
COMP_WORDS=(odoosync "$@"); COMP_CWORD=$#; _odoosync 2>/dev/null; printf '%s\n' "${COMPREPLY[@]}"`
	fish := `source ./script; complete -C "odoosync $argv"`
	for _, s := range []struct{ name, program, first string }{{"bash", bash, "bash"}, {"fish", fish, "--"}} {
		t.Run(s.name, func(t *testing.T) {
			if _, err := exec.LookPath(s.name); err != nil {
				t.Skip("not installed")
			}
			is := is.New(t)
			dir := completionFolder(t, s.name)
			complete := func(words ...string) []string {
				args := []string{"-c", s.program, s.first}
				cmd := exec.Command(s.name, append(args, words...)...)
				cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+dir)
				out, err := cmd.CombinedOutput()
				is.NoErr(err)
				var offers []string
				for line := range strings.Lines(string(out)) {
					word, _, _ := strings.Cut(strings.TrimSpace(line), "\t")
					if word != "" {
						offers = append(offers, strings.TrimSuffix(word, "/"))
					}
				}
				slices.Sort(offers)
				return slices.Compact(offers)
			}
			is.Equal(complete("c"), []string{"check", "completion"})
			is.Equal(complete("run", "--d"), []string{"--db", "--dry-run"})
			is.Equal(complete("run", "--protocol", "j"), []string{"json2", "jsonrpc"})
			is.Equal(complete("check", "--format", "g"), []string{"github", "gitlab"})
			is.Equal(complete("run", "m"), []string{"map.toml", "maps", "my map.toml"})
			is.Equal(complete("run", "--dry-run", "map."), []string{"map.toml"})
			is.Equal(complete("run", "~/map."), []string{"~/map.toml"})
			is.Equal(complete("run", "maps/"), []string{"maps/-x.toml"})
			is.Equal(complete("--"), []string{"--help", "--version"})
			is.Equal(complete("completion", "z"), []string{"zsh"})
			is.Equal(complete("help", "st"), []string{"stages"})
			is.Equal(complete("stages", "n"), nil)
		})
	}
}

// zsh completes only what is typed at a prompt: it gets a terminal of its own,
// in which the line is listed by a tab, taken back, and followed by a command
// whose output marks the end.
func TestZshCompletes(t *testing.T) {
	if _, err := exec.LookPath("zsh"); err != nil {
		t.Skip("not installed")
	}
	const program = `zmodload zsh/zpty
zpty z 'TERM=dumb zsh -f -i'
zpty -w z 'autoload -Uz compinit; compinit -u -D; source ./script; LISTMAX=1000; bindkey "^I" list-choices; PROMPT="NE""XT:"'
zpty -r z out '*NEXT:*'
for line; do
    zpty -w -n z "odoosync $line"$'\t\x15print FINI""SHED\n'
    zpty -r z out '*FINISHED*NEXT:*'
    print -r -- "$out<end>"
done
zpty -d z`
	tests := []struct{ line, want, not string }{
		{"c", "check completion", "stages"},
		{"--", "--help --version", "check"},
		{"run --d", "--db --dry-run", "--json"},
		{"run --protocol j", "json2 jsonrpc", "auto"},
		{"run --protocol=j", "json2 jsonrpc", "auto"},
		{"run m", "map.toml maps/", "notes.txt"},
		{"run --dry-run ", "map.toml maps/", "notes.txt"},
		{"check map.toml --f", "--format", "--json"},
		{"completion z", "zsh", "bash"},
		{"help st", "stages", "demo"},
	}
	is := is.New(t)
	args := []string{"-f", "-c", program, "zsh"}
	for _, test := range tests {
		args = append(args, test.line)
	}
	cmd := exec.CommandContext(t.Context(), "zsh", args...)
	cmd.Dir = completionFolder(t, "zsh")
	out, err := cmd.Output()
	is.NoErr(err)
	shown := strings.Split(string(out), "<end>")
	is.Equal(len(shown), len(tests)+1)
	for i, test := range tests {
		t.Run(test.line, func(t *testing.T) {
			is := is.New(t)
			offers := strings.Fields(shown[i])
			for word := range strings.FieldsSeq(test.want) {
				if !slices.Contains(offers, word) {
					t.Errorf("no %s in %q", word, shown[i])
				}
			}
			is.True(!slices.Contains(offers, test.not)) // not offered
		})
	}
}

// completionFolder is a folder with a shell's script and some files to offer.
func completionFolder(t *testing.T, shell string) string {
	t.Helper()
	is := is.New(t)
	dir := t.TempDir()
	is.NoErr(os.WriteFile(filepath.Join(dir, "script"), []byte(completionScript(t, shell)), 0o600))
	is.NoErr(os.Mkdir(filepath.Join(dir, "maps"), 0o700))
	for _, name := range []string{"map.toml", "my map.toml", "notes.txt", "maps/-x.toml"} {
		is.NoErr(os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	return dir
}

func completionScript(t *testing.T, shell string) string {
	t.Helper()
	is := is.New(t)
	var stdout, stderr strings.Builder
	is.Equal(run(t.Context(), []string{"odoosync", "completion", shell}, strings.NewReader(""), &stdout, &stderr, noEnv), exitDone)
	return stdout.String()
}
