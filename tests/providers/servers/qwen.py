"""DashScope's picture endpoints as they are described: at once for Qwen, as tasks for Wan."""

from collections.abc import Mapping
from typing import Any

from tests.providers.servers import pictures
from tests.providers.servers.wire import Answer, Request, Trouble, Wire

PREFIX = "/services/aigc/"
AT_ONCE, FROM_TEXT, FROM_IMAGE = (
    PREFIX + path
    for path in ("multimodal-generation/generation", "text2image/image-synthesis", "image2image/image-synthesis")
)
ONE = {"qwen-image", "qwen-image-plus", "qwen-image-max", "qwen-image-edit"}
PARAMETERS = {"size", "n", "seed", "negative_prompt", "prompt_extend", "watermark"}
REFUSALS: Mapping[Trouble | None, tuple[int, str]] = {
    Trouble.MODERATED: (400, "DataInspectionFailed"),
    Trouble.BUSY_WITHOUT_TIME: (429, "Throttling.RateQuota"),
    Trouble.NO_CREDIT: (400, "Arrearage"),
    Trouble.BAD_KEY: (401, "InvalidApiKey"),
    Trouble.RETIRED: (404, "ModelNotFound"),
    Trouble.BAD_ORDER: (400, "InvalidParameter"),
    Trouble.OVERLOADED: (503, "ServiceUnavailable"),
    Trouble.SERVER_ERROR: (500, "InternalError.Algo"),
}


class Wrong(Exception):  # noqa: N818
    """A request that the description does not allow."""


class QwenServer(Wire):
    """`states` are what its tasks say, one after the other; `failure` is the code of a task that failed."""

    states: tuple[str, ...] = ("PENDING", "RUNNING", "SUCCEEDED")
    failure = "InternalError.Algo"
    partly = False

    def __init__(self) -> None:
        super().__init__()
        self.task: Request | None = None
        self.asked = 0
        self.canceled: list[str] = []

    def is_order(self, request: Request) -> bool:
        return request.path.startswith(PREFIX)

    async def answer(self, request: Request, trouble: Trouble | None) -> Answer:  # noqa: PLR0911 - one for each case
        if request.path.startswith("/files/"):
            assert "authorization" not in request.headers, "the key goes to the API only"
            return self._file(request)
        if request.headers.get("authorization") != f"Bearer {self.key}":
            return _error(401, "InvalidApiKey")
        if request.path.startswith("/tasks/"):
            return self._told(request)
        try:
            count, size = _check(request)
        except Wrong as wrong:
            return _error(400, "InvalidParameter", str(wrong))
        if trouble in REFUSALS:
            return _error(*REFUSALS[trouble])
        if trouble == Trouble.OTHER_JSON:
            return Answer(["not", "what", "was", "agreed"])
        if request.path != AT_ONCE:
            self.task, self.asked = request, 0
            return Answer({"output": {"task_id": "0385dc79-5ff8", "task_status": "PENDING"}, "request_id": "r"})
        content = [] if trouble == Trouble.NO_PICTURE else self._urls("image", count, size, trouble)
        choice = {"finish_reason": "stop", "message": {"role": "assistant", "content": content}}
        return Answer({"output": {"choices": [choice]}, "usage": {"image_count": count}, "request_id": "r"})

    def _urls(self, name: str, count: int, size: str, trouble: Trouble | None = None) -> list[Mapping[str, str]]:
        kinds: Mapping[Trouble | None, str] = {Trouble.TRUNCATED_PICTURE: "half", Trouble.HALF_A_PICTURE: "none"}
        kind = kinds.get(trouble, "whole")
        return [{name: f"{self.url}/files/{kind}-{size}-{number}.png?Signature=s"} for number in range(count)]

    def _told(self, request: Request) -> Answer:
        if request.path.endswith("/cancel"):
            self.canceled.append(request.path)
            return Answer({"request_id": "r"})
        assert self.task is not None
        state = self.states[min(self.asked, len(self.states) - 1)]
        self.asked += 1
        output: dict[str, Any] = {"task_id": "0385dc79-5ff8", "task_status": state}
        if state == "FAILED":
            output |= {"code": self.failure, "message": "it failed"}
        if state == "SUCCEEDED":
            count, size = _check(self.task)
            results = self._urls("url", count, size)
            if self.partly:
                results[0] = {"code": "DataInspectionFailed", "message": "no"}
            output["results"] = results
        return Answer({"output": output, "request_id": "r"})

    def _file(self, request: Request) -> Answer:
        kind, size, number = request.path.removesuffix(".png").rpartition("/")[2].split("-")
        width, height = (int(side) for side in size.split("*"))
        picture = pictures.made(width, height, seed=int(number))
        if kind == "none":
            return Answer(b"<Error><Code>AccessDenied</Code></Error>", 403)
        return Answer(picture[: len(picture) // 2] if kind == "half" else picture)


def _error(status: int, code: str, message: str = "see https://help.aliyun.com/x") -> Answer:
    return Answer({"code": code, "message": message, "request_id": "r"}, status)


def _check(request: Request) -> tuple[int, str]:
    body = request.json()
    if set(body) != {"model", "input", "parameters"} or set(body["parameters"]) - PARAMETERS:
        raise Wrong("unknown field")
    model, asked, parameters = body["model"], body["input"], body["parameters"]
    wan = model.startswith("wan")
    if wan != (request.headers.get("x-dashscope-async") == "enable"):
        raise Wrong("current user api does not support asynchronous calls" if not wan else "async only")
    path = (FROM_IMAGE if "i2i" in model else FROM_TEXT) if wan else AT_ONCE
    if request.path != path:
        raise Wrong("url error, please check url")
    images = asked.get("images", []) if wan else _content(asked)
    for image in images:
        head, _, letters = image.partition(";base64,")
        if not pictures.whole(letters, head.removeprefix("data:")):
            raise Wrong("not a picture")
    if not (images or ("edit" not in model and "i2i" not in model)) or len(images) > 3:
        raise Wrong("the number of images is wrong")
    if not 1 <= parameters["n"] <= (1 if model in ONE else 4 if wan else 6) or not 0 <= parameters["seed"] < 2**31:
        raise Wrong("n or seed")
    if not all(type(parameters[name]) is bool for name in ("prompt_extend", "watermark")):
        raise Wrong("not a boolean")
    width, height = (int(side) for side in parameters.get("size", "1024*1024").split("*"))
    if not 512 * 512 <= width * height <= 2048 * 2048:
        raise Wrong("size")
    return parameters["n"], f"{width}*{height}"


def _content(asked: Mapping[str, Any]) -> list[str]:
    (message,) = asked["messages"]
    if set(asked) != {"messages"} or message["role"] != "user":
        raise Wrong("messages")
    texts = [part["text"] for part in message["content"] if set(part) == {"text"}]
    images = [part["image"] for part in message["content"] if set(part) == {"image"}]
    if len(texts) != 1 or len(texts) + len(images) != len(message["content"]):
        raise Wrong("content")
    return images
