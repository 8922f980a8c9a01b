"""Checks the manifests of deploy/kubernetes, as kubectl kustomize combines them.

    PORTREGD=portregd PORTREG=portreg python3 kubernetes_test.py

Needs no cluster. The parts must fit each other and the programs. portregd must
start with the settings of the Deployment and answer its probes.
"""

import os
import pathlib
import re
import shutil
import subprocess
import tempfile
import unittest

import deploy_paths
import proxies
import yaml
from processes import CALL_SECONDS, EXIT_SECONDS, Portregd, run

KUBERNETES = deploy_paths.DEPLOY_DIR / "kubernetes"
REFRESH = deploy_paths.DEPLOY_DIR / "refresh/portreg-refresh"
OVERLAYS = ("overlays/local-layer", "overlays/mtls", "overlays/refresh", "overlays/web")
KINDS = {"Deployment", "NetworkPolicy", "PodDisruptionBudget", "Service", "ServiceAccount"}
MEBIBYTE = 1 << 20
# More than a server needs without data and calls.
PROCESS_BYTES = 32 * MEBIBYTE
SERVING = b"\x08\x01"


def build(directory: pathlib.Path) -> dict[str, dict]:
    """Returns the objects of a kustomization, by their kind."""
    done = subprocess.run(
        [proxies.program("kubectl"), "kustomize", str(directory)], capture_output=True,
        text=True, timeout=EXIT_SECONDS, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{directory.name}: {done.stderr}")
    return {each["kind"]: each for each in yaml.safe_load_all(done.stdout)}


def build_all(directory: pathlib.Path) -> dict[str, dict]:
    """Returns the objects of a kustomization that has the patches of every overlay."""
    shutil.copytree(KUBERNETES / "base", directory / "base")
    own = directory / "own"
    own.mkdir()
    settings = {"bases": ["../base"]}
    for overlay in OVERLAYS:
        for path in (KUBERNETES / overlay).iterdir():
            if path.name != "kustomization.yaml":
                shutil.copy(path, own)
        for key, value in yaml.safe_load(
                (KUBERNETES / overlay / "kustomization.yaml").read_text()).items():
            if key == "generatorOptions":
                settings[key] = value
            elif key != "bases":
                settings.setdefault(key, []).extend(value)
    (own / "kustomization.yaml").write_text(yaml.safe_dump(settings))
    return build(own)


def named(items: list[dict]) -> dict[str, dict]:
    """Returns a list's items by their names."""
    result = {item["name"]: item for item in items}
    assert len(result) == len(items), f"a name twice: {items}"
    return result


def values(container: dict) -> dict[str, str]:
    """Returns the variables of a container."""
    return {name: item["value"] for name, item in named(container["env"]).items()}


def port_of(address: str) -> int:
    return int(address.rpartition(":")[2])


def seconds(duration: str) -> int:
    """Returns the seconds of a duration of one unit."""
    return int(duration[:-1]) * {"s": 1, "m": 60, "h": 3600}[duration[-1]]


def health(address: str, service: str) -> bytes:
    """Returns the reply to a probe: grpc.health.v1.HealthCheckResponse."""
    with proxies.grpc.insecure_channel(
            f"ipv4:{address}", options=[("grpc.enable_http_proxy", 0)]) as channel:
        return channel.unary_unary("/grpc.health.v1.Health/Check")(
            b"\x0a" + bytes([len(service)]) + service.encode(), timeout=CALL_SECONDS)


class ManifestCase:
    """Checks that apply to every overlay."""

    def setUp(self):
        self.objects = self.build()
        self.spec = self.objects["Deployment"]["spec"]
        self.pod = self.spec["template"]["spec"]
        self.containers = named(self.pod["containers"] + self.pod.get("initContainers", []))
        self.server = self.containers["portregd"]

    def test_the_kinds_are_those_expected(self):
        self.assertLessEqual(KINDS, set(self.objects))
        self.assertLessEqual(set(self.objects), KINDS | {"ConfigMap"})

    def test_settings_are_flags(self):
        flags = set(re.findall(r"^  --([\w-]+)", run("--help").stdout, re.MULTILINE))
        self.assertEqual({name.removeprefix("PORTREGD_").lower()
                          for name in values(self.server)} - flags, set())
        told = subprocess.run([str(REFRESH), "--help"], capture_output=True, text=True,
                              timeout=EXIT_SECONDS, check=True).stdout
        flags = set(re.findall(r"^  --([\w-]+)", told, re.MULTILINE))
        for name in set(self.containers) - {"portregd"}:
            container = self.containers[name]
            self.assertEqual(
                {each.removeprefix("PORTREG_REFRESH_").lower().replace("_", "-")
                 for each in values(container)} - flags, set())
            self.assertLessEqual({each.lstrip("-") for each in container.get("args", ())}, flags)

    def test_ports_agree(self):
        ports = {name: each["containerPort"]
                 for name, each in named(self.server["ports"]).items()}
        settings = values(self.server)
        listeners = {"grpc": "LISTEN", "admin": "ADMIN_LISTEN", "metrics": "METRICS_LISTEN",
                     "web": "WEB_LISTEN"}
        self.assertEqual(ports, {
            name: port_of(settings[f"PORTREGD_{setting}"])
            for name, setting in listeners.items() if f"PORTREGD_{setting}" in settings})
        for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
            self.assertEqual(self.server[probe]["grpc"]["port"], ports["admin"])
        doors = {name: ports[name] for name in ("grpc", "web") if name in ports}
        service_ports = named(self.objects["Service"]["spec"]["ports"])
        self.assertEqual({name: each["port"] for name, each in service_ports.items()}, doors)
        for name, each in service_ports.items():
            self.assertEqual(each["targetPort"], name)
        admitted = {port["port"] for rule in self.objects["NetworkPolicy"]["spec"]["ingress"]
                    for port in rule["ports"]}
        self.assertEqual(admitted, {*doors.values(), ports["metrics"]})
        annotations = self.spec["template"]["metadata"]["annotations"]
        self.assertEqual(annotations["prometheus.io/port"], str(ports["metrics"]))

    def test_selectors_find_the_pods(self):
        labels = self.spec["template"]["metadata"]["labels"].items()
        for selector in (
                self.spec["selector"]["matchLabels"], self.objects["Service"]["spec"]["selector"],
                self.objects["PodDisruptionBudget"]["spec"]["selector"]["matchLabels"],
                self.objects["NetworkPolicy"]["spec"]["podSelector"]["matchLabels"],
                *(each["labelSelector"]["matchLabels"]
                  for each in self.pod["topologySpreadConstraints"])):
            self.assertLessEqual(selector.items(), labels)
        self.assertEqual(self.objects["Service"]["spec"]["clusterIP"], "None")

    def test_nothing_is_privileged(self):
        self.assertEqual(self.pod["securityContext"]["runAsNonRoot"], True)
        self.assertGreater(self.pod["securityContext"]["runAsUser"], 0)
        self.assertEqual(self.pod["securityContext"]["seccompProfile"], {"type": "RuntimeDefault"})
        self.assertEqual(self.pod["automountServiceAccountToken"], False)
        self.assertEqual(self.pod["enableServiceLinks"], False)
        self.assertEqual(self.objects["ServiceAccount"]["metadata"]["name"],
                         self.pod["serviceAccountName"])
        for container in self.containers.values():
            self.assertEqual(container["securityContext"], {
                "allowPrivilegeEscalation": False, "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]}})
            self.assertEqual(set(container["resources"]), {"requests", "limits"})

    def test_every_mount_has_its_volume_and_the_server_writes_none(self):
        volumes = named(self.pod.get("volumes", []))
        mounted = {mount["name"] for container in self.containers.values()
                   for mount in container.get("volumeMounts", ())}
        self.assertEqual(mounted, set(volumes))
        for mount in self.server.get("volumeMounts", ()):
            self.assertEqual(mount["readOnly"], True)

    def test_the_server_has_time_to_drain(self):
        settings = values(self.server)
        drain = sum(seconds(settings[f"PORTREGD_DRAIN_{part}"]) for part in ("DELAY", "GRACE"))
        self.assertGreaterEqual(self.pod["terminationGracePeriodSeconds"], drain + 5)

    def test_memory_suffices_for_what_the_settings_allow(self):
        settings = values(self.server)
        limit = self.server["resources"]["limits"]["memory"]
        self.assertTrue(limit.endswith("Mi"))
        self.assertGreater(
            int(limit[:-2]) * MEBIBYTE,
            int(settings["PORTREGD_MEMORY_QUOTA_BYTES"]) +
            int(settings["PORTREGD_MAX_UNREAD_BYTES"]) +
            2 * int(settings["PORTREGD_MAX_REGISTRY_BYTES"]) + PROCESS_BYTES)


class BaseTest(ManifestCase, unittest.TestCase):
    def build(self):
        return build(KUBERNETES / "base")

    def test_portregd_starts_with_the_settings_and_answers_the_probes(self):
        settings = values(self.server)
        for name in ("LISTEN", "ADMIN_LISTEN", "METRICS_LISTEN"):
            settings[f"PORTREGD_{name}"] = "127.0.0.1:0"
        with Portregd(listen=None, variables=settings) as server:
            address = server.announced["ADMIN"][0]
            for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
                self.assertEqual(health(address, self.server[probe]["grpc"]["service"]), SERVING)

    def test_what_is_wrong_is_noticed(self):
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (directory / "kustomization.yaml").write_text("resources: [none.yaml]\n")
        with self.assertRaises(AssertionError):
            build(directory)


class MutualTlsTest(ManifestCase, unittest.TestCase):
    def build(self):
        return build(KUBERNETES / "overlays/mtls")

    def test_without_its_certificate_it_serves_nobody(self):
        settings = {name: value for name, value in values(self.server).items()
                    if not name.startswith("PORTREGD_TLS_")}
        done = run(variables=settings)
        self.assertEqual(done.code, 1, done.stderr)
        self.assertIn("--listen=0.0.0.0:6335 would be plaintext", done.stderr)

    def test_the_secret_is_shaped_as_cert_manager_writes_it(self):
        mount, = self.server["volumeMounts"]
        settings = values(self.server)
        self.assertEqual(
            [settings[f"PORTREGD_TLS_{name}"] for name in ("CERT", "KEY", "CLIENT_CA")],
            [f"{mount['mountPath']}/{key}" for key in ("tls.crt", "tls.key", "ca.crt")])
        asked = yaml.safe_load((KUBERNETES / "overlays/mtls/certificate.yaml").read_text())
        self.assertEqual(asked["spec"]["secretName"],
                         self.pod["volumes"][0]["secret"]["secretName"])


class RefreshTest(ManifestCase, unittest.TestCase):
    def build(self):
        return build(KUBERNETES / "overlays/refresh")

    def test_the_seed_the_sidecar_and_the_server_share_the_file(self):
        file = values(self.server)["PORTREGD_IANA_FILE"]
        for name in ("seed", "refresh"):
            self.assertEqual(values(self.containers[name])["PORTREG_REFRESH_FILE"], file)
        for container in self.containers.values():
            mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
            self.assertEqual(mounts["registry"], str(pathlib.Path(file).parent))
        self.assertEqual(port_of(values(self.containers["refresh"])["PORTREG_REFRESH_TARGET"]),
                         port_of(values(self.server)["PORTREGD_LISTEN"]))
        self.assertIn(443, {port["port"] for rule in self.objects["NetworkPolicy"]["spec"]["egress"]
                            for port in rule["ports"]})

    def test_the_server_starts_with_what_the_seed_writes(self):
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        file = directory / "iana.csv"
        subprocess.run([str(REFRESH), *self.containers["seed"]["args"]], timeout=EXIT_SECONDS,
                       env={**os.environ, "PORTREG_REFRESH_FILE": str(file)}, check=True,
                       stdout=subprocess.DEVNULL)
        with Portregd(f"--iana_file={file}"):
            pass


class WebTest(ManifestCase, unittest.TestCase):
    def build(self):
        return build(KUBERNETES / "overlays/web")

    def test_the_door_opens_with_the_settings(self):
        settings = values(self.server)
        for name in ("LISTEN", "ADMIN_LISTEN", "METRICS_LISTEN", "WEB_LISTEN"):
            settings[f"PORTREGD_{name}"] = "127.0.0.1:0"
        with Portregd(listen=None, variables=settings) as server:
            self.assertEqual(len(server.announced["WEB"]), 1)


class LocalLayerTest(ManifestCase, unittest.TestCase):
    def build(self):
        return build(KUBERNETES / "overlays/local-layer")

    def test_the_config_map_is_mounted_and_usable(self):
        volume, = self.pod["volumes"]
        content = self.objects["ConfigMap"]
        self.assertEqual(volume["configMap"]["name"], content["metadata"]["name"])
        mount, = self.server["volumeMounts"]
        (key, text), = content["data"].items()
        self.assertEqual(values(self.server)["PORTREGD_LOCAL_FILE"], f"{mount['mountPath']}/{key}")
        directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        (directory / key).write_text(text)
        checked = run("--check", f"--local_file={directory / key}")
        self.assertEqual(checked.code, 0, checked.stderr)


class TogetherTest(ManifestCase, unittest.TestCase):
    """Combines all overlays in one kustomization, as deploy/README.md describes."""

    def build(self):
        return build_all(pathlib.Path(self.enterContext(tempfile.TemporaryDirectory())))

    def test_all_settings_are_there(self):
        self.assertLessEqual({"PORTREGD_TLS_CERT", "PORTREGD_IANA_FILE", "PORTREGD_LOCAL_FILE"},
                             set(values(self.server)))
        self.assertEqual({volume["name"] for volume in self.pod["volumes"]},
                         {"tls", "registry", "local"})


if __name__ == "__main__":
    unittest.main()
