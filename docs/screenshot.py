"""Makes docs/screenshot.svg: the interactive lab as it looks after a save that is not right yet.

    pip install pyte rich
    cargo build && python docs/screenshot.py

It makes a course in a temporary folder with the real program, solves the first three lessons, writes a
typical mistake into the fourth, opens the lab in a terminal of its own, and draws the screen when the verdict
is there. It needs a Unix system.
"""

import fcntl
import os
import pathlib
import pty
import re
import select
import struct
import subprocess
import sys
import tempfile
import termios
import time

import pyte
from rich.console import Console
from rich.style import Style
from rich.text import Text

COLUMNS, LINES = 92, 33
REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
LAB = REPOSITORY / "target" / "debug" / "routeguide-lab"
SOLVED = ["define-messages", "define-service", "generate-code", "list-features"]
SERVER = "start_here/src/server.rs"
# The corners of a rectangle may come in any order. This code takes `lo` for the smaller one.
RIGHT = "lo.latitude.min(hi.latitude)..=lo.latitude.max(hi.latitude)"
WRONG = "lo.latitude..=hi.latitude"
# How long the first build of the course may take, in seconds.
PATIENCE = 600


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        course = pathlib.Path(folder) / "course"
        environment = os.environ | {
            "CARGO_TARGET_DIR": str(course / "target"),
            # What has been compiled for the lab is not compiled again.
            "CARGO_BUILD_BUILD_DIR": str(REPOSITORY / "target"),
            "TERM": "xterm-256color",
        }
        environment.pop("NO_COLOR", None)

        def lab(*arguments: str) -> None:
            subprocess.run(
                [LAB, *arguments],
                cwd=course if course.exists() else folder,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )

        lab("init", "course")
        for lesson in SOLVED:
            lab("solution", lesson, "--write", "--force")
        server = course / SERVER
        text = server.read_text()
        if RIGHT not in text:
            sys.exit(f"{SERVER} no longer holds `{RIGHT}`: choose another mistake")
        server.write_text(text.replace(RIGHT, WRONG))
        # The lessons before it are recorded as passed.
        subprocess.run(
            [LAB, "check", "list-features", *SOLVED[:3]],
            cwd=course,
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        screen = photograph(course, environment)
        draw(screen)


def photograph(course: pathlib.Path, environment: dict[str, str]) -> pyte.Screen:
    """Opens the lab in a terminal, and returns the screen with the verdict on it."""
    screen = pyte.Screen(COLUMNS, LINES)
    stream = pyte.ByteStream(screen)
    process, terminal = pty.fork()
    if process == 0:
        os.chdir(course)
        os.execve(LAB, [str(LAB)], environment)
    size = struct.pack("HHHH", LINES, COLUMNS, 0, 0)
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, size)
    end = time.monotonic() + PATIENCE
    while not any("Not yet" in line for line in screen.display):
        if time.monotonic() > end:
            sys.exit("no verdict:\n" + "\n".join(screen.display))
        if select.select([terminal], [], [], 1)[0]:
            stream.feed(os.read(terminal, 65536))
    os.write(terminal, b"q")
    shown = copy_of(screen)
    try:
        while os.read(terminal, 65536):
            pass
    except OSError:
        pass  # The terminal is closed: the lab has ended.
    os.waitpid(process, 0)
    return shown


def copy_of(screen: pyte.Screen) -> list[list[pyte.screens.Char]]:
    """The characters of a screen, line by line."""
    return [[screen.buffer[y][x] for x in range(COLUMNS)] for y in range(LINES)]


def draw(lines: list[list[pyte.screens.Char]]) -> None:
    """Writes a screen as docs/screenshot.svg."""
    console = Console(record=True, width=COLUMNS, file=open(os.devnull, "w"), force_terminal=True)
    for line in lines:
        text = Text()
        for char in line:
            text.append(char.data, style_of(char))
        console.print(text, no_wrap=True, overflow="crop")
    picture = console.export_svg(title="routeguide-lab")
    # The viewer's own font will do: a picture of a page fetches nothing.
    picture = re.sub(r"@font-face \{.*?\}\s*", "", picture, flags=re.DOTALL)
    (REPOSITORY / "docs" / "screenshot.svg").write_text(picture)


def style_of(char: pyte.screens.Char) -> Style:
    def colour(name: str) -> str | None:
        if name == "default":
            return None
        if len(name) == 6 and all(digit in "0123456789abcdef" for digit in name):
            return f"#{name}"
        return {"brown": "yellow", "brightbrown": "bright_yellow"}.get(
            name, name.replace("bright", "bright_")
        )

    return Style(
        color=colour(char.fg),
        bgcolor=colour(char.bg),
        bold=char.bold,
        italic=char.italics,
        underline=char.underscore,
        reverse=char.reverse,
    )


if __name__ == "__main__":
    main()
