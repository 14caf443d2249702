"""`daygen generate`: orders pictures, follows the job, and puts what it makes into a folder."""

import json
import mimetypes
import re
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from daygen.app.cli.client import Api, Unreachable, access, access_options
from daygen.app.cli.options import data_dir_option, json_option
from daygen.app.cli.output import amount, say_json
from daygen.app.cli.progress import Progress

LONGEST_NAME = 48
ID_LETTERS = 8
STATES = {"job.queued": "queued", "job.started": "at work", "job.requeued": "queued again", "job.progress": "at work"}
EXTENSIONS = {"image/jpeg": ".jpg", "image/webp": ".webp", "image/avif": ".avif", "video/mp4": ".mp4"}


@click.command()
@click.argument("prompt", required=False)
@click.option("-m", "--model", default="local/print", show_default=True, help="See `daygen models list`.")
@click.option("-n", "--count", type=click.IntRange(1, 16), default=1, show_default=True, help="How many outputs.")
@click.option(
    "-o",
    "--output",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    help="The folder for what is made; default: here.",
)
@click.option("--ratio", help="Aspect ratio, such as 3:2.")
@click.option("--seed", type=click.IntRange(0), help="The same prompt and seed give the same picture.")
@click.option("--technique", help="How it is to be made, such as linocut.")
@click.option("--operation", help="What to do; default text_to_image, or the only one the model has.")
@click.option("--input", "more", help="More of the model's input, as a JSON object.")
@access_options
@data_dir_option
@json_option
def generate(
    prompt: str | None,
    model: str,
    count: int,
    folder: Path,
    ratio: str | None,
    seed: int | None,
    technique: str | None,
    operation: str | None,
    more: str | None,
    url: str | None,
    key: str | None,
    as_json: bool,
) -> None:
    """Make pictures of PROMPT and save them. Ctrl-C cancels the job."""
    wanted = {"prompt": prompt, "aspectRatio": ratio, "seed": seed, "technique": technique}
    order = {
        "model": model,
        "input": _more(more) | {name: value for name, value in wanted.items() if value is not None},
        "count": count,
    }
    if not order["input"]:
        raise click.UsageError('Say what to make: daygen generate "a lighthouse at dusk"')
    with Api(access(url, key)) as api:
        operation = operation or _operation(api, model)
        accepted = api.post("/v1/jobs", order | ({"operation": operation} if operation else {}))
        job = _made(api, accepted["jobId"], quiet=as_json)
        paths = _saved(api, job, folder)
    if as_json:
        say_json({"jobId": job["id"], "status": job["status"], "files": [str(path) for path in paths], "job": job})
    else:
        _report(job, paths)
    if job["status"] != "succeeded":
        raise click.exceptions.Exit(1)


def _more(text: str | None) -> dict[str, Any]:
    if text is None:
        return {}
    try:
        more: Any = json.loads(text)
    except ValueError as error:
        raise click.BadParameter(f"is not JSON ({error})", param_hint="--input") from error
    if not isinstance(more, dict):
        raise click.BadParameter('must be a JSON object, such as {"strength": "strong"}', param_hint="--input")
    return {**more}


def _operation(api: Api, model: str) -> str | None:
    """What a model is asked for when nothing was said: pictures, where it does more than one thing."""
    offered = [offer["operation"] for offer in api.get(f"/v1/models/{model}")["operations"]]
    if len(offered) == 1:
        return None
    if "text_to_image" in offered:
        return "text_to_image"
    raise click.UsageError(f"{model} does several things; choose one with --operation: {', '.join(offered)}")


def _made(api: Api, job_id: str, *, quiet: bool) -> Mapping[str, Any]:
    """Follow a job to its end. Ctrl-C cancels it."""
    progress = Progress(quiet=quiet)
    progress.show(0, "queued")
    try:
        for event in api.follow(job_id):
            if event["type"] in STATES:
                progress.show(event["data"].get("progress") or 0, STATES[event["type"]])
    except KeyboardInterrupt:
        progress.clear()
        _cancel(api, job_id)
        raise click.exceptions.Exit(1) from None
    progress.clear()
    job: Mapping[str, Any] = api.get(f"/v1/jobs/{job_id}")
    return job


def _cancel(api: Api, job_id: str) -> None:
    try:
        job = api.post(f"/v1/jobs/{job_id}/cancel")
    except Unreachable:
        click.echo(f"{job_id} could not be canceled and goes on.", err=True)
    else:
        click.echo(f"{job_id} is {job['status']}.", err=True)


def _saved(api: Api, job: Mapping[str, Any], folder: Path) -> list[Path]:
    paths: list[Path] = []
    if job["outputs"]:
        folder.mkdir(parents=True, exist_ok=True)
    for number, output in enumerate(job["outputs"], start=1):
        path = folder / _name(job, number, output["contentType"])
        api.download(output["url"], path)
        paths.append(path)
    return paths


def _name(job: Mapping[str, Any], number: int, content_type: str) -> str:
    """`a-lighthouse-at-dusk-3k9f0c2m-1.png`: the prompt's words, and the end of the job's id, which is its own."""
    words = str(job["input"].get("prompt") or job["operation"])
    plain = unicodedata.normalize("NFKD", words).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_NAME].strip("-") or "daygen"
    kind = content_type.partition(";")[0].strip()
    extension = EXTENSIONS.get(kind) or mimetypes.guess_extension(kind) or ".bin"
    return f"{slug}-{job['id'][-ID_LETTERS:]}-{number}{extension}"


def _report(job: Mapping[str, Any], paths: list[Path]) -> None:
    for path in paths:
        click.echo(path)
    if job["text"]:
        click.echo(job["text"])
    for warning in job["warnings"]:
        click.echo(click.style(f"Note: {warning}", fg="yellow"), err=True)
    charged = job["cost"]["chargedCredits"] or 0
    if job["status"] == "succeeded":
        took = job["timings"]["totalMs"] / 1000
        click.echo(click.style(f"{amount(charged)} credits, {took:.1f} s", dim=True), err=True)
    else:
        click.echo(click.style(_why(job), fg="red"), err=True)


def _why(job: Mapping[str, Any]) -> str:
    error = job["error"]
    if error is None:
        return f"The job {job['status'].replace('canceled', 'was canceled')}. It costs nothing."
    again = " Trying again may help." if error["retryable"] else ""
    return f"{error['title']}: {error['detail']} It costs nothing.{again}"
