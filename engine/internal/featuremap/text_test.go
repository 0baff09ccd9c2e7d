package featuremap

import (
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// TestLinesThatOdooWouldCutOff: what counts is the longest line, wherever it is.
func TestLinesThatOdooWouldCutOff(t *testing.T) {
	most := strings.Repeat("x", MaxTextNode)
	for _, row := range []struct {
		text    string
		refused bool
	}{
		{most, false}, {most + "x", true}, {most + "\n" + most, false}, {"a\n" + most + "x\nb", true}, {most + "\n" + most + "x", true},
	} {
		is := is.New(t)
		_, err := Parse("map.toml", []byte("[features.A]\ntask_id = 0\ndescription = '''"+row.text+"'''\n"), false)
		var mistakes *Error
		is.Equal(errors.As(err, &mistakes), row.refused)
		is.True(err == nil || strings.Contains(err.Error(), "3:15: features.A.description: a line is longer than 10000000 bytes"))
	}
}
