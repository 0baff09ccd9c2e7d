package tomledit_test

import (
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"
)

func TestMem(t *testing.T) {
	path := "/tmp/te/map100.toml"
	if _, err := os.Stat(path); err != nil {
		t.Skip()
	}
	b := &testing.B{}
	f, _ := os.Open(path)
	st, _ := f.Stat()
	src := make([]byte, st.Size())
	io.ReadFull(f, src)
	start := time.Now()
	doc := parse(b, src, mapPaths())
	fmt.Println("parse", time.Since(start))
	p := patchPending(b, doc)
	n, _ := p.WriteTo(io.Discard)
	fmt.Println("all", time.Since(start), p.Len(), n)
	status, _ := os.ReadFile("/proc/self/status")
	for _, l := range strings.Split(string(status), "\n") {
		if strings.HasPrefix(l, "VmHWM") {
			fmt.Println(l, len(src)>>10, "kB file")
		}
	}
}

func TestGenMem(t *testing.T) {
	if os.Getenv("GEN") != "" {
		os.WriteFile("/tmp/te/map100.toml", generatedMap(100<<20), 0o600)
	}
}
