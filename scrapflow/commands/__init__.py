"""The commands of the command line, a module for those that belong together; `scrapflow.cli` puts them into one."""
