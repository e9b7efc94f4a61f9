"""How well the shipped packs tell their targets from ordinary messages."""
