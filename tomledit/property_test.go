package tomledit_test

import (
	"bytes"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/matryer/is"

	"odoosync/tomledit"
)

// integers returns all integers in a value, in file order of each table.
func integers(v tomledit.Value) []tomledit.Value {
	if v.Kind() == tomledit.Integer {
		return []tomledit.Value{v}
	}
	var found []tomledit.Value
	for child := range v.Values() {
		found = append(found, integers(child)...)
	}
	return found
}

// output returns what a patch writes.
func output(patch *tomledit.Patch) []byte {
	b := bytes.NewBuffer([]byte{})
	_, _ = patch.WriteTo(b) // a bytes.Buffer has no errors
	return b.Bytes()
}

// source returns the bytes that a document was made of.
func source(doc *tomledit.Document) []byte { return output(doc.NewPatch()) }

// raw returns a value as it is written.
func raw(doc *tomledit.Document, v tomledit.Value) string {
	start, end := v.Span()
	return string(source(doc)[start:end])
}

// last returns the last member or element of a value.
func last(v tomledit.Value) tomledit.Value {
	var found tomledit.Value
	for found = range v.Values() {
		continue
	}
	return found
}

// onlyTokensChange is the property of this package: a patch of the values, set in the order given, to numbers
// of many lengths, changes their tokens and no other byte; what comes out parses, and holds the numbers at the same paths
// and on the same lines.
func onlyTokensChange(t *testing.T, doc *tomledit.Document, values []tomledit.Value) []byte {
	t.Helper()
	is := is.New(t)
	patch := doc.NewPatch()
	numbers := map[int]int64{} // by start of the token
	number := int64(4210)
	for _, v := range values {
		number = number*-7 + 1
		is.NoErr(patch.SetInteger(v, number))
		start, _ := v.Span()
		numbers[start] = number
	}

	// What must come out, made in another way: from the back, one replacement at a time.
	want := bytes.Clone(source(doc))
	for at := len(want); at >= 0; at-- {
		if n, ok := numbers[at]; ok {
			token := strings.IndexFunc(string(want[at:]), func(r rune) bool {
				return !strings.ContainsRune("0123456789abcdefABCDEFxo_+-", r)
			})
			if token < 0 {
				token = len(want) - at
			}
			want = append(want[:at:at], append(strconv.AppendInt(nil, n, 10), want[at+token:]...)...)
		}
	}
	got := output(patch)
	is.Equal(string(got), string(want)) // only the tokens change
	var streamed bytes.Buffer
	n, err := patch.WriteTo(struct{ io.Writer }{&streamed})
	is.NoErr(err)
	is.Equal(n, int64(len(got)))
	is.True(bytes.Equal(streamed.Bytes(), got)) // pieces and whole agree

	again, err := tomledit.Parse("", got)
	is.NoErr(err)
	after := map[string]tomledit.Value{}
	for _, v := range integers(again.Get()) {
		after[v.Path()] = v
	}
	for _, v := range values {
		start, _ := v.Span()
		n, ok := after[v.Path()].Int()
		is.True(ok)
		is.Equal(n, numbers[start])
		is.Equal(after[v.Path()].Position().Line, v.Position().Line)
	}
	return got
}

// wellPlaced checks that an error is an *Error whose place is in the source and whose snippet shows one line.
func wellPlaced(t *testing.T, src []byte, err error) *tomledit.Error {
	t.Helper()
	is := is.New(t)
	var e *tomledit.Error
	is.True(errors.As(err, &e))
	is.True(e.Message != "")
	is.True(0 <= e.Pos.Offset && e.Pos.Offset <= len(src))
	is.True(e.EndOffset <= len(src))
	is.Equal(e.Pos.Line, 1+bytes.Count(src[:e.Pos.Offset], []byte("\n")))
	is.True(e.Pos.Column >= 1)
	snippet := e.Snippet()
	is.True(snippet == "" == (e.Line == ""))
	is.True(strings.Count(snippet, "\n") <= 1)
	is.True(utf8.ValidString(snippet))
	return e
}
