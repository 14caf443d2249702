"""Which providers are on: a key switches one on, and never shows."""

from pathlib import Path

import pytest

from daygen.app import settings as app_settings
from daygen.app.providers import OUTSIDE, make_providers, providers_on
from daygen.app.settings import SettingsError
from daygen.catalog import load
from daygen.kit.clock import SystemClock
from daygen.providers.http import open_client

SECRET = "0123456789abcdef-a-key-0123456789"


def read(folder: Path, **environ: str) -> app_settings.Settings:
    return app_settings.read({"DAYGEN_DATA_DIR": str(folder), **environ})


async def test_without_keys_only_the_printmaker_is_on(tmp_path: Path):
    settings = read(tmp_path)

    assert providers_on(settings) == ["local"]
    async with open_client() as client:
        assert list(make_providers(settings, client)) == ["local"]


@pytest.mark.parametrize("outside", OUTSIDE, ids=lambda outside: outside.name)
async def test_its_own_setting_switches_a_provider_on_with_its_models(tmp_path: Path, outside: object):
    assert outside in OUTSIDE
    (chosen,) = [known for known in OUTSIDE if known == outside]
    value = "http://10.0.0.7:8188/" if chosen.switch.endswith("_URL") else SECRET
    settings = read(tmp_path, **{chosen.switch: value})

    assert providers_on(settings) == sorted(["local", chosen.name])
    async with open_client() as client:
        assert set(make_providers(settings, client)) == {"local", chosen.name}
    models = load(providers_on(settings), SystemClock()).list()
    assert {model.provider for model in models} == {"local", chosen.name}
    account = chosen.account(settings)
    assert account is not None
    assert not account.base_url.endswith("/")


async def test_a_key_shows_in_no_repr_and_is_hidden_from_logs(tmp_path: Path):
    settings = read(tmp_path, OPENAI_API_KEY=SECRET, COMFYUI_BASE_URL="http://ada:a-password@10.0.0.7:8188")

    account = OUTSIDE[0].account(settings)

    assert SECRET not in repr(settings) + repr(account)
    assert {SECRET, "a-password"} <= set(settings.secrets())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("OPENAI_BASE_URL", "api.openai.com"),
        ("COMFYUI_BASE_URL", "ftp://here"),
        ("OPENAI_API_KEY", "sk-…copied-badly"),
        ("GEMINI_API_KEY", "two\nlines"),
    ],
)
def test_a_setting_that_cannot_be_right_is_named_without_its_value(tmp_path: Path, name: str, value: str):
    with pytest.raises(SettingsError) as error:
        read(tmp_path, **{name: value})

    assert name in str(error.value)
    assert value not in str(error.value)
