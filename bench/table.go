//go:build linux

package main

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// median is the middle one of some values, of an even number the lower one.
// It is zero for none.
func median[T int64 | float64 | time.Duration](values []T) T {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}

// medianOf is the median of something about each of some values.
func medianOf[V any, T int64 | float64 | time.Duration](values []V, about func(V) T) T {
	of := make([]T, len(values))
	for i, v := range values {
		of[i] = about(v)
	}
	return median(of)
}

// ratio is the median of the ratios of the rounds, each to the base of the
// same round.
func ratio[T int64 | time.Duration](values, bases []T) string {
	var ratios []float64
	for i := range min(len(values), len(bases)) {
		ratios = append(ratios, float64(values[i])/float64(bases[i]))
	}
	if len(ratios) == 0 {
		return ""
	}
	return times(median(ratios))
}

func times(ratio float64) string {
	if ratio >= 10 {
		return fmt.Sprintf("%.0fx", ratio)
	}
	return fmt.Sprintf("%.2fx", ratio)
}

// table is a table of Markdown.
type table struct {
	title string
	rows  [][]string // the first is the head
}

func newTable(title string, head ...string) *table { return &table{title, [][]string{head}} }

func (t *table) add(cells ...string) { t.rows = append(t.rows, cells) }

func (t *table) print() {
	fmt.Printf("\n### %s\n\n", t.title)
	for i, row := range t.rows {
		fmt.Printf("| %s |\n", strings.Join(row, " | "))
		if i == 0 {
			fmt.Printf("|%s\n", strings.Repeat(" --- |", len(row)))
		}
	}
}

func seconds(d time.Duration) string {
	switch {
	case d < 10*time.Millisecond:
		return fmt.Sprintf("%.2f ms", d.Seconds()*1000)
	case d < time.Second:
		return fmt.Sprintf("%.0f ms", d.Seconds()*1000)
	}
	return fmt.Sprintf("%.2f s", d.Seconds())
}

func megabytes(n int64) string { return fmt.Sprintf("%.0f MB", float64(n)/1e6) }

func percent(part, whole time.Duration) string {
	if whole == 0 {
		return ""
	}
	return fmt.Sprintf("%.1f%%", 100*float64(part)/float64(whole))
}
