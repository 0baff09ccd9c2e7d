package odoorpc

import (
	"encoding/json"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Longest texts, in bytes, that are taken over from a server.
const (
	maxLine    = 200
	maxMessage = 4 << 10
	maxDebug   = 64 << 10
	maxTrace   = 64 << 10
)

// clean makes a text from a server fit for a terminal: what could move the cursor, change colours or re-order the line
// becomes U+FFFD, tabs become blanks, CRLF becomes LF, and what lies beyond limit bytes is cut off. Newlines stay.
func clean(s string, limit int) string {
	cut := len(s) > limit
	if cut {
		s = s[:limit]
		for len(s) > 0 && !utf8.RuneStart(s[len(s)-1]) {
			s = s[:len(s)-1]
		}
		if r, n := utf8.DecodeLastRuneInString(s); r == utf8.RuneError && n == 1 {
			s = s[:len(s)-1]
		}
	}
	s = strings.ReplaceAll(s, "\r\n", "\n")
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n':
			return r
		case r == '\t':
			return ' '
		case isUnprintable(r):
			return utf8.RuneError
		}
		return r
	}, s)
	if cut {
		s += "…"
	}
	return s
}

// cleanLine is clean for a text that stands within a line.
func cleanLine(s string) string {
	s = clean(s, 4*maxLine)
	s = strings.Join(strings.Fields(s), " ")
	return clean(s, maxLine)
}

// isUnprintable reports whether r acts on a terminal instead of showing: controls (C0, C1, DEL), line separators, and
// format characters such as the bidirectional ones. The joiners that emoji are built with are harmless.
func isUnprintable(r rune) bool {
	const zeroWidthNonJoiner, zeroWidthJoiner = '\u200c', '\u200d'
	if r == zeroWidthJoiner || r == zeroWidthNonJoiner {
		return false
	}
	return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Co)
}

// A redactor takes secrets out of texts that were not written by the client: a server or a proxy may repeat the request
// that it did not understand. What the client itself writes is masked by place instead, see request.trace.
type redactor struct {
	replace func(string) string // a function, for the reason given at Secret
}

func newRedactor(secrets ...Secret) *redactor {
	var forms []string
	for _, secret := range secrets {
		s := secret.reveal()
		if s == "" {
			continue
		}
		quoted, _ := json.Marshal(s)
		inner := strings.Trim(string(quoted), `"`)
		forms = append(forms, s, inner, strings.ReplaceAll(inner, `\`, `\\`), html.EscapeString(s), url.QueryEscape(s), url.PathEscape(s))
		if plain, err := encode(s); err == nil {
			forms = append(forms, strings.Trim(string(plain), `"`))
		}
	}
	// The longest first: a replacer takes the first of the forms that match at a place.
	slices.SortFunc(forms, func(a, b string) int { return len(b) - len(a) })
	var pairs []string
	for _, form := range slices.Compact(forms) {
		if form != "" {
			pairs = append(pairs, form, masked)
		}
	}
	return &redactor{replace: strings.NewReplacer(pairs...).Replace}
}

// userInfo is the part of an address that may hold a password, as in the address of a proxy.
var userInfo = regexp.MustCompile(`://[^/\s"'<>]*@`)

func (r *redactor) redact(s string) string {
	return userInfo.ReplaceAllString(r.replace(s), "://"+masked+"@")
}

// line and text redact before they clean, because cleaning can cut a secret in two.
func (r *redactor) line(s string) string            { return cleanLine(r.redact(s)) }
func (r *redactor) text(s string, limit int) string { return clean(r.redact(s), limit) }

var titleTag = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// pageTitle returns the title of an HTML page, or "".
func pageTitle(body string) string {
	if m := titleTag.FindStringSubmatch(body); m != nil {
		return html.UnescapeString(m[1])
	}
	return ""
}
