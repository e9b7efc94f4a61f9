"""How well the shipped packs tell what they are for from what people ordinarily write."""
