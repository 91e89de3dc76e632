"""Extensions, each loaded on use."""
