package destination

import (
	"testing"

	"github.com/matryer/is"
)

func TestWhatIsAnID(t *testing.T) {
	for text, want := range map[string]int64{
		"1": 1, "42": 42, "2147483647": 2147483647,
		"": 0, "0": 0, "-1": 0, "+1": 0, "01": 0, "1.0": 0, "1e3": 0, "0x1": 0, "1_000": 0, "\t1": 0, "١": 0, "Shop": 0,
		"2147483648": 0, "9223372036854775807": 0, "9223372036854775808": 0, "99999999999999999999": 0,
	} {
		is := is.New(t)
		id, ok := asID(text)
		is.Equal(ok, want != 0)
		if ok {
			is.Equal(id, want)
		}
	}
}

func TestSomeIDsOfManyProjects(t *testing.T) {
	is := is.New(t)
	var projects []Project
	for id := range int64(23) {
		projects = append(projects, Project{ID: id + 1})
	}
	is.Equal(idsOf(projects[:2]), "1, 2")
	is.Equal(idsOf(projects[:20]), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20")
	is.Equal(idsOf(projects), "1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 and 3 more")
}
