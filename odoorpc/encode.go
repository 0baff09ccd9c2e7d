package odoorpc

import (
	"bytes"
	"encoding/json"
	"fmt"
	"regexp"
)

// replaced finds a text in which encoding/json put \ufffd in place of a byte that is not valid UTF-8. The character U+FFFD
// itself it writes as it is, and a backslash as two.
var replaced = regexp.MustCompile(`("(?:[^"\\]|\\.)*?)\\ufffd`)

// encode returns v as JSON, with integers exact and without the escapes that are meant for HTML. A text that is not valid
// UTF-8 is refused, because encoding/json would replace its bytes silently.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		return nil, err
	}
	if bytes.Contains(b.Bytes(), []byte(`\ufffd`)) {
		if found := replaced.FindStringSubmatch(b.String()); found != nil {
			return nil, fmt.Errorf("a text is not valid UTF-8 after %q", cleanLine(text([]byte(found[1]+`"`))))
		}
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}
