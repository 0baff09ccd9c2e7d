package tomledit_test

import (
	"bufio"
	"bytes"
	"io/fs"
	"strings"
	"testing"

	"github.com/matryer/is"
	tomltest "github.com/toml-lang/toml-test/v2"

	"odoosync/tomledit"
)

// suiteFiles returns the TOML 1.1 files of toml-test whose path starts with the prefix.
func suiteFiles(t *testing.T, prefix string) map[string][]byte {
	t.Helper()
	is := is.New(t)
	suite := tomltest.TestCases()
	list, err := fs.ReadFile(suite, "files-toml-1.1.0")
	is.NoErr(err)
	files := map[string][]byte{}
	for lines := bufio.NewScanner(bytes.NewReader(list)); lines.Scan(); {
		name := strings.TrimSpace(lines.Text())
		if !strings.HasPrefix(name, prefix) || !strings.HasSuffix(name, ".toml") {
			continue
		}
		src, err := fs.ReadFile(suite, name)
		is.NoErr(err)
		files[name] = src
	}
	return files
}

func TestEveryValidDocumentComesBack(t *testing.T) {
	files := suiteFiles(t, "valid/")
	is.New(t).True(len(files) > 200) // the suite is there
	for name, src := range files {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			doc, err := tomledit.Parse(name, src)
			is.NoErr(err)
			is.Equal(source(doc), src)
			onlyTokensChange(t, doc, integers(doc.Get()))
		})
	}
}

func TestEveryInvalidDocumentIsRefused(t *testing.T) {
	files := suiteFiles(t, "invalid/")
	is.New(t).True(len(files) > 450) // the suite is there
	for name, src := range files {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			doc, err := tomledit.Parse(name, src)
			is.True(doc == nil)
			_ = wellPlaced(t, src, err)
			_, same := tomledit.Parse(name, src, tomledit.Keep())
			is.Equal(same, err) // what is not kept is checked all the same
		})
	}
}
