package tomledit

import (
	"bytes"
	"math"
	"strconv"
	"unicode/utf8"
)

// The functions here read tokens that the parser has accepted. They do not check them again.

// keyEnd returns the offset after the key token that starts at the offset.
func keyEnd(src []byte, at uint32) uint32 {
	i := int(at)
	switch src[i] {
	case '\'':
		return uint32(i + 2 + bytes.IndexByte(src[i+1:], '\''))
	case '"':
		for i++; src[i] != '"'; i++ {
			if src[i] == '\\' {
				i++
			}
		}
		return uint32(i + 1)
	}
	for i < len(src) && isBareKeyByte(src[i]) {
		i++
	}
	return uint32(i)
}

// keyText returns the decoded key whose token starts at the offset.
func keyText(src []byte, at uint32) string {
	token := src[at:keyEnd(src, at)]
	if isQuote(token[0]) {
		return decodeString(token)
	}
	return string(token)
}

// keyIs reports whether the key token at the offset decodes to the key.
func keyIs[text string | []byte](src []byte, at uint32, key text) bool {
	if isQuote(src[at]) {
		token := src[at:keyEnd(src, at)]
		if src[at] == '"' && bytes.IndexByte(token, '\\') >= 0 {
			return decodeString(token) == string(key)
		}
		return string(token[1:len(token)-1]) == string(key)
	}
	end := int(at) + len(key)
	return len(key) > 0 && end <= len(src) && string(src[at:end]) == string(key) && (end == len(src) || !isBareKeyByte(src[end]))
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }

// decodeString returns the text of a string token of any of TOML's four kinds.
func decodeString(token []byte) string {
	quote := token[0]
	body := token[1 : len(token)-1]
	if len(token) >= 6 && token[1] == quote && token[2] == quote {
		body = token[3 : len(token)-3]
		body = bytes.TrimPrefix(body, []byte("\r"))
		body = bytes.TrimPrefix(body, []byte("\n"))
	}
	if quote == '\'' || bytes.IndexByte(body, '\\') < 0 {
		return string(body)
	}
	return string(unescape(body))
}

// unescape returns the text of a basic string's body. What it returns is never longer than the body.
func unescape(body []byte) []byte {
	text := make([]byte, 0, len(body))
	for {
		i := bytes.IndexByte(body, '\\')
		if i < 0 {
			return append(text, body...)
		}
		text = append(text, body[:i]...)
		c := body[i+1]
		body = body[i+2:]
		switch c {
		case 'b':
			text = append(text, '\b')
		case 't':
			text = append(text, '\t')
		case 'n':
			text = append(text, '\n')
		case 'f':
			text = append(text, '\f')
		case 'r':
			text = append(text, '\r')
		case 'e':
			text = append(text, 0x1b)
		case 'x':
			text, body = utf8.AppendRune(text, hexRune(body[:2])), body[2:]
		case 'u':
			text, body = utf8.AppendRune(text, hexRune(body[:4])), body[4:]
		case 'U':
			text, body = utf8.AppendRune(text, hexRune(body[:8])), body[8:]
		case '"', '\\':
			text = append(text, c)
		default: // a line that ends in a backslash: it and all blanks and line ends that follow mean nothing
			body = bytes.TrimLeft(body, " \t\r\n")
		}
	}
}

func hexRune(digits []byte) rune {
	var r rune
	for _, c := range digits {
		r = r<<4 | rune(digit(c))
	}
	return r
}

func digit(c byte) uint64 {
	switch {
	case c <= '9':
		return uint64(c - '0')
	case c <= 'F':
		return uint64(c-'A') + 10
	}
	return uint64(c-'a') + 10
}

// parseInteger returns the number of an integer token; false if it does not fit in 64 bits.
func parseInteger(token []byte) (int64, bool) {
	digits, base, limit := token, uint64(10), uint64(math.MaxInt64)
	negative := token[0] == '-'
	switch {
	case negative:
		digits, limit = token[1:], limit+1
	case token[0] == '+':
		digits = token[1:]
	case len(token) > 2 && token[0] == '0' && token[1] == 'x':
		digits, base = token[2:], 16
	case len(token) > 2 && token[0] == '0' && token[1] == 'o':
		digits, base = token[2:], 8
	case len(token) > 2 && token[0] == '0' && token[1] == 'b':
		digits, base = token[2:], 2
	}
	var n uint64
	for _, c := range digits {
		if c == '_' {
			continue
		}
		d := digit(c)
		if n > (limit-d)/base {
			return 0, false
		}
		n = n*base + d
	}
	if negative {
		n = -n
	}
	return int64(n), true
}

// knownNumber returns the number of an integer token plus one, or 0 if that does not fit.
func knownNumber(token []byte) uint32 {
	if n, ok := parseInteger(token); ok && 0 <= n && n < math.MaxUint32 {
		return uint32(n) + 1
	}
	return 0
}

// integerFits reports whether an integer token fits in 64 bits. No token of up to 17 bytes needs a look: its
// digits, at most 15 after 0x or 17 without, are below 2^63.
func integerFits(token []byte) bool {
	if len(token) <= 17 {
		return true
	}
	_, ok := parseInteger(token)
	return ok
}

// floatFits reports whether a float token is within the range of a 64-bit float. Without an exponent it takes
// 309 digits to leave it.
func floatFits(token []byte) bool {
	if len(token) < 300 && bytes.IndexByte(token, 'e') < 0 && bytes.IndexByte(token, 'E') < 0 {
		return true
	}
	plain := bytes.ReplaceAll(token, []byte("_"), nil)
	_, err := strconv.ParseFloat(string(plain), 64)
	return err == nil
}
