package importer

import (
	"context"
	"errors"
	"fmt"
	"math/bits"
	"net/http"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"odoosync/odoorpc"
)

func refusedAt(rows ...int) *Refusal {
	r := &Refusal{reason: "no"}
	for _, row := range rows {
		r.Messages = append(r.Messages, odoorpc.LoadMessage{Record: row, Field: "name", Message: "no"})
	}
	return r
}

func TestTheRowOfARefusal(t *testing.T) {
	all := func(row int) odoorpc.LoadMessage { return odoorpc.LoadMessage{Record: row} }
	field := func(row int) odoorpc.LoadMessage { return odoorpc.LoadMessage{Record: row, Field: "name"} }
	for _, row := range []struct {
		messages []odoorpc.LoadMessage
		want     int
	}{
		{nil, -1},
		{[]odoorpc.LoadMessage{all(0)}, 0},
		{[]odoorpc.LoadMessage{all(4)}, 4},
		{[]odoorpc.LoadMessage{all(0), all(5)}, 5}, // Odoo 19: the error of all rows, then that of one
		{[]odoorpc.LoadMessage{all(0), field(5), all(3)}, 3},
		{[]odoorpc.LoadMessage{all(0), all(0)}, 0},
		{[]odoorpc.LoadMessage{field(0), all(5)}, 0}, // this one is about a field of the row
		{[]odoorpc.LoadMessage{all(2), all(0)}, 0},
	} {
		is.New(t).Equal((&Refusal{Messages: row.messages}).Row(), row.want)
	}
}

// TestIsolate has items refused at every place of lists of every length, and
// the server name the right row, a wrong one, or none.
func TestIsolate(t *testing.T) {
	names := map[string]func(bad, n int) *Refusal{
		"the row":           func(bad, _ int) *Refusal { return refusedAt(bad) },
		"no row":            func(int, int) *Refusal { return refusedAt() },
		"the first row":     func(int, int) *Refusal { return refusedAt(0) },
		"the last row":      func(_, n int) *Refusal { return refusedAt(n - 1) },
		"the row before":    func(bad, _ int) *Refusal { return refusedAt(max(bad-1, 0)) },
		"the row after":     func(bad, _ int) *Refusal { return refusedAt(bad + 1) },
		"a row far outside": func(int, int) *Refusal { return refusedAt(1 << 40) },
	}
	for name, refuse := range names {
		t.Run(name, func(t *testing.T) {
			for n := 1; n <= 70; n++ {
				for bad := range n {
					for _, other := range []int{n - 1, min(bad+1, n-1), bad} { // refused as well, but later
						isolate(t, n, bad, other, refuse, name == "the row")
					}
				}
			}
		})
	}
}

func isolate(t *testing.T, n, bad, other int, refuse func(bad, n int) *Refusal, exact bool) {
	t.Helper()
	is := is.New(t)
	items := make([]int, n)
	for i := range items {
		items[i] = i
	}
	sent := []int{}
	calls := 0
	at, alone, err := Isolate(items, refuse(bad, n), func(part []int) error {
		calls++
		is.True(len(part) > 0)
		is.Equal(part[0], len(sent)) // in order, and none twice
		for i, item := range part {
			if item == bad || item == other {
				return refuse(i, len(part))
			}
		}
		sent = append(sent, part...)
		return nil
	})
	is.NoErr(err)
	is.Equal(at, bad)
	is.True(alone != nil)
	is.Equal(sent, items[:bad]) // all that stands before it, and nothing else
	most := bits.Len(uint(n-1)) + 3
	if exact {
		most = 2
	}
	if calls > most {
		t.Fatalf("%d calls for item %d of %d, expected at most %d", calls, bad, n, most)
	}
}

func TestIsolateEndsWithWhatIsNoRefusalOfARow(t *testing.T) {
	is := is.New(t)
	lost := errors.New("connection lost")
	for _, failure := range []error{lost, &Refusal{Closed: true}} {
		calls := 0
		at, _, err := Isolate([]int{1, 2, 3, 4}, refusedAt(), func([]int) error { calls++; return failure })
		is.Equal(err, failure)
		is.Equal(at, -1)
		is.Equal(calls, 1)
	}
	at, _, err := Isolate([]int{1, 2, 3, 4}, refusedAt(2), func([]int) error { return nil })
	is.NoErr(err)
	is.Equal(at, -1) // what was refused together goes through in parts
}

// fakeOdoo answers loads.
type fakeOdoo func() (odoorpc.LoadResult, error)

func (f fakeOdoo) LoadOnce(context.Context, string, []string, [][]any, odoorpc.LoadOptions) (odoorpc.LoadResult, error) {
	return f()
}

func load(ctx context.Context, answer fakeOdoo) ([]int64, bool, error) {
	return Load(ctx, answer, "project.task", []string{"id"}, [][]any{{"m.a"}}, odoorpc.LoadOptions{})
}

// TestWaitsAfterConflicts: they grow up to five seconds, differ from run to
// run, and end after more than a minute.
func TestWaitsAfterConflicts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		const runs = 200
		waits := make([][]time.Duration, maxConflicts)
		for range runs {
			began, last, calls := time.Now(), time.Now(), 0
			_, contended, err := load(t.Context(), func() (odoorpc.LoadResult, error) {
				if calls > 0 {
					waits[calls-1] = append(waits[calls-1], time.Since(last))
				}
				calls, last = calls+1, time.Now()
				return odoorpc.LoadResult{}, &odoorpc.ConflictError{}
			})
			var conflict *odoorpc.ConflictError
			is.True(errors.As(err, &conflict))
			is.True(contended)
			is.Equal(calls, maxConflicts+1)
			is.True(time.Since(began) > 40*time.Second)
		}
		for i, w := range waits {
			longest := min(100*time.Millisecond<<i, 5*time.Second)
			is.True(slices.Min(w) >= longest/2)
			is.True(slices.Max(w) < longest)
			is.True(slices.Min(w) < longest*6/10) // the chance that 200 do not is 10^-19
			is.True(slices.Max(w) > longest*9/10)
		}
	})
}

// TestALongConflictEndsSooner: each try waits for a lock.
func TestALongConflictEndsSooner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		began := time.Now()
		_, _, err := load(t.Context(), func() (odoorpc.LoadResult, error) {
			time.Sleep(time.Minute)
			return odoorpc.LoadResult{}, &odoorpc.ConflictError{}
		})
		var conflict *odoorpc.ConflictError
		is.True(errors.As(err, &conflict))
		is.True(time.Since(began) < 4*time.Minute)
	})
}

func TestAConflictIsNoErrorInTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		is := is.New(t)
		calls := 0
		answer := func() (odoorpc.LoadResult, error) {
			if calls++; calls < 4 {
				return odoorpc.LoadResult{}, &odoorpc.ConflictError{}
			}
			return odoorpc.LoadResult{IDs: []int64{7}}, nil
		}
		ids, contended, err := load(t.Context(), answer)
		is.NoErr(err)
		is.Equal(ids, []int64{7})
		is.True(contended)

		calls = 0
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
		defer cancel()
		_, _, err = load(ctx, answer)
		is.True(errors.Is(err, context.DeadlineExceeded)) // a wait ends with its context
		is.Equal(calls, 1)
	})
}

// TestARefusalThatMayBeAConflict: PostgreSQL's words may be in any language, so
// a row refused alone is sent again unless Odoo says what is wrong with it.
func TestARefusalThatMayBeAConflict(t *testing.T) {
	french := odoorpc.LoadMessage{Message: "n'a pas pu sérialiser un accès à cause d'une mise à jour en parallèle"}
	named, classed := french, french
	named.Field, classed.Kind = "stage_id", odoorpc.RefusalValidation
	for name, row := range map[string]struct {
		rows    int
		message odoorpc.LoadMessage
		want    int // calls until the end
	}{
		"alone":        {1, french, 2},
		"two":          {2, french, 1},
		"a field":      {1, named, 1},
		"an exception": {1, classed, 1},
	} {
		for _, passes := range []bool{true, false} {
			t.Run(fmt.Sprint(name, " ", passes), func(t *testing.T) {
				is := is.New(t)
				calls := 0
				ids, _, err := Load(t.Context(), fakeOdoo(func() (odoorpc.LoadResult, error) {
					if calls++; calls > 1 && passes {
						return odoorpc.LoadResult{IDs: []int64{7}}, nil
					}
					return odoorpc.LoadResult{}, &odoorpc.LoadError{Messages: []odoorpc.LoadMessage{row.message}}
				}), "project.task", []string{"id"}, slices.Repeat([][]any{{"m.a"}}, row.rows), odoorpc.LoadOptions{})
				is.Equal(calls, row.want)
				is.Equal(err == nil, passes && row.want > 1)
				is.Equal(ids != nil, err == nil)
			})
		}
	}
}

func TestWhatALoadWithoutIDsMeans(t *testing.T) {
	message := func(record int, text string) odoorpc.LoadMessage {
		return odoorpc.LoadMessage{Record: record, Message: text}
	}
	for name, row := range map[string]struct {
		messages []odoorpc.LoadMessage
		closed   bool
		reason   string
	}{
		"no row":             {[]odoorpc.LoadMessage{message(-1, "closed")}, true, "closed"},
		"no row, after one":  {[]odoorpc.LoadMessage{message(0, "a"), message(-1, "closed")}, true, "closed"},
		"a row":              {[]odoorpc.LoadMessage{message(2, "bad")}, false, "bad"},
		"all, then a row":    {[]odoorpc.LoadMessage{message(0, "all"), message(3, "bad")}, false, "bad"},
		"the lowest row":     {[]odoorpc.LoadMessage{message(3, "third"), message(1, "first")}, false, "first"},
		"two of the first":   {[]odoorpc.LoadMessage{message(0, "first"), message(0, "second")}, false, "first"},
		"two of the one row": {[]odoorpc.LoadMessage{message(1, "first"), message(1, "second")}, false, "first"},
	} {
		t.Run(name, func(t *testing.T) {
			is := is.New(t)
			calls := 0
			_, _, err := load(t.Context(), func() (odoorpc.LoadResult, error) {
				calls++
				return odoorpc.LoadResult{}, &odoorpc.LoadError{Messages: row.messages}
			})
			var refusal *Refusal
			is.True(errors.As(err, &refusal))
			is.Equal(refusal.Closed, row.closed)
			is.True(calls == 1 || !row.closed) // what is closed now is closed a moment later
			is.Equal(refusal.Error(), row.reason)
			is.True(refusal.Err == nil)
		})
	}
}

func TestWhichErrorsAreRefusals(t *testing.T) {
	transport := &odoorpc.TransportError{}
	type verdict int
	const (
		other verdict = iota
		rows
		closed
	)
	for _, row := range []struct {
		err  error
		want verdict
	}{
		{nil, other},
		{transport, other},
		{&odoorpc.ServerError{Kind: odoorpc.RefusalBusy}, other},
		{&odoorpc.ServerError{Kind: odoorpc.RefusalValidation}, rows},
		{&odoorpc.ServerError{Kind: odoorpc.RefusalUser}, rows},
		{&odoorpc.ServerError{Kind: odoorpc.RefusalAccess}, closed},
		{&odoorpc.ServerError{Kind: odoorpc.RefusalUnsupported}, closed},
		{fmt.Errorf("wrapped: %w", &odoorpc.ServerError{Kind: odoorpc.RefusalAccess}), closed},
		{&odoorpc.AnswerError{Status: http.StatusOK}, other},
		{&odoorpc.AnswerError{Status: http.StatusNotFound}, other},
		{&odoorpc.AnswerError{Status: http.StatusBadRequest}, rows},
		{&odoorpc.AnswerError{Status: http.StatusForbidden}, rows},
		{&odoorpc.AnswerError{Status: http.StatusNotAcceptable}, rows},
		{&odoorpc.AnswerError{Status: http.StatusUnprocessableEntity}, rows},
		{&odoorpc.AnswerError{Status: http.StatusUnavailableForLegalReasons}, rows},
	} {
		t.Run(fmt.Sprintf("%T %v", row.err, row.err), func(t *testing.T) {
			is := is.New(t)
			got := RefusalOf(row.err)
			refusal, ok := got.(*Refusal) //nolint:errorlint // the error itself, not one in it
			is.Equal(ok, row.want != other)
			if row.want == other {
				is.Equal(got, row.err)
				return
			}
			is.Equal(refusal.Closed, row.want == closed)
			is.True(errors.Is(refusal, row.err))
			if answer, ok := errors.AsType[*odoorpc.AnswerError](row.err); ok {
				is.Equal(refusal.Error(), fmt.Sprintf("something in front of Odoo answered %d %s", answer.Status, http.StatusText(answer.Status)))
			}
		})
	}
}

func TestRecipeOfExternalIDs(t *testing.T) {
	is := is.New(t)
	// printf '1\0\0Checkout\0Card\0001' | sha256sum
	is.Equal(ExternalID("p7_story", "", "Checkout", "Card", "1"), "__odoosync__.p7_story_def95aee04ad3038115693f6d11de7b2")
}
