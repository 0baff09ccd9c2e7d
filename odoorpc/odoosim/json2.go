package odoosim

import (
	"net/http"
	"strings"
)

// json2 answers a request to /json/2/<model>/<method>.
func (x *exchange) json2() {
	model, method, _ := strings.Cut(strings.TrimPrefix(x.r.URL.Path, "/json/2/"), "/")
	if database := x.r.Header.Get("X-Odoo-Database"); database != "" && database != x.s.name {
		htmlReply(http.StatusNotFound, "<!DOCTYPE html>\n<title>404 Not Found</title>\n<h1>Not Found</h1>\n"+
			"<p>No database is selected and the requested URL was not found in the server-wide controllers.</p>\n"+
			"<p>Please verify the hostname, <a href=/web/login>login</a> and try again.</p>\n").write(x.w)
		return
	}
	if x.r.Method != http.MethodPost || model == "" || method == "" || strings.Contains(method, "/") {
		x.json2Error(httpError("NotFound", http.StatusNotFound, "Did you mean POST /json/2/<model>/<method>?")).write(x.w)
		return
	}
	x.call.Service, x.call.Model, x.call.Method = "object", model, method
	x.render = x.bare
	if len(x.body) > 0 && !isJSONType(x.r.Header.Get("Content-Type")) {
		x.unsupported().write(x.w)
		return
	}
	a, refusal := x.json2Arguments()
	if refusal != nil {
		x.json2Error(refusal).write(x.w)
		return
	}
	x.call.describe(a)
	x.run = func(w *work) (any, error) {
		account, err := x.bearer()
		if err != nil {
			return nil, err
		}
		return x.s.transact(w, account, model, method, a)
	}
	x.perform()
}

// json2Arguments reads the body: an object of named arguments, or nothing.
func (x *exchange) json2Arguments() (arguments, *odooError) {
	a := arguments{json2: true, named: map[string]any{}}
	if len(x.body) == 0 {
		return a, nil
	}
	message, err := decode(x.body)
	if err != nil {
		return a, httpError("BadRequest", http.StatusBadRequest, "could not parse the body as json")
	}
	named, ok := message.(map[string]any)
	if !ok {
		return a, pythonError("TypeError", "'%s' object is not a mapping", typeName(message))
	}
	a.named = named
	a.ids = named["ids"]
	a.context, _ = named["context"].(map[string]any)
	delete(named, "ids")
	delete(named, "context")
	return a, nil
}

// bearer finds the user of the API key in the request.
func (x *exchange) bearer() (*account, error) {
	scheme, key, _ := strings.Cut(x.r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "bearer") {
		return nil, httpError("Unauthorized", http.StatusUnauthorized,
			"User not authenticated, use an API Key with a Bearer Authorization header.")
	}
	a := x.s.db.byKey(strings.TrimSpace(key))
	if a == nil {
		return nil, httpError("Unauthorized", http.StatusUnauthorized, "Invalid apikey")
	}
	return a, nil
}

// bare is an answer of JSON-2: the result alone, or the error alone.
func (x *exchange) bare(result any, err error) reply {
	if err != nil {
		return x.json2Error(asOdooError(err))
	}
	return jsonReply(http.StatusOK, x.s.dialect.jsonType(), result)
}

func (x *exchange) json2Error(e *odooError) reply {
	data := dataOf(e)
	if strings.HasPrefix(e.name, "werkzeug.") {
		data.Arguments = append(data.Arguments, e.status)
	}
	p := jsonReply(e.status, x.s.dialect.jsonType(), data)
	if e.status == http.StatusUnauthorized {
		p.header = map[string]string{"WWW-Authenticate": "Bearer"}
	}
	return p
}
