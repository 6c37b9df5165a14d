"""How a planned scene becomes pixels: camera, light and canvas, and one module for each kind of thing."""
