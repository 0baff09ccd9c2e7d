package odoosim

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// ServeHTTP answers as the web server of Odoo.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !s.keepAlive {
		w.Header().Set("Connection", "close")
	}
	w.Header().Set("Server", "Werkzeug/"+map[Dialect]string{V14: "1.0.1 Python/3.9.2", V17: "2.2.2 Python/3.11.2", V19: "3.1.3 Python/3.13.5"}[s.dialect])
	content, err := io.ReadAll(r.Body)
	if err != nil {
		s.page(http.StatusBadRequest, "The browser (or proxy) sent a request that this server could not understand.").write(w)
		return
	}
	x := &exchange{s: s, w: w, r: r, body: content}
	switch path := r.URL.Path; {
	case path == "/jsonrpc" || path == "/jsonrpc/":
		x.jsonrpc()
	case s.dialect == V19 && strings.HasPrefix(path, "/json/2/"):
		x.json2()
	case s.dialect == V19 && (path == "/web/version" || path == "/json/version"):
		x.version()
	default:
		x.elsewhere()
	}
}

// exchange is one request and its answer.
type exchange struct {
	s    *Server
	w    http.ResponseWriter
	r    *http.Request
	body []byte
	id   any // of the JSON-RPC message

	call   Call
	run    func(*work) (any, error)
	render func(any, error) reply
	reply  reply
}

// work is what a call needs while it holds the database.
type work struct {
	snapshot int64
	refusals []*refusal
}

// perform carries out a call that was understood: notes it, lets the faults
// act, does the work, answers. The work goes on when the client has left.
func (x *exchange) perform() {
	s := x.s
	x.call.Endpoint, x.call.Size = x.r.URL.Path, len(x.body)
	done := s.record(&x.call)
	defer done()
	defer s.hire()()
	w := &work{snapshot: s.commits()}
	faults := s.claim(x.call)
	if x.act(faults, beforeWork) {
		return
	}
	for _, f := range faults {
		if f.Action.stage == duringWork {
			w.refusals = append(w.refusals, &refusal{fault: f, spend: s.spend})
		}
	}
	s.work(x.call.Rows)
	x.reply = x.render(x.runLocked(w))
	if !x.act(faults, afterWork) {
		done() // now, because whoever has the answer may call again at once
		x.reply.write(x.w)
	}
}

func (x *exchange) act(faults []*activeFault, at stage) (ended bool) {
	for _, f := range faults {
		if f.Action.stage == at && x.s.spend(f) && f.Action.act(x) {
			return true
		}
	}
	return false
}

func (x *exchange) runLocked(w *work) (any, error) {
	x.s.mu.Lock()
	defer x.s.mu.Unlock()
	return x.run(w)
}

func (s *Server) commits() int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.db.commits
}

// transact runs a call on a model as one transaction. The database is locked.
func (s *Server) transact(w *work, account *account, model, method string, a arguments) (any, error) {
	t := newTx(s.dialect, s.seen(method, a.json2), account, s.clock())
	t.snapshot, t.refusals, t.hooks = w.snapshot, w.refusals, s.hooks
	result, err := t.execute(model, method, a)
	if err == nil {
		err = t.late
	}
	if err != nil {
		t.rollback(0)
		return nil, err
	}
	if t.commit() {
		s.replica.note(s.db, s.clock(), s.arrived())
	}
	return result, nil
}

// version answers GET /web/version.
func (x *exchange) version() {
	x.call.Method = "version"
	x.run = func(*work) (any, error) {
		return map[string]any{"version_info": x.s.dialect.versionInfo(), "version": x.s.dialect.String()}, nil
	}
	x.render = func(result any, err error) reply {
		if err != nil {
			return x.json2Error(asOdooError(err))
		}
		return jsonReply(http.StatusOK, x.s.dialect.jsonType(), result).withSession()
	}
	x.perform()
}

// elsewhere answers paths that are no part of the API.
func (x *exchange) elsewhere() {
	isJSON := x.r.Method == http.MethodPost && isJSONType(x.r.Header.Get("Content-Type"))
	root := x.r.URL.Path == "/"
	switch {
	case x.s.dialect == V14 && isJSON && root:
		x.envelope(nil, httpError("BadRequest", http.StatusBadRequest,
			"400 Bad Request: Function declared as capable of handling request of type 'http' but called with a request of type 'json'")).write(x.w)
	case x.s.dialect == V14 && isJSON:
		x.notFound().write(x.w)
	case x.s.dialect == V19 && isJSON:
		x.s.page(http.StatusBadRequest, "Session expired (invalid CSRF token)").write(x.w)
	default:
		page := htmlReply(http.StatusNotFound, "<!DOCTYPE html>\n<html lang=\"en-US\">\n<head>\n<title>Odoo</title>\n</head>\n<body>\n"+
			"<h1>404: Not Found</h1>\n<p>The page you are looking for does not exist.</p>\n</body>\n</html>\n").withSession()
		if x.s.dialect < V19 {
			page.contentType = "text/html;charset=utf-8"
		}
		if x.s.dialect == V17 {
			page.header = map[string]string{"Set-Cookie": "frontend_lang=en_US"}
		}
		page.write(x.w)
	}
}

// reply is an answer ready to be sent.
type reply struct {
	status      int
	contentType string
	header      map[string]string
	body        []byte
}

// withSession adds the cookie that pages for browsers come with.
func (p reply) withSession() reply {
	p.header = map[string]string{"Set-Cookie": "session_id=odoosim; HttpOnly; Path=/"}
	return p
}

func (p reply) write(w http.ResponseWriter) {
	p.writeHeader(w)
	_, _ = w.Write(p.body) // a client that left is no matter
}

func (p reply) writeHalf(w http.ResponseWriter) {
	p.writeHeader(w)
	_, _ = w.Write(p.body[:len(p.body)/2])
	_ = http.NewResponseController(w).Flush() // so that the half arrives before the cut
}

func (p reply) writeHeader(w http.ResponseWriter) {
	for name, value := range p.header {
		w.Header().Set(name, value)
	}
	w.Header().Set("Content-Type", p.contentType)
	w.Header().Set("Content-Length", strconv.Itoa(len(p.body)))
	w.WriteHeader(p.status)
}

func htmlReply(status int, body string) reply {
	return reply{status: status, contentType: "text/html; charset=utf-8", body: []byte(body)}
}

// page is the plain error page of the web server underneath Odoo.
func (s *Server) page(status int, text string) reply {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	if s.dialect == V14 {
		return htmlReply(status, "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<title>"+title+"</title>\n<h1>"+
			http.StatusText(status)+"</h1>\n<p>"+html.EscapeString(text)+"</p>\n")
	}
	return htmlReply(status, "<!doctype html>\n<html lang=en>\n<title>"+title+"</title>\n<h1>"+
		http.StatusText(status)+"</h1>\n<p>"+html.EscapeString(text)+"</p>\n")
}

func jsonReply(status int, contentType string, v any) reply {
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(v); err != nil {
		panic("odoosim: answer cannot be encoded: " + err.Error()) // an Answer with a channel in it, say
	}
	return reply{status: status, contentType: contentType, body: bytes.TrimSuffix(b.Bytes(), []byte("\n"))}
}

func isJSONType(contentType string) bool {
	kind, _, _ := strings.Cut(contentType, ";")
	kind = strings.ToLower(strings.TrimSpace(kind))
	return kind == "application/json" || kind == "application/json-rpc"
}

// decode reads one JSON value, numbers as they stand, and nothing after it.
func decode(body []byte) (any, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var v any
	if err := decoder.Decode(&v); err != nil {
		return nil, err
	}
	if _, err := decoder.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one value")
	}
	return v, nil
}
