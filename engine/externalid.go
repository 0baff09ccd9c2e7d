package engine

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
)

// externalModule stands before the point of every external id that odoosync
// makes. No module of Odoo has such a name, so no installation, upgrade or
// removal of a module touches the ids.
const externalModule = "__odoosync__"

// externalID is the name under which Odoo knows an item's task for ever:
//
//	__odoosync__.p7_story_1f0c...    (project 7, 32 hexadecimal digits)
//
// The digits are the first half of the SHA-256 of these fields, joined by NUL
// bytes: "1" (the version of this recipe), the namespace, the feature's name,
// the story's name (empty for a feature), the ordinal in decimal. Names go in
// as the bytes of the map, so any Unicode is safe and no two spellings are
// taken for one; no name can hold a NUL. The id says who an item is and not what it contains:
// a new description keeps it, a new name or another feature makes another item
// of it.
func externalID(project int64, namespace string, item *Item, ordinal int) string {
	story := ""
	if item.Kind == Story {
		story = item.Name
	}
	digest := digestOf("1", namespace, item.Feature().Name, story, strconv.Itoa(ordinal))
	return fmt.Sprintf("%s.p%d_%s_%s", externalModule, project, item.Kind, digest)
}

// stageExternalID is the external id of a stage that odoosync makes in a
// project; the attempt counts up when the stage of the one before is no longer
// a stage of the project.
func stageExternalID(project int64, name string, attempt int) string {
	return fmt.Sprintf("%s.p%d_stage_%s", externalModule, project, digestOf("1", name, strconv.Itoa(attempt)))
}

// tagExternalID is the external id of a tag that odoosync makes. Tags belong
// to the whole database, and so does the id.
func tagExternalID(name string, attempt int) string {
	return fmt.Sprintf("%s.tag_%s", externalModule, digestOf("1", name, strconv.Itoa(attempt)))
}

func digestOf(fields ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(fields, "\x00")))
	return hex.EncodeToString(sum[:sha256.Size/2])
}
