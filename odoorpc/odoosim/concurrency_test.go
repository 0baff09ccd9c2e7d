package odoosim_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

// reached returns a matcher for one method and a channel that is closed when a
// call of it arrives.
func reached(method string) (func(odoosim.Call) bool, <-chan struct{}) {
	arrived := make(chan struct{})
	var once sync.Once
	return func(c odoosim.Call) bool {
		if c.Method != method {
			return false
		}
		once.Do(func() { close(arrived) })
		return true
	}, arrived
}

func TestOverlappingLoadsOfTheSameIDs(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		var rows []any
		for i := range 30 {
			rows = append(rows, list{fmt.Sprintf("m.x%d", i), fmt.Sprint(i)})
		}
		match, arrived := reached("load")
		release := make(chan struct{})
		s.Inject(odoosim.Fault{Match: match, Action: odoosim.Delay(release)})
		first := make(chan loadAnswer)
		go func() {
			defer close(first)
			first <- load(t, s, idempotent, list{"id", "name"}, rows...)
		}()
		<-arrived
		second := load(t, s, idempotent, list{"id", "name"}, rows...)
		close(release)
		loser := <-first

		is.Equal(len(second.IDs.(list)), 30)
		is.Equal(loser.IDs, false)
		is.Equal(loser.Messages[0].Message, "could not serialize access due to concurrent update\n")
		is.Equal(loser.Messages[0].Record, 0.0)
		is.Equal(len(s.Tasks()), 30)
		is.Equal(load(t, s, idempotent, list{"id", "name"}, rows...).IDs, second.IDs) // sent again
	})
}

func TestAClientThatLeavesDoesNotStopTheCall(t *testing.T) {
	is := is.New(t)
	s := start(t)
	match, arrived := reached("create")
	release := make(chan struct{})
	s.Inject(odoosim.Fault{Match: match, Action: odoosim.Delay(release)})
	ctx, leave := context.WithCancel(t.Context())
	gone := make(chan error)
	body := rpcBody(t, "object", "execute_kw", admin.request(s, "project.task", "create", list{list{dict{"name": "x"}}}, nil)...)
	go func() {
		req, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL()+"/jsonrpc", strings.NewReader(body))
		if err == nil {
			req.Header.Set("Content-Type", "application/json")
			_, err = http.DefaultClient.Do(req) //nolint:bodyclose // there is no answer
		}
		gone <- err
	}()
	<-arrived
	leave()
	is.True(<-gone != nil)
	is.Equal(len(s.Tasks()), 0)
	close(release)
	for len(s.Tasks()) == 0 { // until the call is through
		is.NoErr(t.Context().Err())
	}
	is.Equal(s.Tasks()[0].Name, "x")
}

func TestClosingFreesCallsThatAreHeld(t *testing.T) {
	for name, action := range map[string]odoosim.Action{
		"hang":              odoosim.Hang(),
		"hang after":        odoosim.Hang().AfterCommit(),
		"delay without end": odoosim.Delay(nil),
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := start(t)
			match, arrived := reached("create")
			s.Inject(odoosim.Fault{Match: match, Action: action})
			seen := make(chan string)
			go func() {
				defer close(seen)
				seen <- tryCreate(t, s)
			}()
			<-arrived
			is.NoErr(s.Close())
			is.True(!strings.HasPrefix(<-seen, "["))
			for name == "hang after" && len(s.Tasks()) == 0 { // until the call is through
				is.NoErr(t.Context().Err())
			}
			is.Equal(len(s.Tasks()) == 1, name == "hang after")
		})
	}
}

func TestManyClientsAtOnce(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		project := s.AddProject(odoosim.Project{Name: "P"})
		var wg sync.WaitGroup
		for worker := range 8 {
			wg.Go(func() {
				for i := range 10 {
					vals := dict{"name": fmt.Sprintf("%d-%d", worker, i), "project_id": project}
					admin.call(t, s, "project.task", "create", list{list{vals, vals}}, nil)
					admin.call(t, s, "project.task", "search_read", list{list{}, list{"name"}}, nil)
					s.AddTask(odoosim.Task{Name: "seeded", ProjectID: project})
					s.Tasks()
					s.Calls()
				}
			})
		}
		wg.Wait()
		is.Equal(len(s.Tasks()), 8*10*3)
		calls := s.Calls()
		is.Equal(len(calls), 8*10*2)
		for i, c := range calls {
			is.Equal(c.Seq, i+1)
		}
	})
}

func TestTheRecordOfCalls(t *testing.T) {
	is := is.New(t)
	s := start(t)
	service(t, s, "common", "authenticate", "demo", "admin", "admin", dict{})
	load(t, s, dict{"mode": "update"}, list{"id", "name"}, list{"m.a", "A"}, list{"m.b", "B"})
	json2(t, s, "project.task/create", `{"vals_list":[{"name":"x"}],"context":{"a":1}}`)
	mustSend(t, s, http.MethodGet, "/web/version", nil, "")
	calls := s.Calls()
	is.Equal(len(calls), 4)
	is.Equal(calls[0].Service, "common")
	is.Equal(calls[0].Method, "authenticate")
	is.Equal(calls[0].Login, "admin")
	is.Equal(calls[0].Args, nil) // no password is kept
	is.Equal(calls[1].Endpoint, "/jsonrpc")
	is.Equal(calls[1].Model, "project.task")
	is.Equal(calls[1].Method, "load")
	is.Equal(calls[1].Rows, 2)
	is.Equal(calls[1].UserID, int64(2))
	is.Equal(calls[1].Context["mode"], "update")
	is.Equal(calls[1].Args[0], list{"id", "name"})
	is.Equal(calls[2].Endpoint, "/json/2/project.task/create")
	is.Equal(calls[2].Rows, 1)
	is.Equal(len(calls[2].Named), 1)
	is.Equal(calls[3].Endpoint, "/web/version")
	s.ForgetCalls()
	is.Equal(len(s.Calls()), 0)
}
