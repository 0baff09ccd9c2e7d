# Where a real Odoo server lives on this machine, and whether it is up.
# Sourced by odoo-up, odoo-down and odoo-in.
#
# A server is one mount and one process namespace: everything in it hangs
# under one process, the keeper, so that stopping the keeper stops exactly what
# was started and leaves no mount.
#
#   $place/root       the Debian root with Odoo, PostgreSQL and the database
#   $place/built      which recipe the root was built from
#   $place/ports      the ports it last used
#   $place/keeper     process id and start time of the keeper, while it is up
#   $place/lock       held while a server is brought up or down
#   $place/build.log, $place/serve.log

readonly versions=(14 19)

say() { printf '%s: %s\n' "$me" "$*" >&2; }

# fault ends the script for a reason inside this project.
fault() { say "$*"; exit 1; }

# outside ends it for a reason that the project cannot help: no mirror, no right to make namespaces.
outside() { say "cannot $*"; exit 3; }

misuse() { say "$*"; exit 2; }

known() {
	local v
	for v in "${versions[@]}"; do [[ $v == "$1" ]] && return; done
	return 1
}

# settle VERSION sets version, place and root.
settle() {
	known "$1" || misuse "no Odoo $1 here: expected one of ${versions[*]}"
	version=$1
	place=${ODOOSYNC_E2E_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/odoosync-e2e}/$version
	root=$place/root
}

# hold takes the lock of the place and keeps it until the script ends.
hold() {
	mkdir -p "$place"
	exec {lock}>"$place/lock"
	flock "$lock"
}

# started PID prints the start time of a process, in clock ticks since boot: with the id it names a process for good.
started() {
	local stat
	stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
	stat=${stat##*) }
	set -- $stat
	[[ $1 != Z ]] && echo "${20}"
}

# keeper prints the id of the running keeper; it fails when the server is down.
keeper() {
	local pid since now
	read -r pid since 2>/dev/null <"$place/keeper" || return 1
	now=$(started "$pid") || return 1
	[[ $now == "$since" ]] && echo "$pid"
}

# stop_keeper ends the server: a clean stop first, then the whole namespace at once.
stop_keeper() {
	local pid tries
	if pid=$(keeper); then
		kill -TERM "$pid" 2>/dev/null || true
		for ((tries = 0; tries < 300; tries++)); do
			keeper >/dev/null || break
			((tries == 200)) && kill -KILL "$pid" 2>/dev/null
			sleep 0.1
		done
		keeper >/dev/null && return 1
	fi
	rm -f "$place/keeper"
}
