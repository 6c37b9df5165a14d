"""Visual concepts of an image classifier: found, related, reasoned with, and weighed."""
