"""GR5xx: rules, ledgers, windows and the cells behind them."""
