package odoosim

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
	if a := s.db.byLogin(login); a != nil && a.opens(secret) {
		return a.id, nil
	}
	return false, nil
}

// login checks the credentials of an execute_kw.
func (s *Server) login(database, uid, password any) (*account, error) {
	if err := s.checkDatabase(database); err != nil {
		return nil, err
	}
	id, _ := asInt(uid)
	secret, _ := password.(string)
	a := s.db.accounts[id]
	if id == 0 || secret == "" || a != nil && !a.opens(secret) {
		return nil, accessDenied("Access Denied")
	}
	if a == nil {
		return nil, missingError("Record does not exist or has been deleted.", modelUser, id, id)
	}
	return a, nil
}

// checkDatabase refuses the name of a database that does not exist.
func (s *Server) checkDatabase(v any) error {
	name, _ := v.(string)
	switch {
	case name == s.name:
		return nil
	case name == "" && s.dialect == V19:
		return pythonError("AssertionError", "Missing database name")
	case name == "":
		name = "odoo" // the name of the database user
	}
	where := ""
	if s.dialect != V14 {
		where = "connection to server at \"127.0.0.1\", port 5432 failed: "
	}
	return databaseError("OperationalError", "%sFATAL:  database \"%s\" does not exist\n", where, name)
}
