package odoosim_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

func TestACallWaitsForAWorker(t *testing.T) {
	is := is.New(t)
	s := start(t, odoosim.WithWorkers(1, 0, 0))
	match, arrived := reached("load")
	release := make(chan struct{})
	s.Inject(odoosim.Fault{Match: match, Action: odoosim.Delay(release)})
	var answers [2]loadAnswer
	var both sync.WaitGroup
	both.Go(func() { answers[0] = load(t, s, idempotent, list{"id", "name"}, list{"m.a", "A"}) })
	<-arrived
	both.Go(func() { answers[1] = load(t, s, idempotent, list{"id", "name"}, list{"m.a", "A"}) })
	for len(s.Calls()) < 2 { // until it has come
		is.NoErr(t.Context().Err())
	}
	close(release)
	both.Wait()
	is.Equal(answers[0].IDs, list{1.0})
	is.Equal(answers[1].IDs, list{1.0}) // it began when the first was through: no conflict
}

func TestACallTakesItsTime(t *testing.T) {
	is := is.New(t)
	s := start(t, odoosim.WithWorkers(8, 5*time.Millisecond, 10*time.Millisecond))
	began := time.Now()
	service(t, s, "common", "version")
	is.True(time.Since(began) >= 5*time.Millisecond)
	began = time.Now()
	load(t, s, idempotent, list{"id", "name"}, list{"m.x", "A"}, list{"m.y", "B"})
	is.True(time.Since(began) >= 25*time.Millisecond)
}

func TestLoadsAtOnceConflictOnlyWhereTheyMeet(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		const clients = 8
		all := make(chan struct{})
		var once sync.Once
		s.Inject(odoosim.Fault{Times: clients, Action: odoosim.Delay(all), Match: func(c odoosim.Call) bool {
			if c.Overlap == clients-1 {
				once.Do(func() { close(all) })
			}
			return true
		}})
		project := s.AddProject(odoosim.Project{Name: "P"})
		parent := s.AddTask(odoosim.Task{Name: "F", ProjectID: project})
		var answers [clients]loadAnswer
		var group sync.WaitGroup
		for i := range answers {
			group.Go(func() {
				rows := list{list{fmt.Sprintf("m.x%d", i), "A", project, parent}, list{fmt.Sprintf("m.y%d", i), "B", project, parent}}
				if i == clients-1 {
					rows[0] = list{"m.x0", "A", project, parent}
				}
				answers[i] = load(t, s, idempotent, list{"id", "name", "project_id/.id", "parent_id/.id"}, rows...)
			})
		}
		group.Wait()
		refused := 0
		for _, a := range answers {
			if a.IDs == false {
				refused++
				is.Equal(a.Messages[0].Message, "could not serialize access due to concurrent update\n")
			}
		}
		is.Equal(refused, 1) // the first or the last, which share an id
		is.Equal(len(s.Tasks()), 1+2*(clients-1))
	})
}
