package tomledit_test

import (
	"bytes"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/tomledit"
)

func TestSettingAgainReplacesTheEdit(t *testing.T) {
	is := is.New(t)
	doc := mustParse(t, "a = 0\nb = 0x0\nc = 0\n")
	patch := doc.NewPatch()
	is.NoErr(patch.SetInteger(doc.Get("c"), 1))
	is.NoErr(patch.SetInteger(doc.Get("a"), math.MinInt64))
	is.NoErr(patch.SetInteger(doc.Get("c"), 33))
	is.NoErr(patch.SetInteger(doc.Get("c"), 34))
	is.NoErr(patch.SetInteger(doc.Get("b"), 2))
	is.Equal(string(output(patch)), "a = -9223372036854775808\nb = 2\nc = 34\n")
	is.NoErr(patch.SetInteger(doc.Get("a"), 1)) // more edits after output
	is.Equal(string(output(patch)), "a = 1\nb = 2\nc = 34\n")
	is.Equal(string(source(doc)), "a = 0\nb = 0x0\nc = 0\n")
}

func TestOnlyIntegersOfTheDocumentCanBeSet(t *testing.T) {
	doc := mustParse(t, "[features.\"X\"]\ntask_id = \"zero\"\ns = [ 1 ]\nf = 0.0\n")
	other := mustParse(t, "task_id = 0\n")
	x := doc.Get("features", "X")
	for _, c := range []struct {
		value tomledit.Value
		want  string
	}{
		{x.Get("task_id"), `map.toml:2:11: features.X.task_id: expected an integer, found a string`},
		{x.Get("s"), `map.toml:3:5: features.X.s: expected an integer, found an array`},
		{x.Get("f"), `map.toml:4:5: features.X.f: expected an integer, found a float`},
		{x, `map.toml:1:11: features.X: expected an integer, found a table`},
		{x.Get("none"), `map.toml:1:1: there is no value to set`},
		{other.Get("task_id"), `map.toml:1:11: task_id: the value is of another document`},
	} {
		t.Run(c.want, func(t *testing.T) {
			is := is.New(t)
			patch := doc.NewPatch()
			err := patch.SetInteger(c.value, 1)
			var e *tomledit.Error
			is.True(errors.As(err, &e))
			is.Equal(e.Error(), c.want)
			is.Equal(output(patch), source(doc))
		})
	}
}

// limited accepts a number of bytes and then fails.
type limited struct {
	bytes.Buffer
	left int
}

var errFull = errors.New("full")

func (l *limited) Write(b []byte) (int, error) {
	n := min(len(b), l.left)
	l.left -= n
	l.Buffer.Write(b[:n])
	if n < len(b) {
		return n, errFull
	}
	return n, nil
}

func TestWriteToReportsWhatWasWritten(t *testing.T) {
	is := is.New(t)
	doc := mustParse(t, "a = 0\n"+strings.Repeat("# a comment\n", 100000)+"b = 0\n"+strings.Repeat("# more\n", 100000))
	patch := doc.NewPatch()
	is.NoErr(patch.SetInteger(doc.Get("b"), 4210))
	whole := output(patch)
	for _, room := range []int{0, 1, 100, 1 << 20, 1200005, 1200012, 1300000, len(whole) - 1} {
		w := &limited{left: room}
		n, err := patch.WriteTo(w)
		is.True(errors.Is(err, errFull))
		is.Equal(n, int64(room))
		is.True(bytes.Equal(w.Bytes(), whole[:room]))
	}
	w := &limited{left: len(whole)}
	n, err := patch.WriteTo(w)
	is.NoErr(err)
	is.Equal(n, int64(len(whole)))
	behind := bytes.NewBufferString("before")
	n, err = patch.WriteTo(behind)
	is.NoErr(err)
	is.Equal(n, int64(len(whole)))
	is.Equal(behind.String(), "before"+string(whole))
}
