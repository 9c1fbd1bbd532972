import base64
import hashlib
import hmac
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from habaring.revenue.bank.signing import new_key, private_pem, public_pem, stamp
from habaring.revenue.gateways import codes, reading, wire
from habaring.revenue.gateways.codes import Refused, Service
from habaring.revenue.gateways.wire import Said, WireError
from tests.revenue import banks

AT = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)
PATH = "/snap/62.02/v1.0/transfer-va/inquiry"


@pytest.mark.parametrize(
    ("body", "small"),
    [
        (b'{"a": 1}', b'{"a":1}'),
        (b'{\n\t"a" : "b c",\r\n "d": [ 1, 2 ] }', b'{"a":"b c","d":[1,2]}'),
        (rb'{"a": "say \"x y\" \\", "b" : " "}', rb'{"a":"say \"x y\" \\","b":" "}'),
        ('{"nama": "Bañu  é"}'.encode(), '{"nama":"Bañu  é"}'.encode()),
        (rb'{"a": "\u0020\/", "n": 1.50}', rb'{"a":"\u0020\/","n":1.50}'),
        (b'{"a":1}', b'{"a":1}'),
        (b"", b""),
    ],
)
def test_a_body_loses_only_what_stands_between_its_tokens(
    body: bytes, small: bytes
) -> None:
    assert wire.minified(body) == small


def test_what_is_signed_is_method_path_token_digest_and_time() -> None:
    body = b'{ "a": 1 }'
    digest = "015abd7f5cc57a2dd94b7590f04ad8084273905ee33ec5cebeae62276a97f862"
    assert hashlib.sha256(b'{"a":1}').hexdigest() == digest
    said = Said("POST", PATH, "2026-11-22T12:00:00+07:00", body, "T0KEN")
    assert said.to_sign().decode() == (
        f"POST:{PATH}:T0KEN:{digest}:2026-11-22T12:00:00+07:00"
    )
    plain = Said("POST", PATH, "2026-11-22T12:00:00+07:00", body)
    assert plain.to_sign().decode() == f"POST:{PATH}:{digest}:2026-11-22T12:00:00+07:00"
    assert wire.token_text("ID", "2026-11-22T12:00:00+07:00") == (
        b"ID|2026-11-22T12:00:00+07:00"
    )


def test_hmac_sha512_is_that_of_rfc_2104() -> None:
    said = Said("POST", PATH, "2026-11-22T12:00:00+07:00", b"{}", "T")
    made = wire.hmac_signature(b"kunci", said)
    by_hand = hmac.new(b"kunci", said.to_sign(), hashlib.sha512).digest()
    assert base64.b64decode(made) == by_hand
    assert wire.hmac_good([b"lain", b"kunci"], said, made)
    assert not wire.hmac_good([b"lain"], said, made)
    assert not wire.hmac_good([], said, made)


@pytest.mark.parametrize("signature", ["", "****", "A", "=" * 88, "é" * 88, "A" * 9999])
def test_no_signature_is_no_signature(signature: str) -> None:
    said = Said("POST", PATH, "2026-11-22T12:00:00+07:00", b"{}", "T")
    assert not wire.hmac_good([b"kunci"], said, signature)
    assert not wire.rsa_good([public_pem(banks.key())], said.to_sign(), signature)


@pytest.mark.parametrize("place", range(4))
def test_every_part_is_under_the_signature(place: int) -> None:
    parts = ["POST", PATH, "2026-11-22T12:00:00+07:00", "{}"]
    good = Said(parts[0], parts[1], parts[2], parts[3].encode(), "T")
    made = wire.hmac_signature(b"kunci", good)
    parts[place] = "2026-11-22T12:00:01+07:00" if place == 2 else parts[place] + "0"
    other = Said(parts[0], parts[1], parts[2], parts[3].encode(), "T")
    assert wire.hmac_good([b"kunci"], good, made)
    assert not wire.hmac_good([b"kunci"], other, made)


def test_rsa_is_believed_under_any_key_in_force_and_no_other() -> None:
    old, new = banks.key(), banks.key(1)
    made = wire.rsa_signature(new, b"teks")
    assert wire.rsa_good([public_pem(old), public_pem(new)], b"teks", made)
    assert not wire.rsa_good([public_pem(old)], b"teks", made)
    assert not wire.rsa_good([public_pem(new)], b"teks.", made)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="needs openssl")
def test_openssl_signs_and_believes_the_same(tmp_path: Path) -> None:
    key = banks.key()
    private, public, text, sig = (tmp_path / name for name in "abcd")
    private.write_text(private_pem(key))
    public.write_text(public_pem(key))
    said = Said("POST", PATH, "2026-11-22T12:00:00+07:00", b'{"a": "b"}')
    text.write_bytes(said.to_sign())
    sign: list[str | Path] = [
        "openssl",
        "dgst",
        "-sha256",
        "-sign",
        private,
        "-out",
        sig,
        text,
    ]
    subprocess.run(sign, check=True)
    theirs = base64.b64encode(sig.read_bytes()).decode()
    assert wire.rsa_good([public_pem(key)], said.to_sign(), theirs)
    sig.write_bytes(base64.b64decode(wire.rsa_signature(key, said.to_sign())))
    verify: list[str | Path] = [
        "openssl",
        "dgst",
        "-sha256",
        "-verify",
        public,
        "-signature",
        sig,
        text,
    ]
    assert b"OK" in subprocess.run(verify, check=True, capture_output=True).stdout
    mac: list[str | Path] = [
        "openssl",
        "dgst",
        "-sha512",
        "-hmac",
        "kunci",
        "-binary",
        text,
    ]
    made = subprocess.run(mac, check=True, capture_output=True).stdout
    assert wire.hmac_good([b"kunci"], said, base64.b64encode(made).decode())


def test_a_weak_or_foreign_key_is_none() -> None:
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    weak = rsa.generate_private_key(public_exponent=65537, key_size=1024)  # noqa: S505 - to be refused
    curve = ec.generate_private_key(ec.SECP256R1())
    form = (Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    for key in (weak, curve):
        with pytest.raises(WireError):
            wire.public_key(key.public_key().public_bytes(*form).decode())
    with pytest.raises(WireError):
        wire.public_key("bukan kunci")
    with pytest.raises(WireError):
        wire.public_key(private_pem(new_key()))


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-22T12:00:00",
        "2026-11-22T05:00:00Z",
        "2026-11-22T12:00:00+0700",
        "2026-11-22 12:00:00+07:00",
        "2026-13-22T12:00:00+07:00",
        "2026-11-22T12:00:00-07:00",
        "٢٠٢٦-11-22T12:00:00+07:00",
        "",
        "2026-11-22T12:00:00.1234567+07:00",
    ],
)
def test_a_time_without_a_zone_of_indonesia_is_none(text: str) -> None:
    with pytest.raises(WireError):
        wire.moment(text)


def test_a_time_is_a_moment_whatever_its_zone() -> None:
    assert wire.moment("2026-11-22T12:00:00+07:00") == AT
    assert wire.moment("2026-11-22T13:00:00.000+08:00") == AT
    assert stamp(AT) == "2026-11-22T12:00:00+07:00"
    assert wire.in_window(AT - timedelta(minutes=5), AT)
    assert wire.in_window(AT + timedelta(minutes=5), AT)
    assert not wire.in_window(AT - timedelta(minutes=5, seconds=1), AT)
    assert not wire.in_window(AT + timedelta(minutes=5, seconds=1), AT)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'"a"',
        b"{",
        b'{"a":1,"a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b"\xff{}",
        b"[" * 50_000,
        b'{"a":' + b"9" * 5000 + b"}",
    ],
)
def test_what_two_readers_could_read_as_two_things_is_refused(body: bytes) -> None:
    with pytest.raises(WireError):
        wire.read_object(body)


def test_an_external_id_is_up_to_36_digits() -> None:
    assert wire.external_id("0" * 36)
    for bad in ("", "0" * 37, "12a", "１２", "1 2"):
        with pytest.raises(WireError):
            wire.external_id(bad)


def test_codes_are_status_service_and_case() -> None:
    told = {
        (codes.OK, Service.PAYMENT): "2002500",
        (codes.UNAUTHORIZED, Service.INQUIRY): "4012400",
        (codes.TOKEN, Service.INQUIRY): "4012401",
        (codes.NO_BILL, Service.INQUIRY): "4042412",
        (codes.AMOUNT, Service.INQUIRY): "4042413",
        (codes.PAID, Service.INQUIRY): "4042414",
        (codes.CONFLICT, Service.PAYMENT): "4092500",
        (codes.TOO_MANY, Service.INQUIRY): "4292400",
        (codes.ERROR, Service.NOTIFY): "5005200",
    }
    for (case, service), code in told.items():
        assert case.code(service) == code


VA = {
    "partnerServiceId": "77001234",
    "customerNo": "62020600010120034026",
    "virtualAccountNo": "7700123462020600010120034026",
    "paymentRequestId": "A-1",
    "paidAmount": {"value": "77600.00", "currency": "IDR"},
}


def test_a_payment_is_read() -> None:
    body = VA | {"flagAdvise": "Y", "trxDateTime": "2026-11-22T11:59:00+07:00"}
    money = reading.read_payment(body, "77001234", said_at=AT)
    assert (money.amount, money.reference, money.advice) == (77600, "A-1", True)
    assert money.target == "62020600010120034026"
    assert money.paid_at == AT - timedelta(minutes=1)
    again = reading.read_payment(VA, "77001234", said_at=AT + timedelta(hours=1))
    assert again.sha256 == money.sha256  # a repeat is the same money


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"paidAmount": {"value": "77600", "currency": "IDR"}}, "4002501"),
        ({"paidAmount": {"value": "77600.50", "currency": "IDR"}}, "4002501"),
        ({"paidAmount": {"value": "-1.00", "currency": "IDR"}}, "4002501"),
        ({"paidAmount": {"value": "0.00", "currency": "IDR"}}, "4002501"),
        ({"paidAmount": {"value": "077600.00", "currency": "IDR"}}, "4002501"),
        ({"paidAmount": {"value": "1e5.00", "currency": "IDR"}}, "4002501"),
        ({"paidAmount": {"value": 77600, "currency": "IDR"}}, "4002501"),
        ({"paidAmount": {"value": "77600.00", "currency": "USD"}}, "4002501"),
        ({"paidAmount": 77600}, "4002501"),
        ({"paidAmount": None}, "4002502"),
        ({"paymentRequestId": ""}, "4002502"),
        ({"paymentRequestId": "a#1"}, "4002501"),
        ({"paymentRequestId": "x" * 61}, "4002501"),
        ({"partnerServiceId": "77009999"}, "4002501"),
        ({"virtualAccountNo": "7700123462020600010120034027"}, "4002501"),
        ({"customerNo": "1" * 21}, "4002501"),
        ({"trxDateTime": "kemarin"}, "4002501"),
        ({"trxDateTime": "2026-11-22T13:00:00+07:00"}, "4002501"),  # not yet
        ({"flagAdvise": "X"}, "4002501"),
    ],
)
def test_a_bad_field_is_named(change: dict[str, object], code: str) -> None:
    with pytest.raises(Refused) as refused:
        reading.read_payment(VA | change, "77001234", said_at=AT)
    assert refused.value.case.code(Service.PAYMENT) == code
    assert refused.value.about in change


def test_a_short_prefix_may_be_padded() -> None:
    body = VA | {
        "partnerServiceId": "   12345",
        "virtualAccountNo": "   1234562020600010120034026",
    }
    assert reading.read_payment(body, "12345", said_at=AT).amount == 77600
