"""What follows the talks of an arm: an article, those who read it, news, and later real talks."""
