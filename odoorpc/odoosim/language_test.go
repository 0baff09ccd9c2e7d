package odoosim_test

import (
	"strings"
	"testing"

	"github.com/matryer/is"

	"odoosync/odoorpc/odoosim"
)

var inFrench = dict{"context": dict{"lang": "fr_FR"}}

func addFrench(s *odoosim.Server, login string, role odoosim.Role) user {
	return user{s.AddUser(odoosim.User{Login: login, Password: "f", Role: role, Lang: "fr_FR"}), "f"}
}

func TestAnUsersLanguage(t *testing.T) {
	allDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		french := addFrench(s, "zoe", odoosim.ProjectUser)
		var about dict
		french.result(t, s, &about, "res.users", "context_get", nil, nil)
		is.Equal(about["lang"], "fr_FR")
	})
}

func TestMessagesComeInTheUsersLanguageFromOdoo16On(t *testing.T) {
	allDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		zoe, employee := addFrench(s, "zoe", odoosim.ProjectUser), addFrench(s, "eva", odoosim.Internal)
		hidden := s.AddProject(odoosim.Project{Name: "Hidden", Privacy: odoosim.PrivacyFollowers})
		english := s.Dialect() == odoosim.V14
		starts := func(who user, model, method string, args list, in14, in19 string) {
			t.Helper()
			a := who.call(t, s, model, method, args, dict{"context": idempotent})
			text := string(a.Result)
			if a.Error != nil {
				text = a.Error.Data.Message
			}
			want := map[bool]string{true: in14, false: in19}[english]
			if !strings.Contains(text, want) {
				t.Errorf("%s.%s: %s, want %s", model, method, text, want)
			}
		}
		row := func(cells ...any) list { return list{list{"id", "name", "project_id/.id"}, list{cells}} }
		starts(zoe, "project.project", "read", list{list{hidden}, list{"name"}}, "Due to security", "Oups ! On dirait")
		starts(zoe, "project.project", "create", list{dict{"name": "x"}}, "You are not allowed to create 'Project'", "Vous n'êtes pas autorisé à créer des enregistrements 'Projet'")
		starts(employee, "project.task", "load", row("m.a", "A", ""), "Unknown error during import: ", "n'a pas d'accès 'créer' à :\\n- Tâche (project.task)")
		starts(zoe, "project.task", "load", row("m.a", "", ""), "Missing required value for the field 'Title'", "Valeur requise manquante pour le champ 'Titre'")
		starts(zoe, "project.task", "load", row("m.a", "A", 99), "No matching record found for database id '99' in field 'Project'", "Aucun enregistrement trouvé pour id de la base de données '99' dans le champ 'Projet'")
		starts(zoe, "project.task", "load", row("m.a", "a\x00", ""), "Unknown error during import: ", "Erreur inconnue lors de l'importation : ")
		starts(zoe, "project.task", "write", list{list{99}, dict{}}, "Record does not exist", "L'enregistrement n'existe pas")

		a := zoe.call(t, s, "project.task", "write", list{list{99}, dict{}}, dict{"context": dict{"lang": "en_US"}})
		is.True(strings.HasPrefix(a.Error.Data.Message, "Record does not exist"))
	})
}

func TestTranslatedNames(t *testing.T) {
	allDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		addFrench(s, "zoe", odoosim.ProjectUser)
		project := s.AddProject(odoosim.Project{Name: "Shop"})
		stage, tag := s.AddStage("Backlog", 1, project), s.AddTag("Water")
		found := func(model, name string, named dict) bool {
			t.Helper()
			var records []dict
			admin.result(t, s, &records, model, "search_read", list{list{list{"name", "in", list{name}}}, list{"name"}}, named)
			return len(records) > 0 && records[0]["name"] == name
		}
		models := map[string]int64{"project.task.type": stage}
		if s.Dialect() != odoosim.V14 {
			models["project.tags"], models["project.project"] = tag, project
		}
		for model, id := range models {
			s.Translate(model, id, "fr_FR", "Autre")
			is.True(!found(model, "Autre", nil))
			is.True(found(model, "Autre", inFrench))
		}
		is.True(found("project.task.type", "Backlog", nil))
		is.True(!found("project.task.type", "Backlog", inFrench))
		is.True(found("project.tags", "Water", nil))

		var records []dict
		s.AddTask(odoosim.Task{Name: "T", ProjectID: project, StageID: stage})
		admin.result(t, s, &records, "project.task", "search_read", list{list{}, list{"stage_id"}}, inFrench)
		is.Equal(records[0]["stage_id"], list{float64(stage), "Autre"})

		admin.call(t, s, "project.task.type", "create", list{dict{"name": "Fini"}}, inFrench)
		is.True(found("project.task.type", "Fini", nil)) // what is made in French has the French text as its source too
		is.True(found("project.task.type", "Fini", inFrench))
	})
}

func TestTagsThatDifferInATranslationAreTwo(t *testing.T) {
	is := is.New(t)
	s := start(t)
	addFrench(s, "zoe", odoosim.ProjectUser)
	s.Translate("project.tags", s.AddTag("Water"), "fr_FR", "Eau")
	is.Equal(s.AddTag("Water"), int64(2))
	name, _ := admin.fails(t, s, "project.tags", "create", list{dict{"name": "Water"}}, nil)
	is.Equal(name, validationErr)
}

func TestALanguageThatIsNotInstalled(t *testing.T) {
	allDialects(t, func(t *testing.T, s *odoosim.Server) {
		is := is.New(t)
		s.AddTag("Water")
		a := admin.call(t, s, "project.tags", "search", list{list{list{"name", "=", "Water"}}}, inFrench)
		if s.Dialect() == odoosim.V14 {
			is.Equal(string(a.Result), "[1]")
		} else {
			is.Equal(a.Error.Data.Message, "Invalid language code: fr_FR")
			is.Equal(a.Error.Data.Name, userErr)
		}
	})
}
