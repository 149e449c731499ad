#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Validates a JSON document on stdin against the schema that it names.

validate.py [SCHEMA-FOLDER] [--expect casarray.NAME]
"""
import argparse
import json
import pathlib
import sys

import jsonschema


def no_duplicates(pairs):
    """A member that comes twice would hide the first from the schema."""
    members = dict(pairs)
    if len(members) != len(pairs):
        sys.exit("a member comes twice: " + ", ".join(key for key, _ in pairs))
    return members


def main():
    parser = argparse.ArgumentParser()
    here = pathlib.Path(__file__).resolve().parent
    parser.add_argument("folder", nargs="?", type=pathlib.Path,
                        default=here.parent.parent / "schemas")
    parser.add_argument("--expect", help="the schema that the document must name")
    options = parser.parse_args()

    document = json.load(sys.stdin, object_pairs_hook=no_duplicates)
    name = document.get("schema")
    if not isinstance(name, str) or (options.expect and name != options.expect):
        sys.exit(f"the document names the schema {name!r}, not {options.expect!r}")
    path = options.folder / f"{name}.schema.json"
    if not path.is_file():
        sys.exit(f"there is no schema {path}")
    schema = json.loads(path.read_text(encoding="utf-8"))
    validator = jsonschema.Draft202012Validator
    validator.check_schema(schema)
    errors = list(validator(schema).iter_errors(document))
    for error in errors[:20]:
        print(f"{error.json_path}: {error.message[:400]}", file=sys.stderr)
    return 1 if errors else 0


if __name__ == "__main__":
    sys.exit(main())
