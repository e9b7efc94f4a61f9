"""Rules of AutoModerator, Reddit's moderation bot, said in groundrules: how many can be said whole."""
