"""Where state is kept between runs, one kind of place a file. An engine knows nothing of them."""
