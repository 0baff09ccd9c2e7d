package odoosim

import "fmt"

// english is the language of what is stored without one.
const english = "en_US"

// french has what Odoo tells a user whose language is fr_FR, by its English.
// Servers differ in how much of it they have translated; here it is all.
var french = map[string]string{
	"You are not allowed to access '%s' (%s) records.": "Vous n'êtes pas autorisé à accéder aux enregistrements '%s' (%s).",
	"You are not allowed to create '%s' (%s) records.": "Vous n'êtes pas autorisé à créer des enregistrements '%s' (%s).",
	"You are not allowed to delete '%s' (%s) records.": "Vous n'êtes pas autorisé à supprimer les enregistrements '%s' (%s).",
	"You are not allowed to modify '%s' (%s) records.": "Vous n'êtes pas autorisé à modifier les enregistrements '%s' (%s).",

	"This operation is allowed for the following groups:\n\t- %s":       "Cette opération est autorisée pour les groupes suivants :\n\t- %s",
	"Contact your administrator to request access if necessary.":        "Contactez votre administrateur pour demander l'accès si nécessaire.",
	"Uh-oh! Looks like you have stumbled upon some top-secret records.": "Oups ! On dirait que vous êtes tombé sur des enregistrements top secrets.",
	"Sorry, %s (id=%d) doesn't have '%s' access to:":                    "Désolé, %s (id=%d) n'a pas d'accès '%s' à :",

	"If you really, really need access, perhaps you can win over your friendly administrator with a batch of freshly baked cookies.": "Si vous avez vraiment besoin d'un accès, vous pouvez peut-être convaincre votre sympathique administrateur en lui offrant des cookies maison.",

	"read": "lire", "write": "écrire", "create": "créer", "unlink": "supprimer",

	"The operation cannot be completed: %s":              "L'opération ne peut pas être terminée : %s",
	"Missing required value for the field '%s' (%s)":     "Valeur requise manquante pour le champ '%s' (%s)",
	"A tag with the same name already exists.":           "Une étiquette avec le même nom existe déjà.",
	"Record does not exist or has been deleted.":         "L'enregistrement n'existe pas ou a été supprimé.",
	"Unknown error during import: %s: %s":                "Erreur inconnue lors de l'importation : %s : %s",
	"Unknown database error: '%s'":                       "Erreur inconnue de la base de données : '%s'",
	"Resolve other errors first":                         "Corrigez d'abord les autres erreurs",
	"Invalid database id '%v' for the field '%s'":        "Id '%v' de la base de données invalide pour le champ '%s'",
	"No matching record found for %s '%v' in field '%s'": "Aucun enregistrement trouvé pour %s '%v' dans le champ '%s'",
	"'%v' does not seem to be an integer for field '%s'": "'%v' ne semble pas être un entier pour le champ '%s'",
	"database id": "id de la base de données", "external id": "id externe", "name": "nom",

	"Task": "Tâche", "Task Stage": "Étape de tâche", "Project Tags": "Étiquettes de projet",
	"Title": "Titre", "Name": "Nom", "Project": "Projet", "Stage": "Étape", "Parent Task": "Tâche parente", "Tags": "Étiquettes",
}

// say words a message in the language of the call.
func (t *tx) say(format string, args ...any) string {
	if translated, ok := french[format]; ok && t.speaks == "fr_FR" {
		format = translated
	}
	return fmt.Sprintf(format, args...)
}

// setLanguage takes the language of a call from its context. Messages are in the
// user's own language where the context names none, but not on Odoo 14.
func (t *tx) setLanguage() error {
	lang, _ := t.context["lang"].(string)
	installed := lang == "" || lang == english
	for _, a := range t.db.accounts {
		installed = installed || a.Lang == lang
	}
	switch {
	case !installed && t.dialect == V14:
		lang = ""
	case !installed:
		return userError("Invalid language code: %s", lang)
	}
	t.speaks = lang
	if lang == "" && t.dialect != V14 {
		t.speaks = t.account.Lang
	}
	if lang != english {
		t.lang = lang
	}
	return nil
}

// value is a field of a record as the language of the call shows it: of a
// translated name its translation, or what it was made with.
func (t *tx) value(r *row, f *field) any {
	if term, ok := r.terms[t.lang]; ok && f.translated {
		return term
	}
	return r.vals[f.pos]
}

// translate gives the name of a record a translation.
func (t *tx) translate(r *row, lang, name string) {
	old := r.terms
	terms := map[string]string{lang: name}
	for l, term := range old {
		if l != lang {
			terms[l] = term
		}
	}
	r.terms = terms
	t.touched = append(t.touched, r)
	t.undo = append(t.undo, func() { r.terms = old })
}

// Translate gives the name of a stage a translation ("project.task.type"); on
// Odoo 19 also that of a tag ("project.tags") or a project ("project.project").
// A language that no user has is not installed: it must be the Lang of one.
func (s *Server) Translate(model string, id int64, lang, name string) {
	seed(s, func(t *tx) int64 {
		tab := t.table(model)
		if r := tab.rows[id]; r == nil || !tab.field("name").translated {
			panic(fmt.Sprintf("odoosim: %s %d has no name to translate", model, id))
		}
		t.translate(tab.rows[id], lang, name)
		return id
	})
}
