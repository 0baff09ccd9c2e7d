package odoosim_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

func TestDomains(t *testing.T) {
	s := start(t)
	shop := s.AddProject(odoosim.Project{Name: "Shop"})
	office := s.AddProject(odoosim.Project{Name: "Office"})
	red, blue := s.AddTag("red"), s.AddTag("blue")
	s.AddTask(odoosim.Task{Name: "Login page", ProjectID: shop, TagIDs: []int64{red, blue}, Description: "<p>x</p>"})
	s.AddTask(odoosim.Task{Name: "login", ProjectID: shop, ParentID: 1, TagIDs: []int64{red}})
	s.AddTask(odoosim.Task{Name: "100%_done", ProjectID: office, ParentID: 2, Sequence: 5})
	s.AddTask(odoosim.Task{Name: "old", ProjectID: office, Archived: true})
	cases := map[string]string{
		`[]`:                                      `[1 2 3]`,
		`false`:                                   `[1 2 3]`,
		`[["name","=","login"]]`:                  `[2]`,
		`[["name","!=","login"]]`:                 `[1 3]`,
		`[["name","in",["login","x"]]]`:           `[2]`,
		`[["name","not in",["login"]]]`:           `[1 3]`,
		`[["name","=",false]]`:                    `[]`,
		`[["description","=",false]]`:             `[2 3]`,
		`[["description","!=",false]]`:            `[1]`,
		`[["id",">",1],["id","<=",3]]`:            `[2 3]`,
		`[["id",">=",2],["id","<",3]]`:            `[2]`,
		`[["id","in",[3,1,99]]]`:                  `[1 3]`,
		`[["project_id","=",1]]`:                  `[1 2]`,
		`[["parent_id","=",false]]`:               `[1]`,
		`[["parent_id","!=",false]]`:              `[2 3]`,
		`[["parent_id","in",[1,false]]]`:          `[1 2]`,
		`[["tag_ids","=",1]]`:                     `[1 2]`,
		`[["tag_ids","in",[2]]]`:                  `[1]`,
		`[["tag_ids","in",2]]`:                    `[1]`,
		`[["tag_ids","not in",[2]]]`:              `[2 3]`,
		`[["tag_ids","=",false]]`:                 `[3]`,
		`[["create_uid","=",2]]`:                  `[1 2 3]`,
		`[["sequence","<",10]]`:                   `[3]`,
		`[["active","=",false]]`:                  `[4]`,
		`[["active","in",[true,false]]]`:          `[1 2 3 4]`,
		`["|",["name","=","login"],["id","=",3]]`: `[2 3]`,
		`["!",["name","=","login"]]`:              `[1 3]`,
		`["|","!",["id","<",3],"&",["id","=",1],["project_id","=",1]]`: `[1 3]`,
		`["&",["id",">",1],["project_id","=",1]]`:                      `[2]`,
	}
	for domain, want := range cases {
		t.Run(domain, func(t *testing.T) {
			is := is.New(t)
			var found []int64
			admin.result(t, s, &found, "project.task", "search", list{json.RawMessage(domain)}, dict{"order": "id"})
			is.Equal(fmt.Sprint(found), want)
		})
	}
	for _, domain := range []string{`["|",["id","=",1]]`, `["x"]`, `[["id","=",1,2]]`, `[["name","ilike","x"]]`, `5`} {
		t.Run(domain, func(t *testing.T) {
			name, _ := admin.fails(t, s, "project.task", "search", list{json.RawMessage(domain)}, nil)
			is.New(t).Equal(name, valueErr)
		})
	}
}

func TestOrderLimitAndOffset(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		project := s.AddProject(odoosim.Project{Name: "P"})
		late := s.AddStage("Late", 9, project)
		early := s.AddStage("Early", 1, project)
		s.AddTask(odoosim.Task{Name: "b", Sequence: 20, StageID: late})
		s.AddTask(odoosim.Task{Name: "a", Sequence: 10, StageID: early})
		s.AddTask(odoosim.Task{Name: "c", Sequence: 10})
		for named, want := range map[string]string{
			`{}`:                              `[3 2 1]`, // sequence, then the newest first
			`{"order":"id"}`:                  `[1 2 3]`,
			`{"order":"id desc"}`:             `[3 2 1]`,
			`{"order":"name asc"}`:            `[2 1 3]`,
			`{"order":"sequence, name"}`:      `[2 3 1]`,
			`{"order":"id","limit":2}`:        `[1 2]`,
			`{"order":"id","limit":0}`:        `[1 2 3]`,
			`{"order":"id","limit":false}`:    `[1 2 3]`,
			`{"order":"id","offset":2}`:       `[3]`,
			`{"order":"id","offset":9}`:       `[]`,
			`{"limit":1,"order":"id desc"}`:   `[3]`,
			`{"order":"active,id","limit":1}`: `[1]`,
		} {
			var found []int64
			var options dict
			if err := json.Unmarshal([]byte(named), &options); err != nil {
				t.Fatal(err)
			}
			admin.result(t, s, &found, "project.task", "search", list{list{}}, options)
			if fmt.Sprint(found) != want {
				t.Errorf("%s: found %v, want %s", named, found, want)
			}
		}
		is := is.New(t)
		name, _ := admin.fails(t, s, "project.task", "search", list{list{}}, dict{"order": "id upward"})
		is.Equal(name, userErr)
		name, _ = admin.fails(t, s, "project.task", "search", list{list{}}, dict{"order": "nosuch"})
		is.Equal(name, valueErr)
	})
}

func TestWhatReadShows(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		project := s.AddProject(odoosim.Project{Name: "P"})
		create(t, s, nil, dict{"name": "", "project_id": project, "description": ""}, dict{"name": "b", "parent_id": 1})
		a := admin.call(t, s, "project.task", "read", list{list{2, 99, 1}, list{
			"name", "description", "project_id", "stage_id", "tag_ids", "active", "sequence",
		}}, nil)
		is.Equal(string(a.Result), `[`+
			`{"active":true,"description":false,"id":2,"name":"b","project_id":[1,"P"],"sequence":10,"stage_id":false,"tag_ids":[]},`+
			`{"active":true,"description":"","id":1,"name":"","project_id":[1,"P"],"sequence":10,"stage_id":false,"tag_ids":[]}]`)
		name, _ := admin.fails(t, s, "project.task", "read", list{list{1}, list{"nosuch"}}, nil)
		is.Equal(name, valueErr)
	})
}

func TestStagesOfAProject(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		shop := s.AddProject(odoosim.Project{Name: "Shop"})
		gone := s.AddProject(odoosim.Project{Name: "Gone", Archived: true})
		s.AddStage("Backlog", 1, gone)
		shared := s.AddStage("Backlog", 2, shop, gone)
		for _, value := range []any{list{shop}, shop} {
			for _, op := range []string{"=", "in"} {
				var found []int64
				admin.result(t, s, &found, "project.task.type", "search",
					list{list{list{"project_ids", op, value}, list{"name", "=", "Backlog"}}}, nil)
				is.Equal(found, []int64{shared})
			}
		}
		var records []dict
		admin.result(t, s, &records, "project.task.type", "read", list{list{shared}, list{"project_ids"}}, nil)
		is.Equal(records[0]["project_ids"], list{float64(shop)}) // archived projects are hidden
		var projects []dict
		admin.result(t, s, &projects, "project.project", "search_read", list{list{}, list{"type_ids"}}, nil)
		is.Equal(projects, []dict{{"id": float64(shop), "type_ids": list{float64(shared)}}})
	})
}

func TestTheDomainOfASearchHasAnotherNameInOdoo14(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		right, wrong := "domain", "args"
		if s.Dialect() == odoosim.V14 {
			right, wrong = wrong, right
		}
		s.AddTag("F")
		var count int
		admin.result(t, s, &count, "project.tags", "search_count", nil, dict{right: list{list{"name", "=", "F"}}})
		is.Equal(count, 1)
		name, _ := admin.fails(t, s, "project.tags", "search_count", nil, dict{wrong: list{}})
		is.Equal(name, "builtins.TypeError")
	})
}
