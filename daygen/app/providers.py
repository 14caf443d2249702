"""Which companies and engines are switched on here, and their adapters. A key switches one on; nothing else does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

import httpx

from daygen.app.settings import Settings
from daygen.jobs import callback_link
from daygen.providers import Provider
from daygen.providers.callbacks import Receiver
from daygen.providers.comfyui import ComfyUI
from daygen.providers.fake import FakeProvider, FakeReceiver
from daygen.providers.gemini import Gemini
from daygen.providers.http import Account
from daygen.providers.ideogram import Ideogram, IdeogramReceiver
from daygen.providers.local import LocalPrint, find_ffmpeg
from daygen.providers.openai import OpenAI
from daygen.providers.qwen import Qwen


@dataclass(frozen=True, slots=True)
class Outside:
    """A company: the setting that switches it on, where its API is if no other setting says so, how a key is shown."""

    name: str
    title: str
    switch: str
    address: str
    base_url: str
    header: Callable[[str], Mapping[str, str]]
    make: Callable[[httpx.AsyncClient, Account], Provider]
    patience: timedelta = timedelta(minutes=10)
    receiver: Callable[[httpx.AsyncClient, Account], Receiver] | None = None
    key: str = ""  # the setting with the key, where it is not what switches it on

    def account(self, settings: Settings) -> Account | None:
        """How to reach it; None when it is not switched on."""
        given = settings.accounts
        if not given.get(self.switch):
            return None
        base_url = (given.get(self.address) or self.base_url).rstrip("/")
        return Account(self.title, base_url, self.header(given.get(self.key or self.switch, "")), self.patience)


def _bearer(key: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {key}"}


OUTSIDE = (
    Outside(
        "openai", "OpenAI", "OPENAI_API_KEY", "OPENAI_BASE_URL", "https://api.openai.com/v1", _bearer, OpenAI
    ),
    Outside(
        "ideogram", "Ideogram", "IDEOGRAM_API_KEY", "IDEOGRAM_BASE_URL", "https://api.ideogram.ai",
        lambda key: {"Api-Key": key}, Ideogram, timedelta(minutes=5), IdeogramReceiver,
    ),
    Outside(
        "gemini", "Gemini", "GEMINI_API_KEY", "GEMINI_BASE_URL", "https://generativelanguage.googleapis.com/v1beta",
        lambda key: {"x-goog-api-key": key}, Gemini, timedelta(minutes=5),
    ),
    Outside(
        "qwen", "Qwen", "DASHSCOPE_API_KEY", "DASHSCOPE_BASE_URL", "https://dashscope-intl.aliyuncs.com/api/v1",
        _bearer, Qwen,
    ),
    Outside(
        "comfyui", "ComfyUI", "COMFYUI_BASE_URL", "COMFYUI_BASE_URL", "",
        lambda proof: {"Authorization": proof} if proof else {}, ComfyUI, timedelta(minutes=30),
        key="COMFYUI_AUTHORIZATION",
    ),
)  # fmt: skip


def providers_on(settings: Settings) -> list[str]:
    """Which providers' models are on offer."""
    outside = [outside.name for outside in OUTSIDE if outside.account(settings)]
    return sorted(["local", *outside, *(["fake"] if settings.fakes else [])])


def make_providers(settings: Settings, client: httpx.AsyncClient) -> Mapping[str, Provider]:
    """One adapter for each provider that is switched on, all over one client."""
    providers: list[Provider] = [LocalPrint(ffmpeg=find_ffmpeg(settings.ffmpeg))]
    if settings.fakes:
        providers.append(FakeProvider())
    providers += [outside.make(client, account) for outside in OUTSIDE if (account := outside.account(settings))]
    return {provider.name: provider for provider in providers}


def make_receivers(settings: Settings, client: httpx.AsyncClient) -> Mapping[str, Receiver]:
    """How to check what providers tell us, for those that do."""
    receivers: dict[str, Receiver] = {"fake": FakeReceiver()} if settings.fakes else {}
    for outside in OUTSIDE:
        account = outside.account(settings)
        if account is not None and outside.receiver is not None:
            receivers[outside.name] = outside.receiver(client, account)
    return receivers


def callbacks(settings: Settings) -> Callable[[str, str], str | None]:
    """The address by which a provider tells us of an order: of those that sign, and where the house has an address."""
    signing = {outside.name for outside in OUTSIDE if outside.receiver is not None} | {"fake"}

    def to(provider: str, ref: str) -> str | None:
        base = settings.callback_url
        return callback_link(base, settings.secret, provider, ref) if base and provider in signing else None

    return to
