"""Rules of AutoModerator, Reddit's moderation bot, translated to groundrules: how many translate fully."""
