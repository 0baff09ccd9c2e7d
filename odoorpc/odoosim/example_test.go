package odoosim_test

import (
	"fmt"
	"io"
	"net/http"
	"strings"

	"odoosync/odoorpc/odoosim"
)

// A server that loses the answer of the first create, and what is in it then.
func Example() {
	odoo := odoosim.New(odoosim.WithDialect(odoosim.V14))
	if err := odoo.Start(); err != nil {
		panic(err)
	}
	defer func() { _ = odoo.Close() }()
	project := odoo.AddProject(odoosim.Project{Name: "Web shop"})
	odoo.Inject(odoosim.Fault{Match: odoosim.On("project.task", "create"), Action: odoosim.DropAfter()})

	create := fmt.Sprintf(`{"jsonrpc":"2.0","method":"call","id":1,"params":{"service":"object","method":"execute_kw",
		"args":["demo",2,"admin","project.task","create",[[{"name":"Login page","project_id":%d}]]]}}`, project)
	for range 2 {
		answer, err := http.Post(odoo.URL()+"/jsonrpc", "application/json", strings.NewReader(create))
		if err != nil {
			fmt.Println("no answer")
			continue
		}
		body, _ := io.ReadAll(answer.Body)
		_ = answer.Body.Close()
		fmt.Println(string(body))
	}
	fmt.Println(len(odoo.Tasks()), "tasks")
	// Output:
	// no answer
	// {"jsonrpc":"2.0","id":1,"result":[2]}
	// 2 tasks
}
