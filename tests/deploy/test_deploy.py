"""Deployment files: every image, command, option and variable in them is one that exists."""

import configparser
import re
import shlex
import xml.etree.ElementTree as ET
from dataclasses import fields
from pathlib import Path

import click
import pytest
import yaml

from pipeline import connection, residency
from pipeline.address import Address
from pipeline.agents import EXIT_UNEXPECTED
from pipeline.cli import erase, main
from pipeline.keys import KEYSET_FILE, OFFICER_PUBLIC_FILE
from pipeline.settings import PREFIX, Settings
from pipeline.watchdog import EXIT_STALLED
from pipeline.web import LIVE

ROOT = Path(__file__).parent.parent.parent
DEPLOY = ROOT / "deploy"
VARIABLES = (
    {PREFIX + field.name.upper() for field in fields(Settings)}
    | set(connection.VARIABLES.values())
    | {residency.VARIABLE}
)
REQUIRED = {PREFIX + name for name in ("BOOTSTRAP", "KEYSET", "PASSPHRASE", "OFFICER")}

COMPOSE = yaml.safe_load((DEPLOY / "docker-compose.yml").read_text())
SERVICES = COMPOSE["services"]
DOCKERFILE = [
    line.split(maxsplit=1)
    for line in (DEPLOY / "Dockerfile").read_text().replace("\\\n", "").splitlines()
    if line[:1].isupper()
]
LOCKS = ("deploy/runtime.lock", "deploy/build.lock")


def assignments(path):
    lines = (line for line in path.read_text().splitlines() if line and not line.startswith("#"))
    return dict(line.split("=", 1) for line in lines)


def unit(name="qingliu.service"):
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str
    parser.read_string(re.sub(r"^LoadCredential=(\w+):", r"LoadCredential.\1=", unit_text(name), flags=re.MULTILINE))
    return parser


def unit_text(name="qingliu.service"):
    return (DEPLOY / name).read_text()


def pins(lock):
    """
    Pin → the rest of its entry: for which systems it is, and the hashes.
    """
    entries = re.split(r"\n(?=[a-z])", (ROOT / lock).read_text().replace("\\\n", ""))
    return dict(entry.strip().split(maxsplit=1) for entry in entries if re.match(r"[\w.-]+==", entry))


def check_call(arguments):
    """
    Hold the arguments of a call against the commands and options there are; none is run.
    """
    command, context, rest = main, click.Context(main), list(arguments)
    while isinstance(command, click.Group):
        name = rest.pop(0)
        command = command.get_command(context, name)
        assert command is not None, f"no command {name}"
    command.make_parser(click.Context(command)).parse_args(rest)
    return command


class TestCompose:
    def test_the_broker_is_the_one_that_tests_run_on(self):
        """
        The official image, pinned to the version that the integration tests start.
        """
        pom = ET.parse(ROOT / "tests" / "kafka" / "pom.xml")  # noqa: S314 — our own file
        space = {"m": "http://maven.apache.org/POM/4.0.0"}
        kafka = next(
            found.findtext("m:version", namespaces=space)
            for found in pom.iterfind(".//m:dependency", space)
            if found.findtext("m:groupId", namespaces=space) == "org.apache.kafka"
        )

        assert SERVICES["kafka"]["image"] == f"apache/kafka:{kafka}"

    @pytest.mark.parametrize("name", [name for name in SERVICES if name != "kafka"])
    def test_our_services_call_commands_that_exist(self, name):
        """
        With options that exist, in the image that is built here.
        """
        service = SERVICES[name]

        assert check_call(service["command"]).name
        assert (ROOT / "deploy" / service["build"]["context"] / service["build"]["dockerfile"]).resolve() == (
            DEPLOY / "Dockerfile"
        )

    def test_the_worker_has_every_setting_it_needs(self):
        """
        And none that it does not know.
        """
        environment = SERVICES["worker"]["environment"]

        assert REQUIRED <= set(environment) <= VARIABLES
        assert Settings.from_environment(environment).bootstrap == ("kafka:9092",)

    def test_key_files_are_secrets_and_the_officers_private_key_is_none_of_them(self):
        """
        A worker has what it needs to seal, and nothing to open with.
        """
        environment = SERVICES["worker"]["environment"]
        mounted = {f"/run/secrets/{name}" for name in SERVICES["worker"]["secrets"]}
        files = {name: secret["file"].rpartition("/")[2] for name, secret in COMPOSE["secrets"].items()}

        assert mounted == {environment[variable] for variable in REQUIRED - {"QINGLIU_BOOTSTRAP", "QINGLIU_KEYSET"}}
        assert files == {"passphrase": "passphrase", "officer": OFFICER_PUBLIC_FILE}

    def test_the_keyset_can_be_replaced_while_workers_run(self):
        """
        Its folder is mounted, and read-only: a mounted file would stay the old one.
        """
        (folder,) = SERVICES["worker"]["volumes"]

        assert folder.split(":")[-2:] == ["/run/keys", "ro"]
        assert SERVICES["worker"]["environment"]["QINGLIU_KEYSET"] == f"/run/keys/{KEYSET_FILE}"

    def test_everybody_talks_to_one_broker(self):
        """
        At the address that it advertises.
        """
        kafka = SERVICES["kafka"]["environment"]
        (address,) = re.findall(r"INSIDE://([\w:]+)", kafka["KAFKA_ADVERTISED_LISTENERS"])
        topics = SERVICES["topics"]["command"]

        assert address == SERVICES["worker"]["environment"]["QINGLIU_BOOTSTRAP"]
        assert address == topics[topics.index("--bootstrap") + 1]
        assert kafka["KAFKA_AUTO_CREATE_TOPICS_ENABLE"] == "false"

    def test_a_worker_starts_after_its_topics_and_again_after_its_end(self):
        """
        And may do little else.
        """
        worker = SERVICES["worker"]

        assert worker["depends_on"] == {"topics": {"condition": "service_completed_successfully"}}
        assert worker["restart"] == "always"
        assert worker["read_only"] is True
        assert worker["cap_drop"] == ["ALL"]

    def test_health_is_asked_of_the_worker_itself(self):
        """
        At the port that it is given, on loopback, where nobody needs a token.
        """
        worker = SERVICES["worker"]
        port = worker["environment"]["QINGLIU_WEB"]
        *_, program = worker["healthcheck"]["test"]

        assert Address.parse(port).loopback
        assert f"'http://127.0.0.1:{port}{LIVE}'" in program
        compile(program, "healthcheck", "exec")

    def test_erasures_have_the_keys_of_the_worker_and_no_more(self):
        """
        They seal nothing to the officer.
        """
        worker, erasures = SERVICES["worker"], SERVICES["erasures"]

        assert erasures["environment"].items() <= worker["environment"].items()
        assert REQUIRED - set(erasures["environment"]) == {"QINGLIU_OFFICER"}
        assert {name: erasures[name] for name in ("depends_on", "restart", "volumes", "cap_drop", "user")} == {
            name: worker[name] for name in ("depends_on", "restart", "volumes", "cap_drop", "user")
        }

    def test_variables_have_a_line_in_the_example(self):
        """
        Each that compose fills in, and no other.
        """
        used = set(re.findall(r"\$\{(\w+)", (DEPLOY / "docker-compose.yml").read_text()))

        assert used == set(assignments(DEPLOY / "example.env"))


class TestDockerfile:
    def test_copies_what_there_is(self):
        """
        Every source exists in the repository, and so does every package of the wheel.
        """
        copied = {
            source
            for instruction, rest in DOCKERFILE
            if instruction == "COPY" and not rest.startswith("--from")
            for source in rest.split()[:-1]
        }

        needed = {"pipeline", "schemas", "transforms", "pyproject.toml", *LOCKS, "LICENSE", "NOTICE"}
        assert needed <= copied
        assert all((ROOT / source).exists() for source in copied)

    def test_takes_nothing_without_a_hash(self):
        """
        Every installation is from a lock file with hashes, or of this repository without any dependency.
        """
        runs = [rest for instruction, rest in DOCKERFILE if instruction == "RUN"]
        calls = re.findall(r"pip (?:install|wheel) .*?(?=&&|$)", "\n".join(runs), re.MULTILINE)

        assert len(calls) == 4
        assert "--require-hashes --requirement build.lock" in calls[0]
        assert "--require-hashes --requirement runtime.lock" in calls[1]
        assert all("--no-deps" in call for call in calls[2:])
        assert "--no-build-isolation" in calls[2]
        assert "--no-index" in calls[3]

    @pytest.mark.parametrize("lock", ["requirements.lock", *LOCKS])
    def test_every_pin_of_a_lock_file_has_a_hash(self, lock):
        """
        Nothing else is installed from it.
        """
        assert pins(lock)
        assert all("--hash=sha256:" in hashes for hashes in pins(lock).values())

    def test_has_what_was_tested_and_nothing_that_tests(self):
        """
        The image's locks are part of the one under which the tests run, version by version and hash by hash; it can
        build the package, and a worker finds neither compilers nor test tools beside it.
        """
        runtime, build = (pins(lock) for lock in LOCKS)
        every = pins("requirements.lock")

        assert {pin: hashes for pin, hashes in every.items() if pin in runtime | build} == runtime | build
        assert any(pin.startswith("hatchling==") for pin in build)
        names = {pin.partition("==")[0] for pin in runtime}
        assert names >= {"faust-streaming", "kafka-python", "orjson", "onnxruntime", "presidio-analyzer"}
        assert not names & {"hatchling", "hypothesis", "moto", "mypy", "pip", "pytest", "ruff", "uv"}

    def test_runs_as_nobody_in_particular(self):
        """
        A user of its own without a shell, and a signal that a worker understands.
        """
        instructions = dict(DOCKERFILE)

        assert instructions["USER"] == "10001:10001"
        assert instructions["STOPSIGNAL"] == "SIGTERM"

    def test_calls_a_command_that_exists(self):
        """
        Its entry point is the console script of the package.
        """
        instructions = dict(DOCKERFILE)

        assert instructions["ENTRYPOINT"] == '["qingliu"]'
        assert check_call(yaml.safe_load(instructions["CMD"])).name == "worker"

    def test_images_are_pinned_to_a_python_that_the_project_takes(self):
        """
        The official slim image, the same in both stages.
        """
        images = {rest.split()[0] for instruction, rest in DOCKERFILE if instruction == "FROM"}
        supported = re.findall(r"Python :: (3\.\d+)", (ROOT / "pyproject.toml").read_text())

        assert images in [{f"python:{version}-slim"} for version in supported]


class TestUnit:
    def test_starts_a_command_that_exists(self):
        """
        With every setting that a worker needs, and none that it does not know.
        """
        path, *arguments = shlex.split(unit()["Service"]["ExecStart"])
        secrets = dict(pair.split("=") for pair in unit()["Service"]["Environment"].split())
        environment = assignments(DEPLOY / "qingliu.env") | secrets

        assert path.endswith("/qingliu")
        assert check_call(arguments).name == "worker"
        assert REQUIRED <= set(environment) == VARIABLES
        assert len(Settings.from_environment(environment).bootstrap) == 3

    def test_key_files_are_credentials(self):
        """
        Each that is named was loaded, and the officer's private key is none of them.
        """
        service = unit()["Service"]
        loaded = {key.partition(".")[2]: value for key, value in service.items() if key.startswith("LoadCredential")}
        named = re.findall(r"%d/(\w+)", service["Environment"])

        assert sorted(named) == sorted(loaded)
        assert {Path(source).name for source in loaded.values()} == {"passphrase", OFFICER_PUBLIC_FILE}

    def test_the_keyset_can_be_replaced_while_workers_run(self):
        """
        A credential is a copy of the start; the encrypted keyset is read where it lies, by a group of its own.
        """
        service = unit()["Service"]

        assert f"QINGLIU_KEYSET=/etc/qingliu/{KEYSET_FILE}" in service["Environment"].split()
        assert service["SupplementaryGroups"] == "qingliu-keys"

    def test_starts_again_whatever_ended_it(self):
        """
        The unexpected, with its exit code, as well as a broker that was away.
        """
        assert unit()["Service"]["Restart"] == "always"
        assert unit()["Unit"]["StartLimitIntervalSec"] == "0"
        assert f"# {EXIT_UNEXPECTED}: " in unit_text()
        assert f" {EXIT_STALLED}: " in unit_text()

    def test_waits_for_subject_state_and_watches(self):
        """
        Readiness and life are told, and a worker that stands still has the time to say where.
        """
        service = unit()["Service"]
        settings = Settings.from_environment(assignments(DEPLOY / "qingliu.env") | dict.fromkeys(REQUIRED, "x:1"))

        assert service["Type"] == "notify"
        assert int(service["WatchdogSec"]) > settings.stall_seconds
        assert int(service["TimeoutStopSec"]) > settings.stop_seconds
        assert "AF_UNIX" in service["RestrictAddressFamilies"].split()

    def test_reads_the_settings_file_of_this_folder(self):
        """
        At the place where its own first line says to copy it.
        """
        target = unit()["Service"]["EnvironmentFile"]

        assert f"copy to {target}" in (DEPLOY / Path(target).name).read_text().partition("\n")[0]

    def test_shipped_sizes_are_the_defaults(self):
        """
        Who copies the file and changes nothing has changed nothing.
        """
        shipped = Settings.from_environment(assignments(DEPLOY / "qingliu.env") | dict.fromkeys(REQUIRED, "x:1"))
        defaults = Settings.from_environment(dict.fromkeys(REQUIRED, "x:1"))

        assert shipped == defaults


class TestUnitOfErasures:
    def test_is_that_of_a_worker_with_another_command(self):
        """
        It may do as little, has the same keys but the officer's, and reads no state before it is ready.
        """
        worker, erasures = unit()["Service"], unit("qingliu-erasures.service")["Service"]
        path, *arguments = shlex.split(erasures["ExecStart"])
        differ = {name for name in worker if worker[name] != erasures.get(name)}

        assert path.endswith("/qingliu")
        assert check_call(arguments).name == "erase"
        patience = {"TimeoutStartSec", "WatchdogSec"}
        assert differ == {"ExecStart", "Environment", "LoadCredential.officer", "StateDirectory"} | patience
        assert int(erasures["WatchdogSec"]) > erase._STALL_SECONDS
        assert set(erasures) < set(worker)
        assert "QINGLIU_OFFICER" not in erasures["Environment"]
