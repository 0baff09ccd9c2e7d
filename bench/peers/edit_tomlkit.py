#!/usr/bin/python3
"""Edits a feature map with tomlkit: parses it, sets every pending task_id,
renders it. For each line on standard input it does that once to warm up and then
for a tenth of a second or more, and prints the nanoseconds it took on average,
the number of ids it set, and the bytes rendered."""

import sys
import time

import tomlkit

FIRST = 40_000
TURN = 100_000_000  # nanoseconds


def edit(source):
    document = tomlkit.parse(source)
    last = FIRST
    for feature in document["features"].values():
        for item in (feature, *feature.get("user_stories", ())):
            if item["task_id"] == 0:
                last += 1
                item["task_id"] = last
    return last - FIRST, tomlkit.dumps(document)


def main():
    with open(sys.argv[1], encoding="utf-8", newline="") as file:
        source = file.read()
    for _ in sys.stdin:
        edit(source)
        times = took = 0
        started = time.perf_counter_ns()
        while took < TURN:
            count, rendered = edit(source)
            times += 1
            took = time.perf_counter_ns() - started
        print(took // times, count, len(rendered.encode()), flush=True)


main()
