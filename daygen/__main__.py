"""`python -m daygen` is the same program as `daygen`."""

from daygen.app.cli import main

main()
