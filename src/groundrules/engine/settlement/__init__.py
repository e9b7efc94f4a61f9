"""What one trigger brings about: which rules fire, what balances settle at, which steps and paths follow."""
