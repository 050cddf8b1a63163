"""Make ``python -m scrapflow`` the same as the command ``scrapflow``."""

from scrapflow.cli import main

if __name__ == "__main__":
    main()
