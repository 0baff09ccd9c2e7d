package odoosim_test

import (
	"testing"
	"time"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

func TestAReplicaLags(t *testing.T) {
	is := is.New(t)
	now := time.Unix(0, 0)
	s := start(t, odoosim.WithReplica(time.Second, 2), odoosim.WithClock(func() time.Time { return now }))
	stage := s.AddStage("Backlog", 1, s.AddProject(odoosim.Project{Name: "P"}))
	tags := func() string { return json2(t, s, "project.tags/search", `{"domain":[]}`).Body }
	load := func() string {
		return json2(t, s, "project.tags/load", `{"fields":["id","name"],"data":[["m.a","A"]],"context":{"mode":"update","noupdate":true}}`).Body
	}
	is.Equal(json2(t, s, "project.task.type/search", `{"domain":[]}`).Body, "[1]") // what was seeded is seen at once
	is.Equal(stage, int64(1))

	loaded := `{"ids":[1],"messages":[],"nextrow":0}`
	is.Equal(load(), loaded)
	is.Equal(load(), loaded) // the primary knows it
	now = now.Add(time.Second)
	is.Equal(tags(), "[]")                                                                        // long enough, but only two calls since
	is.Equal(json2(t, s, "project.tags/get_external_id", `{"ids":[1]}`).Body, `{"1":"m.a"}`)      // from the primary
	is.Equal(string(admin.call(t, s, "project.tags", "search", list{list{}}, nil).Result), "[1]") // from the primary
	is.Equal(tags(), "[1]")

	json2(t, s, "project.tags/create", `{"vals_list":[{"name":"B"}]}`)
	for range 5 {
		is.Equal(tags(), "[1]") // calls enough, but no time has passed
	}
	now = now.Add(time.Second)
	is.Equal(tags(), "[1,2]")
}
