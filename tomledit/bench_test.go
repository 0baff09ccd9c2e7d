package tomledit_test

import (
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pelletier/go-toml/v2/unstable"

	"odoosync/tomledit"
)

// mapPaths is what a reader of feature maps asks for.
func mapPaths() tomledit.Option {
	feature := []string{"features", tomledit.Any}
	story := append(slices.Clip(feature), "user_stories", tomledit.Any)
	below := func(path []string, key string) []string { return append(slices.Clip(path), key) }
	return tomledit.Keep(
		below(feature, "task_id"), below(feature, "description"), below(feature, "tags"), below(below(feature, "tags"), tomledit.Any),
		below(feature, "_deprecated"),
		below(story, "name"), below(story, "task_id"), below(story, "description"), below(story, "tags"),
		below(below(story, "tags"), tomledit.Any),
	)
}

// generatedMap returns a feature map of about the size in bytes, in the layout in which a generator writes
// them. The same size gives the same map.
func generatedMap(size int) []byte {
	r := rand.New(rand.NewPCG(1, uint64(size)))
	words := strings.Fields("order customer limit warning invoice portal login détails 价格 stock move approve report salesman over when total must stay silent before confirm")
	text := func(n int) string {
		var b strings.Builder
		for range n {
			b.WriteString(words[r.IntN(len(words))])
			b.WriteByte(' ')
		}
		return b.String()
	}
	var b bytes.Buffer
	b.WriteString("# Feature-User Story Mapping\n\n[metadata]\ngenerated_at = \"2025-12-18T13:18:27\"\n\n[statistics]\ntime_factor = 0.4\n\n")
	for feature := 0; b.Len() < size; feature++ {
		fmt.Fprintf(&b, "# --- Feature: Feature %d ---\n[features.\"Feature %d\"]\ndescription = \"%s\\n\\nWho: finance\\nWhat: %s\"\nsequence = %d\nenrich-status = \"done\"\ntask_id = %d\ntags = \"Feature, Finance\"\n\nuser_stories = [\n",
			feature, feature, text(12), text(8), feature+1, r.IntN(2)*(1000+feature))
		for story := range 2 + r.IntN(8) {
			fmt.Fprintf(&b, "    { name = \"Story %d %s\", description = \"As a user, I want %s.\\nWhere: Contacts > Sales\", sequence = %d, enrich-status = \"refresh-all\", task_id = %d, tags = \"Story\", components = [\n",
				story, text(2), text(10), story+1, r.IntN(2)*(5000+story))
			for range r.IntN(4) {
				fmt.Fprintf(&b, "        { ref = \"field.res_partner.x_%s\", source_location = \"models/res_partner.py\", complexity = \"simple\", loc = %d, time_estimate = \"0:30\", completion = \"100%%\" },\n",
					text(1), r.IntN(500))
			}
			b.WriteString("    ] },\n")
		}
		b.WriteString("]\n\n")
	}
	return b.Bytes()
}

// bareWalk is the floor: the parser alone, all expressions.
func bareWalk(b *testing.B, src []byte) {
	var p unstable.Parser
	p.Reset(src)
	for p.NextExpression() {
		_ = p.Expression()
	}
	if err := p.Error(); err != nil {
		b.Fatal(err)
	}
}

func parse(b *testing.B, src []byte, opts ...tomledit.Option) *tomledit.Document {
	doc, err := tomledit.Parse("map.toml", src, opts...)
	if err != nil {
		b.Fatal(err)
	}
	return doc
}

// patchPending sets the id of every feature and story that has none.
func patchPending(b *testing.B, doc *tomledit.Document) *tomledit.Patch {
	patch := doc.NewPatch()
	next := int64(40000)
	set := func(v tomledit.Value) {
		if n, ok := v.Int(); !ok || n != 0 {
			return
		}
		next++
		if err := patch.SetInteger(v, next); err != nil {
			b.Fatal(err)
		}
	}
	for feature := range doc.Get("features").Values() {
		set(feature.Get("task_id"))
		for story := range feature.Get("user_stories").Values() {
			set(story.Get("task_id"))
		}
	}
	if next == 40000 {
		b.Fatal("nothing to patch")
	}
	return patch
}

func BenchmarkEditor(b *testing.B) {
	keep := mapPaths()
	for _, mb := range []int{1, 10} {
		src := generatedMap(mb << 20)
		run := func(name string, f func(b *testing.B)) {
			b.Run(fmt.Sprintf("%dMB/%s", mb, name), func(b *testing.B) {
				b.SetBytes(int64(len(src)))
				b.ReportAllocs()
				for b.Loop() {
					f(b)
				}
			})
		}
		run("walk", func(b *testing.B) { bareWalk(b, src) })
		run("parse", func(b *testing.B) { parse(b, src, keep) })
		run("parse-all", func(b *testing.B) { parse(b, src) })
		run("edit", func(b *testing.B) {
			if _, err := patchPending(b, parse(b, src, keep)).WriteTo(io.Discard); err != nil {
				b.Fatal(err)
			}
		})
	}
}

// BenchmarkEditorAgainstWalk takes turns, so that a busy machine slows down both, and reports the median of the
// ratios.
func BenchmarkEditorAgainstWalk(b *testing.B) {
	keep := mapPaths()
	for _, mb := range []int{1, 10} {
		src := generatedMap(mb << 20)
		b.Run(fmt.Sprintf("%dMB", mb), func(b *testing.B) {
			var ratios []float64
			for b.Loop() {
				start := time.Now()
				bareWalk(b, src)
				walked := time.Now()
				if _, err := patchPending(b, parse(b, src, keep)).WriteTo(io.Discard); err != nil {
					b.Fatal(err)
				}
				ratios = append(ratios, float64(time.Since(walked))/float64(walked.Sub(start)))
			}
			slices.Sort(ratios)
			b.ReportMetric(ratios[len(ratios)/2], "x-walk")
		})
	}
}

func BenchmarkManyKeysInOneTable(b *testing.B) {
	var src bytes.Buffer
	for i := range 40000 {
		fmt.Fprintf(&src, "k%d = 0\n", i)
	}
	b.SetBytes(int64(src.Len()))
	b.ReportAllocs()
	for b.Loop() {
		doc := parse(b, src.Bytes())
		for v := range doc.Get().Values() {
			key := v.Key()
			if !doc.Get(key).Exists() {
				b.Fatal(key)
			}
		}
	}
}

func BenchmarkPositions(b *testing.B) {
	src := generatedMap(10 << 20)
	values := integers(parse(b, src).Get())
	b.SetBytes(int64(len(src)))
	for b.Loop() {
		doc := parse(b, src, tomledit.Keep())
		for _, v := range values {
			start, _ := v.Span()
			doc.Position(start)
		}
	}
}
