package tomledit_test

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/matryer/is"
	"github.com/pelletier/go-toml/v2"

	"odoosync/tomledit"
)

// The seeds are the documents and mistakes of the table tests and the files under testdata/fuzz.
func seed(f *testing.F) {
	for _, doc := range documents {
		f.Add([]byte(doc.src))
	}
	for _, list := range mistakes {
		for _, m := range list {
			f.Add([]byte(m.src))
		}
	}
	f.Add(generatedMap(2000))
}

func TestFuzzSeedsAreThere(t *testing.T) {
	is := is.New(t)
	is.True(len(documents) > 50)
	for _, target := range []string{"FuzzAgreesWithDecoder", "FuzzComesBack", "FuzzPatchChangesOnlyItsTokens"} {
		files, err := filepath.Glob(filepath.Join("testdata", "fuzz", target, "*"))
		is.NoErr(err)
		is.True(len(files) > 0) // an empty folder means that the seeds were not checked in
		for _, file := range files {
			seed, err := os.ReadFile(file)
			is.NoErr(err)
			is.True(bytes.HasPrefix(seed, []byte("go test fuzz v1\n")))
		}
	}
}

// leapSecond is the one thing that this package accepts and the decoder does not: TOML's grammar has it.
var leapSecond = regexp.MustCompile(`[0-9]:[0-9]{2}:60`)

// FuzzAgreesWithDecoder holds go-toml's decoder, which is slow but widely used, against this package: both
// accept a document or both refuse it, and they agree on keys, strings, integers and booleans.
func FuzzAgreesWithDecoder(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		doc, err := tomledit.Parse("fuzz.toml", src)
		if err != nil {
			_ = wellPlaced(t, src, err)
		}
		var want map[string]any
		oracle := toml.Unmarshal(bytes.TrimPrefix(src, []byte("\ufeff")), &want)
		switch {
		case leapSecond.Match(src):
		case err != nil && oracle == nil:
			t.Fatalf("refused: %v", err)
		case err == nil && oracle != nil:
			t.Fatalf("accepted, but the decoder says: %v", oracle)
		case err == nil:
			sameTable(t, doc.Get(), want)
		}
	})
}

func sameTable(t *testing.T, got tomledit.Value, want map[string]any) {
	t.Helper()
	if got.Kind() != tomledit.Table || got.Len() != len(want) {
		t.Fatalf("%s: %s of %d, want a table of %d", got.Path(), got.Kind(), got.Len(), len(want))
	}
	for member := range got.Values() {
		key := member.Key()
		if got.Get(key) != member {
			t.Fatalf("%s is not found again", member.Path())
		}
		value, ok := want[key]
		if !ok {
			t.Fatalf("%s: the decoder has no such key", member.Path())
		}
		same(t, member, value)
	}
}

func same(t *testing.T, got tomledit.Value, want any) {
	t.Helper()
	ok := true
	switch want := want.(type) {
	case map[string]any:
		sameTable(t, got, want)
	case []any:
		if got.Kind() != tomledit.Array || got.Len() != len(want) {
			t.Fatalf("%s: %s of %d, want an array of %d", got.Path(), got.Kind(), got.Len(), len(want))
		}
		i := 0
		for element := range got.Values() {
			if key := element.Key(); key != "" {
				t.Fatalf("%s has the key %q", element.Path(), key)
			}
			same(t, element, want[i])
			i++
		}
	case string:
		var text string
		text, ok = got.Text()
		ok = ok && text == want
	case int64:
		var n int64
		n, ok = got.Int()
		ok = ok && n == want
	case bool:
		var b bool
		b, ok = got.Bool()
		ok = ok && b == want
	case float64:
		ok = got.Kind() == tomledit.Float
	default: // dates and times
		ok = got.Kind() >= tomledit.DateTime
	}
	if !ok {
		t.Fatalf("%s: %s, want %v", got.Path(), got.Kind(), want)
	}
}

func FuzzComesBack(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		before := bytes.Clone(src)
		doc, err := tomledit.Parse("fuzz.toml", src)
		if !bytes.Equal(src, before) {
			t.Fatal("the source was written to")
		}
		if err != nil {
			return
		}
		if got := source(doc); !bytes.Equal(got, src) {
			t.Fatalf("came back as %q", got)
		}
		inPlace(t, src, doc.Get())
	})
}

// inPlace checks that a value and all in it stand where they say.
func inPlace(t *testing.T, src []byte, v tomledit.Value) {
	t.Helper()
	start, end := v.Span()
	if start < 0 || end < start || end > len(src) {
		t.Fatalf("%s: span %d to %d", v.Path(), start, end)
	}
	if v.Position().Offset != start {
		t.Fatalf("%s: at %v, span from %d", v.Path(), v.Position(), start)
	}
	token := string(src[start:end])
	if token != "" && (token[0] == '[' || token[0] == '{') {
		brackets := token[:1] + token[len(token)-1:]
		if brackets != "[]" && brackets != "{}" {
			t.Fatalf("%s: brackets %q in %q", v.Path(), brackets, token)
		}
		if _, err := tomledit.Parse("", []byte("v="+token)); err != nil {
			t.Fatalf("%s: the span is no value: %q: %v", v.Path(), token, err)
		}
	}
	for child := range v.Values() {
		inPlace(t, src, child)
	}
}

func FuzzPatchChangesOnlyItsTokens(f *testing.F) {
	seed(f)
	f.Fuzz(func(t *testing.T, src []byte) {
		doc, err := tomledit.Parse("fuzz.toml", src)
		if err != nil {
			return
		}
		values := integers(doc.Get())
		for i, j := range shuffled(len(values), src) { // some of them, in any order, some twice
			values[i], values[j] = values[j], values[i]
		}
		onlyTokensChange(t, doc, values[:len(values)-len(values)/3])
	})
}

// shuffled returns a number below n for each number below n, the same ones for the same source.
func shuffled(n int, src []byte) []int {
	order := make([]int, n)
	state := uint32(len(src))
	for i := range order {
		state = state*1664525 + 1013904223 + uint32(src[i%len(src)])
		order[i] = int(state>>8) % n
	}
	return order
}
