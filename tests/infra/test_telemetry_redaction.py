"""No secret leaves: whatever way it comes in, by its key, by its look, by its value (promise P32)."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from daygen.infra.telemetry import hide, redacted, redacted_text

CANARY = "c4naryThatMustNotBeSeen"

LOOKS_SECRET = [
    f"Authorization: Bearer {CANARY}",
    f"authorization: Basic {CANARY}==",
    f"sent Bearer {CANARY}, got 401",
    f"Cookie: session={CANARY}; theme=dark",
    f"Set-Cookie: daygen={CANARY}; HttpOnly",
    f"x-api-key: {CANARY}",
    f"the key dg_live_{CANARY} is revoked",
    f"signed with whsec_{CANARY}",
    f"stripe sk_live_{CANARY}",
    f"openai sk-proj-{CANARY}",
    f"postgres://daygen:{CANARY}@db:5432/daygen",
    f"postgresql+asyncpg://daygen:with/slash@and:{CANARY}@db/daygen",
    f"redis://:{CANARY}@cache:6379/0",
    f"https://{CANARY}@errors.example/5",
    f"https://user:{CANARY}@proxy.example:8080/",
    f"host=db user=daygen password={CANARY} sslmode=require",
    f"host=db password='{CANARY} with spaces' dbname=daygen",
    f"https://bucket.example/a.png?X-Amz-Date=1&X-Amz-Credential=AK%2F{CANARY}&X-Amz-Signature={CANARY}",
    f"GET /files/a.png?expires=1&signature={CANARY} 200",
    f"http://127.0.0.1:8000/sign-in?token={CANARY}",
    f"http://127.0.0.1:8000/#access_token={CANARY}",
    f"https://models.example/v1/images?key={CANARY}",
    f"{{'authorization': 'Bearer {CANARY}', 'accept': '*/*'}}",
    f"[(b'authorization', b'Key {CANARY}'), (b'accept', b'*/*')]",
    f'{{"client_secret": "{CANARY}", "scope": "all"}}',
    f"Settings(password='{CANARY}', port=1)",
    f"Settings(api_key=b'{CANARY}', port=1)",
    f"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0{CANARY}.{CANARY}",
    f"-----BEGIN PRIVATE KEY-----\n{CANARY}\n-----END PRIVATE KEY-----",
]

KEYS = [
    "authorization",
    "Authorization",
    "cookie",
    "set-cookie",
    "password",
    "new_password",
    "token",
    "csrfToken",
    "secret",
    "apiKey",
    "api_key",
    "X-Api-Key",
    "signature",
    "webhook-signature",
    "aws_secret_access_key",
    "credentials",
]


class Talkative:
    def __str__(self) -> str:
        return f"Talkative(token={CANARY})"


class Mute:
    def __str__(self) -> str:
        raise RuntimeError("no text")


@pytest.mark.parametrize("text", LOOKS_SECRET)
def test_text_that_looks_like_a_secret_is_hidden(text: str):
    shown = redacted_text(text)

    assert CANARY not in shown
    assert "[redacted]" in shown


@pytest.mark.parametrize("key", KEYS)
def test_a_value_under_a_key_that_names_a_secret_is_hidden(key: str):
    assert CANARY not in str(redacted({key: CANARY}))
    assert CANARY not in str(redacted({"request": {"headers": [{key: CANARY}, (key, CANARY), (key.encode(), CANARY)]}}))


@pytest.mark.parametrize(
    "facts",
    [
        {"error": ValueError(f"cannot connect to postgres://u:{CANARY}@db")},
        {"body": f'{{"password": "{CANARY}"}}'.encode()},
        {"thing": Talkative()},
        {"things": [[[Talkative()]]]},
        {"things": {Talkative(): 1}},
        {"url": ("a", f"https://x/?token={CANARY}")},
    ],
)
def test_secrets_are_found_in_whatever_is_logged(facts: dict[str, Any]):
    assert CANARY not in str(redacted(facts))


def test_the_values_a_process_was_started_with_are_hidden_wherever_they_stand():
    secret = "plain/looking value"
    hide([secret, "dev"])

    shown = redacted({"note": f"tried {secret} twice", "url": "https://x/?q=plain%2Flooking%20value", "env": "dev"})

    assert shown == {"note": "tried [redacted] twice", "url": "https://x/?q=[redacted]", "env": "dev"}


def test_what_is_no_secret_stays_as_it_is():
    facts = {
        "route": "/v1/jobs/{id}",
        "keyId": "key_01jd8x7z9k3m5n7p9r1t3v5w7y",
        "outputTokens": 1200,
        "errorCode": "limits.rate_exceeded",
        "prompt": "a basket of bearer plants, key lime and cookies",
        "url": "https://files.example/a/b.png?w=512&at=me@example.com",
        "mail": "ada@example.com",
        "idempotencyKey": "order-7",
        "password": None,
        "ratio": 0.5,
        "ok": True,
        "sizes": [1, 2],
    }

    assert redacted(facts) == facts


def test_the_rest_of_a_link_stays_readable():
    link = f"https://bucket.example/a.png?X-Amz-Expires=60&X-Amz-Signature={CANARY}&x-id=GetObject"

    assert redacted_text(link) == (
        "https://bucket.example/a.png?X-Amz-Expires=60&X-Amz-Signature=[redacted]&x-id=GetObject"
    )


def test_a_long_text_is_cut_before_a_secret_and_not_inside_it():
    text = "word " * 1_630 + f"postgres://daygen:{CANARY * 10}@db/daygen"

    shown = redacted_text(text)

    assert len(shown) < 8_300
    assert CANARY not in shown


def test_what_has_no_end_or_no_text_is_shown_in_part():
    endless: list[Any] = []
    endless.append(endless)

    shown = redacted(
        {"endless": endless, "mute": Mute(), "nan": float("nan"), "many": range(3), "list": list(range(999))}
    )

    assert shown["mute"] == "<Mute without text>"
    assert shown["nan"] == "nan"
    assert len(str(shown)) < 1_000


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.sampled_from(LOOKS_SECRET), st.text(max_size=60))
def test_a_secret_is_found_inside_any_text(before: str, secret: str, after: str):
    assert CANARY not in redacted_text(f"{before} {secret} {after}")
