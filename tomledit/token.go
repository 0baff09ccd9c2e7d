package tomledit

import (
	"bytes"
	"errors"
	"math"
	"strconv"
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
func keyIs(src []byte, at uint32, key []byte) bool {
	if isQuote(src[at]) {
		token := src[at:keyEnd(src, at)]
		if src[at] == '"' && bytes.IndexByte(token, '\\') >= 0 {
			return decodeString(token) == string(key)
		}
		return bytes.Equal(token[1:len(token)-1], key)
	}
	return bytes.Equal(src[at:keyEnd(src, at)], key)
}

func isQuote(c byte) bool { return c == '"' || c == '\'' }

// decodeString returns the text of a string token of any of TOML's four kinds.
func decodeString(token []byte) string {
	if severalLines := len(token) > 2 && token[1] == token[0]; severalLines || bytes.IndexByte(token, '\\') >= 0 {
		return parseString(token)
	}
	return string(token[1 : len(token)-1])
}

// parseInteger returns the number of an integer token; false if it does not fit in 64 bits.
func parseInteger(token []byte) (int64, bool) {
	n, err := strconv.ParseInt(string(token), 0, 64) // Go has all of TOML's spellings
	return n, err == nil
}

// knownNumber returns the number of an integer token plus one, or 0 if that does not fit. To look it up costs less than to
// go to the source again.
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

// floatFits reports whether a float token is within the range of a 64-bit float.
func floatFits(token []byte) bool {
	plain := bytes.ReplaceAll(token, []byte("_"), nil)
	_, err := strconv.ParseFloat(string(plain), 64)
	return !errors.Is(err, strconv.ErrRange)
}

// skipBlank returns the offset of the first byte at or after the offset that is no blank, line end, comma or part
// of a comment: within an array or inline table the next token or closing bracket.
func skipBlank(src []byte, at uint32) uint32 {
	for {
		switch src[at] {
		case ' ', '\t', '\n', '\r', ',':
			at++
		case '#':
			at += uint32(bytes.IndexByte(src[at:], '\n'))
		default:
			return at
		}
	}
}
