"""``python -m service`` is ``huiqi``."""

from service.cli import main

if __name__ == "__main__":
    main()
