"""The shells' completion is taken out again."""

from pathlib import Path

from otel_agent.installer.carry_out import carry_out
from otel_agent.installer.completions import BASH, MARK, PLACES, XDG, ZSH, plan_removal
from tests.installer.recording import RecordingRunner


def remove(home: Path) -> list[str]:
    """Carry the removal out and return what is said."""
    done = [carry_out(step, RecordingRunner()) for step in plan_removal(home)]
    return [said.text for said in done if said is not None]


def put(home: Path, place: Path, text: str = f"env {MARK}=complete") -> Path:
    """Write a file below a home."""
    path = home / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_our_scripts_go_with_their_empty_folders(tmp_path: Path) -> None:
    """Nothing is left of any shell."""
    for place in PLACES:
        put(tmp_path, place)

    remove(tmp_path)

    assert [XDG] == [path.relative_to(tmp_path) for path in tmp_path.rglob("*")]


def test_scripts_of_others_stay(tmp_path: Path) -> None:
    """A file of our name that is not ours, and another program's script beside ours."""
    theirs = put(tmp_path, ZSH, "#compdef otel-agent\n")
    beside = put(tmp_path, BASH.with_name("other.sh"))
    put(tmp_path, BASH)

    remove(tmp_path)

    assert (True, True, False) == (theirs.exists(), beside.exists(), (tmp_path / BASH).exists())


def test_line_goes_out_of_a_linked_bashrc(tmp_path: Path) -> None:
    """Whoever keeps .bashrc elsewhere keeps the link, and every other byte."""
    put(tmp_path, BASH)
    real = put(tmp_path, Path("dotfiles/bashrc"), f"a\n\nsource '{tmp_path / BASH}'\nb")
    (tmp_path / ".bashrc").symlink_to("dotfiles/bashrc")

    remove(tmp_path)

    assert (True, "a\nb") == ((tmp_path / ".bashrc").is_symlink(), real.read_text(encoding="utf-8"))


def test_without_a_script_nothing_is_said(tmp_path: Path) -> None:
    """Most have never installed one."""
    put(tmp_path, Path(".bashrc"), "a\n")

    assert [] == remove(tmp_path)
