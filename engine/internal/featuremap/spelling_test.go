package featuremap

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// TestMisspeltKeysAreWarnedOf has one map a row, and the warnings about it.
func TestMisspeltKeysAreWarnedOf(t *testing.T) {
	const (
		feature = "[features.A]\ntask_id = 0\n"
		story   = feature + "user_stories = [ { name = \"s\", task_id = 0, %s } ]\n"
	)
	for text, want := range map[string]string{
		"[Features.\"X\"]\ntask_id = 0\n":                              `1:2 Features features`,
		"[feature.\"X\"]\ntask_id = 0\n":                               `1:2 feature features`,
		"[FEATURES]\n":                                                 `1:2 FEATURES features`,
		"[featuers.X]\ntask_id = 0\n":                                  `1:2 featuers features`,
		feature + "[feature.B]\ntask_id = 0\n":                         `3:2 feature features`,
		feature + "deprecated = true\n":                                `3:1 features.A.deprecated _deprecated`,
		feature + "Deprecated = \"yes\"\n":                             `3:1 features.A.Deprecated _deprecated`,
		feature + "_depricated = true\n":                               `3:1 features.A._depricated _deprecated`,
		feature + "tag = \"Feature\"\n":                                `3:1 features.A.tag tags`,
		feature + "Tags = \"Feature\"\n":                               `3:1 features.A.Tags tags`,
		feature + "taags = \"Feature\"\n":                              `3:1 features.A.taags tags`,
		feature + "tgas = [\"Feature\"]\n":                             `3:1 features.A.tgas tags`,
		feature + "discription = \"d\"\n":                              `3:1 features.A.discription description`,
		feature + "  \"descripion\" = \"d\"\n":                         `3:3 features.A.descripion description`,
		feature + "desc = \"d\"\n":                                     `3:1 features.A.desc description`,
		feature + "descriptions = '''\nd'''\n":                         `3:1 features.A.descriptions description`,
		feature + "user_story = [ { name = \"s\", task_id = 0 } ]\n":   `3:1 features.A.user_story user_stories`,
		feature + "user-stories = [ { name = \"s\", task_id = 0 } ]\n": `3:1 features.A.user-stories user_stories`,
		feature + "stories = [ { name = \"s\", task_id = 0 } ]\n":      `3:1 features.A.stories user_stories`,
		feature + "[[features.A.story]]\nname = \"s\"\n":               `3:14 features.A.story user_stories`,
		feature + "[[features.A.UserStories]]\nname = \"s\"\n":         `3:14 features.A.UserStories user_stories`,
		feature + "taskid = 5\n":                                       `3:1 features.A.taskid task_id`,
		feature + "task-id = \"5\"\n":                                  `3:1 features.A.task-id task_id`,
		"[features.A]\ntaks_id = 0\n":                                  `2:1 features.A.taks_id task_id`,
		fmt.Sprintf(story, `tag = "x"`):                                `3:45 features.A.user_stories[0].tag tags`,
		fmt.Sprintf(story, `discription = "x"`):                        `3:45 features.A.user_stories[0].discription description`,
		feature + "user_stories = [ { anme = \"s\", task_id = 0 } ]\n": `3:20 features.A.user_stories[0].anme name`,
		feature + "user_stories = [ { nme = \"s\", task_id = 0 } ]\n":  `3:20 features.A.user_stories[0].nme name`,
		feature + "tag = \"a\"\nstories = []\n":                        "3:1 features.A.tag tags\n4:1 features.A.stories user_stories",
	} {
		m, _ := Parse("map.toml", []byte(text), false)
		var have []string
		for _, w := range m.Warnings {
			have = append(have, fmt.Sprintf("%d:%d %s %s", w.Pos.Line, w.Pos.Column, w.Key, strings.TrimSuffix(strings.TrimPrefix(w.Hint, "did you mean "), "?")))
			if key := w.Line[w.Pos.Column-1 : w.EndColumn()-1]; !strings.HasSuffix(w.Key, strings.Trim(key, `"`)) {
				t.Errorf("%q: marked %q for %s", text, key, w.Key)
			}
		}
		if got := strings.Join(have, "\n"); got != want {
			t.Errorf("%q: warnings\n%s\nwant\n%s", text, got, want)
		}
	}
}

// foreign are keys as other tools and people put beside odoosync's.
var foreign = strings.Fields(`
	_meta active actual alias aliases approved area args assignee assigned_to author base begin blocked budget bugs category chapter
	class client code color comment comments company complexity components completion cost created created_at customer data date
	days deadline decided default delivered depends depends_on deps design desired details dev domain done draft due due_date
	effort email end enrich-status enrich_status epic estimate expected external_id fields file files flag flags gate group
	groups hours icon id identifier impact index info issue issues item items iteration jira key keys kind label labels lane
	lang level lines link links list loc location lock log main maintainer meta metadata milestone mode model models module
	modules namespace nature nick note notes number odoo_id order origin outcome owner package page pages parent parent_id path
	paths people percent persona phase picture plan planned points prefix price priority prio process product progress project
	project_id proposed rank ready ref reference references related release remark remarks reporter required requirement
	requirements responsible reviewed reviewer rice risk role roles rows scope score screens section sections seq sequence
	severity size sort source source_location spec specification sprint stage stages start state status story_points subtasks
	summary table tasks_total team template test tests text ticket time time_estimate timebox title to tools topic total track
	type types unit updated url us use_cases user users uuid value values vendor version view views visible wave weight wiki
	futures featured prescription subscription inscription x_name x_tags t_tags tags_old old_task_id task_id_v1 bags game same
	x_priority year zone task_type task_name task_url task_ids tasks task tax taxes tabs name_de description_html description_fr
	description_de tags_extra user_id user_group user_count is_deprecated_by deprecation deprecated_since deprecated_by`)

// TestForeignKeysAreNobodysBusiness gives a map that has all of odoosync's
// keys a foreign one of each kind of value, in each place.
func TestForeignKeysAreNobodysBusiness(t *testing.T) {
	const text = `[features.A]
task_id = 1
description = "d"
tags = "t"
_deprecated = false
%[1]s = %[2]s
user_stories = [ { name = "n", task_id = 0, description = "d", tags = "t", _deprecated = false, %[1]s = %[2]s } ]
[%[1]s]
x = 1
[%[1]ss.y]
x = 1
`
	for _, key := range foreign {
		for _, value := range []string{`"text"`, "1", "true", "[]", "{}", "1.5", "2026-01-01"} {
			warnedOf(t, key, fmt.Sprintf(text, key, value))
		}
		if key != "name" { // without odoosync's optional keys
			warnedOf(t, key, fmt.Sprintf("[features.A]\ntask_id = 0\n%[1]s = \"text\"\nuser_stories = [ { name = \"n\", task_id = 0, %[1]s = 5 } ]\n", key))
		}
	}
	for _, pattern := range []string{"../../../testdata/golden/*/*.toml", "../../../cmd/odoosync/demo/map.toml", "../../../docs/pictures/map.toml"} {
		paths, err := filepath.Glob(pattern)
		if err != nil || len(paths) == 0 {
			t.Fatalf("no maps: %s", pattern)
		}
		for _, path := range paths {
			src, err := os.ReadFile(path)
			is.New(t).NoErr(err)
			warnedOf(t, path, string(src))
		}
	}
}

func warnedOf(t *testing.T, name, text string) {
	t.Helper()
	m, err := Parse("map.toml", []byte(text), false)
	if err != nil {
		t.Fatalf("%s: %v", name, err)
	}
	for _, w := range m.Warnings {
		t.Errorf("%s: false alarm: %v; %s", name, w, w.Hint)
	}
}
