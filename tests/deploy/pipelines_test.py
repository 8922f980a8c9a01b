"""deploy/pipelines.md, and what keeps lookup tables up to date.

    PORTREGD=portregd PORTREG=portreg python3 pipelines_test.py

The script is run against a server. The units and the manifests are judged by
systemd's and Kubernetes' own tools; nothing of them is started.
"""

import contextlib
import csv
import io
import json
import os
import pathlib
import re
import shlex
import signal
import subprocess
import tempfile
import threading
import time
import tomllib
import unittest

import deploy_paths
import kubernetes_test
import lookup_readers
import systemd_test
import tool
import yaml
from processes import EXIT_SECONDS, PATIENCE, Portregd, environment

PIPELINES = deploy_paths.DEPLOY_DIR / "pipelines"
SCRIPT = PIPELINES / "portreg-lookup-table"
PAGE = deploy_paths.DEPLOY_DIR / "pipelines.md"
MANIFESTS = deploy_paths.DEPLOY_DIR / "kubernetes/lookup-table"
TABLE = "/var/lib/portreg-lookup/"
DONE, USAGE, NOT_EXPORTED, NOT_WRITTEN = range(4)
CHANGE_SECONDS = 30 * PATIENCE
COLUMNS = "Service Name,Port Number,Transport Protocol,Description\n"
# An export that is short enough to be compared as a whole.
SHORT = "--format=lookup-csv --columns=slot,service --layer=local"
OPTIONS = re.compile(r"^  --([\w-]+)", re.MULTILINE)


def variables(**more: str) -> dict[str, str]:
    """The environment of the script, which runs the tool of this build."""
    return {**environment(), "PORTREG": tool.portreg_path(), **more}


def script_help() -> str:
    return subprocess.run([str(SCRIPT), "--help"], capture_output=True, text=True,
                          timeout=EXIT_SECONDS, check=True).stdout


class ScriptTest(unittest.TestCase):
    """portreg-lookup-table against a server whose own table changes."""

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        self.local = self.directory / "local.csv"
        self.serve("billing")
        self.server = self.enterContext(Portregd(f"--local_file={self.local}"))
        self.tables = self.directory / "tables"
        self.tables.mkdir()
        self.table = self.tables / "ports.csv"

    def serve(self, name: str):
        """Has the server serve a row of that name."""
        new = self.directory / "new.csv"
        new.write_text(f"{COLUMNS}{name},7100,tcp,\n", "utf-8")
        new.rename(self.local)

    def command(self, *flags: str) -> list[str]:
        return [str(SCRIPT), f"--file={self.table}", f"--target={self.server.address}",
                f"--export-flags={SHORT}", *flags]

    def run_once(self, *flags: str) -> subprocess.CompletedProcess:
        return subprocess.run(self.command(*flags), env=variables(), capture_output=True,
                              text=True, timeout=CHANGE_SECONDS, check=False)

    @contextlib.contextmanager
    def following(self, *flags: str):
        """The script that follows the server; it must end well when it is told to."""
        process = subprocess.Popen(self.command("--follow", "--retry=1", *flags),
                                   env=variables(), start_new_session=True)
        try:
            yield
            process.send_signal(signal.SIGTERM)
            self.assertEqual(process.wait(EXIT_SECONDS), 0)
        finally:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def wait_for(self, name: str):
        """Waits until the table has the name."""
        deadline = time.monotonic() + CHANGE_SECONDS
        while time.monotonic() < deadline:
            with contextlib.suppress(FileNotFoundError):
                if self.table.read_text("utf-8") == f"slot,service\n7100/tcp,{name}\n":
                    return
            time.sleep(0.02)
        self.fail(f"{name} is not in the table")

    def test_it_writes_the_table_that_portreg_exports(self):
        done = self.run_once("--export-flags=--format=lookup-yaml --key=number 443")
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        exported = tool.ask(self.server, "export", "--format=lookup-yaml", "--key=number", "443")
        self.assertEqual(self.table.read_text("utf-8"), exported.stdout)
        self.assertEqual(self.table.stat().st_mode & 0o777, 0o644)

    def test_an_unchanged_table_is_not_touched(self):
        told = self.directory / "told"
        flag = f"--reload-command=echo >> {told}"
        self.run_once(flag)
        before = self.table.stat()
        self.assertEqual(self.run_once(flag).stdout, "")
        after = self.table.stat()
        self.assertEqual((after.st_ino, after.st_mtime_ns), (before.st_ino, before.st_mtime_ns))
        self.assertEqual(told.read_text(), "\n")

    def test_what_fails_keeps_the_last_table(self):
        self.run_once()
        before = self.table.read_bytes()
        with tool.closed_port() as closed:
            done = self.run_once(f"--target={closed}")
            self.assertEqual(done.returncode, NOT_EXPORTED)
            self.assertIn("stays as it is", done.stderr)
        self.assertEqual(self.run_once("--export-flags=--format=none").returncode, NOT_EXPORTED)
        self.assertEqual(self.table.read_bytes(), before)
        self.assertEqual([each.name for each in self.tables.iterdir()], ["ports.csv"])
        done = self.run_once(f"--file={self.directory}/none/ports.csv")
        self.assertEqual(done.returncode, NOT_WRITTEN)
        for flag in ("--fil=x", "--retry=soon", "--file="):
            self.assertEqual(self.run_once(flag).returncode, USAGE, flag)

    def test_it_follows_the_revisions(self):
        with self.following():
            for name in ("billing", "invoices", "audit"):
                self.serve(name)
                self.wait_for(name)
        self.assertEqual([each.name for each in self.tables.iterdir()], ["ports.csv"])

    def test_it_follows_a_server_that_comes_later_and_goes_away(self):
        address = self.server.address
        self.server.kill()
        with self.following():
            with Portregd(f"--local_file={self.local}", listen=address):
                self.wait_for("billing")
            self.serve("audit")
            with Portregd(f"--local_file={self.local}", listen=address):
                self.wait_for("audit")

    def test_a_reader_never_sees_a_part(self):
        whole = {f"slot,service\n7100/tcp,{name}\n" for name in ("a", "bb")}
        seen, stop = set(), threading.Event()
        self.serve("a")
        with self.following():
            self.wait_for("a")

            def read():
                while not stop.is_set():
                    seen.add(self.table.read_text("utf-8"))

            reader = threading.Thread(target=read)
            reader.start()
            try:
                for name in ("bb", "a", "bb"):
                    self.serve(name)
                    self.wait_for(name)
            finally:
                stop.set()
                reader.join()
        self.assertEqual(seen, whole)

    def test_each_flag_is_a_variable(self):
        done = subprocess.run(
            [str(SCRIPT)], capture_output=True, text=True, timeout=CHANGE_SECONDS, check=False,
            env=variables(
                PORTREG_LOOKUP_FILE=str(self.table), PORTREG_LOOKUP_TARGET=self.server.address,
                PORTREG_LOOKUP_EXPORT_FLAGS=SHORT,
                PORTREG_LOOKUP_PORTREG_FLAGS="--timeout=20s --plaintext",
                PORTREG_LOOKUP_RELOAD_COMMAND="echo told", PORTREG_LOOKUP_RETRY="1"))
        self.assertEqual((done.returncode, done.stderr), (DONE, ""))
        self.assertIn("told\n", done.stdout)
        text = SCRIPT.read_text("utf-8")
        for flag in set(OPTIONS.findall(script_help())) - {"follow"}:
            self.assertIn(f"PORTREG_LOOKUP_{flag.upper().replace('-', '_')}:-", text)

    def test_shellcheck_finds_nothing(self):
        done = subprocess.run(["shellcheck", str(SCRIPT)], capture_output=True, text=True,
                              timeout=EXIT_SECONDS, check=False)
        self.assertEqual((done.returncode, done.stdout), (0, ""))


class UnitsTest(unittest.TestCase):
    """The units, in a copy that names the script of this source."""

    def setUp(self):
        self.directory = pathlib.Path(self.enterContext(tempfile.TemporaryDirectory()))
        link = self.directory / SCRIPT.name
        link.symlink_to(SCRIPT)
        for ending in ("service", "timer"):
            name = f"{SCRIPT.name}.{ending}"
            text = (PIPELINES / name).read_text("utf-8")
            (self.directory / name).write_text(text.replace(f"/usr/lib/portreg/{SCRIPT.name}",
                                                            str(link)))

    def verify(self, ending: str) -> tuple[int, str]:
        done = systemd_test.analyze("verify", "--man=no", "--recursive-errors=no",
                                    self.directory / f"{SCRIPT.name}.{ending}")
        return done.returncode, done.stderr

    def test_systemd_finds_no_fault(self):
        for ending in ("service", "timer"):
            self.assertEqual(self.verify(ending), (0, ""))
        with open(self.directory / f"{SCRIPT.name}.service", "a") as unit:
            unit.write("[Service]\nNoSuchSetting=yes\n")
        self.assertNotEqual(self.verify("service"), (0, ""))

    def test_a_service_that_follows_has_no_fault_either(self):
        unit = self.directory / f"{SCRIPT.name}.service"
        text = unit.read_text()
        for line, other in (("Type=oneshot", "Type=exec\nRestart=on-failure"),
                            (SCRIPT.name + "\n", SCRIPT.name + " --follow\n")):
            self.assertIn(line, text)
            text = text.replace(line, other)
        unit.write_text(text)
        self.assertEqual(self.verify("service"), (0, ""))

    def test_exposure_is_low(self):
        done = systemd_test.analyze("security", "--offline=true", "--threshold=20",
                                    self.directory / f"{SCRIPT.name}.service")
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_the_file_is_in_the_directory_of_the_service(self):
        self.assertIn(f"--file={TABLE}", script_help())
        self.assertIn(f"\nStateDirectory={pathlib.Path(TABLE).name}\n",
                      (PIPELINES / f"{SCRIPT.name}.service").read_text())


class KubernetesTest(unittest.TestCase):
    """The example of a pod with a sidecar."""

    def setUp(self):
        self.objects = kubernetes_test.build(MANIFESTS)
        self.template = self.objects["Deployment"]["spec"]["template"]
        self.pod = self.template["spec"]
        self.init, = self.pod["initContainers"]
        self.containers = kubernetes_test.named(self.pod["containers"])
        self.sidecar = self.containers["lookup-table"]

    def test_settings_are_flags_of_the_script(self):
        flags = set(OPTIONS.findall(script_help()))
        for container in (self.init, self.sidecar):
            self.assertLessEqual(
                {name.removeprefix("PORTREG_LOOKUP_").lower().replace("_", "-")
                 for name in kubernetes_test.values(container)}, flags)
            self.assertLessEqual({each.lstrip("-") for each in container.get("args", ())}, flags)
        self.assertEqual(self.sidecar["args"], ["--follow"])
        self.assertNotIn("args", self.init)

    def test_the_export_is_what_the_pipeline_reads(self):
        settings = kubernetes_test.values(self.sidecar)
        text = tool.run("--offline", "export",
                        *settings["PORTREG_LOOKUP_EXPORT_FLAGS"].split()).stdout
        self.assertEqual(lookup_readers.logstash_yaml(text)["443/6"], "https")
        pipeline = self.objects["ConfigMap"]["data"]["pipeline.conf"]
        self.assertIn(f'dictionary_path => "{settings["PORTREG_LOOKUP_FILE"]}"', pipeline)

    def test_the_containers_share_the_volume_and_the_pipeline_only_reads(self):
        directory = str(pathlib.Path(
            kubernetes_test.values(self.sidecar)["PORTREG_LOOKUP_FILE"]).parent)
        mounts = {}
        for container in (self.init, *self.containers.values()):
            mounts[container["name"]] = {
                mount["mountPath"]: mount for mount in container["volumeMounts"]}[directory]
        self.assertEqual({each["name"] for each in mounts.values()}, {"lookup-table"})
        self.assertEqual({name for name, each in mounts.items() if not each.get("readOnly")},
                         {"first-table", "lookup-table"})
        volumes = kubernetes_test.named(self.pod["volumes"])
        self.assertEqual(volumes["pipeline"]["configMap"]["name"],
                         self.objects["ConfigMap"]["metadata"]["name"])

    def test_portregd_lets_the_pod_in(self):
        base = kubernetes_test.build(kubernetes_test.KUBERNETES / "base")
        rule = base["NetworkPolicy"]["spec"]["ingress"][0]
        admitted = rule["from"][0]["podSelector"]["matchLabels"]
        self.assertLessEqual(admitted.items(), self.template["metadata"]["labels"].items())
        service = base["Service"]
        self.assertEqual(
            kubernetes_test.values(self.sidecar)["PORTREG_LOOKUP_TARGET"],
            f"dns:///{service['metadata']['name']}:{service['spec']['ports'][0]['port']}")

    def test_nothing_is_privileged(self):
        self.assertEqual(self.pod["securityContext"]["runAsNonRoot"], True)
        self.assertEqual(self.pod["automountServiceAccountToken"], False)
        for container in (self.init, *self.containers.values()):
            context = container["securityContext"]
            self.assertEqual(context["allowPrivilegeEscalation"], False)
            self.assertEqual(context["capabilities"], {"drop": ["ALL"]})
            self.assertEqual(set(container["resources"]), {"requests", "limits"})
        for container in (self.init, self.sidecar):
            self.assertEqual(container["securityContext"]["readOnlyRootFilesystem"], True)

    def test_selectors_find_the_pods(self):
        self.assertLessEqual(
            self.objects["Deployment"]["spec"]["selector"]["matchLabels"].items(),
            self.template["metadata"]["labels"].items())


class PageTest(unittest.TestCase):
    """pipelines.md: its commands, and what it has for each program."""

    @classmethod
    def setUpClass(cls):
        text = PAGE.read_text("utf-8")
        cls.parts = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", text, re.M | re.S))

    def blocks(self, title: str) -> list[tuple[str, str]]:
        """The language and the text of each block below a heading."""
        return re.findall(r"^```(\w*)\n(.*?)^```$", self.parts[title], re.M | re.S)

    def table(self, title: str) -> str:
        """What the command below a heading exports."""
        command = self.blocks(title)[0][1]
        program, *arguments = shlex.split(command.partition(" > ")[0])
        self.assertEqual(program, "portreg")
        outcome = tool.run("--offline", *arguments)
        self.assertEqual((outcome.code, outcome.stderr), (0, ""))
        return outcome.stdout

    def settings(self, title: str) -> str:
        """What the program is told, in three lines."""
        _, text = self.blocks(title)[1]
        self.assertEqual(text.count("\n"), 3, title)
        return text

    def test_opentelemetry(self):
        lookup = yaml.safe_load(self.settings("OpenTelemetry Collector"))["lookup"]
        names = lookup_readers.opentelemetry_yaml(self.table("OpenTelemetry Collector"))
        self.assertEqual(names["514/17"], "syslog")
        self.assertEqual(lookup["source"]["type"], "yaml")
        self.assertIn('"/")', lookup["lookups"][0]["key"])

    def test_vector(self):
        settings = tomllib.loads(self.settings("Vector"))
        self.assertEqual(settings["enrichment_tables"]["ports"]["file"]["encoding"],
                         {"type": "csv"})
        condition = dict.fromkeys(
            re.findall(r'"(\w+)": to_string', settings["transforms"]["named"]["source"]), "6")
        table = lookup_readers.VectorTable(self.table("Vector"))
        self.assertEqual(table.record(**{**condition, "port": "443"})["service"], "https")

    def test_logstash(self):
        self.assertIn("replace", self.settings("Logstash"))
        self.assertEqual(lookup_readers.logstash_yaml(self.table("Logstash"))["443/6"], "https")

    def test_clickhouse(self):
        settings = self.settings("ClickHouse")
        columns = re.findall(r"(\w+) (?:UInt16|UInt8|String)", settings)
        table = self.table("ClickHouse")
        self.assertEqual(columns, next(csv.reader(io.StringIO(table))))
        self.assertEqual(lookup_readers.clickhouse_csv_with_names(table)[443, 17], "https")

    def test_telegraf(self):
        lookup, = tomllib.loads(self.settings("Telegraf"))["processors"]["lookup"]
        self.assertEqual(set(lookup), {"files", "key"})
        tags = lookup_readers.telegraf_json(self.table("Telegraf"))
        self.assertEqual(tags["443/6"], {"service": "https", "class": "well-known"})

    def test_graylog(self):
        key, value = re.search(r'Key column "(\w+)", Value column "(\w+)"',
                               self.settings("Graylog")).groups()
        self.assertEqual(
            lookup_readers.graylog_csv(self.table("Graylog"), key, value)["514"], "shell")

    def test_files_are_where_the_script_writes(self):
        for title in ("OpenTelemetry Collector", "Vector", "Logstash", "Telegraf", "Graylog"):
            self.assertIn(TABLE, self.settings(title))

    def test_json_of_one_column_is_what_telegraf_refuses(self):
        text = tool.run("--offline", "export", "--format=lookup-json", "--columns=service",
                        "443").stdout
        self.assertEqual(json.loads(text)["443/tcp"], "https")
        self.assertRaises(lookup_readers.Refused, lookup_readers.telegraf_json, text)

    def test_both_readmes_link_the_page_once(self):
        for path, link in ((deploy_paths.SOURCE_DIR / "README.md", "deploy/pipelines.md"),
                           (deploy_paths.DEPLOY_DIR / "README.md", "pipelines.md")):
            self.assertEqual(path.read_text("utf-8").count(f"]({link})"), 1, path)

    def test_links_name_files(self):
        for target in re.findall(r"\]\(([^)#]+)\)", PAGE.read_text("utf-8")):
            self.assertTrue((PAGE.parent / target).exists(), target)


if __name__ == "__main__":
    unittest.main()
