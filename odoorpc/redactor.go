package odoorpc

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// A redactor takes secrets out of texts that were not written by the client: a server or a proxy may repeat the request
// that it did not understand. What the client itself writes is masked by place instead, see request.trace.
type redactor struct {
	replace func(string) string // a function, for the reason given at Secret
	longest int                 // bytes of the longest form of a secret
}

// newRedactor finds secrets as they are and in every encoding of formsOf, and in base64, alone or with the login.
func newRedactor(login string, secrets ...Secret) *redactor {
	r := &redactor{replace: func(s string) string { return s }}
	var forms []string
	for _, secret := range secrets {
		s := secret.reveal()
		if s == "" {
			continue
		}
		withLogin := login + ":" + s
		forms = append(forms, formsOf(s), base64Form(s), base64Form(withLogin))
		r.longest = max(r.longest, longestCharacter*len(s), base64.StdEncoding.EncodedLen(len(withLogin)))
	}
	if len(forms) > 0 {
		pattern := regexp.MustCompile(strings.Join(forms, "|"))
		pattern.Longest() // one secret may begin with the other
		r.replace = func(s string) string { return pattern.ReplaceAllLiteralString(s, masked) }
	}
	return r
}

// base64Form is a pattern of a text in base64 in both alphabets, padded or not.
func base64Form(text string) string {
	encoded := base64.RawStdEncoding.EncodeToString([]byte(text))
	return strings.NewReplacer("+", "[+-]", "/", "[/_]").Replace(encoded) + "={0,2}"
}

// formsOf is a pattern of a secret as it may be seen again. Letters and digits of ASCII stay as they are. Any other
// character may be written as it is; for an address or a form, with % or a + for a blank; in HTML, with & or without; or in
// a string of a program (JSON, Python, Go), with a backslash. All of that may have been done twice: Odoo 14 repeats a body
// in JSON that it does not understand as Python quotes it, within HTML.
func formsOf(secret string) string {
	var b strings.Builder
	for _, r := range secret {
		if r < utf8.RuneSelf && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			b.WriteRune(r)
		} else {
			b.WriteString("(?:" + strings.Join(formsOfCharacter(r), "|") + ")")
		}
	}
	return b.String()
}

// longestCharacter is how many bytes one character of a secret can have become.
const longestCharacter = 48

// otherNames are how single characters may be written beside their numbers.
var otherNames = map[rune]string{
	'&': "&amp;", '<': "&lt;", '>': "&gt;", '"': "&quot;", '\'': "&apos;", ' ': `\+`, '\n': `\\{1,8}n`, '\t': `\\{1,8}t`, '\r': `\\{1,8}r`,
}

func formsOfCharacter(r rune) []string {
	const perhapsQuoted, backslash, and = `\\{0,8}`, `\\{1,8}`, `&(?:amp;){0,2}`
	var percent, bytes, units string
	for _, c := range []byte(string(r)) {
		percent += fmt.Sprintf("%%(?:25){0,2}%02x", c)
		bytes += fmt.Sprintf(backslash+"x%02x", c)
	}
	for _, unit := range utf16.Encode([]rune{r}) {
		units += fmt.Sprintf(backslash+"u%04x", unit)
	}
	forms := []string{
		perhapsQuoted + regexp.QuoteMeta(string(r)),
		"(?i:" + strings.Join([]string{percent, bytes, units, fmt.Sprintf(backslash+"(?:x%02x|U%08x)", r, r)}, "|") + ")",
		fmt.Sprintf(perhapsQuoted+and+"(?:#0{0,4}%d|#(?i:x0{0,4}%x));", r, r),
	}
	if name, found := otherNames[r]; found {
		forms = append(forms, perhapsQuoted+strings.Replace(name, "&", and, 1))
	}
	return forms
}

// userInfo is the part of an address that may hold a password, as in the address of a proxy.
var userInfo = regexp.MustCompile(`://[^/\s"'<>]*@`)

func (r *redactor) redact(s string) string {
	return userInfo.ReplaceAllString(r.replace(s), "://"+masked+"@")
}

// line and text redact before they clean, because cleaning can cut a secret in two.
func (r *redactor) line(s string) string { return cleanLine(r.text(s, maxMessage)) }

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
