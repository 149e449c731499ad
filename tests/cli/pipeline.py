#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs jobs of examples/ci as their CI systems do, as far as one machine can.

    pipeline.py list FILE
        the names of its jobs
    pipeline.py started FILE [FAILED]...
        those that start on the event, when these jobs fail
    pipeline.py run FILE JOB FOLDER
        runs a job on the HEAD of the Git repository in the working folder. FOLDER keeps what
        jobs hand on: the files of artifacts in artifacts/, those of job JOB in JOB/, where
        it also ran, and a summary. Its exit status is that of the step that failed first.

What the system gives comes from the environment: SECRET_NAME for ${{ secrets.NAME }}, EVENT
for the name of the event, FORK when a pull request is of a fork. A step, key or expression that is not known here is an error, so
that no part of a job is passed over in silence.
"""
import os
import re
import shutil
import subprocess
import sys

import yaml

# Of a step that writes more, GitHub shows no summary.
SUMMARY_MAX = 1 << 20

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
    fork = "!github.event.pull_request.head.repo.fork"
    runs = not failed or "always()" in parts
    for part in parts:
        file = re.fullmatch(r"hashFiles\('([^']*)'\) != ''", part)
        event = re.fullmatch(r"github\.event_name == '(\w+)'", part)
        if file:
            runs = runs and os.path.exists(os.path.join(folder, file[1]))
        elif event:
            runs = runs and os.environ.get("EVENT", "push") == event[1]
        elif part == fork:
            runs = runs and not os.environ.get("FORK")
        elif part != "always()":
            raise Unknown(f"condition {part}")
    return runs


def action(name, inputs, folder, keep):
    """What an action of somebody else's does with files."""
    if name == "actions/checkout@v4":
        only(name, inputs, set())
        check_out(os.getcwd(), folder)
    elif name == "actions/upload-artifact@v4":
        only(name, inputs, {"name", "path", "overwrite"})
        artifact = os.path.join(keep, inputs["name"])
        if os.path.exists(artifact) and not inputs.get("overwrite"):
            raise Unknown(f"another artifact {inputs['name']} in one run of the workflow")
        shutil.rmtree(artifact, ignore_errors=True)
        os.makedirs(artifact)
        for path in inputs["path"].split():
            shutil.copy(os.path.join(folder, path), artifact)
    elif name == "actions/download-artifact@v4":
        only(name, inputs, {"name"})
        shutil.copytree(os.path.join(keep, inputs["name"]), folder, dirs_exist_ok=True)
    elif name == "github/codeql-action/upload-sarif@v4":
        only(name, inputs, {"sarif_file", "category"})
        shutil.copy(os.path.join(folder, inputs["sarif_file"]), os.path.join(keep, "sarif"))
    else:
        raise Unknown(f"action {name}")


def github_step(step, folder, keep, environment):
    only("step", step, {"name", "if", "uses", "with", "run", "env"})
    if "run" in step:
        own = {key: expand(value) for key, value in step.get("env", {}).items()}
        summary = environment["GITHUB_STEP_SUMMARY"]
        before = os.path.getsize(summary) if os.path.exists(summary) else 0
        status = shell(step["run"], folder, {**environment, **own})
        if os.path.exists(summary) and os.path.getsize(summary) - before > SUMMARY_MAX:
            os.truncate(summary, before)
            print("the summary of this step is too long to be shown", flush=True)
        return status
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


def github_started(document, failed):
    """The jobs of this event; one that needs another waits for it to succeed."""
    events = document[True]
    event = os.environ.get("EVENT", "push")
    started = []
    for name, job in document["jobs"].items():
        needs = [job["needs"]] if isinstance(job.get("needs"), str) else job.get("needs", [])
        if (event in events and condition(job.get("if"), ".", False)
                and all(need in started and need not in failed for need in needs)):
            started.append(name)
    return started


# ---- GitLab CI ----

GITLAB = {"stages", "workflow", "default", "variables"}


def job_holds(document, job):
    """Is it in a pipeline of this event? Without any rules, jobs are for branches only."""
    if "rules" in job or "workflow" in document:
        return (rule_holds(document.get("workflow", {}).get("rules", []))
                and rule_holds(job.get("rules", [])))
    return os.environ.get("EVENT", "push") != "pull_request"


def rule_holds(rules):
    """Does one hold on this event? Rules are alternatives."""
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
    if not job_holds(document, job):
        raise Unknown(f"job {name} is not run on this event")
    folder = fresh(base, name)
    check_out(os.getcwd(), folder)
    for needed in job.get("needs", []):
        shutil.copytree(os.path.join(base, "artifacts", needed), folder, dirs_exist_ok=True)
    keep = fresh(base, os.path.join("artifacts", name))
    status = shell("\n".join(job["script"]), folder, document["variables"])
    store(job.get("artifacts", {}), folder, keep, status)
    return status


def gitlab_started(document, failed):
    """The jobs of this event: each waits for what it needs, else for all earlier stages."""
    jobs = {name: job for name, job in document.items()
            if name not in GITLAB and job_holds(document, job)}
    started = []
    for stage in document["stages"]:
        earlier = [name for name in jobs
                   if document["stages"].index(jobs[name]["stage"]) < document["stages"].index(stage)]
        for name, job in jobs.items():
            if job["stage"] == stage and all(need in started and need not in failed
                                             for need in job.get("needs", earlier)):
                started.append(name)
    return started


def main():
    verb, path, *arguments = sys.argv[1:]
    with open(path, encoding="utf-8") as file:
        document = yaml.safe_load(file)
    is_github = "jobs" in document
    jobs = document["jobs"] if is_github else [key for key in document if key not in GITLAB]
    if verb == "list":
        print("\n".join(jobs))
        return 0
    if verb == "started":
        print("\n".join((github_started if is_github else gitlab_started)(document, arguments)))
        return 0
    name, base = arguments
    return (run_github if is_github else run_gitlab)(document, name, os.path.abspath(base))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Unknown as error:
        sys.exit(f"pipeline.py: cannot run {error}")
