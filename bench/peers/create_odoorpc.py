#!/usr/bin/python3
"""Creates the tasks of a file one by one with OdooRPC, as scripts for Odoo do.

usage: create_odoorpc.py HOST PORT DATABASE LOGIN FILE

The password stands in the environment, in ODOO_PASSWORD. The file is JSON: the
context of the calls, and the tasks as the fields that create takes; in
"parent", a task names the one above it by its place in the list."""

import json
import os
import sys

import odoorpc


def main():
    host, port, database, login, path = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        work = json.load(file)
    odoo = odoorpc.ODOO(host, port=int(port), timeout=600)
    odoo.login(database, login, os.environ["ODOO_PASSWORD"])
    odoo.env.context.update(work["context"])
    tasks = odoo.env["project.task"]
    ids = []
    for values in work["tasks"]:
        parent = values.pop("parent", None)
        if parent is not None:
            values["parent_id"] = ids[parent]
        ids.append(tasks.create(values))
    print(len(ids))


main()
