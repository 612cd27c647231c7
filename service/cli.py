"""``huiqi``: the command line. Every command takes ``--json`` and ends with an honest exit code.

0 all is well · 1 something was found wrong (a bad file, a row refused, a verdict that does not replay) · 2 wrong use,
wrong settings, or something the service stands on is missing.
"""

from __future__ import annotations

import click

from service.commands import bench, catalogue_care, documents, enterprises, matching, operating, policy_files
from service.commands.output import Honest
from service.version import VERSION


@click.group(cls=Honest, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(VERSION, prog_name="huiqi")
def main() -> None:
    """惠企：企业能享受哪些政策，为什么，还差什么。"""


main.add_command(operating.run)
main.add_command(operating.serve)
main.add_command(operating.worker)
main.add_command(operating.doctor)
main.add_command(operating.config)
main.add_command(operating.db)
main.add_command(operating.link)
main.add_command(policy_files.policies)
policy_files.policies.add_command(catalogue_care.check)
policy_files.policies.add_command(catalogue_care.show_coverage)
main.add_command(policy_files.assess)
main.add_command(enterprises.enterprises)
main.add_command(matching.match)
main.add_command(matching.replay)
main.add_command(matching.audience)
main.add_command(bench.bench)
main.add_command(documents.documents)
