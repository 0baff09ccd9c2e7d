package odoosim_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"testing"

	"odoosync/odoorpc/odoosim"
)

// BenchmarkLoad stores tasks in batches of 1000, over HTTP; one operation is
// one batch. The time of a batch must not grow with the number of tasks.
func BenchmarkLoad(b *testing.B) {
	s := odoosim.New()
	if err := s.Start(); err != nil {
		b.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	project := s.AddProject(odoosim.Project{Name: "P"})
	parent := s.AddTask(odoosim.Task{Name: "F", ProjectID: project})
	n := 0
	for b.Loop() {
		rows := make([]any, 1000)
		for i := range rows {
			n++
			rows[i] = []any{fmt.Sprintf("bench.x%d", n), fmt.Sprintf("Task %d", n), "<p>As a customer<br>I want it</p>", project, parent}
		}
		body, err := json.Marshal(map[string]any{"params": map[string]any{"service": "object", "method": "execute_kw", "args": []any{
			"demo", 2, "admin", "project.task", "load",
			[]any{[]any{"id", "name", "description", "project_id/.id", "parent_id/.id"}, rows},
			map[string]any{"context": map[string]any{"mode": "update", "noupdate": true, "tracking_disable": true}},
		}}})
		if err != nil {
			b.Fatal(err)
		}
		post(b, s.URL()+"/jsonrpc", body)
	}
	b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(n), "µs/task")
}

func post(b *testing.B, url string, body []byte) {
	resp, err := http.Post(url, "application/json", bytes.NewReader(body))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || !bytes.Contains(answer, []byte(`"messages":[]`)) {
		b.Fatalf("%v: %s", err, answer)
	}
}
