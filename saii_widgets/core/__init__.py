"""What is said about a picture and a caption: texts, scenes, explanations, studies. Needs numpy and pillow only."""
