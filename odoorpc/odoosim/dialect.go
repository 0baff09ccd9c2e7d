package odoosim

import "fmt"

// Dialect is the version of Odoo whose answers a server gives.
type Dialect int

// The dialects. The zero Dialect is not valid.
const (
	V14 Dialect = 14 // Odoo 14.0
	V17 Dialect = 17 // Odoo 17.0
	V19 Dialect = 19 // Odoo 19.0
)

// String returns the version as Odoo writes it, such as "19.0".
func (d Dialect) String() string { return fmt.Sprintf("%d.0", int(d)) }

// versionInfo is the list that clients read the version from.
func (d Dialect) versionInfo() []any {
	return []any{int(d), 0, 0, "final", 0, ""}
}

// errorCode is the constant in the "code" of each application error.
func (d Dialect) errorCode() int {
	if d < V19 {
		return 200
	}
	return 0
}

func (d Dialect) jsonType() string {
	if d == V14 {
		return "application/json"
	}
	return "application/json; charset=utf-8"
}

// assigneeField is the field of a task that holds who works on it.
func (d Dialect) assigneeField() string {
	if d == V14 {
		return "user_id"
	}
	return "user_ids"
}

// comma and period are what stands after the parts of a message about the
// database.
func (d Dialect) comma() string { return map[Dialect]string{V14: ", ", V17: "\n"}[d] }

func (d Dialect) period() string { return map[Dialect]string{V14: "", V17: "\n"}[d] }
