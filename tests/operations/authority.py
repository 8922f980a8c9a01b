"""Makes certificates for tests: authorities for one run, and certificates that they sign.

    authority = Authority("clients")
    pair = authority.issue("alice", uris=["spiffe://test/alice"])
    pair.write(directory / "tls.crt", directory / "tls.key")

Keys are on P-256, because such keys are made quickly. No certificate is kept
after a test.
"""

import datetime
import ipaddress
import pathlib
from typing import NamedTuple

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

# How long a certificate is valid from now on, unless `valid_for` differs.
VALIDITY = datetime.timedelta(days=2)
# How long before now validity begins, because clocks may differ.
BEGUN = datetime.timedelta(days=30)


class Pair(NamedTuple):
    """A certificate, its key, and the end of its validity."""

    certificate: bytes              # PEM
    key: bytes                      # PEM, PKCS #8
    not_after: datetime.datetime    # UTC, whole seconds

    def write(self, certificate: pathlib.Path, key: pathlib.Path):
        """Writes both files in place."""
        certificate.write_bytes(self.certificate)
        key.write_bytes(self.key)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _pem_of_key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption())


def _subject_alternative_names(dns, addresses, uris, emails):
    return x509.SubjectAlternativeName(
        [x509.DNSName(name) for name in dns]
        + [x509.IPAddress(ipaddress.ip_address(each)) for each in addresses]
        + [x509.UniformResourceIdentifier(uri) for uri in uris]
        + [x509.RFC822Name(email) for email in emails])


# Tags of names in DER (RFC 5280 section 4.2.1.6).
EMAIL, DNS, URI, ADDRESS = 0x81, 0x82, 0x86, 0x87


def _der(tag: int, content: bytes) -> bytes:
    size = len(content)
    length = (bytes([size]) if size < 0x80
              else bytes([0x82]) + size.to_bytes(2, "big"))
    return bytes([tag]) + length + content


def raw_names(*names: tuple[int, bytes]) -> bytes:
    """Returns subject alternative names of these tags and bytes, which may be wrong."""
    return _der(0x30, b"".join(_der(tag, value) for tag, value in names))


class Authority:
    """A certificate authority with a self-signed certificate."""

    def __init__(self, name: str, issuer: "Authority | None" = None,
                 raw: bytes | None = None):
        """Makes a root authority, or an authority below `issuer` with names as of raw_names."""
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _name(f"portreg test authority {name}")
        self.not_after = _now() + 2 * VALIDITY
        builder = (issuer or self)._builder(
            self._name, self._key.public_key(), self.not_after)
        if raw is not None:
            builder = builder.add_extension(
                x509.UnrecognizedExtension(
                    ExtensionOID.SUBJECT_ALTERNATIVE_NAME, raw),
                critical=False)
        self._certificate = builder.add_extension(
            x509.BasicConstraints(ca=True, path_length=None), critical=True
        ).add_extension(
            x509.KeyUsage(
                digital_signature=True, key_cert_sign=True, crl_sign=True,
                content_commitment=False, key_encipherment=False,
                data_encipherment=False, key_agreement=False,
                encipher_only=False, decipher_only=False), critical=True
        ).sign((issuer or self)._key, hashes.SHA256())

    def issue_authority(self, name: str, raw: bytes | None = None):
        """Signs an intermediate authority."""
        return Authority(name, self, raw)

    def _builder(self, subject, public_key, not_after):
        return (x509.CertificateBuilder()
                .subject_name(subject).issuer_name(self._name)
                .public_key(public_key)
                .serial_number(x509.random_serial_number())
                .not_valid_before(min(_now(), not_after) - BEGUN)
                .not_valid_after(not_after)
                # Strict verifiers refuse certificates without these (RFC 5280,
                # sections 4.2.1.1 and 4.2.1.2).
                .add_extension(
                    x509.SubjectKeyIdentifier.from_public_key(public_key),
                    critical=False)
                .add_extension(
                    x509.AuthorityKeyIdentifier.from_issuer_public_key(
                        self._key.public_key()), critical=False))

    @property
    def certificate(self) -> bytes:
        """Returns the authority's certificate as PEM, for the other side to trust."""
        return self._certificate.public_bytes(serialization.Encoding.PEM)

    def issue(self, common_name: str, *, dns=(), addresses=(), uris=(),
              emails=(), raw: bytes | None = None,
              valid_for: datetime.timedelta = VALIDITY) -> Pair:
        """Signs a certificate with these subject alternative names.

        `raw` replaces all names by those of raw_names. A certificate with a
        negative validity expired that long ago.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        not_after = _now() + valid_for
        builder = self._builder(
            _name(common_name), key.public_key(), not_after
        ).add_extension(
            x509.BasicConstraints(ca=False, path_length=None), critical=True
        ).add_extension(
            x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH,
                                   ExtendedKeyUsageOID.CLIENT_AUTH]),
            critical=False)
        if raw is not None:
            builder = builder.add_extension(
                x509.UnrecognizedExtension(
                    ExtensionOID.SUBJECT_ALTERNATIVE_NAME, raw),
                critical=False)
        elif dns or addresses or uris or emails:
            builder = builder.add_extension(
                _subject_alternative_names(dns, addresses, uris, emails),
                critical=False)
        certificate = builder.sign(self._key, hashes.SHA256())
        return Pair(certificate.public_bytes(serialization.Encoding.PEM),
                    _pem_of_key(key), not_after)

    def issue_server(self, **options) -> Pair:
        """Signs a certificate for a server on loopback."""
        return self.issue("portregd", dns=["localhost"],
                          addresses=["127.0.0.1", "::1"], **options)
