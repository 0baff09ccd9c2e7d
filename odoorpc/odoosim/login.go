package odoosim

import "time"

// cooldown counts the logins that failed, as Odoo does for each address.
type cooldown struct {
	failures int
	last     time.Time
	known    map[credential]bool // user and password pairs that were right before
}

type credential struct {
	uid    int64
	secret string
}

// After this many failed logins Odoo 14 refuses all for this long.
const (
	cooldownAfter = 10
	cooldownTime  = time.Minute
)

// cooling tells whether logins are refused for now. Requests to /jsonrpc do
// not count on Odoo 19.
func (s *Server) cooling() bool {
	return s.dialect == V14 && s.cooldown.failures >= cooldownAfter && s.clock().Sub(s.cooldown.last) < cooldownTime
}

func (s *Server) noteLogin(a *account, secret string) {
	if a == nil {
		s.cooldown.failures++
		s.cooldown.last = s.clock()
		return
	}
	s.cooldown.failures = 0
	if s.cooldown.known == nil {
		s.cooldown.known = map[credential]bool{}
	}
	s.cooldown.known[credential{a.id, secret}] = true
}

// opens tells whether the secret lets the user in over RPC.
func (a *account) opens(secret string) bool {
	if secret == "" {
		return false
	}
	return secret == a.Password && !a.TwoFactor || secret == a.APIKey
}

// authenticate answers common.authenticate: the user's id, or false.
func (s *Server) authenticate(args []any) (any, error) {
	if len(args) < 3 {
		return nil, pythonError("TypeError", "exp_authenticate() missing required positional arguments")
	}
	if err := s.checkDatabase(args[0]); err != nil {
		return nil, err
	}
	login, _ := args[1].(string)
	secret, _ := args[2].(string)
	if s.cooling() {
		return false, nil
	}
	a := s.db.byLogin(login)
	if a != nil && !a.opens(secret) {
		a = nil
	}
	s.noteLogin(a, secret)
	if a == nil {
		return false, nil
	}
	return a.id, nil
}

// login checks the credentials of an execute_kw.
func (s *Server) login(database, uid, password any) (*account, error) {
	if err := s.checkDatabase(database); err != nil {
		return nil, err
	}
	id, ok := userID(uid)
	secret, _ := password.(string)
	if !ok || secret == "" {
		return nil, accessDenied("Access Denied")
	}
	if s.cooldown.known[credential{id, secret}] && s.db.accounts[id].opens(secret) {
		return s.db.accounts[id], nil
	}
	if s.cooling() {
		return nil, accessDenied("Too many login failures, please wait a bit before trying again.")
	}
	a := s.db.accounts[id]
	if a == nil {
		return nil, missingError(modelUser, id, id)
	}
	if !a.opens(secret) {
		s.noteLogin(nil, secret)
		return nil, accessDenied("Access Denied")
	}
	s.noteLogin(a, secret)
	return a, nil
}

// checkDatabase refuses the name of a database that does not exist.
func (s *Server) checkDatabase(v any) error {
	name, ok := v.(string)
	switch {
	case ok && name == s.name:
		return nil
	case !truthy(v) && s.dialect == V19:
		return pythonError("AssertionError", "Missing database name")
	case !ok:
		return pythonError("AttributeError", "'%s' object has no attribute 'startswith'", typeName(v))
	case name == "":
		name = "odoo" // the name of the database user
	}
	if s.dialect == V14 {
		return databaseError("OperationalError", "FATAL:  database \"%s\" does not exist\n", name)
	}
	return databaseError("OperationalError",
		"connection to server at \"127.0.0.1\", port 5432 failed: FATAL:  database \"%s\" does not exist\n", name)
}
