package maker

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/matryer/is"

	"odoosync/odoorpc"
)

// replica is an Odoo that shows tasks only from some time on.
type replica struct {
	Odoo  // nothing else is asked for
	shows time.Time
	reads int
}

func (r *replica) SearchRead(_ context.Context, _ string, _ odoorpc.Domain, _ []string, _ odoorpc.Query, out any) error {
	r.reads++
	if !time.Now().Before(r.shows) {
		*out.(*[]Task) = []Task{{ID: 1}, {ID: 2}}
	}
	return nil
}

// TestReadBackWaitsForAReplica: for a while, with ever longer waits, and only
// where there may be one.
func TestReadBackWaitsForAReplica(t *testing.T) {
	for _, row := range []struct {
		lags        bool
		shows       time.Duration
		found, most int
		ends        time.Duration
	}{
		{lags: true, shows: 0, found: 2, most: 1},
		{lags: true, shows: 200 * time.Millisecond, found: 2, most: 5, ends: 500 * time.Millisecond},
		{lags: true, shows: 5 * time.Second, found: 2, most: 10, ends: 10 * time.Second},
		{lags: true, shows: time.Hour, found: 0, most: 10, ends: 15 * time.Second},
		{lags: false, shows: time.Hour, found: 0, most: 1},
	} {
		t.Run(fmt.Sprint(row), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				is := is.New(t)
				odoo := &replica{shows: time.Now().Add(row.shows)}
				k := New(odoo, Options{}, Place{Lags: row.lags}, nil)
				began := time.Now()
				tasks, err := k.readBack(t.Context(), []int64{1, 2})
				is.NoErr(err)
				is.Equal(len(tasks), row.found)
				is.True(odoo.reads <= row.most)
				is.True(time.Since(began) <= row.ends)
			})
		})
	}
}

// TestNamesAreAskedForInParts: all of them, in order, and no call too large.
func TestNamesAreAskedForInParts(t *testing.T) {
	const most = 400_000
	for _, row := range []struct{ names, length, parts int }{
		{0, 0, 1}, {1, 10, 1}, {1, most, 1}, {3, most, 3}, {5000, 70, 1}, {6000, 70, 2}, {100_000, 500, 130}, {40_000, 1, 1},
	} {
		is := is.New(t)
		var names []string
		for i := range row.names {
			names = append(names, fmt.Sprintf("%0*d", row.length, i))
		}
		parts := nameParts(names)
		is.Equal(slices.Concat(parts...), names)
		is.True(len(parts) <= row.parts)
		for _, part := range parts {
			if len(part) > 1 {
				is.True(len(strings.Join(part, `", "`)) <= most)
			}
		}
	}
}

// TestIDsAreAskedForInParts: fewer at a time where descriptions come back.
func TestIDsAreAskedForInParts(t *testing.T) {
	for _, row := range []struct {
		ids   int
		more  []string
		calls int
	}{
		{0, nil, 0}, {1, nil, 1}, {20_000, nil, 1}, {20_001, nil, 2}, {1000, []string{"description"}, 1}, {2500, []string{"description"}, 3},
	} {
		is := is.New(t)
		odoo := &asked{}
		_, err := New(odoo, Options{}, Place{}, nil).Tasks(t.Context(), make([]int64, row.ids), row.more...)
		is.NoErr(err)
		is.Equal(len(odoo.domains), row.calls)
	}
}

// asked keeps what is searched for.
type asked struct {
	Odoo    // nothing else is asked for
	domains []odoorpc.Domain
}

func (a *asked) SearchRead(_ context.Context, _ string, domain odoorpc.Domain, _ []string, _ odoorpc.Query, _ any) error {
	a.domains = append(a.domains, domain)
	return nil
}

// TestHowFarALookGoesBack: what somebody else created before the run is not
// read, but for a moment in which clocks may differ.
func TestHowFarALookGoesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for began, want := range map[time.Time]time.Time{
			time.Now().Add(time.Hour): time.Now().Add(time.Hour - 3*time.Second), // by the server's clock
			{}:                        time.Now().Add(-15 * time.Minute),
		} {
			is := is.New(t)
			odoo := &asked{}
			_, _, err := New(odoo, Options{Began: began}, Place{}, nil).Look(t.Context(), nil, nil)
			is.NoErr(err)
			is.Equal(odoo.domains, []odoorpc.Domain{{odoorpc.Cond("create_date", ">=", want.UTC().Format(time.DateTime))}})
		}
	})
}
