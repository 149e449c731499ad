#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs jobs of examples/ci as their CI systems do, as far as one machine can.

    pipeline.py list FILE
        the names of its jobs
    pipeline.py run FILE JOB FOLDER
        runs a job on the HEAD of the Git repository in the working folder. FOLDER keeps what
        jobs hand on: the files of artifacts in artifacts/, those of job JOB in JOB/, where
        it also ran, and a summary. Its exit status is that of the step that failed first.

What the system gives comes from the environment: SECRET_NAME for ${{ secrets.NAME }}, EVENT
for the name of the event. A step, key or expression that is not known here is an error, so
that no part of a job is passed over in silence.
"""
import os
import re
import shutil
import subprocess
import sys

import yaml

SHELL = ["bash", "--noprofile", "--norc", "-eo", "pipefail"]


class Unknown(Exception):
    """Something in the file that this cannot run."""


def only(what, keys, known):
    unknown = set(keys) - known
    if unknown:
        raise Unknown(f"{what}: {', '.join(sorted(map(str, unknown)))}")


def fresh(folder, name):
    path = os.path.join(folder, name)
    shutil.rmtree(path, ignore_errors=True)
    os.makedirs(path)
    return path


def shell(script, folder, environment):
    print(f"$ {script.rstrip()}", flush=True)
    return subprocess.run(SHELL + ["-c", script], cwd=folder, stdin=subprocess.DEVNULL,
                          env={**os.environ, **environment}, check=False).returncode


def check_out(repository, folder):
    subprocess.run(["git", "clone", "-q", repository, folder], check=True)


# ---- GitHub Actions ----


def expand(value):
    """The value of a key of env, with its expression."""

    def expression(match):
        name = re.fullmatch(r"secrets\.(\w+)", match[1])
        if not name:
            raise Unknown(f"expression {match[1]}")
        return os.environ["SECRET_" + name[1]]

    return re.sub(r"\$\{\{\s*(.*?)\s*\}\}", expression, str(value))


def condition(text, folder, failed):
    """Does a step or job run? Parts are joined by && only."""
    parts = [part.strip() for part in text.split("&&")] if text else []
    runs = not failed or "always()" in parts
    for part in parts:
        file = re.fullmatch(r"hashFiles\('([^']*)'\) != ''", part)
        event = re.fullmatch(r"github\.event_name == '(\w+)'", part)
        if file:
            runs = runs and os.path.exists(os.path.join(folder, file[1]))
        elif event:
            runs = runs and os.environ.get("EVENT", "push") == event[1]
        elif part != "always()":
            raise Unknown(f"condition {part}")
    return runs


def action(name, inputs, folder, keep):
    """What an action of somebody else's does with files."""
    if name == "actions/checkout@v4":
        only(name, inputs, set())
        check_out(os.getcwd(), folder)
    elif name == "actions/upload-artifact@v4":
        only(name, inputs, {"name", "path"})
        shutil.copy(os.path.join(folder, inputs["path"]), os.path.join(keep, inputs["name"]))
        with open(os.path.join(keep, inputs["name"] + ".path"), "w", encoding="utf-8") as file:
            file.write(inputs["path"])
    elif name == "actions/download-artifact@v4":
        only(name, inputs, {"name"})
        with open(os.path.join(keep, inputs["name"] + ".path"), encoding="utf-8") as file:
            path = file.read()
        shutil.copy(os.path.join(keep, inputs["name"]), os.path.join(folder, path))
    elif name == "github/codeql-action/upload-sarif@v3":
        only(name, inputs, {"sarif_file", "category"})
        shutil.copy(os.path.join(folder, inputs["sarif_file"]), os.path.join(keep, "sarif"))
    else:
        raise Unknown(f"action {name}")


def github_step(step, folder, keep, environment):
    only("step", step, {"name", "if", "uses", "with", "run", "env"})
    if "run" in step:
        own = {key: expand(value) for key, value in step.get("env", {}).items()}
        return shell(step["run"], folder, {**environment, **own})
    action(step["uses"], step.get("with", {}), folder, keep)
    return 0


def run_github(document, name, base):
    # YAML 1.1 reads the key "on" as true.
    only("workflow", document, {"name", True, "permissions", "env", "defaults", "jobs"})
    if document["defaults"] != {"run": {"shell": "bash"}}:
        raise Unknown("defaults")
    job = document["jobs"][name]
    only("job", job, {"if", "needs", "runs-on", "permissions", "environment", "concurrency",
                      "steps"})
    folder = fresh(base, name)
    keep = os.path.join(base, "artifacts")
    os.makedirs(keep, exist_ok=True)
    temporary = fresh(base, name + ".tmp")
    environment = {
        **document["env"],
        "GITHUB_STEP_SUMMARY": os.path.join(base, name + ".summary"),
        "RUNNER_TEMP": temporary,
    }
    if not condition(job.get("if"), folder, False):
        raise Unknown(f"job {name} is not run on this event")
    status = 0
    for step in job["steps"]:
        if condition(step.get("if"), folder, status):
            status = github_step(step, folder, keep, environment) or status
    return status


# ---- GitLab CI ----

GITLAB = {"stages", "default", "variables"}


def rule_holds(rules):
    """Is the job in a pipeline of this event? Rules are alternatives."""
    merge = os.environ.get("EVENT", "push") == "pull_request"
    for rule in rules:
        only("rule", rule, {"if", "when"})
        if rule["if"] == '$CI_PIPELINE_SOURCE == "merge_request_event"':
            holds = merge
        elif rule["if"] == "$CI_COMMIT_BRANCH == $CI_DEFAULT_BRANCH":
            holds = not merge
        else:
            raise Unknown(f"rule {rule['if']}")
        if holds:
            return True
    return not rules


def store(artifacts, folder, keep, failed):
    only("artifacts", artifacts, {"when", "reports", "paths"})
    only("reports", artifacts.get("reports", {}), {"junit"})
    if failed and artifacts.get("when") != "always":
        return
    for path in [*artifacts.get("paths", []), *artifacts.get("reports", {}).values()]:
        if os.path.exists(os.path.join(folder, path)):
            shutil.copy(os.path.join(folder, path), os.path.join(keep, path))


def run_gitlab(document, name, base):
    job = document[name]
    only("job", job, {"stage", "needs", "rules", "environment", "resource_group", "script",
                      "artifacts"})
    if job["stage"] not in document["stages"]:
        raise Unknown(f"stage {job['stage']}")
    if not rule_holds(job.get("rules", [])):
        raise Unknown(f"job {name} is not run on this event")
    folder = fresh(base, name)
    check_out(os.getcwd(), folder)
    for needed in job.get("needs", []):
        shutil.copytree(os.path.join(base, "artifacts", needed), folder, dirs_exist_ok=True)
    keep = fresh(base, os.path.join("artifacts", name))
    status = shell("\n".join(job["script"]), folder, document["variables"])
    store(job.get("artifacts", {}), folder, keep, status)
    return status


def main():
    verb, path, *arguments = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    is_github = "jobs" in document
    jobs = document["jobs"] if is_github else [key for key in document if key not in GITLAB]
    if verb == "list":
        print("\n".join(jobs))
        return 0
    name, base = arguments
    return (run_github if is_github else run_gitlab)(document, name, os.path.abspath(base))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unknown as error:
        sys.exit(f"pipeline.py: cannot run {error}")
