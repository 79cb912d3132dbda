"""`python -m mtlspec` is the command `mtlspec`."""

import sys

from mtlspec.cli.app import main

sys.exit(main())
