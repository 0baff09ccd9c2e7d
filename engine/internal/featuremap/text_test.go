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

func TestWhatOdooKeepsOfAText(t *testing.T) {
	for text, want := range map[string]string{
		"a\r\nb\rc\n\td": "a\nb\nc\n\td",
		"a\x00b\x01c\x1bd\x1f\ufffee\uffff\x7f f": "abcde\x7f f",
		"\u00e9\u2028\ufeff\ufffd\U0001f600":      "\u00e9\u2028\ufeff\ufffd\U0001f600",
	} {
		is.New(t).Equal(PlainText(text), want)
	}
}
