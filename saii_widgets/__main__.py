"""`python -m saii_widgets` is `saii`."""

import sys

from saii_widgets.cli import main

if __name__ == "__main__":
    sys.exit(main())
