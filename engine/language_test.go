package engine_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/engine"
	"odoosync/odoorpc"
	"odoosync/odoorpc/odoosim"
)

const translatedMap = "[features.F]\ntask_id = 0\ntags = \"Eau, Feu\"\n"

// french is a world whose stage, tag and project have names in French, where
// the version of Odoo has such names, and a user who reads them.
func french(t *testing.T, dialect odoosim.Dialect) (w *world, stage, tag int64) {
	w = newWorld(t, odoosim.WithDialect(dialect))
	w.odoo.AddUser(odoosim.User{Login: "zoe", Password: "f", Role: odoosim.Manager, Lang: "fr_FR"})
	stage, tag = w.odoo.AddStage("Unsorted", 1, w.project), w.odoo.AddTag("Water")
	w.odoo.Translate("project.task.type", stage, "fr_FR", "Backlog")
	if dialect != odoosim.V14 {
		w.odoo.Translate("project.tags", tag, "fr_FR", "Eau")
		w.odoo.Translate("project.project", w.project, "fr_FR", "Boutique")
	}
	return w, stage, tag
}

// TestNamesInTheUsersLanguage has a user give names as Odoo shows them.
func TestNamesInTheUsersLanguage(t *testing.T) {
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		is := is.New(t)
		w, stage, tag := french(t, dialect)
		if dialect != odoosim.V14 {
			w.options.Project = "Boutique"
		}
		result, err := w.engineFor("zoe", "f").Sync(t.Context(), w.write(translatedMap))
		is.NoErr(err)
		is.Equal(result.Project.ID, w.project)
		is.Equal(result.Stage.ID, stage)
		is.Equal(result.Stage.Created, false)
		is.Equal(len(w.odoo.Stages()), 1)
		is.Equal(result.Tags[1].Created, true)
		is.Equal(result.Tags[0].Created, dialect == odoosim.V14) // whose tags have one name
		if dialect != odoosim.V14 {
			is.Equal(result.Tags[0].ID, tag)
		}
	})
}

// TestSourceNamesCountFirst: what has the name in English is taken before what
// has it in French, and an English user does not see the French names.
func TestSourceNamesCountFirst(t *testing.T) {
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		is := is.New(t)
		w, _, _ := french(t, dialect)
		stage, tag := w.odoo.AddStage("Backlog", 9, w.project), w.odoo.AddTag("Eau")
		for login, password := range map[string]string{"zoe": "f", "admin": "admin"} {
			result, err := w.engineFor(login, password).Sync(t.Context(), w.write(strings.Replace(translatedMap, "F]", login+"]", 1)))
			is.NoErr(err)
			is.Equal(result.Stage.ID, stage)
			is.Equal(result.Tags[0].ID, tag)
		}
		w.odoo.ForgetCalls()
		_, err := w.engineFor("zoe", "f").Sync(t.Context(), w.write("[features.G]\ntask_id = 0\ntags = \"Eau\"\n"))
		is.NoErr(err)
		for _, call := range w.odoo.Calls() {
			is.Equal(call.Context["lang"], nil) // nothing is missing that may have the name in French
		}
	})
}

func TestAnEnglishUserDoesNotMeanFrenchNames(t *testing.T) {
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		is := is.New(t)
		w, stage, tag := french(t, dialect)
		result := w.sync(w.write(translatedMap))
		is.True(result.Stage.ID != stage)
		is.True(result.Tags[0].ID != tag)
		for _, call := range w.odoo.Calls() {
			is.Equal(call.Context["lang"], nil) // the names in English are the source names
		}
		w.options.Project = "Boutique"
		_, err := w.engine().Sync(t.Context(), w.write(translatedMap))
		is.True(err != nil)
	})
}

// TestTheOldestOfEqualTagsIsTaken: two tags may have one name where their
// translations differ.
func TestTheOldestOfEqualTagsIsTaken(t *testing.T) {
	is := is.New(t)
	w, _, oldest := french(t, odoosim.V19)
	is.True(w.odoo.AddTag("Water") > oldest)
	result := w.sync(w.write("[features.F]\ntask_id = 0\ntags = \"Water\"\n"))
	is.Equal(result.Tags, []engine.Tag{{ID: oldest, Name: "Water"}})
}

// TestTheFirstOfEqualStagesIsTaken: on the board, not by age.
func TestTheFirstOfEqualStagesIsTaken(t *testing.T) {
	dialects(t, func(t *testing.T, dialect odoosim.Dialect) {
		is := is.New(t)
		w := newWorld(t, odoosim.WithDialect(dialect))
		w.odoo.AddStage("Backlog", 5, w.project)
		first := w.odoo.AddStage("Backlog", 2, w.project)
		w.odoo.AddStage("Backlog", 2, w.project)
		w.odoo.AddStage("Backlog", 1, w.odoo.AddProject(odoosim.Project{Name: "Other"}))
		is.Equal(w.sync(w.write(shop)).Stage.ID, first)
	})
}

// TestALanguageThatIsNotToldStopsTheRun: what has its name in that language is
// not missing.
func TestALanguageThatIsNotToldStopsTheRun(t *testing.T) {
	for _, project := range []string{"Boutique", "Shop"} { // the project, or the stage, that has no such name in English
		is := is.New(t)
		w, _, _ := french(t, odoosim.V17)
		w.retries, w.options.Project = -1, project
		w.odoo.Inject(odoosim.Fault{Match: odoosim.On("res.users", "context_get"), Action: odoosim.Status(503, "")})
		_, err := w.engineFor("zoe", "f").Sync(t.Context(), w.write(translatedMap))
		var transport *odoorpc.TransportError
		is.True(errors.As(err, &transport))
		is.Equal(len(w.odoo.Stages()), 1)
	}
}
