package behaviour

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"
)

const twins = `[features.Twins]
task_id = 0
user_stories = [
    { name = "twin", description = "first", task_id = 0 },
    { name = "twin", description = "second", task_id = 0 },
    { name = "twin", description = "second", task_id = 0 },
]
`

// TestBadWire lets calls go wrong by chance on their way to the server and
// back, kills the program now and then, and starts it again until it comes to
// its end: then each item has its one task, although requests came late or
// twice. After that a discarded checkout gets the same tasks.
func TestBadWire(t *testing.T) {
	disturbed := 12
	if kinds()[0].real {
		disturbed = 16
	}
	disturbed /= len(kinds())
	chance := chancePerTarget(t)
	source := features(3, 6) + twins
	onEveryTarget(t, func(t *testing.T, o *target) {
		wire := startBadWire(t, o.url, chance(o))
		calm := newWorld(t, o)
		calm.write(source)
		began := time.Now()
		calm.mustRun()
		wire.setPatience(max(time.Second, time.Since(began)/3)) // a busy server needs longer for a call
		done, rounds := 0, 0
		for ; done < disturbed; rounds++ {
			w := newWorld(t, o)
			before := w.write(source)
			w.o.url = wire.URL
			done += w.runUntilDone(wire)
			wire.settle()
			w.agrees(before)

			first := w.read()
			w.write(source)
			w.o.url = o.url
			again := w.mustRun()
			if len(again.report.Created) > 0 || string(w.read()) != string(first) {
				t.Fatalf("%d tasks were created again", len(again.report.Created))
			}
			w.agrees(before)
		}
		t.Logf("%d disturbed runs over %d maps: %v", done, rounds, wire.happened)
	})
}

// runUntilDone runs the program, and kills one run in three, until a run comes
// to its end. It returns how many were disturbed.
func (w *world) runUntilDone(wire *badWire) (disturbed int) {
	w.t.Helper()
	for range 100 {
		mishaps, patience := wire.mishaps(), wire.patience()
		p := w.start("--timeout", patience.String())
		if wire.chance() < 1./3 {
			timer := time.AfterFunc(time.Duration(wire.chance()*float64(patience)), p.kill)
			defer timer.Stop()
		}
		got := p.wait()
		if got.code != exitDone || wire.mishaps() > mishaps {
			disturbed++
		}
		switch got.code {
		case exitDone:
			return disturbed
		case exitUnreachable:
			w.onlyTheMap()
			wire.setPatience(patience + patience/10) // the server may have become busier
		case exitKilled:
		default:
			w.t.Fatalf("exit code %d:\n%s", got.code, got.stderr)
		}
	}
	w.t.Fatal("no run of a hundred came to its end")
	return 0
}

// badWire stands between the program and a server. One request in three goes
// wrong.
type badWire struct {
	*httptest.Server
	target string

	mu       sync.Mutex
	waits    time.Duration
	random   *rand.Rand
	happened map[string]int
	open     int        // connections, and requests that are still to reach the server
	settled  *sync.Cond // of mu: nothing is open
}

func startBadWire(t *testing.T, target string, random *rand.Rand) *badWire {
	t.Helper()
	wire := &badWire{target: target, random: random, happened: make(map[string]int)}
	wire.settled = sync.NewCond(&wire.mu)
	wire.Server = httptest.NewUnstartedServer(wire)
	wire.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		switch state {
		case http.StateNew:
			wire.opened(1)
		case http.StateHijacked, http.StateClosed:
			wire.opened(-1)
		}
	}
	wire.Start()
	t.Cleanup(func() {
		wire.settle()
		wire.Close()
	})
	return wire
}

func (b *badWire) opened(n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.open += n; b.open == 0 {
		b.settled.Broadcast()
	}
}

// settle waits until nothing of a run that is over is on its way any more.
func (b *badWire) settle() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for b.open > 0 {
		b.settled.Wait()
	}
}

// later does something that outlives the request.
func (b *badWire) later(do func()) {
	b.opened(1)
	go func() {
		defer b.opened(-1)
		do()
	}()
}

// patience is how long the program waits for an answer.
func (b *badWire) patience() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waits
}

func (b *badWire) setPatience(d time.Duration) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.waits = d
}

// chance is a number from 0 to 1.
func (b *badWire) chance() float64 {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.random.Float64()
}

// mishap is what goes wrong with the next request, if anything does.
func (b *badWire) mishap() (string, bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.random.IntN(3) > 0 {
		return "", false
	}
	names := slices.Sorted(maps.Keys(mishaps))
	name := names[b.random.IntN(len(names))]
	b.happened[name]++
	return name, true
}

// mishaps is how many requests went wrong until now.
func (b *badWire) mishaps() (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, times := range b.happened {
		n += times
	}
	return n
}

func (b *badWire) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if name, happens := b.mishap(); happens {
		mishaps[name](b, w, r)
	} else {
		b.forward(r).write(w)
	}
}

var mishaps = map[string]func(b *badWire, w http.ResponseWriter, r *http.Request){
	"request lost": func(_ *badWire, w http.ResponseWriter, _ *http.Request) { reset(w) },
	"answer lost":  func(b *badWire, w http.ResponseWriter, r *http.Request) { b.forward(r); reset(w) },
	"half a request": func(_ *badWire, w http.ResponseWriter, r *http.Request) {
		_, _ = io.CopyN(io.Discard, r.Body, 40)
		reset(w)
	},
	"429":           func(_ *badWire, w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusTooManyRequests, "") },
	"429 with wait": func(_ *badWire, w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusTooManyRequests, "1") },
	"502 before":    func(_ *badWire, w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusBadGateway, "") },
	"503 before": func(_ *badWire, w http.ResponseWriter, _ *http.Request) {
		refuse(w, http.StatusServiceUnavailable, "1")
	},
	"504 before": func(_ *badWire, w http.ResponseWriter, _ *http.Request) { refuse(w, http.StatusGatewayTimeout, "") },
	"502 after": func(b *badWire, w http.ResponseWriter, r *http.Request) {
		b.forward(r)
		refuse(w, http.StatusBadGateway, "")
	},
	"504, request late": func(b *badWire, w http.ResponseWriter, r *http.Request) {
		b.forwardLater(r)
		refuse(w, http.StatusGatewayTimeout, "")
	},
	"request late": func(b *badWire, w http.ResponseWriter, r *http.Request) {
		b.forwardLater(r)
		time.Sleep(b.patience())
		reset(w)
	},
	"answer late": func(b *badWire, w http.ResponseWriter, r *http.Request) {
		a := b.forward(r)
		time.Sleep(b.patience())
		a.write(w)
	},
	"request twice": func(b *badWire, w http.ResponseWriter, r *http.Request) {
		send := b.ready(r)
		b.later(func() { send() })
		send().write(w)
	},
	"half an answer": func(b *badWire, w http.ResponseWriter, r *http.Request) {
		a := b.forward(r)
		w.Header().Set("Content-Length", strconv.Itoa(len(a.body)))
		a.body = a.body[:len(a.body)/2]
		a.write(w)
		panic(http.ErrAbortHandler)
	},
	"garbage": func(b *badWire, w http.ResponseWriter, r *http.Request) {
		b.forward(r)
		(&relayed{status: http.StatusOK, body: []byte("<html><title>Sign in to the network</title></html>")}).write(w)
	},
}

// forward sends a request on to the server. Without an answer the connection
// to the program breaks.
func (b *badWire) forward(r *http.Request) *relayed {
	return b.ready(r)()
}

func (b *badWire) forwardLater(r *http.Request) {
	send := b.ready(r)
	wait := time.Duration((1 + b.chance()) * float64(b.patience()))
	b.later(func() {
		time.Sleep(wait)
		send()
	})
}

// ready takes in a request and returns what sends it to the server.
func (b *badWire) ready(r *http.Request) func() *relayed {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	method, address, header := r.Method, b.target+r.URL.RequestURI(), r.Header.Clone()
	return func() *relayed {
		request, err := http.NewRequest(method, address, bytes.NewReader(body))
		if err != nil {
			return &relayed{}
		}
		request.Header = header.Clone()
		response, err := witness.Do(request)
		if err != nil {
			return &relayed{}
		}
		defer func() { _ = response.Body.Close() }()
		a := &relayed{status: response.StatusCode, kind: response.Header.Get("Content-Type")}
		if a.body, err = io.ReadAll(response.Body); err != nil {
			return &relayed{}
		}
		return a
	}
}

// relayed is the answer of a server; the zero value is none.
type relayed struct {
	status int
	kind   string
	body   []byte
}

func (a *relayed) write(w http.ResponseWriter) {
	if a.status == 0 {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("Content-Type", a.kind)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body) // the program may be gone
}

func refuse(w http.ResponseWriter, status int, retryAfter string) {
	if retryAfter != "" {
		w.Header().Set("Retry-After", retryAfter)
	}
	http.Error(w, fmt.Sprintf("<html><title>%d</title></html>", status), status)
}

// reset breaks the connection to the program as a crash would.
func reset(w http.ResponseWriter) {
	connection, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := connection.(*net.TCPConn); ok {
		_ = tcp.SetLinger(0)
	}
	_ = connection.Close()
}
