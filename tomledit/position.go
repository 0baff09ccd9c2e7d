package tomledit

import (
	"bytes"
	"sort"
)

// Position is a place in a document.
type Position struct {
	Offset int // bytes from the start of the source as given, 0 for the first; a byte order mark counts
	Line   int // from 1
	Column int // characters (Unicode code points) from 1; a byte order mark is no character of line 1
}

// Position returns the line and column of a byte offset. Offsets out of range are taken for the nearest end of
// the source. The first call goes over the source once; each further call takes about the same short time,
// also in a line of many megabytes.
func (d *Document) Position(offset int) Position {
	offset = max(0, min(offset, len(d.src)))
	block := d.lineIndex().blocks[offset/blockSize]
	pos := Position{Offset: offset, Line: int(block.line), Column: int(block.column)}
	pos.advance(d.src[offset-offset%blockSize : offset])
	pos.Column = max(1, pos.Column)
	return pos
}

// Line returns the text of a line, counted from 1, without its line end and without a byte order mark. It is empty
// if there is no such line. The text shares no memory with the source. Calls in a row for the same long line return the
// same string.
func (d *Document) Line(n int) string { return d.lineOf(n).text }

// line is one line of a document.
type line struct {
	number int
	start  int    // offset of the text: behind a byte order mark
	text   string // without line end
}

// lineOf returns a line. A long one is remembered: in a file that is one line each mistake asks for it.
func (d *Document) lineOf(n int) line {
	if n < 1 {
		return line{}
	}
	if long := d.longLine.Load(); long != nil && long.number == n {
		return *long
	}
	l := d.lineAt(n)
	if len(l.text) > blockSize {
		d.longLine.Store(&l)
	}
	return l
}

// lineAt copies the text of a line from the source.
func (d *Document) lineAt(n int) line {
	blocks := d.lineIndex().blocks
	// The line starts in the last block that starts on a line before it.
	i := sort.Search(len(blocks), func(i int) bool { return int(blocks[i].line) >= n }) - 1
	start := 0
	if i >= 0 {
		start = i * blockSize
		for before := int(blocks[i].line); before < n; before++ {
			end := bytes.IndexByte(d.src[start:], '\n')
			if end < 0 {
				return line{}
			}
			start += end + 1
		}
	}
	end := len(d.src)
	if i := bytes.IndexByte(d.src[start:], '\n'); i >= 0 {
		end = start + i
	}
	return line{n, start + markSize(d.src, start), string(lineText(d.src, start, end))}
}

// blockSize is the distance in bytes of the places that the line index remembers.
const blockSize = 1024

// lineIndex remembers the line and column of every blockSize-th byte.
type lineIndex struct {
	blocks []lineBlock
}

type lineBlock struct {
	line, column uint32
}

func (d *Document) lineIndex() *lineIndex {
	d.linesOnce.Do(func() {
		d.lines.blocks = make([]lineBlock, 0, len(d.src)/blockSize+1)
		pos := startOf(d.src)
		for start := 0; ; start += blockSize {
			d.lines.blocks = append(d.lines.blocks, lineBlock{uint32(pos.Line), uint32(pos.Column)})
			if start+blockSize > len(d.src) {
				return
			}
			pos.advance(d.src[start : start+blockSize])
		}
	})
	return &d.lines
}

// positionIn returns the position of an offset in a source of which no Document was made.
func positionIn(src []byte, offset int) Position {
	pos := startOf(src)
	pos.advance(src[:offset])
	pos.Offset, pos.Column = offset, max(1, pos.Column)
	return pos
}

// startOf returns the position before the first byte. The byte order mark is counted as a character by advance,
// so a source that has one starts a column early.
func startOf(src []byte) Position {
	if bytes.HasPrefix(src, utf8Mark) {
		return Position{Line: 1, Column: 0}
	}
	return Position{Line: 1, Column: 1}
}

// advance moves line and column, not the offset, over the bytes.
func (p *Position) advance(b []byte) {
	if n := bytes.Count(b, []byte{'\n'}); n > 0 {
		p.Line += n
		p.Column = 1
		b = b[bytes.LastIndexByte(b, '\n')+1:]
	}
	p.Column += characters(b)
}

// characters counts code points by their first bytes, so that counts of adjoining pieces add up wherever the
// pieces are cut.
func characters(b []byte) int {
	n := 0
	for _, c := range b {
		if c&0xc0 != 0x80 {
			n++
		}
	}
	return n
}

// lineText returns the bytes of a line without a carriage return at its end and a byte order mark at its start.
func lineText(src []byte, start, end int) []byte {
	return bytes.TrimSuffix(src[start+markSize(src, start):end], []byte{'\r'})
}

// markSize is the size of the byte order mark with which a line starts.
func markSize(src []byte, lineStart int) int {
	if lineStart == 0 && bytes.HasPrefix(src, utf8Mark) {
		return len(utf8Mark)
	}
	return 0
}
