"""What guards imply, exclude and leave open."""
