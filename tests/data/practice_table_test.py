"""Asks the tool which software listens on a port, by port, by name and by search.

    PORTREG=portreg python3 practice_table_test.py

practice_products.csv lists products that people ask about, each with a port
that it is known for, and the name that finds it.
"""

import csv
import json
import pathlib
import sys
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(HERE.parent / "integration")]

import table_checker
import tool

SOUND = ("Service Name,Port Number,Transport Protocol,Aliases,Description,"
         "Reference\n"
         "kafka,9092,tcp/udp,kfk,Apache Kafka,https://kafka.apache.org/\n")


def in_order(row: str) -> str:
    """Returns SOUND and the row, in the order of ports."""
    header, sound = SOUND.splitlines()
    return "\n".join([header, *sorted([sound, row], key=lambda each: int(each.split(",")[1]))])


def products() -> list[dict[str, str]]:
    with open(HERE / "practice_products.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def ask(*arguments: str) -> dict:
    """Returns the tool's answer, as JSON."""
    outcome = tool.run("--offline", "-o", "json", *arguments)
    return json.loads(outcome.stdout)


def mentions(record: dict, product: str) -> bool:
    texts = [record.get("service", ""), *record.get("aliases", []),
             record.get("description", "")]
    return any(product in text.lower().replace("-", " ") for text in texts) or any(
        product in text.lower() for text in texts)


class ProductsTest(unittest.TestCase):
    """Asks for every product of the list."""

    def test_there_are_enough(self):
        self.assertGreaterEqual(len(products()), 150)

    def test_by_port(self):
        rows = products()
        answers = ask("lookup", *(f"{row['port']}/{row['transport']}" for row in rows))
        for row, result in zip(rows, answers["results"], strict=True):
            with self.subTest(**row):
                self.assertTrue(any(mentions(record, row["product"]) for record in
                                    result["response"].get("records", [])))

    def test_by_name(self):
        rows = [row for row in products() if row["name"]]
        answers = ask("lookup", *(row["name"] for row in rows))
        for row, result in zip(rows, answers["results"], strict=True):
            with self.subTest(**row):
                self.assertIn(int(row["port"]),
                              [record.get("firstPort") for record in
                               result["response"].get("records", [])])

    def test_by_search(self):
        for row in products():
            if not row["name"]:
                continue
            with self.subTest(**row):
                found = ask("search", row["name"])
                self.assertIn(int(row["port"]),
                              [match["record"].get("firstPort")
                               for match in found.get("matches", [])[:10]])


class CheckerTest(unittest.TestCase):
    """Checks check_practice.py, which a gate runs on the table."""

    def faults(self, text: str) -> str:
        return table_checker.faults("check_practice.py", text)

    def test_a_sound_table_passes(self):
        self.assertEqual(self.faults(SOUND), "")

    def test_each_fault_is_named(self):
        table = {
            "Kafka,9093,tcp,,d,https://a.b/": "name 'Kafka'",
            "kafka-,9093,tcp,,d,https://a.b/": "name 'kafka-'",
            "a,9093,tcp,B,d,https://a.b/": "alias 'B'",
            "a,70000,tcp,,d,https://a.b/": "port '70000'",
            "a,9094-9093,tcp,,d,https://a.b/": "port '9094-9093'",
            "a,9100-9200,tcp,,d,https://a.b/": "101 ports",
            "a,9093,udp/tcp,,d,https://a.b/": "transports 'udp/tcp'",
            "a,9093,icmp,,d,https://a.b/": "transports 'icmp'",
            "a,9093,tcp,,,https://a.b/": "description ''",
            "a,9093,tcp,,d,http://a.b/": "reference 'http://a.b/'",
            "a,9093,tcp,,d,": "reference ''",
            "a,1,tcp,,d,https://a.b/": "port 1 after port 9092",
            "kafka,9092,tcp,,d,https://a.b/": "name kafka/tcp is that of line 2",
            "kafka,9093,udp,,d,https://a.b/": "name kafka/udp is that of line 2",
            "a,9093,tcp,kafka,d,https://a.b/": "alias kafka/tcp is the name of line 2",
            "a,9093,tcp,a,d,https://a.b/": "alias a/tcp is the name of line 3",
            "a,9093,tcp,kfk,d,https://a.b/": "alias kfk/tcp is that of line 2",
            "a,9093,tcp,b b,d,https://a.b/": "alias b/tcp is that of line 3",
            "nomad,9093,tcp,,d,https://a.b/":
                "name nomad/tcp is that of port 5209 in IANA's registry",
            "a,9093,tcp,,d": "not 6 fields"}
        for row, fault in table.items():
            with self.subTest(row=row):
                self.assertIn(f"line 3: {fault}", self.faults(SOUND + row + "\n"))

    def test_words_are_free_on_another_transport_and_at_their_registered_port(self):
        for row in ("kafka,9093,sctp,kfk,d,https://a.b/", "nomad,5209,tcp,,d,https://a.b/",
                    "nomad-http,9093,tcp,nomad,d,https://a.b/", "nomad,9093,sctp,,d,https://a.b/",
                    "x11,6000,tcp,,d,https://a.b/"):
            with self.subTest(row=row):
                self.assertEqual(self.faults(in_order(row)), "")

    def test_whole_table_faults(self):
        crowd = "".join(f"a{i},9093,tcp,,d,https://a.b/\n" for i in range(9))
        self.assertIn("more than 8 rows of 9093/tcp", self.faults(SOUND + crowd))
        self.assertIn("the columns are not", self.faults("a,b\n"))


if __name__ == "__main__":
    unittest.main()
