"""The table of commands: --help, docs/cli.md and the manual page are made of it."""

from typing import Final

from otel_agent.cli.command import Command, Example, Group

SUMMARY: Final = (
    "Telemetry for OpenCode: every session's tokens, costs, tool calls and prompts, delivered over OTLP."
)
MORE: Final = (
    "Begin with install, then work with OpenCode as always; doctor says why nothing arrives.",
    "Variables and settings files say what it does; config show tells what holds, man otel-agent has all.",
)
EXAMPLES: Final = (
    Example(line="demo", meaning="What would arrive, without OpenCode and without a backend"),
    Example(line="install --destination otlp", meaning="Put the plugin into OpenCode and say where to send"),
    Example(line="doctor", meaning="Look at everything between OpenCode and the backend"),
)

COMMANDS: Final = (
    Command(
        name="install",
        place="install:install",
        purpose="Put the plugin where OpenCode finds it, and set up your backends.",
        more=(
            "It also does OpenCode's npm step once, so that no start of OpenCode waits for it.",
            "With --destination it asks for what the backend needs and writes it into your settings file.",
            "In CI and without a terminal it asks nothing, and says what is lacking.",
        ),
        examples=(
            Example(line="install", meaning="The plugin, for every project"),
            Example(line="install --destination phoenix", meaning="The plugin, and Phoenix, with questions"),
            Example(
                line="install --destination phoenix --set PHOENIX_PROJECT=shop",
                meaning="With a setting that is not asked for",
            ),
            Example(line="install --destination otlp --yes", meaning="In a script, which is asked nothing"),
            Example(line="install --destination otlp --dry-run", meaning="Only say what it would do"),
            Example(line="install --project .", meaning="The plugin, for one project"),
        ),
    ),
    Command(
        name="uninstall",
        place="uninstall:uninstall",
        purpose="Remove the plugin, and what else you want gone.",
        more=(
            "On a terminal it asks about your settings file, the agent's state and npm's package.",
            "Elsewhere they stay, and it says where they are.",
        ),
        examples=(
            Example(line="uninstall", meaning="The plugin and the shell completion; asks about the rest"),
            Example(line="uninstall --all", meaning="Everything, without a question"),
        ),
    ),
    Command(
        name="status",
        place="status:status",
        purpose="Show what is at work, what waits and what was delivered.",
        more=("That is agents, journals, the last deliveries and the last error of this host.",),
        examples=(Example(line="status", meaning="Did my last session arrive?"),),
    ),
    Command(
        name="doctor",
        place="doctor:doctor",
        purpose="Check everything between OpenCode and the backend.",
        more=("It sends one test item of each signal; whatever fails comes with what to do.",),
        examples=(Example(line="doctor", meaning="In the shell that starts OpenCode"),),
        ends={1: "A check failed."},
    ),
    Command(
        name="flush",
        place="flush:flush",
        purpose="Deliver what waits on this host now.",
        examples=(
            Example(line="flush --timeout 120", meaning="At the end of a CI job"),
            Example(line="flush --adopt", meaning="With new credentials, where the old ones have expired"),
        ),
        ends={1: "Something still waits; it says what, why and what to do."},
    ),
    Command(
        name="demo",
        place="demo:demo",
        purpose="Replay a recorded session into a built-in backend and print what arrives.",
        examples=(
            Example(line="demo", meaning="Metrics, log events and traces of one session"),
            Example(line="demo --keep", meaning="Leave the backend running, for a real OpenCode"),
        ),
    ),
    Command(
        name="replay",
        place="replay:replay",
        purpose="Send recorded journals to the backend of this shell's settings.",
        more=("They are sent exactly as the agent would send them.",),
        examples=(Example(line="replay otel_agent/demo.ndjson", meaning="Does the way to my backend work?"),),
    ),
    Command(
        name="version",
        place="version:version",
        purpose="Show the version.",
        examples=(Example(line="--version", meaning="The same"),),
    ),
)
GROUPS: Final = (
    Group(
        name="config",
        purpose="Show settings and where they come from, write a settings file.",
        commands=(
            Command(
                name="show",
                place="config:show",
                purpose="Show the settings that hold in this folder and who says so.",
                examples=(
                    Example(line="config show", meaning="What is set"),
                    Example(line="config show --all", meaning="Also what is not, with its default"),
                ),
                ends={2: "A setting cannot be used, which the last lines say."},
            ),
            Command(
                name="init",
                place="config:init",
                purpose="Write a settings file in which every setting stands as a comment.",
                examples=(
                    Example(line="config init", meaning="Your own, which holds in every project"),
                    Example(
                        line="config init --project", meaning="The project's, for everybody who clones it"
                    ),
                ),
            ),
        ),
    ),
    Group(
        name="dashboards",
        purpose="Make dashboards for the metrics backends.",
        commands=(
            Command(
                name="export",
                place="dashboards:export",
                purpose="Write a backend's dashboards for your prefix.",
                more=("Those for the prefix opencode. are in the repository's dashboards/.",),
                examples=(
                    Example(
                        line="dashboards export --backend grafana --prefix acme. --out boards",
                        meaning="Grafana's, for metrics that begin with acme.",
                    ),
                ),
            ),
        ),
    ),
)
