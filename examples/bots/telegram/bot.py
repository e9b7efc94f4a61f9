"""A Telegram bot that keeps a group's rules. TELEGRAM_TOKEN is what @BotFather gave."""

import os
from pathlib import Path

from telegram.ext import Application

from groundrules.bots import Options
from groundrules.bots.telegram import UPDATES, Groundrules

HERE = Path(__file__).parent
SERVER = os.environ.get("TELEGRAM_SERVER", "https://api.telegram.org")


def main() -> None:
    application = Application.builder().token(os.environ["TELEGRAM_TOKEN"]).base_url(f"{SERVER}/bot").build()
    Groundrules(application, Options(HERE / "rulebook.yaml", f"sqlite:{HERE / 'groundrules.db'}"))
    application.run_polling(allowed_updates=UPDATES)  # your own handlers go on as before


if __name__ == "__main__":
    main()
