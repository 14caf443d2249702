"""`daygen generate`: orders pictures, follows the job or the batch, and puts what it makes into a folder."""

import json
import mimetypes
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from daygen.app.cli.client import BATCH_ENDS, JOB_ENDS, Api, Unreachable, access, access_options
from daygen.app.cli.options import data_dir_option, json_option
from daygen.app.cli.output import amount, say_json
from daygen.app.cli.progress import Progress

LONGEST_NAME = 48
ID_LETTERS = 8
STATES = {"job.queued": "queued", "job.started": "at work", "job.requeued": "queued again", "job.progress": "at work"}
EXTENSIONS = {"image/jpeg": ".jpg", "image/webp": ".webp", "image/avif": ".avif", "video/mp4": ".mp4"}


@click.command()
@click.argument("prompt", required=False)
@click.option(
    *("-m", "--model", "models"),
    multiple=True,
    default=["local/print"],
    show_default=True,
    help="See `daygen models list`; several times for several models.",
)
@click.option(
    "-n", "--count", type=click.IntRange(1, 16), default=1, show_default=True, help="How many outputs of each job."
)
@click.option("--sweep", is_flag=True, help="Read {red|blue} in PROMPT as a choice: a job for each.")
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
    models: tuple[str, ...],
    count: int,
    sweep: bool,
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
    """Make pictures of PROMPT and save them. Ctrl-C cancels what has not ended.

    Several models or a sweep are a batch: all of its jobs are ordered, or none.
    """
    wanted = {"prompt": prompt, "aspectRatio": ratio, "seed": seed, "technique": technique}
    given = _more(more) | {name: value for name, value in wanted.items() if value is not None}
    if not given:
        raise click.UsageError('Say what to make: daygen generate "a lighthouse at dusk"')
    with Api(access(url, key)) as api:
        orders = [_order(api, model, operation, given, count) for model in models]
        if sweep or len(orders) > 1:
            status = _batch(api, [order | {"sweep": sweep} for order in orders], folder, as_json=as_json)
        else:
            status = _job(api, orders[0], folder, as_json=as_json)
    if status != "succeeded":
        raise click.exceptions.Exit(1)


def _order(api: Api, model: str, operation: str | None, given: Mapping[str, Any], count: int) -> dict[str, Any]:
    operation = operation or _operation(api, model)
    order = {"model": model, "input": given, "count": count}
    return order | ({"operation": operation} if operation else {})


def _job(api: Api, order: Mapping[str, Any], folder: Path, *, as_json: bool) -> str:
    """Order one job, and put what it makes into the folder; how it ended."""
    job_id: str = api.post("/v1/jobs", order)["jobId"]
    job = _made(api, job_id, quiet=as_json)
    paths = _saved(api, job, folder)
    if as_json:
        say_json({"jobId": job["id"], "status": job["status"], "files": [str(path) for path in paths], "job": job})
    else:
        _report(job, paths)
    return str(job["status"])


def _batch(api: Api, orders: Sequence[Mapping[str, Any]], folder: Path, *, as_json: bool) -> str:
    """Order a batch, and put what its jobs make into the folder; how it ended."""
    accepted = api.post("/v1/batches", {"orders": orders})
    batch = _all_made(api, accepted["batchId"], accepted["jobIds"], quiet=as_json)
    jobs = [api.get(f"/v1/jobs/{job_id}") for job_id in accepted["jobIds"]]
    saved = [_saved(api, job, folder) for job in jobs]
    if as_json:
        files = [str(path) for paths in saved for path in paths]
        say_json({"batchId": batch["id"], "status": batch["status"], "files": files, "batch": batch, "jobs": jobs})
    else:
        for job, paths in zip(jobs, saved, strict=True):
            _report(job, paths, of_batch=True)
        _sum_up(batch)
    return str(batch["status"])


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
        for event in api.follow(f"/v1/jobs/{job_id}", JOB_ENDS):
            if event["type"] in STATES:
                progress.show(event["data"].get("progress") or 0, STATES[event["type"]])
    except KeyboardInterrupt:
        progress.clear()
        _cancel(api, "jobs", job_id)
        raise click.exceptions.Exit(1) from None
    progress.clear()
    job: Mapping[str, Any] = api.get(f"/v1/jobs/{job_id}")
    return job


def _all_made(api: Api, batch_id: str, job_ids: Sequence[str], *, quiet: bool) -> Mapping[str, Any]:
    """Follow a batch to its end. Ctrl-C cancels what has not ended of it."""
    progress = Progress(quiet=quiet)
    shares = dict.fromkeys(job_ids, 0.0)
    done = set[str]()
    progress.show(0, f"{len(done)} of {len(shares)} done")
    try:
        for event in api.follow(f"/v1/batches/{batch_id}", BATCH_ENDS):
            job_id = event["data"].get("jobId")
            if job_id in shares:
                if event["type"] in JOB_ENDS:
                    done.add(job_id)
                shares[job_id] = 1.0 if job_id in done else event["data"].get("progress") or 0
                progress.show(sum(shares.values()) / len(shares), f"{len(done)} of {len(shares)} done")
    except KeyboardInterrupt:
        progress.clear()
        _cancel(api, "batches", batch_id)
        raise click.exceptions.Exit(1) from None
    progress.clear()
    batch: Mapping[str, Any] = api.get(f"/v1/batches/{batch_id}")
    return batch


def _cancel(api: Api, kind: str, wanted: str) -> None:
    try:
        canceled = api.post(f"/v1/{kind}/{wanted}/cancel")
    except Unreachable:
        click.echo(f"{wanted} could not be canceled and goes on.", err=True)
    else:
        click.echo(f"{wanted} is {canceled['status'].replace('_', ' ')}.", err=True)


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


def _report(job: Mapping[str, Any], paths: list[Path], *, of_batch: bool = False) -> None:
    for path in paths:
        click.echo(path)
    if job["text"]:
        click.echo(job["text"])
    for warning in job["warnings"]:
        click.echo(click.style(f"Note: {warning}", fg="yellow"), err=True)
    charged = job["cost"]["chargedCredits"] or 0
    if job["status"] == "succeeded" and of_batch:
        return
    if job["status"] == "succeeded":
        took = job["timings"]["totalMs"] / 1000
        click.echo(click.style(f"{amount(charged)} credits, {took:.1f} s", dim=True), err=True)
    else:
        which = f"{job['model']}, {job['input'].get('prompt') or job['operation']}: " if of_batch else ""
        click.echo(click.style(f"{which}{_why(job)}", fg="red"), err=True)


def _sum_up(batch: Mapping[str, Any]) -> None:
    succeeded, jobs = batch["counts"]["succeeded"], len(batch["jobIds"])
    charged = amount(batch["cost"]["chargedCredits"])
    click.echo(click.style(f"{succeeded} of {jobs} jobs succeeded, {charged} credits", dim=True), err=True)


def _why(job: Mapping[str, Any]) -> str:
    error = job["error"]
    if error is None:
        return f"The job {job['status'].replace('canceled', 'was canceled')}. It costs nothing."
    again = " Trying again may help." if error["retryable"] else ""
    return f"{error['title']}: {error['detail']} It costs nothing.{again}"
