"""python -m growth.commands: the command line without an installed script."""

from growth.commands.main import main

main(prog_name="growth")
