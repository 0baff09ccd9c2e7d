package main

import (
	"os"
	"runtime/debug"
)

// heapGrowth is by how many percent the heap may grow between collections. A
// large map is most of the heap and lives as long as the run: Go's usual 100
// would need the memory of two.
const heapGrowth = 25

// limitMemory sets heapGrowth, unless the user has set it.
func limitMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(heapGrowth)
	}
}
