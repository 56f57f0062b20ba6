"""What is filled in before a visit: questions, answers, and which of them are asked."""
