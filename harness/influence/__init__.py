"""What follows talks: articles, news, those who read them, and the real talks to come."""
