// Genmap writes a feature map of a given size to standard output.
//
//	go run ./bench/genmap -size 100MB -pending 100000 >map.toml
//
// The same flags write the same bytes.
package main

import (
	"flag"
	"fmt"
	"os"
	"strconv"
	"strings"

	"odoosync/bench/genmap/layout"
)

func main() {
	spec := layout.Spec{Layout: layout.Generated, Seed: 1}
	size := flag.String("size", "0", "about how large the map is, such as 100kB or 10MB; 0: what the pending items need")
	flag.StringVar((*string)(&spec.Layout), "layout", string(spec.Layout), "generated or example")
	flag.IntVar(&spec.Pending, "pending", 0, "items with task_id = 0")
	flag.Uint64Var(&spec.Seed, "seed", spec.Seed, "of names, texts and numbers")
	flag.Parse()
	var err error
	if spec.Size, err = bytesOf(*size); err == nil && flag.NArg() > 0 {
		err = fmt.Errorf("unexpected argument %q", flag.Arg(0))
	}
	if err == nil {
		_, err = layout.Write(os.Stdout, spec)
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "genmap: %v\n", err)
		os.Exit(2)
	}
}

// bytesOf reads a size: a number of bytes, kB or MB (powers of ten).
func bytesOf(text string) (int64, error) {
	factor := int64(1)
	number := strings.TrimSuffix(text, "B")
	switch {
	case strings.HasSuffix(number, "k"):
		factor, number = 1000, strings.TrimSuffix(number, "k")
	case strings.HasSuffix(number, "M"):
		factor, number = 1000_000, strings.TrimSuffix(number, "M")
	}
	n, err := strconv.ParseInt(number, 10, 64)
	if err != nil || n < 0 {
		return 0, fmt.Errorf("size %q: expected something like 100kB or 10MB", text)
	}
	return n * factor, nil
}
