package odoosim

import (
	"net/http"
	"strconv"
	"unicode/utf8"
)

// jsonrpc answers a request to /jsonrpc.
func (x *exchange) jsonrpc() {
	x.render = x.envelope
	if refusal, refused := x.refuseHTTP(); refused {
		refusal.write(x.w)
		return
	}
	message, err := decode(x.body)
	if err != nil {
		x.invalidJSON().write(x.w)
		return
	}
	fields, isObject := message.(map[string]any)
	if !isObject {
		x.wrongShape().write(x.w)
		return
	}
	x.id = fields["id"]
	if hasLoneSurrogate(x.body) {
		x.surrogate().write(x.w)
		return
	}
	params, isObject := fields["params"].(map[string]any)
	if !isObject {
		x.wrongParams(fields["params"]).write(x.w)
		return
	}
	x.dispatch(params)
}

// refuseHTTP refuses what never reaches the JSON of a request.
func (x *exchange) refuseHTTP() (reply, bool) {
	d := x.s.dialect
	switch x.r.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		if d == V14 {
			return x.s.page(http.StatusBadRequest,
				"Function declared as capable of handling request of type 'json' but called with a request of type 'http'"), true
		}
		return x.unsupported(), true
	}
	if !isJSONType(x.r.Header.Get("Content-Type")) {
		if d == V14 {
			return x.s.page(http.StatusBadRequest, "Session expired (invalid CSRF token)"), true
		}
		return x.unsupported(), true
	}
	if d == V19 && len(x.body) > largestBody {
		return x.envelope(nil, httpError("RequestEntityTooLarge", http.StatusRequestEntityTooLarge,
			"413 Request Entity Too Large: The data value transmitted exceeds the capacity limit.")), true
	}
	return reply{}, false
}

func (x *exchange) unsupported() reply {
	p := x.s.page(http.StatusUnsupportedMediaType,
		"Request inferred type is compatible with ['http'] but '"+x.r.URL.Path+"' is type='jsonrpc'.")
	p.header = map[string]string{"Accept": "application/json, application/json-rpc"}
	return p
}

func (x *exchange) invalidJSON() reply {
	if x.s.dialect == V19 {
		return reply{status: http.StatusBadRequest, contentType: "text/html; charset=utf-8", body: []byte("Invalid JSON data")}
	}
	if !utf8.Valid(x.body) {
		return x.serverError()
	}
	return x.s.page(http.StatusBadRequest, "Invalid JSON data: "+repr(string(x.body)))
}

func (x *exchange) wrongShape() reply {
	if x.s.dialect == V19 {
		return reply{status: http.StatusBadRequest, contentType: "text/html; charset=utf-8", body: []byte("Invalid JSON-RPC data")}
	}
	return x.serverError()
}

func (x *exchange) surrogate() reply {
	if x.s.dialect == V19 {
		return x.serverError()
	}
	return x.envelope(nil, pythonError("UnicodeEncodeError", "'utf-8' codec can't encode characters: surrogates not allowed"))
}

func (x *exchange) wrongParams(params any) reply {
	if params != nil && x.s.dialect == V14 {
		return x.serverError()
	}
	return x.envelope(nil, pythonError("TypeError", "dispatch_rpc() missing 3 required positional arguments: 'service', 'method', and 'args'"))
}

func (x *exchange) serverError() reply {
	return x.s.page(http.StatusInternalServerError,
		"The server encountered an internal error and was unable to complete your request."+
			" Either the server is overloaded or there is an error in the application.")
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
	case service == "common" && (name == "authenticate" || name == "login"):
		if len(args) > 1 {
			x.call.Login, _ = args[1].(string)
		}
		x.run = func(*work) (any, error) { return x.s.authenticate(args) }
	case service == "object" && (name == "execute_kw" || name == "execute"):
		x.executeKW(name, args)
	case service == "common" || service == "object":
		x.run = func(*work) (any, error) {
			return nil, pythonError("NameError", "Method not available %s", name)
		}
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

// executeKW reads the arguments of object.execute_kw and of object.execute,
// whose arguments follow the method one by one.
func (x *exchange) executeKW(name string, args []any) {
	if len(args) < 5 {
		x.run = func(*work) (any, error) {
			return nil, pythonError("TypeError", "%s() missing required positional arguments", name)
		}
		return
	}
	model, _ := args[3].(string)
	method, _ := args[4].(string)
	a := arguments{named: map[string]any{}}
	if name == "execute" {
		a.positional = args[5:]
	} else {
		if len(args) > 5 {
			a.positional, _ = args[5].([]any)
		}
		if len(args) > 6 {
			if named, ok := args[6].(map[string]any); ok {
				a.named = named
			}
		}
	}
	a.context, _ = a.named["context"].(map[string]any)
	delete(a.named, "context")
	x.call.Model, x.call.Method = model, method
	x.call.UserID, _ = userID(args[1])
	x.call.describe(a)
	x.run = func(w *work) (any, error) {
		account, err := x.s.login(args[0], args[1], args[2])
		if err != nil {
			return nil, err
		}
		return x.s.transact(w, account, model, method, a)
	}
}

// userID reads the user of an execute_kw: a number, or a text of digits.
func userID(v any) (int64, bool) {
	if s, ok := v.(string); ok {
		id, err := strconv.ParseInt(s, 10, 64)
		return id, err == nil
	}
	return asInt(v)
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
