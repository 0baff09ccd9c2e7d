package odoorpc

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"html"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf16"
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
		case disturbs(r):
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

// disturbs reports whether a terminal could do anything with r but show it: controls, line separators, and format characters
// such as the bidirectional ones. The joiners and tags that emoji are made of are harmless.
func disturbs(r rune) bool {
	emoji := r == '\u200c' || r == '\u200d' || r >= 0xE0020 && r <= 0xE007F
	return !emoji && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// A redactor takes secrets out of texts that were not written by the client: a server or a proxy may repeat the request
// that it did not understand. What the client itself writes is masked by place instead, see request.trace.
type redactor struct {
	replace func(string) string // a function, for the reason given at Secret
	longest int                 // bytes of the longest form of a secret
}

// encodings are what a text may have gone through before it is seen again, one after the other: Odoo 14 repeats a body (JSON)
// that it does not understand as Python quotes it, within HTML.
var encodings = [][]func(string) string{
	{same, quoteForHTML, quote, quoteASCII},
	{same, quote, quotePython, url.QueryEscape, url.PathEscape, escapePath, lowerHex(url.QueryEscape), lowerHex(url.PathEscape), lowerHex(escapePath)},
	{same, html.EscapeString, escapePython, escapeWerkzeug},
}

func newRedactor(secrets ...Secret) *redactor {
	var forms []string
	for _, secret := range secrets {
		if s := secret.reveal(); s != "" {
			forms = append(forms, formsOf(s)...)
		}
	}
	// The longest first: a replacer takes the first of the forms that match at a place.
	slices.SortFunc(forms, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	forms = slices.Compact(forms)
	r := &redactor{}
	var pairs []string
	for _, form := range forms {
		pairs = append(pairs, form, masked)
		r.longest = max(r.longest, len(form))
	}
	r.replace = strings.NewReplacer(pairs...).Replace
	return r
}

// formsOf returns a secret as it may be seen again.
func formsOf(secret string) []string {
	forms := []string{secret}
	for _, layer := range encodings {
		var next []string
		for _, form := range forms {
			for _, encode := range layer {
				next = append(next, encode(form))
			}
		}
		slices.Sort(next)
		forms = slices.Compact(next)
	}
	return append(forms, base64.RawStdEncoding.EncodeToString([]byte(secret)), base64.RawURLEncoding.EncodeToString([]byte(secret)))
}

func same(s string) string { return s }

// quoteForHTML, quote and quoteASCII are the inside of a JSON string, as Go writes it, as most others do, and as Python does.
func quoteForHTML(s string) string {
	quoted, _ := json.Marshal(s) // a string never fails
	return string(quoted[1 : len(quoted)-1])
}

func quote(s string) string {
	quoted, err := encode(s)
	if err != nil { // not UTF-8
		return quoteForHTML(s)
	}
	return string(quoted[1 : len(quoted)-1])
}

func quoteASCII(s string) string {
	var b strings.Builder
	for _, r := range quote(s) {
		if r < 0x7f {
			b.WriteRune(r)
			continue
		}
		for _, unit := range utf16.Encode([]rune{r}) {
			fmt.Fprintf(&b, `\u%04x`, unit)
		}
	}
	return b.String()
}

// quotePython is the inside of a string with a double quote, as JSON has, in Python's own notation.
var quotePython = strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace

// escapePath is how package url writes the path of an address.
func escapePath(s string) string { return (&url.URL{Path: s}).EscapedPath() }

var percentEscape = regexp.MustCompile(`%[0-9A-F]{2}`)

func lowerHex(escape func(string) string) func(string) string {
	return func(s string) string { return percentEscape.ReplaceAllStringFunc(escape(s), strings.ToLower) }
}

// escapePython and escapeWerkzeug are html.EscapeString as Python does it, and as the web framework of Odoo 14 does.
var (
	escapePython   = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#x27;").Replace
	escapeWerkzeug = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;").Replace
)

// userInfo is the part of an address that may hold a password, as in the address of a proxy.
var userInfo = regexp.MustCompile(`://[^/\s"'<>]*@`)

func (r *redactor) redact(s string) string {
	return userInfo.ReplaceAllString(r.replace(s), "://"+masked+"@")
}

// line and text redact before they clean, because cleaning can cut a secret in two.
func (r *redactor) line(s string) string { return cleanLine(r.redact(s)) }

// text redacts no more than it needs of a text that is much longer than limit. The end of that part, in which a secret may
// begin whose rest is gone, is left out.
func (r *redactor) text(s string, limit int) string {
	if part := limit + r.longest; len(s) > part+r.longest {
		redacted := r.redact(s[:part])
		s = redacted[:max(len(redacted)-r.longest, 0)] + "…"
	} else {
		s = r.redact(s)
	}
	return clean(s, limit)
}

var titleTag = regexp.MustCompile(`(?is)<title[^>]*>(.*?)</title>`)

// pageTitle returns the title of an HTML page, or "".
func pageTitle(body string) string {
	if m := titleTag.FindStringSubmatch(body); m != nil {
		return html.UnescapeString(m[1])
	}
	return ""
}
