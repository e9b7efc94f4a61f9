"""What happens after a decision: requests and their answers, appeals, and whatever falls due."""
