"""`otel-agent install --destination` as a user at a terminal sees it, and a script without one."""

import stat
from pathlib import Path

import pytest

from otel_agent.installer.survey import plugin_in
from tests.cli.pty_user import Sits, run, snapshot

URL = "http://localhost:6006"
KEY = "made-up-key"
ENDPOINT, KEY_NAME, LEVEL = "PHOENIX_ENDPOINT: ", "PHOENIX_API_KEY [none]: ", "[content]: "
GO_ON = "Go on? [Y/n]: "
PHOENIX = ("install", "--destination", "phoenix")


def settings_file(home: Path) -> Path:
    """Return the place of a home's settings file."""
    return home / ".config" / "otel-agent" / "config.toml"


def with_settings(home: Path, text: str) -> Path:
    """Make a settings file."""
    path = settings_file(home)
    path.parent.mkdir(parents=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_what_is_lacking_is_asked_and_written(tmp_path: Path, sits: Sits) -> None:
    """The settings file is the user's alone, and the plugin is where OpenCode finds it."""
    user = sits(*PHOENIX)
    user.answers({ENDPOINT: URL, KEY_NAME: KEY, LEVEL: "", GO_ON: "y"})

    assert 0 == user.ends()
    path = settings_file(tmp_path)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [f'PHOENIX_ENDPOINT = "{URL}"', f'PHOENIX_API_KEY = "{KEY}"'] == lines[-2:]
    assert (0o600, 0o700) == tuple(stat.S_IMODE(one.stat().st_mode) for one in (path, path.parent))
    assert plugin_in(tmp_path / ".config" / "opencode").exists()


def test_plan_is_shown_before_it_is_done_and_no_secret_ever(tmp_path: Path, sits: Sits) -> None:
    """What is written, what leaves and what the key is for are said; the key itself is not."""
    user = sits(*PHOENIX)
    user.answers({ENDPOINT: URL, KEY_NAME: KEY, LEVEL: "", GO_ON: "n"})
    code = user.ends()

    assert 2 == code
    said = user.shown
    assert "- write ~/.config/otel-agent/config.toml, for you alone to read:" in said
    assert f'PHOENIX_ENDPOINT = "{URL}"' in said
    assert "PHOENIX_API_KEY = ***" in said
    assert "Phoenix gets prompts, answers and tool contents; --capture LEVEL changes that" in said
    assert KEY not in said
    assert {} == snapshot(tmp_path)


def test_answer_that_cannot_be_used_is_asked_again(tmp_path: Path, sits: Sits) -> None:
    """The error's text says what is wrong and what to do."""
    user = sits(*PHOENIX)
    user.answers({ENDPOINT: "localhost:6006"})
    user.waits_for("expected a URL with a scheme, got 'localhost:6006'; put http://")
    user.answers(
        {ENDPOINT: "", f"{ENDPOINT}#": URL, KEY_NAME: "", LEVEL: "everything", LEVEL + "#": "details"}
    )
    user.answers({GO_ON: ""})

    assert 0 == user.ends()
    assert "PHOENIX_ENDPOINT: expected a URL with the scheme http or https, got nothing" in user.shown
    assert 'OPENCODE_PHOENIX_CAPTURE_LEVEL = "details"' in settings_file(tmp_path).read_text(encoding="utf-8")


@pytest.mark.parametrize("answered", [{}, {ENDPOINT: URL}])
def test_interrupted_user_finds_nothing_changed(tmp_path: Path, sits: Sits, answered: dict[str, str]) -> None:
    """Ctrl-C at a question is an end without a trace."""
    user = sits(*PHOENIX)
    user.answers(answered)
    user.waits_for(KEY_NAME if answered else ENDPOINT)
    user.interrupts()

    assert 2 == user.ends()
    assert "stopped; nothing was changed" in user.shown
    assert {} == snapshot(tmp_path)


def test_kept_settings_are_not_asked_for(tmp_path: Path, sits: Sits) -> None:
    """A file that is complete stays byte by byte; only the key, which Phoenix may need, is a question."""
    text = f"# mine\nPHOENIX_ENDPOINT = '{URL}' # here\n\n[destination.backup]\n"
    path = with_settings(tmp_path, text)
    user = sits(*PHOENIX, "--capture", "content")
    user.answers({"has? [Y/n]: ": "", KEY_NAME: "", GO_ON: ""})

    assert 0 == user.ends()
    assert ENDPOINT not in user.shown
    expected = f"# mine\nPHOENIX_ENDPOINT = '{URL}' # here\nOPENCODE_PHOENIX_CAPTURE_LEVEL = \"content\"\n"
    assert f"{expected}\n[destination.backup]\n" == path.read_text(encoding="utf-8")


def test_settings_are_replaced_where_the_user_says_so(tmp_path: Path, sits: Sits) -> None:
    """Enter keeps what is there, another answer takes its place; comments and other lines stay."""
    text = f'# mine\nPHOENIX_ENDPOINT = "http://old:1" # here\nPHOENIX_API_KEY = "{KEY}"\nOTHER = 1\n'
    path = with_settings(tmp_path, text.replace("OTHER = 1", "OTEL_SERVICE_NAME = 'x'"))
    user = sits(*PHOENIX)
    user.answers({"has? [Y/n]: ": "n", "PHOENIX_ENDPOINT [http://old:1]: ": URL})
    user.answers({"PHOENIX_API_KEY [as it is]: ": "", LEVEL: "", GO_ON: ""})

    assert 0 == user.ends()
    expected = f'# mine\nPHOENIX_ENDPOINT = "{URL}" # here\nPHOENIX_API_KEY = "{KEY}"\n'
    assert f"{expected}OTEL_SERVICE_NAME = 'x'\n" == path.read_text(encoding="utf-8")
    assert KEY not in user.shown


def test_generic_backend_is_turned_on(tmp_path: Path, sits: Sits) -> None:
    """Its protocol follows from the usual port, and telemetry is enabled without a question."""
    user = sits("install", "--destination", "otlp")
    user.answers({"OPENCODE_OTLP_ENDPOINT [http://localhost:4317]: ": "http://localhost:4318"})
    user.answers({"OPENCODE_OTLP_PROTOCOL [http/protobuf]: ": "", "OPENCODE_OTLP_HEADERS [none]: ": ""})
    user.answers({"[metadata]: ": "", GO_ON: ""})

    assert 0 == user.ends()
    lines = settings_file(tmp_path).read_text(encoding="utf-8").splitlines()[-3:]
    assert [
        "OPENCODE_ENABLE_TELEMETRY = true",
        'OPENCODE_OTLP_ENDPOINT = "http://localhost:4318"',
        'OPENCODE_OTLP_PROTOCOL = "http/protobuf"',
    ] == lines


def test_settings_that_do_not_fit_together_are_asked_again(tmp_path: Path, sits: Sits) -> None:
    """What is wrong with the whole is said, and the user may answer once more."""
    user = sits("install", "--destination", "otlp", "--capture", "metadata")
    user.answers({"ENDPOINT [http://localhost:4317]: ": "http://localhost:4318/otlp"})
    user.answers({"PROTOCOL [http/protobuf]: ": "grpc", "OPENCODE_OTLP_HEADERS [none]: ": ""})
    user.waits_for("expected no path, as the protocol is grpc")
    user.answers({"Answer again? [Y/n]: ": "", "ENDPOINT [http://localhost:4318/otlp]: ": ""})
    user.answers({"PROTOCOL [grpc]: ": "http/protobuf", "OPENCODE_OTLP_HEADERS [none]: ": "", GO_ON: ""})

    assert 0 == user.ends()
    assert 'OPENCODE_OTLP_PROTOCOL = "http/protobuf"' in settings_file(tmp_path).read_text(encoding="utf-8")


def test_ci_is_asked_nothing_even_at_a_terminal(tmp_path: Path, sits: Sits) -> None:
    """Some CI gives its jobs a terminal at which nobody sits."""
    user = sits(*PHOENIX, CI="true")

    assert 2 == user.ends()
    assert "--destination phoenix: expected PHOENIX_ENDPOINT, got nothing; add --set" in user.shown
    assert {} == snapshot(tmp_path)


def test_yes_asks_nothing_at_a_terminal(tmp_path: Path, sits: Sits) -> None:
    """A script that a user starts by hand goes through."""
    user = sits(*PHOENIX, "--yes", "--set", f"PHOENIX_ENDPOINT={URL}")

    assert 0 == user.ends()
    assert f'PHOENIX_ENDPOINT = "{URL}"' in settings_file(tmp_path).read_text(encoding="utf-8")


def test_all_that_is_lacking_is_one_error(tmp_path: Path) -> None:
    """Every variable of every destination is named at once, with how it can be given."""
    ended = run(tmp_path, *PHOENIX, "--destination", "otlp")

    assert (2, "") == (ended.returncode, ended.stdout)
    or_else = f"=VALUE, export it, or write it into {settings_file(tmp_path)}"
    assert [
        f"--destination {name}: expected {variable}, got nothing; add --set {variable}{or_else}"
        for name, variable in (("phoenix", "PHOENIX_ENDPOINT"), ("otlp", "OPENCODE_OTLP_ENDPOINT"))
    ] == ended.stderr.splitlines()
    assert {} == snapshot(tmp_path)


def test_environment_is_enough_and_not_copied(tmp_path: Path) -> None:
    """What is set is not asked for, and no secret of a shell is written into a file."""
    ended = run(tmp_path, *PHOENIX, PHOENIX_ENDPOINT=URL, PHOENIX_API_KEY=KEY)

    assert (0, "") == (ended.returncode, ended.stderr)
    assert "PHOENIX_API_KEY is set in this shell" in ended.stdout
    assert KEY not in ended.stdout
    assert not settings_file(tmp_path).exists()


def test_secret_on_the_command_line_is_refused(tmp_path: Path) -> None:
    """It is not even repeated; every other fault is told with it."""
    given = (f"PHOENIX_API_KEY={KEY}", "PHOENIX_ENDPOINT=ftp://x", "PHOENIX_ENDPOIN=1", "CI")
    ended = run(tmp_path, *PHOENIX, *(word for one in given for word in ("--set", one)))

    assert 2 == ended.returncode
    assert KEY not in ended.stderr
    assert [
        "--set PHOENIX_API_KEY: expected no secret on a command line",
        "--set PHOENIX_ENDPOINT: expected a URL whose scheme is http",
        "--set 'PHOENIX_ENDPOIN': expected the name of a setting, go",
        "--set NAME=VALUE: expected a = behind the name, got none",
    ] == [line[:59] for line in ended.stderr.splitlines()]


@pytest.mark.parametrize(("options", "code", "held"), [((), 2, "http://old:1"), (("--replace",), 0, URL)])
def test_value_of_the_file_is_replaced_on_demand_only(
    tmp_path: Path, options: tuple[str, ...], code: int, held: str
) -> None:
    """Without a terminal the demand is --replace."""
    path = with_settings(tmp_path, 'PHOENIX_ENDPOINT = "http://old:1"\n')

    ended = run(tmp_path, *PHOENIX, "--set", f"PHOENIX_ENDPOINT={URL}", *options)

    assert (code, f'PHOENIX_ENDPOINT = "{held}"\n') == (ended.returncode, path.read_text(encoding="utf-8"))


def test_level_is_written_for_the_destination(tmp_path: Path) -> None:
    """--capture is the destination's own level, and what it means is said."""
    ended = run(tmp_path, *PHOENIX, "--capture", "metadata", PHOENIX_ENDPOINT=URL)

    assert "Phoenix gets numbers, names and times; --capture" in ended.stdout
    assert 'OPENCODE_PHOENIX_CAPTURE_LEVEL = "metadata"' in settings_file(tmp_path).read_text(
        encoding="utf-8"
    )


def test_dry_run_changes_nothing(tmp_path: Path) -> None:
    """The file's lines are shown like every other step."""
    ended = run(tmp_path, *PHOENIX, "--dry-run", "--set", f"PHOENIX_ENDPOINT={URL}")

    assert f'    PHOENIX_ENDPOINT = "{URL}"' in ended.stdout.splitlines()
    assert {} == snapshot(tmp_path)


def test_file_that_cannot_be_read_stops_everything(tmp_path: Path) -> None:
    """A file is not made better by writing into it; the plugin is not installed either."""
    path = with_settings(tmp_path, "PHOENIX_ENDPOINT = \n")
    before = snapshot(tmp_path)

    ended = run(tmp_path, *PHOENIX, "--set", f"PHOENIX_ENDPOINT={URL}")

    assert (2, before) == (ended.returncode, snapshot(tmp_path))
    assert ended.stderr.startswith(f"{path}: ")


def test_destination_that_another_setting_leaves_out_is_a_problem(tmp_path: Path) -> None:
    """Whoever has said which destinations are used has to say this one too."""
    chosen = {"OPENCODE_OTEL_DESTINATIONS": "none", "PHOENIX_ENDPOINT": URL}
    ended = run(tmp_path, *PHOENIX, **chosen)

    assert 2 == ended.returncode
    assert ended.stderr.startswith("OPENCODE_OTEL_DESTINATIONS: expected phoenix in it, got 'none'")


def test_unknown_destination_names_the_known_ones(tmp_path: Path) -> None:
    """A misspelt name is a wrong usage."""
    ended = run(tmp_path, "install", "--destination", "fenix")

    assert 2 == ended.returncode
    assert "expected one of otlp, " in ended.stderr


def test_settings_without_a_destination_are_a_wrong_usage(tmp_path: Path) -> None:
    """--set alone has nothing to set up."""
    ended = run(tmp_path, "install", "--set", f"PHOENIX_ENDPOINT={URL}")

    assert (2, {}) == (ended.returncode, snapshot(tmp_path))
    assert ended.stderr.startswith("expected --destination beside --set")


def test_file_of_arizes_own_tracing_is_enough(tmp_path: Path) -> None:
    """Who has been set up by Arize's tracing is asked for nothing."""
    file = tmp_path / ".arize" / "harness" / "config.yaml"
    file.parent.mkdir(parents=True)
    file.write_text("harnesses: {opencode: {target: phoenix, endpoint: http://a:6006}}", encoding="utf-8")
    file.chmod(0o600)

    ended = run(tmp_path, *PHOENIX)

    assert (0, "") == (ended.returncode, ended.stderr)
    assert "Phoenix gets prompts, answers and tool contents" in ended.stdout
    assert not settings_file(tmp_path).exists()
