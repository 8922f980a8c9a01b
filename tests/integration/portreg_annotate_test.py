"""portreg annotate: formats, fields, the rule of sides, and what it refuses.

    PORTREGD=portregd PORTREG=portreg python3 portreg_annotate_test.py
"""

import csv
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path[:0] = [str(pathlib.Path(__file__).resolve().parents[1] / "interop")]

import processes
import tool
from processes import SOURCE_DIR, Portregd

FLOWS = SOURCE_DIR / "tests/common/flows"
VPC = ("2 1 eni-1 10.0.0.1 10.0.0.2 51000 443 6 20 4249 1 2 ACCEPT OK\n"
       "2 1 eni-1 10.0.0.2 10.0.0.1 443 51000 6 20 4249 1 2 ACCEPT OK\n"
       "2 1 eni-1 10.0.0.1 10.0.0.2 0 0 1 20 4249 1 2 ACCEPT OK\n"
       "2 1 eni-1 - - - - - - - 1 2 - NODATA\n")
VPC_ADDED = (" https 443 destination named", " https 443 source named", " - - - -", " - - - -")


def added_to(log: str, *suffixes: str) -> str:
    """A log whose lines end in further texts."""
    return "".join(line + suffix + "\n"
                   for line, suffix in zip(log.splitlines(), suffixes, strict=True))


class AnnotateTestCase(unittest.TestCase):
    """Runs annotate without a server."""

    def annotate(self, log: str | bytes, *flags: str, remark: str = "") -> str:
        """What annotate makes of a log; it must exit 0 with this remark."""
        typed = log if isinstance(log, bytes) else log.encode()
        outcome = tool.run("annotate", "--offline", *flags, typed=typed)
        self.assertEqual((outcome.code, outcome.stderr), (0, remark))
        return outcome.stdout

    def assert_refused(self, log: str, *flags: str, saying: str):
        """annotate must exit 1 with one line that says something."""
        outcome = tool.run("annotate", *flags, "--offline", typed=log.encode())
        self.assertEqual(outcome.code, 1, outcome)
        self.assertRegex(outcome.stderr, r"\Aportreg: [^\n]+\n\Z")
        self.assertIn(saying, outcome.stderr)


class FormatTest(AnnotateTestCase):
    """Each format, recognised and named."""

    def test_vpc_default_fields(self):
        for flags in ((), ("--format=vpc",)):
            self.assertEqual(self.annotate(VPC, *flags), added_to(VPC, *VPC_ADDED))

    def test_vpc_header_and_custom_fields(self):
        log = ("dstport tcp-flags srcport protocol flow-direction\n"
               "51000 2 443 6 egress\n51000 18 443 6 egress\n51000 0 443 6 egress\n")
        self.assertEqual(self.annotate(log), added_to(
            log, " service service_port service_side service_rule",
            " - 51000 destination tcp-flags", " https 443 source tcp-flags",
            " https 443 source named"))
        header, records = log.split("\n", 1)
        names = [" ".join(f"${{{name}}}" for name in header.split()), header.replace(" ", ",")]
        for fields in names:
            self.assertEqual(self.annotate(records, "--format=vpc", f"--fields={fields}"),
                             self.annotate(log).split("\n", 1)[1])

    def test_zeek(self):
        log = ("#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n"
               "#path\tconn\n#open\t2026-11-30-00-00-00\n"
               "#fields\tts\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\n"
               "#types\ttime\taddr\tport\taddr\tport\tenum\tstring\n"
               "1.5\t::1\t443\t::2\t51000\ttcp\tssl\n"
               "1.5\t::1\t8\t::2\t0\ticmp\t-\n"
               "#close\t2026-11-30-01-00-00\n")
        names = "".join(f"\tportreg_service{each}" for each in ("", "_port", "_side", "_rule"))
        expected = added_to(log, "", "", "", "", "", "", names, "\tstring\tport\tstring\tstring",
                            "\t-\t51000\tdestination\tformat", "\t-\t-\t-\t-", "")
        self.assertEqual(self.annotate(log), expected)
        # Logs that were concatenated may have other columns.
        other = log.replace("id.orig_h\tid.orig_p", "id.orig_p\tid.orig_h").replace(
            "::1\t443", "443\t::1").replace("::1\t8\t", "8\t::1\t")
        self.assertEqual(self.annotate(log + other), expected + self.annotate(other))

    def test_nfdump_of_both_generations(self):
        old = ("ts,te,td,sa,da,sp,dp,pr,flg,fwd\n"
               "a,b,0.1,10.0.0.1,10.0.0.2,443,51000,TCP,......S.,0\n"
               "a,b,0.1,10.0.0.1,10.0.0.2,443,51000,TCP,...AP.SF,0\n"
               "a,b,0.1,10.0.0.1,10.0.0.2,0,8.0,ICMP,........,0\n"
               "Summary\nflows,bytes,packets,avg_bps,avg_pps,avg_bpp\n3,1,1,0,0.1,2\n")
        new = ("firstSeen,duration,proto,srcAddr,srcPort,dstAddr,dstPort,packets\n"
               "a,0.1,UDP,10.0.0.1,53,10.0.0.2,40112,1\n")
        titles = ",service,service_port,service_side,service_rule"
        self.assertEqual(self.annotate(old), added_to(
            old, titles, ",,51000,destination,tcp-flags", ",https,443,source,named", ",,,,",
            "", "", ""))
        self.assertEqual(self.annotate(new), added_to(new, titles, ",domain,53,source,named"))

    def test_eve(self):
        log = ('{"event_type":"stats","stats":{}}\n'
               '{"event_type":"flow","src_port":443,"dest_port":51000,"proto":"TCP"}\n'
               '{"event_type":"alert","src_port":443,"dest_port":51000,"proto":"TCP",'
               '"direction":"to_server"}\n'
               '{"event_type":"dns","src_port":51000,"dest_port":53,"proto":"UDP"} \n'
               '{"event_type":"flow","proto":"ICMP","icmp_type":8}\n')
        lines = self.annotate(log).splitlines()
        self.assertEqual(lines[0], log.splitlines()[0])
        self.assertEqual(lines[1], log.splitlines()[1][:-1] +
                         ',"service_port":51000,"service_side":"destination",'
                         '"service_rule":"format"}')
        self.assertEqual(json.loads(lines[2])["service_rule"], "format")
        self.assertEqual(lines[3], log.splitlines()[3][:-2] +
                         ',"service":"domain","service_port":53,"service_side":"destination",'
                         '"service_rule":"named"} ')
        self.assertEqual(lines[4], log.splitlines()[4])

    def test_objects_of_any_form(self):
        for line, flags in (
                ('{"id.orig_p":51000,"id.resp_p":443,"proto":"tcp"}', ()),
                ('{"id":{"orig_p":51000,"resp_p":443},"proto":"tcp"}', ()),
                ('{"source":{"port":51000},"destination":{"port":443},'
                 '"network":{"transport":"tcp"}}', ()),
                ('{"srcport":"51000","dstport":"443","protocol":"6"}', ()),
                ('{"a":{"b":[],"c":{"s.p":51000}},"d":"443","x":{"y":6}}',
                 ("--source-port-field=a.c.s.p", "--destination_port_field=d",
                  "--protocol-field=x.y"))):
            for given in ((), ("--format=ndjson",)):
                with self.subTest(line=line, given=given):
                    found = json.loads(self.annotate(line + "\n", *flags, *given))
                    self.assertEqual((found["service"], found["service_port"]), ("https", 443))

    def test_csv_and_tsv(self):
        for separator in ",;|\t":
            log = ("\N{BYTE ORDER MARK}" + separator.join(("proto", "Source Port", "dst-port"))
                   + "\r\n" + separator.join(("6", "51000", "443")) + "\r\n")
            expected = log.replace("\r\n", separator.join(
                ("", "service", "service_port", "service_side", "service_rule\r\n")), 1)
            expected = expected[:-2] + separator.join(
                ("", "https", "443", "destination", "named\r\n"))
            self.assertEqual(self.annotate(log), expected)
        self.assertEqual(
            self.annotate('"proto","sport","dport"\n"tcp","443","51000"\n').splitlines()[1],
            '"tcp","443","51000",https,443,source,named')
        self.assertEqual(self.annotate("x;443;51000;17\n", "--format=csv", "--fields=a,sp,dp,pr"),
                         "x;443;51000;17;https;443;source;named\n")
        self.assertEqual(
            self.annotate("p\tq\tproto\n443\t51000\t6\n", "--format=tsv", "--source-port-field=p",
                          "--destination-port-field=q").splitlines()[1],
            "443\t51000\t6\thttps\t443\tsource\tnamed")


class FieldTest(AnnotateTestCase):
    """Names of added fields, and those that exist."""

    def test_both_sides(self):
        added = self.annotate("srcport dstport protocol\n443 53 6\n51000 443 6\n", "--both")
        self.assertEqual(added, (
            "srcport dstport protocol service service_port service_side service_rule "
            "source_service destination_service\n"
            "443 53 6 domain 53 destination number https domain\n"
            "51000 443 6 https 443 destination named - https\n"))
        line = '{"src_port":51000,"dest_port":443,"proto":"TCP"}\n'
        found = json.loads(self.annotate(line, "--both"))
        self.assertEqual(found["destination_service"], "https")
        self.assertNotIn("source_service", found)

    def test_existing_fields_are_not_repeated(self):
        log = "sp,dp,pr,service\n51000,443,6,x\n"
        self.assertEqual(self.annotate(log).splitlines()[0],
                         "sp,dp,pr,service,portreg_service,portreg_service_port,"
                         "portreg_service_side,portreg_service_rule")
        self.assertIn(",my.service,", self.annotate(log, "--prefix=my."))
        self.assert_refused("sp,dp,pr,my_service\n", "--prefix=my_", saying='"my_service"')
        twice = self.annotate(self.annotate(log).replace(",x,", ",x,"), "--prefix=again_")
        self.assertIn("again_service", twice)
        self.assert_refused(self.annotate(log), saying='"portreg_service"')

    def test_existing_members_are_not_repeated(self):
        flow = '"src_port":51000,"dest_port":443,"proto":"TCP"}\n'
        added = self.annotate('{"service":1,' + flow + "{" + flow).splitlines()
        self.assertEqual(json.loads(added[0])["service"], 1)
        self.assertEqual(json.loads(added[0])["portreg_service"], "https")
        self.assertEqual(json.loads(added[1])["service"], "https")
        log = '{"a_service":1,' + flow
        self.assertEqual(self.annotate(
            log, "--prefix=a_", remark="portreg: 1 of 1 lines could not be read and are "
            "unchanged; the first is line 1 of standard input\n"), log)


class LocalTest(unittest.TestCase):
    """The registry of a server with an own table."""

    def test_the_rule_is_right_for_the_table_of_flows(self):
        with open(FLOWS / "flow_table.csv", encoding="utf-8", newline="") as file:
            flows = list(csv.DictReader(file))
        self.assertGreaterEqual(len(flows), 50)
        with Portregd("--local_file", str(FLOWS / "flow_table.local.csv")) as server:
            for stated in (False, True):
                chosen = [flow for flow in flows if bool(flow["Stated"]) == stated]
                log = self.stated_log(chosen) if stated else self.flagged_log(chosen)
                outcome = tool.ask(server, "annotate", typed=log.encode())
                lines = outcome.stdout.splitlines()
                for flow, line in zip(chosen, lines if stated else lines[1:], strict=True):
                    with self.subTest(flow["Reason"]):
                        self.assertEqual(
                            self.members(line) if stated else line.split(" ")[-4:],
                            [flow[name] or (None if stated else "-") for name in
                             ("Service", "Service Port", "Side", "Rule")])

    @staticmethod
    def flagged_log(flows: list[dict]) -> str:
        """Flows with TCP flags as VPC flow logs."""
        return "srcport dstport protocol tcp-flags\n" + "".join(
            f"{flow['Source Port']} {flow['Destination Port']} {flow['Protocol']} "
            f"{flow['TCP Flags'] or 0}\n" for flow in flows)

    @staticmethod
    def stated_log(flows: list[dict]) -> str:
        """Flows with a stated side as alerts of Suricata."""
        direction = {"source": "to_client", "destination": "to_server"}
        return "".join(json.dumps(
            {"event_type": "alert", "src_port": int(flow["Source Port"]),
             "dest_port": int(flow["Destination Port"]), "proto": int(flow["Protocol"]),
             "direction": direction[flow["Stated"]]}) + "\n" for flow in flows)

    @staticmethod
    def members(line: str) -> list[str | None]:
        """What was added to an object."""
        found = json.loads(line)
        port = found.get("service_port")
        return [found.get("service"), None if port is None else str(port),
                found.get("service_side"), found.get("service_rule")]

    def test_layers_and_scopes_choose_the_names(self):
        log = "srcport dstport protocol\n51000 7100 6\n"
        with Portregd("--local_file", str(FLOWS / "flow_table.local.csv")) as server:
            for flags, wanted in (((), "billing 7100 destination local"),
                                  (("--layer=iana",), "font-service 7100 destination named")):
                outcome = tool.ask(server, "annotate", *flags, typed=log.encode())
                self.assertIn(f" {wanted}\n", outcome.stdout)


class RefusalTest(AnnotateTestCase):
    """What cannot be read."""

    def test_lines_that_cannot_be_read_are_counted(self):
        log = VPC + "what is this\n" + VPC + VPC.replace("443", "70000")
        added = self.annotate(log, remark=(
            "portreg: 3 of 13 lines could not be read and are unchanged; "
            "the first is line 5 of standard input\n"))
        self.assertIn("\nwhat is this\n", added)
        self.assertIn(" 70000 6 20 4249 1 2 ACCEPT OK\n", added)

    def test_formats_that_are_not_recognised_are_refused(self):
        for log, saying in (("hello\n", "the format is not recognised"),
                            ('[{"src_port":1}]\n', "JSON array"),
                            ("a,b,c\n1,2,3\n", "--source-port-field"),
                            ("sp,dp,c\n1,2,3\n", "--protocol-field"),
                            ('{"a":1}\n', "--destination-port-field"),
                            ("#separator \\x0a\n#fields\ta\n", "#separator"),
                            ("#separator \\x09\n1\n", "#fields")):
            self.assert_refused(log, saying=saying)
        self.assert_refused("1 2 3\n", "--format=vpc", saying="14 are expected")
        self.assert_refused("1,2\n", "--format=csv", "--fields=sp,dp,pr", saying="3 fields")

    def test_flags_are_checked(self):
        for flags, saying in ((("--format=pcap",), "is not auto, vpc, zeek"),
                              (("--fields=a",), "needs --format"),
                              (("--threads=0",), "out of range [1, 64]"),
                              (("--threads=65",), "out of range [1, 64]"),
                              (("--prefix=a b",), "--prefix="),
                              (("--follow",), "takes one file"),
                              (("--short",), "does not belong to annotate"),
                              (("-o", "json"), "does not belong to annotate")):
            self.assert_refused("", *flags, saying=saying)
        outcome = tool.run("--offline", "443", "--both")
        self.assertEqual((outcome.code, outcome.stderr),
                         (1, "portreg: --both belongs to annotate\n"))

    def test_files_that_cannot_be_read_are_named(self):
        with tempfile.TemporaryDirectory() as directory:
            for path in (directory, f"{directory}/none"):
                outcome = tool.run("annotate", "--offline", path)
                self.assertEqual((outcome.code, outcome.stdout), (1, ""))
                self.assertIn(f"{path} cannot be read", outcome.stderr)

    def test_empty_logs_stay_empty(self):
        for log in ("", "\n", "\r\n \n"):
            self.assertEqual(self.annotate(log), log)

    def test_a_server_that_is_gone_is_named(self):
        with tool.closed_port() as address:
            outcome = tool.run("annotate", f"--target={address}", typed=VPC.encode())
        self.assertEqual((outcome.code, outcome.stdout), (78, ""))
        self.assertIn(address, outcome.stderr)


if __name__ == "__main__":
    unittest.main()
