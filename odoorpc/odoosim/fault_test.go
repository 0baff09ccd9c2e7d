package odoosim_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

// tryCreate creates one task and says what the client sees of it.
func tryCreate(t *testing.T, s *odoosim.Server) string {
	t.Helper()
	args := admin.request(s, "project.task", "create", list{list{dict{"name": "x"}}}, nil)
	a, err := send(t, s, http.MethodPost, "/jsonrpc", jsonHeader, rpcBody(t, "object", "execute_kw", args...))
	var parsed rpcAnswer
	switch {
	case err != nil:
		return err.Error()
	case a.Status != http.StatusOK || !strings.HasPrefix(a.Body, "{"):
		return fmt.Sprintf("%d %s%s", a.Status, a.Header.Get("Content-Type"), a.Header.Get("Retry-After"))
	case json.Unmarshal([]byte(a.Body), &parsed) != nil:
		return a.Body
	case parsed.Error != nil:
		return parsed.Error.Data.Name + ": " + parsed.Error.Data.Message
	}
	return string(parsed.Result)
}

func TestFaults(t *testing.T) {
	cases := map[string]struct {
		action odoosim.Action
		sees   string // how what the client sees begins
		stored int    // tasks
	}{
		"status":              {odoosim.Status(503, "2"), "503 text/html2", 0},
		"status after commit": {odoosim.Status(504, "").AfterCommit(), "504 text/html", 1},
		"page":                {odoosim.Page(429, "", "text/plain", "slow down"), "429 text/plain", 0},
		"garbage":             {odoosim.Garbage(), "200 text/html", 0},
		"garbage after":       {odoosim.Garbage().AfterCommit(), "200 text/html", 1},
		"drop before":         {odoosim.DropBefore(), "EOF", 0},
		"drop after":          {odoosim.DropAfter(), "EOF", 1},
		"half answer":         {odoosim.HalfAnswer(), "unexpected EOF", 1},
		"error": {odoosim.ErrorName("psycopg2.errors.SerializationFailure", "could not serialize"),
			"psycopg2.errors.SerializationFailure: could not serialize", 0},
		"answer":         {odoosim.Answer([]int64{7, 7}), "[7,7]", 0},
		"answer after":   {odoosim.Answer([]int64{-1}).AfterCommit(), "[-1]", 1},
		"refuse by name": {odoosim.RefuseName("x", "not x"), "odoo.exceptions.ValidationError: not x", 0},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			s := start(t)
			s.Inject(odoosim.Fault{Match: odoosim.On("project.task", "create"), Action: c.action})
			got := tryCreate(t, s)
			if !strings.HasPrefix(got, c.sees) {
				t.Errorf("the client sees %q, want %q", got, c.sees)
			}
			is.Equal(len(s.Tasks()), c.stored)
			is.True(strings.HasPrefix(tryCreate(t, s), "[")) // it acts once
			is.Equal(len(s.Tasks()), c.stored+1)
		})
	}
}

func TestHowOftenAFaultActs(t *testing.T) {
	is := is.New(t)
	s := start(t)
	s.Inject(odoosim.Fault{Skip: 1, Times: 2, Action: odoosim.Status(502, "")})
	var seen []bool
	for range 5 {
		seen = append(seen, strings.HasPrefix(tryCreate(t, s), "502"))
	}
	is.Equal(seen, []bool{false, true, true, false, false})

	s.Inject(odoosim.Fault{Times: -1, Action: odoosim.Status(502, "")})
	for range 3 {
		is.True(strings.HasPrefix(tryCreate(t, s), "502"))
	}
	s.ClearFaults()
	is.True(strings.HasPrefix(tryCreate(t, s), "["))
}

func TestFaultsActInTheOrderOfTheirInjectionUntilOneEndsTheCall(t *testing.T) {
	is := is.New(t)
	s := start(t)
	released := make(chan struct{})
	close(released)
	s.Inject(
		odoosim.Fault{Action: odoosim.Delay(released)},
		odoosim.Fault{Action: odoosim.Status(503, "")},
		odoosim.Fault{Action: odoosim.Status(502, "")},
	)
	is.Equal(tryCreate(t, s), "503 text/html")
	is.Equal(tryCreate(t, s), "502 text/html")
	is.Equal(tryCreate(t, s), "[1]")
}

func TestARefusedRowOfALoad(t *testing.T) {
	bothDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		s.Inject(odoosim.Fault{Action: odoosim.RefuseName("B", "B is not welcome")})
		a := load(t, s, idempotent, list{"id", "name"}, list{"m.a", "A"}, list{"m.b", "B"})
		is.Equal(a.IDs, false)
		is.Equal(len(a.Messages), 1)
		is.Equal(a.Messages[0].Record, 1.0)
		is.True(strings.HasSuffix(a.Messages[0].Message, "B is not welcome"))
		is.Equal(len(s.Tasks()), 0)
		is.True(load(t, s, idempotent, list{"id", "name"}, list{"m.b", "B"}).IDs != false)
	})
}

func TestAServerThatForbidsLoad(t *testing.T) {
	is := is.New(t)
	s := start(t)
	s.Inject(odoosim.Fault{Match: odoosim.On("project.task", "load"), Times: -1, Action: odoosim.LoadMessage("not for you")})
	a := load(t, s, idempotent, list{"id", "name"}, list{"m.a", "A"})
	is.Equal(a.IDs, false)
	is.Equal(a.Messages[0].Message, "not for you")
	is.Equal(a.Messages[0].Rows, nil)
	is.Equal(len(s.Tasks()), 0)
}

func TestFaultsOverJSON2(t *testing.T) {
	is := is.New(t)
	s := start(t)
	s.Inject(odoosim.Fault{Match: odoosim.On("project.task", "create"),
		Action: odoosim.ErrorName("psycopg2.errors.SerializationFailure", "could not serialize")})
	a := json2(t, s, "project.task/create", `{"vals_list":[{"name":"x"}]}`)
	is.Equal(a.Status, 500)
	is.True(strings.Contains(a.Body, `"name":"psycopg2.errors.SerializationFailure"`))
}

func TestActionsWithAPlaceOfTheirOwnCannotBeMoved(t *testing.T) {
	for _, action := range []odoosim.Action{odoosim.DropAfter(), odoosim.HalfAnswer(), odoosim.RefuseName("", "")} {
		func() {
			defer func() { is.New(t).True(recover() != nil) }()
			action.AfterCommit()
		}()
	}
	defer func() { is.New(t).True(recover() != nil) }()
	odoosim.New().Inject(odoosim.Fault{})
}

func TestATimeLimitKillsTheWorkerOfALargeLoad(t *testing.T) {
	is := is.New(t)
	s := start(t)
	s.Inject(odoosim.Fault{Match: odoosim.MoreRows(1), Times: -1, Action: odoosim.DropBefore()})
	for range 2 {
		args := admin.request(s, "project.task", "load", list{list{"id", "name"}, named("a", "b")}, dict{"context": idempotent})
		_, err := send(t, s, http.MethodPost, "/jsonrpc", jsonHeader, rpcBody(t, "object", "execute_kw", args...))
		is.True(err != nil)
		is.Equal(len(s.Tasks()), 0)
	}
	is.Equal(load(t, s, idempotent, list{"id", "name"}, named("a")...).IDs, list{1.0})
}

func TestAFilterBeforeOdoo(t *testing.T) {
	is := is.New(t)
	s := start(t)
	s.Inject(odoosim.Fault{Times: -1, Action: odoosim.Page(403, "", "text/plain", "blocked"),
		Match: func(c odoosim.Call) bool { return c.Contains("drop table") || c.Size > 2000 }})
	try := func(name string) int {
		args := admin.request(s, "project.task", "load", list{list{"id", "name"}, named(name)}, dict{"context": idempotent})
		return mustSend(t, s, http.MethodPost, "/jsonrpc", jsonHeader, rpcBody(t, "object", "execute_kw", args...)).Status
	}
	is.Equal(try("drop tables"), 403)
	is.Equal(try(strings.Repeat("x", 2000)), 403)
	is.Equal(try("add tables"), 200)
	is.Equal(json2(t, s, "project.task/create", `{"vals_list":[{"name":"drop table"}]}`).Status, 403)
}

func TestImportsThatAreRefusedFromSomeMomentOn(t *testing.T) {
	is := is.New(t)
	s := start(t)
	s.Inject(
		odoosim.Fault{Match: odoosim.On("project.task", "load"), Action: odoosim.DropAfter()},
		odoosim.Fault{Match: odoosim.On("project.task", "load"), Skip: 1, Times: -1,
			Action: odoosim.ErrorName("odoo.exceptions.AccessError", "no imports")},
	)
	args := admin.request(s, "project.task", "load", list{list{"id", "name"}, named("a")}, dict{"context": idempotent})
	_, err := send(t, s, http.MethodPost, "/jsonrpc", jsonHeader, rpcBody(t, "object", "execute_kw", args...))
	is.True(err != nil)
	name, _ := admin.fails(t, s, "project.task", "load", list{list{"id", "name"}, named("a")}, dict{"context": idempotent})
	is.Equal(name, accessErr)
	is.Equal(len(s.Tasks()), 1)
	s.ClearFaults()
	is.Equal(load(t, s, idempotent, list{"id", "name"}, named("a")...).IDs, list{1.0})
}
