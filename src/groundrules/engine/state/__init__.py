"""What a partition remembers: rows of bytes under (space, key), and the timers that rows imply."""
