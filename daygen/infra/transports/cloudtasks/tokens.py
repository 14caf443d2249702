"""Tokens: ours, to call Google's API with, and Google's, which show that a push is from our queue."""

import time
from collections.abc import Mapping
from typing import Any

import httpx
import joserfc.errors
from joserfc import jws, jwt
from joserfc.jwk import KeySet, RSAKey

from daygen.infra.queue import TransportDown
from daygen.infra.transports.cloudtasks.model import ISSUERS, Tasks

SCOPE = "https://www.googleapis.com/auth/cloud-platform"
GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer"
OURS_LASTS_S = 3600
RENEWED_BEFORE_S = 120.0
LEEWAY_S = 60
KEYS_KEPT_S = 6 * 3600.0
KEYS_ASKED_AGAIN_S = 30.0  # at most this often for a key that is not known, since anybody can name one


class Forged(Exception):  # noqa: N818 - a verdict
    """A token is not one of our queue's; the text says what is wrong with it, and has nothing of it."""


class OurTokens:
    """An access token for Google's API, kept until shortly before its end."""

    def __init__(self, tasks: Tasks, client: httpx.AsyncClient) -> None:
        self._tasks = tasks
        self._client = client
        self._token = ""
        self._until = 0.0

    async def get(self) -> str:
        """The token. Raises `TransportDown`."""
        if time.monotonic() >= self._until:
            answer = await self._ask()
            if not answer.is_success:
                raise TransportDown(f"no access token: {answer.status_code}")
            told: Mapping[str, Any] = answer.json()
            self._token = str(told["access_token"])
            self._until = time.monotonic() + float(told["expires_in"]) - RENEWED_BEFORE_S
        return self._token

    def forget(self) -> None:
        """Ask for a new one next time: this one was refused."""
        self._until = 0.0

    async def _ask(self) -> httpx.Response:
        account = self._tasks.account
        if account is None:
            path = "/computeMetadata/v1/instance/service-accounts/default/token"
            return await self._client.get(self._tasks.metadata + path, headers={"Metadata-Flavor": "Google"})
        now = int(time.time())
        claims = {"iss": account.mail, "scope": SCOPE, "aud": account.token_uri, "iat": now, "exp": now + OURS_LASTS_S}
        assertion = jwt.encode({"alg": "RS256"}, claims, RSAKey.import_key(account.private_key))
        return await self._client.post(account.token_uri, data={"grant_type": GRANT_TYPE, "assertion": assertion})


class TheirTokens:
    """Judges the token of a push: signed by one of Google's keys, for this address, in the name of our invoker."""

    def __init__(self, tasks: Tasks, client: httpx.AsyncClient) -> None:
        self._tasks = tasks
        self._client = client
        self._keys: Mapping[str, RSAKey] = {}
        self._asked_at = float("-inf")
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_S,
            iss={"essential": True, "values": sorted(ISSUERS)},
            aud={"essential": True, "value": tasks.url},
            email={"essential": True, "value": tasks.invoker},
            exp={"essential": True},
            iat={"essential": True},
        )

    async def judge(self, authorization: str) -> None:
        """Raises `Forged`, or `TransportDown` when Google's keys are not to be had."""
        scheme, _, token = authorization.partition(" ")
        if scheme.lower() != "bearer":
            raise Forged("there is no token")
        try:
            key = await self._key(_key_id(token))
            read = jwt.decode(token, KeySet([key]), algorithms=["RS256"])
            self._claims.validate(read.claims)
        except (joserfc.errors.JoseError, ValueError) as error:
            raise Forged(f"{type(error).__name__}") from error
        if read.claims.get("email_verified") is not True:
            raise Forged("the mail is not verified")

    async def _key(self, name: str) -> RSAKey:
        age_s = time.monotonic() - self._asked_at
        if age_s > KEYS_KEPT_S or (name not in self._keys and age_s > KEYS_ASKED_AGAIN_S):
            answer = await self._client.get(self._tasks.keys)
            if not answer.is_success:
                raise TransportDown(f"Google's keys are not to be had: {answer.status_code}")
            self._asked_at = time.monotonic()
            listed: list[dict[str, Any]] = answer.json()["keys"]
            self._keys = {key["kid"]: RSAKey.import_key(key) for key in listed if key.get("kty") == "RSA"}
        if name not in self._keys:
            raise Forged("signed by a key that is not Google's")
        return self._keys[name]


def _key_id(token: str) -> str:
    header = jws.extract_compact(token.encode()).headers()
    if header.get("alg") != "RS256" or not isinstance(header.get("kid"), str):
        raise Forged("not signed as Google signs")
    return str(header["kid"])
