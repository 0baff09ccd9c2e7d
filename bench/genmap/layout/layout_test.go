package layout_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/matryer/is"

	"odoosync/bench/genmap/layout"
	"odoosync/engine"
)

func TestSameSpecWritesTheSameBytes(t *testing.T) {
	is := is.New(t)
	write := func(seed uint64) []byte {
		var b bytes.Buffer
		_, err := layout.Write(&b, layout.Spec{Layout: layout.Generated, Size: 1 << 16, Pending: 10, Seed: seed})
		is.NoErr(err)
		return b.Bytes()
	}
	is.True(bytes.Equal(write(1), write(1)))
	is.True(!bytes.Equal(write(1), write(2)))
}

func TestMapHasThePendingItems(t *testing.T) {
	for _, spec := range []layout.Spec{
		{Size: 100_000, Pending: 7},
		{Size: 100_000, Pending: 0},
		{Size: 0, Pending: 200},
		{Size: 1000, Pending: 50},
		{Size: 1 << 20, Pending: 300, Seed: 9},
	} {
		for _, l := range []layout.Layout{layout.Generated, layout.Example} {
			spec.Layout = l
			t.Run(fmt.Sprintf("%s/%d/%d", l, spec.Size, spec.Pending), func(t *testing.T) {
				is := is.New(t)
				path := filepath.Join(t.TempDir(), "map.toml")
				file, err := os.Create(path)
				is.NoErr(err)
				made, err := layout.WriteItems(file, spec)
				is.NoErr(err)
				is.NoErr(file.Close())
				info, err := os.Stat(path)
				is.NoErr(err)
				is.Equal(made.Bytes, info.Size())
				is.True(made.Bytes >= spec.Size)

				plan, err := engine.Check(path, false) // the map has no mistakes
				is.NoErr(err)
				is.Equal(plan.Pending(), spec.Pending)
				is.Equal(len(plan.Map.Features), made.Features)
				is.Equal(len(made.Pending), spec.Pending)
				at := 0
				for item := range plan.Map.All {
					if item.TaskID != 0 {
						continue
					}
					want := made.Pending[at]
					at++
					is.Equal(item.Name, want.Name)
					is.Equal(item.Description(), want.Description)
					is.Equal(item.Tags(), want.Tags)
					if item.Parent == nil {
						is.Equal(want.Feature, -1)
						continue
					}
					is.Equal(item.Parent.Name, made.Pending[want.Feature].Name) // parents are pending too
				}
			})
		}
	}
}

func TestErrorsOfTheWriterComeBack(t *testing.T) {
	is := is.New(t)
	_, err := layout.Write(full{}, layout.Spec{Layout: layout.Example, Size: 1 << 20})
	is.True(errors.Is(err, errFull))
	_, err = layout.Write(&bytes.Buffer{}, layout.Spec{Layout: "other"})
	is.True(err != nil) // unknown layout
}

var errFull = errors.New("no space left")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }
