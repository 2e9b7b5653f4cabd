"""How an account proves itself: passwords, codes that are used once, the second factor, the office's own sign-in."""
