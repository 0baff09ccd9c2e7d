package odoorpc

import "fmt"

// masked stands wherever a secret would.
const masked = "[secret]"

// A Secret is a password or an API key that does not print itself: fmt, JSON and text encodings and structured logs show
// "[secret]", even deep inside another value; where fmt cannot ask it, in a field that is not exported, it shows an address
// that says nothing. The zero Secret is empty; it prints the same, so that output does not tell whether a secret was given.
type Secret struct {
	// A function, because fmt and dumpers follow strings and pointers of unexported fields but cannot look into a
	// function.
	text func() string
}

// NewSecret wraps s. An empty s gives the zero Secret.
func NewSecret(s string) Secret {
	if s == "" {
		return Secret{}
	}
	return Secret{text: func() string { return s }}
}

// IsZero reports whether the Secret is empty.
func (s Secret) IsZero() bool { return s.text == nil }

// Format writes "[secret]" for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(masked)) }

// MarshalText returns "[secret]".
func (s Secret) MarshalText() ([]byte, error) { return []byte(masked), nil }

// reveal returns the secret itself. Only the code that puts it on the wire, or out of a text, may call it.
func (s Secret) reveal() string {
	if s.text == nil {
		return ""
	}
	return s.text()
}
