// Texts prints what a map says, as JSON: a list of items with name, task_id and
// description, stories after their feature. It reads the map with a decoder
// that odoosync does not use, so that pictures are checked by a second opinion.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/pelletier/go-toml/v2"
)

type item struct {
	Name        string `toml:"name" json:"name"`
	TaskID      int64  `toml:"task_id" json:"task_id"`
	Description string `toml:"description" json:"description"`
	Parent      int64  `toml:"-" json:"parent"` // task id of the feature, 0 for one
	Stories     []item `toml:"user_stories" json:"-"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "texts:", err)
		os.Exit(1)
	}
}

func run() error {
	src, err := os.ReadFile(os.Args[1])
	if err != nil {
		return err
	}
	var m struct {
		Features map[string]item `toml:"features"`
	}
	if err := toml.Unmarshal(src, &m); err != nil {
		return err
	}
	all := []item{}
	for name, feature := range m.Features {
		feature.Name = name
		all = append(all, feature)
		for _, story := range feature.Stories {
			story.Parent = feature.TaskID
			all = append(all, story)
		}
	}
	return json.NewEncoder(os.Stdout).Encode(all)
}
