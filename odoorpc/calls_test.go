package odoorpc

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"
)

// TestCallsOnTheWire pins what goes out over both protocols.
func TestCallsOnTheWire(t *testing.T) {
	var tasks []struct {
		ID    int64
		Name  Text
		Stage Ref `json:"stage_id"`
	}
	for _, tt := range []struct {
		name    string
		call    func(context.Context, *Client) error
		answer  string
		jsonrpc string // args of execute_kw after the password
		json2   string // path and body
	}{
		{
			"search_read", func(ctx context.Context, c *Client) error {
				return c.SearchRead(ctx, "project.task", Domain{Cond("name", "=", "a<b & \"c\"")}, []string{"name"},
					Query{Order: "id", Limit: 2, Context: Context{"active_test": false}}, &tasks)
			}, "[]",
			`["project.task","search_read",[],{"context":{"active_test":false},"domain":[["name","=","a<b & \"c\""]],"fields":["name"],"limit":2,"order":"id"}]`,
			`/json/2/project.task/search_read {"context":{"active_test":false},"domain":[["name","=","a<b & \"c\""]],"fields":["name"],"limit":2,"order":"id"}`,
		},
		{
			"search_read without conditions", func(ctx context.Context, c *Client) error {
				return c.SearchRead(ctx, "project.tags", nil, nil, Query{}, &tasks)
			}, "[]",
			`["project.tags","search_read",[],{"domain":[]}]`,
			`/json/2/project.tags/search_read {"domain":[]}`,
		},
		{
			"create", func(ctx context.Context, c *Client) error {
				_, err := c.Create(ctx, "project.task", []map[string]any{{"name": "A", "project_id": 7}}, CreateOptions{Context: Context{"tracking_disable": true}})
				return err
			}, "[5]",
			`["project.task","create",[[{"name":"A","project_id":7}]],{"context":{"tracking_disable":true}}]`,
			`/json/2/project.task/create {"context":{"tracking_disable":true},"vals_list":[{"name":"A","project_id":7}]}`,
		},
		{
			"load", func(ctx context.Context, c *Client) error {
				_, err := c.LoadOnce(ctx, "project.task", []string{"id", "name", "project_id/.id"}, [][]any{{"__odoosync__.a", "Ä\u2028", 7}}, LoadOptions{Context: Context{"lang": "fr_FR"}})
				return err
			}, `{"ids":[5],"messages":[]}`,
			`["project.task","load",[["id","name","project_id/.id"],[["__odoosync__.a","Ä\u2028",7]]],{"context":{"lang":"fr_FR","mode":"update","noupdate":true}}]`,
			`/json/2/project.task/load {"context":{"lang":"fr_FR","mode":"update","noupdate":true},"data":[["__odoosync__.a","Ä\u2028",7]],"fields":["id","name","project_id/.id"]}`,
		},
		{
			"call of the model", func(ctx context.Context, c *Client) error {
				return c.Call(ctx, "project.tags", "check_access_rights", Args{Params: []Param{{"operation", "create"}, {"raise_exception", false}}}, nil)
			}, "true",
			`["project.tags","check_access_rights",["create",false],{}]`,
			`/json/2/project.tags/check_access_rights {"operation":"create","raise_exception":false}`,
		},
		{
			"call of records", func(ctx context.Context, c *Client) error {
				return c.Call(ctx, "project.task", "write", Args{IDs: []int64{3}, Params: []Param{{"vals", map[string]any{"active": true}}}}, nil)
			}, "true",
			`["project.task","write",[[3],{"active":true}],{}]`,
			`/json/2/project.task/write {"ids":[3],"vals":{"active":true}}`,
		},
	} {
		t.Run(tt.name+"/jsonrpc", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				p, c := newPeer(t, JSONRPC, Config{}, result(tt.answer))
				is.NoErr(tt.call(t.Context(), c))
				got := p.requests[0]
				is.Equal(got.verb+" "+got.path, "POST /jsonrpc")
				is.Equal(got.header.Get("Content-Type"), "application/json")
				is.Equal(got.header.Get("Authorization"), "")
				args := strings.TrimPrefix(tt.jsonrpc, "[")
				is.Equal(got.body, `{"id":1,"jsonrpc":"2.0","method":"call","params":{"args":["demo",2,"correct horse",`+args+`,"method":"execute_kw","service":"object"}}`)
			})
		})
		t.Run(tt.name+"/json2", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				p, c := newPeer(t, JSON2, Config{}, jsonBody(200, tt.answer))
				is.NoErr(tt.call(t.Context(), c))
				got := p.requests[0]
				is.Equal(got.verb, "POST")
				is.Equal(got.path+" "+got.body, tt.json2)
				is.Equal(got.header.Get("Content-Type"), "application/json")
				is.Equal(got.header.Get("Authorization"), "Bearer 0123456789abcdef0123456789abcdef01234567")
				is.Equal(got.header.Get("X-Odoo-Database"), "demo")
				is.Equal(got.header.Get("Cookie"), "")
			})
		})
	}
}

func TestCookiesAreNotKept(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		p, c := newPeer(t, JSON2, Config{}, status(200, "[]", "Content-Type", "application/json", "Set-Cookie", "session_id=abc"))
		for range 2 {
			_, err := search(t.Context(), c)
			is.NoErr(err)
		}
		is.Equal(p.requests[1].header.Get("Cookie"), "")
	})
}

func TestRecordsAreDecoded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		_, c := newPeer(t, JSONRPC, Config{}, result(`[
			{"id":9007199254740993,"name":"A","description":false,"stage_id":[8,"Backlog"],"tag_ids":[1,2]},
			{"id":2,"name":"","description":"<p>x</p>","stage_id":false,"tag_ids":[]}]`))
		var tasks []struct {
			ID          int64
			Name        Text
			Description Text
			Stage       Ref     `json:"stage_id"`
			Tags        []int64 `json:"tag_ids"`
		}
		is.NoErr(c.SearchRead(t.Context(), "project.task", nil, nil, Query{}, &tasks))
		is.Equal(len(tasks), 2)
		is.Equal(tasks[0].ID, int64(9007199254740993))
		is.Equal(tasks[0].Description, Text(""))
		is.Equal(tasks[0].Stage, Ref{8, "Backlog"})
		is.Equal(tasks[0].Tags, []int64{1, 2})
		is.Equal(tasks[1].Stage, Ref{})

		var maps []map[string]any
		is.NoErr(c.SearchRead(t.Context(), "project.task", nil, nil, Query{}, &maps))
		is.Equal(maps[0]["id"], json.Number("9007199254740993"))
	})
}

func TestDecodingIntoTheWrongTypeLeavesOutAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		_, c := newPeer(t, JSONRPC, Config{}, result(`[{"id":1},{"id":"2"}]`))
		out := []struct{ ID int64 }{{ID: 99}}
		err := c.SearchRead(t.Context(), "project.task", nil, nil, Query{}, &out)
		var e *AnswerError
		is.True(errors.As(err, &e))
		is.Equal(out[0].ID, int64(99))
		is.Equal(len(out), 1)

		_, c = newPeer(t, JSONRPC, Config{}, result(`[{"id":1}]`))
		var request *RequestError
		is.True(errors.As(c.SearchRead(t.Context(), "project.task", nil, nil, Query{}, out), &request))
		is.True(errors.As(c.SearchRead(t.Context(), "project.task", nil, nil, Query{}, nil), &request))
	})
}

func TestAResultNeedsAPlaceBeforeTheCallIsSent(t *testing.T) {
	number := 5
	for protocol, nothing := range map[Protocol]reply{JSONRPC: result("null"), JSON2: jsonBody(200, "null")} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			p, c := newPeer(t, protocol, Config{}, nothing)
			for _, out := range []any{number, (*[]int64)(nil), "text"} {
				var request *RequestError
				is.True(errors.As(c.Call(t.Context(), "m", "create", Args{}, out), &request))
				is.True(errors.As(c.SearchRead(t.Context(), "m", nil, nil, Query{}, out), &request))
			}
			for _, params := range [][]Param{{{"ids", 1}}, {{"context", 1}}, {{"a", 1}, {"b", 2}, {"a", 3}}} {
				var request *RequestError
				is.True(errors.As(c.Call(t.Context(), "m", "write", Args{IDs: []int64{7}, Params: params}, nil), &request))
			}
			is.Equal(p.count(), 0)

			is.NoErr(c.Call(t.Context(), "m", "action", Args{}, &number))
			is.Equal(number, 5) // nothing was returned
		})
	}
}

func TestNothingToSendMakesNoCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		p, c := newPeer(t, JSONRPC, Config{}, result("[]"))
		ids, err := c.Create(t.Context(), "project.task", nil, CreateOptions{})
		is.NoErr(err)
		is.Equal(len(ids), 0)
		loaded, err := c.LoadOnce(t.Context(), "project.task", []string{"id"}, nil, LoadOptions{})
		is.NoErr(err)
		is.Equal(len(loaded.IDs), 0)
		is.Equal(p.count(), 0)
	})
}

func TestWhatCannotBeSentIsRefusedBeforehand(t *testing.T) {
	type named string
	for _, protocol := range []Protocol{JSONRPC, JSON2} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			p, c := newPeer(t, protocol, Config{}, result("[]"))
			_, inRow := c.LoadOnce(t.Context(), "project.task", []string{"id", "name"}, [][]any{{"m.a", `fine \ufffd` + "\ufffd"}, {"m.b", `Tür\` + "\xffend"}}, LoadOptions{})
			_, inValues := c.Create(t.Context(), "project.task", []map[string]any{{"name": "a\xc3"}}, CreateOptions{})
			_, inOther := c.Create(t.Context(), "project.task", []map[string]any{{"tags": []named{"a", "\x80"}}}, CreateOptions{})
			_, inKey := c.Create(t.Context(), "project.task", []map[string]any{{"\xfe": 1}}, CreateOptions{})
			_, ragged := c.LoadOnce(t.Context(), "project.task", []string{"id", "name"}, [][]any{{"m.a"}}, LoadOptions{})
			_, noColumn := c.LoadOnce(t.Context(), "project.task", []string{"name"}, [][]any{{"A"}}, LoadOptions{})
			_, noID := c.LoadOnce(t.Context(), "project.task", []string{"name", "id"}, [][]any{{"A", "m.a"}, {"B", ""}}, LoadOptions{})
			_, idNoText := c.LoadOnce(t.Context(), "project.task", []string{"id"}, [][]any{{7}}, LoadOptions{})
			_, noModule := c.LoadOnce(t.Context(), "project.task", []string{"id"}, [][]any{{"a"}}, LoadOptions{})
			_, sameID := c.LoadOnce(t.Context(), "project.task", []string{"id", "name"}, [][]any{{"m.a", "A"}, {"m.a", "B"}}, LoadOptions{})
			_, notJSON := c.Create(t.Context(), "project.task", []map[string]any{{"name": func() {}}}, CreateOptions{})
			for _, err := range []error{inRow, inValues, inOther, inKey, ragged, noColumn, noID, idNoText, noModule, sameID, notJSON} {
				var e *RequestError
				is.True(errors.As(err, &e))
			}
			is.True(strings.Contains(inRow.Error(), "UTF-8"))
			is.True(strings.HasSuffix(ragged.Error(), "row 0 has 1 values for 2 fields"))
			is.True(strings.Contains(inRow.Error(), `after "Tür\\"`))
			is.Equal(p.count(), 0)
		})
	}
}

func TestServerErrorsHaveAKind(t *testing.T) {
	for _, tt := range []struct {
		name, message string
		kind          Refusal
	}{
		{"odoo.exceptions.AccessError", "no", RefusalAccess},
		{"odoo.exceptions.ValidationError", "no", RefusalValidation},
		{"odoo.exceptions.MissingError", "no", RefusalMissing},
		{"odoo.exceptions.UserError", "no", RefusalUser},
		{"odoo.exceptions.Warning", "no", RefusalUser},
		{"odoo.exceptions.UserError", "Object project.task doesn't exist", RefusalUnsupported},
		{"odoo.exceptions.UserError", "L'objet project.task n'existe pas", RefusalUnsupported},
		{"odoo.exceptions.UserError", "对象 project.task 不存在", RefusalUnsupported},
		{"odoo.exceptions.UserError", "The rule of project.task for this company wants a customer first", RefusalUser},
		{"odoo.exceptions.UserError", "Closed\n\nModel: project.task", RefusalUser},
		{"builtins.KeyError", "'res.users'", RefusalOther},
		{"builtins.AttributeError", "type object 'project.task' has no attribute 'search'", RefusalUnsupported},
		{"builtins.AttributeError", "The method 'project.task.search' does not exist", RefusalUnsupported},
		{"builtins.AttributeError", "'NoneType' object has no attribute 'search'", RefusalOther},
		{"psycopg2.errors.UniqueViolation", "duplicate key", RefusalValidation},
		{"psycopg2.errors.SerializationFailure", "could not serialize access", RefusalBusy},
		{"psycopg2.errors.QueryCanceled", "canceling statement due to statement timeout", RefusalBusy},
		{"psycopg2.extensions.QueryCanceledError", "annulation de la requête", RefusalBusy}, // Odoo 12
		{"psycopg2.errors.ProgramLimitExceeded", "index row size", RefusalOther},
		{"example.SerializationFailure", "of somebody else", RefusalOther},
		{"builtins.ValueError", "Invalid field", RefusalOther},
		{"", "", RefusalOther},
	} {
		t.Run(tt.name+" "+tt.message, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				_, c := newPeer(t, JSONRPC, Config{Retries: -1}, refusalOf(tt.name, tt.message))
				_, err := search(t.Context(), c)
				var e *ServerError
				is.True(errors.As(err, &e))
				is.Equal(e.Kind, tt.kind)
				is.Equal(e.Model+"."+e.Method, "project.task.search")
				is.True(!strings.Contains(err.Error(), "Traceback")) // only on request
				is.Equal(e.Debug, "Traceback: "+tt.message)
			})
		})
	}
}

func TestServerErrorsOverJSON2(t *testing.T) {
	for _, tt := range []struct {
		status int
		name   string
		kind   Refusal
	}{
		{403, "odoo.exceptions.AccessError", RefusalAccess},
		{404, "odoo.exceptions.MissingError", RefusalMissing},
		{404, "werkzeug.exceptions.NotFound", RefusalUnsupported},
		{422, "odoo.exceptions.ValidationError", RefusalValidation},
		{422, "odoo.exceptions.UserError", RefusalUser},
		{500, "builtins.ValueError", RefusalOther},
		{500, "psycopg2.errors.SerializationFailure", RefusalBusy},
		{500, "psycopg2.InterfaceError", RefusalBusy},
	} {
		t.Run(fmt.Sprint(tt.status, tt.name), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				failure := jsonBody(tt.status, `{"name":"`+tt.name+`","message":"the message","arguments":["the message",1],"context":{},"debug":"Traceback"}`)
				p, c := newPeer(t, JSON2, Config{}, failure, jsonBody(200, "[]"))
				_, err := search(t.Context(), c)
				if tt.kind == RefusalBusy {
					is.NoErr(err) // repeated
					is.Equal(p.count(), 2)
					return
				}
				var e *ServerError
				is.True(errors.As(err, &e))
				is.Equal(e.Kind, tt.kind)
				is.Equal(e.Message, "the message")
			})
		})
	}
}

func TestMessagesOfOldVersionsAreTrimmed(t *testing.T) {
	is := is.New(t)
	f := readFault(members(json.RawMessage(`{"name":"odoo.exceptions.AccessError","message":"No.\nNone","arguments":["No.",null]}`)))
	is.Equal(f.message, "No.")
	f = readFault(members(json.RawMessage(`{"name":"builtins.KeyError","message":"'x'\n","arguments":["x"]}`)))
	is.Equal(f.message, "'x'")
}

func TestLoadTellsRefusalsWarningsAndConflictsApart(t *testing.T) {
	message := func(kind, text string) string {
		return `{"type":"` + kind + `","record":1,"rows":{"from":1,"to":1},"field":"parent_id","message":"` + text + `"}`
	}
	for _, tt := range []struct {
		name, answer string
		ids          []int64
		messages     []LoadMessage
		conflict     bool
	}{
		{"done", `{"ids":[5,6],"messages":[],"nextrow":0}`, []int64{5, 6}, nil, false},
		{"done with a warning", `{"ids":[5,6],"messages":[` + message("warning", "hm") + `]}`, []int64{5, 6},
			[]LoadMessage{{Record: 1, Field: "parent_id", Message: "hm"}}, false},
		{"refused", `{"ids":false,"messages":[` + message("error", "No matching record found") + `]}`, nil,
			[]LoadMessage{{Record: 1, Field: "parent_id", Message: "No matching record found"}}, false},
		{"refused, with a warning before", `{"ids":false,"messages":[` + message("warning", "hm") + "," + message("error", "no") + `]}`, nil,
			[]LoadMessage{{Record: 1, Field: "parent_id", Message: "no"}}, false},
		{"refused as a whole", `{"ids":false,"messages":[{"type":"error","message":"Import is not allowed"}]}`, nil,
			[]LoadMessage{{Record: -1, Field: "", Message: "Import is not allowed"}}, false},
		{"rows out of range", `{"ids":false,"messages":[{"type":"error","record":2,"rows":{"from":-1,"to":1e9},"field":false,"message":"no"}]}`, nil,
			[]LoadMessage{{Record: -1, Field: "", Message: "no"}}, false},
		{"could not serialize", `{"ids":false,"messages":[` + message("error", "could not serialize access due to concurrent update") + `]}`, nil, nil, true},
		{"deadlock", `{"ids":false,"messages":[` + message("error", "deadlock detected\\nDETAIL: ...") + `]}`, nil, nil, true},
		{"lock timeout", `{"ids":false,"messages":[` + message("error", "canceling statement due to lock timeout") + `]}`, nil, nil, true},
		{"lock not available", `{"ids":false,"messages":[` + message("error", `could not obtain lock on row in relation \"project_task\"`) + `]}`, nil, nil, true},
		{"same external id at once", `{"ids":false,"messages":[` + message("error", `duplicate key value violates unique constraint \"ir_model_data_module_name_uniq_index\"`) + `]}`, nil, nil, true},
		{"a duplicate of the caller's", `{"ids":false,"messages":[` + message("error", `duplicate key value violates unique constraint \"project_tags_name_uniq\"`) + `]}`, nil,
			[]LoadMessage{{Record: 1, Field: "parent_id", Message: `duplicate key value violates unique constraint "project_tags_name_uniq"`}}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				p, c := newPeer(t, JSONRPC, Config{}, result(tt.answer))
				got, err := c.LoadOnce(t.Context(), "project.task", []string{"id"}, [][]any{{"m.a"}, {"m.b"}}, LoadOptions{})
				var conflict *ConflictError
				is.Equal(errors.As(err, &conflict), tt.conflict)
				var refusal *LoadError
				messages := got.Warnings
				if errors.As(err, &refusal) {
					messages = refusal.Messages
				}
				is.Equal(err == nil, tt.ids != nil)
				is.Equal(refusal != nil, tt.ids == nil && !tt.conflict)
				is.Equal(got.IDs, tt.ids)
				is.Equal(messages, tt.messages)
				is.Equal(p.count(), 1) // a conflict is the caller's to repeat
			})
		})
	}
}

// TestConflictsInAnyLanguage has what Odoo 14 and 19 answer to load before a PostgreSQL whose messages are in another
// language: what stands in them that no language changes tells a conflict, and of a row alone that its time was up.
func TestConflictsInAnyLanguage(t *testing.T) {
	const (
		never = iota
		alone // of one row
		always
	)
	for name, tt := range map[string]struct {
		message  string
		conflict int
	}{
		"a locked project": {"ERREUR:  annulation de la requête à cause du délai écoulé pour l'obtention des verrous\nCONTEXT:  lors du verrouillage de la ligne (1,5) dans la relation « project_project »\n" +
			"instruction SQL « SELECT 1 FROM ONLY \"public\".\"project_project\" x WHERE \"id\" OPERATOR(pg_catalog.=) $1 FOR KEY SHARE OF x »\n", always},
		"the same external id": {"ERREUR:  annulation de la requête à cause du délai écoulé pour l'obtention des verrous\nCONTEXT:  lors de l'insertion de l'enregistrement (148, 16) de l'index dans la relation « ir_model_data »\n", always},
		"in German":            {"FEHLER:  storniere Anfrage wegen Zeitüberschreitung\nKONTEXT:  beim Einfügen von Indextupel (203,28) in Relation »ir_model_data«\n", always},
		"an exception":         {"Erreur : <class 'odoo.exceptions.ConcurrencyError'>: non", always},
		"a locked table":       {"ERREUR:  annulation de la requête à cause du délai écoulé pour l'obtention des verrous\nLINE 1: INSERT INTO \"project_task\" (\"active\", \"company_id\", \"create_...\n                    ^\n", alone},
		"serialization":        {"ERREUR:  n'a pas pu sérialiser un accès à cause d'une mise à jour en parallèle\n", alone},
		"in Russian":           {"ОШИБКА:  не удалось сериализовать доступ из-за параллельного изменения\n", alone},
		"a deadlock":           {"FEHLER:  Verklemmung (Deadlock) entdeckt\nDETAIL:  Prozess 12 wartet auf ShareLock-Sperre auf Transaktion 34; blockiert von Prozess 56.\n", alone},
		"time was up":          {"canceling statement due to statement timeout\n", alone},
		"a trigger":            {"ERREUR:  pas en mai\nCONTEXTE : fonction PL/pgSQL verboten(), ligne 3 à RAISE\n", never},
		"a name":               {"FEHLER:  doppelter Schlüsselwert verletzt Unique-Constraint »project_tags_name_uniq«\nDETAIL:  Schlüssel »(name)=(ir_model_data)« existiert bereits.\n", never},
		"a limit":              {"FEHLER:  Wert zu lang für Typ character varying(64)\n", never},
		"of Odoo":              {"Pas en mai\n", never},
		"of Odoo, with colons": {"Attention:  pas en mai", never},
	} {
		for rows, least := range map[int]int{1: alone, 2: always} {
			t.Run(fmt.Sprint(name, " ", rows), func(t *testing.T) {
				is := is.New(t)
				data, err := json.Marshal(tt.message)
				is.NoErr(err)
				_, c := newPeer(t, JSONRPC, Config{}, result(`{"ids":false,"messages":[{"type":"error","record":0,"rows":{"from":0,"to":0},"message":`+string(data)+`}],"nextrow":0}`))
				_, err = c.LoadOnce(t.Context(), "project.task", []string{"id"}, [][]any{{"m.a"}, {"m.b"}}[:rows], LoadOptions{})
				var conflict *ConflictError
				is.Equal(errors.As(err, &conflict), tt.conflict >= least)
			})
		}
	}
}

func TestMessagesOfLoadTellTheExceptionAndItsWords(t *testing.T) {
	for _, tt := range []struct{ message, class, words string }{
		{"No matching record found", "", "No matching record found"},
		{"Unknown error during import: <class 'odoo.exceptions.AccessError'>: You are not allowed\nto", "odoo.exceptions.AccessError", "You are not allowed\nto"},
		{"Erreur inconnue pendant l'import : <class 'odoo.exceptions.AccessError'> : Non", "odoo.exceptions.AccessError", "Non"},
		{"导入时未知错误：<class 'ValueError'>：A: b", "ValueError", "A: b"},
		{"x: <class 'odoo.exceptions.AccessError'>: ('Sorry, it\\'s \\\\ \\u2014 \"no\"\\n- Project/User', None)", "odoo.exceptions.AccessError", "Sorry, it's \\ \u2014 \"no\"\n- Project/User"},
		{`x: <class 'odoo.exceptions.UserError'>: ("it's", '')`, "odoo.exceptions.UserError", "it's"},
		{`("Sorry", None)`, "", "Sorry"},
		{`x: <class 'KeyError'>: ('broken \q', None)`, "KeyError", `('broken \q', None)`},
		{`x: <class 'ValueError'>: ('a', 'b')`, "ValueError", `('a', 'b')`},
		{"<b>bold</b> <class 'x'>: y", "", "<b>bold</b> <class 'x'>: y"},
		{"", "", ""},
	} {
		t.Run(tt.message, func(t *testing.T) {
			is := is.New(t)
			class, words := exceptionOf(tt.message)
			is.Equal(class, tt.class)
			is.Equal(words, tt.words)
		})
	}
}

func TestMessagesOfLoadHaveTheKindOfTheirException(t *testing.T) {
	for class, kind := range map[string]Refusal{
		"odoo.exceptions.AccessError": RefusalAccess, "odoo.exceptions.UserError": RefusalUser, "odoo.exceptions.MissingError": RefusalMissing, "ValueError": RefusalOther,
	} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			_, c := newPeer(t, JSONRPC, Config{Password: NewSecret("Access")}, result(`{"ids":false,"messages":[{"type":"error","record":0,"message":"x: <class '`+class+`'>: no"}]}`))
			_, err := c.LoadOnce(t.Context(), "m", []string{"id"}, [][]any{{"m.a"}}, LoadOptions{})
			var refusal *LoadError
			is.True(errors.As(err, &refusal))
			is.Equal(refusal.Messages, []LoadMessage{{Kind: kind, Message: "no"}})
			is.True(strings.HasSuffix(err.Error(), ": m.load: Odoo refused the rows: no"))
		})
	}
}

func TestZeroValuesDoNotPanic(t *testing.T) {
	is := is.New(t)
	var c Client
	c.Close()
	is.Equal(fmt.Sprint(&c), "odoorpc.Client()")
	_, err := c.Connect(t.Context())
	is.True(err != nil && strings.HasPrefix(err.Error(), "odoorpc: configuration: URL: missing"))
	_, err = search(t.Context(), &c)
	is.Equal(err, ErrNotConnected)
	_, err = c.LoadOnce(t.Context(), "m", []string{"id"}, [][]any{{"m.a"}}, LoadOptions{})
	is.Equal(err, ErrNotConnected)
	is.Equal((&ConfigError{Problems: []Problem{{}}}).Error(), "odoorpc: configuration: : <nil>")
	is.True((&LoadError{}).Error() != "")
	is.True((&Ref{}).UnmarshalJSON(nil) != nil)
	is.True(new(Text).UnmarshalJSON(nil) != nil)
	for _, e := range []interface {
		error
		Hint() string
	}{&LoginError{}, &DatabaseError{}, &ProtocolError{}, &ServerError{}, &TransportError{}, &RedirectError{}, &AnswerError{}, &UnknownOutcomeError{}, &ConflictError{}} {
		is.True(e.Error()+e.Hint() != "")
	}
}

func TestWhatIsAReference(t *testing.T) {
	for text, want := range map[string]Ref{
		"false": {}, "null": {}, "5": {5, ""}, `[5, "x"]`: {5, "x"}, "[5, false]": {5, ""},
	} {
		is := is.New(t)
		r := Ref{9, "before"}
		is.NoErr(json.Unmarshal([]byte(text), &r))
		is.Equal(r, want)
	}
	for _, text := range []string{"true", "0", "-1", "1.5", `"5"`, "{}", "[]", "[5]", `[5, "x", 6]`, "[5, 6]", `[0, "x"]`, `[-1, "x"]`, `["5", "x"]`, `[false, "x"]`} {
		is.New(t).True(json.Unmarshal([]byte(text), new(Ref)) != nil)
	}
}

func TestAnIDForEachRecordIsExpected(t *testing.T) {
	is := is.New(t)
	_, c := newPeer(t, JSONRPC, Config{}, result("[7]"))
	_, err := c.Create(t.Context(), "project.tags", []map[string]any{{"name": "a"}, {"name": "b"}}, CreateOptions{})
	is.True(err != nil && strings.Contains(err.Error(), "expected 2 ids, found 1"))
}

func TestRecordsGoIntoASlice(t *testing.T) {
	is := is.New(t)
	_, c := newPeer(t, JSONRPC, Config{}, result("[]"))
	var one struct{ ID int64 }
	for _, out := range []any{nil, one, &one, []int{}} {
		is.True(c.SearchRead(t.Context(), "project.task", nil, []string{"name"}, Query{}, out) != nil)
	}
}

// TestHintsOfErrors sends what is refused, and looks at the advice.
func TestHintsOfErrors(t *testing.T) {
	for hint, answer := range map[string]reply{
		"client_max_body_size":            page(413, "413 Request Entity Too Large"),
		"still be working on the call":    page(504, "504 Gateway Time-out"),
		"look at its log":                 page(502, "502 Bad Gateway"),
		"lacks a right":                   refusalOf("odoo.exceptions.AccessError", "You are not allowed"),
		"others were writing":             refusalOf("psycopg2.errors.SerializationFailure", "could not serialize access"),
		"the module may not be installed": refusalOf("odoo.exceptions.UserError", "Object project.task doesn't exist"),
	} {
		t.Run(hint, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				_, c := newPeer(t, JSONRPC, Config{Retries: -1}, answer)
				_, err := search(t.Context(), c)
				var hinted interface{ Hint() string }
				is.True(errors.As(err, &hinted))
				is.True(strings.Contains(hinted.Hint(), hint))
			})
		})
	}
}

func TestCloseGivesIdleConnectionsBack(t *testing.T) {
	is := is.New(t)
	closed := make(chan struct{}, 10)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { jsonBody(200, `{"uid":7}`)(w, r, nil) }))
	server.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateClosed {
			closed <- struct{}{}
		}
	}
	server.Start()
	defer server.Close()
	c, err := New(Config{URL: server.URL, APIKey: NewSecret("k"), Protocol: JSON2})
	is.NoErr(err)
	_, err = c.Connect(t.Context())
	is.NoErr(err)
	is.Equal(len(closed), 0)
	c.Close()
	<-closed
}

// TestWhatAnswersAndCallsThatFailedAreCalled looks at the words of errors: a page by its title, an answer without a body, and a
// call that ran out of its own time.
func TestWhatAnswersAndCallsThatFailedAreCalled(t *testing.T) {
	for want, answer := range map[string]reply{
		`page "Wartung & Ärger"`: page(400, "Wartung &amp; &Auml;rger"),
		"(204)":                  status(204, ""),
	} {
		synctest.Test(t, func(t *testing.T) {
			is := is.New(t)
			_, c := newPeer(t, JSONRPC, Config{Retries: -1}, answer)
			_, err := search(t.Context(), c)
			is.True(strings.Contains(err.Error(), want))
			is.True(!strings.HasSuffix(err.Error(), `""`))
		})
	}
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		_, c := newPeer(t, JSONRPC, Config{}, page(503, "busy"))
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		_, err := search(ctx, c)
		is.True(errors.Is(err, context.DeadlineExceeded))
		is.True(strings.Contains(err.Error(), "the deadline passed"))
	})
}
