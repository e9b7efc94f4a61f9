"""Looking after state from outside: snapshots, swaps of the rulebook, erasing people, how long rows live."""
