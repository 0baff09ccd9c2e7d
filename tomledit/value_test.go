package tomledit_test

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"
	"github.com/pelletier/go-toml/v2"

	"odoosync/tomledit"
)

func mustParse(t *testing.T, src string, opts ...tomledit.Option) *tomledit.Document {
	t.Helper()
	doc, err := tomledit.Parse("map.toml", []byte(src), opts...)
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// tree lists all recorded values with their kinds.
func tree(v tomledit.Value) []string {
	var list []string
	for child := range v.Values() {
		list = append(list, child.Path()+" "+child.Kind().String())
		list = append(list, tree(child)...)
	}
	return list
}

func TestFindsEverySpelling(t *testing.T) {
	for _, src := range []string{
		"[features.\"A b\"]\ntask_id = 0",
		"[features]\n'A b' = { \"task\\u005Fid\" = 0 }",
		"features.\"A b\".task_id = +0",
		"features = {\r\n  # c\r\n  \"A b\".x = 1, 'A b'.task_id = 0x0,\r\n}\r\n",
		"[features.\"A b\".x]\n[features.\"\\u0041 b\"]\n\ttask_id\t=\t-0",
		"features = { \"A b\".task_id = 0, x = 1 }",
		"\ufeff[ features . 'A b' ]\ntask_id=0b0#c",
	} {
		t.Run(src, func(t *testing.T) {
			is := is.New(t)
			doc := mustParse(t, src)
			id := doc.Get("features", "A b", "task_id")
			n, ok := id.Int()
			is.True(ok)
			is.Equal(n, int64(0))
			is.Equal(id.Path(), `features."A b".task_id`)
			is.Equal(id.Key(), "task_id")
			is.Equal(doc.Get("features").Get("A b").Get("task_id"), id)
			out := onlyTokensChange(t, doc, []tomledit.Value{id})
			is.True(strings.Contains(string(out), "-29469"))
		})
	}
}

func TestKeepRecordsWhatMatchesAndTheWayThere(t *testing.T) {
	is := is.New(t)
	src := "[meta]\nx = 1\n[features.A]\ntask_id = 0\nother = { task_id = 0 }\ns = [{ n = 'x', task_id = 0, c = [1, 2] }, 5]\n" +
		"[features.B]\ns = 7\n[[features.C.s]]\ntask_id = 1\nn.x = 1\n"
	any := tomledit.Any
	got := tree(mustParse(t, src, tomledit.Keep([]string{"features", any, "task_id"}), tomledit.Keep([]string{"features", any, "s", any, "task_id"})).Get())
	is.Equal(got, []string{
		"features table",
		"features.A table", "features.A.task_id integer",
		"features.A.s array", "features.A.s[0] table", "features.A.s[0].task_id integer", "features.A.s[1] integer",
		"features.B table", "features.B.s integer", // on the way, though no array
		"features.C table", "features.C.s array", "features.C.s[0] table", "features.C.s[0].task_id integer",
	})
	doc := mustParse(t, src, tomledit.Keep([]string{"features", any, "task_id"}))
	for _, leftOut := range [][]string{{"meta"}, {"meta", "x"}, {"features", "A", "other"}, {"features", "A", "other", "task_id"}, {"features", "C", "s"}} {
		is.True(!doc.Get(leftOut...).Exists())
	}
	is.True(doc.Get("features", "A", "task_id").Exists())
	is.Equal(len(tree(mustParse(t, src, tomledit.Keep()).Get())), 0)
	is.Equal(tree(mustParse(t, src, tomledit.Keep([]string{any, "A"}, []string{"meta"})).Get()), []string{
		"meta table", "features table", "features.A table",
	})
	is.Equal(tree(mustParse(t, "[meta]\nx = 1\ny = 2\nz = 3\n", tomledit.Keep([]string{any, "x"}, []string{"meta", "y"})).Get()), []string{
		"meta table", "meta.x integer", "meta.y integer",
	})
	is.Equal(tree(mustParse(t, "a = [[1, 2], [[3]], []]", tomledit.Keep([]string{"a", any})).Get()), []string{
		"a array", "a[0] array", "a[1] array", "a[2] array",
	})
	for _, fault := range []string{"b = { c = 1, c = 2 }", "b = [ 1, 9223372036854775808 ]", "b = [ 'x', [ {}, { c = 1, c = 2 } ] ]"} {
		_, err := tomledit.Parse("map.toml", []byte("a = 1\n"+fault), tomledit.Keep())
		is.True(err != nil) // what is not kept is checked
	}
}

func TestSpansOfContainersWhoseContentsAreNotKept(t *testing.T) {
	is := is.New(t)
	src := "a = [ [ ']', [1], {b = ']'} ], # ]\n [ \"\"\"]\\\"\"\"\"\"\", '''}'''''] , { x = [ # ]\n 1, ] , } ]"
	doc := mustParse(t, src, tomledit.Keep([]string{"a", tomledit.Any}))
	var written []string
	for v := range doc.Get("a").Values() {
		written = append(written, raw(doc, v))
	}
	is.Equal(written, []string{"[ ']', [1], {b = ']'} ]", "[ \"\"\"]\\\"\"\"\"\"\", '''}''''']", "{ x = [ # ]\n 1, ] , }"})
}

func TestValuesOfTablesMadeByHeadersStandAtTheirKeys(t *testing.T) {
	is := is.New(t)
	doc := mustParse(t, "[a.\"b c\"]\n  [[s]]\n x = 1\n[[s]]\ny.z = [1]\n")
	at := func(v tomledit.Value) string {
		p := v.Position()
		start, end := v.KeySpan()
		return fmt.Sprintf("%d:%d %q %q", p.Line, p.Column, source(doc)[start:end], raw(doc, v))
	}
	is.Equal(at(doc.Get("a", "b c")), `1:4 "\"b c\"" "\"b c\""`)
	is.Equal(at(doc.Get("s")), `2:5 "s" "s"`)
	is.Equal(at(last(doc.Get("s"))), `4:3 "" "s"`)
	is.Equal(at(last(doc.Get("s")).Get("y")), `5:1 "y" "y"`)
	is.Equal(at(last(doc.Get("s")).Get("y", "z")), `5:7 "z" "[1]"`)
	is.Equal(at(last(last(doc.Get("s")).Get("y", "z"))), `5:8 "" "1"`)
	is.Equal(at(doc.Get()), `1:1 "" ""`)

	doc = mustParse(t, "[a.b]\n['a']\n")
	is.Equal(at(doc.Get("a")), `1:2 "a" "a"`)
}

func TestAbsentValues(t *testing.T) {
	is := is.New(t)
	doc := mustParse(t, "a = 1\nb = [1]\n")
	for _, v := range []tomledit.Value{
		{}, doc.Get("c"), doc.Get("a", "x"), doc.Get("b", "0"), doc.Get(tomledit.Any), new(tomledit.Document).Get(), new(tomledit.Document).Get("a"),
	} {
		is.Equal(v, tomledit.Value{})
		is.True(!v.Exists() && v.Kind() == tomledit.Invalid && v.Len() == 0)
		is.True(v.Path() == "" && v.Key() == "" && v.Position() == tomledit.Position{})
		for _, span := range []func() (int, int){v.Span, v.KeySpan} {
			start, end := span()
			is.True(start == 0 && end == 0)
		}
		for range v.Values() {
			t.Error("something in nothing")
		}
		_, isText := v.Text()
		_, isInt := v.Int()
		_, isBool := v.Bool()
		is.True(!isText && !isInt && !isBool)
	}
	is.Equal(doc.Get(), doc.Get())
	is.True(doc.Get() != mustParse(t, "a = 1\nb = [1]\n").Get())
}

func TestZeroValuesCanBeUsed(t *testing.T) {
	is := is.New(t)
	var doc tomledit.Document
	is.True(!doc.Get().Exists() && !doc.Get("a").Exists())
	is.Equal(doc.Position(5), tomledit.Position{Line: 1, Column: 1})
	is.Equal(doc.ErrorAt(0, 9, "a", "wrong", "").Error(), "1:1: a: wrong")
	is.Equal(source(&doc), []byte{})

	var patch tomledit.Patch
	is.Equal(output(&patch), []byte{})
	is.Equal(patch.SetInteger(tomledit.Value{}, 1).Error(), "1:1: there is no value to set")
	is.Equal(patch.SetInteger(mustParse(t, "a = 1").Get("a"), 1).Error(), "map.toml:1:5: a: the value is of another document")

	var e tomledit.Error
	is.Equal(e.Error(), "0:0: ")
	is.Equal(e.Snippet(), "")
	is.Equal(e.EndColumn(), 1)
	is.Equal(tomledit.Position{}.Line, 0)
	is.Equal(tomledit.Kind(0).String(), "nothing")
	is.True(mustParse(t, "a = 1", nil).Get("a").Exists())
}

// At some number of keys a table is searched in another way. It must be found at every number around it.
func TestTablesOfAnyNumberOfKeys(t *testing.T) {
	for n := range 40 {
		for _, shape := range []struct{ open, entry, closing, path string }{
			{"", "k%d = 0\n", "", ""},
			{"a = { ", "k%d = 0, ", "%s}", "a"},
			{"a = { ", "'k%d' = 0, ", "x.y = 1, %s}", "a"},
			{"[a]\n", "\"k\\u0025%d\" = 0\n", "", "a"},
			{"", "[a.k%d]\n", "", "a"},
			{"", "a.k%d.b = 0\n", "", "a"},
		} {
			is := is.New(t)
			var src strings.Builder
			src.WriteString(shape.open)
			for i := range n {
				fmt.Fprintf(&src, shape.entry, i)
			}
			end := func(more string) string {
				if shape.closing == "" {
					return more
				}
				return fmt.Sprintf(shape.closing, more)
			}
			doc := mustParse(t, src.String()+end(""))
			table := doc.Get()
			if shape.path != "" {
				table = doc.Get(shape.path)
			}
			for v := range table.Values() {
				key := v.Key()
				is.Equal(table.Get(key), v)
			}
			is.True(!table.Get("k").Exists() && !table.Get(fmt.Sprintf("k%d", n)).Exists())
			for i := range n { // each key once more
				if strings.HasPrefix(shape.entry, "a.k") {
					break
				}
				_, err := tomledit.Parse("", []byte(src.String()+end(fmt.Sprintf(shape.entry, i))))
				is.True(err != nil && strings.Contains(err.Error(), "already defined on line"))
			}
		}
	}
}

func TestKeepTakesManyPaths(t *testing.T) {
	is := is.New(t)
	var src strings.Builder
	var paths [][]string
	for i := range 300 {
		fmt.Fprintf(&src, "[t.k%d]\nx = 1\ny = 2\n", i)
		paths = append(paths, []string{"t", fmt.Sprintf("k%d", i), "x"})
	}
	for n, recorded := range map[int]int{0: 0, 1: 3, 2: 5, 31: 63, 32: 901, 300: 901} {
		doc := mustParse(t, src.String(), tomledit.Keep(paths[:n]...))
		is.Equal(len(tree(doc.Get())), recorded)
		if n == 0 {
			continue
		}
		is.True(doc.Get("t", fmt.Sprintf("k%d", n-1), "x").Exists())
	}
	var options []tomledit.Option
	for _, path := range paths[:31] {
		options = append(options, tomledit.Keep(path))
	}
	is.Equal(len(tree(mustParse(t, src.String(), options...).Get())), 63) // as of one option with all paths

	// One path of many keys.
	long := make([]string, 300)
	for i := range long {
		long[i] = fmt.Sprintf("k%d", i)
	}
	deep := strings.Join(long, ".") + ".x = 1\n"
	is.True(mustParse(t, deep, tomledit.Keep(long)).Get(long...).Exists())
	is.True(!mustParse(t, deep, tomledit.Keep(long)).Get(append(long, "x")...).Exists())
}

func TestPathsQuoteOnlyWhereTOMLWould(t *testing.T) {
	is := is.New(t)
	doc := mustParse(t, "\"a-b_1\".\"Login page\".\"\".\"a.b\\\"\\\\\\n\\u0007\\u202Eé😀\\U000E0001\" = [[0]]")
	is.Equal(integers(doc.Get())[0].Path(), `a-b_1."Login page".""."a.b\"\\\n\u0007\u202Eé😀\U000E0001"[0][0]`)
}

// The keys look alike to a search that looks at lengths, ends or sums of keys first.
func TestKeysThatLookAlikeAreTold(t *testing.T) {
	is := is.New(t)
	alike := []string{"a", "aZ", `"aZ"`, "a.b", "a-b", `a"b`, `a\"b`, ""}
	for src, there := range map[string]string{
		`aZ = 0`: "aZ", `"aZ" = 0`: "aZ", `'a' = 0`: "a", `'"aZ"' = 0`: `"aZ"`, `a-b = 0`: "a-b", `"a.b" = 0`: "a.b",
		`"a\"b" = 0`: `a"b`, `'a\"b' = 0`: `a\"b`, `"" = 0`: "",
	} {
		for _, keep := range [][]string{{tomledit.Any}, {"aZ"}, {"a"}, alike} {
			paths := [][]string{{tomledit.Any}}
			for _, key := range keep {
				paths = append(paths, []string{key})
			}
			doc := mustParse(t, src, tomledit.Keep(paths...))
			for _, key := range alike {
				is.Equal(doc.Get(key).Exists(), key == there)
			}
		}
	}
	const sameHash = "Pb" // as the empty key
	doc := mustParse(t, "'' = 1\n"+sameHash+" = 2\nx.'' = 3\n")
	is.Equal(doc.Get(sameHash).Key(), sameHash)
	is.Equal(doc.Get("").Key(), "")
	is.True(!doc.Get("x", sameHash).Exists())
}

func TestLargeTablesAreFoundByKeyAndByNumber(t *testing.T) {
	is := is.New(t)
	var src strings.Builder
	for i := range 3000 {
		key := []string{"k#", "'k #'", "\"\\u006b.#\"", "t.k#"}[i%4]
		fmt.Fprintf(&src, "%s = 0\n", strings.ReplaceAll(key, "#", strconv.Itoa(i)))
	}
	doc := mustParse(t, src.String())
	root := doc.Get()
	is.Equal(root.Len(), 2251)
	is.Equal(doc.Get("t").Len(), 750)
	for _, key := range []string{"k0", "k 1", "k.2", "k2996", "k 2997", "k.2998"} {
		is.Equal(doc.Get(key).Key(), key)
	}
	is.Equal(doc.Get("t", "k2999").Path(), "t.k2999")
	is.True(!doc.Get("k1").Exists())
	is.Equal(last(root).Key(), "k.2998")
	is.Equal(last(doc.Get("t")).Key(), "k2999")
}

func TestDocumentsCanBeReadByManyAtOnce(t *testing.T) {
	doc := mustParse(t, lines(100)+"#"+strings.Repeat("x", 3000))
	line := func(offset int) string { return doc.ErrorAt(offset, offset, "", "", "").Line }
	var readers sync.WaitGroup
	for range 8 {
		readers.Go(func() {
			v := doc.Get("k99")
			if v.Position().Line != 100 || last(doc.Get()) != v || v.Path() != "k99" || line(v.Position().Offset) != "k99 = 0" || len(line(len(source(doc)))) != 3001 {
				t.Error("wrong value")
			}
			patch := doc.NewPatch()
			if err := patch.SetInteger(v, 1); err != nil || len(output(patch)) != len(source(doc)) {
				t.Error("wrong patch")
			}
		})
	}
	readers.Wait()
}

func TestKindsHaveNames(t *testing.T) {
	is := is.New(t)
	var names []string
	for k := tomledit.Invalid; k <= tomledit.LocalTime+1; k++ {
		names = append(names, k.String())
	}
	is.True(slices.Equal(names, []string{"nothing", "table", "array", "string", "integer", "float", "boolean",
		"date-time", "local date-time", "local date", "local time", "unknown kind"}))
}

// TestAQuotedKeyIsNoShorterBareKey has keys that begin like another in the
// source, with the same hash.
func TestAQuotedKeyIsNoShorterBareKey(t *testing.T) {
	for _, src := range []string{"z.l.x = 1\n\"z.l\" = 2\n", "M = 1\n\"M = 1\" = 2\n", "[f.z.l]\nx = 1\n[f.\"z.l\"]\ny = 2\n[f.z]\nw = 3\n"} {
		is := is.New(t)
		var want map[string]any
		is.NoErr(toml.Unmarshal([]byte(src), &want))
		doc := mustParse(t, src)
		n := 0
		for range doc.Get().Values() {
			n++
		}
		is.Equal(n, len(want))
	}
}
