"""What one trigger causes: which rules fire, what balances settle at, which steps and paths follow."""
