"""P26: no request to the inside, whatever an address says; a public one passes."""

import json

import pytest

from daygen.infra.egress import EgressClient, Failed, Guard, Refused
from tests.infra.namespace import run_inside, way_in
from tests.promises.inside import CONTROL, CONTROL_V6, Dns, Noting, attack, attacks


async def test_no_spelling_of_the_inside_is_ever_connected_to():
    network = Noting()
    client = EgressClient(Guard(), resolver=Dns(), network=network)

    loose = await attack(client)

    assert loose == {}, "these were not refused"
    assert network.reached == []
    assert len(attacks()) > 190


async def test_of_a_name_that_leads_inside_and_outside_only_the_outside_is_connected_to():
    network = Noting()
    client = EgressClient(Guard(), resolver=Dns(), network=network)

    for name in ("mixed", "rebinding", "rebinding", "rebinding"):
        with pytest.raises((Refused, Failed)):
            await client.send("POST", f"https://{name}.example/", headers={}, body=b"", most_bytes=1)

    assert network.reached == [f"{CONTROL} 443"] * 3


def test_in_a_network_where_the_inside_listens_nothing_of_it_is_reached_and_the_public_control_is():
    if way_in() is None:
        return  # no namespaces here: the two tests above attacked a network that notes instead of one that listens

    ended = run_inside("tests.promises.inside", within_s=60)

    assert ended.returncode == 0, ended.stderr
    seen = json.loads(ended.stdout)
    assert seen["listening"], "the inside does listen"
    assert (seen["loose"], seen["inside"]) == ({}, [])
    assert set(seen["control"].values()) == {"200 hello"}
    assert seen["rebinding"] == ["hello", "Refused"] * 2
    assert set(seen["outside"]) == {f"{CONTROL} 443", f"{CONTROL_V6} 443"}
    assert seen["leading"] == {
        "to/127.0.0.1": "Refused",
        "to/inside": "Refused",
        "to/http": "Refused",
        "to/self": "hello",
        "loop": "Refused",
    }
    assert seen["after leading"] == [f"{CONTROL} 443"]
