package tomledit_test

import (
	"errors"
	"fmt"
	"os"

	"odoosync/tomledit"
)

const exampleMap = `# Two tasks
[features."Login page"]
task_id = 0   # not created yet

user_stories = [
    { name = "Sign in", task_id = 412 },
    { name = "Sign out", task_id = 0x0 },
]
`

func ExampleParse() {
	_, err := tomledit.Parse("map.toml", []byte("a = 1\nb = 2024-02-30\n"))
	if e, ok := errors.AsType[*tomledit.Error](err); ok {
		fmt.Println(e)
		fmt.Println(e.Snippet())
	}
	// Output:
	// map.toml:2:5: b: the month has no such day
	// b = 2024-02-30
	//     ^^^^^^^^^^
}

// A rule of the caller's own is reported as the rules of TOML are.
func ExampleDocument_ErrorAt() {
	doc, err := tomledit.Parse("map.toml", []byte("[price]\nnet = 12\ngross = 10\n"))
	if err != nil {
		panic(err)
	}
	gross := doc.Get("price", "gross")
	start, end := gross.Span()
	e := doc.ErrorAt(start, end, gross.Path(), "gross is less than net", "did you swap them?")
	fmt.Println(e)
	fmt.Println(e.Snippet())
	// Output:
	// map.toml:3:9: price.gross: gross is less than net
	// gross = 10
	//         ^^
}

func ExampleDocument_Get() {
	doc, err := tomledit.Parse("map.toml", []byte(exampleMap))
	if err != nil {
		panic(err)
	}
	for story := range doc.Get("features", "Login page", "user_stories").Values() {
		name, _ := story.Get("name").Text()
		id := story.Get("task_id")
		n, _ := id.Int()
		fmt.Printf("line %d: %s = %d: %s\n", id.Position().Line, id.Path(), n, name)
	}
	// Output:
	// line 6: features."Login page".user_stories[0].task_id = 412: Sign in
	// line 7: features."Login page".user_stories[1].task_id = 0: Sign out
}

func ExamplePatch() {
	doc, err := tomledit.Parse("map.toml", []byte(exampleMap), tomledit.Keep([]string{"features", tomledit.Any, "task_id"}))
	if err != nil {
		panic(err)
	}
	patch := doc.NewPatch()
	if err := patch.SetInteger(doc.Get("features", "Login page", "task_id"), 4211); err != nil {
		panic(err)
	}
	if _, err := patch.WriteTo(os.Stdout); err != nil {
		panic(err)
	}
	// Output:
	// # Two tasks
	// [features."Login page"]
	// task_id = 4211   # not created yet
	//
	// user_stories = [
	//     { name = "Sign in", task_id = 412 },
	//     { name = "Sign out", task_id = 0x0 },
	// ]
}
