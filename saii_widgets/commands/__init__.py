"""The commands of `saii`, one a file: `add_to` says what may be asked, `run` does it and gives the exit status."""
