"""How numbers are written where Django's own formats of a language are not as people here write them."""
