package tomledit_test

import (
	"testing"

	"github.com/matryer/is"

	"odoosync/tomledit"
)

func TestDocumentsAreAcceptedOrRefusedWithTheirPlace(t *testing.T) {
	for _, d := range documents {
		t.Run(d.name, func(t *testing.T) {
			is := is.New(t)
			doc, err := tomledit.Parse("f", []byte(d.src))
			if d.refused != "" {
				is.True(doc == nil)
				e := wellPlaced(t, []byte(d.src), err)
				is.Equal(e.Error(), "f:"+d.refused)
				return
			}
			is.NoErr(err)
			is.Equal(string(source(doc)), d.src)
			inPlace(t, []byte(d.src), doc.Get())
			onlyTokensChange(t, doc, integers(doc.Get()))
		})
	}
}
