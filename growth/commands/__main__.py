"""python -m growth.commands: the command line, also where no script is installed."""

from growth.commands.main import main

main(prog_name="growth")
