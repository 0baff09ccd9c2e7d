package odoosim

import (
	"net/http"
)

// jsonrpc answers a request to /jsonrpc.
func (x *exchange) jsonrpc() {
	x.render = x.envelope
	if refusal, refused := x.refuseHTTP(); refused {
		refusal.write(x.w)
		return
	}
	message, err := decode(x.body)
	fields, _ := message.(map[string]any)
	params, isCall := fields["params"].(map[string]any)
	if err != nil || !isCall {
		x.s.page(http.StatusBadRequest, "Invalid JSON data").write(x.w)
		return
	}
	x.id = fields["id"]
	x.dispatch(params)
}

// refuseHTTP refuses what never reaches the JSON of a request.
func (x *exchange) refuseHTTP() (reply, bool) {
	d := x.s.dialect
	switch x.r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		if d < V19 {
			return x.s.page(http.StatusBadRequest,
				"Function declared as capable of handling request of type 'json' but called with a request of type 'http'"), true
		}
		return x.unsupported(), true
	}
	if !isJSONType(x.r.Header.Get("Content-Type")) {
		if d < V19 {
			return x.s.page(http.StatusBadRequest, "Session expired (invalid CSRF token)"), true
		}
		return x.unsupported(), true
	}
	return reply{}, false
}

func (x *exchange) unsupported() reply {
	p := x.s.page(http.StatusUnsupportedMediaType,
		"Request inferred type is compatible with ['http'] but '"+x.r.URL.Path+"' is type='jsonrpc'.")
	p.header = map[string]string{"Accept": "application/json, application/json-rpc"}
	return p
}

// dispatch finds out which service is called.
func (x *exchange) dispatch(params map[string]any) {
	service, _ := params["service"].(string)
	name, _ := params["method"].(string)
	args, _ := params["args"].([]any)
	x.call.Service, x.call.Method = service, name
	switch {
	case service == "common" && name == "version":
		x.run = func(*work) (any, error) { return x.s.serverVersion(), nil }
	case service == "common" && name == "authenticate":
		if len(args) > 1 {
			x.call.Login, _ = args[1].(string)
		}
		x.run = func(*work) (any, error) { return x.s.authenticate(args) }
	case service == "object" && name == "execute_kw":
		x.executeKW(args)
	default:
		x.run = func(*work) (any, error) { return nil, pythonError("KeyError", "%s", repr(service)) }
	}
	if service != "common" || name != "version" {
		run := x.run
		x.run = func(w *work) (any, error) {
			if x.s.rpcOff {
				return nil, httpError("NotFound", http.StatusNotFound, "404 Not Found: The requested URL was not found on the server.")
			}
			return run(w)
		}
	}
	x.perform()
}

func (s *Server) serverVersion() any {
	return map[string]any{
		"server_version":      s.dialect.String(),
		"server_version_info": s.dialect.versionInfo(),
		"server_serie":        s.dialect.String(),
		"protocol_version":    1,
	}
}

// executeKW reads the arguments of object.execute_kw.
func (x *exchange) executeKW(args []any) {
	if len(args) < 5 {
		x.run = func(*work) (any, error) {
			return nil, pythonError("TypeError", "execute_kw() missing required positional arguments")
		}
		return
	}
	model, _ := args[3].(string)
	method, _ := args[4].(string)
	a := arguments{named: map[string]any{}}
	if len(args) > 5 {
		a.positional, _ = args[5].([]any)
	}
	if len(args) > 6 {
		if named, ok := args[6].(map[string]any); ok {
			a.named = named
		}
	}
	a.context, _ = a.named["context"].(map[string]any)
	delete(a.named, "context")
	x.call.Model, x.call.Method = model, method
	x.call.UserID, _ = asInt(args[1])
	x.call.describe(a)
	x.run = func(w *work) (any, error) {
		account, err := x.s.login(args[0], args[1], args[2])
		if err != nil {
			return nil, err
		}
		return x.s.transact(w, account, model, method, a)
	}
}

// rpcError is the "error" of an answer.
type rpcError struct {
	Code    int       `json:"code"`
	Message string    `json:"message"`
	Data    errorData `json:"data"`

	HTTPStatus int `json:"http_status,omitempty"` // where it is not 200
}

// errorData is how Odoo describes an exception, in "data" of JSON-RPC and as
// the whole answer of JSON-2.
type errorData struct {
	Name      string         `json:"name"`
	Message   string         `json:"message"`
	Arguments []any          `json:"arguments"`
	Context   map[string]any `json:"context"`
	Debug     string         `json:"debug"`
}

func dataOf(e *odooError) errorData {
	return errorData{
		Name:      e.name,
		Message:   e.message,
		Arguments: e.arguments(),
		Context:   map[string]any{},
		Debug: "Traceback (most recent call last):\n  File \"/usr/lib/python3/dist-packages/odoo/http.py\", line 1, in dispatch\n" +
			e.name + ": " + e.message + "\n",
	}
}

// envelope wraps a result or an error. A result of None has no key.
func (x *exchange) envelope(result any, err error) reply {
	answer := struct {
		JSONRPC string    `json:"jsonrpc"`
		ID      any       `json:"id"`
		Result  any       `json:"result,omitempty"`
		Error   *rpcError `json:"error,omitempty"`
	}{JSONRPC: "2.0", ID: x.id, Result: result}
	status := http.StatusOK
	if err != nil {
		e := asOdooError(err)
		answer.Result = nil
		answer.Error = &rpcError{Code: x.s.dialect.errorCode(), Message: "Odoo Server Error", Data: dataOf(e)}
		if e.name == "werkzeug.exceptions.NotFound" {
			answer.Error.Code, answer.Error.Message = http.StatusNotFound, "404: Not Found"
			if x.s.dialect == V14 {
				status = http.StatusNotFound
				answer.Error.HTTPStatus = status
			}
		}
	}
	return jsonReply(status, x.s.dialect.jsonType(), answer)
}

// notFound is the answer of Odoo 14 to JSON sent to a path it does not know.
func (x *exchange) notFound() reply {
	if message, err := decode(x.body); err == nil {
		if fields, ok := message.(map[string]any); ok {
			x.id = fields["id"]
		}
	}
	unknown := httpError("NotFound", http.StatusNotFound,
		"404 Not Found: The requested URL was not found on the server."+
			" If you entered the URL manually please check your spelling and try again.")
	unknown.bare = true
	return x.envelope(nil, unknown).withSession()
}
